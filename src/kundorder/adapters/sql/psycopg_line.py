"""The line to PostgreSQL through psycopg; a module of its own, since whoever uses SQLite need not have psycopg."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import final

from psycopg import Connection, Cursor, Error
from psycopg.pq import PipelineStatus
from psycopg.rows import TupleRow, tuple_row

from kundorder.adapters.sql.lines import NOTHING, Values, cause, meaning


@final
class PsycopgLine:
    """See ``lines.Line``. The cursor is psycopg's own, whatever kind the host has chosen for itself, and kept."""

    __slots__ = ("_cursor",)

    def __init__(self, connection: Connection[object]) -> None:
        self._cursor = Cursor(connection, row_factory=tuple_row)

    @property
    def touched(self) -> int:
        """How many rows the last statement has touched."""
        return self._cursor.rowcount

    def rows(self, sql: str, values: Values = NOTHING) -> list[TupleRow]:
        """See ``lines.Line``."""
        try:
            return self._cursor.execute(sql.encode(), values or None).fetchall()
        except Error as error:
            raise meaning(error) from cause(error)

    def do(self, sql: str, values: Values = NOTHING) -> int:
        """See ``lines.Line``."""
        try:
            return self._cursor.execute(sql.encode(), values or None).rowcount
        except Error as error:
            raise meaning(error) from cause(error)


@final
class HostLine:
    """The same on a connection of a host's, who may be in pipeline mode: then the answer is waited for all the same."""

    __slots__ = ("_connection", "_line")

    def __init__(self, connection: Connection[object]) -> None:
        self._connection = connection
        self._line = PsycopgLine(connection)

    def rows(self, sql: str, values: Values = NOTHING) -> list[TupleRow]:
        """See ``lines.Line``."""
        with self._answered():
            return self._line.rows(sql, values)

    def do(self, sql: str, values: Values = NOTHING) -> int:
        """See ``lines.Line``."""
        with self._answered():
            _ = self._line.do(sql, values)
        return self._line.touched

    @contextmanager
    def _answered(self) -> Generator[None]:
        if self._connection.info.pipeline_status is PipelineStatus.OFF:
            yield
            return
        try:
            with self._connection.pipeline():
                yield
        except Error as error:
            raise meaning(error) from cause(error)
