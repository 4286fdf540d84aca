"""Programs that tell the story and are killed, one after the other, until it is told."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Final, Self, final

import attrs
import pytest
from postgres import VARIABLE

from crash.course import ALL, Course, course_of
from crash.forge import Job
from crash.places import damage_in, is_cut_off, opening
from crash.story import STORY, prepare
from kundorder.events import OwedState
from kundorder.ports import Store
from kundorder.vocabulary import Index

TESTS: Final = Path(__file__).parents[1]
KILLED: Final = -9
ALL_STEPS: Final = len(STORY)


@final
@attrs.frozen(kw_only=True)
class Death:
    """What a program had said when it ended."""

    acknowledged: dict[int, str]  # steps, and the digest of the outcome of each
    mails: tuple[str, ...]  # that have left, by Message-ID
    is_killed: bool


@final
class Forge:
    """The process that makes those who are to die."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "crash.forge"]
        self._process = subprocess.Popen(
            command, cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _ = self._process.communicate(timeout=60)

    def run(self, job: Job) -> Death:
        """A child's life."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        _ = self._process.stdin.write(json.dumps(attrs.asdict(job)) + "\n")
        acknowledged: dict[int, str] = {}
        mails: list[str] = []
        is_watched = True
        for line in self._process.stdout:
            match line.split():
                case ["ack", number, digest]:
                    acknowledged[int(number)] = digest
                case ["mail", name]:
                    mails.append(name)
                case ["untraced"]:
                    is_watched = False
                case ["ended", status] if int(status) in (0, KILLED):
                    if not is_watched:
                        pytest.skip("this system does not let one process watch another")
                    return Death(acknowledged=acknowledged, mails=tuple(mails), is_killed=int(status) == KILLED)
                case _:
                    break
        raise AssertionError("a program has failed; its own words are above")


@attrs.define
class Life:
    """One store, and the programs that tell the story to it, one after the other."""

    forge: Forge
    store: str  # the name of what opens it
    place: Path
    course: Course
    told: int = 0  # steps that have been acknowledged
    kills: int = 0
    cut_off: int = 0  # of these, inside a commit
    runs: int = 0
    before: int = 0  # mails sent before the story began
    outcomes: dict[int, str] = attrs.field(factory=dict)
    mails: Counter[str] = attrs.field(factory=Counter)

    @classmethod
    def begin(cls, forge: Forge, store: str, place: Path) -> "Life":
        """A store with everybody in it."""
        life = cls(forge, store, place, course_of(STORY))
        place.mkdir(exist_ok=True)
        with opening(store)(place) as held:
            prepare(held)
            life.before = sent(held)
            assert life.course.stands(held, 0) == 0
        return life

    def copied(self, place: Path) -> "Life":
        """The same again at another place; for stores that are all in files."""
        _ = shutil.copytree(self.place, place)
        return attrs.evolve(self, place=place, outcomes=dict(self.outcomes), mails=Counter(self.mails))

    def run(
        self,
        *,
        again: int = 0,
        until: int = ALL_STEPS,
        seconds: float | None = None,
        calls: int | None = None,
        watched_from: int | None = None,
    ) -> Death:
        """One program tells on.

        Args:
            again: how many of the acknowledged steps it repeats first.
            until: the step to stop before.
            seconds: after which it is killed.
            calls: entries to and returns from the operating system after which it is killed.
            watched_from: the step from which these are counted; None: from the very start.
        """
        job = Job(
            store=self.store,
            place=str(self.place),
            server=os.environ.get(VARIABLE),
            run=self.runs,
            first=max(0, self.told - again),
            told=self.told,
            until=until,
            seconds=seconds,
            calls=calls,
            watched_from=watched_from,
        )
        death = self.forge.run(job)
        self.runs += 1
        self.kills += death.is_killed
        self.cut_off += death.is_killed and is_cut_off(self.place)
        self.mails.update(death.mails)
        for number, digest in death.acknowledged.items():
            assert self.outcomes.setdefault(number, digest) == digest, STORY[number].name
            self.told = max(self.told, number + 1)
        return death

    def look(self) -> int:
        """Which shape the store has; it has all that was acknowledged, and nothing by halves."""
        with opening(self.store)(self.place) as store:
            place = self.course.stands(store, self.told)
        assert damage_in(self.place) == []
        return place

    def end(self) -> None:
        """The story is told on, and ends as if nothing had happened: every mail has left, and none too often."""
        while self.told < len(STORY):
            _ = self.run()
        assert self.look() == len(self.course.shapes) - 1
        with opening(self.store)(self.place) as store:
            assert len(self.mails) == sent(store) - self.before
        assert self.mails.total() <= len(self.mails) + self.kills  # who is killed may have sent one without noting it

    def killed_in_time(self, chance: Random) -> None:
        """Kill one program after the other at any moment, until the story is told."""
        longest = 0.02
        while self.told < len(STORY):
            told = self.told
            _ = self.run(again=chance.randrange(3), seconds=chance.uniform(0, longest))
            self.look_perhaps(chance)
            longest = longest if self.told > told else longest * 1.2  # whatever the machine, it comes to an end
        self.end()

    def killed_in_calls(self, chance: Random) -> None:
        """Kill one program after the other before or after any call to the system, until the story is told."""
        while self.told < len(STORY):
            opens = chance.random() < 0.5  # what the dead one has left is put right while the store is opened
            _ = self.run(
                again=chance.randrange(3),
                calls=chance.randrange(1200 if opens else 600),
                watched_from=None if opens else self.told,
            )
            self.look_perhaps(chance)
        self.end()

    def look_perhaps(self, chance: Random) -> None:
        """Look in half of all cases: else it is the next program that finds what the dead one has left."""
        if chance.random() < 0.5:
            _ = self.look()


def sent(store: Store) -> int:
    """How many mails have left, as the store knows."""
    with store.transaction() as transaction:
        lines = transaction.select(Index.OWED, (OwedState.SENT,), after=None, limit=ALL).items
    return sum(line.owed is not None and line.owed.mail is not None for line in lines)
