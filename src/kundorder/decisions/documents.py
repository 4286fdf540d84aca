"""Which document the evidence in a command must be for."""

from kundorder.commands import (
    AttestAssignment,
    AttestOrder,
    Command,
    DeclineAgreement,
    SignAgreement,
)
from kundorder.evidence import Document, Evidence
from kundorder.lifecycles.documents import agreement_document, assignment_document, order_document
from kundorder.situation import Act, Situation


def evidence_in(command: Command) -> Evidence | None:
    """The evidence a command carries, not yet believed."""
    match command:
        case AttestOrder() | AttestAssignment() | SignAgreement() | DeclineAgreement():
            return command.evidence
        case _:
            return None


def document_for(situation: Situation, command: Command, act: Act, signer: str) -> Document | None:
    """What somebody has to attest or sign for a command; None where it takes no evidence, or nothing is there."""
    match command:
        case AttestOrder():
            order = situation.order(command.order)
            return None if order is None else order_document(order, act)
        case AttestAssignment():
            assignment = situation.assignment(command.assignment)
            return None if assignment is None else assignment_document(assignment, act)
        case SignAgreement() | DeclineAgreement():
            agreement = situation.agreement(command.agreement)
            return None if agreement is None else agreement_document(agreement, signer, command.trigger, act.catalogue)
        case _:
            return None
