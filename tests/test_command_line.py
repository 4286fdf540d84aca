"""The command line, but for the demo: what it prints, what it tells the shell, and what it leaves alone."""

import json
import mailbox
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from world import CUSTOMER, PROVIDER, World

import kundorder as ko
from kundorder.__main__ import main
from kundorder.adapters.sqlite import SqliteStore
from kundorder.command_line.diagrams import table_of
from kundorder.command_line.lifecycles import lifecycles_page
from kundorder.command_line.matrix import PUBLISHED
from kundorder.command_line.rights import rights_page
from kundorder.sample import CATALOGUE
from kundorder.workflow import rows_in

DOCS = Path(__file__).parents[1] / "docs" / "reference"
EXAMPLE = Path(__file__).parents[1] / "examples" / "demo"
COMMANDS = (
    "demo",
    "matrix",
    "diagram",
    "migrate",
    "check-store",
    "deliver",
    "requeue",
    "prune",
    "export-journal",
    "verify-journal",
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a customer in it."""
    path = tmp_path / "store.db"
    kept = SqliteStore(path)
    World.new(store=kept).customer()
    kept.close()
    return path


@pytest.fixture
def owing(tmp_path: Path) -> Path:
    """A store that owes three mails."""
    path = tmp_path / "store.db"
    kept = SqliteStore(path)
    portal, officer = ko.Portal(store=kept, catalogue=CATALOGUE), ko.Actor("olle", PROVIDER)
    portal.execute(ko.EstablishProvider(name="P", person_name="Olle", email="olle@provider.example"), officer)
    applied = portal.execute(
        ko.ApplyForCustomerAgreement(
            name="Provregionen",
            category=ko.CustomerCategory.REGION,
            application=ko.CustomerApplication(
                administrator=ko.Contact(name="Adam Prov", email="adam@region.example"),
                agreement_contact=ko.Contact(name="Klara Prov", email="klara@region.example"),
                signatories=(ko.Contact(name="Frida Prov", email="frida@region.example"),),
            ),
        ),
        ko.Actor("sokande", CUSTOMER),
    )
    portal.execute(ko.ApproveAgreement(agreement=applied.id), officer)
    kept.close()
    return path


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def printed(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What a command prints that succeeds, and says nothing else."""
    assert main(list(argv)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def refused(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 2) -> str:
    """What a command says that does not succeed: one message, and no trace of the stack."""
    assert main(list(argv)) == status
    said = capsys.readouterr().err
    assert said
    assert "Traceback" not in said
    return said


# Who may do what


def test_the_matrix_has_exactly_the_cells_of_the_domain(capsys: pytest.CaptureFixture[str]) -> None:
    matrix = json.loads(printed(capsys, "matrix"))
    counts = Counter(cell["lifecycle"] for cell in matrix)
    assert set(counts) == {"order", "customer_agreement", "agent_agreement", "assignment", "user"}
    assert (counts["order"], counts["customer_agreement"], counts["agent_agreement"], counts["assignment"]) == (
        27,
        7,
        7,
        7,
    )


def test_a_cell_of_the_matrix_is_listed_once_under_its_pinned_names(capsys: pytest.CaptureFixture[str]) -> None:
    matrix = json.loads(printed(capsys, "matrix", "--format", "json"))
    assert all(set(cell) == {"lifecycle", "from", "trigger", "role", "party", "to", "flow"} for cell in matrix)
    keys = [tuple(cell[name] for name in ("lifecycle", "from", "trigger", "role", "party", "to")) for cell in matrix]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "cell",
    [
        ("order", None, "start", "ORDERER", "customer", "DRAFT", None),
        ("order", None, "copy_as_draft", "ORDERER", "customer", "DRAFT", None),
        ("order", "DRAFT", "send", "ORDERER", "customer", "AWAITING_CUSTOMER_ATTEST", "direct"),
        ("order", "DRAFT", "send", "ORDERER", "customer", "AWAITING_AGENT_APPROVAL", "via_agent"),
        ("order", "AWAITING_CUSTOMER_ATTEST", "attest", "ATTESTANT", "customer", "ATTESTED", None),
        ("order", "ATTESTED", "inform_agent", None, "system", "CONNECTION_STARTABLE", "via_agent"),
        ("customer_agreement", None, "apply", None, "customer", "APPLIED", None),
        ("agent_agreement", "AWAITING_SIGNATURE", "sign", "SIGNATORY", "agent", "SIGNED", None),
        ("assignment", "UNDER_REVIEW", "pass_review", "PROVIDER_OFFICER", "provider", "AWAITING_AGENT_ATTEST", None),
        ("user", "INVITED", "verify", None, "customer", "ACTIVE", None),
    ],
)
def test_the_matrix_says(cell: tuple[str | None, ...], capsys: pytest.CaptureFixture[str]) -> None:
    matrix = json.loads(printed(capsys, "matrix"))
    assert list(cell) in [list(each.values()) for each in matrix]


@pytest.mark.parametrize(("page", "text"), [("rights", rights_page()), ("lifecycles", lifecycles_page())])
def test_the_reviewed_page_is_the_one_the_tables_give(page: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "matrix", "--format", "md", "--page", page) == text
    assert (DOCS / f"{page}.md").read_text("utf-8") == text, f"run: kundorder matrix --format md --page {page}"


def test_the_page_of_rights_counts_as_many_cells_as_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "matrix", "--format", "md")
    counts = Counter(cell["lifecycle"] for cell in json.loads(printed(capsys, "matrix")))
    assert [f"Permitted cells: {count}." in page for count in counts.values()] == [True] * len(counts)


