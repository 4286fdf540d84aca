"""What proves an attest or a signature, and what exactly it is bound to."""

from datetime import datetime
from typing import final

import attrs

from kundorder.identifiers import moment
from kundorder.vocabulary import AssuranceLevel, AttestMethod, Role

ASSURANCE: dict[AttestMethod, AssuranceLevel] = {
    AttestMethod.SMS_CODE: AssuranceLevel.LOW,
    AttestMethod.BANKID: AssuranceLevel.SUBSTANTIAL,
    AttestMethod.FREJA: AssuranceLevel.SUBSTANTIAL,
    AttestMethod.SITHS: AssuranceLevel.HIGH,
}
"""How much each method is worth, on the scale of the eIDAS regulation (EU 910/2014, article 8)."""

_ORDER = {AssuranceLevel.LOW: 0, AssuranceLevel.SUBSTANTIAL: 1, AssuranceLevel.HIGH: 2}


def reaches(method: AttestMethod, minimum: AssuranceLevel) -> bool:
    """Whether the method gives at least this assurance."""
    return _ORDER[ASSURANCE[method]] >= _ORDER[minimum]


@final
@attrs.frozen(kw_only=True)
class Document:
    """What somebody attests or signs; its canonical form is what the digest and the signature are over.

    Evidence for any other subject, step, content, signer, organisation or capacity has another digest and proves
    nothing.
    """

    subject: str  # the id of the order, agreement or assignment
    number: int  # which of several agreements or assignments in a row; 1 for an order
    step: int  # the step the subject is at; evidence is good for this step only
    act: str  # the trigger, so an attest is no rejection
    organisation: str  # whom it binds
    capacity: Role
    signer: str  # the person id of an attestant, the signatory's id on the agreement
    content: str  # digest of the order's content or of the agreement's text and parties
    text: str  # what the person is shown, in words


@final
@attrs.frozen(kw_only=True)
class Evidence:
    """A claim that a document was attested or signed; believed only after ``Signing.verify`` in the same load."""

    method: AttestMethod
    signer: str
    digest: str  # of the document's canonical form, sha-256 in hexadecimal
    signed_at: datetime = attrs.field(converter=moment)  # aware, UTC
    proof: str  # what the signing port needs to verify it, in its own text form
    signed_by: str = ""  # key or certificate, as the port names it


@final
@attrs.frozen(kw_only=True)
class PendingSigning:
    """A signature under way with a signing service; a record of its own and no trigger."""

    subject: str
    step: int
    signer: str
    method: AttestMethod
    state: str  # JSON, the signing port's own
    ends_at: datetime
