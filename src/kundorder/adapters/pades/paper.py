"""Sheets and boxes as PDF; the same agreement and fonts are the same bytes, whoever makes them, whenever and where.

So nothing is compressed, since compressors differ, and neither the time nor chance is in it. Another version of the
package ``reportlab`` may write other bytes; what was signed holds all the same, and a signature that follows then
begins anew instead of being appended.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Final, final

import attrs

from kundorder.adapters.pades.fonts import Face, Faces, Fonts, faces_of
from kundorder.adapters.pades.setting import (
    FOOT,
    HEIGHT,
    PALE,
    PLACE_HEIGHT,
    PLACE_WIDTH,
    WIDTH,
    Item,
    Place,
    Rule,
    Style,
    Words,
)
from kundorder.adapters.pades.sheet import Sheet, as_set, sheet_of
from kundorder.errors import Unavailable
from kundorder.evidence import Document

_INSIDE: Final = 9.0  # from the edge of a box to what stands in it
_NAME: Final = Style(10.5, bold=True)
_SMALLEST: Final = 4.0
_TEST: Final = "TEST"
_FREE: Final = "Plats för underskrift · Place for a signature"
_SIGNED: Final = "Elektroniskt undertecknat av · Electronically signed by"


@final
@attrs.frozen
class Box:
    """What is drawn where somebody has signed."""

    name: str
    when: str
    by: str  # which certificate
    is_test: bool


@final
@attrs.frozen
class Paper:
    """An agreement nobody has signed yet."""

    pdf: bytes = attrs.field(repr=False)
    title: str
    places: tuple[Place, ...]


def agreement_pdf(document: Document, *, fonts: Fonts | None = None) -> bytes:
    """The agreement as a PDF nobody has signed yet; whoever is to sign makes no difference.

    Raises:
        Malformed: the text has a character that cannot be shown; which, and what to do.
        Unavailable: the package ``reportlab`` is not installed, or a font cannot be read.
    """
    return paper_of(document, faces_of(fonts)).pdf


def paper_of(document: Document, faces: Faces) -> Paper:
    """The same, with the places where people sign.

    Raises:
        Malformed: see ``agreement_pdf``.
    """
    faces.refuse_what_they_lack(
        text_sv=as_set(document.text_sv),
        text_en=as_set(document.text_en),
        subject=as_set(document.subject),
        organisation=as_set(document.organisation),
    )
    sheet = sheet_of(document, lambda text, style: _face(faces, style).width(text, style.size))
    return Paper(_written(sheet, faces, as_set(document.subject)), sheet.title, sheet.places)


def box_pdf(box: Box, faces: Faces) -> bytes:
    """One page the size of a place, as it looks when somebody has signed.

    Raises:
        Malformed: the name has a character that cannot be shown.
    """
    faces.refuse_what_they_lack(name=box.name, certificate=box.by)
    pen = _pen(faces, (PLACE_WIDTH, PLACE_HEIGHT), compressed=True)
    pen.cover(1.5, 1.5, PLACE_WIDTH - 3, PLACE_HEIGHT - 3)
    room = PLACE_WIDTH - 2 * _INSIDE
    shown = (
        (_SIGNED, FOOT, PLACE_HEIGHT - 15, room),
        (box.name, _NAME, PLACE_HEIGHT - 29, room),
        (box.when, Style(8), PLACE_HEIGHT - 41, room),
        (box.by, FOOT, 10, room),
    )
    for text, style, y, width in shown:
        face = _face(faces, style)
        size = max(_SMALLEST, min(style.size, style.size * width / max(face.width(text, style.size), 1)))
        pen.words(Words(_INSIDE, y, attrs.evolve(style, size=size), text))
    if box.is_test:
        pen.stamp(_TEST, PLACE_WIDTH - _INSIDE, PLACE_HEIGHT - 41)
    return pen.done(box.name, "")


def _written(sheet: Sheet, faces: Faces, subject: str) -> bytes:
    pen = _pen(faces, (WIDTH, HEIGHT), compressed=False)
    for number, page in enumerate(sheet.pages):
        if number:
            pen.turn()
        _draw(pen, page)
    return pen.done(sheet.title, subject)


def _draw(pen: "_Pen", page: Iterable[Item]) -> None:
    for item in page:
        match item:
            case Words():
                pen.words(item)
            case Rule():
                pen.rule(item)
            case Place():
                pen.frame(item.x, item.y, PLACE_WIDTH, PLACE_HEIGHT)
                pen.words(Words(item.x + _INSIDE, item.y + 9, attrs.evolve(FOOT, shade=0.6), _FREE))


def _face(faces: Faces, style: Style) -> Face:
    return faces.bold if style.bold else faces.regular


@attrs.frozen
class _Pen:
    """A PDF under way by what it can do, so that no type of the optional package stands outside ``_pen``."""

    words: Callable[[Words], None]
    rule: Callable[[Rule], None]
    frame: Callable[[float, float, float, float], None]  # lower left corner, width, height
    cover: Callable[[float, float, float, float], None]  # the same, without a border
    stamp: Callable[[str, float, float], None]  # lower right corner
    turn: Callable[[], None]  # to the next page
    done: Callable[[str, str], bytes]  # title, subject


def _pen(faces: Faces, size: tuple[float, float], *, compressed: bool) -> _Pen:
    try:
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package reportlab is missing; install kundorder[sign]") from error
    stream = BytesIO()
    canvas = Canvas(
        stream,
        pagesize=size,
        pageCompression=int(compressed),
        invariant=1,
        pdfVersion=(1, 7),
        lang="sv",
        initialFontName=faces.regular.name,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a name it is
    )

    def words(words: Words) -> None:
        canvas.setFillGray(words.style.shade)
        canvas.setFont(_face(faces, words.style).name, words.style.size)
        canvas.drawString(words.x, words.y, words.text)

    def rule(rule: Rule) -> None:
        canvas.setStrokeGray(PALE)
        canvas.setLineWidth(0.6)
        canvas.line(rule.x, rule.y, rule.to, rule.y)

    def frame(x: float, y: float, width: float, height: float) -> None:
        canvas.setStrokeGray(PALE)
        canvas.setFillGray(1)
        canvas.setLineWidth(0.8)
        canvas.roundRect(x, y, width, height, 4, stroke=1, fill=1)

    def cover(x: float, y: float, width: float, height: float) -> None:
        canvas.setFillGray(1)
        canvas.roundRect(x, y, width, height, 3, stroke=0, fill=1)

    def stamp(text: str, right: float, y: float) -> None:
        canvas.setFillColorRGB(0.72, 0.11, 0.11)
        canvas.setFont(faces.bold.name, 13)
        canvas.drawRightString(right, y, text)

    def done(title: str, subject: str) -> bytes:
        canvas.setTitle(title)
        canvas.setSubject(subject)
        canvas.setAuthor("")
        canvas.setCreator("kundorder")
        canvas.setViewerPreference("DisplayDocTitle", "true")  # pyright: ignore[reportUnknownMemberType] - typed in part
        # The form that signatures are fields of, with the flags they bring: so the first one only adds its field.
        form: dict[str, object] = {"Fields": [], "SigFlags": 3}
        canvas.setCatalogEntry("AcroForm", form)  # pyright: ignore[reportUnknownMemberType] - typed in part
        canvas.save()
        return stream.getvalue()

    return _Pen(words, rule, frame, cover, stamp, canvas.showPage, done)
