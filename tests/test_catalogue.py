"""A catalogue that makes no sense is refused as a whole, and told everything that is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Final

import attrs
import pytest

from kundorder.catalogue import Catalogue, Field, Offer, Service, Terms
from kundorder.errors import Malformed
from kundorder.vocabulary import ConnectionMode, FieldKind, Flow

TERMS: Final = Terms(version="1", text_sv="Villkor.", text_en="Terms.")
FIELD: Final = Field(name="unit_name", kind=FieldKind.TEXT, label_sv="Enhet", label_en="Unit")
OFFER: Final = Offer(
    id="prov-a",
    service="prov",
    name_sv="Prov A",
    name_en="Sample A",
    modes=tuple(ConnectionMode),
    terms=TERMS,
    form=(FIELD,),
)
SERVICE: Final = Service(id="prov", name_sv="Prov", name_en="Sample")

LABEL: Final = "needs a name of small letters, digits and underscores, and a label in each language"
CHOICES: Final = "belongs to a choice, and a choice needs it"
EMPTY: Final = "must not be empty"
CHOICE: Final = attrs.evolve(FIELD, kind=FieldKind.CHOICE, choices=("a", "b"))


def catalogue(*offers: Offer) -> Catalogue:
    """A catalogue of one service and these offers."""
    return Catalogue(customer_agreement=TERMS, agent_agreement=TERMS, services=(SERVICE,), offers=offers)


def problems(build: Callable[[], object]) -> Mapping[str, str]:
    """What is said to be wrong, by its place."""
    with pytest.raises(Malformed) as caught:
        build()
    return {problem.path: problem.message for problem in caught.value.problems}


def test_of_a_proper_one_each_offer_and_service_is_found_by_its_id_and_nothing_else_is() -> None:
    found = catalogue(OFFER, attrs.evolve(OFFER, id="prov-b"))
    assert found.offer("prov-a") is OFFER
    assert found.service("prov") is SERVICE
    assert (found.offer("prov"), found.service("prov-a"), found.offer("")) == (None, None, None)


@pytest.mark.parametrize(
    ("offer", "path", "message"),
    [
        (attrs.evolve(OFFER, service="annan"), "service", "must be one of the services of this catalogue"),
        (attrs.evolve(OFFER, modes=()), "modes", "must name at least one mode, each once"),
        (attrs.evolve(OFFER, modes=(ConnectionMode.DIRECT,) * 2), "modes", "must name at least one mode, each once"),
        (attrs.evolve(OFFER, flow=Flow.VIA_AGENT), "flow", "a direct connection cannot take the via-agent flow"),
        (attrs.evolve(OFFER, categories=()), "categories", "must name at least one customer category"),
        (attrs.evolve(OFFER, terms=attrs.evolve(TERMS, version=" ")), "terms.version", EMPTY),
        (attrs.evolve(OFFER, terms=attrs.evolve(TERMS, text_sv="")), "terms.text_sv", EMPTY),
        (attrs.evolve(OFFER, terms=attrs.evolve(TERMS, text_en="\n")), "terms.text_en", EMPTY),
        (attrs.evolve(OFFER, form=(FIELD, FIELD)), "form[1]", "must not repeat an id or name used before it"),
        (attrs.evolve(OFFER, form=(attrs.evolve(FIELD, name="Unit"),)), "form[0]", LABEL),
        (attrs.evolve(OFFER, form=(attrs.evolve(FIELD, name="unit name"),)), "form[0]", LABEL),
        (attrs.evolve(OFFER, form=(attrs.evolve(FIELD, label_sv=""),)), "form[0]", LABEL),
        (attrs.evolve(OFFER, form=(attrs.evolve(FIELD, label_en=" "),)), "form[0]", LABEL),
        (attrs.evolve(OFFER, form=(attrs.evolve(FIELD, label_sv="x" * 201),)), "form[0]", LABEL),
        (attrs.evolve(OFFER, form=(attrs.evolve(FIELD, label_en="x" * 201),)), "form[0]", LABEL),
        (attrs.evolve(OFFER, form=(attrs.evolve(FIELD, choices=("a",)),)), "form[0].choices", CHOICES),
        (attrs.evolve(OFFER, form=(attrs.evolve(CHOICE, choices=()),)), "form[0].choices", CHOICES),
        (
            attrs.evolve(OFFER, form=(attrs.evolve(FIELD, minimum=3, maximum=2),)),
            "form[0].minimum",
            "must not be more than the maximum",
        ),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_where_it_does_not(offer: Offer, path: str, message: str) -> None:
    second = attrs.evolve(offer, id="prov-b")
    assert problems(lambda: catalogue(OFFER, second)) == {f"$.offers[1].{path}": message}


@pytest.mark.parametrize(
    "field",
    [
        attrs.evolve(FIELD, label_sv="x" * 200, label_en="x" * 200),
        attrs.evolve(FIELD, minimum=2, maximum=2),
        attrs.evolve(FIELD, minimum=5),
        attrs.evolve(FIELD, maximum=0, required=False),
        CHOICE,
    ],
)
def test_what_lies_just_within_is_taken(field: Field) -> None:
    assert catalogue(attrs.evolve(OFFER, form=(field,))).offers[0].form == (field,)


def test_an_offer_via_agent_alone_may_take_that_flow_whatever_is_chosen() -> None:
    offer = attrs.evolve(OFFER, modes=(ConnectionMode.VIA_AGENT,), flow=Flow.VIA_AGENT)
    assert catalogue(offer).offers[0].flow_of(ConnectionMode.VIA_AGENT) is Flow.VIA_AGENT


def test_both_agreements_need_a_text_and_ids_are_used_once() -> None:
    nothing = Terms(version="", text_sv="", text_en="")
    found = problems(
        lambda: Catalogue(
            customer_agreement=nothing, agent_agreement=nothing, services=(SERVICE, SERVICE), offers=(OFFER, OFFER)
        )
    )
    texts = {f"$.{name}_agreement.{part}": EMPTY for name in ("customer", "agent") for part in attrs.asdict(nothing)}
    again = "must not repeat an id or name used before it"
    assert found == {**texts, "$.services[1]": again, "$.offers[1]": again}


@pytest.mark.parametrize("ident", ["", "Prov", "prov a", "-prov", "pröv"])
def test_an_id_is_of_small_letters_digits_and_hyphens(ident: str) -> None:
    with pytest.raises(Malformed):
        attrs.evolve(OFFER, id=ident)
    with pytest.raises(Malformed):
        attrs.evolve(OFFER, service=ident)
    with pytest.raises(Malformed):
        attrs.evolve(SERVICE, id=ident)
