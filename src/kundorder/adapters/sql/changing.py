"""What one transaction writes, as rows: the same for every database, and handed over as JSON, a list of rows a table.

One parameter a table, whatever its number of rows: so a statement is always the same text, and a database that has
prepared it once has prepared it for good.
"""

from collections.abc import Callable
from typing import Final, TypeAlias, final

import attrs
import msgspec

from kundorder.codec import SCHEMA, encode
from kundorder.errors import Conflict
from kundorder.events import Entry, Owed
from kundorder.layout import moment
from kundorder.model import Record
from kundorder.outcomes import Changes, Stored
from kundorder.situation import Key, kind_of
from kundorder.worklists import Line, listings

Cell: TypeAlias = str | int | bool | None
Table: TypeAlias = list[dict[str, Cell]]
Before: TypeAlias = Callable[[Key, int], Record]
"""The record of this version as it is stored; asked only for what the caller has not brought along."""

_ENCODER: Final = msgspec.json.Encoder()


def as_json(table: Table | list[str] | list[Key]) -> str:
    """Rows, as a database takes them."""
    return _ENCODER.encode(table).decode()


@final
@attrs.frozen(kw_only=True)
class Rows:
    """All rows of one write."""

    guards: Table  # key, the version it must have (0: must not be there), and whether it is to be written
    absent: list[str]  # guarded not to be there, and not created here either
    records: Table
    gone: Table  # lines that go
    listed: Table  # lines that come
    ends: Table  # chain, and the number of the last entry it must have now
    entries: Table
    owed: Table
    dropped: list[str]  # keys
    dropped_owed: list[str]  # ids

    @property
    def is_at_once(self) -> bool:
        """Whether it is but what nearly every write is: nothing is removed, and no mere absence is guarded."""
        return not (self.absent or self.dropped or self.dropped_owed)


def rows_of(changes: Changes, before: Before) -> Rows:
    """What a write comes to.

    Raises:
        Conflict: it contradicts itself, so that it can hold in no store.
    """
    guards = _guards(changes)
    written = {stored.key for stored in changes.records} | set(changes.dropped)
    gone, listed = _lines(changes, guards, before)
    return Rows(
        guards=[{"key": key, "version": guards[key], "written": key in written} for key in guards],
        absent=[key for key, version in guards.items() if not version and key not in written],
        records=[_record(stored) for stored in changes.records],
        gone=gone,
        listed=listed,
        ends=_ends(changes.entries),
        entries=[_entry(entry) for entry in changes.entries],
        owed=[_debt(debt) for debt in {debt.id: debt for debt in reversed(changes.owed)}.values()],
        dropped=list(changes.dropped),
        dropped_owed=list(changes.dropped_owed),
    )


def _guards(changes: Changes) -> dict[Key, int]:
    guards = {stored.key: stored.version - 1 for stored in changes.records}  # a version follows the one before it
    if len(guards) != len(changes.records):
        raise Conflict
    for guard in changes.guards:
        if guards.setdefault(guard.key, guard.version) != guard.version:
            raise Conflict
    return guards


def _record(stored: Stored) -> dict[str, Cell]:
    return {
        "key": stored.key,
        "kind": kind_of(stored.key).value,
        "version": stored.version,
        "number": stored.number,
        "digest": stored.digest,
        "schema": SCHEMA,
        "body": encode(stored.record),
    }


def _lines(changes: Changes, guards: dict[Key, int], before: Before) -> tuple[Table, Table]:
    """Those that go and those that come; the present ones are told from the record, not looked for."""
    gone: Table = []
    come: Table = []
    for stored in changes.records:
        new = set(listings(stored.record))
        old = set[Line]()
        if stored.version > 1:
            was = before(stored.key, stored.version - 1) if stored.before is None else stored.before
            old = set(listings(was))
        gone += _listed(stored.key, old - new)
        come += _listed(stored.key, new - old)
    for key in changes.dropped:
        gone += _listed(key, set(listings(before(key, guards[key]))))
    return gone, come


def _listed(key: Key, lines: set[Line]) -> Table:
    return [{"idx": index.value, "value": value, "sort": sort, "key": key} for index, value, sort in lines]


def _ends(entries: tuple[Entry, ...]) -> Table:
    """Where each chain has to end for these entries to follow, one after another."""
    last: dict[str, int] = {}
    ends: dict[str, int] = {}
    for entry in entries:
        before = last.get(entry.chain)
        if before is None:
            ends[entry.chain] = entry.number - 1
        elif entry.number != before + 1:
            raise Conflict
        last[entry.chain] = entry.number
    return [{"chain": chain, "number": number} for chain, number in ends.items()]


def _entry(entry: Entry) -> dict[str, Cell]:
    body = encode(entry if entry.remark is None else attrs.evolve(entry, remark=None))
    return {"chain": entry.chain, "number": entry.number, "body": body, "remark": entry.remark}


def _debt(debt: Owed) -> dict[str, Cell]:
    owed_at = moment(debt.owed_at)
    return {
        "id": debt.id,
        "state": debt.state.value,
        "due_at": owed_at if debt.due_at == debt.owed_at else moment(debt.due_at),
        "owed_at": owed_at,
        "fence": debt.fence,
        "attempts": debt.attempts,
        "body": encode(debt),
    }
