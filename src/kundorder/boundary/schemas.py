"""The schema of a command in JSON, derived from its attrs class: its types, defaults and converters.

What may stand in a field is the field's type, unless its converter also takes a mapping: then that is how it is written
down. So no class is described twice, and none knows pydantic. All objections are collected, so a converter runs on
its field before the object is made, and again when it is; what it has made it takes as it is.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Final, Protocol, get_args, get_origin, get_type_hints

import attrs
from pydantic_core import CoreSchema, ValidationError, core_schema

from kundorder.boundary.mappings import CLOSED, mapping_schema
from kundorder.boundary.problems import Fault, faults_in, faults_of, invalid
from kundorder.boundary.scalars import SCALARS, Parse, member_schema, parsing, reference, visible
from kundorder.boundary.text import JsonValue
from kundorder.errors import Malformed
from kundorder.identifiers import EmailAddress

TAG: Final = "command"
"""The field that tells which command it is."""


class _Field(Protocol):
    """What counts here of a field of an attrs class."""

    @property
    def converter(self) -> object: ...

    @property
    def default(self) -> object: ...

    @property
    def repr(self) -> object: ...


@cache
def object_schema(cls: type[attrs.AttrsInstance], tag: str | None = None) -> CoreSchema:
    """The schema of an attrs class: an object of exactly its fields.

    Args:
        cls: whose fields they are.
        tag: what must stand in the field ``command``, if there is one.

    Raises:
        TypeError: a field of the class has a type for which no form in JSON is known; give it one here.
    """
    hints: dict[str, object] = get_type_hints(cls)
    members = {name: _field(hints[name], field) for name, field in attrs.fields_dict(cls).items() if field.init}
    if tag is not None:
        members = {TAG: core_schema.typed_dict_field(core_schema.literal_schema([tag]))} | members
    refusal = f"is not a field here; there are: {', '.join(members)}"

    def build(given: JsonValue, check: Callable[[JsonValue], dict[str, object]]) -> object:
        unknown = [name for name in given if name not in members] if isinstance(given, dict) else []
        faults: list[Fault] = [((str(name),), refusal) for name in unknown]
        try:
            values = check(given)
            _ = values.pop(TAG, None)
            made = cls(**values)
        except Malformed as objection:
            raise invalid(faults_of(objection) + faults) from None
        except ValidationError as error:
            if faults:
                raise invalid(faults_in(error) + faults) from None
            raise
        if faults:
            raise invalid(faults)
        return made

    schema = core_schema.typed_dict_schema(members, cls=cls, strict=True, metadata=CLOSED)
    return core_schema.no_info_wrap_validator_function(build, schema, ref=reference(cls))


def _field(form: object, field: _Field) -> core_schema.TypedDictField:
    parse = _parser(field.converter)
    taken, made = _signature(parse)
    mapping = next((part for part in taken if get_origin(part) is Mapping), None)
    hints = _hints(made, secret=not field.repr)
    schema: CoreSchema = (
        core_schema.no_info_after_validator_function(parsing(parse), _schema_of(form), metadata=hints)
        if mapping is None
        else mapping_schema(mapping, parse)
    )
    if field.default is attrs.NOTHING:
        return core_schema.typed_dict_field(schema)
    return core_schema.typed_dict_field(core_schema.with_default_schema(schema, default=field.default), required=False)


def _parser(converter: object) -> Parse:
    return converter if callable(converter) else visible


def _signature(parse: Parse) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The forms a parser takes, and those it makes."""
    hints: dict[str, object] = get_type_hints(parse)
    made = hints.pop("return", None)
    return get_args(next(iter(hints.values()), None)), (made, *get_args(made))


def _hints(made: tuple[object, ...], *, secret: bool) -> dict[str, object]:
    """What a JSON Schema can tell a form beyond the type; ``pydantic_js_updates`` is pydantic's own name for it."""
    if EmailAddress in made:
        return {"pydantic_js_updates": {"format": "email"}}
    return {"pydantic_js_updates": {"format": "password", "writeOnly": True}} if secret else {}


def _schema_of(form: object) -> CoreSchema:
    if form in SCALARS:
        return SCALARS[form]
    if isinstance(form, type) and issubclass(form, StrEnum):
        return member_schema(form)
    if isinstance(form, type) and attrs.has(form):
        return object_schema(form)
    parts: tuple[object, ...] = get_args(form)
    origin = get_origin(form)
    if origin is UnionType and parts[1:] == (NoneType,):
        return core_schema.nullable_schema(_schema_of(parts[0]))
    if origin is tuple:
        return core_schema.tuple_schema([_schema_of(parts[0])], variadic_item_index=0)
    raise TypeError(f"no form in JSON is known for {form}")
