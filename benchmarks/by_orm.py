"""The same work by SQLAlchemy's ORM: mapped classes for the same tables, one session a call, behind the same portal."""

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Final, Self, final

from plain import CommandsOnly, already_known
from sqlalchemy import Connection, Engine, create_engine, delete, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from kundorder.adapters.sql.changing import Rows, rows_of
from kundorder.errors import Conflict
from kundorder.layout import JournalMode, fact
from kundorder.layout.durability import SYNCHRONOUS
from kundorder.outcomes import Changes
from kundorder.situation import ABSENT, Fact, Key


class Tables(DeclarativeBase):
    """What is mapped."""


class RecordRow(Tables):
    __tablename__ = "kundorder_records"
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    number: Mapped[int]
    digest: Mapped[str]
    schema: Mapped[int]
    body: Mapped[str]


class ListingRow(Tables):
    __tablename__ = "kundorder_listings"
    idx: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    sort: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


class EntryRow(Tables):
    __tablename__ = "kundorder_journal"
    chain: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    remark: Mapped[str | None]


class DebtRow(Tables):
    __tablename__ = "kundorder_owed"
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    due_at: Mapped[str]
    owed_at: Mapped[str]
    lease_until: Mapped[str]
    fence: Mapped[int]
    attempts: Mapped[int]
    body: Mapped[str]


_CHANGED: Final = ("version", "number", "digest", "schema", "body")


@final
class OrmStore:
    """Enough of a store for commands, for one thread: the session of a call reads, writes and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.session: Session | None = None

    @classmethod
    def on_postgres(cls, address: str) -> Self:
        """On the tables that ``migrate`` has made."""
        return cls(create_engine(address.replace("postgresql:", "postgresql+psycopg:", 1)))

    @classmethod
    def on_sqlite(cls, path: Path, mode: JournalMode) -> Self:
        """On a new file, as durable as ours, and with a transaction that waits for others as ours does."""
        engine = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
        pragmas = (f"synchronous = {SYNCHRONOUS[mode][0]}", "secure_delete = ON", f"journal_mode = {mode}")

        def set_up(connection: sqlite3.Connection, _record: object) -> None:
            for pragma in pragmas:
                _ = connection.execute(f"PRAGMA {pragma}").fetchall()

        event.listen(engine, "connect", set_up)
        event.listen(engine, "begin", _begun)
        Tables.metadata.create_all(engine)
        return cls(engine)

    def transaction(self) -> "OrmTransaction":
        """See ``ports.Store``; one that has only read goes on with the next."""
        return OrmTransaction(self)

    def opened(self) -> Session:
        """The session of this call."""
        if self.session is None:
            self.session = Session(self._engine, expire_on_commit=False)
        return self.session

    def close(self) -> None:
        """Give up all connections."""
        self._engine.dispose()


@final
class OrmTransaction(CommandsOnly):
    """See ``ports.Transaction``."""

    def __init__(self, store: OrmStore) -> None:
        self._store = store
        self._session = store.opened()
        self._has_written = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None or self._has_written:
            if kind is None:
                self._session.commit()
            self._session.close()
            self._store.session = None

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        facts = dict.fromkeys(keys, ABSENT)
        for row in self._session.scalars(select(RecordRow).where(RecordRow.key.in_(keys))):
            key = Key(row.key)
            facts[key] = fact((key, row.version, row.schema, row.body, row.number, row.digest))
        return facts

    def write(self, changes: Changes) -> None:
        rows = rows_of(changes, already_known)
        found = self._guarded(rows)
        for record in rows.records:
            present = found.get(str(record["key"]))
            if present is None:
                self._session.add(RecordRow(**record))
            else:
                for name in _CHANGED:
                    setattr(present, name, record[name])
        for line in rows.gone:
            _ = self._session.execute(delete(ListingRow).filter_by(**line))
        self._session.add_all(ListingRow(**line) for line in rows.listed)
        self._session.add_all(EntryRow(**entry) for entry in rows.entries)
        self._session.add_all(DebtRow(**debt, lease_until="") for debt in rows.owed)
        self._has_written = True

    def _guarded(self, rows: Rows) -> dict[str, RecordRow]:
        """Lock what is to be written, hold what was looked at, and compare the versions."""
        found: dict[str, RecordRow] = {}
        for written in (True, False):
            keys = [str(guard["key"]) for guard in rows.guards if guard["written"] is written]
            wanted = select(RecordRow).where(RecordRow.key.in_(keys)).order_by(RecordRow.key)
            locked = wanted.with_for_update(read=not written).execution_options(populate_existing=True)
            found |= {row.key: row for row in self._session.scalars(locked)} if keys else {}
        for guard in rows.guards:
            present = found.get(str(guard["key"]))
            if (0 if present is None else present.version) != guard["version"]:
                raise Conflict
        return found


def _begun(connection: Connection) -> None:
    _ = connection.exec_driver_sql("BEGIN IMMEDIATE")
