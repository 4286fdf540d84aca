"""What goes wrong at which call: a plan that can be replayed, and how far it has come."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum, auto, unique
from random import Random
from threading import Lock
from typing import Final, Protocol, final

import attrs

from kundorder.ports import Clock


@unique
@final
class Fault(Enum):
    """What goes wrong; a port suffers only some of it, and each wrapper says which."""

    FAIL = auto()  # it says that it is not available, and nothing was done
    LOSE = auto()  # it is done, and the answer is lost: it says that it is not available
    MOVED = auto()  # a store says that a fact has moved although none has, and nothing was done
    STALE = auto()  # it answers as it did before
    REPEAT = auto()  # it is done twice; a source of ids hands out the last one again
    REORDER = auto()  # it is done after the next one of its kind, or when all is well again
    DELAY = auto()  # it takes its time: the clock of the test moves on meanwhile
    REFUSE = auto()  # a mailer says that this letter will never go
    POSTPONE = auto()  # a mailer says that this letter cannot go now
    STOP = auto()  # a mailer says that no letter goes before something is mended
    LATE = auto()  # a callback does not come; the next time it does
    FOREIGN = auto()  # somebody else's callback comes in the place of the right one
    JUMP = auto()  # a clock is ahead of the time from now on; or behind it


def _named(fault: Fault) -> str:
    return f"Fault.{fault.name}"


@final
@attrs.frozen
class Slip:
    """One thing that goes wrong."""

    call: int  # the first is 1; counted over all calls of the port, or of one method only
    fault: Fault = attrs.field(repr=_named)
    of: str = ""  # the method whose calls are counted; empty: all of them count
    seconds: int = 0  # how long a delay takes; how far a clock jumps: back, if that is negative


@final
@attrs.frozen
class Plan:
    """All that goes wrong; its text is Python that makes it again."""

    slips: tuple[Slip, ...] = ()

    def without(self, slip: Slip) -> "Plan":
        """All but this: to find out what of a plan it takes."""
        return Plan(tuple(each for each in self.slips if each != slip))


NOTHING_FAILS: Final = Plan()

_LONGEST: Final = 3600  # seconds of a delay or a jump
_TIMED: Final = frozenset((Fault.DELAY, Fault.JUMP))


def planned(seed: int, faults: Collection[Fault], *, calls: int, share: float = 0.1) -> Plan:
    """A plan from a seed: the same from the same.

    Args:
        seed: any number.
        faults: what may go wrong, such as ``FaultyMailer.FAULTS``.
        calls: at how many of the first calls something may.
        share: of these calls at which something does, from 0 to 1.
    """
    chance, among = Random(seed), sorted(faults, key=lambda fault: fault.value)  # noqa: S311 - to be replayed, no secret
    slips: list[Slip] = []
    for call in range(1, calls + 1):
        if not among or chance.random() >= share:
            continue
        fault = chance.choice(among)
        slips.append(Slip(call, fault, seconds=chance.randint(1, _LONGEST) if fault in _TIMED else 0))
    return Plan(tuple(slips))


class Movable(Clock, Protocol):
    """A clock that a test moves."""

    def advance(self, by: timedelta) -> datetime:
        """Move it on."""
        ...


@final
class Course:
    """A plan under way: counts the calls, and says what goes wrong at each; any number of threads may ask.

    Calls count while it is switched off, too, so what fails after that is what would have failed.

    Args:
        plan: what goes wrong.
        clock: what a delay moves; without one a delay takes no time.
        is_on: whether anything goes wrong for now.
    """

    def __init__(self, plan: Plan = NOTHING_FAILS, *, clock: Movable | None = None, is_on: bool = True) -> None:
        self.plan = plan
        self.happened: list[Slip] = []
        """What has gone wrong so far."""
        self._clock = clock
        self._is_on = is_on
        self._is_healed = False
        self._calls: Counter[str] = Counter()
        self._slips: dict[tuple[str, int], list[Slip]] = {}
        for slip in plan.slips:
            self._slips.setdefault((slip.of, slip.call), []).append(slip)
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Course({self.plan!r})"

    @property
    def is_on(self) -> bool:
        """Whether anything goes wrong for now."""
        return self._is_on and not self._is_healed

    def switch(self, *, on: bool) -> None:
        """Let things go wrong from now on, or no more; a swarm does this now and then."""
        self._is_on = on

    def heal(self) -> None:
        """Nothing goes wrong ever after."""
        self._is_healed = True

    def call(self, method: str, suffers: Collection[Fault]) -> tuple[Slip, ...]:
        """One more call: what goes wrong with it, of that which can.

        Args:
            method: which.
            suffers: what can go wrong with it.
        """
        with self._lock:
            self._calls[""] += 1
            self._calls[method] += 1
            if not self.is_on:
                return ()
            found = [slip for of in ("", method) for slip in self._slips.get((of, self._calls[of]), ())]
            slips = tuple(slip for slip in found if slip.fault in suffers)
            self.happened += slips
        return slips

    def pass_time(self, slips: tuple[Slip, ...]) -> None:
        """Move the clock on by what is delayed."""
        for slip in slips:
            if slip.fault is Fault.DELAY and self._clock is not None:
                _ = self._clock.advance(timedelta(seconds=slip.seconds))


def has(slips: tuple[Slip, ...], fault: Fault) -> bool:
    """Whether this goes wrong."""
    return any(slip.fault is fault for slip in slips)
