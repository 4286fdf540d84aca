"""Deterministic simulation: one seed, one world, in which everything goes wrong that can; healed, nothing is lost.

``KUNDORDER_WORLDS=17:18 python3 run.py test tests/test_simulation.py -m long`` runs the world of seed 17 again.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs
import pytest
from proof import count
from simulation.running import ran
from simulation.wrong import Bug

import kundorder as ko
from kundorder.ports import Store, Transaction
from kundorder.situation import Fact, Key, holders_key
from kundorder.testing.faults.around import Around
from kundorder.testing.laws import Kept, Law
from kundorder.testing.world import AGENT, World

WORLDS: Final = "KUNDORDER_WORLDS"
"""Set it to ``FIRST:LAST`` to have the worlds of these seeds; the last is not among them."""

_FAST: Final = 2_000
_LONG: Final = 100_000
_PARTS: Final = 8
_WORDS: Final[Mapping[str, str]] = {
    "acts": "simulated worlds: acts",
    "crashes": "simulated worlds: processes killed, each followed by a restart",
    "letters": "simulated worlds: letters that left",
    "steps": "simulated worlds: calls of a port at which others could go on",
}
FOUND: Final[Mapping[Bug, tuple[Law, ...]]] = {
    Bug.FENCE_OFF: (Law.DELIVERED,),
    Bug.LEASE_OFF: (Law.DELIVERED,),
    Bug.NO_RECEIPT: (Law.SAME_AGAIN,),
    Bug.RECEIPT_LATER: (Law.SAME_AGAIN,),
    Bug.GUARDS_OFF: (Law.SAME_AGAIN, Law.ROLE, Law.AGENT_READY, Law.HOLDERS),
    Bug.OTHERS_UNGUARDED: (Law.ROLE, Law.AGENT_READY, Law.ASSIGNMENT),
    Bug.MAIL_EARLY: (Law.AFTER_COMMIT,),
    Bug.MAIL_LOST: (Law.DELIVERED,),
    Bug.OWED_LATER: (Law.DELIVERED,),
    Bug.FOLLOW_UP_LOST: (Law.DELIVERED,),
    Bug.SENT_AT_ONCE: (Law.DELIVERED,),
    Bug.FORGETFUL: (Law.SAME_AGAIN, Law.CHAIN, Law.KEPT),
    Bug.JOURNAL_GAP: (Law.KEPT,),
    Bug.NO_REASON: (Law.DELIVERED,),
}
"""Which law a world finds broken if this is wrong about it."""

_SEEDS_ENOUGH: Final = 60


@attrs.frozen
class Behind:
    """A store that tells some facts as they were."""

    kept: Store
    facts: Mapping[Key, Fact]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield ReadsBehind(transaction, self.facts)


@attrs.frozen
class ReadsBehind(Around):
    facts: Mapping[Key, Fact]

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return {key: self.facts.get(key, fact) for key, fact in self.kept.read(keys).items()}


def hold(first: int, last: int) -> None:
    """The worlds of these seeds."""
    found: Counter[str] = Counter()
    for seed in range(first, last):
        world = ran(seed)
        found += world.counts
        assert world.broken is None, f"{WORLDS}={seed}:{seed + 1} has it again\n{world.broken}"
    count("simulated worlds, each from one seed", last - first)
    for what, words in _WORDS.items():
        count(words, found[what])
    for kind in ("store", "mail server"):
        ill = (number for what, number in found.items() if what.startswith(kind) and not what.endswith(": yes"))
        count(f"simulated worlds: faults of the {kind}", sum(ill))


@pytest.mark.parametrize("part", range(_PARTS))
def test_whatever_goes_wrong_nothing_is_lost_or_stuck_once_all_is_well(part: int) -> None:
    size = _FAST // _PARTS
    hold(part * size, (part + 1) * size)


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("part", range(_PARTS))
def test_in_a_hundred_thousand_worlds_nothing_is_lost_or_stuck(part: int) -> None:
    first, last = map(int, os.environ.get(WORLDS, f"{_FAST}:{_FAST + _LONG}").split(":"))
    size = -(-(last - first) // _PARTS)
    hold(first + part * size, min(first + (part + 1) * size, last))


@pytest.mark.parametrize("bug", Bug, ids=lambda bug: bug.name)
def test_what_is_wrong_about_a_world_is_found_by_the_law_it_breaks(bug: Bug) -> None:
    for seed in range(_SEEDS_ENOUGH):
        broken = ran(seed, bug).broken
        if broken is not None:
            assert broken.law in FOUND[bug], broken
            count("simulated worlds with something wrong about them, found by a law", 1)
            return
    pytest.fail(f"{bug} is not found by {_SEEDS_ENOUGH} seeds")


def test_a_store_that_is_behind_in_what_it_says_of_handlers_is_asked_again_and_lets_nothing_through() -> None:
    world = World.new()
    agda = world.agent()
    hugo = world.user(agda, "hugo", ko.Role.AGENT_HANDLER)
    handlers = holders_key(AGENT, ko.Role.AGENT_HANDLER)
    with world.store.transaction() as transaction:
        behind = {handlers: attrs.evolve(transaction.read((handlers,))[handlers], record=None)}
    late = ko.Portal(store=Behind(world.store, behind), catalogue=world.catalogue, pause=lambda _seconds: None)
    grant = ko.GrantHandler(member=world.members[AGENT, hugo.person], assignment=f"{AGENT}/npo")
    before = Kept.of(world.store)
    with pytest.raises(ko.Conflict):
        late.execute(grant, agda)
    assert Kept.of(world.store) == before
    world.portal.execute(grant, agda)
    assert Kept.of(world.store) != before


def test_a_seed_tells_the_same_story_twice_and_in_another_process() -> None:
    seeds = range(0, 100, 5)
    here = [f"{seed} {ran(seed).digest} holds" for seed in seeds]
    assert here == [f"{seed} {ran(seed).digest} holds" for seed in seeds]
    assert len({line.split()[1] for line in here}) == len(here)
    for hashes in ("1", "4711"):
        there = subprocess.run(
            [sys.executable, "-m", "simulation.running", *map(str, seeds)],
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": hashes},
            check=True,
            capture_output=True,
            text=True,
        )
        assert there.stdout.splitlines() == here
    count("simulated worlds that went the same way again, in another process too", len(here))
