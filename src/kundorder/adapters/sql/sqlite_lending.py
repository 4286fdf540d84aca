"""Connections to a SQLite file."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeAlias, final

from sqlalchemy import URL, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from kundorder.adapters.sql.lines import Line, SqliteLine, meaning
from kundorder.adapters.sql.lite import Lite
from kundorder.errors import Unavailable
from kundorder.layout import Durability, JournalMode, durability, is_locked

_OLDEST: Final = (3, 38, 0)
"""The first that reads JSON without having been asked to when it was built."""


FORKED: Final = "the database was in use when this process was forked; use it in a process that is started anew"
_OPEN: Final[dict[sqlite3.Connection, tuple[int, int, int]]] = {}
"""Connections of our own: of which process, and to which file, whatever it is called."""

WantedMode: TypeAlias = JournalMode | Literal["unchanged"] | None


def sqlite_engine(url: URL, wait_seconds: float, journal_mode: WantedMode) -> Engine:
    """An engine of our own, on which what has been acknowledged survives a power cut."""
    engine = create_engine(url, connect_args={"timeout": wait_seconds})
    path = Path(url.database or "").absolute()
    event.listen(engine, "connect", _setting_up(path, journal_mode, wait_seconds))
    event.listen(engine, "close", _forget)
    return engine


def _setting_up(path: Path, journal_mode: WantedMode, wait: float) -> Callable[[sqlite3.Connection, object], None]:
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        if is_inherited(path):
            raise Unavailable(FORKED)
        _marks(connection, path)
        connection.isolation_level = None
        mode = _present_mode(connection) if journal_mode == "unchanged" else journal_mode
        wanted = durability(mode, sqlite3.sqlite_version_info)
        deadline = time.monotonic() + wait
        while not _has(connection, wanted):
            if time.monotonic() >= deadline:
                raise Unavailable(f"the store is in use and cannot be changed to journal mode {wanted.journal_mode}")
            time.sleep(0.005)
        _ = connection.execute(f"PRAGMA synchronous = {wanted.synchronous}")
        _ = connection.execute("PRAGMA secure_delete = ON").fetchall()  # what is forgotten is overwritten

    return set_up


def _forget(connection: sqlite3.Connection, _record: object) -> None:
    _ = _OPEN.pop(connection, None)


def _marks(connection: sqlite3.Connection, path: Path) -> None:
    found = path.stat()
    _OPEN[connection] = (os.getpid(), found.st_dev, found.st_ino)


def is_inherited(path: Path) -> bool:
    """Whether a process this one was forked from has left connections of ours to this file here.

    SQLite takes what a child does for a part of its parent: in WAL mode the parent, when it closes, would take away a
    log the child has just been told is kept.
    """
    try:
        found = path.stat()
    except OSError:  # there is no such file yet
        return False
    here = (os.getpid(), found.st_dev, found.st_ino)
    return any(there[0] != here[0] and there[1:] == here[1:] for there in tuple(_OPEN.values()))


def _present_mode(connection: sqlite3.Connection) -> JournalMode:
    rows: list[tuple[str]] = connection.execute("PRAGMA journal_mode").fetchall()
    return "wal" if rows[0][0] == "wal" else "delete"


def _has(connection: sqlite3.Connection, wanted: Durability) -> bool:
    """Whether the file is in this journal mode, which only one who is alone with it can change."""
    try:
        rows: list[tuple[str]] = connection.execute("PRAGMA journal_mode").fetchall()
        if rows[0][0] != wanted.journal_mode:
            rows = connection.execute(f"PRAGMA journal_mode = {wanted.journal_mode}").fetchall()
    except sqlite3.OperationalError as error:
        if is_locked(error.sqlite_errorcode):
            return False
        raise meaning(error) from error
    return rows[0][0] == wanted.journal_mode


@final
class SqliteLending:
    """See ``lending.Lending``."""

    tongue = Lite()

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lend(self) -> "LentSqlite":
        """See ``lending.Lending``."""
        if sqlite3.sqlite_version_info < _OLDEST:
            raise Unavailable(f"SQLite {sqlite3.sqlite_version} is too old, it takes 3.38")
        try:
            return LentSqlite(self._engine.raw_connection())
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise meaning(error) from error


@final
class LentSqlite:
    """See ``lending.Lent``."""

    __slots__ = ("_line", "_pooled", "_raw")

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        raw = pooled.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise Unavailable("no connection to the database is to be had")
        self._pooled = pooled
        self._raw = raw
        self._line: SqliteLine | None = SqliteLine(raw)
        if raw.in_transaction:
            pooled.close()
            raise Unavailable("the engine begins transactions by itself; give the store an engine of its own")

    def line(self) -> Line:
        """See ``lending.Lent``."""
        if self._line is None:
            raise RuntimeError("it has been given back")
        return self._line

    def is_dead(self) -> bool:
        """See ``lending.Lent``; a file does not go away."""
        return False

    def renew(self) -> bool:
        """See ``lending.Lent``."""
        return False

    def give_back(self) -> None:
        """See ``lending.Lent``."""
        self._line = None
        try:
            if self._raw.in_transaction:
                self._pooled.invalidate()
        finally:
            self._pooled.close()
