"""Who is told: resolved at the act, on the facts it was decided on, to exactly those who may act then."""

from kundorder.directory import Holder
from kundorder.lifecycles.order_guards import eligible
from kundorder.lifecycles.rows import Addressee
from kundorder.model import Agreement, Order, Subject
from kundorder.policies import assignment_of, handlers_of
from kundorder.situation import Case
from kundorder.vocabulary import Party, Role, Trigger


def _order(subject: Subject) -> Order:
    if not isinstance(subject, Order):
        raise TypeError(type(subject).__name__)
    return subject


def _at(role: Role, party: Party, organisation: str, holders: tuple[Holder, ...]) -> tuple[Addressee, ...]:
    return tuple(
        Addressee(role=role, party=party, organisation=organisation, member=holder.member) for holder in holders
    )


def customers_attestants(case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """Every attestant of the customer (who may act, where four eyes are required)."""
    order = _order(subject)
    organisation = order.content.organisation
    holders = case.situation.holders(organisation, Role.ATTESTANT)
    return _at(Role.ATTESTANT, Party.CUSTOMER, organisation, eligible(case, order, holders))


def reviewing_handlers(case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """The handlers granted in the assignment who may approve."""
    order = _order(subject)
    handlers = eligible(case, order, handlers_of(case.situation, order))
    return _at(Role.AGENT_HANDLER, Party.AGENT, order.content.agent or "", handlers)


def all_granted_handlers(case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """All handlers granted in the assignment."""
    order = _order(subject)
    return _at(Role.AGENT_HANDLER, Party.AGENT, order.content.agent or "", handlers_of(case.situation, order))


def picked_attestant(_case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """The agent's attestant the handler picked."""
    order = _order(subject)
    agent = order.content.agent or ""
    return (Addressee(role=Role.ATTESTANT, party=Party.AGENT, organisation=agent, member=order.picked),)


def the_orderer(_case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """Who has ordered."""
    content = _order(subject).content
    return (
        Addressee(role=Role.ORDERER, party=Party.CUSTOMER, organisation=content.organisation, member=content.orderer),
    )


def the_handler(_case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """Who has approved for the agent, if anybody has."""
    return tuple(
        Addressee(role=Role.AGENT_HANDLER, party=Party.AGENT, organisation=mark.organisation, member=mark.member)
        for mark in _order(subject).course
        if mark.role is Role.AGENT_HANDLER and mark.trigger is Trigger.APPROVE
    )


def those_asked(case: Case, _subject: Subject) -> tuple[Addressee, ...]:
    """Everybody with a pending step, at the moment the step goes away."""
    order = case.order
    agent = order.content.agent
    role = Role.AGENT_HANDLER if order.picked is None and assignment_of(order) else Role.ATTESTANT
    return tuple(
        Addressee(
            role=Role.ATTESTANT if notice.organisation != agent else role,
            party=Party.AGENT if notice.organisation == agent else Party.CUSTOMER,
            organisation=notice.organisation,
            member=notice.member,
        )
        for notice in order.notices
    )


def waiting_signatories(_case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """Every signatory who has not signed."""
    if not isinstance(subject, Agreement):
        raise TypeError(type(subject).__name__)
    return tuple(
        Addressee(role=Role.SIGNATORY, party=subject.party, organisation=subject.organisation, signatory=signatory.id)
        for signatory in subject.signatories
        if signatory.evidence is None
    )
