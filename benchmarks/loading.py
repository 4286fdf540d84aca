"""Rows by the thousand into a store that has its tables already, past the portal and as fast as it goes."""

import sqlite3
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final

import psycopg
from bulk import COLUMNS, Chunk, Orders, Row, faults, provided
from psycopg.sql import SQL, Identifier
from servers import settled

from kundorder.adapters.sql import SqlStore, migrate
from kundorder.adapters.sqlite import SqliteStore
from kundorder.layout import JournalMode

_ESCAPED: Final = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
_QUICKLY: Final = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000", "locking_mode = EXCLUSIVE")
"""Nothing needs to survive a power cut while it is being made."""


def to_sqlite(
    path: Path, orders: Orders, more: Iterable[Chunk] = (), *, mode: JournalMode | None = None
) -> SqliteStore:
    """A new file with these orders and rows in it."""
    made = SqliteStore(path, journal_mode=mode)
    provided(made)
    made.close()
    loaded_into_sqlite(path, chain(orders.chunks(), more))
    store = SqliteStore(path, journal_mode=mode)
    found = faults(store, orders)
    assert not found, found
    return store


def loaded_into_sqlite(path: Path, chunks: Iterable[Chunk]) -> None:
    """The rows, and nothing left beside the file."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _QUICKLY:
        _ = connection.execute(f"PRAGMA {pragma}").fetchall()
    _ = connection.execute("BEGIN IMMEDIATE")
    for chunk in chunks:
        for table, rows in chunk.tables():
            columns = COLUMNS[table]
            blanks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({blanks})"  # noqa: S608 - constants
            _ = connection.executemany(sql, rows)
    _ = connection.execute("COMMIT")
    connection.close()


def to_postgres(address: str, orders: Orders, more: Iterable[Chunk] = ()) -> SqlStore:
    """New tables with these orders and rows in them, in an empty schema."""
    migrate(address)
    store = SqlStore(address)
    provided(store)
    loaded_into_postgres(address, chain(orders.chunks(), more))
    settled(address)
    found = faults(store, orders)
    assert not found, found
    return store


def loaded_into_postgres(address: str, chunks: Iterable[Chunk]) -> None:
    """The rows, by COPY."""
    with psycopg.connect(address, autocommit=True) as connection:
        _ = connection.execute("SET synchronous_commit = off")
        for chunk in chunks:
            for table, rows in chunk.tables():
                if not rows:
                    continue
                columns = SQL(", ").join(map(Identifier, COLUMNS[table]))
                into = SQL("COPY {} ({}) FROM STDIN").format(Identifier(f"kundorder_{table}"), columns)
                with connection.cursor() as cursor, cursor.copy(into) as copy:
                    copy.write("".join(map(_line, rows)))


def _line(row: Row) -> str:
    cells = (r"\N" if cell is None else str(cell).translate(_ESCAPED) for cell in row)
    return "\t".join(cells) + "\n"
