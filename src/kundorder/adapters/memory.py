"""Everything in memory: a complete, transactional store, a mailer that keeps the letters, a signer that just signs.

They pass the same exams as the real ones, and serve tests, trials and models.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from threading import RLock
from typing import final

import attrs

from kundorder.codec import document_digest
from kundorder.errors import Conflict
from kundorder.events import Entry, Mail, Owed, OwedState, Settlement, SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Done, Letter, Listed, Page, Progress, Transaction
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index
from kundorder.worklists import Line, listings

Undo = Callable[[], None]


@final
class MemoryStore:
    """A store for one process; what it holds ends with it."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._tables = _Tables()

    def transaction(self) -> AbstractContextManager[Transaction]:
        """See ``ports.Store``; transactions take turns."""
        return self._one_at_a_time()

    @contextmanager
    def _one_at_a_time(self) -> Generator[Transaction]:
        with self._lock:
            transaction = _MemoryTransaction(self._tables)
            try:
                yield transaction
            except BaseException:
                transaction.undo()
                raise


@final
class _Tables:
    def __init__(self) -> None:
        self.records: dict[Key, Fact] = {}
        self.lists: dict[tuple[Index, str], list[tuple[str, Key]]] = {}
        self.journal: dict[str, list[Entry]] = {}
        self.owed: dict[str, Owed] = {}
        self.leases: dict[str, datetime] = {}


@final
class _MemoryTransaction:
    def __init__(self, tables: _Tables) -> None:
        self._tables = tables
        self._undo: list[Undo] = []

    def undo(self) -> None:
        """Take back all that was written, the last first."""
        while self._undo:
            self._undo.pop()()

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return {key: self._tables.records.get(key, ABSENT) for key in keys}

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        found: dict[tuple[str, str], Listed] = {}
        for value in values:
            for line in self._lines(index, value, after, limit + 1, newest_first=newest_first):
                found[line.sort, line.key] = line
        items = tuple(found[place] for place in sorted(found, reverse=newest_first))
        page = items[:limit]
        return Page(items=page, after=page[-1].sort if len(items) > limit and page else None)

    def _lines(
        self, index: Index, value: str, after: str | None, limit: int, *, newest_first: bool
    ) -> Iterator[Listed]:
        if index is Index.JOURNAL:
            lines = list(self._entries(value))
        elif index is Index.OWED:
            lines = [_owed_line(owed) for owed in self._tables.owed.values() if owed.state == value]
        elif index is Index.HEADS:
            heads = ((key, fact) for key, fact in self._tables.records.items() if fact.number)
            lines = [Listed(sort=key, key=key, fact=fact) for key, fact in heads]
        else:
            yield from self._records(index, value, after, limit, newest_first=newest_first)
            return
        lines.sort(key=lambda line: line.sort, reverse=newest_first)
        wanted = (line for line in lines if after is None or (line.sort < after if newest_first else line.sort > after))
        yield from (line for line, _number in zip(wanted, range(limit), strict=False))

    def _records(
        self, index: Index, value: str, after: str | None, limit: int, *, newest_first: bool
    ) -> Iterator[Listed]:
        places = self._tables.lists.get((index, value), [])
        if newest_first:
            end = len(places) if after is None else bisect_left(places, after, key=_sort_of)
            wanted = places[max(0, end - limit) : end][::-1]
        else:
            start = 0 if after is None else bisect_right(places, after, key=_sort_of)
            wanted = places[start : start + limit]
        for sort, key in wanted:
            yield Listed(sort=sort, key=key, fact=self._tables.records[key])

    def _entries(self, chain: str) -> Iterator[Listed]:
        if chain:
            for place, entry in enumerate(self._tables.journal.get(chain, ()), 1):
                yield Listed(sort=f"{place:012d}", key=Key(chain), entry=entry)
            return
        for each, entries in self._tables.journal.items():
            for place, entry in enumerate(entries, 1):  # and not by its number: one that was put in would hide another
                yield Listed(sort=f"{each} {place:012d}", key=Key(each), entry=entry)

    def write(self, changes: Changes) -> None:
        for guard in changes.guards:
            if self._tables.records.get(guard.key, ABSENT).version != guard.version:
                raise Conflict
        ends = {entry.chain: len(self._tables.journal.get(entry.chain, ())) for entry in changes.entries}
        for entry in changes.entries:
            ends[entry.chain] += 1
            if entry.number != ends[entry.chain]:
                raise Conflict
        for entry in changes.entries:
            self._append(entry)
        for stored in changes.records:
            self._put(stored)
        for owed in changes.owed:
            present = self._tables.owed.get(owed.id)
            if present is None:
                self._owe(owed)
            elif present.state is OwedState.CANCELLED:
                self._replace(attrs.evolve(owed, fence=present.fence), None)

    def _append(self, entry: Entry) -> None:
        entries = self._tables.journal.setdefault(entry.chain, [])
        entries.append(entry)
        self._undo.append(lambda: entries.remove(entry))

    def _put(self, stored: Stored) -> None:
        records, before = self._tables.records, self._tables.records.get(stored.key, ABSENT)
        now = Fact(stored.version, stored.record, stored.number, stored.digest)
        records[stored.key] = now
        self._relist(stored.key, before, now)

        def restore() -> None:
            self._relist(stored.key, now, before)
            if before is ABSENT:
                del records[stored.key]
            else:
                records[stored.key] = before

        self._undo.append(restore)

    def _relist(self, key: Key, before: Fact, now: Fact) -> None:
        old: set[Line] = set() if before.record is None else set(listings(before.record))
        new: set[Line] = set() if now.record is None else set(listings(now.record))
        for index, value, sort in old - new:
            self._tables.lists[index, value].remove((sort, key))
        for index, value, sort in new - old:
            insort(self._tables.lists.setdefault((index, value), []), (sort, key))

    def _owe(self, owed: Owed) -> None:
        self._tables.owed[owed.id] = owed
        self._undo.append(lambda: self._tables.owed.__delitem__(owed.id))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        tables = self._tables
        due = [
            owed
            for owed in tables.owed.values()
            if owed.state is OwedState.DUE and owed.due_at <= now and tables.leases.get(owed.id, now) <= now
        ]
        due.sort(key=lambda owed: (owed.owed_at, owed.id))
        claimed: list[Owed] = []
        for owed in due[:limit]:
            mine = attrs.evolve(owed, fence=owed.fence + 1, attempts=owed.attempts + 1)
            self._replace(mine, lease_until)
            claimed.append(mine)
        return tuple(claimed)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        present = self._tables.owed.get(owed.id)
        if present is None or present.fence != owed.fence or present.state is not OwedState.DUE:
            return False
        settled = attrs.evolve(
            present,
            state=settlement.state,
            due_at=settlement.due_at or present.due_at,
            note=settlement.note,
            mail=_without_secret(present.mail, settlement.state),
        )
        self._replace(settled, None)
        return True

    def _replace(self, owed: Owed, lease_until: datetime | None) -> None:
        tables, before, lease = self._tables, self._tables.owed[owed.id], self._tables.leases.pop(owed.id, None)
        tables.owed[owed.id] = owed
        if lease_until is not None:
            tables.leases[owed.id] = lease_until

        def restore() -> None:
            tables.owed[owed.id] = before
            _ = tables.leases.pop(owed.id, None)
            if lease is not None:
                tables.leases[owed.id] = lease

        self._undo.append(restore)


