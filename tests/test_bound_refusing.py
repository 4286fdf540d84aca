"""What a store cannot be bound to, and is told so: no transaction, one that has failed, one that is over, no host."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from hosts.alchemy import Note, used
from hosts.django_site import atomic, connections, roll_back_anyway, site_on
from hosts.ground import Ground, Grounds, Kind, database_at
from hosts.inside import Host, Inside
from hosts.kinds import HOSTS, names
from hosts.loose import LOOSE
from proof import count
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

import kundorder as ko
from kundorder.adapters.sql import BoundStore, migrate
from kundorder.adapters.sql.hosts import bound_to
from kundorder.adapters.sql.tables import VERSIONS
from kundorder.testing.contracts.store.asking import claim

pytest_plugins = ("hosts.fixtures",)


@pytest.fixture(params=("sqlite", "postgresql"))
def ground(request: pytest.FixtureRequest, grounds: Grounds) -> Ground:
    kind: Kind = request.param
    return grounds.of(kind)


@pytest.fixture
def order(ground: Ground) -> str:
    return ground.cast.draft()


@pytest.mark.parametrize(("kind", "loose"), LOOSE, ids=names(LOOSE))
def test_a_host_that_keeps_each_statement_at_once_is_refused(kind: Kind, loose: type[Host], grounds: Grounds) -> None:
    ground = grounds.of(kind)
    order = ground.cast.draft()
    before = ground.trace(order)

    def body(inside: Inside) -> None:
        for _ in range(2):
            with pytest.raises(ko.Unavailable, match="no transaction to be bound to; begin one first"):
                ground.portal(inside.store()).execute(ko.SendOrder(order=order), ground.cast.berta)
            with pytest.raises(ko.Unavailable, match="no transaction to be bound to; begin one first"):
                ground.portal(inside.store()).order(order, ko.SYSTEM)
        inside.note(f"{order} after")
        assert f"{order} after" in inside.notes()

    loose(ground).run(body)
    assert ground.trace(order) == before
    count("hosts without a transaction, refused with nothing written", 1)


# Transactions that have failed or are over


def test_django_is_taken_at_its_word_that_it_will_roll_back(ground: Ground, order: str) -> None:
    before, alias = ground.trace(order), site_on(ground)
    site = connections()[alias]
    with atomic(alias):
        store = BoundStore.in_django(site)
        assert ground.portal(store).order(order, ko.SYSTEM).id == order
        roll_back_anyway(alias)
        with pytest.raises(ko.Unavailable, match="roll it back and begin anew"):
            ground.portal(store).execute(ko.SendOrder(order=order), ground.cast.berta)
        with pytest.raises(ko.Unavailable, match="roll it back and begin anew"):
            BoundStore.in_django(site)
    assert ground.trace(order) == before
    with pytest.raises(ko.Unavailable, match="no transaction to be bound to"):  # it is over
        ground.portal(store).execute(ko.SendOrder(order=order), ground.cast.berta)
    site.close()
    assert ground.trace(order) == before


def test_a_transaction_that_has_failed_is_not_taken_for_one(grounds: Grounds) -> None:
    ground = grounds.of("postgresql")
    order = ground.cast.draft()
    with psycopg.connect(ground.plain) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT no_such_thing")
        with pytest.raises(ko.Unavailable, match="roll it back and begin anew"):
            ground.portal(BoundStore(connection)).order(order, ko.SYSTEM)
        connection.rollback()
        assert ground.portal(BoundStore(connection)).order(order, ko.SYSTEM).id == order


def test_a_session_that_has_failed_is_not_taken_for_one(ground: Ground, order: str) -> None:
    with used(sa.create_engine(ground.url)) as engine, Session(engine) as session:
        session.add(Note(text=f"{order} once"))
        session.commit()
        session.add(Note(text=f"{order} once"))
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(ko.Unavailable, match="roll it back and begin anew"):
            BoundStore(session)
        session.rollback()
        session.execute(sa.insert(Note).values(text=f"{order} twice"))
        store = BoundStore(session)
        session.rollback()
        with pytest.raises(ko.Unavailable):  # the session has let go of the connection
            ground.portal(store).order(order, ko.SYSTEM)
        assert ground.portal(BoundStore(session)).order(order, ko.SYSTEM).id == order
    assert ground.notes(order) == ["once"]


def test_a_session_that_has_not_begun_and_does_not_by_itself_is_refused(ground: Ground, order: str) -> None:
    with used(sa.create_engine(ground.url)) as engine, Session(engine, autobegin=False) as session:
        with pytest.raises(ko.Unavailable, match="no transaction to be bound to; begin one first"):
            BoundStore(session)
        with session.begin():
            assert ground.portal(BoundStore(session)).order(order, ko.SYSTEM).id == order


def test_a_connection_that_is_closed_is_not_there(grounds: Grounds) -> None:
    sqlite, postgres = grounds.of("sqlite"), grounds.of("postgresql")
    raw = sqlite3.connect(sqlite.plain)
    store = BoundStore(raw)
    raw.close()
    with pytest.raises(ko.Unavailable, match="closed"):
        sqlite.portal(store).order("o-1", ko.SYSTEM)
    connection = psycopg.connect(postgres.plain)
    store = BoundStore(connection)
    connection.close()
    for each in (store, BoundStore(connection)):
        with pytest.raises(ko.Unavailable):
            postgres.portal(each).order("o-1", ko.SYSTEM)
    for ground in (sqlite, postgres):
        with used(sa.create_engine(ground.url)) as engine:
            core = engine.connect()
            store = BoundStore(core)
            core.close()
            with pytest.raises(ko.Unavailable):
                ground.portal(store).order("o-1", ko.SYSTEM)
            with pytest.raises(ko.Unavailable):
                BoundStore(core)


# What is no host


def test_what_is_no_host_is_malformed(grounds: Grounds) -> None:
    ground = grounds.of("postgresql")
    with used(sa.create_engine(ground.url)) as engine:
        asynchronous = create_async_engine(ground.url)
        for host in (ground.url, engine, asynchronous, AsyncSession(asynchronous), None, connections()):
            with pytest.raises(ko.Malformed, match=r"\$: must be a connection or session"):
                bound_to(host)


def test_a_session_of_many_databases_has_to_say_which(ground: Ground) -> None:
    with used(sa.create_engine(ground.url)) as engine, Session(binds={Note: engine}) as session:
        with pytest.raises(ko.Malformed, match="no single database"):
            BoundStore(session)
        store = BoundStore(session.connection(bind_arguments={"mapper": Note}))
        assert ground.portal(store).orders(ground.cast.berta).items


@pytest.mark.parametrize("encoding", ["latin1", "sql_ascii", "euc_tw"])
def test_a_connection_that_cannot_say_everything_is_malformed(grounds: Grounds, encoding: str) -> None:
    """A name would come out as something else, or not at all."""
    ground = grounds.of("postgresql")
    with psycopg.connect(ground.plain) as connection:
        connection.pgconn.exec_(f"SET client_encoding TO {encoding}".encode())
        with pytest.raises(ko.Malformed, match="UTF8"):
            BoundStore(connection)
    with used(sa.create_engine(ground.url)) as engine, engine.connect() as core:
        raw = core.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        raw.pgconn.exec_(f"SET client_encoding TO {encoding}".encode())
        with pytest.raises(ko.Malformed, match="UTF8"):
            BoundStore(core)


def test_a_session_whose_database_is_not_there_is_unavailable(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'nowhere' / 'host.db'}"
    told = pytest.raises(ko.Unavailable, match="cannot be opened")
    with used(sa.create_engine(address)) as engine, Session(engine) as session, told:
        BoundStore(session)


def test_who_has_no_psycopg_can_be_bound_all_the_same(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'host.db'}")
    program = """
