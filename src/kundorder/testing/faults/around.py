"""A transaction that can be looked into: everything goes through, and a subclass does something before or after."""

from datetime import datetime

import attrs

from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Page, Transaction
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index


@attrs.frozen
class Around:
    """A transaction round a transaction; to be extended by what does more."""

    kept: Transaction

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """See ``ports.Transaction``."""
        return self.kept.read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        """See ``ports.Transaction``."""
        return self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        """See ``ports.Transaction``."""
        self.kept.write(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """See ``ports.Transaction``."""
        return self.kept.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        """See ``ports.Transaction``."""
        return self.kept.settle(owed, settlement)
