"""Sixteen threads at one portal, with everything there is to do at once; no two of them share a connection."""

import random
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, final

import attrs
import promises
import pytest
from cast import NPO, Cast
from proof import count
from world import AGENT, START

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.ports import Store
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import ConnectionMode, Lifecycle, Role
from races.around import Guards, Halting, Noted, guarded
from races.asking import BANKID, Asked, perform
from races.stage import Ground, Stage, staged
from races.stores import STORES

S = ko.OrderState
ATTEMPTS: Final = 8
THREADS: Final = 16
OFFER: Final = "npo-producent"
FIELDS: Final[Mapping[str, str | int | list[str]]] = {
    "care_units": ["SE9997000006-P01"],
    "technical_contact": "Teknik Prov",
    "number_of_care_units": 3,
    "environment": "test",
}

OF_ONE_THREAD: Final = ("SQLite, delete", "SQLite, wal")
"""The stores of which each thread has a connection of its own."""

EXPECTED: Final = {None, "Refused", "NotFound", "Conflict"}
"""What an act may end in; that facts kept moving is an answer too, but that the store was not there is none."""

_LISTENERS: Final[list["Connections"]] = []


@final
@attrs.define
class Connections:
    """Which threads have used each connection that was opened while somebody listened."""

    new: list[tuple[int, sqlite3.Connection]] = attrs.field(factory=list)  # with the thread that has opened it
    watched: list[sqlite3.Connection] = attrs.field(factory=list)
    users: list[set[int]] = attrs.field(factory=list)  # of each that is watched

    def watch(self) -> None:
        """From now on, those that this thread has opened; SQLite tells in the thread that runs a statement."""
        for opener, connection in tuple(self.new):
            if opener == threading.get_ident():
                self.new.remove((opener, connection))
                self.watched.append(connection)
                self.users.append({opener})
                connection.set_trace_callback(partial(_note, self.users[-1]))


def _note(users: set[int], _statement: str) -> None:
    users.add(threading.get_ident())


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "sqlite3.connect/handle":
        for listener in _LISTENERS:
            for argument in arguments:
                if isinstance(argument, sqlite3.Connection):  # not to be used yet
                    listener.new.append((threading.get_ident(), argument))


sys.addaudithook(_hear)


@contextmanager
def connections() -> Generator[Connections]:
    """All that are opened in this block."""
    found = Connections()
    _LISTENERS.append(found)
    try:
        yield found
    finally:
        _LISTENERS.remove(found)


def forward(cast: Cast, order: ko.Order, chance: random.Random) -> Asked:
    """Something that may be possible with an order as it stands."""
    id_, actors = order.id, (cast.atle, cast.nora)
    offer = CATALOGUE.offer(order.content.offer)
    assert offer is not None
    match order.state:
        case S.DRAFT:
            fields: dict[str, str | int | Iterable[str]] = {field.name: FIELDS[field.name] for field in offer.form}
            if not order.content.answers:
                return Asked(ko.FillInOrder(order=id_, fields=fields), cast.berta)
            if order.content.terms is None:
                return Asked(ko.AcceptTerms(order=id_, version=offer.terms.version), cast.berta)
            return Asked(ko.SendOrder(order=id_), cast.berta)
        case S.AWAITING_AGENT_APPROVAL:
            picked = cast.id(chance.choice((cast.aron, cast.astrid)))
            return Asked(
                ko.ApproveOrder(order=id_, attestant=picked, certified=True), chance.choice((cast.hanna, cast.hugo))
            )
        case S.AWAITING_AGENT_ATTEST:
            return Asked(ko.AttestOrder(order=id_, method=BANKID), chance.choice((cast.aron, cast.astrid)))
        case S.AWAITING_CUSTOMER_ATTEST:
            return Asked(ko.AttestOrder(order=id_, method=BANKID), chance.choice(actors))
        case S.ATTESTED if order.content.agent is None:
            return Asked(ko.HandOverOrder(order=id_, instructions="Logga in."), cast.karin)
        case S.ATTESTED:
            return Asked(ko.InformAgent(order=id_), cast.karin)
        case S.HANDED_OVER | S.CONNECTION_STARTABLE:
            return Asked(ko.CompleteOrder(order=id_), cast.karin)
        case S.REJECTED | S.REJECTED_BY_AGENT | S.WITHDRAWN | S.COMPLETED:
            return Asked(ko.CopyOrderAsDraft(order=id_), cast.berta)


def against(cast: Cast, order: ko.Order, chance: random.Random) -> Asked:
    """Something that spoils it for somebody else."""
    return chance.choice(
        (
            Asked(ko.WithdrawOrder(order=order.id), chance.choice((cast.berta, cast.karin))),
            Asked(ko.RejectOrder(order=order.id, reason="Nej."), chance.choice((cast.atle, cast.nora, cast.hanna))),
        )
    )


def people(cast: Cast, chance: random.Random) -> Asked:
    """Rights come and go."""
    nora, hugo = cast.id(cast.nora), cast.id(cast.hugo)
    return chance.choice(
        (
            Asked(ko.AssignRole(member=nora, role=Role.ATTESTANT), cast.adam),
            Asked(ko.RemoveRole(member=nora, role=Role.ATTESTANT), cast.adam),
            Asked(ko.GrantHandler(member=hugo, assignment=NPO), cast.agda),
            Asked(ko.RevokeHandler(member=hugo, assignment=NPO), cast.agda),
            Asked(ko.AddUser(name="Ny Prov", email=f"ny{chance.randrange(9)}@prov.example"), cast.adam),
        )
    )


