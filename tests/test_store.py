"""The stores, each through the contract."""

from functools import partial
from pathlib import Path

from hosts.stores import HostStore, sqlite_at
from postgres import address
from psycopg_pool import ConnectionPool
from sqlalchemy import create_engine

from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.sql import SqlStore, migrate
from kundorder.adapters.sqlite import SqliteStore
from kundorder.ports import Store
from kundorder.testing.contracts.store import StoreContract


class TestMemoryStore(StoreContract):
    lasts = False

    def begin(self) -> None:
        self.opened: dict[Path, MemoryStore] = {}
        super().begin()

    def open_store(self, place: Path) -> Store:
        return self.opened.setdefault(place, MemoryStore())


class TestSqliteStoreWithDelete(StoreContract):
    def open_store(self, place: Path) -> Store:
        return SqliteStore(place / "orders.db", journal_mode="delete")


class TestSqliteStoreWithWal(StoreContract):
    def open_store(self, place: Path) -> Store:
        return SqliteStore(place / "orders.db", journal_mode="wal")


class TestSqlStoreOnSqlite(StoreContract):
    def open_store(self, place: Path) -> Store:
        url = self.url(place)
        migrate(url)
        store = SqlStore(url)
        self.closing.callback(store.close)
        return store

    def url(self, place: Path) -> str:
        return f"sqlite:///{place / 'orders.db'}"


class TestSqlStoreOnPostgres(TestSqlStoreOnSqlite):
    def url(self, place: Path) -> str:
        return address(place, driver="+psycopg")


class TestBoundStoreInSqlite3(StoreContract):
    """Every transaction is one that a host ends; so it is in the classes that follow."""

    def open_store(self, place: Path) -> Store:
        path = place / "orders.db"
        migrate(f"sqlite:///{path}")
        return HostStore(partial(sqlite_at, str(path)))


class TestBoundStoreInPsycopg(StoreContract):
    def open_store(self, place: Path) -> Store:
        migrate(address(place, driver="+psycopg"))
        pool = self.closing.enter_context(ConnectionPool(address(place), min_size=0, max_size=8))
        return HostStore(pool.connection)


class TestBoundStoreInSqlalchemyOnSqlite(StoreContract):
    def open_store(self, place: Path) -> Store:
        engine = create_engine(self.url(place))
        self.closing.callback(engine.dispose)
        migrate(engine)
        return HostStore(engine.begin)

    def url(self, place: Path) -> str:
        return f"sqlite:///{place / 'orders.db'}"


class TestBoundStoreInSqlalchemyOnPostgres(TestBoundStoreInSqlalchemyOnSqlite):
    def url(self, place: Path) -> str:
        return address(place, driver="+psycopg")
