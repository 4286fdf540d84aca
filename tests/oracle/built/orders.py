"""The order a question is about, as it would be in its state; and the catalogue of the day."""

from functools import lru_cache
from typing import Final, assert_never

import attrs

from kundorder.catalogue import Catalogue, Offer
from kundorder.codec import content_digest, terms_digest
from kundorder.model import AcceptedTerms, Answer, Content, Mark, Order
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import ConnectionMode, CustomerCategory, Flow, OrderState, Party, Role, Trigger
from oracle.asked import Accepted, Capacity, Doer, Form, Matter, OfferNow, Place, Way
from oracle.built.names import ARON, ATLE, BERTA, HANNA, KARIN, LATELY, LONG_AGO, ME, MINE, NUMBERS, THE_ORDER
from oracle.built.world import SERVICE

OFFERS: Final = {
    Way.DIRECT: "npo-producent",
    Way.VIA_AGENT: "npo-producent",
    Way.TGP_VIA_AGENT: "npo-konsument-tgp",
}
_S, _T = OrderState, Trigger
_DONE: Final = {
    _S.DRAFT: 0,
    _S.AWAITING_AGENT_APPROVAL: 1,
    _S.AWAITING_AGENT_ATTEST: 2,
    _S.AWAITING_CUSTOMER_ATTEST: 3,
    _S.ATTESTED: 4,
    _S.HANDED_OVER: 5,
    _S.CONNECTION_STARTABLE: 5,
    _S.COMPLETED: 6,
    _S.REJECTED: 3,
    _S.REJECTED_BY_AGENT: 1,
    _S.WITHDRAWN: 1,
}
"""How many of the decisions, sending first, lie behind an order."""

ANSWERS: Final = (
    Answer(name="care_units", values=("SE9997000006-P01",)),
    Answer(name="technical_contact", values=("Teknik Prov",)),
)
_FORMS: Final = {Form.COMPLETE: ANSWERS, Form.ONE_MISSING: ANSWERS[:1], Form.EMPTY: ()}


def the_offer(way: Way) -> Offer:
    """The offer, as it was."""
    found = CATALOGUE.offer(OFFERS[way])
    assert found is not None
    return found


@lru_cache
def catalogue(way: Way, now: OfferNow) -> Catalogue:
    """What can be ordered today."""
    offer = the_offer(way)
    wanted = offer.modes[0] if way is Way.DIRECT else offer.modes[1]
    match now:
        case OfferNow.SAME:
            return CATALOGUE
        case OfferNow.GONE:
            return attrs.evolve(CATALOGUE, offers=tuple(each for each in CATALOGUE.offers if each != offer))
        case OfferNow.CLOSED:
            changed = attrs.evolve(offer, categories=(CustomerCategory.MUNICIPALITY,))
        case OfferNow.OTHER_MODE:
            changed = attrs.evolve(offer, modes=tuple(each for each in offer.modes if each is not wanted))
        case OfferNow.OTHER_FLOW:
            changed = attrs.evolve(offer, flow=Flow.DIRECT if offer.flow is None else None)
        case _:
            assert_never(now)
    return attrs.evolve(CATALOGUE, offers=tuple(changed if each == offer else each for each in CATALOGUE.offers))


def _accepted(matter: Matter) -> AcceptedTerms | None:
    terms = the_offer(matter.way).terms
    match matter.accepted:
        case Accepted.NONE:
            return None
        case Accepted.TODAY:
            return AcceptedTerms(version=terms.version, digest=terms_digest(terms))
        case Accepted.YESTERDAY:
            return AcceptedTerms(version="2025-1", digest=terms_digest(attrs.evolve(terms, version="2025-1")))
        case Accepted.EDITED:
            return AcceptedTerms(version=terms.version, digest=terms_digest(attrs.evolve(terms, text_sv="Annan text.")))


