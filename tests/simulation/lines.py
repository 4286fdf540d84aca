"""A process's line to the store: others go on at every call of it, and anything may go wrong there."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from random import Random
from typing import final

import attrs

import kundorder as ko
from kundorder.errors import Conflict, Unavailable
from kundorder.events import OwedState, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Page, Transaction
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index
from simulation.clockwork import Clockwork
from simulation.disk import Disk

_ONE_IN = 25


@final
@attrs.define
class Chance:
    """What may go wrong with a store, for as long as it is ill."""

    chance: Random
    kinds: frozenset[str]
    is_ill: bool = True
    happened: Counter[str] = attrs.field(factory=Counter[str])

    def strikes(self, kind: str) -> bool:
        """Whether this goes wrong now."""
        found = self.is_ill and kind in self.kinds and self.chance.randrange(_ONE_IN) == 0
        if found:
            self.happened[kind] += 1
        return found


@final
@attrs.define(eq=False)
class Line:
    """A store, as one process has it; each read is a moment of its own, and what is written is one with the commit."""

    clockwork: Clockwork
    disk: Disk
    faults: Chance
    ended: Callable[[ko.Owed, datetime, bool], None]  # a debt was settled as sent under a lease, or could not be
    leases: dict[str, datetime] = attrs.field(factory=dict)  # of what this call has claimed, by debt
    is_relay: bool = False  # a relay is told the truth: nothing guards what it cancels

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """See ``ports.Store``."""
        self.clockwork.pause("begin")
        if self.faults.strikes("fail"):
            raise Unavailable("the store does not answer", soon=self.faults.chance.random() < 0.5)
        going = _OnLine(self)
        with ExitStack() as stack:
            going.stack = stack
            yield going
        if going.inner is not None:
            for changes in going.written:
                self.clockwork.judge(partial(self.disk.committed, changes, self.clockwork.running.name))
            for owed, was_kept in going.settled:
                self.ended(owed, self.leases[owed.id], was_kept)
            self.clockwork.pause("committed")
            self.disk.finish()
            if self.faults.strikes("lose"):
                raise Unavailable("the answer was lost")


@final
@attrs.define(eq=False)
class _OnLine:
    line: Line
    stack: ExitStack | None = None
    inner: Transaction | None = None
    written: list[Changes] = attrs.field(factory=list)
    settled: list[tuple[ko.Owed, bool]] = attrs.field(factory=list)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        if self.inner is not None:
            return self.inner.read(keys)
        self.line.clockwork.pause("read")
        with self.line.disk.store.transaction() as transaction:
            facts = transaction.read(keys)
        past = self.line.disk.past
        stale = not self.line.is_relay and self.line.faults.strikes("stale")
        told = {key: past.get(key, fact) for key, fact in facts.items()} if stale else facts
        past.update(facts)
        return told

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        if self.inner is not None:
            return self.inner.select(index, values, after=after, limit=limit, newest_first=newest_first)
        self.line.clockwork.pause("select")
        with self.line.disk.store.transaction() as transaction:
            return transaction.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        inner = self._writing("write")
        if self.line.faults.strikes("moved"):
            raise Conflict
        inner.write(changes)
        self.written.append(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[ko.Owed, ...]:
        owed = self._writing("claim").claim(now=now, lease_until=lease_until, limit=limit)
        self.line.leases.update({each.id: lease_until for each in owed})
        return owed

    def settle(self, owed: ko.Owed, settlement: Settlement) -> bool:
        was_kept = self._writing("settle").settle(owed, settlement)
        if settlement.state is OwedState.SENT and owed.mail is not None:  # a follow-up may be done without a claim
            self.settled.append((owed, was_kept))
        return was_kept

    def _writing(self, what: str) -> Transaction:
        """From the first write to the commit nobody else comes in between."""
        if self.inner is None:
            self.line.clockwork.pause(what)
            if self.stack is None:
                raise LookupError("no transaction")
            self.inner = self.stack.enter_context(self.line.disk.store.transaction())
        return self.inner
