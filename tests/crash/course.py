"""Where the story can stand: one shape after each of its transactions, and none between.

A shape is what a store holds as its port shows it, without what differs from one telling to another: ids, times, and
who has tried to send a mail how often. The shapes of a story are taken once, from an undisturbed telling in memory.
"""

from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cache
from typing import Final, TypeAlias

import attrs
from world import AGENT, CUSTOMER, PROVIDER

import kundorder as ko
from crash.story import Host, Story, prepare
from kundorder.adapters.memory import MemoryMailer, MemoryStore
from kundorder.events import Owed, OwedState
from kundorder.model import AgentAssignment, Agreement, Member, Order, Provider, Record
from kundorder.ports import Store, Transaction
from kundorder.sample import CATALOGUE
from kundorder.situation import Fact, Key, case_key, holders_key, order_key, receipt_key
from kundorder.vocabulary import Index, OrderState, Role
from kundorder.worklists import Line, listings

Counts: TypeAlias = tuple[tuple[str, int], ...]

ALL: Final = 100_000
HOLDERS: Final = tuple(holders_key(each, role) for each in (CUSTOMER, AGENT, PROVIDER) for role in Role)


@attrs.frozen(kw_only=True)
class Shape:
    """What a store holds."""

    records: Counts  # those with a journal: how many of which kind, state, version, last entry
    orders: tuple[str, ...]  # the oldest first: what has happened to each, and who is told
    holders: tuple[int, ...]  # versions of who holds which role
    cases: int  # case numbers that lead to their order
    debts: Counts  # how many of each template or follow-up, in which state
    receipts: tuple[str, ...]  # the keys of the story that have one


def whole(store: Store, story: Story) -> Shape:
    """The shape of a store in which nothing is half done: its journal holds, and its lists say what its records say."""
    portal = ko.Portal(store=store, catalogue=CATALOGUE)
    report = portal.verify_journal()
    assert report.verified, report.problems
    with store.transaction() as transaction:
        heads = {line.key: line.fact for line in transaction.select(Index.HEADS, ("",), after=None, limit=ALL).items}
        facts = {key: fact for key, fact in heads.items() if fact is not None}
        orders = {key: fact.record for key, fact in facts.items() if isinstance(fact.record, Order)}
        assert lines_in(transaction, orders) == lines_of(orders)
        assert noticed(transaction, facts) == {key for key, order in orders.items() if order.notices}
        shape = shape_of(transaction, facts, story)
        receipts = transaction.select(Index.RECEIPTS, ("",), after=None, limit=ALL).items
        assert {line.key for line in receipts} == {receipt_key(key) for key in shape.receipts}
        return shape


def shape_of(transaction: Transaction, facts: dict[Key, Fact], story: Story) -> Shape:
    """What a store holds; ``facts`` are all records with a journal."""
    events: dict[str, list[str]] = {}
    for line in transaction.select(Index.JOURNAL, ("",), after=None, limit=ALL).items:
        assert line.entry is not None
        events.setdefault(line.entry.chain, []).append(line.entry.event.trigger)
    orders = sorted(
        (fact.record for fact in facts.values() if isinstance(fact.record, Order)), key=lambda order: order.created
    )
    owed = transaction.select(Index.OWED, tuple(OwedState), after=None, limit=ALL).items
    keys = tuple(step.name for step in story if step.is_keyed)
    cases = tuple(case_key(order.case_number) for order in orders if order.case_number is not None)
    found = transaction.read((*HOLDERS, *cases, *(receipt_key(key) for key in keys)))
    return Shape(
        records=counted(f"{state_of(fact.record)} {fact.version} {fact.number}" for fact in facts.values()),
        orders=tuple(f"{each.state} {len(each.notices)} {' '.join(events[order_key(each.id)])}" for each in orders),
        holders=tuple(found[key].version for key in HOLDERS),
        cases=sum(found[key].version for key in cases),
        debts=counted(debt_of(line.owed) for line in owed if line.owed is not None),
        receipts=tuple(key for key in keys if found[receipt_key(key)].version),
    )


