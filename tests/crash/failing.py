"""A connection on which one statement fails, with any code of SQLite's and in any of the ways SQLite fails.

Above the connection it is our own adapter, part by part; only ``sqlite3.connect`` is asked for another class.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from enum import Enum, auto, unique
from pathlib import Path
from typing import Final, Protocol, final

import attrs

from kundorder.adapters.sqlite.kept import Kept, file_at
from kundorder.adapters.sqlite.transaction import SqliteTransaction
from kundorder.ports import Transaction

_EXTENDED: Final = (code for code in vars(sqlite3).values() if isinstance(code, int) and code > 0xFF)
CODES: Final = tuple(sorted({*range(1, 27), *(code for code in _EXTENDED if 0 < code & 0xFF < 27)}))
"""Every code that says of a statement that it has failed; 0 and those from 27 on say something else."""


@unique
class Way(Enum):
    """How a statement fails; when it is full, cannot write or is interrupted, SQLite may undo the whole transaction."""

    NOT_DONE = auto()  # as if it had never been said
    UNDONE = auto()  # and with it all of the transaction
    DONE = auto()  # what it asked for has happened, and nobody was told


@final
@attrs.frozen
class Fault:
    """One failure."""

    statement: int  # by its place among all that is said on the connection
    code: int
    way: Way = Way.NOT_DONE


class InOrder(Protocol):
    """What stands for the question marks of a statement, one after the other."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> object: ...


class Failing(sqlite3.Connection):
    """A connection that counts what is said on it, and fails once."""

    fault: Fault | None = None
    said: list[str]

    def execute(self, sql: str, parameters: InOrder | Mapping[str, object] = (), /) -> sqlite3.Cursor:
        number = len(self.said)
        self.said.append(sql)
        if self.fault is None or self.fault.statement != number:
            return super().execute(sql, parameters)
        match self.fault.way:
            case Way.NOT_DONE:
                pass
            case Way.UNDONE:
                if self.in_transaction:
                    _ = super().execute("ROLLBACK")
            case Way.DONE:
                _ = super().execute(sql, parameters).fetchall()
        raise error_with(self.fault.code)


def error_with(code: int) -> sqlite3.Error:
    """The error that Python raises for a code of SQLite's."""
    match code & 0xFF:  # as CPython does, but for memory: there it raises MemoryError
        case sqlite3.SQLITE_INTERNAL | sqlite3.SQLITE_NOTFOUND:
            error: sqlite3.Error = sqlite3.InternalError("made up")
        case sqlite3.SQLITE_CORRUPT:
            error = sqlite3.DatabaseError("made up")
        case sqlite3.SQLITE_TOOBIG:
            error = sqlite3.DataError("made up")
        case sqlite3.SQLITE_CONSTRAINT | sqlite3.SQLITE_MISMATCH:
            error = sqlite3.IntegrityError("made up")
        case sqlite3.SQLITE_MISUSE | sqlite3.SQLITE_RANGE:
            error = sqlite3.InterfaceError("made up")
        case _:
            error = sqlite3.OperationalError("made up")
    error.sqlite_errorcode = code
    return error


@final
class FailingStore:
    """The store in a file there is already, through such a connection."""

    def __init__(self, file: Path, fault: Fault | None = None) -> None:
        self._file = file
        self.fault = fault
        self.said: list[str] = []
        self._kept = self._opened()

    def transaction(self) -> AbstractContextManager[Transaction]:
        """See ``ports.Store``."""
        if not self._kept.is_open:
            self._kept = self._opened()
        return SqliteTransaction(self._kept)

    def close(self) -> None:
        """Give up the connection."""
        self._kept.close()

    def _opened(self) -> Kept:
        connection = sqlite3.connect(self._file, timeout=0, isolation_level=None, factory=Failing)
        connection.fault, connection.said = self.fault, self.said
        return Kept(connection, file_at(self._file), 0)
