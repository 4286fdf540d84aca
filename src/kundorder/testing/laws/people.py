"""The laws of people: roles where they exist, and somebody to administer."""

from typing import Final

from kundorder.model import Organisation
from kundorder.testing.laws.breaking import Law, must
from kundorder.testing.laws.kept import Kept
from kundorder.vocabulary import Role, UserState

_OF_BOTH: Final = {Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT, Role.ATTESTANT}


def check_people(kept: Kept) -> None:
    """Roles where they exist, somebody to administer, and the holders of each role told right.

    Raises:
        LawBroken: which law, on which user or organisation.
    """
    held: dict[tuple[str, Role], list[str]] = {each: [] for each in kept.holders}
    for member in kept.members.values():
        roles, key = set(member.roles), f"member:{member.id}"
        must(Law.KIND, key, roles, hold=roles <= roles_in(kept.organisations[member.organisation]))
        must(Law.KIND, key, roles, hold=member.state is not UserState.DELETED or not roles)
        if member.state is UserState.ACTIVE:
            for role in member.roles:
                held.setdefault((member.organisation, role), []).append(member.id)
    for (organisation, role), members in held.items():
        told = kept.holding(organisation, role)
        must(Law.HOLDERS, f"holders:{organisation}/{role}", told, hold=told == tuple(sorted(members)))
    for (organisation, role), told in kept.holders.items():
        if role is Role.ADMINISTRATOR:
            must(Law.ADMINISTERED, f"organisation:{organisation}", told, hold=bool(told))


def roles_in(organisation: Organisation) -> set[Role]:
    """Which roles there are in this kind of organisation (R18)."""
    found = {Role.ADMINISTRATOR}
    if organisation.category is not None:
        found |= {*_OF_BOTH, Role.ORDERER}
    if organisation.is_agent:
        found |= {*_OF_BOTH, Role.AGENT_HANDLER, Role.AGENT_ASSIGNMENT_ORDERER}
    if organisation.is_provider:
        found |= {Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE}
    return found
