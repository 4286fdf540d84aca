"""Wrong cores: what an agent may do and must be, and in which flow."""

from wrong_cores.planting import WrongCore, wrong

WRONG: tuple[WrongCore, ...] = (
    wrong(
        "lets any handler of the agent approve",
        (
            "lifecycles.order",
            "By(Role.AGENT_HANDLER, Party.AGENT, only=must.is_granted_handler)",
            "By(Role.AGENT_HANDLER, Party.AGENT)",
        ),
        caught_by=("test_a_handler_acts_only_in_assignments_granted_to_that_handler",),
    ),
    wrong(
        "lets any attestant of the agent attest",
        ("lifecycles.order", "By(Role.ATTESTANT, Party.AGENT, only=must.is_picked)", "By(Role.ATTESTANT, Party.AGENT)"),
        caught_by=("test_for_the_agent_the_picked_attestant_attests_and_no_other",),
    ),
    wrong(
        "lets anybody be picked to attest for the agent",
        ("lifecycles.order_sets", "if holder.member == attestant), None)", "), None)"),
        caught_by=("test_an_agent_approves_with_a_certificate_and_an_attestant_of_its_own",),
    ),
    wrong(
        "does not ask for the handler's certificate",
        (
            "lifecycles.order_sets",
            "return (*certified, *_can_be_picked(case, command.attestant))",
            "return _can_be_picked(case, command.attestant)",
        ),
        caught_by=("test_an_agent_approves_with_a_certificate_and_an_attestant_of_its_own",),
    ),
    wrong(
        "sends an order on to the customer when the agent has approved it",
        (
            "lifecycles.order_sets",
            "state=OrderState.AWAITING_AGENT_ATTEST,",
            "state=OrderState.AWAITING_CUSTOMER_ATTEST,",
        ),
        (
            "lifecycles.order",
            "        command=ApproveOrder,\n        by=(HANDLER,),\n        to=S.AWAITING_AGENT_ATTEST,",
            "        command=ApproveOrder,\n        by=(HANDLER,),\n        to=S.AWAITING_CUSTOMER_ATTEST,",
        ),
        (
            "lifecycles.order",
            (
                "        at=S.AWAITING_AGENT_ATTEST,\n        command=PickAttestant,\n"
                "        by=(HANDLER,),\n        to=S.AWAITING_AGENT_ATTEST,"
            ),
            (
                "        at=S.AWAITING_AGENT_APPROVAL,\n        command=PickAttestant,\n"
                "        by=(HANDLER,),\n        to=S.AWAITING_AGENT_ATTEST,"
            ),
        ),
        caught_by=("test_an_order_via_agent_is_approved_and_attested_there_before_the_customer_attests",),
    ),
    wrong(
        "cannot pick another attestant",
        (
            "lifecycles.order_sets",
            "return command.attestant != case.order.picked",
            "return command.attestant == case.order.picked",
        ),
        caught_by=(
            "test_another_attestant_of_the_agent_can_be_picked_until_one_has_attested",
            "test_of_an_order_via_agent_granted_handlers_are_told_and_then_who_is_picked",
        ),
    ),
    wrong(
        "sends every order via agent through the agent",
        ("catalogue", "        if self.flow is not None:\n            return self.flow\n", ""),
        caught_by=("test_an_offer_that_overrides_the_flow_leaves_the_agent_out",),
    ),
    wrong(
        "shows an agent every order it is named on",
        (
            "policies",
            (
                "return order.content.flow is Flow.VIA_AGENT and order.content.agent is not None and "
                "order.case_number is not None"
            ),
            "return order.content.agent is not None",
        ),
        caught_by=("test_an_agent_named_on_a_draft_or_a_direct_order_sees_nothing_of_it",),
    ),
    wrong(
        "takes an agent without a handler for ready",
        (
            "lifecycles.order_guards",
            "    if not handlers:\n        found.append(",
            "    if False:\n        found.append(",
        ),
        caught_by=("test_an_agent_is_ready_before_a_customer_orders_through_it",),
    ),
    wrong(
        "does not ask whether the assignment is still active",
        (
            "lifecycles.order_guards",
            "    found = case.situation.assignment(assignment)\n    if found is not None and",
            "    found = case.situation.assignment(assignment)\n    if found is None or True or",
        ),
        caught_by=("test_each_step_via_agent_asks_for_an_assignment_that_is_still_active",),
    ),
    wrong(
        "has the system inform the agent whatever the rules say",
        (
            "lifecycles.order_sets",
            "if not case.act.rules.inform_agent_automatically or case.order.content.flow is not Flow.VIA_AGENT:",
            "if case.order.content.flow is not Flow.VIA_AGENT:",
        ),
        (
            "lifecycles.order_guards",
            "    if case.act.rules.inform_agent_automatically:\n        return ()",
            "    if case.act.is_system:\n        return ()",
        ),
        caught_by=("test_the_system_informs_the_agent_only_where_the_rules_say_so",),
    ),
    wrong(
        "keeps an order from the list of the handlers who wait for it",
        (
            "worklists",
            (
                "        case OrderState.AWAITING_AGENT_APPROVAL:\n"
                '            yield (Index.PENDING, f"handlers:{assignment}", since)'
            ),
            "        case OrderState.AWAITING_AGENT_APPROVAL:\n            pass",
        ),
        caught_by=("test_an_order_via_agent_is_approved_and_attested_there_before_the_customer_attests",),
    ),
)
