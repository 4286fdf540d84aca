"""JSON as it arrives, read strictly: what two readers could understand differently is refused (RFC 8259, RFC 7493).

The standard library's reader and not pydantic's, because only it shows when a name stands twice.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NoReturn, final

from kundorder.boundary.problems import Location, path_of
from kundorder.errors import Problem, malformed

MAXIMUM_BYTES: Final = 65_536
"""Of a command in UTF-8."""

MAXIMUM_DEPTH: Final = 32
"""Objects and lists within each other; an object of plain values is one deep."""

_TEXTS: Final = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_HALVES: Final = re.compile("[\ud800-\udfff]")


@final
class _Repetitive(dict[str, object]):
    """An object in which a name stood twice; the last one stays, so that the rest of it can be judged as well."""

    def __init__(self, members: list[tuple[str, object]]) -> None:
        super().__init__(members)
        counts = Counter(name for name, _ in members)
        self.repeated = [name for name, count in counts.items() if count > 1]


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(members)
    return plain if len(plain) == len(members) else _Repetitive(members)


def _no_number(_: str) -> NoReturn:
    raise ValueError


_READER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)


def read(text: bytes | str) -> tuple[object, tuple[Problem, ...]]:
    """What the text says, and what is wrong with how it says it.

    Raises:
        Malformed: it is no JSON in UTF-8, or too large or too deep to be looked at.
    """
    if not isinstance(text, bytes | str):
        raise malformed("$", "must be bytes or str")
    unread = _characters(text)
    if _depth(unread) > MAXIMUM_DEPTH:
        raise malformed("$", f"must be at most {MAXIMUM_DEPTH} objects and lists deep")
    try:
        value: object = _READER.decode(unread)
    except ValueError:
        raise malformed("$", "must be JSON (RFC 8259), which knows no NaN, Infinity or endless number") from None
    return value, tuple(Problem(path_of(place), message) for place, message in _oddities(value, ()))


def _characters(text: bytes | str) -> str:
    if len(text) <= MAXIMUM_BYTES:
        try:
            data, characters = (text.encode(), text) if isinstance(text, str) else (text, text.decode())
        except UnicodeError:
            raise malformed("$", "must be UTF-8") from None
        if len(data) <= MAXIMUM_BYTES:
            return characters
    raise malformed("$", f"must have at most {MAXIMUM_BYTES} bytes")


def _depth(text: str) -> int:
    """How deep it goes at most; found before it is read, because reading takes a frame a level."""
    if text.count("{") + text.count("[") <= MAXIMUM_DEPTH:  # nearly every command
        return 0
    deepest = depth = 0
    for character in _TEXTS.sub("", text):
        depth += (character in "{[") - (character in "}]")
        deepest = max(deepest, depth)
    return deepest


def _oddities(value: object, place: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        if _HALVES.search(value):
            yield place, "must not hold half a surrogate pair"
    elif isinstance(value, dict):
        yield from _of_members(value, place)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _oddities(item, (*place, position))


def _of_members(members: dict[str, object], place: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(members, _Repetitive):
        for name in members.repeated:
            yield (*place, name), "must stand once"
    for name, value in members.items():
        if _HALVES.search(name):
            yield (*place, name), "must not have half a surrogate pair in its name"
        yield from _oddities(value, (*place, name))
