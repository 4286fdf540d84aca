"""Stores that are wrong on purpose: what looks for half-done work must find theirs."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum, auto, unique
from pathlib import Path

import attrs

from crash.places import sqlite_delete
from kundorder.errors import Unavailable
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Page, Store, Transaction
from kundorder.situation import Fact, Key, Kind, kind_of
from kundorder.vocabulary import Index


@unique
class Half(Enum):
    """What is kept a moment later than the rest."""

    OWED = auto()
    RECEIPT = auto()


@attrs.frozen
class InHalves:
    """A store that keeps a part of what is written in a transaction of its own, a moment after the rest."""

    kept: Store
    half: Half = Half.OWED

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        later: list[Changes] = []
        with self.kept.transaction() as transaction:
            yield Writing(transaction, self.half, later)
        for changes in later:
            with self.kept.transaction() as transaction:
                transaction.write(changes)


@attrs.frozen
class Writing:
    """A transaction that puts off a part of what is written."""

    kept: Transaction
    half: Half
    later: list[Changes]

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.kept.read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        receipts = tuple(stored for stored in changes.records if kind_of(stored.key) is Kind.RECEIPT)
        others = tuple(stored for stored in changes.records if stored not in receipts)
        nothing = Changes(guards=(), records=(), entries=(), owed=())
        if self.half is Half.OWED:
            now, later = attrs.evolve(changes, owed=()), attrs.evolve(nothing, owed=changes.owed)
        else:
            now, later = attrs.evolve(changes, records=others), attrs.evolve(nothing, records=receipts)
        self.kept.write(now)
        if later != nothing:
            self.later.append(later)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.kept.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.kept.settle(owed, settlement)


@contextmanager
def in_halves(place: Path) -> Generator[Store]:
    """Such a store in a file."""
    with sqlite_delete(place) as store:
        yield InHalves(store)


@attrs.frozen
class Careless:
    """A store that says nothing when something could not be written, or not be kept."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with suppress(Unavailable), self.kept.transaction() as transaction:
            yield transaction


@attrs.frozen
class Unguarded:
    """A store that guards only what is written, and not what else a decision rests on."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield Trusting(transaction)


@attrs.frozen
class Trusting:
    """A transaction that believes whoever writes."""

    kept: Transaction

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.kept.read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        written = {stored.key for stored in changes.records}
        self.kept.write(attrs.evolve(changes, guards=tuple(each for each in changes.guards if each.key in written)))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.kept.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.kept.settle(owed, settlement)
