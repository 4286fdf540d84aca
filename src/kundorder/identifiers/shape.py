r"""What every parser does first, and the check digits several share.

Lengths are checked before any pattern. Patterns are ASCII and matched whole: ``$`` lets a trailing newline through, and
``\d`` takes the digits of every script. No message repeats what was given. Parsers are attrs converters and hosts need
not be typed, so what is not of the kind asked for is refused here and not found out later.
"""

import re
from typing import Final, TypeVar

from kundorder.errors import malformed

_Kind = TypeVar("_Kind")
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")  # to the sum of the digits of twice a digit
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # the century is not known
_COORDINATION: Final = 60  # what a co-ordination number adds to the day
_TEN_DIGITS: Final = re.compile(r"(?<![0-9])(?:18|19|20)?([0-9]{6})[-+._]?([0-9]{4})(?![0-9])", re.ASCII)


def of(kind: type[_Kind], given: object) -> _Kind:
    """What was given, if it is of this kind."""
    if not isinstance(given, kind):
        raise malformed("$", f"must be of type {kind.__name__}")
    return given


def capped(given: object, limit: int) -> str:
    """What was given, if it is a text of at most so many characters; a subclass of ``str`` comes back as ``str``."""
    text = str.__str__(of(str, given))
    if len(text) > limit:
        raise malformed("$", f"must have at most {limit} characters")
    return text


def matched(given: object, limit: int, pattern: re.Pattern[str], rule: str) -> str:
    """What was given, if it is a text that the pattern matches from end to end."""
    text = capped(given, limit)
    if pattern.fullmatch(text) is None:
        raise malformed("$", rule)
    return text


def check_digit(digits: str) -> str:
    """The digit that completes these (Luhn, ISO/IEC 7812-1 annex B); it catches every slip of one digit."""
    return str(-sum(map(int, digits[::-2].translate(_DOUBLED) + digits[-2::-2])) % 10)


def checks(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return check_digit(digits[:-1]) == digits[-1]


def impersonal(text: str) -> str:
    """The text, if no part of it has the form of a personal identity number (folkbokföringslagen 1991:481, 18 §).

    That is ten or twelve digits, with or without a separator, that begin with a date (in a co-ordination number the day
    plus 60) and end with the right check digit. One random number of ten digits in 140 has this form too.
    """
    for found in _TEN_DIGITS.finditer(text):
        digits = "".join(found.groups(""))
        month, day = int(digits[2:4]), int(digits[4:6]) % _COORDINATION
        if 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTHS[month - 1] and checks(digits):  # noqa: PLR2004
            raise malformed("$", "must not hold a personal identity number; use an opaque id")
    return text
