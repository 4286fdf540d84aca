"""What there is to say about a store in a database, for ``check-store``: looking changes nothing."""

import sqlite3
from typing import Final, final

import attrs

from kundorder.adapters.sql.lines import Line
from kundorder.adapters.sql.tongue import Tongue
from kundorder.layout import has_wal_reset_bug

_COUNTS: Final = "SELECT kind, count(*) FROM kundorder_records GROUP BY kind ORDER BY kind"
_DEBTS: Final = "SELECT state, count(*) FROM kundorder_owed GROUP BY state ORDER BY state"
_SETTINGS: Final = """
    SELECT name, setting FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name
"""
_SAFE: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}


@final
@attrs.frozen(kw_only=True)
class SqlReport:
    """A store in a database, and how it is written there."""

    database: str  # its kind and version
    layout: str  # the last migration
    settings: tuple[tuple[str, str], ...]  # that decide what survives a crash
    problems: tuple[str, ...]  # why something acknowledged might not survive one; empty if all of it will
    records: tuple[tuple[str, int], ...]  # how many of each kind
    owed: tuple[tuple[str, int], ...]  # how many in each state


def report(tongue: Tongue, line: Line, *, is_postgres: bool) -> SqlReport:
    """What there is to say.

    Raises:
        Unavailable: it cannot be read now.
    """
    found = _of_postgres(line) if is_postgres else _of_sqlite(line)
    database, settings, problems = found
    records: list[tuple[str, int]] = line.rows(_COUNTS)
    owed: list[tuple[str, int]] = line.rows(_DEBTS)
    return SqlReport(
        database=database,
        layout=", ".join(tongue.layout(line)),
        settings=settings,
        problems=problems,
        records=tuple(records),
        owed=tuple(owed),
    )


def _of_postgres(line: Line) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    version: list[tuple[str]] = line.rows("SHOW server_version")
    settings: list[tuple[str, str]] = line.rows(_SETTINGS)
    problems = tuple(
        f"{name} is {value}: what has been acknowledged may be lost at a crash of the server"
        for name, value in settings
        if value not in _SAFE[name]
    )
    return f"PostgreSQL {version[0][0]}", tuple(settings), problems


def _of_sqlite(line: Line) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    modes: list[tuple[str]] = line.rows("PRAGMA journal_mode")
    synchronous: list[tuple[int]] = line.rows("PRAGMA synchronous")
    mode, level = modes[0][0], synchronous[0][0]
    problems: list[str] = []
    if mode == "wal" and has_wal_reset_bug(sqlite3.sqlite_version_info):
        problems.append("this SQLite may corrupt a file in WAL mode")
    if (mode, level) not in (("wal", 2), ("wal", 3), ("delete", 3), ("truncate", 3), ("persist", 3)):
        problems.append(f"journal mode {mode} with synchronous {level} may lose what has been acknowledged")
    settings = (("journal_mode", mode), ("synchronous", str(level)))
    return f"SQLite {sqlite3.sqlite_version}", settings, tuple(problems)
