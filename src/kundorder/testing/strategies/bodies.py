"""Commands in JSON, as a host gets them: well formed, and such as have to be refused."""

import json
from collections.abc import Callable
from typing import Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.boundary import command_to_json
from kundorder.boundary.text import JsonValue
from kundorder.testing.strategies.texts import refused_texts
from kundorder.testing.strategies.values import commands

Body: TypeAlias = dict[str, JsonValue]

_TAG: Final = "command"
SMUGGLED: Final = ("state", "step", "version_of_record", "id", "roles", "actor", "person", "is_provider", "__class__")
"""Names that no command has, of what a caller would like to say about itself or the subject."""


def command_bodies() -> SearchStrategy[bytes]:
    """The JSON of any command."""
    return commands().map(command_to_json).map(_written)


def _written(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


@st.composite
def refused_bodies(draw: DrawFn) -> bytes:
    """The JSON of a command in which one thing is wrong, so that the edge has to refuse it."""
    body = command_to_json(draw(commands()))
    spoil = draw(st.sampled_from(_SPOILERS))
    return spoil(draw, body)


def _without_its_name(draw: DrawFn, body: Body) -> bytes:
    del draw
    return _written({name: value for name, value in body.items() if name != _TAG})


def _of_no_class(draw: DrawFn, body: Body) -> bytes:
    return _written(body | {_TAG: draw(st.sampled_from(("", "StartOrder", "drop_order", "start_order ")))})


def _with_more(draw: DrawFn, body: Body) -> bytes:
    return _written(body | {draw(st.sampled_from(SMUGGLED)): draw(st.sampled_from((None, "ACTIVE", 1, ["ORDERER"])))})


def _with_another_type(draw: DrawFn, body: Body) -> bytes:
    name = draw(st.sampled_from(sorted(body)))
    return _written(body | {name: draw(st.sampled_from((1.5, [[1]], {"x": {"y": 1}})))})


def _with_a_name_twice(draw: DrawFn, body: Body) -> bytes:
    name = draw(st.sampled_from(sorted(body)))
    again = json.dumps({name: body[name]}, ensure_ascii=False).removeprefix("{")
    return f"{json.dumps(body, ensure_ascii=False).removesuffix('}')}, {again}".encode()


def _with_what_cannot_be_seen(draw: DrawFn, body: Body) -> bytes:
    texts = sorted(name for name, value in body.items() if isinstance(value, str))
    return json.dumps(body | {draw(st.sampled_from(texts)): draw(refused_texts())}).encode()


def _cut(draw: DrawFn, body: Body) -> bytes:
    whole = _written(body)
    return whole[: draw(st.integers(0, len(whole) - 1))]


def _with_no_number(draw: DrawFn, body: Body) -> bytes:
    name = draw(st.sampled_from(sorted(body)))
    return _written(body | {name: float(draw(st.sampled_from(("nan", "inf", "-inf"))))})


def _in_another_encoding(draw: DrawFn, body: Body) -> bytes:
    return json.dumps(body).encode(draw(st.sampled_from(("utf-16", "utf-32", "utf-8-sig"))))


def _too_much(draw: DrawFn, body: Body) -> bytes:
    return _written(body) + b" " * 65_536 if draw(st.booleans()) else b"[" * 64 + _written(body) + b"]" * 64


_SPOILERS: Final[tuple[Callable[[DrawFn, Body], bytes], ...]] = (
    _without_its_name,
    _of_no_class,
    _with_more,
    _with_another_type,
    _with_a_name_twice,
    _with_what_cannot_be_seen,
    _cut,
    _with_no_number,
    _in_another_encoding,
    _too_much,
)
