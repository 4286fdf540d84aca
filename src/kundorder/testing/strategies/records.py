"""Records in any state, each of one piece: what has not been sent has no case number, what is signed has evidence."""

from datetime import timedelta
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.evidence import ASSURANCE, Document, Evidence
from kundorder.model import (
    AcceptedTerms,
    Content,
    Mark,
    Notice,
    Order,
)
from kundorder.testing.moves.paths import Way, states_of, ways
from kundorder.testing.strategies.answers import answers
from kundorder.testing.strategies.identifiers import (
    case_numbers,
    digests,
    member_ids,
    offer_ids,
    order_ids,
    organisation_numbers,
    person_ids,
    service_ids,
)
from kundorder.testing.strategies.named import SIGNATORIES, subject_ids
from kundorder.testing.strategies.texts import long_texts, plain_texts
from kundorder.testing.strategies.times import times
from kundorder.vocabulary import (
    AssuranceLevel,
    AttestMethod,
    ConnectionMode,
    Flow,
    OrderState,
    Party,
    Role,
    Template,
    Trigger,
)

_ENDED_WITH_REASON = (OrderState.REJECTED, OrderState.REJECTED_BY_AGENT)
_DECIDES = (Trigger.SEND, Trigger.APPROVE, Trigger.ATTEST, Trigger.REJECT, Trigger.COMPLETE)


@st.composite
def evidence(draw: DrawFn, *, signer: str | None = None) -> Evidence:
    """Evidence by every method; it proves nothing, for nobody has signed.

    Args:
        draw: given by Hypothesis.
        signer: who is said to have; drawn, if not given.
    """
    method = draw(st.sampled_from(AttestMethod))
    return Evidence(
        method=method,
        signer=draw(st.sampled_from(SIGNATORIES) | person_ids()) if signer is None else signer,
        digest=draw(digests()),
        signed_at=draw(times()),
        proof=draw(plain_texts()),
        signed_by=draw(st.just("") | person_ids()),
        level=draw(st.sampled_from((ASSURANCE[method], *AssuranceLevel))),
        identity=draw(st.just("") | digests()),
        follows=draw(st.none() | st.just("") | digests()),
    )


@cache
def documents() -> SearchStrategy[Document]:
    """What somebody attests or signs."""
    return st.builds(
        Document,
        subject=subject_ids(),
        number=st.integers(1, 99),
        step=st.integers(0, 99),
        act=st.sampled_from((Trigger.ATTEST, Trigger.SIGN, Trigger.DECLINE)).map(str),
        organisation=organisation_numbers(),
        capacity=st.sampled_from((Role.ATTESTANT, Role.SIGNATORY)),
        signer=st.sampled_from(SIGNATORIES) | person_ids(),
        content=digests(),
        text_sv=long_texts(),
        text_en=long_texts(),
    )


@st.composite
def contents(draw: DrawFn, *, flow: Flow | None = None, accepted: bool | None = None) -> Content:
    """What is ordered, in each flow and mode, overrides among them.

    Args:
        draw: given by Hypothesis.
        flow: the one in effect; drawn, if not given.
        accepted: whether the terms are; drawn, if not given.
    """
    taken = draw(st.sampled_from(Flow)) if flow is None else flow
    overridden = taken is Flow.DIRECT and draw(st.booleans())
    direct = taken is Flow.DIRECT and not overridden
    agent = organisation_numbers() if taken is Flow.VIA_AGENT else st.none() | organisation_numbers()
    terms = st.builds(AcceptedTerms, version=st.just("2026-1") | plain_texts(), digest=digests())
    has_terms = draw(st.booleans()) if accepted is None else accepted
    return Content(
        organisation=draw(organisation_numbers()),
        orderer=draw(member_ids()),
        orderer_person=draw(person_ids()),
        offer=draw(offer_ids()),
        service=draw(service_ids()),
        mode=ConnectionMode.DIRECT if direct else ConnectionMode.VIA_AGENT,
        flow=taken,
        agent=None if direct else draw(agent),
        answers=draw(answers()),
        terms=draw(terms) if has_terms else None,
        supplementary_to=draw(st.none() | order_ids()),
        copied_from=draw(st.none() | order_ids()),
    )


@st.composite
def order_records(draw: DrawFn, *, state: OrderState | None = None, flow: Flow | None = None) -> Order:
    """Orders in every state of every flow, as records; those that have come there on a portal are ``orders``.

    Args:
        draw: given by Hypothesis.
        state: where it stands; drawn, if not given.
        flow: the way it takes; drawn among those that know the state, if not given.

    Raises:
        LookupError: no order of this flow ever comes there.
    """
    flows = [each for each in Flow if state is None or state in states_of(each)]
    taken = draw(st.sampled_from(flows)) if flow is None else flow
    here = draw(st.sampled_from(states_of(taken))) if state is None else state
    way = draw(st.sampled_from(ways(taken, here)))
    pulled = [cell.trigger for cell in way]
    sent = Trigger.SEND in pulled
    content = draw(contents(flow=taken, accepted=True if sent else None))
    identifier, created, step = draw(order_ids()), draw(times()), draw(st.integers(len(way), 99))
    said = _notice(identifier, step)
    return Order(
        id=identifier,
        state=here,
        step=step,
        since=created + timedelta(minutes=draw(st.integers(0, 10**6))),
        created=created,
        content=content,
        case_number=draw(case_numbers()) if sent else None,
        digest=draw(digests()) if sent else None,
        picked=draw(member_ids()) if Trigger.APPROVE in pulled else None,
        course=draw(_course(way, content)),
        notices=tuple(draw(st.lists(said, max_size=2))),
        evidence=tuple(draw(evidence()) for trigger in pulled if trigger is Trigger.ATTEST),
        reason=draw(long_texts()) if here in _ENDED_WITH_REASON else None,
        instructions=draw(long_texts()) if Trigger.HAND_OVER in pulled else None,
    )


def _notice(order: str, step: int) -> SearchStrategy[Notice]:
    return st.builds(
        Notice,
        order=st.just(order),
        step=st.just(step),
        organisation=organisation_numbers(),
        member=member_ids(),
        template=st.sampled_from(Template),
        since=times(),
    )


@st.composite
def _course(draw: DrawFn, way: Way, content: Content) -> tuple[Mark, ...]:
    acting = {Party.CUSTOMER: content.organisation, Party.AGENT: content.agent or ""}
    found: list[Mark] = []
    for cell in way:
        if cell.trigger in _DECIDES:
            organisation = acting.get(cell.party) or draw(organisation_numbers())
            found.append(draw(marks(trigger=cell.trigger, role=cell.role, party=cell.party, organisation=organisation)))
    return tuple(found)


@st.composite
def marks(
    draw: DrawFn,
    *,
    trigger: Trigger = Trigger.APPLY,
    role: Role | None = None,
    party: Party = Party.CUSTOMER,
    organisation: str | None = None,
) -> Mark:
    """What somebody has decided, shown to their own organisation or to another one.

    Args:
        draw: given by Hypothesis.
        trigger: what was done.
        role: in which role.
        party: on whose side.
        organisation: for whom; drawn, if not given.
    """
    named = draw(st.booleans())
    return Mark(
        trigger=trigger,
        role=role,
        party=party,
        organisation=draw(organisation_numbers()) if organisation is None else organisation,
        person=draw(person_ids()) if named else None,
        member=draw(member_ids()) if named else None,
        at=draw(times()),
    )
