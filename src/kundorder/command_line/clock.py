"""The demo's own time: the same story always happens at the same times, however often it is interrupted and resumed.

So every act has a moment of its own, and what is owed because of it can be told by that moment.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, final

_BEGINNING: Final = datetime(2026, 2, 2, 8, 0, tzinfo=UTC)  # a Monday
_FRIDAY: Final = 4
PAUSE: Final = timedelta(minutes=5)
"""Between one act and the next."""


@final
class StoryClock:
    """A clock that stands still until the story goes on."""

    def __init__(self) -> None:
        self.act = _BEGINNING  # when the act at hand happens
        self._now = self.act

    def now(self) -> datetime:
        """See ``ports.Clock``."""
        return self._now

    def tick(self) -> None:
        """On to the next act."""
        self.act = self._now = self.act + PAUSE

    def next_day(self) -> None:
        """On to the morning of the next working day."""
        days = 3 if self.act.weekday() >= _FRIDAY else 1
        self.act = self._now = (self.act + timedelta(days=days)).replace(hour=_BEGINNING.hour, minute=0)

    def wait_until(self, moment: datetime) -> None:
        """Let time pass without anything else happening."""
        self._now = max(self._now, moment)

    def resume(self) -> None:
        """Back to the act at hand."""
        self._now = self.act
