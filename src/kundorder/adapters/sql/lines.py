"""The line to a database: one statement at a time, and what its errors mean. No driver's exception gets past here.

Statements are text that was written once, and not expressions that are put together for each call, which would cost
three times as much. PostgreSQL is spoken through psycopg, SQLite through the standard library; a host may bring the
connection of either, or SQLAlchemy's round it.
"""

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, final

import attrs
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kundorder.errors import KundorderError, Unavailable
from kundorder.layout import meaning_in_postgres, meaning_in_sqlite

if TYPE_CHECKING:  # the older SQLAlchemy has no word for it
    from sqlalchemy.util.typing import TupleAny

Values: TypeAlias = Mapping[str, str | int | list[str] | None]

NOTHING: Final[Values] = {}


class Line(Protocol):
    """One connection, while it is ours to use."""

    def rows(self, sql: str, values: Values = NOTHING) -> "list[TupleAny]":
        """Everything a statement gives; what types it has, whoever has written the statement knows.

        Raises:
            KundorderError: what the database's error means.
        """
        ...

    def do(self, sql: str, values: Values = NOTHING) -> int:
        """Carry a statement out, and tell how many rows it has touched.

        Raises:
            KundorderError: what the database's error means.
        """
        ...


def meaning(error: Exception) -> KundorderError:
    """What to raise from an error of a driver's, or of SQLAlchemy's round it."""
    found = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(found, sqlite3.Error):
        code: int = getattr(found, "sqlite_errorcode", 0)
        return meaning_in_sqlite(code)
    if found is None or isinstance(found, SQLAlchemyError):
        return Unavailable("no connection to the database is to be had")
    state: str | None = getattr(found, "sqlstate", None)
    return meaning_in_postgres(state)


def cause(error: Exception) -> BaseException:
    """What the database has said, and no more, for whoever reads logs.

    SQLAlchemy's text shows the values of a statement, PostgreSQL's details the keys, and both the people in them.
    """
    found = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said: str | None = getattr(getattr(found, "diag", None), "message_primary", None)
    return found if said is None else _saying(type(found), said)


def _saying(kind: type[BaseException], said: str) -> BaseException:
    return kind(said)


@final
@attrs.frozen
class CoreLine:
    """Through SQLAlchemy: also for asynchronous engines, inside ``run_sync``."""

    connection: Connection

    def rows(self, sql: str, values: Values = NOTHING) -> "list[TupleAny]":
        """See ``Line``."""
        try:
            return [tuple(row) for row in self.connection.exec_driver_sql(sql, dict(values)).all()]
        except SQLAlchemyError as error:
            raise meaning(error) from cause(error)

    def do(self, sql: str, values: Values = NOTHING) -> int:
        """See ``Line``."""
        try:
            return self.connection.exec_driver_sql(sql, dict(values)).rowcount
        except SQLAlchemyError as error:
            raise meaning(error) from cause(error)


@final
@attrs.frozen
class SqliteLine:
    """Through the standard library's ``sqlite3``."""

    connection: sqlite3.Connection

    def rows(self, sql: str, values: Values = NOTHING) -> "list[TupleAny]":
        """See ``Line``; a host's way of making rows and texts is its own."""
        texts: object = getattr(self.connection, "text_factory", str)
        try:
            self.connection.text_factory = str
            cursor = self.connection.cursor()
            cursor.row_factory = None
            return cursor.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise meaning(error) from error
        finally:
            self.connection.text_factory = texts

    def do(self, sql: str, values: Values = NOTHING) -> int:
        """See ``Line``."""
        try:
            return self.connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise meaning(error) from error
