"""What must hold for an order to be started, sent and decided; each guard gives all its objections at once."""

from kundorder.catalogue import Offer
from kundorder.codec import terms_digest
from kundorder.directory import Holder
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.lifecycles.forms import missing, unfit
from kundorder.model import AgentAssignment, Content, Order
from kundorder.policies import acted, assignment_of, granted_handlers, is_granted
from kundorder.reasons import CUSTOMER_SERVICE, OFFICER, YOU, Clearer, Reason, Reasons
from kundorder.situation import Case
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    ConnectionMode,
    Flow,
    Party,
    ReasonCode,
    Role,
)


def administrator(organisation: str, party: Party = Party.CUSTOMER) -> Clearer:
    """The administrators of an organisation."""
    return Clearer(role=Role.ADMINISTRATOR, party=party, organisation=organisation)


def may_order(case: Case, content: Content, offer: Offer | None) -> Reasons:
    """Everything that must hold to start an order, and again to send it (R1, R2, R4, R20, R22, R28)."""
    found = [*agreement_holds(case, content.organisation), *has_attestant(case, content)]
    if offer is None:
        found.append(Reason(ReasonCode.OFFER_UNKNOWN, (("offer", content.offer),), cleared_by=(YOU,)))
        return tuple(found)
    params = (("offer", offer.id),)
    if (content.service, content.flow) != (offer.service, offer.flow_of(content.mode)):
        found.append(Reason(ReasonCode.OFFER_CHANGED, params, cleared_by=(YOU,)))
    customer = case.situation.organisation(content.organisation)
    if customer is None or customer.category not in offer.categories:
        found.append(Reason(ReasonCode.OFFER_NOT_OPEN, params, cleared_by=(CUSTOMER_SERVICE,)))
    if content.mode not in offer.modes:
        allowed = ("allowed", "|".join(offer.modes))
        found.append(Reason(ReasonCode.MODE_NOT_ALLOWED, (*params, allowed), cleared_by=(YOU,)))
    if content.mode is ConnectionMode.DIRECT and content.agent is not None:
        found.append(Reason(ReasonCode.AGENT_NOT_EXPECTED, cleared_by=(YOU,)))
    if content.agent == content.organisation:
        found.append(Reason(ReasonCode.AGENT_IS_SELF, cleared_by=(YOU,)))
    elif content.flow is Flow.VIA_AGENT:
        found += _agent_is_ready(case, content)
    return tuple(found)


def agreement_holds(case: Case, organisation: str) -> Reasons:
    """A signed customer agreement of the current model (R1, R2)."""
    agreement = case.situation.agreement(agreement_id_of(Party.CUSTOMER, organisation))
    params = (("organisation", organisation),)
    if agreement is None:
        return (
            Reason(
                ReasonCode.NO_AGREEMENT, params, cleared_by=(Clearer(party=Party.CUSTOMER, organisation=organisation),)
            ),
        )
    match agreement.state:
        case AgreementState.SIGNED:
            if agreement.model is AgreementModel.CURRENT:
                return ()
            signatory = Clearer(role=Role.SIGNATORY, party=Party.CUSTOMER, organisation=organisation)
            return (Reason(ReasonCode.AGREEMENT_LEGACY, params, cleared_by=(signatory,)),)
        case AgreementState.APPLIED:
            return (Reason(ReasonCode.AGREEMENT_NOT_APPROVED, params, cleared_by=(OFFICER,)),)
        case AgreementState.AWAITING_SIGNATURE:
            signatory = Clearer(role=Role.SIGNATORY, party=Party.CUSTOMER, organisation=organisation)
            return (Reason(ReasonCode.AGREEMENT_NOT_SIGNED, params, cleared_by=(signatory,)),)
        case AgreementState.REJECTED | AgreementState.DECLINED | AgreementState.TERMINATED:
            applicant = Clearer(party=Party.CUSTOMER, organisation=organisation)
            return (Reason(ReasonCode.NO_AGREEMENT, params, cleared_by=(applicant,)),)


