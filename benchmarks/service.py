"""A command through the portal on SQLite, against the very statements it makes, alone.

The statements of a few orders are recorded once, with their parameters. Then portal and bare statements take turns,
each on a fresh copy of the same file in the same journal mode; at the end both files hold the same, row for row.

Beside them: the same portal on tables mapped by SQLAlchemy's ORM, and ``eventsourcing`` with the order alone, which
does less (``by_events``). Both use WAL.
"""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from itertools import count
from pathlib import Path
from statistics import median
from typing import TypeAlias
from unittest.mock import patch

from acts import ACTS, Call, Plan, carried_out, filled, planned, portal_on
from by_events import Folding, Led, at_sqlite, led_to
from by_orm import OrmStore
from measuring import Sample, Section, at_least, interleaved, measured, ratio, worth_knowing

from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.layout import JournalMode, durability
from kundorder.layout.durability import SYNCHRONOUS
from kundorder.portal import Portal
from kundorder.situation import order_key

Value: TypeAlias = str | int | float | bytes | None
Statement: TypeAlias = tuple[str, tuple[Value, ...]]

MEMORY = "Portal.execute, memory"
ORM = "portal, SQLAlchemy ORM, WAL/FULL"
EVENTS = "eventsourcing, the order alone, WAL/FULL"
_TABLES = ("records", "listings", "journal", "owed")


class Recording(sqlite3.Connection):
    """Remembers what it is asked."""

    statements: list[Statement]

    def execute(self, sql: str, parameters: Iterable[Value] = (), /) -> sqlite3.Cursor:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - the stub also takes mappings; none are used
        given = tuple(parameters)
        self.statements.append((sql, given))
        return super().execute(sql, given)


def section(*, quick: bool) -> Section:
    """Measure."""
    orders, rounds = (2, 5) if quick else (6, 21)
    default = durability(None, sqlite3.sqlite_version_info).journal_mode
    with tempfile.TemporaryDirectory(prefix="kundorder-bench-", dir=_on_disk()) as folder:
        plan = planned(orders)
        led, calls = led_to(plan), len(plan.calls)
        contenders: dict[str, Sample] = {}
        busy: dict[str, list[float]] = {}  # µs of processor time a call
        per_call = 0.0
        files: list[tuple[Path, Path]] = []
        for mode in SYNCHRONOUS:
            place = Path(folder) / mode
            place.mkdir()
            base = place / "base.db"
            made = SqliteStore(base, journal_mode=mode)
            filled(made)
            made.close()  # which empties the log of a file in WAL mode
            statements = recorded(base, place / "recorded.db", plan, mode)
            ours, raw = place / "portal.db", place / "raw.db"
            portal, bare = f"Portal.execute, {_named(mode)}", f"the same statements, {_named(mode)}"
            contenders[portal] = _through_portal(base, ours, plan, mode, busy.setdefault(portal, []))
            contenders[bare] = _raw(base, raw, statements, mode, busy.setdefault(bare, []))
            files.append((ours, raw))
            per_call = len(statements) / calls
        contenders[ORM] = _by_orm(Path(folder), plan, busy.setdefault(ORM, []))
        contenders[EVENTS] = _by_events(Path(folder), led, busy.setdefault(EVENTS, []))
        contenders[MEMORY] = _in_memory(plan, busy.setdefault(MEMORY, []))
        samples = interleaved(contenders, rounds)
        for ours, raw in files:
            assert contents(ours) == contents(raw), "portal and statements have written different things"
    rates = {name: [1e6 / each for each in found] for name, found in samples.items()}
    other: JournalMode = "wal" if default == "delete" else "delete"

    ours_in_wal = f"Portal.execute, {_named('wal')}"

    def kept(mode: JournalMode) -> float:
        return ratio(rates, f"Portal.execute, {_named(mode)}", f"the same statements, {_named(mode)}")

    return Section(
        name="A command on SQLite (the seven acts of an order via agent, each with an idempotency key)",
        unit="calls/s",
        measured=measured(rates),
        ratios=(
            at_least(f"rate of Portal.execute / raw, {_named(default)} (the default here)", kept(default), 0.8),
            at_least(f"rate of Portal.execute / raw, {_named(other)}", kept(other), 0.8),
            worth_knowing(f"rate of Portal.execute, {_named('wal')} / {ORM}", ratio(rates, ours_in_wal, ORM)),
            worth_knowing(f"rate of Portal.execute, {_named('wal')} / {EVENTS}", ratio(rates, ours_in_wal, EVENTS)),
            *(worth_knowing(f"µs of processor time a call: {name}", median(each)) for name, each in busy.items()),
        ),
        notes=(f"{per_call:.1f} statements a call; both files held the same at the end, row for row.",),
    )


