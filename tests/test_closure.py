"""T88 and law 14: every reachable situation of an order, walked breadth-first, and in each of them everybody tries all.

Two situations are the same if they differ in nothing but ids, times, and which of two people in the same position is
which. People come and go meanwhile: attestants, orderers and handlers lose and regain what they need, users are
deleted and restored, the assignment ends and is opened again, the agreement is terminated and registered again.

The portal is the real one; ``still`` tells how it can be asked so often.
"""

from collections import Counter, deque
from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from typing import TypeAlias

import attrs
import pytest
from promises import Kept, check_new
from still import Facts, Recalled, Still
from world import AGENT, CUSTOMER, PROVIDER, START, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.directory import Holders
from kundorder.model import Record
from kundorder.outcomes import Changes
from kundorder.sample import CATALOGUE
from kundorder.situation import (
    ABSENT,
    Fact,
    Key,
    agreement_key,
    assignment_key,
    member_key,
    order_key,
)
from kundorder.vocabulary import Flow, Lifecycle, OrderState, Party, ReasonCode, Role, Template, Trigger
from kundorder.workflow import FINAL, GRANTS

Shape: TypeAlias = tuple[Hashable, ...]

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
SCENARIOS = (
    *(
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
    ),
    Scenario(
        name="via agent, two accounts, four eyes, informed by itself", four_eyes=True, two_accounts=True, automatic=True
    ),
)

ASKING = {
    OrderState.AWAITING_AGENT_APPROVAL: (Trigger.APPROVE, Template.REVIEW_ORDER),
    OrderState.AWAITING_AGENT_ATTEST: (Trigger.ATTEST, Template.ATTEST_FOR_AGENT),
    OrderState.AWAITING_CUSTOMER_ATTEST: (Trigger.ATTEST, Template.ATTEST_ORDER),
}
"""Where somebody is asked: to do what, and how."""

_IN_FRONT = frozenset(("orderer", "attestant", "handlers", "agent's attestants", "assignment"))
_BEHIND = frozenset(("orderer", "handlers"))
EVERYTHING = _IN_FRONT | {"agreement"}
COUNTING: Mapping[OrderState, frozenset[str]] = {
    OrderState.DRAFT: frozenset(("orderer",)),  # not filled in yet, or the terms not accepted
    OrderState.AWAITING_AGENT_APPROVAL: _IN_FRONT,
    OrderState.AWAITING_AGENT_ATTEST: _IN_FRONT,
    OrderState.AWAITING_CUSTOMER_ATTEST: frozenset(("orderer", "attestant", "agreement", "assignment")),
    OrderState.ATTESTED: _BEHIND,
    OrderState.HANDED_OVER: _BEHIND,
    OrderState.CONNECTION_STARTABLE: _BEHIND,
    OrderState.COMPLETED: frozenset(("orderer",)),
    OrderState.REJECTED: frozenset(("orderer",)),
    OrderState.REJECTED_BY_AGENT: frozenset(("orderer",)),
    OrderState.WITHDRAWN: frozenset(("orderer",)),
}
"""What tells situations apart in each state; the long walk tells them apart by everything everywhere."""

ASKS = frozenset(template for _act, template in ASKING.values())

TO_FILL_IN = {
    ReasonCode.NOT_CERTIFIED,
    ReasonCode.NO_ATTESTANT_PICKED,
    ReasonCode.METHOD_MISSING,
    ReasonCode.EVIDENCE_MISSING,
}
"""What an empty command lacks."""

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
            grants = sorted(
                (attrs.evolve(each, granted_at=NOW, held_since=NOW) for each in record.grants),
                key=lambda each: each.member,
            )
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
    """What stands on somebody's lists."""

    listed: bool
    pending: bool
    told: bool  # anything at all, by a notice
    asked: tuple[Template, ...]


NOTHING = Look(listed=False, pending=False, told=False, asked=())


