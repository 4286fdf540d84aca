"""The closed sets of names everything else is written in; the words are the portal's own, in English.

Values are what is stored and published: states, roles and methods in capitals, triggers, parties and flows in small
letters.
"""

from kundorder.vocabulary.agreements import AgreementModel
from kundorder.vocabulary.answers import NextStep
from kundorder.vocabulary.attests import AssuranceLevel, AttestMethod, FailureCode, SigningStage
from kundorder.vocabulary.codes import AdviceCode, ReasonCode
from kundorder.vocabulary.lists import Index
from kundorder.vocabulary.mails import LinkClosed, Template
from kundorder.vocabulary.offers import ConnectionMode, FieldKind, Flow
from kundorder.vocabulary.people import CustomerCategory, Language, Party, Role
from kundorder.vocabulary.states import (
    AgreementState,
    AssignmentState,
    Lifecycle,
    OrderState,
    ProviderState,
    State,
    UserState,
)
from kundorder.vocabulary.triggers import Trigger

__all__ = [
    "AdviceCode",
    "AgreementModel",
    "AgreementState",
    "AssignmentState",
    "AssuranceLevel",
    "AttestMethod",
    "ConnectionMode",
    "CustomerCategory",
    "FailureCode",
    "FieldKind",
    "Flow",
    "Index",
    "Language",
    "Lifecycle",
    "LinkClosed",
    "NextStep",
    "OrderState",
    "Party",
    "ProviderState",
    "ReasonCode",
    "Role",
    "SigningStage",
    "State",
    "Template",
    "Trigger",
    "UserState",
]
