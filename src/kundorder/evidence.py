"""What proves an attest or a signature, and what exactly it is bound to."""

from datetime import datetime
from hashlib import sha256
from typing import TypeAlias, final

import attrs

from kundorder.identifiers import moment
from kundorder.vocabulary import AssuranceLevel, AttestMethod, Language, Role, SigningStage

ASSURANCE: dict[AttestMethod, AssuranceLevel] = {
    AttestMethod.SMS_CODE: AssuranceLevel.LOW,
    AttestMethod.BANKID: AssuranceLevel.SUBSTANTIAL,
    AttestMethod.FREJA: AssuranceLevel.SUBSTANTIAL,
    AttestMethod.SITHS: AssuranceLevel.HIGH,
    AttestMethod.CERTIFICATE: AssuranceLevel.HIGH,
}
"""How much each method is worth at most, on the scale of the eIDAS regulation (EU 910/2014, article 8).

A code by SMS shows who holds a telephone number (NIST SP 800-63B calls it restricted): low. BankID and Freja eID+ are
Swedish e-identifications at level 3 of the trust framework of the agency for digital government (Digg, "Tillitsramverk
för kvalitetsmärket Svensk e-legitimation"), which answers to substantial; their schemes also know higher levels, which
a host cannot tell from the outside, so they do not count here. SITHS is taken as high: a certificate on a card, handed
over in person by the employer under the rules of the health sector's own scheme (the SITHS certificate policy). With a
certificate of one's own it is the issuer's rules that tell, so there the signing port says the level, which is low
unless the host has said otherwise. What evidence claims beyond its method's level does not count.
"""

_ORDER = {AssuranceLevel.LOW: 0, AssuranceLevel.SUBSTANTIAL: 1, AssuranceLevel.HIGH: 2}


def reaches(method: AttestMethod, minimum: AssuranceLevel) -> bool:
    """Whether the method gives at least this assurance."""
    return at_least(ASSURANCE[method], minimum)


def at_least(level: AssuranceLevel, minimum: AssuranceLevel) -> bool:
    """Whether a level is the minimum or higher."""
    return _ORDER[level] >= _ORDER[minimum]


def higher(one: AssuranceLevel, other: AssuranceLevel) -> AssuranceLevel:
    """The higher of two levels."""
    return max(one, other, key=_ORDER.__getitem__)


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
    text_sv: str  # what the person is shown, in words; both languages are bound, whichever is read
    text_en: str

    def text(self, language: Language) -> str:
        """What the person is shown."""
        return self.text_sv if language is Language.SV else self.text_en


@final
@attrs.frozen(kw_only=True)
class Evidence:
    """A claim that a document was attested or signed; believed only after ``Signing.verify`` in the same load."""

    method: AttestMethod
    signer: str
    digest: str  # of the document's canonical form, sha-256 in hexadecimal
    signed_at: datetime = attrs.field(converter=moment)  # aware, UTC
    proof: str = attrs.field(repr=False)  # what the signing port needs to verify it, in its own text form
    signed_by: str = ""  # key or certificate, as the port names it
    level: AssuranceLevel = AssuranceLevel.LOW  # how sure the method is of who signed; see ``ASSURANCE``
    identity: str = ""  # who the method says signed: opaque, the same for the same person; never a personal number
    follows: str | None = None  # digest of the proof of the signature it builds on; None: it builds on none

    @property
    def assurance(self) -> AssuranceLevel:
        """How much it counts for: what is claimed, and never more than the method is worth."""
        return min(self.level, ASSURANCE[self.method], key=_ORDER.__getitem__)


def follows_of(before: tuple[Evidence, ...]) -> str:
    """What evidence that builds on these, in the order they were given, carries in ``follows``; the first: empty."""
    return sha256(before[-1].proof.encode()).hexdigest() if before else ""


@final
@attrs.frozen(kw_only=True)
class SignedDocument:
    """A document with the evidence that was accepted for it; kept for good, and evidence is accepted once."""

    document: Document
    evidence: Evidence
    step: int  # the step the subject came to by it


@final
@attrs.frozen(kw_only=True)
class PendingSigning:
    """A signature under way, or how the last attempt at it ended; a record of its own and no trigger."""

    subject: str
    step: int
    signer: str
    method: AttestMethod
    state: str = attrs.field(repr=False)  # JSON, the signing port's own; empty while it is asked for the first time
    ends_at: datetime
    number: int = 1  # see ``Document``
    act: str = ""  # see ``Document``
    organisation: str = ""  # see ``Document``
    digest: str = ""  # of the document as it was shown
    begun_at: datetime | None = None
    stage: SigningStage = SigningStage.UNDER_WAY


@final
@attrs.frozen(kw_only=True)
class Begun:
    """When somebody has lately begun to attest or sign, so that nobody is flooded with codes and questions."""

    who: str  # digest of the person's id or, for a signatory, of the address
    at: tuple[datetime, ...]  # within the last hour, the first first


SigningRecord: TypeAlias = SignedDocument | PendingSigning | Begun
