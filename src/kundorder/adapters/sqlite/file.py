"""The file: whose it is, what is in it, and how it is opened. A file that is not ours is refused and left as it is."""

import sqlite3
import time
from pathlib import Path
from typing import final

import attrs

from kundorder.adapters.sqlite.faults import is_cut_off, is_locked, meaning
from kundorder.errors import Corrupt, Unavailable
from kundorder.layout import NO_DATABASE, OLDEST, Durability

APPLICATION = 0x6B6F7264
"""What marks a file as ours: "kord", in the header of the file."""

LAYOUT = 1
"""What this release writes. New tables take another one; so do new ``worklists``: only changed lines are written."""

TABLES = (
    """CREATE TABLE records (
        key TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL, number INTEGER NOT NULL,
        digest TEXT NOT NULL, schema INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE listings (
        idx TEXT NOT NULL, value TEXT NOT NULL, sort TEXT NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (idx, value, sort, key)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE journal (
        chain TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, remark TEXT,
        PRIMARY KEY (chain, number)
    ) STRICT""",
    """CREATE TABLE owed (
        id TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, due_at TEXT NOT NULL, owed_at TEXT NOT NULL,
        lease_until TEXT NOT NULL, fence INTEGER NOT NULL, attempts INTEGER NOT NULL, body TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX owed_by_age ON owed (state, owed_at, id)",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {LAYOUT}",
)
"""Texts are compared byte for byte (BINARY, the default). The body stands last: what is not asked for is not read.

Only the short rows of the lists lie in their index itself: a longer one would take an overflow page each (measured:
twice the file).
"""


@final
@attrs.frozen
class Identity:
    """Who has written a file, as its header says."""

    application: int
    layout: int
    tables: int


def number(connection: sqlite3.Connection, sql: str) -> int:
    """The one number a statement gives."""
    rows: list[tuple[int]] = connection.execute(sql).fetchall()
    return rows[0][0]


def word(connection: sqlite3.Connection, sql: str) -> str:
    """The one word a statement gives."""
    rows: list[tuple[str]] = connection.execute(sql).fetchall()
    return rows[0][0]


def connect(path: Path, mode: str, wait: float) -> sqlite3.Connection:
    """A bare connection; ``mode`` as in SQLite's URIs.

    It may be closed by another thread than its own, never used by one.
    """
    uri = f"{path.as_uri()}?mode={mode}"
    return sqlite3.connect(uri, timeout=wait, isolation_level=None, check_same_thread=False, uri=True)


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether there is a store of ours in this file; False if there is nothing in it.

    Raises:
        Corrupt: there is something else, or a store of a newer release.
    """
    outside = not connection.in_transaction
    if outside:  # all three of one moment: somebody may be creating the store just now
        _ = connection.execute("BEGIN")
    found = Identity(
        number(connection, "PRAGMA application_id"),
        number(connection, "PRAGMA user_version"),
        number(connection, "SELECT count(*) FROM sqlite_schema"),
    )
    if outside:
        _ = connection.execute("COMMIT")
    if found == Identity(0, 0, 0):
        return False
    if found.application != APPLICATION:
        raise Corrupt("this file belongs to another program; give the store a path of its own")
    if found.layout != LAYOUT:
        raise Corrupt(f"the store has layout {found.layout} and this release knows {LAYOUT}; upgrade kundorder")
    return True


def open_file(path: Path, wanted: Durability, wait: float) -> sqlite3.Connection:
    """A connection to the store in this file; a missing or empty one becomes a store.

    Raises:
        Corrupt: the file is another program's, a newer release's or no database; it is left as it is.
        Unavailable: it cannot be opened, is locked, or cannot be written as safely as is wanted.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        raise Unavailable(f"SQLite {sqlite3.sqlite_version} is too old, it takes 3.37")
    try:
        connection = connect(path, "rwc", wait)
        try:
            _prepare(connection, wanted, wait)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise meaning(error) from error
    return connection


def look(path: Path, wait: float) -> None:
    """Refuse what is not ours, without a write to it and without leaving a file beside it.

    Raises:
        Corrupt: the file is another program's, a newer release's or no database.
        Unavailable: it cannot be read now.
    """
    size = size_of(path)
    if size == 1:
        raise Corrupt(NO_DATABASE)  # SQLite itself takes it for empty
    try:
        if size:
            _look_into(path, wait)
    except sqlite3.Error as error:
        raise meaning(error) from error


def _look_into(path: Path, wait: float) -> None:
    try:
        _identify(path, "ro&immutable=1" if is_idle(path) else "ro", wait)
    except sqlite3.OperationalError as error:
        if not is_cut_off(error):
            raise
        if not _was_empty(path):
            _identify(path, "ro&immutable=1", wait)  # as it lies there: who may undo what was cut off is not known yet


def _was_empty(path: Path) -> bool:
    """Whether the file was empty before the write that was cut off: then it is nobody's, whatever lies there.

    After a power cut what lies there may be anything. The journal tells how many pages there were before
    (https://sqlite.org/fileformat.html#the_rollback_journal).
    """
    try:
        with path.with_name(f"{path.name}-journal").open("rb") as journal:
            return journal.read(20)[16:] == bytes(4)
    except OSError:
        return False


def _identify(path: Path, mode: str, wait: float) -> None:
    connection = connect(path, mode, wait)
    try:
        _ = connection.execute("PRAGMA writable_schema = ON")  # reads the header even if pages are missing
        _ = is_ours(connection)
    finally:
        connection.close()


def is_idle(path: Path) -> bool:
    """Whether the file is in WAL mode and nobody uses it: it has no files beside it, and a mere look would make some.

    A look that is ``immutable`` does not, but must not be taken while somebody writes: it would see half of it. What
    tells, and makes no file, is ``nolock``: SQLite will not open a file in WAL mode so.
    """
    if size_of(log_of(path)):
        return False
    connection = connect(path, "ro&nolock=1", 0.0)
    try:
        _ = number(connection, "PRAGMA application_id")
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN
    finally:
        connection.close()
    return False


def size_of(path: Path) -> int:
    """How many bytes there are; none where there is no file, or none that can be seen."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def log_of(path: Path) -> Path:
    """Where SQLite keeps the log of a file in WAL mode."""
    return path.with_name(f"{path.name}-wal")


def _prepare(connection: sqlite3.Connection, wanted: Durability, wait: float) -> None:
    _ = connection.execute(f"PRAGMA synchronous = {wanted.synchronous}")
    _ = number(connection, "PRAGMA secure_delete = ON")  # a secret or remark that is forgotten is overwritten
    if not is_ours(connection):
        _create(connection)
    _set_journal_mode(connection, wanted, wait)
    if number(connection, "PRAGMA synchronous") != wanted.synchronous_number:
        raise Unavailable(f"SQLite does not write with synchronous {wanted.synchronous} here")


def _create(connection: sqlite3.Connection) -> None:
    _ = connection.execute("BEGIN IMMEDIATE")
    if not is_ours(connection):  # not even now that nobody else can be at it
        for statement in TABLES:
            _ = connection.execute(statement)
    _ = connection.execute("COMMIT")


def _set_journal_mode(connection: sqlite3.Connection, wanted: Durability, wait: float) -> None:
    deadline = time.monotonic() + wait
    mode = word(connection, "PRAGMA journal_mode")
    while mode != wanted.journal_mode:
        try:
            mode = word(connection, f"PRAGMA journal_mode = {wanted.journal_mode}")
        except sqlite3.OperationalError as error:
            if not is_locked(error):
                raise
        if mode != wanted.journal_mode and time.monotonic() >= deadline:
            raise Unavailable(f"the store is in use in journal mode {mode} and cannot be changed to another")
        time.sleep(0.005)
