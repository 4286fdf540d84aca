"""What could be asked in a scenario: what makes sense, what lacks something, and what happens to people meanwhile."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    AssignRole,
    AttestOrder,
    Command,
    CompleteOrder,
    CopyOrderAsDraft,
    DeleteUser,
    EndAssignment,
    FillInOrder,
    GrantHandler,
    HandOverOrder,
    InformAgent,
    MemberCommand,
    PickAttestant,
    RejectOrder,
    RemoveRole,
    RestoreUser,
    RevokeHandler,
    SendOrder,
    StartOrder,
    TerminateAgreement,
    WithdrawOrder,
)
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import Actor, Order
from kundorder.testing.conformance.modelled import Model
from kundorder.testing.conformance.settings import Person
from kundorder.testing.forms import fitting
from kundorder.testing.moves import Move
from kundorder.vocabulary import AttestMethod, Flow, Party, Role

CommandType: TypeAlias = type[Command]

COVERED: Final[tuple[CommandType, ...]] = (
    StartOrder,
    CopyOrderAsDraft,
    FillInOrder,
    AcceptTerms,
    SendOrder,
    ApproveOrder,
    PickAttestant,
    AttestOrder,
    RejectOrder,
    WithdrawOrder,
    HandOverOrder,
    InformAgent,
    CompleteOrder,
    AssignRole,
    RemoveRole,
    DeleteUser,
    RestoreUser,
    GrantHandler,
    RevokeHandler,
    EndAssignment,
    TerminateAgreement,
)
"""What is put to a system: all that can be asked of an order, and what happens to people and agreements meanwhile."""

_HELD: Final = (Role.ORDERER, Role.ATTESTANT, Role.AGENT_HANDLER)
_REMARK: Final = "Fel tjänst."


def sound(model: Model, order: Order) -> tuple[Command, ...]:
    """Commands about an order that lack nothing; those that lead on come first."""
    return tuple(_sound(model, order))


def _sound(model: Model, order: Order) -> Iterator[Command]:
    one, content = order.id, order.content
    offer = model.setting.catalogue.offer(content.offer)
    picks = tuple(model.members[each.actor] for each in model.setting.holding(content.agent or "", Role.ATTESTANT))
    if offer is not None:
        yield FillInOrder(order=one, fields=fitting(offer))
        yield AcceptTerms(order=one, version=offer.terms.version)
    yield SendOrder(order=one)
    if content.flow is Flow.VIA_AGENT:
        yield from (ApproveOrder(order=one, attestant=each, certified=True) for each in picks)
    yield AttestOrder(order=one, method=model.setting.rules.attest_methods[-1])
    yield HandOverOrder(order=one, instructions="Logga in så här.")
    yield InformAgent(order=one)
    yield CompleteOrder(order=one)
    yield RejectOrder(order=one, reason=_REMARK)
    yield WithdrawOrder(order=one)
    yield CopyOrderAsDraft(order=one)
    if content.flow is Flow.VIA_AGENT:
        yield from (PickAttestant(order=one, attestant=each) for each in picks)
    else:  # there is nobody to approve, whoever would be picked
        yield ApproveOrder(order=one, certified=True)
        yield PickAttestant(order=one)


def unsound(model: Model, order: Order) -> tuple[Command, ...]:
    """Commands about an order that lack something, or hold what they must not."""
    return tuple(_unsound(model, order))


def _unsound(model: Model, order: Order) -> Iterator[Command]:
    one, content = order.id, order.content
    yield FillInOrder(order=one, fields={"inget_falt": "x"})
    yield FillInOrder(order=one, fields={})
    yield AcceptTerms(order=one, version="0")
    attestants = (each for each in model.setting.people if Role.ATTESTANT in each.roles)
    strange = next((model.members[each.actor] for each in attestants if each.actor.organisation != content.agent), None)
    picks = model.setting.holding(content.agent or "", Role.ATTESTANT)
    handlers = model.setting.holding(content.agent or "", Role.AGENT_HANDLER)
    if content.flow is Flow.VIA_AGENT and picks:
        yield ApproveOrder(order=one, attestant=model.members[picks[0].actor], certified=False)
    yield ApproveOrder(order=one, certified=True)
    if strange is not None:
        yield ApproveOrder(order=one, attestant=strange, certified=True)
    if handlers:
        yield PickAttestant(order=one, attestant=model.members[handlers[-1].actor])
    yield AttestOrder(order=one)
    yield from (AttestOrder(order=one, method=each) for each in _forbidden(model))
    yield RejectOrder(order=one)
    yield HandOverOrder(order=one)


def _forbidden(model: Model) -> tuple[AttestMethod, ...]:
    return tuple(each for each in AttestMethod if each not in model.setting.rules.attest_methods)[:1]


def leads_on(command: Command, order: Order) -> bool:
    """Whether a command about an order brings it nearer to its end, and has not been carried out already."""
    match command:
        case FillInOrder():
            return not order.content.answers
        case AcceptTerms():
            return order.content.terms is None
        case SendOrder():
            return bool(order.content.answers)
        case RejectOrder() | WithdrawOrder() | CopyOrderAsDraft() | PickAttestant():
            return False
        case _:
            return True


def comings_and_goings(model: Model) -> tuple[Move, ...]:
    """What happens to roles, grants, agreements and users, by those whose business it is."""
    return tuple(_goings(model))


def _goings(model: Model) -> Iterator[Move]:
    setting = model.setting
    officer = setting.holding(setting.provider.number, Role.PROVIDER_OFFICER)[0].actor
    for person in setting.people:
        member, administrator = model.members[person.actor], _administrator(model, person)
        for role in _worth(person):
            yield Move(RemoveRole(member=member, role=role), administrator)
        for role in _roles_of(model, person):
            yield Move(AssignRole(member=member, role=role), administrator)
        if person.roles & frozenset(_HELD):
            yield Move(DeleteUser(member=member), administrator)
            yield Move(RestoreUser(member=member), officer)
        if Role.AGENT_HANDLER in person.roles:
            for each in setting.assignments:
                if each.agent == person.actor.organisation:
                    assignment = assignment_id_of(each.agent, each.service)
                    yield Move(RevokeHandler(member=member, assignment=assignment), administrator)
                    yield Move(GrantHandler(member=member, assignment=assignment), administrator)
    for each in setting.assignments:
        yield Move(EndAssignment(assignment=assignment_id_of(each.agent, each.service)), officer)
    for agreed in setting.agreements:
        if agreed.party is Party.CUSTOMER:
            identifier = agreement_id_of(agreed.party, agreed.organisation)
            yield Move(TerminateAgreement(agreement=identifier), officer)


def _worth(person: Person) -> tuple[Role, ...]:
    """The roles it matters to lose."""
    return tuple(role for role in (*_HELD, Role.ADMINISTRATOR) if role in person.roles)


def _roles_of(model: Model, person: Person) -> tuple[Role, ...]:
    """The roles it matters to get: what one has had, and what one has not."""
    organisation = next(each for each in model.setting.organisations if each.number == person.actor.organisation)
    if organisation.is_provider:
        return ()
    return (Role.ATTESTANT, Role.AGENT_HANDLER if organisation.is_agent else Role.ORDERER)


def _administrator(model: Model, person: Person) -> Actor:
    return model.setting.holding(person.actor.organisation, Role.ADMINISTRATOR)[0].actor


def may_matter(model: Model, order: Order, going: Command) -> bool:
    """Whether it is about a party to the order, and changes something."""
    content = order.content
    match going:
        case MemberCommand():
            person = next(each for each in model.setting.people if model.members[each.actor] == going.member)
            if person.actor.organisation not in (content.organisation, content.agent):
                return False
            match going:
                case AssignRole():
                    return going.role not in person.roles
                case RemoveRole():
                    return going.role is not Role.ADMINISTRATOR
                case GrantHandler():
                    return content.service not in person.grants
                case _:
                    return isinstance(going, RevokeHandler | DeleteUser)
        case TerminateAgreement():
            return going.agreement == agreement_id_of(Party.CUSTOMER, content.organisation)
        case _:
            return True
