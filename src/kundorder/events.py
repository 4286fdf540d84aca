"""What has happened, and what is owed because of it: debts are stored with the records and carried out later."""

from datetime import datetime
from enum import StrEnum, unique
from typing import final

import attrs

from kundorder.evidence import Document, Evidence
from kundorder.model import Contact
from kundorder.vocabulary import AssuranceLevel, AttestMethod, Language, Lifecycle, Party, Role, Template, Trigger


@final
@attrs.frozen(kw_only=True)
class Proven:
    """What the evidence for an attest or a signature said; never the proof, a code or a personal identity number."""

    signer: str  # the person id of an attestant, the signatory's id on the agreement
    level: AssuranceLevel
    signed_at: datetime
    digest: str  # of the document, in its canonical form


def proven_by(evidence: Evidence) -> Proven:
    """What may be told of evidence for ever."""
    return Proven(
        signer=evidence.signer,
        level=evidence.assurance,
        signed_at=evidence.signed_at,
        digest=evidence.digest,
    )


@final
@attrs.frozen(kw_only=True)
class Event:
    """One accepted step (R34): who, in which capacity, for which organisation, when, from, to."""

    subject: str  # key of the record that has moved
    lifecycle: Lifecycle
    trigger: Trigger
    before: str | None  # a state; None: was created
    after: str  # a state
    step: int
    person: str | None  # opaque id; None: the system, or hidden from this reader
    member: str | None
    role: Role | None
    party: Party
    organisation: str  # acted for; empty for the system
    on_behalf: str  # the organisation the record belongs to
    at: datetime
    method: AttestMethod | None = None
    about: str | None = None  # what else it concerns: a role, an assignment, a picked attestant
    digest: str | None = None  # of the locked content or of the signed document
    proven: Proven | None = None  # what it rests on, where it takes evidence
    remark: str | None = None  # free text: kept beside the chain, which only holds its digest


@final
@attrs.frozen(kw_only=True)
class Mail:
    """A mail to one person, owed once (R36). The address and the language are those of the moment it leaves."""

    id: str  # subject / step / template / addressee: the same debt is never owed twice
    template: Template
    subject: str  # key of the order or agreement
    step: int  # of the subject when it was owed
    role: Role | None  # the capacity the addressee is written to in; None: a user without one
    party: Party
    organisation: str  # of the addressee
    member: str | None = None  # None: a signatory
    signatory: str | None = None
    secret: str | None = attrs.field(default=None, repr=False)  # of an invitation; forgotten when the mail has left


@unique
@final
class FollowUpKind(StrEnum):
    """What the system does after the commit."""

    TELL_PENDING = "tell_pending"  # tell a member with new rights of the steps that wait for them (R39)
    INFORM_AGENT = "inform_agent"


@final
@attrs.frozen(kw_only=True)
class FollowUp:
    """Something the system itself owes; carried out by ``Portal.deliver``, repeating is harmless."""

    id: str
    kind: FollowUpKind
    about: str  # id of the member or of the order


@unique
@final
class OwedState(StrEnum):
    """Where a debt stands."""

    DUE = "due"
    SENT = "sent"
    CANCELLED = "cancelled"  # no longer wanted
    PARKED = "parked"  # will not go without help


@final
@attrs.frozen(kw_only=True)
class Owed:
    """A debt in the store: one mail or one follow-up."""

    id: str
    mail: Mail | None = None
    follow_up: FollowUp | None = None
    owed_at: datetime
    due_at: datetime
    state: OwedState = OwedState.DUE
    attempts: int = 0  # claims, but for those that were given back
    failures: int = 0  # attempts that failed for a reason of its own, and not because there was no relay
    fence: int = 0  # one more with every claim; a settlement with an older number is refused
    note: str | None = None  # why it is cancelled, parked or late; never an address


@final
@attrs.frozen(kw_only=True)
class Settlement:
    """How an attempt to carry out a debt ended."""

    state: OwedState
    due_at: datetime | None = None  # when to try again, if still due
    note: str | None = None
    attempts: int | None = None  # to count from now on; None: as many as with the claim
    failures: int | None = None  # to count from now on; None: as many as before


def settled(owed: Owed, settlement: Settlement) -> Owed:
    """The debt as it stands after that; a secret is forgotten once its mail has left, or never will."""
    mail = owed.mail
    if mail is not None and mail.secret is not None and settlement.state in (OwedState.SENT, OwedState.CANCELLED):
        mail = attrs.evolve(mail, secret=None)
    return attrs.evolve(
        owed,
        mail=mail,
        state=settlement.state,
        due_at=owed.due_at if settlement.due_at is None else settlement.due_at,
        note=settlement.note,
        attempts=owed.attempts if settlement.attempts is None else settlement.attempts,
        failures=owed.failures if settlement.failures is None else settlement.failures,
    )


@final
@attrs.frozen(kw_only=True)
class Entry:
    """One link of a record's journal. ``digest`` is over everything else here but the remark itself."""

    chain: str  # key of the record
    number: int  # 1, 2, 3 ... without a hole
    previous: str  # digest of the entry before; empty for the first
    event: Event  # without its remark
    rules: str  # digest of the rules in force
    facts: tuple[str, ...]  # what the decision rested on: digest of key and version, sorted
    remark_digest: str | None
    remark: str | None  # free text beside the chain; may be erased, the chain still holds
    digest: str


@final
@attrs.frozen(kw_only=True)
class SigningRequest:
    """A document somebody is to attest or sign."""

    document: Document
    method: AttestMethod
    language: Language = Language.SV
    to: Contact | None = attrs.field(default=None, repr=False)  # as named to us: whom to reach, and to compare
    ip: str | None = attrs.field(default=None, repr=False)  # where the person is asked, for methods that want to know
    before: tuple[Evidence, ...] = ()  # the signatures that are on the same agreement already, the first first
    begun: tuple[datetime, ...] = ()  # when this person has begun others within the last hour, the first first
