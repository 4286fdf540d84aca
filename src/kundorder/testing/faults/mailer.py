"""A mailer on which letters fail, get lost on the way back, come twice or late."""

from typing import ClassVar, final

from kundorder.errors import Postponed, RelayStopped, Unavailable, Undeliverable
from kundorder.ports import Letter, Mailer
from kundorder.testing.faults.plan import NOTHING_FAILS, Course, Fault, Movable, Plan, has


@final
class FaultyMailer:
    """A mailer round a mailer.

    Args:
        kept: the one that works.
        plan: what goes wrong.
        clock: what a delay moves.
    """

    FAULTS: ClassVar[frozenset[Fault]] = frozenset(
        (
            *(Fault.FAIL, Fault.LOSE, Fault.REPEAT, Fault.REORDER, Fault.DELAY),
            *(Fault.REFUSE, Fault.POSTPONE, Fault.STOP),
        )
    )
    """All it can suffer."""

    def __init__(self, kept: Mailer, plan: Plan = NOTHING_FAILS, *, clock: Movable | None = None) -> None:
        self.course = Course(plan, clock=clock)
        self._kept = kept
        self._held: list[Letter] = []

    def __repr__(self) -> str:
        return f"FaultyMailer({self.course.plan!r})"

    def send(self, letter: Letter) -> None:
        """See ``ports.Mailer``; what is held back goes after this one."""
        slips = self.course.call("send", self.FAULTS)
        self.course.pass_time(slips)
        if has(slips, Fault.REFUSE):
            raise Undeliverable("the relay refuses the letter, by plan")
        if has(slips, Fault.POSTPONE):
            raise Postponed("the relay refuses the letter for now, by plan")
        if has(slips, Fault.STOP):
            raise RelayStopped("the relay refuses the login, by plan")
        if has(slips, Fault.FAIL):
            raise Unavailable("the relay cannot be reached, by plan")
        if has(slips, Fault.REORDER):
            self._held.append(letter)
            return
        self._kept.send(letter)
        if has(slips, Fault.REPEAT):
            self._kept.send(letter)
        self._hand_over()
        if has(slips, Fault.LOSE):
            raise Unavailable("the line broke after the letter had left, by plan")

    def heal(self) -> None:
        """Nothing goes wrong ever after, and what was held back goes."""
        self.course.heal()
        self._hand_over()

    def _hand_over(self) -> None:
        while self._held:
            self._kept.send(self._held[0])
            del self._held[0]
