"""What a command tells the journal besides who, when, from and to."""

from typing import TypeAlias

from kundorder.commands import (
    ApproveOrder,
    AssignRole,
    AttestAssignment,
    AttestOrder,
    Command,
    DeclineAgreement,
    EndAssignment,
    GrantHandler,
    HandOverOrder,
    PickAttestant,
    RejectAgreement,
    RejectAssignment,
    RejectOrder,
    RemoveRole,
    RevokeHandler,
    SignAgreement,
    TerminateAgreement,
    WithdrawOrder,
)
from kundorder.vocabulary import AttestMethod

Particulars: TypeAlias = tuple[AttestMethod | None, str | None, str | None]
"""The method, what else it concerns, and free text."""

_NONE: Particulars = (None, None, None)


def particulars_of(command: Command) -> Particulars:
    """The method, what else it concerns, and free text."""
    match command:
        case AttestOrder() | AttestAssignment():
            return command.method, None, None
        case ApproveOrder() | PickAttestant():
            return None, command.attestant, None
        case HandOverOrder():
            return None, None, command.instructions
        case RejectOrder() | WithdrawOrder() | RejectAgreement() | TerminateAgreement():
            return None, None, command.reason or None
        case RejectAssignment() | EndAssignment():
            return None, None, command.reason or None
        case AssignRole() | RemoveRole():
            return None, command.role.value, None
        case GrantHandler() | RevokeHandler():
            return None, command.assignment, None
        case SignAgreement() | DeclineAgreement():
            remark = command.reason or None if isinstance(command, DeclineAgreement) else None
            evidence = command.evidence
            return (None, None, remark) if evidence is None else (evidence.method, evidence.signer, remark)
        case _:
            return _NONE
