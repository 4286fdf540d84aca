"""``verify-evidence``: whether an evidence file or a signed PDF holds, without a store."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from kundorder.adapters.jws import PublicSeal, holds_by
from kundorder.command_line.stopping import Status, StoppedError, bad_file
from kundorder.errors import Malformed
from kundorder.evidence_files import LARGEST, read, verified
from kundorder.vocabulary import Language

_STDIN: Final = Path("-")
_LARGEST_KEY: Final = 65_536  # bytes; a chain of certificates has some thousands
_NAME: Final = re.compile(r"jwk:[A-Za-z0-9_-]{43}", re.ASCII)
_PDF: Final = b"%PDF"


def verify_evidence(
    file: Path, trust: Sequence[Path] = (), *, language: Language = Language.EN, stream: TextIO
) -> Status:
    """Say what a file shows, whether it holds, and whose key it is as far as that is known.

    Args:
        file: an evidence file or a signed PDF; ``-`` is what comes in.
        trust: files with what is trusted: for evidence files public keys (JWK) or their names, for PDFs certificates
            (PEM or DER). Without any the report says what that means.
        language: of the report.
        stream: where to say it.

    Raises:
        StoppedError: a file cannot be read, or is damaged, or is no such thing.
        Unavailable: a package is missing.
    """
    content = _content(file, LARGEST)
    if content.startswith(_PDF):
        holds, lines = _of_pdf(content, trust, language)
    else:
        holds, lines = _of_evidence(content, str(file), trust, language)
    for line in lines:
        _ = stream.write(f"{line}\n")
    return Status.DONE if holds else Status.FAILED


def _of_evidence(content: bytes, name: str, trust: Sequence[Path], language: Language) -> tuple[bool, tuple[str, ...]]:
    trusted = tuple(_key(path) for path in trust) or None
    try:
        found = read(content)
    except Malformed as error:
        raise StoppedError(f"{bad_file(name, error).message}; take an undamaged copy of the file") from error
    report = verified(found, holds_by, trusted)
    return report.holds, report.lines(language)


def _of_pdf(content: bytes, trust: Sequence[Path], language: Language) -> tuple[bool, tuple[str, ...]]:
    from kundorder.adapters.pades import report_on  # noqa: PLC0415 - optional, and slow to load

    trusted = tuple(_content(path, _LARGEST_KEY) for path in trust)
    try:
        report = report_on(content, trusted)
    except Malformed as error:
        raise bad_file(", ".join(map(str, trust)), error) from error
    return report.holds, report.lines(language)


def _key(path: Path) -> str:
    """The name of the key in a file."""
    content = _content(path, _LARGEST_KEY)
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if _NAME.fullmatch(text) is not None:
        return text
    if not text.startswith("{"):
        raise StoppedError(f"{path}: holds no public key (JWK) and no name of one (jwk:…); ask for one of them")
    try:
        return PublicSeal.from_jwk(text).name
    except Malformed as error:
        raise bad_file(str(path), error) from error


def _content(path: Path, most: int) -> bytes:
    try:
        if path == _STDIN:
            content = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as opened:
                content = opened.read(most + 1)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise StoppedError(f"{path}: cannot be read ({why})") from error
    if len(content) > most:
        raise StoppedError(f"{path}: has more than {most} bytes, so it is not what it should be")
    return content
