"""The schema of a command in JSON, derived from its attrs class: its types, defaults and converters.

What may stand in a field is the type of the field, unless its converter also takes a mapping: then that is how it is
written. So a class is never described twice, and knows nothing of pydantic. Every objection is collected, so converters
run on each field before the object is made, and once more when it is; they are cheap and change nothing the second time.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Final, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from pydantic_core import CoreSchema, ValidationError, core_schema

from kundorder.boundary.problems import NAME, VISIBLE, Location, located, reworded
from kundorder.errors import Malformed, malformed
from kundorder.identifiers import EmailAddress, moment

TAG: Final = "command"
"""The field that tells which command it is."""

_Made = TypeVar("_Made")
_Check: TypeAlias = core_schema.ValidatorFunctionWrapHandler
_Class: TypeAlias = type[attrs.AttrsInstance]

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)  # RFC 3339
_SCALARS: Final = {str: "text", int: "whole number"}
