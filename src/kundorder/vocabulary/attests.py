"""How an attest or a signature is made."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class AttestMethod(Name):
    """How an attest is made."""

    SMS_CODE = "SMS_CODE"
    BANKID = "BANKID"
    FREJA = "FREJA"
    SITHS = "SITHS"


@final
@unique
class AssuranceLevel(Name):
    """How surely a method tells who acted; see ``evidence.ASSURANCE``."""

    LOW = "LOW"
    SUBSTANTIAL = "SUBSTANTIAL"
    HIGH = "HIGH"
