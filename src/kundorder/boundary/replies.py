"""What a host shows its callers, as what JSON can say: enums by value, times in UTC, reasons in both languages."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TypeAlias, TypeGuard, get_type_hints

import attrs

from kundorder.boundary.text import JsonValue
from kundorder.errors import Problem
from kundorder.events import Event
from kundorder.identifiers import moment
from kundorder.model import Answer, Notice, Order
from kundorder.outcomes import Due, NeedsAction, Option, Outcome, PathStep, Verdict
from kundorder.reasons import Advice, Clearer, Reason
from kundorder.vocabulary import Language

Reply: TypeAlias = (
    Order | Verdict | Reason | Advice | Event | Outcome | Option | PathStep | Due | NeedsAction | Notice | Problem
)
"""What a portal answers with."""


def to_json(reply: Reply) -> dict[str, JsonValue]:
    """An answer of a portal: an object of its fields, in which reasons and advice carry their sentences."""
    return _object(reply)


def order_to_json(order: Order) -> dict[str, JsonValue]:
    """An order; its answers are an object of lists of texts, by the name of the field."""
    return _object(order)


def verdict_to_json(verdict: Verdict) -> dict[str, JsonValue]:
    """Whether it may be done (``allowed``), all reasons why not, and advice."""
    return _object(verdict)


def reason_to_json(reason: Reason) -> dict[str, JsonValue]:
    """A reason: ``code``, ``params``, ``text`` by language, and ``cleared_by``, each with a ``text`` by language too.

    A parameter is a text; several values of one name are parted by a bar.
    """
    return _object(reason)


def advice_to_json(advice: Advice) -> dict[str, JsonValue]:
    """An advice: ``code``, ``params`` and ``text`` by language."""
    return _object(advice)


def event_to_json(event: Event) -> dict[str, JsonValue]:
    """One accepted step, as it was shown to the reader."""
    return _object(event)


def outcome_to_json(outcome: Outcome) -> dict[str, JsonValue]:
    """What an accepted command led to; with ``order``, if it was about one."""
    return _object(outcome)


def fields_to_json(record: attrs.AttrsInstance) -> dict[str, JsonValue]:
    """The fields of a record."""
    values: dict[str, object] = attrs.asdict(record, recurse=False)
    forms = _forms(type(record))
    return {name: _form(value) if name in forms else _value(value) for name, value in values.items()}


@cache
def _forms(cls: type[attrs.AttrsInstance]) -> frozenset[str]:
    """The fields of a class that hold the answers to a form, which may be none."""
    hints: dict[str, object] = get_type_hints(cls)
    return frozenset(name for name, form in hints.items() if form == tuple[Answer, ...])


def _form(value: object) -> JsonValue:
    answers = value if _are_many(value) else ()
    return {answer.name: list(answer.values) for answer in answers if isinstance(answer, Answer)}


def _object(record: attrs.AttrsInstance) -> dict[str, JsonValue]:
    shown = fields_to_json(record)
    match record:
        case Verdict():
            return {"allowed": record.allowed, **shown}
        case Reason() | Advice():
            return {**shown, "params": dict(record.params), "text": _texts(record)}
        case Clearer():
            return {**shown, "text": _texts(record)}
        case _:
            return shown


def _texts(spoken: Reason | Advice | Clearer) -> JsonValue:
    return {language.value: spoken.text(language) for language in Language}


def _value(value: object) -> JsonValue:
    match value:
        case StrEnum():
            return value.value
        case None | int() | str():
            return value
        case datetime():
            return moment(value).isoformat().replace("+00:00", "Z")
        case _ if _are_many(value):
            return [_value(item) for item in value]
        case _ if _is_record(value):
            return _object(value)
        case _:
            raise TypeError(f"no form in JSON is known for {type(value)}")


def _are_many(value: object) -> TypeGuard[tuple[object, ...]]:
    return isinstance(value, tuple)


def _is_record(value: object) -> TypeGuard[attrs.AttrsInstance]:
    return attrs.has(type(value))
