"""Text messages that fail, get lost on the way back, come twice or late."""

from typing import ClassVar, final

from kundorder.errors import Unavailable
from kundorder.ports import TextMessages
from kundorder.testing.faults.plan import NOTHING_FAILS, Course, Fault, Movable, Plan, has


@final
class FaultyTextMessages:
    """Text messages round text messages.

    Args:
        kept: those that work.
        plan: what goes wrong.
        clock: what a delay moves.
    """

    FAULTS: ClassVar[frozenset[Fault]] = frozenset(
        (Fault.FAIL, Fault.LOSE, Fault.REPEAT, Fault.REORDER, Fault.DELAY),
    )
    """All they can suffer."""

    def __init__(self, kept: TextMessages, plan: Plan = NOTHING_FAILS, *, clock: Movable | None = None) -> None:
        self.course = Course(plan, clock=clock)
        self._kept = kept
        self._held: list[tuple[str, str]] = []

    def __repr__(self) -> str:
        return f"FaultyTextMessages({self.course.plan!r})"

    def send(self, to: str, text: str) -> None:
        """See ``ports.TextMessages``; what is held back goes after this one."""
        slips = self.course.call("send", self.FAULTS)
        self.course.pass_time(slips)
        if has(slips, Fault.FAIL):
            raise Unavailable("text messages cannot be sent now, by plan")
        if has(slips, Fault.REORDER):
            self._held.append((to, text))
            return
        self._kept.send(to, text)
        if has(slips, Fault.REPEAT):
            self._kept.send(to, text)
        self._hand_over()
        if has(slips, Fault.LOSE):
            raise Unavailable("the line broke after the text message had left, by plan")

    def heal(self) -> None:
        """Nothing goes wrong ever after, and what was held back goes."""
        self.course.heal()
        self._hand_over()

    def _hand_over(self) -> None:
        while self._held:
            self._kept.send(*self._held[0])
            del self._held[0]
