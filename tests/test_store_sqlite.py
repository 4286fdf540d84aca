"""The store in a SQLite file: what the contract cannot ask about, because only a file has it.

Whose the file is, what a full disk, another program or a fork does to it, and what is in its bytes. What kills, power
cuts and failing statements do to it is in ``crash``.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, get_args

import attrs
import pytest

from kundorder.adapters.sqlite import SqliteStore
from kundorder.adapters.sqlite.faults import meaning
from kundorder.adapters.sqlite.file import APPLICATION, LAYOUT
from kundorder.errors import Conflict, Corrupt, KundorderError, Unavailable
from kundorder.events import OwedState, Settlement
from kundorder.journal import problems_in
from kundorder.layout import JournalMode, durability, has_wal_reset_bug
from kundorder.layout.durability import Version
from kundorder.outcomes import Changes, Head
from kundorder.ports import Transaction
from kundorder.situation import Guard, Key
from kundorder.testing.contracts.store.asking import (
    SENT,
    all_owed,
    claim,
    everything,
    owed_of,
    pages,
    read,
    select,
    settle,
    version_of,
    write,
)
from kundorder.testing.contracts.store.made_up import (
    AGENT,
    NOW,
    a_mail,
    a_receipt,
    an_assignment,
    an_order,
    chain_of,
    changes,
    later,
    put,
)
from kundorder.vocabulary import Index

MODES: Final[tuple[JournalMode, ...]] = get_args(JournalMode)
LISTENERS: Final[list[list[sqlite3.Connection]]] = []
"""Who wants to know which connections are opened."""


def hear(event: str, arguments: tuple[object, ...]) -> None:
    """Python tells of every connection it opens: so a disk can be made small under a store without its doing."""
    if event == "sqlite3.connect/handle":
        handles = [argument for argument in arguments if isinstance(argument, sqlite3.Connection)]
        for listener in LISTENERS:
            listener.extend(handles)


sys.addaudithook(hear)


@pytest.fixture
def opened() -> Iterator[list[sqlite3.Connection]]:
    connections: list[sqlite3.Connection] = []
    LISTENERS.append(connections)
    yield connections
    LISTENERS.remove(connections)


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> JournalMode:
    found: JournalMode = request.param
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.db"


def store_at(path: Path, mode: JournalMode | None = "delete", wait: float = 5.0) -> SqliteStore:
    return SqliteStore(path, journal_mode=mode, busy_timeout_seconds=wait)


def bare(path: Path) -> sqlite3.Connection:
    """Another program's connection to a file."""
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def do(connection: sqlite3.Connection, sql: str) -> None:
    """To its end: a statement whose rows are not fetched has not done all it does."""
    _ = connection.execute(sql).fetchall()


def told(connection: sqlite3.Connection, sql: str) -> object:
    """The first thing a statement gives."""
    rows: list[tuple[object]] = connection.execute(sql).fetchall()
    return rows[0][0]


def files(folder: Path) -> dict[str, bytes]:
    """All there is in a folder, byte for byte."""
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def version(number: int, text: str = "") -> Changes:
    """One version of a record, with an entry and a debt of its own."""
    record = put("order:o-1", an_order("o-1", step=number), number, number=number)
    entry = chain_of("order:o-1", number)[-1]
    return changes(
        record, put(f"receipt:{number}", a_receipt("a", text)), entries=(entry,), owed=(a_mail(str(number)),)
    )


PRELUDE: Final = """
import os, sys
from kundorder.adapters.sqlite import SqliteStore
from kundorder.errors import Unavailable
from kundorder.testing.contracts.store.made_up import a_mail, a_receipt, changes, put

def read(store, *keys):
    with store.transaction() as transaction:
        return transaction.read(keys)

def write(store, wanted):
    with store.transaction() as transaction:
        transaction.write(wanted)
"""


def script(code: str, *arguments: str) -> list[str]:
    """A Python of its own, with what it takes to use a store."""
    return [sys.executable, "-c", PRELUDE + code, *arguments]


# How safely the file is written


