"""The mark a decision leaves on its subject: who, in which capacity, when."""

from kundorder.lifecycles.rows import By
from kundorder.model import Mark
from kundorder.situation import Case
from kundorder.vocabulary import Trigger


def mark_of(case: Case, trigger: Trigger, by: By) -> Mark:
    """The mark of this act."""
    actor = case.act.actor
    return Mark(
        trigger=trigger,
        role=by.role,
        party=by.party,
        organisation=actor.organisation,
        person=None if case.act.is_system else actor.person,
        member=None if case.me is None else case.me.id,
        at=case.act.now,
    )


def course_with(case: Case, trigger: Trigger, by: By) -> tuple[Mark, ...]:
    """The course of an order, with this decision as the last of its capacity."""
    before = (each for each in case.order.course if (each.role, each.party) != (by.role, by.party))
    return (*before, mark_of(case, trigger, by))
