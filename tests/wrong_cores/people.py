"""Wrong cores: who may do what, and who sees what."""

from wrong_cores.planting import WrongCore, wrong

WRONG: tuple[WrongCore, ...] = (
    wrong(
        "ignores four eyes at an attest",
        (
            "lifecycles.order_guards",
            "    if not case.act.rules.four_eyes or case.act.is_system or",
            "    if case.act.is_system or True or",
        ),
        caught_by=("test_the_same_person_may_order_and_attest_unless_four_eyes_are_asked_for",),
    ),
    wrong(
        "always asks for four eyes",
        (
            "lifecycles.order_guards",
            "    if not case.act.rules.four_eyes or case.act.is_system or",
            "    if case.act.is_system or",
        ),
        caught_by=("test_the_same_person_may_order_and_attest_unless_four_eyes_are_asked_for",),
    ),
    wrong(
        "takes two accounts for two persons",
        (
            "policies",
            (
                "    persons = {mark.person for mark in order.course if mark.role in _ACTS}\n"
                "    persons.add(order.content.orderer_person)"
            ),
            "    persons = {mark.person for mark in order.course if mark.party.value == 'agent'}",
        ),
        caught_by=("test_four_eyes_are_two_persons_whatever_accounts_they_use",),
    ),
    wrong(
        "lets any orderer withdraw",
        (
            "lifecycles.order",
            "By(Role.ORDERER, Party.CUSTOMER, only=must.is_own_order)",
            "By(Role.ORDERER, Party.CUSTOMER)",
        ),
        caught_by=("test_only_the_orderer_of_an_order_and_customer_service_withdraw_it",),
    ),
    wrong(
        "lets anybody of the customer attest",
        (
            "lifecycles.order",
            "CUSTOMERS_ATTESTANT = By(Role.ATTESTANT, Party.CUSTOMER)",
            "CUSTOMERS_ATTESTANT = By(None, Party.CUSTOMER)",
        ),
        caught_by=("test_only_an_orderer_starts_and_sends_and_only_an_attestant_attests",),
    ),
    wrong(
        "adds up the rights of all organisations",
        (
            "decisions.judging",
            "    held = () if case.me is None else case.me.roles\n    objections: Reasons = ()",
            "    held = () if case.me is None else (*case.me.roles, *Role)\n    objections: Reasons = ()",
        ),
        caught_by=("test_rights_of_one_organisation_are_no_rights_in_another",),
    ),
    wrong(
        "lets the last administrator go",
        (
            "lifecycles.people",
            "return tuple(holder.member for holder in holders) == (member.id,)",
            "return len(holders) == 0",
        ),
        caught_by=("test_the_last_administrator_stays_and_the_last_attestant_may_go",),
    ),
    wrong(
        "lets the provider's administrator manage users everywhere",
        (
            "lifecycles.user",
            "By(Role.ADMINISTRATOR, party, at_home=True) for party in PARTIES)",
            "By(Role.ADMINISTRATOR, party) for party in PARTIES)",
        ),
        caught_by=("test_only_administrators_manage_users_and_only_their_own_organisations",),
    ),
    wrong(
        "gives roles of agents at customers",
        (
            "lifecycles.user_sets",
            "Role.AGENT_HANDLER: (Party.AGENT,),",
            "Role.AGENT_HANDLER: (Party.AGENT, Party.CUSTOMER),",
        ),
        caught_by=("test_agent_roles_exist_at_agents_only_and_customer_roles_at_customers",),
    ),
    wrong(
        "restores a user with the roles of before",
        (
            "lifecycles.user_sets",
            "state=UserState.DELETED, step=member.step + 1, since=case.act.now, roles=())",
            "state=UserState.DELETED, step=member.step + 1, since=case.act.now)",
        ),
        caught_by=("test_a_deleted_user_is_restored_by_the_provider_and_without_roles",),
    ),
    wrong(
        "takes any code for that of an invitation",
        (
            "lifecycles.user_sets",
            "    if member.invitation != digest(command.code):",
            "    if member.invitation == digest(command.code + 'x'):",
        ),
        ("decisions.judging", "        and subject.invitation == digest(command.code)\n", ""),
        caught_by=("test_who_is_invited_acts_only_after_the_code_of_the_invitation",),
    ),
    wrong(
        "tells strangers why they are refused",
        (
            "decisions.judging",
            "    if subject is not None and not sees(case, subject) and not _is_invited(case, subject, command):",
            "    if subject is not None and case.mine is None and not _is_invited(case, subject, command):",
        ),
        caught_by=("test_who_may_not_see_an_order_is_told_what_is_told_of_one_that_does_not_exist",),
    ),
    wrong(
        "lists all orders of an organisation to everybody in it",
        (
            "worklists",
            'own = f"customer:{here}" if has_any(case.me, FOLLOWS_OWN_ORDERS) else',
            'own = f"customer:{here}" if here else',
        ),
        caught_by=("test_lists_hold_what_one_may_see_and_nothing_else",),
    ),
    wrong(
        "shows each side the persons of the other",
        (
            "policies",
            "return tuple(mark if mark.organisation == here else _nameless(mark) for mark in marks)",
            "return tuple(mark if here else _nameless(mark) for mark in marks)",
        ),
        caught_by=("test_the_other_side_is_shown_as_organisation_capacity_and_date_not_as_persons",),
    ),
    wrong(
        "lets an order supplement anybody's",
        (
            "lifecycles.drafts",
            "    if order is not None and ours and sees(case, order):",
            "    if order is not None or ours:",
        ),
        caught_by=("test_an_order_of_somebody_else_cannot_be_supplemented",),
    ),
)
