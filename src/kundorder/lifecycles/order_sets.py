"""What becomes of an order that has been sent, and what the content of each command must be."""

from functools import partial

import attrs

from kundorder.commands import (
    ApproveOrder,
    AttestOrder,
    CompleteOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    WithdrawOrder,
)
from kundorder.events import FollowUp, FollowUpKind
from kundorder.lifecycles.attests import attest_objections
from kundorder.lifecycles.documents import order_document
from kundorder.lifecycles.marks import course_with
from kundorder.lifecycles.rows import NOTHING, By, Extra
from kundorder.model import Mark, Order, Subject
from kundorder.policies import acted
from kundorder.reasons import YOU, Clearer, Reason, Reasons
from kundorder.situation import Case
from kundorder.vocabulary import Flow, OrderState, Party, ReasonCode, Role, Trigger, UserState


def approvable(case: Case, command: ApproveOrder) -> Reasons:
    """Certified, and an attestant of the agent picked (R19)."""
    certified = () if command.certified else (Reason(ReasonCode.NOT_CERTIFIED, cleared_by=(YOU,)),)
    return (*certified, *_can_be_picked(case, command.attestant))


def pickable(case: Case, command: PickAttestant) -> Reasons:
    """An attestant of the agent picked."""
    return _can_be_picked(case, command.attestant)


def picks_another(case: Case, command: PickAttestant) -> bool:
    """Picking who is picked already changes nothing: nobody is asked twice."""
    return command.attestant != case.order.picked


def _can_be_picked(case: Case, attestant: str | None) -> Reasons:
    if attestant is None:
        return (Reason(ReasonCode.NO_ATTESTANT_PICKED, cleared_by=(YOU,)),)
    agent = case.order.content.agent or ""
    administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=agent)
    holders = case.situation.holders(agent, Role.ATTESTANT)
    chosen = next((holder for holder in holders if holder.member == attestant), None)
    if chosen is None:
        member = case.situation.member(attestant)
        known = member is not None and member.organisation == agent and member.state is not UserState.DELETED
        code = ReasonCode.NOT_AN_ATTESTANT if known else ReasonCode.NOT_A_USER
        return (Reason(code, (("organisation", agent),), cleared_by=(YOU, administrator)),)
    rules = case.act.rules
    if rules.four_eyes and chosen.person in acted(case.order) | {case.act.actor.person}:
        return (Reason(ReasonCode.FOUR_EYES, cleared_by=(YOU, administrator)),)
    return ()


def approved(case: Case, command: ApproveOrder, by: By) -> Order:
    """Approved for the agent; the picked attestant is next."""
    order = case.order
    return attrs.evolve(
        order,
        state=OrderState.AWAITING_AGENT_ATTEST,
        step=order.step + 1,
        since=case.act.now,
        picked=command.attestant,
        course=course_with(case, Trigger.APPROVE, by),
    )


def picked(case: Case, command: PickAttestant, _by: By) -> Order:
    """Another attestant is next."""
    order = case.order
    return attrs.evolve(order, step=order.step + 1, since=case.act.now, picked=command.attestant)


def attestable(case: Case, command: AttestOrder) -> Reasons:
    """A method that is allowed, and evidence for exactly this attest (R11)."""
    order = case.order
    return attest_objections(case, command, order.content.offer, partial(order_document, order, case.act))


def attested_by_agent(case: Case, command: AttestOrder, by: By) -> Order:
    """The agent is done; the customer's attestants are next (R10)."""
    return _attested(case, command, by, OrderState.AWAITING_CUSTOMER_ATTEST)


def attested(case: Case, command: AttestOrder, by: By) -> Order:
    """Binding, from here on (R16)."""
    return _attested(case, command, by, OrderState.ATTESTED)


def _attested(case: Case, command: AttestOrder, by: By, state: OrderState) -> Order:
    order = case.order
    evidence = order.evidence if command.evidence is None else (*order.evidence, command.evidence)
    return attrs.evolve(
        order,
        state=state,
        step=order.step + 1,
        since=case.act.now,
        course=course_with(case, Trigger.ATTEST, by),
        evidence=evidence,
    )


def informing(case: Case, _command: AttestOrder, made: Subject) -> Extra:
    """The agent is informed by the system, where the rules say so."""
    if not case.act.rules.inform_agent_automatically or case.order.content.flow is not Flow.VIA_AGENT:
        return NOTHING
    kind = FollowUpKind.INFORM_AGENT
    return Extra(follow_ups=(FollowUp(id=f"{case.order.id}/{made.step}/{kind.value}", kind=kind, about=case.order.id),))


def has_reason(_case: Case, command: RejectOrder) -> Reasons:
    """Rejecting takes a reason."""
    return () if command.reason else (Reason(ReasonCode.REASON_MISSING, cleared_by=(YOU,)),)


def rejected_by_agent(case: Case, command: RejectOrder, by: By) -> Order:
    """Closed by the agent."""
    return _closed(case, OrderState.REJECTED_BY_AGENT, course_with(case, Trigger.REJECT, by), command.reason)


def rejected(case: Case, command: RejectOrder, by: By) -> Order:
    """Closed by the customer's attestant."""
    return _closed(case, OrderState.REJECTED, course_with(case, Trigger.REJECT, by), command.reason)


def withdrawn(case: Case, command: WithdrawOrder, by: By) -> Order:
    """Taken back."""
    return _closed(case, OrderState.WITHDRAWN, course_with(case, Trigger.WITHDRAW, by), command.reason or None)


def _closed(case: Case, state: OrderState, course: tuple[Mark, ...], reason: str | None) -> Order:
    order = case.order
    return attrs.evolve(order, state=state, step=order.step + 1, since=case.act.now, course=course, reason=reason)


def has_instructions(_case: Case, command: HandOverOrder) -> Reasons:
    """Handing over takes instructions."""
    return () if command.instructions else (Reason(ReasonCode.INSTRUCTIONS_MISSING, cleared_by=(YOU,)),)


def handed_over(case: Case, command: HandOverOrder, by: By) -> Order:
    """The customer has its instructions (R14)."""
    course = course_with(case, Trigger.HAND_OVER, by)
    order = case.order
    return attrs.evolve(
        order,
        state=OrderState.HANDED_OVER,
        step=order.step + 1,
        since=case.act.now,
        course=course,
        instructions=command.instructions,
    )


def startable_connection(case: Case, _command: InformAgent, by: By) -> Order:
    """The agent may start the technical connection (R14)."""
    return _moved(case, OrderState.CONNECTION_STARTABLE, course_with(case, Trigger.INFORM_AGENT, by))


def completed(case: Case, _command: CompleteOrder, by: By) -> Order:
    """Done."""
    return _moved(case, OrderState.COMPLETED, course_with(case, Trigger.COMPLETE, by))


def _moved(case: Case, state: OrderState, course: tuple[Mark, ...]) -> Order:
    order = case.order
    return attrs.evolve(order, state=state, step=order.step + 1, since=case.act.now, course=course)
