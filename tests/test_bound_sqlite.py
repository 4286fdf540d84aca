"""A store in a host's transaction in SQLite: who begins it, who else is at the file, what SQLite gives up by itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Final, Literal, TypeAlias

import pytest
from hosts.alchemy import AsyncOrm, CoreAsItComes
from hosts.drivers import Sqlite3
from hosts.ground import Ground, Grounds, Kind
from hosts.inside import Host, Inside
from hosts.kinds import HOSTS, names
from proof import count
from world import CUSTOMER

import kundorder as ko
from kundorder.adapters.sql import BoundStore
from kundorder.situation import order_key
from kundorder.vocabulary import Index

pytest_plugins = ("hosts.fixtures",)

IN_SQLITE: Final = tuple(host for host in HOSTS if host[0] == "sqlite")

Level: TypeAlias = Literal["DEFERRED", "IMMEDIATE", "EXCLUSIVE"]
BEGIN_LATE: Final = (Sqlite3, CoreAsItComes, AsyncOrm)
"""Where Python begins when the host writes, and no sooner."""


@pytest.fixture
def ground(grounds: Grounds) -> Ground:
    return grounds.of("sqlite")


@pytest.fixture
def order(ground: Ground) -> str:
    return ground.cast.draft()


@pytest.fixture
def connection(ground: Ground) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(ground.plain)) as made:
        yield made


def send(ground: Ground, store: BoundStore, order: str, *, attempts: int = 1) -> ko.OrderOutcome:
    return ground.portal(store, attempts=attempts).execute(ko.SendOrder(order=order), ground.cast.berta)


def begun(connection: sqlite3.Connection) -> bool:
    return connection.in_transaction


# Who begins


def test_a_look_begins_nothing_and_a_write_begins_what_the_host_ends(
    ground: Ground, connection: sqlite3.Connection, order: str
) -> None:
    portal = ground.portal(BoundStore(connection))
    assert portal.check(ko.SendOrder(order=order), ground.cast.berta).allowed
    assert portal.pending(ground.cast.berta).items
    assert not begun(connection)
    portal.execute(ko.SendOrder(order=order), ground.cast.berta)
    assert begun(connection)
    assert ground.state(order) is ko.OrderState.DRAFT
    connection.rollback()
    assert ground.state(order) is ko.OrderState.DRAFT
    with pytest.raises(ko.Unavailable, match="has ended; begin another, with a store of its own"):
        portal.execute(ko.SendOrder(order=order), ground.cast.berta)
    assert not begun(connection)
    send(ground, BoundStore(connection), order)
    connection.commit()
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST


def test_a_write_that_fails_ends_again_what_it_has_begun(
    ground: Ground, connection: sqlite3.Connection, order: str
) -> None:
    """Or the host would hold the lock of the file without knowing it."""
    connection.execute("INSERT INTO notes (text) VALUES (?)", (f"veto {order_key(order)}",))
    connection.commit()
    for _ in range(2):
        with pytest.raises(ko.Corrupt):
            send(ground, BoundStore(connection), order)
        assert not begun(connection)
    assert ground.state(order) is ko.OrderState.DRAFT
    assert ground.cast.draft()  # somebody else can write


@pytest.mark.parametrize("level", ["DEFERRED", "IMMEDIATE", "EXCLUSIVE"])
def test_however_the_host_has_python_begin(ground: Ground, order: str, level: Level) -> None:
    with closing(sqlite3.connect(ground.plain, isolation_level=level)) as connection, connection:
        assert send(ground, BoundStore(connection), order).order.step > 1
        connection.execute("INSERT INTO notes (text) VALUES (?)", (f"{order} after",))
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    assert ground.notes(order) == ["after"]


# Who else is at the file


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize(("_kind", "made"), IN_SQLITE, ids=names(IN_SQLITE))
def test_who_is_overtaken_after_having_looked_meets_conflict_and_begins_anew(
    grounds: Grounds, _kind: Kind, made: type[Host], attempts: int
) -> None:
    """A host that has begun and looked sees the file as it was then; what it decides on that may not be written."""
    ground = grounds.of("sqlite-wal")
    order = ground.cast.draft()

    def overtaken(inside: Inside) -> None:
        if made in BEGIN_LATE:
            inside.do("BEGIN")
        inside.notes()
        ground.cast.draft()
        with pytest.raises(ko.Conflict):
            send(ground, inside.store(), order, attempts=attempts)
        assert ground.portal(inside.store()).order(order, ko.SYSTEM).state is ko.OrderState.DRAFT

    made(ground).run(overtaken)
    assert ground.state(order) is ko.OrderState.DRAFT
    made(ground).run(lambda inside: send(ground, inside.store(), order))
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    count("hosts in SQLite that were overtaken, and met with Conflict", 1)


def test_a_list_under_several_values_is_of_one_moment_even_before_the_host_has_begun(grounds: Grounds) -> None:
    ground = grounds.of("sqlite-wal")
    order, asked = ground.cast.draft(), list[str]()

    def meanwhile(statement: str) -> None:
        if "kundorder_listings" in statement:
            asked.append(statement)
            if len(asked) == 2:
                ground.cast.portal.execute(ko.SendOrder(order=order), ground.cast.berta)

    values = tuple(f"{who}:{CUSTOMER}" for who in ("orderers", "attestants"))
    with closing(sqlite3.connect(ground.plain)) as connection:
        connection.set_trace_callback(meanwhile)
        with BoundStore(connection).transaction() as transaction:
            page = transaction.select(Index.PENDING, values, after=None, limit=10_000)
        assert not begun(connection)
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    assert [line.key for line in page.items].count(order_key(order)) == 1


def test_who_does_not_get_the_lock_is_told_and_holds_nothing(ground: Ground, order: str) -> None:
    with (
        closing(sqlite3.connect(ground.plain, timeout=0)) as connection,
        closing(sqlite3.connect(ground.plain, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ko.Unavailable, match="locked") as caught:
            send(ground, BoundStore(connection), order)
        assert caught.value.soon
        assert not begun(connection)
        other.execute("ROLLBACK")
        send(ground, BoundStore(connection), order)
        connection.commit()
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST


# What SQLite gives up by itself


@pytest.mark.parametrize(("_kind", "made"), IN_SQLITE, ids=names(IN_SQLITE))
def test_nothing_of_ours_is_kept_without_the_row_from_before(ground: Ground, _kind: Kind, made: type[Host]) -> None:
    """A constraint of the host's rolls all of it back, in words that let a portal decide anew."""
    order, passed = ground.cast.draft(), list[str]()

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        inside.note(f"disaster {order_key(order)}")
        assert inside.notes()
        store = inside.store()
        for _ in range(2):
            with pytest.raises(ko.Unavailable, match="given up; roll it back and begin anew"):
                send(ground, store, order, attempts=3)
        passed.append(order)

    with suppress(Exception):  # a host may well find that there is nothing left to commit
        made(ground).run(body)
    assert passed == [order]
    assert ground.notes(order) == []
    assert ground.state(order) is ko.OrderState.DRAFT
    assert ground.owed(order) == []
    count("transactions that SQLite rolled back under us, with nothing of ours kept", 1)


