"""What is wrong with some input, said in our own words: pydantic's errors and the parsers' ``Malformed`` made one.

Every objection names the place by a JSON path and says what is allowed there. Nothing that was given is repeated: not
the value, and of a name only a plain one, for a name can be made to hold anything.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from kundorder.errors import Malformed, Problem

Location: TypeAlias = tuple[int | str, ...]
"""The way to a value: the names and, in lists, the positions from 0; ``()`` is the whole."""

Fault: TypeAlias = tuple[Location, str]
"""A place, and what is allowed there."""

_OURS: Final = "malformed"
_PLAIN: Final = re.compile(r"(?!.*[0-9]{6})[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)  # and no number of a person
_STEPS: Final = re.compile(r"\.([^.\[]+)|\[([0-9]+)\]", re.ASCII)
_KEY: Final = "[key]"  # how pydantic locates what is wrong with a name itself
_TAGS: Final = frozenset({"union_tag_invalid", "union_tag_not_found"})
_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bool_type": "must be true or false",
        "dict_type": "must be an object",
        "int_type": "must be a whole number",
        "missing": "is required",
        "string_type": "must be a text",
        "string_unicode": "must not hold half a surrogate pair",
        "tuple_type": "must be a list",
    }
)


def path_of(location: Location) -> str:
    """The JSON path of a place; a name that is not plain is written ``*``.

    >>> path_of(("application", "signatories", 0, "email"))
    '$.application.signatories[0].email'
    """
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in map(_unrevealing, location))


def _unrevealing(step: int | str) -> int | str:
    return step if isinstance(step, int) or _PLAIN.fullmatch(step) else "*"


def faults_of(malformed: Malformed) -> list[Fault]:
    """What a parser objected to, seen from where it was called."""
    return [(_location(problem.path), problem.message) for problem in malformed.problems]


def _location(path: str) -> Location:
    steps: list[tuple[str, str]] = _STEPS.findall(path)
    return tuple(name or int(position) for name, position in steps)


def invalid(faults: Iterable[Fault]) -> ValidationError:
    """The error that lets pydantic go on, and put the faults where the function was called that raises it."""
    details = [
        InitErrorDetails(type=_objection(message), loc=tuple(map(_unrevealing, place)), input=None)
        for place, message in faults
    ]
    return ValidationError.from_exception_data("Command", details, hide_input=True)


def _objection(message: str) -> PydanticCustomError:
    # pydantic wants a literal, into which it puts a context; without a context it takes any text as it is
    return PydanticCustomError(_OURS, message)  # pyright: ignore[reportArgumentType]


def faults_in(error: ValidationError, *, allowed: str = "", tag: Location = (), labelled: bool = False) -> list[Fault]:
    """Pydantic's objections in our words; those that are ours already stay as they are.

    Args:
        error: as pydantic raised it.
        allowed: which forms there are of what has several.
        tag: where it is told which form something has.
        labelled: whether each location begins with a union's name for the form, which the input knows nothing of.
    """
    found: list[Fault] = []
    for line in error.errors(include_url=False, include_context=False, include_input=False):
        place, kind = line["loc"][labelled:], line["type"]
        if kind in _TAGS:
            found.append((tag, allowed))
        elif place and place[-1] == _KEY:
            found.append((place[:-1], "must have a name of at most 64 ASCII letters, digits, - and _"))
        else:
            message = line["msg"] if kind == _OURS else _RULES.get(kind, "must be as the JSON Schema says")
            found.append((place, message))
    return found


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """The objections that have all been put in our words."""
    return tuple(
        Problem(path_of(line["loc"]), line["msg"])
        for line in error.errors(include_url=False, include_context=False, include_input=False)
    )
