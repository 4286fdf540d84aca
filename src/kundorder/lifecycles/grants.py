"""Which handlers may act in which assignment (R21)."""

import attrs

from kundorder.commands import GrantHandler, RevokeHandler
from kundorder.directory import Holder
from kundorder.errors import Conflict
from kundorder.events import FollowUp, FollowUpKind
from kundorder.lifecycles.rows import By, Extra
from kundorder.model import AgentAssignment, HandlerGrant, Member, Subject
from kundorder.outcomes import Put
from kundorder.policies import granted_handlers
from kundorder.reasons import YOU, Clearer, Reason, Reasons
from kundorder.situation import Case, assignment_key
from kundorder.vocabulary import AssignmentState, Party, ReasonCode, Role

_OVER = (AssignmentState.ENDED, AssignmentState.REJECTED)


def _assignment(case: Case, identifier: str) -> AgentAssignment | None:
    found = case.situation.assignment(identifier)
    return found if found is not None and found.agent == case.member.organisation else None


def _handlers(case: Case, assignment: AgentAssignment) -> tuple[Holder, ...]:
    return case.situation.holders(assignment.agent, Role.AGENT_HANDLER)


def may_be_granted(case: Case, command: GrantHandler) -> Reasons:
    """An assignment of this agent that is not over, and somebody who is a handler."""
    found: list[Reason] = []
    agent = case.member.organisation
    assignment = _assignment(case, command.assignment)
    if assignment is None or assignment.state in _OVER:
        params = (("agent", agent), ("service", command.assignment.partition("/")[2]))
        orderer = Clearer(role=Role.AGENT_ASSIGNMENT_ORDERER, party=Party.AGENT, organisation=agent)
        found.append(Reason(ReasonCode.ASSIGNMENT_NOT_ACTIVE, params, cleared_by=(orderer,)))
    if Role.AGENT_HANDLER not in case.member.roles:
        administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=agent)
        found.append(Reason(ReasonCode.NOT_A_HANDLER, (("organisation", agent),), cleared_by=(administrator,)))
    return tuple(found)


def may_be_revoked(case: Case, command: RevokeHandler) -> Reasons:
    """An assignment of this agent."""
    if _assignment(case, command.assignment) is not None:
        return ()
    params = (("agent", case.member.organisation), ("service", command.assignment.partition("/")[2]))
    return (Reason(ReasonCode.ASSIGNMENT_NOT_ACTIVE, params, cleared_by=(YOU,)),)


def is_not_granted(case: Case, command: GrantHandler) -> bool:
    """Granting what is granted changes nothing."""
    assignment = _assignment(case, command.assignment)
    if assignment is None:
        return True
    return all(holder.member != case.member.id for holder in granted_handlers(case.situation, assignment))


def has_grant(case: Case, command: RevokeHandler) -> bool:
    """Revoking what is not granted changes nothing."""
    assignment = _assignment(case, command.assignment)
    return assignment is not None and any(grant.member == case.member.id for grant in assignment.grants)


def stepped(case: Case, _command: GrantHandler | RevokeHandler, _by: By) -> Member:
    """The same user, one act later."""
    return attrs.evolve(case.member, step=case.member.step + 1)


def granted(case: Case, command: GrantHandler, made: Subject) -> Extra:
    """The assignment with the grant; orders that wait are told to the handler (R39)."""
    assignment = _assignment(case, command.assignment)
    if assignment is None:
        raise TypeError(command.trigger)
    since = next((each.since for each in _handlers(case, assignment) if each.member == case.member.id), None)
    if since is None:  # the user has the role and does not hold it: these facts are of two moments
        raise Conflict
    grant = HandlerGrant(member=case.member.id, granted_at=case.act.now, held_since=since)
    grants = (*_others(assignment, case.member), grant)
    kind = FollowUpKind.TELL_PENDING
    follow_up = FollowUp(id=f"{case.member.id}/{made.step}/{kind.value}", kind=kind, about=case.member.id)
    return Extra(puts=(_put(assignment, grants),), follow_ups=(follow_up,))


def revoked(case: Case, command: RevokeHandler, _made: Subject) -> Extra:
    """The assignment without the grant."""
    assignment = _assignment(case, command.assignment)
    if assignment is None:
        raise TypeError(command.trigger)
    return Extra(puts=(_put(assignment, _others(assignment, case.member)),))


def _others(assignment: AgentAssignment, member: Member) -> tuple[HandlerGrant, ...]:
    return tuple(grant for grant in assignment.grants if grant.member != member.id)


def _put(assignment: AgentAssignment, grants: tuple[HandlerGrant, ...]) -> Put:
    return Put(assignment_key(assignment.id), attrs.evolve(assignment, grants=grants))
