"""Agreements and assignments in any state, as records."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from kundorder.authority import Authority
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import AgentAssignment, Agreement, HandlerGrant, Signatory
from kundorder.testing.strategies.identifiers import (
    digests,
    member_ids,
    organisation_numbers,
    service_ids,
)
from kundorder.testing.strategies.named import SIGNATORIES
from kundorder.testing.strategies.people import contacts
from kundorder.testing.strategies.records import evidence, marks
from kundorder.testing.strategies.texts import display_names, long_texts, plain_texts
from kundorder.testing.strategies.times import times
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    CustomerCategory,
    Party,
)

_SIGNED = (AgreementState.SIGNED, AgreementState.TERMINATED)
_ATTESTED = (AssignmentState.ATTESTED, AssignmentState.ACTIVE, AssignmentState.ENDED)
_OVER = (AgreementState.REJECTED, AgreementState.DECLINED, AssignmentState.REJECTED)


@st.composite
def agreements(draw: DrawFn, *, state: AgreementState | None = None, party: Party | None = None) -> Agreement:
    """Agreements of customers and agents in every state, as records; signed by all, or in force since before us.

    Args:
        draw: given by Hypothesis.
        state: where it stands; drawn, if not given.
        party: customer or agent; drawn, if not given.
    """
    here = draw(st.sampled_from(AgreementState)) if state is None else state
    side = draw(st.sampled_from((Party.CUSTOMER, Party.AGENT))) if party is None else party
    organisation = draw(organisation_numbers())
    named = draw(st.integers(1, len(SIGNATORIES)))
    signed = named if here in _SIGNED and draw(st.booleans()) else 0
    if here is AgreementState.AWAITING_SIGNATURE:
        signed = draw(st.integers(0, named - 1))
    signatories = tuple(
        Signatory(
            id=each,
            contact=draw(contacts()),
            evidence=draw(evidence(signer=each)) if number <= signed else None,
            turn=number if number <= signed else 0,
        )
        for number, each in enumerate(SIGNATORIES[:named], 1)
    )
    by = tuple(each.id for each in signatories)
    authority = Authority(binds=True, right=draw(plain_texts()), on=draw(st.dates()), by=by)
    return Agreement(
        id=agreement_id_of(side, organisation),
        party=side,
        organisation=organisation,
        number=draw(st.integers(1, 9)),
        state=here,
        step=draw(st.integers(1, 99)),
        since=draw(times()),
        model=AgreementModel.CURRENT if side is Party.AGENT else draw(st.sampled_from(AgreementModel)),
        name=draw(display_names()),
        category=None if side is Party.AGENT else draw(st.sampled_from(CustomerCategory)),
        administrator=draw(contacts()),
        agreement_contact=draw(contacts()),
        signatories=signatories,
        terms_version=draw(st.just("2026-1") | plain_texts()),
        terms_digest=draw(digests()),
        marks=tuple(draw(st.lists(marks(party=side, organisation=organisation), max_size=2))),
        reason=draw(long_texts()) if here in _OVER else None,
        authority=authority if here in _SIGNED and signed else None,
    )


@st.composite
def assignments(draw: DrawFn, *, state: AssignmentState | None = None) -> AgentAssignment:
    """Assignments of agents in every state, as records.

    Args:
        draw: given by Hypothesis.
        state: where it stands; drawn, if not given.
    """
    here = draw(st.sampled_from(AssignmentState)) if state is None else state
    agent, service = draw(organisation_numbers()), draw(service_ids())
    grant = st.builds(HandlerGrant, member=member_ids(), granted_at=times(), held_since=times())
    return AgentAssignment(
        id=assignment_id_of(agent, service),
        agent=agent,
        service=service,
        number=draw(st.integers(1, 9)),
        state=here,
        step=draw(st.integers(1, 99)),
        since=draw(times()),
        grants=tuple(draw(st.lists(grant, max_size=2))) if here is AssignmentState.ACTIVE else (),
        marks=tuple(draw(st.lists(marks(party=Party.AGENT, organisation=agent), max_size=2))),
        evidence=(draw(evidence()),) if here in _ATTESTED else (),
        reason=draw(long_texts()) if here in _OVER else None,
    )
