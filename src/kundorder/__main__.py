"""The command line: ``python -m kundorder``, also installed as ``kundorder``."""

import os
import sys
from io import TextIOWrapper
from typing import TextIO

from kundorder.command_line.arguments import Arguments, parser
from kundorder.command_line.databases import migrate
from kundorder.command_line.demo import demo
from kundorder.command_line.diagrams import diagram
from kundorder.command_line.journals import export_journal, verify_journal
from kundorder.command_line.lifecycles import lifecycles_page
from kundorder.command_line.matrix import matrix_json
from kundorder.command_line.retention import prune
from kundorder.command_line.rights import rights_page
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.command_line.stores import check_store, deliver, requeue
from kundorder.command_line.verifying import verify_evidence
from kundorder.errors import KundorderError, Refused, Unavailable
from kundorder.vocabulary import Flow, Language, Lifecycle


def main(argv: list[str] | None = None) -> int:
    """Run one command and say how it went.

    Args:
        argv: what was typed after the name of the program; None: what was typed.

    Returns:
        The exit status: 0 done, 1 something failed, 2 the input has to be mended, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # no terminal is too poor for a Swedish sentence
    known, arguments = parser(), Arguments()
    try:
        _ = known.parse_args(argv, namespace=arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else Status.BAD_INPUT
    if not arguments.command:
        known.print_help()
        return Status.BAD_INPUT
    try:
        status = _run(arguments, sys.stdout)
        _ = sys.stdout.flush()
    except BrokenPipeError:  # whoever was reading has read enough
        _ = os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.FAILED
    except (KundorderError, StoppedError, OSError, KeyboardInterrupt) as error:
        message, status = _told(error)
        print(f"kundorder: {message}", file=sys.stderr)
    return status


def _told(error: BaseException) -> tuple[str, Status]:
    """What to say to a person, and what to tell the shell."""
    match error:
        case StoppedError():
            return error.message, error.status
        case KeyboardInterrupt():
            return "interrupted; run it again to go on", Status.INTERRUPTED
        case Refused():
            return " ".join(reason.text("en") for reason in error.reasons), Status.FAILED
        case Unavailable():
            return f"{error.what}; mend that and run it again to go on", Status.FAILED
        case OSError():
            return f"a file cannot be used ({(error.strerror or type(error).__name__).lower()})", Status.FAILED
        case _:
            return str(error), Status.FAILED


def _run(arguments: Arguments, stream: TextIO) -> Status:
    match arguments.command:
        case "demo":
            return demo(
                arguments.input, arguments.out, fresh=arguments.fresh, database=arguments.database, stream=stream
            )
        case "migrate":
            return migrate(arguments.address, sql=arguments.sql, since=arguments.since, stream=stream)
        case "check-store":
            return check_store(arguments.store, stream=stream)
        case "deliver":
            return deliver(
                arguments.store,
                maildir=arguments.maildir,
                catalogue=arguments.catalogue,
                limit=arguments.limit,
                stream=stream,
            )
        case "requeue":
            return requeue(arguments.store, tuple(arguments.ids), stream=stream)
        case "prune":
            return prune(
                arguments.store,
                receipts_days=arguments.receipts_days,
                mail_days=arguments.mail_days,
                stream=stream,
            )
        case "export-journal":
            return export_journal(arguments.store, remarks=not arguments.without_remarks, stream=stream)
        case "verify-journal":
            return verify_journal(arguments.file, stream=stream)
        case "verify-evidence":
            language = Language(arguments.language)
            return verify_evidence(arguments.file, tuple(arguments.trust), language=language, stream=stream)
        case "matrix":
            _ = stream.write(_matrix(arguments))
        case _:
            _ = stream.write(_diagram(arguments))
    return Status.DONE


def _matrix(arguments: Arguments) -> str:
    if arguments.format == "json":
        if arguments.page is not None:
            raise StoppedError("--page belongs to --format md")
        return matrix_json()
    return lifecycles_page() if arguments.page == "lifecycles" else rights_page()


def _diagram(arguments: Arguments) -> str:
    lifecycle = Lifecycle(arguments.lifecycle)
    if arguments.flow is not None and lifecycle is not Lifecycle.ORDER:
        raise StoppedError("--flow belongs to the order; nothing else has flows")
    return diagram(lifecycle, None if arguments.flow is None else Flow(arguments.flow))


if __name__ == "__main__":
    sys.exit(main())
