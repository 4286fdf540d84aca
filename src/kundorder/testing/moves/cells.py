"""Whom to ask: the published cells say who may ever do what from where, and the portal has the last word."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from kundorder.model import SYSTEM, Actor, Agreement
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import Lifecycle, Party, Role, State, Trigger
from kundorder.workflow import GRANTS, Cell

Doors: TypeAlias = dict[Trigger, tuple[Cell, ...]]
"""What leaves a state, and in which capacities."""

STRANGER: Final = "okand"
"""Somebody who is no user of anything."""


def doors(lifecycle: Lifecycle, before: State | None) -> Doors:
    """What can ever be done from there."""
    found: Doors = {}
    for cell in GRANTS:
        if cell.lifecycle is lifecycle and cell.before == before:
            found[cell.trigger] = (*found.get(cell.trigger, ()), cell)
    return found


def able(scene: Scene, cells: tuple[Cell, ...]) -> tuple[Actor, ...]:
    """Everybody there is who has one of these capacities in some organisation, each once."""
    return tuple(dict.fromkeys(actor for cell in cells for actor in _in(scene, cell)))


def _in(scene: Scene, cell: Cell) -> Iterator[Actor]:
    if cell.party is Party.SYSTEM or cell.role is Role.SIGNATORY:
        yield SYSTEM  # carries out what the evidence of a signatory says
    elif cell.role is not None:
        yield from scene.holding(cell.role)


def lifecycle_of_agreement(agreement: Agreement) -> Lifecycle:
    """The customer's or the agent's."""
    customers = agreement.party is Party.CUSTOMER
    return Lifecycle.CUSTOMER_AGREEMENT if customers else Lifecycle.AGENT_AGREEMENT
