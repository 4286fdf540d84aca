"""Whether the answers fit the form of an offer, every field named."""

from kundorder.catalogue import Field, Offer
from kundorder.errors import Malformed
from kundorder.identifiers import hsa_id
from kundorder.model import Answer
from kundorder.reasons import YOU, Reason, Reasons
from kundorder.vocabulary import FieldKind, ReasonCode

_LONGEST_NUMBER = 9  # digits


def unfit(offer: Offer, answers: tuple[Answer, ...]) -> Reasons:
    """What is wrong with the answers given so far; what is missing is not."""
    fields = {field.name: field for field in offer.form}
    found: list[Reason] = []
    for answer in answers:
        field = fields.get(answer.name)
        if field is None:
            found.append(Reason(ReasonCode.FIELD_UNKNOWN, (("field", f"$.fields.{answer.name}"),), cleared_by=(YOU,)))
        else:
            found += _misfit(field, answer.values)
    return tuple(found)


def missing(offer: Offer, answers: tuple[Answer, ...]) -> Reasons:
    """The required fields that are not filled in."""
    filled = {answer.name for answer in answers if answer.values}
    return tuple(
        Reason(ReasonCode.FORM_INCOMPLETE, (("field", f"$.fields.{field.name}"),), cleared_by=(YOU,))
        for field in offer.form
        if field.required and field.name not in filled
    )


def _misfit(field: Field, values: tuple[str, ...]) -> list[Reason]:
    if not values:
        return []
    if field.kind is FieldKind.CARE_UNITS:
        return _care_units(field, values)
    value, *more = values
    if more:
        return [_wrong(field, "", "one value")]
    match field.kind:
        case FieldKind.TEXT:
            fits = field.maximum is None or len(value) <= field.maximum
            allowed = f"≤ {field.maximum}"
        case FieldKind.NUMBER:
            fits = _is_number(value) and _within(field, int(value))
            allowed = _range(field)
        case _:  # a choice
            fits = value in field.choices
            allowed = "|".join(field.choices)
    return [] if fits else [_wrong(field, "", allowed)]


def _care_units(field: Field, values: tuple[str, ...]) -> list[Reason]:
    found = [] if _within(field, len(values)) else [_wrong(field, "", _range(field))]
    seen: set[str] = set()
    for number, value in enumerate(values):
        try:
            canonical = hsa_id(value)
        except Malformed:
            found.append(_wrong(field, f"[{number}]", "HSA-id"))
            continue
        if canonical in seen:
            found.append(_wrong(field, f"[{number}]", "unique HSA-id"))
        seen.add(canonical)
    return found


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER and (value == "0" or value[0] != "0")


def _within(field: Field, number: int) -> bool:
    return (field.minimum is None or number >= field.minimum) and (field.maximum is None or number <= field.maximum)


def _range(field: Field) -> str:
    return f"{0 if field.minimum is None else field.minimum}–{'…' if field.maximum is None else field.maximum}"


def _wrong(field: Field, place: str, allowed: str) -> Reason:
    return Reason(
        ReasonCode.FIELD_INVALID, (("field", f"$.fields.{field.name}{place}"), ("allowed", allowed)), cleared_by=(YOU,)
    )
