"""The same work by plain psycopg, as one would write it by hand: one transaction, one statement after another.

Two contenders come of it. ``PlainStore`` is a store behind the same portal: what is decided, encoded and written is the
same, and only how the database is spoken to differs. ``Replay`` does the statements alone, with their values recorded
beforehand: nothing is decided, decoded or encoded any more, which no application can do without.

Each call is one transaction, as by hand: it begins with the reading and ends with the writing.
"""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, Self, TypeAlias, final

import psycopg
from psycopg.rows import TupleRow

from kundorder.adapters.sql.changing import Cell, Rows, rows_of
from kundorder.errors import Conflict
from kundorder.events import Owed, Settlement
from kundorder.layout import FactRow, fact
from kundorder.model import Record
from kundorder.outcomes import Changes
from kundorder.ports import Page
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index

Values: TypeAlias = dict[str, Cell] | dict[str, list[Key]] | dict[str, list[str]]
Statement: TypeAlias = tuple[bytes, Values]

READ: Final = b"""
    SELECT key, version, schema, body, number, digest FROM kundorder_records WHERE key = ANY(%(keys)s)
"""
LOCK: Final = b"SELECT key, version FROM kundorder_records WHERE key = ANY(%(keys)s) ORDER BY key FOR UPDATE"
HOLD: Final = b"SELECT key, version FROM kundorder_records WHERE key = ANY(%(keys)s) ORDER BY key FOR SHARE"
ADD: Final = b"""
    INSERT INTO kundorder_records (key, kind, version, number, digest, schema, body)
    VALUES (%(key)s, %(kind)s, %(version)s, %(number)s, %(digest)s, %(schema)s, %(body)s)
"""
CHANGE: Final = b"""
    UPDATE kundorder_records
    SET version = %(version)s, number = %(number)s, digest = %(digest)s, schema = %(schema)s, body = %(body)s
    WHERE key = %(key)s
"""
LIST: Final = b"""
    INSERT INTO kundorder_listings (idx, value, sort, key) VALUES (%(idx)s, %(value)s, %(sort)s, %(key)s)
    ON CONFLICT DO NOTHING
"""
UNLIST: Final = b"""
    DELETE FROM kundorder_listings WHERE idx = %(idx)s AND value = %(value)s AND sort = %(sort)s AND key = %(key)s
"""
APPEND: Final = b"""
    INSERT INTO kundorder_journal (chain, number, body, remark)
    VALUES (%(chain)s, %(number)s, %(body)s, %(remark)s)
"""
OWE: Final = b"""
    INSERT INTO kundorder_owed (id, state, due_at, owed_at, lease_until, fence, attempts, body)
    VALUES (%(id)s, %(state)s, %(due_at)s, %(owed_at)s, '', %(fence)s, %(attempts)s, %(body)s)
    ON CONFLICT DO NOTHING
"""


@final
class PlainStore:
    """Enough of a store for commands, on one connection and for one thread."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self.statements: list[Statement] = []
        self.is_recording = False

    def transaction(self) -> "PlainTransaction":
        """See ``ports.Store``; one that has only read goes on with the next."""
        return PlainTransaction(self)

    def close(self) -> None:
        """Give up the connection."""
        self._connection.close()

    def execute(self, sql: bytes, values: Values | None = None) -> psycopg.Cursor[TupleRow]:
        """One statement."""
        if self.is_recording:
            self.statements.append((sql, values or {}))
        return self._connection.execute(sql, values)

    @property
    def has_begun(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE


class CommandsOnly:
    """What no command asks of a store."""

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        raise NotImplementedError(index, values, after, limit, newest_first)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        raise NotImplementedError(now, lease_until, limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        raise NotImplementedError(owed, settlement)


@final
class PlainTransaction(CommandsOnly):
    """See ``ports.Transaction``."""

    def __init__(self, store: PlainStore) -> None:
        self._store = store
        self._has_written = False

    def __enter__(self) -> Self:
        if not self._store.has_begun:
            _ = self._store.execute(b"BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            _ = self._store.execute(b"ROLLBACK")
        elif self._has_written:
            _ = self._store.execute(b"COMMIT")

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        facts = dict.fromkeys(keys, ABSENT)
        rows: Sequence[FactRow] = self._store.execute(READ, {"keys": list(facts)}).fetchall()
        for row in rows:
            facts[row[0]] = fact(row)
        return facts

    def write(self, changes: Changes) -> None:
        rows = rows_of(changes, already_known)
        self._guard(rows)
        for record in rows.records:
            _ = self._store.execute(ADD if record["version"] == 1 else CHANGE, record)
        for line in rows.gone:
            _ = self._store.execute(UNLIST, line)
        for line in rows.listed:
            _ = self._store.execute(LIST, line)
        for entry in rows.entries:  # that it is the next of its chain, the primary key sees to
            _ = self._store.execute(APPEND, entry)
        for debt in rows.owed:
            _ = self._store.execute(OWE, debt)
        self._has_written = True

    def _guard(self, rows: Rows) -> None:
        """Lock what is to be written, hold what was looked at, and compare the versions."""
        found: dict[object, object] = {}
        for sql, written in ((LOCK, True), (HOLD, False)):
            keys = [str(guard["key"]) for guard in rows.guards if guard["written"] is written]
            found |= dict(self._store.execute(sql, {"keys": keys}).fetchall()) if keys else {}
        if any(found.get(guard["key"], 0) != guard["version"] for guard in rows.guards):
            raise Conflict


@final
class Replay:
    """Nothing but statements that were recorded."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)

    def do(self, statements: Sequence[Statement]) -> None:
        """All of them, and what they give fetched."""
        for sql, values in statements:
            cursor = self._connection.execute(sql, values or None)
            if cursor.description is not None:
                _ = cursor.fetchall()

    def close(self) -> None:
        """Give up the connection."""
        self._connection.close()


def already_known(key: Key, version: int) -> Record:
    """Never asked: the portal brings along what a record was."""
    raise AssertionError(key, version)
