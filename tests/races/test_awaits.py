"""An async call is cancelled wherever it waits: all is kept or nothing, nothing stays open, the key works again."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from enum import Enum, auto, unique
from pathlib import Path
from typing import Final, Generic, TypeGuard, TypeVar, final

import attrs
import pytest
from cast import Cast
from proof import count

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.adapters.threads import Thread, ThreadedMailer, ThreadedSigning, ThreadedStore
from kundorder.codec import encode
from kundorder.ports import AsyncStore, AsyncTransaction, Store
from kundorder.sample import CATALOGUE
from races.asking import BANKID, Answered, Asked
from races.stage import Ground, Stage, staged
from races.stores import STORES

_T = TypeVar("_T")


@final
@unique
class When(Enum):
    """At which moment of a wait the call is cancelled."""

    AT_ONCE = auto()  # what is waited for has not begun; and again at every wait that follows
    SOON = auto()  # it may have begun
    DONE = auto()  # it is done, and whoever waits has not been woken up yet


@final
class Stopped(Generic[_T]):
    """A call that counts its waits, and is cancelled at one of them."""

    def __init__(self, call: Coroutine[object, None, _T], at: int = 0, when: When = When.AT_ONCE) -> None:
        self._call = call
        self._at = at
        self._when = when
        self.waits = 0

    def __await__(self) -> Generator[object, None, _T]:
        error: BaseException | None = None
        while True:
            try:
                waits_for = self._call.send(None) if error is None else self._call.throw(error)
            except StopIteration as stop:
                result: _T = stop.value
                return result
            self.waits += 1
            if self.waits == self._at or (self._when is When.AT_ONCE and self.waits > self._at > 0):
                self._cancel(waits_for)
            try:
                yield waits_for
                error = None
            except BaseException as raised:  # noqa: BLE001 - it is for the call
                error = raised

    def _cancel(self, waits_for: object) -> None:
        task = asyncio.current_task()
        assert task is not None
        match self._when:
            case When.AT_ONCE:
                task.cancel()
            case When.SOON:
                asyncio.get_running_loop().call_soon(task.cancel)
            case When.DONE:
                assert _is_future(waits_for)
                waits_for.add_done_callback(lambda _done: task.cancel())


def _is_future(waits_for: object) -> TypeGuard["asyncio.Future[object]"]:
    return isinstance(waits_for, asyncio.Future)


async def finished(call: Stopped[_T]) -> _T:
    """In a task of its own, which alone is cancelled."""

    async def run() -> _T:
        return await call

    return await asyncio.ensure_future(run())


def start(cast: Cast, _number: int) -> Asked:
    return Asked(ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT), cast.berta)


def send(cast: Cast, _number: int) -> Asked:
    return Asked(ko.SendOrder(order=cast.draft()), cast.berta)


def attest(cast: Cast, _number: int) -> Asked:
    return Asked(ko.AttestOrder(order=cast.sent(), method=BANKID), cast.atle)


def add(cast: Cast, number: int) -> Asked:
    return Asked(ko.AddUser(name="Ny Prov", email=f"ny{number}@prov.example"), cast.adam)


ACTS: Final[Mapping[str, Callable[[Cast, int], Asked]]] = {each.__name__: each for each in (start, send, attest, add)}


async def carried_out(portal: ko.AsyncPortal, asked: Asked) -> ko.Outcome:
    """What is asked, done."""
    match asked.command:
        case ko.AttestOrder() as command:
            outcome = await portal.resume_signing(command, asked.actor, method=BANKID, key=asked.key)
        case command:
            outcome = await portal.execute(command, asked.actor, key=asked.key)
    assert isinstance(outcome, ko.Outcome)
    return outcome


DELIVERIES: Final = 60
"""No fewer than are cancelled."""

TOGETHER: Final = 8
"""Calls, each about something of its own, that are cancelled before it is looked whether all is well."""


@final
@attrs.frozen
class Hall:
    """A stage with an async portal on it."""

    stage: Stage
    thread: Thread
    portal: ko.AsyncPortal

    @classmethod
    def new(cls, stage: Stage, thread: Thread, store: AsyncStore | None = None) -> "Hall":
        """All its ports in one thread."""
        portal = ko.AsyncPortal(
            store=ThreadedStore(stage.store, thread) if store is None else store,
            catalogue=CATALOGUE,
            mailer=ThreadedMailer(stage.outbox, thread),
            signing=ThreadedSigning(MemorySigner(), thread),
            clock=stage.cast.world.clock,
        )
        return cls(stage, thread, portal)

    async def waits_of(self, asked: Asked) -> int:
        """How often it waits, undisturbed."""
        call = self.stage.history.made("undisturbed", asked)
        counting = Stopped(carried_out(self.portal, asked))
        self.stage.history.ended(call, acknowledged(await finished(counting)))
        return counting.waits

    async def disturbed(self, asked: Asked, at: int, when: When) -> bool:
        """Cancel it, and whether it was; when this returns, all has been done that had begun."""
        call = self.stage.history.made("disturbed", asked)
        cancelled = True
        with suppress(asyncio.CancelledError):
            outcome = await finished(Stopped(carried_out(self.portal, asked), at, when))
            self.stage.history.ended(call, acknowledged(outcome))
            cancelled = False
        await self.thread.run(lambda: None)
        return cancelled

    async def asked_again(self, *asked: Asked) -> None:
        """All is well, and the same keys work."""
        assert self.stage.wrongs() == []
        for each in asked:
            call = self.stage.history.made("asks again", each)
            self.stage.history.ended(call, acknowledged(await carried_out(self.portal, each)))

    async def survives(self, places: Iterable[tuple[int, When]], asked: tuple[Asked, ...]) -> None:
        """Each is cancelled somewhere else; then all is well, and the same keys work."""
        cancelled = [await self.disturbed(each, *place) for each, place in zip(asked, places, strict=True)]
        assert all(cancelled)
        await self.asked_again(*asked)


def acknowledged(outcome: ko.Outcome) -> Answered:
    """As the history has it."""
    return Answered(outcome=encode(outcome))


def asks(stage: Stage, act: str, number: int) -> list[Asked]:
    """So many, each for something new and with a key of its own; from here on nothing happens that is not known."""
    found = [attrs.evolve(ACTS[act](stage.cast, each), key=f"{act}-{each}") for each in range(number)]
    stage.begin()
    return found


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("store", STORES)
def test_a_call_that_is_cancelled_wherever_it_waits_is_kept_whole_or_not_and_its_key_works_again(
    store: str, act: str, tmp_path: Path
) -> None:
    with staged(Ground(store, in_processes=False), tmp_path) as stage, closing(Thread()) as thread:
        hall = Hall.new(stage, thread)
        (first,) = asks(stage, act, 1)
        waits = asyncio.run(hall.waits_of(attrs.evolve(first, key="undisturbed")))
        places = [(at, when) for at in range(1, waits + 1) for when in When]
        asked = asks(stage, act, len(places) + 1)[1:]
        for first_of in range(0, len(places), TOGETHER):
            here = slice(first_of, first_of + TOGETHER)
            asyncio.run(hall.survives(places[here], tuple(asked[here])))
        assert stage.wrongs() == []
    count(f"async calls cancelled, {store}", len(places))


@pytest.mark.parametrize("store", STORES)
def test_a_call_that_is_cancelled_while_another_has_its_turn_disturbs_neither(store: str, tmp_path: Path) -> None:
    with staged(Ground(store, in_processes=False), tmp_path) as stage, closing(Thread()) as thread:
        hall = Hall.new(stage, thread)
        places = [(at, when) for at in range(1, 12) for when in When]
        asked = asks(stage, "send", 2 * len(places))

        async def both(one: Asked, other: Asked, at: int, when: When) -> None:
            call = stage.history.made("other", other)
            beside = asyncio.ensure_future(carried_out(hall.portal, other))
            await hall.disturbed(one, at, when)
            stage.history.ended(call, acknowledged(await beside))
            await hall.asked_again(one)

        async def story() -> None:
            for number, (at, when) in enumerate(places):
                await both(asked[2 * number], asked[2 * number + 1], at, when)

        asyncio.run(story())
        assert stage.wrongs() == []
    count(f"async calls cancelled beside another, {store}", len(places))


@final
@attrs.frozen
class Looks:
    """Everything there is to look at."""

    portal: ko.AsyncPortal
    cast: Cast
    order: str

    def all(self) -> tuple[Callable[[], Coroutine[object, None, object]], ...]:
        portal, berta, order = self.portal, self.cast.berta, self.order
        return (
            lambda: portal.check(ko.WithdrawOrder(order=order), berta),
            lambda: portal.order(order, berta),
            lambda: portal.options(order, berta),
            lambda: portal.orders(berta),
            lambda: portal.pending(self.cast.atle),
            lambda: portal.notices(self.cast.atle),
            lambda: portal.members(self.cast.adam),
            lambda: portal.history(order, berta),
            portal.verify_journal,
        )


@pytest.mark.parametrize("store", STORES)
def test_a_look_that_is_cancelled_leaves_nothing_open(store: str, tmp_path: Path) -> None:
    with staged(Ground(store, in_processes=False), tmp_path) as stage, closing(Thread()) as thread:
        hall, order = Hall.new(stage, thread), stage.cast.sent()
        stage.begin()

        async def looks(look: Callable[[], Coroutine[object, None, object]]) -> int:
            counting = Stopped(look())
            seen = await finished(counting)
            for at in range(1, counting.waits + 1):
                for when in When:
                    with pytest.raises(asyncio.CancelledError):
                        await finished(Stopped(look(), at, when))
                    assert await look() == seen
            return counting.waits * len(When)

        done = sum(asyncio.run(looks(look)) for look in Looks(hall.portal, stage.cast, order).all())
    count(f"async looks cancelled, {store}", done)


@pytest.mark.parametrize("store", STORES)
def test_a_delivery_that_is_cancelled_loses_no_mail_and_sends_one_copy_too_many_at_most(
    store: str, tmp_path: Path
) -> None:
    with staged(Ground(store, in_processes=False), tmp_path) as stage, closing(Thread()) as thread:
        hall, letters = Hall.new(stage, thread), stage.outbox.letters
        drafts = [stage.cast.draft() for _ in range(DELIVERIES)]
        stage.cast.sent()
        stage.begin()
        counting = Stopped(hall.portal.deliver())
        _ = asyncio.run(finished(counting))
        places = [(at, when) for at in range(1, counting.waits + 1) for when in When]

        async def cancelled(at: int, when: When) -> None:
            with pytest.raises(asyncio.CancelledError):
                _ = await finished(Stopped(hall.portal.deliver(), at, when))
            await thread.run(lambda: None)  # what had begun is done

        for at, when in places:
            order, before = drafts.pop(), len(letters)
            stage.do(Asked(ko.SendOrder(order=order), stage.cast.berta))
            asyncio.run(cancelled(at, when))
            stage.deliver()
            new = [letter for letter in letters[before:] if stage.case_number(order) in letter.subject]
            assert 1 <= len(new) == len(letters) - before <= 2
            assert len({letter.message_id for letter in new}) == 1
            assert stage.cast.mails(ko.OwedState.DUE) == []
        assert stage.cast.portal.verify_journal().verified
    count(f"async deliveries cancelled, {store}", len(places))


@final
class Careless:
    """An async store that leaves a transaction only if somebody waits for that."""

    def __init__(self, store: Store, thread: Thread) -> None:
        self._store = store
        self._thread = thread
        self._begun: list[object] = []  # or Python itself would clean up

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncTransaction]:
        careful = ThreadedStore(self._store, self._thread).transaction()
        self._begun.append(careful)
        transaction = await careful.__aenter__()
        yield transaction
        await careful.__aexit__(None, None, None)


def test_a_store_that_is_not_left_when_a_call_is_cancelled_is_found_out(tmp_path: Path) -> None:
    with staged(Ground("SQLite, delete", in_processes=False), tmp_path) as stage, closing(Thread()) as thread:
        hall = Hall.new(stage, thread, Careless(stage.store, thread))

        async def story() -> None:
            for at, asked in enumerate(asks(stage, "send", 12), 1):
                await hall.survives([(at, When.DONE)], (asked,))

        with pytest.raises(RuntimeError, match="writing already"):
            asyncio.run(story())
