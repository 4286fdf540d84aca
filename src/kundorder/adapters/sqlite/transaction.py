"""One transaction of one thread: reading holds nothing; from its first write to its end it holds the file."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar, final

from kundorder.adapters.sqlite.faults import meaning
from kundorder.adapters.sqlite.kept import Kept
from kundorder.adapters.sqlite.lists import page
from kundorder.adapters.sqlite.reading import read
from kundorder.adapters.sqlite.writing import claim, settle, write
from kundorder.errors import Unavailable
from kundorder.events import Owed, Settlement
from kundorder.layout import stretch
from kundorder.outcomes import Changes
from kundorder.ports import Page
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index

_T = TypeVar("_T")
_LOST = "a part of this transaction failed, and all of it was undone"


@final
class SqliteTransaction:
    """See ``ports.Transaction``."""

    __slots__ = ("_has_written", "_is_lost", "_is_open", "_is_writing", "_kept")

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._is_open = False
        self._is_writing = False
        self._has_written = False
        self._is_lost = False  # something written earlier was undone; the block must not end as if it were kept

    def __enter__(self) -> Self:
        self._kept.enter()
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_open = False
        try:
            if self._is_writing:
                self._is_writing = False
                if kind is None:
                    self._kept.keep()
                else:
                    self._kept.undo()
            elif self._is_lost and kind is None:
                raise Unavailable(_LOST)
        finally:
            self._kept.leave()

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """See ``ports.Transaction``."""
        try:
            return read(self._kept.connection, keys)
        except sqlite3.Error as error:
            raise meaning(error) from error

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        """See ``ports.Transaction``; the lines and their records are of one moment."""
        connection = self._kept.connection
        begins = not connection.in_transaction
        try:
            try:
                if begins:
                    _ = connection.execute("BEGIN")
                return page(connection, values, stretch(index, after, limit, back=newest_first))
            finally:
                if begins:
                    self._kept.end()
        except sqlite3.Error as error:
            raise meaning(error) from error

    def write(self, changes: Changes) -> None:
        """See ``ports.Transaction``."""
        self._written(lambda connection: write(connection, changes))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """See ``ports.Transaction``."""
        return self._written(lambda connection: claim(connection, now, lease_until, limit))

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        """See ``ports.Transaction``."""
        return self._written(lambda connection: settle(connection, owed, settlement))

    def _written(self, act: Callable[[sqlite3.Connection], _T]) -> _T:
        """All of it or nothing, even if the caller swallows the error."""
        if not self._is_open:
            raise RuntimeError("this transaction has ended; begin another one")
        if self._is_lost:
            raise Unavailable(_LOST)
        if not self._is_writing:
            self._kept.begin()
            self._is_writing = True
        try:
            result = act(self._kept.connection)
        except sqlite3.Error as error:
            self._undo()
            raise meaning(error) from error
        except BaseException:
            self._undo()
            raise
        self._has_written = True
        return result

    def _undo(self) -> None:
        self._is_writing = False
        self._is_lost = self._has_written
        self._kept.undo()
