"""What can be ordered: any catalogue that is well formed, or one in which every form can be filled in."""

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.catalogue import Catalogue, Field, Offer, Service, Terms
from kundorder.testing.strategies.choosing import apart, subsets
from kundorder.testing.strategies.identifiers import money, offer_ids, service_ids
from kundorder.testing.strategies.texts import NAME, long_texts, plain_texts
from kundorder.vocabulary import ConnectionMode, CustomerCategory, FieldKind, Flow

_LONGEST_NUMBER = 999_999_999
_LABEL = 200
_FIELDS = ("technical_contact", "care_units", "number_of_care_units", "environment", "x")


def terms(*, workable: bool = True) -> SearchStrategy[Terms]:
    """Terms with a text in each language.

    Args:
        workable: whether their version is one that a command can name; otherwise it may be any text.
    """
    version = plain_texts(NAME) if workable else long_texts()
    return st.builds(
        Terms,
        version=st.just("2026-1") | version,
        text_sv=st.just("Provvillkor.") | long_texts(),
        text_en=st.just("Sample terms.") | long_texts(),
    )


@cache
def services() -> SearchStrategy[Service]:
    """Services of any name."""
    return st.builds(Service, id=service_ids(), name_sv=plain_texts(), name_en=plain_texts())


@st.composite
def fields(draw: DrawFn, *, name: str | None = None, workable: bool = True) -> Field:
    """Fields of every kind.

    Args:
        draw: given by Hypothesis.
        name: of the field; drawn, if not given.
        workable: whether something fits it; otherwise its range may be empty or out of the world.
    """
    kind = draw(st.sampled_from(FieldKind))
    least, most = draw(_ranges(kind) if workable else _any_range())
    return Field(
        name=draw(field_names()) if name is None else name,
        kind=kind,
        label_sv=draw(plain_texts(_LABEL)),
        label_en=draw(plain_texts(_LABEL)),
        required=draw(st.booleans()),
        choices=draw(_choices(workable=workable)) if kind is FieldKind.CHOICE else (),
        minimum=least,
        maximum=most,
    )


@cache
def field_names() -> SearchStrategy[str]:
    """Names of fields."""
    return st.sampled_from(_FIELDS) | offer_ids().map(_with_underscores)


def _with_underscores(slug: str) -> str:
    return slug.replace("-", "_")


def _choices(*, workable: bool) -> SearchStrategy[tuple[str, ...]]:
    said = plain_texts(40) if workable else st.text()
    return st.lists(said, min_size=1, max_size=4).map(apart)


@cache
def _any_range() -> SearchStrategy[tuple[int | None, int | None]]:
    both = st.builds(_from_to, st.integers(), st.integers(0))
    return st.tuples(st.none() | st.integers(), st.none()) | st.tuples(st.none(), st.integers()) | both


def _from_to(least: int, more: int) -> tuple[int | None, int | None]:
    return least, least + more


def _ranges(kind: FieldKind) -> SearchStrategy[tuple[int | None, int | None]]:
    """In which something can be: a text of one character, a number that can be written, a few care units."""
    match kind:
        case FieldKind.TEXT:
            return st.tuples(st.none(), st.none() | st.integers(1, 2 * NAME))
        case FieldKind.NUMBER:
            both = st.integers(0, _LONGEST_NUMBER).flatmap(
                lambda least: st.tuples(st.just(least), st.integers(least, _LONGEST_NUMBER))
            )
            low, high = st.integers(0, _LONGEST_NUMBER), st.integers(0, _LONGEST_NUMBER)
            return st.tuples(st.none() | low, st.none()) | st.tuples(st.none(), high) | both
        case FieldKind.CHOICE:
            return st.just((None, None))
        case FieldKind.CARE_UNITS:
            most = st.none() | st.integers(3, 200)
            return st.tuples(st.none() | st.integers(0, 3), most) | st.just((None, 1))


@st.composite
def offers(draw: DrawFn, *, service: str | None = None, identifier: str | None = None, workable: bool = True) -> Offer:
    """Offers with every mode, override of the flow, category, form and fee.

    Args:
        draw: given by Hypothesis.
        service: what it is an offer of; drawn, if not given.
        identifier: of the offer; drawn, if not given.
        workable: whether an order of it can be sent.
    """
    modes = draw(subsets(ConnectionMode, at_least=1))
    flows: tuple[Flow | None, ...] = (None, Flow.DIRECT, Flow.VIA_AGENT)
    names = apart(draw(st.lists(field_names(), max_size=4)))
    return Offer(
        id=draw(offer_ids()) if identifier is None else identifier,
        service=draw(service_ids()) if service is None else service,
        name_sv=draw(plain_texts()),
        name_en=draw(plain_texts()),
        modes=modes,
        terms=draw(terms(workable=workable)),
        form=tuple(draw(fields(name=name, workable=workable)) for name in names),
        flow=draw(st.sampled_from(flows[:2] if ConnectionMode.DIRECT in modes else flows)),
        categories=draw(subsets(CustomerCategory, at_least=1)),
        start_up_fee=draw(st.none() | money()),
    )


@st.composite
def catalogues(draw: DrawFn, *, workable: bool = True) -> Catalogue:
    """Catalogues with services, offers and the agreements that are signed.

    Args:
        draw: given by Hypothesis.
        workable: whether there is an offer, and each can be ordered; otherwise whatever is well formed.
    """
    least = 1 if workable else 0
    known = apart(draw(st.lists(service_ids(), min_size=least, max_size=3)))
    names = apart(draw(st.lists(offer_ids(), min_size=least, max_size=4 if known else 0)))
    return Catalogue(
        customer_agreement=draw(terms(workable=workable)),
        agent_agreement=draw(terms(workable=workable)),
        services=tuple(Service(id=each, name_sv=draw(plain_texts()), name_en=draw(plain_texts())) for each in known),
        offers=tuple(
            draw(offers(service=draw(st.sampled_from(known)), identifier=each, workable=workable)) for each in names
        ),
    )
