"""What a transaction writes, all of it or nothing: the caller undoes what an error here leaves half done."""

import sqlite3
from datetime import datetime

import attrs

from kundorder.adapters.sqlite.rows import OwedRow, batches, moment, owed, with_keys, without_secret
from kundorder.codec import SCHEMA, decode, decode_owed, encode
from kundorder.errors import Conflict
from kundorder.events import Entry, Owed, OwedState, Settlement
from kundorder.outcomes import Changes, Stored
from kundorder.situation import Guard, Key, kind_of
from kundorder.worklists import Line, listings

_VERSIONS = "SELECT key, version FROM records WHERE key"
_BODIES = "SELECT key, schema, body FROM records WHERE key"
_ADD = "INSERT INTO records (key, kind, version, number, digest, schema, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
_CHANGE = (  # what a newer release has written is not changed by this one
    "UPDATE records SET version = ?, number = ?, digest = ?, schema = ?, body = ?"
    " WHERE key = ? AND version = ? AND schema <= ?"
)
_LIST = "INSERT INTO listings (idx, value, sort, key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_UNLIST = "DELETE FROM listings WHERE idx = ? AND value = ? AND sort = ? AND key = ?"
_APPEND = (  # the next of its chain, or nothing
    "INSERT INTO journal (chain, number, body, remark) SELECT ?, ?, ?, ?"
    " WHERE ? = 1 + (SELECT ifnull(max(number), 0) FROM journal WHERE chain = ?)"
)
_OWE = (
    "INSERT INTO owed (id, state, due_at, owed_at, lease_until, fence, attempts, body) VALUES (?, ?, ?, ?, '', ?, ?, ?)"
    " ON CONFLICT (id) DO NOTHING"
)
_CLAIM = (
    "UPDATE owed SET fence = fence + 1, attempts = attempts + 1, lease_until = ? WHERE id IN"
    " (SELECT id FROM owed WHERE state = 'due' AND due_at <= ? AND lease_until <= ? ORDER BY owed_at, id LIMIT ?)"
    " RETURNING state, due_at, fence, attempts, body"
)
_CLAIMED = "SELECT body FROM owed WHERE id = ? AND fence = ? AND state = 'due'"
_SETTLE = "UPDATE owed SET state = ?, due_at = ?, lease_until = '', body = ? WHERE id = ?"


def write(connection: sqlite3.Connection, changes: Changes) -> None:
    """See ``ports.Transaction.write``."""
    _hold(connection, changes.guards)
    _put(connection, changes.records)
    for entry in changes.entries:
        _append(connection, entry)
    for debt in changes.owed:
        row = (debt.id, debt.state.value, moment(debt.due_at), moment(debt.owed_at), debt.fence, debt.attempts)
        _ = connection.execute(_OWE, (*row, encode(debt)))


def _hold(connection: sqlite3.Connection, guards: tuple[Guard, ...]) -> None:
    present: dict[Key, int] = {}
    for batch in batches([guard.key for guard in guards]):
        rows: list[tuple[Key, int]] = connection.execute(with_keys(_VERSIONS, len(batch)), batch).fetchall()
        present.update(rows)
    for guard in guards:
        if present.get(guard.key, 0) != guard.version:
            raise Conflict


def _put(connection: sqlite3.Connection, records: tuple[Stored, ...]) -> None:
    before = _listed(connection, [stored.key for stored in records if stored.version > 1])
    for stored in records:
        key, body, version = stored.key, encode(stored.record), stored.version
        if version == 1:
            row = (key, kind_of(key).value, version, stored.number, stored.digest, SCHEMA, body)
            _ = connection.execute(_ADD, row)
        else:
            moved = (version, stored.number, stored.digest, SCHEMA, body, key, version - 1, SCHEMA)
            if connection.execute(_CHANGE, moved).rowcount != 1:
                raise Conflict
        _relist(connection, key, before.get(key, frozenset()), frozenset(listings(stored.record)))


def _listed(connection: sqlite3.Connection, keys: list[Key]) -> dict[Key, frozenset[Line]]:
    """The lines these records have now; told from the records, for the lists are not kept by key."""
    found: dict[Key, frozenset[Line]] = {}
    for batch in batches(keys):
        rows: list[tuple[Key, int, str]] = connection.execute(with_keys(_BODIES, len(batch)), batch).fetchall()
        found.update((key, frozenset(listings(decode(key, schema, body)))) for key, schema, body in rows)
    return found


def _relist(connection: sqlite3.Connection, key: Key, old: frozenset[Line], new: frozenset[Line]) -> None:
    for index, value, sort in old - new:
        _ = connection.execute(_UNLIST, (index.value, value, sort, key))
    for index, value, sort in new - old:
        _ = connection.execute(_LIST, (index.value, value, sort, key))


def _append(connection: sqlite3.Connection, entry: Entry) -> None:
    chain, number, remark = entry.chain, entry.number, entry.remark
    body = encode(entry if remark is None else attrs.evolve(entry, remark=None))
    if connection.execute(_APPEND, (chain, number, body, remark, number, chain)).rowcount != 1:
        raise Conflict


def claim(connection: sqlite3.Connection, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
    """See ``ports.Transaction.claim``."""
    at = moment(now)
    rows: list[OwedRow] = connection.execute(_CLAIM, (moment(lease_until), at, at, max(limit, 0))).fetchall()
    return tuple(sorted(map(owed, rows), key=lambda debt: (debt.owed_at, debt.id)))


def settle(connection: sqlite3.Connection, debt: Owed, settlement: Settlement) -> bool:
    """See ``ports.Transaction.settle``; of ``debt`` only the id and the fence are believed."""
    rows: list[tuple[str]] = connection.execute(_CLAIMED, (debt.id, debt.fence)).fetchall()
    if not rows:
        return False
    present = decode_owed(rows[0][0])
    over = settlement.state in (OwedState.SENT, OwedState.CANCELLED)
    settled = attrs.evolve(
        present,
        state=settlement.state,
        due_at=settlement.due_at or present.due_at,
        note=settlement.note,
        mail=without_secret(present.mail) if over else present.mail,
    )
    changed = (settled.state.value, moment(settled.due_at), encode(settled), settled.id)
    _ = connection.execute(_SETTLE, changed)
    return True
