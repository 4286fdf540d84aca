"""In which capacities somebody acts, and who may see what. Default deny: what is not said here is not permitted.

The rows of the lifecycles own who may do what; this file only tells on whose side of a subject the actor stands,
which roles the actor holds there, and what the actor may look at. Rights are those of one organisation, the one acted
for.
"""

import attrs

from kundorder.directory import Holder
from kundorder.events import Event
from kundorder.evidence import Evidence
from kundorder.identifiers import assignment_id_of
from kundorder.model import AgentAssignment, Agreement, Content, Mark, Member, Order, Organisation, Provider, Subject
from kundorder.situation import Case, Situation
from kundorder.vocabulary import Flow, Party, Role, UserState

_STAFF = (Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)
FOLLOWS_OWN_ORDERS = (Role.ADMINISTRATOR, Role.ORDERER, Role.ATTESTANT, Role.AGREEMENT_CONTACT)
FOLLOWS_AGENT_ORDERS = (Role.ADMINISTRATOR, Role.ATTESTANT)
_ACTS = (Role.ORDERER, Role.AGENT_HANDLER, Role.ATTESTANT)
_VIEWS_AGREEMENT = (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT)
_VIEWS_ASSIGNMENT = (Role.ADMINISTRATOR, Role.ATTESTANT, Role.AGENT_HANDLER, Role.AGENT_ASSIGNMENT_ORDERER)


def has_any(member: Member | None, roles: tuple[Role, ...]) -> bool:
    """Whether an active user holds one of these roles in the organisation acted for."""
    if member is None or member.state is not UserState.ACTIVE:
        return False
    return not frozenset(member.roles).isdisjoint(roles)


def is_staff(case: Case) -> bool:
    """Whether the actor works for the provider with the customers."""
    return case.mine is not None and case.mine.is_provider and has_any(case.me, _STAFF)


def is_addressed_to_agent(order: Order) -> bool:
    """Whether the agent is a party: in the via-agent flow only, and only once the order has been sent."""
    return order.content.flow is Flow.VIA_AGENT and order.content.agent is not None and order.case_number is not None


def assignment_of(order: Order) -> str | None:
    """The assignment an order goes through; None in the direct flow, whatever agent is named (R13)."""
    content = order.content
    if content.flow is not Flow.VIA_AGENT or content.agent is None:
        return None
    return assignment_id_of(content.agent, content.service)


def parties(case: Case, subject: Subject) -> tuple[Party, ...]:
    """On which sides of this subject the organisation acted for stands."""
    if case.act.is_system:
        return (Party.SYSTEM,)
    found: list[Party] = []
    here = case.act.actor.organisation
    match subject:
        case Order(content=content):
            if here == content.organisation:
                found.append(Party.CUSTOMER)
            if is_addressed_to_agent(subject) and here == content.agent:
                found.append(Party.AGENT)
        case Agreement():
            if here == subject.organisation:
                found.append(subject.party)
        case AgentAssignment():
            if here == subject.agent:
                found.append(Party.AGENT)
        case Member():
            if here == subject.organisation and case.mine is not None:
                return sides(case.mine)
        case Provider():
            pass
    if case.mine is not None and case.mine.is_provider:
        found.append(Party.PROVIDER)
    return tuple(found)


def sides(organisation: Organisation) -> tuple[Party, ...]:
    """What an organisation is: customer, agent, provider, or several of these."""
    return tuple(
        party
        for party, holds in (
            (Party.CUSTOMER, organisation.category is not None),
            (Party.AGENT, organisation.is_agent),
            (Party.PROVIDER, organisation.is_provider),
        )
        if holds
    )


def granted_handlers(situation: Situation, assignment: AgentAssignment) -> tuple[Holder, ...]:
    """The handlers who may act in an assignment now: granted, and handlers without a break since."""
    handlers = situation.holders(assignment.agent, Role.AGENT_HANDLER)
    granted = {grant.member: grant.held_since for grant in assignment.grants}
    return tuple([each for each in handlers if granted.get(each.member) == each.since])


