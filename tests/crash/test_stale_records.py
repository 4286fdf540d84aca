"""A store serves records as they once were: what was decided on them is refused, or is what is right by those of now.

Every command is given to a portal that may be served the past, and, if that has accepted it, to another one that is
served the present, on a copy of the store as it was before. Both stores must be the same to the last record.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Final, TypeAlias, TypeGuard

import attrs
import pytest
from cast import NPO, VIA_AGENT, Cast, snapshot
from proof import count
from world import AGENT, CUSTOMER

import kundorder as ko
from crash.points import difference, itself, twin
from crash.stale import Lagging, Past, Remembered
from crash.story import Counted, people_in, prepare
from crash.wrong import Unguarded
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.events import Entry
from kundorder.identifiers import case_number_from, token
from kundorder.ports import Store
from kundorder.sample import CATALOGUE
from kundorder.situation import Fact
from kundorder.vocabulary import ConnectionMode, Index, OrderState, Role

Move: TypeAlias = tuple[ko.Command, ko.Actor]

SEQUENCES: Final = 1000
MOVES: Final = 8  # in a sequence
OFTEN: Final = 0.08
BANKID: Final = ko.AttestMethod.BANKID
DAY: Final = datetime.fromisoformat("2026-03-01T08:00:00+00:00")


@attrs.define
class Still:
    """Time and ids that are the same for all who do the same."""

    move: int = 0

    def now(self) -> datetime:
        return DAY + timedelta(minutes=self.move)

    def order(self) -> str:
        return token("o", int(self.now().timestamp() * 1000), 1)

    def member(self) -> str:
        return token("m", int(self.now().timestamp() * 1000), 1)

    def case_number(self) -> str:
        return case_number_from(self.move)

    def code(self, about: str) -> str:
        return Counted(0).code(about)


@attrs.frozen
class Base:
    """A store with everybody in it, and its past."""

    store: MemoryStore
    past: Past
    people: dict[ko.Actor, str]


@pytest.fixture(scope="module")
def base() -> Base:
    store, past = MemoryStore(), Past()
    prepare(Remembered(store, past))
    return Base(store, past, people_in(store))


def portal_on(store: Store, still: Still) -> ko.Portal:
    """A portal, at a time and with ids that another may have as well."""
    return ko.Portal(
        store=store,
        catalogue=CATALOGUE,
        signing=MemorySigner(),
        clock=still,
        ids=still,
        pause=lambda _seconds: None,
    )


def act(portal: ko.Portal, move: Move, key: str) -> ko.Outcome | ko.Pending | ko.Failed:
    """Carry it out."""
    command, actor = move
    if isinstance(command, ko.AttestOrder):
        return portal.resume_signing(command, actor, method=BANKID, key=key)
    return portal.execute(command, actor, key=key)


def any_move(store: Store, people: dict[ko.Actor, str], chance: Random) -> Move:
    """Something that somebody could do now, and often may."""
    with store.transaction() as transaction:
        lines = transaction.select(Index.ORDERS, ("staff",), after=None, limit=100).items
    orders = [line.fact.record for line in lines if line.fact and isinstance(line.fact.record, ko.Order)]
    kind = chance.random()
    if kind < 0.15 or not orders:
        mode = chance.choice(tuple(ConnectionMode))
        agent = AGENT if mode is VIA_AGENT else None
        return ko.StartOrder(offer="npo-producent", mode=mode, agent=agent), Cast.berta
    if kind < 0.3:
        return chance.choice(among_people(people))
    return chance.choice(on_order(chance.choice(orders), people))


def among_people(people: dict[ko.Actor, str]) -> tuple[Move, ...]:
    """Who may do what is changed."""
    roles = (
        (Cast.adam, Cast.nora, Role.ATTESTANT),
        (Cast.adam, Cast.atle, Role.ATTESTANT),
        (Cast.adam, Cast.berta, Role.ORDERER),
        (Cast.agda, Cast.astrid, Role.ATTESTANT),
        (Cast.agda, Cast.aron, Role.ATTESTANT),
        (Cast.agda, Cast.hanna, Role.AGENT_HANDLER),
    )
    officer = ko.Actor("olle", "999100-0002")
    return (
        *((ko.AssignRole(member=people[member], role=role), by) for by, member, role in roles * 2),
        *((ko.RemoveRole(member=people[member], role=role), by) for by, member, role in roles),
        *((ko.GrantHandler(member=people[each], assignment=NPO), Cast.agda) for each in (Cast.hanna, Cast.hugo)),
        *((ko.RevokeHandler(member=people[each], assignment=NPO), Cast.agda) for each in (Cast.hanna, Cast.hugo)),
        (ko.DeleteUser(member=people[Cast.nora]), Cast.adam),
        (ko.RestoreUser(member=people[Cast.nora]), officer),
        (ko.AddUser(name="Ny Prov", email="ny@prov.example"), Cast.adam),
        (ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), officer),
        (ko.EndAssignment(assignment=NPO, reason="Slut."), officer),
    )


def on_order(order: ko.Order, people: dict[ko.Actor, str]) -> tuple[Move, ...]:
    """What leads an order on, and what ends it."""
    name, karin = order.id, ko.Actor("karin", "999100-0002")
    withdraw: Move = (ko.WithdrawOrder(order=name), Cast.berta)
    fields = {"care_units": ["SE9997000006-P01"], "technical_contact": "Teknik Prov"}
    match order.state:
        case OrderState.DRAFT:
            return (
                (ko.FillInOrder(order=name, fields=fields), Cast.berta),
                (ko.AcceptTerms(order=name, version="2026-1"), Cast.berta),
                *[(ko.SendOrder(order=name), Cast.berta)] * 2,
            )
        case OrderState.AWAITING_AGENT_APPROVAL:
            approve = ko.ApproveOrder(order=name, attestant=people[Cast.aron], certified=True)
            return (*[(approve, Cast.hanna)] * 3, (approve, Cast.hugo), withdraw)
        case OrderState.AWAITING_AGENT_ATTEST:
            attest = ko.AttestOrder(order=name, method=BANKID)
            pick = ko.PickAttestant(order=name, attestant=people[Cast.astrid])
            return (*[(attest, Cast.aron)] * 2, (attest, Cast.astrid), (pick, Cast.hanna), withdraw)
        case OrderState.AWAITING_CUSTOMER_ATTEST:
            attest = ko.AttestOrder(order=name, method=BANKID)
            return ((attest, Cast.atle), (attest, Cast.nora), (ko.RejectOrder(order=name, reason="Nej."), Cast.atle))
        case OrderState.ATTESTED:
            return (
                (ko.InformAgent(order=name), karin),
                (ko.HandOverOrder(order=name, instructions="Logga in så här."), karin),
            )
        case OrderState.CONNECTION_STARTABLE | OrderState.HANDED_OVER:
            return ((ko.CompleteOrder(order=name), Cast.hanna), (ko.CompleteOrder(order=name), karin))
        case OrderState.COMPLETED | OrderState.REJECTED | OrderState.REJECTED_BY_AGENT | OrderState.WITHDRAWN:
            return ((ko.CopyOrderAsDraft(order=name), Cast.berta),)


@attrs.define
class Tally:
    """What a run has done."""

    served: int = 0  # records of the past
    accepted: int = 0  # commands, although some were served meanwhile
    refused: int = 0


def alike(store: MemoryStore, other: MemoryStore) -> bool:
    """Whether two stores hold the same, but for what the journal says that was looked at."""
    return effects(store) == effects(other)


def effects(store: MemoryStore) -> dict[str, dict[object, object]]:
    """All that has an effect: a list of what was looked at, and the digests it is part of, have none."""
    held = snapshot(store)
    for key, fact in held["records"].items():
        assert isinstance(fact, Fact)
        held["records"][key] = attrs.evolve(fact, digest="")
    for chain, entries in held["journal"].items():
        assert is_chain(entries)
        held["journal"][chain] = tuple(entry.event for entry in entries)
    return held


def is_chain(entries: object) -> TypeGuard[tuple[Entry, ...]]:
    """Whether this is a chain of the journal."""
    return isinstance(entries, tuple)


def sequence(base: Base, chance: Random, tally: Tally, seen: Callable[[Store], Store] = itself) -> None:
    """Somebody acts, and acts again, on what may be long past."""
    store, still = twin(base.store), Still()
    lagging = Lagging(seen(store), store, base.past.copied(), chance, OFTEN)
    portal, given = portal_on(lagging, still), list[tuple[Move, str]]()
    for still.move in range(MOVES):
        repeats = given and chance.random() < 0.1
        asked = any_move(store, base.people, chance), f"move {still.move}"
        move, key = chance.choice(given) if repeats else asked
        before, served, hidden = twin(store), lagging.served, lagging.hidden
        try:
            outcome = act(portal, move, key)
        except (ko.Refused, ko.NotFound, ko.Conflict, StopIteration):  # the last where records contradict each other
            assert list(difference(store, before)) == [], move
            tally.refused += lagging.served > served
            continue
        given.append((move, key))
        tally.accepted += lagging.served > served
        assert act(portal_on(before, still), move, key) == outcome, move
        if lagging.hidden > hidden:  # what is not there is guarded only by who makes it
            assert alike(store, before), move
        else:
            assert list(difference(store, before)) == [], move
    tally.served += lagging.served


def test_what_is_decided_on_records_of_the_past_is_refused_or_right_all_the_same(base: Base, chance: Random) -> None:
    tally = Tally()
    for _ in range(SEQUENCES):
        sequence(base, chance, tally)
    assert min(tally.served, tally.accepted, tally.refused) > SEQUENCES // 4
    count("sequences of commands on records of the past", SEQUENCES)
    count("records of the past that were served", tally.served)


def test_a_store_that_guards_less_is_found_out(base: Base) -> None:
    """The guards of what is only looked at are what keeps the past from being acted on."""
    chance, found = Random(1), 0  # noqa: S311 - no secret
    for _ in range(SEQUENCES // 4):
        try:
            sequence(base, chance, Tally(), Unguarded)
        except (AssertionError, ko.Refused, ko.NotFound):  # of the two, only one has done it, or done the same
            found += 1
    assert found > SEQUENCES // 200
