"""Everything in memory: a complete, transactional store, a mailer that keeps the letters, a signer that just signs.

They pass the same exams as the real ones, and serve tests, trials and models.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from threading import RLock
from typing import TypeAlias, final

import attrs

from kundorder.codec import document_digest
from kundorder.errors import Conflict
from kundorder.events import Entry, Owed, OwedState, Settlement, SigningRequest, settled
from kundorder.evidence import ASSURANCE, Document, Evidence
from kundorder.outcomes import Changes
from kundorder.ports import Done, Failed, Letter, Listed, Page, Progress, Transaction
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import FailureCode, Index
from kundorder.worklists import Line, listings

Undo: TypeAlias = Callable[[], None]
Place: TypeAlias = tuple[str, Key]  # where a line stands: its sort, and of lines of one sort the key
_LAST = Key("\U0010ffff")  # sorts after every key of ours


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
            finally:
                transaction.end()


@final
class _Tables:
    def __init__(self) -> None:
        self.records: dict[Key, Fact] = {}
        self.lists: dict[tuple[Index, str], list[Place]] = {}
        self.journal: dict[str, list[Entry]] = {}
        self.owed: dict[str, Owed] = {}
        self.leases: dict[str, datetime] = {}


@final
class _MemoryTransaction:
    def __init__(self, tables: _Tables) -> None:
        self._while_open: _Tables | None = tables
        self._undo: list[Undo] = []

    @property
    def _tables(self) -> _Tables:
        if self._while_open is None:
            raise RuntimeError("this transaction has ended; begin another one")
        return self._while_open

    def end(self) -> None:
        """Nothing can be done in it any more: it would be done without the lock, and not be undone."""
        self._while_open = None

    def undo(self) -> None:
        """Take back all that was written, the last first."""
        while self._undo:
            self._undo.pop()()

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return {key: self._tables.records.get(key, ABSENT) for key in keys}

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        start, room = _start(after, back=newest_first), max(limit, 0)
        found: dict[Place, Listed] = {}
        for value in values:
            for line in self._lines(index, value, start, room + 1, back=newest_first):
                found[line.sort, line.key] = line
        places = sorted(found, reverse=newest_first)
        return Page(items=tuple(found[place] for place in places[:room]), after=_go_on(places[:room], places[room:]))

    def _lines(self, index: Index, value: str, start: Place, limit: int, *, back: bool) -> Iterator[Listed]:
        if index is Index.JOURNAL:
            lines = list(self._entries(value))
        elif index is Index.OWED:
            lines = [_owed_line(owed) for owed in self._tables.owed.values() if owed.state == value]
        elif index is Index.HEADS:
            lines = [Listed(sort=key, key=key, fact=fact) for key, fact in self._tables.records.items() if fact.number]
        else:
            for sort, key in _stretch(self._tables.lists.get((index, value), []), start, limit, back=back):
                yield Listed(sort=sort, key=key, fact=self._tables.records[key])
            return
        placed = {(line.sort, line.key): line for line in lines}
        yield from (placed[place] for place in _stretch(sorted(placed), start, limit, back=back))

    def _entries(self, chain: str) -> Iterator[Listed]:
        if chain:
            for place, entry in enumerate(self._tables.journal.get(chain, ()), 1):
                yield Listed(sort=f"{place:012d}", key=Key(chain), entry=entry)
            return
        for each, entries in self._tables.journal.items():
            for place, entry in enumerate(entries, 1):  # and not by its number: one that was put in would hide another
                yield Listed(sort=f"{each} {place:012d}", key=Key(each), entry=entry)

    def write(self, changes: Changes) -> None:
        records = self._tables.records
        moved = any(records.get(guard.key, ABSENT).version != guard.version for guard in changes.guards)
        if moved or len({stored.key for stored in changes.records}) != len(changes.records):
            raise Conflict  # of two under one key, the second one's version does not follow the first one's
        ends = {entry.chain: len(self._tables.journal.get(entry.chain, ())) for entry in changes.entries}
        for entry in changes.entries:
            ends[entry.chain] += 1
            if entry.number != ends[entry.chain]:
                raise Conflict
        for entry in changes.entries:
            self._append(entry)
        for stored in changes.records:
            self._turn(stored.key, Fact(stored.version, stored.record, stored.number, stored.digest))
        for owed in changes.owed:
            present = self._tables.owed.get(owed.id)
            if present is None:
                self._owe(owed)
            elif present.state is OwedState.CANCELLED or (
                present.state is OwedState.PARKED and present.fence == owed.fence
            ):
                self._replace(attrs.evolve(owed, fence=present.fence), None)
        for key in changes.dropped:
            self._turn(key, ABSENT)
        for debt in changes.dropped_owed:
            self._drop_owed(debt)

    def _append(self, entry: Entry) -> None:
        entries = self._tables.journal.setdefault(entry.chain, [])
        entries.append(entry)
        self._undo.append(lambda: entries.remove(entry))

    def _turn(self, key: Key, now: Fact) -> None:
        before = self._tables.records.get(key, ABSENT)
        self._become(key, before, now)
        self._undo.append(lambda: self._become(key, now, before))

    def _become(self, key: Key, before: Fact, now: Fact) -> None:
        if now is ABSENT:
            _ = self._tables.records.pop(key, None)
        else:
            self._tables.records[key] = now
        old: set[Line] = set() if before.record is None else set(listings(before.record))
        new: set[Line] = set() if now.record is None else set(listings(now.record))
        for index, value, sort in old - new:
            self._tables.lists[index, value].remove((sort, key))
        for index, value, sort in new - old:
            insort(self._tables.lists.setdefault((index, value), []), (sort, key))

    def _owe(self, owed: Owed) -> None:
        self._tables.owed[owed.id] = owed
        self._undo.append(lambda: self._tables.owed.__delitem__(owed.id))

    def _drop_owed(self, debt: str) -> None:
        owed, before = self._tables.owed, self._tables.owed.get(debt)
        if before is not None and before.state in (OwedState.SENT, OwedState.CANCELLED):
            del owed[debt]
            self._undo.append(lambda: owed.__setitem__(debt, before))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        tables = self._tables
        due = [
            owed
            for owed in tables.owed.values()
            if owed.state is OwedState.DUE and owed.due_at <= now and tables.leases.get(owed.id, now) <= now
        ]
        due.sort(key=lambda owed: (owed.owed_at, owed.id))
        claimed: list[Owed] = []
        for owed in due[: max(limit, 0)]:
            mine = attrs.evolve(owed, fence=owed.fence + 1, attempts=owed.attempts + 1)
            self._replace(mine, lease_until)
            claimed.append(mine)
        return tuple(claimed)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        present = self._tables.owed.get(owed.id)
        if present is None or present.fence != owed.fence or present.state is not OwedState.DUE:
            return False
        self._replace(settled(present, settlement), None)
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


def _start(after: str | None, *, back: bool) -> Place:
    """What a page comes after: a sort, all lines of which have been seen, or a sort, a NUL and a key."""
    if after is None:
        return (_LAST if back else "", Key(""))
    sort, tie, key = after.partition("\0")
    return sort, Key(key) if tie or back else _LAST


def _go_on(here: list[Place], beyond: list[Place]) -> str | None:
    if not here or not beyond:
        return None
    return here[-1][0] if here[-1][0] != beyond[0][0] else "\0".join(here[-1])


def _stretch(places: list[Place], start: Place, limit: int, *, back: bool) -> list[Place]:
    """So many of these after the start or, going back, before it."""
    if back:
        end = bisect_left(places, start)
        return places[max(0, end - limit) : end][::-1]
    begin = bisect_right(places, start)
    return places[begin : begin + limit]


def _owed_line(owed: Owed) -> Listed:
    sort = f"{owed.owed_at.isoformat(timespec='microseconds')} {owed.id}"
    return Listed(sort=sort, key=Key(owed.mail.subject) if owed.mail else Key(owed.id), owed=owed)


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
            method=request.method,
            signer=document.signer,
            digest=digest,
            signed_at=now,
            proof=f"memory:{digest}",
            level=ASSURANCE[request.method],
        )
        self._signed.add(evidence)
        return Done(evidence=evidence)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; nothing is ever pending here, so a state can only be made up and signs nothing."""
        del request, state, now, callback
        return Failed(code=FailureCode.NOTHING_UNDER_WAY)

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; there is nothing to give up."""
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``."""
        return evidence in self._signed and evidence.digest == document_digest(document)
