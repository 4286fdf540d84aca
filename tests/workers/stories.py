"""What holds on every engine that jobs run on: told once, and asked of each."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol, runtime_checkable

import attrs
import psycopg
import pytest
from outbox import message_id
from proof import count
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import kundorder as ko
from workers.hosts import Host, Line, eventually
from workers.jobs import EVERY_SECOND, Moment

LEASE_IS_OVER: Final = timedelta(seconds=61)
BACK_OFF_IS_OVER: Final = timedelta(minutes=2)


def on_core(host: Host, *, keeps: bool) -> str:
    """An order on a connection of SQLAlchemy's."""
    with host.engine.connect() as connection:
        order = ordered(host, connection)
        connection.commit() if keeps else connection.rollback()
    return order


def on_session(host: Host, *, keeps: bool) -> str:
    """An order in a session of SQLAlchemy's."""
    with Session(host.engine) as session:
        order = ordered(host, session)
        session.commit() if keeps else session.rollback()
    return order


def on_psycopg(host: Host, *, keeps: bool) -> str:
    """An order on a connection of psycopg's."""
    with psycopg.connect(host.address) as connection:
        order = ordered(host, connection)
        connection.commit() if keeps else connection.rollback()
    return order


def the_other_way_round(host: Host, *, keeps: bool) -> str:
    """A job, and then the order for it."""
    with host.engine.connect() as connection, connection.begin() as transaction:
        host.kind.enqueue(connection)
        order = host.send(connection)
        transaction.commit() if keeps else transaction.rollback()
    return order


def in_a_block(host: Host, *, keeps: bool) -> str:
    """An order in a transaction of psycopg's on a connection that commits every statement otherwise."""
    with psycopg.connect(host.address, autocommit=True) as connection, connection.transaction() as block:
        order = ordered(host, connection)
        if not keeps:
            raise psycopg.Rollback(block)
    return order


@runtime_checkable
class Send(Protocol):
    """How a page shows that an order is sent."""

    def __call__(self, engine: Engine, order: str, actor: ko.Actor) -> ko.OrderOutcome: ...


class Way(Protocol):
    """How a host takes an order, and keeps it or does not."""

    def __call__(self, host: Host, *, keeps: bool) -> str: ...


WAYS: Final = (on_core, on_session, on_psycopg, in_a_block, the_other_way_round)


def ordered(host: Host, line: Line) -> str:
    """An order and its job."""
    order = host.send(line)
    host.kind.enqueue(line)
    return order


def nothing_without_a_transaction(host: Host) -> None:
    """What is enqueued alone would run before the order is there, or never."""
    with psycopg.connect(host.address, autocommit=True) as connection, pytest.raises(ko.Unavailable):
        host.kind.enqueue(connection)
    with psycopg.connect(host.address) as connection, pytest.raises(ko.Unavailable):
        host.kind.enqueue(connection)
    with host.engine.connect() as core, pytest.raises(ko.Unavailable):
        host.kind.enqueue(core)
    at_once = host.engine.execution_options(isolation_level="AUTOCOMMIT")
    with at_once.begin() as core, pytest.raises(ko.Unavailable):
        host.kind.enqueue(core)
    assert host.jobs() == Counter()


def the_host_goes_on(host: Host, table: str) -> None:
    """Without the engine's tables the order is kept all the same."""
    with psycopg.connect(host.address, autocommit=True) as connection:
        connection.execute(f"DROP TABLE {table} CASCADE".encode())
    with host.engine.begin() as core:
        first = host.send(core)
        with pytest.raises(ko.Unavailable):
            host.kind.enqueue(core)
    with psycopg.connect(host.address) as line:
        second = host.send(line)
        with pytest.raises(ko.Unavailable):
            host.kind.enqueue(line)
    assert host.is_sent(first)
    assert host.is_sent(second)
    assert len(host.owed(ko.OwedState.DUE)) == 2


def no_order_waits_for_another(host: Host) -> None:
    """Both are in the middle of their transactions."""
    with host.engine.connect() as one, host.engine.connect() as other:
        first = ordered(host, one)
        other.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        second = ordered(host, other)
        other.commit()
        one.rollback()
    assert not host.is_sent(first)
    assert host.is_sent(second)
    assert host.jobs().total() == 1


def all_arrives(host: Host, orders: int) -> None:
    """Wait until it has; every letter is there once, and its debt is paid."""
    eventually(lambda: len(host.owed(ko.OwedState.SENT)) == orders)
    assert host.owed(ko.OwedState.DUE) == {}
    assert host.letters() == orders


def a_worker_sends_it(host: Host, done: str) -> None:
    """Because of the job alone: there is no sweep."""
    host.order()
    with host.worker(host.job(later=timedelta(hours=1))) as worker:
        all_arrives(host, 1)
        host.order()
        all_arrives(host, 2)
        eventually(lambda: host.jobs() == {done: 2})
        worker.end()
    assert set(host.handed().values()) == {1}


def a_killed_worker(host: Host, moment: Moment, done: str, then: Callable[[], bool] = lambda: True) -> None:
    """In the middle of its letters. Another one finds all of them claimed; a third one comes when the lease is over.

    The third has the name of the first.
    """
    for _ in range(3):
        host.order()
    with host.worker(attrs.evolve(host.job(), moment=moment, letter=2)) as worker:
        stopped_at = worker.stopped()
        with host.worker(attrs.evolve(host.job(), sweep=EVERY_SECOND, executor="second")) as another:
            eventually(lambda: host.jobs()[done] == 2 and host.sweeps()[done] > 0)
            another.end()
        assert len(host.owed(ko.OwedState.SENT)) == 1
        worker.kill()
    first = host.handed()
    assert first.total() == (1 if moment is Moment.BEFORE else 2)
    with host.worker(attrs.evolve(host.job(later=LEASE_IS_OVER), sweep=EVERY_SECOND)) as worker:
        all_arrives(host, 3)
        eventually(then)
        worker.end()
    assert len(host.handed()) == 3
    twice = [name for name, copies in host.handed().items() if copies == 2]
    assert [message_id(name) for name in twice] == ([] if moment is Moment.BEFORE else [stopped_at])
    assert host.handed().total() == 3 + len(twice)
    count(f"workers killed with letters in their hands, {host.kind.name}", 1)


def jobs_too_many(host: Host) -> None:
    """Two workers, and twenty jobs for each of five orders."""
    for _ in range(5):
        with host.engine.begin() as connection:
            host.send(connection)
            for _ in range(20):
                host.kind.enqueue(connection)
    first, second = (attrs.evolve(host.job(), executor=name) for name in ("first", "second"))
    with host.worker(first) as one, host.worker(second) as other:
        all_arrives(host, 5)
        one.end()
        other.end()
    assert set(host.handed().values()) == {1}


def a_relay_that_is_down(host: Host, done: str) -> None:
    """The job has been done; when the pause is over, the sweep takes the mail up."""
    host.order()
    with host.worker(attrs.evolve(host.job(), moment=Moment.DOWN)) as worker:
        eventually(lambda: host.jobs() == {done: 1})
        worker.end()
    (owed,) = host.owed(ko.OwedState.DUE).values()
    assert (owed.attempts, owed.note) == (1, "the relay does not answer")
    with host.worker(attrs.evolve(host.job(later=BACK_OFF_IS_OVER), sweep=EVERY_SECOND)) as worker:
        all_arrives(host, 1)
        worker.end()
    assert set(host.handed().values()) == {1}
