"""Which questions about orders are asked: the cells of the table."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Final

from kundorder.vocabulary import AssignmentState, OrderState, Role, Trigger
from oracle.asked import (
    Accepted,
    Ask,
    Capacity,
    Choice,
    Doer,
    Facts,
    Form,
    Granted,
    Matter,
    Method,
    OfferNow,
    Paper,
    Person,
    Place,
    Policy,
    Proof,
    Question,
    Said,
    Standing,
    Supplement,
    Way,
)
from oracle.order_people import BEEN, CAST, MADE_IT, ROLES, me, standings

_S, _T = OrderState, Trigger
DIRECT_STATES: Final = (
    _S.DRAFT,
    _S.AWAITING_CUSTOMER_ATTEST,
    _S.ATTESTED,
    _S.HANDED_OVER,
    _S.COMPLETED,
    _S.REJECTED,
    _S.WITHDRAWN,
)
STATES: Final = {
    Way.DIRECT: DIRECT_STATES,
    Way.TGP_VIA_AGENT: DIRECT_STATES,
    Way.VIA_AGENT: tuple(state for state in _S if state is not _S.HANDED_OVER),
}
"""Which states an order can be in, by the way it goes."""


def matters() -> Iterator[Matter]:
    """Every state of every way."""
    for way, states in STATES.items():
        for state in states:
            yield Matter(way=way, state=state)
        yield Matter(way=way, state=_S.WITHDRAWN, was_sent=False)


PLAIN: Final = (
    Ask(trigger=_T.START),
    Ask(trigger=_T.COPY_AS_DRAFT),
    Ask(trigger=_T.FILL_IN, said=Said.RIGHT),
    Ask(trigger=_T.FILL_IN, said=Said.WRONG),
    Ask(trigger=_T.ACCEPT_TERMS, said=Said.RIGHT),
    Ask(trigger=_T.ACCEPT_TERMS, said=Said.WRONG),
    Ask(trigger=_T.SEND),
    Ask(trigger=_T.APPROVE, certified=True, person=Person.ATTESTANT),
    Ask(trigger=_T.APPROVE),
    Ask(trigger=_T.PICK_ATTESTANT, person=Person.ATTESTANT),
    Ask(trigger=_T.PICK_ATTESTANT),
    Ask(trigger=_T.ATTEST, method=Method.BANKID, proof=Proof.RIGHT),
    Ask(trigger=_T.ATTEST),
    Ask(trigger=_T.REJECT, said=Said.SOMETHING),
    Ask(trigger=_T.REJECT),
    Ask(trigger=_T.WITHDRAW),
    Ask(trigger=_T.WITHDRAW, said=Said.SOMETHING),
    Ask(trigger=_T.HAND_OVER, said=Said.SOMETHING),
    Ask(trigger=_T.HAND_OVER),
    Ask(trigger=_T.INFORM_AGENT),
    Ask(trigger=_T.COMPLETE),
)
"""Each command at its best and, where it can be, at its worst."""
BEST: Final = tuple(
    ask
    for ask in PLAIN
    if ask.said in {Said.RIGHT, Said.SOMETHING} or ask.proof is Proof.RIGHT or ask.person is Person.ATTESTANT
) + tuple(Ask(trigger=each) for each in (_T.COPY_AS_DRAFT, _T.SEND, _T.INFORM_AGENT, _T.COMPLETE))
"""Each command at its best, but for starting an order."""
FULL: Final = tuple(ask for ask in PLAIN if ask.trigger is not _T.START)


def everybody() -> Iterator[Question]:
    """Everybody asks everything of an order in every state, as things usually are."""
    for doer, matter in product(standings(), matters()):
        for ask in PLAIN:
            if ask.trigger is not _T.START or matter.state is _S.DRAFT:
                yield Question(doer, matter, Facts(), Policy(), ask)


ASSIGNMENTS: Final = (None, *AssignmentState)
AGENT_PAPERS: Final = tuple(paper for paper in Paper if paper is not Paper.LEGACY)
WAYS: Final = tuple(Way)


def _one_thing_wrong() -> Iterator[Facts]:
    yield Facts()
    yield from (Facts(agreement=paper) for paper in Paper if paper is not Paper.SIGNED)
    yield from (Facts(agent_agreement=paper) for paper in AGENT_PAPERS if paper is not Paper.SIGNED)
    yield from (Facts(assignment=state) for state in ASSIGNMENTS if state is not AssignmentState.ACTIVE)
    yield from (Facts(attestant=False), Facts(handler=False), Facts(agent_attestant=False))


def freshness() -> Iterator[Question]:
    """One fact has changed, a second ago; the people who matter ask everything of an order in every state."""
    for facts, doer, matter in product(_one_thing_wrong(), CAST, matters()):
        for ask in BEST:
            yield Question(doer, matter, facts, Policy(), ask)


def before_ordering() -> Iterator[Question]:
    """Everything that has to be there before an order is started, and again when it is sent, in every combination."""
    for paper, agent_paper, assigned in product(Paper, AGENT_PAPERS, ASSIGNMENTS):
        for attests, handles, agent_attests in product((True, False), repeat=3):
            facts = Facts(
                agreement=paper,
                attestant=attests,
                agent_agreement=agent_paper,
                assignment=assigned,
                handler=handles,
                agent_attestant=agent_attests,
            )
            for doer, goes, trigger in product(CAST[:2], (Way.VIA_AGENT, Way.TGP_VIA_AGENT), (_T.START, _T.SEND)):
                yield Question(doer, Matter(way=goes), facts, Policy(), Ask(trigger=trigger))


def drafts() -> Iterator[Question]:
    """Every draft, finished or not, with the catalogue of then or of now, is sent and worked on."""
    asks = (
        Ask(trigger=_T.SEND),
        Ask(trigger=_T.WITHDRAW),
        *(
            Ask(trigger=_T.FILL_IN, said=said)
            for said in (Said.NOTHING, Said.RIGHT, Said.PARTLY, Said.WRONG, Said.STRANGE)
        ),
        *(Ask(trigger=_T.ACCEPT_TERMS, said=said) for said in (Said.RIGHT, Said.WRONG)),
    )
    for goes, form, accepted, offer in product(WAYS, Form, Accepted, OfferNow):
        if goes is Way.DIRECT and offer is OfferNow.OTHER_FLOW:
            continue
        matter = Matter(way=goes, form=form, accepted=accepted, offer=offer)
        for doer, attests, paper, ask in product(CAST[:5], (True, False), (Paper.SIGNED, Paper.LEGACY), asks):
            yield Question(doer, matter, Facts(attestant=attests, agreement=paper), Policy(), ask)
        bare = Facts(agent_agreement=Paper.TERMINATED, assignment=None, handler=False, agent_attestant=False)
        for doer in CAST[:5]:
            yield Question(doer, matter, bare, Policy(), asks[0])


def starts() -> Iterator[Question]:
    """Everybody starts everything, and supplements everything."""
    sets = (frozenset[Role](), frozenset({Role.ORDERER}), frozenset({Role.ORDERER, Role.ATTESTANT}), frozenset(ROLES))
    places = (Place.CUSTOMER, Place.OTHER_CUSTOMER, Place.AGENT, Place.OTHER_AGENT, Place.PROVIDER)
    doers = [Doer(place=place, roles=roles) for place, roles in product(places, sets)]
    doers += [each for each in standings() if each.standing is not Standing.ACTIVE]
    doers.append(Doer(place=Place.SYSTEM))
    for doer, goes, choice, supplement, offer in product(doers, WAYS, Choice, Supplement, OfferNow):
        if goes is Way.DIRECT and offer is OfferNow.OTHER_FLOW:
            continue
        ask = Ask(trigger=_T.START, choice=choice, supplement=supplement)
        yield Question(doer, Matter(way=goes, offer=offer), Facts(), Policy(), ask)


def _possible(doer: Doer, matter: Matter) -> bool:
    """Whether somebody can have done it before: not at the agent if none takes part, not before it was done."""
    agents = {Capacity.APPROVER, Capacity.AGENT_ATTESTANT}
    if not matter.way.agent_takes_part:
        return not agents & doer.has_been
    early = matter.state in {_S.DRAFT, _S.AWAITING_AGENT_APPROVAL, _S.REJECTED_BY_AGENT, _S.WITHDRAWN}
    return not (early and agents & doer.has_been) and not (
        matter.state is _S.AWAITING_AGENT_ATTEST and Capacity.AGENT_ATTESTANT in doer.has_been
    )


def doubled(doer: Doer, matter: Matter) -> set[Person]:
    """Whom nobody can pick: an approver before there is one; somebody for whom the one who acts has ordered it."""
    found = {Person.APPROVER} if matter.state is _S.AWAITING_AGENT_APPROVAL else set[Person]()
    return found | ({Person.ORDERER, Person.APPROVER} if doer.has_been else set())


def attests() -> Iterator[Question]:
    """Every method with every proof, under every policy, by everybody who may attest and some who may not."""
    doers = [me(Place.CUSTOMER, Role.ATTESTANT, Role.ORDERER, been=been) for been in BEEN]
    doers += [me(Place.CUSTOMER, Role.ADMINISTRATOR), me(Place.CUSTOMER, Role.ATTESTANT)]
    doers += [me(Place.AGENT, Role.ATTESTANT, picked=True, been=been) for been in BEEN]
    doers += [me(Place.AGENT, Role.AGENT_HANDLER, granted=Granted.HERE), me(Place.AGENT, Role.ATTESTANT)]
    cells = [Matter(way=goes, state=_S.AWAITING_CUSTOMER_ATTEST) for goes in WAYS]
    cells.append(Matter(way=Way.VIA_AGENT, state=_S.AWAITING_AGENT_ATTEST))
    policies = [
        Policy(four_eyes=eyes, all_methods=every, substantial=sure, offer_asks_high=high)
        for eyes, every, sure, high in product((False, True), repeat=4)
    ]
    for matter, doer in product(cells, doers):
        if not _possible(doer, matter):
            continue
        for policy, chosen, proof in product(policies, Method, Proof):
            ask = Ask(trigger=_T.ATTEST, method=chosen, proof=proof)
            yield Question(doer, matter, Facts(), policy, ask)


def reviews() -> Iterator[Question]:
    """Every handler approves and picks everybody, certified or not, whatever has become of the agent's papers."""
    doers = [
        me(Place.AGENT, *roles, granted=granted, been=been)
        for roles in ((Role.AGENT_HANDLER,), (Role.AGENT_HANDLER, Role.ATTESTANT), (Role.ATTESTANT,))
        for granted in Granted
        for been in (frozenset[Capacity](), MADE_IT, MADE_IT | {Capacity.APPROVER})
    ]
    cells = (
        (Matter(way=Way.VIA_AGENT, state=_S.AWAITING_AGENT_APPROVAL), _T.APPROVE),
        (Matter(way=Way.VIA_AGENT, state=_S.AWAITING_AGENT_ATTEST), _T.PICK_ATTESTANT),
    )
    papers = (
        Facts(),
        Facts(agent_attestant=False),
        Facts(assignment=AssignmentState.ENDED),
        Facts(assignment=None),
        Facts(agent_agreement=Paper.TERMINATED),
        Facts(agreement=Paper.TERMINATED),
        Facts(attestant=False),
    )
    for (matter, trigger), doer, facts in product(cells, doers, papers):
        if not _possible(doer, matter):
            continue
        for eyes, certified, person in product((False, True), (False, True), Person):
            if person in doubled(doer, matter):
                continue
            ask = Ask(trigger=trigger, certified=certified, person=person)
            yield Question(doer, matter, facts, Policy(four_eyes=eyes), ask)