class Walk:
    """All situations a scenario leads to."""

    def __init__(self, scenario: Scenario, *, whole: bool) -> None:
        self.scenario = scenario
        self.whole = whole
        records, self.people = opening(scenario)
        self.kept: dict[Record, Fact] = {}
        self.start: Facts = {key: self.keep(fact.record) for key, fact in records.items() if fact.record is not None}
        self.store = Still((order_key(ORDER), assignment_key(ASSIGNMENT)))
        self.rules = ko.Rules(four_eyes=scenario.four_eyes, inform_agent_automatically=scenario.automatic)
        fixed = Fixed()
        self.portal = ko.Portal(
            store=self.store, catalogue=CATALOGUE, rules=self.rules, signing=MemorySigner(), clock=fixed, ids=fixed
        )
        self.actors = (*scenario.customers, *scenario.agents, OLLE, KARIN, STRANGER, ko.SYSTEM)
        self.starts, *self.others = [
            [Recalled(partial(self.tried, command, actor)) for actor in self.actors] for command in self.commands()
        ]
        self.looks = {actor: Recalled(partial(self.look, actor)) for actor in self.actors}
        self.may = {
            (command.trigger, actor): Recalled(partial(self.codes, command, actor))
            for command in (ko.ApproveOrder(order=ORDER), ko.AttestOrder(order=ORDER))
            for actor in self.actors
        }
        self.changes = [Recalled(partial(self.tried, command, actor)) for command, actor in self.comings_and_goings()]
        self.reopening = [Recalled(partial(self.tried, command, actor)) for command, actor in self.opening_again()]
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
        fields = {"care_units": ["SE9997000006-P01"], "technical_contact": "Teknik Prov"}
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

    def tries(self, facts: Facts) -> list[Move]:
        """What of all that everybody tries is accepted; an order is only started where none is, for it walks alone."""
        rows = (self.starts,) if self.order_in(facts) is None else self.others
        moves = (recalled.on(self.store) for row in rows for recalled in row)
        return [move for move in moves if move is not None]

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
            explain(refusal.reasons)
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
        """A step is a cell, open to whoever takes it; those are asked who are named, once, and nobody too early."""
        events = [entry.event for entry in changes.entries]
        for event in events:
            if event.lifecycle is Lifecycle.ORDER:
                cell = (event.before, event.trigger, event.role, event.party, event.after)
                assert cell in CELLS[self.scenario.flow]
        facts = {**self.store.facts, **self.puts(changes)}
        was, now = (
            Kept.seen((fact.record for fact in each.values()), done, ())
            for each, done in ((self.store.facts, ()), (facts, events))
        )
        check_new(was, now, self.rules)
        mails = [owed.mail for owed in changes.owed if owed.mail is not None]
        assert len({mail.id for mail in mails}) == len(mails)
        assert self.scenario.flow is Flow.VIA_AGENT or all(mail.party is not Party.AGENT for mail in mails)
        before = self.order_in(self.store.facts)
        written = [stored.record for stored in changes.records if isinstance(stored.record, ko.Order)]
        asking = [mail for mail in mails if mail.template in ASKS]
        if before is not None or written:
            self.judge_asking(before, written[0] if written else before, asking)

    def judge_asking(self, before: ko.Order | None, after: ko.Order | None, asking: list[ko.Mail]) -> None:
        """Whoever is newly asked by a notice gets a mail with it; to ask again is the same debt, and no step on."""
        assert after is not None
        _act, template = ASKING.get(after.state, (None, None))
        asked = {notice.member for notice in after.notices if notice.template is template}
        earlier = set[str]()
        if before is not None and before.state is after.state:
            earlier = {notice.member for notice in before.notices if notice.template is template}
        assert all(notice.step == after.step for notice in after.notices)
        assert {mail.template for mail in asking} <= {template}
        assert len({mail.member for mail in asking}) == len(asking)
        mailed = {str(mail.member) for mail in asking}
        assert asked - earlier <= mailed <= asked
        if before is None or before.step != after.step:
            assert not mailed & earlier

    def codes(self, command: ko.Command, actor: ko.Actor) -> frozenset[ReasonCode] | None:
        """What stands in somebody's way besides what is to be filled in; None for who sees nothing."""
        try:
            return frozenset(reason.code for reason in self.portal.check(command, actor).reasons) - TO_FILL_IN
        except ko.NotFound:
            return None

    def look(self, actor: ko.Actor) -> Look:
        """What stands on somebody's lists; nobody else has any."""
        try:
            notices = tuple(notice.template for notice in self.portal.notices(actor).items)
            return Look(
                listed=any(order.id == ORDER for order in self.portal.orders(actor).items),
                pending=any(line.id == ORDER for line in self.portal.pending(actor).items),
                told=bool(notices),
                asked=tuple(template for template in notices if template in ASKS),
            )
        except ko.NotFound:
            return NOTHING

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
        """What tells situations apart: states, who holds what, has decided, has been asked, where it still counts."""
        order = self.order_in(facts)
        agreement, assignment = facts[agreement_key(AGREEMENT)].record, facts[assignment_key(ASSIGNMENT)].record
        assert isinstance(agreement, ko.Agreement)
        assert isinstance(assignment, ko.AgentAssignment)
        counts = EVERYTHING if self.whole or order is None else counting(order)
        granted = {grant.member for grant in assignment.grants}
        told = told_in(order)

        def place(word: str, actor: ko.Actor) -> tuple[Shape, Shape]:
            identifier = self.people[actor]
            member = facts[member_key(identifier)].record
            assert isinstance(member, ko.Member)
            held = (member.state, member.roles, identifier in granted) if word in counts else ()
            return held, told.get(identifier, ())

        handlers = [place("handlers", handler) for handler in self.scenario.handlers]
        attestants = [place("agent's attestants", attestant) for attestant in self.scenario.attestants]
        if not self.scenario.two_accounts:
            handlers.sort()
            attestants.sort()
        return (
            () if order is None else (order.state, bool(order.content.answers), order.content.terms is not None),
            () if order is None else tuple((mark.trigger, mark.party, order.case_number) for mark in order.course),
            (place("orderer", ANNA), place("attestant", BO), *handlers, *attestants),
            agreement.state if "agreement" in counts else None,
            assignment.state if "assignment" in counts else None,
        )


