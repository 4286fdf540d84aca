"""The stores, each through the contract."""

from pathlib import Path

from contracts.store import StoreContract

from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.ports import Store


class TestMemoryStore(StoreContract):
    def open_store(self, place: Path) -> Store:
        return _IN_MEMORY.setdefault(place, MemoryStore())


_IN_MEMORY: dict[Path, MemoryStore] = {}


class TestSqliteStoreWithDelete(StoreContract):
    def open_store(self, place: Path) -> Store:
        return SqliteStore(place / "orders.db", journal_mode="delete")


class TestSqliteStoreWithWal(StoreContract):
    def open_store(self, place: Path) -> Store:
        return SqliteStore(place / "orders.db", journal_mode="wal")
