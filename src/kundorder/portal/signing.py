"""Letting a person attest or sign: the port is asked, and its evidence comes back as just another command."""

from typing import TypeAlias, final

import attrs

from kundorder.codec import command_digest, digest
from kundorder.commands import AttestAssignment, AttestOrder, DeclineAgreement, SignAgreement
from kundorder.decisions import check, document_for
from kundorder.errors import NotFound, Refused
from kundorder.events import SigningRequest
from kundorder.evidence import Document, PendingSigning
from kundorder.model import Actor, Contact
from kundorder.outcomes import Changes, Outcome, Stored
from kundorder.portal.acting import Acting
from kundorder.portal.loading import load_command, repeated
from kundorder.portal.writing import Keyed
from kundorder.ports import Done, Failed, Pending, Progress
from kundorder.reasons import YOU, Reason, Reasons
from kundorder.situation import Act, Fact, Facts, Guard, Key, Kind, Situation, signing_key
from kundorder.vocabulary import AttestMethod, Language, ReasonCode

ToSign: TypeAlias = AttestOrder | AttestAssignment | SignAgreement | DeclineAgreement
"""A command that takes evidence; given here without any."""

_ABOUT_EVIDENCE = (ReasonCode.EVIDENCE_MISSING, ReasonCode.EVIDENCE_INVALID)


@final
@attrs.frozen(kw_only=True)
class SigningCall:
    """One call of ``resume_signing``."""

    command: ToSign
    actor: Actor
    signer: str
    method: AttestMethod
    language: Language
    callback: str | None
    keyed: Keyed | None


def keyed_without_evidence(
    key: str | None, command: ToSign, actor: Actor, signer: str, method: AttestMethod
) -> Keyed | None:
    """The key of a signing: evidence made anew for the same act is the same act; another signer's is another."""
    bare = attrs.evolve(command, evidence=None)
    return None if key is None else Keyed(key, digest(f"{command_digest(bare, actor)}/{signer}/{method}"))


def resume(acting: Acting, call: SigningCall) -> Outcome | Pending | Failed:
    """Begin or go on; when the person has signed, carry out the command.

    Raises:
        Refused: something other than the evidence stands in the way; nobody is asked to sign in vain.
        NotFound: the subject does not exist, or the actor may not see it.
        KeyReused: the key was used for something else; take a new one.
        Conflict: the facts kept moving, or another call has gone on with the same signing; call again.
        Unavailable: the signing port or the store does not answer; calling again is harmless.
    """
    act = acting.act(call.actor)
    facts = load_command(acting.store, call.command, act, call.keyed)
    before = repeated(facts, call.keyed)
    if before is not None:
        return before
    document = _document(facts, call, act)
    about = Key(f"{document.subject}/{document.number}/{document.act}")  # to sign and to decline are two signings
    key = signing_key(about, document.step, document.signer)
    with acting.store.transaction() as transaction:
        kept = transaction.read((key,))
    fact = kept[key]
    request = SigningRequest(
        document=document, method=call.method, language=call.language, to=_person(Situation(facts), call)
    )
    progress = _ask(acting, call, request, fact, act)
    if isinstance(progress, Done):
        signed = attrs.evolve(call.command, evidence=progress.evidence)
        return acting.execute(signed, call.actor, call.keyed)
    _keep(acting, call, document, fact, key, progress, act)
    return progress


def _document(facts: Facts, call: SigningCall, act: Act) -> Document:
    situation = Situation(facts)
    verdict = check(situation, call.command, act)
    document = document_for(situation, call.command, act, call.signer)
    if document is None:
        raise NotFound(Kind.SIGNING)
    others = tuple(reason for reason in verdict.reasons if reason.code not in _ABOUT_EVIDENCE)
    in_vain = (*others, *_would_prove_nothing(situation, call))
    if in_vain:
        raise Refused(in_vain)
    return document


def _would_prove_nothing(situation: Situation, call: SigningCall) -> Reasons:
    """Why the evidence would not be accepted although nothing else stands in the way."""
    if isinstance(call.command, AttestOrder | AttestAssignment):
        agreed = call.command.method in (None, call.method)
        return () if agreed else (Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)),)
    agreement = situation.agreement(call.command.agreement)
    signatories = () if agreement is None else agreement.signatories
    found = next((each for each in signatories if each.id == call.signer), None)
    if found is None:
        return (Reason(ReasonCode.NOT_A_SIGNATORY, cleared_by=(YOU,)),)
    return () if found.evidence is None else (Reason(ReasonCode.ALREADY_SIGNED, cleared_by=(YOU,)),)


def _person(situation: Situation, call: SigningCall) -> Contact | None:
    """Who is to sign, as the application or the user's own record names them."""
    if isinstance(call.command, SignAgreement | DeclineAgreement):
        agreement = situation.agreement(call.command.agreement)
        signatories = () if agreement is None else agreement.signatories
        return next((each.contact for each in signatories if each.id == call.signer), None)
    me = situation.me(call.actor)
    return None if me is None else Contact(name=me.name, email=me.email, phone=me.phone, language=me.language)


def _ask(acting: Acting, call: SigningCall, request: SigningRequest, fact: Fact, act: Act) -> Progress:
    pending = fact.record
    if isinstance(pending, PendingSigning) and pending.ends_at > act.now and pending.method is call.method:
        return acting.port().resume(request, pending.state, now=act.now, callback=call.callback)
    return acting.port().start(request, now=act.now)


def _keep(
    acting: Acting, call: SigningCall, document: Document, fact: Fact, key: Key, progress: Pending | Failed, act: Act
) -> None:
    """What is under way is remembered, so that it survives a restart; what has failed ends now."""
    record = PendingSigning(
        subject=document.subject,
        step=document.step,
        signer=document.signer,
        method=call.method,
        state=progress.state if isinstance(progress, Pending) else "",
        ends_at=progress.ends_at if isinstance(progress, Pending) else act.now,
    )
    stored = Stored(key=key, record=record, version=fact.version + 1, number=0, digest="")
    changes = Changes(guards=(Guard(key, fact.version),), records=(stored,), entries=(), owed=())
    with acting.store.transaction() as transaction:
        transaction.write(changes)
