"""Making the tables, and bringing them up to date: by Alembic, or by whoever is given the SQL of it."""

from io import StringIO
from pathlib import Path
from typing import Final, Literal, TypeAlias

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from kundorder.adapters.sql.engines import url_of
from kundorder.adapters.sql.lines import meaning
from kundorder.adapters.sql.migrations import REVISIONS
from kundorder.errors import Corrupt, malformed

Kind: TypeAlias = Literal["postgresql", "sqlite"]

_TURN: Final = 0x6B6F7264
"""The number of an advisory lock of PostgreSQL's: "kord"."""

_HERE: Final = Path(__file__).parent / "migrations"


def migrate(database: str | Engine | Connection) -> None:
    """Make the tables, or bring them up to date; doing it again does nothing.

    Args:
        database: an address as SQLAlchemy takes it, an engine, or a connection in a transaction of the host's, who
            then commits.

    Raises:
        Malformed: we do not speak to such a database.
        Unavailable: the database does not answer, or the login may not make tables.
        Corrupt: a newer release has made them; nothing is changed.
    """
    match database:
        case Connection():
            _upgrade(database)
        case Engine():
            _within(database)
        case str():
            engine = create_engine(url_of(database))
            try:
                _within(engine)
            finally:
                engine.dispose()


def migration_sql(kind: Kind, *, since: str | None = None) -> str:
    """The same as plain SQL.

    Args:
        kind: of database.
        since: the layout there is already, as ``check-store`` tells; None: there are no tables yet.

    Raises:
        Malformed: there is no such layout.
    """
    if since is not None and since not in REVISIONS:
        raise malformed("$", f"must be one of {', '.join(REVISIONS)}")
    text = StringIO()
    config = _config()
    config.output_buffer = text
    config.attributes["dialect"] = kind
    command.upgrade(config, "head" if since is None else f"{since}:head", sql=True)
    return text.getvalue()


def _within(engine: Engine) -> None:
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    except SQLAlchemyError as error:
        raise meaning(error) from error


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    try:
        _take_turns(connection)
        command.upgrade(config, "head")
    except CommandError as error:
        raise Corrupt("the store has a layout this release does not know; upgrade kundorder") from error
    except SQLAlchemyError as error:
        raise meaning(error) from error


def _take_turns(connection: Connection) -> None:
    """Of several who make the tables at once the others wait for the first, and find nothing to do."""
    if connection.dialect.name == "postgresql":
        _ = connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
    elif not getattr(connection.connection.driver_connection, "in_transaction", True):
        _ = connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python begins none for what makes tables


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return config