def recorded(base: Path, path: Path, plan: Plan, mode: JournalMode) -> list[Statement]:
    """The statements of the calls, as the store makes them; what opening the file takes is left out."""
    Recording.statements = []
    store = reopened(base, path, mode, recording=True)
    Recording.statements.clear()
    carried_out(portal_on(store, plan.signer), plan.calls)
    store.close()
    return list(Recording.statements)


def reopened(base: Path, path: Path, mode: JournalMode, *, recording: bool = False) -> SqliteStore:
    """A store in a fresh copy of a file, with its connection open."""
    copied(base, path)
    store, connect = SqliteStore(path, journal_mode=mode), sqlite3.connect

    def record(database: str, *, timeout: float, uri: bool) -> sqlite3.Connection:
        return connect(database, timeout, isolation_level=None, check_same_thread=False, uri=uri, factory=Recording)

    def connected(database: str, **settings: bool | float | str | None) -> sqlite3.Connection:
        return record(database, timeout=float(settings["timeout"] or 0), uri=True)

    with patch.object(sqlite3, "connect", connected if recording else connect), store.transaction() as transaction:
        _ = transaction.read((order_key("none"),))
    return store


def copied(base: Path, path: Path) -> None:
    """A fresh copy, without what an earlier run has left beside it."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    _ = shutil.copyfile(base, path)


def contents(path: Path) -> list[list[tuple[Value, ...]]]:
    """Every row of a file."""
    connection = sqlite3.connect(path)
    found = [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in _TABLES]  # noqa: S608 - constants
    connection.close()
    return found


def _through_portal(base: Path, path: Path, plan: Plan, mode: JournalMode, busy: list[float]) -> Sample:
    def sample() -> float:
        with closing(reopened(base, path, mode)) as store:
            return _each(portal_on(store, plan.signer), plan.calls, busy)

    return sample


def _in_memory(plan: Plan, busy: list[float]) -> Sample:
    def sample() -> float:
        store = MemoryStore()
        filled(store)
        return _each(portal_on(store, plan.signer), plan.calls, busy)

    return sample


def _by_orm(folder: Path, plan: Plan, busy: list[float]) -> Sample:
    numbers = count()

    def sample() -> float:
        with closing(OrmStore.on_sqlite(folder / f"orm{next(numbers)}.db", "wal")) as store:
            filled(store)
            return _each(portal_on(store, plan.signer), plan.calls, busy)

    return sample


def _by_events(folder: Path, led: tuple[Led, ...], busy: list[float]) -> Sample:
    numbers = count()

    def sample() -> float:
        with closing(Folding(at_sqlite(str(folder / f"events{next(numbers)}.db")))) as folding:
            started, began = time.perf_counter(), time.process_time()
            folding.do(led)
            busy.append((time.process_time() - began) / len(led) * 1e6)
            taken = (time.perf_counter() - started) / len(led) * 1e6
            assert all(folding.holds(each.order) for each in led[ACTS - 1 :: ACTS]), "the events tell another story"
            return taken

    return sample


def _each(portal: Portal, calls: tuple[Call, ...], busy: list[float]) -> float:
    """Microseconds a call, by the clock on the wall: waiting for the disk counts."""
    started, began = time.perf_counter(), time.process_time()
    carried_out(portal, calls)
    busy.append((time.process_time() - began) / len(calls) * 1e6)
    return (time.perf_counter() - started) / len(calls) * 1e6


def _raw(base: Path, path: Path, statements: list[Statement], mode: JournalMode, busy: list[float]) -> Sample:
    calls = sum(sql == "COMMIT" for sql, _ in statements)  # one transaction a call

    def sample() -> float:
        copied(base, path)
        connection = sqlite3.connect(path, isolation_level=None)
        for pragma in (
            f"synchronous = {SYNCHRONOUS[mode][0]}",
            "secure_delete = ON",
            f"journal_mode = {mode}",
        ):
            _ = connection.execute(f"PRAGMA {pragma}").fetchall()
        started, began = time.perf_counter(), time.process_time()
        for sql, parameters in statements:
            cursor = connection.execute(sql, parameters)
            if cursor.description is not None:
                _ = cursor.fetchall()
        taken = (time.perf_counter() - started) / calls * 1e6
        busy.append((time.process_time() - began) / calls * 1e6)
        connection.close()
        return taken

    return sample


def _named(mode: JournalMode) -> str:
    return f"{mode.upper()}/{SYNCHRONOUS[mode][0]}"


def _on_disk() -> str | None:
    """Not a file system in memory, which makes every journal mode the same."""
    return "/var/tmp" if Path("/var/tmp").is_dir() else None  # noqa: S108 - a fresh folder is made in it