@pytest.mark.parametrize(
    ("side", "kind", "seen"),
    [
        ("kunden", "orders of the own organisation", ("yes", "yes", "yes", "yes", "–")),
        ("kunden", "orders one has made oneself", ("yes", "yes", "yes", "yes", "yes")),
        ("kunden", "the agreement of the own organisation", ("yes", "yes", "–", "–", "–")),
        ("kunden", "orders, agreements and users of all others", ("–",) * 5),
        (
            "agenten",
            "sent orders that go via the own organisation as agent",
            ("yes", "–", "yes", "–", "yes", "–", "–"),
        ),
        ("agenten", "the same before they are sent", ("–",) * 7),
        ("agenten", "orders that name it and take the direct flow (TGP)", ("–",) * 7),
        ("leverantören", "orders, agreements, assignments and users of all others", ("–", "yes", "yes", "–")),
    ],
)
def test_the_page_of_rights_tells_who_sees(side: str, kind: str, seen: tuple[str, ...]) -> None:
    table = rights_page().partition(f"({side}) |")[2].partition("\n\n")[0]
    assert f"| {kind} | {' | '.join(seen)} |" in table


# Diagrams


@pytest.mark.parametrize("lifecycle", PUBLISHED)
def test_a_diagram_has_a_title_and_every_step_of_its_lifecycle(
    lifecycle: ko.Lifecycle, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, "diagram", lifecycle.value)
    assert text.startswith("---\ntitle: ")
    assert text.splitlines()[2:4] == ["---", "stateDiagram-v2"]
    steps = {(row.at, row.to) for row in table_of(lifecycle).rows}
    assert all(f"    {'[*]' if at is None else at.value} --> {to.value}: " in text for at, to in steps)


@pytest.mark.parametrize("flow", ko.Flow)
def test_a_diagram_of_one_flow_leaves_the_other_out(flow: ko.Flow, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "diagram", "order", "--flow", flow.value)
    states = {row.to for row in rows_in(table_of(ko.Lifecycle.ORDER), flow)}
    assert {state for state in ko.OrderState if f"    {state.value}: " in text} == states