def counted(words: Iterable[str]) -> Counts:
    """How many of each."""
    return tuple(sorted(Counter(words).items()))


def state_of(record: Record | None) -> str:
    """The kind and the state of a record."""
    assert isinstance(record, Order | Agreement | AgentAssignment | Member | Provider)
    return f"{type(record).__name__} {record.state}"


def debt_of(owed: Owed) -> str:
    """What is owed, and how it stands.

    A follow-up that was carried out and not settled finds nothing to do the next time, and is over all the same.
    """
    if owed.follow_up is not None:
        return f"{owed.follow_up.kind} {'owed' if owed.state is OwedState.DUE else 'over'}"
    assert owed.mail is not None
    return f"{owed.mail.template} {owed.state}"


def lines_of(orders: dict[Key, Order]) -> dict[Line, set[Key]]:
    """Who should stand where on which list."""
    expected: dict[Line, set[Key]] = {}
    for key, order in orders.items():
        for line in listings(order):
            expected.setdefault(line, set()).add(key)
    return expected


def lines_in(transaction: Transaction, orders: dict[Key, Order]) -> dict[Line, set[Key]]:
    """Who stands where on which list, of all lists that one of these orders is on or could be on in another state."""
    states = (attrs.evolve(order, state=state) for order in orders.values() for state in OrderState)
    wanted = {(index, value) for each in states for index, value, _sort in listings(each)}
    found: dict[Line, set[Key]] = {}
    for index, value in wanted:
        for line in transaction.select(index, (value,), after=None, limit=ALL).items:
            found.setdefault((index, value, line.sort), set()).add(line.key)
    return found


def noticed(transaction: Transaction, facts: dict[Key, Fact]) -> set[Key]:
    """What anybody's notices are about."""
    members = tuple(fact.record.id for fact in facts.values() if isinstance(fact.record, Member))
    return {line.key for line in transaction.select(Index.NOTICES, members, after=None, limit=ALL).items}


@attrs.frozen
class Course:
    """All shapes of a story, in their order."""

    story: Story
    shapes: tuple[Shape, ...]
    after: tuple[int, ...]  # which of them stands when so many steps have been told

    def stands(self, store: Store, told: int) -> int:
        """At which shape a store stands whose story was interrupted after so many acknowledged steps.

        Nothing that was acknowledged may be missing, and nothing may be there but what was under way.
        """
        found = whole(store, self.story)
        place = self.shapes.index(found) if found in self.shapes else None
        assert place is not None, self.difference("HALF DONE", found, told)
        assert place >= self.after[told], self.difference("LOST", found, told)
        assert place <= self.after[min(told + 1, len(self.story))], self.difference("TOO MUCH", found, told)
        return place

    def difference(self, what: str, found: Shape, told: int) -> str:
        """What to look at when a store stands elsewhere."""
        last = self.shapes[self.after[told]]
        fields = (each.name for each in attrs.fields(Shape))
        pairs = ((name, getattr(last, name), getattr(found, name)) for name in fields)
        wrong = (f"{name}: {was}\n{' ' * len(name)}->{now}" for name, was, now in pairs if was != now)
        return "\n".join([f"{what} after {told} steps; the last shape of these, and what is found:", *wrong])


@attrs.frozen
class Watched:
    """A store whose shape is noted after each transaction that changes it."""

    kept: Store
    story: Story
    shapes: list[Shape]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield transaction
        self.note()

    def note(self) -> None:
        """Note the shape, if it is another than before."""
        found = whole(self.kept, self.story)
        if not self.shapes or found != self.shapes[-1]:
            self.shapes.append(found)


@cache
def course_of(story: Story) -> Course:
    """The course of a story that nothing disturbs."""
    store, shapes = MemoryStore(), list[Shape]()
    prepare(store)
    watched = Watched(store, story, shapes)
    host, after = Host.new(watched, MemoryMailer()), [0]
    for step in story:
        host.tell(step)
        after.append(len(shapes) - 1)
    assert len(set(shapes)) == len(shapes)
    return Course(story, tuple(shapes), tuple(after))
