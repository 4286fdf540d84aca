"""Which stores are crashed, each by the name of a function that opens it at a place: other processes open them too."""

import os
import sqlite3
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias, TypeGuard

from postgres import address

from kundorder.adapters.sql import SqlStore, migrate
from kundorder.adapters.sqlite import SqliteStore
from kundorder.ports import Store

Opening: TypeAlias = Callable[[Path], AbstractContextManager[Store]]

FILE: Final = "orders.db"


@contextmanager
def sqlite_delete(place: Path) -> Generator[Store]:
    """A file with a rollback journal."""
    with closing(SqliteStore(place / FILE, journal_mode="delete")) as store:
        yield store


@contextmanager
def sqlite_wal(place: Path) -> Generator[Store]:
    """A file with a write-ahead log."""
    with closing(SqliteStore(place / FILE, journal_mode="wal")) as store:
        yield store


@contextmanager
def sql_in_file(place: Path) -> Generator[Store]:
    """The tables of a database, in a file."""
    with _sql_at(f"sqlite:///{place / FILE}", place) as store:
        yield store


@contextmanager
def sql_in_postgres(place: Path) -> Generator[Store]:
    """The tables of a database, in PostgreSQL."""
    with _sql_at(address(place, driver="+psycopg"), place) as store:
        yield store


@contextmanager
def _sql_at(url: str, place: Path) -> Generator[Store]:
    migrated = place / "migrated"
    if not migrated.exists():
        migrate(url)
        migrated.touch()
    with closing(SqlStore(url)) as store:
        yield store


FILES: Final[Mapping[str, str]] = {
    "SQLite, delete": "crash.places:sqlite_delete",
    "SQLite, wal": "crash.places:sqlite_wal",
}
"""Stores that are all in files at their place: a copy of the place is a copy of the store."""

STORES: Final[Mapping[str, str]] = {
    **FILES,
    "SQLAlchemy on SQLite": "crash.places:sql_in_file",
    "PostgreSQL": "crash.places:sql_in_postgres",
}
"""All of them."""


def opening(name: str) -> Opening:
    """The function of this name, ``module:function``; it takes a place, a folder of the store's own."""
    module, _colon, function = name.partition(":")
    found: object = getattr(import_module(module), function)
    assert _opens(found)
    return found


def _opens(found: object) -> TypeGuard[Opening]:
    return callable(found)


def in_memory() -> TemporaryDirectory[str]:
    """A folder whose files need not survive anything; in memory where there is such a place, which is faster."""
    shared = Path("/dev/shm")  # noqa: S108 - the system's own; the folder in it is ours alone
    return TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None)


def damage_in(place: Path) -> list[str]:
    """What SQLite itself finds wrong with the files of a place."""
    found: list[str] = []
    for file in place.glob("*.db"):
        with closing(sqlite3.connect(file)) as connection:
            rows: list[tuple[str]] = connection.execute("PRAGMA integrity_check").fetchall()
            found += [row[0] for row in rows if row[0] != "ok"]
    return found


def is_cut_off(place: Path) -> bool:
    """Whether a write has been begun in a file of this place, and neither kept nor undone."""
    journals = (file.stat().st_size > 0 for file in place.glob("*.db-journal"))
    return any(journals) or any(_ends_within_a_commit(file.read_bytes()) for file in place.glob("*.db-wal"))


def _ends_within_a_commit(log: bytes) -> bool:
    """Whether the last page of a write-ahead log is not the last of a commit (https://sqlite.org/fileformat2.html)."""
    size, salts = int.from_bytes(log[8:12], "big"), log[16:24]
    is_last = True
    for start in range(32, len(log), 24 + size):
        header = log[start : start + 24]
        if header[8:16] != salts:  # from an earlier use of the log
            break
        is_last = header[4:8] != bytes(4) and len(log) >= start + 24 + size
    return not is_last
