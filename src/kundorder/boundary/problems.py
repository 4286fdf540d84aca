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

NAME: Final = r"^[A-Za-z0-9_-]{1,64}$"
"""A name that whoever writes the input may choose: of a field in a form."""

VISIBLE: Final = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
"""A text in which nothing but newlines is a control, ends a line, or turns the direction of what is round it."""

_OURS: Final = "malformed"
_PLAIN: Final = re.compile(r"(?!.*[0-9]{6})[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)  # and no number of a person
_STEPS: Final = re.compile(r"\.([^.\[]+)|\[([0-9]+)\]", re.ASCII)
_KEY: Final = "[key]"  # how pydantic locates what is wrong with a name itself
_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bool_type": "must be true or false",
        "dict_type": "must be an object",
        "int_type": "must be a whole number",
        "list_type": "must be a list",
        "missing": "is required",
        "string_pattern_mismatch": "must not hold control characters, newlines excepted",
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
    return "$" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" if _PLAIN.fullmatch(step) else ".*" for step in location
    )


def located(malformed: Malformed, within: Location = ()) -> ValidationError:
    """What a parser objected to, for pydantic to put where the parser was called."""
    return _error((within + _location_of(problem.path), problem.message) for problem in malformed.problems)


def reworded(error: ValidationError, *, allowed: str, tag: Location = (), labelled: bool = False) -> ValidationError:
    """Pydantic's objections in our words.

    Args:
        error: as pydantic raised it.
        allowed: what may stand where pydantic found a field or a form that it does not know.
        tag: the field that tells which form it is.
        labelled: whether each location begins with a union's name for the form, which the input knows nothing of.
    """
    found: list[tuple[Location, str]] = []
    for line in error.errors(include_url=False, include_input=False):
        location, kind = line["loc"], line["type"]
        if kind in {"union_tag_invalid", "union_tag_not_found"}:
            found.append((tag, allowed))
            continue
        if kind == "extra_forbidden":
            message = f"is not a field here; {allowed}"
        elif location and location[-1] == _KEY:
            location, message = location[:-1], "must have a name of at most 64 ASCII letters, digits, - and _"
        else:
            message = line["msg"] if kind == _OURS else _RULES.get(kind, "must be as the JSON Schema says")
        found.append((location[labelled:], message))
    return _error(found)


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """The objections of an error that has been reworded."""
    return tuple(
        Problem(path_of(line["loc"]), line["msg"]) for line in error.errors(include_url=False, include_input=False)
    )


def _location_of(path: str) -> Location:
    return tuple(name or int(position) for name, position in _STEPS.findall(path))


def _error(found: Iterable[tuple[Location, str]]) -> ValidationError:
    details = [
        InitErrorDetails(type=PydanticCustomError(_OURS, "{message}", {"message": message}), loc=location, input=None)
        for location, message in found
    ]
    return ValidationError.from_exception_data("Command", details, hide_input=True)
