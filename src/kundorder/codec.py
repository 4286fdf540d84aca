"""Canonical JSON: how records are stored, and what digests are over.

A record is stored under a key that tells its kind, with the number of the schema it was written by. Reading applies
the upcasters of every schema that was ever released; a schema from the future is refused.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec

from kundorder.catalogue import Terms
from kundorder.commands import Command
from kundorder.errors import Corrupt
from kundorder.events import Entry, Event, Owed
from kundorder.evidence import Document, Evidence
from kundorder.model import Actor, Agreement, Content, Record, Rules
from kundorder.outcomes import OrderOutcome, Outcome
from kundorder.situation import RECORDS, Key, Kind, kind_of
from kundorder.vocabulary import Lifecycle

SCHEMA = 1
"""What this release writes."""

Upcaster: TypeAlias = Callable[[Mapping[str, object]], Mapping[str, object]]

UPCASTERS: Mapping[tuple[Kind, int], Upcaster] = MappingProxyType({})
"""From (kind, schema) to what the next schema calls the same; empty while there is but one schema."""

_ENCODER = msgspec.json.Encoder(decimal_format="string")
_CANONICAL = msgspec.json.Encoder(decimal_format="string", order="sorted")
_DECODERS: Mapping[Kind, msgspec.json.Decoder[Record]] = {
    kind: msgspec.json.Decoder(record) for kind, record in RECORDS.items()
}
_UNPROVEN = b'"proven":null,'
_OBJECTS = msgspec.json.Decoder(dict[str, object])
_ENTRIES = msgspec.json.Decoder(Entry)
_OWED = msgspec.json.Decoder(Owed)
_OUTCOMES = msgspec.json.Decoder(Outcome)
_ORDER_OUTCOMES = msgspec.json.Decoder(OrderOutcome)

# Half a surrogate pair, or lists within each other by the thousand, are errors of other kinds to msgspec.
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)


def encode(record: Record | Entry | Owed | Outcome) -> str:
    """The stored form of a record."""
    return _ENCODER.encode(record).decode()


def decode(key: Key, schema: int, text: str) -> Record:
    """The record that was stored.

    Raises:
        Corrupt: it was written by a newer release, or it is no such record.
    """
    kind = kind_of(key)
    try:
        if schema == SCHEMA:
            return _DECODERS[kind].decode(text)
        return _upcast(kind, schema, text)
    except _UNREADABLE as error:
        message = f"a stored {kind.value} cannot be read"
        raise Corrupt(message) from error


def _upcast(kind: Kind, schema: int, text: str) -> Record:
    if schema > SCHEMA:
        message = f"a stored {kind.value} has schema {schema} and this release knows up to {SCHEMA}; upgrade kundorder"
        raise Corrupt(message)
    fields: Mapping[str, object] = _OBJECTS.decode(text)
    for number in range(schema, SCHEMA):
        step = UPCASTERS.get((kind, number))
        fields = fields if step is None else step(fields)
    return msgspec.convert(fields, RECORDS[kind])


def decode_entry(text: str) -> Entry:
    """The journal entry that was stored.

    Raises:
        Corrupt: it is no such thing.
    """
    try:
        return _ENTRIES.decode(text)
    except _UNREADABLE as error:
        raise Corrupt("a journal entry cannot be read") from error


def decode_owed(text: str) -> Owed:
    """The debt that was stored.

    Raises:
        Corrupt: it is no such thing.
    """
    try:
        return _OWED.decode(text)
    except _UNREADABLE as error:
        raise Corrupt("a stored debt cannot be read") from error


def decode_outcome(text: str) -> Outcome:
    """The outcome that was kept with a receipt.

    Raises:
        Corrupt: it is no such thing.
    """
    try:
        plain = _OUTCOMES.decode(text)
        return _ORDER_OUTCOMES.decode(text) if plain.lifecycle is Lifecycle.ORDER else plain
    except _UNREADABLE as error:
        raise Corrupt("a stored outcome cannot be read") from error


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def content_digest(content: Content) -> str:
    """What an order is bound to when it is sent."""
    return sha256(_CANONICAL.encode(content)).hexdigest()


def rules_digest(rules: Rules) -> str:
    """Which rules were in force."""
    return sha256(_CANONICAL.encode(rules)).hexdigest()


def command_digest(command: Command, actor: Actor) -> str:
    """What an idempotency key was used for."""
    return sha256(_CANONICAL.encode((type(command).__name__, command, actor))).hexdigest()


def document_bytes(document: Document) -> bytes:
    """The canonical form of a document: what is signed."""
    return _CANONICAL.encode(document)


def document_digest(document: Document) -> str:
    """What evidence for a document carries."""
    return sha256(document_bytes(document)).hexdigest()


def evidence_digest(evidence: Evidence) -> str:
    """What tells one piece of evidence from any other, be it for the same document."""
    return digest(f"{evidence.digest}/{evidence.proof}")


def claim_bytes(evidence: Evidence) -> bytes:
    """Everything evidence says apart from its proof, in canonical form: what a proof has to be for."""
    claim = {
        "digest": evidence.digest,
        "follows": evidence.follows,
        "identity": evidence.identity,
        "level": evidence.level,
        "method": evidence.method,
        "purpose": "kundorder evidence 2",
        "signed_at": evidence.signed_at,
        "signed_by": evidence.signed_by,
        "signer": evidence.signer,
    }
    return _CANONICAL.encode(claim)


def entry_digest(
    link: tuple[str, int, str], event: Event, rules: str, facts: tuple[str, ...], remark: str | None
) -> str:
    """What binds a journal entry to all before it; of the remark only its digest counts.

    Args:
        link: chain, number, digest of the entry before.
    """
    return sha256(as_in_first_format(_CANONICAL.encode((link, event, rules, facts, remark)))).hexdigest()


def as_in_first_format(encoded: bytes) -> bytes:
    """An entry in canonical form as it was written before events told of evidence, where this one has none to tell of.

    What is cut out cannot stand in any text, where quotation marks are escaped; so no two events become the same.
    """
    return encoded.replace(_UNPROVEN, b"")


def terms_digest(terms: Terms) -> str:
    """Which text was accepted or signed."""
    return sha256(_CANONICAL.encode(terms)).hexdigest()


def agreement_digest(agreement: Agreement) -> str:
    """What the signatories of an agreement sign: its text and its parties."""
    named = tuple((signatory.id, signatory.contact) for signatory in agreement.signatories)
    parts = (agreement.party, agreement.organisation, agreement.name, agreement.category, agreement.terms_digest, named)
    return sha256(_CANONICAL.encode(parts)).hexdigest()
