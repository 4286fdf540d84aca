"""What was loaded for one command: records with their versions."""

from collections.abc import Mapping
from typing import TypeAlias, final

import attrs

from kundorder.directory import Account, Holder, Holders, Login, Mailbox
from kundorder.evidence import SignedDocument
from kundorder.model import (
    Actor,
    AgentAssignment,
    Agreement,
    Member,
    Order,
    Organisation,
    Provider,
    Record,
)
from kundorder.situation.keys import (
    THE_PROVIDER,
    Key,
    account_key,
    agreement_key,
    assignment_key,
    evidence_key,
    holders_key,
    login_key,
    mailbox_key,
    member_key,
    order_key,
    organisation_key,
)
from kundorder.vocabulary import Role, UserState


@final
@attrs.frozen
class Fact:
    """A record as it was read: or that there is none."""

    version: int = 0  # 0: there is no such record
    record: Record | None = None
    number: int = 0  # of the last entry in its journal
    digest: str = ""  # of the last entry in its journal


ABSENT = Fact()


Facts: TypeAlias = Mapping[Key, Fact]


@final
@attrs.frozen
class Guard:
    """The write must fail unless the record still has this version."""

    key: Key
    version: int  # 0: must not exist


@final
@attrs.frozen
class Situation:
    """All facts loaded for one command. Asking for one that was not loaded is our mistake: it raises, never permits."""

    facts: Facts

    def order(self, order: str) -> Order | None:
        """The order of this id."""
        record = self.facts[order_key(order)].record
        return record if isinstance(record, Order) else None

    def organisation(self, number: str) -> Organisation | None:
        """The organisation of this number."""
        record = self.facts[organisation_key(number)].record
        return record if isinstance(record, Organisation) else None

    def agreement(self, agreement: str) -> Agreement | None:
        """The agreement an organisation has now."""
        record = self.facts[agreement_key(agreement)].record
        return record if isinstance(record, Agreement) else None

    def assignment(self, assignment: str) -> AgentAssignment | None:
        """The assignment an agent has now for a service."""
        record = self.facts[assignment_key(assignment)].record
        return record if isinstance(record, AgentAssignment) else None

    def member(self, member: str) -> Member | None:
        """The user of this id."""
        record = self.facts[member_key(member)].record
        return record if isinstance(record, Member) else None

    def holders(self, organisation: str, role: Role) -> tuple[Holder, ...]:
        """Who holds a role; only verified, active users count."""
        record = self.facts[holders_key(organisation, role)].record
        return record.holders if isinstance(record, Holders) else ()

    def account(self, organisation: str, email: str) -> Account | None:
        """Which member an address is in an organisation."""
        record = self.facts[account_key(organisation, email)].record
        return record if isinstance(record, Account) else None

    def mailbox(self, email: str) -> Mailbox | None:
        """Whose an address is."""
        record = self.facts[mailbox_key(email)].record
        return record if isinstance(record, Mailbox) else None

    def login(self, actor: Actor) -> Login | None:
        """Which member an actor is."""
        record = self.facts[login_key(actor.organisation, actor.person)].record
        return record if isinstance(record, Login) else None

    def me(self, actor: Actor) -> Member | None:
        """The active user an actor is, if any."""
        login = self.login(actor)
        member = None if login is None else self.member(login.member)
        return member if member is not None and member.state is UserState.ACTIVE else None

    def signed(self, evidence_digest: str) -> SignedDocument | None:
        """What this evidence has been accepted for before."""
        record = self.facts[evidence_key(evidence_digest)].record
        return record if isinstance(record, SignedDocument) else None

    def provider(self) -> Provider | None:
        """The provider, if there is one yet."""
        record = self.facts[THE_PROVIDER].record
        return record if isinstance(record, Provider) else None

    def knows(self, key: Key) -> bool:
        """Whether this was loaded, be it that there is nothing."""
        return key in self.facts
