"""How a complete store is made to lie: whatever is asked and answered passes through here, and one thing is bent.

A wrong store is a row: what it does wrong, how it is made, and the promises that must catch it. What is not bent is as
the complete store tells it, so that nothing but the lie can be what is caught.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias, TypeVar, final

import attrs

from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Store, Transaction
from kundorder.situation import Fact, Guard, Key
from kundorder.vocabulary import Index

T = TypeVar("T")

Way: TypeAlias = Callable[[Transaction], Transaction]
"""From a transaction that tells the truth to one that does not."""

Making: TypeAlias = Callable[[], Callable[[Store], Store]]
"""Called once for an examination: what it returns makes the wrong store of the complete one at each place."""


@final
@attrs.frozen
class Wrong:
    """A wrong store."""

    lie: str  # what it does, as its author's mistake
    making: Making
    caught_by: tuple[str, ...]  # tests of the exam, each of which has to fail on it


def same(told: T) -> T:
    """The truth."""
    return told


NOTHING = Changes(guards=(), records=(), entries=(), owed=())
"""A write of nothing."""


def guarded(changes: Changes, guards: tuple[Guard, ...] = ()) -> Changes:
    """The write under these guards only; what is dropped cannot but be guarded."""
    dropped = tuple(guard for guard in changes.guards if guard.key in changes.dropped and guard not in guards)
    return attrs.evolve(changes, guards=(*guards, *dropped))


@final
@attrs.frozen
class Question:
    """What a page is asked for by."""

    index: Index
    values: tuple[str, ...]
    after: str | None
    limit: int
    newest_first: bool


Ask: TypeAlias = Callable[[Question], Page]


@final
@attrs.frozen
class Wish:
    """What debts are claimed by."""

    now: datetime
    lease_until: datetime
    limit: int


@final
@attrs.frozen(kw_only=True)
class Bends:
    """What is bent, and how; all else is told as it is."""

    keys: Callable[[tuple[Key, ...]], tuple[Key, ...]] = same
    facts: Callable[[dict[Key, Fact]], dict[Key, Fact]] = same
    page: Callable[[Question, Ask], Page] = lambda question, ask: ask(question)
    changes: Callable[[Changes], Changes] = same
    wish: Callable[[Wish], Wish] = same
    claimed: Callable[[tuple[Owed, ...]], tuple[Owed, ...]] = same
    settlement: Callable[[Settlement], Settlement] = same
    is_settled: Callable[[bool], bool] = same
    debt: Callable[[Owed], Owed] = same  # wherever it is told


@attrs.define
class Bent:
    """A transaction in which something is bent; to be extended by what does more than bend."""

    kept: Transaction
    bends: Bends = Bends()

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.bends.facts(self.kept.read(self.bends.keys(keys)))

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        page = self.bends.page(Question(index, values, after, limit, newest_first), self.ask)
        return attrs.evolve(page, items=tuple(self._told(line) for line in page.items))

    def ask(self, question: Question) -> Page:
        """The page as the complete store has it."""
        return self.kept.select(
            question.index,
            question.values,
            after=question.after,
            limit=question.limit,
            newest_first=question.newest_first,
        )

    def _told(self, line: Listed) -> Listed:
        return line if line.owed is None else attrs.evolve(line, owed=self.bends.debt(line.owed))

    def write(self, changes: Changes) -> None:
        self.kept.write(self.bends.changes(changes))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        wish = self.bends.wish(Wish(now, lease_until, limit))
        claimed = self.kept.claim(now=wish.now, lease_until=wish.lease_until, limit=wish.limit)
        return tuple(self.bends.debt(owed) for owed in self.bends.claimed(claimed))

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.bends.is_settled(self.kept.settle(owed, self.bends.settlement(settlement)))


@final
@attrs.frozen
class Within:
    """A store with another one's transactions, told in some way."""

    kept: Store
    way: Way

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield self.way(transaction)


def within(way: Way) -> Making:
    """Each transaction by itself is told in this way."""
    return lambda: lambda kept: Within(kept, way)


def bent(bends: Bends) -> Making:
    """Nothing more than this is bent."""
    return within(lambda kept: Bent(kept, bends))


def remembering(state: Callable[[], T], way: Callable[[T, Transaction], Transaction]) -> Making:
    """What is told depends on what was told before: all stores of one examination remember the same.

    Args:
        state: makes what is remembered.
        way: tells a transaction, given what is remembered.
    """

    def making() -> Callable[[Store], Store]:
        remembered = state()
        return lambda kept: Within(kept, lambda transaction: way(remembered, transaction))

    return making


def forgetting(state: Callable[[], T], way: Callable[[T, Transaction], Transaction]) -> Making:
    """As ``remembering``, but only for as long as the store is open: opened again, it remembers nothing."""

    def opened(kept: Store) -> Store:
        remembered = state()
        return Within(kept, lambda transaction: way(remembered, transaction))

    return lambda: opened


@attrs.frozen
class Single:
    """A transaction that is none: each act is one of its own, and is kept at once."""

    store: Store

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        with self.store.transaction() as transaction:
            return transaction.read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        with self.store.transaction() as transaction:
            return transaction.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        with self.store.transaction() as transaction:
            transaction.write(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        with self.store.transaction() as transaction:
            return transaction.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        with self.store.transaction() as transaction:
            return transaction.settle(owed, settlement)


@final
@attrs.frozen
class Scattered:
    """A store without transactions."""

    kept: Store
    way: Callable[[Store], Transaction]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        yield self.way(self.kept)


def scattered(way: Callable[[Store], Transaction] = Single) -> Making:
    """Each act is kept at once."""
    return lambda: lambda kept: Scattered(kept, way)
