"""What the error codes of databases mean to a caller: SQLite's result codes, and PostgreSQL's SQLSTATEs."""

from collections.abc import Mapping
from typing import Final

from kundorder.errors import Conflict, Corrupt, KundorderError, Unavailable

NO_DATABASE: Final = "this file is no SQLite database; give the store a path of its own"
NO_TABLES: Final = "there are no tables of ours in this database yet; make them with `kundorder migrate`"

_PRIMARY: Final = 0xFF  # the lower byte of an extended result code
_CUT_OFF: Final = "a write to the store was cut off, and only one who may write can undo it"

BUSY, LOCKED, BUSY_SNAPSHOT = 5, 6, 517
READONLY_RECOVERY, READONLY_ROLLBACK = 264, 776
CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE = 1555, 2067

_MOVED: Final = (CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE, BUSY_SNAPSHOT)
_SOON: Final = (BUSY, LOCKED)
_PASSING: Final[Mapping[int, str]] = {
    0: "the store has been closed",  # Python's module objects by itself
    BUSY: "the store is locked by another program",
    LOCKED: "the store is locked by another connection",
    3: "the store may not be opened",  # PERM
    7: "memory is full",  # NOMEM
    8: "the store is read-only",  # READONLY
    9: "the store was interrupted",  # INTERRUPT
    10: "the disk cannot be read or written",  # IOERR
    13: "the disk is full",  # FULL
    14: "the store cannot be opened",  # CANTOPEN
    15: "the store is locked by another program",  # PROTOCOL
    READONLY_ROLLBACK: _CUT_OFF,
    READONLY_RECOVERY: _CUT_OFF,
}
_LASTING: Final[Mapping[int, str]] = {
    11: "the store is damaged; restore it from a backup",  # CORRUPT
    26: NO_DATABASE,  # NOTADB
}

_RACES: Final = ("40001", "40P01", "55P03", "23505")
"""Serialisation failure, deadlock, a row somebody else is changing, and a key somebody else has taken."""

_STATES: Final[Mapping[str, str]] = {
    "25006": "the database is read-only; give the address of the one that can be written",
    "25P01": "there is no transaction to be bound to; begin one first",
    "25P02": "the transaction has failed before; roll it back and begin anew",
    "28": "the database refuses the login",
    "3D000": "there is no such database",
    "3F000": "there is no such schema in the database",
    "42501": "the login lacks a right in the database",
    "42P01": NO_TABLES,
    "53": "the database has run out of room, memory or connections",
    "57014": "the database took too long",
    "57P": "the database is being stopped or started",
    "58": "the database cannot read or write its disk",
    "08": "the database does not answer",
}
"""By the whole SQLSTATE, or by its beginning: its class."""


def is_locked(code: int) -> bool:
    """Whether somebody else is at it, so that waiting helps."""
    return code & _PRIMARY in _SOON


def is_cut_off(code: int) -> bool:
    """Whether a write has been cut off, and who asks may not undo it."""
    return code in (READONLY_ROLLBACK, READONLY_RECOVERY)


def meaning_in_sqlite(code: int) -> KundorderError:
    """What to raise from an error of SQLite's.

    Args:
        code: extended result code; 0 where the driver has refused by itself.
    """
    if code in _MOVED:
        return Conflict()
    passing = _PASSING.get(code) or _PASSING.get(code & _PRIMARY)
    if passing is not None:
        return Unavailable(passing, soon=is_locked(code))
    otherwise = f"the store is not as we left it (SQLite's code {code}); restore it from a backup"
    return Corrupt(_LASTING.get(code & _PRIMARY, otherwise))


def meaning_in_postgres(state: str | None) -> KundorderError:
    """What to raise from an error of PostgreSQL's.

    Args:
        state: SQLSTATE; None: the line is dead, or never was.
    """
    if state is None:
        return Unavailable("the database does not answer", soon=True)
    if state in _RACES:
        return Conflict()
    for length in (5, 3, 2):
        if found := _STATES.get(state[:length]):
            return Unavailable(found, soon=state[:2] in ("08", "57"))
    return Corrupt(f"the database is not as we left it (SQLSTATE {state})")
