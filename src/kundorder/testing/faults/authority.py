"""A signing authority that does not answer, or answers what it was asked before."""

from typing import ClassVar, final

from kundorder.authority import Authority, AuthorityQuestion
from kundorder.errors import Unavailable
from kundorder.ports import SigningAuthority
from kundorder.testing.faults.plan import NOTHING_FAILS, Course, Fault, Movable, Plan, has


@final
class FaultyAuthority:
    """A signing authority round one.

    Args:
        kept: the one that works.
        plan: what goes wrong.
        clock: what a delay moves.
    """

    FAULTS: ClassVar[frozenset[Fault]] = frozenset(
        (Fault.FAIL, Fault.LOSE, Fault.STALE, Fault.DELAY),
    )
    """All it can suffer."""

    def __init__(self, kept: SigningAuthority, plan: Plan = NOTHING_FAILS, *, clock: Movable | None = None) -> None:
        self.course = Course(plan, clock=clock)
        self._kept = kept
        self._last: Authority | None = None

    def __repr__(self) -> str:
        return f"FaultyAuthority({self.course.plan!r})"

    def may_bind(self, question: AuthorityQuestion) -> Authority:
        """See ``ports.SigningAuthority``."""
        slips = self.course.call("may_bind", self.FAULTS)
        self.course.pass_time(slips)
        if has(slips, Fault.FAIL):
            raise Unavailable("the register cannot be reached, by plan")
        if has(slips, Fault.STALE) and self._last is not None:
            return self._last
        self._last = self._kept.may_bind(question)
        if has(slips, Fault.LOSE):
            raise Unavailable("the answer of the register was lost, by plan")
        return self._last

    def heal(self) -> None:
        """It answers ever after."""
        self.course.heal()
