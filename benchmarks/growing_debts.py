"""Ten mails owed, and a hundred thousand: what a relay spends to get its next ones."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, final

from bulk import Orders
from growing import POSTGRES, SQLITE, Filled, Grown, store_in, table
from measuring import Section

from kundorder.delivery import LEASE, given_back
from kundorder.events import Owed

_FEW: Final = 10
_NOW: Final = datetime(2026, 6, 1, tzinfo=UTC)
_MAILS: Final = 2
"""An order that waits for the agent is owed to two handlers."""


def section(*, quick: bool) -> Section:
    """Measure."""
    many, rounds = (2_000, 5) if quick else (100_000, 21)

    def begun(kind: str, stack: ExitStack) -> list[Grown]:
        stores = (
            stack.enter_context(store_in(kind, Orders(_FEW // _MAILS, owing=True))),
            stack.enter_context(store_in(kind, Orders(many // _MAILS, owing=True))),
        )
        small, large = (Claiming(filled) for filled in stores)
        back = (small.give_back, large.give_back)
        return [
            Grown("ten debts claimed", stores, small.claim, large.claim, None, times=5, afterwards=back),
        ]

    return table(
        f"Growth by debts: {_FEW} and {many:,} mails owed",
        {kind: partial(begun, kind) for kind in (SQLITE, POSTGRES)},
        rounds,
        "The claimed ones are given back, which is not measured.",
    )


@final
class Claiming:
    """A relay that takes debts, and gives them back."""

    def __init__(self, filled: Filled) -> None:
        self._store = filled.store
        self._claimed: tuple[Owed, ...] = ()
        self._now = _NOW

    def claim(self) -> None:
        """The oldest ten."""
        self._now += timedelta(seconds=1)
        with self._store.transaction() as transaction:
            self._claimed = transaction.claim(now=self._now, lease_until=self._now + LEASE, limit=_FEW)
        assert len(self._claimed) == _FEW

    def give_back(self) -> None:
        """All of them, as if they had not been claimed."""
        with self._store.transaction() as transaction:
            for owed in self._claimed:
                assert transaction.settle(owed, given_back(owed))
