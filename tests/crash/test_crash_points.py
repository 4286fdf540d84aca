"""Everything stops before or after any call of a port, once and twice, while an order goes from its start to its end.

What stops is the program: no handler runs but those that undo. The next one begins with the step that had no answer,
with the same key; in the end there is what there would have been, and every mail has left.
"""

from collections.abc import Iterable, Iterator
from itertools import count as counting
from typing import TypeAlias

import pytest
from proof import count

from crash.moments import COURSE, moments
from crash.places import FILES, opening
from crash.points import Telling, twin
from crash.story import prepare
from crash.wrong import Half, InHalves
from kundorder.adapters.memory import MemoryStore

Distinct: TypeAlias = list[tuple[Telling, int]]
"""Those that differ in anything that what follows can depend on, and how many are like each."""


@pytest.fixture(scope="module")
def before() -> MemoryStore:
    """A store with everybody in it, never written again."""
    store = MemoryStore()
    prepare(store)
    return store


def told(store: MemoryStore) -> Telling:
    """The story, told without being disturbed."""
    telling = Telling.of(COURSE, twin(store))
    telling.run()
    telling.ends_well(len(telling.handed))
    return telling


def stopped(telling: Telling) -> Iterator[Telling]:
    """One that has stopped at each moment of what is left of the story."""
    here = telling.twin()
    while not here.is_over:
        start = here.twin()
        for stop in range(here.step()):
            there = start.twin()
            there.step(stop)
            assert there.runs == start.runs + 1
            yield there


def distinct(tellings: Iterable[Telling], since: MemoryStore) -> Distinct:
    """Those that differ."""
    found: dict[tuple[object, ...], Telling] = {}
    times: dict[tuple[object, ...], int] = {}
    for telling in tellings:
        state = telling.state(since)
        found.setdefault(state, telling)
        times[state] = times.get(state, 0) + 1
    return [(telling, times[state]) for state, telling in found.items()]


def test_an_order_stopped_at_any_moment_and_at_any_moment_again_is_told_to_the_same_end(before: MemoryStore) -> None:
    """All moments, and all pairs of moments; where two lead to equal stores, it is told on once for both."""
    sent = len(told(before).handed)
    once = distinct(stopped(Telling.of(COURSE, twin(before))), before)
    pairs = 0
    for telling, times in once:
        twice = distinct(stopped(telling), before)
        pairs += times * sum(number for _telling, number in twice)
        for each in (telling, *(each for each, _number in twice)):
            each.ends_well(sent)
    count("moments at which everything stopped, store in memory", sum(number for _telling, number in once))
    count("pairs of moments at which everything stopped, store in memory", pairs)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_and_the_same_when_every_pair_is_told_from_start_to_end(before: MemoryStore) -> None:
    sent = len(told(before).handed)
    pairs = 0
    for once in stopped(Telling.of(COURSE, twin(before))):
        for twice in stopped(once):
            twice.ends_well(sent)
            pairs += 1
    count("pairs of moments at which everything stopped, each told to its end, store in memory", pairs)


@pytest.mark.parametrize("name", FILES)
def test_a_step_in_a_file_stopped_at_any_moment_is_told_to_the_same_end(name: str) -> None:
    number = 0
    for moment in moments(name):
        for stop in counting():
            with opening(FILES[name])(moment.laid().parent) as store:
                telling = moment.told_to(store)
                telling.step(stop)
                if telling.told > moment.telling.told:
                    break
                COURSE.stands(store, telling.told)
                telling.step()
                assert COURSE.stands(store, telling.told) == COURSE.after[telling.told]
            number += 1
    assert number > 100
    count(f"moments at which everything stopped, {name}", number)


@pytest.mark.parametrize("half", Half)
def test_a_store_that_does_things_by_halves_is_found_out(before: MemoryStore, half: Half) -> None:
    """Such stops would be worth nothing if they did not find a store that keeps one thing after the other."""
    sent = len(told(before).handed)

    def tell_all() -> None:
        for stop in range(100):
            telling = Telling.of(COURSE, twin(before), seen_by_host=lambda store: InHalves(store, half))
            telling.run(stop)
            telling.ends_well(sent)

    with pytest.raises(AssertionError, match=r"HALF DONE|LOST"):
        tell_all()
