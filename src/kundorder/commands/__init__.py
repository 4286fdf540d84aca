"""What may be asked. A command names its trigger; which row of the table it meets depends on the state of its subject.

What a person may have forgotten (a reason, a method, a certification) has a default that is refused with a reason, so
that all objections come at once; what must be there for the command to make sense has none.
"""

from typing import TypeAlias, get_args

from kundorder.commands.agreements import (
    AgreementCommand,
    AnyAgreementCommand,
    ApplyForAgentAgreement,
    ApplyForCustomerAgreement,
    ApproveAgreement,
    DeclineAgreement,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    RejectAgreement,
    SignAgreement,
    TerminateAgreement,
)
from kundorder.commands.assignments import (
    ActivateAssignment,
    AnyAssignmentCommand,
    ApplyForAssignment,
    AssignmentCommand,
    AttestAssignment,
    EndAssignment,
    PassReview,
    RejectAssignment,
)
from kundorder.commands.fields import MAXIMUM_TEXT, Fields
from kundorder.commands.orders import (
    AcceptTerms,
    AnyOrderCommand,
    ApproveOrder,
    AttestOrder,
    CompleteOrder,
    CopyOrderAsDraft,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    OrderCommand,
    PickAttestant,
    RejectOrder,
    SendOrder,
    StartOrder,
    WithdrawOrder,
)
from kundorder.commands.provider import EstablishProvider
from kundorder.commands.users import (
    AddUser,
    AnyUserCommand,
    AssignRole,
    DeleteUser,
    GrantHandler,
    MemberCommand,
    RemoveRole,
    RestoreUser,
    RevokeHandler,
    VerifyUser,
)

Command: TypeAlias = AnyOrderCommand | AnyAgreementCommand | AnyAssignmentCommand | AnyUserCommand | EstablishProvider
"""All there is to ask."""

COMMANDS: tuple[type[Command], ...] = get_args(Command)
"""The class of each."""

__all__ = [
    "AcceptTerms",
    "ActivateAssignment",
    "AddUser",
    "AgreementCommand",
    "AnyAgreementCommand",
    "AnyAssignmentCommand",
    "AnyOrderCommand",
    "AnyUserCommand",
    "ApplyForAgentAgreement",
    "ApplyForAssignment",
    "ApplyForCustomerAgreement",
    "ApproveAgreement",
    "ApproveOrder",
    "AssignRole",
    "AssignmentCommand",
    "AttestAssignment",
    "AttestOrder",
    "COMMANDS",
    "Command",
    "CompleteOrder",
    "CopyOrderAsDraft",
    "DeclineAgreement",
    "DeleteUser",
    "EndAssignment",
    "EstablishProvider",
    "Fields",
    "FillInOrder",
    "GrantHandler",
    "HandOverOrder",
    "InformAgent",
    "MAXIMUM_TEXT",
    "MemberCommand",
    "OrderCommand",
    "PassReview",
    "PickAttestant",
    "RegisterAgentAgreement",
    "RegisterCustomerAgreement",
    "RejectAgreement",
    "RejectAssignment",
    "RejectOrder",
    "RemoveRole",
    "RestoreUser",
    "RevokeHandler",
    "SendOrder",
    "SignAgreement",
    "StartOrder",
    "TerminateAgreement",
    "VerifyUser",
    "WithdrawOrder",
]
