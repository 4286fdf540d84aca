"""The store on an engine of SQLAlchemy's, with transactions of its own."""

import os
from contextlib import AbstractContextManager
from typing import final

from sqlalchemy import URL, Engine

from kundorder.adapters.sql.engines import engine_at, lending_on
from kundorder.adapters.sql.knowing import check_layout
from kundorder.adapters.sql.report import SqlReport, report
from kundorder.adapters.sql.sqlite_lending import FORKED, WantedMode
from kundorder.adapters.sql.transaction import SqlTransaction
from kundorder.errors import Unavailable
from kundorder.ports import Transaction


@final
class SqlStore:
    """A store in tables of a PostgreSQL or SQLite database, which it reads and writes in transactions of its own.

    For a transaction the host commits there is ``BoundStore``. The tables are made by ``migrate``. Threads
    and processes may share them, however many; a child does not use what its parent has used before the fork, and of
    SQLite not even a file its parent has open.
    """

    def __init__(
        self, database: str | URL | Engine, *, wait_seconds: float = 5.0, journal_mode: WantedMode = None
    ) -> None:
        """Nothing is opened yet.

        Args:
            database: an address as SQLAlchemy takes it, ``postgresql+psycopg://…`` or ``sqlite:///…``; or an engine of
                the host's, whose pool is used and whose settings stay as they are.
            wait_seconds: how long to wait for locks before giving up; an engine of the host's has a time of its own.
            journal_mode: of SQLite; None takes what is safe with the SQLite at hand, "unchanged" the mode the file has.
                Left alone in a host's engine.

        Raises:
            Malformed: we do not speak to such a database, or its driver is not installed.
        """
        self._is_ours = not isinstance(database, Engine)
        self._engine = database if isinstance(database, Engine) else engine_at(database, wait_seconds, journal_mode)
        self._lending = lending_on(self._engine, is_ours=self._is_ours)
        self._pid: int | None = None  # of the process that has used it

    def transaction(self) -> AbstractContextManager[Transaction]:
        """See ``ports.Store``."""
        if self._pid != os.getpid():
            self._first()
        return SqlTransaction(self._lending.lend(), self._lending.tongue)

    def inspect(self) -> SqlReport:
        """What there is to say about the database and the store in it; nothing is changed.

        Raises:
            Unavailable: there is no store yet, or it cannot be read now.
            Corrupt: a newer release has made it.
        """
        lent = self._lending.lend()
        try:
            line = lent.line()
            check_layout(self._lending.tongue, line)
            return report(self._lending.tongue, line, is_postgres=self._engine.dialect.name == "postgresql")
        finally:
            lent.give_back()

    def close(self) -> None:
        """Give up all connections that are not in use; an engine of the host's is left to the host."""
        if self._is_ours:
            self._engine.dispose()

    def _first(self) -> None:
        """Look at the tables once, before anything is done to them."""
        if self._pid not in (None, os.getpid()):
            raise Unavailable(FORKED)
        lent = self._lending.lend()
        try:
            check_layout(self._lending.tongue, lent.line())
        finally:
            lent.give_back()
        self._pid = os.getpid()