def test_only_an_order_has_flows(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--flow" in refused(capsys, "diagram", "user", "--flow", "direct")


# How to ask


def test_without_a_command_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    text = capsys.readouterr().out
    assert all(command in text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"usage: kundorder {command}" in printed(capsys, command, "--help")


@pytest.mark.parametrize(
    "argv",
    [
        ("unknown",),
        ("demo", "--unknown"),
        ("matrix", "--format", "xml"),
        ("matrix", "--page", "rights"),
        ("diagram",),
        ("diagram", "provider"),
        ("diagram", "order", "--flow", "both"),
        ("check-store",),
        ("deliver", "store.db"),
        ("deliver", "store.db", "--maildir", "mail", "--limit", "0"),
        ("deliver", "store.db", "--maildir", "mail", "--limit", "many"),
    ],
)
def test_what_cannot_be_understood_is_said_and_nothing_is_done(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    _ = refused(capsys, *argv)


def test_a_reader_who_has_read_enough_is_no_fault() -> None:
    command = f"{sys.executable} -m kundorder matrix | true"
    done = subprocess.run(["/bin/sh", "-c", command], check=False, capture_output=True, text=True)
    assert done.stderr == ""


def test_a_terminal_without_swedish_letters_is_no_fault() -> None:
    call = [sys.executable, "-m", "kundorder", "matrix", "--format", "md"]
    done = subprocess.run(call, check=False, capture_output=True, text=True, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "best\\xe4llning" in done.stdout


# Looking after a store


def test_a_good_store_is_told_of_and_left_as_it_is(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files_in(store.parent)
    text = printed(capsys, "check-store", str(store))
    assert files_in(store.parent) == before
    for word in (sqlite3.sqlite_version, "synchronous", "layout", "3 login", "1 agreement", "verified", "survives"):
        assert word in text


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_store_is_looked_at_in_the_journal_mode_it_has(
    mode: Literal["delete", "wal"], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = SqliteStore(tmp_path / "store.db", journal_mode=mode)
    World.new(store=kept)
    kept.close()
    assert f"journal mode  {mode}" in printed(capsys, "check-store", str(tmp_path / "store.db"))
    assert f"journal mode  {mode}" in printed(capsys, "check-store", str(tmp_path / "store.db"))


def test_a_changed_journal_is_found(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE journal SET body = replace(body, 'olle', 'ella') WHERE number = 1")
    connection.close()
    assert main(["check-store", str(store)]) == 1
    text = capsys.readouterr().out
    assert "DOES NOT VERIFY" in text
    assert "has been changed" in text


def test_mail_that_needs_help_is_found(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE owed SET state = 'parked' WHERE id LIKE '%sign_agreement%'")
    connection.close()
    assert main(["check-store", str(store)]) == 1
    assert "1 stuck" in capsys.readouterr().out


def foreign(path: Path) -> str:
    """A database of another program."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    return "another program"


def no_database(path: Path) -> str:
    """A text."""
    path.write_text("not a database, but long enough to be looked at\n" * 40, "utf-8")
    return "no SQLite database"


def newer(path: Path) -> str:
    """A store of a later release."""
    kept = SqliteStore(path)
    World.new(store=kept)
    kept.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    return "upgrade kundorder"


@pytest.mark.parametrize("made", [foreign, no_database, newer], ids=lambda made: made.__name__)
@pytest.mark.parametrize("command", ["check-store", "deliver"])
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(
    made: Callable[[Path], str], command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "theirs.db"
    why = made(path)
    before = files_in(tmp_path)
    more = ("--maildir", str(tmp_path / "mail")) if command == "deliver" else ()
    said = refused(capsys, command, str(path), *more)
    assert str(path) in said
    assert why in said
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("command", ["check-store", "deliver"])
@pytest.mark.parametrize("name", ["missing.db", "empty.db", "folder", "missing/store.db"])
def test_where_there_is_no_store_none_is_made(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder").mkdir()
    before = files_in(tmp_path)
    more = ("--maildir", str(tmp_path / "mail")) if command == "deliver" else ()
    assert name in refused(capsys, command, str(tmp_path / name), *more)
    assert files_in(tmp_path) == before


def test_an_export_that_is_not_there_is_told_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.jsonl"
    assert f"{missing}: cannot be read (no such file or directory)\n" in refused(capsys, "verify-journal", str(missing))
    assert f"{tmp_path}: cannot be read (is a directory)\n" in refused(capsys, "verify-journal", str(tmp_path))


# Delivering


def test_what_is_owed_goes_into_the_maildir_once(
    owing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = tmp_path / "mail"
    assert printed(capsys, "deliver", str(owing), "--maildir", str(mail)).startswith("3 sent")
    assert printed(capsys, "deliver", str(owing), "--maildir", str(mail)).startswith("0 sent")
    letters = mailbox.Maildir(mail, create=False)
    assert sorted(str(letter["To"]) for letter in letters) == [
        "adam@region.example",
        "frida@region.example",
        "klara@region.example",
    ]


def test_no_more_is_delivered_than_was_asked_for(
    owing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ("deliver", str(owing), "--maildir", str(tmp_path / "mail"), "--limit", "2")
    assert [printed(capsys, *argv).partition(",")[0] for _ in range(3)] == ["2 sent", "1 sent", "0 sent"]


def test_a_catalogue_of_the_hosts_own_can_be_given(
    owing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ("deliver", str(owing), "--maildir", str(tmp_path / "mail"), "--catalogue")
    assert printed(capsys, *argv, str(EXAMPLE / "catalogue.json")).startswith("3 sent")


def test_a_broken_catalogue_is_refused_before_anything_is_delivered(
    owing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"offers": []}', "utf-8")
    before = files_in(tmp_path)
    said = refused(capsys, "deliver", str(owing), "--maildir", str(tmp_path / "mail"), "--catalogue", str(bad))
    assert f"{bad}: $.services: is required" in said
    assert files_in(tmp_path) == before


def test_mail_that_cannot_leave_stays_owed(owing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mail = tmp_path / "mail"
    mail.write_text("a file where the Maildir should be", "utf-8")
    said = refused(capsys, "deliver", str(owing), "--maildir", str(mail), status=1)
    assert "maildir cannot be written" in said
    assert "3 waiting" in printed(capsys, "check-store", str(owing))
