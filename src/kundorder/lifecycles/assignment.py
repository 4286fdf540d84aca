"""The lifecycle of an agent's assignment for a service, as rows."""

from functools import partial

import attrs

from kundorder.commands import (
    ActivateAssignment,
    ApplyForAssignment,
    AttestAssignment,
    EndAssignment,
    PassReview,
    RejectAssignment,
)
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.lifecycles.attests import attest_objections
from kundorder.lifecycles.documents import assignment_document
from kundorder.lifecycles.marks import mark_of
from kundorder.lifecycles.rows import NOTHING, AnyRow, By, Extra, Row, Table
from kundorder.model import AgentAssignment, Mark, Subject
from kundorder.outcomes import Put
from kundorder.reasons import OFFICER as THE_OFFICER
from kundorder.reasons import YOU, Clearer, Reason, Reasons
from kundorder.situation import Case, assignment_key, past_key
from kundorder.vocabulary import AgreementState, Lifecycle, Party, ReasonCode, Role, Trigger
from kundorder.vocabulary import AssignmentState as S

OFFICER = (By(Role.PROVIDER_OFFICER, Party.PROVIDER),)
ATTESTANT = (By(Role.ATTESTANT, Party.AGENT),)
ASSIGNMENT_ORDERER = (By(Role.AGENT_ASSIGNMENT_ORDERER, Party.AGENT),)
FINAL = frozenset((S.ENDED, S.REJECTED))


def agent_agreement_holds(case: Case, agent: str) -> Reasons:
    """A signed agent agreement."""
    agreement = case.situation.agreement(agreement_id_of(Party.AGENT, agent))
    if agreement is not None and agreement.state is AgreementState.SIGNED:
        return ()
    clearer = Clearer(role=Role.SIGNATORY, party=Party.AGENT, organisation=agent)
    return (Reason(ReasonCode.AGENT_NOT_APPROVED, (("agent", agent),), cleared_by=(clearer, THE_OFFICER)),)


def may_apply(case: Case, command: ApplyForAssignment) -> Reasons:
    """A service there is, a signed agent agreement, and no assignment for the service that is not over."""
    agent = case.act.actor.organisation
    found = [*agent_agreement_holds(case, agent)]
    if case.act.catalogue.service(command.service) is None:
        found.append(Reason(ReasonCode.SERVICE_UNKNOWN, (("service", command.service),), cleared_by=(YOU,)))
    present = case.situation.assignment(assignment_id_of(agent, command.service))
    if present is not None and present.state not in FINAL:
        params = (("service", command.service), ("state", present.state.value))
        found.append(Reason(ReasonCode.ASSIGNMENT_EXISTS, params, cleared_by=(THE_OFFICER,)))
    return tuple(found)


def applied(case: Case, command: ApplyForAssignment, by: By) -> AgentAssignment:
    """An application for the officer to review."""
    agent = case.act.actor.organisation
    identifier = assignment_id_of(agent, command.service)
    present = case.situation.assignment(identifier)
    return AgentAssignment(
        id=identifier,
        agent=agent,
        service=command.service,
        number=1 if present is None else present.number + 1,
        state=S.UNDER_REVIEW,
        step=1,
        since=case.act.now,
        marks=(mark_of(case, Trigger.APPLY, by),),
    )


def kept(case: Case, command: ApplyForAssignment, _made: Subject) -> Extra:
    """The assignment before this one goes to rest where it can be found."""
    present = case.situation.assignment(assignment_id_of(case.act.actor.organisation, command.service))
    if present is None:
        return NOTHING
    return Extra(puts=(Put(past_key(assignment_key(present.id), present.number), present),))


def _moved(case: Case, state: S, mark: Mark, reason: str | None = None) -> AgentAssignment:
    assignment = case.assignment
    return attrs.evolve(
        assignment,
        state=state,
        step=assignment.step + 1,
        since=case.act.now,
        marks=(*assignment.marks, mark),
        reason=reason,
    )


def passed(case: Case, _command: PassReview, by: By) -> AgentAssignment:
    """The agent's attestant is next."""
    return _moved(case, S.AWAITING_AGENT_ATTEST, mark_of(case, Trigger.PASS_REVIEW, by))


def has_reason(_case: Case, command: RejectAssignment) -> Reasons:
    """Rejecting takes a reason."""
    return () if command.reason else (Reason(ReasonCode.REASON_MISSING, cleared_by=(YOU,)),)


def rejected(case: Case, command: RejectAssignment, by: By) -> AgentAssignment:
    """Closed."""
    return _moved(case, S.REJECTED, mark_of(case, Trigger.REJECT, by), command.reason)


def attestable(case: Case, command: AttestAssignment) -> Reasons:
    """A method that is allowed, and evidence for exactly this attest (R11)."""
    return attest_objections(case, command, "", partial(assignment_document, case.assignment, case.act))


def attested(case: Case, command: AttestAssignment, by: By) -> AgentAssignment:
    """The officer may open it."""
    moved = _moved(case, S.ATTESTED, mark_of(case, Trigger.ATTEST, by))
    return attrs.evolve(moved, evidence=() if command.evidence is None else (command.evidence,))


def agreement_still_holds(case: Case) -> Reasons:
    """The agent agreement is still signed."""
    return agent_agreement_holds(case, case.assignment.agent)


def activated(case: Case, _command: ActivateAssignment, by: By) -> AgentAssignment:
    """Open for orders (R22)."""
    return _moved(case, S.ACTIVE, mark_of(case, Trigger.ACTIVATE, by))


def ended(case: Case, command: EndAssignment, by: By) -> AgentAssignment:
    """No longer open; orders that wait for the agent say so."""
    return _moved(case, S.ENDED, mark_of(case, Trigger.END, by), command.reason or None)


ROWS: tuple[AnyRow, ...] = (
    Row(
        at=None,
        command=ApplyForAssignment,
        by=ASSIGNMENT_ORDERER,
        to=S.UNDER_REVIEW,
        given=may_apply,
        sets=applied,
        also=kept,
    ),
    Row(at=S.UNDER_REVIEW, command=PassReview, by=OFFICER, to=S.AWAITING_AGENT_ATTEST, sets=passed),
    Row(at=S.UNDER_REVIEW, command=RejectAssignment, by=OFFICER, to=S.REJECTED, given=has_reason, sets=rejected),
    Row(
        at=S.AWAITING_AGENT_ATTEST,
        command=AttestAssignment,
        by=ATTESTANT,
        to=S.ATTESTED,
        given=attestable,
        sets=attested,
    ),
    Row(
        at=S.AWAITING_AGENT_ATTEST,
        command=RejectAssignment,
        by=ATTESTANT,
        to=S.REJECTED,
        given=has_reason,
        sets=rejected,
    ),
    Row(
        at=S.ATTESTED,
        command=ActivateAssignment,
        by=OFFICER,
        to=S.ACTIVE,
        when=(agreement_still_holds,),
        sets=activated,
    ),
    Row(at=S.ACTIVE, command=EndAssignment, by=OFFICER, to=S.ENDED, sets=ended),
)

ASSIGNMENT = Table(lifecycle=Lifecycle.ASSIGNMENT, states=S, final=FINAL, rows=ROWS)
