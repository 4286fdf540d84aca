"""Small records that say who is who, so that a decision can find, count and guard people without searching."""

from datetime import datetime
from typing import TypeAlias, final

import attrs

from kundorder.vocabulary import Party, Role, Template


@final
@attrs.frozen(kw_only=True)
class Holder:
    """An active user holding a role."""

    member: str
    person: str
    since: datetime  # a handler's grants from another time with the role do not count


@final
@attrs.frozen(kw_only=True)
class Holders:
    """Everybody who holds a role in an organisation: a fact of its own, so that it can be guarded."""

    organisation: str
    role: Role
    holders: tuple[Holder, ...] = ()


@final
@attrs.frozen(kw_only=True)
class Account:
    """Which member an e-mail address is in one organisation."""

    organisation: str
    email: str
    member: str


@final
@attrs.frozen(kw_only=True)
class Login:
    """Which member a person is in one organisation."""

    organisation: str
    person: str
    member: str


@final
@attrs.frozen(kw_only=True)
class Mailbox:
    """Whose an e-mail address is, whatever the organisation: one address, one person."""

    email: str
    person: str


@final
@attrs.frozen(kw_only=True)
class CaseFile:
    """Which order a case number belongs to; a number is never reused."""

    case_number: str
    order: str


@final
@attrs.frozen(kw_only=True)
class Receipt:
    """That a key was used, for what, with which outcome; the same key and content get the same outcome again (R36)."""

    key: str
    digest: str  # of the command and the actor
    outcome: str  # canonical JSON
    at: datetime


@final
@attrs.frozen(kw_only=True)
class Reference:
    """What a link in a mail stands for: one purpose, subject, step and addressee. Opening it changes nothing."""

    digest: str  # of the reference; the reference itself is in the mail alone
    mail: str  # id of the debt it was sent with
    purpose: Template
    subject: str  # key of the order or agreement
    step: int  # of the subject when the mail was owed
    role: Role | None
    party: Party
    organisation: str  # of the addressee
    member: str | None  # None: a signatory
    signatory: str | None
    made_at: datetime
    ends_at: datetime


DirectoryRecord: TypeAlias = Holders | Account | Login | Mailbox | CaseFile | Receipt | Reference
