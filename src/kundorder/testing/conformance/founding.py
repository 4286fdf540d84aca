"""A setting, brought about in a portal by ordinary commands; what was written is kept, to be written again at once."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Final, final

import attrs

from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.commands import (
    ActivateAssignment,
    AddUser,
    ApplyForAssignment,
    AssignRole,
    AttestAssignment,
    EstablishProvider,
    GrantHandler,
    PassReview,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    RemoveRole,
    VerifyUser,
)
from kundorder.events import Owed, Settlement
from kundorder.identifiers import assignment_id_of
from kundorder.model import Actor, Contact, CustomerApplication, Organisation
from kundorder.outcomes import Changes
from kundorder.portal import Portal
from kundorder.ports import Page, Transaction
from kundorder.situation import Fact, Key
from kundorder.testing.conformance.settings import Assigned, Person, Setting
from kundorder.testing.surroundings import NumberedIds, TickingClock
from kundorder.vocabulary import AttestMethod, Index, Party, Role

_ASKS_FOR_ASSIGNMENTS: Final = (Role.AGENT_ASSIGNMENT_ORDERER, Role.ATTESTANT)


@final
@attrs.frozen(kw_only=True)
class Founded:
    """What a store holds when a setting has been brought about; nobody is owed any mail any more."""

    changes: Changes
    members: Mapping[Actor, str]  # id of each user

    def store(self) -> MemoryStore:
        """A store of its own with just that."""
        store = MemoryStore()
        with store.transaction() as transaction:
            transaction.write(self.changes)
        return store


@lru_cache(maxsize=16)
def founded(setting: Setting) -> Founded:
    """A setting brought about.

    Raises:
        Refused: it is no setting the model could come to; the reasons say why.
        ValueError: the people do not have the roles the setting gives them, or nobody has one that is needed; mend the
            setting.
    """
    found = _Founding(setting)
    found.provider()
    for organisation in setting.organisations:
        if not organisation.is_provider:
            found.registered(organisation)
        found.peopled(organisation)
    for assignment in setting.assignments:
        found.assigned(assignment)
    return found.ended()


@final
class _Founding:
    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.store = _Noting()
        self.ids = NumberedIds()
        self.portal = Portal(
            store=self.store,
            catalogue=setting.catalogue,
            signing=MemorySigner(),
            clock=TickingClock(),
            ids=self.ids,
        )
        self.officer = _first(setting, setting.provider.number, Role.ADMINISTRATOR)

    def provider(self) -> None:
        provider, officer = self.setting.provider, self.officer
        command = EstablishProvider(name=provider.name, person_name=officer.name, email=officer.email)
        _ = self.portal.execute(command, officer.actor)

    def registered(self, organisation: Organisation) -> None:
        administrator = _first(self.setting, organisation.number, Role.ADMINISTRATOR)
        contacts = self.setting.holding(organisation.number, Role.AGREEMENT_CONTACT)
        domain = administrator.email.partition("@")[2]
        application = CustomerApplication(
            administrator=_contact(administrator),
            agreement_contact=_contact(contacts[0]) if contacts else _nobody(domain),
            signatories=(_nobody(domain),),
        )
        number, name = organisation.number, organisation.name
        for agreed in (each for each in self.setting.agreements if each.organisation == number):
            if agreed.party is Party.AGENT:
                agent = RegisterAgentAgreement(organisation=number, name=name, application=application)
                _ = self.portal.execute(agent, self.officer.actor)
            elif organisation.category is not None:
                customer = RegisterCustomerAgreement(
                    organisation=number,
                    name=name,
                    category=organisation.category,
                    application=application,
                    model=agreed.model,
                )
                _ = self.portal.execute(customer, self.officer.actor)
        self.verified(administrator)

    def peopled(self, organisation: Organisation) -> None:
        administrator = _first(self.setting, organisation.number, Role.ADMINISTRATOR).actor
        for person in self.setting.of(organisation.number):
            if person.email not in self.invited(organisation.number):
                _ = self.portal.execute(AddUser(name=person.name, email=person.email), administrator)
            self.verified(person)
            for role in sorted(person.roles):
                _ = self.portal.execute(AssignRole(member=self.member(person), role=role), administrator)

    def invited(self, organisation: str) -> dict[str, str]:
        """The users of an organisation by their addresses."""
        page = self.portal.members(self.officer.actor, organisation=organisation, limit=500)
        return {member.email: member.id for member in page.items}

    def member(self, person: Person) -> str:
        return self.invited(person.actor.organisation)[person.email]

    def verified(self, person: Person) -> None:
        actor, member = person.actor, self.member(person)
        page = self.portal.members(self.officer.actor, organisation=actor.organisation, limit=500)
        if all(each.id != member or each.person is None for each in page.items):
            _ = self.portal.execute(VerifyUser(member=member, code=self.ids.code(member)), actor)

    def assigned(self, assignment: Assigned) -> None:
        """The administrator sees to it, and holds for so long the roles it takes."""
        agent, identifier = assignment.agent, assignment_id_of(assignment.agent, assignment.service)
        person = _first(self.setting, agent, Role.ADMINISTRATOR)
        administrator, officer, member = person.actor, self.officer.actor, self.member(person)
        for role in _ASKS_FOR_ASSIGNMENTS:
            _ = self.portal.execute(AssignRole(member=member, role=role), administrator)
        _ = self.portal.execute(ApplyForAssignment(service=assignment.service), administrator)
        _ = self.portal.execute(PassReview(assignment=identifier), officer)
        method = AttestMethod.BANKID
        attest = AttestAssignment(assignment=identifier, method=method)
        _ = self.portal.resume_signing(attest, administrator, method=method)
        _ = self.portal.execute(ActivateAssignment(assignment=identifier), officer)
        for role in frozenset(_ASKS_FOR_ASSIGNMENTS) - person.roles:
            _ = self.portal.execute(RemoveRole(member=member, role=role), administrator)
        for handler in self.setting.holding(agent, Role.AGENT_HANDLER):
            if assignment.service in handler.grants:
                grant = GrantHandler(member=self.member(handler), assignment=identifier)
                _ = self.portal.execute(grant, administrator)

    def ended(self) -> Founded:
        for organisation in self.setting.organisations:
            page = self.portal.members(self.officer.actor, organisation=organisation.number, limit=500)
            held = {member.email: frozenset(member.roles) for member in page.items if member.person is not None}
            given = {person.email: person.roles for person in self.setting.of(organisation.number)}
            if held != given:
                message = f"{organisation.number}: the roles come to {held} and not to {given}"
                raise ValueError(message)
        members = {person.actor: self.member(person) for person in self.setting.people}
        return Founded(changes=_at_once(self.store.written), members=members)


def _at_once(written: list[Changes]) -> Changes:
    """What several writes have led to."""
    records = {stored.key: stored for changes in written for stored in changes.records}
    entries = tuple(entry for changes in written for entry in changes.entries)
    return Changes(guards=(), records=tuple(records.values()), entries=entries, owed=())


def _first(setting: Setting, organisation: str, role: Role) -> Person:
    holding = setting.holding(organisation, role)
    if not holding:
        message = f"{organisation}: somebody has to be {role} there"
        raise ValueError(message)
    return holding[0]


def _contact(person: Person) -> Contact:
    return Contact(name=person.name, email=person.email)


def _nobody(domain: str) -> Contact:
    """Somebody named in an application who never logs in."""
    return Contact(name="Ingen Prov", email=f"ingen@{domain}")


@final
class _Noting:
    """A store that notes what is written to it."""

    def __init__(self) -> None:
        self.written: list[Changes] = []
        self._store = MemoryStore()

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self._store.transaction() as transaction:
            yield _Noted(transaction, self.written.append)


@final
@attrs.frozen
class _Noted:
    transaction: Transaction
    note: Callable[[Changes], None]

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.transaction.read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.transaction.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        self.transaction.write(changes)
        self.note(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.transaction.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.transaction.settle(owed, settlement)
