"""Everybody the stories need, with one role each; what they are told, and what stands in their way.

At the customer: Adam administers, Berta orders, Atle attests, Nora holds no role, "kontakt" is the agreement contact.
At the agent: Agda administers, Uno orders assignments, Aron and Astrid attest, Hanna handles, Hugo handles without a
grant, Nils holds no role. At the provider: Olle is the officer, Karin customer service.
"""

from typing import TypeGuard

import attrs
import pytest
from world import AGENT, CUSTOMER, World

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer, MemoryStore
from kundorder.model import Record
from kundorder.ports import Mailer, Signing, Store
from kundorder.sample import CATALOGUE
from kundorder.situation import Key, member_key
from kundorder.vocabulary import ConnectionMode, Index, ReasonCode, Role, Template

DIRECT, VIA_AGENT = ConnectionMode.DIRECT, ConnectionMode.VIA_AGENT
NPO = f"{AGENT}/npo"
OTHER_PERSON = "frida"
"""Somebody who is no user anywhere."""

Told = list[tuple[str, Template]]
"""Who was sent which mail: the part of the address before the ``@``, so that one name is one person."""


@attrs.define
class Cast:
    """A world with its people in it."""

    world: World
    heard: set[str] = attrs.field(factory=set)  # ids of the mails that were looked at

    @classmethod
    def new(
        cls,
        *,
        rules: ko.Rules | None = None,
        store: Store | None = None,
        signing: Signing | None = None,
        outbox: Mailer | None = None,
        mailer: MemoryMailer | None = None,
        catalogue: ko.Catalogue = CATALOGUE,
        ids: ko.Ids | None = None,
        agent: bool = True,
    ) -> "Cast":
        """The customer's people, and those of the agent unless nobody asks for them; all mail so far is forgotten."""
        world = World.new(
            rules=rules, store=store, signing=signing, outbox=outbox, mailer=mailer, catalogue=catalogue, ids=ids
        )
        cast = cls(world)
        world.customer()
        world.verify(CUSTOMER, "kontakt", f"kontakt@o{CUSTOMER.replace('-', '')}.example")
        world.user(cast.adam, "berta", Role.ORDERER)
        world.user(cast.adam, "atle", Role.ATTESTANT)
        world.user(cast.adam, "nora")
        if agent:
            world.agent()
            world.user(cast.agda, "astrid", Role.ATTESTANT)
            world.user(cast.agda, "hugo", Role.AGENT_HANDLER)
            world.user(cast.agda, "nils")
        cast.told()
        return cast

    @property
    def portal(self) -> ko.Portal:
        """The portal."""
        return self.world.portal

    adam = ko.Actor("adam", CUSTOMER)
    kontakt = ko.Actor("kontakt", CUSTOMER)
    berta = ko.Actor("berta", CUSTOMER)
    atle = ko.Actor("atle", CUSTOMER)
    nora = ko.Actor("nora", CUSTOMER)
    agda = ko.Actor("agda", AGENT)
    uno = ko.Actor("uno", AGENT)
    aron = ko.Actor("aron", AGENT)
    astrid = ko.Actor("astrid", AGENT)
    hanna = ko.Actor("hanna", AGENT)
    hugo = ko.Actor("hugo", AGENT)
    nils = ko.Actor("nils", AGENT)

    @property
    def olle(self) -> ko.Actor:
        """The provider's officer."""
        return self.world.officer

    @property
    def karin(self) -> ko.Actor:
        """The provider's customer service."""
        return self.world.service

    def id(self, actor: ko.Actor) -> str:
        """The member id of somebody."""
        return self.world.members[actor.organisation, actor.person]

    def draft(self, *, offer: str = "npo-producent", via: str | None = None, mode: ConnectionMode | None = None) -> str:
        """A draft of Berta's that is ready to be sent."""
        chosen = mode or (DIRECT if via is None else VIA_AGENT)
        return self.world.draft(self.berta, offer, chosen, via).id

    def sent(self, *, offer: str = "npo-producent", via: str | None = None) -> str:
        """An order that Berta has sent."""
        order = self.draft(offer=offer, via=via)
        self.portal.execute(ko.SendOrder(order=order), self.berta)
        return order

    def approved(self) -> str:
        """An order that Hanna has approved for the agent, with Aron picked."""
        order = self.sent(via=AGENT)
        self.approve(order)
        return order

    def approve(self, order: str) -> None:
        """Hanna approves, and picks Aron."""
        self.portal.execute(ko.ApproveOrder(order=order, attestant=self.id(self.aron), certified=True), self.hanna)

    def agent_done(self) -> str:
        """An order that the agent has approved and attested."""
        order = self.approved()
        self.world.attest(order, self.aron)
        return order

    def attested(self, *, via: str | None = None) -> str:
        """An order that everybody has attested."""
        order = self.sent() if via is None else self.agent_done()
        self.world.attest(order, self.atle)
        return order

    def handed_over(self) -> str:
        """A direct order whose orderer has the instructions."""
        order = self.attested()
        self.portal.execute(ko.HandOverOrder(order=order, instructions="Logga in så här."), self.karin)
        return order

    def informed(self) -> str:
        """An order whose agent may start the technical connection."""
        order = self.attested(via=AGENT)
        self.portal.execute(ko.InformAgent(order=order), self.karin)
        return order

    def assign(self, actor: ko.Actor, role: Role) -> None:
        """The administrator gives a role."""
        self.portal.execute(ko.AssignRole(member=self.id(actor), role=role), self.administrator(actor))

    def remove(self, actor: ko.Actor, role: Role) -> None:
        """The administrator takes a role."""
        self.portal.execute(ko.RemoveRole(member=self.id(actor), role=role), self.administrator(actor))

    def administrator(self, actor: ko.Actor) -> ko.Actor:
        """Who administers the organisation somebody acts for."""
        return {CUSTOMER: self.adam, AGENT: self.agda}.get(actor.organisation, self.olle)

    def state(self, order: str) -> ko.OrderState:
        """Where an order stands."""
        return self.portal.order(order, ko.SYSTEM).state

    def told(self) -> Told:
        """The mails that have left since somebody last asked, delivered now."""
        before = len(self.world.mailer.letters)
        self.portal.deliver()
        mails = [mail for mail in self.mails(ko.OwedState.SENT) if mail.id not in self.heard]
        self.heard |= {mail.id for mail in mails}
        letters = {letter.message_id for letter in self.world.mailer.letters[before:]}
        assert len(letters) <= len(mails)
        return sorted((self.name(mail), mail.template) for mail in mails)

    def mails(self, state: ko.OwedState) -> list[ko.Mail]:
        """The mails that stand like this."""
        with self.world.store.transaction() as transaction:
            page = transaction.select(Index.OWED, (state,), after=None, limit=100_000)
        return [line.owed.mail for line in page.items if line.owed is not None and line.owed.mail is not None]

    def name(self, mail: ko.Mail) -> str:
        """Whom a mail is to."""
        if mail.member is None:
            agreement = self.record(Key(mail.subject))
            assert isinstance(agreement, ko.Agreement)
            contacts = {each.id: each.contact.email for each in agreement.signatories}
            return contacts[mail.signatory or ""].partition("@")[0]
        member = self.record(member_key(mail.member))
        assert isinstance(member, ko.Member)
        return member.email.partition("@")[0]

    def record(self, key: Key) -> Record | None:
        """What is stored under a key."""
        with self.world.store.transaction() as transaction:
            return transaction.read((key,))[key].record

    def bells(self, actor: ko.Actor) -> list[Template]:
        """Somebody's notices."""
        return [notice.template for notice in self.portal.notices(actor).items]

    def waits(self, actor: ko.Actor) -> list[str]:
        """What waits for somebody."""
        return [each.id for each in self.portal.pending(actor).items]

    def reasons(self, command: ko.Command, actor: ko.Actor) -> tuple[ko.Reason, ...]:
        """Why something is refused; ``check`` and ``execute`` say the same, and nothing has changed (R35)."""
        return refusal(self.world, command, actor)

    def codes(self, command: ko.Command, actor: ko.Actor) -> set[ReasonCode]:
        """The codes of it; none if it would be accepted."""
        if self.portal.check(command, actor).allowed:
            return set()
        return {reason.code for reason in self.reasons(command, actor)}


def refusal(world: World, command: ko.Command, actor: ko.Actor) -> tuple[ko.Reason, ...]:
    """Why something is refused; ``check`` and ``execute`` say the same, and nothing has changed (R35)."""
    before = snapshot(world.store)
    verdict = world.portal.check(command, actor)
    with pytest.raises(ko.Refused) as caught:
        world.portal.execute(command, actor)
    assert caught.value.reasons == verdict.reasons
    assert snapshot(world.store) == before
    return verdict.reasons


def tables(store: Store) -> dict[str, dict[object, object]]:
    """All that a store in memory holds, to be looked at and tampered with."""
    assert isinstance(store, MemoryStore)
    held: object = vars(store)["_tables"]
    return vars(held)


def snapshot(store: Store) -> dict[str, dict[object, object]]:
    """All that a store in memory holds, as it is now; what it holds is frozen, but for the lists."""
    return {
        name: {key: tuple(held) if is_list(held) else held for key, held in table.items()}
        for name, table in tables(store).items()
    }


def is_list(held: object) -> TypeGuard[list[object]]:
    """Whether a table has a list there."""
    return isinstance(held, list)
