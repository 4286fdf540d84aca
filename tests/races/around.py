"""Wrappers round a store: one notes what was kept, one halts before it writes, one takes the guards off."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from enum import StrEnum, unique
from typing import final

import attrs

from kundorder.events import Entry, Owed, Settlement
from kundorder.journal import linked
from kundorder.outcomes import Changes, Head, Stored
from kundorder.ports import Page, Store, Transaction
from kundorder.situation import Fact, Guard, Key, Kind, kind_of
from kundorder.vocabulary import Index
from races.asking import Written


class Through:
    """A transaction that hands everything on to another, which is begun when it is needed."""

    def __init__(self, kept: Callable[[], Transaction]) -> None:
        self.kept = kept

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.kept().read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.kept().select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        self.kept().write(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.kept().claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.kept().settle(owed, settlement)


@final
@attrs.frozen
class Noted:
    """A store that notes every write, once it is kept."""

    kept: Store
    written: list[Written]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        begun: list[tuple[int, Changes]] = []
        with self.kept.transaction() as transaction:
            yield _Noting(transaction, begun)
        ended = time.monotonic_ns()
        for began, changes in begun:
            # What links stand for goes again with letters that are given back, and is made anew with the next.
            records = tuple(Guard(stored.key, stored.version) for stored in changes.records if lasts(stored.key))
            guards = tuple(guard for guard in changes.guards if lasts(guard.key))
            self.written.append(Written(began, ended, guards, records))


def lasts(key: Key) -> bool:
    """Whether a record is never dropped in a race."""
    return kind_of(key) is not Kind.LINK


@final
class _Noting(Through):
    def __init__(self, kept: Transaction, begun: list[tuple[int, Changes]]) -> None:
        super().__init__(lambda: kept)
        self._begun = begun

    def write(self, changes: Changes) -> None:
        began = time.monotonic_ns()
        super().write(changes)
        self._begun.append((began, changes))


@final
@attrs.frozen
class Halting:
    """A store that halts before each write, with no transaction begun: others may load and write meanwhile."""

    kept: Store
    halt: Callable[[], object]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with ExitStack() as stack:
            yield _Late(self, stack)


@final
class _Late(Through):
    def __init__(self, store: Halting, stack: ExitStack) -> None:
        super().__init__(self._begun)
        self._store = store
        self._stack = stack
        self._transaction: Transaction | None = None

    def _begun(self) -> Transaction:
        if self._transaction is None:
            self._transaction = self._stack.enter_context(self._store.kept.transaction())
        return self._transaction

    def write(self, changes: Changes) -> None:
        _ = self._store.halt()
        super().write(changes)


@final
@unique
class Guards(StrEnum):
    """Which guards a write keeps."""

    ON = "on"
    WRITTEN = "written"  # those of what is written: what is only read may have moved
    OFF = "off"  # none: what is written is written over whatever is there


def guarded(store: Store, guards: Guards) -> Store:
    """The store, with these guards and no others."""
    match guards:
        case Guards.ON:
            return store
        case Guards.WRITTEN:
            return Unguarded(store, _of_what_is_written)
        case Guards.OFF:
            return Unguarded(store, over_what_is_there)


@final
@attrs.frozen
class Unguarded:
    """A store that loses guards on the way."""

    kept: Store
    changed: Callable[[Transaction, Changes], Changes]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield _Losing(transaction, self.changed)


@final
class _Losing(Through):
    def __init__(self, kept: Transaction, changed: Callable[[Transaction, Changes], Changes]) -> None:
        super().__init__(lambda: kept)
        self._changed = changed

    def write(self, changes: Changes) -> None:
        super().write(self._changed(self.kept(), changes))


def _of_what_is_written(_transaction: Transaction, changes: Changes) -> Changes:
    written = {stored.key for stored in changes.records}
    return attrs.evolve(changes, guards=tuple(guard for guard in changes.guards if guard.key in written))


def over_what_is_there(transaction: Transaction, changes: Changes) -> Changes:
    """The same changes as if they had been decided on what is there now: next versions, next entries, no guards."""
    keys = (*(stored.key for stored in changes.records), *(Key(entry.chain) for entry in changes.entries))
    facts = transaction.read(tuple(dict.fromkeys(keys)))
    heads = {key: Head(chain=key, number=fact.number, digest=fact.digest) for key, fact in facts.items()}
    entries: list[Entry] = []
    for entry in changes.entries:
        event = attrs.evolve(entry.event, remark=entry.remark)
        entries.append(linked(heads[Key(entry.chain)], event, entry.rules, entry.facts))
        heads[Key(entry.chain)] = Head(chain=entry.chain, number=entries[-1].number, digest=entries[-1].digest)
    records = tuple(_over(stored, facts[stored.key], heads[stored.key]) for stored in changes.records)
    return attrs.evolve(changes, guards=(), records=records, entries=tuple(entries))


def _over(stored: Stored, fact: Fact, head: Head) -> Stored:
    return attrs.evolve(stored, version=fact.version + 1, number=head.number, digest=head.digest, before=fact.record)
