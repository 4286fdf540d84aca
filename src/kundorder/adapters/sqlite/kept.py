"""The connection a thread keeps, and its turn to write. One for each call would be twenty times slower."""

import os
import sqlite3
from pathlib import Path
from threading import Lock
from typing import Final, final
from weakref import WeakValueDictionary

from kundorder.adapters.sqlite.faults import meaning
from kundorder.errors import Unavailable

FORKED: Final = "the store was in use before this process was forked, open one of its own here"
_TURNS: Final[WeakValueDictionary[tuple[int, int, int], Lock]] = WeakValueDictionary()
_OF_THE_PARENT: Final[list[sqlite3.Connection]] = []
"""Connections a child has inherited: to close one would undo what the parent is writing with it."""


def turn_at(path: Path) -> Lock:
    """Whose turn it is, of all who write this file in this process, whatever they call it.

    A lock that was held when the process forked is held for ever in the child, so the child has locks of its own.
    """
    found = path.stat()
    return _TURNS.setdefault((os.getpid(), found.st_dev, found.st_ino), Lock())


@final
class Kept:
    """One thread's connection; closed by whoever comes last, its user or who closes the store."""

    __slots__ = ("__weakref__", "_connection", "_is_to_close", "_turn", "_users", "_wait", "is_writing", "pid")

    def __init__(self, connection: sqlite3.Connection, turn: Lock, wait: float) -> None:
        self._connection = connection
        self.is_writing = False
        self.pid = os.getpid()
        self._is_to_close = False
        self._turn = turn
        self._users = 0
        self._wait = wait

    def __del__(self) -> None:
        if self.pid == os.getpid():
            self._connection.close()
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
            self._connection.close()

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
