"""Stores and mailers on which something goes wrong at the worst moment: wrappers round complete ones."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime

import attrs

import kundorder as ko
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Mailer, Page, Store, Transaction
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index


@attrs.define
class Meanwhile:
    """A store in which something else happens between the reads of a call and its first write."""

    kept: Store
    happens: Callable[[], object] | None  # once

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield Around(transaction, self.before, nothing)

    def before(self) -> None:
        """What happens, if it has not yet."""
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()


@attrs.define
class Forgetting:
    """A store whose answer to a write is lost, after or before it was kept; some times, and then it works."""

    kept: Store
    times: int
    kept_first: bool
    error: Callable[[], ko.KundorderError] = lambda: ko.Unavailable("the line went dead")

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        lost: list[bool] = []
        with self.kept.transaction() as transaction:
            yield Around(transaction, nothing if self.kept_first else self.fail, lambda: lost.append(True))
        if lost and self.kept_first:
            self.fail()

    def fail(self) -> None:
        """Lose the answer, if it is not time yet to work again."""
        if self.times > 0:
            self.times -= 1
            raise self.error()


def nothing() -> None:
    """Nothing happens."""


@attrs.frozen
class Around:
    """A transaction with something before and after each write."""

    kept: Transaction
    before: Callable[[], object]
    after: Callable[[], object]

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.kept.read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        self.before()
        self.kept.write(changes)
        self.after()

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.kept.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.kept.settle(owed, settlement)


@attrs.define
class Unsteady:
    """A mailer that fails until it is mended; ``only`` for letters to one address, if it is given."""

    mailer: Mailer
    error: Exception | None
    only: str | None = None
    handed: list[str] = attrs.field(factory=list)  # the message id of every letter it was ever given

    def send(self, letter: ko.Letter) -> None:
        self.handed.append(letter.message_id)
        if self.error is not None and self.only in (None, letter.to):
            raise self.error
        self.mailer.send(letter)
