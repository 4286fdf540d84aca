"""A shorter way to the same difference: acts are left out as long as it still shows."""

from collections.abc import Iterator

from kundorder.commands import OrderCommand, StartOrder
from kundorder.testing.conformance.comparing import Checked, SystemFactory, Watched
from kundorder.testing.conformance.differences import Compare, Difference, Step, Tally
from kundorder.testing.conformance.modelled import Model, Views
from kundorder.testing.conformance.system import Accepted, Sent

Steps = tuple[Step, ...]


def shortened(difference: Difference, factory: SystemFactory, compare: Compare) -> Difference:
    """The same kind of difference after fewer acts, if there is one; leaving out any one more would lose it."""
    found = difference
    for steps in (_accepted(found), _about(found, found.steps), _about(found, _accepted(found))):
        found = _shorter(found, steps, factory, compare)
    place = 0
    while place < len(found.steps) - 1:
        shorter = _shorter(found, (*found.steps[:place], *found.steps[place + 1 :]), factory, compare)
        if shorter is found:
            place += 1
        else:
            found, place = shorter, max(0, min(place, len(shorter.steps)) - 1)
    return found


def _shorter(found: Difference, steps: Steps, factory: SystemFactory, compare: Compare) -> Difference:
    if len(steps) >= len(found.steps):
        return found
    other = _after(steps, found, factory, compare)
    return found if other is None or len(other.steps) >= len(found.steps) else other


def _after(steps: Steps, like: Difference, factory: SystemFactory, compare: Compare) -> Difference | None:
    """The difference of the same kind that these acts lead to."""
    scenario = like.scenario
    model = Model(scenario.setting)
    checked = Checked(scenario, compare, Tally())
    watched = Watched(factory(), model.members, scenario)
    readers = () if like.reader is None else (like.reader,)
    views: Views = {}
    for number, step in enumerate(steps, 1):
        told = len(model.sent())
        judged = model.perform(step.move.command, step.move.actor, step.coming)
        done = steps[:number]
        found = checked.answer(done, judged, watched.perform(step))
        if found is None:
            views = model.views(readers) if isinstance(judged.answer, Accepted) else views
            found = checked.looks(done, views, watched) or checked.mail(done, model.sent()[told:], watched)
        if found is not None:
            return found if _alike(found, like) else None
    return None


def _alike(one: Difference, other: Difference) -> bool:
    kinds = [(each.aspect, type(each.expected), type(each.found), _about_what(each)) for each in (one, other)]
    return kinds[0] == kinds[1]


def _about_what(difference: Difference) -> object:
    """Which mail, or which act."""
    for each in (difference.expected, difference.found):
        if isinstance(each, Sent):
            return each.kind
    return None if difference.reader is not None else difference.steps[-1].move.trigger


def _accepted(difference: Difference) -> Steps:
    """Without the acts that the model refuses: they change nothing in it."""
    model = Model(difference.scenario.setting)
    *before, last = difference.steps
    answers = [(step, model.perform(step.move.command, step.move.actor, step.coming).answer) for step in before]
    return (*(step for step, answer in answers if isinstance(answer, Accepted)), last)


def _about(difference: Difference, steps: Steps) -> Steps:
    """Without the acts that are about other orders than the one at the end."""
    *before, last = steps
    wanted = difference.order or last.coming or next(_orders(last), "")
    kept = [step for step in before if not _is_about_another(step, wanted)]
    return (*kept, last)


def _orders(step: Step) -> Iterator[str]:
    if isinstance(step.move.command, OrderCommand):
        yield step.move.command.order


def _is_about_another(step: Step, wanted: str) -> bool:
    if isinstance(step.move.command, StartOrder):
        return step.coming != wanted
    return any(order != wanted for order in _orders(step)) and step.coming != wanted
