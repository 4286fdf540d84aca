"""Answers that fit the form of any offer, the same each time."""

from kundorder.catalogue import Field, Offer
from kundorder.vocabulary import FieldKind

_NUMBER = 3
_TEXT = "Teknik Prov"


def fitting(offer: Offer) -> dict[str, str | int | tuple[str, ...]]:
    """What can be filled in, every field of it."""
    return {field.name: fits(field) for field in offer.form}


def fits(field: Field) -> str | int | tuple[str, ...]:
    """An answer that this field takes."""
    match field.kind:
        case FieldKind.TEXT:
            return _TEXT[: field.maximum]
        case FieldKind.NUMBER:
            return _within(field, _NUMBER)
        case FieldKind.CHOICE:
            return field.choices[-1]
        case FieldKind.CARE_UNITS:
            return tuple(f"SE9997000006-P{number:02}" for number in range(1, 1 + _within(field, 1)))


def _within(field: Field, number: int) -> int:
    least = number if field.minimum is None else max(number, field.minimum)
    return least if field.maximum is None else min(least, field.maximum)
