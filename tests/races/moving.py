"""Preparing in memory what a race needs, and moving it all at once: to write each order to a disk takes long."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TypeAlias, final

import attrs

from kundorder.adapters.memory import MemoryStore
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Store, Transaction
from races.around import Through

Deed: TypeAlias = Callable[[Transaction], object]


@final
@attrs.define
class Moving:
    """A store in memory that remembers what was done to it, until it is moved to where it belongs."""

    kept: Store = attrs.field(factory=MemoryStore)
    done: list[Deed] | None = attrs.field(factory=list)  # None: it has been moved

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        done: list[Deed] = []
        with self.kept.transaction() as transaction:
            yield transaction if self.done is None else _Remembered(transaction, done)
        if self.done is not None:
            self.done += done

    def move(self, to: Store) -> None:
        """Do all of it again there, in one transaction; from now on it is there."""
        done, self.done = self.done, None
        with to.transaction() as transaction:
            for deed in done or ():
                _ = deed(transaction)
        self.kept = to


@final
class _Remembered(Through):
    def __init__(self, kept: Transaction, done: list[Deed]) -> None:
        super().__init__(lambda: kept)
        self._done = done

    def write(self, changes: Changes) -> None:
        super().write(changes)
        self._done.append(lambda transaction: transaction.write(changes))

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        claimed = super().claim(now=now, lease_until=lease_until, limit=limit)
        self._done.append(partial(_claim_again, claimed, now, lease_until, limit))
        return claimed

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        settled = super().settle(owed, settlement)
        self._done.append(lambda transaction: transaction.settle(owed, settlement))
        return settled


def _claim_again(
    claimed: tuple[Owed, ...], now: datetime, lease_until: datetime, limit: int, transaction: Transaction
) -> None:
    assert transaction.claim(now=now, lease_until=lease_until, limit=limit) == claimed
