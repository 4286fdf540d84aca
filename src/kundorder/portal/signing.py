"""Letting a person attest or sign: the port is asked, and its evidence comes back as just another command.

What is under way is a record, written whenever the port hands over another state, and guarded: of many who click at
once one goes on. A port that must not do something twice, such as send a code, asks to be remembered first; then the
record says that it is being begun, and nobody else begins meanwhile.
"""

from datetime import datetime, timedelta
from typing import Final, TypeAlias, final

import attrs

from kundorder.codec import command_digest, digest, document_digest
from kundorder.commands import AttestAssignment, AttestOrder, DeclineAgreement, SignAgreement
from kundorder.decisions import check, document_for
from kundorder.errors import Conflict, NotFound, Refused, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Begun, Document, Evidence, PendingSigning
from kundorder.lifecycles.agreement_signing import has_signed
from kundorder.lifecycles.attests import signing_method_objections
from kundorder.model import Actor, Contact
from kundorder.outcomes import Changes, Outcome, Stored
from kundorder.portal.acting import Acting
from kundorder.portal.ending import end_late, refuse_late
from kundorder.portal.loading import load_command, repeated
from kundorder.portal.signings import GOING, Going, kept_as, signing_of
from kundorder.portal.writing import Keyed
from kundorder.ports import Done, Failed, Pending, Progress
from kundorder.reasons import YOU, Reason, Reasons
from kundorder.situation import Act, Fact, Facts, Guard, Kind, Situation, begun_key, case_of
from kundorder.vocabulary import AttestMethod, FailureCode, Language, ReasonCode, SigningStage

ToSign: TypeAlias = AttestOrder | AttestAssignment | SignAgreement | DeclineAgreement
"""A command that takes evidence; given here without any."""

_ABOUT_EVIDENCE: Final = (ReasonCode.EVIDENCE_MISSING, ReasonCode.EVIDENCE_INVALID)
_BEGINNING: Final = timedelta(seconds=60)  # whoever is asking the port may be dead after that
_A_MOMENT: Final = timedelta(seconds=1)
_HOUR: Final = timedelta(hours=1)
_MOST_BEGUN: Final = 100
_MOST_GOING_ON: Final = 4


@final
@attrs.frozen(kw_only=True)
class SigningCall:
    """One call of ``resume_signing``."""

    command: ToSign
    actor: Actor
    signer: str
    method: AttestMethod
    language: Language | None
    callback: str | None = attrs.field(repr=False)
    ip: str | None = attrs.field(repr=False)
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
    document = document_to_sign(facts, call.command, act, call.signer)
    request = _request(facts, call, document)
    try:
        _be_worth_asking(facts, call, act)
    except Refused as refused:
        end_late(acting, request, call.callback, act, refused.reasons)
        raise
    key, who = signing_of(document), begun_key(_who(request))
    with acting.store.transaction() as transaction:
        kept = transaction.read((key, who))
    going = Going(key=key, fact=kept[key], request=request, count=(who, kept[who]))
    if _is_under_way(going, act):
        going = attrs.evolve(going, count=None)
        progress = acting.port().resume(going.request, going.state, now=act.now, callback=call.callback)
    elif _is_being_begun(going, act):
        ends_at = act.now + _BEGINNING
        return Pending(state="", action=None, ask_again_at=act.now + _A_MOMENT, ends_at=ends_at)
    elif call.callback is not None:  # an answer to what is not asked any more begins nothing
        return Failed(code=FailureCode.NOTHING_UNDER_WAY)
    else:
        _given_up(acting, going)
        going = attrs.evolve(going, request=attrs.evolve(request, begun=_lately(kept[who], act)))
        progress = acting.port().start(going.request, now=act.now)
    return _led_to(acting, call, going, progress, act)


def document_to_sign(facts: Facts, command: ToSign, act: Act, signer: str) -> Document:
    """What the person is to be shown, and will have attested or signed.

    Raises:
        NotFound: the subject does not exist, or the actor may not see it.
    """
    situation = Situation(facts)
    _ = check(situation, command, act)  # who may not see the subject learns nothing of it
    document = document_for(situation, command, act, signer)
    if document is None:
        raise NotFound(Kind.SIGNING)
    return document


def _be_worth_asking(facts: Facts, call: SigningCall, act: Act) -> None:
    situation = Situation(facts)
    verdict = check(situation, call.command, act)
    others = tuple(reason for reason in verdict.reasons if reason.code not in _ABOUT_EVIDENCE)
    in_vain = (*others, *_would_prove_nothing(situation, call, act))
    if in_vain:
        raise Refused(in_vain)


def _would_prove_nothing(situation: Situation, call: SigningCall, act: Act) -> Reasons:
    """Why the evidence would not be accepted although nothing else stands in the way."""
    if isinstance(call.command, AttestOrder | AttestAssignment):
        agreed = call.command.method in (None, call.method) and call.signer == call.actor.person
        return () if agreed else (Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)),)
    agreement = situation.agreement(call.command.agreement)
    if agreement is None or all(each.id != call.signer for each in agreement.signatories):
        return (Reason(ReasonCode.NOT_A_SIGNATORY, cleared_by=(YOU,)),)
    if has_signed(agreement, call.signer, act):
        return (Reason(ReasonCode.ALREADY_SIGNED, cleared_by=(YOU,)),)
    return signing_method_objections(case_of(situation, act, agreement), call.method)


