"""What can be ordered: services, their offers, the form and the terms of each. The catalogue belongs to the host."""

from typing import final

import attrs

from kundorder.errors import Malformed, Problem
from kundorder.identifiers import Money, offer_id, plain_text, service_id
from kundorder.vocabulary import ConnectionMode, CustomerCategory, FieldKind, Flow


@final
@attrs.frozen(kw_only=True)
class Terms:
    """A text somebody accepts or signs. The digest is of the whole text, so an edited text is another text."""

    version: str
    text_sv: str
    text_en: str


@final
@attrs.frozen(kw_only=True)
class Field:
    """One field of an order form."""

    name: str  # as in ``fields`` of the command
    kind: FieldKind
    label_sv: str
    label_en: str
    required: bool = True
    choices: tuple[str, ...] = ()  # for a choice only
    minimum: int | None = None  # of a number; of care units: how many at least
    maximum: int | None = None  # of a number; of care units: how many at most; of a text: characters


@final
@attrs.frozen(kw_only=True)
class Service:
    """Something the provider runs."""

    id: str = attrs.field(converter=service_id)
    name_sv: str
    name_en: str


@final
@attrs.frozen(kw_only=True)
class Offer:
    """One way to order a service (R8: one order is one offer of one service)."""

    id: str = attrs.field(converter=offer_id)
    service: str = attrs.field(converter=service_id)
    name_sv: str
    name_en: str
    modes: tuple[ConnectionMode, ...]
    terms: Terms
    form: tuple[Field, ...] = ()
    flow: Flow | None = None  # overrides what the chosen mode says (R13)
    categories: tuple[CustomerCategory, ...] = tuple(CustomerCategory)  # who may order it (R28)
    start_up_fee: Money | None = None
    takes_care_units: bool = attrs.field(init=False, repr=False, eq=False)  # whether the form asks for any

    def __attrs_post_init__(self) -> None:
        asks = any(field.kind is FieldKind.CARE_UNITS for field in self.form)
        object.__setattr__(self, "takes_care_units", asks)

    def flow_of(self, mode: ConnectionMode) -> Flow:
        """The flow an order takes in effect when this mode is chosen."""
        if self.flow is not None:
            return self.flow
        return Flow.DIRECT if mode is ConnectionMode.DIRECT else Flow.VIA_AGENT


@final
@attrs.frozen(kw_only=True)
class Catalogue:
    """All services and offers, and the agreements an organisation signs.

    Raises:
        Malformed: an id used twice, terms without text, an offer of no service, for nobody, in no mode or in a mode its
            flow excludes, or a field without a proper name, label, choice or range; every problem is listed with its
            path.
    """

    customer_agreement: Terms
    agent_agreement: Terms
    services: tuple[Service, ...]
    offers: tuple[Offer, ...]
    _offers: dict[str, Offer] = attrs.field(init=False, repr=False, eq=False)
    _services: dict[str, Service] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        problems = tuple(_problems(self))
        if problems:
            raise Malformed(problems)
        object.__setattr__(self, "_offers", {offer.id: offer for offer in self.offers})
        object.__setattr__(self, "_services", {service.id: service for service in self.services})

    def offer(self, wanted: str) -> Offer | None:
        """The offer of this id, if the catalogue has it today."""
        return self._offers.get(wanted)

    def service(self, wanted: str) -> Service | None:
        """The service of this id, if the catalogue has it today."""
        return self._services.get(wanted)


def _problems(catalogue: Catalogue) -> list[Problem]:
    found = [
        *_terms_problems("$.customer_agreement", catalogue.customer_agreement),
        *_terms_problems("$.agent_agreement", catalogue.agent_agreement),
        *_repeats("$.services", tuple(service.id for service in catalogue.services)),
        *_repeats("$.offers", tuple(offer.id for offer in catalogue.offers)),
    ]
    services = {service.id for service in catalogue.services}
    for number, offer in enumerate(catalogue.offers):
        path = f"$.offers[{number}]"
        if offer.service not in services:
            found.append(Problem(f"{path}.service", "must be one of the services of this catalogue"))
        if not offer.modes or len(set(offer.modes)) != len(offer.modes):
            found.append(Problem(f"{path}.modes", "must name at least one mode, each once"))
        if offer.flow is Flow.VIA_AGENT and ConnectionMode.DIRECT in offer.modes:
            found.append(Problem(f"{path}.flow", "a direct connection cannot take the via-agent flow"))
        if not offer.categories:
            found.append(Problem(f"{path}.categories", "must name at least one customer category"))
        found += _terms_problems(f"{path}.terms", offer.terms)
        found += _repeats(f"{path}.form", tuple(field.name for field in offer.form))
        for position, field in enumerate(offer.form):
            found += _field_problems(f"{path}.form[{position}]", field)
    return found


def _repeats(path: str, ids: tuple[str, ...]) -> list[Problem]:
    return [
        Problem(f"{path}[{number}]", "must not repeat an id or name used before it")
        for number, name in enumerate(ids)
        if name in ids[:number]
    ]


def _terms_problems(path: str, terms: Terms) -> list[Problem]:
    return [
        Problem(f"{path}.{name}", "must not be empty")
        for name, text in (("version", terms.version), ("text_sv", terms.text_sv), ("text_en", terms.text_en))
        if not text.strip()
    ]


def _field_problems(path: str, field: Field) -> list[Problem]:
    found: list[Problem] = []
    try:
        _ = offer_id(field.name.replace("_", "-"))
        _ = plain_text(field.label_sv, limit=200)
        _ = plain_text(field.label_en, limit=200)
    except Malformed:
        found.append(
            Problem(path, "needs a name of small letters, digits and underscores, and a label in each language")
        )
    if (field.kind is FieldKind.CHOICE) != bool(field.choices):
        found.append(Problem(f"{path}.choices", "belongs to a choice, and a choice needs it"))
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        found.append(Problem(f"{path}.minimum", "must not be more than the maximum"))
    return found
