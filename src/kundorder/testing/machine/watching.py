"""What the machine sees of its surroundings: a clock it moves, letters as they leave, a moment between two calls."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final, final

import attrs

from kundorder.ports import Letter, Mailer, Store, Transaction
from kundorder.testing.surroundings import START

_A_SECOND: Final = timedelta(seconds=1)


@final
class MovableClock:
    """A clock that ticks whenever somebody looks, and can be moved on."""

    def __init__(self) -> None:
        self.time = START + timedelta(days=30)

    def now(self) -> datetime:
        """A second later than the last time."""
        return self.advance(_A_SECOND)

    def advance(self, by: timedelta) -> datetime:
        """Move it on."""
        self.time += by
        return self.time


@final
@attrs.define
class Seen:
    """A mailer that counts the letters on their way to another."""

    kept: Mailer
    times: Counter[str] = attrs.field(factory=Counter[str])  # by message id

    def send(self, letter: Letter) -> None:
        """See ``ports.Mailer``."""
        self.kept.send(letter)
        self.times[letter.message_id] += 1


@final
@attrs.define
class Between:
    """A store in which something else happens once a call has read and before it begins to write."""

    kept: Store
    happens: Callable[[], object] | None = None  # once
    begun: int = 0

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """See ``ports.Store``."""
        self.begun += 1
        if self.begun > 1 and self.happens is not None:
            happens, self.happens = self.happens, None
            _ = happens()
        with self.kept.transaction() as transaction:
            yield transaction
