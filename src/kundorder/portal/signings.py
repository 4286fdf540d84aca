"""A signing as a record: where it stands, what it becomes, and what its chain in the journal says; pure."""

from datetime import datetime
from typing import Final, TypeAlias, final

import attrs

from kundorder.codec import document_digest
from kundorder.commands import AttestAssignment, AttestOrder, DeclineAgreement, SignAgreement
from kundorder.events import Event, SigningRequest, proven_by
from kundorder.evidence import Document, Evidence, PendingSigning
from kundorder.journal import linked
from kundorder.lifecycles.agreement_signing import has_signed
from kundorder.model import AgentAssignment, Agreement, Order, Record
from kundorder.outcomes import Changes, Decision, Head, Put, Stored, UnderWay
from kundorder.reasons import Reasons
from kundorder.situation import Act, Fact, Facts, Guard, Key, Kind, key_of_id, kind_of, signing_key
from kundorder.vocabulary import (
    AgreementState,
    Lifecycle,
    Party,
    ReasonCode,
    Role,
    SigningStage,
    Trigger,
)

ToSign: TypeAlias = AttestOrder | AttestAssignment | SignAgreement | DeclineAgreement
"""A command that takes evidence."""

ABOUT_EVIDENCE: Final = (ReasonCode.EVIDENCE_MISSING, ReasonCode.EVIDENCE_INVALID)
_LONGEST: Final = 200
GOING: Final = (SigningStage.BEGINNING, SigningStage.UNDER_WAY)


@final
@attrs.frozen(kw_only=True)
class Going:
    """One signing, and where it stands in the store."""

    key: Key
    fact: Fact
    request: SigningRequest
    count: tuple[Key, Fact] | None = None  # where it is counted that this has been begun; None: it goes on
    counted: Stored | None = None  # as it was counted just now

    @property
    def state(self) -> str:
        """What the port wants to have back."""
        return self.fact.record.state if isinstance(self.fact.record, PendingSigning) else ""

    @property
    def is_being_begun(self) -> bool:
        """Whether the port has asked to be remembered before it begins."""
        return isinstance(self.fact.record, PendingSigning) and self.fact.record.stage is SigningStage.BEGINNING

    def after(self, stored: Stored, counted: Stored | None = None) -> "Going":
        """The same, once this has been written."""
        fact = Fact(version=stored.version, record=stored.record, number=stored.number, digest=stored.digest)
        return attrs.evolve(self, fact=fact, count=None, counted=counted)


def named(signer: str) -> str:
    """Who is to sign, as a text that can be stored; what cannot is nobody's name."""
    return signer if len(signer) <= _LONGEST and signer.isprintable() else ""


def signing_of(document: Document) -> Key:
    """Where a signing of this document stands."""
    return signing_key(document.subject, document.number, document.act, document.organisation, document.signer)


def kept_as(going: Going, stage: SigningStage, state: str, ends_at: datetime, act: Act) -> Stored:
    """The record as it is to be."""
    document, before = going.request.document, going.fact.record
    goes_on = going.count is None and isinstance(before, PendingSigning)
    begun_at = before.begun_at if isinstance(before, PendingSigning) and goes_on else act.now
    record = PendingSigning(
        subject=document.subject,
        number=document.number,
        step=document.step,
        act=document.act,
        organisation=document.organisation,
        signer=document.signer,
        method=going.request.method,
        digest=document_digest(document),
        state=state,
        begun_at=begun_at,
        ends_at=ends_at,
        stage=stage,
    )
    return stored_after(going.key, going.fact, record)


def stored_after(key: Key, fact: Fact, record: PendingSigning) -> Stored:
    """The next version; its chain in the journal stays where it ends."""
    return Stored(
        key=key,
        record=record,
        version=fact.version + 1,
        number=fact.number,
        digest=fact.digest,
        before=fact.record,
    )


class GivenUpError(Exception):
    """A signing was given up or has run out while its answer came; never seen outside."""


