"""T88 and law 14: every reachable situation of an order, walked breadth-first, and in each of them everybody tries all.

Two situations are the same if they differ in nothing but ids, times, and which of two people in the same position is
which. People come and go meanwhile: attestants, orderers and handlers lose and regain what they need, users are
deleted and restored, the assignment ends and is opened again, the agreement is terminated and registered again.

The portal is the real one. What a call comes to depends on nothing but the answers its store gives, so a call that has
once been given the same answers to the same questions is not made again: that is what makes the walk quick.
"""

from collections import Counter, deque
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Generic, TypeAlias, TypeVar

import attrs
import pytest
from world import AGENT, CUSTOMER, PROVIDER, START, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.directory import Holders
from kundorder.model import Record
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Transaction
from kundorder.sample import CATALOGUE
from kundorder.situation import (
    ABSENT,
    Fact,
    Key,
    Kind,
    agreement_key,
    assignment_key,
    kind_of,
    member_key,
    order_key,
)
from kundorder.vocabulary import Flow, Index, Lifecycle, OrderState, Party, ReasonCode, Role, Template, Trigger
from kundorder.workflow import FINAL, GRANTS
from kundorder.worklists import listings

Facts: TypeAlias = Mapping[Key, Fact]
Question: TypeAlias = tuple[Hashable, ...]
T = TypeVar("T")

NOW = START + timedelta(days=1)
ORDER = "o-0" + "0" * 25
ASSIGNMENT = f"{AGENT}/npo"
AGREEMENT = f"customer/{CUSTOMER}"

ANNA, BO, ADAM, STRANGER = (ko.Actor(person, CUSTOMER) for person in ("anna", "bo", "adam", "okand"))
AGDA, UNO = (ko.Actor(person, AGENT) for person in ("agda", "uno"))
OLLE, KARIN = (ko.Actor(person, PROVIDER) for person in ("olle", "karin"))


class Fixed:
    """One time and one id of each kind: the walk follows one order at a time."""

    def now(self) -> datetime:
        return NOW

    def order(self) -> str:
        return ORDER

    def member(self) -> str:
        raise AssertionError

    def case_number(self) -> str:
        return "KO0020000006"

    def code(self, about: str) -> str:
        del about
        return "A" * 43


