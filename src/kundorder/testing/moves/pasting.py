"""Values as Python that can be pasted into a test, after ``import kundorder as ko``."""

from datetime import UTC, datetime
from enum import Enum
from typing import Final, TypeGuard

import attrs

import kundorder as ko

_PUBLIC: Final = frozenset(ko.__all__)


def pasted(value: object) -> str:
    """The value as it is written; what is as it is by default is left out."""
    if value is ko.SYSTEM:
        return "ko.SYSTEM"
    if isinstance(value, Enum):
        return f"{_named(type(value))}.{value.name}"
    if _is_tuple(value):
        inside = ", ".join(map(pasted, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, datetime):
        return f"datetime.fromisoformat({value.astimezone(UTC).isoformat()!r})"
    kind = type(value)
    return _object(value, kind) if attrs.has(kind) else repr(value)


def _object(value: object, kind: type[attrs.AttrsInstance]) -> str:
    given: list[str] = []
    for field in attrs.fields(kind):
        if not field.init:
            continue
        held: object = getattr(value, field.name)
        if field.default is attrs.NOTHING or held != field.default:
            given.append(pasted(held) if not field.kw_only else f"{field.alias}={pasted(held)}")
    return f"{_named(kind)}({', '.join(given)})"


def _is_tuple(value: object) -> TypeGuard[tuple[object, ...]]:
    return isinstance(value, tuple)


def _named(kind: type) -> str:
    return f"ko.{kind.__name__}" if kind.__name__ in _PUBLIC else kind.__name__