import sqlite3, sys
sys.modules["psycopg"] = None
from kundorder.adapters.sql import BoundStore
from kundorder.errors import Malformed
from kundorder.situation import Key
connection = sqlite3.connect(sys.argv[1])
with BoundStore(connection).transaction() as transaction:
    assert transaction.read((Key("order:o-1"),))
try:
    BoundStore("postgresql://somewhere")
except Malformed:
    print("as it should be")
connection.close()
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path / "host.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("as it should be\n", "")


# Databases that are not ours


@pytest.mark.parametrize(("kind", "made"), HOSTS, ids=names(HOSTS))
@pytest.mark.parametrize("layout", [None, "from-tomorrow"])
def test_a_database_that_is_not_ours_refuses_us_and_keeps_the_hosts_row(
    kind: Kind, made: type[Host], layout: str | None, tmp_path: Path
) -> None:
    database = database_at(kind, tmp_path)
    with used(sa.create_engine(database.url)) as engine, engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (text VARCHAR(200) PRIMARY KEY)")
        if layout is not None:
            connection.exec_driver_sql(f"CREATE TABLE {VERSIONS} (version_num VARCHAR(32))")
            connection.exec_driver_sql(f"INSERT INTO {VERSIONS} VALUES ('{layout}')")  # noqa: S608 - ours

    def body(inside: Inside) -> None:
        inside.note("o-1 before")
        for _ in range(2):
            with pytest.raises(ko.Unavailable if layout is None else ko.Corrupt):
                claim(inside.store())
        inside.note("o-1 after")

    made(database).run(body)
    assert database.notes("o-1") == ["after", "before"]
