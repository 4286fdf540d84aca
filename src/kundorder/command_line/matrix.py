"""The matrix of rights: every permitted cell of the published lifecycles."""

import json
from typing import Final, TypeAlias

import attrs

from kundorder.vocabulary import Flow, Lifecycle
from kundorder.workflow import GRANTS, Cell

PUBLISHED: Final = tuple(lifecycle for lifecycle in Lifecycle if lifecycle is not Lifecycle.PROVIDER)
"""How an empty store gets its provider is no right of anybody's."""

JsonCell: TypeAlias = dict[str, str | None]


def cells() -> tuple[Cell, ...]:
    """Every permitted cell, once; one that is the same in both flows has none."""
    merged: dict[Cell, set[Flow | None]] = {}
    for cell in GRANTS:
        if cell.lifecycle in PUBLISHED:
            merged.setdefault(attrs.evolve(cell, flow=None), set()).add(cell.flow)
    return tuple(
        attrs.evolve(cell, flow=next(iter(flows)) if len(flows) == 1 else None) for cell, flows in merged.items()
    )


def cell_to_json(cell: Cell) -> JsonCell:
    """A cell under the published names; ``from`` is null where something is created, ``role`` where none is needed."""
    return {
        "lifecycle": cell.lifecycle.value,
        "from": None if cell.before is None else cell.before.value,
        "trigger": cell.trigger.value,
        "role": None if cell.role is None else cell.role.value,
        "party": cell.party.value,
        "to": cell.to.value,
        "flow": None if cell.flow is None else cell.flow.value,
    }


def matrix_json() -> str:
    """The matrix as a JSON list, a cell a line."""
    lines = ",\n".join(json.dumps(cell_to_json(cell)) for cell in cells())
    return f"[\n{lines}\n]\n"
