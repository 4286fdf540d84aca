"""Stores with one thing wrong about them, as it would be if a guard of ours were off: a world has to find it."""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum, auto
from typing import final

import attrs

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.events import Settlement, settled
from kundorder.outcomes import Changes
from kundorder.ports import Letter, Transaction
from kundorder.situation import Guard, Key
from kundorder.testing.faults.around import Around
from kundorder.vocabulary import Language, Party
from simulation.clockwork import Clockwork, Task
from simulation.disk import tables
from simulation.mail import Server, message_id


@final
class Bug(Enum):
    """What is wrong."""

    FENCE_OFF = auto()  # whoever wakes up late settles what somebody else has settled since
    LEASE_OFF = auto()  # what is claimed can be claimed again at once
    NO_RECEIPT = auto()  # the receipt of a key is not written
    RECEIPT_LATER = auto()  # it is written in a transaction of its own
    GUARDS_OFF = auto()  # what a decision rested on may have moved
    OTHERS_UNGUARDED = auto()  # only what is written is guarded, not what else the decision rested on
    MAIL_EARLY = auto()  # it leaves before the commit
    MAIL_LOST = auto()  # what is owed is not written with the order
    OWED_LATER = auto()  # what is owed is written in a transaction of its own
    FOLLOW_UP_LOST = auto()  # what the system owes is not
    SENT_AT_ONCE = auto()  # what is claimed counts as sent
    FORGETFUL = auto()  # some commits are not there after all
    JOURNAL_GAP = auto()  # some entries are not written
    NO_REASON = auto()  # what is cancelled does not say why


@final
@attrs.define(eq=False)
class Wrong:
    """A store with something wrong about it."""

    bug: Bug
    memory: MemoryStore
    server: Server
    clockwork: Clockwork
    commits: int = 0
    later: dict[Task, list[Changes]] = attrs.field(factory=dict)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """See ``ports.Store``."""
        with self.memory.transaction() as transaction:
            yield _WrongTransaction(transaction, self)

    def finish(self) -> None:
        """What the call that runs has left for later."""
        for changes in self.later.pop(self.clockwork.running, ()):
            with self.memory.transaction() as transaction:
                transaction.write(changes)

    def leave(self, changes: Changes) -> None:
        """For later."""
        self.later.setdefault(self.clockwork.running, []).append(changes)


@final
@attrs.frozen(eq=False)
class _WrongTransaction(Around):
    store: Wrong

    def write(self, changes: Changes) -> None:
        if self.store.bug is not Bug.FORGETFUL or not self._is_a_fifth():
            self.kept.write(attrs.evolve(self._what(changes), owed=self._owed(changes)))

    def _what(self, changes: Changes) -> Changes:
        """What is written in the place of what should be."""
        match self.store.bug:
            case Bug.NO_RECEIPT | Bug.RECEIPT_LATER:
                return self._without_receipts(changes)
            case Bug.GUARDS_OFF:
                return attrs.evolve(changes, guards=_guards_of(changes, changes.dropped))
            case Bug.OTHERS_UNGUARDED:
                written = (*(each.key for each in changes.records), *changes.dropped)
                return attrs.evolve(changes, guards=_guards_of(changes, written))
            case Bug.JOURNAL_GAP if self._is_a_fifth():
                return attrs.evolve(changes, entries=())
            case _:
                return changes

    def _owed(self, changes: Changes) -> tuple[ko.Owed, ...]:
        """What is owed in the place of what should be."""
        mails = tuple(each for each in changes.owed if each.mail is not None)
        match self.store.bug:
            case Bug.MAIL_EARLY:
                for owed in mails:
                    self.store.server.take(_early(owed), self.store.clockwork, ())
            case Bug.MAIL_LOST:
                return tuple(each for each in changes.owed if each.mail is None)
            case Bug.FOLLOW_UP_LOST:
                return mails
            case Bug.OWED_LATER:
                self.store.leave(Changes(guards=(), records=(), entries=(), owed=changes.owed))
                return ()
            case _:
                pass
        return changes.owed

    def _without_receipts(self, changes: Changes) -> Changes:
        receipts = tuple(each for each in changes.records if each.key.startswith("receipt:"))
        keys = {each.key for each in receipts}
        if self.store.bug is Bug.RECEIPT_LATER:
            self.store.leave(Changes(guards=(), records=receipts, entries=(), owed=()))
        return attrs.evolve(
            changes,
            records=tuple(each for each in changes.records if each.key not in keys),
            guards=tuple(each for each in changes.guards if each.key not in keys),
        )

    def _is_a_fifth(self) -> bool:
        self.store.commits += 1
        return not self.store.commits % 5

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[ko.Owed, ...]:
        until = now if self.store.bug is Bug.LEASE_OFF else lease_until
        claimed = self.kept.claim(now=now, lease_until=until, limit=limit)
        if self.store.bug is Bug.SENT_AT_ONCE:
            for owed in claimed:
                self.kept.settle(owed, Settlement(state=ko.OwedState.SENT))
        return claimed

    def settle(self, owed: ko.Owed, settlement: Settlement) -> bool:
        match self.store.bug:
            case Bug.FENCE_OFF:
                debts = tables(self.store.memory)["owed"]
                if isinstance(debts, dict):
                    debts[owed.id] = settled(owed, settlement)
                return True
            case Bug.NO_REASON:
                return self.kept.settle(owed, attrs.evolve(settlement, note=None))
            case _:
                return self.kept.settle(owed, settlement)


def wrong(bug: Bug, memory: MemoryStore, server: Server, clockwork: Clockwork) -> Wrong:
    """A store with this wrong about it."""
    return Wrong(bug, memory, server, clockwork)


def _guards_of(changes: Changes, keys: Collection[Key]) -> tuple[Guard, ...]:
    return tuple(guard for guard in changes.guards if guard.key in keys)


def _early(owed: ko.Owed) -> Letter:
    return Letter(
        message_id=message_id(owed.id),
        sender="portal@portal.example",
        to="anna@region.example",
        language=Language.SV,
        subject="Beställning",
        text="",
        html="",
        thread="",
        role=None,
        party=Party.CUSTOMER,
    )
