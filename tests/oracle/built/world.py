"""The facts around a question: organisations, agreements, assignments and people, as a store would hold them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

import attrs

from kundorder.codec import terms_digest
from kundorder.directory import Account, Holder, Holders, Login, Mailbox
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import (
    AgentAssignment,
    Agreement,
    Contact,
    HandlerGrant,
    Member,
    Organisation,
    Provider,
    Record,
    Signatory,
)
from kundorder.sample import CATALOGUE
from kundorder.situation import (
    THE_PROVIDER,
    Fact,
    Key,
    account_key,
    agreement_key,
    assignment_key,
    holders_key,
    login_key,
    mailbox_key,
    member_key,
    organisation_key,
)
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    CustomerCategory,
    Language,
    Party,
    ProviderState,
    Role,
    UserState,
)
from oracle.asked import Doer, Facts, Granted, Paper, Place, Standing
from oracle.built.names import ARON, ATLE, EXTRAS, HANNA, LATELY, LONG_AGO, ME, MINE, NUMBERS, Extra

Records: TypeAlias = dict[Key, Record]

SERVICE: Final = "npo"
OTHER_SERVICE: Final = "journalen"
_STATES: Final = {
    Standing.ACTIVE: UserState.ACTIVE,
    Standing.INVITED: UserState.INVITED,
    Standing.DELETED: UserState.DELETED,
}


def address(person: str, place: Place) -> str:
    """Where mail reaches somebody."""
    return f"{person}@o{NUMBERS[place].replace('-', '')}.example"


def contact(person: str, place: Place) -> Contact:
    """Somebody an application names."""
    return Contact(name=f"{person.capitalize()} Prov", email=address(person, place))


@lru_cache
def agreement(place: Place, party: Party, paper: Paper) -> Agreement | None:
    """An organisation's agreement, if it has one."""
    if paper is Paper.NONE:
        return None
    legacy = paper is Paper.LEGACY
    terms = CATALOGUE.customer_agreement if party is Party.CUSTOMER else CATALOGUE.agent_agreement
    return Agreement(
        id=agreement_id_of(party, NUMBERS[place]),
        party=party,
        organisation=NUMBERS[place],
        number=1,
        state=AgreementState.SIGNED if legacy else AgreementState(paper.value),
        step=2,
        since=LONG_AGO,
        model=AgreementModel.LEGACY if legacy else AgreementModel.CURRENT,
        name="Provorganisationen",
        category=CustomerCategory.REGION if party is Party.CUSTOMER else None,
        administrator=contact("adam", place),
        agreement_contact=contact("kontakt", place),
        signatories=(Signatory(id="s1", contact=contact("firma", place)),),
        terms_version=terms.version,
        terms_digest=terms_digest(terms),
    )


@lru_cache
def _organisations() -> tuple[Organisation, ...]:
    return tuple(
        Organisation(
            number=number,
            name="Provorganisationen",
            category=CustomerCategory.REGION if place in {Place.CUSTOMER, Place.OTHER_CUSTOMER} else None,
            is_agent=place in {Place.AGENT, Place.OTHER_AGENT},
            is_provider=place is Place.PROVIDER,
        )
        for place, number in NUMBERS.items()
        if place is not Place.NOWHERE
    )


@lru_cache
def _member(extra: Extra) -> Member:
    return Member(
        id=extra.member,
        organisation=NUMBERS[extra.place],
        state=UserState.INVITED if extra.invited else UserState.ACTIVE,
        step=2,
        since=LONG_AGO,
        name=f"{extra.person.capitalize()} Prov",
        email=address(extra.person, extra.place),
        phone=None,
        language=Language.SV,
        roles=tuple(sorted(extra.roles)),
        person=None if extra.invited else extra.person,
    )


def _me(doer: Doer) -> Member:
    return Member(
        id=MINE,
        organisation=NUMBERS[doer.place],
        state=_STATES[doer.standing],
        step=2,
        since=LONG_AGO,
        name="Mia Prov",
        email=address(ME, doer.place),
        phone=None,
        language=Language.SV,
        roles=tuple(sorted(doer.roles)) if doer.standing is not Standing.DELETED else (),
        person=None if doer.standing is Standing.INVITED else ME,
    )


