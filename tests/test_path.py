"""Who must do what next until an order is done, what stands in the way, and what waits since when."""

from datetime import timedelta

import pytest
from cast import Cast
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.outcomes import Due
from kundorder.vocabulary import AdviceCode, Party, ReasonCode, Role, Trigger
from kundorder.vocabulary import OrderState as S

ORDERER = ko.Clearer(role=Role.ORDERER, party=Party.CUSTOMER, organisation=CUSTOMER)
ATTESTANT = ko.Clearer(role=Role.ATTESTANT, party=Party.CUSTOMER, organisation=CUSTOMER)
HANDLER = ko.Clearer(role=Role.AGENT_HANDLER, party=Party.AGENT, organisation=AGENT)
AGENTS_ATTESTANT = ko.Clearer(role=Role.ATTESTANT, party=Party.AGENT, organisation=AGENT)
SERVICE = ko.Clearer(role=Role.CUSTOMER_SERVICE, party=Party.PROVIDER)
SYSTEM = ko.Clearer(party=Party.SYSTEM)
ADAM = ko.Clearer(role=Role.ADMINISTRATOR, party=Party.CUSTOMER, organisation=CUSTOMER)
AGDA = ko.Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=AGENT)

DIRECT = (
    (Trigger.SEND, (ORDERER,), S.AWAITING_CUSTOMER_ATTEST),
    (Trigger.ATTEST, (ATTESTANT,), S.ATTESTED),
    (Trigger.HAND_OVER, (SERVICE,), S.HANDED_OVER),
    (Trigger.COMPLETE, (SERVICE,), S.COMPLETED),
)
VIA_AGENT = (
    (Trigger.SEND, (ORDERER,), S.AWAITING_AGENT_APPROVAL),
    (Trigger.APPROVE, (HANDLER,), S.AWAITING_AGENT_ATTEST),
    (Trigger.ATTEST, (AGENTS_ATTESTANT,), S.AWAITING_CUSTOMER_ATTEST),
    (Trigger.ATTEST, (ATTESTANT,), S.ATTESTED),
    (Trigger.INFORM_AGENT, (SERVICE,), S.CONNECTION_STARTABLE),
    (Trigger.COMPLETE, (SERVICE, HANDLER), S.COMPLETED),
)
WAYS = {"direct": (None, DIRECT), "via agent": (AGENT, VIA_AGENT)}


def go_on(cast: Cast, order: str) -> None:
    """The next step of an order is taken."""
    state = cast.state(order)
    if state is S.DRAFT:
        cast.portal.execute(ko.SendOrder(order=order), cast.berta)
    elif state is S.AWAITING_AGENT_APPROVAL:
        cast.approve(order)
    elif state in (S.AWAITING_AGENT_ATTEST, S.AWAITING_CUSTOMER_ATTEST):
        cast.world.attest(order, cast.aron if state is S.AWAITING_AGENT_ATTEST else cast.atle)
    elif state is S.ATTESTED:
        via_agent = cast.portal.order(order, ko.SYSTEM).content.agent is not None
        informs, hands_over = ko.InformAgent(order=order), ko.HandOverOrder(order=order, instructions="Logga in.")
        cast.portal.execute(informs if via_agent else hands_over, cast.karin)
    else:
        cast.portal.execute(ko.CompleteOrder(order=order), cast.karin)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("automatic", [False, True])
def test_the_path_names_each_step_that_is_left_and_who_takes_it(way: str, *, automatic: bool) -> None:
    via, left = WAYS[way]
    if automatic:
        left = tuple((act, (*by, SYSTEM) if act is Trigger.INFORM_AGENT else by, to) for act, by, to in left)
    cast = Cast.new(rules=ko.Rules(inform_agent_automatically=automatic))
    order = cast.draft(via=via)
    while left:
        path = cast.portal.path(order, cast.karin)
        assert tuple((step.trigger, step.by, step.to) for step in path) == left
        assert [step.reasons for step in path] == [()] * len(left)
        (due,) = cast.portal.due(order, cast.karin)
        assert (due.trigger, due.by) == left[0][:2]
        go_on(cast, order)
        left = left[1:]
    assert cast.portal.path(order, cast.karin) == ()
    assert cast.portal.due(order, cast.karin) == ()


def codes(cast: Cast, order: str) -> list[list[tuple[ReasonCode, tuple[ko.Clearer, ...]]]]:
    """What stands in the way of each step, and who can help."""
    path = cast.portal.path(order, cast.karin)
    return [[(reason.code, reason.cleared_by) for reason in step.reasons] for step in path]


def test_who_is_missing_for_a_later_step_is_told_from_the_start() -> None:
    cast = Cast.new()
    order = cast.draft(via=AGENT)
    for attestant in (cast.aron, cast.astrid):
        cast.remove(attestant, Role.ATTESTANT)
    cast.remove(cast.hanna, Role.AGENT_HANDLER)
    found = codes(cast, order)
    assert found[1] == [(ReasonCode.AGENT_LACKS_HANDLER, (AGDA,))]
    assert found[2] == [(ReasonCode.AGENT_LACKS_ATTESTANT, (AGDA,))]
    assert found[3:] == [[], [], []]
    later = cast.portal.path(order, cast.karin)[1].reasons[0]
    assert dict(later.params) == {"organisation": AGENT, "agent": AGENT, "service": "npo"}


