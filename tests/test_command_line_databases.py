"""The command line on databases: tables, reports, delivery and what is stuck, by addresses nobody gets to see."""

import mailbox
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from postgres import address
from world import CUSTOMER, PROVIDER

import kundorder as ko
from kundorder.__main__ import main
from kundorder.adapters.sql import SqlStore, migrate, migration_sql
from kundorder.adapters.sql.tables import VERSIONS
from kundorder.sample import CATALOGUE

KINDS: Final = ("postgresql", "sqlite")
INPUT: Final = Path(__file__).parents[1] / "examples" / "demo"
SECRET: Final = "hush-hush"  # noqa: S105 - of a made-up address


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    kind: str = request.param
    return address(tmp_path, driver="+psycopg") if kind == "postgresql" else f"sqlite:///{tmp_path / 'orders.db'}"


@pytest.fixture
def owing(url: str) -> str:
    """A database with a store that owes three mails."""
    migrate(url)
    with closing(SqlStore(url)) as kept:
        portal, officer = ko.Portal(store=kept, catalogue=CATALOGUE), ko.Actor("olle", PROVIDER)
        portal.execute(ko.EstablishProvider(name="P", person_name="Olle", email="olle@provider.example"), officer)
        contacts = [
            ko.Contact(name=f"{name} Prov", email=f"{name.lower()}@region.example") for name in ("Adam", "Frida")
        ]
        application = ko.CustomerApplication(
            administrator=contacts[0], agreement_contact=contacts[0], signatories=(contacts[1],)
        )
        apply = ko.ApplyForCustomerAgreement(
            name="Provregionen", category=ko.CustomerCategory.REGION, application=application
        )
        applied = portal.execute(apply, ko.Actor("sokande", CUSTOMER))
        portal.execute(ko.ApproveAgreement(agreement=applied.id), officer)
    return url


def said(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 0) -> str:
    """All that a command has said, and how it ended."""
    assert main(list(argv)) == status
    found = capsys.readouterr()
    return found.out + found.err


def test_the_tables_are_made_by_a_command_however_often(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert said(capsys, "migrate", url) == "the tables are as this release knows them\n"
    assert "layout        0001, which this release reads and writes" in said(capsys, "check-store", url)


def test_the_sql_of_the_tables_is_printed_and_nothing_is_touched(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    printed = said(capsys, "migrate", url, "--sql")
    assert printed == migration_sql("sqlite" if url.startswith("sqlite") else "postgresql")
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_report_says_how_safely_and_what_is_kept(owing: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "check-store", owing)
    assert told.startswith("store         PostgreSQL " if owing.startswith("postgresql") else "store         SQLite ")
    assert "what has been acknowledged survives a power cut" in told
    assert "4 waiting" in told or "3 waiting" in told
    assert told.endswith("journal       verified\n")


def test_what_is_stuck_is_told_and_let_go_anew(owing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = sa.create_engine(owing)
    with engine.begin() as connection:
        stuck = connection.exec_driver_sql("SELECT id FROM kundorder_owed ORDER BY id LIMIT 2").scalars().all()
        for each in stuck:
            connection.execute(sa.text("UPDATE kundorder_owed SET state = 'parked' WHERE id = :id"), {"id": each})
    engine.dispose()
    told = said(capsys, "check-store", owing, status=1)
    assert [line.split()[1] for line in told.splitlines() if line.startswith("stuck")] == [f"{each}:" for each in stuck]
    assert said(capsys, "requeue", owing, stuck[0]) == f"due again: {stuck[0]}\n"
    assert said(capsys, "requeue", owing, stuck[0], status=1).endswith(f"not stuck: {stuck[0]}\n")
    assert said(capsys, "requeue", owing) == f"due again: {stuck[1]}\n"
    assert said(capsys, "requeue", owing) == "nothing was stuck\n"
    assert " 0 that need help" in said(capsys, "deliver", owing, "--maildir", str(tmp_path / "mail"))
    assert "stuck" not in said(capsys, "check-store", owing)


def test_what_a_database_owes_is_delivered_once(owing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("deliver", owing, "--maildir", str(tmp_path / "mail"))
    sent = int(said(capsys, *argv).split()[0])
    assert said(capsys, *argv).startswith("0 sent")
    assert len(mailbox.Maildir(tmp_path / "mail", create=False)) == sent > 0


def test_the_journal_of_a_database_is_exported_and_verified(
    owing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = tmp_path / "journal.jsonl"
    exported.write_text(said(capsys, "export-journal", owing), "utf-8")
    assert "verified" in said(capsys, "verify-journal", str(exported))


def test_old_receipts_of_a_database_are_pruned(owing: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "prune", owing) == "0 receipts removed, 0 mails and follow-ups removed\n"


def test_looking_at_a_file_in_wal_mode_leaves_it_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'orders.db'}"
    migrate(url)
    for mode in ("wal", "delete"):
        with closing(SqlStore(url, journal_mode=mode)) as store, store.transaction():
            pass
        assert f"journal_mode  {mode}" in said(capsys, "check-store", url, status=1 if mode == "wal" and bug() else 0)


def bug() -> bool:
    """Whether the SQLite at hand is one that may corrupt a file in WAL mode."""
    import sqlite3  # noqa: PLC0415 - asked of the one at hand only

    from kundorder.layout import has_wal_reset_bug  # noqa: PLC0415

    return has_wal_reset_bug(sqlite3.sqlite_version_info)


def test_a_layout_of_a_newer_release_is_left_as_it_is(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    migrate(url)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSIONS} SET version_num = '9999'")  # noqa: S608 - a constant
    engine.dispose()
    for argv in (("migrate", url), ("check-store", url)):
        assert "upgrade kundorder" in said(capsys, *argv, status=2)


@pytest.mark.parametrize("command", ["migrate", "check-store", "export-journal", "prune", "requeue"])
@pytest.mark.parametrize(
    "wrong",
    [f"mysql://me:{SECRET}@db.example/orders", f"sqlite:////nowhere/{SECRET}/orders.db", "sqlite://", "nothing.db"],
)
def test_no_address_is_repeated_when_it_will_not_do(
    command: str, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, wrong]) in (1, 2)
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith("kundorder: ")
    assert SECRET not in found.err


def test_since_belongs_to_printed_sql(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--since belongs to --sql" in said(capsys, "migrate", url, "--since", "0001", status=2)
    assert "must be one of 0001" in said(capsys, "migrate", url, "--sql", "--since", "0000", status=2)
    assert "CREATE TABLE" not in said(capsys, "migrate", url, "--sql", "--since", "0001")


def test_a_demo_does_not_begin_anew_in_a_database_somebody_uses(
    owing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ("demo", "--input", str(INPUT), "--out", str(tmp_path / "demo"), "--store", owing)
    assert "empty it, or give another one" in said(capsys, *argv, "--fresh", status=2)
    assert "signed can be verified" in said(capsys, *argv, status=1)
