"""A port that fails for a moment is asked again by the portal itself, and no oftener than it says."""

from collections.abc import Callable

import pytest
from cast import Cast
from faults import Forgetting

import kundorder as ko
from kundorder.sample import CATALOGUE

START = ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT)


def portal_on(cast: Cast, times: int, error: Callable[[], ko.KundorderError]) -> tuple[ko.Portal, list[float]]:
    """One whose store fails this often before it writes, and how long the portal has waited in between."""
    pauses: list[float] = []
    store = Forgetting(cast.world.store, times, kept_first=False, error=error)
    return ko.Portal(store=store, catalogue=CATALOGUE, clock=cast.world.clock, pause=pauses.append), pauses


def busy() -> ko.Unavailable:
    return ko.Unavailable("the store is locked by another program", soon=True)


def broken() -> ko.Unavailable:
    return ko.Unavailable("the disk is full")


@pytest.mark.parametrize("times", [1, 2])
def test_a_store_that_is_busy_for_a_moment_is_asked_again(times: int) -> None:
    cast = Cast.new(agent=False)
    portal, pauses = portal_on(cast, times, busy)
    assert portal.execute(START, cast.berta).state == "DRAFT"
    assert len(pauses) == times
    assert all(0 <= pause < 1 for pause in pauses)


def test_a_store_that_stays_busy_is_told_of_after_three_times() -> None:
    cast = Cast.new(agent=False)
    portal, pauses = portal_on(cast, 3, busy)
    with pytest.raises(ko.Unavailable, match="locked") as refused:
        portal.execute(START, cast.berta)
    assert refused.value.next_step is ko.NextStep.RETRY
    assert len(pauses) == 2


def test_what_will_not_be_over_in_a_moment_is_told_of_at_once() -> None:
    cast = Cast.new(agent=False)
    portal, pauses = portal_on(cast, 1, broken)
    with pytest.raises(ko.Unavailable, match="disk"):
        portal.execute(START, cast.berta)
    assert pauses == []


def test_facts_that_keep_moving_are_met_anew_as_often_as_was_said_and_then_told_of() -> None:
    cast = Cast.new(agent=False)
    portal, pauses = portal_on(cast, 10, ko.Conflict)
    with pytest.raises(ko.Conflict) as refused:
        portal.execute(START, cast.berta)
    assert refused.value.next_step is ko.NextStep.RELOAD
    assert len(pauses) == 9
