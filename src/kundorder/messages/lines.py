"""What may stand in a header: one line that is what it seems."""

from typing import Final

from kundorder.errors import Malformed, Undeliverable
from kundorder.identifiers import plain_text

ENCODED_WORD: Final = "=?"
"""How an encoded word begins (RFC 2047). In a header it can decode to the end of the line, and so to a header more."""


def one_line(what: str, text: str, *, limit: int) -> str:
    """The text, if it is one line in which nothing hides, canonical as ``plain_text``.

    Raises:
        Undeliverable: it is not; the text says what, and nothing of the value.
    """
    try:
        line = plain_text(text, limit=limit)
    except Malformed as refusal:
        raise undeliverable(what, refusal) from None
    if ENCODED_WORD in line:
        raise Undeliverable(f"{what} must not look like an encoded word of a header")
    return line


def undeliverable(what: str, refusal: Malformed) -> Undeliverable:
    """A letter that cannot go because of one of its values."""
    return Undeliverable(f"{what} {refusal.problems[0].message}")
