"""What a transaction writes, all of it or nothing: the caller undoes what an error here leaves half done."""

import sqlite3
from datetime import datetime
from typing import TypeAlias

import attrs

from kundorder.adapters.sqlite.reading import OWED_COLUMNS, batches, with_keys
from kundorder.codec import SCHEMA, decode, encode
from kundorder.errors import Conflict
from kundorder.events import Entry, Owed, Settlement
from kundorder.layout import OwedRow, moment, owed, settled
from kundorder.model import Record
from kundorder.outcomes import Changes, Stored
from kundorder.situation import Key, kind_of
from kundorder.worklists import Line, listings

PresentRow: TypeAlias = tuple[Key, int, int]

_PRESENT = "SELECT key, version, schema FROM records WHERE key"
_BODY = "SELECT body FROM records WHERE key = ?"
_ADD = "INSERT INTO records (version, number, digest, schema, body, key, kind) VALUES (?, ?, ?, ?, ?, ?, ?)"
_CHANGE = "UPDATE records SET version = ?, number = ?, digest = ?, schema = ?, body = ? WHERE key = ? AND version = ?"
_LIST = "INSERT INTO listings (idx, value, sort, key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_UNLIST = "DELETE FROM listings WHERE idx = ? AND value = ? AND sort = ? AND key = ?"
_DROP = "DELETE FROM records WHERE key = ?"
_DROP_OWED = "DELETE FROM owed WHERE id = ? AND state IN ('sent', 'cancelled')"
_APPEND = """
    INSERT INTO journal (chain, number, body, remark) SELECT ?, ?, ?, ?
    WHERE ? = 1 + (SELECT ifnull(max(number), 0) FROM journal WHERE chain = ?)
"""
_OWE = """
    INSERT INTO owed (id, state, due_at, owed_at, lease_until, fence, attempts, body) VALUES (?, ?, ?, ?, '', ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
        SET state = excluded.state, due_at = excluded.due_at, owed_at = excluded.owed_at, lease_until = '',
            attempts = excluded.attempts, body = excluded.body
        WHERE owed.state = 'cancelled' OR (owed.state = 'parked' AND owed.fence = excluded.fence)
"""
_CLAIM = f"""
    UPDATE owed SET fence = fence + 1, attempts = attempts + 1, lease_until = ? WHERE id IN (
        SELECT id FROM owed WHERE state = 'due' AND due_at <= ? AND lease_until <= ? ORDER BY owed_at, id LIMIT ?
    ) RETURNING {OWED_COLUMNS}
"""  # noqa: S608 - constants
_CLAIMED = f"SELECT {OWED_COLUMNS} FROM owed WHERE id = ? AND fence = ? AND state = 'due'"  # noqa: S608 - constants
_SETTLE = "UPDATE owed SET state = ?, due_at = ?, attempts = ?, lease_until = '', body = ? WHERE id = ?"


def write(connection: sqlite3.Connection, changes: Changes) -> None:
    """See ``ports.Transaction.write``."""
    present = _present(connection, changes)
    for guard in changes.guards:
        row = present.get(guard.key)
        if (0 if row is None else row[1]) != guard.version:
            raise Conflict
    for stored in changes.records:
        _put(connection, stored, present.get(stored.key))
    for entry in changes.entries:
        _append(connection, entry)
    for debt in changes.owed:
        _owe(connection, debt)
    for key in changes.dropped:
        _drop(connection, present[key])
    for identifier in changes.dropped_owed:
        _ = connection.execute(_DROP_OWED, (identifier,))


def _present(connection: sqlite3.Connection, changes: Changes) -> dict[Key, PresentRow]:
    """What is guarded or to be written, as it is now."""
    keys = dict.fromkeys([guard.key for guard in changes.guards])
    keys |= dict.fromkeys([stored.key for stored in changes.records])
    found: dict[Key, PresentRow] = {}
    for batch in batches(tuple(keys)):
        rows: list[PresentRow] = connection.execute(with_keys(_PRESENT, len(batch)), batch).fetchall()
        found |= {row[0]: row for row in rows}
    return found


def _put(connection: sqlite3.Connection, stored: Stored, present: PresentRow | None) -> None:
    """The record, and of its lines those that change; the present ones are told from the record, not looked for."""
    key, version, new = stored.key, stored.version, set(listings(stored.record))
    row = (version, stored.number, stored.digest, SCHEMA, encode(stored.record), key)
    if present is None:
        old = set[Line]()
        _ = connection.execute(_ADD, (*row, kind_of(key).value))
    else:
        old = set(listings(_before(connection, stored, present)))
        if connection.execute(_CHANGE, (*row, version - 1)).rowcount != 1:
            raise Conflict
    for index, value, sort in old - new:
        _ = connection.execute(_UNLIST, (index.value, value, sort, key))
    for index, value, sort in new - old:
        _ = connection.execute(_LIST, (index.value, value, sort, key))


def _before(connection: sqlite3.Connection, stored: Stored, present: PresentRow) -> Record:
    """The record as it was: the one the decision was taken on, if the version is still that one."""
    key, version, schema = present
    if stored.before is not None and schema == SCHEMA and version == stored.version - 1:
        return stored.before
    bodies: list[tuple[str]] = connection.execute(_BODY, (key,)).fetchall()
    return decode(key, schema, bodies[0][0])


def _drop(connection: sqlite3.Connection, present: PresentRow) -> None:
    """The record is gone, and its lines with it."""
    key, _version, schema = present
    bodies: list[tuple[str]] = connection.execute(_BODY, (key,)).fetchall()
    for index, value, sort in listings(decode(key, schema, bodies[0][0])):
        _ = connection.execute(_UNLIST, (index.value, value, sort, key))
    _ = connection.execute(_DROP, (key,))


def _append(connection: sqlite3.Connection, entry: Entry) -> None:
    """The next entry of its chain, and no other."""
    chain, number, remark = entry.chain, entry.number, entry.remark
    body = encode(entry if remark is None else attrs.evolve(entry, remark=None))
    if connection.execute(_APPEND, (chain, number, body, remark, number, chain)).rowcount != 1:
        raise Conflict


def _owe(connection: sqlite3.Connection, debt: Owed) -> None:
    owed_at = moment(debt.owed_at)
    due_at = owed_at if debt.due_at == debt.owed_at else moment(debt.due_at)
    _ = connection.execute(_OWE, (debt.id, debt.state.value, due_at, owed_at, debt.fence, debt.attempts, encode(debt)))


def claim(connection: sqlite3.Connection, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
    """See ``ports.Transaction.claim``."""
    at = moment(now)
    rows: list[OwedRow] = connection.execute(_CLAIM, (moment(lease_until), at, at, max(limit, 0))).fetchall()
    return tuple(sorted(map(owed, rows), key=lambda debt: (debt.owed_at, debt.id)))


def settle(connection: sqlite3.Connection, debt: Owed, settlement: Settlement) -> bool:
    """See ``ports.Transaction.settle``; of ``debt`` only the id and the fence are believed."""
    rows: list[OwedRow] = connection.execute(_CLAIMED, (debt.id, debt.fence)).fetchall()
    if not rows:
        return False
    after = settled(owed(rows[0]), settlement)
    changed = (after.state.value, moment(after.due_at), after.attempts, encode(after), after.id)
    _ = connection.execute(_SETTLE, changed)
    return True
