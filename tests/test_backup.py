"""What the page on backups says is so: its copy is right while others write, a plain one is not, and what is lost."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Literal

import pytest
from cast import Cast
from faults import Unsteady
from test_pages import ROOT, run
from world import CUSTOMER

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer
from kundorder.adapters.sqlite import SqliteStore
from kundorder.sample import CATALOGUE

MODES: tuple[Literal["delete", "wal"], ...] = ("delete", "wal")
PAGE = ROOT / "docs" / "how-to" / "backup.md"


@pytest.fixture(scope="module")
def back_up(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], None]:
    """The function on the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        found = run(PAGE, {}).namespace["back_up"]
    assert callable(found)

    def call(source: str, target: str) -> None:
        found(source, target)

    return call


def verified(path: Path) -> ko.JournalReport:
    """What the journal of a copy says."""
    store = SqliteStore(path)
    try:
        return ko.Portal(store=store, catalogue=CATALOGUE).verify_journal()
    finally:
        store.close()


@pytest.mark.parametrize("mode", MODES)
def test_a_copy_made_while_others_write_is_whole_and_of_one_moment(
    mode: Literal["delete", "wal"], back_up: Callable[[str, str], None], tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "orders.db", journal_mode=mode, busy_timeout_seconds=60)
    cast = Cast.new(store=store, agent=False)
    order, is_over = cast.draft(), Event()
    written = [0, 0]

    def work(name: int) -> None:
        while not is_over.is_set() or written[name] < 5:
            fill_in = ko.FillInOrder(order=order, fields={"technical_contact": f"Teknik {written[name]}"})
            cast.portal.execute(fill_in, cast.berta, key=f"{name}: {written[name]}")
            written[name] += 1

    workers = [Thread(target=work, args=(name,)) for name in range(len(written))]
    for worker in workers:
        worker.start()
    copies = [tmp_path / f"copy-{number}.db" for number in range(5)]
    for copy in copies:
        back_up(str(tmp_path / "orders.db"), str(copy))
    is_over.set()
    for worker in workers:
        worker.join(60)
    before: tuple[ko.Head, ...] = ()
    for copy in copies:
        report = verified(copy)
        assert report.verified
        store_of_copy = SqliteStore(copy)
        assert ko.Portal(store=store_of_copy, catalogue=CATALOGUE).verify_journal(before).verified
        store_of_copy.close()
        before = report.heads
    assert cast.portal.verify_journal(before).verified
    store.close()


def test_a_plain_copy_of_a_file_in_wal_mode_lacks_what_was_acknowledged(
    back_up: Callable[[str, str], None], tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "orders.db", journal_mode="wal")
    cast = Cast.new(store=store, agent=False)
    cast.sent()
    # Made by another process, for closing the file in this one would drop the locks of the store.
    copying = [sys.executable, "-c", "import shutil, sys; shutil.copy(*sys.argv[1:])"]
    subprocess.run([*copying, str(tmp_path / "orders.db"), str(tmp_path / "plain.db")], check=True)
    back_up(str(tmp_path / "orders.db"), str(tmp_path / "right.db"))
    entries = cast.portal.verify_journal().entries
    assert verified(tmp_path / "right.db").entries == entries
    try:
        left = verified(tmp_path / "plain.db").entries
    except ko.KundorderError:
        left = 0  # so early that there are no tables in it yet
    assert left < entries
    store.close()


def test_a_backup_is_never_written_over(back_up: Callable[[str, str], None], tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "orders.db")
    Cast.new(store=store, agent=False)
    back_up(str(tmp_path / "orders.db"), str(tmp_path / "copy.db"))
    kept = (tmp_path / "copy.db").read_bytes()
    with pytest.raises(sqlite3.OperationalError):
        back_up(str(tmp_path / "orders.db"), str(tmp_path / "copy.db"))
    assert (tmp_path / "copy.db").read_bytes() == kept
    store.close()


def test_where_there_is_no_store_none_is_made(back_up: Callable[[str, str], None], tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        back_up(str(tmp_path / "orders.db"), str(tmp_path / "copy.db"))
    assert not (tmp_path / "orders.db").exists()


def test_after_a_restore_mail_leaves_once_more_under_its_id_receipts_are_gone_and_heads_show_what_is_missing(
    back_up: Callable[[str, str], None], tmp_path: Path
) -> None:
    path = tmp_path / "orders.db"
    store, letters = SqliteStore(path), MemoryMailer()
    outbox = Unsteady(letters, None)
    cast = Cast.new(store=store, outbox=outbox, mailer=letters, agent=False)
    order = cast.draft()
    outbox.handed.clear()
    cast.portal.execute(ko.SendOrder(order=order), cast.berta, key="send")
    back_up(str(path), str(tmp_path / "backup.db"))
    cast.portal.deliver()
    later = cast.portal.execute(ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT), cast.berta, key="start")
    heads = cast.portal.verify_journal().heads
    store.close()

    for left in tmp_path.glob("orders.db*"):
        left.unlink()
    shutil.move(tmp_path / "backup.db", path)
    store = SqliteStore(path)
    portal = ko.Portal(store=store, catalogue=CATALOGUE, mailer=outbox, clock=cast.world.clock)
    assert portal.verify_journal().verified
    assert {problem.chain for problem in portal.verify_journal(heads).problems} == {f"order:{later.order.id}"}
    assert portal.deliver().sent == 1
    assert len(outbox.handed) == 2
    assert len(set(outbox.handed)) == 1
    assert portal.execute(ko.SendOrder(order=order), cast.berta, key="send").order.id == order
    start = ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT)
    assert portal.execute(start, cast.berta, key="start").order.id != later.order.id
    assert [each.id for each in portal.pending(ko.Actor("atle", CUSTOMER)).items] == [order]
    store.close()