def handlers_of(situation: Situation, order: Order) -> tuple[Holder, ...]:
    """The handlers who may act for the agent of an order now; nobody in the direct flow."""
    identifier = assignment_of(order)
    assignment = None if identifier is None else situation.assignment(identifier)
    return () if assignment is None else granted_handlers(situation, assignment)


def is_granted(case: Case, assignment: str) -> bool:
    """Whether the actor is a handler granted in this assignment (R21)."""
    if case.me is None or Role.AGENT_HANDLER not in case.me.roles:
        return False
    me, found = case.me.id, case.situation.assignment(assignment)
    if found is None:
        return False
    for grant in found.grants:
        if grant.member == me:
            handlers = case.situation.holders(found.agent, Role.AGENT_HANDLER)
            return any(each.member == me and grant.held_since == each.since for each in handlers)
    return False


def sees(case: Case, subject: Subject) -> bool:
    """Whether the actor may look at this at all; if not, the answer is the one for something that does not exist."""
    if case.act.is_system or is_staff(case):
        return True
    if case.me is None:
        return False
    match subject:
        case Order():
            return _sees_order(case, case.me, subject)
        case Agreement():
            return subject.organisation == case.me.organisation and has_any(case.me, _VIEWS_AGREEMENT)
        case AgentAssignment():
            return subject.agent == case.me.organisation and has_any(case.me, _VIEWS_ASSIGNMENT)
        case Member():
            return subject.organisation == case.me.organisation and (subject.id == case.me.id or bool(case.me.roles))
        case Provider():
            return subject.organisation == case.me.organisation


def _sees_order(case: Case, me: Member, order: Order) -> bool:
    content = order.content
    if me.organisation == content.organisation and (me.id == content.orderer or has_any(me, FOLLOWS_OWN_ORDERS)):
        return True
    if not is_addressed_to_agent(order) or me.organisation != content.agent:
        return False
    assignment = assignment_of(order)
    return has_any(me, FOLLOWS_AGENT_ORDERS) or (assignment is not None and is_granted(case, assignment))


def acted(order: Order) -> frozenset[str]:
    """The persons, whatever account they used, who have started, sent, approved or attested (for four eyes)."""
    persons = {mark.person for mark in order.course if mark.role in _ACTS}
    persons.add(order.content.orderer_person)
    return frozenset(person for person in persons if person is not None)


def shown(case: Case, order: Order) -> Order:
    """The order as this reader may see it: persons and people's ids of the other organisation are left out."""
    if case.act.is_system or is_staff(case):
        return order
    mine = "" if case.me is None else case.me.organisation
    content = order.content
    own = mine == content.organisation
    return attrs.evolve(
        order,
        content=content if own else _foreign(content),
        course=named(case, order.course),
        notices=tuple(notice for notice in order.notices if notice.organisation == mine),
        evidence=_evidence_of(order, mine),
        picked=order.picked if mine == content.agent else None,
    )


def _foreign(content: Content) -> Content:
    """The content without the orderer, and without other orders, which this reader may know nothing of."""
    return attrs.evolve(content, orderer="", orderer_person="", supplementary_to=None, copied_from=None)


def named(case: Case, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """The marks as this reader may see them: with the persons of the organisation acted for only."""
    if case.act.is_system or is_staff(case):
        return marks
    here = case.act.actor.organisation
    return tuple(mark if mark.organisation == here else _nameless(mark) for mark in marks)


def _nameless(mark: Mark) -> Mark:
    return attrs.evolve(mark, person=None, member=None)


def _evidence_of(order: Order, organisation: str) -> tuple[Evidence, ...]:
    # By turn and not by person, for one person may attest on both sides: the agent attests once, and first (R9).
    agents = 1 if order.content.flow is Flow.VIA_AGENT else 0
    return order.evidence[agents:] if organisation == order.content.organisation else order.evidence[:agents]


def shown_event(case: Case, event: Event) -> Event:
    """The event as this reader may see it: of another organisation its capacity and date, not the person."""
    if case.act.is_system or is_staff(case) or event.organisation == case.act.actor.organisation:
        return event
    proven = None if event.proven is None else attrs.evolve(event.proven, signer="")
    return attrs.evolve(event, person=None, member=None, about=None, proven=proven)
