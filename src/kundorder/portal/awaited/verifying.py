"""Verifying the journal of a whole store, chain by chain."""

# Made from kundorder/portal/verifying.py by tests/one_text.py: change it there.

from kundorder.journal import Checking
from kundorder.outcomes import ChainProblem, Head, JournalReport
from kundorder.portal.awaited.chains import walk
from kundorder.ports import AsyncStore
from kundorder.situation import ABSENT


async def verify(store: AsyncStore, anchor: tuple[Head, ...]) -> JournalReport:
    """Every chain against its record, and against heads that were kept elsewhere."""
    checking, entries = Checking(anchor), 0
    heads: list[Head] = []
    problems: list[ChainProblem] = []
    async for line in walk(store):
        if line.entry is not None:
            problems += checking.entry(line.key, line.entry)
            entries += 1
            continue
        fact = line.fact or ABSENT
        head = Head(chain=line.key, number=fact.number, digest=fact.digest)
        problems += checking.end(head, fact.record)
        heads += [head] if head.number else []
    problems += checking.rest()
    return JournalReport(entries=entries, heads=tuple(heads), problems=tuple(problems))
