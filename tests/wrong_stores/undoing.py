"""Wrong in what they undo, and when a transaction ends."""

from asyncio import CancelledError
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import final

import attrs

from kundorder.errors import Conflict
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Store, Transaction
from wrong_stores.telling import NOTHING, Bent, Making, Single, Wrong, scattered

UNDONE = "test_an_error_in_the_block_undoes_all_of_it"


@attrs.define
class Beside(Bent):
    """Some acts are done in another place, where they are kept at once."""

    store: Store = attrs.field(kw_only=True)

    @property
    def beside(self) -> Single:
        """The other place."""
        return Single(self.store)


class EntriesBeside(Beside):
    """The journal is kept elsewhere."""

    def write(self, changes: Changes) -> None:
        self.kept.write(attrs.evolve(changes, entries=()))
        self.beside.write(attrs.evolve(NOTHING, entries=changes.entries))


class DebtsBeside(Beside):
    """Debts are put into a queue elsewhere."""

    def write(self, changes: Changes) -> None:
        self.kept.write(attrs.evolve(changes, owed=()))
        self.beside.write(attrs.evolve(NOTHING, owed=changes.owed))


class ClaimsBeside(Beside):
    """Debts are claimed elsewhere."""

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.beside.claim(now=now, lease_until=lease_until, limit=limit)


class SettlementsBeside(Beside):
    """Debts are settled elsewhere."""

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.beside.settle(owed, settlement)


@final
@attrs.frozen
class Partly:
    """A store in which only a part of a transaction is one."""

    kept: Store
    part: type[Beside]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield self.part(transaction, store=self.kept)


def partly(part: type[Beside]) -> Making:
    """All but this part is undone with its block."""
    return lambda: lambda kept: Partly(kept, part)


@final
@attrs.frozen
class KeepsAt:
    """A store that keeps what a block has done although it was left by one of these errors."""

    kept: Store
    errors: tuple[type[BaseException], ...]
    but: tuple[type[BaseException], ...] = ()

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        left: list[BaseException] = []
        with self.kept.transaction() as transaction:
            try:
                yield transaction
            except self.but:
                raise
            except self.errors as error:
                left.append(error)
        if left:
            raise left[0]


@final
@attrs.frozen
class Silences:
    """A store that undoes a block and says nothing of the error."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with suppress(Exception), self.kept.transaction() as transaction:
            yield transaction


@final
@attrs.frozen
class GoesOn:
    """A store that does what is asked in a transaction after its end, and keeps it at once."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            told = Bent(transaction)
            try:
                yield told
            finally:
                told.kept = Single(self.kept)


WRONG = (
    Wrong(
        "keeps each act at once",
        scattered(),
        (
            UNDONE,
            "test_a_conflict_undoes_what_the_same_transaction_wrote_before_it",
            "test_nobody_sees_what_has_not_been_kept",
            "test_nothing_is_done_in_a_transaction_that_has_ended",
        ),
    ),
    Wrong("keeps entries although the block is undone", partly(EntriesBeside), (UNDONE,)),
    Wrong("keeps debts although the block is undone", partly(DebtsBeside), (UNDONE,)),
    Wrong("keeps claims although the block is undone", partly(ClaimsBeside), (UNDONE,)),
    Wrong("keeps settlements although the block is undone", partly(SettlementsBeside), (UNDONE,)),
    Wrong(
        "undoes nothing when a block is left by what is no ordinary error",
        lambda: lambda kept: KeepsAt(kept, (BaseException,), but=(Exception,)),
        (UNDONE,),
    ),
    Wrong(
        "undoes nothing when the task is cancelled",
        lambda: lambda kept: KeepsAt(kept, (CancelledError,)),
        (UNDONE,),
    ),
    Wrong(
        "undoes nothing when a block is left by a conflict",
        lambda: lambda kept: KeepsAt(kept, (Conflict,)),
        (UNDONE, "test_a_conflict_undoes_what_the_same_transaction_wrote_before_it"),
    ),
    Wrong(
        "keeps the error of a block to itself",
        lambda: Silences,
        (UNDONE, "test_a_record_created_meanwhile_refuses_another"),
    ),
    Wrong(
        "goes on in a transaction that has ended",
        lambda: GoesOn,
        ("test_nothing_is_done_in_a_transaction_that_has_ended",),
    ),
)
