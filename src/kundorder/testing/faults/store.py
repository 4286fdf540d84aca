"""A store that does not answer, loses its answer, tells of the past, or says that a fact has moved."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import ClassVar, Final, TypeAlias, TypeVar, final

import attrs

from kundorder.errors import Conflict, Unavailable
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Page, Store, Transaction
from kundorder.situation import Fact, Key
from kundorder.testing.faults.around import Around
from kundorder.testing.faults.plan import NOTHING_FAILS, Course, Fault, Movable, Plan, Slip, has
from kundorder.vocabulary import Index

_T = TypeVar("_T")

_LOOKS: Final = frozenset((Fault.FAIL, Fault.DELAY, Fault.STALE))
_ACTS: Final = frozenset((Fault.FAIL, Fault.DELAY, Fault.LOSE))
_WRITES: Final = _ACTS | {Fault.MOVED, Fault.REPEAT}


@final
class FaultyStore:
    """A store round a store; the calls that count are those of its transactions: ``read``, ``write`` and so on.

    Args:
        kept: the one that works.
        plan: what goes wrong; with a lost answer what was done is kept for good before the transaction raises.
        clock: what a delay moves.
    """

    FAULTS: ClassVar[frozenset[Fault]] = _LOOKS | _WRITES
    """All it can suffer: what is read may fail or be of the past, what is written may also be lost or repeated."""

    def __init__(self, kept: Store, plan: Plan = NOTHING_FAILS, *, clock: Movable | None = None) -> None:
        self.course = Course(plan, clock=clock)
        self._kept = kept
        self._past = _Past()

    def __repr__(self) -> str:
        return f"FaultyStore({self.course.plan!r})"

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """See ``ports.Store``."""
        after = _After()
        with self._kept.transaction() as transaction:
            yield _FaultyTransaction(transaction, self.course, self._past, after)
        for changes in after.repeated:
            self._write_again(changes)
        if after.is_lost:
            raise Unavailable("the answer of the store was lost, by plan")

    def heal(self) -> None:
        """Nothing goes wrong ever after."""
        self.course.heal()

    def _write_again(self, changes: Changes) -> None:
        """As a line does that sends twice; the guards see to it that it is written once."""
        try:
            with self._kept.transaction() as transaction:
                transaction.write(changes)
        except Conflict:
            pass


@final
@attrs.define
class _After:
    """What comes when the transaction has been kept."""

    is_lost: bool = False
    repeated: list[Changes] = attrs.field(factory=list)


_Question: TypeAlias = tuple[Index, tuple[str, ...], str | None, int, bool]


@final
class _Past:
    """What was told before; each key as it was told the first time after it was last told stale."""

    def __init__(self) -> None:
        self._facts: dict[Key, Fact] = {}
        self._pages: dict[_Question, Page] = {}
        self._lock = Lock()

    def of(self, told: dict[Key, Fact], *, stale: bool) -> dict[Key, Fact]:
        """The facts; or if stale, as they were told before."""
        with self._lock:
            if stale:
                return {key: self._facts.pop(key, fact) for key, fact in told.items()}
            for key, fact in told.items():
                _ = self._facts.setdefault(key, fact)
        return told

    def page(self, question: _Question, told: Page, *, stale: bool) -> Page:
        """The page; or if stale, as it was told before."""
        with self._lock:
            return self._pages.pop(question, told) if stale else self._kept(question, told)

    def _kept(self, question: _Question, told: Page) -> Page:
        _ = self._pages.setdefault(question, told)
        return told


@final
@attrs.frozen
class _FaultyTransaction(Around):
    course: Course
    past: _Past
    after: _After

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        slips = self._called("read", _LOOKS)
        return self.past.of(self.kept.read(keys), stale=has(slips, Fault.STALE))

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        slips = self._called("select", _LOOKS)
        page = self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)
        return self.past.page((index, values, after, limit, newest_first), page, stale=has(slips, Fault.STALE))

    def write(self, changes: Changes) -> None:
        slips = self._called("write", _WRITES)
        if has(slips, Fault.MOVED):
            raise Conflict
        self.kept.write(changes)
        if has(slips, Fault.REPEAT) and changes.guards:
            self.after.repeated.append(changes)
        self._answered(slips)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self._done("claim", lambda: self.kept.claim(now=now, lease_until=lease_until, limit=limit))

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self._done("settle", lambda: self.kept.settle(owed, settlement))

    def _done(self, method: str, act: Callable[[], _T]) -> _T:
        slips = self._called(method, _ACTS)
        found = act()
        self._answered(slips)
        return found

    def _called(self, method: str, suffers: frozenset[Fault]) -> tuple[Slip, ...]:
        slips = self.course.call(method, suffers)
        self.course.pass_time(slips)
        if has(slips, Fault.FAIL):
            raise Unavailable("the store does not answer, by plan")
        return slips

    def _answered(self, slips: tuple[Slip, ...]) -> None:
        if has(slips, Fault.LOSE):
            self.after.is_lost = True
