"""The ways an order can have come to where it is, as the published cells have them."""

from functools import cache
from typing import TypeAlias

from kundorder.vocabulary import Flow, Lifecycle, OrderState, Trigger
from kundorder.workflow import GRANTS, Cell

Way: TypeAlias = tuple[Cell, ...]
"""From nothing, each step from where the one before led."""


@cache
def states_of(flow: Flow) -> tuple[OrderState, ...]:
    """Where an order of this flow can stand, the nearest first."""
    return tuple(_shortest(flow))


@cache
def ways(flow: Flow, state: OrderState) -> tuple[Way, ...]:
    """Every last step into a state, each with the shortest way to where it is taken from; the shortest first.

    Raises:
        LookupError: no order of this flow ever comes there.
    """
    shortest = _shortest(flow)
    if state not in shortest:
        raise LookupError(state, flow)
    found = [shortest[state]]
    for cell in _cells(flow):
        before = cell.before
        if isinstance(before, OrderState) and cell.to == state and before is not state:
            found.append((*shortest[before], cell))
    return tuple(sorted(dict.fromkeys(found), key=len))


@cache
def _shortest(flow: Flow) -> dict[OrderState, Way]:
    found: dict[OrderState, Way] = {}
    frontier: list[tuple[OrderState | None, Way]] = [(None, ())]
    while frontier:
        here, way = frontier.pop(0)
        for cell in _cells(flow):
            to = cell.to
            if cell.before == here and isinstance(to, OrderState) and to not in found:
                found[to] = (*way, cell)
                frontier.append((to, found[to]))
    return found


@cache
def _cells(flow: Flow) -> Way:
    return tuple(
        cell
        for cell in GRANTS
        if cell.lifecycle is Lifecycle.ORDER
        and cell.flow in (None, flow)
        and cell.trigger is not Trigger.COPY_AS_DRAFT  # takes another order that has come to an end
    )
