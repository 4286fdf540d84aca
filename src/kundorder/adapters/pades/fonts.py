"""The letters an agreement is set in: two TrueType fonts that are embedded, and every character is in both or refused.

A character that a font lacks would be missing from what people sign, or stand there as an empty box. Characters that
are not drawn at all (controls, marks of direction, what is not assigned) could hide or turn round what is read, and
scripts written from the right are not set here; so these are refused in any font.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Final, TypeAlias, final

import attrs

from kundorder.errors import Malformed, Problem, Unavailable, malformed

Source: TypeAlias = "bytes | str | PathLike[str]"
"""A font file, or where it is."""

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FROM_THE_RIGHT: Final = frozenset({"R", "AL", "AN"})
_LINE_ENDS: Final = frozenset("\n")
_SHOWN_AT_MOST: Final = 5


@final
@attrs.frozen
class Fonts:
    """The fonts of an agreement; TrueType outlines (``.ttf``), each with every character that is to be set."""

    regular: Source = attrs.field(repr=False)
    bold: Source = attrs.field(repr=False)


@final
@attrs.frozen(kw_only=True)
class Face:
    """A font by what it can do, so that no type of the optional package stands outside ``faces_of``."""

    name: str  # under which the package knows it
    width: Callable[[str, float], float]  # of a text at a size, in points
    has: Callable[[str], bool]  # whether it has a character


@final
@attrs.frozen(kw_only=True)
class Faces:
    """The two that are used."""

    regular: Face
    bold: Face

    def refuse_what_they_lack(self, **texts: str) -> None:
        """Nothing, if every character of these texts can be shown.

        Raises:
            Malformed: which cannot, by the name of the text, and what to do.
        """
        problems = tuple(
            Problem(f"$.{name}", found) for name, text in texts.items() for found in self._lacking(frozenset(text))
        )
        if problems:
            raise Malformed(problems[:_SHOWN_AT_MOST])

    def _lacking(self, characters: frozenset[str]) -> list[str]:
        return [why for each in sorted(characters - _LINE_ENDS) if (why := self._objection(each)) is not None]

    def _objection(self, character: str) -> str | None:
        point = f"U+{ord(character):04X}"
        if unicodedata.category(character) in _HIDDEN:
            return f"{point} cannot be seen; take it out of the text"
        if unicodedata.bidirectional(character) in _FROM_THE_RIGHT:
            return f"{point} is written from the right, which cannot be set here; take it out of the text"
        if not (self.regular.has(character) and self.bold.has(character)):
            return f"{point} is not in the fonts; give PadesSigner fonts that have it, or take it out of the text"
        return None


def faces_of(fonts: Fonts | None) -> Faces:
    """These fonts, ready for use; None: Bitstream Vera, which covers the languages of western and northern Europe.

    Raises:
        Malformed: a file is no font with TrueType outlines.
        Unavailable: a file cannot be read, or the package ``reportlab`` is not installed.
    """
    chosen = fonts or _vera()
    return Faces(regular=_face(_content(chosen.regular)), bold=_face(_content(chosen.bold)))


def _vera() -> Fonts:
    try:
        import reportlab  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package reportlab is missing; install kundorder[sign]") from error
    folder = Path(reportlab.__file__).parent / "fonts"
    return Fonts(folder / "Vera.ttf", folder / "VeraBd.ttf")


def _content(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise Unavailable("a font file cannot be read") from error


@lru_cache(maxsize=16)
def _face(content: bytes) -> Face:
    """The package keeps fonts by name for the whole process; the name is made from the font, so none is replaced."""
    try:
        from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - optional
        from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package reportlab is missing; install kundorder[sign]") from error
    name = f"kundorder-{sha256(content).hexdigest()[:24]}"
    try:
        font = TTFont(name, BytesIO(content), shapable=False)  # shaping would hang on what else is installed
    except Exception as error:  # there is no end to what a damaged file can make it raise
        raise malformed(
            "$.fonts", "must be fonts with TrueType outlines (.ttf); this one is damaged or another kind"
        ) from error
    pdfmetrics.registerFont(font)  # pyright: ignore[reportUnknownMemberType] - typed in part
    points: dict[int, int] = font.face.charToGlyph  # pyright: ignore[reportAny] - typed in part
    glyphs = frozenset(map(chr, points))

    def width(text: str, size: float) -> float:
        return font.stringWidth(text, size)  # pyright: ignore[reportUnknownMemberType] - typed in part

    return Face(name=name, width=width, has=glyphs.__contains__)