def people(members: Iterable[Member]) -> Records:
    """Users, and all that tells who is who."""
    found: Records = {}
    holding: dict[tuple[str, Role], list[Holder]] = {}
    for each in members:
        found[member_key(each.id)] = each
        found[account_key(each.organisation, each.email)] = Account(
            organisation=each.organisation, email=each.email, member=each.id
        )
        if each.person is not None:
            found[login_key(each.organisation, each.person)] = Login(
                organisation=each.organisation, person=each.person, member=each.id
            )
            found[mailbox_key(each.email)] = Mailbox(email=each.email, person=each.person)
        if each.state is UserState.ACTIVE and each.person is not None:
            for role in each.roles:
                holding.setdefault((each.organisation, role), []).append(
                    Holder(member=each.id, person=each.person, since=LONG_AGO)
                )
    for (organisation, role), holders in holding.items():
        found[holders_key(organisation, role)] = Holders(organisation=organisation, role=role, holders=tuple(holders))
    return found


def _grants(doer: Doer, facts: Facts) -> tuple[HandlerGrant, ...]:
    found = [HandlerGrant(member=HANNA.member, granted_at=LATELY, held_since=LONG_AGO)] if facts.handler else []
    if doer.granted in {Granted.HERE, Granted.LAPSED}:
        since = LONG_AGO if doer.granted is Granted.HERE else LONG_AGO.replace(year=2025)
        found.append(HandlerGrant(member=MINE, granted_at=since, held_since=since))
    return tuple(found)


def assignment(service: str, state: AssignmentState, grants: tuple[HandlerGrant, ...], place: Place) -> AgentAssignment:
    """An agent's assignment."""
    return AgentAssignment(
        id=assignment_id_of(NUMBERS[place], service),
        agent=NUMBERS[place],
        service=service,
        number=1,
        state=state,
        step=4,
        since=LONG_AGO,
        grants=grants,
    )


@lru_cache(maxsize=256)
def _everybody(place: Place, standing: Standing, roles: frozenset[Role], gone: frozenset[Extra]) -> Records:
    """Everybody there is, those who are gone without their roles, and the one who acts; and their organisations."""
    members = [_member(attrs.evolve(each, roles=()) if each in gone else each) for each in EXTRAS]
    if place in NUMBERS and place is not Place.NOWHERE and standing is not Standing.STRANGER:
        members.append(_me(Doer(place=place, standing=standing, roles=roles)))
    found = people(members)
    found |= {organisation_key(each.number): each for each in _organisations()}
    found[THE_PROVIDER] = Provider(
        organisation=NUMBERS[Place.PROVIDER], state=ProviderState.ESTABLISHED, step=1, since=LONG_AGO
    )
    return found


def _gone(facts: Facts) -> frozenset[Extra]:
    return frozenset((() if facts.attestant else (ATLE,)) + (() if facts.agent_attestant else (ARON,)))


def _papers(doer: Doer, facts: Facts) -> Records:
    """Agreements and assignments."""
    papers = (
        agreement(Place.CUSTOMER, Party.CUSTOMER, facts.agreement),
        agreement(Place.OTHER_CUSTOMER, Party.CUSTOMER, Paper.SIGNED),
        agreement(Place.AGENT, Party.AGENT, facts.agent_agreement),
        agreement(Place.OTHER_AGENT, Party.AGENT, Paper.SIGNED),
    )
    elsewhere = HandlerGrant(member=MINE, granted_at=LONG_AGO, held_since=LONG_AGO)
    others = (elsewhere,) if doer.granted is Granted.ELSEWHERE else ()
    assigned = [
        assignment(OTHER_SERVICE, AssignmentState.ACTIVE, others, Place.AGENT),
        assignment(SERVICE, AssignmentState.ACTIVE, (), Place.OTHER_AGENT),
    ]
    if facts.assignment is not None:
        assigned.append(assignment(SERVICE, facts.assignment, _grants(doer, facts), Place.AGENT))
    found: Records = {agreement_key(each.id): each for each in papers if each is not None}
    return found | {assignment_key(each.id): each for each in assigned}


def records(doer: Doer, facts: Facts) -> Records:
    """All there is besides orders."""
    return _everybody(doer.place, doer.standing, doer.roles, _gone(facts)) | _papers(doer, facts)


def facts_of(held: Mapping[Key, Record]) -> dict[Key, Fact]:
    """As a store hands them over."""
    return {key: fact_of(record) for key, record in held.items()}


def fact_of(record: Record) -> Fact:
    """A record as it was read."""
    return Fact(1, record, 1, "0" * 64)


@lru_cache(maxsize=256)
def _facts_of_everybody(
    place: Place, standing: Standing, roles: frozenset[Role], gone: frozenset[Extra]
) -> dict[Key, Fact]:
    return facts_of(_everybody(place, standing, roles, gone))


@lru_cache(maxsize=256)
def held(doer: Doer, facts: Facts) -> dict[Key, Fact]:
    """All there is besides orders, as a store hands it over; to be copied, not changed."""
    everybody = _facts_of_everybody(doer.place, doer.standing, doer.roles, _gone(facts))
    return everybody | facts_of(_papers(doer, facts))
