"""A question about an organisation's papers and people put to ``kundorder``, with the evidence it comes with."""

from functools import lru_cache

import attrs

from kundorder.codec import document_digest, evidence_digest
from kundorder.decisions import document_for
from kundorder.evidence import ASSURANCE, Evidence, SignedDocument, follows_of
from kundorder.model import (
    AgentAssignment,
    Agreement,
    Rules,
)
from kundorder.situation import (
    Act,
    Fact,
    Key,
    Situation,
    evidence_key,
)
from kundorder.vocabulary import (
    AssuranceLevel,
    AttestMethod,
    Role,
    Trigger,
)
from oracle.asked import Policy, Proof
from oracle.built.house_commands import command_of
from oracle.built.house_places import act_of, house_of
from oracle.built.house_records import agreement_of, records_of
from oracle.built.names import ME, NOW
from oracle.built.order_commands import METHODS, rules_of
from oracle.built.putting import Put, loaded
from oracle.built.world import fact_of, facts_of
from oracle.house_asked import (
    AgreementQuestion,
    AssignmentQuestion,
    Code,
    HouseQuestion,
    ProviderQuestion,
    UserQuestion,
)

_T = Trigger


def _proven(question: AgreementQuestion | AssignmentQuestion, store: dict[Key, Fact], act: Act) -> Put:
    """The command with its evidence."""
    signer = "s1" if isinstance(question, AgreementQuestion) else ME
    method = AttestMethod.BANKID
    if isinstance(question, AssignmentQuestion):
        method = METHODS[question.method] or method
    if question.proof is Proof.OTHER_PERSON:
        signer = "s9" if isinstance(question, AgreementQuestion) else "annan"
    if question.proof is Proof.OTHER_METHOD:
        method = AttestMethod.BANKID if method is AttestMethod.SMS_CODE else AttestMethod.SMS_CODE
    bare, measured = command_of(question, None), store
    if question.proof is Proof.OTHER_STEP:
        measured = {key: _a_step_back(fact) for key, fact in store.items()}
    document = document_for(Situation(loaded(measured, bare, act)), bare, act, signer)
    signed = agreement_of(question) if isinstance(question, AgreementQuestion) else None
    evidence = Evidence(
        method=method,
        signer=signer,
        digest="0" * 64 if document is None else document_digest(document),
        signed_at=NOW,
        proof="prov",
        level=AssuranceLevel.LOW if question.proof is Proof.WEAKER else ASSURANCE[method],
        follows=None if signed is None or not signed.given else follows_of(signed.given),
    )
    if question.proof is Proof.USED and document is not None:
        used = SignedDocument(document=document, evidence=evidence, step=1)
        store = {**store, evidence_key(evidence_digest(evidence)): fact_of(used)}
    vouched = question.proof is not Proof.UNVERIFIED
    return Put(store, command_of(question, evidence), act, vouched=vouched)


def _a_step_back(fact: Fact) -> Fact:
    record = fact.record
    return (
        attrs.evolve(fact, record=attrs.evolve(record, step=record.step - 1))
        if isinstance(record, Agreement | AgentAssignment)
        else fact
    )


def _rules(question: HouseQuestion) -> Rules:
    match question:
        case AssignmentQuestion():
            return rules_of(
                Policy(four_eyes=question.four_eyes, all_methods=question.all_methods, substantial=question.substantial)
            )
        case UserQuestion():
            return Rules(roles_require_signed_agreement=question.signed_first)
        case _:
            return Rules()


def asked_house(question: HouseQuestion) -> Put:
    """The question about an organisation's papers and people as it is put."""
    store = dict(_store_of(_ground_of(question)))
    act = act_of(question.caller, house_of(question), _rules(question))
    if isinstance(question, AgreementQuestion | AssignmentQuestion) and question.proof is not Proof.MISSING:
        return _proven(question, store, act)
    return Put(store, command_of(question, None), act)


def _ground_of(question: HouseQuestion) -> HouseQuestion:
    """The question whose store is the same and that asks nothing in particular: neighbours share it."""
    match question:
        case AgreementQuestion():
            return AgreementQuestion(
                caller=question.caller,
                party=question.party,
                paper=question.paper,
                signed=question.signed,
                trigger=_T.APPROVE,
            )
        case AssignmentQuestion():
            return AssignmentQuestion(
                caller=question.caller,
                state=question.state,
                paper=question.paper,
                is_handler_granted=question.is_handler_granted,
                trigger=_T.END,
            )
        case UserQuestion():
            return attrs.evolve(question, trigger=_T.DELETE, role=Role.ORDERER, code=Code.RIGHT, signed_first=False)
        case ProviderQuestion():
            return question


@lru_cache(maxsize=256)
def _store_of(question: HouseQuestion) -> dict[Key, Fact]:
    return facts_of(records_of(question))
