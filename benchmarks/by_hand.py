"""The acts of an order via agent as plain functions: the same rules, records and outputs, and nothing general.

What stands here is written for exactly these acts, once each, by somebody who knows which facts each of them needs.
``decide`` is measured against it: how much do rows, guards as functions and one engine for all lifecycles cost?
"""

from collections.abc import Sequence
from typing import TypeAlias, final

import attrs

from kundorder.catalogue import Offer
from kundorder.codec import content_digest, document_digest, evidence_digest, terms_digest
from kundorder.commands import AcceptTerms, ApproveOrder, AttestOrder, Command, FillInOrder, SendOrder, StartOrder
from kundorder.directory import CaseFile, Holder, Holders, Login
from kundorder.errors import NotFound, Refused
from kundorder.events import Event, FollowUp, FollowUpKind, Mail, Proven
from kundorder.evidence import Evidence, SignedDocument, reaches
from kundorder.lifecycles.documents import order_document
from kundorder.lifecycles.forms import missing, unfit
from kundorder.model import (
    AcceptedTerms,
    AgentAssignment,
    Agreement,
    Answer,
    Content,
    Mark,
    Member,
    Notice,
    Order,
    Organisation,
    Rules,
)
from kundorder.outcomes import Decision, Put
from kundorder.reasons import CUSTOMER_SERVICE, OFFICER, YOU, Advice, Clearer, Reason
from kundorder.situation import (
    Act,
    Facts,
    Guard,
    Key,
    Kind,
    Situation,
    agreement_key,
    assignment_key,
    case_key,
    evidence_key,
    holders_key,
    login_key,
    member_key,
    order_key,
    organisation_key,
)
from kundorder.vocabulary import (
    AdviceCode,
    AgreementModel,
    AgreementState,
    AssignmentState,
    AssuranceLevel,
    AttestMethod,
    ConnectionMode,
    FieldKind,
    Flow,
    Lifecycle,
    OrderState,
    Party,
    ReasonCode,
    Role,
    Template,
    Trigger,
    UserState,
)

_FOLLOWS = (Role.ADMINISTRATOR, Role.ORDERER, Role.ATTESTANT, Role.AGREEMENT_CONTACT)
_STAFF = (Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)

Objections: TypeAlias = list[Reason]


@final
@attrs.frozen
class Look:
    """An order and who looks at it."""

    facts: Facts
    act: Act
    order: Order
    me: Member


def decide(situation: Situation, command: Command, act: Act) -> Decision:
    """The same as ``kundorder.decisions.decide``, for the acts that are here."""
    match command:
        case StartOrder():
            return start(situation.facts, command, act)
        case FillInOrder():
            return fill_in(situation.facts, command, act)
        case AcceptTerms():
            return accept_terms(situation.facts, command, act)
        case SendOrder():
            return send(situation.facts, command, act)
        case ApproveOrder():
            return approve(situation.facts, command, act)
        case AttestOrder():
            return attest(situation.facts, command, act)
        case _:
            raise TypeError(command.trigger)


def start(facts: Facts, command: StartOrder, act: Act) -> Decision:
    """A draft."""
    me = user(facts, act)
    offer = act.catalogue.offer(command.offer)
    content = content_of(command, act, me, offer)
    refuse(facts, objections_to_start(facts, command, act, me, content, offer))
    return started(facts, act, me, content, offer)


def content_of(command: StartOrder, act: Act, me: Member, offer: Offer | None) -> Content:
    """What would be ordered."""
    direct = Flow.DIRECT if command.mode is ConnectionMode.DIRECT else Flow.VIA_AGENT
    return Content(
        organisation=act.actor.organisation,
        orderer=me.id,
        orderer_person=act.actor.person,
        offer=command.offer,
        service="" if offer is None else offer.service,
        mode=command.mode,
        flow=direct if offer is None else offer.flow_of(command.mode),
        agent=command.agent,
        supplementary_to=command.supplementary_to,
    )


def objections_to_start(
    facts: Facts, command: StartOrder, act: Act, me: Member, content: Content, offer: Offer | None
) -> Objections:
    """Everything in the way of a start."""
    found = role_lacking(facts, act, me, Role.ORDERER)
    found += objections_to_ordering(facts, act, content, offer)
    if command.supplementary_to is not None:
        original = facts[order_key(command.supplementary_to)].record
        if not isinstance(original, Order) or original.content.organisation != content.organisation:
            found.append(Reason(ReasonCode.ORIGINAL_UNKNOWN, cleared_by=(YOU,)))
    return found


