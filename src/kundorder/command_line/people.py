"""How people come into an organisation and get their roles, in the story."""

from typing import final

import attrs

from kundorder.command_line.scenario import AgentCompany, Company, CustomerCompany, Person, ProviderCompany
from kundorder.command_line.stage import Someone, Stage
from kundorder.command_line.wording import in_both
from kundorder.commands import (
    AddUser,
    ApplyForAgentAgreement,
    ApplyForCustomerAgreement,
    ApproveAgreement,
    AssignRole,
    EstablishProvider,
    SignAgreement,
)
from kundorder.identifiers import agreement_id_of
from kundorder.model import Actor, Contact, CustomerApplication
from kundorder.vocabulary import AttestMethod, Party, Role


def someone(company: Company, person: Person, role: Role | None = None) -> Someone:
    """A person who acts in a role."""
    return Someone(Actor(person.id, company.number), person.name, company.name, role)


def holder(company: Company, role: Role) -> Someone:
    """The first person who holds a role."""
    return someone(company, company.holders(role)[0], role)


def _contact(person: Person) -> Contact:
    return Contact(name=person.name, email=person.email, phone=person.phone, language=person.language)


@final
@attrs.frozen
class People:
    """Bringing people into organisations."""

    stage: Stage
    provider: ProviderCompany

    def establish(self) -> None:
        """The provider and its staff."""
        first, *others = self.provider.people
        command = EstablishProvider(name=self.provider.name, person_name=first.name, email=first.email)
        _ = self.stage.act(someone(self.provider, first), command, "sets up the portal for the provider")
        self.roles(self.provider, first, (Role.CUSTOMER_SERVICE,))
        for person in others:
            self.add(self.provider, person)
            self.roles(self.provider, person, person.roles)
            self.log_in(self.provider, person)

    def apply(self, company: CustomerCompany | AgentCompany) -> None:
        """An application, and its approval."""
        administrator = company.holders(Role.ADMINISTRATOR)[0]
        application = CustomerApplication(
            administrator=_contact(administrator),
            agreement_contact=_contact(company.holders(Role.AGREEMENT_CONTACT)[0]),
            signatories=tuple(_contact(person) for person in company.holders(Role.SIGNATORY)),
        )
        command = (
            ApplyForCustomerAgreement(name=company.name, category=company.category, application=application)
            if isinstance(company, CustomerCompany)
            else ApplyForAgentAgreement(name=company.name, application=application)
        )
        applied = self.stage.act(someone(company, administrator), command, "applies for an agreement")
        officer = holder(self.provider, Role.PROVIDER_OFFICER)
        approve = ApproveAgreement(agreement=applied.id)
        _ = self.stage.act(officer, approve, f"approves the application of {company.name}")

    def sign(self, company: CustomerCompany | AgentCompany) -> None:
        """Everybody named signs, without a login."""
        party = Party.CUSTOMER if isinstance(company, CustomerCompany) else Party.AGENT
        command = SignAgreement(agreement=agreement_id_of(party, company.number))
        for number, person in enumerate(company.holders(Role.SIGNATORY), 1):
            who = someone(company, person, Role.SIGNATORY)
            self.stage.sign(who, command, AttestMethod.CERTIFICATE, "signs the agreement", signatory=f"s{number}")

    def settle(self, company: CustomerCompany | AgentCompany, *, later: tuple[Role, ...] = ()) -> None:
        """The contacts log in; the others are added, with all their roles but those that come later."""
        named = dict.fromkeys(company.holders(role)[0] for role in (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT))
        for person in named:
            self.log_in(company, person)
        for person in company.people:
            if person not in named and person.has_login:
                self.add(company, person)
            held = {role for role in (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT) if company.holders(role)[0] == person}
            self.roles(company, person, tuple(role for role in person.roles if role not in {*held, *later}))
            if person not in named and person.has_login:
                self.log_in(company, person)

    def add(self, company: Company, person: Person) -> None:
        """A user more."""
        administrator = holder(company, Role.ADMINISTRATOR)
        command = AddUser(name=person.name, email=person.email, phone=person.phone, language=person.language)
        _ = self.stage.act(administrator, command, f"adds {person.name} as a user")

    def roles(self, company: Company, person: Person, roles: tuple[Role, ...]) -> None:
        """The roles of these that the person is to hold; to sign takes none."""
        administrator = holder(company, Role.ADMINISTRATOR)
        for role in person.roles:
            if role in roles and role is not Role.SIGNATORY:
                command = AssignRole(member=self.stage.member(company.number, person.email), role=role)
                says = f"gives {person.name} the role {in_both(role)}"
                _ = self.stage.act(administrator, command, says)

    def log_in(self, company: Company, person: Person) -> None:
        """The invitation is taken up."""
        self.stage.log_in(someone(company, person), self.stage.member(company.number, person.email))