def _sort_of(place: tuple[str, Key]) -> str:
    return place[0]


def _owed_line(owed: Owed) -> Listed:
    sort = f"{owed.owed_at.isoformat(timespec='microseconds')} {owed.id}"
    return Listed(sort=sort, key=Key(owed.mail.subject) if owed.mail else Key(owed.id), owed=owed)


def _without_secret(mail: Mail | None, state: OwedState) -> Mail | None:
    if mail is None or mail.secret is None or state is OwedState.DUE or state is OwedState.PARKED:
        return mail
    return attrs.evolve(mail, secret=None)


@final
class MemoryMailer:
    """Keeps every letter; one sent again replaces the first."""

    def __init__(self) -> None:
        self._letters: dict[str, Letter] = {}

    @property
    def letters(self) -> tuple[Letter, ...]:
        """All letters, in the order they were first sent."""
        return tuple(self._letters.values())

    def send(self, letter: Letter) -> None:
        """See ``ports.Mailer``."""
        self._letters[letter.message_id] = letter


@final
class MemorySigner:
    """Signs at once and vouches only for what it has signed itself; it proves nothing to anybody else."""

    def __init__(self) -> None:
        self._signed: set[Evidence] = set()

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``."""
        document = request.document
        digest = document_digest(document)
        evidence = Evidence(
            method=request.method, signer=document.signer, digest=digest, signed_at=now, proof=f"memory:{digest}"
        )
        self._signed.add(evidence)
        return Done(evidence=evidence)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; nothing is ever pending here."""
        del state, callback
        return self.start(request, now=now)

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; there is nothing to give up."""
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``."""
        return evidence in self._signed and evidence.digest == document_digest(document)
