"""Connections from a pool of SQLAlchemy's, one for each transaction, and given back as they were."""

from typing import Protocol

from kundorder.adapters.sql.lines import Line
from kundorder.adapters.sql.tongue import Tongue


class Lent(Protocol):
    """A connection, for as long as a transaction takes; it keeps every statement at once unless told to begin."""

    def line(self) -> Line:
        """The line; the same until it is given back or renewed."""
        ...

    def is_dead(self) -> bool:
        """Whether the connection is gone."""
        ...

    def renew(self) -> bool:
        """Take another connection for one that has died; False if this one lives.

        Raises:
            Unavailable: none is to be had.
        """
        ...

    def give_back(self) -> None:
        """It is not needed any more; one that is in the middle of something is given up."""
        ...


class Lending(Protocol):
    """Where connections come from."""

    @property
    def tongue(self) -> Tongue:
        """What is spoken on them."""
        ...

    def lend(self) -> Lent:
        """One of them.

        Raises:
            Unavailable: none is to be had.
        """
        ...
