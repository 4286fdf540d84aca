"""A small world to test in: a provider, customers and agents with their people, driven only through the portal.

Persons are small letters such as ``anna``; an organisation's people have addresses in a domain of its own.
"""

import re
from typing import Final, final

import attrs

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer, MemorySigner, MemoryStore
from kundorder.ports import Ids, Letter, Mailer, Signing, Store
from kundorder.sample import CATALOGUE
from kundorder.testing.forms import fitting
from kundorder.testing.surroundings import FrozenClock, TickingClock

PROVIDER: Final = "999100-0002"
CUSTOMER: Final = "999200-0001"
OTHER: Final = "999300-0000"
AGENT: Final = "556677-8899"
OTHER_AGENT: Final = "999500-0008"

_INVITATION: Final = re.compile(r"/(m-[0-9a-z]{26})#([A-Za-z0-9_-]{43})")


@final
@attrs.define
class World:
    """A portal, and the people in it."""

    portal: ko.Portal
    store: Store
    clock: TickingClock | FrozenClock
    mailer: MemoryMailer
    officer: ko.Actor
    service: ko.Actor
    catalogue: ko.Catalogue = CATALOGUE
    emails: dict[tuple[str, str], str] = attrs.field(factory=dict)  # (organisation, person) -> address
    members: dict[tuple[str, str], str] = attrs.field(factory=dict)  # (organisation, person) -> member id

    @classmethod
    def new(
        cls,
        *,
        store: Store | None = None,
        rules: ko.Rules | None = None,
        catalogue: ko.Catalogue = CATALOGUE,
        signing: Signing | None = None,
        mailer: MemoryMailer | None = None,
        outbox: Mailer | None = None,
        clock: TickingClock | FrozenClock | None = None,
        ids: Ids | None = None,
    ) -> "World":
        """A store with a provider in it.

        Args:
            store: one that is empty; in memory, if not given.
            rules: what the host has chosen.
            catalogue: what can be ordered.
            signing: how people sign; they just do, if not given.
            mailer: where letters are kept; codes of invitations are read from them.
            outbox: how letters leave instead; it has to hand them on to ``mailer``.
            clock: the time; it ticks from ``START``, if not given.
            ids: where ids come from; the system's randomness, if not given.
        """
        held = MemoryStore() if store is None else store
        letters = MemoryMailer() if mailer is None else mailer
        time = TickingClock() if clock is None else clock
        portal = ko.Portal(
            store=held,
            catalogue=catalogue,
            rules=rules,
            mailer=letters if outbox is None else outbox,
            signing=MemorySigner() if signing is None else signing,
            clock=time,
            ids=ids,
        )
        officer = ko.Actor("olle", PROVIDER)
        portal.execute(
            ko.EstablishProvider(name="Leverantören", person_name="Olle Officer", email="olle@provider.example"),
            officer,
        )
        world = cls(portal, held, time, letters, officer, ko.Actor("karin", PROVIDER), catalogue)
        world.remember(officer)
        world.user(officer, "karin", ko.Role.CUSTOMER_SERVICE)
        return world

    def letters(self, template_word: str = "") -> tuple[Letter, ...]:
        """All that has been sent so far."""
        self.portal.deliver()
        return tuple(letter for letter in self.mailer.letters if template_word in letter.subject)

    def code(self, email: str) -> tuple[str, str]:
        """Member id and code from the last invitation that reached an address."""
        for letter in reversed(self.letters()):
            found = _INVITATION.search(letter.text)
            if letter.to == email and found is not None:
                return found.group(1), found.group(2)
        raise LookupError(email)

    def remember(self, actor: ko.Actor) -> str:
        """The member id of an actor."""
        for member in self.portal.members(actor, limit=500).items:
            if member.person is not None:
                self.members[member.organisation, member.person] = member.id
        return self.members[actor.organisation, actor.person]

    def verify(self, organisation: str, person: str, email: str) -> ko.Actor:
        """Somebody opens the invitation mail and logs in."""
        member, code = self.code(email)
        actor = ko.Actor(person, organisation)
        self.portal.execute(ko.VerifyUser(member=member, code=code), actor)
        self.members[organisation, person] = member
        self.emails[organisation, person] = email
        return actor

    def user(self, administrator: ko.Actor, person: str, *roles: ko.Role) -> ko.Actor:
        """A new user with these roles, logged in."""
        organisation = administrator.organisation
        email = f"{person}@o{organisation.replace('-', '')}.example"
        added = self.portal.execute(ko.AddUser(name=f"{person.capitalize()} Prov", email=email), administrator)
        for role in roles:
            self.portal.execute(ko.AssignRole(member=added.id, role=role), administrator)
        return self.verify(organisation, person, email)

    def application(self, organisation: str, administrator: str, *signatories: str) -> ko.CustomerApplication:
        """Who is named in an application."""
        domain = f"o{organisation.replace('-', '')}.example"

        def contact(person: str) -> ko.Contact:
            return ko.Contact(name=f"{person.capitalize()} Prov", email=f"{person}@{domain}")

        return ko.CustomerApplication(
            administrator=contact(administrator),
            agreement_contact=contact("kontakt"),
            signatories=tuple(contact(each) for each in signatories or ("firma",)),
        )

    def customer(
        self,
        organisation: str = CUSTOMER,
        *,
        administrator: str = "adam",
        category: ko.CustomerCategory = ko.CustomerCategory.REGION,
        signed: bool = True,
    ) -> ko.Actor:
        """A customer organisation with an administrator; its agreement signed or still to be."""
        applicant = ko.Actor("sokande", organisation)
        application = self.application(organisation, administrator)
        applied = self.portal.execute(
            ko.ApplyForCustomerAgreement(name="Provregionen", category=category, application=application), applicant
        )
        self.portal.execute(ko.ApproveAgreement(agreement=applied.id), self.officer)
        actor = self.verify(organisation, administrator, application.administrator.email)
        if signed:
            self.sign(applied.id)
        return actor

    def sign(self, agreement: str, *signatories: str) -> None:
        """The signatories sign."""
        for signatory in signatories or ("s1",):
            self.portal.resume_signing(
                ko.SignAgreement(agreement=agreement), method=ko.AttestMethod.BANKID, signer=signatory
            )

    def agent(
        self, organisation: str = AGENT, *, services: tuple[str, ...] = ("npo",), people: bool = True
    ) -> ko.Actor:
        """An agent with an administrator, active assignments, a granted handler and an attestant."""
        application = self.application(organisation, "agda")
        applied = self.portal.execute(
            ko.ApplyForAgentAgreement(name="Provagenten", application=application), ko.Actor("sokande", organisation)
        )
        self.portal.execute(ko.ApproveAgreement(agreement=applied.id), self.officer)
        self.sign(applied.id)
        agda = self.verify(organisation, "agda", application.administrator.email)
        orderer = self.user(agda, "uno", ko.Role.AGENT_ASSIGNMENT_ORDERER)
        attestant = self.user(agda, "aron", ko.Role.ATTESTANT)
        for service in services:
            self.assignment(orderer, attestant, service)
        if people:
            self.user(agda, "hanna", ko.Role.AGENT_HANDLER)
            for service in services:
                self.grant(agda, "hanna", service)
        return agda

    def assignment(self, orderer: ko.Actor, attestant: ko.Actor, service: str) -> str:
        """An active assignment for a service."""
        applied = self.portal.execute(ko.ApplyForAssignment(service=service), orderer).id
        self.portal.execute(ko.PassReview(assignment=applied), self.officer)
        self.portal.resume_signing(
            ko.AttestAssignment(assignment=applied, method=ko.AttestMethod.BANKID),
            attestant,
            method=ko.AttestMethod.BANKID,
        )
        self.portal.execute(ko.ActivateAssignment(assignment=applied), self.officer)
        return applied

    def grant(self, administrator: ko.Actor, person: str, service: str) -> None:
        """A handler may act in an assignment."""
        organisation = administrator.organisation
        member = self.members[organisation, person]
        self.portal.execute(ko.GrantHandler(member=member, assignment=f"{organisation}/{service}"), administrator)

    def draft(
        self,
        orderer: ko.Actor,
        offer: str = "npo-producent",
        mode: ko.ConnectionMode = ko.ConnectionMode.DIRECT,
        agent: str | None = None,
    ) -> ko.Order:
        """A draft that is ready to be sent."""
        order = self.portal.execute(ko.StartOrder(offer=offer, mode=mode, agent=agent), orderer).order
        found = self.catalogue.offer(offer)
        if found is None:
            raise LookupError(offer)
        self.portal.execute(ko.FillInOrder(order=order.id, fields=fitting(found)), orderer)
        return self.portal.execute(ko.AcceptTerms(order=order.id, version=found.terms.version), orderer).order

    def attest(
        self, order: str, actor: ko.Actor, method: ko.AttestMethod = ko.AttestMethod.BANKID
    ) -> ko.Outcome | ko.Pending | ko.Failed:
        """Somebody attests."""
        return self.portal.resume_signing(ko.AttestOrder(order=order, method=method), actor, method=method)
