"""How much, when, in which language, and in which words."""

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final, final

import attrs

from kundorder.errors import malformed
from kundorder.identifiers.shape import capped, matched, of
from kundorder.vocabulary import Language

_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_MONEY: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]{1,2})? [A-Z]{3}", re.ASCII)
_CENT: Final = Decimal("0.01")
_MOST: Final = Decimal("999999999999.99")
_EXACT: Final = Context(prec=28, traps=[Inexact, InvalidOperation])  # our own: a host may have set another
_LANGUAGES: Final = {tongue.value: tongue for tongue in Language}
_BYTES: Final = 3  # of UTF-8 a character; more than any living script needs throughout
_MARKS: Final = 30  # combining marks in a row (UAX #15, stream-safe text): normalising takes quadratic time in them
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # general categories (UAX #44)
# What renders as nothing in spite of its category: Default_Ignorable_Code_Point (UAX #44), and the blank of Braille.
_BLANK: Final = frozenset(
    chr(point)
    for points in (
        (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
    for point in points
)
_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK"})  # scripts that share the shapes of many letters (UTS #39)


def _cents(given: Decimal) -> Decimal:
    amount = of(Decimal, given)
    if not amount.is_finite() or amount.is_signed() or amount > _MOST:
        raise malformed("$", f"must be an amount from 0 to {_MOST}")
    try:
        return _EXACT.quantize(amount, _CENT)
    except Inexact:
        raise malformed("$", "must be an amount with at most two decimals") from None


def _currency(given: str) -> str:
    return matched(given, 3, _CURRENCY, "must be the three capitals of a currency")


@final
@attrs.frozen(kw_only=True)
class Money:
    """An amount in one currency; never negative.

    Raises:
        Malformed: an amount that is no ``Decimal``, negative, not finite or finer than two decimals, or no currency;
            round the amount first.
    """

    amount: Decimal = attrs.field(converter=_cents)  # always with two decimals, 0.00 to 999 999 999 999.99
    currency: str = attrs.field(converter=_currency)  # three capitals, as in ISO 4217; which exist is not checked

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def money(text: str) -> Money:
    """An amount as text, canonical with two decimals and the currency after a blank.

    >>> str(money("1200 SEK"))
    '1200.00 SEK'

    Raises:
        Malformed: not of this form; a point before the decimals, nothing between the thousands, no sign.
    """
    rule = "must be an amount with at most two decimals after a point, a blank, and the three capitals of a currency"
    amount, _, currency = matched(text, 19, _MONEY, rule).partition(" ")
    return Money(amount=Decimal(amount), currency=currency)


def language(text: str) -> Language:
    """The language of a text, canonical ``sv`` or ``en`` (ISO 639-1).

    Raises:
        Malformed: another language; offer the ones there are.
    """
    tongue = _LANGUAGES.get(capped(text, 2))
    if tongue is None:
        raise malformed("$", f"must be one of {', '.join(_LANGUAGES)}")
    return tongue


def moment(given: datetime) -> datetime:
    """A moment, canonical in UTC.

    Raises:
        Malformed: a time without a zone, or out of the years 1 to 9999; say in which zone the clock was read.
    """
    if of(datetime, given).utcoffset() is None:
        raise malformed("$", "must be a time with a zone")
    try:
        utc = given.astimezone(UTC)
    except OverflowError:
        raise malformed("$", "must be in the years 1 to 9999") from None
    return datetime.combine(utc.date(), utc.time(), UTC)  # the same from whatever subclass a host has


def plain_text(text: str, *, limit: int) -> str:
    """One line of free text in any script, canonical in Unicode's form NFC (UAX #15) and without blanks at the ends.

    Nothing in it can end a line, change the direction of the text round it, or hide.

    >>> plain_text(" Anna A\u030asa ", limit=120)
    'Anna Åsa'

    Args:
        text: as it was typed.
        limit: characters at most, and three times as many bytes of UTF-8.

    Raises:
        Malformed: too long, nothing but blanks, or holding a control, format, invisible, private or unassigned
            character (soft hyphens and the joiners of emoji are format characters); have it typed anew.
    """
    return _seen(text, limit, "")


def long_text(text: str, *, limit: int) -> str:
    """Free text of several lines, canonical as ``plain_text``; a line ends with a newline and no carriage return.

    Raises:
        Malformed: as ``plain_text``; a web form sends carriage returns too, take them out first.
    """
    return _seen(text, limit, "\n")


def display_name(text: str) -> str:
    """What a person or an organisation is called: a ``plain_text`` of at most 120, of which no word looks like another.

    Raises:
        Malformed: as ``plain_text``, or a word that mixes Latin, Cyrillic and Greek letters (UTS #39); write it in one
            script.
    """
    name = plain_text(text, limit=120)
    for word in name.replace("-", " ").split():
        if len(_ALIKE.intersection(unicodedata.name(letter, "").partition(" ")[0] for letter in word)) > 1:
            raise malformed("$", "must not mix the letters of several scripts in one word")
    return name


def _seen(given: str, limit: int, also: str) -> str:
    text = capped(given, limit)
    _look(text, limit, also)  # before normalising too, which is not safe on everything
    composed = unicodedata.normalize("NFC", text).strip()
    _look(capped(composed, limit), limit, also)  # a few characters become longer
    if not composed:
        raise malformed("$", "must not be empty")
    return composed


def _look(text: str, limit: int, also: str) -> None:
    """Refuse what cannot be seen as what it is; ``also`` is a control that is good here."""
    if text.isascii() and text.isprintable():  # nearly every text
        return
    if len(text.encode("utf-8", "surrogatepass")) > _BYTES * limit:
        raise malformed("$", f"must have at most {_BYTES * limit} bytes in UTF-8")
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS:
            raise malformed("$", f"must have at most {_MARKS} combining marks in a row")
        if character != also and (unicodedata.category(character) in _UNSEEN or character in _BLANK):
            raise malformed("$", "must not hold control, format, invisible, private or unassigned characters")
