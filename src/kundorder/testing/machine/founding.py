"""Two customers and an agent with their people: brought about once by commands, and then written to any empty store."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Final, final

import attrs

from kundorder.adapters.memory import MemoryStore
from kundorder.catalogue import Catalogue
from kundorder.model import Actor
from kundorder.outcomes import Changes
from kundorder.ports import Store, Transaction
from kundorder.testing.faults.around import Around
from kundorder.testing.moves import Scene
from kundorder.testing.surroundings import NumberedIds, TickingClock
from kundorder.testing.world import AGENT, CUSTOMER, OTHER, World
from kundorder.vocabulary import ConnectionMode, CustomerCategory, Role

PEOPLE: Final[Mapping[str, Mapping[str, tuple[Role, ...]]]] = {
    CUSTOMER: {
        "anna": (Role.ORDERER,),
        "olof": (Role.ORDERER, Role.ATTESTANT),
        "bo": (Role.ATTESTANT,),
        "cilla": (),
    },
    OTHER: {"anna": (Role.ORDERER,), "aron": (Role.ATTESTANT,)},
    AGENT: {"bo": (Role.ATTESTANT,), "hugo": (Role.AGENT_HANDLER,), "anna": (Role.AGENT_HANDLER,)},
}
"""Besides those every customer and agent has; some work in several organisations, and are one person all the same."""

_SERVICES: Final = 2  # of the agent


@final
@attrs.frozen(kw_only=True)
class Founded:
    """What a store is to hold at first."""

    changes: tuple[Changes, ...] = attrs.field(repr=False)
    codes: Mapping[str, str] = attrs.field(repr=False)  # of invitations that nobody has taken up, by member

    def write(self, store: Store) -> None:
        """Into an empty store; all mail has left, and nobody is owed any."""
        with store.transaction() as transaction:
            for changes in self.changes:
                transaction.write(changes)


@lru_cache(maxsize=16)
def founded(catalogue: Catalogue) -> Founded:
    """A provider, two customers and an agent with their people; nothing has been ordered yet."""
    store = _Noting(MemoryStore())
    world = World.new(store=store, catalogue=catalogue, clock=TickingClock(), ids=NumberedIds())
    administrators: dict[str, Actor] = {
        CUSTOMER: world.customer(CUSTOMER),
        OTHER: world.customer(OTHER, administrator="otto", category=CustomerCategory.MUNICIPALITY),
        AGENT: world.agent(AGENT, services=services_via_agent(catalogue)),
    }
    for organisation, people in PEOPLE.items():
        for person, roles in people.items():
            _ = world.user(administrators[organisation], person, *roles)
    for service in services_via_agent(catalogue)[:1]:
        world.grant(administrators[AGENT], "anna", service)
    _ = world.portal.deliver()
    return Founded(changes=tuple(store.written), codes=Scene.of_world(world).codes)


def services_via_agent(catalogue: Catalogue) -> tuple[str, ...]:
    """The first services that can be ordered through an agent."""
    offers = (offer for offer in catalogue.offers if ConnectionMode.VIA_AGENT in offer.modes)
    return tuple(dict.fromkeys(offer.service for offer in offers))[:_SERVICES]


@final
@attrs.define
class _Noting:
    """A store that notes what is written to it."""

    kept: Store
    written: list[Changes] = attrs.field(factory=list)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield _Noted(transaction, self.written)


@final
@attrs.frozen
class _Noted(Around):
    written: list[Changes]

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        self.written.append(attrs.evolve(changes, owed=()))
