"""What there is to say about a file, for ``check-store``: looking makes and changes nothing."""

import sqlite3
from pathlib import Path
from typing import final

import attrs

from kundorder.adapters.sqlite.faults import meaning
from kundorder.adapters.sqlite.file import connect, is_idle, is_ours, look, number, size_of, word
from kundorder.errors import Unavailable
from kundorder.layout import Durability, has_wal_reset_bug


@final
@attrs.frozen(kw_only=True)
class StoreReport:
    """A store, and how it is written here."""

    path: str
    sqlite_version: str
    has_wal_reset_bug: bool  # this SQLite may corrupt a file in WAL mode
    journal_mode: str  # of the file, now
    synchronous: str  # with which this store writes
    schema: int  # of the file; records have numbers of their own
    records: tuple[tuple[str, int], ...]  # how many of each kind
    owed: tuple[tuple[str, int], ...]  # how many in each state


def report(path: Path, written: Durability, wait: float) -> StoreReport:
    """What there is to say about this file.

    Raises:
        Unavailable: there is no store yet, or it cannot be read now.
        Corrupt: the file is not a store of this release.
    """
    if not size_of(path):
        raise Unavailable("there is no store at this path yet")
    look(path, wait)
    try:
        idle = is_idle(path)
        connection = connect(path, "ro&immutable=1" if idle else "ro", wait)
        try:
            found = _reported(connection, path, written)
            return attrs.evolve(found, journal_mode="wal") if idle else found
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise meaning(error) from error


def _reported(connection: sqlite3.Connection, path: Path, written: Durability) -> StoreReport:
    _ = connection.execute("BEGIN")
    if not is_ours(connection):
        raise Unavailable("there is no store at this path yet")
    return StoreReport(
        path=str(path),
        sqlite_version=sqlite3.sqlite_version,
        has_wal_reset_bug=has_wal_reset_bug(sqlite3.sqlite_version_info),
        journal_mode=word(connection, "PRAGMA journal_mode"),
        synchronous=written.synchronous,
        schema=number(connection, "PRAGMA user_version"),
        records=_counted(connection, "SELECT kind, count(*) FROM records GROUP BY kind ORDER BY kind"),
        owed=_counted(connection, "SELECT state, count(*) FROM owed GROUP BY state ORDER BY state"),
    )


def _counted(connection: sqlite3.Connection, sql: str) -> tuple[tuple[str, int], ...]:
    rows: list[tuple[str, int]] = connection.execute(sql).fetchall()
    return tuple(rows)
