"""``check-store`` and ``deliver``: looking after a store there is."""

from pathlib import Path
from typing import Final, TextIO

from kundorder.adapters.maildir import MaildirMailer
from kundorder.adapters.sqlite import SqliteStore, StoreReport
from kundorder.catalogue import Catalogue
from kundorder.command_line.listing import all_lines
from kundorder.command_line.loading import load_catalogue
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.delivery import DeliveryReport
from kundorder.errors import Corrupt, Unavailable
from kundorder.events import OwedState
from kundorder.portal import Portal
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import Index

_COLUMN: Final = 12
_OWED: Final = {"due": "waiting", "sent": "carried out", "cancelled": "no longer wanted", "parked": "stuck"}
"""How mails and follow-ups stand, in words."""


def check_store(path: Path, *, stream: TextIO) -> Status:
    """Say what there is to say about a store; the file stays as it is.

    Raises:
        StoppedError: there is none, or it is another program's or a newer release's.
        Unavailable: it cannot be read now.
    """
    report = _inspected(path)
    store = _opened(path, report)
    try:
        journal = Portal(store=store, catalogue=CATALOGUE).verify_journal()
        stuck = [line.owed for line in all_lines(store, Index.OWED, OwedState.PARKED) if line.owed is not None]
    finally:
        store.close()
    lines = [
        ("store", report.path),
        ("SQLite", report.sqlite_version + _bug(report)),
        ("journal mode", f"{report.journal_mode}, synchronous {report.synchronous}"),
        ("durability", "what has been acknowledged survives a power cut"),
        ("layout", f"{report.schema}, which this release reads and writes"),
        ("records", ", ".join(f"{count} {kind}" for kind, count in report.records) or "none"),
        (
            "owed",
            ", ".join(f"{count} {_OWED[state]}" for state, count in report.owed) or "nothing, and nothing has been",
        ),
        *(("stuck", f"{owed.id}: {owed.note}") for owed in stuck),
        ("entries", f"{journal.entries} in {len(journal.heads)} chains"),
        *(("problem", f"{each.chain} entry {each.number}: {each.problem}") for each in journal.problems),
        ("journal", "verified" if journal.verified else "DOES NOT VERIFY: it was changed behind our back"),
    ]
    for name, text in lines:
        _ = stream.write(f"{name:<{_COLUMN}}  {text}\n")
    return Status.DONE if journal.verified and not stuck else Status.FAILED


def _bug(report: StoreReport) -> str:
    if not report.has_wal_reset_bug:
        return ""
    if report.journal_mode == "wal":
        return ", which may corrupt a file in WAL mode, as this one is; opened by kundorder it is taken out of it"
    return ", which may corrupt a file in WAL mode; this one is not in it, and so is safe"


def _inspected(path: Path) -> StoreReport:
    """What the file is, before anything opens it for writing."""
    if not path.is_file() or path.stat().st_size == 0:
        raise StoppedError(f"{path}: there is no store in a file of this name; give the path of one")
    try:
        return SqliteStore(path).inspect()
    except Corrupt as error:
        raise StoppedError(f"{path}: {error.what}; nothing was changed") from error


def _opened(path: Path, report: StoreReport) -> SqliteStore:
    """The store, in the journal mode its file has: looking changes nothing."""
    match report.journal_mode:
        case "delete" | "wal" as mode:
            return SqliteStore(path, journal_mode=mode)
        case _:
            return SqliteStore(path)


def deliver(path: Path, *, maildir: Path, catalogue: Path | None, limit: int, stream: TextIO) -> Status:
    """Carry out what a store owes, into a Maildir.

    Raises:
        StoppedError: there is no store, it is not ours, or the catalogue will not do.
        Unavailable: it cannot be read or written now.
    """
    offers: Catalogue = CATALOGUE if catalogue is None else load_catalogue(catalogue)
    _ = _inspected(path)
    store = SqliteStore(path)
    try:
        report = Portal(store=store, catalogue=offers, mailer=MaildirMailer(maildir)).deliver(limit=limit)
        notes = {line.owed.note for line in all_lines(store, Index.OWED, OwedState.DUE) if line.owed and line.owed.note}
    finally:
        store.close()
    _ = stream.write(f"{_counted(report)}\n")
    if report.later:
        raise Unavailable(", ".join(sorted(notes)) or "some of it could not be carried out now")
    return Status.FAILED if report.parked else Status.DONE


def _counted(report: DeliveryReport) -> str:
    return (
        f"{report.sent} sent, {report.followed_up} followed up, {report.cancelled} no longer wanted,"
        f" {report.later} to be tried again later, {report.parked} that need help"
    )
