"""The first difference between a system and the model, found by going through everything short in order."""

from collections.abc import Collection
from typing import Final

from kundorder.testing.conformance.comparing import Checked, SystemFactory, Watched
from kundorder.testing.conformance.differences import EVERYTHING, Compare, Difference, Step, Tally
from kundorder.testing.conformance.founding import founded
from kundorder.testing.conformance.proposals import CommandType
from kundorder.testing.conformance.reporting import Report
from kundorder.testing.conformance.scenarios import SCENARIOS, Scenario
from kundorder.testing.conformance.walking import Stage, walk

_LONGEST: Final = 12  # acts; the longest way of an order, with a copy, has fewer


def first_difference(
    system_factory: SystemFactory,
    *,
    compare: Compare = EVERYTHING,
    unsupported: Collection[CommandType] = (),
    scenarios: tuple[Scenario, ...] = SCENARIOS,
    depth: int = _LONGEST,
) -> Report:
    """Put every situation of one order to a system, the short ways to them first, and stop where it differs.

    The same in every run, and without Hypothesis.

    Args:
        system_factory: makes a system; a new one is asked for thousands of times.
        compare: what is compared.
        unsupported: commands the system does not have; they are never tried, and the report says so.
        scenarios: who is there, and what is ordered.
        depth: how many acts a way may have.

    Returns:
        The shortest difference of the first scenario that has one, or none.
    """
    tally, difference, lacking = Tally(), None, frozenset(unsupported)
    for scenario in scenarios:
        checked = Checked(scenario, compare, tally)
        tally.scenarios.append(scenario)
        stages = walk(scenario, lacking, depth)
        difference = next((found for stage in stages if (found := _at(stage, checked, system_factory))), None)
        if difference is not None:
            break
    return Report(compare=compare, unsupported=lacking, tally=tally, difference=difference)


def _at(stage: Stage, checked: Checked, factory: SystemFactory) -> Difference | None:
    """Where the system differs on this stage."""
    watched = _begun(checked, factory)
    found = _arrived(stage, checked, watched)
    if found is not None or not stage.tries:
        return found
    for move, judged in stage.tries:
        found = checked.answer((*stage.path, Step(move)), judged, watched.perform(Step(move)))
        if found is not None:
            return found
    steps = (*stage.path, *(Step(move) for move, _judged in stage.tries))
    found = _stands_still(steps, stage, checked, watched)
    return None if found is None else _which(stage, checked, factory) or found


def _begun(checked: Checked, factory: SystemFactory) -> Watched:
    return Watched(factory(), founded(checked.scenario.setting).members, checked.scenario)


def _arrived(stage: Stage, checked: Checked, watched: Watched) -> Difference | None:
    """Go the way there; what is on it has been looked at on earlier stages, but for the last step."""
    path, judged = stage.path, stage.last
    for step in path if judged is None else path[:-1]:
        _ = watched.perform(step)
    _ = watched.newly_sent()
    if judged is None:
        return None
    return (
        checked.answer(path, judged, watched.perform(path[-1]))
        or checked.looks(path, stage.views, watched)
        or checked.mail(path, stage.sent, watched)
    )


def _stands_still(steps: tuple[Step, ...], stage: Stage, checked: Checked, watched: Watched) -> Difference | None:
    """What is refused must change nothing."""
    return checked.looks(steps, stage.views, watched) or checked.mail(steps, (), watched)


def _which(stage: Stage, checked: Checked, factory: SystemFactory) -> Difference | None:
    """Which one of the tries has changed something."""
    for move, _judged in stage.tries:
        watched = _begun(checked, factory)
        found = _arrived(stage, checked, watched)
        _ = watched.perform(Step(move))
        found = found or _stands_still((*stage.path, Step(move)), stage, checked, watched)
        if found is not None:
            return found
    return None
