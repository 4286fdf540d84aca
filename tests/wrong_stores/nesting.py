"""Wrong where a thread uses two stores, one within the other."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from threading import local
from typing import final

import attrs

from kundorder.errors import Unavailable
from kundorder.ports import Store, Transaction
from wrong_stores.telling import Making, Wrong

TWO_PLACES = "test_two_stores_at_two_places_have_nothing_in_common"
ITS_OWN = "test_each_of_two_stores_keeps_or_undoes_its_own"
WITHIN = "test_threads_use_two_stores_within_each_other"


class Open(local):
    """What a thread has open."""

    transaction: Transaction | None = None
    stack: ExitStack | None = None


@final
@attrs.frozen
class OneForAThread:
    """A store whose thread has one transaction, whichever store it is asked of."""

    kept: Store
    open: Open

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        if self.open.transaction is not None:
            yield self.open.transaction
            return
        with self.kept.transaction() as transaction:
            self.open.transaction = transaction
            try:
                yield transaction
            finally:
                self.open.transaction = None


@final
@attrs.frozen
class AllAtOnce:
    """A store whose blocks within another one, of whichever store, are kept or undone with that."""

    kept: Store
    open: Open

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        if self.open.stack is not None:
            yield self.open.stack.enter_context(self.kept.transaction())
            return
        with ExitStack() as stack:
            self.open.stack = stack
            try:
                yield stack.enter_context(self.kept.transaction())
            finally:
                self.open.stack = None


@final
@attrs.frozen
class OneAtATime:
    """A store that opens no block within another one, whichever store that is of."""

    kept: Store
    open: Open

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        if self.open.transaction is not None:
            raise Unavailable("another block is open in this thread")
        with self.kept.transaction() as transaction:
            self.open.transaction = transaction
            try:
                yield transaction
            finally:
                self.open.transaction = None


def for_all_places() -> Callable[[Store], Store]:
    """Whichever is opened first is opened for every place."""
    first: list[Store] = []

    def opened(kept: Store) -> Store:
        first.append(kept)
        return first[0]

    return opened


def of_a_thread(way: Callable[[Store, Open], Store]) -> Making:
    """The stores of a thread know of each other."""

    def making() -> Callable[[Store], Store]:
        opened = Open()
        return lambda kept: way(kept, opened)

    return making


WRONG = (
    Wrong("is the same store at every place", for_all_places, (TWO_PLACES, ITS_OWN, WITHIN)),
    Wrong("has one transaction for a thread", of_a_thread(OneForAThread), (TWO_PLACES, ITS_OWN, WITHIN)),
    Wrong("keeps or undoes the blocks of a thread as one", of_a_thread(AllAtOnce), (ITS_OWN,)),
    Wrong("has one block for a thread", of_a_thread(OneAtATime), (TWO_PLACES, ITS_OWN, WITHIN)),
)
