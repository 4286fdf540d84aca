"""Mail with a relay that takes everything at once: what is left is what delivery itself costs.

For each debt delivery claims it (fifty at once), reads whom and what it is about, asks whether it is still wanted,
renders the mail in the receiver's language, hands it over and settles it: a commit a mail, so that a relay that dies
has sent next to nothing twice.
"""

import time
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, final

import scene
from acts import AtOnce, Spread, Ticking, carried_out, filled, planned, portal_on
from growing import on_disk
from measuring import Sample, Section, interleaved, measured, ratio, worth_knowing
from servers import described, schema

from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.adapters.sql import SqlStore, migrate
from kundorder.adapters.sqlite import SqliteStore
from kundorder.ports import Letter, Store

_MEMORY: Final = "memory"
_SQLITE: Final = "SQLite"
_POSTGRES: Final = "PostgreSQL"
_UNTIL_SENT: Final = 4
_MAILS: Final = 2
"""Of an order that has been sent to the agent: to each of its handlers."""


@final
class Nobody:
    """Takes every letter, and forgets it."""

    def send(self, letter: Letter) -> None:
        del letter


def section(*, quick: bool) -> Section:
    """Measure."""
    mails, rounds = (50, 5) if quick else (200, 21)
    orders = mails * (rounds + 1) // _MAILS
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="kundorder-bench-", dir=on_disk()))
        address = stack.enter_context(schema("delivery"))
        migrate(address)
        stores: dict[str, Store] = {
            _MEMORY: MemoryStore(),
            _SQLITE: stack.enter_context(closing(SqliteStore(Path(folder) / "orders.db"))),
            _POSTGRES: stack.enter_context(closing(SqlStore(address))),
        }
        for store in stores.values():
            owing(store, orders)
        samples = interleaved({name: _sample(store, mails) for name, store in stores.items()}, rounds)
    rates = {name: [1e6 / each for each in found] for name, found in samples.items()}
    return Section(
        name="Delivery with a relay that takes everything at once",
        unit="mails/s",
        measured=measured(rates),
        ratios=(
            worth_knowing("rate on SQLite / memory", ratio(rates, _SQLITE, _MEMORY)),
            worth_knowing("rate on PostgreSQL / memory", ratio(rates, _POSTGRES, _MEMORY)),
            worth_knowing("the last fifth of the rounds / the first, SQLite", _drift(rates[_SQLITE])),
            worth_knowing("the last fifth of the rounds / the first, PostgreSQL", _drift(rates[_POSTGRES])),
        ),
        notes=(f"{mails} mails a sample, of {mails * (rounds + 1)} owed to begin with.", described()),
    )


def owing(store: Store, orders: int) -> None:
    """So many orders that have just been sent to the agent; filled in one transaction."""
    plan = planned(orders, ids=Spread(1), until=_UNTIL_SENT)
    filled(store)
    with store.transaction() as transaction:
        carried_out(portal_on(AtOnce(transaction), plan.signer, Spread(1)), plan.calls)


def _sample(store: Store, mails: int) -> Sample:
    clock = Ticking(scene.START + timedelta(days=1), timedelta(milliseconds=1))
    portal = portal_on(store, MemorySigner(), mailer=Nobody(), clock=clock)

    def sample() -> float:
        started = time.perf_counter()
        report = portal.deliver(limit=mails)
        taken = time.perf_counter() - started
        assert report.sent == mails, report
        return taken / mails * 1e6

    return sample


def _drift(rates: list[float]) -> float:
    """How the rate changes while the debts get fewer and the sent ones more."""
    size = max(1, len(rates) // 5)
    return median(rates[-size:]) / median(rates[:size])
