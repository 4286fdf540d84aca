"""Calls that take turns: each runs until it asks a port for something, and goes on when it is chosen again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from importlib import import_module
from random import Random
from typing import Final, Protocol, final

import attrs

from kundorder.testing.laws import LawBroken
from kundorder.testing.surroundings import START

_TICK: Final = timedelta(milliseconds=1)


class Strand(Protocol):
    """A call that can be left in the middle; of greenlet, which has no types."""

    dead: bool

    def switch(self) -> object:
        """Go on with it."""
        ...

    def throw(self, kind: type[BaseException]) -> object:
        """Let this happen where it stands."""
        ...


_strand: Final[Callable[[Callable[[], None]], Strand]] = getattr(import_module("greenlet"), "greenlet")  # noqa: B009 - it has no types
_current: Final[Callable[[], Strand]] = getattr(import_module("greenlet"), "getcurrent")  # noqa: B009 - as above


@final
class Killed(BaseException):
    """The process is gone at this very moment."""


@final
@attrs.define(eq=False)
class Task:
    """One call under way in a process."""

    name: str
    strand: Strand
    process: int  # which is gone when it is killed
    wakes_at: datetime = START
    error: BaseException | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing is left of it."""
        return self.strand.dead


@final
class Clockwork:
    """Who is on their way, what time it is, and a digest of all that has happened.

    Args:
        chance: where all choices come from.
    """

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.time = START + timedelta(days=30)
        self.tasks: list[Task] = []
        self.steps = 0
        self.broken: LawBroken | None = None
        self._now: Task | None = None
        self._main = _current()
        self._trace = sha256()

    def now(self) -> datetime:
        """A little later each time somebody looks."""
        self.time += _TICK
        return self.time

    def note(self, *what: object) -> None:
        """This has happened."""
        self._trace.update(f"{self.time.isoformat()} {what}\n".encode())

    @property
    def digest(self) -> str:
        """Of all that has happened."""
        return self._trace.hexdigest()

    @property
    def running(self) -> Task:
        """The call that runs now."""
        if self._now is None:
            raise LookupError("nothing runs")
        return self._now

    def begin(self, name: str, process: int, run: Callable[[], None]) -> Task:
        """A new call, as far as its first port."""

        def guarded() -> None:
            try:
                run()
            except Killed:
                pass
            except BaseException as error:  # noqa: BLE001 - it is raised where the clockwork runs
                task.error = error

        task = Task(name=name, strand=_strand(guarded), process=process, wakes_at=self.time)
        self.tasks.append(task)
        self._step(task, None)
        return task

    def pause(self, what: str, *, seconds: float = 0.0) -> None:
        """Let others go on; called by what runs, at a port."""
        task = self.running
        task.wakes_at = self.time + timedelta(seconds=seconds)
        self.note(task.name, what)
        _ = self._main.switch()

    def go_on(self) -> bool:
        """One step of one of those who are awake; if all sleep, the first wakes up. False: there is nobody."""
        if not self.tasks:
            return False
        awake = [task for task in self.tasks if task.wakes_at <= self.time]
        if not awake:
            self.time = min(task.wakes_at for task in self.tasks)
            return True
        task = awake[self.chance.randrange(len(awake))]
        self.steps += 1
        self._step(task, None)
        return True

    def judge(self, check: Callable[[], None]) -> None:
        """Remember the first law that is broken: what runs may take the error for one of its own."""
        try:
            check()
        except LawBroken as error:
            self.broken = self.broken or error

    def kill(self, process: int) -> int:
        """Everything of a process ends where it stands; how much that was."""
        doomed = [task for task in self.tasks if task.process == process]
        for task in doomed:
            self.note(task.name, "killed")
            self._step(task, Killed)
        return len(doomed)

    def _step(self, task: Task, error: type[BaseException] | None) -> None:
        self._now = task
        try:
            _ = task.strand.switch() if error is None else task.strand.throw(error)
        finally:
            self._now = None
        if task.is_over:
            self.tasks.remove(task)
            if task.error is not None:
                raise task.error
        if self.broken is not None:
            raise self.broken
