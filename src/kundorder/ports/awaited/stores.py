"""Storage, as a host provides it."""

# Made from kundorder/ports/stores.py by tests/one_text.py: change it there.

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports.lists import Page
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index


class AsyncTransaction(Protocol):
    """What can be done in a store while its transaction lasts; the store speaks domain types, no SQL and no bytes."""

    async def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """All these records as they are now; ``ABSENT`` for each that is not there. One round trip.

        Raises:
            Unavailable: the store does not answer; nothing has happened.
            Corrupt: what is stored cannot be read, or is from a newer release.
        """
        ...

    async def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        """A page of what stands on a list under any of these values, ordered by ``sort`` as text, byte for byte.

        Raises:
            Unavailable: the store does not answer.
            Corrupt: what is stored cannot be read.
        """
        ...

    async def write(self, changes: Changes) -> None:
        """All of it or nothing, and only if every guard still holds; kept for good once the transaction has returned.

        A debt whose id is there already stays as it is, unless it was cancelled, or is parked and given with the very
        ``fence`` it has: then it is due anew, as given, and keeps its fence. A record that is dropped goes with all its
        lines, and can be created again; a debt is dropped if it is sent or cancelled now, and otherwise left alone.

        Raises:
            Conflict: a fact has moved; nothing is written, load and decide anew.
            Unavailable: the store does not answer; whether it was written is told by the receipt.
        """
        ...

    async def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """Debts that are due, oldest first, for nobody else before the lease ends; each claim has a higher ``fence``.

        Raises:
            Unavailable: the store does not answer; nothing is claimed.
        """
        ...

    async def settle(self, owed: Owed, settlement: Settlement) -> bool:
        """How it went: the debt is kept as ``events.settled`` has it, and the lease ends.

        False, and nothing is written, when somebody else has claimed it since (the fence is older).

        Raises:
            Unavailable: the store does not answer; the lease will end by itself.
        """
        ...


class AsyncStore(Protocol):
    """Where everything is kept."""

    def transaction(self) -> AbstractAsyncContextManager[AsyncTransaction]:
        """One transaction: kept when the block ends, undone when it raises.

        Raises:
            Unavailable: the store cannot be reached, is locked or is full.
            Corrupt: the store belongs to another program or a newer release; it is left unchanged.
        """
        ...
