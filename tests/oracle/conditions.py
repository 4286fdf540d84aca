"""What has to hold for a step besides whose step it is: each condition by the name it has in the table.

A condition says which reasons there are against the step; none: it holds.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from kundorder.vocabulary import AssignmentState, OrderState, ReasonCode, Role, Trigger
from oracle.asked import (
    Accepted,
    Choice,
    Form,
    Granted,
    Method,
    OfferNow,
    Paper,
    Person,
    Place,
    Proof,
    Question,
    Said,
    Standing,
    Supplement,
    Way,
)
from oracle.settled import Settled

_C: Final = ReasonCode
Codes: TypeAlias = frozenset[ReasonCode]
Condition: TypeAlias = Callable[[Question, frozenset[Settled]], Codes]

NONE: Final[Codes] = frozenset()

_AGREEMENT: Final = {
    Paper.NONE: _C.NO_AGREEMENT,
    Paper.APPLIED: _C.AGREEMENT_NOT_APPROVED,
    Paper.AWAITING_SIGNATURE: _C.AGREEMENT_NOT_SIGNED,
    Paper.LEGACY: _C.AGREEMENT_LEGACY,
    Paper.REJECTED: _C.NO_AGREEMENT,
    Paper.DECLINED: _C.NO_AGREEMENT,
    Paper.TERMINATED: _C.NO_AGREEMENT,
}
STRENGTH: Final = {Method.SMS_CODE: 1, Method.BANKID: 2, Method.FREJA: 2, Method.SITHS: 3}
"""How sure each method is, from low to high."""


def codes(**why: bool) -> Codes:
    """Those that are true."""
    return frozenset(_C[name] for name, is_so in why.items() if is_so)


def holds(question: Question, place: Place, role: Role) -> bool:
    """Whether the one who acts is a user there with the role."""
    doer = question.doer
    return doer.place is place and doer.standing is Standing.ACTIVE and role in doer.roles


def place_of(question: Question) -> Place:
    """Which organisation orders: whoever starts it or, from then on, the one whose order it is."""
    return question.doer.place if question.ask.trigger is Trigger.START else Place.CUSTOMER


def agreement(question: Question, _settled: frozenset[Settled]) -> Codes:
    paper = {Place.CUSTOMER: question.facts.agreement, Place.OTHER_CUSTOMER: Paper.SIGNED}.get(place_of(question))
    why = _AGREEMENT.get(paper or Paper.NONE)
    return NONE if why is None else frozenset({why})


def attestant(question: Question, _settled: frozenset[Settled]) -> Codes:
    place, facts = place_of(question), question.facts
    others = {Place.CUSTOMER: facts.attestant, Place.AGENT: facts.agent_attestant, Place.PROVIDER: False}
    return codes(NO_ATTESTANT=not others.get(place, True) and not holds(question, place, Role.ATTESTANT))


def is_gone(question: Question) -> bool:
    """Whether the catalogue no longer has the offer, or never had."""
    return question.matter.offer is OfferNow.GONE or question.ask.choice is Choice.UNKNOWN_OFFER


def offer(question: Question, _settled: frozenset[Settled]) -> Codes:
    if is_gone(question):
        return codes(OFFER_UNKNOWN=True)
    now, starting = question.matter.offer, question.ask.trigger is Trigger.START
    customers = {Place.CUSTOMER, Place.OTHER_CUSTOMER}
    return codes(
        OFFER_NOT_OPEN=now is OfferNow.CLOSED or place_of(question) not in customers,
        MODE_NOT_ALLOWED=now is OfferNow.OTHER_MODE,
        OFFER_CHANGED=now is OfferNow.OTHER_FLOW and not starting,
    )


def named(question: Question) -> Place | None:
    """Which agent is named: on the order or, where it is started, by whoever starts it."""
    usual = Place.AGENT if question.matter.way.names_agent else None
    if question.ask.trigger is not Trigger.START:
        return usual
    chosen = {
        Choice.NO_AGENT: None,
        Choice.AN_AGENT: Place.AGENT,
        Choice.SELF: question.doer.place,
        Choice.NOT_AN_AGENT: Place.OTHER_CUSTOMER,
        Choice.UNKNOWN_AGENT: Place.NOWHERE,
        Choice.OTHER_AGENT: Place.OTHER_AGENT,
    }
    return chosen.get(question.ask.choice, usual)


def way(question: Question, settled: frozenset[Settled]) -> Codes:
    """What is asked of the agent, where one takes part."""
    if is_gone(question) and Settled.NO_OFFER_NO_MORE in settled:
        return NONE
    agent, goes = named(question), question.matter.way
    changed = question.matter.offer is OfferNow.OTHER_FLOW and question.ask.trigger is Trigger.START
    takes_part = goes.agent_takes_part is not changed
    alone = codes(
        AGENT_IS_SELF=agent is place_of(question),
        AGENT_NOT_EXPECTED=agent is not None and not goes.names_agent,
        AGENT_MISSING=agent is None and takes_part,
    )
    if not takes_part or agent is None or (alone and Settled.NO_AGENT_NO_MORE in settled):
        return alone
    return alone | _agents_house(question, agent)


def _agents_house(question: Question, agent: Place) -> Codes:
    """Whether the agent is ready."""
    facts, doer = question.facts, question.doer
    if agent not in {Place.AGENT, Place.OTHER_AGENT}:
        return codes(AGENT_UNKNOWN=True)
    if agent is Place.OTHER_AGENT:
        return codes(AGENT_LACKS_HANDLER=True)
    mine = holds(question, agent, Role.AGENT_HANDLER) and doer.granted is Granted.HERE
    return codes(
        AGENT_NOT_APPROVED=facts.agent_agreement is not Paper.SIGNED,
        ASSIGNMENT_NOT_ACTIVE=facts.assignment is not AssignmentState.ACTIVE,
        AGENT_LACKS_HANDLER=facts.assignment is None or not (facts.handler or mine),
        AGENT_LACKS_ATTESTANT=not (facts.agent_attestant or holds(question, agent, Role.ATTESTANT)),
    )


def _assigned(question: Question) -> bool:
    return question.facts.assignment is AssignmentState.ACTIVE


def active(question: Question, _settled: frozenset[Settled]) -> Codes:
    return codes(ASSIGNMENT_NOT_ACTIVE=not _assigned(question))


def not_waiting(question: Question, settled: frozenset[Settled]) -> Codes:
    return codes(ASSIGNMENT_NOT_ACTIVE=not _assigned(question) and Settled.WAITS_WITHOUT_ASSIGNMENT in settled)


def supplement(question: Question, _settled: frozenset[Settled]) -> Codes:
    """Besides, whoever starts it has to see what it supplements."""
    whose = {Supplement.OWN: Place.CUSTOMER, Supplement.FOREIGN: Place.OTHER_CUSTOMER}.get(question.ask.supplement)
    return codes(ORIGINAL_UNKNOWN=question.ask.supplement is not Supplement.NONE and whose is not question.doer.place)


def copyable(question: Question, _settled: frozenset[Settled]) -> Codes:
    lost = {OrderState.REJECTED, OrderState.REJECTED_BY_AGENT, OrderState.WITHDRAWN}
    return codes(WRONG_STATE=question.matter.state not in lost)


def _unmeasured(question: Question, settled: frozenset[Settled]) -> bool:
    return is_gone(question) and Settled.NO_OFFER_NO_MORE in settled


def fields(question: Question, settled: frozenset[Settled]) -> Codes:
    measured, said = not _unmeasured(question, settled), question.ask.said
    return codes(
        OFFER_UNKNOWN=is_gone(question),
        FIELD_INVALID=measured and said is Said.WRONG,
        FIELD_UNKNOWN=measured and said is Said.STRANGE,
    )


def version(question: Question, settled: frozenset[Settled]) -> Codes:
    measured = not _unmeasured(question, settled)
    return codes(OFFER_UNKNOWN=is_gone(question), TERMS_CHANGED=measured and question.ask.said is not Said.RIGHT)


def form(question: Question, settled: frozenset[Settled]) -> Codes:
    measured = not _unmeasured(question, settled)
    return codes(FORM_INCOMPLETE=measured and question.matter.form is not Form.COMPLETE)


def terms(question: Question, settled: frozenset[Settled]) -> Codes:
    measured, accepted = not _unmeasured(question, settled), question.matter.accepted
    return codes(
        TERMS_NOT_ACCEPTED=measured and accepted is Accepted.NONE,
        TERMS_CHANGED=measured and accepted in {Accepted.YESTERDAY, Accepted.EDITED},
    )


def certified(question: Question, _settled: frozenset[Settled]) -> Codes:
    return codes(NOT_CERTIFIED=not question.ask.certified)


def picked_one(question: Question, settled: frozenset[Settled]) -> Codes:
    person, facts = question.ask.person, question.facts
    fits = {
        Person.ATTESTANT: facts.agent_attestant,
        Person.ORDERER: facts.agent_attestant,
        Person.APPROVER: facts.agent_attestant,
        Person.ME: holds(question, Place.AGENT, Role.ATTESTANT),
    }.get(person, False)
    acted = person in {Person.ME, Person.ORDERER, Person.APPROVER}
    stranger = person in {Person.CUSTOMERS, Person.UNKNOWN}
    named_one = person is not Person.NOBODY
    return codes(
        NO_ATTESTANT_PICKED=not named_one,
        NOT_A_USER=stranger,
        NOT_AN_ATTESTANT=named_one and not stranger and not fits,
        FOUR_EYES=Settled.NOT_ONESELF in settled and question.policy.four_eyes and acted and fits,
    )


def eyes(question: Question, _settled: frozenset[Settled]) -> Codes:
    return codes(FOUR_EYES=question.policy.four_eyes and bool(question.doer.has_been))


def least(question: Question) -> int:
    """How sure the method must be."""
    asked = 2 if question.policy.substantial else 1
    of_the_offer = question.policy.offer_asks_high and question.matter.way is not Way.TGP_VIA_AGENT
    return 3 if of_the_offer else asked


def method(question: Question, settled: frozenset[Settled]) -> Codes:
    chosen = question.ask.method
    if chosen is Method.NONE:
        return codes(METHOD_MISSING=True)
    usual = chosen in {Method.SMS_CODE, Method.BANKID} or question.policy.all_methods
    weak = STRENGTH[chosen] < least(question) or (question.ask.proof is Proof.WEAKER and least(question) > 1)
    said = usual or Settled.ONE_WORD_ON_THE_METHOD not in settled
    return codes(METHOD_NOT_ALLOWED=not usual, METHOD_TOO_WEAK=weak and said)


def evidence(question: Question, _settled: frozenset[Settled]) -> Codes:
    proof, chosen = question.ask.proof, question.ask.method
    right = {Proof.RIGHT, Proof.MISSING, Proof.USED, Proof.WEAKER}
    by_any = proof is Proof.OTHER_METHOD and chosen is Method.NONE
    return codes(
        EVIDENCE_MISSING=proof is Proof.MISSING,
        EVIDENCE_INVALID=proof not in right and not by_any,
        EVIDENCE_USED=proof is Proof.USED,
    )


def reason(question: Question, _settled: frozenset[Settled]) -> Codes:
    return codes(REASON_MISSING=question.ask.said is not Said.SOMETHING)


def instructions(question: Question, _settled: frozenset[Settled]) -> Codes:
    return codes(INSTRUCTIONS_MISSING=question.ask.said is not Said.SOMETHING)


CONDITIONS: Final[Mapping[str, Condition]] = {
    each.__name__: each
    for each in (
        agreement,
        attestant,
        offer,
        way,
        active,
        not_waiting,
        supplement,
        copyable,
        fields,
        version,
        form,
        terms,
        certified,
        picked_one,
        eyes,
        method,
        evidence,
        reason,
        instructions,
    )
}
"""By name."""
