"""The laws of what has happened: every step is a row, and each chain of steps hangs together."""

from itertools import pairwise
from typing import Final

from kundorder.events import Event
from kundorder.testing.laws.breaking import Law, must
from kundorder.testing.laws.kept import Chain, Kept
from kundorder.vocabulary import Flow, Lifecycle, Trigger, UserState
from kundorder.workflow import FINAL, GRANTS

_CELLS: Final = {(cell.lifecycle, cell.before, cell.trigger, cell.role, cell.party, cell.to) for cell in GRANTS}
_ORDER_HOPS: Final = {
    (flow, cell.before, cell.trigger, cell.to)
    for flow in Flow
    for cell in GRANTS
    if cell.lifecycle is Lifecycle.ORDER and cell.flow in (None, flow)
}
_RENEWED: Final = (Lifecycle.CUSTOMER_AGREEMENT, Lifecycle.AGENT_AGREEMENT, Lifecycle.ASSIGNMENT)


def check_steps(kept: Kept) -> None:
    """Every hop is a row, in the capacity of a cell, from where the one before led; and no end is ever left.

    Raises:
        LawBroken: one of ``CHAIN`` and ``ROW`` does not hold.
    """
    for chain, events in kept.chains.items():
        check_chain(kept, chain, events)


def check_chain(kept: Kept, chain: str, events: Chain) -> None:
    """The same for one chain.

    Raises:
        LawBroken: as ``check_steps``.
    """
    must(Law.CHAIN, chain, events[0], hold=events[0].before is None)
    for earlier, later in pairwise(events):
        must(Law.CHAIN, chain, (earlier, later), hold=_goes_on(earlier, later))
    order = kept.orders.get(chain.partition(":")[2])
    for event in events:
        cell = (event.lifecycle, event.before, event.trigger, event.role, event.party, event.after)
        must(Law.ROW, chain, event, hold=cell in _CELLS or is_beside(event))
        if order is not None:
            hop = (order.content.flow, event.before, event.trigger, event.after)
            must(Law.ROW, chain, event, hold=hop in _ORDER_HOPS)


def check_times(kept: Kept) -> None:
    """Time goes on within each chain, where one clock tells it and one act comes after the other.

    Raises:
        LawBroken: ``TIME`` does not hold.
    """
    for chain, events in kept.chains.items():
        for earlier, later in pairwise(events):
            must(Law.TIME, chain, (earlier, later), hold=later.at > earlier.at)


def _goes_on(earlier: Event, later: Event) -> bool:
    if later.before is None:  # applied for anew under the same id, or invited anew
        return later.lifecycle in _RENEWED or earlier.after == UserState.INVITED
    return later.before == earlier.after and later.before not in FINAL[later.lifecycle]


def is_beside(event: Event) -> bool:
    """Whether a user was added or given a role because of an agreement, in the capacity of whoever moved that."""
    moved = (event.before, event.after)
    added = event.trigger is Trigger.ADD and moved in ((None, UserState.INVITED), (None, UserState.ACTIVE))
    given = event.trigger is Trigger.ASSIGN_ROLE and event.before == event.after
    return event.lifecycle is Lifecycle.USER and (added or given)
