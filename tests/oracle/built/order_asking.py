"""A question about an order put to ``kundorder``, with the evidence that is vouched for."""

import attrs

from kundorder.codec import content_digest, document_digest, evidence_digest
from kundorder.commands import (
    AttestOrder,
    Command,
)
from kundorder.decisions import document_for, needs_of_order
from kundorder.evidence import ASSURANCE, Document, Evidence, SignedDocument
from kundorder.model import Order
from kundorder.situation import ABSENT, Act, Fact, Key, Situation, evidence_key, order_key
from kundorder.vocabulary import AssuranceLevel, AttestMethod, Role, Trigger
from oracle.asked import (
    Person,
    Place,
    Proof,
    Question,
    Supplement,
)
from oracle.built.names import (
    ARON,
    FOREIGN_ORDER,
    ME,
    NOW,
    NUMBERS,
    OTHER_ORDER,
    THE_ORDER,
)
from oracle.built.order_commands import METHODS, act_of, command_of
from oracle.built.orders import ANSWERS, order
from oracle.built.putting import Put, loaded
from oracle.built.world import fact_of, facts_of, held

_T = Trigger


def _acted(this: Order, who: Person) -> Order:
    """The same, ordered or approved by the person who is to be picked."""
    if who is Person.ORDERER:
        return attrs.evolve(this, content=attrs.evolve(this.content, orderer_person=ARON.person))
    course = (attrs.evolve(mark, person=ARON.person) if mark.trigger is _T.APPROVE else mark for mark in this.course)
    return attrs.evolve(this, course=tuple(course))


def store_of(question: Question) -> dict[Key, Fact]:
    """All there is."""
    this = order(question.doer, question.matter)
    if question.ask.person in {Person.ORDERER, Person.APPROVER}:
        this = _acted(this, question.ask.person)
    found = {**held(question.doer, question.facts), order_key(THE_ORDER): fact_of(this)}
    if question.ask.supplement is not Supplement.NONE:
        foreign = attrs.evolve(this.content, organisation=NUMBERS[Place.OTHER_CUSTOMER])
        found[order_key(OTHER_ORDER)] = fact_of(attrs.evolve(this, id=OTHER_ORDER))
        found[order_key(FOREIGN_ORDER)] = fact_of(attrs.evolve(this, id=FOREIGN_ORDER, content=foreign))
    return found


def asked(question: Question) -> Put:
    """The question about an order as it is put."""
    store, act = store_of(question), act_of(question)
    command = command_of(question.doer, question.matter, question.ask)
    if question.ask.trigger is not _T.ATTEST or question.ask.proof is Proof.MISSING:
        return Put(store, command, act)
    evidence = _evidence(question, store, act)
    command = command_of(question.doer, question.matter, question.ask, evidence)
    if question.ask.proof is Proof.USED:
        store[evidence_key(evidence_digest(evidence))] = fact_of(_used(store, command, act, evidence))
    return Put(store, command, act, vouched=question.ask.proof is not Proof.UNVERIFIED)


def _digest(store: dict[Key, Fact], command: Command, act: Act, signer: str) -> str:
    document = document_for(Situation(loaded(store, command, act)), command, act, signer)
    return "0" * 64 if document is None else document_digest(document)


def _evidence(question: Question, store: dict[Key, Fact], act: Act) -> Evidence:
    """Evidence for this attest or, where it is to be wrong, for what is like it in all but one respect."""
    ask, command = question.ask, command_of(question.doer, question.matter, question.ask)
    this = order(question.doer, question.matter)
    method = METHODS[ask.method] or AttestMethod.BANKID
    signer = ME
    match ask.proof:
        case Proof.OTHER_ORDER:
            store = store | facts_of({order_key(OTHER_ORDER): attrs.evolve(this, id=OTHER_ORDER)})
            command = AttestOrder(order=OTHER_ORDER, method=METHODS[ask.method])
        case Proof.OTHER_CONTENT:
            content = attrs.evolve(this.content, answers=ANSWERS[1:])
            other = attrs.evolve(this, content=content, digest=content_digest(content))
            store = store | facts_of({order_key(THE_ORDER): other})
        case Proof.OTHER_STEP:
            store = store | facts_of({order_key(THE_ORDER): attrs.evolve(this, step=this.step - 1)})
        case Proof.OTHER_PERSON:
            signer = "annan"
        case Proof.OTHER_METHOD:
            method = AttestMethod.BANKID if method is AttestMethod.SMS_CODE else AttestMethod.SMS_CODE
        case _:
            pass
    return Evidence(
        method=method,
        signer=signer,
        digest=_digest(store, command, act, signer),
        signed_at=NOW,
        proof="prov",
        level=AssuranceLevel.LOW if ask.proof is Proof.WEAKER else ASSURANCE[method],
    )


def _used(store: dict[Key, Fact], command: Command, act: Act, evidence: Evidence) -> SignedDocument:
    document = document_for(Situation(loaded(store, command, act)), command, act, evidence.signer)
    if document is None:
        document = Document(
            subject=THE_ORDER,
            number=1,
            step=1,
            act="attest",
            organisation=NUMBERS[Place.CUSTOMER],
            capacity=Role.ATTESTANT,
            signer=ME,
            content="",
            text_sv="",
            text_en="",
        )
    return SignedDocument(document=document, evidence=evidence, step=1)


def looked_at(question: Question) -> tuple[Situation, Act]:
    """All that looking at the order takes."""
    store, act = store_of(question), act_of(question)
    found: dict[Key, Fact] = {}
    while wanted := needs_of_order(THE_ORDER, act, found):
        found |= {key: store.get(key, ABSENT) for key in wanted}
    return Situation(found), act