@pytest.mark.parametrize(
    ("found", "bug"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 37, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 44, 9), False),
        ((3, 45, 0), True),
        ((3, 46, 1), True),
        ((3, 50, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 50, 9), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_wal_is_taken_where_sqlite_does_not_corrupt_it(found: Version, bug: bool) -> None:  # noqa: FBT001
    assert has_wal_reset_bug(found) is bug
    chosen = durability(None, found)
    assert (chosen.journal_mode, chosen.synchronous) == (("delete", "EXTRA") if bug else ("wal", "FULL"))


@pytest.mark.parametrize("wanted", [None, *MODES])
def test_every_connection_writes_as_safely_as_was_chosen(
    path: Path, wanted: JournalMode | None, opened: list[sqlite3.Connection]
) -> None:
    store, chosen = store_at(path, wanted), durability(wanted, sqlite3.sqlite_version_info)
    settings: list[tuple[object, object]] = []

    def use(number: int) -> None:
        write(store, version(number))
        settings.append((told(opened[-1], "PRAGMA journal_mode"), told(opened[-1], "PRAGMA synchronous")))

    use(1)
    thread = threading.Thread(target=use, args=(2,))
    thread.start()
    thread.join()
    assert settings == [(chosen.journal_mode, chosen.synchronous_number)] * 2
    report = store.inspect()
    assert (report.journal_mode, report.synchronous) == (chosen.journal_mode, chosen.synchronous)
    assert report.has_wal_reset_bug is has_wal_reset_bug(sqlite3.sqlite_version_info)


@pytest.mark.parametrize("wanted", MODES)
def test_an_idle_file_goes_over_to_another_journal_mode(path: Path, wanted: JournalMode) -> None:
    for number, each in enumerate((*MODES, *MODES, wanted), 1):
        store = store_at(path, each)
        write(store, version(number))
        assert store.inspect().journal_mode == each
        store.close()


def test_a_file_in_use_in_another_journal_mode_is_not_written_less_safely(path: Path, mode: JournalMode) -> None:
    first, other = store_at(path, mode), store_at(path, MODES[1 - MODES.index(mode)], 0.05)
    write(first, version(1))
    with closing(bare(path)) as reader:
        do(reader, "BEGIN")
        assert told(reader, "SELECT count(*) FROM records") == 2
        with pytest.raises(Unavailable, match=f"in use in journal mode {mode}"):
            write(other, version(2))
    write(first, version(2))
    assert first.inspect().journal_mode == mode


def test_the_tables_are_strict_and_the_file_is_marked(path: Path) -> None:
    write(store_at(path), version(1))
    with closing(bare(path)) as connection:
        tables: list[tuple[str, int]] = connection.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        assert sorted(tables) == [("journal", 1), ("listings", 1), ("owed", 1), ("records", 1)]
        assert told(connection, "PRAGMA application_id") == APPLICATION
        assert told(connection, "PRAGMA user_version") == LAYOUT


# Whose the file is


def another_programs(connection: sqlite3.Connection) -> None:
    do(connection, "CREATE TABLE records (key TEXT)")
    do(connection, "INSERT INTO records VALUES ('theirs')")


def marked(connection: sqlite3.Connection, *, application: int = APPLICATION, layout: int = LAYOUT) -> None:
    do(connection, f"PRAGMA application_id = {application}")
    do(connection, f"PRAGMA user_version = {layout}")


def written_by(*acts: Callable[[sqlite3.Connection], None]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with closing(bare(path)) as connection:
            for act in acts:
                act(connection)

    return make


def left_behind(prepare: Callable[[Path], None], *sql: str) -> Callable[[Path], None]:
    """What lies there when a program ends without a word: its file, and the log or journal of what it was doing."""

    def make(path: Path) -> None:
        alive = path.with_name("alive.db")
        prepare(alive)
        with closing(bare(alive)) as connection:
            for statement in sql:
                do(connection, statement)
            for found in path.parent.glob("alive.db*"):
                if not found.name.endswith("-shm"):
                    _ = shutil.copy(found, path.with_name(found.name.replace("alive.db", path.name)))
        for found in path.parent.glob("alive.db*"):
            found.unlink()

    return make


def holding(content: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        _ = path.write_bytes(content)

    return make


def ours(path: Path) -> None:
    store = store_at(path)
    write(store, version(1))
    store.close()


def a_newer_one(path: Path) -> None:
    ours(path)
    written_by(lambda connection: marked(connection, layout=LAYOUT + 1))(path)


MUCH = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
    INSERT INTO records SELECT hex(randomblob(20)) FROM n
"""
WAL = "PRAGMA journal_mode = wal"
SMALL = "PRAGMA cache_size = 1"
FOREIGN: Final[dict[str, Callable[[Path], None]]] = {
    "a text": holding(b"hello\n" * 2000),
    "one letter": holding(b"h"),
    "zeros": holding(bytes(8192)),
    "a damaged header": holding(b"SQLite format 3\0" + b"\xff" * 5000),
    "another program's": written_by(another_programs),
    "marked by another program": written_by(another_programs, lambda c: marked(c, application=77)),
    "only marked by another program": written_by(lambda c: marked(c, application=77, layout=0)),
    "only numbered by another program": written_by(lambda c: marked(c, application=0, layout=5)),
    "of a newer release": a_newer_one,
    "another program's, with a log": left_behind(written_by(another_programs), WAL, "INSERT INTO records VALUES ('x')"),
    "another program's, all in its log": left_behind(written_by(), WAL, "CREATE TABLE records (key TEXT)"),
    "another program's, at rest in WAL mode": written_by(another_programs, lambda c: do(c, WAL)),
    "another program's, cut off": left_behind(written_by(another_programs), SMALL, "BEGIN", MUCH),
    "of a newer release, as its log says": left_behind(ours, WAL, f"PRAGMA user_version = {LAYOUT + 1}"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_is_not_ours_is_refused_and_stays_as_it_is(path: Path, mode: JournalMode, name: str) -> None:
    FOREIGN[name](path)
    before = files(path.parent)
    assert len(before) == 1 + ("log" in name or "cut off" in name)
    store = store_at(path, mode)
    acts: tuple[Callable[[], object], ...] = (
        lambda: read(store, "order:o-1"),
        lambda: write(store, version(1)),
        store.inspect,
        lambda: claim(store),
    )
    for act in acts:
        with pytest.raises(Corrupt, match=r"path of its own|upgrade kundorder"):
            _ = act()
    after = files(path.parent)
    _ = after.pop(f"{path.name}-shm", None)  # says nothing: SQLite needs it to look into a log
    assert after == before


def test_a_file_of_a_newer_release_says_what_to_do(path: Path) -> None:
    a_newer_one(path)
    with pytest.raises(Corrupt, match="upgrade kundorder"):
        _ = read(store_at(path))


def test_an_empty_file_becomes_a_store(path: Path, mode: JournalMode) -> None:
    path.touch()
    write(store_at(path, mode), version(1))
    assert version_of(store_at(path, mode), "order:o-1") == 1


def test_nothing_is_made_before_it_is_used(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    store.close()
    assert files(path.parent) == {}


def test_many_open_a_new_store_at_once(path: Path, mode: JournalMode) -> None:
    stores = [store_at(path, mode) for _ in range(6)]
    failed: list[Exception] = []
    barrier = threading.Barrier(len(stores))

    def use(number: int) -> None:
        try:
            _ = barrier.wait(30)
            write(stores[number], changes(put(f"receipt:{number}", a_receipt("a"))))
        except Exception as error:  # noqa: BLE001 - judged below
            failed.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [version_of(stores[0], f"receipt:{number}") for number in range(len(stores))] == [1] * len(stores)


def test_a_folder_or_a_path_that_leads_nowhere_is_unavailable(path: Path) -> None:
    for wrong in (path.parent, path / "nowhere" / "orders.db"):
        with pytest.raises(Unavailable):
            _ = read(store_at(wrong))
    assert files(path.parent) == {}


@pytest.mark.parametrize("name", ["a b.db", "å%20?x=1#y.db", ":memory:"])
def test_a_path_is_taken_as_it_is_written(tmp_path: Path, name: str, mode: JournalMode) -> None:
    store = store_at(tmp_path / name, mode)
    write(store, version(1))
    store.close()
    assert list(files(tmp_path)) == [name]


def test_a_relative_path_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(tmp_path)
    store = SqliteStore("orders.db")
    monkeypatch.chdir(elsewhere)
    write(store, version(1))
    assert (tmp_path / "orders.db").exists()
    assert files(elsewhere) == {}


# Looking at it


def test_a_report_tells_what_is_in_the_store(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    for number in (1, 2, 3):
        write(store, version(number))
    assert settle(store, claim(store)[0])
    report = store.inspect()
    assert report.path == str(path)
    assert report.sqlite_version == sqlite3.sqlite_version
    assert report.schema == LAYOUT
    assert report.records == (("order", 1), ("receipt", 3))
    assert report.owed == (("due", 2), ("sent", 1))


def test_a_look_makes_and_changes_nothing(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    with pytest.raises(Unavailable, match="no store"):
        _ = store.inspect()
    assert files(path.parent) == {}
    write(store, version(1))
    assert store.inspect().records == (("order", 1), ("receipt", 1))
    store.close()
    before = files(path.parent)
    assert list(before) == [path.name]
    report = store.inspect()
    assert report == store_at(path, mode).inspect()
    assert report.journal_mode == mode
    assert files(path.parent) == before


def test_a_look_does_not_undo_what_was_cut_off(path: Path) -> None:
    half = "INSERT INTO journal SELECT hex(randomblob(9)), 1, hex(zeroblob(9000)), NULL FROM records"
    left_behind(ours, SMALL, "BEGIN", half)(path)
    before = files(path.parent)
    assert len(before) == 2
    with pytest.raises(Unavailable, match="cut off"):
        _ = store_at(path).inspect()
    assert files(path.parent) == before
    write(store_at(path), version(2))
    assert store_at(path).inspect().records == (("order", 1), ("receipt", 2))


def test_a_write_that_was_cut_off_between_two_pages_is_undone(path: Path) -> None:
    """The header tells of pages that never came; SQLite takes such a file for damaged, if it may not undo it."""
    more = "INSERT INTO owed SELECT hex(randomblob(9)), '', '', '', '', 0, 0, hex(zeroblob(9000)) FROM records"
    left_behind(ours, SMALL, "BEGIN", f"PRAGMA user_version = {LAYOUT}", more, more)(path)
    content = bytearray(path.read_bytes())
    content[28:32] = (len(content) // 4096 + 50).to_bytes(4, "big")  # as many pages there are
    content[92:96] = content[24:28]  # and that number is not stale (https://sqlite.org/fileformat.html)
    _ = path.write_bytes(content)
    store = store_at(path)
    assert version_of(store, "order:o-1") == 1
    assert len(all_owed(store)) == 1


# What stands in its way


def refusal(act: Callable[[], object]) -> Unavailable | None:
    """Why it cannot be done now, if it cannot."""
    try:
        _ = act()
    except Unavailable as error:
        return error
    return None


@pytest.mark.parametrize("room", range(14))
def test_a_full_disk_refuses_and_goes_on_when_there_is_room(
    path: Path, mode: JournalMode, room: int, opened: list[sqlite3.Connection]
) -> None:
    store, keys = store_at(path, mode), [f"receipt:{number}" for number in range(1, 40)]
    write(store, version(1))
    connection = opened[-1]
    pages_now = told(connection, "PRAGMA page_count")
    assert isinstance(pages_now, int)
    do(connection, f"PRAGMA max_page_count = {pages_now + room}")
    text, number, before = "x" * 3000, 1, everything(store, "order:o-1", *keys, values=("staff",))
    while (error := refusal(lambda: write(store, version(number + 1, text)))) is None:  # noqa: B023 - called at once
        number, before = number + 1, everything(store, "order:o-1", *keys, values=("staff",))
        assert number < 40
    assert "full" in str(error)
    assert everything(store, "order:o-1", *keys, values=("staff",)) == before
    do(connection, "PRAGMA max_page_count = 100000")
    write(store, version(number + 1, text))
    assert version_of(store, "order:o-1") == number + 1
    assert len(select(store, Index.JOURNAL, "order:o-1").items) == number + 1
    assert len(all_owed(store)) == number + 1


def test_a_store_that_another_program_writes_is_unavailable_until_it_has_done(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode, 0.05)
    write(store, version(1))
    with closing(bare(path)) as other:
        do(other, "BEGIN IMMEDIATE")
        for act in (lambda: write(store, version(2)), lambda: claim(store), lambda: settle(store, a_mail("1"))):
            with pytest.raises(Unavailable, match="locked by another program"):
                _ = act()
        assert version_of(store, "order:o-1") == 1
        do(other, "ROLLBACK")
    write(store, version(2))


def test_reading_waits_for_who_is_writing_pages(path: Path) -> None:
    store = store_at(path, "delete", 0.05)
    write(store, version(1))
    with closing(bare(path)) as other:
        do(other, "BEGIN EXCLUSIVE")
        for act in (lambda: read(store, "order:o-1"), lambda: select(store, Index.ORDERS, "staff"), store.inspect):
            with pytest.raises(Unavailable, match="locked"):
                _ = act()
    assert len(select(store, Index.ORDERS, "staff").items) == 1


def test_a_commit_that_a_reader_holds_up_is_undone(path: Path) -> None:
    store = store_at(path, "delete", 0.05)
    write(store, version(1))
    with closing(bare(path)) as reader:
        do(reader, "BEGIN")
        assert told(reader, "SELECT count(*) FROM records") == 2
        with pytest.raises(Unavailable, match="locked"):
            write(store, version(2))
        assert version_of(store, "order:o-1") == 1
    write(store, version(2))


def test_reading_holds_nothing_while_the_host_thinks(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    write(store, version(1))
    with store.transaction() as transaction, closing(bare(path)) as other:
        assert transaction.read((Key("order:o-1"),))[Key("order:o-1")].version == 1
        assert len(transaction.select(Index.ORDERS, ("staff",), after=None, limit=5).items) == 1
        do(other, "BEGIN EXCLUSIVE")
        do(other, "UPDATE records SET digest = 'x'")
        do(other, "COMMIT")


def test_a_write_holds_the_file_from_its_first_look_at_the_guards(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    acts: tuple[Callable[[Transaction], object], ...] = (
        lambda transaction: transaction.write(changes(guards=(Guard(Key("receipt:a"), 0),))),
        lambda transaction: transaction.claim(now=NOW, lease_until=NOW, limit=9),
        lambda transaction: transaction.settle(a_mail("a"), SENT),
    )
    for act in acts:
        with store.transaction() as transaction, closing(bare(path)) as other:
            _ = act(transaction)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                do(other, "BEGIN IMMEDIATE")


def test_a_thread_waits_its_turn_and_gives_up(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode, 0.05)
    write(store, version(1))
    failed: list[str] = []

    def other() -> None:
        try:
            write(store_at(path, mode, 0.05), version(2))
        except Unavailable as error:
            failed.append(str(error))

    with store.transaction() as transaction:
        transaction.write(version(2))
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert failed == ["the store is locked by another thread; try again later with the same key"]
    assert version_of(store, "order:o-1") == 2


@contextmanager
def somebody_else() -> Generator[None]:
    """Root may write everything, so root is somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="another system has another way to forbid writing")
def test_a_file_that_may_not_be_written_is_read(mode: JournalMode) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.db"
        writer = store_at(path, mode)
        write(writer, version(1))
        writer.close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        with somebody_else():
            store = store_at(path, mode)
            if mode == "delete":  # WAL needs files of its own beside it
                assert version_of(store, "order:o-1") == 1
                assert len(select(store, Index.ORDERS, "staff").items) == 1
            for act in (lambda: write(store, version(2)), lambda: claim(store)):
                with pytest.raises(Unavailable):
                    _ = act()
            assert store.inspect().records == (("order", 1), ("receipt", 1))
        path.parent.chmod(0o755)
        assert version_of(store_at(path, mode), "order:o-1") == 1


def objection(act: Callable[[SqliteStore], object]) -> Callable[[SqliteStore], KundorderError | None]:
    """What is raised of it, if it is an error of ours."""

    def use(store: SqliteStore) -> KundorderError | None:
        try:
            _ = act(store)
        except KundorderError as error:
            return error
        return None

    return use


USES: Final = (
    objection(lambda store: everything(store, "order:o-1", "order:o-9", values=("staff",))),
    objection(lambda store: write(store, version(1))),
    objection(SqliteStore.inspect),
)


def test_a_damaged_file_is_corrupt_and_nothing_worse(path: Path) -> None:
    store = store_at(path)
    write(store, changes(*(put(f"order:o-{each}", an_order(f"o-{each}"), number=1) for each in range(60))))
    store.close()
    whole = path.read_bytes()
    found: set[str] = set()
    for start in range(100, len(whole), 2048):
        _ = path.write_bytes(whole[:start] + b"\xa5" * 2048 + whole[start + 2048 :])
        hurt = store_at(path)
        found |= {type(error).__name__ for error in (use(hurt) for use in USES) if error is not None}
        hurt.close()
    assert "Corrupt" in found


def test_a_file_that_lacks_a_table_is_corrupt(path: Path) -> None:
    ours(path)
    with closing(bare(path)) as connection:
        do(connection, "DROP TABLE owed")
    with pytest.raises(Corrupt, match="not as we left it"):
        _ = all_owed(store_at(path))


def test_every_code_of_sqlite_means_something() -> None:
    codes = {name: code for name, code in vars(sqlite3).items() if name.startswith("SQLITE_") and isinstance(code, int)}
    for code in codes.values():
        error = sqlite3.OperationalError("secret words of SQLite")
        error.sqlite_errorcode = code
        found = meaning(error)
        assert isinstance(found, Unavailable | Corrupt | Conflict)
        assert "secret" not in str(found)
        assert str(found) == str(found).strip().replace("\n", " ")
        moved = ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_BUSY_SNAPSHOT")
        assert isinstance(found, Conflict) is (code in [codes[name] for name in moved])
    assert isinstance(meaning(sqlite3.ProgrammingError("closed")), Unavailable)


@pytest.mark.parametrize("wrong", [2, 4, 9])
def test_a_version_follows_the_one_before_it_even_where_nobody_guards_it(path: Path, wrong: int) -> None:
    store = store_at(path)
    for number in (1, 2):
        write(store, changes(put("receipt:a", a_receipt("a"), number)))
    with pytest.raises(Conflict):
        write(store, changes(put("receipt:a", a_receipt("b"), wrong), guards=()))
    assert read(store, "receipt:a")[Key("receipt:a")].record == a_receipt("a")


# A record of a newer release


def test_a_record_of_a_newer_release_is_refused_and_stays_as_it_is(path: Path) -> None:
    store = store_at(path)
    write(store, changes(put("receipt:a", a_receipt("a")), put("order:o-1", an_order("o-1"))))
    with closing(bare(path)) as connection:
        do(connection, "UPDATE records SET schema = schema + 1")
    before = path.read_bytes()
    for key in ("receipt:a", "order:o-1"):
        with pytest.raises(Corrupt, match="upgrade kundorder"):
            _ = read(store, key)
        with pytest.raises(Corrupt, match="upgrade kundorder"):
            write(store, changes(put(key, a_receipt("a"), 2)))
    with pytest.raises(Corrupt, match="upgrade kundorder"):
        _ = select(store, Index.ORDERS, "staff")
    assert path.read_bytes() == before


# What is in its bytes


def test_a_refused_write_leaves_every_byte_as_it_was(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    write(store, version(1))
    store.close()
    store, before = store_at(path, mode), path.read_bytes()
    assert read(store, "order:o-2") == read(store, "order:o-2")
    beside = files(path.parent)
    bad = (
        changes(put("order:o-1", an_order("o-1"))),
        changes(put("order:o-1", an_order("o-1"), 3)),
        changes(put("receipt:b", a_receipt("b")), guards=(Guard(Key("order:o-1"), 2),), owed=(a_mail("new"),)),
    )
    for wanted in bad:
        with pytest.raises(Conflict):
            write(store, wanted)
    assert claim(store, minutes=-60) == ()
    assert not settle(store, a_mail("nothing"))
    _ = beside.pop(f"{path.name}-shm", None), beside.pop(f"{path.name}-wal", None)
    after = files(path.parent)
    assert {name: after[name] for name in beside} == beside
    assert after.get(f"{path.name}-wal", b"") == b""
    assert path.read_bytes() == before


@pytest.mark.parametrize("state", [OwedState.SENT, OwedState.CANCELLED])
def test_a_forgotten_secret_is_nowhere_in_the_file(path: Path, mode: JournalMode, state: OwedState) -> None:
    store, secret = store_at(path, mode), "Hemlig-kod-som-ingen-har-sett-0123456789abc"
    write(store, changes(owed=tuple(a_mail(str(number), secret=secret) for number in range(40))))
    store.close()
    assert secret.encode() in path.read_bytes()
    store = store_at(path, mode)
    for owed in claim(store):
        assert settle(store, owed, attrs.evolve(SENT, state=state))
    store.close()
    assert [name for name, text in files(path.parent).items() if secret.encode() in text] == []


def test_how_a_debt_stands_is_told_by_its_columns(path: Path) -> None:
    """So that one statement of an operator's requeues what was parked."""
    store = store_at(path)
    write(store, changes(owed=(a_mail("a"),)))
    assert settle(store, claim(store)[0], Settlement(state=OwedState.PARKED, due_at=later(days=9)))
    with closing(bare(path)) as connection:
        do(connection, "UPDATE owed SET state = 'due', due_at = owed_at WHERE state = 'parked'")
    (claimed,) = claim(store)
    assert (claimed.state, claimed.due_at, claimed.fence) == (OwedState.DUE, NOW, 2)
    assert settle(store, claimed, Settlement(state=OwedState.DUE))
    assert owed_of(store, "a").due_at == NOW


def test_a_remark_stands_in_a_column_of_its_own(path: Path) -> None:
    write(store_at(path), changes(entries=chain_of("order:o-1", 2, remark="Ring Bo!")))
    with closing(bare(path)) as connection:
        assert told(connection, "SELECT count(*) FROM journal WHERE body LIKE '%Ring Bo%'") == 0
        do(connection, "UPDATE journal SET remark = NULL WHERE number = 2")
    entries = tuple(line.entry for line in select(store_at(path), Index.JOURNAL, "order:o-1").items if line.entry)
    assert [entry.remark for entry in entries] == ["Ring Bo!", None]
    head = Head(chain="order:o-1", number=2, digest=entries[1].digest)
    assert problems_in("order:o-1", entries, head, None) == ()


# Lines of one sort, which only this adapter promises to page through


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_pages_through_lines_of_one_sort_have_no_hole(path: Path, limit: int, newest_first: bool) -> None:  # noqa: FBT001
    store = store_at(path)
    keys = [
        f"assignment:{AGENT}/npo",
        f"assignment:{AGENT}/npo/1",
        f"assignment:{AGENT}/npo/2",
        f"assignment:{AGENT}/x",
    ]
    granted = ("m-bo", "m-cia")
    records = [put(key, an_assignment(key.split("/")[1], granted=granted)) for key in keys]
    write(store, changes(*records, entries=(*chain_of("order:a", 3), *chain_of("order:b", 3))))
    found = [line.key for line in pages(store, Index.GRANTS, *granted, limit=limit, newest_first=newest_first)]
    assert found == sorted(keys, reverse=newest_first)
    lines = pages(store, Index.JOURNAL, "order:b", "order:a", limit=limit, newest_first=newest_first)
    places = [(line.sort, line.key) for line in lines]
    assert places == sorted(places, reverse=newest_first)
    assert len(set(places)) == 6


# One transaction


def test_a_block_goes_on_after_a_refusal_of_its_first_write(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    write(store, version(1))
    with store.transaction() as transaction:
        with pytest.raises(Conflict):
            transaction.write(version(1))
        transaction.write(version(2))
    assert version_of(store, "order:o-1") == 2


def test_a_block_that_has_lost_something_does_not_end_as_if_it_had_not(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    write(store, version(1))

    def lose(transaction: Transaction) -> None:
        transaction.write(version(2))
        for error in (Conflict, Unavailable):
            with pytest.raises(error):
                transaction.write(version(2))

    with pytest.raises(Unavailable, match="all of it was undone"), store.transaction() as transaction:
        lose(transaction)
    assert version_of(store, "order:o-1") == 1
    write(store, version(2))


def test_what_breaks_in_the_middle_of_a_write_is_undone_even_if_swallowed(path: Path) -> None:
    store = store_at(path)
    with store.transaction() as transaction:
        with pytest.raises(UnicodeEncodeError):
            transaction.write(changes(put("receipt:a", a_receipt("a")), put("receipt:\ud800", a_receipt("b"))))
        with pytest.raises(UnicodeEncodeError):
            transaction.write(changes(put("receipt:a", a_receipt("a")), owed=(a_mail("\ud800"),), guards=()))
    assert version_of(store, "receipt:a") == 0


def test_blocks_of_one_thread_may_read_inside_each_other_but_not_write(path: Path, mode: JournalMode) -> None:
    store = store_at(path, mode)
    with store.transaction() as outer:
        assert outer.read((Key("order:o-1"),))[Key("order:o-1")].version == 0
        write(store, version(1))
        assert outer.read((Key("order:o-1"),))[Key("order:o-1")].version == 1
        outer.write(version(2))
        assert version_of(store, "order:o-1") == 2
        with pytest.raises(RuntimeError, match="end that one first"):
            write(store, version(3))
    assert version_of(store, "order:o-1") == 2


# Threads, forks, and the end


def test_a_closed_store_is_unavailable_and_another_is_not(path: Path, mode: JournalMode) -> None:
    store, other = store_at(path, mode), store_at(path, mode)
    write(store, version(1))
    for _ in range(2):
        store.close()
        with pytest.raises(Unavailable, match="closed"):
            _ = read(store, "order:o-1")
    write(other, version(2))


def test_a_store_closed_in_a_transaction_ends_it_properly(
    path: Path, mode: JournalMode, opened: list[sqlite3.Connection]
) -> None:
    store = store_at(path, mode)
    with store.transaction() as transaction:
        transaction.write(version(1))
        store.close()
        transaction.write(version(2))
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        _ = opened[-1].execute("SELECT 1")
    pending = store.transaction
    with pytest.raises(Unavailable, match="closed"), pending():
        pass
    assert version_of(store_at(path, mode), "order:o-1") == 2


def test_a_connection_ends_with_its_thread(path: Path, opened: list[sqlite3.Connection]) -> None:
    store = store_at(path)
    thread = threading.Thread(target=write, args=(store, version(1)))
    thread.start()
    thread.join()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        _ = opened[-1].execute("SELECT 1")
    write(store, version(2))


RACING = """
from kundorder.errors import Conflict, Unavailable

store, won, lost = SqliteStore(sys.argv[1], journal_mode=sys.argv[2]), 0, 0
while won < 40:
    version = read(store, "receipt:a")["receipt:a"].version
    try:
        write(store, changes(put("receipt:a", a_receipt("a", str(version)), version + 1), owed=(a_mail(str(version)),)))
        won += 1
    except (Conflict, Unavailable):  # moved on, or locked for longer than this one waits
        lost += 1
    if (won + lost) % 3 == 0:  # a file that somebody is writing is not taken for a damaged one
        store.close()
        store = SqliteStore(sys.argv[1], journal_mode=sys.argv[2])
print(lost)
"""


def test_processes_that_change_a_record_at_once_lose_nothing(path: Path, mode: JournalMode) -> None:
    racers = [
        subprocess.Popen(script(RACING, str(path), mode), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ends = [racer.communicate(timeout=60) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0], ends
    store = store_at(path, mode)
    assert version_of(store, "receipt:a") == 120
    assert len(all_owed(store)) == 120


FORKING = """
path, mode, way = sys.argv[1:]
unused, store = SqliteStore(path, journal_mode=mode), SqliteStore(path, journal_mode=mode)
write(store, changes(put("receipt:a", a_receipt("a"))))
kept = changes(put("receipt:b", a_receipt("b")))


def child(*acts):
    for act in acts:
        try:
            act()
        except Unavailable as error:
            assert "fork" in str(error)
        else:
            raise AssertionError("not refused")
    try:
        read(unused, "receipt:a")
    except Unavailable as error:
        assert "fork" in str(error)
    else:
        raise AssertionError("a store of its own on a file its parent has open is not refused")
    store.close()


def parent(pid):
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


if way == "between transactions":
    pid = os.fork()
    if pid == 0:
        child(lambda: read(store, "receipt:a"), lambda: write(store, kept))
        del store
        sys.exit(0)
    parent(pid)
    write(store, kept)
else:
    with store.transaction() as transaction:
        transaction.write(kept)
        pid = os.fork()
        if pid == 0:
            try:
                child(lambda: transaction.read(()), lambda: transaction.write(kept), lambda: write(store, kept))
                transaction.__exit__(None, None, None)
            except Unavailable:
                os._exit(0)
            finally:
                os._exit(1)
        parent(pid)
write(store, changes(put("receipt:c", a_receipt("c"))))
assert [fact.version for fact in read(store, "receipt:a", "receipt:b", "receipt:c").values()] == [1, 1, 1]
print("well")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("way", ["between transactions", "in a transaction"])
def test_a_child_is_refused_and_its_parent_goes_on(path: Path, mode: JournalMode, way: str) -> None:
    call = script(FORKING, str(path), mode, way)
    run = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout) == (0, "well\n"), run.stderr
    with closing(bare(path)) as connection:
        assert told(connection, "PRAGMA integrity_check") == "ok"