def with_ended(decision: Decision, facts: Facts, going: Going | None) -> Decision:
    """The decision that also ends the signing whose evidence it rests on, in the same write.

    Raises:
        GivenUpError: it has ended otherwise meanwhile.
    """
    if going is None:
        return decision
    fact = facts[going.key]
    if not isinstance(fact.record, PendingSigning):
        return decision
    if fact.record.stage not in GOING:
        if fact.version != going.fact.version:
            raise GivenUpError
        return decision
    ended = attrs.evolve(fact.record, stage=SigningStage.OVER, state="")
    return attrs.evolve(
        decision,
        puts=(*decision.puts, Put(going.key, ended)),
        guards=(*decision.guards, Guard(going.key, fact.version)),
    )


@final
@attrs.frozen(kw_only=True)
class Ending:
    """How a signing ends without a decision."""

    stage: SigningStage
    why: str  # names of ours, parted by a bar
    evidence: Evidence | None = None  # what came too late, or was not accepted


def ended(key: Key, fact: Fact, record: PendingSigning, ending: Ending, rules: str, act: Act) -> Changes:
    """The record as it ends, with an entry in a chain of its own that says how; the subject stays as it is."""
    if not record.act:  # of before it was told which act a signing is for: there is nothing to say of it
        bare = stored_after(key, fact, attrs.evolve(record, stage=ending.stage, state=""))
        return Changes(guards=(Guard(key, fact.version),), records=(bare,), entries=(), owed=())
    is_agreement = kind_of(key_of_id(record.subject)) is Kind.AGREEMENT
    evidence = ending.evidence
    event = Event(
        subject=key,
        lifecycle=_lifecycle_of(record.subject),
        trigger=Trigger(record.act),
        before=record.stage,
        after=ending.stage,
        step=record.step,
        person=None,
        member=None,
        role=Role.SIGNATORY if is_agreement else Role.ATTESTANT,
        party=Party.SYSTEM,
        organisation="",
        on_behalf=record.organisation,
        at=act.now,
        method=record.method if evidence is None else evidence.method,
        about=ending.why,
        digest=record.digest if evidence is None else evidence.digest,
        proven=None if evidence is None else proven_by(evidence),
    )
    entry = linked(Head(chain=key, number=fact.number, digest=fact.digest), event, rules, (f"{key}@{fact.version}",))
    stored = stored_after(key, fact, attrs.evolve(record, stage=ending.stage, state=""))
    stored = attrs.evolve(stored, number=entry.number, digest=entry.digest)
    return Changes(guards=(Guard(key, fact.version),), records=(stored,), entries=(entry,), owed=())


def _lifecycle_of(subject: str) -> Lifecycle:
    match kind_of(key_of_id(subject)):
        case Kind.ORDER:
            return Lifecycle.ORDER
        case Kind.AGREEMENT if subject.startswith(Party.CUSTOMER):
            return Lifecycle.CUSTOMER_AGREEMENT
        case Kind.AGREEMENT:
            return Lifecycle.AGENT_AGREEMENT
        case _:
            return Lifecycle.ASSIGNMENT


def codes_of(reasons: Reasons) -> str:
    """The codes, parted by a bar."""
    return "|".join(dict.fromkeys(reason.code for reason in reasons))


def is_wanted(signing: PendingSigning, subject: Record | None, act: Act) -> bool:
    """Whether the subject still stands where this was begun."""
    match subject:
        case Order():
            return subject.step == signing.step
        case AgentAssignment():
            return (subject.number, subject.step) == (signing.number, signing.step)
        case Agreement():
            present = subject.number == signing.number and subject.state is AgreementState.AWAITING_SIGNATURE
            return present and not has_signed(subject, signing.signer, act)
        case _:
            return False


def shown_signing(signing: PendingSigning, organisation: str, *, is_staff: bool) -> UnderWay:
    """A signing as a reader of this organisation may see it: of another one, not the person."""
    own = is_staff or signing.organisation == organisation
    return UnderWay(
        trigger=Trigger(signing.act),
        organisation=signing.organisation,
        signer=signing.signer if own else None,
        method=signing.method,
        step=signing.step,
        since=signing.begun_at or signing.ends_at,
        ends_at=signing.ends_at,
    )
