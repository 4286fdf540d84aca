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
    CERTIFICATE = "CERTIFICATE"  # a certificate and key of the person's own, such as a PKCS #12 file; for documents


@final
@unique
class FailureCode(Name):
    """Why a signing has come to nothing; it can be begun anew, and nothing has been decided."""

    FAILED = "FAILED"  # the method gives no better reason
    CANCELLED = "CANCELLED"  # by the person, or on the person's behalf
    EXPIRED = "EXPIRED"
    ANOTHER_PERSON = "ANOTHER_PERSON"
    PERSON_UNKNOWN = "PERSON_UNKNOWN"
    NO_ADDRESS = "NO_ADDRESS"
    TOO_MANY_TRIES = "TOO_MANY_TRIES"
    TOO_OFTEN = "TOO_OFTEN"
    METHOD_NOT_READY = "METHOD_NOT_READY"
    UNDER_WAY_ELSEWHERE = "UNDER_WAY_ELSEWHERE"
    NOTHING_UNDER_WAY = "NOTHING_UNDER_WAY"


@final
@unique
class SigningStage(Name):
    """How far a signing has come that is not done."""

    BEGINNING = "BEGINNING"  # the method is being asked; nobody else asks it meanwhile
    UNDER_WAY = "UNDER_WAY"
    OVER = "OVER"  # done, failed, cancelled or run out; may be begun anew
    LATE = "LATE"  # an answer came when it could not be used any more, and has been refused


@final
@unique
class AssuranceLevel(Name):
    """How surely a method tells who acted; see ``evidence.ASSURANCE``."""

    LOW = "LOW"
    SUBSTANTIAL = "SUBSTANTIAL"
    HIGH = "HIGH"
