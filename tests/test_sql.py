"""The store in a database: what the contract cannot ask about, because only a database with other tables has it."""

import os
import re
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres import address, schema_at
from psycopg.sql import SQL, Identifier

from kundorder.adapters.sql import SqlStore, migrate, migration_sql
from kundorder.adapters.sql.migrating import Kind as Database
from kundorder.adapters.sql.migrations import REVISIONS
from kundorder.adapters.sql.tables import METADATA, VERSIONS
from kundorder.errors import Conflict, Corrupt, Malformed, Unavailable
from kundorder.situation import ABSENT, Guard, Key, Kind
from kundorder.testing.contracts.store.asking import read, together, version_of, write
from kundorder.testing.contracts.store.made_up import a_receipt, changes, one_of, put

KINDS: Final[tuple[Database, ...]] = ("postgresql", "sqlite")
SECRET: Final = "hush-hush"  # noqa: S105 - of a made-up address


def url_of(kind: Database, place: Path) -> str:
    """The address of an empty database."""
    return address(place, driver="+psycopg") if kind == "postgresql" else f"sqlite:///{place / 'orders.db'}"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Database:
    found: Database = request.param
    return found


@pytest.fixture
def url(kind: Database, tmp_path: Path) -> str:
    return url_of(kind, tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    migrate(url)
    made = SqlStore(url)
    yield made
    made.close()


def tables_in(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


# The tables


def test_a_database_without_our_tables_is_left_as_it_is(url: str, engine: sa.Engine) -> None:
    with closing(SqlStore(url)) as store:
        for _ in range(2):
            with pytest.raises(Unavailable, match="kundorder migrate"):
                read(store, "receipt:a")
    assert tables_in(engine) == set()


def test_the_tables_are_made_once_however_often_one_asks(url: str, engine: sa.Engine) -> None:
    migrate(url)
    with closing(SqlStore(url)) as store:
        write(store, changes(put("receipt:a", a_receipt("a"))))
        migrate(url)
        migrate(engine)
        assert version_of(store, "receipt:a") == 1
    assert tables_in(engine) == {*METADATA.tables, VERSIONS}


def test_several_who_make_the_tables_at_once_make_them_once(url: str, engine: sa.Engine) -> None:
    results = together(*(lambda: migrate(url) for _ in range(4)))
    assert results == [None] * 4
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"SELECT version_num FROM {VERSIONS}").scalars().all() == [REVISIONS[-1]]  # noqa: S608


def test_the_tables_stand_or_fall_with_the_hosts_transaction(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        migrate(connection)
        connection.rollback()
    assert tables_in(engine) == set()
    with engine.begin() as connection:
        migrate(connection)
    assert tables_in(engine) == {*METADATA.tables, VERSIONS}


def test_the_migrations_make_the_tables_that_the_code_knows(url: str, engine: sa.Engine) -> None:
    migrate(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSIONS})
        assert compare_metadata(context, METADATA) == []


def test_the_printed_sql_makes_the_same_tables(kind: Database, url: str, engine: sa.Engine, tmp_path: Path) -> None:
    migrate(url)
    other = tmp_path / "other"
    other.mkdir()
    by_hand = url_of(kind, other)
    if kind == "sqlite":
        with closing(sqlite3.connect(other / "orders.db")) as connection:
            _ = connection.executescript(migration_sql(kind))
    else:
        with psycopg.connect(address(other), autocommit=True) as connection:
            _ = connection.execute(migration_sql(kind).encode())
    printed = sa.create_engine(by_hand)
    assert described(printed) == described(engine)
    printed.dispose()
    with closing(SqlStore(by_hand)) as store:
        write(store, changes(put("receipt:a", a_receipt("a"))))


def described(engine: sa.Engine) -> dict[str, list[str]]:
    """All tables with their columns, keys and indexes, as the database tells of them."""
    found = sa.inspect(engine)
    return {
        table: sorted(
            re.sub(r"0x[0-9a-f]+", "", str(part))
            for part in (
                *found.get_columns(table),
                found.get_pk_constraint(table),
                *found.get_indexes(table),
            )
        )
        for table in found.get_table_names()
    }


def test_sql_since_a_layout_makes_only_what_is_new(kind: Database) -> None:
    assert "CREATE TABLE" not in migration_sql(kind, since=REVISIONS[-1])
    with pytest.raises(Malformed):
        _ = migration_sql(kind, since="9999")


def test_tables_of_a_newer_release_are_left_as_they_are(url: str, engine: sa.Engine) -> None:
    migrate(url)
    with engine.begin() as connection:
        _ = connection.exec_driver_sql(f"UPDATE {VERSIONS} SET version_num = '9999'")  # noqa: S608
    with closing(SqlStore(url)) as store, pytest.raises(Corrupt, match="upgrade kundorder"):
        write(store, changes(put("receipt:a", a_receipt("a"))))
    with pytest.raises(Corrupt, match="upgrade kundorder"):
        migrate(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kundorder_records").scalar() == 0


def test_a_name_of_ours_stands_beside_the_hosts(url: str, engine: sa.Engine) -> None:
    migrate(url)
    assert all(name.startswith("kundorder_") for name in tables_in(engine))


# Addresses


@pytest.mark.parametrize(
    "wrong",
    [
        f"mysql://me:{SECRET}@db.example/orders",
        f"postgresql+asyncpg://me:{SECRET}@db.example/orders",
        f"nothing at all {SECRET}",
        "sqlite://",
        "sqlite:///:memory:",
        "",
    ],
)
def test_a_database_we_do_not_speak_to_is_refused_without_a_word_of_its_address(wrong: str) -> None:
    for attempt in (SqlStore, migrate):
        with pytest.raises(Malformed) as refused:
            _ = attempt(wrong)
        assert SECRET not in str(refused.value)


def test_a_database_that_does_not_answer_is_unavailable_without_a_word_of_its_address() -> None:
    address = f"postgresql://me:{SECRET}@127.0.0.1:1/orders"
    with closing(SqlStore(address)) as store, pytest.raises(Unavailable) as refused:
        read(store, "receipt:a")
    assert SECRET not in str(refused.value)
    with pytest.raises(Unavailable):
        migrate(address)


# A host's engine


def test_an_engine_of_the_hosts_is_given_back_as_it_was(engine: sa.Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        _ = connection.exec_driver_sql("CREATE TABLE hosts (x INTEGER)")
    store = SqlStore(engine)
    write(store, changes(put("receipt:a", a_receipt("a"))))
    store.close()
    with engine.connect() as connection:  # what is not committed is not kept: the engine still begins transactions
        _ = connection.exec_driver_sql("INSERT INTO hosts VALUES (1)")
        connection.rollback()
        assert connection.exec_driver_sql("SELECT count(*) FROM hosts").scalar() == 0
    assert version_of(store, "receipt:a") == 1


def test_no_address_of_anybody_stands_in_what_a_log_would_show(url: str) -> None:
    migrate(url)
    key = "account:999200-0001/anna@clinic.example"
    with closing(SqlStore(url)) as store:
        results = together(*(partial(write, store, changes(put(key, one_of(Kind.ACCOUNT)))) for _ in range(8)))
    shown = "".join("".join(traceback.format_exception(error)) for error in results if isinstance(error, Exception))
    assert "Conflict" in shown
    assert "clinic.example" not in shown


# Round trips, locks and the end of a process


def test_whoever_waits_too_long_for_a_lock_is_told(kind: Database, url: str) -> None:
    migrate(url)
    with closing(SqlStore(url, wait_seconds=0.1)) as store, closing(SqlStore(url)) as other:
        write(other, changes(put("receipt:a", a_receipt("a"))))
        with other.transaction() as transaction:
            transaction.write(changes(put("receipt:a", a_receipt("a", "2"), 2)))
            assert transaction.read((Key("receipt:a"),))[Key("receipt:a")].version == 2
            with pytest.raises(Conflict if kind == "postgresql" else Unavailable):
                write(store, changes(put("receipt:b", a_receipt("b")), put("receipt:a", a_receipt("a"), 2)))
        assert version_of(store, "receipt:a") == 2
        assert version_of(store, "receipt:b") == 0


def test_a_fact_that_another_is_changing_is_waited_for(url: str) -> None:
    """What is only looked at is locked against those who would write it, until all is kept; and the other way round."""
    migrate(url)
    with closing(SqlStore(url)) as store:
        write(store, changes(put("receipt:a", a_receipt("a"))))
        guards = (Guard(Key("receipt:a"), 1),)
        acts: list[Callable[[], None]] = [
            lambda: write(
                store, changes(put("receipt:b", a_receipt("b")), guards=(*guards, Guard(Key("receipt:b"), 0)))
            ),
            lambda: write(store, changes(put("receipt:a", a_receipt("a", "2"), 2))),
        ]
        results = together(*acts)
        assert results[1] is None
        assert results[0] is None or isinstance(results[0], Conflict)


def test_an_absence_is_held_until_all_is_kept(url: str) -> None:
    migrate(url)
    with closing(SqlStore(url)) as store:
        for number in range(30):
            seen, made = Key(f"receipt:seen {number}"), Key(f"receipt:made {number}")
            guards = (Guard(seen, 0), Guard(made, 0))
            results = together(
                partial(write, store, changes(put(made, a_receipt("x")), guards=guards)),
                partial(write, store, changes(put(seen, a_receipt("x")), guards=guards)),
            )
            assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
        assert not [
            fact for fact in read(store, *(f"receipt:seen {n}" for n in range(30))).values() if fact.version > 1
        ]


def test_a_transaction_that_is_over_does_nothing(store: SqlStore) -> None:
    with store.transaction() as transaction:
        pass
    for act in (
        lambda: transaction.write(changes(put("receipt:a", a_receipt("a")))),
        lambda: transaction.read((Key("receipt:a"),)),
    ):
        with pytest.raises(RuntimeError, match="has ended"):
            act()
    assert read(store, "receipt:a") == {Key("receipt:a"): ABSENT}


CHILD: Final = """
import os, sys
from kundorder.testing.contracts.store.made_up import a_receipt, changes, one_of, put
from kundorder.adapters.sql import SqlStore
from kundorder.errors import Unavailable
store = SqlStore({url!r})
def write(store, name):
    with store.transaction() as transaction:
        transaction.write(changes(put(f"receipt:{{name}}", a_receipt(name))))
write(store, "before")
child = os.fork()
if child == 0:
    try:
        write(store, "stolen")
    except Unavailable:
        try:
            write(SqlStore({url!r}), "own")
        except Unavailable as error:
            assert "forked" in str(error)
            os._exit(0 if {url!r}.startswith("sqlite") else 2)
        os._exit(2 if {url!r}.startswith("sqlite") else 0)
    os._exit(1)
_, status = os.waitpid(child, 0)
write(store, "after")
store.close()
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_a_child_does_not_use_what_its_parent_has_used(url: str) -> None:
    migrate(url)
    code = CHILD.format(url=url)
    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, env=os.environ, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    with closing(SqlStore(url)) as store:
        found = read(store, *(f"receipt:{name}" for name in ("before", "stolen", "own", "after")))
    assert [fact.version for fact in found.values()] == [1, 0, 0 if url.startswith("sqlite") else 1, 1]


# What there is to say


def test_the_report_tells_what_is_there_and_how_safely_it_is_kept(kind: Database, store: SqlStore) -> None:
    write(store, changes(put("receipt:a", a_receipt("a"))))
    report = store.inspect()
    assert report.database.startswith("PostgreSQL " if kind == "postgresql" else "SQLite ")
    assert (report.layout, report.records, report.owed, report.problems) == (REVISIONS[-1], (("receipt", 1),), (), ())


def test_the_report_tells_of_settings_that_lose_what_was_acknowledged(tmp_path: Path) -> None:
    migrate(address(tmp_path, driver="+psycopg"))
    careless = address(tmp_path, driver="+psycopg", settings="-c synchronous_commit=off")
    with closing(SqlStore(careless)) as store:
        assert [problem.split()[0] for problem in store.inspect().problems] == ["synchronous_commit"]
    file = f"sqlite:///{tmp_path / 'orders.db'}"
    migrate(file)
    engine = sa.create_engine(file)  # of the host's: with FULL, which in this journal mode loses the last commit
    assert SqlStore(engine).inspect().problems
    engine.dispose()


def test_a_report_needs_tables(url: str) -> None:
    with closing(SqlStore(url)) as store, pytest.raises(Unavailable):
        _ = store.inspect()


def test_every_schema_is_a_place_of_its_own(tmp_path: Path) -> None:
    """The tests' own footing: two places, two stores, on one server."""
    urls = [address(tmp_path / name, driver="+psycopg") for name in ("one", "other")]
    for url in urls:
        migrate(url)
    with closing(SqlStore(urls[0])) as one, closing(SqlStore(urls[1])) as other:
        write(one, changes(put("receipt:a", a_receipt("a"))))
        assert version_of(other, "receipt:a") == 0
    with psycopg.connect(address(tmp_path / "one")) as connection:
        table = Identifier(schema_at(tmp_path / "one"), "kundorder_records")
        assert connection.execute(SQL("SELECT count(*) FROM {}").format(table)).fetchall() == [(1,)]
