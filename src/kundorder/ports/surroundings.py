"""Time and ids, as a host provides them."""

from datetime import datetime
from typing import Protocol

from kundorder.situation import Fresh


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        ...


class Ids(Fresh, Protocol):
    """Where new ids and secrets come from; they must be unguessable and never repeat."""
