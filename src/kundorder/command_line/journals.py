"""``export-journal`` and ``verify-journal``: the journal as a file, and whether such a file holds, without a store."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from kundorder.command_line.opening import open_store
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.journal import FORMAT_VERSION, LONGEST_LINE, verify_export
from kundorder.outcomes import LineProblem
from kundorder.portal import Portal
from kundorder.sample import CATALOGUE

_COLUMN: Final = 12
_STDIN: Final = Path("-")


def export_journal(store: str, *, remarks: bool, stream: TextIO) -> Status:
    """Write the journal line by line as it is read; the file stays as it is.

    Raises:
        StoppedError: there is no store of this name, or it is not ours.
        Unavailable: it cannot be read now; what has been written by then lacks its last line.
    """
    _as_written(stream)
    with open_store(store, only_look=True) as opened:
        lines = Portal(store=opened, catalogue=CATALOGUE).export_journal(remarks=remarks)
        for line in lines:
            _ = stream.write(line)
    return Status.DONE


def verify_journal(file: Path, *, stream: TextIO) -> Status:
    """Say whether an export holds, and if not, where and why.

    Args:
        file: the export; ``-`` is what comes in.
        stream: where to say it.

    Raises:
        StoppedError: the file cannot be read, or is no export that this release knows.
    """
    try:
        with _opened(file) as text:
            report = verify_export(_pieces(text))
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise StoppedError(f"{file}: cannot be read ({why})") from error
    if report.version != FORMAT_VERSION:
        raise StoppedError("\n".join(f"{file}: {_told(problem)}" for problem in report.problems))
    lines = [
        ("lines", str(report.lines)),
        ("entries", f"{report.entries} in {len(report.heads)} chains"),
        *(("problem", _told(problem)) for problem in report.problems),
        ("journal", "verified" if report.verified else "DOES NOT VERIFY: this is not what was exported"),
    ]
    for name, said in lines:
        _ = stream.write(f"{name:<{_COLUMN}}  {said}\n")
    return Status.DONE if report.verified else Status.FAILED


def _told(problem: LineProblem) -> str:
    where = f"line {problem.line}"
    if problem.chain:
        where += f", {problem.chain}" + (f" entry {problem.number}" if problem.number else "")
    return f"{where}: {problem.problem}" if problem.chain else f"{where} {problem.problem}"


def _opened(file: Path) -> AbstractContextManager[TextIO]:
    if file == _STDIN:
        _as_written(sys.stdin)
        return nullcontext(sys.stdin)
    return file.open(encoding="utf-8", errors="surrogateescape", newline="\n")


def _as_written(stream: TextIO) -> None:
    """An export is UTF-8 with plain newlines, whatever the terminal has."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")


def _pieces(text: TextIO) -> Iterator[str]:
    """Line by line, and of what never ends in a line no more than is needed to say so."""
    while piece := text.readline(LONGEST_LINE + 1):
        yield piece
