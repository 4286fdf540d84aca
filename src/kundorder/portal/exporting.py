"""The journal of a whole store as lines of text, as they are read."""

from collections.abc import Iterator

from kundorder.journal import Scribe
from kundorder.outcomes import Head
from kundorder.portal.chains import walk
from kundorder.ports import Store
from kundorder.situation import ABSENT


def exported(store: Store, *, remarks: bool) -> Iterator[str]:
    """Every chain as the store has it, whether it holds or not; ``journal.verify_export`` judges."""
    scribe = Scribe(remarks=remarks)
    yield scribe.first()
    for line in walk(store):
        if line.entry is not None:
            yield scribe.entry(line.entry)
        else:
            fact = line.fact or ABSENT
            yield scribe.end(Head(chain=line.key, number=fact.number, digest=fact.digest))
    yield scribe.last()
