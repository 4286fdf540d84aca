"""The system itself stands in the way at any statement: locks, interruptions, files that cannot grow or be opened.

Nothing of SQLite's is made up here. Each hindrance begins when a statement begins, and lasts until the portal has given
up or done it; then the step is told again, with the same key.
"""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import attrs
import pytest
from proof import count

import kundorder as ko
from crash.connections import opened
from crash.limits import ON_UNIX, no_file_beyond, no_other_file
from crash.moments import Moment, dump, moments, told, told_at_last
from crash.places import FILES
from kundorder.adapters.sqlite import SqliteStore
from kundorder.layout import JournalMode

Hindrance: TypeAlias = Callable[[sqlite3.Connection, Path, ExitStack], None]
"""Stands in the way of a connection to a file until the stack is closed."""

MODES: Final[Mapping[str, JournalMode]] = {"SQLite, delete": "delete", "SQLite, wal": "wal"}


def interrupted(connection: sqlite3.Connection, _file: Path, _until: ExitStack) -> None:
    """Somebody wants the statement to end."""
    connection.interrupt()


def read_by_another(_connection: sqlite3.Connection, file: Path, until: ExitStack) -> None:
    """Another program reads, and goes on reading."""
    other = until.enter_context(closing(sqlite3.connect(file, timeout=0, isolation_level=None)))
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM records").fetchall()


def written_by_another(_connection: sqlite3.Connection, file: Path, until: ExitStack) -> None:
    """Another program writes; unless we do so already."""
    other = until.enter_context(closing(sqlite3.connect(file, timeout=0, isolation_level=None)))
    other.execute("BEGIN IMMEDIATE")


def unable_to_grow(_connection: sqlite3.Connection, file: Path, until: ExitStack) -> None:
    """No file becomes larger than this one is."""
    until.enter_context(no_file_beyond(file.stat().st_size))


def unable_to_write(_connection: sqlite3.Connection, _file: Path, until: ExitStack) -> None:
    """No file takes anything."""
    until.enter_context(no_file_beyond(0))


def unable_to_open(_connection: sqlite3.Connection, _file: Path, until: ExitStack) -> None:
    """No other file is opened."""
    until.enter_context(no_other_file())


HINDRANCES: Final[tuple[Hindrance, ...]] = (
    interrupted,
    read_by_another,
    written_by_another,
    unable_to_grow,
    unable_to_write,
    unable_to_open,
)


@attrs.define
class Ambush:
    """Waits for a statement."""

    others: int  # statements before it
    hinder: Callable[[], None]

    def hear(self, _sql: str) -> None:
        """A statement begins."""
        self.others -= 1
        if self.others == -1:
            self.hinder()


def hindered(moment: Moment, mode: JournalMode, statement: int, hindrance: Hindrance) -> Exception | None:
    """The next step, told with a hindrance from one statement on, and then again; what was said of it."""
    file = moment.laid()
    store = SqliteStore(file, journal_mode=mode, busy_timeout_seconds=0)
    with opened() as connections, store.transaction() as transaction:
        transaction.read(())
    telling = moment.told_to(store)
    with ExitStack() as until:
        ambush = Ambush(statement, lambda: hindrance(connections[-1], file, until))
        connections[-1].set_trace_callback(ambush.hear)
        error = told(telling)
    assert not isinstance(error, ko.Corrupt)
    if moment.is_keyed and error is not None:
        assert isinstance(error, ko.Unavailable)
        assert dump(file) == moment.before
    told_at_last(telling, error)
    store.close()
    return error


def all_hindered(name: str, chosen: Callable[[int], tuple[Hindrance, ...]]) -> None:
    """Hindrances at each statement, one at a time."""
    number = failed = 0
    for moment in moments(name):
        for statement in range(len(moment.said)):
            for hindrance in chosen(statement):
                failed += hindered(moment, MODES[name], statement, hindrance) is not None
                number += 1
    assert failed > number // 10
    count(f"statements at which the system stood in the way, {name}", number)


@ON_UNIX
@pytest.mark.parametrize("name", FILES)
def test_whatever_the_system_does_nothing_is_half_done_and_the_key_leads_to_one_effect(
    name: str, chance: Random
) -> None:
    """Each statement meets one hindrance, another one in each run."""
    first = chance.randrange(len(HINDRANCES))
    all_hindered(name, lambda statement: (HINDRANCES[(first + statement) % len(HINDRANCES)],))


@pytest.mark.long
@ON_UNIX
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", FILES)
def test_and_so_with_each_hindrance_at_each_statement(name: str) -> None:
    all_hindered(name, lambda _statement: HINDRANCES)
