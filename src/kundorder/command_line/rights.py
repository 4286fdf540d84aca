"""The page that tells who may do what, and who may look at what: reviewed, and compared with what is generated here."""

from collections.abc import Iterator
from typing import Final

from kundorder.command_line.diagrams import FLOWS, table_of
from kundorder.command_line.looking import VIEWERS, Viewer, records, sees_all
from kundorder.command_line.matrix import PUBLISHED, cells
from kundorder.command_line.wording import NOTHING, TITLES, Line, act, in_both, only, table, who
from kundorder.model import Subject
from kundorder.reasons import word
from kundorder.vocabulary import Language, Lifecycle, Party, Role
from kundorder.workflow import Cell

_INTRODUCTION: Final = """\
# Who may do what

Every right there is, as the library applies it. The page is written by `python -m kundorder matrix --format md` from
the tables that decide, and a test compares the two. **What does not stand here is not permitted to anybody.**

A right belongs to a role, held by a person in one organisation. Whoever acts names the organisation acted for, and only
the roles held there count: rights of several organisations are never added up, and no role contains another. Roles are
judged at the moment of the act. A signatory has no login: to sign and to decline are carried out on verified evidence
of that person. What must hold besides, and what is owed afterwards, stands in [Lifecycles](lifecycles.md).
"""
_HEAD: Final = ("who", "may", "where it stands", "and makes it", "flow", "only if this holds of the person")
_SIGHT: Final = """\
## Who may look at what

Whoever may not see something gets the same answer as for something that does not exist. Of what another organisation
did, its capacity and the date are seen, not the person. An agent that is a customer too is, as a customer, judged as
one. An order is seen alike before it is sent and after, unless it says otherwise here.
"""
_ROLES: Final = tuple(Role)


def rights_page() -> str:
    """Who may do what from where to where, and who may look at what."""
    return "\n".join((_INTRODUCTION, *map(_lifecycle, PUBLISHED), _SIGHT, *_looking()))


def _lifecycle(lifecycle: Lifecycle) -> str:
    mine = sorted((cell for cell in cells() if cell.lifecycle is lifecycle), key=_place)
    lines: dict[Line, list[Party]] = {}  # what is the same on several sides is one line
    for cell in mine:
        lines.setdefault(_without_party(cell), []).append(cell.party)
    roles = {role: in_both(role) for role in _ROLES}
    named = {text: role for role, text in roles.items()}
    rows = [(who(named.get(line[0]), parties), *line[1:]) for line, parties in lines.items()]
    return f"## {TITLES[lifecycle]}\n\n{table(_HEAD, rows)}\n\nPermitted cells: {len(mine)}.\n"


def _place(cell: Cell) -> int:
    return len(_ROLES) if cell.role is None else _ROLES.index(cell.role)


def _without_party(cell: Cell) -> Line:
    return (
        "" if cell.role is None else in_both(cell.role),
        act(cell.trigger),
        f"{NOTHING} (new)" if cell.before is None else in_both(cell.before),
        in_both(cell.to),
        _flow(cell),
        _only(cell) or NOTHING,
    )


def _flow(cell: Cell) -> str:
    if cell.lifecycle is not Lifecycle.ORDER:
        return NOTHING
    return "both" if cell.flow is None else FLOWS[cell.flow]


def _only(cell: Cell) -> str:
    wanted = (cell.before, cell.trigger, cell.to, cell.role, cell.party)
    for row in table_of(cell.lifecycle).rows:
        for by in row.by:
            if (row.at, row.trigger, row.to, by.role, by.party) == wanted:
                return only(by)
    return ""


def _looking() -> Iterator[str]:
    for party, viewers in VIEWERS.items():
        kinds = [records(party, viewer) for viewer in viewers]
        lines = [
            (name, *(_sees(party, viewer, kind[number][1]) for viewer, kind in zip(viewers, kinds, strict=True)))
            for number, (name, _subjects) in enumerate(kinds[0])
        ]
        side = f"{word(party, Language.EN)} ({word(party, Language.SV)})"
        yield f"{table((f'Seen at {side}', *map(_viewer, viewers)), lines)}\n"


def _sees(party: Party, viewer: Viewer, subjects: tuple[Subject, ...]) -> str:
    return "yes" if sees_all(party, viewer, subjects) else NOTHING


def _viewer(viewer: Viewer) -> str:
    if viewer.role is None:
        return "no role"
    return in_both(viewer.role) + (", granted in the assignment" if viewer.granted else "")
