"""Wrong cores: what must hold for an order, and what is said when it does not."""

from wrong_cores.planting import WrongCore, wrong

WRONG: tuple[WrongCore, ...] = (
    wrong(
        "counts agreements of the earlier model",
        (
            "lifecycles.order_guards",
            "            if agreement.model is AgreementModel.CURRENT:",
            "            if agreement.model in AgreementModel:",
        ),
        caught_by=("test_an_agreement_of_the_earlier_model_never_counts",),
    ),
    wrong(
        "takes an agreement that was approved for a signed one",
        (
            "lifecycles.order_guards",
            "        case AgreementState.SIGNED:\n            if agreement",
            "        case AgreementState.SIGNED | AgreementState.AWAITING_SIGNATURE:\n            if agreement",
        ),
        caught_by=("test_nothing_is_ordered_before_the_agreement_is_signed",),
    ),
    wrong(
        "does not ask for the agreement at the last attest",
        (
            "lifecycles.order_guards",
            "    return agreement_holds(case, case.order.content.organisation)",
            "    return agreement_holds(case, case.order.content.organisation)[1:]",
        ),
        caught_by=("test_the_last_attest_asks_for_an_agreement_that_still_holds",),
    ),
    wrong(
        "takes one signature for all",
        ("authority", "Authority(binds=len(by) == len(question.persons) > 0,", "Authority(binds=len(by) > 0,"),
        caught_by=("test_an_agreement_is_signed_when_all_who_are_named_have_signed",),
    ),
    wrong(
        "tells only the first reason",
        (
            "decisions.judging",
            (
                "    reasons = known_administrators(case, tuple(dict.fromkeys(reasons))) if reasons else ()\n"
                "    return Ruling(case=case, row=row"
            ),
            (
                "    reasons = known_administrators(case, tuple(dict.fromkeys(reasons))[:1]) if reasons else ()\n"
                "    return Ruling(case=case, row=row"
            ),
        ),
        caught_by=("test_a_refusal_lists_all_that_stands_in_the_way_and_who_can_clear_it",),
    ),
    wrong(
        "checks less than it carries out",
        (
            "decisions.deciding",
            "    ruling = judge(situation, command, act)\n    return Verdict(reasons=ruling.reasons,",
            "    ruling = judge(situation, command, act)\n    return Verdict(reasons=ruling.reasons[:1],",
        ),
        caught_by=("test_check_says_what_execute_does",),
    ),
    wrong(
        "sends a form that is not filled in",
        (
            "lifecycles.order",
            "(must.start_guards_hold, must.form_is_complete, must.terms_are_accepted)",
            "(must.start_guards_hold, must.terms_are_accepted)",
        ),
        caught_by=(
            "test_nothing_is_sent_before_the_form_is_filled_in_and_the_terms_of_today_are_accepted",
            "test_a_refusal_lists_all_that_stands_in_the_way_and_who_can_clear_it",
        ),
    ),
    wrong(
        "compares the version of terms and not their text",
        (
            "lifecycles.order_guards",
            "    if content.terms.digest != terms_digest(offer.terms):",
            "    if content.terms.version != offer.terms.version:",
        ),
        caught_by=("test_nothing_is_sent_before_the_form_is_filled_in_and_the_terms_of_today_are_accepted",),
    ),
    wrong(
        "opens every offer to every category",
        (
            "lifecycles.order_guards",
            "    if customer is None or customer.category not in offer.categories:",
            "    if customer is None:",
        ),
        caught_by=("test_an_offer_is_open_to_its_categories_and_in_its_modes_only",),
    ),
    wrong(
        "takes a rejection without a reason",
        (
            "lifecycles.order_sets",
            "    return () if command.reason else (Reason(ReasonCode.REASON_MISSING",
            "    return () if command.reason is not None else (Reason(ReasonCode.REASON_MISSING",
        ),
        caught_by=("test_rejecting_takes_a_reason_and_ends_the_order",),
    ),
    wrong(
        "copies accepted terms along",
        ("lifecycles.drafts", "        terms=None,\n        copied_from", "        copied_from"),
        caught_by=("test_what_was_closed_can_be_copied_as_a_draft_whose_terms_are_accepted_anew",),
    ),
    wrong(
        "lets the orderer change what was sent",
        (
            "lifecycles.order",
            "    Row(\n        at=S.DRAFT,\n        command=AcceptTerms,",
            (
                "    Row(\n        at=S.AWAITING_CUSTOMER_ATTEST,\n        command=FillInOrder,\n"
                "        by=(ORDERER,),\n"
                "        to=S.AWAITING_CUSTOMER_ATTEST,\n        given=drafts.fillable,\n"
                "        sets=drafts.filled_in,\n    ),\n    Row(\n        at=S.DRAFT,\n"
                "        command=AcceptTerms,"
            ),
        ),
        caught_by=("test_content_is_locked_when_an_order_is_sent",),
    ),
    wrong(
        "hands over what goes via agent",
        (
            "lifecycles.order",
            "        to=S.HANDED_OVER,\n        flow=Flow.DIRECT,",
            "        to=S.HANDED_OVER,\n        flow=None,",
        ),
        (
            "lifecycles.order",
            (
                "        at=S.HANDED_OVER,\n        command=CompleteOrder,\n"
                "        by=(CUSTOMER_SERVICE,),\n        to=S.COMPLETED,\n        flow=Flow.DIRECT,"
            ),
            (
                "        at=S.HANDED_OVER,\n        command=CompleteOrder,\n"
                "        by=(CUSTOMER_SERVICE,),\n        to=S.COMPLETED,"
            ),
        ),
        caught_by=("test_an_order_via_agent_is_approved_and_attested_there_before_the_customer_attests",),
    ),
    wrong(
        "tells of a path only its next step",
        (
            "decisions.showing",
            "        state = row.to\n    return tuple(steps)",
            "        break\n    return tuple(steps)",
        ),
        caught_by=("test_the_path_names_who_acts_next_until_the_order_is_done",),
    ),
)
