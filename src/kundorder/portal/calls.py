"""One call to let a person attest or sign: what is asked, whether it is worth it, and what the port is to know; pure.

What is refused anyway is refused before anybody is asked to sign, and a person is shown exactly what is signed.
"""

from typing import final

import attrs

from kundorder.codec import command_digest, digest
from kundorder.commands import AttestAssignment, AttestOrder, DeclineAgreement, SignAgreement
from kundorder.decisions import check, document_for
from kundorder.errors import NotFound, Refused
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.lifecycles.agreement_signing import has_signed
from kundorder.lifecycles.attests import signing_method_objections
from kundorder.model import SYSTEM, Actor, Contact
from kundorder.portal.signings import ABOUT_EVIDENCE, ToSign
from kundorder.portal.writing import Keyed
from kundorder.reasons import YOU, Reason, Reasons
from kundorder.situation import Act, Facts, Kind, Situation, case_of
from kundorder.vocabulary import AttestMethod, Language, ReasonCode


@final
@attrs.define
class Course:
    """What one call has come to already, should it have to be taken up again because the facts have moved."""

    went_on: bool = False  # it has found something under way, so it begins nothing of its own
    answered: bool = False  # what the person has entered is in the state that was kept, and must not count twice


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
    course: Course = attrs.field(factory=Course)

    @property
    def is_own(self) -> bool:
        """Whether it is for the one who calls; for a signatory, who has no login, only the system can."""
        if isinstance(self.command, AttestOrder | AttestAssignment):
            return self.signer == self.actor.person
        return self.actor is SYSTEM


def keyed_without_evidence(
    key: str | None, command: ToSign, actor: Actor, signer: str, method: AttestMethod
) -> Keyed | None:
    """The key of a signing: evidence made anew for the same act is the same act; another signer's is another."""
    bare = attrs.evolve(command, evidence=None)
    return None if key is None else Keyed(key, digest(f"{command_digest(bare, actor)}/{signer}/{method}"))


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


def document_to_show(facts: Facts, command: ToSign, act: Act, signer: str) -> Document:
    """The same, for somebody who may sign; of an agreement only those who are named can.

    Raises:
        NotFound: the subject does not exist, the actor may not see it, or nobody of that name is to sign.
    """
    document = document_to_sign(facts, command, act, signer)
    if isinstance(command, SignAgreement | DeclineAgreement):
        agreement = Situation(facts).agreement(command.agreement)
        if agreement is None or all(each.id != signer for each in agreement.signatories):
            raise NotFound(Kind.SIGNING)
    return document


def be_worth_asking(facts: Facts, call: SigningCall, act: Act) -> None:
    """Nobody is asked to sign in vain.

    Raises:
        Refused: something other than the evidence stands in the way.
    """
    situation = Situation(facts)
    verdict = check(situation, call.command, act)
    others = tuple(reason for reason in verdict.reasons if reason.code not in ABOUT_EVIDENCE)
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


def is_known(situation: Situation, call: SigningCall) -> bool:
    """Whether the one who is to sign is anybody: of an agreement only those who are named are."""
    if isinstance(call.command, AttestOrder | AttestAssignment):
        return True
    return _person(situation, call) is not None


def request_of(facts: Facts, call: SigningCall, document: Document) -> SigningRequest:
    """What the port is to know."""
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
    me = None if call.actor is SYSTEM else situation.me(call.actor)
    return None if me is None else Contact(name=me.name, email=me.email, phone=me.phone, language=me.language)


def _before(situation: Situation, call: SigningCall) -> tuple[Evidence, ...]:
    if not isinstance(call.command, SignAgreement):
        return ()
    agreement = situation.agreement(call.command.agreement)
    return () if agreement is None else agreement.given


def who_begins(request: SigningRequest) -> str:
    """Flooding is counted by the telephone, whoever names it; where there is none, by the login or the address."""
    is_attestant = request.document.act == AttestOrder.trigger
    to = request.to
    named = "" if to is None else to.email
    phone = None if to is None else to.phone
    return digest(phone or (request.document.signer if is_attestant else named))
