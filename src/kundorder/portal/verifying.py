"""Verifying the journal of a whole store, chain by chain."""

from kundorder.journal import Checking
from kundorder.outcomes import ChainProblem, Head, JournalReport
from kundorder.portal.chains import walk
from kundorder.ports import Store
from kundorder.situation import ABSENT


def verify(store: Store, anchor: tuple[Head, ...]) -> JournalReport:
    """Every chain against its record, and against heads that were kept elsewhere."""
    checking, entries = Checking(anchor), 0
    heads: list[Head] = []
    problems: list[ChainProblem] = []
    for line in walk(store):
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
