"""Whoever delivers may die at any moment, and again: what is owed leaves all the same, and once.

One window cannot be closed: from the moment a letter has left until that is written down. Who dies there leaves one
copy more, known by its ``Message-ID`` as one. The tests count who died there, and allow for no other copy.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import attrs
import pytest
from cast import Cast
from outbox import SHARED, OpenStore, Standing, filled, follow_up, message_id, owe, owed_in, portal
from world import START

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.delivery import LEASE, PAUSES, SILENCES
from kundorder.errors import Postponed, RelayStopped
from kundorder.events import Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Letter, Page, Store, Transaction
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index, Role

_T = TypeVar("_T")


class Death(BaseException):
    """The process ends here."""


@attrs.define
class Fate:
    """Counts what is asked of store and mailer, and ends it at one point: before it takes effect, or after."""

    point: int | None = None  # 0: before the first call, 1: after it, 2: before the second …; None: never
    error: Callable[[], BaseException] = Death
    reached: int = 0
    left: set[str] = attrs.field(factory=set)  # letters that have left and are not settled; by message id
    written: list[Changes] = attrs.field(factory=list)

    def meet(self, call: Callable[[], _T]) -> _T:
        """One call."""
        self.pass_by()
        result = call()
        self.pass_by()
        return result

    def pass_by(self) -> None:
        """One point."""
        point, self.reached = self.reached, self.reached + 1
        if point == self.point:
            raise self.error()


@attrs.frozen
class Mortal:
    """A transaction each call of which may be the last."""

    kept: Transaction
    fate: Fate
    settled: list[str] = attrs.field(factory=list)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.fate.meet(lambda: self.kept.read(keys))

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.fate.meet(
            lambda: self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)
        )

    def write(self, changes: Changes) -> None:
        self.fate.meet(lambda: self.kept.write(changes))
        self.fate.written.append(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[ko.Owed, ...]:
        return self.fate.meet(lambda: self.kept.claim(now=now, lease_until=lease_until, limit=limit))

    def settle(self, owed: ko.Owed, settlement: Settlement) -> bool:
        if settlement.state is ko.OwedState.SENT:
            self.settled.append(message_id(owed.id))
        return self.fate.meet(lambda: self.kept.settle(owed, settlement))


@attrs.frozen
class MortalStore:
    """A store each call of which may be the last; what it has kept stays."""

    kept: Store
    fate: Fate

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            mortal = Mortal(transaction, self.fate)
            yield mortal
        self.fate.left -= set(mortal.settled)
        self.fate.pass_by()


@attrs.define
class MortalMailer:
    """A mailer each call of which may be the last; what has left has left."""

    fate: Fate
    sent: list[str]
    answers: list[Exception] = attrs.field(factory=list)  # to the first letters

    def send(self, letter: Letter) -> None:
        self.fate.meet(lambda: self._send(letter))

    def _send(self, letter: Letter) -> None:
        if self.answers:
            raise self.answers.pop(0)
        self.sent.append(letter.message_id)
        self.fate.left.add(letter.message_id)


@attrs.frozen
class Scene:
    """What there is before anybody delivers, in any store."""

    written: tuple[Changes, ...]
    since: datetime

    @classmethod
    def large(cls) -> "Scene":
        """Mails that are owed, one that nobody wants any more, and a follow-up that will owe one more."""
        kept, fate = MemoryStore(), Fate()
        cast = Cast.new(agent=False, store=MortalStore(kept, fate))
        cast.sent()
        withdrawn = cast.sent()
        cast.portal.execute(ko.WithdrawOrder(order=withdrawn), cast.berta)
        cast.assign(cast.nora, Role.ATTESTANT)
        due = tuple(owed_in(kept, ko.OwedState.DUE).values())
        bare = tuple(attrs.evolve(changes, owed=()) for changes in fate.written)
        return cls((*bare, Changes(guards=(), records=(), entries=(), owed=due)), cast.world.clock.time)

    @classmethod
    def small(cls) -> "Scene":
        """Two mails and a follow-up with nothing to tell."""
        kept, fate = MemoryStore(), Fate()
        filled(MortalStore(kept, fate), ["one", "other"])
        owe(MortalStore(kept, fate), follow_up("follow-up", START))
        return cls(tuple(fate.written), START)

    def into(self, store: Store) -> None:
        """Write it all."""
        with store.transaction() as transaction:
            for changes in self.written:
                transaction.write(changes)


@attrs.frozen
class Lived:
    """What has come of one life after another."""

    reached: tuple[int, ...]  # points of each
    states: dict[str, ko.OwedState]
    sent: Counter[str]  # by message id
    extra: Counter[str]  # how often somebody ended when this had left and was not written down


def lived(
    store: Callable[[], Store],
    scene: Scene,
    *points: int,
    error: Callable[[], BaseException] = Death,
    answers: tuple[Exception, ...] = (),
) -> Lived:
    """One life to each point, then others in peace until nothing is due."""
    scene.into(store())
    clock = Standing(scene.since + timedelta(hours=1))
    sent, extra, told = list[str](), Counter[str](), list(answers)
    reached: list[int] = []
    while len(reached) < len(points) or owed_in(store(), ko.OwedState.DUE):
        point = points[len(reached)] if len(reached) < len(points) else None
        fate = Fate(point, error)
        with suppress(Death, KeyboardInterrupt, ko.Unavailable):
            portal(MortalStore(store(), fate), MortalMailer(fate, sent, told), clock).deliver()
        reached.append(fate.reached)
        extra.update(fate.left)
        clock.time += LEASE + timedelta(minutes=PAUSES[0]) * 2
        assert len(reached) < 50
    states = {name: owed.state for name, owed in owed_in(store()).items()}
    return Lived(tuple(reached), states, Counter(sent), extra)


def in_memory() -> Callable[[], Store]:
    store = MemoryStore()
    return lambda: store


def on(open_store: OpenStore, place: Path) -> Callable[[], Store]:
    place.mkdir()
    return lambda: open_store(place)


LARGE, SMALL = Scene.large(), Scene.small()
ANSWERS: dict[str, tuple[Exception, ...]] = {
    "takes everything": (),
    "is silent": (ko.Unavailable("the relay does not answer in time"),) * SILENCES,
    "refuses the login": (RelayStopped("the relay refuses the login (535)"),),
    "puts one off": (Postponed("the relay refuses the address for now (450)"),),
}
ERRORS: dict[str, Callable[[], BaseException]] = {
    "dies": Death,
    "is interrupted": KeyboardInterrupt,
    "loses the line": lambda: ko.Unavailable("the line went dead"),
}


def check(found: Lived, peace: Lived) -> None:
    """All is as it would be had nobody died, but for one copy more for each death in the window."""
    assert found.states == peace.states
    assert found.sent == Counter(dict.fromkeys(peace.sent, 1)) + found.extra


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("scene", [LARGE, SMALL], ids=["large", "small"])
def test_in_peace_everything_leaves_once(scene: Scene, answers: tuple[Exception, ...]) -> None:
    found = lived(in_memory(), scene, answers=answers)
    assert found.extra == Counter()
    assert set(found.sent.values()) == {1}
    assert set(found.states.values()) <= {ko.OwedState.CANCELLED, ko.OwedState.SENT}
    assert set(found.sent) <= {message_id(name) for name, state in found.states.items() if state is ko.OwedState.SENT}


@pytest.mark.parametrize(
    ("ends", "relay"),
    [*itertools.product(["dies", "loses the line"], ANSWERS), ("is interrupted", "takes everything")],
)
def test_whoever_ends_at_any_point_leaves_nothing_undone(ends: str, relay: str) -> None:
    answers = ANSWERS[relay]
    peace, window = lived(in_memory(), LARGE, answers=answers), 0
    assert peace.reached[0] > 20
    for point in range(peace.reached[0]):
        found = lived(in_memory(), LARGE, point, error=ERRORS[ends], answers=answers)
        assert found.reached[0] > point
        check(found, peace)
        window += found.extra.total()
    assert window >= bool(not answers)


def test_whoever_ends_at_any_two_points_leaves_nothing_undone() -> None:
    peace, pairs = lived(in_memory(), LARGE), 0
    for first in range(peace.reached[0]):
        second, both = 0, True
        while both:
            found = lived(in_memory(), LARGE, first, second)
            check(found, peace)
            both = found.reached[1] > second
            second, pairs = second + 1, pairs + both
    assert pairs > 2000


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind == "sqlite" else (pytest.mark.long,)) for kind in SHARED]
)
def test_whoever_ends_at_any_point_leaves_nothing_undone_on_disk(kind: str, tmp_path: Path) -> None:
    peace = lived(in_memory(), SMALL)
    for point in range(peace.reached[0]):
        check(lived(on(SHARED[kind], tmp_path / str(point)), SMALL, point), peace)


@attrs.define
class Busy:
    """A store that is locked by others when it is to write down that a letter has left; so many times."""

    kept: Store
    times: int

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            mortal = Mortal(transaction, Fate())
            yield mortal
            if mortal.settled and self.times:
                self.times -= 1
                raise ko.Unavailable("the store is locked by another program")


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_letter_does_not_leave_again_because_the_store_was_busy_for_a_moment(times: int) -> None:
    kept, sent, waits = MemoryStore(), list[str](), list[float]()
    (name,) = filled(kept, ["mail"])
    clock = Standing(START + timedelta(hours=1))
    mailer = MortalMailer(Fate(), sent)
    assert portal(Busy(kept, times), mailer, clock, waits.append).deliver() == ko.DeliveryReport(sent=1)
    assert (sent, len(waits)) == ([message_id(name)], times)
    clock.time += timedelta(days=1)
    assert portal(kept, mailer, clock).deliver() == ko.DeliveryReport()


def test_a_store_that_stays_busy_is_told_and_the_letter_leaves_again() -> None:
    kept, sent = MemoryStore(), list[str]()
    (name,) = filled(kept, ["mail"])
    clock = Standing(START + timedelta(hours=1))
    with pytest.raises(ko.Unavailable, match="locked"):
        portal(Busy(kept, 99), MortalMailer(Fate(), sent), clock).deliver()
    clock.time += LEASE
    assert portal(kept, MortalMailer(Fate(), sent), clock).deliver() == ko.DeliveryReport(sent=1)
    assert sent == [message_id(name)] * 2