def has_attestant(case: Case, content: Content) -> Reasons:
    """Somebody at the customer who may attest (R4), and with four eyes somebody other than the orderer (R12)."""
    holders = case.situation.holders(content.organisation, Role.ATTESTANT)
    if not holders:
        params = (("organisation", content.organisation),)
        return (Reason(ReasonCode.NO_ATTESTANT, params, cleared_by=(administrator(content.organisation),)),)
    ordering = _ordering(case, content)
    if case.act.rules.four_eyes and all(holder.person in ordering for holder in holders):
        return (Reason(ReasonCode.FOUR_EYES, cleared_by=(administrator(content.organisation),)),)
    return ()


def _ordering(case: Case, content: Content) -> frozenset[str]:
    """Who has started the order, and who is about to send it."""
    return frozenset((content.orderer_person, *(() if case.act.is_system else (case.act.actor.person,))))


def _agent_is_ready(case: Case, content: Content) -> Reasons:
    agent = content.agent
    if agent is None:
        return (Reason(ReasonCode.AGENT_MISSING, cleared_by=(YOU,)),)
    params = (("agent", agent), ("service", content.service))
    itself = Clearer(party=Party.AGENT, organisation=agent)
    organisation = case.situation.organisation(agent)
    if organisation is None or not organisation.is_agent:
        return (Reason(ReasonCode.AGENT_UNKNOWN, params, cleared_by=(YOU, itself)),)
    found: list[Reason] = []
    agreement = case.situation.agreement(agreement_id_of(Party.AGENT, agent))
    if agreement is None or agreement.state is not AgreementState.SIGNED:
        found.append(Reason(ReasonCode.AGENT_NOT_APPROVED, params, cleared_by=(YOU, itself)))
    assignment = case.situation.assignment(assignment_id_of(agent, content.service))
    if assignment is None or assignment.state is not AssignmentState.ACTIVE:
        found.append(Reason(ReasonCode.ASSIGNMENT_NOT_ACTIVE, params, cleared_by=(YOU, itself)))
    found += _agent_has_people(case, content, agent, assignment)
    return tuple(found)


def _agent_has_people(case: Case, content: Content, agent: str, assignment: AgentAssignment | None) -> list[Reason]:
    found: list[Reason] = []
    handlers = () if assignment is None else granted_handlers(case.situation, assignment)
    attestants = case.situation.holders(agent, Role.ATTESTANT)
    if handlers and attestants and not case.act.rules.four_eyes:
        return found
    params = (("agent", agent), ("service", content.service))
    clearer = administrator(agent, Party.AGENT)
    if not handlers:
        found.append(Reason(ReasonCode.AGENT_LACKS_HANDLER, params, cleared_by=(clearer,)))
    if not attestants:
        found.append(Reason(ReasonCode.AGENT_LACKS_ATTESTANT, params, cleared_by=(clearer,)))
    if handlers and attestants:
        ordering = _ordering(case, content)
        pairs = ((one.person, other.person) for one in handlers for other in attestants)
        if not any(one != other and ordering.isdisjoint((one, other)) for one, other in pairs):
            found.append(Reason(ReasonCode.FOUR_EYES, cleared_by=(clearer,)))
    return found


def start_guards_hold(case: Case) -> Reasons:
    """All start guards again, at send."""
    content = case.order.content
    return may_order(case, content, case.act.catalogue.offer(content.offer))


def form_is_complete(case: Case) -> Reasons:
    """Every required field filled in, every field as the form of today wants it (R8)."""
    content = case.order.content
    offer = case.act.catalogue.offer(content.offer)
    return () if offer is None else (*unfit(offer, content.answers), *missing(offer, content.answers))


def terms_are_accepted(case: Case) -> Reasons:
    """The terms accepted are those of today, to the letter (R8)."""
    content = case.order.content
    offer = case.act.catalogue.offer(content.offer)
    if offer is None:
        return ()
    if content.terms is None:
        return (Reason(ReasonCode.TERMS_NOT_ACCEPTED, cleared_by=(_orderer(content),)),)
    if content.terms.digest != terms_digest(offer.terms):
        params = (("version", offer.terms.version),)
        return (Reason(ReasonCode.TERMS_CHANGED, params, cleared_by=(_orderer(content),)),)
    return ()


