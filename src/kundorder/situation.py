"""What a decision looks at, and nothing else: facts with their versions, and what comes from outside.

A ``Situation`` holds everything that was loaded for one command. Whatever is in it is guarded at the write, so a decision may
rely on all it sees here (R32).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum, unique
from typing import NewType, Protocol, TypeAlias, final

import attrs

from kundorder.catalogue import Catalogue
from kundorder.directory import Account, CaseFile, Holder, Holders, Login, Mailbox, Receipt
from kundorder.evidence import Evidence, PendingSigning
from kundorder.model import (
    SYSTEM,
    Actor,
    AgentAssignment,
    Agreement,
    Member,
    Order,
    Organisation,
    Provider,
    Record,
    Rules,
    Subject,
)
from kundorder.vocabulary import Role, UserState

Key = NewType("Key", str)
"""What a record is stored under: its kind, a colon, its id. Compared byte for byte."""


@final
@unique
class Kind(StrEnum):
    """What a key is the key of."""

    ORDER = "order"
    AGREEMENT = "agreement"
    ASSIGNMENT = "assignment"
    MEMBER = "member"
    ORGANISATION = "organisation"
    PROVIDER = "provider"
    HOLDERS = "holders"
    ACCOUNT = "account"
    LOGIN = "login"
    MAILBOX = "mailbox"
    CASE_FILE = "case"
    SIGNING = "signing"
    RECEIPT = "receipt"


RECORDS: dict[Kind, type[Record]] = {
    Kind.ORDER: Order,
    Kind.AGREEMENT: Agreement,
    Kind.ASSIGNMENT: AgentAssignment,
    Kind.MEMBER: Member,
    Kind.ORGANISATION: Organisation,
    Kind.PROVIDER: Provider,
    Kind.HOLDERS: Holders,
    Kind.ACCOUNT: Account,
    Kind.LOGIN: Login,
    Kind.MAILBOX: Mailbox,
    Kind.CASE_FILE: CaseFile,
    Kind.SIGNING: PendingSigning,
    Kind.RECEIPT: Receipt,
}
"""What is stored under a key of each kind."""

THE_PROVIDER = Key("provider:the")


def kind_of(key: Key) -> Kind:
    """What a key is the key of."""
    return Kind(key.partition(":")[0])


def key_of_id(identifier: str) -> Key:
    """Of the order, user, agreement or assignment with this id; they cannot be mistaken for one another."""
    if identifier.startswith("o-"):
        return order_key(identifier)
    if identifier.startswith("m-"):
        return member_key(identifier)
    if identifier.startswith(("customer/", "agent/")):
        return agreement_key(identifier)
    return assignment_key(identifier)


def order_key(order: str) -> Key:
    """Of an order."""
    return Key(f"order:{order}")


def agreement_key(agreement: str) -> Key:
    """Of the agreement an organisation has now; earlier ones are kept under ``past_key``."""
    return Key(f"agreement:{agreement}")


def assignment_key(assignment: str) -> Key:
    """Of the assignment an agent has now for a service; earlier ones are kept under ``past_key``."""
    return Key(f"assignment:{assignment}")


def past_key(key: Key, number: int) -> Key:
    """Where an ended agreement or assignment rests once another has been applied for."""
    return Key(f"{key}/{number}")


def member_key(member: str) -> Key:
    """Of a user."""
    return Key(f"member:{member}")


def organisation_key(number: str) -> Key:
    """Of an organisation."""
    return Key(f"organisation:{number}")


def holders_key(organisation: str, role: Role) -> Key:
    """Of the fact who holds a role."""
    return Key(f"holders:{organisation}/{role.value}")


def account_key(organisation: str, email: str) -> Key:
    """Of the member an address is."""
    return Key(f"account:{organisation}/{email}")


def login_key(organisation: str, person: str) -> Key:
    """Of the member a person is."""
    return Key(f"login:{organisation}/{person}")


def mailbox_key(email: str) -> Key:
    """Of the person an address belongs to."""
    return Key(f"mailbox:{email}")


def case_key(case_number: str) -> Key:
    """Of the order with a case number."""
    return Key(f"case:{case_number}")


def signing_key(subject: Key, step: int, signer: str) -> Key:
    """Of a signature under way."""
    return Key(f"signing:{subject}/{step}/{signer}")


def receipt_key(key: str) -> Key:
    """Of the receipt of an idempotency key."""
    return Key(f"receipt:{key}")


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


class Fresh(Protocol):
    """Where new ids come from; the only randomness there is."""

    def order(self) -> str:
        """An order id nobody has had."""
        ...

    def member(self) -> str:
        """A member id nobody has had."""
        ...

    def case_number(self) -> str:
        """A case number; should it be taken, the decision is taken anew with another."""
        ...

    def code(self, about: str) -> str:
        """A secret of 256 bits for an invitation; within one decision the same for the same member."""
        ...


@final
@attrs.frozen
class Act:
    """Everything from outside: who, when, by which rules and catalogue."""

    actor: Actor
    now: datetime  # aware, UTC
    fresh: Fresh
    rules: Rules
    catalogue: Catalogue
    verified: Evidence | None = None  # what the signing port has verified in this very load

    @property
    def is_system(self) -> bool:
        """Whether no person acts."""
        return self.actor is SYSTEM


_NOBODY: tuple[Holder, ...] = ()


@final
@attrs.frozen
class Situation:
    """All facts loaded for one command. Asking for one that was not loaded is a mistake of ours and raises, it never permits."""

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
        return record.holders if isinstance(record, Holders) else _NOBODY

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

    def provider(self) -> Provider | None:
        """The provider, if there is one yet."""
        record = self.facts[THE_PROVIDER].record
        return record if isinstance(record, Provider) else None

    def knows(self, key: Key) -> bool:
        """Whether this was loaded, be it that there is nothing."""
        return key in self.facts


@final
@attrs.frozen
class Case:
    """One question: may this act be done to this subject, in this situation?"""

    situation: Situation
    act: Act
    subject: Subject | None  # None where the act creates it
    me: Member | None  # the active user who acts; None: the system, or no user of the organisation acted for
    mine: Organisation | None  # the organisation acted for

    @property
    def order(self) -> Order:
        """The subject, where the lifecycle is the order's."""
        if not isinstance(self.subject, Order):
            raise TypeError(Kind.ORDER)
        return self.subject

    @property
    def agreement(self) -> Agreement:
        """The subject, where the lifecycle is an agreement's."""
        if not isinstance(self.subject, Agreement):
            raise TypeError(Kind.AGREEMENT)
        return self.subject

    @property
    def assignment(self) -> AgentAssignment:
        """The subject, where the lifecycle is the assignment's."""
        if not isinstance(self.subject, AgentAssignment):
            raise TypeError(Kind.ASSIGNMENT)
        return self.subject

    @property
    def member(self) -> Member:
        """The subject, where the lifecycle is the user's."""
        if not isinstance(self.subject, Member):
            raise TypeError(Kind.MEMBER)
        return self.subject


def case_of(situation: Situation, act: Act, subject: Subject | None) -> Case:
    """The question as asked by this actor."""
    if act.is_system:
        return Case(situation, act, subject, None, None)
    return Case(situation, act, subject, situation.me(act.actor), situation.organisation(act.actor.organisation))
