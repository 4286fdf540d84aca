"""Killed by SIGKILL between and inside commits: what was acknowledged is there, and nothing is half done.

Programs are killed at any moment, and before or after any single call they make to the operating system: each write,
each flush, each removal of a journal. Whoever comes next repeats what had no answer, with the same key.
"""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count as counting
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import pytest
from proof import count

from crash.killing import Forge, Life
from crash.places import FILES, STORES
from crash.story import STORY

Ways: TypeAlias = Mapping[str, Callable[[Life, Random], None]]

AT_ANY_MOMENT, AT_ANY_CALL = "at any moment", "at any call of the operating system"
WAYS: Final[Ways] = {AT_ANY_MOMENT: Life.killed_in_time, AT_ANY_CALL: Life.killed_in_calls}
KILLS: Final = {  # in each of the two ways: in the fast lane, and in the long one
    "SQLite, delete": (50, 5000),
    "SQLite, wal": (50, 5000),
    "SQLAlchemy on SQLite": (25, 1000),
    "PostgreSQL": (15, 1000),
}
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
ON_LINUX: Final = pytest.mark.skipif(sys.platform != "linux", reason="only Linux stops a program at every call")
SEND: Final = next(number for number, step in enumerate(STORY) if step.name == "agent: send")


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    with Forge() as forge:
        yield forge


def killed(forge: Forge, name: str, way: str, chance: Random, kills: int) -> None:
    """Tell stories to one store after the other, until so many programs have been killed."""
    done, cut_off = 0, 0
    while done < kills:
        with TemporaryDirectory() as folder:
            life = Life.begin(forge, STORES[name], Path(folder))
            WAYS[way](life, chance)
            done += life.kills
            cut_off += life.cut_off
    if name in FILES and way == AT_ANY_CALL:
        assert cut_off > 0  # else they were killed between commits only
    count(f"programs killed {way}, {name}", done)
    if cut_off:  # a server leaves nothing lying about by which it could be told
        count(f"programs killed inside a commit, {name}", cut_off)


def test_programs_are_killed_on_every_store() -> None:
    assert set(KILLS) == set(STORES)


@pytest.mark.parametrize("way", [AT_ANY_MOMENT, pytest.param(AT_ANY_CALL, marks=ON_LINUX)])
@pytest.mark.parametrize("name", KILLS)
def test_a_killed_program_loses_nothing_it_has_acknowledged_and_does_nothing_by_halves(
    forge: Forge, name: str, way: str, chance: Random
) -> None:
    killed(forge, name, way, chance, KILLS[name][0])


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("way", [AT_ANY_MOMENT, pytest.param(AT_ANY_CALL, marks=ON_LINUX)])
@pytest.mark.parametrize("name", KILLS)
def test_and_no_more_when_thousands_are_killed(forge: Forge, name: str, way: str, chance: Random) -> None:
    killed(forge, name, way, chance, KILLS[name][1])


def killed_at_each_call(forge: Forge, name: str, folder: Path, calls: Iterable[int]) -> None:
    """A command is killed at these calls of its own, each time from the same store, until it is through before that."""
    before = Life.begin(forge, FILES[name], folder / "before")
    before.run(until=SEND)
    found = Counter[int]()
    for each in calls:
        life = before.copied(folder / "place")
        if not life.run(until=SEND + 1, calls=each, watched_from=SEND).is_killed:
            break
        found[life.look()] += 1
        life.run(until=SEND + 1)
        assert life.look() == SEND + 1
        shutil.rmtree(life.place)
    assert set(found) == {SEND, SEND + 1}
    count(f"programs killed at one call after the other of one command, {name}", found.total())


@ON_LINUX
@pytest.mark.parametrize("name", FILES)
def test_a_command_that_is_killed_on_its_way_is_done_or_not(
    forge: Forge, name: str, chance: Random, tmp_path: Path
) -> None:
    killed_at_each_call(forge, name, tmp_path, counting(chance.randrange(10), 10))


@ON_LINUX
@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", FILES)
def test_and_so_at_each_of_its_calls_to_the_system(forge: Forge, name: str, tmp_path: Path) -> None:
    killed_at_each_call(forge, name, tmp_path, counting())


@ON_LINUX
def test_a_store_that_does_things_by_halves_is_found_out(forge: Forge, tmp_path: Path) -> None:
    """Kills would be worth nothing if they did not find a store that keeps records and mail one after the other."""
    before = Life.begin(forge, "crash.wrong:in_halves", tmp_path / "before")
    before.run(until=SEND)

    def kill() -> None:
        for calls in counting(0, 8):
            life = before.copied(tmp_path / str(calls))
            if not life.run(until=SEND + 1, calls=calls, watched_from=SEND).is_killed:
                break
            life.look()

    with pytest.raises(AssertionError, match="HALF DONE after 3 steps"):
        kill()
