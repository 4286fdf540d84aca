"""Whether there is an order of all writes that explains what each of them rested on.

When a write was kept nobody can see: some time between its beginning and the end of its transaction. But who wrote a
version of a record comes after who wrote the one before it; who rested on a version comes after who wrote it, and
before who wrote the next; and a write that had ended before another began comes first. Where these contradict each
other, something was decided on what was no more.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Final, TypeAlias

from kundorder.situation import Guard, Key
from races.asking import Written

Writers: TypeAlias = dict[Guard, list[int]]
"""Who wrote a version of a record, by place; one, if all is well."""

NO_ORDER: Final = "there is no order of the writes that explains what each rested on"


def disorder(written: Sequence[Written]) -> Iterator[str]:
    """What contradicts what, in a line each.

    Args:
        written: all writes since the store was empty.
    """
    writers = _writers(written)
    found = [*_of_versions(writers), *_late(written, writers)]
    yield from found
    if not found and not _has_order(written, writers):
        yield NO_ORDER


def repeated(written: Sequence[Written]) -> Iterator[str]:
    """Versions that were written more than once; this can be told of some of the writes, too."""
    for record, number in Counter(record for write in written for record in write.records).items():
        if number > 1:
            yield f"{record.key}: version {record.version} was written {number} times"


def last_of(written: Sequence[Written]) -> dict[Key, int]:
    """The last version of each record."""
    last: dict[Key, int] = {}
    for write in written:
        for record in write.records:
            last[record.key] = max(last.get(record.key, 0), record.version)
    return last


def _writers(written: Sequence[Written]) -> Writers:
    found: Writers = {}
    for place, write in enumerate(written):
        for record in write.records:
            found.setdefault(record, []).append(place)
    return found


def _of_versions(writers: Writers) -> Iterator[str]:
    for record, places in writers.items():
        if len(places) > 1:
            yield f"{record.key}: version {record.version} was written {len(places)} times"
        if record.version > 1 and Guard(record.key, record.version - 1) not in writers:
            yield f"{record.key}: version {record.version} follows none"


def _late(written: Sequence[Written], writers: Writers) -> Iterator[str]:
    """What can be told of two writes alone: one had ended before the other began."""
    for place, write in enumerate(written):
        for guard in write.guards:
            for other in writers.get(Guard(guard.key, guard.version + 1), ()):
                if other != place and written[other].ended < write.began:
                    yield f"{guard.key}: decided on version {guard.version} when it was {guard.version + 1}"
            if guard.version and guard not in writers:
                yield f"{guard.key}: decided on version {guard.version}, which nobody has written"


def _has_order(written: Sequence[Written], writers: Writers) -> bool:
    """Take one after the other that nothing left must come before; if none can be taken, there is a ring."""
    after: list[set[int]] = [set() for _ in written]
    waits = [0] * len(written)
    for earlier, later in _pairs(written, writers):
        if later not in after[earlier]:
            after[earlier].add(later)
            waits[later] += 1
    ready = [(write.began, place) for place, write in enumerate(written) if not waits[place]]
    ends = [(write.ended, place) for place, write in enumerate(written)]
    heapify(ready)
    heapify(ends)
    taken = [False] * len(written)
    while ready:
        began, place = heappop(ready)
        while taken[ends[0][1]]:
            _ = heappop(ends)
        if ends[0][0] < began:  # something that is left had ended before any that is ready began
            return False
        taken[place] = True
        for later in after[place]:
            waits[later] -= 1
            if not waits[later]:
                heappush(ready, (written[later].began, later))
    return all(taken)


def _pairs(written: Sequence[Written], writers: Writers) -> Iterator[tuple[int, int]]:
    """Which must come before which, by what they wrote and rested on."""
    for place, write in enumerate(written):
        rested_on = {guard for guard in write.guards if guard.version}
        rested_on |= {Guard(record.key, record.version - 1) for record in write.records if record.version > 1}
        for guard in rested_on:
            yield from ((other, place) for other in writers.get(guard, ()) if other != place)
        for guard in (*rested_on, *(guard for guard in write.guards if not guard.version)):
            following = writers.get(Guard(guard.key, guard.version + 1), ())
            yield from ((place, other) for other in following if other != place)
