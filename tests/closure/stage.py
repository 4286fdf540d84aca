"""What a walk goes on: a portal on a store that stands still, the two orders, and everybody who looks."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, final

import attrs
from world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, START

import kundorder as ko
from closure.answers import Answers
from closure.letters import Box
from closure.opening import STRANGER, Opening, Signer, WrittenIds
from closure.rights import Reader
from closure.scenarios import Scenario, Slot, slot
from closure.situations import Kept, People, Standpoint
from closure.standing import Standing
from kundorder.sample import CATALOGUE
from kundorder.situation import Fact, Key, order_key

ALIKE: Final = frozenset(
    (
        ("ulf", OTHER_AGENT),
        ("arvid", OTHER_AGENT),
        (f"kontakt at {OTHER_AGENT}", OTHER_AGENT),
        (f"kontakt at {OTHER}", OTHER),
    )
)
"""Who looks no further than somebody else does."""

NOW: Final = START + timedelta(days=1)


@final
class _Fixed:
    def now(self) -> datetime:
        return NOW


@final
class Stage:
    """One scenario, with nothing ordered yet."""

    def __init__(self, scenario: Scenario, opening: Opening) -> None:
        self.scenario, self.counts = scenario, Counter[str]()
        self.opening = opening = attrs.evolve(opening, canaries=opening.canaries.copy())
        self.kept = Kept()
        self.start: Mapping[Key, Fact] = {
            key: self.kept.fact(fact.record) for key, fact in opening.records.items() if fact.record is not None
        }
        first, second = zip(scenario.customers, scenario.ways, strict=True)
        self.slots = slot(opening.canaries, 0, *first), slot(opening.canaries, 1, *second)
        self.store, self.box = Standing((*self.start, *(order_key(each.order) for each in self.slots))), Box()
        self.ids = WrittenIds(opening.canaries)
        self.portal = ko.Portal(
            store=self.store,
            catalogue=CATALOGUE,
            rules=scenario.rules,
            mailer=self.box,
            signing=Signer(opening.canaries),
            clock=_Fixed(),
            ids=self.ids,
        )
        self.readers = (
            *(Reader(name, actor) for (name, place), actor in opening.actors.items() if (name, place) not in ALIKE),
            Reader(STRANGER, ko.Actor(STRANGER, CUSTOMER)),
            Reader("anna", ko.Actor(opening.actor("anna", CUSTOMER).person, AGENT)),
        )
        members = tuple(opening.member(*each) for each in (("bo", CUSTOMER), ("bo", AGENT), ("nora", CUSTOMER)))
        self.answers = Answers(self.portal, self.readers, self.slots, members)

    def other(self, one: Slot) -> Slot:
        """The other order."""
        return self.slots[1 - one.number]

    def stand(self, people: People, *orders: Standpoint | None) -> None:
        """Let the store hold this."""
        self.store.facts = people.facts
        self.store.journal = self.opening.journal
        for each in orders:
            if each is not None:
                self.store.facts = {**self.store.facts, **each.facts}
                self.store.journal = {**self.store.journal, order_key(each.order.id): each.journal}
