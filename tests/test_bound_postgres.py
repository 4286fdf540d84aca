"""A store in a host's transaction in PostgreSQL: whatever its isolation, what it rests on cannot move unnoticed."""

import asyncio
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Final

import psycopg
import pytest
import sqlalchemy as sa
from faults import Meanwhile
from hosts.alchemy import Note
from hosts.ground import Ground, Grounds
from proof import count
from psycopg import IsolationLevel
from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

import kundorder as ko
from kundorder.adapters.sql import BoundStore

pytest_plugins = ("hosts.fixtures",)

LEVELS: Final = (IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE)
COUNTED: Final = "facts that moved under a host's transaction in PostgreSQL, all met"


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds.of("postgresql")


@pytest.fixture
def order(ground: Ground) -> str:
    return ground.cast.draft()


@contextmanager
def host(ground: Ground, level: IsolationLevel = IsolationLevel.READ_COMMITTED) -> Generator[psycopg.Connection]:
    """A connection of the host's, which commits or rolls back itself."""
    with closing(psycopg.connect(ground.plain)) as connection:
        connection.isolation_level = level
        yield connection
        connection.commit()


def note(connection: psycopg.Connection, text: str) -> None:
    connection.execute("INSERT INTO notes (text) VALUES (%s)", (text,))


def send(ground: Ground, connection: psycopg.Connection, order: str) -> ko.OrderOutcome:
    return ground.portal(BoundStore(connection)).execute(ko.SendOrder(order=order), ground.cast.berta)


def wait_for_a_lock(ground: Ground, connection: psycopg.Connection | int) -> None:
    """Until this connection, or the one of this process of the server's, waits for somebody else's lock."""
    pid = connection if isinstance(connection, int) else connection.info.backend_pid
    waits = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
    with psycopg.connect(ground.plain, autocommit=True) as watcher:
        for _ in range(2000):
            (found,) = watcher.execute(waits, (pid,)).fetchone() or (0,)
            if found:
                return
            time.sleep(0.005)
    raise TimeoutError


def berta_may_order(ground: Ground, *, role: bool) -> ko.AssignRole | ko.RemoveRole:
    command = ko.AssignRole if role else ko.RemoveRole
    return command(member=ground.cast.id(ground.cast.berta), role=ko.Role.ORDERER)


# A fact that has moved


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("attempts", [1, 3])
def test_a_fact_that_has_moved_is_decided_anew_where_the_host_can_see_it_and_else_conflict(
    ground: Ground, order: str, level: IsolationLevel, attempts: int
) -> None:
    sees = level is IsolationLevel.READ_COMMITTED
    fields: dict[str, str | int | list[str]] = {"care_units": ["SE9997000006-P01"], "technical_contact": "Ny Kontakt"}
    change = ko.FillInOrder(order=order, fields=fields)
    with host(ground, level) as connection:
        note(connection, f"{order} before")
        moving = Meanwhile(BoundStore(connection), lambda: ground.cast.portal.execute(change, ground.cast.berta))
        portal = ground.portal(moving, attempts=attempts)
        if sees and attempts > 1:
            portal.execute(ko.SendOrder(order=order), ground.cast.berta)
        else:
            with pytest.raises(ko.Conflict):
                portal.execute(ko.SendOrder(order=order), ground.cast.berta)
        note(connection, f"{order} after")
    assert ground.notes(order) == ["after", "before"]
    assert (ground.state(order) is ko.OrderState.DRAFT) == (attempts == 1 or not sees)
    count(COUNTED, 1)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_who_met_conflict_rolls_back_and_begins_anew(ground: Ground, order: str, level: IsolationLevel) -> None:
    fields: dict[str, str | int | list[str]] = {"care_units": ["SE9997000006-P01"], "technical_contact": "Ny Kontakt"}
    change = ko.FillInOrder(order=order, fields=fields)
    happens: list[Callable[[], object]] = [lambda: ground.cast.portal.execute(change, ground.cast.berta)]
    tries = 0
    while True:
        tries += 1
        try:
            with host(ground, level) as connection:
                note(connection, f"{order} once")
                moving = Meanwhile(BoundStore(connection), happens.pop() if happens else None)
                ground.portal(moving).execute(ko.SendOrder(order=order), ground.cast.berta)
            break
        except ko.Conflict:
            pass
    assert tries == 2
    assert ground.notes(order) == ["once"]
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    count(COUNTED, 1)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("kept", [False, True])
def test_a_right_that_is_being_taken_away_is_waited_for(
    ground: Ground,
    order: str,
    level: IsolationLevel,
    kept: bool,  # noqa: FBT001
) -> None:
    """Whoever takes it away commits first: then it is gone; or does not: then it was never gone."""
    with ThreadPoolExecutor() as threads, host(ground, level) as ours:
        note(ours, f"{order} before")
        with host(ground) as theirs:
            ground.portal(BoundStore(theirs)).execute(berta_may_order(ground, role=False), ground.cast.adam)
            sending = threads.submit(send, ground, ours, order)
            wait_for_a_lock(ground, ours)
            if not kept:
                theirs.rollback()
        if kept:
            with pytest.raises(ko.Conflict):
                sending.result(30)
        else:
            assert sending.result(30).order.state is ko.OrderState.AWAITING_CUSTOMER_ATTEST
        note(ours, f"{order} after")
    assert ground.notes(order) == ["after", "before"]
    assert (ground.state(order) is ko.OrderState.DRAFT) == kept
    if kept:
        ground.cast.portal.execute(berta_may_order(ground, role=True), ground.cast.adam)
    count(COUNTED, 1)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("kept", [False, True])
