"""The commands against growth and for the journal elsewhere: what they print, tell the shell and leave alone."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest
from cast import Cast
from test_command_line import files_in, foreign, newer, no_database, printed, refused
from world import World

import kundorder as ko
from kundorder.__main__ import main
from kundorder.adapters.sql import SqlStore, migrate
from kundorder.adapters.sqlite import SqliteStore
from kundorder.journal import verify_export
from kundorder.sample import CATALOGUE

COMMANDS = ("prune", "export-journal", "verify-journal")
OF_A_STORE = ("prune", "export-journal")
POOR = os.environ | {"PYTHONIOENCODING": "ascii"}
"""A terminal without Swedish letters."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with old things in it."""
    path = tmp_path_factory.mktemp("made") / "store.db"
    kept = SqliteStore(path)
    cast = Cast.new(store=kept)  # early in 2026, by the clock of the tests
    cast.portal.execute(ko.RejectOrder(order=cast.sent(), reason="Åter till början."), cast.atle)
    cast.portal.execute(ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT), cast.berta, key="old")
    cast.portal.deliver()
    kept.close()
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    """A store with old things in it, in a folder of its own."""
    (tmp_path / "kept").mkdir()
    path = tmp_path / "kept" / "store.db"
    _ = shutil.copy(made, path)
    return path