def _request(facts: Facts, call: SigningCall, document: Document) -> SigningRequest:
    situation = Situation(facts)
    to = _person(situation, call)
    return SigningRequest(
        document=document,
        method=call.method,
        language=call.language or (Language.SV if to is None else to.language),
        to=to,
        ip=call.ip,
        before=_before(situation, call),
    )


def _person(situation: Situation, call: SigningCall) -> Contact | None:
    """Who is to sign, as the application or the user's own record names them."""
    if isinstance(call.command, SignAgreement | DeclineAgreement):
        agreement = situation.agreement(call.command.agreement)
        signatories = () if agreement is None else agreement.signatories
        return next((each.contact for each in signatories if each.id == call.signer), None)
    me = situation.me(call.actor)
    return None if me is None else Contact(name=me.name, email=me.email, phone=me.phone, language=me.language)


def _before(situation: Situation, call: SigningCall) -> tuple[Evidence, ...]:
    if not isinstance(call.command, SignAgreement):
        return ()
    agreement = situation.agreement(call.command.agreement)
    return () if agreement is None else agreement.given


def _who(request: SigningRequest) -> str:
    """Whoever has an address has it in all agreements, and whoever logs in has one id: flooding is counted by that."""
    is_attestant = request.document.act == AttestOrder.trigger
    email = "" if request.to is None else request.to.email
    return digest(request.document.signer if is_attestant else email)


def _is_under_way(going: Going, act: Act) -> bool:
    """Whether the very document that is shown now is being signed by this method, and there is time left."""
    record, request = going.fact.record, going.request
    return (
        isinstance(record, PendingSigning)
        and record.stage is SigningStage.UNDER_WAY
        and record.method is request.method
        and record.ends_at > act.now
        and record.digest in ("", document_digest(request.document))
    )


def _is_being_begun(going: Going, act: Act) -> bool:
    record = going.fact.record
    return isinstance(record, PendingSigning) and record.stage is SigningStage.BEGINNING and record.ends_at > act.now


def _lately(begun: Fact, act: Act) -> tuple[datetime, ...]:
    found = begun.record.at if isinstance(begun.record, Begun) else ()
    return tuple(at for at in found if at > act.now - _HOUR)[-_MOST_BEGUN:]


def _given_up(acting: Acting, going: Going) -> None:
    """What was begun for another method or content binds nobody; the service need not go on asking the person."""
    record = going.fact.record
    if isinstance(record, PendingSigning) and record.stage is SigningStage.UNDER_WAY and record.state:
        try:
            acting.port().cancel(record.state)
        except Unavailable:
            return  # it ends by itself


def _led_to(
    acting: Acting, call: SigningCall, going: Going, progress: Progress, act: Act
) -> Outcome | Pending | Failed:
    for _ in range(_MOST_GOING_ON):
        if not isinstance(progress, Pending):
            break
        going = _kept(acting, going, progress, act)
        if not progress.keep_first:
            return progress
        progress = _gone_on(acting, going, act)
    if isinstance(progress, Done):
        return _carried_out(acting, call, going, progress.evidence, act)
    if isinstance(progress, Failed):
        _over(acting, going, act)
        return progress
    raise Unavailable("the signing port goes on and on without an answer")


def _gone_on(acting: Acting, going: Going, act: Act) -> Progress:
    try:
        return acting.port().resume(going.request, going.state, now=act.now)
    except Unavailable:
        if going.is_being_begun:
            _over(acting, going, act)
        raise


def _kept(acting: Acting, going: Going, progress: Pending, act: Act) -> Going:
    """What is under way is remembered, so that it survives a restart; and it is counted, if it is new."""
    begins = going.count is not None and progress.keep_first
    stage = SigningStage.BEGINNING if begins else SigningStage.UNDER_WAY
    stored = kept_as(going, stage, progress.state, act.now + _BEGINNING if begins else progress.ends_at, act)
    if stored.record == going.fact.record:  # who has only asked must not get in the way of who goes on
        return going
    guards: tuple[Guard, ...] = (Guard(going.key, going.fact.version),)
    records: tuple[Stored, ...] = (stored,)
    if going.count is not None:
        who, begun = going.count
        counted = Begun(who=who.partition(":")[2], at=(*_lately(begun, act), act.now))
        guards = (*guards, Guard(who, begun.version))
        records = (*records, Stored(key=who, record=counted, version=begun.version + 1, number=0, digest=""))
    try:
        with acting.store.transaction() as transaction:
            transaction.write(Changes(guards=guards, records=records, entries=(), owed=()))
    except Conflict:
        if going.count is not None and not begins:  # nobody will ever ask for what was begun just now
            acting.port().cancel(progress.state)
        raise
    return going.after(stored)


def _over(acting: Acting, going: Going, act: Act) -> None:
    """What has ended ends now; what never was under way has nothing to end."""
    if isinstance(going.fact.record, PendingSigning) and going.fact.record.stage in GOING:
        stored = kept_as(going, SigningStage.OVER, "", act.now, act)
        guards = (Guard(going.key, going.fact.version),)
        with acting.store.transaction() as transaction:
            transaction.write(Changes(guards=guards, records=(stored,), entries=(), owed=()))


def _carried_out(acting: Acting, call: SigningCall, going: Going, evidence: Evidence, act: Act) -> Outcome:
    signed = attrs.evolve(call.command, evidence=evidence)
    try:
        return acting.execute(signed, call.actor, call.keyed, going.key)
    except Refused as refused:
        if any(reason.code is ReasonCode.SIGNED_MEANWHILE for reason in refused.reasons):
            _over(acting, going, act)
            raise Conflict from refused
        refuse_late(acting, going, evidence, act, refused.reasons)
        raise
