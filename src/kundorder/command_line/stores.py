"""``check-store``, ``deliver`` and ``requeue``: looking after a store there is."""

from pathlib import Path
from typing import Final, TextIO

from kundorder.adapters.maildir import MaildirMailer
from kundorder.adapters.sqlite import SqliteStore, StoreReport
from kundorder.catalogue import Catalogue
from kundorder.command_line.databases import is_address, store_in
from kundorder.command_line.listing import all_lines
from kundorder.command_line.loading import load_catalogue
from kundorder.command_line.opening import open_store
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.delivery import DeliveryReport
from kundorder.errors import Corrupt, Unavailable
from kundorder.events import OwedState
from kundorder.portal import Portal
from kundorder.ports import Store
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import Index

_COLUMN: Final = 12
_OWED: Final = {"due": "waiting", "sent": "carried out", "cancelled": "no longer wanted", "parked": "stuck"}
"""How mails and follow-ups stand, in words."""

_SAFE: Final = "what has been acknowledged survives a power cut"
_KNOWN: Final = "which this release reads and writes"


def check_store(name: str, *, stream: TextIO) -> Status:
    """Say what there is to say about a store, which stays as it is.

    Args:
        name: the path of an SQLite file, or the address of a database.
        stream: where it is told.

    Raises:
        StoppedError: there is none, or it is another program's or a newer release's.
        Unavailable: it cannot be read now.
    """
    lines, problems = _of_database(name) if is_address(name) else _of_file(Path(name))
    with open_store(name, only_look=True) as store:
        journal = Portal(store=store, catalogue=CATALOGUE).verify_journal()
        stuck = [line.owed for line in all_lines(store, Index.OWED, OwedState.PARKED) if line.owed is not None]
    lines += [
        *(("stuck", f"{owed.id}: {owed.note}") for owed in stuck),
        ("entries", f"{journal.entries} in {len(journal.heads)} chains"),
        *(("problem", f"{each.chain} entry {each.number}: {each.problem}") for each in journal.problems),
        ("journal", "verified" if journal.verified else "DOES NOT VERIFY: it was changed behind our back"),
    ]
    for title, text in lines:
        _ = stream.write(f"{title:<{_COLUMN}}  {text}\n")
    return Status.DONE if journal.verified and not stuck and not problems else Status.FAILED


def _of_file(path: Path) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    report = _inspected(path)
    return [
        ("store", report.path),
        ("SQLite", report.sqlite_version + _bug(report)),
        ("journal mode", f"{report.journal_mode}, synchronous {report.synchronous}"),
        ("durability", _SAFE),
        ("layout", f"{report.schema}, {_KNOWN}"),
        *_contents(report.records, report.owed),
    ], ()


def _of_database(address: str) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """As of a file; that settings lose what was acknowledged is a problem, since the database is not ours to set."""
    store = store_in(address, only_look=True)
    try:
        report = store.inspect()
    except Corrupt as error:
        raise StoppedError(f"{error.what}; nothing was changed") from error
    finally:
        store.close()
    safe = [("durability", each) for each in report.problems] or [("durability", _SAFE)]
    return [
        ("store", report.database),
        *report.settings,
        *safe,
        ("layout", f"{report.layout}, {_KNOWN}"),
        *_contents(report.records, report.owed),
    ], report.problems


def _contents(records: tuple[tuple[str, int], ...], owed: tuple[tuple[str, int], ...]) -> list[tuple[str, str]]:
    debts = ", ".join(f"{count} {_OWED[state]}" for state, count in owed)
    return [
        ("records", ", ".join(f"{count} {kind}" for kind, count in records) or "none"),
        ("owed", debts or "nothing, and nothing has been"),
    ]


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


def deliver(name: str, *, maildir: Path, catalogue: Path | None, limit: int, stream: TextIO) -> Status:
    """Carry out what a store owes, into a Maildir.

    Args:
        name: the path of an SQLite file, or the address of a database.
        maildir: where mail goes.
        catalogue: for the names of offers; None: the sample.
        limit: carry out at most so much.
        stream: where it is told.

    Raises:
        StoppedError: there is no store, it is not ours, or the catalogue will not do.
        Unavailable: it cannot be read or written now.
    """
    offers: Catalogue = CATALOGUE if catalogue is None else load_catalogue(catalogue)
    with open_store(name) as store:
        report = Portal(store=store, catalogue=offers, mailer=MaildirMailer(maildir)).deliver(limit=limit)
        notes = _why_later(store)
    _ = stream.write(f"{_counted(report)}\n")
    if report.later or report.stopped is not None:
        why = sorted(notes) or [report.stopped or "some of it could not be carried out now"]
        raise Unavailable(", ".join(why))
    return Status.FAILED if report.parked else Status.DONE


def requeue(name: str, ids: tuple[str, ...], *, stream: TextIO) -> Status:
    """Let go anew what is stuck; the next delivery tries it.

    Args:
        name: the path of an SQLite file, or the address of a database.
        ids: of mails and follow-ups, as ``check-store`` tells them; none: all that are stuck.
        stream: where it is told.

    Raises:
        StoppedError: there is no store, or it is not ours.
        Unavailable: it cannot be read or written now.
    """
    with open_store(name) as store:
        requeued = Portal(store=store, catalogue=CATALOGUE).requeue(ids or None)
    lines = [f"due again: {each}" for each in requeued] or ["nothing was stuck"]
    lines += [f"not stuck: {each}" for each in ids if each not in requeued]
    _ = stream.write("\n".join(lines) + "\n")
    return Status.DONE if set(ids) <= set(requeued) else Status.FAILED


def _why_later(store: Store) -> set[str]:
    lines = all_lines(store, Index.OWED, OwedState.DUE)
    return {line.owed.note for line in lines if line.owed and line.owed.note}


def _counted(report: DeliveryReport) -> str:
    return (
        f"{report.sent} sent, {report.followed_up} followed up, {report.cancelled} no longer wanted,"
        f" {report.later} to be tried again later, {report.parked} that need help"
    )
