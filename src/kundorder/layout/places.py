"""Where a page of a list begins and ends, so that the millionth page costs what the first does.

A place on a list is (sort, key). ``after`` is a sort and means that all lines of that sort have been seen; where a
page ends between two of one sort it is the sort, a NUL and the key.
"""

import re
from bisect import bisect_left, bisect_right
from typing import Final, TypeAlias, final

import attrs

from kundorder.vocabulary import Index

Place: TypeAlias = tuple[str, str]

END: Final = "\U0010ffff"
"""Sorts after every text of ours."""

DIGITS: Final = "012d"
"""How the numbers of entries are written where they sort as text."""

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_NUMBERS = range(10**12)  # those that twelve digits tell apart


@final
@attrs.frozen
class Stretch:
    """A part of a list."""

    index: Index
    start: Place  # what comes after it is wanted, or, going back, what comes before it
    limit: int
    back: bool


def stretch(index: Index, after: str | None, limit: int, *, back: bool) -> Stretch:
    """What a page is made from: one line more than it has room for, which tells whether there is another page."""
    if after is None:
        start = (END, "") if back else ("", "")
    else:
        sort, tie, key = after.partition("\0")
        start = (_storable(sort, back=back), _storable(key, back=back) if tie or back else END)
    return Stretch(index, start, max(limit, 0) + 1, back)


def _storable(text: str, *, back: bool) -> str:
    """The nearest text a database takes, with the same texts of ours before and after it.

    None of ours holds a NUL, which PostgreSQL refuses, or a half of a surrogate pair, which UTF-8 does not have.
    """
    found = _UNSTORABLE.search(text)
    if found is None:
        return text
    if found[0] == "\0":
        return text[: found.start()] + ("\1" if back else "")
    return text[: found.start()] + ("\ue000" if back else f"\ud7ff{END}")


def go_on(last: Place, following: Place) -> str:
    """What to pass as ``after`` for the page that begins with the following line."""
    return last[0] if last[0] != following[0] else "\0".join(last)


def in_chain(start: Place, chain: str, *, back: bool) -> int:
    """The number of the last entry of a chain that has been seen, whatever text a page was asked to begin after."""
    if back:
        return bisect_left(_NUMBERS, start, key=lambda each: (format(each, DIGITS), chain))
    return bisect_right(_NUMBERS, start, key=lambda each: (format(each, DIGITS), chain)) - 1


def in_all_chains(start: Place, *, back: bool) -> tuple[str, int]:
    """The chain and the number of the last entry that has been seen, in the list of all chains."""
    chain, blank, digits = start[0].rpartition(" ")
    if not blank:
        chain, digits = digits, chain
    if back:
        return chain, bisect_left(_NUMBERS, digits, key=lambda each: format(each, DIGITS))
    return chain, bisect_right(_NUMBERS, digits, key=lambda each: format(each, DIGITS)) - 1
