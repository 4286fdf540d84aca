"""Lists and histories, each as its reader may see it."""

from typing import final

import attrs

from kundorder.codec import evidence_digest
from kundorder.decisions import needs_of_order, path, standing, visible_order
from kundorder.decisions.deciding import lifecycle_of, owner_of
from kundorder.decisions.needs import members_behind
from kundorder.errors import NotFound
from kundorder.events import Event
from kundorder.evidence import Evidence, PendingSigning, SignedDocument
from kundorder.identifiers import organisation_number
from kundorder.model import Actor, AgentAssignment, Agreement, Member, Notice, Order, Record
from kundorder.outcomes import NeedsAction, PathStep, UnderWay
from kundorder.policies import acted, has_any, is_granted, is_staff, named, sees, shown, shown_event
from kundorder.portal.acting import Acting
from kundorder.portal.loading import load_order, read_all
from kundorder.portal.pages import EventPage, MemberPage, NoticePage, OrderPage, PendingPage
from kundorder.portal.signings import is_wanted, shown_signing
from kundorder.ports import Page, Transaction
from kundorder.situation import (
    Act,
    Case,
    Facts,
    Key,
    Kind,
    Situation,
    assignment_key,
    case_of,
    evidence_key,
    holders_key,
    key_of_id,
    kind_of,
)
from kundorder.vocabulary import Index, OrderState, Role
from kundorder.worklists import lines_of, orders_for, pending_for

_ASSIGNMENTS_AT_MOST = 1000
_SIGNINGS_AT_MOST = 100
_ASKING = (
    OrderState.AWAITING_AGENT_APPROVAL,
    OrderState.AWAITING_AGENT_ATTEST,
    OrderState.AWAITING_CUSTOMER_ATTEST,
)


