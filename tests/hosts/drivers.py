"""Hosts that speak to a driver themselves: ``sqlite3`` and psycopg, in the ways they may be set up."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TypeVar, final

import attrs
import psycopg
from psycopg.rows import dict_row

from hosts.inside import ADD, ALL, Host, Inside
from kundorder.adapters.sql import BoundStore

_T = TypeVar("_T")


@final
@attrs.frozen
class Raw:
    """By the standard library's ``sqlite3``."""

    connection: sqlite3.Connection

    def store(self) -> BoundStore:
        return BoundStore(self.connection)

    def note(self, text: str) -> None:
        _ = self.connection.execute(ADD.format("?"), (text,))

    def notes(self) -> list[str]:
        return [_text_in(row) for row in self.connection.execute(ALL).fetchall()]

    def do(self, sql: str) -> None:
        _ = self.connection.execute(sql)

    @contextmanager
    def saved(self) -> Generator[None]:
        _ = self.connection.execute("SAVEPOINT hosts")
        try:
            yield
        except BaseException:
            _ = self.connection.execute("ROLLBACK TO hosts")
            raise
        finally:
            _ = self.connection.execute("RELEASE hosts")


@final
@attrs.frozen
class Sqlite3(Host):
    """As Python makes it: it begins a transaction by itself when the host writes."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with closing(sqlite3.connect(self.database.plain)) as connection, connection:
            return body(Raw(connection))


@final
@attrs.frozen
class Sqlite3ByHand(Host):
    """Python keeps out of it; and the host likes its rows and texts otherwise."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with closing(sqlite3.connect(self.database.plain, isolation_level=None)) as connection:
            connection.row_factory = _as_dict
            connection.text_factory = bytes
            _ = connection.execute("BEGIN")
            try:
                result = body(Raw(connection))
            except BaseException:
                _ = connection.execute("ROLLBACK")
                raise
            _ = connection.execute("COMMIT")
            return result


def _text_in(row: object) -> str:
    """What stands in a row, whatever the host has made of it."""
    match row:
        case {"text": bytes(text)}:
            return text.decode()
        case {"text": str(text)} | (str(text),):
            return text
        case _:
            raise TypeError(row)


def _as_dict(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> dict[str, object]:
    return {column[0]: cell for column, cell in zip(cursor.description, row, strict=True)}


@final
@attrs.frozen
class Psycopg:
    """By psycopg."""

    connection: psycopg.Connection[object]

    def store(self) -> BoundStore:
        return BoundStore(self.connection)

    def note(self, text: str) -> None:
        _ = self.connection.execute(ADD.format("%s").encode(), (text,))

    def notes(self) -> list[str]:
        return [_text_in(row) for row in self.connection.execute(ALL.encode()).fetchall()]

    def do(self, sql: str) -> None:
        _ = self.connection.execute(sql.encode())

    def saved(self) -> AbstractContextManager[object]:
        return self.connection.transaction()


@final
@attrs.frozen
class PsycopgPlain(Host):
    """As it comes: it begins by itself."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with psycopg.connect(self.database.plain) as connection:
            return body(Psycopg(connection))


@final
@attrs.frozen
class PsycopgInBlock(Host):
    """Every statement is kept at once but in blocks; rows are dicts, cursors of another kind, nothing is prepared."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with (
            psycopg.Connection[dict[str, object]].connect(
                self.database.plain, autocommit=True, prepare_threshold=None, row_factory=dict_row
            ) as connection,
            connection.transaction(),
        ):
            connection.cursor_factory = psycopg.ClientCursor[dict[str, object]]
            return body(Psycopg(connection))


@final
@attrs.frozen
class PsycopgInPipeline(Host):
    """Statements are sent before the one before has been answered."""

    def run(self, body: Callable[[Inside], _T]) -> _T:
        with psycopg.connect(self.database.plain) as connection, connection.pipeline():
            return body(Psycopg(connection))
