"""A real PostgreSQL for the benchmarks: the one the tests use, and for each contender a schema of its own.

``KUNDORDER_TEST_PG`` names another server. What is written there lies where the server keeps its data, and is as safe
as its settings say; ``described`` says it, for a number from a server that does not wait for its disk is worth nothing.
"""

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier

_NUMBERS = count(1)
_SERVING = """
    SELECT pid FROM pg_stat_activity
    WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()
"""
_SIZE = """
    SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c
    WHERE c.relkind = 'r' AND c.relname LIKE 'kundorder%' AND c.relnamespace = current_schema()::regnamespace
"""
_TOLD = ("server_version", "fsync", "synchronous_commit", "wal_sync_method", "shared_buffers", "full_page_writes")


def server() -> str:
    """The address of a running server, for ``psycopg``."""
    tests = str(Path(__file__).parents[1] / "tests")
    if tests not in sys.path:
        sys.path.append(tests)  # behind our own: no module of the tests may hide one of ours
    start: Callable[[], str] = import_module("postgres").server
    return start()


@contextmanager
def schema(name: str, **settings: str) -> Generator[str]:
    """The address of an empty schema, for ``psycopg`` and for ``SqlStore``; it is dropped with all that is in it.

    Args:
        name: tells what it is for.
        settings: of the server's, for who connects to this address.
    """
    named = Identifier(f"bench_{name}_{os.getpid()}_{next(_NUMBERS)}")
    plain = server()
    with psycopg.connect(plain, autocommit=True) as connection:
        _ = connection.execute(SQL("CREATE SCHEMA {}").format(named))
    bare = named.as_string().strip('"')
    chosen = {"search_path": bare, "application_name": bare, **settings}
    options = " ".join(f"-c {key}={value}" for key, value in chosen.items())
    try:
        yield f"{plain}{'&' if '?' in plain else '?'}options={quote(options, safe='')}"
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            _ = connection.execute(SQL("DROP SCHEMA {} CASCADE").format(named))


def settled(address: str) -> None:
    """As a server is that has been running for a while: statistics are known and nothing waits to be written."""
    with psycopg.connect(address, autocommit=True) as connection:
        _ = connection.execute(
            "VACUUM (ANALYZE) kundorder_records, kundorder_listings, kundorder_journal, kundorder_owed"
        )
        _ = connection.execute("CHECKPOINT")


def served(address: str) -> Callable[[], float]:
    """A clock of the processor time of whoever serves this address, in seconds; it stands still for other machines.

    Whoever connects after it has been made is not counted.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        rows: list[tuple[int]] = connection.execute(_SERVING).fetchall()
    files = [file for (pid,) in rows if (file := Path(f"/proc/{pid}/schedstat")).is_file()]
    return lambda: sum(int(file.read_text("ascii").split()[0]) for file in files) / 1e9


def size_at(address: str) -> int:
    """How many bytes our tables take, with their indexes."""
    with psycopg.connect(address) as connection:
        row = connection.execute(_SIZE).fetchone()
    return int(row[0]) if row else 0


def described() -> str:
    """What the numbers depend on."""
    with psycopg.connect(server(), autocommit=True) as connection:
        rows = [connection.execute(SQL("SHOW {}").format(Identifier(name))).fetchone() for name in _TOLD]
        where = "a socket" if connection.info.host.startswith("/") else connection.info.host
    told = ", ".join(f"{name} {row[0]}" for name, row in zip(_TOLD[1:], rows[1:], strict=True) if row)
    return f"PostgreSQL {rows[0][0] if rows[0] else ''} through {where}; {told}."
