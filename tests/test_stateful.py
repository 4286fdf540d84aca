"""T88 and law 9: any sequence of commands, by people who mean well and by others who try anything, on two stores.

One rule makes a *legal* move, chosen among those the portal says are open; the other a *hostile* one: any command, by
anybody or nobody, about anything there is or is not. Whatever comes of it, ``promises`` are kept.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TypeAlias, TypeGuard

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from promises import (
    Kept,
    check_lists,
    check_mails,
    check_new,
    check_orders,
    check_people,
    check_steps,
)
from world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, PROVIDER, START, Ticking, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.commands import COMMANDS
from kundorder.evidence import Document, Evidence
from kundorder.lifecycles.documents import agreement_document, assignment_document, order_document
from kundorder.portal.settings import SystemIds
from kundorder.ports import Letter, Store
from kundorder.sample import CATALOGUE
from kundorder.situation import Act
from kundorder.vocabulary import Role, Trigger

Move: TypeAlias = tuple[ko.Command, ko.Actor]

PEOPLE: dict[str, dict[str, tuple[Role, ...]]] = {
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

ORGANISATIONS = (CUSTOMER, OTHER, AGENT, PROVIDER)
PERSONS = (
    "adam",
    "otto",
    "agda",
    "uno",
    "aron",
    "hanna",
    "hugo",
    "anna",
    "olof",
    "bo",
    "cilla",
    "olle",
    "karin",
    "okand",
)
OLLE = ko.Actor("olle", PROVIDER)
NO_ORDER = "o-0" + "0" * 25
NO_MEMBER = "m-0" + "0" * 25
AGREEMENTS = (f"customer/{CUSTOMER}", f"customer/{OTHER}", f"agent/{AGENT}")
ASSIGNMENTS = (f"{AGENT}/npo", f"{AGENT}/webcert", f"{AGENT}/siths")
OFFERS = ("npo-producent", "npo-konsument-tgp", "webcert-integrerad")
FIELDS: dict[str, str | int | tuple[str, ...]] = {
    "care_units": ("SE9997000006-P01",),
    "technical_contact": "Teknik Prov",
    "number_of_care_units": 3,
}
ASIDE = (Trigger.REJECT, Trigger.WITHDRAW, Trigger.COPY_AS_DRAFT, Trigger.PICK_ATTESTANT)
"""What does not lead on."""
ANNA = ko.Actor("anna", CUSTOMER)
VIA_AGENT = ko.ConnectionMode.VIA_AGENT
AT_FIRST = (
    ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT),
    ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT),
    ko.StartOrder(offer="npo-konsument-tgp", mode=VIA_AGENT, agent=AGENT),
)
GIVEN = (Role.ORDERER, Role.ATTESTANT, Role.AGENT_HANDLER, Role.ADMINISTRATOR)
BANKID = ko.AttestMethod.BANKID


@attrs.define
class Outbox:
    """A mailer that remembers every letter, one that comes twice too."""

    sent: list[str] = attrs.field(factory=list)

    def send(self, letter: Letter) -> None:
        self.sent.append(letter.message_id)


def founded(store: Store) -> None:
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
    world.grant(administrators[AGENT], "anna", "npo")
    world.portal.deliver()


@attrs.frozen
class InMemory:
    """A store in memory."""

    store: MemoryStore

    @classmethod
    def fresh(cls) -> "InMemory":
        """One with everybody in it."""
        store = MemoryStore()
        founded(store)
        return cls(store)

    def snapshot(self) -> object:
        """All that it holds; what it holds is frozen, so its tables are enough."""
        tables: object = vars(self.store)["_tables"]
        return [copied(table) for table in vars(tables).values()]

    def close(self) -> None:
        """Nothing stays."""


def copied(table: dict[object, object]) -> dict[object, object]:
    """A table as it is now; the lists in it may grow later."""
    return {key: tuple(held) if is_list(held) else held for key, held in table.items()}


def is_list(held: object) -> TypeGuard[list[object]]:
    """Whether a table has a list there."""
    return isinstance(held, list)


@attrs.frozen
class InFile:
    """A store in a file of its own."""

    store: SqliteStore
    path: Path

    def snapshot(self) -> object:
        """Every byte of the file."""
        return self.path.read_bytes()

    def close(self) -> None:
        """The file goes."""
        self.store.close()
        self.path.unlink()


def copies_in(folder: Path) -> Callable[[], InFile]:
    """Files with everybody in them: one is made and copied, for making each would take a second."""
    template, numbers = folder / "founded.db", count()
    store = SqliteStore(template, journal_mode="delete")
    founded(store)
    store.close()

    def fresh() -> InFile:
        path = folder / f"orders-{next(numbers)}.db"
        shutil.copy(template, path)
        return InFile(SqliteStore(path, journal_mode="delete"), path)

    return fresh


class Ordering(RuleBasedStateMachine):
    """People at work."""

    def __init__(self, place: InMemory | InFile) -> None:
        super().__init__()
        self.place = place
        self.store: Store = self.place.store
        self.signer = MemorySigner()
        self.outbox = Outbox()
        self.clock = Ticking(START.replace(month=2))
        self.chosen = ko.Rules()
        self.portal = ko.Portal(store=self.store, catalogue=CATALOGUE)
        self.kept = Kept.of(self.store)
        self.before = self.kept
        self.settled = True
        self.acts = 0
        self.turn = 0
        self.codes: dict[str, str] = {}

    @initialize(
        four_eyes=st.booleans(),
        automatic=st.booleans(),
        roles_wait=st.booleans(),
        so_far=st.tuples(*[st.integers(0, 9)] * len(AT_FIRST)),
    )
    def open(self, *, four_eyes: bool, automatic: bool, roles_wait: bool, so_far: tuple[int, ...]) -> None:
        """A host makes its choices, and some orders are under way."""
        self.chosen = ko.Rules(
            four_eyes=four_eyes, inform_agent_automatically=automatic, roles_require_signed_agreement=roles_wait
        )
        self.portal = ko.Portal(
            store=self.store,
            catalogue=CATALOGUE,
            rules=self.chosen,
            mailer=self.outbox,
            signing=self.signer,
            clock=self.clock,
        )
        for start, steps in zip(AT_FIRST, so_far, strict=True):
            order = self.portal.execute(start, ANNA).order.id
            self.look()
            for _ in range(steps):
                for command, actor in list(self.open_for(self.kept.orders[order], aside=False))[:1]:
                    self.act(command, actor, key=None)

    @rule(data=st.data(), moves=st.integers(1, 3))
    def legal(self, data: st.DataObject, moves: int) -> None:
        """People do what is open to them, or the system does what it owes."""
        kinds = (*[self.on_order] * 4, self.starts, *[self.on_user] * 4, *[self.on_agreement] * 2, None, None)
        for _ in range(moves):
            kind = data.draw(st.sampled_from(kinds))
            if kind is None:
                self.deliver()
                continue
            found = [move for move in kind(data) if self.is_open(move)]
            if found:
                command, actor = data.draw(st.sampled_from(found))
                self.act(command, actor, key=data.draw(st.sampled_from((None, f"act {self.acts}"))))

    @rule(data=st.data())
    def hostile(self, data: st.DataObject) -> None:
        """Anybody tries anything."""
        persons = st.builds(ko.Actor, st.sampled_from(PERSONS), st.sampled_from(ORGANISATIONS))
        actor = data.draw(st.sampled_from((*self.kept.readers(), ko.SYSTEM)) | persons)
        kind = data.draw(st.sampled_from(COMMANDS))
        values = self.values(data, actor)
        fields = {field.name: values[field.name] for field in attrs.fields(kind)}
        made: st.SearchStrategy[ko.Command] = st.builds(kind, **fields)
        self.act(data.draw(made), actor, key=data.draw(st.sampled_from((None, None, "k1", "k2"))))

    def act(self, command: ko.Command, actor: ko.Actor, *, key: str | None) -> None:
        """Try it; what is refused has changed nothing and owes nothing (R35)."""
        self.acts += 1
        held = self.place.snapshot()
        try:
            outcome = self.portal.execute(command, actor, key=key)
        except ko.Refused as refusal:
            self.explain(refusal.reasons)
        except (ko.NotFound, ko.KeyReused):
            pass
        else:
            self.settled = False
            self.look()
            if key is not None:
                self.again(command, actor, key, outcome)
            return
        assert self.place.snapshot() == held, (command, actor)

    def again(self, command: ko.Command, actor: ko.Actor, key: str, outcome: ko.Outcome) -> None:
        """The same once more comes to the same, and nothing happens (R36); anything else is not the same."""
        held = self.place.snapshot()
        assert self.portal.execute(command, actor, key=key) == outcome
        with pytest.raises(ko.KeyReused):
            self.portal.execute(ko.TerminateAgreement(agreement=AGREEMENTS[0], reason="Fel."), actor, key=key)
        assert self.place.snapshot() == held

    def explain(self, reasons: tuple[ko.Reason, ...]) -> None:
        """Every reason is a sentence in each language, and somebody can clear it."""
        for reason in reasons:
            assert reason.cleared_by
            sayings = (reason.text, *(clearer.text for clearer in reason.cleared_by))
            assert all(saying(language) for saying in sayings for language in ko.Language)

    def deliver(self) -> None:
        """The system sends and does what it owes, until there is nothing left of it."""
        while (report := self.portal.deliver()) != ko.DeliveryReport():
            assert (report.parked, report.later) == (0, 0)
            self.clock.time += timedelta(minutes=5)  # what a round has not come to is leased for a while
        assert len(set(self.outbox.sent)) == len(self.outbox.sent)
        self.settled = True
        self.look()
        for reader in self.kept.readers():
            check_lists(self.kept, self.portal, reader, settled=True)

    def look(self) -> None:
        """What is in the store now, and the codes of the invitations that are about to leave."""
        self.before, self.kept = self.kept, Kept.of(self.store)
        self.codes |= {str(mail.member): mail.secret for mail in self.kept.mails if mail.secret is not None}
        check_new(self.before, self.kept, self.chosen)

    @invariant()
    def the_rules_hold(self) -> None:
        """What can be told from the store."""
        check_steps(self.kept)
        check_orders(self.kept, self.chosen)
        check_mails(self.kept)
        check_people(self.kept)

    @invariant()
    def the_lists_agree_with_what_may_be_seen_and_done(self) -> None:
        """Two readers at a time, in turn."""
        readers = tuple(self.kept.readers())
        for _ in range(2):
            self.turn += 1
            check_lists(self.kept, self.portal, readers[self.turn % len(readers)], settled=self.settled)

    def teardown(self) -> None:
        """At last everything is looked at."""
        try:
            self.deliver()
            report = self.portal.verify_journal()
            assert report.verified, report.problems
            assert report.entries == sum(map(len, self.kept.chains.values()))
        finally:
            self.place.close()

    def is_open(self, move: Move) -> bool:
        """Whether a move would be accepted."""
        try:
            return self.portal.check(*move).allowed
        except ko.NotFound:
            return False

    def evidence(self, document: Document) -> Evidence:
        """Somebody signs."""
        done = self.signer.start(ko.SigningRequest(document=document, method=BANKID), now=START)
        assert isinstance(done, ko.Done)
        return done.evidence

    def attested(self, order: ko.Order, actor: ko.Actor) -> Evidence:
        """Somebody attests an order."""
        return self.evidence(order_document(order, Act(actor, START, SystemIds(), self.chosen, CATALOGUE)))

    def on_order(self, data: st.DataObject) -> Iterator[Move]:
        """All that is open to anybody for one of the orders and leads on; now and then what does not."""
        if not self.kept.orders:
            return
        order = data.draw(st.sampled_from(tuple(self.kept.orders.values())))
        yield from self.open_for(order, aside=data.draw(st.integers(0, 5)) == 0)

    def open_for(self, order: ko.Order, *, aside: bool) -> Iterator[Move]:
        """All that is open to anybody for an order."""
        done = {
            Trigger.FILL_IN: bool(order.content.answers),
            Trigger.ACCEPT_TERMS: order.content.terms is not None,
            Trigger.SEND: not order.content.answers,
        }
        for actor in self.kept.readers():
            for option in self.options(order.id, actor):
                leads_on = option.trigger not in ASIDE and not done.get(option.trigger, False)
                if option.verdict.allowed and leads_on is not aside:
                    for command in self.commands(order, option.trigger, actor):
                        yield command, actor

    def options(self, order: str, actor: ko.Actor) -> tuple[ko.Option, ...]:
        """What is open to somebody; nothing to who sees nothing."""
        try:
            return self.portal.options(order, actor)
        except ko.NotFound:
            return ()

    def commands(self, order: ko.Order, trigger: Trigger, actor: ko.Actor) -> tuple[ko.Command, ...]:
        """Commands that lack nothing; several where somebody is to be picked."""
        attestants = self.kept.holders.get((AGENT, Role.ATTESTANT), ())
        identifier = order.id
        match trigger:
            case Trigger.APPROVE:
                return tuple(ko.ApproveOrder(order=identifier, attestant=each, certified=True) for each in attestants)
            case Trigger.PICK_ATTESTANT:
                return tuple(ko.PickAttestant(order=identifier, attestant=each) for each in attestants)
            case Trigger.ATTEST:
                return (ko.AttestOrder(order=identifier, method=BANKID, evidence=self.attested(order, actor)),)
            case _:
                plain: dict[Trigger, ko.Command] = {
                    Trigger.COPY_AS_DRAFT: ko.CopyOrderAsDraft(order=identifier),
                    Trigger.FILL_IN: ko.FillInOrder(order=identifier, fields=fields_of(order)),
                    Trigger.ACCEPT_TERMS: ko.AcceptTerms(order=identifier, version="2026-1"),
                    Trigger.SEND: ko.SendOrder(order=identifier),
                    Trigger.REJECT: ko.RejectOrder(order=identifier, reason="Fel tjänst."),
                    Trigger.WITHDRAW: ko.WithdrawOrder(order=identifier),
                    Trigger.HAND_OVER: ko.HandOverOrder(order=identifier, instructions="Logga in så här."),
                    Trigger.INFORM_AGENT: ko.InformAgent(order=identifier),
                    Trigger.COMPLETE: ko.CompleteOrder(order=identifier),
                }
                return (plain[trigger],)

    def starts(self, data: st.DataObject) -> Iterator[Move]:
        """A new order, by any orderer."""
        offer = data.draw(st.sampled_from(OFFERS))
        mode = data.draw(st.sampled_from(ko.ConnectionMode))
        agent = AGENT if mode is ko.ConnectionMode.VIA_AGENT else None
        for actor in self.kept.readers():
            if Role.ORDERER in self.kept.roles(actor):
                yield ko.StartOrder(offer=offer, mode=mode, agent=agent), actor

    def on_user(self, data: st.DataObject) -> Iterator[Move]:
        """Everything that can be done to one of the users, and adding another."""
        user = data.draw(st.sampled_from(tuple(self.kept.members.values())))
        code = self.codes.get(user.id)
        newcomer = data.draw(st.sampled_from(("ny", "anna", "cilla")))
        if code is not None:
            yield ko.VerifyUser(member=user.id, code=code), ko.Actor(newcomer, user.organisation)
        yield ko.RestoreUser(member=user.id), OLLE
        for actor in self.kept.readers():
            if actor.organisation == user.organisation and Role.ADMINISTRATOR in self.kept.roles(actor):
                yield ko.AddUser(name="Ny Prov", email=f"{newcomer}@ny.example"), actor
                yield ko.DeleteUser(member=user.id), actor
                for role in GIVEN:
                    change = ko.RemoveRole if role in user.roles else ko.AssignRole
                    yield change(member=user.id, role=role), actor
                for assignment in ASSIGNMENTS:
                    shift = ko.RevokeHandler if (user.id, assignment) in self.granted() else ko.GrantHandler
                    yield shift(member=user.id, assignment=assignment), actor

    def granted(self) -> set[tuple[str, str]]:
        """Which handlers are granted in which assignments."""
        return {(grant.member, each.id) for each in self.kept.assignments.values() for grant in each.grants}

    def on_agreement(self, data: st.DataObject) -> Iterator[Move]:
        """Everything that can be done to one of the agreements, or to one of the agent's assignments."""
        agreement = self.kept.agreements[data.draw(st.sampled_from(AGREEMENTS))]
        identifier = agreement.id
        yield ko.TerminateAgreement(agreement=identifier), OLLE
        yield ko.ApproveAgreement(agreement=identifier), OLLE
        yield ko.RejectAgreement(agreement=identifier, reason="Inte behörig."), OLLE
        signer = agreement.signatories[0].id
        signed = self.evidence(agreement_document(agreement, signer, Trigger.SIGN, CATALOGUE))
        declined = self.evidence(agreement_document(agreement, signer, Trigger.DECLINE, CATALOGUE))
        yield ko.SignAgreement(agreement=identifier, evidence=signed), ko.SYSTEM
        yield ko.DeclineAgreement(agreement=identifier, reason="Nej tack.", evidence=declined), ko.SYSTEM
        yield from self.applications(agreement)
        for assignment in ASSIGNMENTS:
            yield from self.on_assignment(assignment)

    def applications(self, agreement: ko.Agreement) -> Iterator[Move]:
        """The same agreement once more."""
        organisation, name = agreement.organisation, agreement.name
        people = ko.CustomerApplication(
            administrator=agreement.administrator,
            agreement_contact=agreement.agreement_contact,
            signatories=tuple(each.contact for each in agreement.signatories),
        )
        applicant = ko.Actor("okand", organisation)
        if agreement.category is None:
            yield ko.ApplyForAgentAgreement(name=name, application=people), applicant
            yield ko.RegisterAgentAgreement(organisation=organisation, name=name, application=people), OLLE
            return
        category = agreement.category
        yield ko.ApplyForCustomerAgreement(name=name, category=category, application=people), applicant
        for model in ko.AgreementModel:
            register = ko.RegisterCustomerAgreement(
                organisation=organisation, name=name, category=category, application=people, model=model
            )
            yield register, OLLE

    def on_assignment(self, identifier: str) -> Iterator[Move]:
        """Everything that can be done to an assignment."""
        yield ko.ApplyForAssignment(service=identifier.partition("/")[2]), ko.Actor("uno", AGENT)
        assignment = self.kept.assignments.get(identifier)
        if assignment is None:
            return
        yield ko.PassReview(assignment=identifier), OLLE
        yield ko.ActivateAssignment(assignment=identifier), OLLE
        yield ko.RejectAssignment(assignment=identifier, reason="Inte nu."), OLLE
        yield ko.EndAssignment(assignment=identifier), OLLE
        aron = ko.Actor("aron", AGENT)
        document = assignment_document(assignment, Act(aron, START, SystemIds(), self.chosen, CATALOGUE))
        yield ko.AttestAssignment(assignment=identifier, method=BANKID, evidence=self.evidence(document)), aron

    def values(self, data: st.DataObject, actor: ko.Actor) -> dict[str, st.SearchStrategy[object]]:
        """What a command can be put together from: what there is, and what there is not."""
        orders, members = (*self.kept.orders, NO_ORDER), (*self.kept.members, NO_MEMBER)
        evidence: list[Evidence | None] = [None]
        for order in self.kept.orders.values():
            mine = self.attested(order, actor)
            evidence += [mine, attrs.evolve(mine, proof="förfalskad"), self.attested(order, OLLE)]
        for agreement in self.kept.agreements.values():
            evidence += [self.evidence(agreement_document(agreement, "s1", Trigger.SIGN, CATALOGUE))]
        organisation = data.draw(st.sampled_from((*ORGANISATIONS, OTHER_AGENT)))
        person = data.draw(st.sampled_from(("adam", "agda", "kontakt", "ny")))
        contact = ko.Contact(name="Någon Prov", email=f"{person}@o{organisation.replace('-', '')}.example")
        people = ko.CustomerApplication(administrator=contact, agreement_contact=contact, signatories=(contact,))
        words = st.sampled_from(("", "För sent."))
        return {
            "agent": st.sampled_from((None, AGENT, CUSTOMER, OTHER_AGENT)),
            "agreement": st.sampled_from((*AGREEMENTS, f"agent/{CUSTOMER}", f"customer/{OTHER_AGENT}")),
            "application": st.just(people),
            "assignment": st.sampled_from((*ASSIGNMENTS, f"{OTHER_AGENT}/npo")),
            "attestant": st.sampled_from((None, *members)),
            "category": st.sampled_from(ko.CustomerCategory),
            "certified": st.booleans(),
            "code": st.sampled_from((*self.codes.values(), "A" * 43)),
            "email": st.just(contact.email),
            "evidence": st.sampled_from(evidence),
            "fields": st.sampled_from((FIELDS, {}, {"technical_contact": "Teknik Prov"})),
            "instructions": words,
            "language": st.sampled_from(ko.Language),
            "member": st.sampled_from(members),
            "method": st.sampled_from((None, *ko.AttestMethod)),
            "mode": st.sampled_from(ko.ConnectionMode),
            "model": st.sampled_from(ko.AgreementModel),
            "name": st.just("Någon Prov"),
            "offer": st.sampled_from((*OFFERS, "siths", "finns-inte")),
            "order": st.sampled_from(orders),
            "organisation": st.just(organisation),
            "person_name": st.just("Någon Prov"),
            "phone": st.none(),
            "reason": words,
            "role": st.sampled_from(Role),
            "service": st.sampled_from(("npo", "siths", "finns-inte")),
            "supplementary_to": st.sampled_from((None, *orders)),
            "version": st.sampled_from(("2026-1", "2025-1")),
        }


def fields_of(order: ko.Order) -> dict[str, str | int | tuple[str, ...]]:
    """What the form of an offer asks for."""
    offer = CATALOGUE.offer(order.content.offer)
    assert offer is not None
    return {field.name: FIELDS[field.name] for field in offer.form if field.name in FIELDS}


def run(fresh: Callable[[], InMemory | InFile], *, examples: int, steps: int) -> None:
    """Always the same sequences, so that a failure comes again."""

    class Fresh(Ordering):
        """Each sequence has a store of its own."""

        def __init__(self) -> None:
            super().__init__(fresh())

    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
    )
    run_state_machine_as_test(Fresh, settings=chosen)


@pytest.mark.timeout(900)  # to make a failure shorter may take minutes
def test_in_memory_the_rules_hold_whatever_people_do() -> None:
    run(InMemory.fresh, examples=80, steps=30)


@pytest.mark.timeout(900)
def test_in_a_file_the_rules_hold_whatever_people_do(tmp_path: Path) -> None:
    run(copies_in(tmp_path), examples=12, steps=20)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_in_memory_the_rules_hold_for_a_long_time() -> None:
    run(InMemory.fresh, examples=2000, steps=50)
