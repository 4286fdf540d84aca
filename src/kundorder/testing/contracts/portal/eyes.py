"""Who sees what: visibility comes first, and what one side may not know of the other is not there."""

from collections.abc import Callable
from functools import partial

from kundorder.commands import (
    ApproveOrder,
    AttestOrder,
    Command,
    CompleteOrder,
    CopyOrderAsDraft,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    SendOrder,
    StartOrder,
    WithdrawOrder,
)
from kundorder.errors import KundorderError
from kundorder.model import Actor
from kundorder.portal import Portal
from kundorder.testing.contracts.portal.stage import (
    ADAM,
    AGDA,
    ARON,
    ATLE,
    BERTA,
    DIRECT,
    HANNA,
    HUGO,
    KARIN,
    NORA,
    OLGA,
    OSKAR,
    STRANGER,
    PortalExam,
    Stage,
)
from kundorder.testing.contracts.promising import promise
from kundorder.testing.world import AGENT
from kundorder.vocabulary import Party, ReasonCode

NO_ORDER = "o-00000000000000000000000000"


def _acts(order: str) -> tuple[Command, ...]:
    """Everything that can be asked of an order."""
    return (
        *(SendOrder(order=order), FillInOrder(order=order, fields={}), WithdrawOrder(order=order)),
        *(ApproveOrder(order=order), PickAttestant(order=order), RejectOrder(order=order), AttestOrder(order=order)),
        *(HandOverOrder(order=order), InformAgent(order=order), CompleteOrder(order=order)),
        CopyOrderAsDraft(order=order),
    )


def _answers(stage: Stage, order: str, actor: Actor) -> list[str]:
    """What somebody is told about an order, whatever is asked: the kind of error and its words."""
    portal, found = stage.portal, list[str]()
    for act in _acts(order):
        found += (_answer(partial(ask, act, actor)) for ask in (portal.execute, portal.check))
    looks: tuple[Callable[[str, Actor], object], ...] = (
        *(portal.order, portal.options, portal.path, portal.due, portal.history, portal.signings, portal.evidence),
    )
    found += (_answer(partial(look, order, actor)) for look in looks)
    return [*found, _answer(partial(portal.document, AttestOrder(order=order), actor))]


class EyePromises(PortalExam):
    """The part about who sees what."""

    @promise(Portal.order)
    def test_who_may_not_see_an_order_is_told_what_is_told_of_one_that_does_not_exist(self) -> None:
        stage = self.stage()
        direct, via_agent = stage.attested(), stage.sent(via=AGENT)
        for order, actors in (
            (direct, (OLGA, OSKAR, STRANGER, NORA, HANNA, ARON, AGDA)),
            (via_agent, (OSKAR, STRANGER, NORA, HUGO)),
        ):
            for actor in actors:
                told = _answers(stage, order, actor)
                assert told == _answers(stage, NO_ORDER, actor), f"{actor.person} is told of the order"
                assert set(told) == {told[0]}

    @promise(Portal.orders)
    def test_lists_hold_what_one_may_see_and_nothing_else(self) -> None:
        stage = self.stage()
        direct, via_agent, draft = stage.sent(), stage.sent(via=AGENT), stage.draft(via=AGENT)
        for actor, orders in (
            (ADAM, {direct, via_agent, draft}),
            (BERTA, {direct, via_agent, draft}),
            (NORA, set[str]()),
            (HANNA, {via_agent}),
            (HUGO, set[str]()),
            (AGDA, {via_agent}),
            (OSKAR, set[str]()),
            (KARIN, {direct, via_agent, draft}),
        ):
            assert {order.id for order in stage.portal.orders(actor).items} == orders, actor.person

    @promise(Portal.order)
    def test_an_agent_named_on_a_draft_or_a_direct_order_sees_nothing_of_it(self) -> None:
        stage = self.stage()
        for order in (stage.draft(via=AGENT), stage.sent(offer="npo-konsument-tgp", via=AGENT)):
            for actor in (HANNA, ARON, AGDA):
                stage.unseen(order, actor)

    @promise(Portal.order)
    def test_the_other_side_is_shown_as_organisation_capacity_and_date_not_as_persons(self) -> None:
        stage = self.stage()
        order = stage.attested(via=AGENT)
        persons = {"customer": {"berta", "atle"}, "agent": {"hanna", "aron"}}
        for actor, own, other in ((ATLE, "customer", "agent"), (HANNA, "agent", "customer")):
            seen = stage.portal.order(order, actor)
            named = {mark.person for mark in seen.course if mark.person is not None}
            assert named == persons[own], f"{actor.person} sees {sorted(named)}"
            events = stage.portal.history(order, actor).items
            assert {event.person for event in events} & persons[other] == set()
            assert {event.party for event in events} >= {Party.CUSTOMER, Party.AGENT}
            shown = repr((seen, events))
            for member in (stage.id(Actor(person, _of(other))) for person in persons[other]):
                assert member not in shown, f"{actor.person} sees a member of the other side"

    @promise(Portal.execute)
    def test_an_order_of_somebody_else_cannot_be_supplemented(self) -> None:
        stage = self.stage()
        foreign = stage.portal.execute(StartOrder(offer="npo-producent", mode=DIRECT), OSKAR).id
        own = stage.sent()
        for original in (foreign, NO_ORDER):
            start = StartOrder(offer="npo-producent", mode=DIRECT, supplementary_to=original)
            assert stage.codes(start, BERTA) == {ReasonCode.ORIGINAL_UNKNOWN}
        _ = stage.portal.execute(StartOrder(offer="npo-producent", mode=DIRECT, supplementary_to=own), BERTA)


def _of(party: str) -> str:
    return {"customer": BERTA.organisation, "agent": AGENT}[party]


def _answer(ask: Callable[[], object]) -> str:
    try:
        return f"answered: {type(ask()).__name__}"
    except KundorderError as error:
        return f"{type(error).__name__}: {error}"
