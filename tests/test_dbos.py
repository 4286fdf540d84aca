"""Delivery on DBOS: enqueued with the order, carried out by workers that may be killed."""

import asyncio
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

import attrs
import pytest
from dbos import DBOS
from proof import count
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from test_pages import ROOT, run
from workers import on_dbos, stories
from workers.hosts import Host, Kind, Prepared, eventually
from workers.jobs import EVERY_SECOND, NEVER, Moment

import kundorder as ko
from kundorder.adapters.dbos import Delivery, enqueue
from kundorder.adapters.memory import MemoryMailer


def prepare(address: str) -> None:
    """A worker that was there before: what it declares is there for the others as soon as they begin."""
    DBOS.migrate(address)
    with declared(address, ko.DeliveryReport):
        pass


@contextmanager
def declared(address: str, deliver: Callable[[], ko.DeliveryReport]) -> Generator[None]:
    """A worker in this process."""
    _ = DBOS(config={"name": "ordering", "system_database_url": address, "log_level": "ERROR"})
    try:
        delivery = Delivery(deliver)
        DBOS.launch()
        delivery.listen(sweep=NEVER, poll_seconds=0.1)
        yield
    finally:
        DBOS.destroy(destroy_registry=True)


KIND = Kind(
    name="DBOS",
    work=on_dbos.work,
    prepare=prepare,
    enqueue=enqueue,
    jobs="SELECT status FROM dbos.workflow_status WHERE schedule_name IS NULL",
    sweeps="SELECT status FROM dbos.workflow_status WHERE schedule_name = 'kundorder.sweep'",
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
def test_order_and_workflow_stand_or_fall_together(host: Host, way: stories.Way, *, keeps: bool) -> None:
    order = way(host, keeps=keeps)
    assert host.is_sent(order) is keeps
    assert host.jobs() == ({"ENQUEUED": 1} if keeps else {})


def test_without_a_transaction_nothing_is_enqueued(host: Host) -> None:
    stories.nothing_without_a_transaction(host)


def test_the_order_is_kept_when_its_workflow_cannot_be_written(host: Host) -> None:
    stories.the_host_goes_on(host, "dbos.workflow_status")


def test_what_is_no_connection_is_refused() -> None:
    with pytest.raises(ko.Malformed):
        enqueue("postgresql://somewhere")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - it is the wrong one


def test_no_order_waits_until_another_is_committed(host: Host) -> None:
    stories.no_order_waits_for_another(host)


def test_an_order_is_enqueued_through_an_asynchronous_connection(host: Host) -> None:
    def act(connection: Connection) -> str:
        return stories.ordered(host, connection)

    async def order(*, keeps: bool) -> str:
        engine = create_async_engine(host.engine.url)
        try:
            async with engine.connect() as connection:
                found = await connection.run_sync(act)
                await (connection.commit() if keeps else connection.rollback())
        finally:
            await engine.dispose()
        return found

    assert not host.is_sent(asyncio.run(order(keeps=False)))
    assert host.jobs() == {}
    assert host.is_sent(asyncio.run(order(keeps=True)))
    assert host.jobs() == {"ENQUEUED": 1}


def test_an_order_committed_after_a_worker_has_begun_is_delivered_too(host: Host) -> None:
    with host.engine.connect() as slow:
        stories.ordered(host, slow)
        host.order()
        with host.worker(host.job()) as worker:
            stories.all_arrives(host, 1)
            eventually(lambda: host.jobs() == {"SUCCESS": 1})
            slow.commit()
            stories.all_arrives(host, 2)
            worker.end()


def test_a_worker_sends_what_was_ordered(host: Host) -> None:
    stories.a_worker_sends_it(host, "SUCCESS")


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
def test_when_a_worker_is_killed_another_sends_the_rest(host: Host, moment: Moment) -> None:
    stories.a_killed_worker(host, moment, "SUCCESS", lambda: host.jobs() == {"SUCCESS": 3})


def test_workflows_too_many_send_nothing_twice(host: Host) -> None:
    stories.jobs_too_many(host)


def test_mail_that_found_no_relay_leaves_with_a_sweep(host: Host) -> None:
    stories.a_relay_that_is_down(host, "SUCCESS")


@pytest.mark.parametrize("version", ["1", "2"])
def test_after_a_kill_the_mail_leaves_whatever_has_become_of_the_code(host: Host, version: str) -> None:
    """DBOS itself goes on with nothing that another version has begun."""
    host.order()
    with host.worker(attrs.evolve(host.job(), moment=Moment.BEFORE)) as worker:
        worker.stopped()
        worker.kill()
    late = attrs.evolve(host.job(later=stories.LEASE_IS_OVER), sweep=EVERY_SECOND, version=version)
    left = "SUCCESS" if version == "1" else "PENDING"
    with host.worker(late) as worker:
        stories.all_arrives(host, 1)
        eventually(lambda: host.jobs() == {left: 1} and host.sweeps()["SUCCESS"] > 0)
        worker.end()
    assert set(host.handed().values()) == {1}
    count("workers killed with letters in their hands, DBOS", 1)


def test_whoever_goes_back_to_an_older_version_must_tell_dbos(host: Host) -> None:
    """Until then nothing is delivered, not even by the sweep."""

    def work(version: str, orders: int) -> None:
        host.order()
        with host.worker(attrs.evolve(host.job(), version=version)) as worker:
            stories.all_arrives(host, orders)
            eventually(lambda: host.jobs() == {"SUCCESS": orders})
            worker.end()

    work("1", 1)
    work("2", 2)
    host.order()
    back = attrs.evolve(host.job(), sweep=EVERY_SECOND)
    with host.worker(back) as worker:
        eventually(lambda: host.sweeps()["ENQUEUED"] > 1)
        worker.end()
    assert len(host.owed(ko.OwedState.DUE)) == 1
    with host.worker(attrs.evolve(back, is_latest=True)) as worker:
        stories.all_arrives(host, 3)
        worker.end()


def test_a_workflow_goes_on_until_there_is_nothing_to_do(host: Host) -> None:
    some, none = ko.DeliveryReport(sent=1000), ko.DeliveryReport()
    assert rounds(host, some, ko.DeliveryReport(later=1), none, some) == 3


def test_a_workflow_stops_when_the_relay_takes_nothing(host: Host) -> None:
    stopped = ko.DeliveryReport(sent=1, stopped="the relay does not answer")
    assert rounds(host, ko.DeliveryReport(sent=3), stopped, stopped) == 2


def rounds(host: Host, *reports: ko.DeliveryReport) -> int:
    """How many of these rounds one workflow makes."""
    left = list(reports)
    with declared(host.address, lambda: left.pop(0)):
        with host.engine.begin() as connection:
            enqueue(connection)
        eventually(lambda: host.jobs() == {"SUCCESS": 1})
    return len(reports) - len(left)


@runtime_checkable
class StartWorker(Protocol):
    def __call__(self, address: str, store: ko.Store, mailer: ko.Mailer) -> None: ...


def shown(name: str) -> object:
    """Something from the page that tells how."""
    return run(ROOT / "docs" / "how-to" / "dbos.md", {}).namespace[name]


def test_the_page_shows_how(host: Host) -> None:
    cast, mailer = host.cast_in(host.store), MemoryMailer()
    order = cast.draft()
    send = shown("send")
    assert isinstance(send, stories.Send)
    assert send(host.engine, order, cast.berta).order.id == order
    assert host.is_sent(order)
    start_worker = shown("start_worker")
    assert isinstance(start_worker, StartWorker)
    try:
        start_worker(host.address, host.store, mailer)
        eventually(lambda: host.jobs() == {"SUCCESS": 1})
    finally:
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=60)
    assert len(mailer.letters) == 1
