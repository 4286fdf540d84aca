"""Signing an agreement: by named persons only, each once, all over one wording, until those who have signed bind it."""

from datetime import UTC

import attrs

from kundorder.authority import EVERYBODY_NAMED, Authority, AuthorityQuestion, NamedPerson
from kundorder.codec import terms_digest
from kundorder.commands import DeclineAgreement, SignAgreement
from kundorder.evidence import Evidence, follows_of
from kundorder.lifecycles.attests import evidence_objections, level_objections
from kundorder.lifecycles.documents import agreement_document, agreement_terms
from kundorder.lifecycles.marks import mark_of
from kundorder.lifecycles.openings import people_are_welcome
from kundorder.lifecycles.rows import Addressee, By
from kundorder.model import Agreement, Signatory, Subject
from kundorder.reasons import OFFICER, Clearer, Reason, Reasons
from kundorder.situation import Act, Case
from kundorder.vocabulary import AgreementState, AttestMethod, Party, ReasonCode, Role, Trigger


def is_signatory(case: Case) -> Reasons:
    """Carried out by the system, on verified evidence; a signatory has no login (R7, R17)."""
    if case.act.is_system:
        return ()
    return (Reason(ReasonCode.NOT_A_SIGNATORY, cleared_by=(signatories_of(case.agreement),)),)


def may_sign(case: Case, command: SignAgreement) -> Reasons:
    """The evidence is that of a named signatory who has not signed yet (R7); an agent's people get their logins now."""
    agreement, evidence = case.agreement, command.evidence
    agents = agreement.party is Party.AGENT
    welcome = people_are_welcome(case, agreement.organisation, agreement) if agents else ()
    proven = _proven(case, evidence, Trigger.SIGN)
    if proven or evidence is None:
        return (*welcome, *proven)
    return (*welcome, *level_objections(case, evidence, "", AttestMethod), *_joint_objections(case, evidence))


def _proven(case: Case, evidence: Evidence | None, act: Trigger) -> Reasons:
    agreement = case.agreement
    if evidence is None:
        return (Reason(ReasonCode.EVIDENCE_MISSING, cleared_by=(signatories_of(agreement),)),)
    signatory = next((each for each in agreement.signatories if each.id == evidence.signer), None)
    if signatory is None:
        return (Reason(ReasonCode.NOT_A_SIGNATORY, cleared_by=(signatories_of(agreement),)),)
    if has_signed(agreement, signatory.id, case.act):
        return (Reason(ReasonCode.ALREADY_SIGNED, cleared_by=(signatories_of(agreement),)),)
    document = agreement_document(agreement, signatory.id, act, case.act.catalogue)
    return evidence_objections(case, evidence, document)


def _joint_objections(case: Case, evidence: Evidence) -> Reasons:
    """What stands between this signature and those that are there: it follows the last, and is another person's."""
    agreement = case.agreement
    before = in_force(agreement, case.act).given
    found: list[Reason] = []
    if evidence.follows is not None and evidence.follows != follows_of(before):
        found.append(Reason(ReasonCode.SIGNED_MEANWHILE, cleared_by=(signatories_of(agreement),)))
    if evidence.identity and any(each.identity == evidence.identity for each in before):
        found.append(Reason(ReasonCode.SAME_SIGNER, cleared_by=(signatories_of(agreement),)))
    made = _with(in_force(agreement, case.act), evidence)
    if not found and len(made.given) == len(made.signatories) and not authority_of(case.act, made).binds:
        params = (("organisation", agreement.organisation),)
        found.append(Reason(ReasonCode.NOT_BINDING, params, cleared_by=(signatories_of(agreement), OFFICER)))
    return tuple(found)


def signatories_of(agreement: Agreement) -> Clearer:
    """Those who may sign."""
    return Clearer(role=Role.SIGNATORY, party=agreement.party, organisation=agreement.organisation)


def has_signed(agreement: Agreement, signatory: str, act: Act) -> bool:
    """Whether a signatory has signed, in the wording of today."""
    return any(each.id == signatory and each.evidence is not None for each in in_force(agreement, act).signatories)


def in_force(agreement: Agreement, act: Act) -> Agreement:
    """The agreement in today's wording; what was signed in another wording has to be signed again."""
    terms = agreement_terms(act.catalogue, agreement.party)
    today = terms_digest(terms)
    if agreement.terms_digest == today:
        return agreement
    bare = tuple(Signatory(id=each.id, contact=each.contact) for each in agreement.signatories)
    return attrs.evolve(agreement, terms_version=terms.version, terms_digest=today, signatories=bare)


def _with(agreement: Agreement, evidence: Evidence) -> Agreement:
    turn = len(agreement.given) + 1
    signatories = tuple(
        attrs.evolve(each, evidence=evidence, turn=turn) if each.id == evidence.signer else each
        for each in agreement.signatories
    )
    return attrs.evolve(agreement, signatories=signatories)


def authority_question(agreement: Agreement, evidence: Evidence, act: Act) -> AuthorityQuestion:
    """Whether those who have signed, with this one, bind the organisation."""
    return _question(_with(in_force(agreement, act), evidence), act)


def _question(agreement: Agreement, act: Act) -> AuthorityQuestion:
    persons = tuple(
        NamedPerson(
            signatory=each.id,
            name=each.contact.name,
            email=each.contact.email,
            identity="" if each.evidence is None else each.evidence.identity,
            has_signed=each.evidence is not None,
        )
        for each in agreement.signatories
    )
    on = act.now.astimezone(UTC).date()
    return AuthorityQuestion(organisation=agreement.organisation, party=agreement.party, persons=persons, on=on)


def authority_of(act: Act, made: Agreement) -> Authority:
    """What the host's port has said or, where there is none, what the rule says that everybody named must sign."""
    if act.authority is not None:
        return act.authority
    return EVERYBODY_NAMED.may_bind(_question(made, act))


def signed(case: Case, command: SignAgreement, by: By) -> Agreement:
    """Signed by one more; signed altogether when those who have signed bind the organisation."""
    agreement, evidence = in_force(case.agreement, case.act), command.evidence
    if evidence is None:
        raise TypeError(Trigger.SIGN)
    made = _with(agreement, evidence)
    authority = authority_of(case.act, made)
    return attrs.evolve(
        made,
        state=AgreementState.SIGNED if authority.binds else AgreementState.AWAITING_SIGNATURE,
        step=agreement.step + 1,
        since=case.act.now if authority.binds else agreement.since,
        authority=authority if authority.binds else None,
        marks=(*agreement.marks, mark_of(case, Trigger.SIGN, by)),
    )


def all_have_signed(made: Subject) -> bool:
    """Whether the signatures that are there are enough."""
    return isinstance(made, Agreement) and made.state is AgreementState.SIGNED


def asked_anew(case: Case, subject: Subject) -> tuple[Addressee, ...]:
    """Those whose signatures were of another wording than this one's, and have to be given again."""
    before = {each.id for each in case.agreement.signatories if each.evidence is not None}
    made = subject if isinstance(subject, Agreement) else case.agreement
    return tuple(
        Addressee(role=Role.SIGNATORY, party=made.party, organisation=made.organisation, signatory=each.id)
        for each in made.signatories
        if each.id in before and each.evidence is None
    )


def may_decline(case: Case, command: DeclineAgreement) -> Reasons:
    """A reason, and evidence of a named signatory."""
    clearers = (signatories_of(case.agreement),)
    reason = () if command.reason else (Reason(ReasonCode.REASON_MISSING, cleared_by=clearers),)
    return (*reason, *_proven(case, command.evidence, Trigger.DECLINE))