def started(facts: Facts, act: Act, me: Member, content: Content, offer: Offer | None) -> Decision:
    """What follows from a start."""
    now = act.now
    made = Order(id=act.fresh.order(), state=OrderState.DRAFT, step=1, since=now, created=now, content=content)
    key = order_key(made.id)
    puts = (Put(key, made),)
    return Decision(
        key=key,
        lifecycle=Lifecycle.ORDER,
        subject=made,
        puts=puts,
        events=(event(act, me, made, key, Trigger.START, None, Role.ORDERER, Party.CUSTOMER),),
        mails=(),
        follow_ups=(),
        guards=guards(facts, puts),
        advice=advice(content, offer),
    )


def fill_in(facts: Facts, command: FillInOrder, act: Act) -> Decision:
    """The answers, replaced."""
    look, key = look_at(facts, command.order, act)
    offer = act.catalogue.offer(look.order.content.offer)
    refuse(facts, objections_to_filling_in(look, command, offer))
    return filled_in(look, key, command.fields, offer)


def objections_to_filling_in(look: Look, command: FillInOrder, offer: Offer | None) -> Objections:
    """Everything in the way of filling in."""
    found = objections_to_a_draft(look)
    if offer is None:
        found.append(Reason(ReasonCode.OFFER_UNKNOWN, (("offer", look.order.content.offer),), cleared_by=(YOU,)))
    else:
        found += unfit(offer, command.fields)
    return found


def filled_in(look: Look, key: Key, answers: tuple[Answer, ...], offer: Offer | None) -> Decision:
    """What follows from filling in."""
    order = look.order
    made = attrs.evolve(order, step=order.step + 1, content=attrs.evolve(order.content, answers=answers))
    return drafted(look, key, made, Trigger.FILL_IN, offer)


def drafted(look: Look, key: Key, made: Order, trigger: Trigger, offer: Offer | None) -> Decision:
    """What follows where a draft stays one."""
    puts = (Put(key, made),)
    return Decision(
        key=key,
        lifecycle=Lifecycle.ORDER,
        subject=made,
        puts=puts,
        events=(event(look.act, look.me, made, key, trigger, OrderState.DRAFT, Role.ORDERER, Party.CUSTOMER),),
        mails=(),
        follow_ups=(),
        guards=guards(look.facts, puts),
        advice=advice(look.order.content, offer),
    )


def accept_terms(facts: Facts, command: AcceptTerms, act: Act) -> Decision:
    """The terms, accepted."""
    look, key = look_at(facts, command.order, act)
    offer = act.catalogue.offer(look.order.content.offer)
    refuse(facts, objections_to_accepting(look, command, offer))
    return accepted(look, key, command, offer)


def objections_to_accepting(look: Look, command: AcceptTerms, offer: Offer | None) -> Objections:
    """Everything in the way of accepting the terms."""
    found = objections_to_a_draft(look)
    if offer is None:
        found.append(Reason(ReasonCode.OFFER_UNKNOWN, (("offer", look.order.content.offer),), cleared_by=(YOU,)))
    elif offer.terms.version != command.version:
        found.append(Reason(ReasonCode.TERMS_CHANGED, (("version", offer.terms.version),), cleared_by=(YOU,)))
    return found


def accepted(look: Look, key: Key, command: AcceptTerms, offer: Offer | None) -> Decision:
    """What follows from accepting the terms."""
    order = look.order
    digest = "" if offer is None else terms_digest(offer.terms)
    content = attrs.evolve(order.content, terms=AcceptedTerms(version=command.version, digest=digest))
    made = attrs.evolve(order, step=order.step + 1, content=content)
    return drafted(look, key, made, Trigger.ACCEPT_TERMS, offer)


def send(facts: Facts, command: SendOrder, act: Act) -> Decision:
    """A case, its content locked."""
    look, key = look_at(facts, command.order, act)
    offer = act.catalogue.offer(look.order.content.offer)
    refuse(facts, objections_to_sending(look, offer))
    return sent(look, key, offer)


def objections_to_sending(look: Look, offer: Offer | None) -> Objections:
    """Everything in the way of sending."""
    content = look.order.content
    found = objections_to_a_draft(look)
    found += objections_to_ordering(look.facts, look.act, content, offer)
    if offer is None:
        return found
    found += unfit(offer, content.answers)
    found += missing(offer, content.answers)
    orderer = Clearer(role=Role.ORDERER, party=Party.CUSTOMER, organisation=content.organisation)
    if content.terms is None:
        found.append(Reason(ReasonCode.TERMS_NOT_ACCEPTED, cleared_by=(orderer,)))
    elif content.terms.digest != terms_digest(offer.terms):
        found.append(Reason(ReasonCode.TERMS_CHANGED, (("version", offer.terms.version),), cleared_by=(orderer,)))
    return found