def _orderer(content: Content) -> Clearer:
    return Clearer(role=Role.ORDERER, party=Party.CUSTOMER, organisation=content.organisation)


def is_own_order(case: Case) -> Reasons:
    """The order's own orderer."""
    if case.me is not None and case.me.id == case.order.content.orderer:
        return ()
    return (Reason(ReasonCode.NOT_YOUR_ORDER, cleared_by=(_orderer(case.order.content), CUSTOMER_SERVICE)),)


def is_granted_handler(case: Case) -> Reasons:
    """Granted in the assignment the order goes through (R21)."""
    order = case.order
    assignment = assignment_of(order)
    if assignment is not None and is_granted(case, assignment):
        return ()
    clearer = administrator(case.act.actor.organisation, Party.AGENT)
    return (Reason(ReasonCode.NOT_GRANTED, (("service", order.content.service),), cleared_by=(clearer,)),)


def is_picked(case: Case) -> Reasons:
    """The attestant the agent's handler picked."""
    if case.me is not None and case.me.id == case.order.picked:
        return ()
    handler = Clearer(role=Role.AGENT_HANDLER, party=Party.AGENT, organisation=case.act.actor.organisation)
    return (Reason(ReasonCode.NOT_PICKED, cleared_by=(handler,)),)


def informs_automatically(case: Case) -> Reasons:
    """The system informs the agent only where the host's rules say so."""
    if case.act.rules.inform_agent_automatically:
        return ()
    return (Reason(ReasonCode.WRONG_PARTY, (("party", Party.PROVIDER.value),), cleared_by=(CUSTOMER_SERVICE,)),)


def approver_is_another(case: Case) -> Reasons:
    """With four eyes, whoever approves for the agent is not the orderer (R12)."""
    return _another(case, Role.AGENT_HANDLER, Party.AGENT)


def agents_attestant_is_another(case: Case) -> Reasons:
    """With four eyes, whoever attests for the agent has neither ordered nor approved (R12)."""
    return _another(case, Role.ATTESTANT, Party.AGENT)


def customers_attestant_is_another(case: Case) -> Reasons:
    """With four eyes, whoever attests for the customer has neither ordered, approved nor attested (R12)."""
    return _another(case, Role.ATTESTANT, Party.CUSTOMER)


def _another(case: Case, role: Role, party: Party) -> Reasons:
    order = case.order
    if not case.act.rules.four_eyes or case.act.is_system or case.act.actor.person not in acted(order):
        return ()
    organisation = order.content.organisation if party is Party.CUSTOMER else order.content.agent
    return (Reason(ReasonCode.FOUR_EYES, cleared_by=(Clearer(role=role, party=party, organisation=organisation),)),)


def agreement_still_holds(case: Case) -> Reasons:
    """At the last attest the agreement is still signed (R1)."""
    return agreement_holds(case, case.order.content.organisation)


def assignment_still_active(case: Case) -> Reasons:
    """The agent's assignment for the service is still active (R22)."""
    order = case.order
    assignment = assignment_of(order)
    if assignment is None:
        return ()
    found = case.situation.assignment(assignment)
    if found is not None and found.state is AssignmentState.ACTIVE:
        return ()
    content = order.content
    params = (("agent", content.agent or ""), ("service", content.service))
    itself = Clearer(party=Party.AGENT, organisation=content.agent)
    return (Reason(ReasonCode.ASSIGNMENT_NOT_ACTIVE, params, cleared_by=(OFFICER, itself)),)


def eligible(case: Case, order: Order, holders: tuple[Holder, ...]) -> tuple[Holder, ...]:
    """Those holders of a role who may act: with four eyes, nobody who has acted already."""
    if not case.act.rules.four_eyes:
        return holders
    done = acted(order)
    return tuple(holder for holder in holders if holder.person not in done)
