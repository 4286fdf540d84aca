"""How a sentence is filled in.

A blank such as ``{state}`` takes the param of its name; ``{possible:trigger}`` also says what the values are, where the
name does not. Only values known to be names of ours are put into words: an offer may be called "direct".
"""

from string import Formatter
from typing import TypeAlias

from kundorder.reasons.words import WORDS, Texts, told
from kundorder.vocabulary import Language

Params: TypeAlias = tuple[tuple[str, str], ...]
"""What a sentence is about: (name, value) pairs; several values of one name are parted by a bar."""

_ABSENT = "–"
_FORMATTER = Formatter()


def takes(texts: Texts) -> frozenset[str]:
    """The params that have a place in a sentence, in any language."""
    return frozenset(name for text in texts for _, name, _, _ in _FORMATTER.parse(text) if name is not None)


def filled_in(texts: Texts, params: Params, language: Language) -> str:
    """The sentence with its params; one that is missing or empty shows as a dash."""
    given = dict(params)
    return "".join(
        words if name is None else words + _spoken(given.get(name, ""), kind or name, language)
        for words, name, kind, _ in _FORMATTER.parse(told(texts, language))
    )


def _spoken(value: str, kind: str, language: Language) -> str:
    if kind == "moment":
        return value.replace("T", " ").replace("+00:00", " UTC")
    words = WORDS.get(kind, {})
    return ", ".join(told(words.get(part, (part, part)), language) for part in value.split("|")) or _ABSENT