def sent(look: Look, key: Key, offer: Offer | None) -> Decision:
    """What follows from sending."""
    facts, act, order = look.facts, look.act, look.order
    content, step = order.content, order.step + 1
    course = course_with(look, Trigger.SEND, Role.ORDERER, Party.CUSTOMER)
    case_number = act.fresh.case_number()
    if content.flow is Flow.DIRECT:
        state, template, role, party = (
            OrderState.AWAITING_CUSTOMER_ATTEST,
            Template.ATTEST_ORDER,
            Role.ATTESTANT,
            Party.CUSTOMER,
        )
        organisation, asked = content.organisation, holders(facts, content.organisation, Role.ATTESTANT)
    else:
        state, template, role, party = (
            OrderState.AWAITING_AGENT_APPROVAL,
            Template.REVIEW_ORDER,
            Role.AGENT_HANDLER,
            Party.AGENT,
        )
        assignment = assignment_in(facts, content)
        organisation = content.agent or ""
        asked = () if assignment is None else granted(facts, assignment)
    asked = who_may(act.rules, content, course, asked)
    made = attrs.evolve(
        order,
        state=state,
        step=step,
        since=act.now,
        case_number=case_number,
        digest=content_digest(content),
        course=course,
        notices=notices(act, order.id, step, template, organisation, asked),
    )
    puts = (Put(key, made), Put(case_key(case_number), CaseFile(case_number=case_number, order=order.id)))
    return Decision(
        key=key,
        lifecycle=Lifecycle.ORDER,
        subject=made,
        puts=puts,
        events=(event(act, look.me, made, key, Trigger.SEND, OrderState.DRAFT, Role.ORDERER, Party.CUSTOMER),),
        mails=mails(key, step, template, role, party, organisation, asked),
        follow_ups=(),
        guards=guards(facts, puts),
        advice=advice(content, offer),
    )


def approve(facts: Facts, command: ApproveOrder, act: Act) -> Decision:
    """Approved for the agent."""
    look, key = look_at(facts, command.order, act)
    refuse(facts, objections_to_approving(look, command))
    return approved(look, key, command)


def objections_to_approving(look: Look, command: ApproveOrder) -> Objections:
    """Everything in the way of approving for the agent."""
    facts, act, order, me = look.facts, look.act, look.order, look.me
    content = order.content
    if order.state is not OrderState.AWAITING_AGENT_APPROVAL or me.organisation != content.agent:
        return [out_of_turn(order)]
    found = role_lacking(facts, act, me, Role.AGENT_HANDLER)
    assignment = assignment_in(facts, content)
    if Role.AGENT_HANDLER not in me.roles or assignment is None or not is_among(me, granted(facts, assignment)):
        administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=me.organisation)
        found.append(Reason(ReasonCode.NOT_GRANTED, (("service", content.service),), cleared_by=(administrator,)))
    found += inactive_assignment(content, assignment)
    found += same_person(look, Role.AGENT_HANDLER, Party.AGENT)
    if not command.certified:
        found.append(Reason(ReasonCode.NOT_CERTIFIED, cleared_by=(YOU,)))
    if command.attestant is None:
        found.append(Reason(ReasonCode.NO_ATTESTANT_PICKED, cleared_by=(YOU,)))
        return found
    administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=content.agent)
    for holder in holders(facts, me.organisation, Role.ATTESTANT):
        if holder.member == command.attestant:
            if act.rules.four_eyes and holder.person in persons(content, order.course) | {act.actor.person}:
                found.append(Reason(ReasonCode.FOUR_EYES, cleared_by=(YOU, administrator)))
            return found
    params = (("organisation", me.organisation),)
    found.append(Reason(ReasonCode.NOT_AN_ATTESTANT, params, cleared_by=(YOU, administrator)))
    return found


def approved(look: Look, key: Key, command: ApproveOrder) -> Decision:
    """What follows from approving for the agent."""
    act, order, me = look.act, look.order, look.me
    step, agent = order.step + 1, order.content.agent or ""
    picked = command.attestant or ""
    made = attrs.evolve(
        order,
        state=OrderState.AWAITING_AGENT_ATTEST,
        step=step,
        since=act.now,
        picked=picked,
        course=course_with(look, Trigger.APPROVE, Role.AGENT_HANDLER, Party.AGENT),
        notices=(
            Notice(
                order=order.id,
                step=step,
                organisation=agent,
                member=picked,
                template=Template.ATTEST_FOR_AGENT,
                since=act.now,
            ),
        ),
    )
    puts = (Put(key, made),)
    happened = event(
        act,
        me,
        made,
        key,
        Trigger.APPROVE,
        OrderState.AWAITING_AGENT_APPROVAL,
        Role.AGENT_HANDLER,
        Party.AGENT,
        about=picked,
    )
    return Decision(
        key=key,
        lifecycle=Lifecycle.ORDER,
        subject=made,
        puts=puts,
        events=(happened,),
        mails=(mail(key, step, Template.ATTEST_FOR_AGENT, Role.ATTESTANT, Party.AGENT, agent, picked),),
        follow_ups=(),
        guards=guards(look.facts, puts),
        advice=(),
    )


