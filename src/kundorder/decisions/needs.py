"""Which facts a command is decided on: two reads, or three for an agreement whose contacts are users already."""

from collections.abc import Iterator

from kundorder.codec import evidence_digest
from kundorder.commands import (
    AddUser,
    AgreementCommand,
    ApplyForAgentAgreement,
    ApplyForAssignment,
    ApplyForCustomerAgreement,
    ApproveOrder,
    AssignmentCommand,
    AssignRole,
    Command,
    EstablishProvider,
    GrantHandler,
    MemberCommand,
    OrderCommand,
    PickAttestant,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    RemoveRole,
    RevokeHandler,
    StartOrder,
    VerifyUser,
)
from kundorder.decisions.documents import evidence_in
from kundorder.directory import Account, Login
from kundorder.identifiers import (
    agent_of,
    agreement_id_of,
    assignment_id_of,
    organisation_of,
)
from kundorder.lifecycles.provider import FIRST_ROLES
from kundorder.model import Agreement, Contact, CustomerApplication, Member, Order
from kundorder.policies import assignment_of
from kundorder.situation import (
    THE_PROVIDER,
    Act,
    Facts,
    Key,
    account_key,
    agreement_key,
    assignment_key,
    evidence_key,
    holders_key,
    login_key,
    mailbox_key,
    member_key,
    order_key,
    organisation_key,
)
from kundorder.vocabulary import OrderState, Party, Role, Trigger

_LIGHT = frozenset((Trigger.FILL_IN, Trigger.ACCEPT_TERMS, Trigger.COPY_AS_DRAFT, Trigger.HAND_OVER))
_ASKS_CUSTOMERS_ATTESTANTS = frozenset((Trigger.SEND, Trigger.ATTEST))


def subject_key(command: Command, act: Act) -> Key | None:
    """Where the subject is, or would be; None where a new id will be drawn for it."""
    here = act.actor.organisation
    match command:
        case OrderCommand():
            return order_key(command.order)
        case AgreementCommand():
            return agreement_key(command.agreement)
        case AssignmentCommand():
            return assignment_key(command.assignment)
        case MemberCommand():
            return member_key(command.member)
        case ApplyForCustomerAgreement():
            return agreement_key(agreement_id_of(Party.CUSTOMER, here))
        case ApplyForAgentAgreement():
            return agreement_key(agreement_id_of(Party.AGENT, here))
        case RegisterCustomerAgreement():
            return agreement_key(agreement_id_of(Party.CUSTOMER, command.organisation))
        case RegisterAgentAgreement():
            return agreement_key(agreement_id_of(Party.AGENT, command.organisation))
        case ApplyForAssignment():
            return assignment_key(assignment_id_of(here, command.service))
        case EstablishProvider():
            return THE_PROVIDER
        case _:  # a new order or a new user
            return None


def standing(act: Act) -> tuple[Key, ...]:
    """What tells who the actor is."""
    if act.is_system:
        return ()
    here = act.actor.organisation
    return (
        login_key(here, act.actor.person),
        organisation_key(here),
        holders_key(here, Role.ADMINISTRATOR),
    )


def needs(command: Command, act: Act) -> tuple[Key, ...]:
    """What to read first."""
    subject = subject_key(command, act)
    found = [*standing(act), *_named(command, act)]
    evidence = evidence_in(command)
    if evidence is not None:
        found.append(evidence_key(evidence_digest(evidence)))
    if subject is not None:
        found.append(subject)
    return tuple(dict.fromkeys(found))


def _named(command: Command, act: Act) -> Iterator[Key]:
    here = act.actor.organisation
    match command:
        case StartOrder():
            yield from _of_start(command, act)
        case AddUser():
            yield account_key(here, command.email)
        case AssignRole() | RemoveRole():
            yield holders_key(here, command.role)
            yield agreement_key(agreement_id_of(Party.CUSTOMER, here))
        case GrantHandler() | RevokeHandler():
            yield assignment_key(command.assignment)
            yield holders_key(agent_of(command.assignment), Role.AGENT_HANDLER)
        case AgreementCommand():
            yield organisation_key(organisation_of(command.agreement))
        case RegisterCustomerAgreement() | RegisterAgentAgreement():
            yield organisation_key(command.organisation)
            yield from _of_contacts(command.organisation, command.application)
        case AssignmentCommand():
            yield agreement_key(agreement_id_of(Party.AGENT, agent_of(command.assignment)))
        case ApplyForAssignment():
            yield agreement_key(agreement_id_of(Party.AGENT, here))
        case EstablishProvider():
            yield account_key(here, command.email)
            yield mailbox_key(command.email)
            yield from (holders_key(here, role) for role in FIRST_ROLES)
        case _:
            pass


