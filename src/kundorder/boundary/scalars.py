"""What stands in one field: texts, numbers, truth values, times and members of closed sets, none of them guessed at."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final, TypeAlias

from pydantic_core import CoreSchema, core_schema

from kundorder.boundary.problems import faults_of, invalid
from kundorder.errors import Malformed, malformed
from kundorder.identifiers import Money, moment, money

Parse: TypeAlias = Callable[[object], object]
"""A parser, which raises ``Malformed``."""

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)  # RFC 3339
# Controls, halves of surrogate pairs, ends of lines and of paragraphs, turns of the direction of writing.
_HIDDEN: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def parsing(parse: Parse) -> Parse:
    """A parser of ours as a function of pydantic's."""

    def validate(given: object) -> object:
        try:
            return parse(given)
        except Malformed as objection:
            raise invalid(faults_of(objection)) from None

    return validate


def visible(given: object) -> object:
    """What no parser of its own looks at; a text among that may hide nothing but newlines."""
    if isinstance(given, str) and _HIDDEN.search(given):
        raise malformed("$", "must not hold control characters, newlines excepted")
    return given


@cache
def member_schema(cls: type[StrEnum]) -> CoreSchema:
    """A member of a closed set, by its exact value."""
    members = {member.value: member for member in cls}
    allowed = f"must be one of {', '.join(members)}"

    def member(given: object) -> object:
        found = given if isinstance(given, cls) else members.get(given) if type(given) is str else None
        if found is None:
            raise malformed("$", allowed)
        return found

    shown = core_schema.enum_schema(cls, list(cls), sub_type="str")
    return core_schema.no_info_plain_validator_function(
        parsing(member), ref=reference(cls), json_schema_input_schema=shown
    )


def reference(cls: type) -> str:
    """The name of a class for pydantic, which makes it a definition of the JSON Schema."""
    return f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"


def _instant(given: object) -> datetime:
    if isinstance(given, str) and _INSTANT.fullmatch(given):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:  # there is no such day
            given = None
    if not isinstance(given, datetime):
        raise malformed("$", "must be a time with a zone, such as 2027-01-31T12:00:00Z")
    return moment(given)


def _money(given: object) -> Money:
    if isinstance(given, Money):
        return given
    if not isinstance(given, str):
        raise malformed("$", "must be a text such as 1200.00 SEK")
    return money(given)


SCALARS: Final[Mapping[object, CoreSchema]] = {
    str: core_schema.str_schema(strict=True),
    int: core_schema.int_schema(strict=True),
    bool: core_schema.bool_schema(strict=True),
    datetime: core_schema.no_info_plain_validator_function(
        parsing(_instant), json_schema_input_schema=core_schema.datetime_schema()
    ),
    Money: core_schema.no_info_plain_validator_function(
        parsing(_money), json_schema_input_schema=core_schema.str_schema()
    ),
}
"""How the plain types are written."""
