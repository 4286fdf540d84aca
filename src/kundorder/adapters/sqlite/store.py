"""The store: which file, how it is written, and the connection each thread keeps to it."""

import os
import sqlite3
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import final
from weakref import WeakSet

from kundorder.adapters.sqlite.file import look, open_file
from kundorder.adapters.sqlite.kept import FORKED, Kept, file_at, is_inherited
from kundorder.adapters.sqlite.report import StoreReport, report
from kundorder.adapters.sqlite.transaction import SqliteTransaction
from kundorder.errors import Unavailable
from kundorder.layout import JournalMode, durability
from kundorder.ports import Transaction


@final
class _Own(threading.local):
    kept: Kept | None = None


@final
class SqliteStore:
    """A store in one file of one machine; made where there is none, and not before it is used.

    Threads and processes may share one file, however many. A child that was forked while its parent had the file open
    is refused, and no process should fork in the middle of a transaction: start processes anew ("spawn"), or fork
    first.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        busy_timeout_seconds: float = 5.0,
        journal_mode: JournalMode | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            path: of the file, on a local disk; other files are kept beside it, with its name and an ending.
            busy_timeout_seconds: how long to wait for others, threads and then processes, before giving up.
            journal_mode: None takes what is safe with the SQLite at hand.
        """
        self._path = Path(path).resolve()
        self._wait = busy_timeout_seconds
        self._durability = durability(journal_mode, sqlite3.sqlite_version_info)
        self._own = _Own()
        self._all: WeakSet[Kept] = WeakSet()
        self._opening = threading.Lock()
        self._pid: int | None = None  # of the process that has used it
        self._is_closed = False

    def transaction(self) -> AbstractContextManager[Transaction]:
        """See ``ports.Store``."""
        kept = self._own.kept
        return SqliteTransaction(kept if kept is not None and kept.is_open else self._opened())

    def close(self) -> None:
        """Give up all connections; those in a transaction as soon as it ends. Closing again is harmless."""
        with self._opening:
            self._is_closed = True
            for kept in self._all:
                kept.close()

    def inspect(self) -> StoreReport:
        """What there is to say about the file, without making or changing it.

        Raises:
            Unavailable: there is no store yet, or it cannot be read now.
            Corrupt: the file is not a store of this release.
        """
        return report(self._path, self._durability, self._wait)

    def _opened(self) -> Kept:
        if self._pid not in (None, os.getpid()):
            raise Unavailable(FORKED)
        with self._opening:
            if self._is_closed:
                raise Unavailable("the store has been closed")
            if is_inherited(self._path):
                raise Unavailable(FORKED)
            if self._pid is None:
                look(self._path, self._wait)
            connection = open_file(self._path, self._durability, self._wait)
            kept = self._own.kept = Kept(connection, file_at(self._path), self._wait)
            self._all.add(kept)
            self._pid = kept.pid
        return kept