def attest(facts: Facts, command: AttestOrder, act: Act) -> Decision:
    """Attested, for the agent or for the customer."""
    look, key = look_at(facts, command.order, act)
    if look.order.state is OrderState.AWAITING_AGENT_ATTEST:
        refuse(facts, objections_to_agents_attest(look, command))
        return attested_by_agent(look, key, command)
    refuse(facts, objections_to_customers_attest(look, command))
    return attested(look, key, command)


def objections_to_agents_attest(look: Look, command: AttestOrder) -> Objections:
    """Everything in the way of attesting for the agent."""
    facts, act, order, me = look.facts, look.act, look.order, look.me
    content = order.content
    if me.organisation != content.agent:
        return [out_of_turn(order)]
    found = role_lacking(facts, act, me, Role.ATTESTANT)
    if me.id != order.picked:
        handler = Clearer(role=Role.AGENT_HANDLER, party=Party.AGENT, organisation=me.organisation)
        found.append(Reason(ReasonCode.NOT_PICKED, cleared_by=(handler,)))
    found += inactive_assignment(content, assignment_in(facts, content))
    found += same_person(look, Role.ATTESTANT, Party.AGENT)
    found += unproven(look, command)
    return found


def attested_by_agent(look: Look, key: Key, command: AttestOrder) -> Decision:
    """What follows from the agent's attest."""
    facts, act, order = look.facts, look.act, look.order
    content, step = order.content, order.step + 1
    course = course_with(look, Trigger.ATTEST, Role.ATTESTANT, Party.AGENT)
    asked = who_may(act.rules, content, course, holders(facts, content.organisation, Role.ATTESTANT))
    made = attrs.evolve(
        order,
        state=OrderState.AWAITING_CUSTOMER_ATTEST,
        step=step,
        since=act.now,
        course=course,
        evidence=evidence_with(order, command.evidence),
        notices=notices(act, order.id, step, Template.ATTEST_ORDER, content.organisation, asked),
    )
    puts = (Put(key, made), *kept_evidence(act, made, command.evidence))
    happened = event(
        act,
        look.me,
        made,
        key,
        Trigger.ATTEST,
        OrderState.AWAITING_AGENT_ATTEST,
        Role.ATTESTANT,
        Party.AGENT,
        method=command.method,
        evidence=command.evidence,
    )
    return Decision(
        key=key,
        lifecycle=Lifecycle.ORDER,
        subject=made,
        puts=puts,
        events=(happened,),
        mails=mails(key, step, Template.ATTEST_ORDER, Role.ATTESTANT, Party.CUSTOMER, content.organisation, asked),
        follow_ups=(),
        guards=guards(facts, puts),
        advice=(),
    )


def objections_to_customers_attest(look: Look, command: AttestOrder) -> Objections:
    """Everything in the way of attesting for the customer."""
    facts, act, order, me = look.facts, look.act, look.order, look.me
    content = order.content
    if order.state is not OrderState.AWAITING_CUSTOMER_ATTEST or me.organisation != content.organisation:
        return [out_of_turn(order)]
    found = role_lacking(facts, act, me, Role.ATTESTANT)
    found += no_agreement(facts, content.organisation)
    if content.flow is Flow.VIA_AGENT and content.agent is not None:
        found += inactive_assignment(content, assignment_in(facts, content))
    found += same_person(look, Role.ATTESTANT, Party.CUSTOMER)
    found += unproven(look, command)
    return found