@pytest.fixture
def export(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Its journal as a file."""
    path = tmp_path / "journal.jsonl"
    path.write_text(printed(capsys, "export-journal", str(store)), "utf-8", newline="\n")
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"usage: kundorder {command}" in printed(capsys, command, "--help")
    assert main([]) == 2
    assert command in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ("prune",),
        ("prune", "store.db", "--receipts-days", "0"),
        ("prune", "store.db", "--mail-days", "36501"),
        ("prune", "store.db", "--mail-days", "-1"),
        ("prune", "store.db", "--receipts-days", "many"),
        ("export-journal",),
        ("export-journal", "store.db", "--remarks"),
        ("verify-journal",),
    ],
)
def test_what_cannot_be_understood_is_said_and_nothing_is_done(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    _ = refused(capsys, *argv)


@pytest.mark.parametrize("made", [foreign, no_database, newer], ids=lambda made: made.__name__)
@pytest.mark.parametrize("command", OF_A_STORE)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(
    made: Callable[[Path], str], command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "theirs.db"
    why = made(path)
    before = files_in(tmp_path)
    said = refused(capsys, command, str(path))
    assert str(path) in said
    assert why in said
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("command", OF_A_STORE)
@pytest.mark.parametrize("name", ["missing.db", "empty.db", "folder", "missing/store.db"])
def test_where_there_is_no_store_none_is_made(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder").mkdir()
    before = files_in(tmp_path)
    assert name in refused(capsys, command, str(tmp_path / name))
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("command", OF_A_STORE)
def test_where_there_is_no_database_none_is_made(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _ = refused(capsys, command, f"sqlite:///{tmp_path / 'missing.db'}")
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize("command", OF_A_STORE)
def test_a_store_of_a_kind_we_do_not_know_is_refused_without_a_word_of_what_was_typed(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, command, "unheard-of://host:s3cret-word@example.org/kundorder")
    assert "s3cret-word" not in said
    assert "sqlite:///" in said


def test_a_store_in_a_database_is_named_by_its_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = f"sqlite:///{tmp_path / 'host.db'}"
    migrate(address)
    kept = SqlStore(address)
    Cast.new(store=kept, agent=False)
    kept.close()
    export = tmp_path / "journal.jsonl"
    export.write_text(printed(capsys, "export-journal", address), "utf-8", newline="\n")
    assert not printed(capsys, "prune", address, "--mail-days", "1").endswith(" 0 mails and follow-ups removed\n")
    assert "verified" in printed(capsys, "verify-journal", str(export))


# prune


def test_what_is_old_is_removed_and_counted_and_then_there_is_no_more(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = printed(capsys, "prune", str(store), "--receipts-days", "1", "--mail-days", "1")
    assert first.startswith("1 receipts removed, ")
    assert not first.endswith(" 0 mails and follow-ups removed\n")
    again = printed(capsys, "prune", str(store), "--receipts-days", "1", "--mail-days", "1")
    assert again == "0 receipts removed, 0 mails and follow-ups removed\n"
    assert "verified" in printed(capsys, "check-store", str(store))


def test_what_is_not_old_enough_stays(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = printed(capsys, "prune", str(store), "--receipts-days", "36500", "--mail-days", "36500")
    assert told == "0 receipts removed, 0 mails and follow-ups removed\n"
    assert "1 receipt" in printed(capsys, "check-store", str(store))


# export-journal


def test_the_journal_goes_out_and_verifies_without_the_store(
    store: Path, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in store.parent.iterdir():
        each.unlink()
    with export.open(encoding="utf-8", newline="\n") as file:
        report = verify_export(file)
    assert report.verified
    told = printed(capsys, "verify-journal", str(export))
    assert told.splitlines() == [
        f"lines         {report.lines}",
        f"entries       {report.entries} in {len(report.heads)} chains",
        "journal       verified",
    ]


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_exporting_leaves_the_store_as_it_is(
    mode: Literal["delete", "wal"], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = SqliteStore(tmp_path / "store.db", journal_mode=mode)
    World.new(store=kept)
    kept.close()
    before = files_in(tmp_path)
    _ = printed(capsys, "export-journal", str(tmp_path / "store.db"))
    assert files_in(tmp_path) == before


def test_free_texts_are_left_out_where_they_are_not_wanted(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Åter till början." in printed(capsys, "export-journal", str(store))
    bare = printed(capsys, "export-journal", str(store), "--without-remarks")
    assert "Åter" not in bare
    (tmp_path / "bare.jsonl").write_text(bare, "utf-8", newline="\n")
    assert "verified" in printed(capsys, "verify-journal", str(tmp_path / "bare.jsonl"))


def test_an_export_is_utf_8_even_on_a_poor_terminal(store: Path, export: Path) -> None:
    call = [sys.executable, "-m", "kundorder", "export-journal", str(store)]
    done = subprocess.run(call, check=False, capture_output=True, env=POOR)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == export.read_bytes()


def test_one_command_verifies_what_the_other_hands_it(store: Path) -> None:
    kundorder = f"{sys.executable} -m kundorder"
    piped = f"{kundorder} export-journal {store} | {kundorder} verify-journal -"
    done = subprocess.run(["/bin/sh", "-c", piped], check=False, capture_output=True, text=True, env=POOR)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("journal       verified\n")


def test_a_store_that_cannot_be_read_to_its_end_leaves_an_export_that_does_not_verify(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE journal SET body = 'x' WHERE chain = (SELECT max(chain) FROM journal)")
        connection.commit()
    assert main(["export-journal", str(store)]) == 1
    captured = capsys.readouterr()
    assert "a journal entry cannot be read" in captured.err
    (tmp_path / "part.jsonl").write_text(captured.out, "utf-8", newline="\n")
    assert main(["verify-journal", str(tmp_path / "part.jsonl")]) == 1


# verify-journal


def verified(capsys: pytest.CaptureFixture[str], export: Path) -> list[str]:
    """What is said of an export that does not verify, but for the counts."""
    assert main(["verify-journal", str(export)]) == 1
    captured = capsys.readouterr()
    assert captured.err == ""
    _lines, _entries, *told = captured.out.splitlines()
    return told


def test_it_is_said_what_is_wrong_and_where(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = export.read_text("utf-8").splitlines(keepends=True)
    where = next(place for place, line in enumerate(lines) if "order:" in line and '"number":2' in line)
    entry = json.loads(lines[where])["entry"]
    lines[where] = lines[where].replace('"person":"berta"', '"person":"nora"')
    export.write_text("".join(lines), "utf-8", newline="\n")
    assert verified(capsys, export) == [
        f"problem       line {where + 1}, {entry['chain']} entry 2: has been changed",
        f"problem       line {len(lines)} does not agree with the lines before it",
        "journal       DOES NOT VERIFY: this is not what was exported",
    ]


def test_a_file_that_was_cut_is_told_of(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = export.read_bytes()
    export.write_bytes(whole[: len(whole) // 2])
    told = verified(capsys, export)
    assert any(each.endswith("is missing: the file has been cut") for each in told)
    assert any(each.endswith("does not end: the file has been cut") for each in told)


def test_a_file_that_is_no_text_is_told_of(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export.write_bytes(export.read_bytes() + b"\xff\xfe\x00\n")
    (problem, _verdict) = verified(capsys, export)
    assert problem.endswith("stands after the last line")


@pytest.mark.parametrize("content", [b"", b"\x00" * 5_000_000, b"{}\n", b"a text\n", b"\xef\xbb\xbf"])
def test_a_file_that_is_no_export_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "theirs").write_bytes(content)
    said = refused(capsys, "verify-journal", str(tmp_path / "theirs"))
    assert f"{tmp_path / 'theirs'}: line 1" in said


def test_a_line_without_an_end_is_not_read_to_its_end(export: Path) -> None:
    first = export.read_bytes().partition(b"\n")[0]
    export.write_bytes(first + b"\n" + b"x" * 30_000_000)
    tracemalloc.start()
    try:
        assert main(["verify-journal", str(export)]) == 1
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()


def test_an_export_of_a_newer_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "newer").write_text('{"format":"kundorder-journal","version":2}\n', "utf-8")
    assert "version 2" in refused(capsys, "verify-journal", str(tmp_path / "newer"))


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be read" in refused(capsys, "verify-journal", str(tmp_path / name))


def test_what_is_printed_is_what_the_portal_exports(store: Path, export: Path) -> None:
    kept = SqliteStore(store)
    lines = list(ko.Portal(store=kept, catalogue=CATALOGUE).export_journal())
    kept.close()
    assert "".join(lines).encode() == export.read_bytes()
