"""The errors of the standard library's ``sqlite3``, and what they mean to a caller."""

import sqlite3

from kundorder import layout
from kundorder.errors import KundorderError


def _code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code


def is_locked(error: sqlite3.Error) -> bool:
    """Whether somebody else is at it, so that waiting helps."""
    return layout.is_locked(_code(error))


def is_cut_off(error: sqlite3.Error) -> bool:
    """Whether a write has been cut off, and who asks may not undo it."""
    return layout.is_cut_off(_code(error))


def meaning(error: sqlite3.Error) -> KundorderError:
    """What to raise from it."""
    return layout.meaning_in_sqlite(_code(error))
