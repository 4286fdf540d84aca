"""Who there is: persons who act, users with their roles, organisations with their people, and what they apply for."""

from collections.abc import Mapping
from functools import cache
from typing import Final, final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.model import Actor, Contact, CustomerApplication, Member, Organisation
from kundorder.testing.strategies.choosing import apart, subsets
from kundorder.testing.strategies.identifiers import (
    digests,
    email_addresses,
    member_ids,
    organisation_numbers,
    person_ids,
    phone_numbers,
)
from kundorder.testing.strategies.texts import display_names
from kundorder.testing.strategies.times import times
from kundorder.vocabulary import CustomerCategory, Language, Party, Role, UserState

ROLES: Final[Mapping[Party, tuple[Role, ...]]] = {
    Party.CUSTOMER: (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT, Role.ATTESTANT, Role.ORDERER),
    Party.AGENT: (
        Role.ADMINISTRATOR,
        Role.AGENT_ASSIGNMENT_ORDERER,
        Role.AGENT_HANDLER,
        Role.AGREEMENT_CONTACT,
        Role.ATTESTANT,
    ),
    Party.PROVIDER: (Role.ADMINISTRATOR, Role.CUSTOMER_SERVICE, Role.PROVIDER_OFFICER),
}
"""Which roles there are in an organisation of this kind (R18)."""

_PEOPLE: Final = ("adam", "anna", "bo", "cilla", "david")


@final
@attrs.frozen(kw_only=True)
class StaffedOrganisation:
    """An organisation and its users, one of whom at least is an active administrator."""

    organisation: Organisation
    members: tuple[Member, ...]


@cache
def actors() -> SearchStrategy[Actor]:
    """Persons who act for an organisation, whether or not they may."""
    return st.builds(Actor, person_ids(), organisation_numbers())


@cache
def contacts() -> SearchStrategy[Contact]:
    """Persons who are named in an application."""
    return st.builds(
        Contact,
        name=display_names(),
        email=email_addresses(),
        phone=st.none() | phone_numbers(),
        language=st.sampled_from(Language),
    )


@cache
def applications() -> SearchStrategy[CustomerApplication]:
    """Who is named, with at least one signatory; two capacities may be one person's."""
    one = st.builds(CustomerApplication, administrator=contacts(), agreement_contact=contacts(), signatories=_several())
    alone = contacts().map(_all_in_one)
    return alone | one


@cache
def _several() -> SearchStrategy[tuple[Contact, ...]]:
    return st.lists(contacts(), min_size=1, max_size=3).map(tuple)


def _all_in_one(contact: Contact) -> CustomerApplication:
    return CustomerApplication(administrator=contact, agreement_contact=contact, signatories=(contact,))


@st.composite
def organisations(draw: DrawFn, *, number: str | None = None) -> Organisation:
    """A customer, an agent, the provider, or several of these.

    Args:
        draw: given by Hypothesis.
        number: of the organisation; drawn, if not given.
    """
    kinds = draw(subsets(ROLES, at_least=1))
    return Organisation(
        number=draw(organisation_numbers()) if number is None else number,
        name=draw(display_names()),
        category=draw(st.sampled_from(CustomerCategory)) if Party.CUSTOMER in kinds else None,
        is_agent=Party.AGENT in kinds,
        is_provider=Party.PROVIDER in kinds,
    )


@st.composite
def members(draw: DrawFn, *, state: UserState | None = None, organisation: str | None = None) -> Member:
    """Users in every state, as records.

    Args:
        draw: given by Hypothesis.
        state: where the user stands; drawn, if not given.
        organisation: whose user it is; drawn, if not given.
    """
    here = draw(st.sampled_from(UserState)) if state is None else state
    invited = here is UserState.INVITED
    every = tuple(sorted(set(Role) - {Role.SIGNATORY}))
    return Member(
        id=draw(member_ids()),
        organisation=draw(organisation_numbers()) if organisation is None else organisation,
        state=here,
        step=draw(st.integers(1, 99)),
        since=draw(times()),
        name=draw(display_names()),
        email=draw(email_addresses()),
        phone=draw(st.none() | phone_numbers()),
        language=draw(st.sampled_from(Language)),
        roles=() if here is UserState.DELETED else draw(subsets(every)),
        person=None if invited else draw(person_ids()),
        invitation=draw(digests()) if invited else None,
    )


@st.composite
def staffed_organisations(draw: DrawFn) -> StaffedOrganisation:
    """Organisations with people and the roles there are in them; the first is an administrator."""
    organisation = draw(organisations())
    sides = (
        (Party.CUSTOMER, organisation.category is not None),
        (Party.AGENT, organisation.is_agent),
        (Party.PROVIDER, organisation.is_provider),
    )
    roles = sorted({role for party, is_one in sides if is_one for role in ROLES[party]})
    persons = apart((_PEOPLE[0], *draw(st.lists(st.sampled_from(_PEOPLE), max_size=4))))
    domain = f"o{organisation.number.replace('-', '')}.example"
    found: list[Member] = []
    for number, person in enumerate(persons):
        state = UserState.ACTIVE if not number else draw(st.sampled_from(UserState))
        member = draw(members(state=state, organisation=organisation.number))
        held = () if state is UserState.DELETED else draw(subsets(roles))
        found.append(
            attrs.evolve(
                member,
                email=f"{person}@{domain}",
                person=None if member.person is None else person,
                roles=held if number else tuple(sorted({*held, Role.ADMINISTRATOR})),
            )
        )
    return StaffedOrganisation(organisation=organisation, members=tuple(found))