def attested(look: Look, key: Key, command: AttestOrder) -> Decision:
    """What follows from the customer's attest."""
    act, order = look.act, look.order
    content, step = order.content, order.step + 1
    made = attrs.evolve(
        order,
        state=OrderState.ATTESTED,
        step=step,
        since=act.now,
        course=course_with(look, Trigger.ATTEST, Role.ATTESTANT, Party.CUSTOMER),
        evidence=evidence_with(order, command.evidence),
        notices=(
            Notice(
                order=order.id,
                step=step,
                organisation=content.organisation,
                member=content.orderer,
                template=Template.ORDER_ATTESTED,
                since=act.now,
            ),
        ),
    )
    follow_ups: tuple[FollowUp, ...] = ()
    if act.rules.inform_agent_automatically and content.flow is Flow.VIA_AGENT:
        kind = FollowUpKind.INFORM_AGENT
        follow_ups = (FollowUp(id=f"{order.id}/{step}/{kind.value}", kind=kind, about=order.id),)
    puts = (Put(key, made), *kept_evidence(act, made, command.evidence))
    happened = event(
        act,
        look.me,
        made,
        key,
        Trigger.ATTEST,
        OrderState.AWAITING_CUSTOMER_ATTEST,
        Role.ATTESTANT,
        Party.CUSTOMER,
        method=command.method,
        evidence=command.evidence,
    )
    return Decision(
        key=key,
        lifecycle=Lifecycle.ORDER,
        subject=made,
        puts=puts,
        events=(happened,),
        mails=(),
        follow_ups=follow_ups,
        guards=guards(look.facts, puts),
        advice=(),
    )


def user(facts: Facts, act: Act) -> Member:
    """The active user who acts; nobody else learns anything."""
    actor = act.actor
    login = facts[login_key(actor.organisation, actor.person)].record
    if isinstance(login, Login):
        member = facts[member_key(login.member)].record
        if isinstance(member, Member) and member.state is UserState.ACTIVE:
            return member
    raise NotFound(Kind.ORGANISATION)


def look_at(facts: Facts, identifier: str, act: Act) -> tuple[Look, Key]:
    """The order, for somebody who may see it."""
    key = order_key(identifier)
    order = facts[key].record
    if not isinstance(order, Order):
        raise NotFound(Kind.ORDER)
    me = user(facts, act)
    if not sees(facts, me, order):
        raise NotFound(Kind.ORDER)
    return Look(facts, act, order, me), key


def sees(facts: Facts, me: Member, order: Order) -> bool:
    """Whether a user may look at an order."""
    content, roles = order.content, me.roles
    mine = facts[organisation_key(me.organisation)].record
    if isinstance(mine, Organisation) and mine.is_provider and any(role in roles for role in _STAFF):
        return True
    if me.organisation == content.organisation and (
        me.id == content.orderer or any(role in roles for role in _FOLLOWS)
    ):
        return True
    if me.organisation != content.agent or content.flow is not Flow.VIA_AGENT or order.case_number is None:
        return False
    if Role.ADMINISTRATOR in roles or Role.ATTESTANT in roles:
        return True
    assignment = assignment_in(facts, content)
    return Role.AGENT_HANDLER in roles and assignment is not None and is_among(me, granted(facts, assignment))


def refuse(facts: Facts, found: Objections) -> None:
    """Refuse, if anything stands in the way; an organisation without an administrator needs customer service."""
    if not found:
        return
    clearers = (clearer for reason in found for clearer in reason.cleared_by)
    for organisation in dict.fromkeys(each.organisation for each in clearers if each.role is Role.ADMINISTRATOR):
        if organisation is None or (fact := facts.get(holders_key(organisation, Role.ADMINISTRATOR))) is None:
            continue
        if not isinstance(fact.record, Holders) or not fact.record.holders:
            params = (("organisation", organisation),)
            found.append(Reason(ReasonCode.NO_ADMINISTRATOR, params, cleared_by=(CUSTOMER_SERVICE,)))
    raise Refused(tuple(dict.fromkeys(found)))


def out_of_turn(order: Order) -> Reason:
    """Not from here; what ``decide`` explains at length is cut short here."""
    return Reason(ReasonCode.WRONG_STATE, (("state", order.state.value), ("possible", "")), cleared_by=(YOU,))


def role_lacking(facts: Facts, act: Act, me: Member, role: Role) -> Objections:
    """The role the act takes."""
    if role in me.roles:
        return []
    here = act.actor.organisation
    mine = facts[organisation_key(here)].record
    party = Party.PROVIDER if isinstance(mine, Organisation) and mine.is_provider else Party.CUSTOMER
    administrator = Clearer(role=Role.ADMINISTRATOR, party=party, organisation=here)
    return [
        Reason(ReasonCode.ROLE_MISSING, (("role", role.value), ("organisation", here)), cleared_by=(administrator,))
    ]


def objections_to_a_draft(look: Look) -> Objections:
    """What an orderer needs to go on with a draft."""
    order, me = look.order, look.me
    if order.state is not OrderState.DRAFT or me.organisation != order.content.organisation:
        return [out_of_turn(order)]
    return role_lacking(look.facts, look.act, me, Role.ORDERER)


