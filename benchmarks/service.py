"""A command through the portal on SQLite, against the very statements it makes, alone.

The statements of a few orders are recorded once, with their parameters. Then portal and bare statements take turns,
each on a fresh copy of the same file in the same journal mode; at the end both files hold the same, row for row.
"""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TypeAlias, final
from unittest.mock import patch

import scene
from measuring import Sample, Section, at_least, interleaved, measured, ratio, worth_knowing

from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.commands import (
    AcceptTerms,
    AnyOrderCommand,
    ApproveOrder,
    AttestOrder,
    FillInOrder,
    SendOrder,
    StartOrder,
)
from kundorder.decisions import document_for
from kundorder.events import SigningRequest
from kundorder.layout import JournalMode, durability
from kundorder.layout.durability import SYNCHRONOUS
from kundorder.model import Actor, Rules
from kundorder.outcomes import Changes, Stored
from kundorder.portal import Portal
from kundorder.ports import Done, Store
from kundorder.sample import CATALOGUE
from kundorder.situation import Act, Situation, order_key
from kundorder.vocabulary import AttestMethod, ConnectionMode

Value: TypeAlias = str | int | float | bytes | None
Statement: TypeAlias = tuple[str, tuple[Value, ...]]
Call: TypeAlias = tuple[AnyOrderCommand, Actor, str]

ACTS = 7
MEMORY = "Portal.execute, memory"
_TABLES = ("records", "listings", "journal", "owed")


@final
class Ticking:
    """A clock that goes on by a second at each look, so that every run of the same acts writes the same."""

    def __init__(self) -> None:
        self._now = scene.START

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


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
        calls, signer = planned(orders)
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
            statements = recorded(base, place / "recorded.db", calls, signer, mode)
            ours, raw = place / "portal.db", place / "raw.db"
            portal, bare = f"Portal.execute, {_named(mode)}", f"the same statements, {_named(mode)}"
            contenders[portal] = _through_portal(base, ours, calls, signer, mode, busy.setdefault(portal, []))
            contenders[bare] = _raw(base, raw, statements, mode, busy.setdefault(bare, []))
            files.append((ours, raw))
            per_call = len(statements) / len(calls)
        contenders[MEMORY] = _in_memory(calls, signer, busy.setdefault(MEMORY, []))
        samples = interleaved(contenders, rounds)
        for ours, raw in files:
            assert contents(ours) == contents(raw), "portal and statements have written different things"
    rates = {name: [1e6 / each for each in found] for name, found in samples.items()}
    other: JournalMode = "wal" if default == "delete" else "delete"

    def kept(mode: JournalMode) -> float:
        return ratio(rates, f"Portal.execute, {_named(mode)}", f"the same statements, {_named(mode)}")

    return Section(
        name="A command on SQLite (the seven acts of an order via agent, each with an idempotency key)",
        unit="calls/s",
        measured=measured(rates),
        ratios=(
            at_least(f"rate of Portal.execute / raw, {_named(default)} (the default here)", kept(default), 0.8),
            at_least(f"rate of Portal.execute / raw, {_named(other)}", kept(other), 0.8),
            *(worth_knowing(f"µs of processor time a call: {name}", median(each)) for name, each in busy.items()),
        ),
        notes=(f"{per_call:.1f} statements a call; both files held the same at the end, row for row.",),
    )


def planned(orders: int) -> tuple[tuple[Call, ...], MemorySigner]:
    """The calls of some orders, their evidence signed, and who vouches for it; carried out once, in memory."""
    signer, store = MemorySigner(), MemoryStore()
    filled(store)
    portal = portal_on(store, signer)
    calls: list[Call] = []

    def call(command: AnyOrderCommand, actor: Actor) -> str:
        calls.append((command, actor, f"call-{len(calls)}"))
        return portal.execute(command, actor, key=calls[-1][2]).order.id

    for _ in range(orders):
        start = StartOrder(offer=scene.OFFER, mode=ConnectionMode.VIA_AGENT, agent=scene.AGENT)
        order = call(start, scene.ANNA)
        fields = {"care_units": ["SE9997000006-P01", "SE9997000006-P02"], "technical_contact": "Teknik Prov"}
        _ = call(FillInOrder(order=order, fields=fields), scene.ANNA)
        _ = call(AcceptTerms(order=order, version="2026-1"), scene.ANNA)
        _ = call(SendOrder(order=order), scene.ANNA)
        _ = call(ApproveOrder(order=order, attestant=scene.member_of("aron"), certified=True), scene.HANNA)
        for actor in (scene.ARON, scene.EVA):
            _ = call(signed(store, signer, order, actor), actor)
    return tuple(calls), signer


def signed(store: Store, signer: MemorySigner, order: str, actor: Actor) -> AttestOrder:
    """An attest with its evidence."""
    key, act = order_key(order), Act(actor, scene.START, scene.Counting(), Rules(), CATALOGUE)
    with store.transaction() as transaction:
        facts = transaction.read((key,))
    document = document_for(Situation(facts), AttestOrder(order=order), act, actor.person)
    assert document is not None
    progress = signer.start(SigningRequest(document=document, method=AttestMethod.BANKID), now=scene.START)
    assert isinstance(progress, Done)
    return AttestOrder(order=order, method=AttestMethod.BANKID, evidence=progress.evidence)


def filled(store: Store) -> None:
    """The world before the first order."""
    records = tuple(
        Stored(key=key, record=record, version=1, number=0, digest="") for key, record in scene.records().items()
    )
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(), records=records, entries=(), owed=()))


def portal_on(store: Store, signer: MemorySigner) -> Portal:
    """A portal that does the same every time."""
    return Portal(store=store, catalogue=CATALOGUE, signing=signer, clock=Ticking(), ids=scene.Counting())


def recorded(
    base: Path, path: Path, calls: tuple[Call, ...], signer: MemorySigner, mode: JournalMode
) -> list[Statement]:
    """The statements of the calls, as the store makes them; what opening the file takes is left out."""
    Recording.statements = []
    store = reopened(base, path, mode, recording=True)
    Recording.statements.clear()
    portal = portal_on(store, signer)
    for command, actor, key in calls:
        _ = portal.execute(command, actor, key=key)
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


def _through_portal(
    base: Path, path: Path, calls: tuple[Call, ...], signer: MemorySigner, mode: JournalMode, busy: list[float]
) -> Sample:
    def sample() -> float:
        store = reopened(base, path, mode)
        taken = _each(portal_on(store, signer), calls, busy)
        store.close()
        return taken

    return sample


def _in_memory(calls: tuple[Call, ...], signer: MemorySigner, busy: list[float]) -> Sample:
    def sample() -> float:
        store = MemoryStore()
        filled(store)
        return _each(portal_on(store, signer), calls, busy)

    return sample


def _each(portal: Portal, calls: tuple[Call, ...], busy: list[float]) -> float:
    """Microseconds a call, by the clock on the wall: waiting for the disk counts."""
    started, began = time.perf_counter(), time.process_time()
    for command, actor, key in calls:
        _ = portal.execute(command, actor, key=key)
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
