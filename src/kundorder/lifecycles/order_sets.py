"""What an order becomes by each act, and what the content of each command must be; the other half of the rows in ``order``."""

import attrs

from kundorder.codec import content_digest, terms_digest
from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    AttestOrder,
    CompleteOrder,
    CopyOrderAsDraft,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    SendOrder,
    StartOrder,
    WithdrawOrder,
)
from kundorder.directory import CaseFile
from kundorder.events import FollowUp, FollowUpKind
from kundorder.lifecycles.attests import evidence_objections, method_objections, order_document
from kundorder.lifecycles.forms import unfit
from kundorder.lifecycles.order_guards import may_order
from kundorder.lifecycles.rows import NOTHING, By, Extra
from kundorder.model import AcceptedTerms, Content, Mark, Order, Subject
from kundorder.outcomes import Put
from kundorder.policies import acted
from kundorder.reasons import YOU, Clearer, Reason, Reasons
from kundorder.situation import Case, case_key
from kundorder.vocabulary import ConnectionMode, Flow, OrderState, Party, ReasonCode, Role, Trigger

_CLOSED = (OrderState.REJECTED, OrderState.REJECTED_BY_AGENT, OrderState.WITHDRAWN)


def _course(case: Case, trigger: Trigger, by: By) -> tuple[Mark, ...]:
    """The course with this decision as the last of its capacity."""
    actor = case.act.actor
    mark = Mark(
        trigger=trigger,
        role=by.role,
        party=by.party,
        organisation=actor.organisation,
        person=None if case.act.is_system else actor.person,
        member=None if case.me is None else case.me.id,
        at=case.act.now,
    )
    return (*(each for each in case.order.course if (each.role, each.party) != (by.role, by.party)), mark)


def content_of(case: Case, command: StartOrder) -> Content:
    """What a start would order."""
    offer = case.act.catalogue.offer(command.offer)
    direct = Flow.DIRECT if command.mode is ConnectionMode.DIRECT else Flow.VIA_AGENT
    return Content(
        organisation=case.act.actor.organisation,
        orderer="" if case.me is None else case.me.id,
        orderer_person=case.act.actor.person,
        offer=command.offer,
        service="" if offer is None else offer.service,
        mode=command.mode,
        flow=direct if offer is None else offer.flow_of(command.mode),
        agent=command.agent,
        supplementary_to=command.supplementary_to,
    )


def startable(case: Case, command: StartOrder) -> Reasons:
    """All start guards; a supplementary order refers to an order of the same organisation."""
    found = may_order(case, content_of(case, command), case.act.catalogue.offer(command.offer))
    return (*found, *_original_is_ours(case, command.supplementary_to))


def _original_is_ours(case: Case, original: str | None) -> Reasons:
    if original is None:
        return ()
    order = case.situation.order(original)
    if order is not None and order.content.organisation == case.act.actor.organisation:
        return ()
    return (Reason(ReasonCode.ORIGINAL_UNKNOWN, cleared_by=(YOU,)),)


def started(case: Case, command: StartOrder, _by: By) -> Order:
    """A draft."""
    return _draft(case, content_of(case, command))


def _draft(case: Case, content: Content) -> Order:
    now = case.act.now
    return Order(id=case.act.fresh.order(), state=OrderState.DRAFT, step=1, since=now, created=now, content=content)


def is_closed(case: Case) -> Reasons:
    """Closed without having been carried out."""
    original = case.order
    if original.state in _CLOSED:
        return ()
    organisation = original.content.organisation
    orderer = Clearer(role=Role.ORDERER, party=Party.CUSTOMER, organisation=organisation)
    params = (("state", original.state.value), ("possible", Trigger.WITHDRAW.value))
    return (Reason(ReasonCode.WRONG_STATE, params, cleared_by=(orderer,)),)


def copied(case: Case, _command: CopyOrderAsDraft, _by: By) -> Order:
    """A draft with the same answers; terms are accepted anew."""
    original = case.order.content
    offer = case.act.catalogue.offer(original.offer)
    content = attrs.evolve(
        original,
        orderer="" if case.me is None else case.me.id,
        orderer_person=case.act.actor.person,
        flow=original.flow if offer is None else offer.flow_of(original.mode),
        terms=None,
        copied_from=case.order.id,
    )
    return _draft(case, content)


def fillable(case: Case, command: FillInOrder) -> Reasons:
    """What is filled in fits the form of today."""
    offer = case.act.catalogue.offer(case.order.content.offer)
    if offer is None:
        return (Reason(ReasonCode.OFFER_UNKNOWN, (("offer", case.order.content.offer),), cleared_by=(YOU,)),)
    return unfit(offer, command.fields)


def filled_in(case: Case, command: FillInOrder, _by: By) -> Order:
    """The answers, replaced."""
    order = case.order
    return attrs.evolve(order, step=order.step + 1, content=attrs.evolve(order.content, answers=command.fields))


