"""The journal as lines of text that can be kept and verified anywhere, with no database at hand.

Line by line (RFC 8259, UTF-8, each ended by a newline): the first names the format; then come the chains in the order
of their keys, of each its entries and after them where its record has it end; the last has the numbers of both and a
digest over all lines before it, so that a file that was cut shows.

What can be read can be written in one way only: a line that our own writer would have written otherwise, be it by a
blank, is not one of ours. So nothing that is not understood is ever passed over. Whoever can write the whole file anew
can make it hold, as with any file: that shows only against heads, or a digest of the last line, kept elsewhere.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, TypeAlias, final

import attrs
import msgspec

from kundorder.codec import as_in_first_format
from kundorder.events import Entry
from kundorder.journal.chains import Checking
from kundorder.outcomes import ChainProblem, ExportReport, Head, LineProblem

FORMAT: Final = "kundorder-journal"

FORMAT_VERSION: Final = 1
"""What this release writes and reads."""

LONGEST_LINE: Final = 1_048_576
"""Characters, with the newline; an entry has some hundreds, and as many as its facts and its remark take."""

_DEEPEST: Final = 16  # objects and lists within each other; ours have three
_MOST: Final = 1000  # problems; with so many nothing is gained from reading on
_TEXTS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)


@final
@attrs.frozen
class _First:
    format: str
    version: int


@final
@attrs.frozen
class _Written:
    entry: Entry


@final
@attrs.frozen
class _Ends:
    head: Head  # number 0: there is no record


@final
@attrs.frozen
class _Totals:
    entries: int
    chains: int
    digest: str  # SHA-256, in hexadecimal, of all lines before this one


@final
@attrs.frozen
class _Last:
    end: _Totals


_Line: TypeAlias = _First | _Written | _Ends | _Last

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_FIRST: Final = msgspec.json.Decoder(_First)
_WRITTEN: Final = msgspec.json.Decoder(_Written)
_ENDS: Final = msgspec.json.Decoder(_Ends)
_LAST: Final = msgspec.json.Decoder(_Last)


def _encoded(line: _Line) -> bytes:
    return as_in_first_format(_ENCODER.encode(line)) + b"\n"


@final
class Scribe:
    """Writes an export, one line after the other."""

    def __init__(self, *, remarks: bool) -> None:
        """Begin.

        Args:
            remarks: whether free texts are to be in it, those that have not been erased.
        """
        self._remarks = remarks
        self._sum = sha256()
        self._entries = 0
        self._chains = 0

    def first(self) -> str:
        """The first line."""
        return self._line(_First(FORMAT, FORMAT_VERSION))

    def entry(self, entry: Entry) -> str:
        """The next entry of a chain."""
        self._entries += 1
        kept = entry if self._remarks or entry.remark is None else attrs.evolve(entry, remark=None)
        return self._line(_Written(kept))

    def end(self, head: Head) -> str:
        """Where the record has the chain end whose entries have been written."""
        self._chains += 1
        return self._line(_Ends(head))

    def last(self) -> str:
        """The last line."""
        return self._line(_Last(_Totals(self._entries, self._chains, self._sum.hexdigest())))

    def _line(self, line: _Line) -> str:
        written = _encoded(line)
        self._sum.update(written)
        return written.decode()


def verify_export(lines: Iterable[str], anchor: Iterable[Head] = ()) -> ExportReport:
    r"""Whether an export is as it was written: every line, every chain, and the whole.

    One line is kept at a time, so a file may have any size. When so much is wrong that it can hardly be an export of
    ours, the rest is not read.

    Args:
        lines: as ``Portal.export_journal`` gave them, each with its newline. Of a file: ``open(name, encoding="utf-8",
            newline="\n")``, for its lines end at newlines and nowhere else.
        anchor: heads of an earlier export or report that were kept elsewhere. Without them it does not show when the
            whole was written anew by somebody who knows how.
    """
    reading = _Reading(anchor)
    for line in lines:
        reading.line(line)
        if reading.is_over:
            break
    return reading.report()


@final
class _Reading:
    def __init__(self, anchor: Iterable[Head]) -> None:
        self._checking = Checking(anchor)
        self._sum = sha256()
        self._version = 0
        self._lines = 0
        self._entries = 0
        self._chains = 0
        self._heads: list[Head] = []
        self._problems: list[LineProblem] = []
        self._is_ended = False  # the last line has been seen
        self.is_over = False  # nothing more is to be read

    def line(self, line: str) -> None:
        """Look at the next line."""
        self._lines += 1
        said = _said(line)
        if self._lines == 1:
            self._begin(said)
        elif self._is_ended:
            self._wrong("stands after the last line")
        else:
            self._go_on(said)
        self._sum.update(line.encode(errors="surrogatepass"))
        if len(self._problems) >= _MOST:
            self._wrong("is the last that was looked at; too much is wrong")
            self.is_over = True

    def _begin(self, said: _Line | str) -> None:
        match said:
            case _First(format=name, version=version) if name == FORMAT:
                self._version = version
                if version == FORMAT_VERSION:
                    return
                self._wrong(f"names version {version} of the format, and this release knows {FORMAT_VERSION}")
            case _:
                self._wrong("is not the first of an export of a journal")
        self.is_over = True

    def _go_on(self, said: _Line | str) -> None:
        match said:
            case str():
                self._wrong(said)
            case _First():
                self._wrong("is the first line over again")
            case _Written(entry=entry):
                self._entries += 1
                self._found(self._checking.entry(entry.chain, entry))
            case _Ends(head=head):
                self._chains += 1
                self._heads += [head] if head.number else []
                self._found(self._checking.end(head))
            case _Last(end=end):
                self._is_ended = True
                if end != _Totals(self._entries, self._chains, self._sum.hexdigest()):
                    self._wrong("does not agree with the lines before it")

    def report(self) -> ExportReport:
        """What has been found, now that all has been read."""
        if not self.is_over:
            self._found(self._checking.rest(), beyond=1)
            if not self._is_ended:
                self._wrong("is missing: the file has been cut", beyond=1)
        return ExportReport(
            version=self._version,
            lines=self._lines,
            entries=self._entries,
            heads=tuple(self._heads),
            problems=tuple(self._problems),
        )

    def _found(self, problems: Iterable[ChainProblem], *, beyond: int = 0) -> None:
        for each in problems:
            self._wrong(each.problem, each.chain, each.number, beyond=beyond)

    def _wrong(self, problem: str, chain: str = "", number: int = 0, *, beyond: int = 0) -> None:
        line = self._lines + beyond
        self._problems.append(LineProblem(line=line, chain=chain, number=number, problem=problem))


def _said(line: str) -> _Line | str:
    """What a line says, or why it cannot be one of ours."""
    if len(line) > LONGEST_LINE:
        return "is too long"
    if not line.endswith("\n"):
        return "does not end: the file has been cut"
    try:
        written = line.encode()
    except UnicodeEncodeError:
        return "is not UTF-8"
    if _is_deep(written):
        return "is too deep"
    try:
        found = _decoded(written)
    except msgspec.MsgspecError:
        found = None
    if found is None or _encoded(found) != written:
        return "is not as it was written"
    return found


def _decoded(written: bytes) -> _Line | None:
    if written.startswith(b'{"entry":'):
        return _WRITTEN.decode(written)
    if written.startswith(b'{"head":'):
        return _ENDS.decode(written)
    if written.startswith(b'{"end":'):
        return _LAST.decode(written)
    return _FIRST.decode(written) if written.startswith(b'{"format":') else None


def _is_deep(written: bytes) -> bool:
    """Found out before it is read, because reading takes a frame a level."""
    if written.count(b"{") + written.count(b"[") <= _DEEPEST:  # every line of ours, but for a strange remark
        return False
    deepest = depth = 0
    for character in _TEXTS.sub(b"", written):
        depth += (character in b"{[") - (character in b"}]")
        deepest = max(deepest, depth)
    return deepest > _DEEPEST
