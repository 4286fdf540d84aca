"""What is typed into a command: names, remarks, and the answers to a form."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from kundorder.errors import malformed
from kundorder.identifiers import long_text, plain_text
from kundorder.model import Answer

MAXIMUM_TEXT = 2000
"""Characters in a reason, an instruction or an answer."""

Fields: TypeAlias = Mapping[str, "str | int | Iterable[str]"]
"""The answers of a form as they are typed, by the name of the field."""


def to_name(text: str) -> str:
    """One line: what somebody or something is called."""
    return plain_text(text, limit=120)


def to_answers(fields: Fields | tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The answers of a form, sorted by the name of the field."""
    if isinstance(fields, tuple):
        return tuple(sorted(fields, key=lambda answer: answer.name))
    return tuple(Answer(name=name, values=_values(name, fields[name])) for name in sorted(fields))


def _values(name: str, given: str | int | Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, bool):
        raise malformed(f"$.fields.{name}", "must be a text, a whole number or a list of texts")
    if isinstance(given, str | int):
        return (plain_text(str(given), limit=MAXIMUM_TEXT),) if str(given).strip() else ()
    return tuple(plain_text(value, limit=MAXIMUM_TEXT) for value in given)


def to_remark(text: str) -> str:
    """A reason or an instruction; nothing but blanks is none."""
    return long_text(text, limit=MAXIMUM_TEXT) if text.strip() else ""
