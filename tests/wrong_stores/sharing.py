"""Wrong when more than one is at it."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from threading import get_ident
from typing import final

import attrs

from kundorder.adapters.memory import MemoryStore
from kundorder.errors import Conflict, Unavailable
from kundorder.events import Owed, OwedState, Settlement, settled
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Store, Transaction
from kundorder.situation import Fact, Guard, Key
from kundorder.vocabulary import Index
from wrong_stores.telling import NOTHING, Bends, Bent, Single, Wrong, forgetting, guarded, scattered

ALL = 1_000_000
OPENED_AGAIN = "test_what_was_kept_is_there_when_the_store_is_opened_again"
ONE_PLACE = "test_two_stores_at_one_place_are_one"
CHANGE = "test_of_two_who_change_a_record_at_once_one_wins"
RELY = "test_of_two_who_rely_on_what_the_other_changes_one_wins"
ENTRY = "test_of_two_who_write_the_next_entry_at_once_one_wins"
SETTLE = "test_of_two_who_settle_a_debt_at_once_one_is_believed"
OWE = "test_what_two_owe_at_once_is_owed_once"
CREATE = "test_of_many_who_create_a_record_at_once_one_wins"
CLAIM = "test_nobody_claims_what_another_has_claimed"
HALF = "test_a_reader_never_sees_half_of_a_write"
THREADS = "test_every_thread_may_use_the_store"
NOT_KEPT = "test_nobody_sees_what_has_not_been_kept"
TWO_PLACES = "test_two_stores_at_two_places_have_nothing_in_common"
ITS_OWN = "test_each_of_two_stores_keeps_or_undoes_its_own"
WITHIN = "test_threads_use_two_stores_within_each_other"


def pause() -> None:
    """Long enough for another thread to come in between."""
    time.sleep(0.001)


def is_written(changes: Changes, guard: Guard) -> bool:
    """Whether what is guarded is written as well."""
    return any(stored.key == guard.key for stored in changes.records)


@attrs.frozen
class LooksFirst(Single):
    """Looks at some guards first, and then writes."""

    first: Callable[[Changes, Guard], bool] = attrs.field(kw_only=True, default=lambda _changes, _guard: True)

    def write(self, changes: Changes) -> None:
        first = tuple(guard for guard in changes.guards if self.first(changes, guard))
        facts = self.read(tuple(guard.key for guard in first))
        if any(facts[guard.key].version != guard.version for guard in first):
            raise Conflict
        pause()
        then = tuple(guard for guard in changes.guards if not self.first(changes, guard))
        super().write(guarded(changes, then))


@attrs.frozen
class NumbersFirst(Single):
    """Looks at the number of an entry first, and then writes it with the next one."""

    def write(self, changes: Changes) -> None:
        for entry in changes.entries[:1]:
            if entry.number != self.length(entry.chain) + 1:
                raise Conflict
        pause()
        with self.store.transaction() as transaction:
            lines = {entry.chain: _lines(transaction, entry.chain) for entry in changes.entries}
            entries = (attrs.evolve(entry, number=len(lines[entry.chain]) + 1) for entry in changes.entries[:1])
            transaction.write(attrs.evolve(changes, entries=(*entries, *changes.entries[1:])))

    def length(self, chain: str) -> int:
        """Of a chain now."""
        return len(_lines(self, chain))


def _lines(transaction: Transaction, chain: str) -> tuple[Listed, ...]:
    return transaction.select(Index.JOURNAL, (chain,), after=None, limit=ALL).items


def _debts(transaction: Transaction, *states: OwedState) -> tuple[Owed, ...]:
    values = tuple(state.value for state in states or OwedState)
    lines = transaction.select(Index.OWED, values, after=None, limit=ALL).items
    return tuple(line.owed for line in lines if line.owed is not None)


@attrs.frozen
class SettlesLater(Single):
    """Looks at the fence first, and then settles."""

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        present = {each.id: each.fence for each in _debts(self, OwedState.DUE)}
        pause()
        if present.get(owed.id) != owed.fence:
            return False
        _ = super().settle(owed, settlement)
        return True


@attrs.frozen
class OwesLater(Single):
    """Looks whether it is owed already first, and does not expect that somebody else may owe it then."""

    def write(self, changes: Changes) -> None:
        present = {each.id for each in _debts(self)}
        pause()
        with self.store.transaction() as transaction:
            now = {each.id for each in _debts(transaction)}
            if any(owed.id in now - present for owed in changes.owed):
                raise Unavailable("the statement failed: this id is there already")
            transaction.write(changes)


@attrs.frozen
class ClaimsLater(Single):
    """Looks for what is due first, and then claims that, whether it is still free or not."""

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        seen = {each.id for each in _debts(self, OwedState.DUE) if each.fence == 0}
        pause()
        with self.store.transaction() as transaction:
            claimed = transaction.claim(now=now, lease_until=lease_until, limit=limit)
            others = tuple(each for each in _debts(transaction) if each.fence and each.id in seen)
            return tuple({each.id: each for each in (*claimed, *others)}.values())


@attrs.frozen
class OneByOne(Single):
    """Keeps each record by itself."""

    def write(self, changes: Changes) -> None:
        for stored in changes.records:
            guards = tuple(guard for guard in changes.guards if guard.key == stored.key)
            super().write(attrs.evolve(NOTHING, guards=guards, records=(stored,)))
            pause()
        super().write(guarded(attrs.evolve(changes, records=())))


@attrs.frozen
class LinesFirst(Single):
    """Looks for the lines of a page first, and for their records then."""

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        page = super().select(index, values, after=after, limit=limit, newest_first=newest_first)
        pause()
        facts = self.read(tuple(line.key for line in page.items))
        items = (line if line.fact is None else attrs.evolve(line, fact=facts[line.key]) for line in page.items)
        return attrs.evolve(page, items=tuple(items))


@attrs.frozen
class InTwoReads(Single):
    """Reads one key after another."""

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        facts: dict[Key, Fact] = {}
        for key in keys:
            facts |= super().read((key,))
            pause()
        return facts


@final
@attrs.define
class Uncommitted:
    """A transaction that sees what others have written and not kept yet."""

    stack: ExitStack
    store: Store
    pending: dict[Key, Fact]
    kept: Transaction | None = None

    def begun(self) -> Transaction:
        """Begun when it is needed: what is pending can be read without."""
        if self.kept is None:
            self.kept = self.stack.enter_context(self.store.transaction())
        return self.kept

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        pending = {key: self.pending[key] for key in keys if key in self.pending}
        return pending if len(pending) == len(keys) else self.begun().read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.begun().select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        self.begun().write(changes)
        for stored in changes.records:
            self.pending[stored.key] = Fact(stored.version, stored.record, stored.number, stored.digest)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.begun().claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.begun().settle(owed, settlement)


@final
@attrs.frozen
class Dirty:
    """A store that reads what has not been kept yet."""

    kept: Store
    pending: dict[Key, Fact]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with ExitStack() as stack:
            _ = stack.callback(self.pending.clear)
            yield Uncommitted(stack, self.kept, self.pending)


@final
@attrs.frozen
class OfOneThread:
    """A store that can be used only where it was opened."""

    kept: Store
    thread: int = attrs.field(factory=get_ident)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        if get_ident() != self.thread:
            raise Unavailable("this store was opened in another thread")
        with self.kept.transaction() as transaction:
            yield transaction


@attrs.define
class RemarksBeside(Bent):
    """Keeps remarks in memory."""

    remarks: dict[str, str | None] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.remarks.update((entry.digest, entry.remark) for entry in changes.entries)
        bare = tuple(attrs.evolve(entry, remark=None) for entry in changes.entries)
        self.kept.write(attrs.evolve(changes, entries=bare))

    def _told(self, line: Listed) -> Listed:
        if line.entry is None:
            return line
        return attrs.evolve(line, entry=attrs.evolve(line.entry, remark=self.remarks.get(line.entry.digest)))


@attrs.define
class SettlementsBeside(Bent):
    """Keeps in memory how debts were settled."""

    debts: dict[str, Owed] = attrs.field(kw_only=True)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        self.debts[owed.id] = settled(owed, settlement)
        return True


def _remarks_beside(remarks: dict[str, str | None], transaction: Transaction) -> Transaction:
    return RemarksBeside(transaction, remarks=remarks)


def _settlements_beside(debts: dict[str, Owed], transaction: Transaction) -> Transaction:
    return SettlementsBeside(transaction, Bends(debt=lambda owed: debts.get(owed.id, owed)), debts=debts)


def dirty() -> Callable[[Store], Store]:
    """All stores see what is pending."""
    pending: dict[Key, Fact] = {}
    return lambda kept: Dirty(kept, pending)


WRONG = (
    Wrong("is another store each time it is opened", lambda: lambda _kept: MemoryStore(), (OPENED_AGAIN, ONE_PLACE)),
    Wrong("keeps remarks in memory", forgetting(dict[str, str | None], _remarks_beside), (OPENED_AGAIN,)),
    Wrong("keeps in memory how debts were settled", forgetting(dict[str, Owed], _settlements_beside), (OPENED_AGAIN,)),
    Wrong("looks at guards before it writes", scattered(LooksFirst), (CHANGE, RELY, CREATE)),
    Wrong(
        "looks at the guards of what it does not write before it writes",
        scattered(lambda kept: LooksFirst(kept, first=lambda changes, guard: not is_written(changes, guard))),
        (RELY,),
    ),
    Wrong(
        "looks whether something is absent before it writes",
        scattered(lambda kept: LooksFirst(kept, first=lambda _changes, guard: guard.version == 0)),
        (CREATE,),
    ),
    Wrong("looks at the number of an entry before it writes", scattered(NumbersFirst), (ENTRY,)),
    Wrong("looks at the fence before it settles", scattered(SettlesLater), (SETTLE,)),
    Wrong("looks for a debt before it owes", scattered(OwesLater), (OWE,)),
    Wrong("looks for what is due before it claims", scattered(ClaimsLater), (CLAIM,)),
    Wrong("keeps one record after another", scattered(OneByOne), (HALF,)),
    Wrong("reads one record after another", scattered(InTwoReads), (HALF,)),
    Wrong("reads a page of lines before their records", scattered(LinesFirst), (HALF,)),
    Wrong("reads what has not been kept", dirty, (NOT_KEPT,)),
    Wrong("can be used in one thread only", lambda: OfOneThread, (THREADS, CHANGE, WITHIN)),
)