def objections_to_ordering(facts: Facts, act: Act, content: Content, offer: Offer | None) -> Objections:
    """All that must hold to start and to send."""
    organisation = content.organisation
    found = no_agreement(facts, organisation)
    attestants = holders(facts, organisation, Role.ATTESTANT)
    if not attestants:
        administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.CUSTOMER, organisation=organisation)
        found.append(Reason(ReasonCode.NO_ATTESTANT, (("organisation", organisation),), cleared_by=(administrator,)))
    elif act.rules.four_eyes and all(each.person == content.orderer_person for each in attestants):
        administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.CUSTOMER, organisation=organisation)
        found.append(Reason(ReasonCode.FOUR_EYES, cleared_by=(administrator,)))
    if offer is None:
        found.append(Reason(ReasonCode.OFFER_UNKNOWN, (("offer", content.offer),), cleared_by=(YOU,)))
        return found
    customer = facts[organisation_key(organisation)].record
    if not isinstance(customer, Organisation) or customer.category not in offer.categories:
        found.append(Reason(ReasonCode.OFFER_NOT_OPEN, (("offer", offer.id),), cleared_by=(CUSTOMER_SERVICE,)))
    if content.mode not in offer.modes:
        params = (("offer", offer.id), ("allowed", "|".join(offer.modes)))
        found.append(Reason(ReasonCode.MODE_NOT_ALLOWED, params, cleared_by=(YOU,)))
    if content.mode is ConnectionMode.DIRECT and content.agent is not None:
        found.append(Reason(ReasonCode.AGENT_NOT_EXPECTED, cleared_by=(YOU,)))
    if content.agent == organisation:
        found.append(Reason(ReasonCode.AGENT_IS_SELF, cleared_by=(YOU,)))
    elif content.flow is Flow.VIA_AGENT:
        found += objections_to_agent(facts, act, content)
    return found


def objections_to_agent(facts: Facts, act: Act, content: Content) -> Objections:
    """What must be in place at the agent."""
    agent = content.agent
    if agent is None:
        return [Reason(ReasonCode.AGENT_MISSING, cleared_by=(YOU,))]
    organisation = facts[organisation_key(agent)].record
    if not isinstance(organisation, Organisation) or not organisation.is_agent:
        params = (("agent", agent), ("service", content.service))
        itself = Clearer(party=Party.AGENT, organisation=agent)
        return [Reason(ReasonCode.AGENT_UNKNOWN, params, cleared_by=(YOU, itself))]
    agreement = facts[agreement_key(f"agent/{agent}")].record
    assignment = assignment_in(facts, content)
    handlers = () if assignment is None else granted(facts, assignment)
    attestants = holders(facts, agent, Role.ATTESTANT)
    codes: list[ReasonCode] = []
    if not isinstance(agreement, Agreement) or agreement.state is not AgreementState.SIGNED:
        codes.append(ReasonCode.AGENT_NOT_APPROVED)
    if assignment is None or assignment.state is not AssignmentState.ACTIVE:
        codes.append(ReasonCode.ASSIGNMENT_NOT_ACTIVE)
    lacks: list[ReasonCode] = []
    if not handlers:
        lacks.append(ReasonCode.AGENT_LACKS_HANDLER)
    if not attestants:
        lacks.append(ReasonCode.AGENT_LACKS_ATTESTANT)
    four_eyes = act.rules.four_eyes and handlers and attestants and not is_enough(content, handlers, attestants)
    if not (codes or lacks or four_eyes):
        return []
    params = (("agent", agent), ("service", content.service))
    itself = Clearer(party=Party.AGENT, organisation=agent)
    administrator = Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=agent)
    found = [Reason(code, params, cleared_by=(YOU, itself)) for code in codes]
    found += [Reason(code, params, cleared_by=(administrator,)) for code in lacks]
    if four_eyes:
        found.append(Reason(ReasonCode.FOUR_EYES, cleared_by=(administrator,)))
    return found


def is_enough(content: Content, handlers: Sequence[Holder], attestants: Sequence[Holder]) -> bool:
    """Whether two persons other than the orderer can approve and attest."""
    orderer = content.orderer_person
    return any(
        one.person not in (orderer, other.person) and other.person != orderer
        for one in handlers
        for other in attestants
    )


