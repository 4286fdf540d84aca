"""What is kept, and the laws looked at with every commit: it was open to whoever did it, by the facts of then."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeGuard, final

import attrs

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.events import Entry
from kundorder.model import Record
from kundorder.outcomes import Changes
from kundorder.ports import Store
from kundorder.situation import Fact, Key
from kundorder.testing.laws import Kept, Shown, check_new
from kundorder.testing.laws.mails import check_order_mail
from kundorder.testing.laws.steps import check_chain
from kundorder.testing.surroundings import NumberedIds, TickingClock
from kundorder.testing.world import World
from kundorder.vocabulary import Role


@final
@attrs.frozen(kw_only=True)
class Template:
    """A small world in which two orders have been sent and nobody told of it yet, and who is in it."""

    store: MemoryStore
    members: Mapping[tuple[str, str], str]


@cache
def template() -> Template:
    """A customer and an agent with their people, and an order in either flow."""
    store = MemoryStore()
    world = World.new(store=store, clock=TickingClock(), ids=NumberedIds(), signing=MemorySigner())
    adam = world.customer()
    anna = world.user(adam, "anna", Role.ORDERER)
    _ = world.user(adam, "olof", Role.ORDERER, Role.ATTESTANT)
    _ = world.user(adam, "bo", Role.ATTESTANT)
    agda = world.agent()
    _ = world.user(agda, "hugo", Role.AGENT_HANDLER)
    _ = world.portal.deliver()
    for mode, agent in ((ko.ConnectionMode.DIRECT, None), (ko.ConnectionMode.VIA_AGENT, agda.organisation)):
        order = world.draft(anna, mode=mode, agent=agent)
        _ = world.portal.execute(ko.SendOrder(order=order.id), anna)
    for actor in (adam, agda, world.officer):
        _ = world.remember(actor)
    return Template(store=store, members=dict(world.members))


def tables(store: MemoryStore) -> dict[str, object]:
    """What a store in memory is made of."""
    held: object = vars(store)["_tables"]
    return vars(held)


def is_table(held: object) -> TypeGuard[dict[object, object]]:
    """Whether that is a table."""
    return isinstance(held, dict)


def is_list(held: object) -> TypeGuard[list[object]]:
    """Whether that is a list, which may grow."""
    return isinstance(held, list)


def copied(store: MemoryStore) -> MemoryStore:
    """A store that holds the same; records are frozen, so their tables are enough."""
    made = MemoryStore()
    for name, table in tables(store).items():
        if is_table(table):
            tables(made)[name] = {key: [*held] if is_list(held) else held for key, held in table.items()}
    return made


def nothing() -> None:
    """Nothing is left to do."""


@final
class Disk:
    """One store for all processes, and a log of what they have committed.

    Args:
        rules: what the host has chosen.
        store: what is under it; a copy of the template's, or that with something wrong about it.
        memory: the same without what is wrong.
        finish: what it does after a commit, if its process is still there.
    """

    def __init__(
        self, rules: ko.Rules, store: Store, memory: MemoryStore, finish: Callable[[], None] = nothing
    ) -> None:
        self.rules = rules
        self.store = store
        self.finish = finish
        self.kept = Kept.of(memory)
        self.past: dict[Key, Fact] = {}
        self.entries: list[tuple[str, Entry]] = []  # by whose call
        self.receipts: dict[str, str] = {}  # whose call has used a key
        self.owed = {owed.id: owed for owed in Shown.by(memory).debts}
        self._records: dict[Key, Record] = _records_of(memory)

    def committed(self, changes: Changes, by: str) -> None:
        """This is kept now; what is new was open to whoever did it, and nobody is told too early."""
        for stored in changes.records:
            self._records[stored.key] = stored.record
            if stored.key.startswith("receipt:"):
                self.receipts[stored.key] = by
        for owed in changes.owed:
            _ = self.owed.setdefault(owed.id, owed)
        self.entries += [(by, entry) for entry in changes.entries]
        if not changes.entries and not changes.owed:
            return
        before = self.kept
        chains = dict(before.chains)
        for entry in changes.entries:
            chains[entry.chain] = (*chains.get(entry.chain, ()), entry.event)
        mails = tuple(owed.mail for owed in changes.owed if owed.mail is not None)
        seen = Kept.seen(self._records.values(), (), ())
        self.kept = attrs.evolve(seen, chains=chains, mails=(*before.mails, *mails))
        check_new(before, self.kept, self.rules)
        for chain in {entry.chain: None for entry in changes.entries}:
            check_chain(self.kept, chain, chains[chain])
        for mail in mails:
            order = self.kept.orders.get(mail.subject.partition(":")[2])
            if order is not None:
                check_order_mail(mail, order, self.kept.events(mail.subject))


def _records_of(memory: MemoryStore) -> dict[Key, Record]:
    found: dict[Key, Record] = {}
    held = tables(memory)["records"]
    if is_table(held):
        for key, fact in held.items():
            if isinstance(fact, Fact) and fact.record is not None and isinstance(key, str):
                found[Key(key)] = fact.record
    return found
