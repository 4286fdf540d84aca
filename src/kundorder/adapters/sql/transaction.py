"""One transaction of ours, on a connection that otherwise keeps every statement at once.

Reading needs none. A write waits until it is known whether it stands alone: if the block ends with it, it is kept by
one statement, without a word before and after; whatever comes after it begins a transaction and writes it there first.
Hence a moved fact may be told only when the block ends.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Final, Self, TypeVar, final

from kundorder.adapters.sql.changing import Rows, rows_of
from kundorder.adapters.sql.lending import Lent
from kundorder.adapters.sql.lines import Line
from kundorder.adapters.sql.tongue import Tongue
from kundorder.errors import KundorderError, Unavailable
from kundorder.events import Owed, Settlement
from kundorder.layout import Stretch, stretch
from kundorder.model import Record
from kundorder.outcomes import Changes
from kundorder.ports import Page
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index

_T = TypeVar("_T")
_OVER: Final = "this transaction has ended; begin another one"
_LOST: Final = "a part of this transaction failed, and all of it was undone"
_UNKNOWN: Final = "the database went away while it was writing; whether it was kept, the same key will tell"


@final
class SqlTransaction:
    """See ``ports.Transaction``."""

    __slots__ = ("_has_begun", "_has_written", "_is_lost", "_is_over", "_lent", "_tongue", "_waiting")

    def __init__(self, lent: Lent, tongue: Tongue) -> None:
        self._lent = lent
        self._tongue = tongue
        self._waiting: Rows | None = None  # to be written, at the latest when the block ends
        self._has_begun = False
        self._has_written = False
        self._is_over = False
        self._is_lost = False  # something written earlier was undone; the block must not end as if it were kept

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over = True
        try:
            if kind is not None:
                self._undo()
            elif self._is_lost:
                raise Unavailable(_LOST)
            else:
                self._keep()
        finally:
            self._lent.give_back()

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """See ``ports.Transaction``."""
        return self._looked(lambda line: self._tongue.read(line, keys))

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        """See ``ports.Transaction``."""
        wanted = stretch(index, after, limit, back=newest_first)
        return self._looked(lambda line: self._page(line, values, wanted))

    def write(self, changes: Changes) -> None:
        """See ``ports.Transaction``; that a fact has moved may be told only when the block ends."""
        self._check()
        is_first = not self._has_begun and self._waiting is None
        if is_first and self._tongue.writes_at_once and _brings_all(changes):
            rows = rows_of(changes, self._record)
            if rows.is_at_once:
                self._waiting = rows
                return
        self._written(lambda line: self._tongue.write(line, rows_of(changes, self._record)))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """See ``ports.Transaction``."""
        return self._written(lambda line: self._tongue.claim(line, now=now, lease_until=lease_until, limit=limit))

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        """See ``ports.Transaction``."""
        return self._written(lambda line: self._tongue.settle(line, owed, settlement))

    def _record(self, key: Key, version: int) -> Record:
        return self._tongue.record(self._lent.line(), key, version)

    def _page(self, line: Line, values: tuple[str, ...], wanted: Stretch) -> Page:
        """All of one moment: one statement, or a transaction that only looks."""
        if self._has_begun or self._tongue.writes_at_once or len(values) < len("ab"):
            return self._tongue.page(line, values, wanted)
        _ = line.do("BEGIN")
        try:
            return self._tongue.page(line, values, wanted)
        finally:
            _ = line.do("ROLLBACK")

    def _looked(self, look: Callable[[Line], _T]) -> _T:
        if self._is_over:
            raise RuntimeError(_OVER)
        if self._waiting is not None:
            self._begin()
        if self._has_begun:
            return self._done(look)
        try:
            return look(self._lent.line())
        except Unavailable as error:
            if not (error.soon and self._lent.renew()):
                raise
        return look(self._lent.line())  # nothing has been lost with the line: nothing had been done on it

    def _written(self, act: Callable[[Line], _T]) -> _T:
        self._check()
        self._begin()
        result = self._done(act)
        self._has_written = True
        return result

    def _check(self) -> None:
        if self._is_over:
            raise RuntimeError(_OVER)
        if self._is_lost:
            raise Unavailable(_LOST)

    def _begin(self) -> None:
        """Begin, if that has not been done, and write what was waiting."""
        if self._has_begun:
            return
        rows, self._waiting = self._waiting, None
        _ = self._lent.line().do(self._tongue.begin)
        self._has_begun = True
        if rows is not None:
            self._done(lambda line: self._tongue.write(line, rows))
            self._has_written = True

    def _done(self, act: Callable[[Line], _T]) -> _T:
        """All of it or nothing, even if the caller swallows the error."""
        try:
            return act(self._lent.line())
        except BaseException:
            self._is_lost = self._has_written
            self._undo()
            raise

    def _keep(self) -> None:
        rows, self._waiting = self._waiting, None
        try:
            if rows is not None:
                self._tongue.write(self._lent.line(), rows)
            elif self._has_begun:
                _ = self._lent.line().do("COMMIT")
                self._has_begun = False
        except Unavailable as error:
            self._undo()
            raise Unavailable(_UNKNOWN) if error.soon and self._lent.is_dead() else error from error
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        self._waiting = None
        if self._has_begun:
            self._has_begun = False
            with suppress(KundorderError):  # where it cannot be said, the connection is given up, which says it too
                _ = self._lent.line().do("ROLLBACK")


def _brings_all(changes: Changes) -> bool:
    """Whether nothing has to be looked up before it can be written."""
    return not changes.dropped and all(stored.before or stored.version == 1 for stored in changes.records)
