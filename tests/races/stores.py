"""The stores that are raced on: each has a name that a process can be told, and a folder to be in."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from postgres import address

from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.sql import SqlStore, migrate
from kundorder.adapters.sqlite import SqliteStore
from kundorder.layout import JournalMode
from kundorder.ports import Store

PATIENCE: Final = 60
"""Seconds to wait for a lock: how long a busy machine takes is not what is tested."""


def _in_file(place: Path, mode: JournalMode) -> Store:
    return SqliteStore(place / "orders.db", journal_mode=mode, busy_timeout_seconds=PATIENCE)


def _in_tables(url: str) -> Store:
    migrate(url)
    return SqlStore(url, wait_seconds=PATIENCE)


STORES: Final[Mapping[str, Callable[[Path], Store]]] = {
    "memory": lambda _place: MemoryStore(),
    "SQLite, delete": lambda place: _in_file(place, "delete"),
    "SQLite, wal": lambda place: _in_file(place, "wal"),
    "SQLite, by SQLAlchemy": lambda place: _in_tables(f"sqlite:///{place / 'orders.db'}"),
    "PostgreSQL": lambda place: _in_tables(address(place, driver="+psycopg")),
}
SHARES: Final[Mapping[str, int]] = {
    "memory": 1,
    "SQLite, delete": 1,
    "SQLite, wal": 2,
    "SQLite, by SQLAlchemy": 1,
    "PostgreSQL": 2,
}
"""Parts of all races that are held on each: fewer where every write is slow."""

SHARED: Final = tuple(name for name in STORES if name != "memory")
"""Those that several processes can have open."""


@runtime_checkable
class _Closable(Protocol):
    def close(self) -> None:
        """Give up what is open."""
        ...


@contextmanager
def opened(name: str, place: Path) -> Generator[Store]:
    """The store in this folder, until the block ends."""
    store = STORES[name](place)
    try:
        yield store
    finally:
        if isinstance(store, _Closable):
            store.close()
