"""The same order as an aggregate of the library ``eventsourcing``: the same acts, each an event with the same facts.

It does less, and is given more: what an act leads to has been decided beforehand, by the portal; there are no rights,
no guards on other records, no lists, no receipts and no owed mail. What it does is what it is for: fold the events of
one order, append the next one, and number it among all events.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, final
from uuid import UUID

import attrs
import msgspec
import psycopg
from acts import Plan, filled, portal_on
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from kundorder.adapters.memory import MemoryStore
from kundorder.model import Order
from kundorder.ports import Ids
from kundorder.situation import order_key
from kundorder.vocabulary import Index, Trigger

Facts: TypeAlias = dict[str, str | int | None]
"""What the journal says of an act."""


class Ordered(Aggregate):
    """An order, as its events tell it."""

    state: str
    step: int
    case_number: str | None
    answers: dict[str, list[str]]
    terms: str | None
    picked: str | None
    evidence: list[str]

    @event("Started")
    def __init__(self, content: dict[str, str | None], act: Facts) -> None:
        self.content = content
        self.case_number = self.terms = self.picked = None
        self.answers = {}
        self.evidence = []
        self._moved(act)

    @event("FilledIn")
    def fill_in(self, answers: dict[str, list[str]], act: Facts) -> None:
        self.answers = answers
        self._moved(act)

    @event("TermsAccepted")
    def accept_terms(self, version: str, act: Facts) -> None:
        self.terms = version
        self._moved(act)

    @event("Sent")
    def send(self, case_number: str, digest: str, act: Facts) -> None:
        self.case_number = case_number
        self.digest = digest
        self._moved(act)

    @event("Approved")
    def approve(self, attestant: str, act: Facts) -> None:
        self.picked = attestant
        self._moved(act)

    @event("Attested")
    def attest(self, evidence: str, act: Facts) -> None:
        self.evidence.append(evidence)
        self._moved(act)

    def _moved(self, act: Facts) -> None:
        self.state = str(act["after"])
        self.step = int(act["step"] or 0)
        self.last = act


class Orders(Application[UUID]):
    """All orders, as the library keeps them."""


@final
@attrs.frozen
class Led:
    """What an act has led to."""

    order: Order
    act: Facts


def led_to(plan: Plan, ids: Ids | None = None) -> tuple[Led, ...]:
    """What each call leads to, as the portal decides it; carried out once, in memory."""
    store = MemoryStore()
    filled(store)
    portal = portal_on(store, plan.signer, ids)
    found: list[Led] = []
    for command, actor, key in plan.calls:
        order = portal.execute(command, actor, key=key).order.id
        with store.transaction() as transaction:
            record = transaction.read((order_key(order),))[order_key(order)].record
            last = transaction.select(Index.JOURNAL, (order_key(order),), after=None, limit=1, newest_first=True)
        assert isinstance(record, Order)
        entry = last.items[0].entry
        assert entry is not None
        proven = entry.event.proven
        told = msgspec.convert(msgspec.to_builtins(attrs.evolve(entry.event, proven=None)), Facts)
        if proven is not None:  # its events are flat
            told |= msgspec.convert(msgspec.to_builtins(proven), Facts)
        found.append(Led(record, told))
    return tuple(found)


def at_postgres(address: str) -> Mapping[str, str]:
    """The settings of the library for the schema of an address; its functions in the database are faster."""
    with psycopg.connect(address) as connection:
        info = connection.info
        row = connection.execute("SELECT current_schema()").fetchone()
        return {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": info.dbname,
            "POSTGRES_HOST": info.host,
            "POSTGRES_PORT": str(info.port),
            "POSTGRES_USER": info.user,
            "POSTGRES_PASSWORD": info.password,
            "POSTGRES_SCHEMA": str(row[0]) if row else "",
            "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
        }


def at_sqlite(path: str) -> Mapping[str, str]:
    """The settings of the library for a file; it chooses WAL, and SQLite synchronous FULL."""
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": path}


@final
class Folding:
    """The contender: each act folds the order's events, adds one and keeps it."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._orders = Orders(dict(settings))
        self._ids: dict[str, UUID] = {}

    def do(self, acts: Sequence[Led]) -> None:
        """All of them, one after another."""
        for led in acts:
            _ = self._orders.save(self._acted(led))

    def _acted(self, led: Led) -> Ordered:
        order, act = led.order, led.act
        if act["trigger"] == Trigger.START:
            content = order.content
            made = Ordered(
                content={
                    "organisation": content.organisation,
                    "orderer": content.orderer,
                    "orderer_person": content.orderer_person,
                    "offer": content.offer,
                    "service": content.service,
                    "mode": content.mode.value,
                    "flow": content.flow.value,
                    "agent": content.agent,
                },
                act=act,
            )
            self._ids[order.id] = made.id
            return made
        found = self.order(order.id)
        match act["trigger"]:
            case Trigger.FILL_IN:
                found.fill_in({answer.name: list(answer.values) for answer in order.content.answers}, act)
            case Trigger.ACCEPT_TERMS:
                found.accept_terms(order.content.terms.version if order.content.terms else "", act)
            case Trigger.SEND:
                found.send(order.case_number or "", order.digest or "", act)
            case Trigger.APPROVE:
                found.approve(order.picked or "", act)
            case _:
                found.attest(order.evidence[-1].proof, act)
        return found

    def order(self, order: str) -> Ordered:
        """An order, folded."""
        found: Ordered = self._orders.repository.get(self._ids[order])
        return found

    def holds(self, order: Order) -> bool:
        """Whether an order is here what it is there."""
        found = self.order(order.id)
        there = (
            order.state.value,
            order.step,
            order.case_number,
            {answer.name: list(answer.values) for answer in order.content.answers},
            order.content.terms.version if order.content.terms else None,
            order.picked,
            [each.proof for each in order.evidence],
        )
        here = (found.state, found.step, found.case_number, found.answers, found.terms, found.picked, found.evidence)
        return here == there

    def close(self) -> None:
        """Give up all connections."""
        self._orders.close()
