"""A store whose every transaction is one that a host begins and ends: bound ones, for the exam every store takes."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import final

import attrs

from kundorder.adapters.sql import BoundStore
from kundorder.adapters.sql.hosts import Host
from kundorder.ports import Transaction


@final
@attrs.frozen
class HostStore:
    """See ``ports.Store``.

    Args:
        begin: a block in which a host's transaction stands; it commits at the end, or rolls back if that raises.
    """

    begin: Callable[[], AbstractContextManager[Host]]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.begin() as host, BoundStore(host).transaction() as transaction:
            yield transaction


@contextmanager
def sqlite_at(path: str) -> Generator[sqlite3.Connection]:
    """A transaction by the standard library's ``sqlite3``."""
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection
