"""T88 and law 9: any sequence of commands, by people who mean well and by others who try anything, on two stores.

One rule makes a *legal* move, chosen among those the portal says are open; the other a *hostile* one: any command, by
anybody or nobody, about anything there is or is not. Whatever comes of it, the rules of the domain hold.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeAlias

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from world import AGENT, CUSTOMER, OTHER, PROVIDER, START, Ticking, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.commands import COMMANDS
from kundorder.ports import Letter, Store
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import Flow, Lifecycle, OrderState, Party, ReasonCode, Role, Template, Trigger
from kundorder.workflow import GRANTS

Move: TypeAlias = tuple[ko.Command, ko.Actor]

PEOPLE: dict[str, dict[str, tuple[Role, ...]]] = {
    CUSTOMER: {
        "anna": (Role.ORDERER,),
        "olof": (Role.ORDERER, Role.ATTESTANT),
        "bo": (Role.ATTESTANT,),
        "cilla": (),
    },
    OTHER: {"anna": (Role.ORDERER,), "aron": (Role.ATTESTANT,)},
    AGENT: {"arne": (Role.ATTESTANT,), "hugo": (Role.AGENT_HANDLER,), "anna": (Role.AGENT_HANDLER,)},
}
"""Besides those every customer and agent has; some work in several organisations, and are one person all the same."""

ORGANISATIONS = (CUSTOMER, OTHER, AGENT, PROVIDER)
NOWHERE = "999500-0008"
PERSONS = tuple(dict.fromkeys(("adam", "otto", "agda", "uno", "aron", "hanna", "olle", "karin", "okand"))) + tuple(
    dict.fromkeys(person for people in PEOPLE.values() for person in people)
)
KINDS = {
    CUSTOMER: frozenset((Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT, Role.ORDERER, Role.ATTESTANT)),
    AGENT: frozenset(Role) - {Role.SIGNATORY, Role.ORDERER, Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE},
    PROVIDER: frozenset((Role.ADMINISTRATOR, Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)),
}
"""Which roles there are in which kind of organisation (R18)."""

ASKED_TO = {
    OrderState.AWAITING_AGENT_APPROVAL: Trigger.APPROVE,
    OrderState.AWAITING_AGENT_ATTEST: Trigger.ATTEST,
    OrderState.AWAITING_CUSTOMER_ATTEST: Trigger.ATTEST,
}
ASKS = (Template.REVIEW_ORDER, Template.ATTEST_FOR_AGENT, Template.ATTEST_ORDER)
FOR_EVERYBODY = {
    ReasonCode.ASSIGNMENT_NOT_ACTIVE,
    ReasonCode.NO_AGREEMENT,
    ReasonCode.AGREEMENT_NOT_APPROVED,
    ReasonCode.AGREEMENT_NOT_SIGNED,
    ReasonCode.AGREEMENT_LEGACY,
}
"""What holds a step up whoever takes it; the order waits and says so."""

CELLS = {(cell.lifecycle, cell.before, cell.trigger, cell.role, cell.party, cell.to) for cell in GRANTS}
USER_HOPS = {(cell.before, cell.trigger, cell.to) for cell in GRANTS if cell.lifecycle is Lifecycle.USER}
ORDER_HOPS = {
    (flow, cell.before, cell.trigger, cell.to)
    for flow in Flow
    for cell in GRANTS
    if cell.lifecycle is Lifecycle.ORDER and cell.flow in (None, flow)
}
DECISIONS = {
    Flow.DIRECT: [(Trigger.SEND, Party.CUSTOMER), (Trigger.ATTEST, Party.CUSTOMER)],
    Flow.VIA_AGENT: [
        (Trigger.SEND, Party.CUSTOMER),
        (Trigger.APPROVE, Party.AGENT),
        (Trigger.ATTEST, Party.AGENT),
        (Trigger.ATTEST, Party.CUSTOMER),
    ],
}
"""What has happened when an order is binding, nothing skipped or swapped (R9)."""


@attrs.define
class Outbox:
    """A mailer that remembers every letter, also those that came twice."""

    sent: list[str] = attrs.field(factory=list)

    def send(self, letter: Letter) -> None:
        self.sent.append(letter.message_id)


def founded(store: Store) -> World:
    """A provider, two customers and an agent with their people; nothing has been ordered yet."""
    world = World.new(store=store)
    administrators = {
        CUSTOMER: world.customer(CUSTOMER),
        OTHER: world.customer(OTHER, administrator="otto", category=ko.CustomerCategory.MUNICIPALITY),
        AGENT: world.agent(AGENT, services=("npo", "webcert")),
    }
    for organisation, people in PEOPLE.items():
        for person, roles in people.items():
            world.user(administrators[organisation], person, *roles)
    world.portal.deliver()
    return world


@attrs.frozen
class InMemory:
    """A store in memory, made anew each time."""

    store: MemoryStore

    @classmethod
    def fresh(cls) -> "InMemory":
        store = MemoryStore()
        founded(store)
        return cls(store)

    def snapshot(self) -> object:
        """All that it holds; what it holds is frozen, so its tables are enough."""
        tables: object = vars(self.store)["_tables"]
        return {
            name: {key: list(held) if isinstance(held, list) else held for key, held in table.items()}
            for name, table in vars(tables).items()
        }

    def close(self) -> None:
        """Nothing stays."""


@cache
def template() -> Path:
    """A file that is made once and copied, for making it takes a second."""
    path = Path(mkdtemp()) / "founded.db"
    store = SqliteStore(path)
    founded(store)
    store.close()
    return path


@attrs.frozen
class InFile:
    """A store in a file of its own."""

    store: SqliteStore
    path: Path

    @classmethod
    def fresh(cls) -> "InFile":
        path = Path(mkdtemp()) / "orders.db"
        shutil.copy(template(), path)
        return cls(SqliteStore(path), path)

    def snapshot(self) -> object:
        """Every row of every table."""
        with closing(sqlite3.connect(self.path)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in sorted(names)}  # noqa: S608 - its own names

    def close(self) -> None:
        """The file goes."""
        self.store.close()
        shutil.rmtree(self.path.parent)


Place: TypeAlias = InMemory | InFile


class Ordering(RuleBasedStateMachine):
    """People at work, and what must hold whatever they do."""

    def __init__(self, fresh: Callable[[], Place]) -> None:
        super().__init__()
        self.place = fresh()
        self.store: Store = self.place.store
        self.signer = MemorySigner()
        self.outbox = Outbox()
        self.clock = Ticking(START.replace(month=2))
        self.rules = ko.Rules()
        self.steps = 0
        self.codes: dict[str, str] = {}

    @initialize(four_eyes=st.booleans(), automatic=st.booleans(), roles_wait=st.booleans())
    def open(self, *, four_eyes: bool, automatic: bool, roles_wait: bool) -> None:
        """A host makes its choices."""
        self.rules = ko.Rules(
            four_eyes=four_eyes, inform_agent_automatically=automatic, roles_require_signed_agreement=roles_wait
        )
        self.portal = ko.Portal(
            store=self.store,
            catalogue=CATALOGUE,
            rules=self.rules,
            mailer=self.outbox,
            signing=self.signer,
            clock=self.clock,
        )

    @rule(data=st.data())
    def legal(self, data: st.DataObject) -> None:
        """Somebody does something that is open to them."""
        kind = data.draw(
            st.sampled_from(
                (*[self.on_orders] * 6, *[self.starts] * 2, *[self.on_people] * 3, self.on_agreements, None)
            )
        )
        if kind is None:
            self.portal.deliver()
            return
        moves = [move for move in kind(data) if self.is_open(move)]
        if moves:
            command, actor = data.draw(st.sampled_from(moves))
            self.act(command, actor)

    @rule(data=st.data())
    def hostile(self, data: st.DataObject) -> None:
        """Anybody tries anything."""
        actor = data.draw(
            st.builds(ko.Actor, st.sampled_from(PERSONS), st.sampled_from(ORGANISATIONS)) | st.just(ko.SYSTEM)
        )
        kind = data.draw(st.sampled_from(COMMANDS))
        strategies = self.fields(actor)
        command = data.draw(st.builds(kind, **{field.name: strategies[field.name] for field in attrs.fields(kind)}))
        key = data.draw(st.none() | st.sampled_from(("k1", "k2", "k3")))
        self.act(command, actor, key=key)
