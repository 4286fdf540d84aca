"""An organisation with everybody in it whom an order needs, for tests that begin where the work begins."""

from collections.abc import Mapping
from typing import Final, final

import attrs

from kundorder.model import Actor
from kundorder.testing.world import AGENT, CUSTOMER, World
from kundorder.vocabulary import Role

_SERVICE: Final = "npo"


@final
@attrs.frozen(kw_only=True)
class PopulatedAgent:
    """An agent whose agreement is signed and whose assignment is active, with one person a role."""

    number: str
    assignment: str  # id of the active one
    administrator: Actor
    assignment_orderer: Actor
    handler: Actor  # granted in the assignment
    attestant: Actor


@final
@attrs.frozen(kw_only=True)
class PopulatedOrganisation:
    """A customer whose agreement is signed, with one person a role; and those it has to do with."""

    number: str
    administrator: Actor
    agreement_contact: Actor
    orderer: Actor
    attestant: Actor
    without_role: Actor
    agent: PopulatedAgent
    officer: Actor  # of the provider
    service: Actor  # of the provider
    members: Mapping[Actor, str]  # the member id of each, as commands name them


def populate(world: World) -> PopulatedOrganisation:
    """A customer and an agent, with their people, in a world that has neither yet."""
    administrator = world.customer()
    contact = world.verify(CUSTOMER, "kontakt", f"kontakt@o{CUSTOMER.replace('-', '')}.example")
    orderer = world.user(administrator, "berta", Role.ORDERER)
    attestant = world.user(administrator, "atle", Role.ATTESTANT)
    without_role = world.user(administrator, "nora")
    agent = PopulatedAgent(
        number=AGENT,
        assignment=f"{AGENT}/{_SERVICE}",
        administrator=world.agent(services=(_SERVICE,)),
        assignment_orderer=Actor("uno", AGENT),
        handler=Actor("hanna", AGENT),
        attestant=Actor("aron", AGENT),
    )
    _ = world.remember(world.officer)
    return PopulatedOrganisation(
        number=CUSTOMER,
        administrator=administrator,
        agreement_contact=contact,
        orderer=orderer,
        attestant=attestant,
        without_role=without_role,
        agent=agent,
        officer=world.officer,
        service=world.service,
        members={Actor(person, organisation): member for (organisation, person), member in world.members.items()},
    )
