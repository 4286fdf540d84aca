"""What can be asked for agreements and assignments, with complete commands."""

from collections.abc import Iterator
from itertools import count

from kundorder.commands import (
    ActivateAssignment,
    ApplyForAgentAgreement,
    ApplyForAssignment,
    ApplyForCustomerAgreement,
    ApproveAgreement,
    AttestAssignment,
    Command,
    DeclineAgreement,
    EndAssignment,
    PassReview,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    RejectAgreement,
    RejectAssignment,
    SignAgreement,
    TerminateAgreement,
)
from kundorder.identifiers import organisation_number
from kundorder.identifiers.shape import check_digit
from kundorder.model import SYSTEM, Actor, AgentAssignment, Agreement, Contact, CustomerApplication
from kundorder.testing.moves.asking import proven
from kundorder.testing.moves.cells import STRANGER
from kundorder.testing.moves.move import Move
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import AgreementModel, AttestMethod, CustomerCategory, Role, Trigger


def unknown_organisation(scene: Scene) -> str:
    """The number of an organisation that is not there."""
    known = {each.number for each in scene.organisations} | {each.organisation for each in scene.agreements}
    made = (f"9997{number:05}" for number in count())
    return next(number for nine in made if (number := organisation_number(nine + check_digit(nine))) not in known)


def applications(scene: Scene) -> Iterator[Move]:
    """Agreements of organisations that are there and of one that is not: applied for by anybody, or registered."""
    for number in (*dict.fromkeys(each.organisation for each in scene.agreements), unknown_organisation(scene)):
        yield from _as_customer(scene, number)
        yield from _as_agent(scene, number)


def _as_customer(scene: Scene, number: str) -> Iterator[Move]:
    name, people = _named(scene, number)
    present = next((each.category for each in scene.organisations if each.number == number), None)
    for category in CustomerCategory if present is None else (present,):
        apply = ApplyForCustomerAgreement(name=name, category=category, application=people)
        yield Move(apply, Actor(STRANGER, number))
        for officer in scene.holding(Role.PROVIDER_OFFICER):
            for model in AgreementModel:
                register = RegisterCustomerAgreement(
                    organisation=number, name=name, category=category, application=people, model=model
                )
                yield Move(register, officer)


def _as_agent(scene: Scene, number: str) -> Iterator[Move]:
    name, people = _named(scene, number)
    yield Move(ApplyForAgentAgreement(name=name, application=people), Actor(STRANGER, number))
    for officer in scene.holding(Role.PROVIDER_OFFICER):
        yield Move(RegisterAgentAgreement(organisation=number, name=name, application=people), officer)


def _named(scene: Scene, number: str) -> tuple[str, CustomerApplication]:
    """The name and the people of an earlier agreement, or of none."""
    for each in scene.agreements:
        if each.organisation == number:
            people = CustomerApplication(
                administrator=each.administrator,
                agreement_contact=each.agreement_contact,
                signatories=tuple(signatory.contact for signatory in each.signatories),
            )
            return each.name, people
    domain = f"o{number.replace('-', '')}.example"
    adam, klara, filip = (
        Contact(name=f"{person.capitalize()} Prov", email=f"{person}@{domain}") for person in ("adam", "klara", "filip")
    )
    return "Provbolaget", CustomerApplication(administrator=adam, agreement_contact=klara, signatories=(filip,))


def on_agreement(scene: Scene, agreement: Agreement, trigger: Trigger) -> Iterator[Command]:
    """Every way to pull this trigger."""
    identifier = agreement.id
    match trigger:
        case Trigger.APPROVE:
            yield ApproveAgreement(agreement=identifier)
        case Trigger.REJECT:
            yield RejectAgreement(agreement=identifier, reason="Inte behörig.")
        case Trigger.TERMINATE:
            yield TerminateAgreement(agreement=identifier)
        case Trigger.SIGN | Trigger.DECLINE:
            bare = (
                SignAgreement(agreement=identifier)
                if trigger is Trigger.SIGN
                else DeclineAgreement(agreement=identifier, reason="Nej tack.")
            )
            for signatory in agreement.signatories:
                yield from proven(scene, bare, SYSTEM, signer=signatory.id)
        case _:
            raise LookupError(trigger)


def assignment_applications(scene: Scene) -> Iterator[Command]:
    """One for every service."""
    yield from (ApplyForAssignment(service=service.id) for service in scene.catalogue.services)


def on_assignment(scene: Scene, assignment: AgentAssignment, trigger: Trigger, actor: Actor) -> Iterator[Command]:
    """Every way to pull this trigger."""
    identifier = assignment.id
    match trigger:
        case Trigger.PASS_REVIEW:
            yield PassReview(assignment=identifier)
        case Trigger.REJECT:
            yield RejectAssignment(assignment=identifier, reason="Inte nu.")
        case Trigger.ATTEST:
            for method in AttestMethod:
                yield from proven(scene, AttestAssignment(assignment=identifier, method=method), actor)
        case Trigger.ACTIVATE:
            yield ActivateAssignment(assignment=identifier)
        case Trigger.END:
            yield EndAssignment(assignment=identifier)
        case _:
            raise LookupError(trigger)
