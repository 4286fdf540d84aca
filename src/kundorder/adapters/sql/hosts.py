"""Whose transaction it is: what a host may hand over, how it is spoken to, and what shows that it will be ended.

No engine is ever made round a connection of the host's: it would roll back what the host has written so far.
"""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, final

import attrs
from sqlalchemy import Connection
from sqlalchemy.exc import InvalidRequestError, PendingRollbackError, SQLAlchemyError, UnboundExecutionError
from sqlalchemy.orm import Session, scoped_session

from kundorder.adapters.sql.lines import CoreLine, Line, SqliteLine, meaning
from kundorder.adapters.sql.lite import Lite
from kundorder.adapters.sql.postgres import Postgres
from kundorder.adapters.sql.tongue import Tongue
from kundorder.errors import Unavailable, malformed

if TYPE_CHECKING:  # psycopg is optional: a host with its connection has it, others need not
    import psycopg

Host: TypeAlias = "Connection | Session | scoped_session[Session] | sqlite3.Connection | psycopg.Connection[object]"

_HOSTS: Final = (
    "must be a connection or session of SQLAlchemy's with psycopg, sqlite3 or aiosqlite (of an asynchronous one, what "
    "`run_sync` hands over), or a connection of psycopg's or sqlite3's"
)
_MANY: Final = "the session has no single database; give the connection it uses for this one"
_NO_UTF8: Final = "the connection must have UTF8 as its client encoding"
_NO_TRANSACTION: Final = "there is no transaction to be bound to; begin one first"
_FAILED: Final = "the transaction has failed before; roll it back and begin anew"


IsThere: TypeAlias = Callable[[], bool]
"""Whether a transaction is there; False where the driver would begin it at the first write.

Raises ``Unavailable`` where there is none, and nobody would end one.
"""


class DjangoConnection(Protocol):
    """What is asked of ``django.db.connection``."""

    @property
    def in_atomic_block(self) -> bool:
        """Whether a transaction has begun that Django will end."""
        ...

    @property
    def needs_rollback(self) -> bool:
        """Whether Django will roll it back whatever comes, because something in it has failed."""
        ...

    @property
    def connection(self) -> object:
        """The driver's connection."""
        ...


@final
@attrs.define
class Bound:
    """A transaction of the host's, and what we know of it."""

    line: Line
    tongue: Tongue
    is_there: IsThere
    is_known: bool = False  # our tables are there
    has_joined: bool = False  # the host's transaction has been there
    is_lost: bool = False  # a part of ours could not be undone: what comes next must not be kept


def bound_to(host: object) -> Bound:
    """What is written here stands or falls with the host's transaction.

    Raises:
        Malformed: it is nothing we can be bound to.
        Unavailable: it is closed, or has failed.
    """
    match host:
        case scoped_session():
            return bound_to(host())
        case Session():
            return _to_core(_connection_of(host))
        case Connection():
            return _to_core(host)
        case sqlite3.Connection():
            return Bound(SqliteLine(host), Lite(), lambda: _is_begun(host))
        case _:
            return _to_psycopg(host)


def bound_to_django(connection: DjangoConnection) -> Bound:
    """What is written here stands or falls with Django's atomic block.

    Raises:
        Unavailable: there is none, or it has failed.
        Malformed: the database is neither PostgreSQL, by psycopg, nor SQLite.
    """
    _ = _is_atomic(connection)
    bound = bound_to(connection.connection)
    return attrs.evolve(bound, is_there=lambda: _is_atomic(connection) and bound.is_there())


def _is_begun(raw: object) -> bool:
    """In SQLite: Python begins no sooner than at a write, and not at all where it is told to keep out of it.

    Args:
        raw: a connection of sqlite3's or aiosqlite's.
    """
    try:
        if getattr(raw, "in_transaction", False):
            return True
    except sqlite3.Error as error:
        raise meaning(error) from error
    if getattr(raw, "isolation_level", None) is None or getattr(raw, "autocommit", None) is True:
        raise Unavailable(_NO_TRANSACTION)
    return False


def _is_atomic(connection: DjangoConnection) -> bool:
    """Django keeps the driver out of it, and knows itself what has begun and what has failed."""
    if not connection.in_atomic_block:
        raise Unavailable(_NO_TRANSACTION)
    if connection.needs_rollback:
        raise Unavailable(_FAILED)
    return True


def _is_postgres() -> bool:
    """PostgreSQL itself refuses a savepoint where there is no transaction, and psycopg begins one where it is to."""
    return True


def _connection_of(session: Session) -> Connection:
    try:
        return session.connection()
    except UnboundExecutionError as error:
        raise malformed("$", _MANY) from error
    except PendingRollbackError as error:
        raise Unavailable(_FAILED) from error
    except InvalidRequestError as error:  # it has been told not to begin by itself
        raise Unavailable(_NO_TRANSACTION) from error
    except SQLAlchemyError as error:
        raise meaning(error) from error


def _to_core(connection: Connection) -> Bound:
    line = CoreLine(connection)
    try:
        raw: object = connection.connection.driver_connection
    except SQLAlchemyError as error:
        raise meaning(error) from error
    match connection.dialect.name, connection.dialect.driver:
        case "postgresql", "psycopg":
            return _to_postgres(line, raw)
        case "sqlite", "pysqlite" | "aiosqlite":
            return Bound(line, Lite(), lambda: _is_begun(raw))
        case _:
            raise malformed("$", _HOSTS)


def _to_psycopg(host: object) -> Bound:
    try:
        from psycopg import Connection as PsycopgConnection  # noqa: PLC0415 - psycopg is optional

        from kundorder.adapters.sql.psycopg_line import HostLine  # noqa: PLC0415
    except ImportError as error:
        raise malformed("$", _HOSTS) from error
    if not isinstance(host, PsycopgConnection):
        raise malformed("$", _HOSTS)
    return _to_postgres(HostLine(host), host)


def _to_postgres(line: Line, raw: object) -> Bound:
    from psycopg import AsyncConnection, NotSupportedError  # noqa: PLC0415 - psycopg is optional, and has been used here
    from psycopg import Connection as PsycopgConnection  # noqa: PLC0415

    try:
        speaks_utf8 = not isinstance(raw, PsycopgConnection | AsyncConnection) or raw.info.encoding == "utf-8"
    except NotSupportedError:  # Python does not even know the encoding
        speaks_utf8 = False
    if not speaks_utf8:
        raise malformed("$", _NO_UTF8)
    return Bound(line, Postgres(), _is_postgres)
