"""Wrong cores: keys, guards, evidence, and what happens at the same moment."""

from wrong_cores.planting import WrongCore, wrong

WRONG: tuple[WrongCore, ...] = (
    wrong(
        "guards only what it writes",
        (
            "decisions.deciding",
            "    found = [Guard(key, fact.version) for key, fact in facts.items() if fact.version]\n",
            (
                "    written = {put.key for put in puts}\n"
                "    found = [Guard(key, fact.version) for key, fact in facts.items() if fact.version and key "
                "in written]\n"
            ),
        ),
        caught_by=(
            "test_an_attest_is_decided_by_the_facts_of_its_moment",
            "test_sending_and_approving_are_decided_by_the_facts_of_their_moment",
        ),
    ),
    wrong(
        "guards no fact about an order",
        (
            "decisions.deciding",
            "    found = [Guard(key, fact.version) for key, fact in facts.items() if fact.version]\n",
            (
                "    found = [Guard(key, fact.version) for key, fact in facts.items() if fact.version and "
                "key[:6] == 'order:']\n"
            ),
        ),
        caught_by=(
            "test_an_attest_is_decided_by_the_facts_of_its_moment",
            "test_sending_and_approving_are_decided_by_the_facts_of_their_moment",
        ),
    ),
    wrong(
        "gives up when anything at all has moved",
        (
            "portal.acting",
            "            except Conflict:\n                pass\n",
            (
                "            except Conflict as moved:\n"
                "                raise Unavailable('something has moved') from moved\n"
            ),
        ),
        caught_by=("test_an_attest_is_decided_by_the_facts_of_its_moment",),
    ),
    wrong(
        "does not note which case numbers are taken",
        (
            "lifecycles.drafts",
            (
                "    record = CaseFile(case_number=made.case_number, order=made.id)\n"
                "    return Extra(puts=(Put(case_key(made.case_number), record),))"
            ),
            "    return NOTHING",
        ),
        caught_by=("test_a_case_number_is_never_given_twice",),
    ),
    wrong(
        "does not compare what a key was used for",
        ("portal.loading", "    if record.digest != keyed.digest:", "    if record.digest == '':"),
        caught_by=("test_a_key_that_was_used_for_something_else_is_refused",),
    ),
    wrong(
        "keeps no receipts",
        (
            "portal.writing",
            "    if keyed is None:\n        return None\n    return Receipt(",
            "    if keyed is None or keyed.key:\n        return None\n    return Receipt(",
        ),
        caught_by=("test_the_same_key_has_the_same_outcome_once",),
    ),
    wrong(
        "does not say that it has been decided",
        (
            "decisions.explaining",
            "    if decided is not None:\n        return (_already(subject, decided), *lacking)",
            "    if decided is None:\n        return (_too_early(place, subject, state), *lacking)",
        ),
        caught_by=("test_a_decision_is_final_and_the_second_is_told_of_the_first",),
    ),
    wrong(
        "believes evidence as it comes",
        (
            "portal.acting",
            "        if document is None or not self.port().verify(evidence, document):",
            "        if document is None:",
        ),
        caught_by=("test_evidence_counts_only_if_the_signing_port_vouches_for_it",),
    ),
    wrong(
        "does not bind evidence to the order",
        (
            "portal.acting",
            "        if document is None or not self.port().verify(evidence, document):",
            "        if document is None:",
        ),
        (
            "lifecycles.attests",
            "    if proven and evidence.digest == document_digest(document):",
            "    if proven and evidence.digest and document_digest(document):",
        ),
        caught_by=("test_evidence_for_another_order_or_step_is_not_taken",),
    ),
    wrong(
        "takes one person's evidence for another's",
        (
            "portal.acting",
            "document_for(situation, command, act, evidence.signer)",
            "document_for(situation, command, act, act.actor.person)",
        ),
        ("portal.acting", "not self.port().verify(evidence, document)", "False"),
        (
            "lifecycles.attests",
            (
                "    proven = case.act.verified == evidence and evidence.signer == document.signer\n"
                "    if proven and evidence.digest == document_digest(document):"
            ),
            "    proven = case.act.verified == evidence\n    if proven and document_digest(document):",
        ),
        caught_by=("test_evidence_of_another_person_is_not_taken",),
    ),
    wrong(
        "takes no evidence at all",
        (
            "lifecycles.attests",
            "    proven = case.act.verified == evidence and",
            "    proven = case.act.verified is None and",
        ),
        caught_by=("test_evidence_of_one_who_may_attest_is_taken",),
    ),
    wrong(
        "takes any method",
        (
            "lifecycles.attests",
            "    if method in allowed and reaches(method, minimum):",
            "    if method in AttestMethod and reaches(method, minimum):",
        ),
        caught_by=("test_a_method_is_one_that_the_rules_allow_and_strong_enough_for_the_offer",),
    ),
    wrong(
        "asks people to sign what they may not",
        (
            "portal.calls",
            "    in_vain = (*others, *_would_prove_nothing(situation, call, act))",
            "    in_vain = _would_prove_nothing(situation, call, act)",
        ),
        caught_by=("test_nobody_is_asked_to_sign_in_vain",),
    ),
    wrong(
        "keeps evidence without its document",
        (
            "decisions.deciding",
            "        puts += (_kept(case, command, evidence, made),)",
            "        puts += (_kept(case, command, evidence, made),)[1:]",
        ),
        caught_by=("test_what_was_attested_is_kept_word_for_word_with_its_evidence",),
    ),
    wrong(
        "leaves a direct order with nobody",
        (
            "worklists",
            (
                "        case OrderState.ATTESTED | OrderState.HANDED_OVER:\n"
                '            yield (Index.PENDING, "customer_service", since)'
            ),
            "        case OrderState.ATTESTED | OrderState.HANDED_OVER:\n            pass",
        ),
        caught_by=("test_a_direct_order_goes_to_the_customers_attestants_and_then_to_customer_service",),
    ),
    wrong(
        "decides but once",
        ("portal.acting", "        for number in range(1, self.attempts):", "        for number in range(1, 1):"),
        caught_by=("test_what_happens_elsewhere_at_the_same_moment_does_no_harm",),
    ),
)
