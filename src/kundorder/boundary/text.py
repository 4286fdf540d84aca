"""JSON as it arrives, read strictly: what two readers could understand differently is refused (RFC 8259, RFC 7493).

The standard library's reader and not pydantic's, because only it shows that a name stands twice.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final, NoReturn, TypeAlias, final

from kundorder.boundary.problems import Fault, Location, path_of
from kundorder.errors import Problem, malformed

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
"""What JSON can say."""

_Members: TypeAlias = list[tuple[str, JsonValue]]

MAXIMUM_BYTES: Final = 65_536
"""Of a command in UTF-8."""

MAXIMUM_DEPTH: Final = 32
"""Of objects and lists within each other; an object of plain values is one deep."""

_TEXTS: Final = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_HALVES: Final = re.compile("[\ud800-\udfff]")


@final
class _Faulty(dict[str, JsonValue]):
    """An object with names that stand twice, of which the last counts, or that are no text, which are left out.

    What is left is judged with the rest, so that all objections come at once.
    """

    def __init__(self, members: _Members) -> None:
        super().__init__((name, value) for name, value in members if not _HALVES.search(name))
        times = Counter(name for name, _ in members)
        self.faults: list[Fault] = [
            ((name,), "must stand once" if name in self else "must not have half a surrogate pair in its name")
            for name, count in times.items()
            if count > 1 or name not in self
        ]


def _object(members: _Members) -> dict[str, JsonValue]:
    plain = dict(members)
    return _Faulty(members) if len(plain) < len(members) or any(map(_HALVES.search, plain)) else plain


def _no_number(_: str) -> NoReturn:
    raise ValueError


_decode: Callable[[str], JsonValue] = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number).decode


def read(text: bytes | str, most: int = MAXIMUM_BYTES) -> tuple[JsonValue, tuple[Problem, ...]]:
    """What the text says, and what is wrong with its names.

    Args:
        text: as it arrived.
        most: bytes in UTF-8.

    Raises:
        Malformed: it is no JSON in UTF-8, or too large or too deep to be looked at.
    """
    unread = _unread(text, most)
    if _depth(unread) > MAXIMUM_DEPTH:
        raise malformed("$", f"must be at most {MAXIMUM_DEPTH} objects and lists deep")
    try:
        value = _decode(unread)
    except json.JSONDecodeError as error:
        where = f"; it stops being so at line {error.lineno}, column {error.colno}"
    except ValueError:
        where = ", which knows no NaN, Infinity or endless number"
    else:
        return value, tuple(Problem(path_of(place), message) for place, message in _faults(value, ()))
    # Not where the reader's error is at hand: it holds the whole text, and would hang on to ours.
    raise malformed("$", f"must be JSON (RFC 8259){where}")


def _unread(text: bytes | str, most: int) -> str:
    if len(text) > most or (isinstance(text, str) and len(text.encode("utf-8", "surrogatepass")) > most):
        raise malformed("$", f"must have at most {most} bytes")
    with suppress(UnicodeError):
        return text.encode().decode() if isinstance(text, str) else text.decode()
    raise malformed("$", "must be UTF-8")


def _depth(text: str) -> int:
    """How deep it goes at most; found out before it is read, because reading takes a frame a level."""
    if text.count("{") + text.count("[") <= MAXIMUM_DEPTH:  # nearly every command
        return 0
    deepest = depth = 0
    for character in _TEXTS.sub("", text):
        depth += (character in "{[") - (character in "}]")
        deepest = max(deepest, depth)
    return deepest


def _faults(value: JsonValue, place: Location) -> Iterator[Fault]:
    if isinstance(value, _Faulty):
        yield from (((*place, *name), message) for name, message in value.faults)
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _faults(member, (*place, name))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _faults(item, (*place, position))
