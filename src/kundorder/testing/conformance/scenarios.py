"""The situations a system is compared in: a setting, and what people order there."""

from typing import Final, final

import attrs

from kundorder.commands import StartOrder
from kundorder.model import Actor, Organisation, Rules
from kundorder.sample import CATALOGUE
from kundorder.testing.conformance.settings import Agreed, Assigned, Person, Setting
from kundorder.vocabulary import AgreementModel, ConnectionMode, CustomerCategory, Party, Role

PROVIDER: Final = "999100-0002"
CUSTOMER: Final = "999200-0001"
OTHER: Final = "999300-0000"
LEGACY: Final = "999700-0006"
AGENT: Final = "556677-8899"


@final
@attrs.frozen(kw_only=True)
class Scenario:
    """A setting, what is ordered in it, and what somebody could try to order and must not."""

    name_sv: str
    name_en: str
    setting: Setting
    starts: tuple[StartOrder, ...]
    oddities: tuple[StartOrder, ...] = ()
    strangers: tuple[Actor, ...] = ()  # who have no login where they say


def person(name: str, organisation: str, *roles: Role, grants: tuple[str, ...] = ()) -> Person:
    """Somebody of that name at an organisation; of one name, it is one person."""
    return Person(
        actor=Actor(name, organisation),
        name=f"{name.capitalize()} Prov",
        email=f"{name}@personer.example",
        roles=frozenset(roles),
        grants=frozenset(grants),
    )


def _agreed(party: Party, organisation: str, model: AgreementModel = AgreementModel.CURRENT) -> Agreed:
    return Agreed(party=party, organisation=organisation, model=model)


_DIRECT, _VIA_AGENT = ConnectionMode.DIRECT, ConnectionMode.VIA_AGENT

STARTS: Final = (
    StartOrder(offer="npo-producent", mode=_DIRECT),
    StartOrder(offer="npo-producent", mode=_VIA_AGENT, agent=AGENT),
    StartOrder(offer="npo-konsument-tgp", mode=_VIA_AGENT, agent=AGENT),
)
"""Each way an order can take: direct, through an agent, and through an agent in name only (R13)."""

ODDITIES: Final = (
    StartOrder(offer="npo-producent", mode=_VIA_AGENT),
    StartOrder(offer="npo-producent", mode=_DIRECT, agent=AGENT),
    StartOrder(offer="npo-producent", mode=_VIA_AGENT, agent=OTHER),
    StartOrder(offer="npo-producent", mode=_VIA_AGENT, agent=CUSTOMER),
    StartOrder(offer="journalen-producent", mode=_VIA_AGENT, agent=AGENT),
    StartOrder(offer="journalen-producent", mode=_DIRECT),
    StartOrder(offer="elektronisk-remiss", mode=_VIA_AGENT, agent=AGENT),
    StartOrder(offer="siths", mode=_VIA_AGENT, agent=AGENT),
    StartOrder(offer="finns-inte", mode=_DIRECT),
)
"""No agent, one too many, one that is none, oneself, one without the assignment; not so, not by us, not at all."""

_PROVIDERS: Final = (
    person("olle", PROVIDER, Role.ADMINISTRATOR, Role.PROVIDER_OFFICER),
    person("karin", PROVIDER, Role.CUSTOMER_SERVICE),
)
_PROVIDER: Final = Organisation(number=PROVIDER, name="Leverantören", is_provider=True)
_CUSTOMER: Final = Organisation(number=CUSTOMER, name="Provregionen", category=CustomerCategory.REGION)
_AGENT: Final = Organisation(number=AGENT, name="Provagenten", is_agent=True)

EVERYDAY: Final = Scenario(
    name_sv="alla i en roll",
    name_en="everybody in one role",
    setting=Setting(
        organisations=(
            _PROVIDER,
            _CUSTOMER,
            Organisation(number=OTHER, name="Provkommunen", category=CustomerCategory.MUNICIPALITY),
            Organisation(number=LEGACY, name="Provkliniken", category=CustomerCategory.PRIVATE_CARE_PROVIDER),
            _AGENT,
        ),
        people=(
            person("anna", CUSTOMER, Role.ORDERER),
            person("olof", CUSTOMER, Role.ORDERER),
            person("bo", CUSTOMER, Role.ATTESTANT),
            person("adam", CUSTOMER, Role.ADMINISTRATOR),
            person("klara", CUSTOMER, Role.AGREEMENT_CONTACT),
            person("nora", CUSTOMER),
            person("hanna", AGENT, Role.AGENT_HANDLER, grants=("npo",)),
            person("hugo", AGENT, Role.AGENT_HANDLER),
            person("aron", AGENT, Role.ATTESTANT),
            person("arne", AGENT, Role.ATTESTANT),
            person("agda", AGENT, Role.ADMINISTRATOR),
            *_PROVIDERS,
            person("oskar", OTHER, Role.ORDERER),
            person("aina", OTHER, Role.ATTESTANT),
            person("otto", OTHER, Role.ADMINISTRATOR),
            person("lars", LEGACY, Role.ORDERER),
            person("lisa", LEGACY, Role.ATTESTANT),
            person("lena", LEGACY, Role.ADMINISTRATOR),
        ),
        agreements=(
            _agreed(Party.CUSTOMER, CUSTOMER),
            _agreed(Party.CUSTOMER, OTHER),
            _agreed(Party.CUSTOMER, LEGACY, AgreementModel.LEGACY),
            _agreed(Party.AGENT, AGENT),
        ),
        assignments=(Assigned(agent=AGENT, service="npo"),),
        catalogue=CATALOGUE,
    ),
    starts=STARTS,
    oddities=ODDITIES,
    strangers=(Actor("frida", CUSTOMER),),
)
"""Two customers, one with an agreement of the earlier model, an agent and the provider."""

_HATS: Final = Setting(
    organisations=(_PROVIDER, _CUSTOMER, _AGENT),
    people=(
        person("anna", CUSTOMER, Role.ORDERER, Role.ATTESTANT),
        person("bo", CUSTOMER, Role.ATTESTANT),
        person("cilla", CUSTOMER, Role.ATTESTANT),
        person("adam", CUSTOMER, Role.ADMINISTRATOR),
        person("hanna", AGENT, Role.AGENT_HANDLER, grants=("npo",)),
        person("anna", AGENT, Role.AGENT_HANDLER, grants=("npo",)),
        person("aron", AGENT, Role.ATTESTANT),
        person("bo", AGENT, Role.ATTESTANT),
        person("agda", AGENT, Role.ADMINISTRATOR),
        *_PROVIDERS,
    ),
    agreements=(_agreed(Party.CUSTOMER, CUSTOMER), _agreed(Party.AGENT, AGENT)),
    assignments=(Assigned(agent=AGENT, service="npo"),),
    catalogue=CATALOGUE,
)

SEVERAL_HATS: Final = Scenario(
    name_sv="några i flera roller", name_en="some in several roles", setting=_HATS, starts=STARTS
)
"""Somebody orders and attests, and some work for the customer and for the agent (R12)."""

FOUR_EYES: Final = Scenario(
    name_sv="några i flera roller, med fyraögonprincipen",
    name_en="some in several roles, four eyes required",
    setting=attrs.evolve(_HATS, rules=Rules(four_eyes=True)),
    starts=STARTS,
)
"""The same people, where different persons must act (R12)."""

SCENARIOS: Final = (EVERYDAY, SEVERAL_HATS, FOUR_EYES)
"""What a system is compared in, if nothing else is asked for."""
