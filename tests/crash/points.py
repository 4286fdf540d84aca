"""Everything stops before or after a call of a port: any call of the store or the mailer, and the end of a transaction.

A run that stops is followed by another on the same store, which begins with the step that was not acknowledged.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TypeVar

import attrs
from cast import is_list, tables

import kundorder as ko
from crash.course import Course
from crash.story import Counted, Host, people_in, started
from kundorder.adapters.memory import MemoryStore
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Letter, Page, Store, Transaction
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index

_T = TypeVar("_T")


class Crash(BaseException):
    """Everything stops here; nobody can handle it."""


@attrs.define
class Points:
    """The moments at which everything can stop, in the order they are passed."""

    at: int | None  # the one at which it does; None: none
    passed: int = 0

    def moment(self) -> None:
        """One of them."""
        number, self.passed = self.passed, self.passed + 1
        if number == self.at:
            raise Crash

    def around(self, call: Callable[[], _T]) -> _T:
        """One before a call, and one after it."""
        self.moment()
        result = call()
        self.moment()
        return result


@attrs.frozen
class StoppingStore:
    """A store on which everything can stop."""

    kept: Store
    points: Points

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        self.points.moment()
        with self.kept.transaction() as transaction:
            yield StoppingTransaction(transaction, self.points)
            self.points.moment()
        self.points.moment()


@attrs.frozen
class StoppingTransaction:
    """A transaction in which everything can stop."""

    kept: Transaction
    points: Points

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.points.around(lambda: self.kept.read(keys))

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.points.around(
            lambda: self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)
        )

    def write(self, changes: Changes) -> None:
        self.points.around(lambda: self.kept.write(changes))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.points.around(lambda: self.kept.claim(now=now, lease_until=lease_until, limit=limit))

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.points.around(lambda: self.kept.settle(owed, settlement))


@attrs.frozen
class StoppingMailer:
    """A mailer on which everything can stop."""

    handed: list[str]  # the Message-ID of every letter that was handed over, by whichever run
    points: Points

    def send(self, letter: Letter) -> None:
        self.points.around(lambda: self.handed.append(letter.message_id))


def itself(store: Store) -> Store:
    """Nothing stands between."""
    return store


@attrs.define
class Telling:
    """How far a story has been told to a store, over any number of runs."""

    course: Course
    store: Store
    people: Mapping[ko.Actor, str]
    told: int = 0  # steps that have been acknowledged
    runs: int = 0  # that have stopped
    handed: list[str] = attrs.field(factory=list)
    time: datetime = attrs.field(factory=partial(started, 0))  # of this run, as well as the rest
    made: int = 0
    orders: Mapping[str, str] = attrs.field(factory=dict[str, str])
    seen_by_host: Callable[[Store], Store] = itself

    @classmethod
    def of(cls, course: Course, store: Store, *, seen_by_host: Callable[[Store], Store] = itself) -> "Telling":
        """Nothing has been told yet.

        Args:
            course: what is to be told.
            store: with everybody in it.
            seen_by_host: what stands between the host and the store on which everything can stop.
        """
        return cls(course, store, people_in(store), seen_by_host=seen_by_host)

    @property
    def is_over(self) -> bool:
        """Whether all steps have been acknowledged."""
        return self.told == len(self.course.story)

    def step(self, stop: int | None = None) -> int:
        """Tell one more step, unless everything stops at this moment of it; how many moments were passed."""
        points, ids = Points(stop), Counted(self.runs + 1, self.made)
        mailer = StoppingMailer(self.handed, points)
        seen = self.seen_by_host(StoppingStore(self.store, points))
        host = Host.of(seen, mailer, self.people, ids=ids)
        host.clock.time, host.orders = self.time, dict(self.orders)
        try:
            host.tell(self.course.story[self.told])
        except Crash:
            self.runs += 1
            self.time, self.made, self.orders = started(self.runs), 0, {}
        else:
            self.told += 1
            self.time, self.made, self.orders = host.clock.time, ids.made, host.orders
        return points.passed

    def run(self, stop: int | None = None) -> None:
        """Tell all steps, unless everything stops at this moment."""
        runs, left = self.runs, stop
        while not self.is_over and self.runs == runs:
            passed = self.step(left)
            left = None if left is None else left - passed

    def ends_well(self, sent: int) -> None:
        """Told on, it comes to the same end as if nothing had happened, and has sent as many mails."""
        self.run()
        assert self.course.stands(self.store, self.told) == len(self.course.shapes) - 1
        assert len(set(self.handed)) == sent
        assert max(Counter(self.handed).values()) <= 1 + self.runs  # who stops may have sent one without noting it

    def twin(self) -> "Telling":
        """The same, to go on with another way; for a store in memory."""
        return attrs.evolve(self, store=twin(self.store), handed=list(self.handed))

    def state(self, since: Store) -> tuple[object, ...]:
        """All that what follows can depend on; of two stores that came from one, what was not there ``since``."""
        return (self.told, self.runs, tuple(self.handed), frozenset(difference(self.store, since)))


def twin(store: Store) -> MemoryStore:
    """Another store in memory that holds the same."""
    other = MemoryStore()
    for name, table in tables(store).items():
        copied = {key: list(held) if is_list(held) else held for key, held in table.items()}
        tables(other)[name].update(copied)
    return other


def difference(store: Store, since: Store) -> Iterator[object]:
    """What a store in memory holds and another did not, and the other way round."""
    before = tables(since)
    for name, table in tables(store).items():
        yield from ((name, key) for key in before[name].keys() - table.keys())
        for key, held in table.items():
            was = before[name].get(key)
            if held is not was and held != was:
                yield (name, key, tuple(held) if is_list(held) else held)
