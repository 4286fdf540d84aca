"""How an attest or a signature is made."""

from enum import StrEnum, unique
from typing import final


@final
@unique
class AttestMethod(StrEnum):
    """How an attest is made."""

    SMS_CODE = "SMS_CODE"
    BANKID = "BANKID"
    FREJA = "FREJA"
    SITHS = "SITHS"


@final
@unique
class AssuranceLevel(StrEnum):
    """How surely a method tells who acted; see ``evidence.ASSURANCE``."""

    LOW = "LOW"
    SUBSTANTIAL = "SUBSTANTIAL"
    HIGH = "HIGH"
