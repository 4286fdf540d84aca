"""A sample catalogue to try things with. Services and rules are as the domain has them; texts and prices are made up.

A host brings its own catalogue; nothing in the library refers to this one.
"""

from decimal import Decimal

from kundorder.catalogue import Catalogue, Field, Offer, Service, Terms
from kundorder.identifiers import Money
from kundorder.vocabulary import ConnectionMode, CustomerCategory, FieldKind, Flow

_BOTH = (ConnectionMode.DIRECT, ConnectionMode.VIA_AGENT)
_CARE_UNITS = Field(
    name="care_units",
    kind=FieldKind.CARE_UNITS,
    label_sv="Vårdenheter (HSA-id)",
    label_en="Care units (HSA-id)",
    minimum=1,
    maximum=200,
)
_CONTACT = Field(
    name="technical_contact",
    kind=FieldKind.TEXT,
    label_sv="Teknisk kontakt",
    label_en="Technical contact",
    maximum=120,
)
_NUMBER_OF_UNITS = Field(
    name="number_of_care_units",
    kind=FieldKind.NUMBER,
    label_sv="Antal vårdenheter",
    label_en="Number of care units",
    minimum=1,
    maximum=5000,
)
_ENVIRONMENT = Field(
    name="environment",
    kind=FieldKind.CHOICE,
    label_sv="Miljö",
    label_en="Environment",
    choices=("test", "production"),
)


def _terms(name: str) -> Terms:
    return Terms(
        version="2026-1",
        text_sv=f"Provvillkor för {name}. Påhittad text, avsedd för prov.",
        text_en=f"Sample terms for {name}. An invented text, meant for trials.",
    )


def _fee(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="SEK")


CATALOGUE: Catalogue = Catalogue(
    customer_agreement=Terms(
        version="2026-1",
        text_sv="Kundavtal, prov. Påhittad text, avsedd för prov.",
        text_en="Customer agreement, sample. An invented text, meant for trials.",
    ),
    agent_agreement=Terms(
        version="2026-1",
        text_sv="Agentavtal, prov. Påhittad text, avsedd för prov.",
        text_en="Agent agreement, sample. An invented text, meant for trials.",
    ),
    services=(
        Service(id="npo", name_sv="Nationell patientöversikt", name_en="National patient overview"),
        Service(id="journalen", name_sv="Journalen", name_en="Journalen"),
        Service(id="elektronisk-remiss", name_sv="Elektronisk remiss", name_en="Electronic referral"),
        Service(id="webcert", name_sv="Webcert", name_en="Webcert"),
        Service(id="siths", name_sv="SITHS", name_en="SITHS"),
    ),
    offers=(
        Offer(
            id="npo-producent",
            service="npo",
            name_sv="NPÖ producent",
            name_en="NPÖ producer",
            modes=_BOTH,
            terms=_terms("NPÖ producent"),
            form=(_CARE_UNITS, _CONTACT),
            start_up_fee=_fee("12000.00"),
        ),
        Offer(
            id="npo-konsument-tgp",
            service="npo",
            name_sv="NPÖ konsument (TGP)",
            name_en="NPÖ consumer (TGP)",
            modes=_BOTH,
            flow=Flow.DIRECT,
            terms=_terms("NPÖ konsument (TGP)"),
            form=(_CARE_UNITS, _CONTACT),
            start_up_fee=_fee("4000.00"),
        ),
        Offer(
            id="journalen-producent",
            service="journalen",
            name_sv="Journalen producent",
            name_en="Journalen producer",
            modes=(ConnectionMode.VIA_AGENT,),
            terms=_terms("Journalen producent"),
            form=(_CARE_UNITS, _CONTACT),
            start_up_fee=_fee("9000.00"),
        ),
        Offer(
            id="elektronisk-remiss",
            service="elektronisk-remiss",
            name_sv="Elektronisk remiss",
            name_en="Electronic referral",
            modes=(ConnectionMode.VIA_AGENT,),
            categories=(CustomerCategory.MUNICIPALITY, CustomerCategory.PRIVATE_CARE_PROVIDER),
            terms=_terms("Elektronisk remiss"),
            form=(_CONTACT, _ENVIRONMENT),
        ),
        Offer(
            id="webcert-fristaende",
            service="webcert",
            name_sv="Webcert fristående",
            name_en="Webcert, stand-alone",
            modes=(ConnectionMode.DIRECT,),
            terms=_terms("Webcert fristående"),
            form=(_NUMBER_OF_UNITS, _CONTACT),
            start_up_fee=_fee("3000.00"),
        ),
        Offer(
            id="webcert-integrerad",
            service="webcert",
            name_sv="Webcert integrerad",
            name_en="Webcert, integrated",
            modes=(ConnectionMode.VIA_AGENT,),
            terms=_terms("Webcert integrerad"),
            form=(_NUMBER_OF_UNITS, _CONTACT),
        ),
        Offer(
            id="siths",
            service="siths",
            name_sv="SITHS",
            name_en="SITHS",
            modes=(ConnectionMode.DIRECT,),
            categories=(CustomerCategory.REGION, CustomerCategory.MUNICIPALITY),
            terms=_terms("SITHS"),
            form=(_CONTACT,),
        ),
    ),
)
"""Seven offers of five services."""
