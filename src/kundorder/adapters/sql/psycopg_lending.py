"""Connections to PostgreSQL; a module of its own, since whoever uses SQLite need not have psycopg."""

from collections.abc import Callable
from math import ceil
from typing import Final, final

from psycopg import Connection, Error
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from kundorder.adapters.sql.lines import Line, meaning
from kundorder.adapters.sql.postgres import Postgres
from kundorder.adapters.sql.psycopg_line import PsycopgLine
from kundorder.errors import Unavailable

_NONE: Final = "no connection to the database is to be had"


def postgres_engine(url: URL, wait_seconds: float) -> Engine:
    """An engine of our own, that waits for locks no longer than this."""
    engine = create_engine(url)
    event.listen(engine, "connect", _setting_up(wait_seconds))
    return engine


def _setting_up(wait: float) -> Callable[[Connection[object], object], None]:
    def set_up(connection: Connection[object], _record: object) -> None:
        connection.autocommit = True
        connection.prepare_threshold = 0  # our statements are always the same
        settings = {
            "lock_timeout": f"{ceil(wait * 1000)}ms",
            "plan_cache_mode": "force_generic_plan",
            "enable_seqscan": "off",  # a plan made while a table is empty must do when it is large
        }
        for setting in settings.items():
            _ = connection.execute("SELECT set_config(%s, %s, false)", setting)

    return set_up


@final
class PsycopgLending:
    """See ``lending.Lending``."""

    tongue = Postgres()

    def __init__(self, engine: Engine, *, is_ours: bool) -> None:
        self._engine = engine
        self._is_ours = is_ours

    def lend(self) -> "LentPsycopg":
        """See ``lending.Lending``."""
        return LentPsycopg(self)

    def connection(self, *, instead: bool) -> PoolProxiedConnection:
        """One from the pool; instead of one that has died, one that has been made since."""
        try:
            if instead and self._is_ours:
                self._engine.dispose()  # the others in it are most likely as dead
            return self._engine.raw_connection()
        except (SQLAlchemyError, Error) as error:
            raise meaning(error) from error


@final
class LentPsycopg:
    """See ``lending.Lent``."""

    __slots__ = ("_before", "_lending", "_line", "_pooled", "_raw")

    def __init__(self, lending: PsycopgLending) -> None:
        self._lending = lending
        self._line: PsycopgLine | None = None
        self._pooled, self._raw, self._before = self._taken(instead=False)
        self._line = PsycopgLine(self._raw)

    def line(self) -> Line:
        """See ``lending.Lent``."""
        if self._line is None:
            raise RuntimeError("it has been given back")
        return self._line

    def is_dead(self) -> bool:
        """See ``lending.Lent``."""
        return self._raw.closed

    def renew(self) -> bool:
        """See ``lending.Lent``."""
        if not self._raw.closed:
            return False
        self._give_up()
        self._pooled, self._raw, self._before = self._taken(instead=True)
        self._line = PsycopgLine(self._raw)
        return True

    def give_back(self) -> None:
        """See ``lending.Lent``."""
        self._line = None
        if self._raw.closed or self._raw.info.transaction_status is not TransactionStatus.IDLE:
            self._give_up()
            return
        try:
            if not self._before:
                self._raw.autocommit = False
        finally:
            self._pooled.close()

    def _give_up(self) -> None:
        self._pooled.invalidate()
        self._pooled.close()

    def _taken(self, *, instead: bool) -> tuple[PoolProxiedConnection, Connection[object], bool]:
        pooled = self._lending.connection(instead=instead)
        raw = pooled.driver_connection
        if not isinstance(raw, Connection):
            raise Unavailable(_NONE)
        try:
            before: bool = raw.autocommit
            if not before:
                raw.autocommit = True
        except Error as error:
            pooled.invalidate()
            raise meaning(error) from error
        return pooled, raw, before