def acceptable(case: Case, command: AcceptTerms) -> Reasons:
    """The version shown is today's."""
    offer = case.act.catalogue.offer(case.order.content.offer)
    if offer is None:
        return (Reason(ReasonCode.OFFER_UNKNOWN, (("offer", case.order.content.offer),), cleared_by=(YOU,)),)
    if offer.terms.version == command.version:
        return ()
    return (Reason(ReasonCode.TERMS_CHANGED, (("version", offer.terms.version),), cleared_by=(YOU,)),)


def accepted(case: Case, command: AcceptTerms, _by: By) -> Order:
    """The terms accepted, by version and digest."""
    order = case.order
    offer = case.act.catalogue.offer(order.content.offer)
    digest = "" if offer is None else terms_digest(offer.terms)
    content = attrs.evolve(order.content, terms=AcceptedTerms(version=command.version, digest=digest))
    return attrs.evolve(order, step=order.step + 1, content=content)


def sent(case: Case, _command: SendOrder, by: By) -> Order:
    """Sent: a case with a number, its content locked (R29)."""
    order = case.order
    direct = order.content.flow is Flow.DIRECT
    return attrs.evolve(
        order,
        state=OrderState.AWAITING_CUSTOMER_ATTEST if direct else OrderState.AWAITING_AGENT_APPROVAL,
        step=order.step + 1,
        since=case.act.now,
        case_number=case.act.fresh.case_number(),
        digest=content_digest(order.content),
        course=_course(case, Trigger.SEND, by),
    )


def case_file(_case: Case, _command: SendOrder, made: Subject) -> Extra:
    """The case number, taken for good."""
    if not isinstance(made, Order) or made.case_number is None:
        return NOTHING
    record = CaseFile(case_number=made.case_number, order=made.id)
    return Extra(puts=(Put(case_key(made.case_number), record),))


def approvable(case: Case, command: ApproveOrder) -> Reasons:
    """Certified, and an attestant of the agent picked (R19)."""
    certified = () if command.certified else (Reason(ReasonCode.NOT_CERTIFIED, cleared_by=(YOU,)),)
    return (*certified, *_can_be_picked(case, command.attestant))


def pickable(case: Case, command: PickAttestant) -> Reasons:
    """An attestant of the agent picked."""
    return _can_be_picked(case, command.attestant)


def _can_be_picked(case: Case, attestant: str | None) -> Reasons:
    if attestant is None:
        return (Reason(ReasonCode.NO_ATTESTANT_PICKED, cleared_by=(YOU,)),)
    agent = case.order.content.agent or ""
    administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=agent)
    holders = case.situation.holders(agent, Role.ATTESTANT)
    chosen = next((holder for holder in holders if holder.member == attestant), None)
    if chosen is None:
        return (Reason(ReasonCode.NOT_AN_ATTESTANT, (("organisation", agent),), cleared_by=(YOU, administrator)),)
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
        course=_course(case, Trigger.APPROVE, by),
    )


def picked(case: Case, command: PickAttestant, _by: By) -> Order:
    """Another attestant is next."""
    order = case.order
    return attrs.evolve(order, step=order.step + 1, since=case.act.now, picked=command.attestant)


def attestable(case: Case, command: AttestOrder) -> Reasons:
    """A method that is allowed, and evidence for exactly this attest (R11)."""
    order = case.order
    found = method_objections(case, command.method, order.content.offer)
    if command.method is not None and command.evidence is not None and command.evidence.method is not command.method:
        return (*found, Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)))
    return (*found, *evidence_objections(case, command.evidence, order_document(order, case.act)))


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
        course=_course(case, Trigger.ATTEST, by),
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
    return _closed(case, OrderState.REJECTED_BY_AGENT, _course(case, Trigger.REJECT, by), command.reason)


def rejected(case: Case, command: RejectOrder, by: By) -> Order:
    """Closed by the customer's attestant."""
    return _closed(case, OrderState.REJECTED, _course(case, Trigger.REJECT, by), command.reason)


def withdrawn(case: Case, command: WithdrawOrder, by: By) -> Order:
    """Taken back."""
    return _closed(case, OrderState.WITHDRAWN, _course(case, Trigger.WITHDRAW, by), command.reason or None)


def _closed(case: Case, state: OrderState, course: tuple[Mark, ...], reason: str | None) -> Order:
    order = case.order
    return attrs.evolve(order, state=state, step=order.step + 1, since=case.act.now, course=course, reason=reason)


def has_instructions(_case: Case, command: HandOverOrder) -> Reasons:
    """Handing over takes instructions."""
    return () if command.instructions else (Reason(ReasonCode.INSTRUCTIONS_MISSING, cleared_by=(YOU,)),)


def handed_over(case: Case, command: HandOverOrder, by: By) -> Order:
    """The customer has its instructions (R14)."""
    course = _course(case, Trigger.HAND_OVER, by)
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
    return _moved(case, OrderState.CONNECTION_STARTABLE, _course(case, Trigger.INFORM_AGENT, by))


def completed(case: Case, _command: CompleteOrder, by: By) -> Order:
    """Done."""
    return _moved(case, OrderState.COMPLETED, _course(case, Trigger.COMPLETE, by))


def _moved(case: Case, state: OrderState, course: tuple[Mark, ...]) -> Order:
    order = case.order
    return attrs.evolve(order, state=state, step=order.step + 1, since=case.act.now, course=course)