def no_agreement(facts: Facts, organisation: str) -> Objections:
    """A signed agreement of the current model, or what is lacking."""
    agreement = facts[agreement_key(f"customer/{organisation}")].record
    if not isinstance(agreement, Agreement):
        return [no_agreement_reason(organisation)]
    if agreement.state is AgreementState.SIGNED and agreement.model is AgreementModel.CURRENT:
        return []
    params = (("organisation", organisation),)
    signatory = Clearer(role=Role.SIGNATORY, party=Party.CUSTOMER, organisation=organisation)
    match agreement.state:
        case AgreementState.SIGNED:
            return [Reason(ReasonCode.AGREEMENT_LEGACY, params, cleared_by=(signatory,))]
        case AgreementState.AWAITING_SIGNATURE:
            return [Reason(ReasonCode.AGREEMENT_NOT_SIGNED, params, cleared_by=(signatory,))]
        case AgreementState.APPLIED:
            return [Reason(ReasonCode.AGREEMENT_NOT_APPROVED, params, cleared_by=(OFFICER,))]
        case AgreementState.REJECTED | AgreementState.DECLINED | AgreementState.TERMINATED:
            return [no_agreement_reason(organisation)]


def no_agreement_reason(organisation: str) -> Reason:
    """There is no agreement."""
    applicant = Clearer(party=Party.CUSTOMER, organisation=organisation)
    return Reason(ReasonCode.NO_AGREEMENT, (("organisation", organisation),), cleared_by=(applicant,))


def inactive_assignment(content: Content, assignment: AgentAssignment | None) -> Objections:
    """The agent's assignment must still be active."""
    if assignment is not None and assignment.state is AssignmentState.ACTIVE:
        return []
    params = (("agent", content.agent or ""), ("service", content.service))
    itself = Clearer(party=Party.AGENT, organisation=content.agent)
    return [Reason(ReasonCode.ASSIGNMENT_NOT_ACTIVE, params, cleared_by=(OFFICER, itself))]


def same_person(look: Look, role: Role, party: Party) -> Objections:
    """With four eyes, nobody acts twice."""
    content = look.order.content
    if not look.act.rules.four_eyes or look.act.actor.person not in persons(content, look.order.course):
        return []
    organisation = content.organisation if party is Party.CUSTOMER else content.agent
    return [Reason(ReasonCode.FOUR_EYES, cleared_by=(Clearer(role=role, party=party, organisation=organisation),))]


def unproven(look: Look, command: AttestOrder) -> Objections:
    """A method that is allowed, and verified evidence for exactly this attest."""
    order, act, method, evidence = look.order, look.act, command.method, command.evidence
    found = unfit_method(order.content.offer, act.rules, method)
    if evidence is None:
        found.append(Reason(ReasonCode.EVIDENCE_MISSING, cleared_by=(YOU,)))
    elif (
        (method is not None and evidence.method is not method)
        or act.verified != evidence
        or evidence.signer != act.actor.person
        or evidence.digest != document_digest(order_document(order, act))
        or look.facts[evidence_key(evidence_digest(evidence))].version
    ):
        found.append(Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)))
    return found


def unfit_method(offer: str, rules: Rules, method: AttestMethod | None) -> Objections:
    """A method that is allowed and strong enough for the offer."""
    minimum = dict(rules.minimum_assurance_of).get(offer, AssuranceLevel.LOW)
    allowed = rules.attest_methods
    if (
        method is not None
        and method in allowed
        and reaches(method, minimum)
        and reaches(method, rules.minimum_assurance)
    ):
        return []
    strong = "|".join(each for each in allowed if reaches(each, minimum) and reaches(each, rules.minimum_assurance))
    if method is None:
        return [Reason(ReasonCode.METHOD_MISSING, (("allowed", strong),), cleared_by=(YOU,))]
    code = ReasonCode.METHOD_TOO_WEAK if method in allowed else ReasonCode.METHOD_NOT_ALLOWED
    params = (("method", method.value), ("offer", offer), ("allowed", strong))
    return [Reason(code, params, cleared_by=(YOU,))]


def holders(facts: Facts, organisation: str, role: Role) -> tuple[Holder, ...]:
    """Who holds a role."""
    record = facts[holders_key(organisation, role)].record
    return record.holders if isinstance(record, Holders) else ()


def assignment_in(facts: Facts, content: Content) -> AgentAssignment | None:
    """The assignment an order goes through."""
    record = facts[assignment_key(f"{content.agent}/{content.service}")].record
    return record if isinstance(record, AgentAssignment) else None


def granted(facts: Facts, assignment: AgentAssignment) -> tuple[Holder, ...]:
    """The handlers who may act in an assignment."""
    since = {grant.member: grant.held_since for grant in assignment.grants}
    return tuple(
        holder
        for holder in holders(facts, assignment.agent, Role.AGENT_HANDLER)
        if since.get(holder.member) == holder.since
    )


def is_among(me: Member, handlers: Sequence[Holder]) -> bool:
    """Whether a user is one of these."""
    return any(handler.member == me.id for handler in handlers)


