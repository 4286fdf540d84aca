"""Each law holds of what people have really done, and is broken by what nobody could have done.

``cd tests && PYTHONPATH=. ../.venv/bin/python test_laws.py`` writes anew what is said then; read it before it is kept.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import attrs
import pytest
from proof import count
from world import AGENT, CUSTOMER, OTHER, World

import kundorder as ko
from kundorder.sample import CATALOGUE
from kundorder.testing.laws import (
    Kept,
    Law,
    LawBroken,
    check_kept,
    check_lists,
    check_mails,
    check_new,
    check_orders,
    check_people,
    check_steps,
    check_times,
    check_told,
    check_ways_on,
)
from kundorder.testing.surroundings import NumberedIds
from kundorder.vocabulary import Flow, OrderState, Party, Role, Template, Trigger

Forged = Callable[[Kept], Kept]

RULES: Final = ko.Rules()
NPO: Final = f"{AGENT}/npo"
FIELDS: Final[dict[str, str | int | tuple[str, ...]]] = {
    "care_units": ("SE9997000006-P01",),
    "technical_contact": "Teknik Prov",
}
HANNA: Final = ko.Actor("hanna", AGENT)
ARON: Final = ko.Actor("aron", AGENT)
VIA_AGENT: Final = ko.ConnectionMode.VIA_AGENT


@attrs.frozen
class Told:
    """A world in which one order is done, one attested directly, and one a draft; and how it was before each act."""

    world: World
    moments: tuple[Kept, ...]
    done: str
    direct: str
    draft: str
    waits: str

    @property
    def kept(self) -> Kept:
        return self.moments[-1]


@cache
def told() -> Told:
    """Somebody orders through an agent, and once without."""
    world = World.new(ids=NumberedIds())
    adam = world.customer()
    anna, bo = world.user(adam, "anna", Role.ORDERER), world.user(adam, "bo", Role.ATTESTANT)
    world.agent()
    moments = [Kept.of(world.store)]
    portal, picked = world.portal, world.members[AGENT, "aron"]

    def acts() -> Iterator[object]:
        order = portal.execute(ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT), anna).order.id
        yield order
        yield portal.execute(ko.FillInOrder(order=order, fields=FIELDS), anna)
        yield portal.execute(ko.AcceptTerms(order=order, version="2026-1"), anna)
        yield portal.execute(ko.SendOrder(order=order), anna)
        yield portal.execute(ko.ApproveOrder(order=order, attestant=picked, certified=True), HANNA)
        yield world.attest(order, ARON)
        yield world.attest(order, bo)
        yield portal.execute(ko.InformAgent(order=order), world.service)
        yield portal.execute(ko.CompleteOrder(order=order), HANNA)
        direct = world.draft(anna).id
        yield direct
        yield portal.execute(ko.SendOrder(order=direct), anna)
        yield portal.execute(ko.RejectOrder(order=direct, reason="Fel tjänst."), bo)
        yield world.draft(anna, mode=VIA_AGENT, agent=AGENT)
        later = world.draft(anna).id
        yield later
        yield portal.execute(ko.SendOrder(order=later), anna)

    moments.extend(Kept.of(world.store) for _ in acts())
    done, direct, draft, waits = moments[-1].orders
    return Told(world, tuple(moments), done, direct, draft, waits)


def order_as(kept: Kept, order: str, change: Callable[[ko.Order], ko.Order]) -> Kept:
    """One order is as it cannot be."""
    return attrs.evolve(kept, orders={**kept.orders, order: change(kept.orders[order])})


def events_as(kept: Kept, order: str, change: Callable[[ko.Event], ko.Event | None]) -> Kept:
    """What has happened to an order cannot have happened; what becomes None did not."""
    key = f"order:{order}"
    made = tuple(event for event in map(change, kept.chains[key]) if event is not None)
    return attrs.evolve(kept, chains={**kept.chains, key: made})


def mails_as(kept: Kept, change: Callable[[ko.Mail], ko.Mail]) -> Kept:
    """What is owed cannot be owed."""
    return attrs.evolve(kept, mails=tuple(map(change, kept.mails)))


def nobody(kept: Kept, organisation: str, role: Role) -> Kept:
    """Nobody holds a role."""
    return attrs.evolve(kept, holders={**kept.holders, (organisation, role): ()})


def roles_as(kept: Kept, role: Role) -> Kept:
    """Everybody has but this role."""
    members = {each.id: attrs.evolve(each, roles=(role,)) for each in kept.members.values()}
    return attrs.evolve(kept, members=members)


def ended(kept: Kept) -> Kept:
    """The assignment is over."""
    over = attrs.evolve(kept.assignments[NPO], state=ko.AssignmentState.ENDED)
    return attrs.evolve(kept, assignments={NPO: over})


def ungranted(kept: Kept) -> Kept:
    """Nobody is granted."""
    return attrs.evolve(kept, assignments={NPO: attrs.evolve(kept.assignments[NPO], grants=())})


def terminated(kept: Kept) -> Kept:
    """No agreement is in force."""
    over = {each.id: attrs.evolve(each, state=ko.AgreementState.TERMINATED) for each in kept.agreements.values()}
    return attrs.evolve(kept, agreements=over)


def doubled(kept: Kept) -> Kept:
    return attrs.evolve(kept, mails=(*kept.mails, *kept.mails))


def same_number(kept: Kept) -> Kept:
    number = kept.orders[told().done].case_number
    return order_as(kept, told().direct, lambda order: attrs.evolve(order, case_number=number))


def skipped(event: ko.Event) -> ko.Event | None:
    return None if event.trigger is Trigger.APPROVE else event


def to_strangers(mail: ko.Mail) -> ko.Mail:
    return attrs.evolve(mail, organisation=OTHER)


def of_instructions(mail: ko.Mail) -> ko.Mail:
    return attrs.evolve(mail, template=Template.HANDED_OVER)


def without_people(kept: Kept) -> Kept:
    """Nobody is there, and so nobody holds anything."""
    return attrs.evolve(kept, members={}, holders=dict.fromkeys(kept.holders, ()))


def in_flow(flow: Flow) -> Callable[[ko.Order], ko.Order]:
    return lambda order: attrs.evolve(order, content=attrs.evolve(order.content, flow=flow))


def of(organisation: str) -> Callable[[ko.Order], ko.Order]:
    return lambda order: attrs.evolve(order, content=attrs.evolve(order.content, organisation=organisation))


def steps_of(kept: Kept) -> None:
    check_steps(kept)


def orders_of(kept: Kept) -> None:
    check_orders(kept, RULES, CATALOGUE)


def four_eyes_of(kept: Kept) -> None:
    check_orders(kept, ko.Rules(four_eyes=True), CATALOGUE)


def lists_of(kept: Kept) -> None:
    check_lists(kept, told().world.portal, ko.Actor("bo", CUSTOMER), settled=True)


def ways_of(kept: Kept) -> None:
    check_ways_on(kept, told().world.portal)


GOLDEN: Final = Path(__file__).parent / "golden" / "laws.txt"

FORGED: Final[tuple[tuple[Law, Callable[[Kept], None], Forged], ...]] = (
    (Law.CHAIN, steps_of, lambda kept: events_as(kept, told().done, skipped)),
    (
        Law.ROW,
        steps_of,
        lambda kept: events_as(kept, told().done, lambda event: attrs.evolve(event, role=Role.AGREEMENT_CONTACT)),
    ),
    (Law.ROW, steps_of, lambda kept: order_as(kept, told().done, in_flow(Flow.DIRECT))),
    (
        Law.TIME,
        check_times,
        lambda kept: events_as(kept, told().done, lambda event: attrs.evolve(event, at=kept.orders[told().done].since)),
    ),
    (
        Law.JOURNAL,
        orders_of,
        lambda kept: order_as(kept, told().draft, lambda order: attrs.evolve(order, state=OrderState.WITHDRAWN)),
    ),
    (Law.SEQUENCE, orders_of, lambda kept: events_as(kept, told().done, skipped)),
    (
        Law.CASE,
        orders_of,
        lambda kept: order_as(kept, told().done, lambda order: attrs.evolve(order, case_number=None)),
    ),
    (Law.CASE, orders_of, same_number),
    (
        Law.METHOD,
        orders_of,
        lambda kept: events_as(
            kept, told().done, lambda event: attrs.evolve(event, method=event.method and ko.AttestMethod.FREJA)
        ),
    ),
    (Law.FLOW, orders_of, lambda kept: order_as(kept, told().draft, in_flow(Flow.DIRECT))),
    (
        Law.FOUR_EYES,
        four_eyes_of,
        lambda kept: events_as(kept, told().done, lambda event: attrs.evolve(event, person="anna")),
    ),
    (Law.ONCE, check_mails, doubled),
    (
        Law.ADDRESSED,
        check_mails,
        lambda kept: mails_as(kept, lambda mail: attrs.evolve(mail, organisation="999300-0000")),
    ),
    (
        Law.ADDRESSED,
        check_mails,
        lambda kept: mails_as(kept, lambda mail: attrs.evolve(mail, template=Template.HANDED_OVER)),
    ),
    (Law.ADDRESSED, check_mails, lambda kept: order_as(kept, told().done, in_flow(Flow.DIRECT))),
    (Law.NOT_BEFORE, check_mails, lambda kept: mails_as(kept, lambda mail: attrs.evolve(mail, step=1))),
    (Law.TOLD, check_told, lambda kept: attrs.evolve(kept, mails=())),
    (Law.HOLDERS, check_people, lambda kept: nobody(kept, CUSTOMER, Role.ATTESTANT)),
    (Law.KIND, check_people, lambda kept: roles_as(kept, Role.AGENT_HANDLER)),
    (Law.ADMINISTERED, check_people, without_people),
    (Law.LISTED, lists_of, lambda kept: attrs.evolve(kept, orders={told().done: kept.orders[told().done]})),
    (Law.PARTIES, lists_of, lambda kept: order_as(kept, told().waits, of(OTHER))),
    (
        Law.ASKED,
        lists_of,
        lambda kept: order_as(
            kept, told().waits, lambda order: attrs.evolve(order, state=OrderState.AWAITING_AGENT_APPROVAL)
        ),
    ),
)
"""What breaks a law, and which check says so."""

BEFORE: Final[tuple[tuple[Law, Trigger, Forged], ...]] = (
    (Law.ROLE, Trigger.SEND, lambda kept: roles_as(kept, Role.ADMINISTRATOR)),
    (Law.SIGNED, Trigger.SEND, terminated),
    (Law.SIGNED, Trigger.ATTEST, terminated),
    (Law.ATTESTANT, Trigger.SEND, lambda kept: nobody(kept, CUSTOMER, Role.ATTESTANT)),
    (Law.ASSIGNMENT, Trigger.SEND, ended),
    (Law.ASSIGNMENT, Trigger.APPROVE, ended),
    (Law.ASSIGNMENT, Trigger.ATTEST, ended),
    (Law.AGENT_READY, Trigger.SEND, ungranted),
    (Law.AGENT_READY, Trigger.SEND, lambda kept: nobody(kept, AGENT, Role.ATTESTANT)),
    (Law.GRANTED, Trigger.APPROVE, ungranted),
    (Law.GRANTED, Trigger.COMPLETE, ungranted),
    (Law.PICKED, Trigger.APPROVE, lambda kept: nobody(kept, AGENT, Role.ATTESTANT)),
    (
        Law.PICKED,
        Trigger.ATTEST,
        lambda kept: order_as(kept, told().done, lambda order: attrs.evolve(order, picked="m-nobody")),
    ),
)
"""What, had it been so before an act, should have stopped it."""


def acts_of(trigger: Trigger) -> Iterator[tuple[Kept, Kept]]:
    """How it was before each such act on the order that is done, and after."""
    chain = f"order:{told().done}"
    for before, after in pairwise(told().moments):
        if len(after.events(chain)) > len(before.events(chain)) and after.events(chain)[-1].trigger is trigger:
            yield before, after


def named(broken: Sequence[tuple[Law, object, object]]) -> list[str]:
    """What the tests of these are called."""
    return [f"{law.name}-{number}" for number, (law, _, _) in enumerate(broken)]


def test_what_people_have_done_breaks_no_law() -> None:
    for before, after in pairwise(told().moments):
        check_new(before, after, RULES)
        check_kept(after, RULES, CATALOGUE)
        check_times(after)
        check_told(after)
    for reader in told().kept.readers():
        check_lists(told().kept, told().world.portal, reader, settled=True)
    check_ways_on(told().kept, told().world.portal)


@pytest.mark.parametrize(
    "number", range(len(FORGED)), ids=[f"{law.name}-{number}" for number, (law, _, _) in enumerate(FORGED)]
)
def test_what_cannot_have_been_breaks_the_law_that_says_so(number: int) -> None:
    law, check, forged = FORGED[number]
    check(told().kept)
    with pytest.raises(LawBroken) as found:
        check(forged(told().kept))
    assert found.value.law is law, found.value
    count("laws found broken by what cannot have been", 1)


@pytest.mark.parametrize(
    "number", range(len(BEFORE)), ids=[f"{law.name}-{number}" for number, (law, _, _) in enumerate(BEFORE)]
)
def test_an_act_that_was_not_open_then_breaks_the_law_that_says_so(number: int) -> None:
    law, trigger, forged = BEFORE[number]
    found: list[Law] = []
    for before, after in acts_of(trigger):
        check_new(before, after, RULES)
        try:
            check_new(forged(before), after, RULES)
        except LawBroken as error:
            found.append(error.law)
    assert law in found
    count("laws found broken by what cannot have been", 1)


def test_an_order_nobody_can_move_has_no_way_on() -> None:
    stuck = order_as(told().kept, told().done, lambda order: attrs.evolve(order, state=OrderState.HANDED_OVER))
    with pytest.raises(LawBroken, match="WAY_ON"):
        check_ways_on(stuck, told().world.portal)


def by_itself(event: ko.Event) -> ko.Event:
    return attrs.evolve(event, party=Party.SYSTEM, role=None, person=None)


def test_a_system_that_does_what_the_rules_do_not_let_it_is_found() -> None:
    done = told().done
    informed = next(each for each in told().moments if each.state(done) == OrderState.CONNECTION_STARTABLE)
    before = told().moments[told().moments.index(informed) - 1]
    after = events_as(informed, done, by_itself)
    check_new(before, after, ko.Rules(inform_agent_automatically=True))
    with pytest.raises(LawBroken, match="RULED"):
        check_new(before, after, RULES)


def test_whoever_withdraws_anothers_order_is_found() -> None:
    kept, waits = told().kept, told().waits
    key = f"order:{waits}"
    last = kept.events(key)[-1]
    anothers = attrs.evolve(last, trigger=Trigger.WITHDRAW, member="m-nobody", role=None)
    after = attrs.evolve(kept, chains={**kept.chains, key: (*kept.events(key), anothers)})
    with pytest.raises(LawBroken, match="OWN"):
        check_new(kept, after, RULES)


def said() -> Iterator[str]:
    """What is said of each law that is broken, without the proofs and digests in it."""
    for law, check, forged in FORGED:
        with pytest.raises(LawBroken) as found:
            check(forged(told().kept))
        yield f"{law.name}: {found.value.subject}: {str(found.value.found)[:90]}"
    for law, trigger, forged in BEFORE:
        for before, after in acts_of(trigger):
            try:
                check_new(forged(before), after, RULES)
            except LawBroken as error:
                yield f"{law.name}, {trigger}: {error.law.name}: {error.subject}: {str(error.found)[:90]}"


def test_what_is_said_of_a_broken_law_is_what_people_have_read() -> None:
    assert "\n".join(said()).splitlines() == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(said()) + "\n", "utf-8") else 1)
