"""Somebody else is quicker: something happens between what a call has read and what it writes."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import final

import attrs

from kundorder.outcomes import Changes
from kundorder.ports import Store, Transaction
from kundorder.testing.faults.around import Around


@final
@attrs.define
class Meanwhile:
    """A store in which something else happens between the reads of a call and its first write.

    What happens has to be done on the store that is in it, and may be done in a transaction of its own.
    """

    kept: Store
    happens: Callable[[], object] | None  # once

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """See ``ports.Store``."""
        with self.kept.transaction() as transaction:
            yield _Interrupted(transaction, self.before)

    def before(self) -> None:
        """What happens, if it has not yet."""
        happens, self.happens = self.happens, None
        if happens is not None:
            _ = happens()


@final
@attrs.frozen
class _Interrupted(Around):
    before: Callable[[], None]

    def write(self, changes: Changes) -> None:
        self.before()
        self.kept.write(changes)
