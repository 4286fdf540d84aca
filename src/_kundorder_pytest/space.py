"""All cells there are: a question about a right, and one of the answers to it.

A question is a lifecycle, the state something is in, a trigger, and who asks: one role or none, and the side of the
matter that the organisation acted for stands on, or none. The answer is that it is accepted and leads to a state, that
it is refused, or that what is asked about is hidden from whoever asks. Which are accepted, ``workflow.GRANTS`` says; a
permitted question can be refused all the same, for a reason that lies in the facts. The other questions are every state
with every trigger and everybody, whether or not they can be met: the report asks for no share of those.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias, final

from kundorder.commands import COMMANDS, AgreementCommand, AssignmentCommand, MemberCommand, OrderCommand
from kundorder.lifecycles.rows import Table
from kundorder.lifecycles.tables import TABLES
from kundorder.vocabulary import Lifecycle, Party, Role, Trigger
from kundorder.vocabulary.names import Name
from kundorder.workflow import GRANTS

Who: TypeAlias = tuple[Role | None, Party | None]
"""Who asks: a role, None for somebody without any; and a side, None for a bystander."""

_ABOUT_SOMETHING: Final = frozenset(
    command.trigger
    for command in COMMANDS
    if issubclass(command, OrderCommand | AgreementCommand | AssignmentCommand | MemberCommand)
)
_ROLES: Final = (None, *(role for role in Role if role is not Role.SIGNATORY))  # a signatory has no login
_STAFF: Final = (Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)  # from whom nothing is hidden

Row: TypeAlias = tuple[str, str | None, str, str | None, str | None, str, str | None]
"""A cell as it is sent from process to process: plain texts, for nothing else can be."""


@final
class Answer(Name):
    """What came of asking."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    HIDDEN = "hidden"


@final
class Cell(NamedTuple):
    """One cell, in the names under which the matrix is published."""

    lifecycle: str
    before: str | None  # None: where something is created
    trigger: str
    role: str | None  # None: without any
    party: str | None  # None: on no side of it
    answer: str
    to: str | None  # None: not accepted

    @property
    def row(self) -> Row:
        """What there is to be sent."""
        return (
            str(self.lifecycle),
            _plain(self.before),
            str(self.trigger),
            _plain(self.role),
            _plain(self.party),
            str(self.answer),
            _plain(self.to),
        )


def _plain(name: str | None) -> str | None:
    return None if name is None else str(name)


LIFECYCLES: Final = tuple(table for table in TABLES if table.lifecycle is not Lifecycle.PROVIDER)
"""How an empty store gets its provider is no right of anybody's."""


def _triggers(lifecycle: Lifecycle) -> Mapping[Trigger, bool]:
    """What can be done there; and whether it creates, so that the state something is in says nothing."""
    return {cell.trigger: cell.before is None for cell in GRANTS if cell.lifecycle is lifecycle}


CREATES: Final = {table.lifecycle: _triggers(table.lifecycle) for table in TABLES}
"""For each lifecycle its triggers, and whether they create."""

SIDES: Final = {
    table.lifecycle: tuple(
        party
        for party in Party
        if party is Party.PROVIDER or any((cell.lifecycle, cell.party) == (table.lifecycle, party) for cell in GRANTS)
    )
    for table in TABLES
}
"""For each lifecycle on which sides of it somebody can stand; the provider on one of its own of everything."""


def permitted() -> tuple[Cell, ...]:
    """Every cell that is accepted, lifecycle by lifecycle."""
    found = (
        Cell(cell.lifecycle, cell.before, cell.trigger, cell.role, cell.party, Answer.ACCEPTED, cell.to)
        for cell in GRANTS
        if cell.lifecycle is not Lifecycle.PROVIDER
    )
    return tuple(dict.fromkeys(found))  # what is the same in both flows is one cell


def refused() -> frozenset[Cell]:
    """Every cell that is refused."""
    return frozenset(_cells(Answer.REFUSED))


def hidden() -> frozenset[Cell]:
    """Every cell that is hidden."""
    return frozenset(_cells(Answer.HIDDEN))


def _cells(answer: Answer) -> Iterator[Cell]:
    for table in LIFECYCLES:
        for trigger, creates in CREATES[table.lifecycle].items():
            for role, party in _who(table, answer, is_new=creates and trigger not in _ABOUT_SOMETHING):
                for before in (None,) if creates else table.states:
                    yield Cell(table.lifecycle, before, trigger, role, party, answer, None)


def _who(table: Table, answer: Answer, *, is_new: bool) -> Iterator[Who]:
    """Everybody who can get this answer about something that is there, or that is to be created."""
    sides = SIDES[table.lifecycle]
    people = [(role, party) for party in (*sides, None) if party is not Party.SYSTEM for role in _ROLES]
    if answer is Answer.REFUSED:
        yield None, Party.SYSTEM
        yield from (who for who in people if is_new or who[1] is not None)  # a bystander sees nothing that is there
    else:
        yield from (
            (role, party)
            for role, party in people
            if not (party is Party.PROVIDER and role in _STAFF) and not (is_new and role is not None)
        )
