"""A host with a database of its own: it takes orders in its transactions, enqueues, and starts and kills workers."""

import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Final, LiteralString, Self, TypeAlias, final

import attrs
import psycopg
from cast import Cast
from outbox import message_id, owed_in
from postgres import server
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.orm import Session

import kundorder as ko
from kundorder.adapters.sql import BoundStore, SqlStore, migrate
from kundorder.ports import Store
from kundorder.sample import CATALOGUE
from workers.jobs import Job, Parent

LOADED: Final = ["dbos", "kundorder", "kundorder.adapters.sql", "procrastinate"]
"""What all workers need: loaded once, and then each of them begins in a moment."""

SOON: Final = {"options": "-c lock_timeout=5s"}
AT_ONCE: Final = timedelta(0)
PATIENCE: Final = 60.0  # seconds until something that must happen is taken never to

Line: TypeAlias = Connection | Session | psycopg.Connection[object]
Work: TypeAlias = Callable[[Job, Parent], None]


@final
@attrs.frozen
class Kind:
    """An engine that jobs run on."""

    name: str
    work: Work  # what a worker does
    prepare: Callable[[str], None]  # makes its tables in the database at an address
    enqueue: Callable[[Line], None]
    jobs: LiteralString  # SQL that gives the state of every job that was enqueued with an order
    sweeps: LiteralString  # SQL that gives the state of every sweep


@contextmanager
def database(template: str | None = None) -> Generator[str]:
    """The address of a database that is gone afterwards; a copy of the one at another address, or empty."""
    name = Identifier(f"kundorder_{token_hex(8)}")
    with psycopg.connect(server(), autocommit=True) as connection:
        source = "template0" if template is None else make_url(template).database or ""
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(name, Identifier(source)))
    url = make_url(server()).set(database=name.as_string().strip('"'))
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server(), autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@final
@attrs.frozen
class Prepared:
    """A database with everybody in it, and nothing to deliver; copied for every test."""

    kind: Kind
    address: str
    cast: Cast

    @classmethod
    @contextmanager
    def new(cls, kind: Kind) -> Generator[Self]:
        """Make it."""
        with database() as address:
            migrate(address.replace("postgresql:", "postgresql+psycopg:", 1))
            kind.prepare(address)
            store = SqlStore(address)
            cast = Cast.new(store=store, agent=False)
            store.close()
            yield cls(kind, address, cast)

    @contextmanager
    def host(self, place: Path) -> "Generator[Host]":
        """A host on a copy."""
        with database(self.address) as address:
            engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:", 1), connect_args=SOON)
            store = SqlStore(engine)
            try:
                yield Host(self.kind, address, engine, store, self.cast, place)
            finally:
                engine.dispose()


@final
@attrs.frozen
class Host:
    """What takes orders."""

    kind: Kind
    address: str
    engine: Engine
    store: SqlStore
    cast: Cast
    place: Path  # of its workers' mail

    def cast_in(self, store: Store) -> Cast:
        """Everybody, with this store."""
        world = self.cast.world
        portal = ko.Portal(store=store, catalogue=CATALOGUE, clock=world.clock)
        return Cast(attrs.evolve(world, store=store, portal=portal))

    def send(self, line: Line) -> str:
        """Berta sends an order, in the transaction of this connection."""
        return self.cast_in(BoundStore(line)).sent()

    def order(self) -> str:
        """Berta sends an order, and a worker is to be told."""
        with self.engine.begin() as connection:
            order = self.send(connection)
            self.kind.enqueue(connection)
        return order

    def is_sent(self, order: str) -> bool:
        """Whether the order is there, and was sent."""
        portal = ko.Portal(store=self.store, catalogue=CATALOGUE)
        try:
            return portal.order(order, ko.SYSTEM).state is ko.OrderState.AWAITING_CUSTOMER_ATTEST
        except ko.NotFound:
            return False

    def jobs(self) -> Counter[str]:
        """How many jobs there are that were enqueued with an order, by state."""
        return self._states(self.kind.jobs)

    def sweeps(self) -> Counter[str]:
        """How many sweeps there are, by state."""
        return self._states(self.kind.sweeps)

    def _states(self, sql: LiteralString) -> Counter[str]:
        with psycopg.connect(self.address) as connection:
            return Counter(state for (state,) in connection.execute(sql))

    def owed(self, *states: ko.OwedState) -> dict[str, ko.Owed]:
        """What is owed for the orders here."""
        return {name: owed for name, owed in owed_in(self.store, *states).items() if name.startswith("order:")}

    def handed(self) -> Counter[str]:
        """How often the mail of each debt was handed over."""
        file = self.place / "handed"
        names = {message_id(name): name for name in self.owed()}
        return Counter(names[line] for line in file.read_text("utf-8").split()) if file.exists() else Counter()

    def letters(self) -> int:
        """How many letters have arrived."""
        return len(list((self.place / "mail" / "new").glob("*")))

    @property
    def now(self) -> datetime:
        """The time, as the orders have it."""
        return self.cast.world.clock.time

    def job(self, *, later: timedelta = AT_ONCE) -> Job:
        """For a worker that starts now, or later."""
        return Job(address=self.address, place=self.place, now=self.now + timedelta(seconds=1) + later)

    def worker(self, job: Job) -> "Worker":
        """Start one."""
        return Worker(self.kind.work, job)


@final
class Worker:
    """A process that works; killed at the latest when the block ends, if it has not ended before."""

    def __init__(self, work: Work, job: Job) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(LOADED)
        self._line, line = context.Pipe()
        self._process = context.Process(target=work, args=(job, Parent(line)))
        self._process.start()
        line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._line.close()
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()

    def stopped(self) -> str:
        """The letter it has stopped at, by ``Message-ID``; it waits for it."""
        return self._line.recv_bytes().decode()

    def kill(self) -> None:
        """With -9."""
        self._process.kill()
        self._process.join()
        assert self._process.exitcode == -9

    def end(self) -> None:
        """As it is ended when all is well."""
        self._line.close()
        self._process.join(PATIENCE)
        assert self._process.exitcode == 0


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.02)
