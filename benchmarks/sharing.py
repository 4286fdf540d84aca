"""One, two and four processes on one PostgreSQL: acts on different orders, and mail.

The processes are there all the time, each with a portal and a connection of its own, and all of them know what they
will do; a round lets some of them go at once and waits for the last. *Shared*: all act for the same two organisations,
so that every act looks at the same rights and agreements as everybody else's. *Apart*: each has tables of its own, and
they share nothing but the server: what is missing to the double there is the machine's, and not ours.
"""

import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Final, Protocol, TypeAlias, final

import attrs
from acts import ACTS, Spread, Ticking, carried_out, planned, portal_on
from bulk import Orders
from delivering import Nobody
from loading import to_postgres
from measuring import Sample, Section, interleaved, measured, ratio, worth_knowing
from servers import described, schema

from kundorder.adapters.memory import MemorySigner
from kundorder.adapters.sql import SqlStore

_COUNTS: Final = (1, 2, 4)
_SHARED: Final = "acts, shared"
_APART: Final = "acts, apart"
_MAIL: Final = "mails"
_MAILS_AN_ORDER: Final = 2
_LATER: Final = datetime(2026, 6, 1, tzinfo=UTC)

Wish: TypeAlias = str | None
"""What to do next; None: nothing more."""


class Pipe(Protocol):
    """To a process, and back."""

    def send(self, obj: Wish, /) -> None: ...
    def recv(self) -> int: ...
    def close(self) -> None: ...


@final
@attrs.frozen
class Job:
    """What a process has to know."""

    number: int
    shared: str  # addresses
    apart: str
    mail: str
    orders: int  # a round
    rounds: int
    mails: int  # a round


def section(*, quick: bool) -> Section:
    """Measure."""
    orders, mails, rounds, before = (4, 50, 5, 500) if quick else (20, 200, 21, 10_000)
    with ExitStack() as stack:

        def filled(name: str, there: Orders) -> str:
            address = stack.enter_context(schema(name))
            to_postgres(address, there).close()
            return address

        shared = filled("shared", Orders(before))
        owed = sum(_COUNTS) * mails * (rounds + 1)
        mail = filled("mail", Orders(owed // _MAILS_AN_ORDER + 1, owing=True))
        pipes = [
            _begun(stack, Job(number, shared, filled("apart", Orders(before)), mail, orders, rounds, mails))
            for number in range(max(_COUNTS))
        ]
        for pipe in pipes:
            assert pipe.recv() == 0  # it is ready
        samples = interleaved(
            {
                _named(what, count): _sample(pipes[:count], what, each * count)
                for what, each in ((_SHARED, orders * ACTS), (_APART, orders * ACTS), (_MAIL, mails))
                for count in _COUNTS
            },
            rounds,
        )
        for pipe in pipes:
            pipe.send(None)
    rates = {name: [1e6 / each for each in found] for name, found in samples.items()}
    return Section(
        name="Processes on one PostgreSQL, on different orders",
        unit="a second",
        measured=measured(rates),
        ratios=tuple(
            worth_knowing(f"{what}: {count} processes / 1", ratio(rates, _named(what, count), _named(what, 1)))
            for what in (_SHARED, _APART, _MAIL)
            for count in _COUNTS[1:]
        ),
        notes=("The server has the same cores as they.", described()),
    )


def _named(what: str, count: int) -> str:
    return f"{what}: {count} process{'' if count == 1 else 'es'}"


def _begun(stack: ExitStack, job: Job) -> Pipe:
    """A process of its own, which ends with the stack."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, job), daemon=True)
    process.start()
    _ = stack.callback(process.join)
    _ = stack.callback(ours.close)
    return ours


def _sample(pipes: list[Pipe], what: str, acts: int) -> Sample:
    def sample() -> float:
        started = time.perf_counter()
        for pipe in pipes:
            pipe.send(what)
        done = sum(pipe.recv() for pipe in pipes)
        taken = time.perf_counter() - started
        assert done == acts, f"{done} done of {acts}"
        return taken / acts * 1e6

    return sample


def work(pipe: "Connection[int, Wish]", job: Job) -> None:
    """What a process does: everything it is told, until it is told to end."""
    plan = planned(job.orders * len(_COUNTS) * (job.rounds + 1), ids=Spread(job.number), key=f"process{job.number}")
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(SqlStore(each))) for each in (job.shared, job.apart, job.mail)]
        shared, apart = (portal_on(store, plan.signer, Spread(job.number)) for store in stores[:2])
        clock = Ticking(_LATER, timedelta(milliseconds=1))
        mail = portal_on(stores[2], MemorySigner(), mailer=Nobody(), clock=clock)
        parts = {_SHARED: 0, _APART: 0}
        pipe.send(0)
        while (wish := pipe.recv()) is not None:
            if wish == _MAIL:
                pipe.send(mail.deliver(limit=job.mails).sent)
                continue
            calls = plan.part(parts[wish], job.orders)
            parts[wish] += 1
            carried_out(shared if wish == _SHARED else apart, calls)
            pipe.send(len(calls))
