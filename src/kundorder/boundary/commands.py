"""Commands in JSON: read, written, and described by a JSON Schema."""

import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Final, TypeAlias, final

import attrs
from pydantic import GetCoreSchemaHandler, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema, ValidationError, core_schema

from kundorder.boundary.problems import faults_in, invalid, problems_of
from kundorder.boundary.replies import fields_to_json
from kundorder.boundary.schemas import TAG, object_schema
from kundorder.boundary.text import JsonValue, read
from kundorder.commands import COMMANDS, Command
from kundorder.errors import Malformed

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_CAPITAL: Final = re.compile(r"(?<!^)(?=[A-Z])")


def _name(cls: type[Command]) -> str:
    return _CAPITAL.sub("_", cls.__name__).lower()


def _of_one(cls: type[Command]) -> CoreSchema:
    described: type[attrs.AttrsInstance] = cls
    return object_schema(described, _name(cls))


@cache
def _union() -> CoreSchema:
    choices = {_name(cls): _of_one(cls) for cls in COMMANDS}
    return core_schema.tagged_union_schema(choices, discriminator=TAG, from_attributes=False)


@cache
def _schema() -> CoreSchema:
    allowed = f"must be one of {', '.join(map(_name, COMMANDS))}"

    def read_or_made(given: object, check: Callable[[object], object]) -> object:
        if isinstance(given, COMMANDS):
            return given
        try:
            return check(given)
        except ValidationError as error:
            raise invalid(faults_in(error, allowed=allowed, tag=(TAG,), labelled=True)) from None

    written = core_schema.plain_serializer_function_ser_schema(command_to_json)
    return core_schema.no_info_wrap_validator_function(read_or_made, _union(), serialization=written)


@final
class _InJson:
    """How pydantic learns what is derived here."""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return _schema()


AnyCommand: TypeAlias = Annotated[Command, _InJson()]
"""Whichever command it is, for pydantic: ``TypeAdapter(AnyCommand)``, or the body of a FastAPI endpoint.

FastAPI takes a union of classes for a query unless it is told: ``command: Annotated[AnyCommand, Body()]``.

Texts, numbers and truth values are strict, times have a zone, and all objections come at once, each with its place.
What only the bytes show, pydantic's own reader does not refuse: names that stand twice, size, depth. Where that matters
hand the body to ``command_from_json``.
"""


@cache
def _adapter() -> TypeAdapter[Command]:
    return TypeAdapter(AnyCommand)


def command_from_json(text: bytes | str) -> Command:
    """The command that is written there, such as ``{"command": "send_order", "order": "o-..."}``.

    Its name is that of its class in small letters, its fields are those of its class, and there are no others. Answers
    to a form are an object of texts, whole numbers or lists of texts.

    Raises:
        Malformed: it is no command; every problem is listed with its JSON path and what is allowed there, nothing that
            was given is repeated. Mend them all and send it again.
    """
    value, problems = read(text)
    command = None
    try:
        command = _adapter().validate_python(value)
    except ValidationError as error:
        known = {problem.path for problem in problems}
        problems += tuple(problem for problem in problems_of(error) if problem.path not in known)
    if command is None or problems:
        raise Malformed(problems)  # out here, where no other error hangs on to it
    return command


def command_to_json(command: Command) -> dict[str, JsonValue]:
    """The command as ``command_from_json`` reads it; a secret code is in it."""
    return {TAG: _name(type(command)), **fields_to_json(command)}


def command_json_schema(cls: type[Command]) -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of one command; identifiers have rules beyond it."""
    return {"$schema": _DIALECT, **GenerateJsonSchema().generate(_of_one(cls))}


def commands_json_schema() -> dict[str, JsonValue]:
    """The JSON Schema (2020-12) of all commands, told apart by ``command``."""
    return {"$schema": _DIALECT, **GenerateJsonSchema().generate(_union())}
