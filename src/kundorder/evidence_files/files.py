"""Writing a file, and reading it back strictly: every byte of it counts."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, final

import attrs
import msgspec

from kundorder.errors import Malformed, malformed
from kundorder.evidence import Document, Evidence

FORMAT: Final = "kundorder-evidence"

FORMAT_VERSION: Final = 1
"""What this release writes and reads."""

LARGEST: Final = 33_554_432
"""Bytes of a file. One without attachments has some thousands."""

_MOST: Final = 1024  # bytes of a file that stand outside its texts; ours have a third of that
_DEEPEST: Final = 8  # objects and lists within each other; ours have three
_TEXTS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_WHERE: Final = re.compile(r"at `(\$[^`]*)`")
_WITH_ARCHIVED: Final = re.compile(
    r'\{"archived":"([0-9a-f]{64})"(?:,"sealed":"([A-Za-z0-9_.-]{1,1000})")?\}', re.ASCII
)


@final
@attrs.frozen(kw_only=True)
class Attachment:
    """What was kept with a signature: what the method handed over, or a signed PDF."""

    digest: str  # SHA-256 of the content, in hexadecimal
    content: bytes = attrs.field(repr=False)


@final
@attrs.frozen(kw_only=True)
class EvidenceFile:
    """What stands in an evidence file. That it could be read shows that it is whole, and not yet that it is true."""

    document: Document
    evidence: Evidence
    attachments: tuple[Attachment, ...] = ()  # none, or the one that the proof names


@final
@attrs.frozen
class _Head:
    format: str
    version: int


@final
@attrs.frozen(kw_only=True)
class _Whole:
    attachments: tuple[Attachment, ...]
    document: Document
    evidence: Evidence
    format: str = FORMAT
    version: int = FORMAT_VERSION


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_HEAD: Final = msgspec.json.Decoder(_Head)
_WHOLE: Final = msgspec.json.Decoder(_Whole)


def written(document: Document, evidence: Evidence, attachments: Iterable[bytes] = ()) -> bytes:
    """The file.

    Args:
        document: what was attested.
        evidence: for it.
        attachments: what an ``Archive`` has under the digest that the proof names, if that is to be in the file.

    Raises:
        Malformed: an attachment that the proof does not name, or what no file can hold.
    """
    kept = tuple(Attachment(digest=sha256(content).hexdigest(), content=content) for content in attachments)
    content = _encoded(EvidenceFile(document=document, evidence=evidence, attachments=kept))
    if len(content) > LARGEST:
        raise malformed("$", f"must have at most {LARGEST} bytes; leave the attachments out")
    return content


def read(content: bytes) -> EvidenceFile:
    """What stands in a file.

    Raises:
        Malformed: it is damaged, no such file, or of a later release. Where, is told by a JSON path or the number of a
            byte; restore the file from a copy, there is no way to mend it.
    """
    if len(content) > LARGEST:
        raise malformed("$", f"must have at most {LARGEST} bytes")
    skeleton = _TEXTS.sub(b"", content)
    if len(skeleton) > _MOST or _depth(skeleton) > _DEEPEST:
        raise malformed("$", "is no evidence file, or is damaged")
    try:
        head = _HEAD.decode(content)
        if head.format != FORMAT:
            raise malformed("$.format", f"must be {FORMAT}")
        if head.version != FORMAT_VERSION:
            raise malformed("$.version", f"must be {FORMAT_VERSION}; for a later one, upgrade kundorder")
        whole = _WHOLE.decode(content)
    except msgspec.ValidationError as error:
        where = _WHERE.search(str(error))
        raise malformed("$" if where is None else where[1], "is missing, or is not what it must be") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise malformed("$", "is no JSON; the file is cut or damaged") from None
    found = EvidenceFile(document=whole.document, evidence=_in_utc(whole.evidence), attachments=whole.attachments)
    again = _encoded(found)
    if again != content:
        raise malformed("$", f"is not as it was written, from byte {_same(again, content) + 1} on")
    return found


def parts_of(proof: str) -> tuple[str, str]:
    """The digest of what was kept with the signature, empty if nothing was, and the proof of the seal.

    That one is empty if there is no seal, because what was kept proves it all.
    """
    found = _WITH_ARCHIVED.fullmatch(proof)
    return ("", proof) if found is None else (found[1], found[2] or "")


def _encoded(file: EvidenceFile) -> bytes:
    archived, _ = parts_of(file.evidence.proof)
    for place, each in enumerate(file.attachments):
        if place or each.digest != archived:
            raise malformed(f"$.attachments[{place}].digest", "must be what the proof names, and stand once")
        if sha256(each.content).hexdigest() != archived:
            raise malformed(f"$.attachments[{place}].content", "is not what has this digest")
    whole = _Whole(attachments=file.attachments, document=file.document, evidence=file.evidence)
    try:
        return _ENCODER.encode(whole) + b"\n"
    except UnicodeEncodeError:
        raise malformed("$", "must have no half of a surrogate pair") from None


def _in_utc(evidence: Evidence) -> Evidence:
    try:
        return attrs.evolve(evidence)  # reading ran no converter, and the one of ``signed_at`` makes it UTC
    except Malformed:
        raise malformed("$.evidence.signed_at", "must be a time in UTC") from None


def _depth(skeleton: bytes) -> int:
    """Found out before it is read, because reading takes a frame a level."""
    deepest = depth = 0
    for character in skeleton:
        depth += (character in b"{[") - (character in b"}]")
        deepest = max(deepest, depth)
    return deepest


def _same(one: bytes, other: bytes) -> int:
    """With how many bytes both begin."""
    ends = range(1, min(len(one), len(other)) + 1)
    return bisect_left(ends, True, key=lambda end: one[:end] != other[:end])  # noqa: FBT003 - what is looked for
