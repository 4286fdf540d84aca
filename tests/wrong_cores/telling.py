"""Wrong cores: who is told what, and when."""

from wrong_cores.planting import WrongCore, wrong

WRONG: tuple[WrongCore, ...] = (
    wrong(
        "tells the customer's attestants before the agent is done",
        ("lifecycles.order", "        owes=(ASK_HANDLERS,),", "        owes=(ASK_HANDLERS, ASK_ATTESTANTS),"),
        ("delivery", "    Template.ATTEST_ORDER: OrderState.AWAITING_CUSTOMER_ATTEST,\n", ""),
        caught_by=("test_the_customers_attestants_hear_nothing_before_the_agent_is_done",),
    ),
    wrong(
        "tells handlers who are not granted",
        (
            "lifecycles.audiences",
            "    handlers = eligible(case, order, handlers_of(case.situation, order))",
            "    handlers = case.situation.holders(order.content.agent or '', Role.AGENT_HANDLER)",
        ),
        ("delivery", "    granted = mail.role is not Role.AGENT_HANDLER or", "    granted = mail.role is not None or"),
        caught_by=("test_of_an_order_via_agent_granted_handlers_are_told_and_then_who_is_picked",),
    ),
    wrong(
        "mails the instructions to nobody",
        ("lifecycles.order", "        owes=(Owes(Template.HANDED_OVER, told.the_orderer),),", "        owes=(),"),
        caught_by=("test_of_a_direct_order_the_attestants_are_told_and_then_the_orderer",),
    ),
    wrong(
        "does not inform the agent",
        ("lifecycles.order", "        owes=(TELL_STARTABLE,),", "        owes=(),"),
        caught_by=("test_when_all_have_attested_the_agent_is_informed_and_nobody_handed_over_to",),
    ),
    wrong(
        "tells nobody but the orderer of a rejection",
        (
            "lifecycles.order",
            (
                "owes=(Owes(Template.ORDER_REJECTED, told.the_orderer), Owes(Template.ORDER_REJECTED, "
                "told.the_handler)),"
            ),
            "owes=(Owes(Template.ORDER_REJECTED, told.the_orderer),),",
        ),
        caught_by=("test_of_a_rejection_the_orderer_is_told_and_the_handler_who_approved",),
    ),
    wrong(
        "sends mail about steps that are gone",
        (
            "delivery",
            "    state = _WANTED_WHILE.get(mail.template)\n    if state is None:",
            "    state = _WANTED_WHILE.get(mail.template)\n    if state is not None or state is None:",
        ),
        caught_by=("test_mail_that_asks_for_a_step_does_not_leave_once_the_step_is_gone",),
    ),
    wrong(
        "does not tell a new attestant of what waits",
        (
            "lifecycles.user_sets",
            "_TOLD_LATER = (Role.ATTESTANT, Role.AGENT_HANDLER)",
            "_TOLD_LATER = (Role.AGENT_HANDLER,)",
        ),
        caught_by=("test_who_gets_a_role_is_told_of_what_waits_and_once",),
    ),
    wrong(
        "shows no notice to who attests",
        (
            "lifecycles.order",
            "ASK_ATTESTANTS = Owes(Template.ATTEST_ORDER, told.customers_attestants, notice=True)",
            "ASK_ATTESTANTS = Owes(Template.ATTEST_ORDER, told.customers_attestants)",
        ),
        caught_by=(
            "test_who_orders_and_attests_gets_mail_and_a_notice_at_once",
            "test_when_one_has_decided_the_step_is_gone_from_the_lists_of_all",
        ),
    ),
    wrong(
        "leaves the step on everybody's list",
        (
            "decisions.deciding",
            "        made = _with_notices(made, notices)\n    extra",
            "        made = _with_notices(made, (*made.notices, *notices))\n    extra",
        ),
        caught_by=("test_when_one_has_decided_the_step_is_gone_from_the_lists_of_all",),
    ),
    wrong(
        "leaves what was sent as still owed",
        (
            "portal.delivering",
            "        return Attempt(SENT, Relay.ANSWERS)",
            "        return Attempt(SENT if mail.secret else self._again(owed, 'to be sure'), Relay.ANSWERS)",
        ),
        caught_by=("test_delivering_again_sends_nothing_again",),
    ),
    wrong(
        "owes no mail to the agreement contact",
        (
            "lifecycles.people",
            (
                "        mails += (login_mail(case, member, party, role, template) for _contact, role, template "
                "in named)"
            ),
            (
                "        mails += (login_mail(case, member, party, role, template) for _contact, role, template "
                "in named[:1] if role is Role.ADMINISTRATOR)"
            ),
        ),
        caught_by=("test_approving_an_application_owes_three_kinds_of_mail",),
    ),
    wrong(
        "journals no method",
        ("decisions.deciding", "        method=method,\n", "        method=None,\n"),
        caught_by=("test_every_step_is_journalled_with_who_in_which_capacity_and_how",),
    ),
)
