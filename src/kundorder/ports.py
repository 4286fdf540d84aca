"""What a host provides: storage, mail, signing, time and ids, each as a Protocol of at most five methods."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeAlias, final

import attrs

from kundorder.events import Entry, Owed, Settlement, SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.outcomes import Changes
from kundorder.situation import Fact, Fresh, Key
from kundorder.vocabulary import Index, Language, Party, Role


@final
@attrs.frozen(kw_only=True)
class Listed:
    """One line of a list."""

    sort: str  # where it stands; pass the last one seen as ``after`` to go on
    key: Key
    fact: Fact | None = None  # of a record
    entry: Entry | None = None  # of the journal
    owed: Owed | None = None  # of the debts


@final
@attrs.frozen(kw_only=True)
class Page:
    """A stretch of a list, in the order of ``sort``."""

    items: tuple[Listed, ...]
    after: str | None  # what to pass for the next page; None: there is none


class Transaction(Protocol):
    """What can be done in a store while its transaction lasts; the store speaks domain types, no SQL and no bytes."""

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """All these records as they are now; ``ABSENT`` for each that is not there. One round trip.

        Raises:
            Unavailable: the store does not answer; nothing has happened.
            Corrupt: what is stored cannot be read, or is from a newer release.
        """
        ...

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        """A page of what stands on a list under any of these values, ordered by ``sort`` as text, byte for byte.

        Raises:
            Unavailable: the store does not answer.
            Corrupt: what is stored cannot be read.
        """
        ...

    def write(self, changes: Changes) -> None:
        """All of it or nothing, and only if every guard still holds. Once this and the transaction return, it is kept for good.

        Raises:
            Conflict: a fact has moved; nothing is written, load and decide anew.
            Unavailable: the store does not answer; whether it was written is told by the receipt.
        """
        ...

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """Debts that are due, oldest first; nobody else gets them before the lease ends. Each claim has a higher ``fence``.

        Raises:
            Unavailable: the store does not answer; nothing is claimed.
        """
        ...

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        """How it went. False, and nothing is written, when somebody else has claimed it since (the fence is older).

        Raises:
            Unavailable: the store does not answer; the lease will end by itself.
        """
        ...


class Store(Protocol):
    """Where everything is kept."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One transaction: kept when the block ends, undone when it raises.

        Raises:
            Unavailable: the store cannot be reached, is locked or is full.
            Corrupt: the store belongs to another program or a newer release; it is left unchanged.
        """
        ...


@final
@attrs.frozen(kw_only=True)
class Letter:
    """A mail as it is to leave: to one person, in one language, as text and as HTML."""

    message_id: str  # fixed, derived from the debt: a second copy is recognised as such
    sender: str
    to: str
    language: Language
    subject: str
    text: str
    html: str
    thread: str  # same for all letters about one order or agreement
    role: Role | None
    party: Party


class Mailer(Protocol):
    """How letters leave."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over for good. Sending the same ``message_id`` again is harmless.

        Raises:
            Undeliverable: this letter will never go; trying again does not help.
            Unavailable: not now; try again later.
        """
        ...


@final
@attrs.frozen(kw_only=True)
class ShowQr:
    """Show this as a QR code."""

    content: str


@final
@attrs.frozen(kw_only=True)
class OpenUrl:
    """Take the person to this address."""

    url: str


@final
@attrs.frozen(kw_only=True)
class EnterCode:
    """Let the person enter the code that was sent."""

    hint: str  # where it was sent, with most of it hidden


Action: TypeAlias = ShowQr | OpenUrl | EnterCode


@final
@attrs.frozen(kw_only=True)
class Done:
    """The person has signed."""

    evidence: Evidence


@final
@attrs.frozen(kw_only=True)
class Pending:
    """The person has not signed yet."""

    state: str  # JSON, to be given to ``resume``
    action: Action | None
    ask_again_at: datetime
    ends_at: datetime


@final
@attrs.frozen(kw_only=True)
class Failed:
    """It will not be signed this time; starting anew is possible."""

    why: str  # one line, no personal data


Progress: TypeAlias = Done | Pending | Failed


class Signing(Protocol):
    """How people attest and sign."""

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """Begin; nothing binds yet.

        Raises:
            Unavailable: not now; starting again is harmless.
        """
        ...

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """How far it has come. Asking is always allowed; a callback is only a hint.

        Raises:
            Unavailable: not now; the signing is still under way.
        """
        ...

    def cancel(self, state: str) -> None:
        """Give it up; cancelling what has ended is harmless.

        Raises:
            Unavailable: not now; it will end by itself.
        """
        ...

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """Whether the evidence proves that exactly this document was signed by exactly this signer.

        Raises:
            Unavailable: cannot tell now.
        """
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        ...


class Ids(Fresh, Protocol):
    """Where new ids and secrets come from; they must be unguessable and never repeat."""
