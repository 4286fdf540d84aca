"""Time and ids that a test decides: doubles of ``ports.Clock`` and ``ports.Ids`` that can be replayed."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hmac import digest as hmac_digest
from itertools import count
from typing import Final, final

from kundorder.identifiers import case_number_from, token

START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
"""When everything begins, unless a test says otherwise."""

_A_SECOND: Final = timedelta(seconds=1)
_SPREAD: Final = 7_919  # a prime, so that numbers that follow each other do not look alike


@final
class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = START) -> None:
        self.time = start

    def now(self) -> datetime:
        """The time it was set to."""
        return self.time

    def advance(self, by: timedelta) -> datetime:
        """Move it on; back, if that is negative.

        Returns:
            What time it is then.
        """
        self.time += by
        return self.time


@final
class TickingClock:
    """A clock that moves on whenever somebody looks, so that nothing happens at one time with anything else."""

    def __init__(self, start: datetime = START, *, tick: timedelta = _A_SECOND) -> None:
        self.time = start
        self._tick = tick

    def now(self) -> datetime:
        """A tick later than the last time."""
        self.time += self._tick
        return self.time


@final
class NumberedIds:
    """Ids in a row, the same in every run: for tests only, since everybody can guess them.

    Args:
        first: the number they begin with; ids of two sources do not meet unless their numbers do.
    """

    def __init__(self, first: int = 1) -> None:
        self._numbers = count(first)
        self._secret = first.to_bytes(16, "big")

    def order(self) -> str:
        """An order id; later ones sort later."""
        return self._token("o")

    def member(self) -> str:
        """A member id; later ones sort later."""
        return self._token("m")

    def case_number(self) -> str:
        """A case number that none of the last million had."""
        return case_number_from(next(self._numbers) * _SPREAD)

    def code(self, about: str) -> str:
        """From this object always the same for the same thing."""
        return urlsafe_b64encode(hmac_digest(self._secret, about.encode(), "sha256")).decode().rstrip("=")

    def _token(self, prefix: str) -> str:
        number = next(self._numbers)
        return token(prefix, number, number * _SPREAD)