def _of_start(command: StartOrder, act: Act) -> Iterator[Key]:
    here = act.actor.organisation
    yield agreement_key(agreement_id_of(Party.CUSTOMER, here))
    yield holders_key(here, Role.ATTESTANT)
    if command.supplementary_to is not None:
        yield order_key(command.supplementary_to)
    if command.agent is not None:
        offer = act.catalogue.offer(command.offer)
        yield from of_agent(command.agent, None if offer is None else offer.service)


def of_agent(agent: str, service: str | None) -> Iterator[Key]:
    """Everything about an agent, as a customer ordering a service through it needs it."""
    yield organisation_key(agent)
    yield agreement_key(agreement_id_of(Party.AGENT, agent))
    if service is not None:
        yield assignment_key(assignment_id_of(agent, service))
    yield from (holders_key(agent, role) for role in (Role.AGENT_HANDLER, Role.ATTESTANT, Role.ADMINISTRATOR))


def _of_contacts(organisation: str, named: CustomerApplication | Agreement) -> Iterator[Key]:
    contacts: tuple[Contact, ...] = (named.administrator, named.agreement_contact)
    yield from (account_key(organisation, contact.email) for contact in contacts)
    yield from (holders_key(organisation, role) for role in (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT))


def needs_further(command: Command, act: Act, facts: Facts) -> tuple[Key, ...]:
    """What else to read, now that this much is known; ``()`` when nothing is missing."""
    wanted = [*members_behind(facts)]
    subject = subject_key(command, act)
    record = None if subject is None else facts[subject].record
    match record:
        case Order():
            wanted += of_order(record, act, command.trigger)
            if isinstance(command, ApproveOrder | PickAttestant) and record.content.agent is not None:
                wanted.append(holders_key(record.content.agent, Role.ADMINISTRATOR))
                wanted += () if command.attestant is None else (member_key(command.attestant),)
        case Agreement() if isinstance(command, AgreementCommand):
            wanted += _of_contacts(record.organisation, record)
        case Member():
            wanted += _of_member(command, act, record)
        case _:
            pass
    return tuple(key for key in dict.fromkeys(wanted) if key not in facts)


def members_behind(facts: Facts) -> Iterator[Key]:
    """The users that logins and addresses lead to."""
    for fact in facts.values():
        if isinstance(fact.record, Login | Account):
            yield member_key(fact.record.member)


def _of_member(command: Command, act: Act, member: Member) -> Iterator[Key]:
    yield from (holders_key(member.organisation, role) for role in member.roles)
    yield holders_key(member.organisation, Role.ADMINISTRATOR)
    if isinstance(command, VerifyUser):
        yield mailbox_key(member.email)
    if act.is_system:
        yield organisation_key(member.organisation)


def of_order(order: Order, act: Act, trigger: Trigger | None) -> Iterator[Key]:
    """What an act on an order is decided on; with no trigger, what all of them together are."""
    content = order.content
    if trigger not in _LIGHT or act.actor.organisation == content.agent:
        yield from _of_agents_part(order, trigger)
    if trigger is None or trigger in _ASKS_CUSTOMERS_ATTESTANTS:
        yield holders_key(content.organisation, Role.ATTESTANT)
        yield agreement_key(agreement_id_of(Party.CUSTOMER, content.organisation))
        yield organisation_key(content.organisation)
    if trigger is None:
        yield holders_key(content.organisation, Role.ADMINISTRATOR)


def _of_agents_part(order: Order, trigger: Trigger | None) -> Iterator[Key]:
    content = order.content
    assignment = assignment_of(order)
    if assignment is None or content.agent is None:
        return
    if trigger is None or trigger is Trigger.SEND:
        yield from of_agent(content.agent, content.service)
    else:
        yield assignment_key(assignment)
        yield holders_key(content.agent, Role.AGENT_HANDLER)
        yield holders_key(content.agent, Role.ATTESTANT)


def needs_of_order(order: str, act: Act, facts: Facts) -> tuple[Key, ...]:
    """What looking at an order takes: everything about it that is not known yet; ``()`` when nothing is missing."""
    wanted = [*standing(act), order_key(order), *members_behind(facts)]
    fact = facts.get(order_key(order))
    if fact is not None and isinstance(fact.record, Order):
        wanted += of_order(fact.record, act, None)
        if fact.record.state is OrderState.DRAFT:  # only its path asks whether anybody may send it
            wanted.append(holders_key(fact.record.content.organisation, Role.ORDERER))
    return tuple(key for key in dict.fromkeys(wanted) if key not in facts)


def needs_of_member(member: str, act: Act, facts: Facts) -> tuple[Key, ...]:
    """What telling a member of waiting steps takes; ``()`` when nothing is missing."""
    wanted = [member_key(member), *standing(act)]
    fact = facts.get(member_key(member))
    if fact is not None and isinstance(fact.record, Member):
        organisation = fact.record.organisation
        wanted += [organisation_key(organisation)]
        wanted += [holders_key(organisation, role) for role in (Role.ATTESTANT, Role.AGENT_HANDLER)]
    return tuple(key for key in dict.fromkeys(wanted) if key not in facts)
