"""Wrong when their process dies: only a store that outlives it can be, so these are made of one in a file."""

import atexit
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import final

import attrs

from kundorder.adapters.sqlite import SqliteStore
from kundorder.outcomes import Changes
from kundorder.ports import Store, Transaction
from kundorder.testing.contracts.store import StoreContract
from wrong_stores.telling import Bends, Bent, Scattered, Single


@final
@attrs.frozen
class Dying:
    """A wrong store."""

    lie: str  # what it does, as its author's mistake
    contract: type[StoreContract]  # made of it: another process finds it by its name
    caught_by: str  # the way of dying that shows it


class _NotYet(Exception):
    """It is kept later."""


@attrs.frozen
class Later:
    """A store that keeps what is written when the interpreter ends."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        written: list[Changes] = []

        def noted(changes: Changes) -> Changes:
            written.append(changes)
            return changes

        with suppress(_NotYet), self.kept.transaction() as transaction:
            yield Bent(transaction, Bends(changes=noted))
            if written:
                raise _NotYet
        for changes in written:
            atexit.register(self._keep, changes)

    def _keep(self, changes: Changes) -> None:
        with self.kept.transaction() as transaction:
            transaction.write(changes)


@attrs.frozen
class Tidy:
    """A store that ends every open block when the interpreter ends, as if its work were done."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        block = ExitStack()
        transaction = block.enter_context(self.kept.transaction())
        atexit.register(block.close)
        try:
            yield transaction
        except BaseException:
            block.__exit__(*sys.exc_info())
            raise
        block.close()


class KeptLater(StoreContract):
    def open_store(self, place: Path) -> Store:
        file = place / "orders.db"
        return Later(SqliteStore(file)) if file.exists() else SqliteStore(file)


class KeptAtOnce(StoreContract):
    def open_store(self, place: Path) -> Store:
        return Scattered(SqliteStore(place / "orders.db"), Single)


class KeptTidily(StoreContract):
    def open_store(self, place: Path) -> Store:
        return Tidy(SqliteStore(place / "orders.db"))


DYING = (
    Dying("keeps what is written when it is closed", KeptLater, "killed"),
    Dying("keeps each act at once, in a file", KeptAtOnce, "killed"),
    Dying("keeps what was under way when it is closed", KeptTidily, "ended"),
)