def test_what_an_order_rests_on_cannot_be_taken_away_before_the_host_has_ended(
    ground: Ground,
    order: str,
    level: IsolationLevel,
    kept: bool,  # noqa: FBT001
) -> None:
    with ThreadPoolExecutor() as threads, host(ground, level) as theirs:
        with host(ground, level) as ours:
            send(ground, ours, order)
            taking = threads.submit(
                ground.portal(BoundStore(theirs)).execute, berta_may_order(ground, role=False), ground.cast.adam
            )
            wait_for_a_lock(ground, theirs)
            assert not taking.done()
            if not kept:
                ours.rollback()
        try:
            assert taking.result(30).lifecycle is ko.Lifecycle.USER
        except ko.Conflict:  # more than guards ask for: it has also seen the order as it was before
            assert kept
            assert level is IsolationLevel.SERIALIZABLE
    assert (ground.state(order) is ko.OrderState.DRAFT) != kept
    ground.cast.portal.execute(berta_may_order(ground, role=True), ground.cast.adam)
    count(COUNTED, 1)


def test_what_the_database_refuses_the_host_at_its_commit_it_refuses_us(ground: Ground, order: str) -> None:
    before = ground.trace(order)
    look = "SELECT count(*) FROM notes WHERE text LIKE %s"
    serializable = IsolationLevel.SERIALIZABLE
    with host(ground, serializable) as theirs, host(ground, serializable) as ours:
        for connection, name in ((theirs, "theirs"), (ours, "ours")):
            connection.execute(look, (f"{order}%",))
            note(connection, f"{order} {name}")
        send(ground, ours, order)
        theirs.commit()
        with pytest.raises(SerializationFailure):
            ours.commit()
    assert ground.notes(order) == ["theirs"]
    assert ground.trace(order) == before


# Statements that fail


def test_a_deadlock_with_the_hosts_own_rows_is_a_conflict_and_the_row_from_before_survives(
    ground: Ground, order: str
) -> None:
    with ThreadPoolExecutor() as threads, host(ground) as theirs, host(ground) as ours:
        ours.execute("SET LOCAL deadlock_timeout = '10ms'")  # it looks first, and so it is the one to give way
        theirs.execute("SET LOCAL deadlock_timeout = '60s'")
        note(ours, f"{order} before")
        ground.portal(BoundStore(theirs)).execute(ko.WithdrawOrder(order=order), ground.cast.berta)
        waiting = threads.submit(note, theirs, f"{order} before")
        wait_for_a_lock(ground, theirs)
        with pytest.raises(ko.Conflict) as caught:
            send(ground, ours, order)
        assert isinstance(caught.value.__cause__, DeadlockDetected)
        note(ours, f"{order} after")
        ours.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            waiting.result(30)
        theirs.rollback()
    assert ground.notes(order) == ["after", "before"]
    assert ground.state(order) is ko.OrderState.DRAFT


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
def test_who_waits_too_long_is_told_and_the_row_from_before_survives(ground: Ground, order: str, setting: str) -> None:
    with host(ground) as theirs, host(ground) as ours:
        note(ours, f"{order} before")
        ground.portal(BoundStore(theirs)).execute(ko.WithdrawOrder(order=order), ground.cast.berta)
        ours.execute("SELECT set_config(%s, '250ms', true)", (setting,))
        with pytest.raises((ko.Conflict, ko.Unavailable)):
            send(ground, ours, order)
        ours.execute("SELECT set_config(%s, '0', true)", (setting,))
        theirs.rollback()
        send(ground, ours, order)
        note(ours, f"{order} after")
    assert ground.notes(order) == ["after", "before"]
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST


def test_a_connection_that_dies_takes_everything_along(ground: Ground, order: str) -> None:
    before = ground.trace(order)
    with closing(psycopg.connect(ground.plain)) as connection:
        note(connection, f"{order} before")
        store = BoundStore(connection)
        ground.portal(store).execute(ko.SendOrder(order=order), ground.cast.berta)
        with psycopg.connect(ground.plain, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", (connection.info.backend_pid,))
        for _ in range(2):
            with pytest.raises(ko.Unavailable):
                ground.portal(store).execute(ko.WithdrawOrder(order=order), ground.cast.berta)
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    assert ground.trace(order) == before
    assert ground.notes(order) == []


# Asynchronous hosts


def test_who_is_cancelled_while_ours_waits_keeps_nothing(ground: Ground, order: str) -> None:
    before = ground.trace(order)

    async def cancelled() -> None:
        engine = create_async_engine(ground.url)
        with host(ground) as theirs:
            ground.portal(BoundStore(theirs)).execute(ko.WithdrawOrder(order=order), ground.cast.berta)
            async with AsyncSession(engine) as session:
                pid = (await session.scalars(sa.text("SELECT pg_backend_pid()"))).one()
                await session.execute(sa.insert(Note).values(text=f"{order} before"))
                sending = asyncio.create_task(session.run_sync(sent))
                await asyncio.to_thread(wait_for_a_lock, ground, pid)
                sending.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sending
                with pytest.raises(SQLAlchemyError):
                    await session.commit()
            theirs.rollback()
        assert ground.trace(order) == before
        assert ground.notes(order) == []
        async with AsyncSession(engine) as session, session.begin():
            await session.run_sync(sent)
        await engine.dispose()

    def sent(session: Session) -> None:
        ground.portal(BoundStore(session)).execute(ko.SendOrder(order=order), ground.cast.berta)

    asyncio.run(cancelled())
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
