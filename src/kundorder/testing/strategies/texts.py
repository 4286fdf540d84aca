"""Texts in any script, and texts that hurt: those that are taken all the same, and those the edge has to refuse."""

import sys
import unicodedata
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kundorder.commands import MAXIMUM_TEXT

NAME: Final = 120
"""Characters in a name."""

_UNSEEN: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_BLANK: Final = "".join(
    map(
        chr,
        (
            *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
_SHARE: Final = 4  # a character becomes at most three when it is normalised, of four bytes each; three are allowed
_MOST: Final = 30  # as many combining marks as may stand in a row

HURTFUL: Final = (
    "Anna A\u030asa O\u0308man",  # decomposed
    "=?utf-8?q?=0D=0ABcc:_agda=40prov.example?=",  # becomes a header where it is decoded
    "Bcc: agda@prov.example",
    "\\r\\nBcc: agda@prov.example",
    "%0d%0aBcc:%20agda@prov.example",
    '"><script>alert(1)</script>',
    "'; DROP TABLE orders; --",
    "{{ 7 * 7 }} {% raw %} ${jndi:ldap://prov.example} %s {0} {order}",
    "$(reboot) `reboot` | reboot && reboot",
    "../../../etc/passwd",
    "\u0645\u0631\u062d\u0628\u0627",  # right to left, without anything that turns
    "\u05e9\u05dc\u05d5\u05dd (abc) 123",
    "Z" + "\u0335" * _MOST,
    "\U0001f3e5 \u2764",
    "\uff21\uff4e\uff4e\uff41",  # full width
    "\u212bsa",  # the unit angstrom, which is a letter when normalised
    "\u2126\u00b5\u03bc",  # ohm; micro and mu
    "\U0001d160",  # three characters when normalised
    "\u1e9e \u00df \u0130 \u0131",  # longer or another letter in other case
    "\ufb01 \u2163",  # ligature, roman number
    "NULL",
    "0",
    "-1",
    "1e309",
    "=1+1",
    "@SUM(A1)",
)
"""Taken where a line of text is: they must come out as they went in, and mean nothing to anybody."""

BLANKS: Final = ("", " ", "\u3000", "\xa0 ")
"""Refused where something has to be said; elsewhere as good as nothing."""

REFUSED: Final = (
    "Anna\r\nBcc: agda@prov.example",
    "Anna\rProv",
    "Anna\x00Prov",
    "Anna\x1bProv",
    "Anna\x7fProv",
    "Anna\u0085Prov",
    "Anna\u2028Prov",
    "Anna\u2029Prov",
    "Anna\u202egnitteb",  # turned round
    "Anna\u2066Prov\u2069",
    "Anna\u200bProv",  # no width
    "Anna\u200dProv",
    "An\u00adna",  # soft hyphen
    "\ufeffAnna",
    "Anna\u3164Prov",  # a letter that shows nothing
    "Anna\u2800Prov",
    "A\ufe0f",
    "Anna\U000e0041",  # tag
    "Anna\ue000",  # private
    "Anna\U0010ffff",  # unassigned
    "Anna\ud800",  # half a pair
    "A" + "\u0335" * (_MOST + 1),
    "x" * (MAXIMUM_TEXT + 1),
    "\U0001f3e5" * MAXIMUM_TEXT,  # few enough characters, too many bytes
)
"""Refused wherever text is; where several lines are taken, too."""

LOOK_ALIKES: Final = (
    "\u0410nna",
    "Ann\u0430",
    "P\u03b1ypal",
    "\u0421\u0435\u0441il",
    "Anna-\u041eo",
    "\u0391da",
    "O\u041e",
)
"""Names of which a word mixes scripts that share the shapes of letters."""

_SCRIPTS: Final = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZåäöÅÄÖéüñçß",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВ",
    "αβγδεζηθικλμνξοπρστυφχψωΑΒΓ",
    "漢字仮名交",
    "\u0627\u0628\u062a\u062b\u062c",
    "\u05d0\u05d1\u05d2\u05d3",
)


@cache
def plain_texts(limit: int = NAME) -> SearchStrategy[str]:
    """One line in any script, canonical, of at most so many characters."""
    usual = st.just("a") | st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=min(limit, 12))
    longest = st.just("x" * limit)
    if limit < _SHARE * _MOST:
        return usual | longest
    return usual | hurtful_texts() | _unicode(limit) | longest


@cache
def hurtful_texts() -> SearchStrategy[str]:
    """Lines that are taken, and must not do any harm: header tricks, markup, scripts, marks; canonical."""
    return st.sampled_from([unicodedata.normalize("NFC", each) for each in HURTFUL])


@cache
def refused_texts() -> SearchStrategy[str]:
    """Texts that the edge has to refuse wherever a name, a remark or an answer is typed in; none is blank."""
    hidden = st.sampled_from(_hidden())
    around = st.text("ab \u00e5", max_size=3)
    return st.sampled_from(REFUSED) | st.builds("{}a{}b{}".format, around, hidden, around)


@cache
def look_alikes() -> SearchStrategy[str]:
    """Names that look like others; refused where a person or an organisation is named."""
    mixed = st.builds("{}{}{}".format, *(st.sampled_from(_SCRIPTS[number]) for number in (0, 1, 2)))
    return st.sampled_from(LOOK_ALIKES) | mixed


@cache
def long_texts(limit: int = MAXIMUM_TEXT) -> SearchStrategy[str]:
    """Several lines, canonical."""
    lines = st.lists(plain_texts(NAME), min_size=1, max_size=min(8, limit // NAME)).map("\n".join)
    return st.just("a") | lines | st.just("x" * limit)


@cache
def remarks() -> SearchStrategy[str]:
    """A reason or an instruction, or none."""
    return st.just("") | long_texts()


@cache
def display_names() -> SearchStrategy[str]:
    """Names of persons and organisations; each word is of one script."""
    word = st.sampled_from(_SCRIPTS).flatmap(lambda script: st.text(script, min_size=1, max_size=10))
    made = st.lists(word, min_size=1, max_size=4)
    joined = st.builds(_joined, st.sampled_from((" ", "-")), made)
    return st.just("Anna Prov") | st.sampled_from(("Bo Prov", "Cilla Åsa Prov")) | joined | st.just("x" * NAME)


def _joined(between: str, words: list[str]) -> str:
    return unicodedata.normalize("NFC", between.join(words))


@cache
def _unicode(limit: int) -> SearchStrategy[str]:
    inside = st.characters(exclude_categories=_UNSEEN, exclude_characters=_BLANK)
    at_ends = st.characters(exclude_categories=(*_UNSEEN, "Zs"), exclude_characters=_BLANK)
    middle = st.text(inside, max_size=min(_MOST, limit // _SHARE) - 2)
    made = st.builds("{}{}{}".format, at_ends, middle, at_ends)
    return made.map(lambda text: unicodedata.normalize("NFC", text))


@cache
def _hidden() -> list[str]:
    """Everything that cannot be seen, in the order of its code, newlines excepted."""
    controls = [chr(point) for point in range(0x20) if point != ord("\n")]
    format_characters = [
        chr(point)
        for point in range(0x7F, sys.maxunicode)
        if unicodedata.category(chr(point)) in ("Cc", "Cf", "Zl", "Zp")
    ]
    return [*controls, *format_characters, *_BLANK]
