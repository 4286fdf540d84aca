"""Hosts with no transaction that a store could be bound to: each statement is kept at once."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Final, TypeVar, final

import attrs
import psycopg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from hosts.alchemy import Core, Orm, used
from hosts.django_site import Django, connections, site_on
from hosts.drivers import Psycopg, Raw
from hosts.ground import Kind
from hosts.inside import Host, Inside

_T = TypeVar("_T")
AT_ONCE: Final = "AUTOCOMMIT"


@final
@attrs.frozen
class Sqlite3AtOnce(Host):
    """Python keeps out of it, and the host has not begun."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with closing(sqlite3.connect(self.database.plain, isolation_level=None)) as connection:
            return body(Raw(connection))


@final
@attrs.frozen
class PsycopgAtOnce(Host):
    """Of psycopg's own kind of autocommit."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with psycopg.connect(self.database.plain, autocommit=True) as connection:
            return body(Psycopg(connection))


@final
@attrs.frozen
class PipelineAtOnce(Host):
    """The same in a pipeline, which PostgreSQL takes for a transaction of some kind."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with psycopg.connect(self.database.plain, autocommit=True) as connection, connection.pipeline():
            return body(Psycopg(connection))


@final
@attrs.frozen
class CoreAtOnce(Host):
    """Of SQLAlchemy's kind, which looks like a transaction from outside."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with used(sa.create_engine(self.database.url)) as engine, engine.connect() as connection:
            return body(Core(connection.execution_options(isolation_level=AT_ONCE)))


@final
@attrs.frozen
class OrmAtOnce(Host):
    """The same for a session."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with used(sa.create_engine(self.database.url, isolation_level=AT_ONCE)) as engine, Session(engine) as session:
            return body(Orm(session))


@final
@attrs.frozen
class AsyncAtOnce(Host):
    """The same for an asynchronous one."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        return asyncio.run(self._run(body))

    async def _run(self, body: Callable[[Inside], _T]) -> _T:
        url = self.database.url.replace("sqlite:", "sqlite+aiosqlite:")
        engine = create_async_engine(url, isolation_level=AT_ONCE)
        try:
            async with AsyncSession(engine) as session:
                return await session.run_sync(lambda inner: body(Orm(inner)))
        finally:
            await engine.dispose()


@final
@attrs.frozen
class DjangoAtOnce(Host):
    """Django outside of any atomic block."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        alias = site_on(self.database)
        try:
            return body(Django(alias))
        finally:
            connections()[alias].close()


LOOSE: Final[tuple[tuple[Kind, type[Host]], ...]] = (
    ("sqlite", Sqlite3AtOnce),
    ("sqlite", CoreAtOnce),
    ("sqlite", OrmAtOnce),
    ("sqlite", AsyncAtOnce),
    ("sqlite", DjangoAtOnce),
    ("postgresql", PsycopgAtOnce),
    ("postgresql", PipelineAtOnce),
    ("postgresql", CoreAtOnce),
    ("postgresql", OrmAtOnce),
    ("postgresql", AsyncAtOnce),
    ("postgresql", DjangoAtOnce),
)
"""Which there are, and on which database."""
