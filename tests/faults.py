"""Stores and mailers on which something goes wrong at the worst moment: what the kit has, and what only we need."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import attrs

import kundorder as ko
from kundorder.outcomes import Changes
from kundorder.ports import Mailer, Store, Transaction
from kundorder.testing.faults.around import Around as LetThrough
from kundorder.testing.faults.meanwhile import Meanwhile

__all__ = ["Around", "Forgetting", "Meanwhile", "Unsteady", "nothing"]


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
class Around(LetThrough):
    """A transaction with something before and after each write."""

    before: Callable[[], object]
    after: Callable[[], object]

    def write(self, changes: Changes) -> None:
        self.before()
        self.kept.write(changes)
        self.after()


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
