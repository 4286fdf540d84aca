"""What must hold in any store, whatever people have done: the rules that can be told from what is kept."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias

import attrs
from world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, PROVIDER

import kundorder as ko
from kundorder.directory import Holders
from kundorder.model import Record
from kundorder.ports import Store
from kundorder.situation import holders_key, organisation_key
from kundorder.vocabulary import (
    Flow,
    Index,
    Lifecycle,
    OrderState,
    Party,
    ReasonCode,
    Role,
    Template,
    Trigger,
    UserState,
)
from kundorder.workflow import FINAL, GRANTS

Chain: TypeAlias = tuple[ko.Event, ...]

ALL = 100_000
ORGANISATIONS = (CUSTOMER, OTHER, AGENT, PROVIDER, OTHER_AGENT)
_OF_BOTH = {Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT, Role.ATTESTANT}

CELLS = {(cell.lifecycle, cell.before, cell.trigger, cell.role, cell.party, cell.to) for cell in GRANTS}
ORDER_HOPS = {
    (flow, cell.before, cell.trigger, cell.to)
    for flow in Flow
    for cell in GRANTS
    if cell.lifecycle is Lifecycle.ORDER and cell.flow in (None, flow)
}
HANDLES_NO_MORE = (Trigger.REMOVE_ROLE, Role.AGENT_HANDLER)
RENEWED = (Lifecycle.CUSTOMER_AGREEMENT, Lifecycle.AGENT_AGREEMENT, Lifecycle.ASSIGNMENT)

DECISIONS: dict[Flow, list[tuple[Trigger, Party]]] = {
    Flow.DIRECT: [(Trigger.SEND, Party.CUSTOMER), (Trigger.ATTEST, Party.CUSTOMER)],
    Flow.VIA_AGENT: [
        (Trigger.SEND, Party.CUSTOMER),
        (Trigger.APPROVE, Party.AGENT),
        (Trigger.ATTEST, Party.AGENT),
        (Trigger.ATTEST, Party.CUSTOMER),
    ],
}
"""What has happened when an order is binding, nothing skipped or swapped (R9)."""

BINDING = (OrderState.ATTESTED, OrderState.HANDED_OVER, OrderState.CONNECTION_STARTABLE, OrderState.COMPLETED)
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


@attrs.frozen(kw_only=True)
class Kept:
    """All that is in a store, as its port shows it; in an order that does not depend on ids."""

    orders: Mapping[str, ko.Order]
    members: Mapping[str, ko.Member]
    agreements: Mapping[str, ko.Agreement]
    assignments: Mapping[str, ko.AgentAssignment]
    organisations: Mapping[str, ko.Organisation]
    holders: Mapping[tuple[str, Role], tuple[str, ...]]
    chains: Mapping[str, Chain]
    mails: tuple[ko.Mail, ...]

    @classmethod
    def of(cls, store: Store) -> "Kept":
        """Everything there is in a store."""
        others = (
            *(holders_key(organisation, role) for organisation in ORGANISATIONS for role in Role),
            *map(organisation_key, ORGANISATIONS),
        )
        with store.transaction() as transaction:
            heads = transaction.select(Index.HEADS, ("",), after=None, limit=ALL).items
            journal = transaction.select(Index.JOURNAL, ("",), after=None, limit=ALL).items
            owed = transaction.select(Index.OWED, tuple(ko.OwedState), after=None, limit=ALL).items
            known = transaction.read(others)
        records = [fact.record for fact in (*(line.fact for line in heads), *known.values()) if fact is not None]
        events = [line.entry.event for line in journal if line.entry is not None]
        mails = [line.owed.mail for line in owed if line.owed is not None]
        return cls.seen(records, events, [mail for mail in mails if mail is not None])

    @classmethod
    def seen(cls, records: Iterable[Record | None], events: Iterable[ko.Event], mails: Iterable[ko.Mail]) -> "Kept":
        """What these make."""
        found = tuple(records)
        orders = sorted((each for each in found if isinstance(each, ko.Order)), key=lambda each: each.created)
        members = sorted(
            (each for each in found if isinstance(each, ko.Member)), key=lambda each: (each.organisation, each.email)
        )
        chains: dict[str, Chain] = {}
        for event in events:
            chains[event.subject] = (*chains.get(event.subject, ()), event)
        return cls(
            orders={each.id: each for each in orders},
            members={each.id: each for each in members},
            organisations={each.number: each for each in found if isinstance(each, ko.Organisation)},
            agreements={each.id: each for each in found if isinstance(each, ko.Agreement)},
            assignments={each.id: each for each in found if isinstance(each, ko.AgentAssignment)},
            holders={
                (each.organisation, each.role): tuple(sorted(holder.member for holder in each.holders))
                for each in found
                if isinstance(each, Holders)
            },
            chains=chains,
            mails=tuple(mails),
        )

    def member(self, actor: ko.Actor) -> str | None:
        """Which active user somebody is in the organisation acted for."""
        for member in self.members.values():
            active = member.state is UserState.ACTIVE
            if active and (member.person, member.organisation) == (actor.person, actor.organisation):
                return member.id
        return None

    def roles(self, actor: ko.Actor) -> tuple[Role, ...]:
        """What somebody holds in the organisation acted for."""
        member = self.member(actor)
        return () if member is None else self.members[member].roles

    def granted(self, assignment: str) -> frozenset[str]:
        """The handlers granted in an assignment whose grant has not ended with their role, as their histories tell."""
        found = self.assignments.get(assignment)
        grants = () if found is None else found.grants
        return frozenset(grant.member for grant in grants if not self._has_ended(grant.member, assignment))

    def _has_ended(self, member: str, assignment: str) -> bool:
        lost = False
        for event in self.chains.get(f"member:{member}", ()):
            if event.trigger is Trigger.GRANT and event.about == assignment:
                lost = False
            elif event.trigger is Trigger.DELETE or (event.trigger, event.about) == HANDLES_NO_MORE:
                lost = True
        return lost

    def readers(self) -> Iterator[ko.Actor]:
        """Everybody who can log in."""
        for member in self.members.values():
            if member.state is UserState.ACTIVE and member.person is not None:
                yield ko.Actor(member.person, member.organisation)


def check_steps(kept: Kept) -> None:
    """Every hop is a row, in the capacity of a cell, from where the one before led; and no end is ever left (R31)."""
    for chain, events in kept.chains.items():
        assert events[0].before is None, chain
        for earlier, later in pairwise(events):
            assert later.at > earlier.at, chain
            if later.before is None:  # applied for anew under the same id, or invited anew
                assert later.lifecycle in RENEWED or earlier.after == UserState.INVITED, chain
            else:
                assert later.before == earlier.after, chain
                assert later.before not in FINAL[later.lifecycle], chain
        order = kept.orders.get(chain.partition(":")[2])
        for event in events:
            cell = (event.lifecycle, event.before, event.trigger, event.role, event.party, event.after)
            assert cell in CELLS or is_beside(event), cell
            assert order is None or (order.content.flow, event.before, event.trigger, event.after) in ORDER_HOPS, cell


def is_beside(event: ko.Event) -> bool:
    """Whether a user was added or given a role because of an agreement, in the capacity of whoever moved that."""
    moved = (event.before, event.after)
    added = event.trigger is Trigger.ADD and moved in ((None, UserState.INVITED), (None, UserState.ACTIVE))
    given = event.trigger is Trigger.ASSIGN_ROLE and event.before == event.after
    return event.lifecycle is Lifecycle.USER and (added or given)


def check_new(before: Kept, after: Kept, rules: ko.Rules) -> None:
    """What has just been accepted was open to whoever did it, by the facts of that moment (R32)."""
    for chain, events in after.chains.items():
        for event in events[len(before.chains.get(chain, ())) :]:
            if event.person is not None and event.role is not None:
                assert event.role in before.roles(ko.Actor(event.person, event.organisation)), event
            order = after.orders.get(chain.partition(":")[2])
            if order is not None:
                check_new_step(before, before.orders.get(order.id), order, event, rules)


def check_new_step(before: Kept, was: ko.Order | None, order: ko.Order, event: ko.Event, rules: ko.Rules) -> None:
    """What the row asks besides the role."""
    content = order.content
    assignment = before.assignments.get(f"{content.agent}/{content.service}")
    via_agent = content.flow is Flow.VIA_AGENT
    granted = before.granted(f"{content.agent}/{content.service}")
    agents_attestants = before.holders.get((str(content.agent), Role.ATTESTANT), ())
    match event.trigger, event.party:
        case ((Trigger.START | Trigger.SEND), _):
            assert is_signed(before, f"customer/{content.organisation}")  # R1, R2
            assert before.holders[content.organisation, Role.ATTESTANT]  # R4
            if via_agent:
                assert is_signed(before, f"agent/{content.agent}")
                assert is_active(assignment)  # R22
                assert agents_attestants  # R20
                assert granted & set(before.holders[str(content.agent), Role.AGENT_HANDLER])
        case ((Trigger.APPROVE | Trigger.PICK_ATTESTANT), _):
            assert event.member in granted  # R21
            assert event.about in agents_attestants  # R19
            assert is_active(assignment) or event.trigger is Trigger.PICK_ATTESTANT
        case Trigger.ATTEST, Party.AGENT:
            assert was is not None
            assert (event.member, is_active(assignment)) == (was.picked, True)
        case Trigger.ATTEST, _:
            assert is_signed(before, f"customer/{content.organisation}")
            assert is_active(assignment) or not via_agent
        case Trigger.WITHDRAW, Party.CUSTOMER:
            assert event.member == content.orderer
        case Trigger.COMPLETE, Party.AGENT:
            assert event.member in granted
        case Trigger.INFORM_AGENT, Party.SYSTEM:
            assert rules.inform_agent_automatically
        case _:
            pass


def is_signed(kept: Kept, agreement: str) -> bool:
    """Whether there is an agreement of the current model in force."""
    found = kept.agreements.get(agreement)
    return found is not None and (found.state, found.model) == (ko.AgreementState.SIGNED, ko.AgreementModel.CURRENT)


def is_active(assignment: ko.AgentAssignment | None) -> bool:
    """Whether an assignment is open for orders."""
    return assignment is not None and assignment.state is ko.AssignmentState.ACTIVE


def check_orders(kept: Kept, rules: ko.Rules) -> None:
    """What the order of decisions must be, and by whom."""
    cases = [order.case_number for order in kept.orders.values() if order.case_number is not None]
    assert len(set(cases)) == len(cases)
    for order in kept.orders.values():
        events = kept.chains[f"order:{order.id}"]
        flow = order.content.flow
        decided = [
            (event.trigger, event.party)
            for event in events
            if event.trigger in (Trigger.SEND, Trigger.APPROVE, Trigger.ATTEST)
        ]
        assert decided == DECISIONS[flow][: len(decided)], order
        assert order.state not in BINDING or decided == DECISIONS[flow], order
        assert (order.case_number is not None) == (Trigger.SEND in dict(decided)), order  # R29
        attests = [event for event in events if event.trigger is Trigger.ATTEST]
        assert all(event.method in rules.attest_methods for event in attests)  # R11
        assert order.content.offer != "npo-konsument-tgp" or flow is Flow.DIRECT  # R13
        if rules.four_eyes:  # R12
            deciders = [event.person for event in events if event.trigger in (Trigger.APPROVE, Trigger.ATTEST)]
            senders = {event.person for event in events if event.trigger is Trigger.SEND}
            ordering = {order.content.orderer_person, *senders}
            assert len({*ordering, *deciders}) == len(ordering) + len(deciders), order


def check_mails(kept: Kept) -> None:
    """Nobody is told too early, or of what is not theirs; and once each (R10, R13, R14, R36)."""
    assert len({mail.id for mail in kept.mails}) == len(kept.mails)
    for mail in kept.mails:
        order = kept.orders.get(mail.subject.partition(":")[2])
        if order is None:
            continue
        events = kept.chains[mail.subject]
        flow = order.content.flow
        assert mail.party is not Party.AGENT or flow is Flow.VIA_AGENT, mail
        assert mail.template is not Template.HANDED_OVER or flow is Flow.DIRECT, mail
        assert mail.template is not Template.CONNECTION_STARTABLE or flow is Flow.VIA_AGENT, mail
        if mail.template is Template.ATTEST_ORDER:
            turn = next(event.step for event in events if event.after == OrderState.AWAITING_CUSTOMER_ATTEST)
            assert mail.step >= turn, mail


def check_people(kept: Kept) -> None:
    """Roles where they exist, somebody to administer, and the holders of each role told right (R17, R18, R39)."""
    for (organisation, role), members in kept.holders.items():
        holding = sorted(
            member.id
            for member in kept.members.values()
            if member.organisation == organisation and member.state is UserState.ACTIVE and role in member.roles
        )
        assert list(members) == holding, (organisation, role)
    for member in kept.members.values():
        assert set(member.roles) <= roles_in(kept.organisations[member.organisation]), member.roles
        assert member.state is not UserState.DELETED or member.roles == ()
    for organisation in (CUSTOMER, OTHER, AGENT, PROVIDER):
        assert kept.holders[organisation, Role.ADMINISTRATOR], organisation


def roles_in(organisation: ko.Organisation) -> set[Role]:
    """Which roles there are in this kind of organisation (R18)."""
    found = {Role.ADMINISTRATOR}
    if organisation.category is not None:
        found |= {*_OF_BOTH, Role.ORDERER}
    if organisation.is_agent:
        found |= {*_OF_BOTH, Role.AGENT_HANDLER, Role.AGENT_ASSIGNMENT_ORDERER}
    if organisation.is_provider:
        found |= {Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE}
    return found


def check_lists(kept: Kept, portal: ko.Portal, reader: ko.Actor, *, settled: bool) -> None:
    """Lists hold what their reader may see, and ask for what their reader may do; nothing else, and nothing less.

    Args:
        kept: all that is in the store.
        portal: on that store.
        reader: an active user.
        settled: whether the system has done what it owes, so that nobody who should be asked is not (law 14).
    """
    visible = {order for order in kept.orders if sees(portal, order, reader)}
    assert set(listed(portal, reader)) == visible, reader
    pending = {line.id for line in portal.pending(reader, limit=1000).items if line.lifecycle is Lifecycle.ORDER}
    notices = portal.notices(reader, limit=1000).items
    assert pending | {notice.order for notice in notices} <= visible
    for identifier in visible:
        order = kept.orders[identifier]
        asked_too = order.content.flow is Flow.VIA_AGENT and order.case_number is not None
        sides = (order.content.organisation, PROVIDER, order.content.agent if asked_too else None)
        assert reader.organisation in sides, (order, reader)  # law 15
        if reader.organisation not in (order.content.organisation, PROVIDER):
            granted = kept.member(reader) in kept.granted(f"{order.content.agent}/{order.content.service}")  # R21
            assert granted or {Role.ADMINISTRATOR, Role.ATTESTANT} & set(kept.roles(reader)), (order, reader)
        codes = {
            option.trigger: {reason.code for reason in option.verdict.reasons}
            for option in portal.options(identifier, reader)
        }
        asked = {notice.template for notice in notices if notice.order == identifier} & set(ASKS)
        assert all(notice.step == order.step for notice in notices if notice.order == identifier)
        act = ASKED_TO.get(order.state)
        if act is None:
            assert not asked, (order, reader)
            assert identifier not in pending or any(not found for found in codes.values()), (order, reader)
        else:
            can = codes[act] <= FOR_EVERYBODY
            assert (identifier in pending) is can, (order, reader, codes[act])
            assert can if asked else not (can and settled), (order, reader, codes[act])


def sees(portal: ko.Portal, order: str, reader: ko.Actor) -> bool:
    """Whether somebody may look at an order."""
    try:
        portal.order(order, reader)
    except ko.NotFound:
        return False
    return True


def listed(portal: ko.Portal, reader: ko.Actor) -> Iterator[str]:
    """All orders on somebody's list, page by page."""
    after: str | None = None
    while True:
        page = portal.orders(reader, after=after, limit=2)
        yield from (order.id for order in page.items)
        after = page.after
        if after is None:
            return
