"""How things stand before anything is ordered: who is there, in which roles, with which agreements."""

from typing import final

import attrs

from kundorder.catalogue import Catalogue
from kundorder.model import Actor, Organisation, Rules
from kundorder.vocabulary import AgreementModel, Party, Role


@final
@attrs.frozen(kw_only=True)
class Person:
    """A user: an active one, who can log in."""

    actor: Actor
    name: str
    email: str  # one person has one address, whatever the organisation
    roles: frozenset[Role] = frozenset()
    grants: frozenset[str] = frozenset()  # services of the agent in whose assignments this handler may act


@final
@attrs.frozen(kw_only=True)
class Agreed:
    """A signed agreement."""

    party: Party  # as what the organisation has it
    organisation: str
    model: AgreementModel = AgreementModel.CURRENT


@final
@attrs.frozen(kw_only=True)
class Assigned:
    """An active assignment."""

    agent: str
    service: str


@final
@attrs.frozen(kw_only=True)
class Setting:
    """What there is at the beginning.

    There is one provider, with one person who is its administrator and officer; every other organisation has an
    administrator, and a signed agreement for each thing it is.
    """

    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    agreements: tuple[Agreed, ...]
    assignments: tuple[Assigned, ...]
    catalogue: Catalogue
    rules: Rules = attrs.field(factory=Rules)

    @property
    def provider(self) -> Organisation:
        """The provider.

        Raises:
            StopIteration: there is none; a setting needs one.
        """
        return next(each for each in self.organisations if each.is_provider)

    def of(self, organisation: str) -> tuple[Person, ...]:
        """The users of an organisation."""
        return tuple(each for each in self.people if each.actor.organisation == organisation)

    def holding(self, organisation: str, role: Role) -> tuple[Person, ...]:
        """Who holds a role there."""
        return tuple(each for each in self.of(organisation) if role in each.roles)
