"""Which databases we speak to, and engines of our own for their addresses."""

from typing import Final

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from kundorder.adapters.sql.lending import Lending
from kundorder.adapters.sql.sqlite_lending import SqliteLending, WantedMode, sqlite_engine
from kundorder.errors import malformed

_KINDS: Final = "must be an address of the kind postgresql+psycopg://user@host/database or sqlite:///path"
_NO_FILE: Final = "must name a file; what is only in memory is what MemoryStore is for"
_NO_DRIVER: Final = "needs psycopg, which `pip install kundorder[postgres]` brings"


def url_of(address: str | URL) -> URL:
    """An address as SQLAlchemy has it; PostgreSQL is spoken to through psycopg.

    Raises:
        Malformed: we do not speak to such a database.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise malformed("$", _KINDS) from error
    named = url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url
    if named.drivername not in ("postgresql+psycopg", "sqlite", "sqlite+pysqlite"):
        raise malformed("$", _KINDS)
    if named.get_backend_name() == "sqlite" and named.database in (None, "", ":memory:"):
        raise malformed("$", _NO_FILE)
    return named


def engine_at(address: str | URL, wait_seconds: float, journal_mode: WantedMode) -> Engine:
    """An engine of our own.

    Raises:
        Malformed: we do not speak to such a database, or its driver is not installed.
    """
    url = url_of(address)
    try:
        if url.get_backend_name() == "sqlite":
            return sqlite_engine(url, wait_seconds, journal_mode)
        from kundorder.adapters.sql.psycopg_lending import postgres_engine  # noqa: PLC0415 - psycopg is optional

        return postgres_engine(url, wait_seconds)
    except (ImportError, NoSuchModuleError) as error:
        raise malformed("$", _NO_DRIVER) from error


def lending_on(engine: Engine, *, is_ours: bool) -> Lending:
    """Connections from this engine.

    Raises:
        Malformed: we do not speak to such a database, or not through this driver.
    """
    match engine.dialect.name, engine.dialect.driver:
        case "postgresql", "psycopg":
            from kundorder.adapters.sql.psycopg_lending import PsycopgLending  # noqa: PLC0415 - psycopg is optional

            return PsycopgLending(engine, is_ours=is_ours)
        case "sqlite", "pysqlite":
            return SqliteLending(engine)
        case _:
            raise malformed("$", _KINDS)
