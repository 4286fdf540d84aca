"""What may be typed."""

import argparse
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final, final

from kundorder.command_line.matrix import PUBLISHED
from kundorder.command_line.opening import FORMS
from kundorder.vocabulary import Flow, Language

OUT: Final = Path("demo-out")
LIFECYCLES: Final = tuple(lifecycle.value for lifecycle in PUBLISHED)
_MOST: Final = 1000
_RECEIPTS_DAYS: Final = 30
_MAIL_DAYS: Final = 90
_LONGEST_DAYS: Final = 36_500
_DEMO: Final = """\
Play the whole story on real input, through the real library, into a folder. Run again into the same folder, it resumes
what was interrupted and otherwise changes nothing.
"""
_MATRIX: Final = """\
Print every permitted cell: who may take which step of which lifecycle. What is not printed is not permitted to anybody.
"""
_MIGRATE: Final = """\
Make the tables of the store in a PostgreSQL or SQLite database, or bring them up to date. Doing it again does nothing.
"""
_PRUNE: Final = """\
Remove receipts of idempotency keys, and mails and follow-ups that are carried out or no longer wanted. A key whose
receipt is gone acts anew. What may still be owed again, what is waiting or stuck, and the journal are never removed.
"""
_EXPORT: Final = """\
Print the journal as lines of JSON that can be kept anywhere and verified by verify-journal without the store.
"""
_EVIDENCE: Final = """\
Verify what was attested or signed: what it is about, who signed, when and how, by which key, and whether anything has
been changed since. No store is needed.
"""


@final
class Arguments(argparse.Namespace):
    """What has been typed; filled in by ``argparse``."""

    command: str = ""
    # demo
    input: Path | None = None
    out: Path = OUT
    fresh: bool = False
    database: str | None = None
    # migrate
    address: str = ""
    sql: bool = False
    since: str | None = None
    # matrix
    format: str = "json"
    page: str | None = None
    # diagram
    lifecycle: str = ""
    flow: str | None = None
    # check-store and deliver
    maildir: Path = Path()
    catalogue: Path | None = None
    limit: int = _MOST
    # prune, export-journal and verify-journal
    store: str = ""
    receipts_days: int = _RECEIPTS_DAYS
    mail_days: int = _MAIL_DAYS
    without_remarks: bool = False
    ids: Sequence[str] = ()
    file: Path = Path()
    # verify-evidence
    trust: Sequence[Path] = ()
    language: str = Language.EN.value


def _amount(text: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,8}", text, re.ASCII) is None:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 999999999")
    return int(text)


