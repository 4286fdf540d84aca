"""The machines: rows become ``transitions`` machines, and those become frozen tables; nobody else imports that library.

A machine is built for each lifecycle, for orders one for each flow, without conditions and callbacks: ``send`` has
two targets, and a machine holding both would silently take the first. Decisions never run on the machines; they look
rows up in the tables compiled from them here, at import, after checking that every table is well formed. Hosts may
use the machines for introspection and pictures.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias, final

import attrs
from transitions import Machine

from kundorder.lifecycles.rows import AnyRow, By, Table
from kundorder.lifecycles.tables import TABLES
from kundorder.vocabulary import Flow, Lifecycle, Party, Role, State, Trigger

NOWHERE = "NOWHERE"
"""The machine state before something exists."""

Place: TypeAlias = tuple[Lifecycle, Flow | None]
"""Which machine; the flow is None where a lifecycle has but one way."""


@final
class IllFormed(ValueError):
    """A table that cannot be a lifecycle; the message names the row. A mistake in this library, found at import."""


@final
@attrs.frozen(kw_only=True)
class Cell:
    """One permitted cell: who may take which step from where to where."""

    lifecycle: Lifecycle
    before: State | None
    trigger: Trigger
    role: Role | None
    party: Party
    to: State
    flow: Flow | None


def places(table: Table) -> tuple[Place, ...]:
    """The machines a table makes."""
    return tuple((table.lifecycle, flow) for flow in table.flows) or ((table.lifecycle, None),)


def rows_in(table: Table, flow: Flow | None) -> tuple[AnyRow, ...]:
    """The rows that apply in a flow."""
    return tuple(row for row in table.rows if row.flow is None or row.flow is flow)


def _name(row: AnyRow) -> str:
    return f"{NOWHERE if row.at is None else row.at} -{row.trigger}-> {row.to}"


def checked(table: Table) -> Table:
    """The table, if it is well formed.

    Raises:
        IllFormed: no start, an exit from a final state, a row that cannot be taken or that leads where no end can be
            reached, two rows for one key, or a row for nobody.
    """
    for _lifecycle, flow in places(table):
        _check(table, flow, rows_in(table, flow))
    return table


def _check(table: Table, flow: Flow | None, rows: tuple[AnyRow, ...]) -> None:
    here = f"{table.lifecycle}{'' if flow is None else f' ({flow})'}"
    if all(row.at is not None for row in rows):
        message = f"{here}: no row creates one"
        raise IllFormed(message)
    seen: set[tuple[State | None, Trigger]] = set()
    for row in rows:
        if row.at in table.final:
            message = f"{here}: {_name(row)} leaves a final state"
            raise IllFormed(message)
        if (row.at, row.trigger) in seen:
            message = f"{here}: {_name(row)} is there twice"
            raise IllFormed(message)
        if not row.by:
            message = f"{here}: {_name(row)} is permitted to nobody"
            raise IllFormed(message)
        seen.add((row.at, row.trigger))
    reached = reachable(rows, None)
    for row in rows:
        if row.at is not None and row.at not in reached:
            message = f"{here}: {_name(row)} can never be taken"
            raise IllFormed(message)
    for row in rows:
        if row.to not in table.final and not _leads_on(table, rows, row.to):
            message = f"{here}: {_name(row)} leads into a trap"
            raise IllFormed(message)


def _leads_on(table: Table, rows: tuple[AnyRow, ...], state: State) -> bool:
    """Whether an end can still be reached; where nothing ends, whether the state can be left."""
    ahead = reachable(rows, state)
    return bool(ahead & table.final if table.final else ahead - {state})


def reachable(rows: tuple[AnyRow, ...], start: State | None) -> frozenset[State]:
    """The states some rows lead to from a state; from None, from nothing."""
    found: set[State] = set()
    frontier: list[State | None] = [start]
    while frontier:
        here = frontier.pop()
        for row in rows:
            if row.at is here and row.to not in found:
                found.add(row.to)
                frontier.append(row.to)
    return frozenset(found)


def machine_of(table: Table, flow: Flow | None) -> Machine:
    """The lifecycle as a machine of ``transitions``, for introspection; it moves nothing."""
    rows = rows_in(table, flow)
    states = [NOWHERE, *dict.fromkeys(row.to.value for row in rows)]
    steps = [[row.trigger.value, NOWHERE if row.at is None else row.at.value, row.to.value] for row in rows]
    return Machine(
        model=None, states=states, initial=NOWHERE, transitions=steps, auto_transitions=False, name=table.lifecycle
    )


def _all_machines() -> Iterator[tuple[Place, Table, Machine]]:
    for table in TABLES:
        for place in places(checked(table)):
            yield place, table, machine_of(table, place[1])


Steps: TypeAlias = Mapping[Trigger, AnyRow]


def _compiled(table: Table, flow: Flow | None, machine: Machine) -> Mapping[State | None, Steps]:
    rows = {(row.at, row.trigger): row for row in rows_in(table, flow)}
    found: dict[State | None, dict[Trigger, AnyRow]] = {None: {}} | {state: {} for state in table.states}
    for name, event in machine.events.items():
        for source in event.transitions:
            at = None if source == NOWHERE else table.states(source)
            found[at][Trigger(name)] = rows[at, Trigger(name)]
    return MappingProxyType({at: MappingProxyType(steps) for at, steps in found.items()})


_BUILT = tuple(_all_machines())

MACHINES: Mapping[Place, Machine] = MappingProxyType({place: machine for place, _table, machine in _BUILT})
"""One machine a lifecycle and flow, for hosts that want its introspection; do not move anything with them."""

STEPS: Mapping[Place, Mapping[State | None, Steps]] = MappingProxyType(
    {place: _compiled(table, place[1], machine) for place, table, machine in _BUILT}
)
"""For each machine and state the rows that leave it, by trigger; under None the rows that create."""

AHEAD: Mapping[Place, Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        place: MappingProxyType({state: reachable(rows_in(table, place[1]), state) for state in table.states})
        for place, table, _machine in _BUILT
    }
)
"""For each machine and state the states still to come."""

FINAL: Mapping[Lifecycle, frozenset[State]] = MappingProxyType({table.lifecycle: table.final for table in TABLES})
"""Where each lifecycle ends."""


def capacities(place: Place, trigger: Trigger) -> tuple[tuple[State | None, By], ...]:
    """From where, and in which capacities, something can be done at all."""
    return tuple(
        (at, by) for at, steps in STEPS[place].items() if (row := steps.get(trigger)) is not None for by in row.by
    )


def _cells(table: Table) -> Iterator[Cell]:
    for row in table.rows:
        for by in row.by:
            yield Cell(
                lifecycle=table.lifecycle,
                before=row.at,
                trigger=row.trigger,
                role=by.role,
                party=by.party,
                to=row.to,
                flow=row.flow,
            )


GRANTS: tuple[Cell, ...] = tuple(cell for table in TABLES for cell in _cells(table))
"""Every permitted cell; whatever is not here is not permitted to anybody."""
