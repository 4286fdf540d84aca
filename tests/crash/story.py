"""A story that can be interrupted anywhere: orders from their start to their completion, with all the mail they owe.

Every step has a key of its own and is told again with that key until it has an outcome. Who tells it remembers which
steps have been acknowledged, and nothing else: ids are asked for again, with the keys.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeAlias

import attrs
from cast import DIRECT, VIA_AGENT, Cast
from world import AGENT, PROVIDER, START, Ticking, World

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer, MemorySigner
from kundorder.codec import encode
from kundorder.identifiers import case_number_from, token
from kundorder.model import Member
from kundorder.ports import Ids, Mailer, Store
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import Index, Role

RULES: Final = ko.Rules(inform_agent_automatically=True)
FIELDS: Final = {"care_units": ["SE9997000006-P01"], "technical_contact": "Teknik Prov"}
NORA: Final = Cast.nora
KARIN: Final = ko.Actor("karin", PROVIDER)


class PutOffError(Exception):
    """Something owed could not be done now, and is tried again; so the step is not done."""


@attrs.define
class Host:
    """Who tells the story to a portal, in one run of a program."""

    portal: ko.Portal
    clock: Ticking
    people: Mapping[ko.Actor, str]  # member ids
    orders: dict[str, str] = attrs.field(factory=dict)  # by their names in the story

    @classmethod
    def new(cls, store: Store, outbox: Mailer, *, run: int = 0) -> "Host":
        """A program that has just started.

        Args:
            store: with everybody in it (``prepare``).
            outbox: takes the mail.
            run: how many have told the story before; each starts a day later, when no lease of the dead lasts.
        """
        return cls.of(store, outbox, people_in(store), run=run, ids=Counted(run + 1))

    @classmethod
    def of(
        cls,
        store: Store,
        outbox: Mailer,
        people: Mapping[ko.Actor, str],
        *,
        run: int = 0,
        ids: Ids | None = None,
    ) -> "Host":
        """One that knows everybody already, and may be told where ids come from."""
        clock = Ticking(started(run))
        portal = ko.Portal(
            store=store,
            catalogue=CATALOGUE,
            rules=RULES,
            mailer=outbox,
            signing=MemorySigner(),
            clock=clock,
            ids=ids,
            pause=lambda _seconds: None,
        )
        return cls(portal, clock, people)

    def tell(self, step: "Step") -> str | None:
        """Carry out one step; its outcome as text, None where it has none."""
        outcome = step.act(self)
        return None if outcome is None else encode(outcome)

    def order(self, name: str) -> str:
        """The id of an order; its start is repeated with its key, if this run has not seen it."""
        if name not in self.orders:
            self.tell(_START[name])
        return self.orders[name]


@attrs.frozen
class Step:
    """One thing that is asked of the portal."""

    name: str  # and its idempotency key
    act: Callable[[Host], ko.Outcome | None]  # None: the system has done what it owes
    is_keyed: bool = True


Story: TypeAlias = tuple[Step, ...]
Asked: TypeAlias = Callable[[Host], ko.Command]


def started(run: int) -> datetime:
    """When a run begins: long after the store was prepared, and after all that others have done."""
    return START + timedelta(days=1 + run)


def people_in(store: Store) -> dict[ko.Actor, str]:
    """Everybody who can log in."""
    with store.transaction() as transaction:
        heads = transaction.select(Index.HEADS, ("",), after=None, limit=10_000).items
    members = [line.fact.record for line in heads if line.fact and isinstance(line.fact.record, Member)]
    return {ko.Actor(each.person, each.organisation): each.id for each in members if each.person is not None}


@attrs.define
class Counted:
    """Ids and secrets that are the same in each telling; those of one run are not those of another."""

    run: int
    made: int = 0

    def next(self) -> int:
        """A number nobody has had."""
        self.made += 1
        return self.run * 1000 + self.made

    def order(self) -> str:
        return token("o", int(started(self.run).timestamp() * 1000), self.next())

    def member(self) -> str:
        return token("m", int(started(self.run).timestamp() * 1000), self.next())

    def case_number(self) -> str:
        return case_number_from(self.next())

    def code(self, about: str) -> str:
        return urlsafe_b64encode(sha256(about.encode()).digest()).decode().rstrip("=")


def prepare(store: Store) -> None:
    """Everybody the story needs (``cast``), and no mail left; the same to the last letter each time."""
    mailer, clock, officer = MemoryMailer(), Ticking(), ko.Actor("olle", PROVIDER)
    portal = ko.Portal(
        store=store,
        catalogue=CATALOGUE,
        rules=RULES,
        mailer=mailer,
        signing=MemorySigner(),
        clock=clock,
        ids=Counted(0),
    )
    found = ko.EstablishProvider(name="Leverantören", person_name="Olle Officer", email="olle@provider.example")
    portal.execute(found, officer)
    world = World(portal, store, clock, mailer, officer, KARIN)
    world.remember(officer)
    world.user(officer, KARIN.person, Role.CUSTOMER_SERVICE)
    adam, agda = world.customer(), world.agent()
    for administrator, person, *roles in (
        (adam, "berta", Role.ORDERER),
        (adam, "atle", Role.ATTESTANT),
        (adam, "nora"),
        (agda, "astrid", Role.ATTESTANT),
        (agda, "hugo", Role.AGENT_HANDLER),
    ):
        world.user(administrator, person, *roles)
    portal.deliver()


def _begin(order: str, mode: ko.ConnectionMode, agent: str | None) -> Step:
    name = f"{order}: start"

    def act(host: Host) -> ko.Outcome:
        command = ko.StartOrder(offer="npo-producent", mode=mode, agent=agent)
        outcome = host.portal.execute(command, Cast.berta, key=name)
        host.orders[order] = outcome.order.id
        return outcome

    return Step(name, act)


def _ask(name: str, actor: ko.Actor, asked: Asked) -> Step:
    return Step(name, lambda host: host.portal.execute(asked(host), actor, key=name))


def _attest(name: str, order: str, actor: ko.Actor) -> Step:
    def act(host: Host) -> ko.Outcome:
        method = ko.AttestMethod.BANKID
        command = ko.AttestOrder(order=host.order(order), method=method)
        outcome = host.portal.resume_signing(command, actor, method=method, key=name)
        assert isinstance(outcome, ko.Outcome)
        return outcome

    return Step(name, act)


def _deliver(name: str) -> Step:
    def act(host: Host) -> None:
        host.clock.time += timedelta(hours=2)  # whatever was put off is due
        while (report := host.portal.deliver()) != ko.DeliveryReport():
            if report.later:
                raise PutOffError

    return Step(name, act, is_keyed=False)


def _sent(order: str) -> Story:
    return (
        _START[order],
        _ask(f"{order}: fill in", Cast.berta, lambda host: ko.FillInOrder(order=host.order(order), fields=FIELDS)),
        _ask(
            f"{order}: accept", Cast.berta, lambda host: ko.AcceptTerms(order=host.order(order), version=_TERMS.version)
        ),
        _ask(f"{order}: send", Cast.berta, lambda host: ko.SendOrder(order=host.order(order))),
    )


_OFFER = CATALOGUE.offer("npo-producent")
assert _OFFER is not None
_TERMS = _OFFER.terms
_START: Mapping[str, Step] = {
    "agent": _begin("agent", VIA_AGENT, AGENT),
    "direct": _begin("direct", DIRECT, None),
    "regretted": _begin("regretted", DIRECT, None),
}

VIA_THE_AGENT: Final[Story] = (
    *_sent("agent"),
    _deliver("agent: tell that it is sent"),
    _ask(
        "agent: approve",
        Cast.hanna,
        lambda host: ko.ApproveOrder(order=host.order("agent"), attestant=host.people[Cast.aron], certified=True),
    ),
    _deliver("agent: tell that it is approved"),
    _attest("agent: attest for the agent", "agent", Cast.aron),
    _ask("nora: assign", Cast.adam, lambda host: ko.AssignRole(member=host.people[NORA], role=Role.ATTESTANT)),
    _deliver("agent: tell the attestants, the new one too"),
    _attest("agent: attest", "agent", Cast.atle),
    _deliver("agent: inform the agent"),
    _ask("agent: complete", Cast.hanna, lambda host: ko.CompleteOrder(order=host.order("agent"))),
    _ask("nora: remove", Cast.adam, lambda host: ko.RemoveRole(member=host.people[NORA], role=Role.ATTESTANT)),
    _deliver("agent: tell that it is done"),
)
"""One order from its start to its completion, with follow-ups of both kinds."""

STORY: Final[Story] = (
    *VIA_THE_AGENT,
    *_sent("direct"),
    _deliver("direct: tell that it is sent"),
    _attest("direct: attest", "direct", Cast.atle),
    _ask(
        "direct: hand over",
        KARIN,
        lambda host: ko.HandOverOrder(order=host.order("direct"), instructions="Logga in så här."),
    ),
    _deliver("direct: tell that it is handed over"),
    _ask("direct: complete", KARIN, lambda host: ko.CompleteOrder(order=host.order("direct"))),
    *_sent("regretted"),
    _ask("regretted: withdraw", Cast.berta, lambda host: ko.WithdrawOrder(order=host.order("regretted"))),
    _deliver("regretted: tell nobody to attest"),
)
"""Three orders, one after the other; of the last one a mail is cancelled."""