def _days(text: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,4}", text, re.ASCII) is None or int(text) > _LONGEST_DAYS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {_LONGEST_DAYS}")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="kundorder",
        description="The ordering of national e-health services: a demonstration, and tools for what is kept.",
        epilog="Exit status: 0 done, 1 something failed, 2 the input has to be mended and nothing was written.",
    )
    _ = top.add_argument("--version", action="version", version=f"kundorder {version('kundorder')}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    demo = commands.add_parser(
        "demo",
        help="play the whole story, from the first application to the last order handed over",
        description=_DEMO,
    )
    _ = demo.add_argument(
        "--input",
        type=Path,
        metavar="DIR",
        help="folder of catalogue.json, organisations.json and orders.json (default: examples/demo of the repository)",
    )
    _ = demo.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"folder to play into (default: {OUT})")
    _ = demo.add_argument("--fresh", action="store_true", help="begin anew: delete what an earlier demo wrote there")
    _ = demo.add_argument(
        "--store",
        dest="database",
        metavar="URL",
        help="keep everything in this database, which is empty or this demo's (default: a file in the folder)",
    )

    matrix = commands.add_parser(
        "matrix",
        help="print who may do what, from where to where",
        description=_MATRIX,
    )
    _ = matrix.add_argument(
        "--format", choices=("json", "md"), default="json", help="JSON, or a page of Markdown (default: json)"
    )
    _ = matrix.add_argument("--page", choices=("rights", "lifecycles"), help="which page of Markdown (default: rights)")

    diagram = commands.add_parser(
        "diagram",
        help="print a lifecycle as a Mermaid diagram",
        description="Print a lifecycle as a state diagram in the language of Mermaid.",
    )
    _ = diagram.add_argument(
        "lifecycle", choices=LIFECYCLES, metavar="LIFECYCLE", help=f"one of {', '.join(LIFECYCLES)}"
    )
    _ = diagram.add_argument(
        "--flow", choices=[flow.value for flow in Flow], help="of an order, in one flow only (default: both)"
    )

    migrate = commands.add_parser(
        "migrate",
        help="make the tables in a database, or bring them up to date",
        description=_MIGRATE,
    )
    _ = migrate.add_argument("address", metavar="URL", help="postgresql+psycopg://user@host/name or sqlite:///path")
    _ = migrate.add_argument("--sql", action="store_true", help="print plain SQL instead, and touch nothing")
    _ = migrate.add_argument("--since", metavar="LAYOUT", help="with --sql: the layout there is already")

    check = commands.add_parser(
        "check-store",
        help="report on a store, without changing it",
        description="Report how a store is written, what is in it, what it owes, and whether its journal verifies.",
    )
    _ = check.add_argument("store", metavar="STORE", help=FORMS)

    deliver = commands.add_parser(
        "deliver",
        help="carry out what a store owes: mail into a Maildir, and follow-ups",
        description="Carry out what a store owes: mail that is still wanted goes into a Maildir. Repeating it is safe.",
    )
    _ = deliver.add_argument("store", metavar="STORE", help=FORMS)
    _ = deliver.add_argument("--maildir", type=Path, metavar="DIR", required=True, help="the Maildir mail goes into")
    _ = deliver.add_argument(
        "--catalogue",
        type=Path,
        metavar="FILE",
        help="catalogue in JSON, for the names of offers (default: the sample)",
    )
    _ = deliver.add_argument(
        "--limit", type=_amount, default=_MOST, metavar="N", help=f"carry out at most N (default: {_MOST})"
    )

    requeue = commands.add_parser(
        "requeue",
        help="let go anew what is stuck, once its cause is mended",
        description="Let go anew what is stuck, as check-store tells it; the next delivery tries it.",
    )
    _ = requeue.add_argument("store", metavar="STORE", help=FORMS)
    _ = requeue.add_argument(
        "ids", nargs="*", metavar="ID", help="of mails and follow-ups (default: all that are stuck)"
    )

    prune = commands.add_parser("prune", help="remove old receipts and old mail from a store", description=_PRUNE)
    _ = prune.add_argument("store", metavar="STORE", help=FORMS)
    for name, default, what in (
        ("receipts", _RECEIPTS_DAYS, "receipts"),
        ("mail", _MAIL_DAYS, "mails and follow-ups"),
    ):
        _ = prune.add_argument(
            f"--{name}-days",
            type=_days,
            default=default,
            metavar="N",
            help=f"remove {what} older than N days (default: {default})",
        )

    export = commands.add_parser(
        "export-journal", help="print the journal of a store, to be kept elsewhere", description=_EXPORT
    )
    _ = export.add_argument("store", metavar="STORE", help=FORMS)
    _ = export.add_argument(
        "--without-remarks", action="store_true", help="leave the free texts out; it verifies all the same"
    )

    verify = commands.add_parser(
        "verify-journal",
        help="say whether an exported journal is as it was written",
        description="Verify an exported journal: every line, every chain, and the whole. No store is needed.",
    )
    _ = verify.add_argument("file", type=Path, metavar="FILE", help="the export; - reads what comes in")

    evidence = commands.add_parser(
        "verify-evidence",
        help="say whether an evidence file or a signed PDF holds",
        description=_EVIDENCE,
    )
    _ = evidence.add_argument("file", type=Path, metavar="FILE", help="evidence file or PDF; - reads what comes in")
    _ = evidence.add_argument(
        "--trust",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a public key (JWK) or the name of one, or a certificate (PEM) for PDFs; may be repeated",
    )
    _ = evidence.add_argument(
        "--language",
        choices=[language.value for language in Language],
        default=Language.EN.value,
        help="of the report (default: en)",
    )
    return top
