"""Storage, as a host provides it."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports.lists import Page
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index


class Transaction(Protocol):
    """What can be done in a store while its transaction lasts; the store speaks domain types, no SQL and no bytes.

    Each act sees what was done in the transaction before it. Texts are kept as they are, and are the same only
    character by character, whatever their case, width, accents or blanks; times come back in UTC.
    """

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """All these records as they are now; ``ABSENT`` for each that is not there. One round trip.

        Each is as it was written last, never an older one, in the order of the keys; what is handed over is the
        reader's own.

        Raises:
            Unavailable: the store does not answer; nothing has happened.
            Corrupt: what is stored cannot be read, or is from a newer release.
        """
        ...

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        """A page of what stands on a list under any of these values, ordered by ``sort`` as text, byte for byte.

        What stands there under several values comes once; lines of one ``sort`` are ordered by key. A record stands on
        the lists of ``worklists.listings`` as it is now; one with a journal is on ``HEADS``. Debts are on ``OWED``
        under their state; entries are on ``JOURNAL`` under their chain, by number, all of them under ``""``. ``after``
        may be any text, and what comes and goes between two pages moves nothing else.

        Raises:
            Unavailable: the store does not answer.
            Corrupt: what is stored cannot be read.
        """
        ...

    def write(self, changes: Changes) -> None:
        """All of it or nothing, and only if every guard still holds; kept for good once the transaction has returned.

        A guard holds if the record has that version now, 0 if it is not there; an entry has to follow the last one of
        its chain, and a record is written once. So a write that is repeated, or comes before its turn, is refused and
        changes nothing.

        A debt whose id is there already stays as it is, unless it was cancelled, or is parked and given with the very
        ``fence`` it has: then it is due anew, as given, and keeps its fence. A record that is dropped goes with all its
        lines, and can be created again; a debt is dropped if it is sent or cancelled now, and otherwise left alone.

        Raises:
            Conflict: a fact has moved; nothing is written, load and decide anew.
            Unavailable: the store does not answer; whether it was written is told by the receipt.
        """
        ...

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """Debts that are due, oldest first, for nobody else before the lease ends; each claim has a higher ``fence``.

        Each counts as an attempt. ``now`` is believed, whatever it is: where the clock has gone back, leases last until
        it shows their end again, and what is claimed is still settled by its fence.

        Raises:
            Unavailable: the store does not answer; nothing is claimed.
        """
        ...

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        """How it went: the debt is kept as ``events.settled`` has it, and the lease ends.

        False, and nothing is written, when somebody else has claimed it since (the fence is older), or when it is not
        due any more; so repeating it changes nothing. Of ``owed`` only the id and the fence are believed.

        Raises:
            Unavailable: the store does not answer; the lease will end by itself.
        """
        ...


class Store(Protocol):
    """Where everything is kept."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """One transaction: kept when the block ends, undone when it raises, or when its process dies in it.

        What is kept is there for every transaction that begins later, in whichever store is opened at the same place;
        before that nobody else sees any of it. A refusal that the block swallows loses nothing in silence: the rest is
        kept, or the block ends with an error. When it has ended nothing more can be done in it. Threads may share a
        store, and a transaction of one store stand in one of another.

        Raises:
            Unavailable: the store cannot be reached, is locked or is full.
            Corrupt: the store belongs to another program or a newer release; it is left unchanged.
        """
        ...
