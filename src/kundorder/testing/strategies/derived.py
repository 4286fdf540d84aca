"""Values of any attrs class of ours, derived from its fields: no class is described twice, and none is forgotten."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Final, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kundorder.testing.strategies.identifiers import moments
from kundorder.testing.strategies.named import NAMED

_T = TypeVar("_T")

Special: TypeAlias = Callable[[], SearchStrategy[object]]

_SCALARS: Final[Mapping[object, SearchStrategy[object]]] = {
    bool: st.booleans(),
    date: st.dates(),
    datetime: moments(),
    Decimal: st.integers(0, 10**6).map(Decimal),
    int: st.integers(1, 10**6),
    timedelta: st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
}


def derived(kind: type[_T], special: Mapping[object, Special], **given: SearchStrategy[object]) -> SearchStrategy[_T]:
    """Values of a class.

    Args:
        kind: an attrs class.
        special: classes that are made in another way, wherever they stand.
        given: fields that are.

    Raises:
        LookupError: a field of a type, or a text of a name, for which nothing is known; say in ``named`` what it is.
    """
    hints = _hints(kind)
    fields: dict[str, SearchStrategy[object]] = {
        field.alias or field.name: given[field.name]
        if field.name in given
        else of_form(hints[field.name], field.name, special)
        for field in _fields(kind)
        if field.init
    }
    return st.builds(kind, **fields)


def _hints(kind: type) -> dict[str, object]:
    return get_type_hints(kind)


def _fields(kind: type) -> tuple["attrs.Attribute[object]", ...]:
    if not attrs.has(kind):
        raise LookupError(kind)
    return tuple(attrs.fields(kind))


def of_form(form: object, name: str, special: Mapping[object, Special]) -> SearchStrategy[object]:
    """Values of a type, in a field of this name.

    Raises:
        LookupError: as ``derived``.
    """
    if form in special:
        return special[form]()
    if form is str:
        return NAMED[name]
    if form in _SCALARS:
        return _SCALARS[form]
    parts: tuple[object, ...] = get_args(form)
    if get_origin(form) is UnionType or NoneType in parts:
        return st.one_of(*(of_form(part, name, special) for part in sorted(parts, key=_none_first)))
    if get_origin(form) is tuple:
        return _of_tuple(parts, name, special)
    if form is NoneType:
        return st.none()
    if isinstance(form, type) and issubclass(form, Enum):
        return st.sampled_from(form)
    if isinstance(form, type) and attrs.has(form):
        return derived(form, special)
    raise LookupError(name, form)


def _of_tuple(parts: tuple[object, ...], name: str, special: Mapping[object, Special]) -> SearchStrategy[object]:
    if parts[1:] == (Ellipsis,):
        return st.lists(of_form(parts[0], name, special), max_size=3).map(tuple)
    return st.tuples(*(of_form(part, name, special) for part in parts))


def _none_first(form: object) -> bool:
    return form is not NoneType
