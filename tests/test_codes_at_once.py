"""Codes through the portal, on a store that several threads share: no guess too many, no message too many."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Lock
from typing import Final

import attrs
import pytest
from cast import Cast
from world import START, World

import kundorder as ko
from kundorder.adapters.jws import JwsSeal
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.adapters.one_time_code import OneTimeCodes
from kundorder.adapters.sqlite import SqliteStore
from kundorder.adapters.text_files import MemoryTextMessages
from kundorder.evidence import Document, Evidence
from kundorder.ports import Progress, Store
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import AttestMethod, FailureCode, OrderState

SMS: Final = AttestMethod.SMS_CODE
PHONE: Final = "+46701740699"
THREADS: Final = 12
TRIES: Final = 5
SEAL: Final = JwsSeal()


@attrs.define
class Judging:
    """Codes, with a count of what was judged: a state that holds a guess is judged when it is gone on with."""

    codes: OneTimeCodes
    judged: set[str] = attrs.field(factory=set)
    lock: Lock = attrs.field(factory=Lock)

    def start(self, request: ko.SigningRequest, *, now: datetime) -> Progress:
        return self.codes.start(request, now=now)

    def resume(self, request: ko.SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        if '"claimed":"' in state:
            with self.lock:
                self.judged.add(state)
        return self.codes.resume(request, state, now=now, callback=callback)

    def cancel(self, state: str) -> None:
        self.codes.cancel(state)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self.codes.verify(evidence, document)


@attrs.define
class Still:
    """A clock that can be set, and stands still for all threads."""

    time: datetime = START + timedelta(days=1)

    def now(self) -> datetime:
        return self.time


@attrs.define
class Desk:
    """An order that waits for Tilde, who has a telephone."""

    portal: ko.Portal
    judging: Judging
    texts: MemoryTextMessages
    order: str
    clock: Still

    @classmethod
    def on(cls, store: Store, per_hour: int = 5) -> "Desk":
        """On this store."""
        world = World.new(store=store, signing=MemorySigner())
        world.customer()
        cast = Cast(world)
        world.user(cast.adam, "berta", ko.Role.ORDERER)
        added = world.portal.execute(
            ko.AddUser(name="Tilde Prov", email="tilde@o9992000001.example", phone=PHONE), cast.adam
        )
        world.portal.execute(ko.AssignRole(member=added.id, role=ko.Role.ATTESTANT), cast.adam)
        world.verify(cast.adam.organisation, "tilde", "tilde@o9992000001.example")
        order = cast.sent()
        texts, clock = MemoryTextMessages(), Still()
        judging = Judging(OneTimeCodes(SEAL, texts, bytes(range(32)), tries=TRIES, per_hour=per_hour))
        portal = ko.Portal(store=store, catalogue=CATALOGUE, signing=judging, clock=clock, attempts=100)
        return cls(portal, judging, texts, order, clock)

    def attest(self, entered: str | None = None, order: str | None = None) -> ko.Outcome | ko.Pending | ko.Failed:
        """Tilde begins, or enters something."""
        command = ko.AttestOrder(order=order or self.order, method=SMS)
        tilde = ko.Actor("tilde", "999200-0001")
        return self.portal.resume_signing(command, tilde, method=SMS, callback=entered)

    def sent(self) -> str:
        """The code of the last message."""
        found = re.match(r"[0-9]{6}", self.texts.texts(PHONE)[-1])
        assert found is not None
        return found.group()

    def wrong(self, number: int) -> str:
        """A code that is not the right one."""
        return f"{(int(self.sent()) + number) % 10**6:06}"


@pytest.fixture(params=["memory", "SQLite"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk.on(MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "orders.db"))


def at_once(desk: Desk, entered: list[str | None]) -> list[object]:
    """All of them at the same moment, each in a thread of its own."""
    gate = Barrier(len(entered))

    def enter(code: str | None) -> object:
        gate.wait()
        try:
            return desk.attest(code)
        except ko.KundorderError as error:
            return error

    with ThreadPoolExecutor(len(entered)) as pool:
        return list(pool.map(enter, entered))


def test_with_the_code_that_came_the_order_is_attested(desk: Desk) -> None:
    pending = desk.attest()
    assert isinstance(pending, ko.Pending)
    assert pending.action == ko.EnterCode(hint="…99")
    done = desk.attest(desk.sent())
    assert isinstance(done, ko.OrderOutcome)
    assert done.state == OrderState.ATTESTED
    (evidence,) = done.order.evidence
    assert (evidence.method, evidence.level) == (SMS, ko.AssuranceLevel.LOW)


def test_however_often_it_is_begun_at_once_one_message_is_sent(desk: Desk) -> None:
    found = at_once(desk, [None] * THREADS)
    assert all(isinstance(each, ko.Pending) for each in found)
    assert len(desk.texts.texts(PHONE)) == 1


def test_of_many_wrong_codes_at_once_no_more_are_judged_than_there_are_tries(desk: Desk) -> None:
    desk.attest()
    found = at_once(desk, [desk.wrong(number) for number in range(1, THREADS + 1)])
    assert len(desk.judging.judged) <= TRIES
    assert ko.Failed(code=FailureCode.TOO_MANY_TRIES, why=f"{TRIES} wrong codes were entered") in found
    assert not any(isinstance(each, ko.Outcome) for each in found)
    late = desk.attest(desk.sent())  # the right one, too late
    assert late == ko.Failed(code=FailureCode.NOTHING_UNDER_WAY)
    assert len(desk.texts.texts(PHONE)) == 1


def test_at_the_last_try_the_right_code_and_wrong_ones_are_entered_at_once_and_one_is_judged(desk: Desk) -> None:
    desk.attest()
    for number in range(1, TRIES):
        assert isinstance(desk.attest(desk.wrong(number)), ko.Pending)
    before = len(desk.judging.judged)
    right = desk.sent()
    found = at_once(desk, [right, *(desk.wrong(number) for number in range(TRIES, TRIES + THREADS - 1))])
    assert len(desk.judging.judged) - before == 1
    outcomes = [each for each in found if isinstance(each, ko.Outcome)]
    assert len(outcomes) == (desk.portal.order(desk.order, ko.SYSTEM).state is OrderState.ATTESTED)


def test_the_right_code_entered_many_times_at_once_attests_once(desk: Desk) -> None:
    desk.attest()
    found = at_once(desk, [desk.sent()] * THREADS)
    assert sum(isinstance(each, ko.Outcome) for each in found) == 1
    attests = [e for e in desk.portal.history(desk.order, ko.SYSTEM).items if e.trigger is ko.Trigger.ATTEST]
    assert len(attests) == 1


def test_nobody_is_sent_more_than_so_many_codes_an_hour_whatever_is_attested(desk: Desk) -> None:
    command = ko.AttestOrder(order=desk.order, method=SMS)
    tilde = ko.Actor("tilde", "999200-0001")
    for _ in range(5):
        assert isinstance(desk.attest(), ko.Pending)
        desk.portal.cancel_signing(command, tilde)
    refused = desk.attest()
    assert isinstance(refused, ko.Failed)
    assert refused.code is FailureCode.TOO_OFTEN
    assert "timme" in refused.text("sv")
    assert len(desk.texts.texts(PHONE)) == 5
    desk.clock.time += timedelta(hours=1, seconds=1)
    assert isinstance(desk.attest(), ko.Pending)
    assert len(desk.texts.texts(PHONE)) == 6
