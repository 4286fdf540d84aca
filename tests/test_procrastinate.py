"""Delivery on procrastinate: enqueued with the order, carried out by workers that may be killed."""

import asyncio
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

import pytest
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.testing import InMemoryConnector
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from test_pages import ROOT, run
from workers import on_procrastinate, stories
from workers.hosts import Host, Kind, Prepared
from workers.jobs import NEVER, Moment
from world import Ticking

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer
from kundorder.adapters.procrastinate import QUEUE, SWEEP, TASK, add_tasks, enqueue
from kundorder.sample import CATALOGUE


def prepare(address: str) -> None:
    with App(connector=SyncPsycopgConnector(conninfo=address)).open() as app:
        app.schema_manager.apply_schema()


KIND = Kind(
    name="procrastinate",
    work=on_procrastinate.work,
    prepare=prepare,
    enqueue=enqueue,
    jobs="SELECT status::text FROM procrastinate_jobs WHERE queueing_lock IS NULL",
    sweeps="SELECT status::text FROM procrastinate_jobs WHERE queueing_lock = 'kundorder.sweep'",
)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Prepared]:
    with Prepared.new(KIND) as made:
        yield made


@pytest.fixture
def host(prepared: Prepared, tmp_path: Path) -> Iterator[Host]:
    with prepared.host(tmp_path) as made:
        yield made


@pytest.mark.parametrize("way", stories.WAYS)
@pytest.mark.parametrize("keeps", [True, False])
def test_order_and_job_stand_or_fall_together(host: Host, way: stories.Way, *, keeps: bool) -> None:
    order = way(host, keeps=keeps)
    assert host.is_sent(order) is keeps
    assert host.jobs() == ({"todo": 1} if keeps else {})


def test_without_a_transaction_nothing_is_enqueued(host: Host) -> None:
    stories.nothing_without_a_transaction(host)


def test_the_order_is_kept_when_its_job_cannot_be_written(host: Host) -> None:
    stories.the_host_goes_on(host, "procrastinate_jobs")


def test_what_is_no_connection_is_refused() -> None:
    with pytest.raises(ko.Malformed, match=r"^\$: must be a connection or session of SQLAlchemy's with psycopg"):
        enqueue("postgresql://somewhere")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - it is the wrong one


def test_a_connection_of_another_driver_is_refused() -> None:
    engine = create_engine("sqlite://")
    with (
        engine.begin() as connection,
        pytest.raises(ko.Malformed, match=r"^\$: must be a connection or session of SQLAlchemy's with psycopg"),
    ):
        enqueue(connection)
    engine.dispose()


def test_no_order_waits_until_another_is_committed(host: Host) -> None:
    stories.no_order_waits_for_another(host)


def test_an_order_is_enqueued_while_a_sweep_is_waiting(host: Host) -> None:
    """Its ``queueing_lock`` is no matter of the host's transaction."""
    with App(connector=SyncPsycopgConnector(conninfo=host.address)).open() as app:
        app.configure_task(TASK, queue=QUEUE, queueing_lock=SWEEP).defer()
    assert host.is_sent(host.order())
    assert (host.jobs(), host.sweeps()) == ({"todo": 1}, {"todo": 1})


def test_an_order_committed_after_a_worker_has_looked_is_delivered_too(host: Host) -> None:
    mailer = MemoryMailer()

    def work() -> None:
        portal = ko.Portal(store=host.store, catalogue=CATALOGUE, mailer=mailer, clock=Ticking(host.now))
        app = App(connector=PsycopgConnector(conninfo=host.address))
        add_tasks(app, portal.deliver, sweep=NEVER)
        app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)

    with host.engine.connect() as slow:
        stories.ordered(host, slow)
        host.order()
        work()
        assert len(mailer.letters) == 1
        slow.commit()
    work()
    assert len(mailer.letters) == 2


def test_a_worker_sends_what_was_ordered(host: Host) -> None:
    stories.a_worker_sends_it(host, "succeeded")


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
def test_when_a_worker_is_killed_another_sends_the_rest(host: Host, moment: Moment) -> None:
    stories.a_killed_worker(host, moment, "succeeded")
    assert host.jobs() == {"succeeded": 2, "doing": 1}  # procrastinate leaves it like this, and nothing waits for it


def test_jobs_too_many_send_nothing_twice(host: Host) -> None:
    stories.jobs_too_many(host)


def test_mail_that_found_no_relay_leaves_with_a_sweep(host: Host) -> None:
    stories.a_relay_that_is_down(host, "succeeded")


def rounds(*reports: ko.DeliveryReport) -> int:
    """How many of these rounds one job makes."""
    left = list(reports)
    connector = InMemoryConnector()
    app = App(connector=connector)
    add_tasks(app, lambda: left.pop(0), sweep=NEVER)
    with app.open():
        app.configure_task(TASK).defer()
        app.run_worker(wait=False, install_signal_handlers=False)
    assert [job["status"] for job in connector.jobs.values()] == ["succeeded"]
    return len(reports) - len(left)


def test_a_job_goes_on_until_there_is_nothing_to_do() -> None:
    some, none = ko.DeliveryReport(sent=1000), ko.DeliveryReport()
    assert rounds(some, ko.DeliveryReport(later=1), none, some) == 3


def test_a_job_stops_when_the_relay_takes_nothing() -> None:
    stopped = ko.DeliveryReport(sent=1, stopped="the relay does not answer")
    assert rounds(ko.DeliveryReport(sent=3), stopped, stopped) == 2


@runtime_checkable
class WorkerApp(Protocol):
    def __call__(self, address: str, store: ko.Store, mailer: ko.Mailer) -> App: ...


@runtime_checkable
class EnqueueAsync(Protocol):
    def __call__(self, app: App, connection: AsyncConnection) -> Awaitable[None]: ...


def shown(name: str) -> object:
    """Something from the page that tells how."""
    return run(ROOT / "docs" / "how-to" / "procrastinate.md", {}).namespace[name]


def test_the_page_shows_how(host: Host) -> None:
    cast, mailer = host.cast_in(host.store), MemoryMailer()
    order = cast.draft()
    send = shown("send")
    assert isinstance(send, stories.Send)
    assert send(host.engine, order, cast.berta).order.id == order
    assert host.is_sent(order)
    worker_app = shown("worker_app")
    assert isinstance(worker_app, WorkerApp)
    app = worker_app(host.address, host.store, mailer)
    app.run_worker(queues=[QUEUE], wait=False, listen_notify=False, install_signal_handlers=False)
    assert len(mailer.letters) == 1


def test_the_page_shows_how_asynchronous_hosts_do_it(host: Host) -> None:
    enqueue_async = shown("enqueue_async")
    assert isinstance(enqueue_async, EnqueueAsync)

    async def order(*, keeps: bool) -> str:
        app = App(connector=PsycopgConnector(conninfo=host.address))
        engine = create_async_engine(host.engine.url)
        try:
            async with app.open_async(), engine.connect() as connection:
                found = await connection.run_sync(host.send)
                await enqueue_async(app, connection)
                await (connection.commit() if keeps else connection.rollback())
        finally:
            await engine.dispose()
        return found

    assert not host.is_sent(asyncio.run(order(keeps=False)))
    assert host.jobs() == {}
    assert host.is_sent(asyncio.run(order(keeps=True)))
    assert host.jobs() == {"todo": 1}