@pytest.mark.parametrize(("_kind", "made"), IN_SQLITE, ids=names(IN_SQLITE))
def test_what_the_host_has_lost_is_not_gone_on_with(ground: Ground, _kind: Kind, made: type[Host]) -> None:
    """A statement of the host's own has rolled back everything, and the host has not cared."""
    order, passed = ground.cast.draft(), list[str]()

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        assert inside.notes()
        store = inside.store()
        assert ground.portal(store).order(order, ko.SYSTEM).id == order
        with suppress(Exception):
            inside.do("INSERT INTO once VALUES ('only')")
        with pytest.raises(ko.Unavailable, match="begin"):
            send(ground, store, order, attempts=3)
        if made not in BEGIN_LATE:  # where Python does not begin by itself, it shows to everybody
            with pytest.raises(ko.Unavailable, match="begin"):
                send(ground, inside.store(), order)
        passed.append(order)

    with suppress(Exception):
        made(ground).run(body)
    assert passed == [order]
    assert ground.notes(order) == []
    assert ground.state(order) is ko.OrderState.DRAFT
    count("transactions that SQLite rolled back under us, with nothing of ours kept", 1)


def test_a_write_that_is_interrupted_takes_everything_along(
    ground: Ground, connection: sqlite3.Connection, order: str
) -> None:
    connection.execute("INSERT INTO notes (text) VALUES (?)", (f"{order} before",))

    def meanwhile(statement: str) -> None:
        if "INTO kundorder_journal" in statement:
            connection.set_progress_handler(lambda: 1, 1)

    connection.set_trace_callback(meanwhile)
    store = BoundStore(connection)
    with pytest.raises(ko.Unavailable, match="interrupted"):
        send(ground, store, order)
    connection.set_trace_callback(None)
    connection.set_progress_handler(None, 0)
    assert not begun(connection)
    with pytest.raises(ko.Unavailable, match="given up"):
        send(ground, store, order)
    connection.commit()
    assert ground.notes(order) == []
    assert ground.state(order) is ko.OrderState.DRAFT
    send(ground, BoundStore(connection), order)
    connection.commit()
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST


def test_on_a_full_disk_the_row_and_the_order_still_stand_or_fall_together(ground: Ground) -> None:
    refused = 0
    for room in range(12):
        order = ground.cast.draft()
        with closing(sqlite3.connect(ground.plain)) as connection:
            connection.execute("VACUUM")  # no room is left from before
            connection.execute("INSERT INTO notes (text) VALUES (?)", (f"{order} before",))
            pages: list[tuple[int]] = connection.execute("PRAGMA page_count").fetchall()
            connection.execute(f"PRAGMA max_page_count = {pages[0][0] + room}")
            store = BoundStore(connection)
            try:
                send(ground, store, order)
            except ko.Unavailable as error:
                assert "full" in str(error)  # noqa: PT017 - it may also go well
                refused += 1
            there = begun(connection)
            connection.commit()
        is_sent = ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
        assert ground.notes(order) == (["before"] if there else [])
        assert there or not is_sent
        assert len(ground.owed(order)) == is_sent
    assert 0 < refused < 12
    count("transactions on a full disk, kept or undone as one", 12)
