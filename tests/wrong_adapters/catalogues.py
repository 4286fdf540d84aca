"""Wrong catalogues: the sample, with what a host may write by mistake."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Final, final

import attrs

from kundorder.catalogue import Catalogue, Field, Offer, Service
from kundorder.model import Rules
from kundorder.sample import CATALOGUE
from kundorder.testing.contracts.catalogue import CatalogueContract
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FieldKind
from wrong_adapters.examining import Wrong

_EDITIONS: Final = count()


@final
class MadeContract(CatalogueContract):
    """The contract for a catalogue that is made somehow."""

    def __init__(self, making: Callable[[], Catalogue], rules: Rules | None = None) -> None:
        self.making = making
        self.chosen = Rules() if rules is None else rules

    def make_catalogue(self) -> Catalogue:
        return self.making()

    def rules(self) -> Rules:
        return self.chosen


def small(offer: Callable[[Offer], Offer] = lambda offer: offer) -> Catalogue:
    """The sample with its first and its last offer only, and the first somehow changed."""
    kept = (offer(CATALOGUE.offers[0]), CATALOGUE.offers[-1])
    services = tuple(each for each in CATALOGUE.services if each.id in {offer.service for offer in kept})
    return attrs.evolve(CATALOGUE, offers=kept, services=services)


def _with(field: Field) -> Catalogue:
    return small(lambda offer: attrs.evolve(offer, form=(*offer.form, field)))


def _field(kind: FieldKind, *choices: str, minimum: int | None = None, maximum: int | None = None) -> Field:
    return Field(
        name="one_more",
        kind=kind,
        label_sv="En till",
        label_en="One more",
        choices=choices,
        minimum=minimum,
        maximum=maximum,
    )


def _dated() -> Catalogue:
    def offer(of: Offer) -> Offer:
        text = f"Villkor, utskrivna för {next(_EDITIONS)}:e gången."
        return attrs.evolve(of, terms=attrs.evolve(of.terms, text_sv=text))

    return small(offer)


def _idle() -> Catalogue:
    service = Service(id="vilande", name_sv="Vilande", name_en="Idle")
    return attrs.evolve(small(), services=(*small().services, service))


_TO_THE_END: Final = "test_every_offer_can_be_ordered_to_the_end_in_each_of_its_modes"
_FILLED: Final = "test_every_form_can_be_filled_in"
_CHOSEN: Final = "test_every_choice_of_every_field_can_be_chosen"
_SAME: Final = "test_the_same_texts_have_the_same_digests_whenever_the_catalogue_is_made"
_NAMES: Final = "test_every_name_can_stand_in_a_mail_in_both_languages"
_SERVICES: Final = "test_every_service_can_be_ordered"
_RULES: Final = "test_the_rules_speak_of_offers_there_are_and_leave_a_method_for_each"


def _wrong(lie: str, making: Callable[[], Catalogue], *caught_by: str, rules: Rules | None = None) -> Wrong:
    return Wrong(lie, partial(MadeContract, making, rules), caught_by)


TRUE: Final = partial(MadeContract, small)

WRONG: tuple[Wrong, ...] = (
    _wrong(
        "asks for a number that nobody can write",
        lambda: _with(_field(FieldKind.NUMBER, minimum=10**10)),
        *(_FILLED, _TO_THE_END),
    ),
    _wrong("asks for no care units at all", lambda: _with(_field(FieldKind.CARE_UNITS, maximum=0)), _FILLED),
    _wrong("asks for a text of no characters", lambda: _with(_field(FieldKind.TEXT, maximum=0)), _FILLED, _TO_THE_END),
    _wrong("offers one choice twice", lambda: _with(_field(FieldKind.CHOICE, "test", "test")), _CHOSEN),
    _wrong("offers a choice that ends with a blank", lambda: _with(_field(FieldKind.CHOICE, "test ", "prod")), _CHOSEN),
    _wrong("prints its terms anew each time", _dated, _SAME),
    _wrong(
        "has a name of two lines",
        lambda: small(lambda offer: attrs.evolve(offer, name_sv="NPÖ\nproducent")),
        *(_NAMES, _TO_THE_END),
    ),
    _wrong("has no English name", lambda: small(lambda offer: attrs.evolve(offer, name_en=" ")), _NAMES),
    _wrong("has a service that is not offered", _idle, _SERVICES),
    _wrong(
        "is used with rules that leave no method",
        small,
        *(_RULES, _TO_THE_END),
        rules=Rules(attest_methods=(AttestMethod.SMS_CODE,), minimum_assurance=AssuranceLevel.HIGH),
    ),
    _wrong(
        "is used with rules about an offer there is not",
        small,
        _RULES,
        rules=Rules(minimum_assurance_of=(("npo", AssuranceLevel.LOW),)),
    ),
)