def persons(content: Content, course: Sequence[Mark]) -> set[str | None]:
    """Everybody who has ordered, approved or attested."""
    return {content.orderer_person} | {
        mark.person for mark in course if mark.role in (Role.AGENT_HANDLER, Role.ATTESTANT)
    }


def who_may(rules: Rules, content: Content, course: Sequence[Mark], asked: tuple[Holder, ...]) -> tuple[Holder, ...]:
    """Those who may act next."""
    if not rules.four_eyes:
        return asked
    done = persons(content, course)
    return tuple(holder for holder in asked if holder.person not in done)


def course_with(look: Look, trigger: Trigger, role: Role, party: Party) -> tuple[Mark, ...]:
    """The course with one more decision."""
    actor = look.act.actor
    mark = Mark(
        trigger=trigger,
        role=role,
        party=party,
        organisation=actor.organisation,
        person=actor.person,
        member=look.me.id,
        at=look.act.now,
    )
    return (*(each for each in look.order.course if each.role is not role or each.party is not party), mark)


def evidence_with(order: Order, evidence: Evidence | None) -> tuple[Evidence, ...]:
    """The evidence of an order with one more."""
    return order.evidence if evidence is None else (*order.evidence, evidence)


def notices(
    act: Act, order: str, step: int, template: Template, organisation: str, asked: Sequence[Holder]
) -> tuple[Notice, ...]:
    """A notice for each who is asked."""
    return tuple(
        Notice(
            order=order,
            step=step,
            organisation=organisation,
            member=holder.member,
            template=template,
            since=act.now,
        )
        for holder in asked
    )


def mails(
    key: Key, step: int, template: Template, role: Role, party: Party, organisation: str, asked: Sequence[Holder]
) -> tuple[Mail, ...]:
    """A mail to each who is asked."""
    return tuple(mail(key, step, template, role, party, organisation, holder.member) for holder in asked)


def mail(key: Key, step: int, template: Template, role: Role, party: Party, organisation: str, member: str) -> Mail:
    """A mail to one."""
    return Mail(
        id=f"{key}/1.{step}/{template.value}/{member}",
        template=template,
        subject=key,
        step=step,
        role=role,
        party=party,
        organisation=organisation,
        member=member,
    )


def event(
    act: Act,
    me: Member,
    made: Order,
    key: Key,
    trigger: Trigger,
    before: OrderState | None,
    role: Role,
    party: Party,
    *,
    method: AttestMethod | None = None,
    about: str | None = None,
    evidence: Evidence | None = None,
) -> Event:
    """What has happened."""
    actor = act.actor
    return Event(
        subject=key,
        lifecycle=Lifecycle.ORDER,
        trigger=trigger,
        before=before,
        after=made.state,
        step=made.step,
        person=actor.person,
        member=me.id,
        role=role,
        party=party,
        organisation=actor.organisation,
        on_behalf=made.content.organisation,
        at=act.now,
        method=method,
        about=about,
        digest=made.digest,
        proven=None
        if evidence is None
        else Proven(
            signer=evidence.signer,
            level=evidence.assurance,
            signed_at=evidence.signed_at,
            digest=evidence.digest,
        ),
    )


def kept_evidence(act: Act, made: Order, evidence: Evidence | None) -> tuple[Put, ...]:
    """What was attested, word for word, with what proves it."""
    if evidence is None or act.document is None:
        return ()
    signed = SignedDocument(document=act.document, evidence=evidence, step=made.step)
    return (Put(evidence_key(evidence_digest(evidence)), signed),)


def guards(facts: Facts, puts: tuple[Put, ...]) -> tuple[Guard, ...]:
    """Every fact that was looked at, and what is created."""
    found = [Guard(key, fact.version) for key, fact in facts.items() if fact.version]
    found += [Guard(put.key, 0) for put in puts if put.key not in facts or not facts[put.key].version]
    return tuple(found)


def advice(content: Content, offer: Offer | None) -> tuple[Advice, ...]:
    """What is worth knowing while the order is a draft."""
    if offer is None:
        return ()
    params = (("offer", offer.id),)
    found: list[Advice] = []
    if content.mode is ConnectionMode.VIA_AGENT:
        code = AdviceCode.FLOW_OVERRIDDEN if content.flow is Flow.DIRECT else AdviceCode.ASK_THE_AGENT
        found.append(Advice(code, params))
    if any(field.kind is FieldKind.CARE_UNITS for field in offer.form):
        found.append(Advice(AdviceCode.LIST_ALL_CARE_UNITS, params))
    if offer.start_up_fee is not None:
        found.append(Advice(AdviceCode.START_UP_FEE, (*params, ("fee", str(offer.start_up_fee)))))
    return tuple(found)
