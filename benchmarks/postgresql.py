"""A command through the portal on PostgreSQL, against the same work done otherwise.

Each contender has tables of its own with the same orders in them, statistics known, and one connection; in each round
each carries out the acts of the next orders. At the end the tables are compared, row for row. What differs:

- *replayed*: the statements one writes by hand, one after another in one transaction, with their values recorded
  beforehand. Nothing is decided, decoded or encoded: it is the floor under any application that speaks like that.
- *plain psycopg* and *ORM* are stores behind the same portal: what is decided and written is the same in all three, and
  all that differs is how the database is spoken to.
- *eventsourcing* keeps the same order as an aggregate, and much less: no rights, no guards on other records, no lists,
  no receipt, no owed mail; and what each act leads to has been decided beforehand.

The statements by hand lock as ours do; that an entry is the next of its chain they leave to the primary key, where ours
looks.
"""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from statistics import median
from typing import Final, Protocol, TypeAlias, final

import attrs
import psycopg
from acts import ACTS, Plan, Spread, carried_out, planned, portal_on
from bulk import COLUMNS, Orders
from by_events import Folding, at_postgres, led_to
from by_orm import OrmStore
from distance import far
from loading import to_postgres
from measuring import Ratio, Sample, Section, at_least, interleaved, measured, ratio, worth_knowing
from plain import ADD, APPEND, CHANGE, HOLD, LIST, LOCK, OWE, READ, UNLIST, PlainStore, Replay, Statement, Values
from psycopg.sql import SQL, Identifier
from servers import described, schema, served

from kundorder.adapters.sql import SqlStore
from kundorder.ports import Store

OURS: Final = "Portal.execute"
REPLAYED: Final = "statements by hand, replayed"
PLAIN: Final = "portal, statements by hand"
ORM: Final = "portal, SQLAlchemy ORM"
EVENTS: Final = "eventsourcing, the order alone"
AWAY: Final = 0.001
"""Seconds, there and back."""
_WRITES: Final = (ADD, CHANGE, LIST, UNLIST, APPEND, OWE)

Acts: TypeAlias = Callable[[int], None]
"""Carries out the acts of the orders of one round."""


class Closing(Store, Protocol):
    """A store with connections to give up."""

    def close(self) -> None: ...


def section(*, quick: bool) -> Section:
    """Measure on this machine."""
    run = Run.new(*((2, 5, 1_000) if quick else (6, 21, 10_000)))
    with ExitStack() as stack:
        statements = recorded(stack.enter_context(filled("recorded", run.before)), run.plan)
        places = {name: stack.enter_context(filled("acts", run.before)) for name in (OURS, REPLAYED, PLAIN, ORM)}
        folding = stack.enter_context(closing(Folding(at_postgres(stack.enter_context(schema("events"))))))
        led = led_to(run.plan, Spread(1))
        contenders = {name: run.contender(stack, name, place, statements) for name, place in places.items()}
        contenders[EVENTS] = lambda number: folding.do(led[run.of_round(number)])
        rates, spent = run.measured(contenders, places)
        done = led[: (run.rounds + 1) * run.orders * ACTS]
        assert all(folding.holds(each.order) for each in done[ACTS - 1 :: ACTS]), "the events tell another story"
        logged = _logged(places[OURS], lambda: contenders[OURS](run.rounds + 1)) / run.orders / ACTS
    return Section(
        name="A command on PostgreSQL (the seven acts of an order via agent, each with an idempotency key)",
        unit="calls/s",
        measured=measured(rates),
        ratios=(
            at_least(f"rate of {OURS} / {REPLAYED}", ratio(rates, OURS, REPLAYED), 1.3),
            at_least(f"rate of {OURS} / {PLAIN}", ratio(rates, OURS, PLAIN), 1.3),
            worth_knowing(f"rate of {OURS} / {ORM}", ratio(rates, OURS, ORM)),
            worth_knowing(f"rate of {OURS} / {EVENTS}", ratio(rates, OURS, EVENTS)),
            *touched(statements),
            worth_knowing("bytes of write-ahead log a call", logged),
            *spent,
        ),
        notes=(described(), *run.notes, "The events folded to the same orders."),
    )


def far_section(*, quick: bool) -> Section:
    """Measure over something like a network."""
    run = Run.new(*((1, 3, 1_000) if quick else (2, 21, 10_000)))
    with ExitStack() as stack:
        statements = recorded(stack.enter_context(filled("recorded", run.before)), run.plan)
        places = {name: stack.enter_context(filled("far", run.before)) for name in (OURS, REPLAYED, PLAIN)}
        contenders = {
            name: run.contender(stack, name, stack.enter_context(far(place, AWAY)), statements)
            for name, place in places.items()
        }
        rates, _spent = run.measured(contenders, places)
    return Section(
        name=f"The same, where it takes {AWAY * 1000:g} ms to PostgreSQL and back",
        unit="calls/s",
        measured=measured(rates),
        ratios=(
            at_least(f"rate of {OURS} / {REPLAYED}", ratio(rates, OURS, REPLAYED), 1.3),
            at_least(f"rate of {OURS} / {PLAIN}", ratio(rates, OURS, PLAIN), 1.3),
        ),
        notes=(described(), *run.notes),
    )


