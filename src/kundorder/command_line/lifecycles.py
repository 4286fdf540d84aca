"""The page that tells how everything moves: reviewed, and compared with what is generated here."""

from typing import Final

from kundorder.command_line.diagrams import FLOWS, diagram_block, table_of
from kundorder.command_line.matrix import PUBLISHED
from kundorder.command_line.wording import NOTHING, TITLES, Line, act, in_both, lowered, only, said, table, who
from kundorder.lifecycles.order_guards import agreement_holds, has_attestant
from kundorder.lifecycles.rows import AnyRow, By, Owes, Table
from kundorder.vocabulary import Flow, Lifecycle, Party, Role

_INTRODUCTION: Final = """\
# Lifecycles

How orders, agreements, assignments and users move: every state, every step, what must hold for it and what is owed
afterwards. The page is written by `python -m kundorder matrix --format md --page lifecycles` from the tables that
decide, and a test compares the two. Who may do what is told, role by role, in [Who may do what](rights.md).

If anything that must hold does not, a step is refused with all its reasons at once, and nothing changes. What is owed
is stored with the step and carried out after it. The numbers in brackets are those of the rules.
"""
_START_GUARDS: Final = f"""\
The start guards, which hold when an order is started and again when it is sent:

- {said(agreement_holds)}
- {said(has_attestant)}
- An offer that is in the catalogue today, allows the chosen mode and is open to the customer's category (R28).
- With a direct connection no agent is named, and nobody is their own agent.
- In the flow via agent: an agent with a signed agent agreement, an active assignment for the service (R22), and in it
  at least one granted handler, and at least one attestant (R20).
"""
_HEAD: Final = ("from", "step", "by", "must hold", "to", "owed or done afterwards")


def lifecycles_page() -> str:
    """Every machine: picture, states and rows."""
    return "\n".join((_INTRODUCTION, *map(_lifecycle, PUBLISHED)))


def _lifecycle(lifecycle: Lifecycle) -> str:
    mine = table_of(lifecycle)
    ways: tuple[Flow | None, ...] = mine.flows or (None,)
    pictures = ((f"In the flow {FLOWS[way]}:\n\n" if way else "") + diagram_block(mine, way) for way in ways)
    states = (
        (f"`{state.value}`", in_both(state), "yes" if state in mine.final else NOTHING)
        for state in dict.fromkeys(row.to for row in mine.rows)
    )
    parts = (
        f"## {TITLES[lifecycle]}",
        *pictures,
        table(("state", "in words", "final"), states),
        table(_HEAD, (_line(mine, row) for row in mine.rows)),
        *((_START_GUARDS.rstrip(),) if lifecycle is Lifecycle.ORDER else ()),
    )
    return "\n\n".join(parts) + "\n"


def _line(mine: Table, row: AnyRow) -> Line:
    flow = f", flow {FLOWS[row.flow]}" if mine.flows and row.flow else ""
    musts, after = [said(guard) for guard in row.when], [_owed(each) for each in row.owes]
    musts.append(_part(row, "given"))
    after += (_part(row, "also"), _part(row, "changes"))
    until = said(row.until).removeprefix("Whether ")
    after.append(f"The state moves once {until}" if until else "")
    return (
        NOTHING if row.at is None else f"`{row.at.value}`",
        act(row.trigger) + flow,
        _by(row.by),
        " ".join(filter(None, musts)) or NOTHING,
        f"`{row.to.value}`",
        " ".join(filter(None, after)) or NOTHING,
    )


def _part(row: AnyRow, name: str) -> str:
    """What a part of a row says that takes the row's own command, and so has no type for all rows."""
    return said(getattr(row, name, None))


def _by(capacities: tuple[By, ...]) -> str:
    parties: dict[tuple[Role | None, str], list[Party]] = {}
    for by in capacities:
        parties.setdefault((by.role, only(by)), []).append(by.party)
    return "; ".join(
        who(role, sides) + (f": {lowered(condition).rstrip('.')}" if condition else "")
        for (role, condition), sides in parties.items()
    )


def _owed(owes: Owes) -> str:
    how = "Mail and notice" if owes.mail and owes.notice else "Mail" if owes.mail else "Notice"
    return f"{how} `{owes.template.value}`: {lowered(said(owes.to))}"
