"""What was asked, what came of it, and what is kept in the end; ``checking`` compares the three.

Of each call is noted when it was made and when it was answered, and of each write, whoever made it, what it rested on.
A call was accepted (the outcome says what must be kept), refused (nothing may be), or nobody knows (all or nothing).
"""

import time
from collections.abc import Iterator, Mapping
from typing import Final, final

import attrs

import kundorder as ko
from kundorder.events import Entry, Owed
from kundorder.ports import Listed, Store
from kundorder.situation import ABSENT, Fact, Key, receipt_key
from kundorder.vocabulary import Index
from races.asking import Answered, Asked, Written

PAGE: Final = 1_000


@final
@attrs.define(eq=False)
class Call:
    """One call of one client."""

    client: str
    asked: Asked
    made: int  # nanoseconds of a clock that all processes share
    ended: int | None = None  # None: never
    answered: Answered | None = None

    @property
    def is_done(self) -> bool:
        """Whether the client was told that it is done."""
        return self.answered is not None and self.answered.outcome is not None

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows if it was done."""
        return self.answered is None or self.answered.is_unknown


@final
@attrs.frozen(eq=False)
class Act:
    """What was to happen once: one call, or all with one key that asked the same."""

    asked: Asked
    calls: tuple[Call, ...]

    @property
    def outcomes(self) -> frozenset[str]:
        """What the callers were told; one outcome if all is well, none if nobody was told any."""
        return frozenset(
            call.answered.outcome for call in self.calls if call.answered is not None and call.answered.outcome
        )

    @property
    def is_unknown(self) -> bool:
        """Whether it may have been done, and nobody was told so."""
        return not self.outcomes and any(call.is_unknown for call in self.calls)

    @property
    def name(self) -> str:
        """To be found by."""
        trigger = self.asked.command.trigger
        return f"{trigger} by {self.asked.actor.person} ({self.asked.key or self.calls[0].client})"


@final
@attrs.define
class History:
    """All calls, and all writes, since a moment when a store was at rest."""

    before: Mapping[str, int]  # the last entry of each chain at that moment
    anchor: tuple[ko.Head, ...]
    written: list[Written]  # also those from before
    calls: list[Call] = attrs.field(factory=list)

    @classmethod
    def begin(cls, store: Store, written: list[Written]) -> "History":
        """From now on; ``written`` has noted all that is in the store."""
        facts = {line.key: line.fact or ABSENT for line in _all(store, Index.HEADS, "")}
        anchor = tuple(ko.Head(chain=key, number=fact.number, digest=fact.digest) for key, fact in facts.items())
        return cls({head.chain: head.number for head in anchor}, anchor, written)

    def made(self, client: str, asked: Asked) -> Call:
        """A call is made now."""
        call = Call(client, asked, time.monotonic_ns())
        self.calls.append(call)
        return call

    def ended(self, call: Call, answered: Answered) -> Answered:
        """It is answered now."""
        call.ended, call.answered = time.monotonic_ns(), answered
        self.written += answered.written
        return answered

    def acts(self) -> tuple[Act, ...]:
        """What was to happen, each once."""
        found: dict[tuple[object, ...], list[Call]] = {}
        for place, call in enumerate(self.calls):
            asked = call.asked
            same = (place,) if asked.key is None else (asked.key, asked.command, asked.actor)
            found.setdefault(same, []).append(call)
        return tuple(Act(calls[0].asked, tuple(calls)) for calls in found.values())


@final
@attrs.frozen(kw_only=True)
class Kept:
    """What is in a store when it is at rest again."""

    entries: Mapping[str, tuple[Entry, ...]]  # by chain
    facts: Mapping[Key, Fact]  # what has a journal, and whatever else was written
    owed: tuple[Owed, ...]
    problems: tuple[str, ...]  # what ``verify_journal`` finds

    @classmethod
    def of(cls, store: Store, portal: ko.Portal, history: History) -> "Kept":
        """As the port shows it."""
        entries: dict[str, list[Entry]] = {}
        for line in _all(store, Index.JOURNAL, ""):
            if line.entry is not None:
                entries.setdefault(line.key, []).append(line.entry)
        facts = {line.key: line.fact or ABSENT for line in _all(store, Index.HEADS, "")}
        keys = [each.key for write in history.written for each in write.records]
        keys += [receipt_key(call.asked.key) for call in history.calls if call.asked.key is not None]
        others = tuple(key for key in dict.fromkeys(keys) if key not in facts)
        for place in range(0, len(others), PAGE):
            with store.transaction() as transaction:
                facts |= transaction.read(others[place : place + PAGE])
        report = portal.verify_journal(history.anchor)
        return cls(
            entries={chain: tuple(found) for chain, found in entries.items()},
            facts=facts,
            owed=tuple(line.owed for line in _all(store, Index.OWED, *ko.OwedState) if line.owed is not None),
            problems=tuple(f"{each.chain} {each.number}: {each.problem}" for each in report.problems),
        )


def _all(store: Store, index: Index, *values: str) -> Iterator[Listed]:
    after: str | None = None
    while True:
        with store.transaction() as transaction:
            page = transaction.select(index, values, after=after, limit=PAGE)
        yield from page.items
        after = page.after
        if after is None:
            return
