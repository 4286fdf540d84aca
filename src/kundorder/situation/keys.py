"""What a record is stored under."""

from enum import StrEnum, unique
from typing import NewType, final

from kundorder.directory import Account, CaseFile, Holders, Login, Mailbox, Receipt, Reference
from kundorder.evidence import Begun, PendingSigning, SignedDocument
from kundorder.model import (
    AgentAssignment,
    Agreement,
    Member,
    Order,
    Organisation,
    Provider,
    Record,
)
from kundorder.vocabulary import Role

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
    BEGUN = "begun"
    EVIDENCE = "evidence"
    LINK = "link"
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
    Kind.BEGUN: Begun,
    Kind.EVIDENCE: SignedDocument,
    Kind.LINK: Reference,
    Kind.RECEIPT: Receipt,
}
"""What is stored under a key of each kind."""


_KINDS = {kind.value: kind for kind in Kind}

THE_PROVIDER = Key("provider:the")


def kind_of(key: Key) -> Kind:
    """What a key is the key of."""
    return _KINDS[key.partition(":")[0]]


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
    return Key(f"holders:{organisation}/{role}")


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


def signing_key(subject: str, number: int, act: str, organisation: str, signer: str) -> Key:
    """Of the signature one person gives for one organisation to one thing; to sign and to decline are two."""
    return Key(f"signing:{subject}/{number}/{act}/{organisation}/{signer}")


def begun_key(who: str) -> Key:
    """Of when somebody has lately begun to sign.

    Args:
        who: a digest, for it may be of an address.
    """
    return Key(f"begun:{who}")


def evidence_key(evidence_digest: str) -> Key:
    """Of evidence that was accepted, with its document."""
    return Key(f"evidence:{evidence_digest}")


def link_key(reference_digest: str) -> Key:
    """Of what a link in a mail stands for."""
    return Key(f"link:{reference_digest}")


def receipt_key(key: str) -> Key:
    """Of the receipt of an idempotency key."""
    return Key(f"receipt:{key}")
