"""What is typed into a command: names, remarks, and the answers to a form."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from kundorder.errors import malformed
from kundorder.identifiers import long_text, plain_text
from kundorder.model import Answer

MAXIMUM_TEXT = 2000
"""Characters in a reason, an instruction or an answer."""

_ENDLESS = 10**MAXIMUM_TEXT
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

Fields: TypeAlias = Mapping[str, "str | int | Iterable[str]"]
"""The answers of a form as they are typed, by the name of the field."""


def to_name(text: str) -> str:
    """One line: what somebody or something is called.

    Raises:
        Malformed: empty, longer than 120 characters, or more than one line of plain text.
    """
    return plain_text(text, limit=120)


def to_answers(fields: Fields | tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The answers of a form, sorted by the name of the field.

    Raises:
        Malformed: a name or a value that no form has, or a name that is there twice.
    """
    given: list[tuple[str, str | int | Iterable[str]]] = (
        [(answer.name, answer.values) for answer in fields] if isinstance(fields, tuple) else list(fields.items())
    )
    names = {name for name, _values_given in given}
    if len(names) < len(given) or not all(_NAME.fullmatch(name) for name in names):
        raise malformed("$.fields", "must name each field once, in at most 64 letters, digits, underscores and hyphens")
    return tuple(Answer(name=name, values=_values(name, values)) for name, values in sorted(given, key=_by_name))


def _by_name(answer: tuple[str, str | int | Iterable[str]]) -> str:
    return answer[0]


def _values(name: str, given: str | int | Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, int) and abs(given) >= _ENDLESS:  # Python itself refuses to write out some of these
        raise malformed("$", f"must have at most {MAXIMUM_TEXT} characters")
    if isinstance(given, bool):
        raise malformed(f"$.fields.{name}", "must be a text, a whole number or a list of texts")
    if isinstance(given, str | int):
        return (plain_text(str(given), limit=MAXIMUM_TEXT),) if str(given).strip() else ()
    return tuple(plain_text(value, limit=MAXIMUM_TEXT) for value in given)


def to_remark(text: str) -> str:
    """A reason or an instruction; nothing but blanks is none.

    Raises:
        Malformed: longer than ``MAXIMUM_TEXT``, or holding characters that cannot be seen.
    """
    return long_text(text, limit=MAXIMUM_TEXT) if text.strip() else ""
