"""A store inside a transaction of the host's: what it writes stands or falls with what the host writes.

Nothing of the host's is begun, committed or rolled back here; all that happens lies between a savepoint of ours and
its release. So what fails or is refused, be it but a look (PostgreSQL gives up a whole transaction for that), is undone
to the savepoint: the host's transaction can go on, and a row the host wrote before is still there.

SQLite has one exception to each. Where Python has not begun the host's transaction yet, because the host has not
written, a write of ours begins it as the host's own would, and ends it again if it fails. And what SQLite gives up by
itself (a full disk, an interrupted write) takes the whole transaction with it: then the store refuses to go on, since
what it wrote would otherwise be kept without what the host had written before. So it does when the host has ended the
transaction, where that can be told.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from types import TracebackType
from typing import Final, Self, TypeVar, final

from kundorder.adapters.sql.changing import rows_of
from kundorder.adapters.sql.hosts import Bound, DjangoConnection, Host, bound_to, bound_to_django
from kundorder.adapters.sql.knowing import check_layout
from kundorder.adapters.sql.lines import Line
from kundorder.errors import Conflict, KundorderError, Unavailable
from kundorder.events import Owed, Settlement
from kundorder.layout import Stretch, stretch
from kundorder.model import Record
from kundorder.outcomes import Changes
from kundorder.ports import Page, Transaction
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index

_T = TypeVar("_T")
_TO_SAVEPOINT: Final = ("ROLLBACK TO SAVEPOINT kundorder", "RELEASE SAVEPOINT kundorder")
_TO_BEGINNING: Final = ("ROLLBACK",)
_TOO_OLD: Final = "somebody else has claimed it since the host's transaction began; begin another one"
_LOST: Final = "a part of this transaction failed, and all of it was undone"
_GIVEN_UP: Final = "the host's transaction has been given up; roll it back and begin anew"
_ENDED: Final = "the host's transaction has ended; begin another, with a store of its own"
_OVER: Final = "the transaction is over"


@final
class BoundStore:
    """A store for as long as one transaction of the host's lasts; make another for the next.

    When a call of the portal returns, all of it is in the host's transaction and kept when the host commits. A fact
    that has moved is the host's to meet: by default the portal decides anew within the same transaction, which helps
    where each statement sees what others have committed (READ COMMITTED); give it ``attempts=1`` to meet ``Conflict``
    at once, roll back and begin anew.

    Args:
        host: a ``Connection`` or ``Session`` of SQLAlchemy's (of an asynchronous one, what ``run_sync`` hands over), a
            connection of psycopg's or of the standard library's ``sqlite3``. For Django there is ``in_django``.

    Raises:
        Malformed: it is none of these.
        Unavailable: it is closed, or its transaction has failed; begin anew. Where there is no transaction, because
            every statement is kept at once, the first call of the portal says so.
    """

    def __init__(self, host: "Host | Bound") -> None:
        self._bound = host if isinstance(host, Bound) else bound_to(host)

    @classmethod
    def in_django(cls, connection: DjangoConnection) -> Self:
        """In ``transaction.atomic()`` of Django's.

        Args:
            connection: ``django.db.connection``, or one of ``django.db.connections``.

        Raises:
            Unavailable: it is in no atomic block, or in one that Django is going to roll back.
            Malformed: its database is neither PostgreSQL, by psycopg, nor SQLite.
        """
        return cls(bound_to_django(connection))

    def transaction(self) -> AbstractContextManager[Transaction]:
        """See ``ports.Store``; a part of the host's."""
        return BoundTransaction(self._bound)


@final
class BoundTransaction:
    """See ``ports.Transaction``."""

    __slots__ = ("_back", "_bound", "_has_written", "_is_lost", "_is_over")

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._back: tuple[str, ...] = ()  # how to undo it all; empty while there is nothing to undo
        self._has_written = False
        self._is_lost = False  # something written earlier was undone; the block must not end as if it were kept
        self._is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over = True
        if kind is not None:
            self._undo()
        elif self._is_lost:
            raise Unavailable(_LOST)
        elif self._back is _TO_SAVEPOINT:
            self._back = ()
            _ = self._bound.line.do("RELEASE SAVEPOINT kundorder")
        elif self._back is _TO_BEGINNING:
            self._bound.has_joined = True

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """See ``ports.Transaction``."""
        return self._done(lambda line: self._bound.tongue.read(line, keys))

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        """See ``ports.Transaction``."""
        wanted = stretch(index, after, limit, back=newest_first)
        return self._done(lambda line: self._page(line, values, wanted))

    def write(self, changes: Changes) -> None:
        """See ``ports.Transaction``; kept when the host commits."""
        self._written(lambda line: self._bound.tongue.write(line, rows_of(changes, self._record)))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """See ``ports.Transaction``; where the host sees one moment only, somebody else may have claimed since."""
        try:
            return self._written(
                lambda line: self._bound.tongue.claim(line, now=now, lease_until=lease_until, limit=limit)
            )
        except Conflict as error:
            raise Unavailable(_TOO_OLD) from error

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        """See ``ports.Transaction``."""
        return self._written(lambda line: self._bound.tongue.settle(line, owed, settlement))

    def _record(self, key: Key, version: int) -> Record:
        return self._bound.tongue.record(self._bound.line, key, version)

    def _page(self, line: Line, values: tuple[str, ...], wanted: Stretch) -> Page:
        """All of one moment: in the host's transaction, or, where it has not begun, in one that only looks."""
        if self._back or len(values) < len("ab"):
            return self._bound.tongue.page(line, values, wanted)
        _ = line.do("BEGIN")
        try:
            return self._bound.tongue.page(line, values, wanted)
        finally:
            _ = line.do("ROLLBACK")

    def _written(self, act: Callable[[Line], _T]) -> _T:
        def held(line: Line) -> _T:
            self._bound.tongue.hold(line)
            return act(line)

        result = self._done(held, to_write=True)
        self._has_written = True
        return result

    def _done(self, act: Callable[[Line], _T], *, to_write: bool = False) -> _T:
        """All of it or nothing, even if the caller swallows the error."""
        self._check()
        line = self._bound.line
        if not self._back:
            self._begin(line, to_write=to_write)
        try:
            if not self._bound.is_known:
                check_layout(self._bound.tongue, line)
                self._bound.is_known = True
            return act(line)
        except BaseException:
            self._is_lost = self._has_written
            self._undo()
            raise

    def _begin(self, line: Line, *, to_write: bool) -> None:
        if self._bound.is_there():
            self._bound.has_joined = True
            _ = line.do("SAVEPOINT kundorder")
            self._back = _TO_SAVEPOINT
        elif self._bound.has_joined:
            raise Unavailable(_ENDED)
        elif to_write:
            _ = line.do(self._bound.tongue.begin)
            self._back = _TO_BEGINNING

    def _check(self) -> None:
        if self._is_over:
            raise Unavailable(_OVER)
        if self._is_lost:
            raise Unavailable(_LOST)
        if self._bound.is_lost:
            raise Unavailable(_GIVEN_UP)

    def _undo(self) -> None:
        back, self._back = self._back, ()
        if not back:
            return
        self._bound.is_lost = True  # until it has been undone: whatever interrupts that, too
        with suppress(KundorderError):
            for statement in back:
                _ = self._bound.line.do(statement)
            self._bound.is_lost = False
