"""Databases, as they are named on the command line: by addresses.

No word of an address is ever printed, for it may hold a password.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from kundorder.command_line.stopping import Status, StoppedError
from kundorder.errors import Corrupt, Malformed

if TYPE_CHECKING:  # SQLAlchemy is optional, and takes a quarter of a second to load
    from kundorder.adapters.sql import SqlStore

_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_MISSING: Final = "a database needs SQLAlchemy and a driver: pip install kundorder[postgres]"


def is_address(text: str) -> bool:
    """Whether this is the address of a database, and not the path of a file."""
    return _ADDRESS.match(text) is not None


def store_in(address: str, *, only_look: bool = False) -> "SqlStore":
    """The store in this database; nothing is opened yet.

    Args:
        address: of the database.
        only_look: leave an SQLite file in the journal mode it has, and make none.

    Raises:
        StoppedError: we do not speak to such a database, there is no such file, or what it takes is not installed.
    """
    try:
        from kundorder.adapters.sql import SqlStore  # noqa: PLC0415 - SQLAlchemy is optional
        from kundorder.adapters.sql.engines import url_of  # noqa: PLC0415

        url = url_of(address)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise StoppedError("there is no such file; make the tables with `kundorder migrate`")
        return SqlStore(url, journal_mode="unchanged" if only_look else None)
    except ImportError as error:
        raise StoppedError(_MISSING) from error
    except Malformed as error:
        raise _no_database(error) from error


def make_tables(address: str) -> None:
    """Make the tables in this database, or bring them up to date.

    Raises:
        StoppedError: we do not speak to such a database, a newer release has made its tables, or what it takes is not
            installed.
        Unavailable: it does not answer, or does not let us.
    """
    try:
        from kundorder.adapters.sql import migrate as make  # noqa: PLC0415 - SQLAlchemy is optional

        make(address)
    except ImportError as error:
        raise StoppedError(_MISSING) from error
    except Malformed as error:
        raise _no_database(error) from error
    except Corrupt as error:
        raise StoppedError(f"{error.what}; nothing was changed") from error


def migrate(address: str, *, sql: bool, since: str | None, stream: TextIO) -> Status:
    """Make the tables in this database, or print the SQL that does.

    Args:
        address: of the database; for the SQL its kind alone will do.
        sql: print, and touch nothing.
        since: for the SQL, the layout there is already.
        stream: where it is told.

    Raises:
        StoppedError: as ``make_tables``.
        Unavailable: as ``make_tables``.
    """
    if not is_address(address):
        raise StoppedError("give the address of a database, as postgresql+psycopg://user@host/name or sqlite:///path")
    if sql:
        _ = stream.write(_sql(address, since))
        return Status.DONE
    if since is not None:
        raise StoppedError("--since belongs to --sql; a database knows what layout it has")
    make_tables(address)
    _ = stream.write("the tables are as this release knows them\n")
    return Status.DONE


def _sql(address: str, since: str | None) -> str:
    try:
        from kundorder.adapters.sql import migration_sql  # noqa: PLC0415 - SQLAlchemy is optional
    except ImportError as error:
        raise StoppedError(_MISSING) from error
    try:
        return migration_sql("sqlite" if address.startswith("sqlite") else "postgresql", since=since)
    except Malformed as error:
        raise StoppedError(f"--since: {error.problems[0].message}") from error


def _no_database(malformed: Malformed) -> StoppedError:
    return StoppedError(f"the address of a database {malformed.problems[0].message}")