@final
@attrs.frozen(kw_only=True)
class Looking:
    """What it takes to look."""

    acting: Acting

    def order(self, order: str, actor: Actor) -> Order:
        """One order."""
        act = self.acting.act(actor)
        case = visible_order(Situation(load_order(self.acting.store, order, act)), order, act)
        return shown(case, case.order)

    def orders(self, actor: Actor, after: str | None, limit: int) -> OrderPage:
        """The orders the actor may follow, the newest first."""
        with self.acting.store.transaction() as transaction:
            case, granted = self._reader(transaction, actor)
            values = orders_for(case, granted)
            page = transaction.select(Index.ORDERS, values, after=after, limit=limit, newest_first=True)
        records = (line.fact.record for line in page.items if line.fact is not None)
        return OrderPage(
            items=tuple(shown(case, record) for record in records if isinstance(record, Order)), after=page.after
        )

    def pending(self, actor: Actor, after: str | None, limit: int) -> PendingPage:
        """What waits for the actor, the oldest first."""
        with self.acting.store.transaction() as transaction:
            case, granted = self._reader(transaction, actor)
            page = transaction.select(Index.PENDING, pending_for(case, granted), after=after, limit=limit)
        records = (line.fact.record for line in page.items if line.fact is not None)
        found = (_needs_action(record) for record in records if not _acted_already(case, record))
        return PendingPage(items=tuple(each for each in found if each is not None), after=page.after)

    def notices(self, actor: Actor, after: str | None, limit: int) -> NoticePage:
        """The actor's notices, the newest first; those of a step that has been taken are gone."""
        with self.acting.store.transaction() as transaction:
            case, granted = self._reader(transaction, actor)
            mine = () if case.me is None else (case.me.id,)
            follows, acts = set(orders_for(case, granted)), set(pending_for(case, granted))
            page = transaction.select(Index.NOTICES, mine, after=after, limit=limit, newest_first=True)
            while page.after is not None and (shown := _up_to_last(page, follows, acts)) < len(page.items):
                # Where to go on must not name an order that the actor may follow no more.
                after, room = (after, shown) if shown else (page.after, limit)
                page = transaction.select(Index.NOTICES, mine, after=after, limit=room, newest_first=True)
        records = (line.fact.record for line in page.items if line.fact is not None)
        found: list[Notice] = []
        for record in records:
            if isinstance(record, Order) and _concerns(record, follows, acts):
                found += (notice for notice in record.notices if notice.member in mine)
        return NoticePage(items=tuple(found), after=page.after)

    def members(self, actor: Actor, organisation: str | None, after: str | None, limit: int) -> MemberPage:
        """The users of the organisation acted for; the provider may look at any organisation's."""
        with self.acting.store.transaction() as transaction:
            case, _granted = self._reader(transaction, actor)
            wanted = actor.organisation if organisation is None else organisation_number(organisation)
            own = wanted == actor.organisation and case.me is not None and bool(case.me.roles)
            if not own and not is_staff(case):
                raise NotFound(Kind.ORGANISATION)
            page = transaction.select(Index.MEMBERS, (wanted,), after=after, limit=limit)
        records = (line.fact.record for line in page.items if line.fact is not None)
        return MemberPage(
            items=tuple(attrs.evolve(each, invitation=None) for each in records if isinstance(each, Member)),
            after=page.after,
        )

    def agreement(self, agreement: str, actor: Actor) -> Agreement:
        """One agreement."""
        record = self._record(agreement, actor)
        if not isinstance(record, Agreement):
            raise NotFound(Kind.AGREEMENT)
        return record

    def assignment(self, assignment: str, actor: Actor) -> AgentAssignment:
        """One assignment."""
        record = self._record(assignment, actor)
        if not isinstance(record, AgentAssignment):
            raise NotFound(Kind.ASSIGNMENT)
        return record

    def _record(self, identifier: str, actor: Actor) -> Record | None:
        key = key_of_id(identifier)
        with self.acting.store.transaction() as transaction:
            case, record = self._seen(transaction, key, actor)
        if isinstance(record, Agreement | AgentAssignment):
            return attrs.evolve(record, marks=named(case, record.marks))
        return record

    def history(self, identifier: str, actor: Actor, after: str | None, limit: int) -> EventPage:
        """What has happened to an order, agreement, assignment or user, the first first."""
        key = key_of_id(identifier)
        with self.acting.store.transaction() as transaction:
            case, record = self._seen(transaction, key, actor)
            page = transaction.select(Index.JOURNAL, (key,), after=after, limit=limit)
        agents = isinstance(record, Order) and _is_only_agent(case, record)
        events = (
            attrs.evolve(line.entry.event, remark=line.entry.remark) for line in page.items if line.entry is not None
        )
        return EventPage(
            items=tuple(shown_event(case, event) for event in events if not (agents and _is_draft(event))),
            after=page.after,
        )

    def path(self, order: str, actor: Actor) -> tuple[PathStep, ...]:
        """Who must do what next, and who is about to."""
        act = self.acting.act(actor)
        with self.acting.store.transaction() as transaction:
            facts = read_all(transaction, lambda known: needs_of_order(order, act, known), {})
            case = visible_order(Situation(facts), order, act)
            page = transaction.select(Index.SIGNINGS, (order,), after=None, limit=_SIGNINGS_AT_MOST)
        return path(Situation(facts), order, act, _under_way(case, page, case.order))

    def signings(self, identifier: str, actor: Actor) -> tuple[UnderWay, ...]:
        """What has been begun and is not finished."""
        with self.acting.store.transaction() as transaction:
            case, record = self._seen(transaction, key_of_id(identifier), actor)
            page = transaction.select(Index.SIGNINGS, (identifier,), after=None, limit=_SIGNINGS_AT_MOST)
        return _under_way(case, page, record)

    def evidence(self, identifier: str, actor: Actor) -> tuple[SignedDocument, ...]:
        """What has been attested or signed, the first first."""
        with self.acting.store.transaction() as transaction:
            case, record = self._seen(transaction, key_of_id(identifier), actor)
            accepted = _accepted(shown(case, record) if isinstance(record, Order) else record)
            facts = transaction.read(tuple(evidence_key(evidence_digest(each)) for each in accepted))
        found = (facts[evidence_key(evidence_digest(each))].record for each in accepted)
        return tuple(each for each in found if isinstance(each, SignedDocument))

    def _seen(self, transaction: Transaction, key: Key, actor: Actor) -> tuple[Case, Record]:
        act = self.acting.act(actor)
        if kind_of(key) is Kind.ORDER:
            identifier = key.partition(":")[2]
            facts = read_all(transaction, lambda known: needs_of_order(identifier, act, known), {})
            case = visible_order(Situation(facts), identifier, act)
            return case, case.order
        facts = read_all(transaction, lambda known: _of_reader(act, known, (key,)), {})
        record = facts[key].record
        case = case_of(Situation(facts), act, None)
        if not isinstance(record, Agreement | AgentAssignment | Member) or not sees(case, record):
            raise NotFound(kind_of(key))
        return case, record

    def _reader(self, transaction: Transaction, actor: Actor) -> tuple[Case, tuple[str, ...]]:
        """The reader, and the assignments the reader is granted in."""
        act = self.acting.act(actor)
        more = (holders_key(actor.organisation, Role.AGENT_HANDLER),)
        facts = dict(read_all(transaction, lambda known: _of_reader(act, known, more), {}))
        case = case_of(Situation(facts), act, None)
        if case.me is None and not act.is_system:
            raise NotFound(Kind.ORGANISATION)
        if case.me is None or not has_any(case.me, (Role.AGENT_HANDLER,)):
            return case, ()
        page = transaction.select(Index.GRANTS, (case.me.id,), after=None, limit=_ASSIGNMENTS_AT_MOST)
        facts |= {line.key: line.fact for line in page.items if line.fact is not None}
        # Grants of an assignment that another has taken the place of stand on the list too; they count no more.
        present = (line.sort for line in page.items if line.key == assignment_key(line.sort))
        return case, tuple(assignment for assignment in present if is_granted(case, assignment))


