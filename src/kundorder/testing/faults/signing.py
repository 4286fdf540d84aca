"""A way of signing that does not answer, loses what it has answered, and gets its callbacks late, twice or foreign."""

from datetime import datetime
from typing import ClassVar, Final, final

from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports import Pending, Progress, Signing
from kundorder.testing.faults.plan import NOTHING_FAILS, Course, Fault, Movable, Plan, Slip, has

_NOBODYS: Final = "a callback of somebody else, by plan"


@final
class FaultySigning:
    """A way of signing round one.

    Args:
        kept: the one that works.
        plan: what goes wrong.
        clock: what a delay moves.
        foreign: somebody else's callback, to come in the place of the right one.
    """

    FAULTS: ClassVar[frozenset[Fault]] = frozenset(
        (Fault.FAIL, Fault.LOSE, Fault.DELAY, Fault.STALE, Fault.REPEAT, Fault.LATE, Fault.FOREIGN),
    )
    """All it can suffer; what is about callbacks only when one comes."""

    _ALWAYS: ClassVar[frozenset[Fault]] = frozenset((Fault.FAIL, Fault.LOSE, Fault.DELAY))

    def __init__(
        self,
        kept: Signing,
        plan: Plan = NOTHING_FAILS,
        *,
        clock: Movable | None = None,
        foreign: str = _NOBODYS,
    ) -> None:
        self.course = Course(plan, clock=clock)
        self._kept = kept
        self._foreign = foreign
        self._late: dict[str, str] = {}  # callbacks that have not come yet, by the state they belong to
        self._waiting: dict[str, Pending] = {}  # what was answered before, by the state it was asked with

    def __repr__(self) -> str:
        return f"FaultySigning({self.course.plan!r})"

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``."""
        slips = self._called("start", self._ALWAYS)
        return self._answered(self._kept.start(request, now=now), slips)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; a callback that comes late comes with the next call that brings none."""
        slips = self._called("resume", self.FAULTS)
        if has(slips, Fault.STALE) and state in self._waiting:
            return self._waiting[state]
        if has(slips, Fault.LATE) and callback is not None:
            self._late[state], callback = callback, None
        elif callback is None:
            callback = self._late.pop(state, None)
        if has(slips, Fault.FOREIGN) and callback is not None:
            callback = self._foreign
        found = self._kept.resume(request, state, now=now, callback=callback)
        if has(slips, Fault.REPEAT) and callback is not None:
            _ = self._kept.resume(request, state, now=now, callback=callback)
        if isinstance(found, Pending):
            self._waiting[state] = found
        return self._answered(found, slips)

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``."""
        slips = self._called("cancel", self._ALWAYS | {Fault.REPEAT})
        self._kept.cancel(state)
        if has(slips, Fault.REPEAT):
            self._kept.cancel(state)
        if has(slips, Fault.LOSE):
            raise Unavailable("the answer of the signing service was lost, by plan")

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``."""
        slips = self._called("verify", self._ALWAYS)
        found = self._kept.verify(evidence, document)
        if has(slips, Fault.LOSE):
            raise Unavailable("the answer of the signing service was lost, by plan")
        return found

    def heal(self) -> None:
        """Nothing goes wrong ever after; a callback that has not come still comes with the next call."""
        self.course.heal()

    def _called(self, method: str, suffers: frozenset[Fault]) -> tuple[Slip, ...]:
        slips = self.course.call(method, suffers)
        self.course.pass_time(slips)
        if has(slips, Fault.FAIL):
            raise Unavailable("the signing service cannot be reached, by plan")
        return slips

    def _answered(self, found: Progress, slips: tuple[Slip, ...]) -> Progress:
        if has(slips, Fault.LOSE):
            raise Unavailable("the answer of the signing service was lost, by plan")
        return found
