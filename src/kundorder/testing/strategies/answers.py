"""Answers to a form: those that fit, and those that do not."""

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.catalogue import Field, Offer
from kundorder.commands.fields import to_answers
from kundorder.model import Answer
from kundorder.testing.forms import fits
from kundorder.testing.strategies.catalogues import field_names
from kundorder.testing.strategies.choosing import apart, subsets
from kundorder.testing.strategies.identifiers import hsa_ids
from kundorder.testing.strategies.texts import plain_texts
from kundorder.vocabulary import FieldKind

_LONGEST_NUMBER = 999_999_999
_NO_FIELD = "finns_inte"


@cache
def answers() -> SearchStrategy[tuple[Answer, ...]]:
    """Answers to no form in particular, sorted by name."""
    given = st.lists(field_names(), max_size=4).map(apart).flatmap(_to_each)
    return given.map(dict).map(to_answers)


def _to_each(names: tuple[str, ...]) -> SearchStrategy[tuple[tuple[str, tuple[str, ...]], ...]]:
    said = st.lists(plain_texts(), max_size=3).map(tuple)
    return st.tuples(*(st.tuples(st.just(name), said) for name in names))


@st.composite
def fitting_answers(draw: DrawFn, offer: Offer) -> tuple[Answer, ...]:
    """Answers with which an order of this offer can be sent: every required field, and some of the others.

    Args:
        draw: given by Hypothesis.
        offer: one that is workable.
    """
    others = draw(subsets(field.name for field in offer.form if not field.required))
    wanted = (field for field in offer.form if field.required or field.name in others)
    return to_answers({field.name: draw(fitting_values(field)) for field in wanted})


def fitting_values(field: Field) -> SearchStrategy[tuple[str, ...]]:
    """What fits one field; the usual answer is the simplest.

    Args:
        field: one that is workable.
    """
    usual = fits(field)
    simplest = st.just(usual if isinstance(usual, tuple) else (str(usual).strip(),))
    match field.kind:
        case FieldKind.TEXT:
            return simplest | _one(plain_texts(120 if field.maximum is None else field.maximum))
        case FieldKind.NUMBER:
            most = _LONGEST_NUMBER if field.maximum is None else min(field.maximum, _LONGEST_NUMBER)
            return simplest | _one(st.integers(field.minimum or 0, most).map(str))
        case FieldKind.CHOICE:
            return simplest | _one(st.sampled_from(field.choices))
        case FieldKind.CARE_UNITS:
            return simplest | (simplest if (field.minimum or 0) > 1 else _one(hsa_ids()))


def _one(said: SearchStrategy[str]) -> SearchStrategy[tuple[str, ...]]:
    return st.tuples(said)


@st.composite
def unfit_answers(draw: DrawFn, offer: Offer) -> tuple[Answer, ...]:
    """Answers of which one does not fit, or is to no field of the form; the others do.

    Args:
        draw: given by Hypothesis.
        offer: one that is workable.
    """
    given = {field.name: draw(fitting_values(field)) for field in offer.form}
    spoilt = draw(st.sampled_from((None, *offer.form)))
    if spoilt is None:
        *_, unknown = apart((*given, _NO_FIELD))
        return to_answers(given | {unknown: ("x",)})
    return to_answers(given | {spoilt.name: draw(unfit_values(spoilt))})


def unfit_values(field: Field) -> SearchStrategy[tuple[str, ...]]:
    """What does not fit one field."""
    several: SearchStrategy[tuple[str, ...]] = st.just(("x", "y"))
    match field.kind:
        case FieldKind.TEXT:
            return several if field.maximum is None else several | st.just(("x" * (field.maximum + 1),))
        case FieldKind.NUMBER:
            return several | st.sampled_from((("x",), ("01",), ("-1",), ("1.5",), ("\u0661",), ("1" * 10,)))
        case FieldKind.CHOICE:
            return several | st.just(("".join((*field.choices, "!")),))
        case FieldKind.CARE_UNITS:
            twice = ("SE9997000006-P01", "se9997000006-p01")
            return several | st.just(twice) | _one(plain_texts(12))
