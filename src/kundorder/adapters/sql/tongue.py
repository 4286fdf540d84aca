"""What a database has to be asked differently from another."""

from datetime import datetime
from typing import Protocol

from kundorder.adapters.sql.changing import Rows
from kundorder.adapters.sql.lines import Line
from kundorder.events import Owed, Settlement
from kundorder.layout import Stretch
from kundorder.model import Record
from kundorder.ports import Page
from kundorder.situation import Fact, Key


class Tongue(Protocol):
    """The statements of one kind of database."""

    @property
    def begin(self) -> str:
        """How a transaction begins that is going to write."""
        ...

    @property
    def writes_at_once(self) -> bool:
        """Whether one statement writes everything, so that it needs no transaction round it."""
        ...

    def hold(self, line: Line) -> None:
        """Make sure, in a transaction of somebody else's, that what is read from now on cannot move unnoticed."""
        ...

    def layout(self, line: Line) -> tuple[str, ...]:
        """The migrations that have been made, as Alembic has noted them; none, if there are no tables of ours."""
        ...

    def read(self, line: Line, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        """See ``ports.Transaction``."""
        ...

    def record(self, line: Line, key: Key, version: int) -> Record:
        """A record that is to be changed by somebody who has not brought along what it was.

        Raises:
            Conflict: it no longer has this version.
        """
        ...

    def page(self, line: Line, values: tuple[str, ...], wanted: Stretch) -> Page:
        """See ``ports.Transaction.select``."""
        ...

    def write(self, line: Line, rows: Rows) -> None:
        """See ``ports.Transaction``; outside a transaction only what ``is_at_once`` (and if ``writes_at_once``)."""
        ...

    def claim(self, line: Line, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        """See ``ports.Transaction``."""
        ...

    def settle(self, line: Line, owed: Owed, settlement: Settlement) -> bool:
        """See ``ports.Transaction``; of ``owed`` only the id and the fence are believed."""
        ...
