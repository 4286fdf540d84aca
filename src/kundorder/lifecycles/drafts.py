"""What becomes of a draft, from its start until it is sent, and what the content of each command must be."""

import attrs

from kundorder.codec import content_digest, terms_digest
from kundorder.commands import (
    AcceptTerms,
    CopyOrderAsDraft,
    FillInOrder,
    SendOrder,
    StartOrder,
)
from kundorder.directory import CaseFile
from kundorder.lifecycles.forms import unfit
from kundorder.lifecycles.marks import course_with
from kundorder.lifecycles.order_guards import may_order
from kundorder.lifecycles.rows import NOTHING, By, Extra
from kundorder.model import AcceptedTerms, Content, Order, Subject
from kundorder.outcomes import Put
from kundorder.policies import sees
from kundorder.reasons import YOU, Clearer, Reason, Reasons
from kundorder.situation import Case, case_key
from kundorder.vocabulary import ConnectionMode, Flow, OrderState, Party, ReasonCode, Role, Trigger

_CLOSED = (OrderState.REJECTED, OrderState.REJECTED_BY_AGENT, OrderState.WITHDRAWN)


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
    ours = order is not None and order.content.organisation == case.act.actor.organisation
    if order is not None and ours and sees(case, order):
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
    params = (("state", original.state.value), ("possible", "nothing"))  # whoever asks knows what is
    return (Reason(ReasonCode.WRONG_STATE, params, cleared_by=(orderer,)),)


def copied(case: Case, _command: CopyOrderAsDraft, _by: By) -> Order:
    """A draft with the same answers; terms are accepted anew."""
    original = case.order.content
    offer = case.act.catalogue.offer(original.offer)
    content = attrs.evolve(
        original,
        orderer="" if case.me is None else case.me.id,
        orderer_person=case.act.actor.person,
        service=original.service if offer is None else offer.service,
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
        course=course_with(case, Trigger.SEND, by),
    )


def case_file(_case: Case, _command: SendOrder, made: Subject) -> Extra:
    """The case number, taken for good."""
    if not isinstance(made, Order) or made.case_number is None:
        return NOTHING
    record = CaseFile(case_number=made.case_number, order=made.id)
    return Extra(puts=(Put(case_key(made.case_number), record),))