def _mark(trigger: Trigger, role: Role, party: Party, who: tuple[str, str]) -> Mark:
    organisation = {Party.CUSTOMER: Place.CUSTOMER, Party.AGENT: Place.AGENT, Party.PROVIDER: Place.PROVIDER}[party]
    return Mark(
        trigger=trigger,
        role=role,
        party=party,
        organisation=NUMBERS[organisation],
        person=who[0],
        member=who[1],
        at=LATELY,
    )


def _who(doer: Doer, capacity: Capacity, place: Place, person: str, member: str) -> tuple[str, str]:
    if capacity not in doer.has_been:
        return person, member
    return ME, MINE if doer.place is place else member


def _course(doer: Doer, matter: Matter) -> tuple[Mark, ...]:
    done, state = _DONE[matter.state], matter.state
    if not matter.was_sent:
        done = 0
    agent, customer, provider = Party.AGENT, Party.CUSTOMER, Party.PROVIDER
    orderer = _who(doer, Capacity.ORDERER, Place.CUSTOMER, BERTA.person, BERTA.member)
    handler = _who(doer, Capacity.APPROVER, Place.AGENT, HANNA.person, HANNA.member)
    attester = _who(doer, Capacity.AGENT_ATTESTANT, Place.AGENT, ARON.person, ARON.member)
    found = [_mark(_T.SEND, Role.ORDERER, customer, orderer)] if done else []
    if matter.way.agent_takes_part:
        found += [_mark(_T.APPROVE, Role.AGENT_HANDLER, agent, handler)] if done > 1 else []
        found += [_mark(_T.ATTEST, Role.ATTESTANT, agent, attester)] if done > 2 else []
    last = _T.INFORM_AGENT if matter.way.agent_takes_part else _T.HAND_OVER
    found += [_mark(_T.ATTEST, Role.ATTESTANT, customer, (ATLE.person, ATLE.member))] if done > 3 else []
    found += [_mark(last, Role.CUSTOMER_SERVICE, provider, (KARIN.person, KARIN.member))] if done > 4 else []
    found += [_mark(_T.COMPLETE, Role.CUSTOMER_SERVICE, provider, (KARIN.person, KARIN.member))] if done > 5 else []
    if state is _S.REJECTED:
        found.append(_mark(_T.REJECT, Role.ATTESTANT, customer, (ATLE.person, ATLE.member)))
    if state is _S.REJECTED_BY_AGENT:
        found.append(_mark(_T.REJECT, Role.AGENT_HANDLER, agent, (HANNA.person, HANNA.member)))
    if state is _S.WITHDRAWN:
        found.append(_mark(_T.WITHDRAW, Role.ORDERER, customer, orderer))
    return tuple(found)


@lru_cache(maxsize=64)
def order(doer: Doer, matter: Matter) -> Order:
    """The order of a question."""
    orderer = _who(doer, Capacity.ORDERER, Place.CUSTOMER, BERTA.person, BERTA.member)
    content = Content(
        organisation=NUMBERS[Place.CUSTOMER],
        orderer=orderer[1],
        orderer_person=orderer[0],
        offer=OFFERS[matter.way],
        service=SERVICE,
        mode=ConnectionMode.VIA_AGENT if matter.way.names_agent else ConnectionMode.DIRECT,
        flow=Flow.VIA_AGENT if matter.way.agent_takes_part else Flow.DIRECT,
        agent=NUMBERS[Place.AGENT] if matter.way.names_agent else None,
        answers=_FORMS[matter.form],
        terms=_accepted(matter),
    )
    course = _course(doer, matter)
    sent = any(mark.trigger is _T.SEND for mark in course)
    picked = None
    if matter.way.agent_takes_part and _DONE[matter.state] >= 2:
        picked = MINE if doer.picked else ARON.member
    return Order(
        id=THE_ORDER,
        state=matter.state,
        step=3 + len(course),
        since=LATELY,
        created=LONG_AGO,
        content=content,
        case_number="KO1554567899" if sent else None,
        digest=content_digest(content) if sent else None,
        picked=picked,
        course=course,
        reason="Provskäl." if matter.state in {_S.REJECTED, _S.REJECTED_BY_AGENT} else None,
    )
