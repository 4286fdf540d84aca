"""What the demo is given: who there is, and what is ordered. The classes are the form of the JSON files."""

from typing import final

import attrs

from kundorder.catalogue import Catalogue, Offer
from kundorder.commands.fields import to_answers, to_name, to_remark
from kundorder.identifiers import (
    display_name,
    email_address,
    language,
    offer_id,
    organisation_number,
    person_id,
    phone_number,
)
from kundorder.model import Answer
from kundorder.vocabulary import AttestMethod, ConnectionMode, CustomerCategory, Flow, Language, Role


@final
@attrs.frozen(kw_only=True)
class Person:
    """Somebody, and the roles to be held in one organisation."""

    id: str = attrs.field(converter=person_id)  # how orders refer to the person; the same in every organisation
    name: str = attrs.field(converter=display_name)
    email: str = attrs.field(converter=email_address)
    roles: tuple[Role, ...]
    phone: str | None = attrs.field(default=None, converter=attrs.converters.optional(phone_number))
    language: Language = attrs.field(default=Language.SV, converter=language)
    grants: tuple[str, ...] = ()  # services, of an agent handler

    @property
    def has_login(self) -> bool:
        """Whether there is more to do than to sign."""
        return self.roles != (Role.SIGNATORY,)


@attrs.frozen(kw_only=True)
class Company:
    """An organisation with its people."""

    number: str = attrs.field(converter=organisation_number)
    name: str = attrs.field(converter=to_name)
    people: tuple[Person, ...]

    def holders(self, role: Role) -> tuple[Person, ...]:
        """Everybody who is to hold a role."""
        return tuple(person for person in self.people if role in person.roles)

    def person(self, wanted: str) -> Person | None:
        """The person of this id."""
        return next((person for person in self.people if person.id == wanted), None)


@final
@attrs.frozen(kw_only=True)
class ProviderCompany(Company):
    """The provider; its first person establishes it."""


@final
@attrs.frozen(kw_only=True)
class CustomerCompany(Company):
    """A customer."""

    category: CustomerCategory


@final
@attrs.frozen(kw_only=True)
class AgentCompany(Company):
    """An agent, and the services it has assignments for."""

    services: tuple[str, ...]


@final
@attrs.frozen(kw_only=True)
class Organisations:
    """``organisations.json``."""

    provider: ProviderCompany
    customers: tuple[CustomerCompany, ...]
    agents: tuple[AgentCompany, ...] = ()


@final
@attrs.frozen(kw_only=True)
class PlannedOrder:
    """One order, and who takes which step of it."""

    customer: str = attrs.field(converter=organisation_number)
    offer: str = attrs.field(converter=offer_id)
    mode: ConnectionMode
    agent: str | None = attrs.field(default=None, converter=attrs.converters.optional(organisation_number))
    fields: tuple[Answer, ...] = attrs.field(converter=to_answers)
    orderer: str = attrs.field(converter=person_id)
    attestant: str = attrs.field(converter=person_id)
    attest_method: AttestMethod = AttestMethod.BANKID
    # In the flow via agent only.
    agent_handler: str | None = attrs.field(default=None, converter=attrs.converters.optional(person_id))
    agent_attestant: str | None = attrs.field(default=None, converter=attrs.converters.optional(person_id))
    # In the direct flow only: how the customer gets access.
    instructions: str = attrs.field(default="", converter=to_remark)


@final
@attrs.frozen(kw_only=True)
class Orders:
    """``orders.json``."""

    orders: tuple[PlannedOrder, ...]


@final
@attrs.frozen(kw_only=True)
class Scenario:
    """All that is played, checked."""

    catalogue: Catalogue
    organisations: Organisations
    orders: tuple[PlannedOrder, ...]

    def customer(self, number: str) -> CustomerCompany:
        """The customer of this number."""
        return next(company for company in self.organisations.customers if company.number == number)

    def agent(self, number: str | None) -> AgentCompany:
        """The agent of this number."""
        return next(company for company in self.organisations.agents if company.number == number)

    def offer(self, order: PlannedOrder) -> Offer:
        """What is ordered."""
        return next(offer for offer in self.catalogue.offers if offer.id == order.offer)

    def is_via_agent(self, order: PlannedOrder) -> bool:
        """Whether the agent takes part, whatever was chosen (R13)."""
        return self.offer(order).flow_of(order.mode) is Flow.VIA_AGENT
