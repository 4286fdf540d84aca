"""Verifying the journal of a whole store, chain by chain."""

from collections.abc import Iterator
from itertools import groupby

from kundorder.events import Entry
from kundorder.journal import problems_in
from kundorder.model import AgentAssignment, Agreement, Member, Order, Provider
from kundorder.outcomes import ChainProblem, Head, JournalReport
from kundorder.ports import Listed, Store
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index

_PAGE = 500


def _all(store: Store, index: Index) -> Iterator[Listed]:
    after: str | None = None
    while True:
        with store.transaction() as transaction:
            page = transaction.select(index, ("",), after=after, limit=_PAGE)
        yield from page.items
        after = page.after
        if after is None:
            return


def _state_of(fact: Fact) -> str | None:
    record = fact.record
    return record.state if isinstance(record, Order | Agreement | AgentAssignment | Member | Provider) else None


def verify(store: Store, anchor: tuple[Head, ...]) -> JournalReport:
    """Every chain against its record, and against heads that were kept elsewhere."""
    heads: dict[Key, Head] = {}
    states: dict[Key, str | None] = {}
    for line in _all(store, Index.HEADS):
        if line.fact is not None:
            heads[line.key] = Head(chain=line.key, number=line.fact.number, digest=line.fact.digest)
            states[line.key] = _state_of(line.fact)
    kept = {(head.chain, head.number): head.digest for head in anchor}
    problems: list[ChainProblem] = []
    count = 0
    for chain, lines in groupby(_all(store, Index.JOURNAL), key=lambda line: line.key):
        entries = tuple(line.entry for line in lines if line.entry is not None)
        count += len(entries)
        head = heads.pop(chain, Head(chain=chain, number=0, digest=""))
        problems += problems_in(chain, entries, head, states.get(chain))
        problems += _against(entries, kept)
    problems += (ChainProblem(chain=head.chain, number=0, problem="has no entries") for head in heads.values())
    problems += (
        ChainProblem(chain=chain, number=number, problem="is missing or another than was kept elsewhere")
        for chain, number in kept
    )
    return JournalReport(entries=count, heads=_heads(store), problems=tuple(problems))


def _against(entries: tuple[Entry, ...], kept: dict[tuple[str, int], str]) -> Iterator[ChainProblem]:
    for entry in entries:
        digest = kept.pop((entry.chain, entry.number), entry.digest)
        if digest != entry.digest:
            yield ChainProblem(
                chain=entry.chain, number=entry.number, problem="is missing or another than was kept elsewhere"
            )


def _heads(store: Store) -> tuple[Head, ...]:
    return tuple(
        Head(chain=line.key, number=line.fact.number, digest=line.fact.digest)
        for line in _all(store, Index.HEADS)
        if line.fact is not None
    )
