"""The journal: for every record a chain of entries, each bound to the one before, so that tampering shows.

Of free text only the digest is chained; the text lies beside and may be erased. A chain alone cannot show that its
tail was cut: that takes heads kept elsewhere.
"""

from collections.abc import Iterable

import attrs

from kundorder.codec import digest, entry_digest
from kundorder.events import Entry, Event
from kundorder.outcomes import ChainProblem, Head
from kundorder.situation import Facts, Key, Kind, kind_of

_PERSONAL = (Kind.ACCOUNT, Kind.MAILBOX)


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


def problems_in(chain: str, entries: Iterable[Entry], head: Head, state: str | None) -> tuple[ChainProblem, ...]:
    """What is wrong with one chain: its entries, how they hang together, where they end, where the record says it is.

    Args:
        chain: key of the record.
        entries: in order.
        head: the end of the chain as the record has it, or as it was kept elsewhere.
        state: of the record now; None if it has none.
    """
    found: list[ChainProblem] = []
    last = Head(chain=chain, number=0, digest="")
    after: str | None = None
    for entry in entries:
        problem = _problem(entry, last)
        if problem is not None:
            found.append(ChainProblem(chain=chain, number=entry.number, problem=problem))
        last = Head(chain=chain, number=entry.number, digest=entry.digest)
        after = entry.event.after
    if (last.number, last.digest) != (head.number, head.digest):
        found.append(ChainProblem(chain=chain, number=last.number, problem="ends elsewhere than the record says"))
    if not found and state is not None and after != state:
        found.append(ChainProblem(chain=chain, number=last.number, problem="the record is in another state"))
    return tuple(found)


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