@final
@attrs.frozen
class Run:
    """What all contenders do."""

    plan: Plan
    orders: int  # a round
    rounds: int
    before: int  # orders in the store

    @classmethod
    def new(cls, orders: int, rounds: int, before: int) -> "Run":
        """With one round more than is measured, to warm up, and another, to see what it writes."""
        return cls(planned(orders * (rounds + 2), ids=Spread(1)), orders, rounds, before)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said below the table."""
        return (f"{self.before:,} orders in each store before; all held the same at the end, row for row.",)

    def of_round(self, number: int) -> "slice[int, int]":
        """Which acts."""
        size = self.orders * ACTS
        return slice(number * size, (number + 1) * size)

    def contender(self, stack: ExitStack, name: str, address: str, statements: Sequence[list[Statement]]) -> Acts:
        """One of them, with a connection of its own."""
        if name == REPLAYED:
            replay = stack.enter_context(closing(Replay(address)))
            return lambda number: replay.do([each for call in statements[self.of_round(number)] for each in call])
        kinds: dict[str, Callable[[str], Closing]] = {OURS: SqlStore, PLAIN: PlainStore, ORM: OrmStore.on_postgres}
        portal = portal_on(stack.enter_context(closing(kinds[name](address))), self.plan.signer, Spread(1))
        return lambda number: carried_out(portal, self.plan.part(number, self.orders))

    def measured(
        self, contenders: Mapping[str, Acts], places: Mapping[str, str]
    ) -> tuple[dict[str, list[float]], list[Ratio]]:
        """The rates of all of them, and what processor time they took."""
        ours: dict[str, list[float]] = {name: [] for name in contenders}
        theirs: dict[str, list[float]] = {name: [] for name in contenders}
        samples = interleaved(
            {name: self._timed(acts, ours[name], theirs[name], places.get(name)) for name, acts in contenders.items()},
            self.rounds,
        )
        held = [contents(address) for address in places.values()]
        assert all(each == held[0] for each in held), "the contenders have written different things"
        rates = {name: [1e6 / each for each in found] for name, found in samples.items()}
        spent = [worth_knowing(f"µs of our processor time a call: {name}", median(each)) for name, each in ours.items()]
        spent += [worth_knowing(f"µs of the server's a call: {name}", median(theirs[name])) for name in places]
        return rates, spent

    def _timed(self, acts: Acts, ours: list[float], theirs: list[float], address: str | None) -> Sample:
        """Microseconds a call, by the clock on the wall: waiting for the server counts."""
        numbers, calls = count(), self.orders * ACTS

        def sample() -> float:
            number, clock = next(numbers), _standing if address is None else served(address)
            worked, started, began = clock(), time.perf_counter(), time.process_time()
            acts(number)
            taken, spent = time.perf_counter() - started, time.process_time() - began
            ours.append(spent / calls * 1e6)
            theirs.append((clock() - worked) / calls * 1e6)
            return taken / calls * 1e6

        return sample


def _standing() -> float:
    return 0.0


@contextmanager
def filled(name: str, orders: int) -> Generator[str]:
    """The address of tables with so many orders in them."""
    with schema(name) as address:
        to_postgres(address, Orders(orders)).close()
        yield address


def recorded(address: str, plan: Plan) -> list[list[Statement]]:
    """The statements of each call, with their values."""
    with closing(PlainStore(address)) as store:
        portal, found = portal_on(store, plan.signer, Spread(1)), list[list[Statement]]()
        store.is_recording = True
        for call in plan.calls:
            carried_out(portal, (call,))
            found.append(list(store.statements))
            store.statements.clear()
    return found


def touched(statements: Sequence[list[Statement]]) -> Iterator[Ratio]:
    """What a call touches, on average."""
    every, calls = [each for call in statements for each in call], len(statements)
    written = [values for sql, values in every if sql in _WRITES]
    size = sum(len(str(cell).encode()) for values in written for cell in values.values())
    yield worth_knowing(f"round trips a call: {OURS}", 3)
    yield worth_knowing(f"round trips a call: {PLAIN}", len(every) / calls)
    yield worth_knowing("keys read a call", sum(_keys(values) for sql, values in every if sql == READ) / calls)
    locked = sum(_keys(values) for sql, values in every if sql in (LOCK, HOLD))
    yield worth_knowing("rows looked at again and locked a call", locked / calls)
    yield worth_knowing("rows written a call", len(written) / calls)
    yield worth_knowing("bytes in them a call", size / calls)


def _keys(values: Values) -> int:
    keys = values["keys"]
    return len(keys) if isinstance(keys, list) else 0


def _logged(address: str, act: Callable[[], None]) -> float:
    """What the server writes to its log meanwhile, in bytes; nobody else is at it."""
    with psycopg.connect(address, autocommit=True) as connection:
        before = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
        act()
        row = connection.execute("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", before).fetchone()
    return float(row[0]) if row else 0.0


def contents(address: str) -> list[tuple[int, str]]:
    """Every row of every table, as a number and a digest."""
    with psycopg.connect(address) as connection:
        found: list[tuple[int, str]] = []
        for table in COLUMNS:
            rows = "coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')"
            sql = SQL(f"SELECT count(*), md5({rows}) FROM {{}} AS t")  # noqa: S608 - constants
            row = connection.execute(sql.format(Identifier(f"kundorder_{table}"))).fetchone()
            assert row is not None
            found.append((row[0], row[1]))
    return found
