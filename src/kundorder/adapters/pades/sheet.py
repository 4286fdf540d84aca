"""How an agreement lies on its pages: Swedish, English, and places for those who sign.

What is set is the document's text as it is: a title, what is stated as "label: value", and paragraphs. Nothing is left
out; only in head and foot of a page a long title or id is shortened, which stand in full elsewhere. Nothing of who
signs is in it, so it is the same for all signatories.

There is a place for each signatory: as many as the text names under one label ("Företrädare: ..."), at least two. They
must be there beforehand, since no page can be added to what somebody has signed; whoever signs when all are taken has a
signature that is not drawn, and is as good.
"""

import unicodedata
from collections import Counter
from itertools import groupby
from typing import Final, final

import attrs

from kundorder.adapters.pades.setting import (
    BODY,
    FOOT,
    GAP,
    HEIGHT,
    LEFT,
    PLACE_AFTER,
    PLACE_HEIGHT,
    RIGHT,
    SMALL,
    Item,
    Measure,
    Place,
    Rule,
    Setter,
    Style,
    Words,
)
from kundorder.codec import document_digest
from kundorder.evidence import Document

_TITLE: Final = Style(18, bold=True)
_HEADING: Final = Style(10.5, bold=True)
_SIGNATURES: Final = Style(13, bold=True)
_TITLE_AT_MOST: Final = 140  # characters
_HEADING_AT_MOST: Final = 80
_FEWEST: Final = 2
_TOGETHER: Final = 5  # rows of places that are not parted, if there are not more
_ABOUT: Final = (
    "En ruta är bara en bild; om underskriften gäller visar ett program som kontrollerar den.",
    "A box is only a picture; whether the signature holds is told by a program that validates it.",
)


@final
@attrs.frozen
class Sheet:
    """All pages, and the places on them, the first first."""

    title: str
    pages: tuple[tuple[Item, ...], ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Where people sign."""
        return tuple(item for page in self.pages for item in page if isinstance(item, Place))


@final
@attrs.frozen
class _Parts:
    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[tuple[str, ...], ...]  # lines that stand together


def as_set(text: str) -> str:
    """The text with the same letters and line ends however they were written; it looks the same."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))


def sheet_of(document: Document, measure: Measure) -> Sheet:
    """The agreement on its pages; what it is made of are texts ``as_set``."""
    swedish, english = _parts(document.text_sv), _parts(document.text_en)
    setter = Setter(measure)
    _language(setter, "Svenska", swedish)
    setter.room(20)
    setter.need(120)
    setter.rule()
    setter.room(6)
    _language(setter, "English", english)
    _signatures(setter, document, max(_named(swedish), _named(english), _FEWEST))
    title = swedish.title or as_set(document.subject)
    return Sheet(title, _framed(setter, title, document))


def content_digest(document: Document) -> str:
    """The digest of all that is the same for all signatories, as it stands in the foot of every page."""
    return document_digest(attrs.evolve(document, signer=""))


def _parts(text: str) -> _Parts:
    groups = groupby((line.rstrip(" ") for line in as_set(text).split("\n")), bool)
    blocks = [tuple(lines) for filled, lines in groups if filled]
    title = ""
    if blocks and len(blocks[0]) == 1 and len(blocks[0][0]) <= _TITLE_AT_MOST:
        title = blocks.pop(0)[0]
    facts: tuple[tuple[str, str], ...] = ()
    if blocks and all(": " in f"{line} " for line in blocks[0]):
        stated = (line.partition(":") for line in blocks.pop(0))
        facts = tuple((label, value.strip(" ")) for label, _, value in stated)
    return _Parts(title, facts, tuple(blocks))


def _named(parts: _Parts) -> int:
    return max(Counter(label for label, _ in parts.facts).values(), default=0)


def _language(setter: Setter, name: str, parts: _Parts) -> None:
    setter.line(name, SMALL)
    setter.text(parts.title, _TITLE)
    setter.room(8)
    setter.table(parts.facts)
    setter.room(4)
    for number, block in enumerate(parts.blocks, 1):
        setter.room(5)
        alone = len(block) == 1 and number < len(parts.blocks)
        if alone and len(block[0]) <= _HEADING_AT_MOST and block[0][-1].isalnum():
            setter.need(60)
            setter.text(block[0], _HEADING)
        else:
            for line in block:
                setter.text(line, BODY)


def _signatures(setter: Setter, document: Document, number: int) -> None:
    rows = (number + 1) // 2
    setter.room(20)
    setter.need(92 + min(rows, _TOGETHER) * (PLACE_HEIGHT + PLACE_AFTER))
    setter.rule()
    setter.room(6)
    setter.line("Underskrifter · Signatures", _SIGNATURES)
    setter.room(3)
    what = f"{document.subject}, {document.number}, {document.organisation}"
    setter.text(f"Avser · Concerns: {as_set(what)}", SMALL)
    setter.text(f"SHA-256: {content_digest(document)}", SMALL)
    for sentence in _ABOUT:
        setter.text(sentence, SMALL)
    for row in range(rows):
        setter.places(min(2, number - 2 * row))


def _framed(setter: Setter, title: str, document: Document) -> tuple[tuple[Item, ...], ...]:
    """The pages with what stands above and below each."""
    of, last = as_set(f"{document.subject}, {document.number}"), len(setter.pages)
    framed: list[tuple[Item, ...]] = []
    for number, page in enumerate(setter.pages, 1):
        where = f"Sida {number} av {last} · Page {number} of {last}"
        right = RIGHT - setter.measure(where, FOOT)
        head = () if number == 1 else (Words(LEFT, HEIGHT - 42, FOOT, setter.elided(title, FOOT, RIGHT - LEFT)),)
        foot = (
            Rule(LEFT, 58, RIGHT),
            Words(LEFT, 46, FOOT, setter.elided(of, FOOT, right - GAP - LEFT)),
            Words(right, 46, FOOT, where),
            Words(LEFT, 35, FOOT, f"SHA-256 {content_digest(document)}"),
        )
        framed.append((*head, *page, *foot))
    return tuple(framed)
