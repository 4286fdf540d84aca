"""The journal of a whole store as lines of text, as they are read."""

# Made from kundorder/portal/exporting.py by tests/one_text.py: change it there.

from collections.abc import AsyncIterator

from kundorder.journal import Scribe
from kundorder.outcomes import Head
from kundorder.portal.awaited.chains import walk
from kundorder.ports import AsyncStore
from kundorder.situation import ABSENT


async def exported(store: AsyncStore, *, remarks: bool) -> AsyncIterator[str]:
    """Every chain as the store has it, whether it holds or not; ``journal.verify_export`` judges."""
    scribe = Scribe(remarks=remarks)
    yield scribe.first()
    async for line in walk(store):
        if line.entry is not None:
            yield scribe.entry(line.entry)
        else:
            fact = line.fact or ABSENT
            yield scribe.end(Head(chain=line.key, number=fact.number, digest=fact.digest))
    yield scribe.last()
