"""A store that serves records as they once were, as a replica that lags; what it writes, it writes to the present."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from random import Random

import attrs
from cast import tables

from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Page, Store, Transaction
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index


@attrs.define
class Past:
    """Every version of every record that a store in memory has ever had, the oldest first."""

    versions: dict[Key, list[Fact]] = attrs.field(factory=dict)

    def remember(self, store: Store) -> None:
        """What there is now."""
        for key, fact in tables(store)["records"].items():
            assert isinstance(fact, Fact)
            known = self.versions.setdefault(Key(str(key)), [ABSENT])
            if known[-1] != fact:
                known.append(fact)

    def copied(self) -> "Past":
        """The same, to go on with another way."""
        return Past({key: list(versions) for key, versions in self.versions.items()})


@attrs.frozen
class Remembered:
    """A store whose past is kept."""

    kept: Store
    past: Past

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield transaction
        self.past.remember(self.kept)


@attrs.define
class Lagging:
    """A store that serves the past, now and then."""

    kept: Store  # as it is seen
    held: Store  # as it is
    past: Past
    chance: Random
    often: float  # how large a part of the records that are read
    served: int = 0  # records of the past
    hidden: int = 0  # of these, how many were there, and were served as if they had never been

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield LaggingTransaction(transaction, self)
        self.past.remember(self.held)

    def then(self, key: Key, now: Fact) -> Fact:
        """A record as it is, or as it was."""
        older = [fact for fact in self.past.versions.get(key, ()) if fact != now]
        if not older or self.chance.random() >= self.often:
            return now
        found = self.chance.choice(older)
        self.served += 1
        self.hidden += found is ABSENT
        return found


@attrs.frozen
class LaggingTransaction:
    """A transaction in which one reads the past, now and then."""

    kept: Transaction
    store: Lagging

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return {key: self.store.then(key, fact) for key, fact in self.kept.read(keys).items()}

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.kept.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.kept.settle(owed, settlement)
