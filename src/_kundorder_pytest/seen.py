"""From a judgement to the cells it touches: what was asked, who asked, and what came of it."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias, final

import attrs

from _kundorder_pytest.space import CREATES, SIDES, Answer, Cell, Who
from kundorder.commands import (
    AddUser,
    AgreementCommand,
    ApplyForAgentAgreement,
    ApplyForAssignment,
    ApplyForCustomerAgreement,
    AssignmentCommand,
    Command,
    MemberCommand,
    OrderCommand,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    StartOrder,
)
from kundorder.decisions.deciding import lifecycle_of
from kundorder.decisions.judging import Ruling
from kundorder.model import Subject
from kundorder.outcomes import Outcome, Verdict
from kundorder.policies import parties, sides
from kundorder.situation import Act, Case, Situation, case_of
from kundorder.vocabulary import Lifecycle, Party

CREATORS: Final[Mapping[type[Command], Lifecycle]] = {
    StartOrder: Lifecycle.ORDER,
    ApplyForCustomerAgreement: Lifecycle.CUSTOMER_AGREEMENT,
    RegisterCustomerAgreement: Lifecycle.CUSTOMER_AGREEMENT,
    ApplyForAgentAgreement: Lifecycle.AGENT_AGREEMENT,
    RegisterAgentAgreement: Lifecycle.AGENT_AGREEMENT,
    ApplyForAssignment: Lifecycle.ASSIGNMENT,
    AddUser: Lifecycle.USER,
}
"""What the commands create that are about nothing that is there."""

Cells: TypeAlias = Iterator[Cell]


@final
@attrs.frozen
class Judged:
    """What was judged, and how."""

    situation: Situation
    command: Command
    act: Act
    ruling: Ruling | None  # None: it is hidden


def answered(judged: Judged, result: object) -> Cells:
    """What a call has touched that has ended with a result: with neither an outcome nor a verdict, nothing yet."""
    ruling = judged.ruling
    if ruling is None:
        return
    if isinstance(result, Verdict) and not result.allowed:
        yield from not_done(judged)
    elif isinstance(result, Verdict | Outcome) and not ruling.reasons and ruling.row is not None and ruling.by:
        row, by = ruling.row, ruling.by
        lifecycle, trigger = _lifecycle(judged.command, ruling.case.subject), row.trigger
        yield Cell(lifecycle, row.at, trigger, by.role, by.party, Answer.ACCEPTED, row.to)


def not_done(judged: Judged) -> Cells:
    """What a call has touched that was refused, or got the answer for something that does not exist.

    It says as much about each role the actor holds, and about each side the actor stands on.
    """
    command, subject = judged.command, _subject(judged.situation, judged.command)
    if subject is None and type(command) not in CREATORS:
        return  # there is nothing, so it has no state to be asked about
    lifecycle, trigger = _lifecycle(command, subject), command.trigger
    before = None if subject is None or CREATES[lifecycle][trigger] else subject.state
    answer = Answer.HIDDEN if judged.ruling is None else Answer.REFUSED
    for role, party in _who(case_of(judged.situation, judged.act, subject), lifecycle):
        yield Cell(lifecycle, before, trigger, role, party, answer, None)


def _lifecycle(command: Command, subject: Subject | None) -> Lifecycle:
    return CREATORS[type(command)] if subject is None else lifecycle_of(subject)


def _subject(situation: Situation, command: Command) -> Subject | None:
    match command:
        case OrderCommand():
            return situation.order(command.order)
        case AgreementCommand():
            return situation.agreement(command.agreement)
        case AssignmentCommand():
            return situation.assignment(command.assignment)
        case MemberCommand():
            return situation.member(command.member)
        case _:
            return None


def _who(case: Case, lifecycle: Lifecycle) -> Iterator[Who]:
    if case.act.is_system:
        yield None, Party.SYSTEM
        return
    roles = (None,) if case.me is None or not case.me.roles else case.me.roles
    for party in _on(case, lifecycle) or (None,):
        for role in roles:
            yield role, party


def _on(case: Case, lifecycle: Lifecycle) -> tuple[Party, ...]:
    """On which sides; of what is to be created, on those that the organisation acted for is one of anyway."""
    if case.subject is not None:
        return parties(case, case.subject)
    mine = () if case.mine is None else sides(case.mine)
    return tuple(party for party in mine if party in SIDES[lifecycle])