def counting(order: ko.Order) -> frozenset[str]:
    """What can still make a difference to the order and to who is asked; people come and go everywhere, though."""
    content = order.content
    if order.state is OrderState.DRAFT and content.answers and content.terms is not None:
        return EVERYTHING
    return COUNTING[order.state]


def told_in(order: ko.Order | None) -> Mapping[str, Shape]:
    """What users have done to the order, been picked for, or been told of the step it is at, while it is not over."""
    told: dict[str, Shape] = {}
    if order is None or order.state in FINAL[Lifecycle.ORDER]:
        return told
    for member, word in (
        *((str(mark.member), mark.trigger) for mark in order.course),
        *((notice.member, notice.template) for notice in order.notices),
        (str(order.picked), "picked"),
    ):
        told[member] = (*told.get(member, ()), word)
    return told


CELLS = {
    flow: {
        (cell.before, cell.trigger, cell.role, cell.party, cell.to)
        for cell in GRANTS
        if cell.lifecycle is Lifecycle.ORDER and cell.flow in (None, flow)
    }
    for flow in Flow
}


def explain(reasons: tuple[ko.Reason, ...]) -> None:
    """All of them say what is wrong and who can help."""
    assert [reason for reason in reasons if not explained(reason)] == []


@cache
def explained(reason: ko.Reason) -> bool:
    """A reason is a sentence in each language, and somebody can clear it."""
    sayings = (reason.text, *(clearer.text for clearer in reason.cleared_by))
    return bool(reason.cleared_by) and all(saying(language) for saying in sayings for language in ko.Language)


def check(walk: Walk, facts: Facts, moves: list[Move]) -> None:
    """What must hold in every situation."""
    order = walk.order_in(facts)
    if order is None:
        return
    check_lists(walk, order)
    path = walk.path.on(walk.store)
    explain(tuple(reason for step in path for reason in step.reasons))
    if order.state in FINAL[Lifecycle.ORDER]:
        assert path == ()
        assert {move.trigger for move in moves} <= {Trigger.COPY_AS_DRAFT}
        return
    assert path[-1].to is OrderState.COMPLETED
    assert any(move.to != order.state for move in moves), "a dead end"
    possible = any((move.trigger, move.to) == (path[0].trigger, path[0].to) for move in moves)
    if possible:
        assert path[0].reasons == ()
    else:
        assert any(step.reasons for step in path[:2]), "stuck, and nobody says who can help"


def check_lists(walk: Walk, order: ko.Order) -> None:
    """Whoever can take the step is asked to, and nobody else (law 14); nobody before it is their turn (R10)."""
    act, template = ASKING.get(order.state, (Trigger.ATTEST, None))
    for actor in walk.actors:
        look, codes = walk.looks[actor].on(walk.store), walk.may[act, actor].on(walk.store)
        if actor is not ko.SYSTEM:
            assert look.listed == (codes is not None), actor
            assert look.listed or look == NOTHING, actor
        if walk.scenario.flow is Flow.DIRECT and actor in walk.scenario.agents:
            assert look == NOTHING
        can = template is not None and codes is not None and codes <= FOR_EVERYBODY
        assert look.asked == ((template,) if can else ()), (order.state, actor, look, codes)
        assert template is None or look.pending == can, (order.state, actor, look, codes)


def walked(scenario: Scenario, *, whole: bool) -> Counter[str]:
    """Every situation there is, the nearest first."""
    walk = Walk(scenario, whole=whole)
    seen: dict[Shape, OrderState | None] = {walk.shape(walk.start): None}
    back: dict[Shape, set[Shape]] = {}
    frontier: deque[tuple[Shape, Facts]] = deque([(walk.shape(walk.start), walk.start)])
    edges = 0
    while frontier:
        shape, facts = frontier.popleft()
        walk.store.facts = facts
        tries = walk.tries(facts)
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


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_in_every_situation_told_apart_by_everything_it_is_the_same(scenario: Scenario) -> None:
    counts = walked(scenario, whole=True)
    print(f"{scenario.name}: {counts['situations']} situations, {counts['edges']} edges")  # noqa: T201 - seen with -rP


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_in_every_situation_everybody_gets_an_answer_and_whoever_can_act_is_asked(scenario: Scenario) -> None:
    counts = walked(scenario, whole=False)
    print(f"{scenario.name}: {counts['situations']} situations, {counts['edges']} edges")  # noqa: T201 - seen with -rP
