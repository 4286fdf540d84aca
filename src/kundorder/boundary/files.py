"""Whole files in JSON that are no commands, such as a catalogue: read as strictly, by the attrs class of their form."""

from collections.abc import Callable
from typing import Final, TypeVar

import attrs
from pydantic_core import SchemaValidator, ValidationError

from kundorder.boundary.problems import faults_in, path_of
from kundorder.boundary.schemas import object_schema
from kundorder.boundary.text import JsonValue, read
from kundorder.errors import Malformed, Problem

MAXIMUM_FILE: Final = 1_048_576
"""Bytes of a file in UTF-8; the terms of many offers are long."""

_Made = TypeVar("_Made", bound=attrs.AttrsInstance)


def _checker(cls: type[attrs.AttrsInstance]) -> Callable[[JsonValue], object]:
    return SchemaValidator(object_schema(cls)).validate_python


def read_json(cls: type[_Made], text: bytes | str) -> _Made:
    """The object that is written there: exactly the fields of the class, none twice, none unknown, nothing guessed at.

    An amount is written as ``"12000.00 SEK"``; all else as in commands.

    Args:
        cls: an attrs class of ours, such as ``Catalogue``.
        text: JSON as it arrived.

    Raises:
        Malformed: it is no such object; every problem is listed with its JSON path and what is allowed there. Mend them
            all and read it again.
    """
    value, problems = read(text, MAXIMUM_FILE)
    made: object = None
    try:
        made = _checker(cls)(value)
    except ValidationError as error:
        known = {problem.path for problem in problems}
        found = (Problem(path_of(place), message) for place, message in faults_in(error))
        problems += tuple(problem for problem in found if problem.path not in known)
    if problems or not isinstance(made, cls):
        raise Malformed(problems)  # out here, where no other error hangs on to it
    return made