def start(cast: Cast, chance: random.Random) -> Asked:
    """A new order."""
    agent = chance.choice((None, AGENT))
    mode = ConnectionMode.DIRECT if agent is None else ConnectionMode.VIA_AGENT
    return Asked(ko.StartOrder(offer=OFFER, mode=mode, agent=agent), cast.berta)


@final
@attrs.define
class Unhurried:
    """A clock that is a thousandth of a second later at each look: no lease ends while sixteen threads look at it."""

    time: datetime = START + timedelta(days=1)

    def now(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time


@final
@attrs.frozen
class Worker:
    """One thread's work."""

    name: str
    stage: Stage
    portal: ko.Portal
    orders: list[str]  # that anybody has started
    chance: random.Random
    acts: int
    watch: Callable[[], None]
    errors: list[BaseException]

    def run(self) -> None:
        """All of it; what should never be raised is kept for the test."""
        try:
            for number in range(self.acts):
                self._act(f"{self.name}-{number}")
                self.watch()
                if self.chance.random() < 0.1:
                    _ = self.portal.deliver(limit=5)
                if self.chance.random() < 0.1:
                    self._look()
        except BaseException as error:  # noqa: BLE001 - the test raises it
            self.errors.append(error)

    def _act(self, key: str) -> None:
        asked = attrs.evolve(self._next(), key=key)
        for _ in range(1 + (self.chance.random() < 0.1)):  # some ask again with the same key
            call = self.stage.history.made(self.name, asked)
            answered = self.stage.history.ended(call, perform(self.portal, asked))
            if answered.told is not None and answered.told.lifecycle is Lifecycle.ORDER:
                self.orders.append(answered.told.id)

    def _next(self) -> Asked:
        cast, chance = self.stage.cast, self.chance
        which = chance.random()
        if which < 0.15 or not self.orders:
            return start(cast, chance)
        if which < 0.3:
            return people(cast, chance)
        order = self.portal.order(chance.choice(self.orders[-THREADS:]), ko.SYSTEM)
        return (forward if which < 0.9 else against)(cast, order, chance)

    def _look(self) -> None:
        cast = self.stage.cast
        looks: tuple[Callable[[], object], ...] = (
            lambda: self.portal.orders(cast.berta),
            lambda: self.portal.pending(cast.hanna),
            lambda: self.portal.notices(cast.atle),
            lambda: self.portal.members(cast.adam),
            lambda: self.portal.options(self.chance.choice(self.orders), cast.karin),
            lambda: self.portal.path(self.chance.choice(self.orders), cast.karin),
            lambda: self.portal.history(self.chance.choice(self.orders), cast.karin),
        )
        _ = self.chance.choice(looks)()


def at_work(
    stage: Stage, acts: int, chance: random.Random, watch: Callable[[], None], guards: Guards = Guards.ON
) -> None:
    """Sixteen threads at one portal, until each has asked so many things."""
    store: Store = Noted(guarded(stage.store.kept, guards), stage.written)
    if guards is not Guards.ON:
        store = Halting(store, lambda: time.sleep(0.001))  # let others load
    portal = ko.Portal(store=store, catalogue=CATALOGUE, mailer=stage.outbox, signing=MemorySigner(), clock=Unhurried())
    orders, errors = list[str](), list[BaseException]()
    workers = [
        Worker(f"t{number}", stage, portal, orders, random.Random(chance.random()), acts, watch, errors)  # noqa: S311 - no secret
        for number in range(THREADS)
    ]
    threads = [threading.Thread(target=worker.run) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.parametrize("acts", [20, pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
@pytest.mark.parametrize("store", STORES)
def test_sixteen_threads_at_one_portal_leave_nothing_half_done(
    store: str, acts: int, tmp_path: Path, chance: random.Random
) -> None:
    with connections() as found, staged(Ground(store, in_processes=False), tmp_path) as stage:
        stage.begin()
        at_work(stage, acts, chance, found.watch if store in OF_ONE_THREAD else lambda: None)
        if store in OF_ONE_THREAD:
            assert [len(users) for users in found.users] == [1] * THREADS
        assert {call.answered.error for call in stage.history.calls if call.answered is not None} <= EXPECTED
        assert stage.wrongs() == []
        stage.deliver()
        kept = promises.Kept.of(stage.store)
        promises.check_orders(kept, ko.Rules())
        promises.check_mails(kept)
        assert not any(owed.state is ko.OwedState.DUE for owed in stage.owed())
        handed = [letter.message_id for letter in stage.outbox.letters]
        assert len(set(handed)) == len(handed)
        done = sum(call.is_done for call in stage.history.calls)
    count(f"acts by sixteen threads at one portal, {store}", len(stage.history.calls))
    count(f"acts by sixteen threads at one portal, accepted, {store}", done)


@pytest.mark.parametrize("store", STORES)
def test_without_guards_sixteen_threads_make_a_mess(store: str, tmp_path: Path, chance: random.Random) -> None:
    """Nothing makes them meet here; where they have not met yet, they are let loose once more."""
    found: list[str] = []
    for attempt in range(ATTEMPTS):
        place = tmp_path / str(attempt)
        place.mkdir()
        with staged(Ground(store, in_processes=False), place) as stage:
            stage.begin()
            at_work(stage, 6, chance, lambda: None, Guards.OFF)
            found = stage.wrongs()
        if found:
            break
    assert found
    count(f"decisions by sixteen threads on what was no more, the guards off, {store}", len(found))


def test_two_threads_that_share_a_connection_are_found_out(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    with connections() as found, closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        found.watch()
        thread = threading.Thread(target=lambda: connection.execute("SELECT 1"))
        thread.start()
        thread.join()
    assert [len(users) for users in found.users] == [2]
