"""A source of ids that hands out what it has handed out before."""

from typing import ClassVar, final

from kundorder.ports import Ids
from kundorder.testing.faults.plan import NOTHING_FAILS, Course, Fault, Plan, has


@final
class FaultyIds:
    """A source of ids round one. A code is never another's: who has it may act.

    Args:
        kept: the one that works.
        plan: what goes wrong; calls of ``order``, ``member`` and ``case_number`` count.
    """

    FAULTS: ClassVar[frozenset[Fault]] = frozenset((Fault.REPEAT,))
    """All it can suffer."""

    def __init__(self, kept: Ids, plan: Plan = NOTHING_FAILS) -> None:
        self.course = Course(plan)
        self._kept = kept
        self._last: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"FaultyIds({self.course.plan!r})"

    def order(self) -> str:
        """An order id, which somebody may have had."""
        return self._again("order") or self._new("order", self._kept.order())

    def member(self) -> str:
        """A member id, which somebody may have had."""
        return self._again("member") or self._new("member", self._kept.member())

    def case_number(self) -> str:
        """A case number, which may have been used."""
        return self._again("case_number") or self._new("case_number", self._kept.case_number())

    def code(self, about: str) -> str:
        """See ``situation.Fresh``."""
        return self._kept.code(about)

    def heal(self) -> None:
        """Nothing is handed out twice ever after."""
        self.course.heal()

    def _again(self, method: str) -> str | None:
        repeated = has(self.course.call(method, self.FAULTS), Fault.REPEAT)
        return self._last.get(method) if repeated else None

    def _new(self, method: str, given: str) -> str:
        self._last[method] = given
        return given