def four_eyes() -> Iterator[Question]:
    """Whoever has acted before, under whatever account, asks everything, with four eyes and the system at work."""
    doers = [
        me(place, *roles, granted=granted, picked=picked, been=been)
        for been in BEEN
        for place, roles, granted, picked in (
            (Place.CUSTOMER, (Role.ATTESTANT,), Granted.NOT, False),
            (Place.CUSTOMER, (Role.ORDERER, Role.ATTESTANT), Granted.NOT, False),
            (Place.AGENT, (Role.AGENT_HANDLER, Role.ATTESTANT), Granted.HERE, True),
            (Place.AGENT, (Role.ATTESTANT,), Granted.NOT, True),
            (Place.PROVIDER, (Role.CUSTOMER_SERVICE,), Granted.NOT, False),
        )
    ]
    doers.append(Doer(place=Place.SYSTEM))
    for doer, matter, automatic in product(doers, matters(), (False, True)):
        if _possible(doer, matter):
            for ask in FULL:
                yield Question(doer, matter, Facts(), Policy(four_eyes=True, inform_automatically=automatic), ask)


GRIDS: Final[Mapping[str, Callable[[], Iterator[Question]]]] = {
    "everybody asks everything": everybody,
    "one fact has changed": freshness,
    "all that has to be there before": before_ordering,
    "drafts": drafts,
    "starts": starts,
    "attests": attests,
    "reviews": reviews,
    "four eyes": four_eyes,
}
"""All of them."""
