"""Who may look at what, found out by asking ``policies.sees`` about every role and every kind of record."""

from datetime import UTC, datetime
from typing import Final, TypeAlias, final

import attrs

from kundorder.catalogue import Catalogue, Terms
from kundorder.directory import Holder, Holders
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import (
    Actor,
    AgentAssignment,
    Agreement,
    Contact,
    Content,
    HandlerGrant,
    Member,
    Order,
    Organisation,
    Rules,
    Subject,
)
from kundorder.policies import sees
from kundorder.portal.settings import SystemIds
from kundorder.situation import Act, Case, Fact, Key, Situation, assignment_key, holders_key
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    ConnectionMode,
    CustomerCategory,
    Flow,
    Language,
    OrderState,
    Party,
    Role,
    UserState,
)

_THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_HERE: Final = {Party.CUSTOMER: "999200-0001", Party.AGENT: "556677-8899", Party.PROVIDER: "999100-0002"}
_ELSEWHERE: Final = "999300-0000"
_AGENT: Final = _HERE[Party.AGENT]
_SERVICE: Final = "service"
_ASSIGNMENT: Final = assignment_id_of(_AGENT, _SERVICE)
_ME, _SOMEBODY = "m-me", "m-somebody"


@final
@attrs.frozen
class Viewer:
    """Somebody with one role, or with none."""

    role: Role | None
    granted: bool = False  # a handler, in the assignment at hand


Records: TypeAlias = tuple[tuple[str, tuple[Subject, ...]], ...]
"""Kinds of record, each with what stands for it; whoever sees all of that sees the kind."""

VIEWERS: Final = {
    Party.CUSTOMER: (
        Viewer(Role.ADMINISTRATOR),
        Viewer(Role.AGREEMENT_CONTACT),
        Viewer(Role.ORDERER),
        Viewer(Role.ATTESTANT),
        Viewer(None),
    ),
    Party.AGENT: (
        Viewer(Role.ADMINISTRATOR),
        Viewer(Role.AGREEMENT_CONTACT),
        Viewer(Role.ATTESTANT),
        Viewer(Role.AGENT_ASSIGNMENT_ORDERER),
        Viewer(Role.AGENT_HANDLER, granted=True),
        Viewer(Role.AGENT_HANDLER),
        Viewer(None),
    ),
    Party.PROVIDER: (
        Viewer(Role.ADMINISTRATOR),
        Viewer(Role.PROVIDER_OFFICER),
        Viewer(Role.CUSTOMER_SERVICE),
        Viewer(None),
    ),
}
"""Who there is on each side."""


def _member(identifier: str, organisation: str, viewer: Viewer) -> Member:
    return Member(
        id=identifier,
        organisation=organisation,
        state=UserState.ACTIVE,
        step=1,
        since=_THEN,
        name="Prov",
        email="prov@portal.example",
        phone=None,
        language=Language.SV,
        roles=() if viewer.role is None else (viewer.role,),
        person=identifier,
    )


def _order(customer: str, orderer: str = _SOMEBODY, flow: Flow = Flow.DIRECT, *, is_sent: bool = True) -> Order:
    content = Content(
        organisation=customer,
        orderer=orderer,
        orderer_person=orderer,
        offer=_SERVICE,
        service=_SERVICE,
        mode=ConnectionMode.VIA_AGENT,
        flow=flow,
        agent=_AGENT,
    )
    state = OrderState.AWAITING_CUSTOMER_ATTEST if is_sent else OrderState.DRAFT
    number = "KO1554567899" if is_sent else None
    return Order(id="o-1", state=state, step=1, since=_THEN, created=_THEN, content=content, case_number=number)


def _agreement(party: Party, organisation: str) -> Agreement:
    contact = Contact(name="Prov", email="prov@portal.example")
    return Agreement(
        id=agreement_id_of(party, organisation),
        party=party,
        organisation=organisation,
        number=1,
        state=AgreementState.SIGNED,
        step=1,
        since=_THEN,
        model=AgreementModel.CURRENT,
        name="Prov",
        category=None,
        administrator=contact,
        agreement_contact=contact,
        signatories=(),
        terms_version="1",
        terms_digest="",
    )


def _assignment(viewer: Viewer) -> AgentAssignment:
    return AgentAssignment(
        id=_ASSIGNMENT,
        agent=_AGENT,
        service=_SERVICE,
        number=1,
        state=AssignmentState.ACTIVE,
        step=1,
        since=_THEN,
        grants=(HandlerGrant(member=_ME, granted_at=_THEN, held_since=_THEN),) if viewer.granted else (),
    )


def records(party: Party, viewer: Viewer) -> Records:
    """What there is to be seen from this side."""
    here = _HERE[party]
    users = ("users of the own organisation", (_member(_SOMEBODY, here, Viewer(None)),))
    oneself = ("oneself as a user", (_member(_ME, here, viewer),))
    theirs = (_order(_ELSEWHERE), _agreement(Party.CUSTOMER, _ELSEWHERE), _member(_ME, _ELSEWHERE, Viewer(None)))
    drafts = (_order(_ELSEWHERE, is_sent=False), _order(_ELSEWHERE, flow=Flow.VIA_AGENT, is_sent=False))
    if party is Party.PROVIDER:
        everything = (*theirs, *drafts, _assignment(viewer))
        return users, oneself, ("orders, agreements, assignments and users of all others", everything)
    agreement = ("the agreement of the own organisation", (_agreement(party, here),))
    others = ("orders, agreements and users of all others", theirs)
    if party is Party.CUSTOMER:
        own = ("orders of the own organisation", (_order(here), _order(here, is_sent=False)))
        mine = ("orders one has made oneself", (_order(here, _ME), _order(here, _ME, is_sent=False)))
        return own, mine, agreement, users, oneself, others
    return (
        ("sent orders that go via the own organisation as agent", (_order(_ELSEWHERE, flow=Flow.VIA_AGENT),)),
        ("the same before they are sent", drafts),
        ("orders that name it and take the direct flow (TGP)", (_order(_ELSEWHERE),)),
        ("the agent's assignments", (_assignment(viewer),)),
        agreement,
        users,
        oneself,
        others,
    )


def sees_all(party: Party, viewer: Viewer, subjects: tuple[Subject, ...]) -> bool:
    """Whether somebody on this side may look at all of these."""
    here = _HERE[party]
    me = _member(_ME, here, viewer)
    mine = Organisation(
        number=here,
        name="Prov",
        category=CustomerCategory.REGION if party is Party.CUSTOMER else None,
        is_agent=party is Party.AGENT,
        is_provider=party is Party.PROVIDER,
    )
    case = Case(_situation(viewer), _act(here), None, me, mine)
    return all(sees(attrs.evolve(case, subject=subject), subject) for subject in subjects)


def _situation(viewer: Viewer) -> Situation:
    role = Role.AGENT_HANDLER
    holders = (Holder(member=_ME, person=_ME, since=_THEN),) if viewer.role is role else ()
    facts: dict[Key, Fact] = {
        assignment_key(_ASSIGNMENT): Fact(1, _assignment(viewer)),
        holders_key(_AGENT, role): Fact(1, Holders(organisation=_AGENT, role=role, holders=holders)),
    }
    return Situation(facts)


def _act(here: str) -> Act:
    terms = Terms(version="1", text_sv="Prov", text_en="Trial")
    catalogue = Catalogue(customer_agreement=terms, agent_agreement=terms, services=(), offers=())
    return Act(Actor(_ME, here), _THEN, SystemIds(), Rules(), catalogue)
