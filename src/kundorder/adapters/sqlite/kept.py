"""The connection a thread keeps, and its turn to write. One for each call would be twenty times slower."""

import os
import sqlite3
from pathlib import Path
from threading import Lock
from typing import Final, TypeAlias, final
from weakref import WeakValueDictionary

from kundorder.adapters.sqlite.faults import meaning
from kundorder.errors import Unavailable

File: TypeAlias = tuple[int, int, int]
"""Process, device and number of the file."""

FORKED: Final = "the file was in use when this process was forked; use it in a process that is started anew"
_OPEN: Final[dict[object, File]] = {}
"""Each connection there is, by something of its own, with the file it is to and the process it is of.

SQLite takes what a child does for a part of its parent, down to the locks of the operating system: in WAL mode the
parent, when it closes, would take away a log the child has just been told is kept.
"""
_TURNS: Final[WeakValueDictionary[File, Lock]] = WeakValueDictionary()
_OF_THE_PARENT: Final[list[sqlite3.Connection]] = []
"""Connections a child has inherited: to close one would undo what the parent is writing with it."""


def is_inherited(path: Path) -> bool:
    """Whether a process this one was forked from has left connections to this file here."""
    try:
        (pid, *file) = file_at(path)
    except OSError:  # there is no such file yet
        return False
    return any(other != pid and where == file for other, *where in tuple(_OPEN.values()))


def file_at(path: Path) -> File:
    """Which file it is, whatever it is called, and whose: this process's.

    Raises:
        OSError: there is none.
    """
    found = path.stat()
    return os.getpid(), found.st_dev, found.st_ino


@final
class Kept:
    """One thread's connection; closed by whoever comes last, its user or who closes the store."""

    __slots__ = (
        "__weakref__",
        "_connection",
        "_is_closed",
        "_is_to_close",
        "_mark",
        "_turn",
        "_users",
        "_wait",
        "is_writing",
        "pid",
    )

    def __init__(self, connection: sqlite3.Connection, file: File, wait: float) -> None:
        self._connection = connection
        self.is_writing = False
        self.pid = os.getpid()
        self._is_to_close = False
        self._is_closed = False
        self._turn = _TURNS.setdefault(file, Lock())  # one held at a fork is held for ever in the child: it has others
        self._users = 0
        self._mark = object()
        _OPEN[self._mark] = file
        self._wait = wait

    def __del__(self) -> None:
        if self.pid == os.getpid():
            self._close()
        else:
            _OF_THE_PARENT.append(self._connection)

    @property
    def connection(self) -> sqlite3.Connection:
        """To be used in the process that has opened it, for one transaction at a time.

        Raises:
            Unavailable: this is a child of that process.
        """
        if self.pid != os.getpid():
            raise Unavailable(FORKED)
        return self._connection

    @property
    def is_open(self) -> bool:
        """Whether it may be used, here."""
        return not self._is_to_close and self.pid == os.getpid()

    def enter(self) -> None:
        """A transaction begins to use it."""
        self._users += 1
        if self._is_to_close:
            self.leave()
            raise Unavailable("the store has been closed")

    def leave(self) -> None:
        """A transaction is through with it."""
        self._users -= 1
        if self._is_to_close:
            self.close()

    def close(self) -> None:
        """Not to be used any more; closed now, or when the last transaction is through."""
        self._is_to_close = True
        if not self._users and self.pid == os.getpid():
            self._close()

    def _close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._connection.close()
            _ = _OPEN.pop(self._mark)

    def begin(self) -> None:
        """Wait for the turn, and for other processes, and hold the file.

        Raises:
            Unavailable: it took too long, or cannot be done; nothing is held.
        """
        if self.is_writing:
            raise RuntimeError("a transaction of this thread is writing already; end that one first")
        if not self._turn.acquire(timeout=self._wait):
            raise Unavailable("the store is locked by another thread")
        try:
            _ = self.connection.execute("BEGIN IMMEDIATE")
            self.is_writing = True
        except sqlite3.Error as error:
            raise meaning(error) from error
        finally:
            if not self.is_writing:
                self.undo()

    def keep(self) -> None:
        """What has been written is kept for good, or, if that cannot be, undone.

        Raises:
            Unavailable: it is not kept, or is not known to be.
        """
        try:
            _ = self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise meaning(error) from error
        finally:
            self.undo()

    def undo(self) -> None:
        """What has been written and not been kept is undone, and the file is let go."""
        try:
            self.end()
        finally:
            self.is_writing = False
            self._turn.release()

    def end(self) -> None:
        """No transaction of SQLite's is open any more; where one cannot be ended, the connection is given up."""
        try:
            if self.pid == os.getpid() and self._connection.in_transaction:
                _ = self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()  # which undoes it too, now or when the file is opened next
