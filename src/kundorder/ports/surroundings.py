"""Time and ids, as a host provides them."""

from datetime import datetime
from typing import Protocol

from kundorder.situation import Fresh


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Now, aware, in UTC; the same for all threads, whatever zone the machine is set to.

        It does not go back while nobody sets it.
        """
        ...


class Ids(Fresh, Protocol):
    """Where new ids and secrets come from; they must be unguessable and never repeat, however many threads ask.

    They are of the forms that ``identifiers`` takes. Two objects, in one process or in several, have no id and no
    secret in common. A case number may repeat by chance: the store tells, and another one is drawn.
    """
