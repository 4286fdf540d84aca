"""What is written as an object whose names are the writer's own, such as the answers to a form."""

from collections.abc import Mapping
from typing import Final, get_args

from pydantic_core import CoreSchema, ValidationError, core_schema

from kundorder.boundary.problems import faults_in, invalid
from kundorder.boundary.scalars import SCALARS, Parse, parsing

CLOSED: Final[dict[str, object]] = {"pydantic_js_updates": {"additionalProperties": False}}
"""What makes pydantic say in a JSON Schema that an object has no other names; not every version does by itself."""

_NAME: Final = r"^[A-Za-z0-9_-]{1,64}$"
_NOUNS: Final[Mapping[object, str]] = {str: "text", int: "whole number"}


def mapping_schema(form: object, parse: Parse) -> CoreSchema:
    """The schema of a mapping.

    Args:
        form: of a name to one of several forms: texts, whole numbers, or lists of these.
        parse: takes the mapping; asked about each value by itself too, so that all faults show, each in its place.
    """
    parts: tuple[object, ...] = get_args(form)
    schema = core_schema.dict_schema(
        core_schema.str_schema(strict=True, pattern=_NAME),
        _choice(get_args(parts[1]), parse),
        metadata=CLOSED,
    )
    return core_schema.no_info_after_validator_function(parsing(parse), schema)


def _choice(forms: tuple[object, ...], parse: Parse) -> CoreSchema:
    """One of several forms, told apart by what kind of JSON they are."""

    def value(given: object) -> object:
        _ = parse({"field": given})
        return given

    def item(given: object) -> object:
        _ = parse({"field": (given,)})
        return given

    nouns: dict[object, str] = {}
    choices: dict[str, CoreSchema] = {}
    for form in forms:
        items: tuple[object, ...] = get_args(form)
        if items:
            noun = nouns[list] = nouns[tuple] = f"list of {_NOUNS[items[0]]}s"
            schema = core_schema.no_info_after_validator_function(parsing(item), SCALARS[items[0]])
            choices[noun] = core_schema.tuple_schema([schema], variadic_item_index=0)
        else:
            noun = nouns[form] = _NOUNS[form]
            choices[noun] = core_schema.no_info_after_validator_function(parsing(value), SCALARS[form])
    *most, last = choices
    allowed = f"must be a {', a '.join(most)} or a {last}"

    def kind(given: object) -> str | None:
        return nouns.get(type(given))

    def unlabelled(given: object, check: Parse) -> object:
        try:
            return check(given)
        except ValidationError as error:
            raise invalid(faults_in(error, allowed=allowed, labelled=True)) from None

    tagged = core_schema.tagged_union_schema(choices, discriminator=kind)
    return core_schema.no_info_wrap_validator_function(unlabelled, tagged)
