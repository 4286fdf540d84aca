"""What must hold in any store, whatever people have done: the rules of the domain that can be told from what is kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias

import attrs
from world import AGENT, CUSTOMER, OTHER, PROVIDER

import kundorder as ko
from kundorder.directory import Holders
from kundorder.ports import Store
from kundorder.situation import Key, holders_key
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
CUSTOMERS_ROLES = frozenset((Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT, Role.ORDERER, Role.ATTESTANT))
AGENTS_ROLES = frozenset(
    (
        Role.ADMINISTRATOR,
        Role.AGREEMENT_CONTACT,
        Role.ATTESTANT,
        Role.AGENT_HANDLER,
        Role.AGENT_ASSIGNMENT_ORDERER,
    )
)
KINDS = {
    CUSTOMER: CUSTOMERS_ROLES,
    OTHER: CUSTOMERS_ROLES,
    AGENT: AGENTS_ROLES,
    PROVIDER: frozenset((Role.ADMINISTRATOR, Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)),
}
"""Which roles there are in which organisation (R18)."""

CELLS = {(cell.lifecycle, cell.before, cell.trigger, cell.role, cell.party, cell.to) for cell in GRANTS}
HOPS = {
    (cell.lifecycle, flow, cell.before, cell.trigger, cell.to)
    for flow in (None, *Flow)
    for cell in GRANTS
    if cell.flow in (None, flow)
}
ON_THE_SIDE = (Trigger.ADD, Trigger.ASSIGN_ROLE)
"""What happens to users because of an agreement, in the capacity of whoever moved that."""

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
    """All that is in a store, as its port shows it."""

    orders: Mapping[str, ko.Order]
    members: Mapping[str, ko.Member]
    agreements: Mapping[str, ko.Agreement]
    assignments: Mapping[str, ko.AgentAssignment]
    holders: Mapping[tuple[str, Role], tuple[str, ...]]
    chains: Mapping[Key, Chain]
    mails: tuple[ko.Mail, ...]

    @classmethod
    def of(cls, store: Store) -> "Kept":
        """Everything there is."""
        places = {(organisation, role): holders_key(organisation, role) for organisation in KINDS for role in Role}
        with store.transaction() as transaction:
            heads = transaction.select(Index.HEADS, ("",), after=None, limit=ALL).items
            journal = transaction.select(Index.JOURNAL, ("",), after=None, limit=ALL).items
            owed = transaction.select(Index.OWED, tuple(ko.OwedState), after=None, limit=ALL).items
            held = transaction.read(tuple(places.values()))
        records = [line.fact.record for line in heads if line.fact is not None]
        chains: dict[Key, list[ko.Event]] = defaultdict(list)
        for line in journal:
            if line.entry is not None:
                chains[line.key].append(line.entry.event)
        holders = {place: held[key].record for place, key in places.items()}
        return cls(
            orders={each.id: each for each in records if isinstance(each, ko.Order)},
            members={each.id: each for each in records if isinstance(each, ko.Member)},
            agreements={each.id: each for each in records if isinstance(each, ko.Agreement)},
            assignments={each.id: each for each in records if isinstance(each, ko.AgentAssignment)},
            holders={
                place: tuple(sorted(each.member for each in record.holders))
                for place, record in holders.items()
                if isinstance(record, Holders)
            },
            chains={chain: tuple(events) for chain, events in chains.items()},
            mails=tuple(line.owed.mail for line in owed if line.owed is not None and line.owed.mail is not None),
        )

    def roles(self, actor: ko.Actor) -> tuple[Role, ...]:
        """What somebody holds in the organisation acted for."""
        for member in self.members.values():
            active = member.state is UserState.ACTIVE
            if active and (member.person, member.organisation) == (actor.person, actor.organisation):
                return member.roles
        return ()

    def readers(self) -> Iterator[ko.Actor]:
        """Everybody who can log in."""
        for member in self.members.values():
            if member.state is UserState.ACTIVE and member.person is not None:
                yield ko.Actor(member.person, member.organisation)


def check_steps(kept: Kept) -> None:
    """Every hop is a row, in the capacity of a cell, from where the hop before led to; and no end is ever left (R31)."""
    for chain, events in kept.chains.items():
        assert events[0].before is None, chain
        for earlier, later in pairwise(events):
            assert (later.before, later.at > earlier.at) == (earlier.after, True), chain
            assert earlier.after not in FINAL[earlier.lifecycle] or earlier.lifecycle is Lifecycle.ASSIGNMENT
        order = kept.orders.get(chain.partition(":")[2])
        flow = None if order is None else order.content.flow
        for event in events:
            cell = (event.lifecycle, event.before, event.trigger, event.role, event.party, event.after)
            beside = event.lifecycle is Lifecycle.USER and event.trigger in ON_THE_SIDE
            assert cell in CELLS or beside, cell
            if event.lifecycle is not Lifecycle.PROVIDER and event.role is not Role.PROVIDER_OFFICER:
                assert (event.lifecycle, flow, event.before, event.trigger, event.after) in HOPS, cell


def check_orders(kept: Kept, rules: ko.Rules) -> None:
    """What the order of decisions must be, and by whom."""
    cases = [order.case_number for order in kept.orders.values() if order.case_number is not None]
    assert len(set(cases)) == len(cases)
    for order in kept.orders.values():
        events = kept.chains[Key(f"order:{order.id}")]
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
            assert len({order.content.orderer_person, *deciders}) == 1 + len(deciders), order


def check_mails(kept: Kept) -> None:
    """Nobody is told too early, or of what is not theirs; and once each (R10, R13, R14, R36)."""
    assert len({mail.id for mail in kept.mails}) == len(kept.mails)
    for mail in kept.mails:
        order = kept.orders.get(mail.subject.partition(":")[2])
        if order is None:
            continue
        events = kept.chains[Key(mail.subject)]
        flow = order.content.flow
        assert mail.party is not Party.AGENT or flow is Flow.VIA_AGENT, mail
        assert mail.template is not Template.HANDED_OVER or flow is Flow.DIRECT, mail
        assert mail.template is not Template.CONNECTION_STARTABLE or flow is Flow.VIA_AGENT, mail
        if mail.template is Template.ATTEST_ORDER:
            turn = next(event.step for event in events if event.after is OrderState.AWAITING_CUSTOMER_ATTEST)
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
    for organisation, roles in KINDS.items():
        assert kept.holders[organisation, Role.ADMINISTRATOR], organisation
        for member in kept.members.values():
            if member.organisation == organisation:
                assert set(member.roles) <= roles, member.roles
                assert member.state is not UserState.DELETED or member.roles == ()


def check_lists(kept: Kept, portal: ko.Portal, reader: ko.Actor) -> None:
    """Lists hold what their reader may see, and ask for what their reader may do; nothing else, and nothing less."""
    visible = {order for order in kept.orders if sees(portal, order, reader)}
    assert set(listed(portal, reader)) == visible, reader
    pending = {line.id for line in portal.pending(reader, limit=1000).items if line.lifecycle is Lifecycle.ORDER}
    notices = portal.notices(reader, limit=1000).items
    assert pending | {notice.order for notice in notices} <= visible
    for identifier in visible:
        order = kept.orders[identifier]
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
            assert not asked or can, (order, reader, codes[act])


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
