"""The seven acts of an order via agent as calls of a portal, planned beforehand and the same for every contender."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import TypeAlias, final

import attrs
import scene

from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.commands import (
    AcceptTerms,
    AnyOrderCommand,
    ApproveOrder,
    AttestOrder,
    FillInOrder,
    SendOrder,
    StartOrder,
)
from kundorder.decisions import document_for
from kundorder.events import SigningRequest
from kundorder.identifiers import case_number_from, token
from kundorder.model import Actor, Record, Rules
from kundorder.outcomes import Changes, Stored
from kundorder.portal import Portal
from kundorder.ports import Clock, Done, Ids, Mailer, Store, Transaction
from kundorder.sample import CATALOGUE
from kundorder.situation import Act, Key, Situation, order_key
from kundorder.vocabulary import AttestMethod, ConnectionMode

Call: TypeAlias = tuple[AnyOrderCommand, Actor, str]

ACTS = 7
_SECOND = timedelta(seconds=1)


@final
class Ticking:
    """A clock that goes on by a second at each look, so that every run of the same acts writes the same."""

    def __init__(self, start: datetime = scene.START, step: timedelta = _SECOND) -> None:
        self._now, self._step = start, step

    def now(self) -> datetime:
        self._now += self._step
        return self._now


@final
class Spread:
    """Ids as a portal draws them, ordered by time with random bits; two of one seed go on alike."""

    def __init__(self, seed: int, start: datetime = scene.START) -> None:
        self._random = Random(seed)  # noqa: S311 - no secret
        self._last = int(start.timestamp() * 1000)

    def order(self) -> str:
        self._last += 1
        return token("o", self._last, self._random.getrandbits(80))

    def member(self) -> str:
        self._last += 1
        return token("m", self._last, self._random.getrandbits(80))

    def case_number(self) -> str:
        return case_number_from(self._random.randrange(10**9))

    def code(self, about: str) -> str:
        return f"{sha256(about.encode()).hexdigest()[:42]}A"


@final
@attrs.frozen
class Plan:
    """Calls, and who vouches for the evidence in them."""

    calls: tuple[Call, ...]
    signer: MemorySigner

    def part(self, number: int, orders: int) -> tuple[Call, ...]:
        """The calls of some orders: the first so many, the next so many, and so on."""
        size = orders * ACTS
        return self.calls[number * size : (number + 1) * size]


@final
@attrs.frozen
class AtOnce:
    """A store for filling another one: all that is done goes into one transaction of its."""

    open: Transaction

    def transaction(self) -> AbstractContextManager[Transaction]:
        return nullcontext(self.open)


def planned(orders: int, *, ids: Ids | None = None, until: int = ACTS, key: str = "call") -> Plan:
    """The calls of some orders, their evidence signed; carried out once, in memory.

    Args:
        orders: how many.
        ids: where the portal that is to carry them out will get its ids; others that go on alike.
        until: so many acts of each order.
        key: what the idempotency keys begin with.
    """
    signer, store = MemorySigner(), MemoryStore()
    filled(store)
    portal = portal_on(store, signer, ids)
    calls: list[Call] = []

    def call(command: AnyOrderCommand, actor: Actor) -> str:
        calls.append((command, actor, f"{key}-{len(calls)}"))
        return portal.execute(command, actor, key=calls[-1][2]).order.id

    for _ in range(orders):
        order = call(StartOrder(offer=scene.OFFER, mode=ConnectionMode.VIA_AGENT, agent=scene.AGENT), scene.ANNA)
        fields = {"care_units": ["SE9997000006-P01", "SE9997000006-P02"], "technical_contact": "Teknik Prov"}
        steps: tuple[tuple[AnyOrderCommand, Actor], ...] = (
            (FillInOrder(order=order, fields=fields), scene.ANNA),
            (AcceptTerms(order=order, version="2026-1"), scene.ANNA),
            (SendOrder(order=order), scene.ANNA),
            (ApproveOrder(order=order, attestant=scene.member_of("aron"), certified=True), scene.HANNA),
        )
        for command, actor in steps[: until - 1]:
            _ = call(command, actor)
        for actor in (scene.ARON, scene.EVA)[: max(0, until - 1 - len(steps))]:
            _ = call(signed(store, signer, order, actor), actor)
    return Plan(tuple(calls), signer)


def signed(store: Store, signer: MemorySigner, order: str, actor: Actor) -> AttestOrder:
    """An attest with its evidence."""
    key, act = order_key(order), Act(actor, scene.START, scene.Counting(), Rules(), CATALOGUE)
    with store.transaction() as transaction:
        facts = transaction.read((key,))
    document = document_for(Situation(facts), AttestOrder(order=order), act, actor.person)
    assert document is not None
    progress = signer.start(SigningRequest(document=document, method=AttestMethod.BANKID), now=scene.START)
    assert isinstance(progress, Done)
    return AttestOrder(order=order, method=AttestMethod.BANKID, evidence=progress.evidence)


def filled(store: Store, records: dict[Key, Record] | None = None) -> None:
    """The world before the first order."""
    put = tuple(
        Stored(key=key, record=record, version=1, number=0, digest="")
        for key, record in (scene.records() if records is None else records).items()
    )
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(), records=put, entries=(), owed=()))


def portal_on(
    store: Store,
    signer: MemorySigner,
    ids: Ids | None = None,
    mailer: Mailer | None = None,
    clock: Clock | None = None,
) -> Portal:
    """A portal that does the same every time."""
    return Portal(
        store=store,
        catalogue=CATALOGUE,
        signing=signer,
        clock=Ticking() if clock is None else clock,
        ids=scene.Counting() if ids is None else ids,
        mailer=mailer,
    )


def carried_out(portal: Portal, calls: tuple[Call, ...]) -> None:
    """All of them, one after another."""
    for command, actor, key in calls:
        _ = portal.execute(command, actor, key=key)
