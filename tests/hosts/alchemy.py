"""Hosts of SQLAlchemy's: connections and sessions, ordinary and asynchronous."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar, final

import attrs
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker

from hosts.ground import Database
from hosts.inside import Host, Inside
from kundorder.adapters.sql import BoundStore

_T = TypeVar("_T")


class Base(DeclarativeBase):
    """Of the host's own classes."""


@final
class Note(Base):
    """A row of the host's own."""

    __tablename__ = "notes"

    text: Mapped[str] = mapped_column(primary_key=True)


@final
@attrs.frozen
class Core:
    """By SQLAlchemy's Core."""

    connection: sa.Connection

    def store(self) -> BoundStore:
        return BoundStore(self.connection)

    def note(self, text: str) -> None:
        _ = self.connection.execute(sa.insert(Note).values(text=text))

    def notes(self) -> list[str]:
        return list(self.connection.execute(sa.select(Note.text)).scalars())

    def do(self, sql: str) -> None:
        _ = self.connection.exec_driver_sql(sql)

    def saved(self) -> AbstractContextManager[object]:
        return self.connection.begin_nested()


@final
@attrs.frozen
class Orm:
    """By SQLAlchemy's ORM; the host's rows are not flushed before somebody asks for them."""

    session: Session | scoped_session[Session]

    def store(self) -> BoundStore:
        return BoundStore(self.session)

    def note(self, text: str) -> None:
        self.session.add(Note(text=text))

    def notes(self) -> list[str]:
        return list(self.session.scalars(sa.select(Note.text)))

    def do(self, sql: str) -> None:
        _ = self.session.connection().exec_driver_sql(sql)

    def saved(self) -> AbstractContextManager[object]:
        return self.session.begin_nested()


def engine_of(database: Database) -> sa.Engine:
    """An engine of the host's, that begins where SQLAlchemy says so.

    Python's ``sqlite3`` begins no transaction for a savepoint, and would keep what is in it when it is released; this
    is the way out that SQLAlchemy's manual shows.
    """
    engine = sa.create_engine(database.url)
    if not database.is_postgres:
        event.listen(engine, "connect", _keep_out)
        event.listen(engine, "begin", _begin)
    return engine


def _keep_out(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    _ = connection.exec_driver_sql("BEGIN")


@contextmanager
def used(engine: sa.Engine) -> Generator[sa.Engine]:
    """An engine, until it is not needed any more."""
    try:
        yield engine
    finally:
        engine.dispose()


@final
@attrs.frozen
class CoreConnection(Host):
    """A connection of SQLAlchemy's."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with used(engine_of(self.database)) as engine, engine.begin() as connection:
            return body(Core(connection))


@final
@attrs.frozen
class CoreAsItComes(Host):
    """The same; on SQLite it is Python that begins, when the host writes."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with used(sa.create_engine(self.database.url)) as engine, engine.connect() as connection:
            result = body(Core(connection))
            connection.commit()
            return result


@final
@attrs.frozen
class OrmSession(Host):
    """A session of SQLAlchemy's."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with used(engine_of(self.database)) as engine, Session(engine) as session, session.begin():
            return body(Orm(session))


@final
@attrs.frozen
class OrmScoped(Host):
    """The session of a thread, as web frameworks have it."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with used(engine_of(self.database)) as engine:
            session = scoped_session(sessionmaker(engine))
            try:
                result = body(Orm(session))
                session.commit()
                return result
            finally:
                session.remove()


@final
@attrs.frozen
class AsyncOrm(Host):
    """An asynchronous session of SQLAlchemy's."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        return asyncio.run(self._run(body))

    async def _run(self, body: Callable[[Inside], _T]) -> _T:
        engine = create_async_engine(self.database.url.replace("sqlite:", "sqlite+aiosqlite:"))
        try:
            async with AsyncSession(engine) as session, session.begin():
                return await session.run_sync(lambda inner: body(Orm(inner)))
        finally:
            await engine.dispose()


@final
@attrs.frozen
class AsyncCore(Host):
    """An asynchronous connection of SQLAlchemy's."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        return asyncio.run(self._run(body))

    async def _run(self, body: Callable[[Inside], _T]) -> _T:
        engine = create_async_engine(self.database.url.replace("sqlite:", "sqlite+aiosqlite:"))
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(lambda inner: body(Core(inner)))
        finally:
            await engine.dispose()
