"""A clock that jumps, forth and back, and stands still."""

from datetime import datetime, timedelta
from typing import ClassVar, final

from kundorder.ports import Clock
from kundorder.testing.faults.plan import NOTHING_FAILS, Course, Fault, Plan, has


@final
class FaultyClock:
    """A clock round a clock.

    Args:
        kept: the one that is right.
        plan: what goes wrong; a jump lasts until the next one is added to it, or until all is well again.
    """

    FAULTS: ClassVar[frozenset[Fault]] = frozenset((Fault.JUMP, Fault.STALE))
    """All it can suffer."""

    def __init__(self, kept: Clock, plan: Plan = NOTHING_FAILS) -> None:
        self.course = Course(plan)
        self._kept = kept
        self._ahead = timedelta()
        self._last: datetime | None = None

    def __repr__(self) -> str:
        return f"FaultyClock({self.course.plan!r})"

    def now(self) -> datetime:
        """See ``ports.Clock``."""
        slips = self.course.call("now", self.FAULTS)
        if has(slips, Fault.STALE) and self._last is not None:
            return self._last
        self._ahead += sum((timedelta(seconds=slip.seconds) for slip in slips), timedelta())
        self._last = self._kept.now() + self._ahead
        return self._last

    def heal(self) -> None:
        """It is right ever after."""
        self.course.heal()
        self._ahead = timedelta()
