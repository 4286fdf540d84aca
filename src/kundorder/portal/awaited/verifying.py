"""Verifying the journal of a whole store, chain by chain."""

# Made from kundorder/portal/verifying.py by tests/one_text.py: change it there.

from collections.abc import AsyncIterator, Iterator

from kundorder.events import Entry
from kundorder.journal import problems_in
from kundorder.model import AgentAssignment, Agreement, Member, Order, Provider
from kundorder.outcomes import ChainProblem, Head, JournalReport
from kundorder.ports import AsyncStore, Page
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index

_PAGE = 500
_ELSEWHERE = "is missing or another than was kept elsewhere"


async def _pages(store: AsyncStore, index: Index) -> AsyncIterator[Page]:
    after: str | None = None
    while True:
        async with store.transaction() as transaction:
            page = await transaction.select(index, ("",), after=after, limit=_PAGE)
        yield page
        after = page.after
        if after is None:
            return


def _state_of(fact: Fact) -> str | None:
    record = fact.record
    return record.state if isinstance(record, Order | Agreement | AgentAssignment | Member | Provider) else None


async def verify(store: AsyncStore, anchor: tuple[Head, ...]) -> JournalReport:
    """Every chain against its record, and against heads that were kept elsewhere."""
    heads: dict[Key, Fact] = {}
    async for page in _pages(store, Index.HEADS):
        heads |= {line.key: line.fact or ABSENT for line in page.items}
    left, kept = set(heads), {(head.chain, head.number): head.digest for head in anchor}
    problems: list[ChainProblem] = []
    chain: list[Entry] = []
    count = 0
    async for page in _pages(store, Index.JOURNAL):
        for entry in (line.entry for line in page.items if line.entry is not None):
            if chain and chain[0].chain != entry.chain:
                problems += _of_chain(chain, heads, left, kept)
                chain = []
            chain.append(entry)
            count += 1
    problems += _of_chain(chain, heads, left, kept)
    problems += (ChainProblem(chain=key, number=0, problem="has no entries") for key in sorted(left))
    problems += (ChainProblem(chain=chain, number=number, problem=_ELSEWHERE) for chain, number in sorted(kept))
    found = tuple(Head(chain=key, number=fact.number, digest=fact.digest) for key, fact in heads.items())
    return JournalReport(entries=count, heads=found, problems=tuple(problems))


def _of_chain(
    chain: list[Entry], heads: dict[Key, Fact], left: set[Key], kept: dict[tuple[str, int], str]
) -> tuple[ChainProblem, ...]:
    """What is wrong with one chain; it is struck off from what is left and from what was kept."""
    if not chain:
        return ()
    key = Key(chain[0].chain)
    left.discard(key)
    fact = heads.get(key, ABSENT)
    head = Head(chain=key, number=fact.number, digest=fact.digest)
    return (*problems_in(key, chain, head, _state_of(fact)), *_against(chain, kept))


def _against(entries: list[Entry], kept: dict[tuple[str, int], str]) -> Iterator[ChainProblem]:
    for entry in entries:
        digest = kept.pop((entry.chain, entry.number), entry.digest)
        if digest != entry.digest:
            yield ChainProblem(chain=entry.chain, number=entry.number, problem=_ELSEWHERE)
