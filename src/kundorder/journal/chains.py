"""How a chain is made, and how chains are verified one after the other without keeping any of them.

Whoever has the entries hands them in chain by chain, in the order of the chains' keys, and after the last entry of each
says where the record has the chain end. So what is kept is never more than one entry and the heads to compare with.
"""

from collections.abc import Iterable
from typing import Final, final

import attrs

from kundorder.codec import content_digest, digest, entry_digest
from kundorder.events import Entry, Event
from kundorder.model import AgentAssignment, Agreement, Member, Order, Provider, Record
from kundorder.outcomes import ChainProblem, Head
from kundorder.situation import Facts, Key, Kind, kind_of

_PERSONAL: Final = (Kind.ACCOUNT, Kind.MAILBOX)
_ELSEWHERE: Final = "is missing or another than was kept elsewhere"
_ENDS_ELSEWHERE: Final = "ends elsewhere than the record says"


def facts_used(facts: Facts) -> tuple[str, ...]:
    """The facts a decision rested on, as key and version; of keys that hold an address only the kind."""
    return tuple(sorted(f"{_named(key)}@{fact.version}" for key, fact in facts.items() if fact.version))


def _named(key: Key) -> str:
    kind = kind_of(key)
    return kind.value if kind in _PERSONAL else key


def linked(head: Head, event: Event, rules: str, facts: tuple[str, ...]) -> Entry:
    """The next entry of a chain."""
    bare = event if event.remark is None else attrs.evolve(event, remark=None)
    remark_digest = None if event.remark is None else digest(event.remark)
    number = head.number + 1
    link = (head.chain, number, head.digest)
    return Entry(
        chain=head.chain,
        number=number,
        previous=head.digest,
        event=bare,
        rules=rules,
        facts=facts,
        remark_digest=remark_digest,
        remark=event.remark,
        digest=entry_digest(link, bare, rules, facts, remark_digest),
    )


@final
class Checking:
    """Verifies chains one after the other; what each call finds wrong it gives back and forgets."""

    def __init__(self, anchor: Iterable[Head] = ()) -> None:
        """Begin.

        Args:
            anchor: heads that were kept elsewhere; each is struck off when its entry has been seen.
        """
        self._kept = {(head.chain, head.number): head.digest for head in anchor}
        self._passed = ""  # the last chain of which the end has been seen
        self._last = Head(chain="", number=0, digest="")
        self._event: Event | None = None  # of the last entry of this chain
        self._is_open = False  # entries have been seen, and not yet where the record has them end
        self._is_sound = True

    def entry(self, chain: str, entry: Entry) -> tuple[ChainProblem, ...]:
        """What is wrong with the next entry.

        Args:
            chain: key of the record it stands under.
            entry: as it stands there.
        """
        found = self._turned_to(chain)
        problem = _problem(entry, self._last)
        if problem is not None:
            self._is_sound = False
            found.append(ChainProblem(chain=chain, number=entry.number, problem=problem))
        if self._kept.pop((chain, entry.number), entry.digest) != entry.digest:
            found.append(ChainProblem(chain=chain, number=entry.number, problem=_ELSEWHERE))
        self._last = Head(chain=chain, number=entry.number, digest=entry.digest)
        self._event = entry.event
        return tuple(found)

    def end(self, head: Head, record: Record | None = None) -> tuple[ChainProblem, ...]:
        """What is wrong with a chain as a whole, now that all its entries have been seen.

        Args:
            head: where the record has it end, number 0 if there is no record.
            record: as it is now; None: it is not known.
        """
        found = self._turned_to(head.chain)
        if self._event is None:
            found += [ChainProblem(chain=head.chain, number=0, problem="has no entries")] if head.number else []
        elif (self._last.number, self._last.digest) != (head.number, head.digest):
            found.append(ChainProblem(chain=head.chain, number=self._last.number, problem=_ENDS_ELSEWHERE))
        elif self._is_sound and record is not None:
            problem = _disagreement(record, self._event)
            if problem is not None:
                found.append(ChainProblem(chain=head.chain, number=self._last.number, problem=problem))
        self._is_open, self._passed = False, head.chain
        return tuple(found)

    def rest(self) -> tuple[ChainProblem, ...]:
        """What is missing, now that all chains have been seen."""
        found = [self._unfinished()] if self._is_open else []
        missing = (ChainProblem(chain=chain, number=number, problem=_ELSEWHERE) for chain, number in sorted(self._kept))
        return (*found, *missing)

    def _turned_to(self, chain: str) -> list[ChainProblem]:
        """Begin with a chain, if this is not the one that is being read."""
        if self._is_open and chain == self._last.chain:
            return []
        found = [self._unfinished()] if self._is_open else []
        if chain <= self._passed:
            found.append(ChainProblem(chain=chain, number=0, problem="stands where it does not belong"))
        self._last, self._event = Head(chain=chain, number=0, digest=""), None
        self._is_open = self._is_sound = True
        return found

    def _unfinished(self) -> ChainProblem:
        return ChainProblem(chain=self._last.chain, number=self._last.number, problem=_ENDS_ELSEWHERE)


def problems_in(
    chain: str, entries: Iterable[Entry], head: Head, record: Record | None = None
) -> tuple[ChainProblem, ...]:
    """What is wrong with one chain: its entries, how they hang together, where they end, what the record says.

    Args:
        chain: key of the record.
        entries: in order.
        head: the end of the chain as the record has it, or as it was kept elsewhere.
        record: as it is now; None: it is not known.
    """
    checking = Checking()
    found = [problem for entry in entries for problem in checking.entry(chain, entry)]
    return (*found, *checking.end(head, record))


def _problem(entry: Entry, last: Head) -> str | None:
    if entry.chain != last.chain or entry.number != last.number + 1:
        return "is not the next of its chain"
    if entry.previous != last.digest:
        return "does not follow from the entry before"
    link = (entry.chain, entry.number, entry.previous)
    if entry.digest != entry_digest(link, entry.event, entry.rules, entry.facts, entry.remark_digest):
        return "has been changed"
    if entry.remark is not None and digest(entry.remark) != entry.remark_digest:
        return "has another remark than was written"
    return None


def _disagreement(record: Record, event: Event) -> str | None:
    """What the record says otherwise than the last entry of its chain; of an order that includes what is ordered."""
    if not isinstance(record, Order | Agreement | AgentAssignment | Member | Provider):
        return None
    if record.state != event.after:
        return "the record is in another state"
    if record.step != event.step:
        return "the record is at another step"
    if isinstance(record, Order):
        # A release that adds to ``Content`` has to take the digest of what was there when the order was sent.
        sent = record.digest
        if sent != event.digest or (sent is not None and sent != content_digest(record.content)):
            return "the record has another content than was sent"
    return None
