"""What a test asks of a host, and of a transaction of its."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol, TypeVar

import attrs

from hosts.ground import Database
from kundorder.adapters.sql import BoundStore

_T = TypeVar("_T")

ADD: Final = "INSERT INTO notes (text) VALUES ({})"
ALL: Final = "SELECT text FROM notes"


class Inside(Protocol):
    """A transaction of a host's that has begun."""

    def store(self) -> BoundStore:
        """A store of ours in it."""
        ...

    def note(self, text: str) -> None:
        """Write a row of the host's own."""
        ...

    def notes(self) -> list[str]:
        """All such rows, as the transaction sees them."""
        ...

    def do(self, sql: str) -> None:
        """A statement, as the host carries it out."""
        ...

    def saved(self) -> AbstractContextManager[object]:
        """A savepoint of the host's: undone when the block raises."""
        ...


@attrs.frozen
class Host(ABC):
    """A kind of host on a database."""

    database: Database

    @abstractmethod
    def run(self, body: Callable[[Inside], _T]) -> _T:
        """What a host does: begin, do it, and commit, or roll back if it raises."""