def _of_reader(act: Act, known: Facts, more: tuple[Key, ...]) -> tuple[Key, ...]:
    wanted = (*standing(act), *more, *members_behind(known))
    return tuple(key for key in dict.fromkeys(wanted) if key not in known)


def _under_way(case: Case, page: Page, subject: Record) -> tuple[UnderWay, ...]:
    here, now = case.act.actor.organisation, case.act.now
    everything = case.act.is_system or is_staff(case)
    records = (line.fact.record for line in page.items if line.fact is not None)
    return tuple(
        shown_signing(each, here, is_staff=everything)
        for each in records
        if isinstance(each, PendingSigning) and each.act and each.ends_at > now and is_wanted(each, subject, case.act)
    )


def _accepted(record: Record) -> tuple[Evidence, ...]:
    match record:
        case Order() | AgentAssignment():
            return record.evidence
        case Agreement():
            return record.given
        case _:
            return ()


def _needs_action(record: Record | None) -> NeedsAction | None:
    if not isinstance(record, Order | Agreement | AgentAssignment):
        return None
    return NeedsAction(
        lifecycle=lifecycle_of(record),
        id=record.id,
        state=record.state,
        organisation=owner_of(record),
        since=record.since,
    )


def _acted_already(case: Case, record: Record | None) -> bool:
    """With four eyes, a step does not wait for somebody who has acted on the order already."""
    if not case.act.rules.four_eyes or not isinstance(record, Order) or record.state not in _ASKING:
        return False
    return case.act.actor.person in acted(record)


def _concerns(order: Order, follows: set[str], acts: set[str]) -> bool:
    """Whether somebody may still follow the order and, where the notice asks for it, still act on it."""
    if follows.isdisjoint(lines_of(order, Index.ORDERS)):
        return False
    return order.state not in _ASKING or not acts.isdisjoint(lines_of(order, Index.PENDING))


def _up_to_last(page: Page, follows: set[str], acts: set[str]) -> int:
    """How many lines of a page there are up to the last that is shown."""
    records = (None if line.fact is None else line.fact.record for line in page.items)
    shown = (
        number
        for number, record in enumerate(records, 1)
        if isinstance(record, Order) and _concerns(record, follows, acts)
    )
    return max(shown, default=0)


def _is_only_agent(case: Case, order: Order) -> bool:
    return case.act.actor.organisation == order.content.agent and not is_staff(case)


def _is_draft(event: Event) -> bool:
    return event.after == OrderState.DRAFT