class Still:
    """A store that stands still: it notes each question with its answer, and keeps what is written to it apart."""

    def __init__(self) -> None:
        self.facts: Facts = {}
        self.owed: tuple[ko.Owed, ...] = ()
        self.asked: dict[Question, Question] = {}
        self.written: list[Changes] = []

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        yield self

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        self._note(("read", *keys))
        return {key: self.facts.get(key, ABSENT) for key in keys}

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        del after, limit
        self._note(("select", index, *values))
        found = sorted(self._lines(index, values), key=lambda line: (line.sort, line.key), reverse=newest_first)
        return Page(items=tuple(found), after=None)

    def _lines(self, index: Index, values: tuple[str, ...]) -> Iterator[Listed]:
        for key, fact in self.facts.items():
            lines = {} if fact.record is None else {(line[0], line[1]): line[2] for line in listings(fact.record)}
            sort = next((lines[index, value] for value in values if (index, value) in lines), None)
            if sort is not None:
                yield Listed(sort=sort, key=key, fact=fact)

    def _note(self, question: Question) -> None:
        if question not in self.asked:
            self.asked[question] = self.answer(question)

    def answer(self, question: Question) -> Question:
        """What tells one answer from another; facts are kept once each, so it is enough which ones they are."""
        match question:
            case ("read", *keys):
                return tuple(id(self.facts.get(Key(str(key)), ABSENT)) for key in keys)
            case (_, index, *values):
                lines = self._lines(Index(str(index)), tuple(str(value) for value in values))
                return tuple((line.key, id(line.fact)) for line in lines)
            case _:
                raise LookupError(question)

    def write(self, changes: Changes) -> None:
        self.written.append(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[ko.Owed, ...]:
        del now, lease_until, limit
        owed, self.owed = self.owed, ()
        return owed

    def settle(self, owed: ko.Owed, settlement: ko.Settlement) -> bool:
        del owed, settlement
        return True


@attrs.define
class Node(Generic[T]):
    """What a call asks next, or what it comes to."""

    question: Question | None = None
    answers: dict[Question, "Node[T]"] = attrs.field(factory=dict)
    came_to: T | None = None


@attrs.define
class Recalled(Generic[T]):
    """A call that is made once for all stores that answer its questions alike."""

    call: Callable[[], T]
    root: Node[T] = attrs.field(factory=Node[T])

    def on(self, store: Still) -> T:
        """What the call comes to on this store."""
        node = self.root
        while node.question is not None:
            known = node.answers.get(store.answer(node.question))
            if known is None:
                break
            node = known
        if node.came_to is not None and node.question is None:
            return node.came_to
        store.asked.clear()
        made, node = self.call(), self.root
        for question, answer in store.asked.items():
            assert node.question in (None, question)
            node.question = question
            node = node.answers.setdefault(answer, Node())
        node.came_to = made
        return made


@attrs.frozen(kw_only=True)
class Scenario:
    """What is the same all the way."""

    name: str
    offer: str = "npo-producent"
    mode: ko.ConnectionMode = ko.ConnectionMode.VIA_AGENT
    flow: Flow = Flow.VIA_AGENT
    orderer_attests: bool = False  # one person orders and attests
    four_eyes: bool = False
    two_accounts: bool = False  # the orderer is a handler of the agent too, the customer's attestant one of the agent's
    automatic: bool = False  # the system informs the agent

    @property
    def handlers(self) -> tuple[ko.Actor, ko.Actor]:
        """Both are granted at first."""
        return ko.Actor("hanna", AGENT), ko.Actor("anna" if self.two_accounts else "hugo", AGENT)

    @property
    def attestants(self) -> tuple[ko.Actor, ko.Actor]:
        """The agent's."""
        return ko.Actor("aron", AGENT), ko.Actor("bo" if self.two_accounts else "arne", AGENT)

    @property
    def customers(self) -> tuple[ko.Actor, ...]:
        """Everybody at the customer."""
        return ANNA, BO, ADAM

    @property
    def agents(self) -> tuple[ko.Actor, ...]:
        """Everybody at the agent."""
        return *self.handlers, *self.attestants, AGDA, UNO


DIRECT = ko.ConnectionMode.DIRECT
TGP = "npo-konsument-tgp"
SCENARIOS = tuple(
    Scenario(
        name=f"{name}{', the orderer attests' * attests}{', four eyes' * four_eyes}",
        offer=offer,
        mode=mode,
        flow=flow,
        orderer_attests=attests,
        four_eyes=four_eyes,
    )
    for name, offer, mode, flow in (
        ("direct", "npo-producent", DIRECT, Flow.DIRECT),
        ("TGP via agent", TGP, ko.ConnectionMode.VIA_AGENT, Flow.DIRECT),
        ("via agent", "npo-producent", ko.ConnectionMode.VIA_AGENT, Flow.VIA_AGENT),
    )
    for attests in (False, True)
    for four_eyes in (False, True)
) + (
    Scenario(name="via agent, two accounts, four eyes, informed by itself", four_eyes=True, two_accounts=True, automatic=True),
)

ASKING = {
    OrderState.AWAITING_AGENT_APPROVAL: (Trigger.APPROVE, Template.REVIEW_ORDER),
    OrderState.AWAITING_AGENT_ATTEST: (Trigger.ATTEST, Template.ATTEST_FOR_AGENT),
    OrderState.AWAITING_CUSTOMER_ATTEST: (Trigger.ATTEST, Template.ATTEST_ORDER),
}
"""Where somebody is asked: to do what, and how."""

FOR_EVERYBODY = {ReasonCode.ASSIGNMENT_NOT_ACTIVE, ReasonCode.NO_AGREEMENT}
"""What holds a step up whoever takes it: the order waits, says so, and can be withdrawn (DOMAIN §7)."""


@cache
def opening(scenario: Scenario) -> tuple[Facts, Mapping[ko.Actor, str]]:
    """Everybody is there and nothing is ordered yet; and the users' ids."""
    store = MemoryStore()
    world = World.new(store=store)
    world.user(world.customer(), "anna", Role.ORDERER, *(Role.ATTESTANT,) * scenario.orderer_attests)
    world.user(ADAM, "bo", Role.ATTESTANT)
    world.agent(people=False)
    world.user(AGDA, scenario.attestants[1].person, Role.ATTESTANT)
    for handler in scenario.handlers:
        world.user(AGDA, handler.person, Role.AGENT_HANDLER)
        world.grant(AGDA, handler.person, "npo")
    world.remember(ADAM)
    world.remember(AGDA)
    tables: object = vars(store)["_tables"]
    records: Mapping[Key, Fact] = vars(tables)["records"]
    people = {ko.Actor(person, organisation): member for (organisation, person), member in world.members.items()}
    return records, people


def settled(record: Record) -> Record:
    """A record without what makes no difference: times, numbers of steps, what has been signed, what went before."""
    match record:
        case ko.Order():
            notices = tuple(attrs.evolve(notice, step=1, since=NOW) for notice in record.notices)
            content = attrs.evolve(record.content, copied_from=None)
            return attrs.evolve(record, step=1, notices=notices, evidence=(), content=content)
        case ko.AgentAssignment():
            grants = sorted((attrs.evolve(each, granted_at=NOW) for each in record.grants), key=lambda each: each.member)
            return attrs.evolve(
                record, number=1, step=1, since=NOW, grants=tuple(grants), marks=(), evidence=(), reason=None
            )
        case ko.Agreement():
            signatories = tuple(attrs.evolve(each, evidence=None) for each in record.signatories)
            return attrs.evolve(record, number=1, step=1, since=NOW, signatories=signatories, marks=(), reason=None)
        case ko.Member():
            return attrs.evolve(record, step=1, since=NOW)
        case Holders():
            holders = sorted((attrs.evolve(each, since=NOW) for each in record.holders), key=lambda each: each.member)
            return attrs.evolve(record, holders=tuple(holders))
        case _:
            return record


@attrs.frozen(kw_only=True)
class Move:
    """One accepted act: what becomes of the situation, and what the system has to do next."""

    trigger: Trigger
    to: str
    puts: Mapping[Key, Fact]
    follow_up: ko.FollowUp | None


@attrs.frozen(kw_only=True)
class Look:
    """What somebody sees of the order, and may do to it, whatever the content of the command."""

    sees: bool
    codes: Mapping[Trigger, frozenset[ReasonCode]]
    listed: bool
    pending: bool
    asked: tuple[Template, ...]


Shape: TypeAlias = tuple[Hashable, ...]


class Walk:
    """All situations a scenario leads to."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        records, self.people = opening(scenario)
        self.kept: dict[Record, Fact] = {}
        self.start: Facts = {
            key: self.keep(fact.record) for key, fact in records.items() if fact.record is not None
        }
        self.store = Still()
        rules = ko.Rules(four_eyes=scenario.four_eyes, inform_agent_automatically=scenario.automatic)
        fixed = Fixed()
        self.portal = ko.Portal(
            store=self.store, catalogue=CATALOGUE, rules=rules, signing=MemorySigner(), clock=fixed, ids=fixed
        )
        self.actors = (*scenario.customers, *scenario.agents, OLLE, KARIN, STRANGER, ko.SYSTEM)
        self.tries = {actor: Recalled(lambda actor=actor: self.try_all(actor)) for actor in self.actors}
        self.looks = {actor: Recalled(lambda actor=actor: self.look(actor)) for actor in self.actors}
        self.changes = [
            Recalled(lambda command=command, actor=actor: self.tried(command, actor))
            for command, actor in self.comings_and_goings()
        ]
        self.reopening = [
            Recalled(lambda command=command, actor=actor: self.tried(command, actor))
            for command, actor in self.opening_again()
        ]
        self.path = Recalled(lambda: self.portal.path(ORDER, KARIN))
        self.follow_ups: dict[ko.FollowUp, Recalled[Mapping[Key, Fact]]] = {}

    def keep(self, record: Record) -> Fact:
        """The one fact there is of a record."""
        record = settled(record)
        return self.kept.setdefault(record, Fact(1, record))

    def commands(self) -> tuple[ko.Command, ...]:
        """All that can be asked for the order."""
        scenario, terms = self.scenario, CATALOGUE.offer(self.scenario.offer)
        assert terms is not None
        agent = AGENT if scenario.mode is ko.ConnectionMode.VIA_AGENT else None
        fields = {"care_units": ["SE2321000131-P01"], "technical_contact": "Teknik Prov"}
        return (
            ko.StartOrder(offer=scenario.offer, mode=scenario.mode, agent=agent),
            ko.CopyOrderAsDraft(order=ORDER),
            ko.FillInOrder(order=ORDER, fields=fields),
            ko.AcceptTerms(order=ORDER, version=terms.terms.version),
            ko.SendOrder(order=ORDER),
            *(
                ko.ApproveOrder(order=ORDER, attestant=self.people[attestant], certified=True)
                for attestant in scenario.attestants
            ),
            *(ko.PickAttestant(order=ORDER, attestant=self.people[attestant]) for attestant in scenario.attestants),
            ko.AttestOrder(order=ORDER, method=ko.AttestMethod.BANKID),
            ko.RejectOrder(order=ORDER, reason="Fel tjänst."),
            ko.WithdrawOrder(order=ORDER),
            ko.HandOverOrder(order=ORDER, instructions="Logga in så här."),
            ko.InformAgent(order=ORDER),
            ko.CompleteOrder(order=ORDER),
        )

    def comings_and_goings(self) -> Iterator[tuple[ko.Command, ko.Actor]]:
        """What happens to people and agreements meanwhile."""
        bo, anna = self.people[BO], self.people[ANNA]
        yield ko.DeleteUser(member=bo), ADAM
        yield ko.RestoreUser(member=bo), OLLE
        comes_and_goes = [(bo, Role.ATTESTANT, ADAM), (anna, Role.ORDERER, ADAM)]
        if self.scenario.orderer_attests:
            comes_and_goes.append((anna, Role.ATTESTANT, ADAM))
        if self.scenario.flow is Flow.VIA_AGENT:
            comes_and_goes += [(self.people[each], Role.ATTESTANT, AGDA) for each in self.scenario.attestants]
            for handler in self.scenario.handlers:
                yield ko.GrantHandler(member=self.people[handler], assignment=ASSIGNMENT), AGDA
                yield ko.RevokeHandler(member=self.people[handler], assignment=ASSIGNMENT), AGDA
            yield ko.EndAssignment(assignment=ASSIGNMENT), OLLE
        for member, role, administrator in comes_and_goes:
            yield ko.AssignRole(member=member, role=role), administrator
            yield ko.RemoveRole(member=member, role=role), administrator
        yield ko.TerminateAgreement(agreement=AGREEMENT), OLLE
        agreement = self.start[agreement_key(AGREEMENT)].record
        assert isinstance(agreement, ko.Agreement)
        assert agreement.category is not None
        contacts = (agreement.administrator, agreement.agreement_contact)
        people = ko.CustomerApplication(
            administrator=contacts[0],
            agreement_contact=contacts[1],
            signatories=tuple(each.contact for each in agreement.signatories),
        )
        name, category = agreement.name, agreement.category
        again = ko.RegisterCustomerAgreement(organisation=CUSTOMER, name=name, category=category, application=people)
        yield again, OLLE

    def opening_again(self) -> Iterator[tuple[ko.Command, ko.Actor]]:
        """An ended assignment becomes active again in one go, without its grants."""
        if self.scenario.flow is Flow.VIA_AGENT:
            yield ko.ApplyForAssignment(service="npo"), UNO
            yield ko.PassReview(assignment=ASSIGNMENT), OLLE
            yield ko.AttestAssignment(assignment=ASSIGNMENT, method=ko.AttestMethod.BANKID), self.scenario.attestants[0]
            yield ko.ActivateAssignment(assignment=ASSIGNMENT), OLLE

    def try_all(self, actor: ko.Actor) -> tuple[Move, ...]:
        """Somebody tries everything; what is accepted."""
        moves = (self.tried(command, actor) for command in self.commands())
        return tuple(move for move in moves if move is not None)

    def tried(self, command: ko.Command, actor: ko.Actor) -> Move | None:
        """What comes of a command: nothing where it is refused, and then there are reasons."""
        self.store.written.clear()
        try:
            if isinstance(command, ko.AttestOrder | ko.AttestAssignment):
                done = self.portal.resume_signing(command, actor, method=ko.AttestMethod.BANKID)
                assert isinstance(done, ko.Outcome)
            else:
                done = self.portal.execute(command, actor)
        except ko.NotFound:
            return None
        except ko.Refused as refusal:
            assert all(explained(reason) for reason in refusal.reasons)
            return None
        if not self.store.written:
            return None
        (changes,) = self.store.written
        self.judge(changes)
        follow_ups = [owed.follow_up for owed in changes.owed if owed.follow_up is not None]
        assert len(follow_ups) <= 1
        return Move(
            trigger=command.trigger,
            to=done.state,
            puts=self.puts(changes),
            follow_up=follow_ups[0] if follow_ups else None,
        )

    def puts(self, changes: Changes) -> Mapping[Key, Fact]:
        """What becomes different; receipts, case numbers and what rests in the archive do not matter here."""
        return {
            stored.key: self.keep(stored.record)
            for stored in changes.records
            if stored.key in self.start or stored.key == order_key(ORDER)
        }

    def order_in(self, facts: Facts) -> ko.Order | None:
        """The order, once there is one."""
        record = facts.get(order_key(ORDER), ABSENT).record
        return record if isinstance(record, ko.Order) else None

    def judge(self, changes: Changes) -> None:
        """A step is a cell, and those are asked who are named, once, and nobody too early."""
        for entry in changes.entries:
            event = entry.event
            if event.lifecycle is Lifecycle.ORDER:
                cell = (event.before, event.trigger, event.role, event.party, event.after)
                assert cell in CELLS[self.scenario.flow]
        mails = [owed.mail for owed in changes.owed if owed.mail is not None]
        assert len({mail.id for mail in mails}) == len(mails)
        assert self.scenario.flow is Flow.VIA_AGENT or all(mail.party is not Party.AGENT for mail in mails)
        before = self.order_in(self.store.facts)
        for stored in changes.records:
            if isinstance(stored.record, ko.Order):
                self.judge_asking(before, stored.record, mails)

    def judge_asking(self, before: ko.Order | None, after: ko.Order, mails: list[ko.Mail]) -> None:
        """Whoever gets a notice that asks gets a mail with it, and nobody is asked again for what was asked before."""
        _act, template = ASKING.get(after.state, (None, None))
        asked = {notice.member for notice in after.notices if notice.template is template}
        earlier = set[str]()
        if before is not None and before.state is after.state:
            earlier = {notice.member for notice in before.notices if notice.template is template}
        assert all(notice.step == after.step for notice in after.notices)
        asking = [mail for mail in mails if mail.template in {each for _act, each in ASKING.values()}]
        assert {mail.template for mail in asking} <= {template}
        assert sorted(str(mail.member) for mail in asking) == sorted(asked - earlier)
        if before is not None and before.step != after.step:
            assert not asked & earlier

    def look(self, actor: ko.Actor) -> Look:
        """What somebody sees."""
        codes: dict[Trigger, frozenset[ReasonCode]] = {}
        try:
            for option in self.portal.options(ORDER, actor):
                assert all(explained(reason) for reason in option.verdict.reasons)
                codes[option.trigger] = frozenset(reason.code for reason in option.verdict.reasons)
        except ko.NotFound:
            assert hidden(lambda: self.portal.order(ORDER, actor))
        else:
            assert not hidden(lambda: self.portal.order(ORDER, actor))
        if actor in (STRANGER, ko.SYSTEM):
            return Look(sees=bool(codes), codes=codes, listed=bool(codes), pending=False, asked=())
        try:
            return Look(
                sees=bool(codes),
                codes=codes,
                listed=any(order.id == ORDER for order in self.portal.orders(actor).items),
                pending=any(line.id == ORDER for line in self.portal.pending(actor).items),
                asked=tuple(
                    notice.template
                    for notice in self.portal.notices(actor).items
                    if notice.template in {template for _act, template in ASKING.values()}
                ),
            )
        except ko.NotFound:  # deleted meanwhile
            return Look(sees=bool(codes), codes=codes, listed=False, pending=False, asked=())

    def after(self, facts: Facts, move: Move) -> Facts:
        """The situation after a move, when the system has done what it owes."""
        facts = {**facts, **move.puts}
        if move.follow_up is None:
            return facts
        follow_up = move.follow_up
        if follow_up not in self.follow_ups:
            self.follow_ups[follow_up] = Recalled(lambda: self.followed(follow_up))
        self.store.facts = facts
        return {**facts, **self.follow_ups[follow_up].on(self.store)}

    def followed(self, follow_up: ko.FollowUp) -> Mapping[Key, Fact]:
        """What the system does after the commit."""
        self.store.written.clear()
        self.store.owed = (ko.Owed(id=follow_up.id, follow_up=follow_up, owed_at=NOW, due_at=NOW),)
        report = self.portal.deliver()
        assert report == ko.DeliveryReport(followed_up=1)
        found: dict[Key, Fact] = {}
        for changes in self.store.written:
            self.judge(changes)
            found |= self.puts(changes)
        return found

    def shape(self, facts: Facts) -> Shape:
        """What tells situations apart: states, who holds what, who has decided, and who has been asked."""
        order = self.order_in(facts)
        agreement, assignment = facts[agreement_key(AGREEMENT)].record, facts[assignment_key(ASSIGNMENT)].record
        assert isinstance(agreement, ko.Agreement)
        assert isinstance(assignment, ko.AgentAssignment)
        granted = {grant.member for grant in assignment.grants}

        def position(actor: ko.Actor) -> Shape:
            identifier = self.people[actor]
            member = facts[member_key(identifier)].record
            assert isinstance(member, ko.Member)
            held = (member.state.value, *(role.value for role in member.roles), identifier in granted)
            if order is None or order.state in FINAL[Lifecycle.ORDER]:
                return held
            marks = sorted(mark.trigger.value for mark in order.course if mark.member == identifier)
            notices = sorted(notice.template.value for notice in order.notices if notice.member == identifier)
            return *held, order.picked == identifier, tuple(marks), tuple(notices)

        pairs = [[position(each) for each in pair] for pair in (self.scenario.handlers, self.scenario.attestants)]
        if not self.scenario.two_accounts:
            pairs = [sorted(pair, key=repr) for pair in pairs]
        people = (position(ANNA), position(BO), *map(tuple, pairs))
        standing = (agreement.state, assignment.state)
        if order is None:
            return *people, *standing, None
        course = tuple((mark.trigger, mark.party) for mark in order.course)
        draft = (order.state, bool(order.content.answers), order.content.terms is not None, order.case_number is None)
        return *people, *standing, draft, course


CELLS = {
    flow: {
        (cell.before, cell.trigger, cell.role, cell.party, cell.to)
        for cell in GRANTS
        if cell.lifecycle is Lifecycle.ORDER and cell.flow in (None, flow)
    }
    for flow in Flow
}


@cache
def explained(reason: ko.Reason) -> bool:
    """A reason is a sentence in each language, and somebody can clear it."""
    sayings = (reason.text, *(clearer.text for clearer in reason.cleared_by))
    return bool(reason.cleared_by) and all(saying(language) for saying in sayings for language in ko.Language)


def hidden(look: Callable[[], object]) -> bool:
    """Whether somebody who looks learns nothing."""
    try:
        look()
    except ko.NotFound:
        return True
    return False


def check(walk: Walk, facts: Facts, moves: list[Move]) -> None:
    """What must hold in every situation."""
    order = walk.order_in(facts)
    if order is None:
        return
    looks = {actor: recalled.on(walk.store) for actor, recalled in walk.looks.items()}
    for actor, look in looks.items():
        assert look.sees == look.listed, actor
        assert look.sees or not (look.pending or look.asked), actor
    if walk.scenario.flow is Flow.DIRECT:
        assert not any(looks[actor].sees for actor in walk.scenario.agents)
    check_asked(order, looks)
    path = walk.path.on(walk.store)
    assert all(explained(reason) for step in path for reason in step.reasons)
    if order.state in FINAL[Lifecycle.ORDER]:
        assert path == ()
        assert {move.trigger for move in moves} <= {Trigger.START, Trigger.COPY_AS_DRAFT}
        return
    assert path[-1].to is OrderState.COMPLETED
    assert any(move.to != order.state for move in moves if move.trigger is not Trigger.START), "a dead end"
    possible = any((move.trigger, move.to) == (path[0].trigger, path[0].to) for move in moves)
    if possible:
        assert path[0].reasons == ()
    else:
        assert any(step.reasons for step in path[:2]), "stuck, and nobody says who can help"


def check_asked(order: ko.Order, looks: Mapping[ko.Actor, Look]) -> None:
    """Whoever can take the step is asked to, and nobody else (law 14); the customer not before the agent is done (R10)."""
    act, template = ASKING.get(order.state, (None, None))
    for actor, look in looks.items():
        if act is None:
            assert look.asked == (), actor
            continue
        can = look.sees and look.codes[act] <= FOR_EVERYBODY
        assert look.asked == ((template,) if can else ()), (order.state, actor, look)
        assert look.pending == can, (order.state, actor, look)


def walked(scenario: Scenario) -> Counter[str]:
    """Every situation there is, the nearest first."""
    walk = Walk(scenario)
    seen: dict[Shape, OrderState | None] = {walk.shape(walk.start): None}
    back: dict[Shape, set[Shape]] = {}
    frontier: deque[tuple[Shape, Facts]] = deque([(walk.shape(walk.start), walk.start)])
    edges = 0
    while frontier:
        shape, facts = frontier.popleft()
        walk.store.facts = facts
        tries = [move for recalled in walk.tries.values() for move in recalled.on(walk.store)]
        check(walk, facts, tries)
        comings = [recalled.on(walk.store) for recalled in walk.changes]
        following = [walk.after(facts, move) for move in (*tries, *comings) if move is not None]
        following += reopened(walk, facts)
        edges += len(following)
        for there in following:
            found = walk.shape(there)
            back.setdefault(found, set()).add(shape)
            if found not in seen:
                order = walk.order_in(there)
                seen[found] = None if order is None else order.state
                frontier.append((found, there))
    can_be_completed = ancestors(back, {shape for shape, state in seen.items() if state is OrderState.COMPLETED})
    stuck = {state for shape, state in seen.items() if shape not in can_be_completed}
    assert stuck <= FINAL[Lifecycle.ORDER]
    return Counter(situations=len(seen), edges=edges)


def reopened(walk: Walk, facts: Facts) -> list[Facts]:
    """The assignment is applied for, passed, attested and activated anew, where that is possible."""
    for step in walk.reopening:
        walk.store.facts = facts
        move = step.on(walk.store)
        if move is None:
            return []
        facts = walk.after(facts, move)
    return [facts] if walk.reopening else []


def ancestors(back: Mapping[Shape, set[Shape]], goals: set[Shape]) -> set[Shape]:
    """From where one of the goals can be reached."""
    found, frontier = set(goals), list(goals)
    while frontier:
        for before in back.get(frontier.pop(), ()):
            if before not in found:
                found.add(before)
                frontier.append(before)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_in_every_situation_everybody_gets_an_answer_and_whoever_can_act_is_asked(scenario: Scenario) -> None:
    counts = walked(scenario)
    print(f"{scenario.name}: {counts['situations']} situations, {counts['edges']} edges")  # noqa: T201 - seen with -rP