def test_when_the_picked_attestant_has_lost_the_role_the_handler_picks_another() -> None:
    cast = Cast.new()
    order = cast.approved()
    assert codes(cast, order)[0] == []
    cast.remove(cast.aron, Role.ATTESTANT)
    assert codes(cast, order)[0] == [(ReasonCode.AGENT_LACKS_ATTESTANT, (HANDLER,))]


def test_what_holds_a_step_up_is_told_to_whoever_looks_and_only_for_the_next_step() -> None:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.EndAssignment(assignment=f"{AGENT}/npo"), cast.olle)
    for reader in (cast.karin, cast.berta, cast.agda, ko.SYSTEM):
        first, second, *_ = cast.portal.path(order, reader)
        assert ReasonCode.ASSIGNMENT_NOT_ACTIVE in [reason.code for reason in first.reasons]
        assert ReasonCode.ASSIGNMENT_NOT_ACTIVE not in [reason.code for reason in second.reasons]


def test_under_four_eyes_the_path_says_so_when_nobody_is_left_who_may_attest() -> None:
    cast = Cast.new(rules=ko.Rules(four_eyes=True), agent=False)
    order = cast.draft()
    cast.assign(cast.berta, Role.ATTESTANT)
    cast.remove(cast.atle, Role.ATTESTANT)
    assert codes(cast, order)[1] == [(ReasonCode.FOUR_EYES, (ADAM,))]
    assert codes(cast, order)[2:] == [[], []]
    cast.assign(cast.atle, Role.ATTESTANT)
    assert codes(cast, order) == [[], [], [], []]


def test_under_four_eyes_whoever_has_approved_may_still_complete() -> None:
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    order = cast.informed()
    assert codes(cast, order) == [[]]
    (step,) = cast.portal.path(order, cast.karin)
    assert step.trigger is Trigger.COMPLETE


@pytest.mark.parametrize(
    ("waited", "days", "reminder"),
    [
        (timedelta(days=7) - timedelta(microseconds=1), 6, False),
        (timedelta(days=7), 7, True),
        (timedelta(days=8), 8, True),
        (-timedelta(days=1), 0, False),
    ],
)
def test_a_reminder_is_due_once_a_step_has_waited_for_so_long(waited: timedelta, days: int, reminder: bool) -> None:  # noqa: FBT001 - a row of the table
    cast = Cast.new()
    order, draft = cast.sent(), cast.draft()
    for which, by, trigger, wanted in (
        (order, (ATTESTANT,), Trigger.ATTEST, reminder),
        (draft, (ORDERER,), Trigger.SEND, False),
    ):
        since = cast.portal.order(which, ko.SYSTEM).since
        cast.world.clock.time = since + waited - timedelta(seconds=1)  # it ticks once more when asked
        found = cast.portal.due(which, cast.karin, remind_after=timedelta(days=7))
        assert found == (Due(trigger=trigger, by=by, since=since, days=days, reminder=wanted),)


@pytest.mark.parametrize(
    ("offer", "via", "advised"),
    [
        ("npo-producent", None, (AdviceCode.LIST_ALL_CARE_UNITS, AdviceCode.START_UP_FEE)),
        ("npo-producent", AGENT, (AdviceCode.ASK_THE_AGENT, AdviceCode.LIST_ALL_CARE_UNITS, AdviceCode.START_UP_FEE)),
        (
            "npo-konsument-tgp",
            AGENT,
            (AdviceCode.FLOW_OVERRIDDEN, AdviceCode.LIST_ALL_CARE_UNITS, AdviceCode.START_UP_FEE),
        ),
    ],
)
def test_what_one_does_well_to_know_is_told_while_the_order_is_a_draft(
    offer: str, via: str | None, advised: tuple[AdviceCode, ...]
) -> None:
    cast = Cast.new()
    order = cast.draft(offer=offer, via=via)
    found = cast.world.catalogue.offer(offer)
    assert found is not None
    for option in cast.portal.options(order, cast.berta):
        assert tuple(advice.code for advice in option.verdict.advice) == advised
        for advice in option.verdict.advice:
            fee = {"fee": str(found.start_up_fee)} if advice.code is AdviceCode.START_UP_FEE else {}
            assert dict(advice.params) == {"offer": offer, **fee}
    send = ko.SendOrder(order=order)
    assert tuple(advice.code for advice in cast.portal.check(send, cast.berta).advice) == advised
    cast.portal.execute(send, cast.berta)
    assert cast.portal.check(send, cast.berta).advice == ()
    assert {option.verdict.advice for option in cast.portal.options(order, cast.berta)} == {()}


def test_what_holds_a_step_up_is_the_same_whoever_looks() -> None:
    """Also for the orderer, who may not attest under four eyes."""
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    for order in (cast.sent(), cast.approved()):
        seen = [cast.portal.path(order, reader) for reader in (cast.berta, cast.atle, cast.karin, ko.SYSTEM)]
        assert seen == [seen[0]] * 4
