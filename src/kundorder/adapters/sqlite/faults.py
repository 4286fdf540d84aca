"""What SQLite's errors mean to a caller: the one place where they are translated."""

import sqlite3
from collections.abc import Mapping

from kundorder.errors import Conflict, Corrupt, KundorderError, Unavailable

NO_DATABASE = "this file is no SQLite database; give the store a path of its own"
_PRIMARY = 0xFF  # the lower byte of an extended result code
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_TAKEN = (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)
_PENDING = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY)
_CUT_OFF = "a write to the store was cut off, and only one who may write can undo it"
_PASSING: Mapping[int, str] = {
    0: "the store has been closed",  # Python's module objects by itself
    sqlite3.SQLITE_BUSY: "the store is locked by another program",
    sqlite3.SQLITE_LOCKED: "the store is locked by another connection",
    sqlite3.SQLITE_PROTOCOL: "the store is locked by another program",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_READONLY: "the store is read-only",
    sqlite3.SQLITE_READONLY_ROLLBACK: _CUT_OFF,
    sqlite3.SQLITE_READONLY_RECOVERY: _CUT_OFF,
    sqlite3.SQLITE_CANTOPEN: "the store cannot be opened",
    sqlite3.SQLITE_PERM: "the store may not be opened",
    sqlite3.SQLITE_NOMEM: "memory is full",
    sqlite3.SQLITE_INTERRUPT: "the store was interrupted",
}
_LASTING: Mapping[int, str] = {
    sqlite3.SQLITE_NOTADB: NO_DATABASE,
    sqlite3.SQLITE_CORRUPT: "the store is damaged; restore it from a backup",
}


def _code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code


def is_locked(error: sqlite3.Error) -> bool:
    """Whether somebody else is at it, so that waiting helps."""
    return _code(error) & _PRIMARY in _LOCKED


def is_cut_off(error: sqlite3.Error) -> bool:
    """Whether a write has been cut off, and who asks may not undo it."""
    return _code(error) in _PENDING


def meaning(error: sqlite3.Error) -> KundorderError:
    """What to raise from it."""
    code = _code(error)
    if code in _TAKEN:
        return Conflict()
    passing = _PASSING.get(code) or _PASSING.get(code & _PRIMARY)
    if passing is not None:
        return Unavailable(passing)
    otherwise = f"the store is not as we left it (SQLite's code {code}); restore it from a backup"
    return Corrupt(_LASTING.get(code & _PRIMARY, otherwise))
