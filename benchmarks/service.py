"""A command through the portal on SQLite, against the very statements it makes, alone.

The statements of a few orders are recorded once, with their parameters. Then portal and bare statements take turns, each on a
fresh copy of the same file in the same journal mode; at the end both files hold the same, row for row.
"""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias, final
from unittest.mock import patch

import scene
from measuring import Sample, Section, at_least, interleaved, measured, ratio, worth_knowing

from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.adapters.sqlite.durability import SYNCHRONOUS, JournalMode, durability
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
    orders, rounds = (3, 5) if quick else (8, 21)
    default = durability(None).journal_mode
    with tempfile.TemporaryDirectory(prefix="kundorder-bench-", dir=_on_disk()) as folder:
        calls, signer = planned(orders)
        contenders: dict[str, Sample] = {}
        files: list[tuple[Path, Path]] = []
        for mode in SYNCHRONOUS:
            place = Path(folder) / mode
            place.mkdir()
            base = place / "base.db"
            filled(SqliteStore(base, journal_mode=mode))
            statements = recorded(base, place / "recorded.db", calls, signer, mode)
            ours, raw = place / "portal.db", place / "raw.db"
            contenders[f"Portal.execute, {_named(mode)}"] = _through_portal(base, ours, calls, signer, mode)
            contenders[f"the same statements, {_named(mode)}"] = _raw(base, raw, statements, mode)
            files.append((ours, raw))
        contenders["Portal.execute, memory"] = _in_memory(calls, signer)
        samples = interleaved(contenders, rounds)
        for ours, raw in files:
            assert contents(ours) == contents(raw), "portal and statements have written different things"
    rates = {name: [1e6 / each for each in found] for name, found in samples.items()}
    other: JournalMode = "wal" if default == "delete" else "delete"
    return Section(
        name="A command on SQLite (the seven acts of an order via agent, each with an idempotency key)",
        unit="calls/s",
        measured=measured(rates),
        ratios=(
            at_least(f"rate of Portal.execute / raw, {_named(default)} (the default here)", _rate(rates, default), 0.8),
            at_least(f"rate of Portal.execute / raw, {_named(other)}", _rate(rates, other), 0.8),
            worth_knowing("µs of Python a call (portal on memory, with its store)", 1e6 / _median(measured(rates)[-1])),
        ),
        notes=(
            f"{len(statements) / (orders * ACTS):.1f} statements a call; both files held the same at the end, row for row.",
        ),
    )
