"""Agreements, assignments and users, as they would be in their states."""

from typing import Final

import attrs

from kundorder.codec import digest
from kundorder.directory import Holders
from kundorder.evidence import Evidence
from kundorder.model import (
    AgentAssignment,
    Agreement,
    HandlerGrant,
    Mark,
    Member,
    Record,
    Signatory,
)
from kundorder.situation import (
    Key,
    agreement_key,
    assignment_key,
)
from kundorder.vocabulary import (
    AssignmentState,
    AssuranceLevel,
    AttestMethod,
    Language,
    Party,
    Role,
    Trigger,
    UserState,
)
from oracle.asked import Facts, Granted, Paper, Place
from oracle.built.house_places import HOUSES, RIGHT_CODE, THEM, doer_of, house_of
from oracle.built.names import ARON, LONG_AGO, MINE, NUMBERS, OLLE
from oracle.built.world import address, agreement, contact, people, records
from oracle.house_asked import (
    AgreementQuestion,
    AssignmentQuestion,
    House,
    HouseQuestion,
    ProviderQuestion,
    Signed,
    UserQuestion,
    Who,
)

_T = Trigger


def _signed_before(signatory: str) -> Evidence:
    return Evidence(
        method=AttestMethod.BANKID,
        signer=signatory,
        digest="1" * 64,
        signed_at=LONG_AGO,
        proof=f"before:{signatory}",
        level=AssuranceLevel.SUBSTANTIAL,
    )


_PAST: Final = {
    Paper.APPLIED: (),
    Paper.AWAITING_SIGNATURE: (_T.APPROVE,),
    Paper.SIGNED: (_T.APPROVE, _T.SIGN),
    Paper.LEGACY: (_T.REGISTER,),
    Paper.REJECTED: (_T.REJECT,),
    Paper.DECLINED: (_T.APPROVE, _T.DECLINE),
    Paper.TERMINATED: (_T.APPROVE, _T.SIGN, _T.TERMINATE),
}
"""What has been decided on an agreement so far."""
_REVIEWED: Final = {
    AssignmentState.UNDER_REVIEW: (),
    AssignmentState.AWAITING_AGENT_ATTEST: (_T.PASS_REVIEW,),
    AssignmentState.ATTESTED: (_T.PASS_REVIEW, _T.ATTEST),
    AssignmentState.ACTIVE: (_T.PASS_REVIEW, _T.ATTEST, _T.ACTIVATE),
    AssignmentState.ENDED: (_T.PASS_REVIEW, _T.ATTEST, _T.ACTIVATE, _T.END),
    AssignmentState.REJECTED: (_T.REJECT,),
}
"""What has been decided on an assignment so far; it is the officer who has rejected."""


def _mark(trigger: Trigger, party: Party, organisation: str) -> Mark:
    """Who has decided: the officer, or a signatory, or the agent's attestant."""
    system = trigger in {_T.SIGN, _T.DECLINE}
    by_agent = trigger is _T.ATTEST
    provider = not (system or by_agent)
    return Mark(
        trigger=trigger,
        role=Role.SIGNATORY if system else Role.ATTESTANT if by_agent else Role.PROVIDER_OFFICER,
        party=Party.PROVIDER if provider else party,
        organisation="" if system else NUMBERS[Place.PROVIDER] if provider else organisation,
        person=None if system else "aron" if by_agent else "olle",
        member=None if system else ARON.member if by_agent else OLLE.member,
        at=LONG_AGO,
    )


def agreement_of(question: AgreementQuestion) -> Agreement | None:
    place = HOUSES[house_of(question)]
    found = agreement(place, question.party, question.paper)
    if found is None:
        return None
    marks = tuple(_mark(each, question.party, found.organisation) for each in _PAST[question.paper])
    found = attrs.evolve(found, marks=marks)
    if question.signed is Signed.ONE:
        return found
    has = {Signed.TWO: (), Signed.TWO_OTHER: ("s2",), Signed.TWO_SAME: ("s1",)}[question.signed]
    two = tuple(
        Signatory(
            id=each,
            contact=contact(person, place),
            evidence=_signed_before(each) if each in has else None,
            turn=1 if each in has else 0,
        )
        for each, person in (("s1", "firma"), ("s2", "firmina"))
    )
    return attrs.evolve(found, signatories=two)


def _them(question: UserQuestion, state: UserState) -> Member:
    place = HOUSES[question.house]
    return Member(
        id=THEM,
        organisation=NUMBERS[place],
        state=state,
        step=2,
        since=LONG_AGO,
        name="Disa Prov",
        email=address("disa", place),
        phone=None,
        language=Language.SV,
        roles=() if state is UserState.DELETED else tuple(sorted(question.holds)),
        person=None if state is UserState.INVITED else "disa",
        invitation=digest(RIGHT_CODE) if state is UserState.INVITED else None,
    )


def _users(question: UserQuestion) -> dict[Key, Record]:
    place, agents = HOUSES[question.house], question.house is House.AGENT
    facts = Facts(
        agreement=question.paper if question.house is House.CUSTOMER else Paper.SIGNED,
        agent_agreement=question.paper if agents else Paper.SIGNED,
        assignment=question.assignment,
        handler=False,
    )
    found = dict(records(doer_of(question.caller, question.house), facts))
    members = [each for each in found.values() if isinstance(each, Member)]
    if question.state is not None and question.who is Who.OTHER:
        members.append(_them(question, question.state))
    if question.last:
        members = [_no_administrator(each) if each.organisation == NUMBERS[place] else each for each in members]
    for key in [key for key, each in found.items() if isinstance(each, Holders)]:
        del found[key]
    found |= people(members)
    if question.granted:
        key = assignment_key(f"{NUMBERS[Place.AGENT]}/npo")
        held = found[key]
        assert isinstance(held, AgentAssignment)
        them = MINE if question.who is Who.ONESELF else THEM
        grants = (HandlerGrant(member=them, granted_at=LONG_AGO, held_since=LONG_AGO),)
        found[key] = attrs.evolve(held, grants=grants)
    return found


def _no_administrator(each: Member) -> Member:
    if each.id in {MINE, THEM}:
        return each
    return attrs.evolve(each, roles=tuple(role for role in each.roles if role is not Role.ADMINISTRATOR))


def records_of(question: HouseQuestion) -> dict[Key, Record]:
    """All there is."""
    house = house_of(question)
    match question:
        case AgreementQuestion():
            found = dict(records(doer_of(question.caller, house), Facts()))
            del found[agreement_key(f"{question.party}/{NUMBERS[HOUSES[house]]}")]
            this = agreement_of(question)
            return found if this is None else {**found, agreement_key(this.id): this}
        case AssignmentQuestion():
            return _assignments(question)
        case UserQuestion():
            return _users(question)
        case ProviderQuestion():
            return {} if question.state is None else dict(records(doer_of(question.caller, house), Facts()))


def _assignments(question: AssignmentQuestion) -> dict[Key, Record]:
    granted = Granted.HERE if question.is_handler_granted else Granted.NOT
    doer = attrs.evolve(doer_of(question.caller, House.AGENT), granted=granted)
    found = dict(records(doer, Facts(agent_agreement=question.paper, assignment=question.state)))
    if question.state is None:
        return found
    key = assignment_key(f"{NUMBERS[Place.AGENT]}/npo")
    this = found[key]
    assert isinstance(this, AgentAssignment)
    past = tuple(_mark(each, Party.AGENT, this.agent) for each in _REVIEWED[question.state])
    return {**found, key: attrs.evolve(this, marks=past)}
