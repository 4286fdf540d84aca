"""Carrying out what is owed: mail that is still wanted, and what the system does after a commit."""

import random
from functools import partial
from typing import final

import attrs

from kundorder.commands import InformAgent
from kundorder.decisions import needs_of_member, needs_of_order, tell_pending
from kundorder.delivery import (
    GIVE_UP_AFTER,
    LEASE,
    DeliveryReport,
    again,
    parked,
    unwanted_agreement_mail,
    unwanted_member_mail,
    unwanted_order_mail,
)
from kundorder.errors import Conflict, NotFound, Refused, Unavailable, Undeliverable
from kundorder.events import FollowUp, FollowUpKind, Mail, Owed, OwedState, Settlement
from kundorder.messages import About, Post, Recipient, compose
from kundorder.model import SYSTEM, Agreement, Member, Order, Organisation, Record
from kundorder.policies import assignment_of, handlers_of
from kundorder.portal.acting import Acting
from kundorder.portal.loading import read_all
from kundorder.portal.writing import outcome_of
from kundorder.ports import Mailer
from kundorder.situation import (
    Fact,
    Facts,
    Key,
    Situation,
    assignment_key,
    holders_key,
    member_key,
    organisation_key,
)
from kundorder.vocabulary import Index, Role, UserState
from kundorder.worklists import told_to

_BATCH = 50
_SENT = Settlement(state=OwedState.SENT)


def _cancelled(why: str) -> Settlement:
    return Settlement(state=OwedState.CANCELLED, note=why)


@final
@attrs.frozen(kw_only=True)
class Delivering:
    """What it takes to deliver."""

    acting: Acting
    mailer: Mailer | None
    post: Post

    def deliver(self, limit: int) -> DeliveryReport:
        """Carry out what is due, at most this much; repeating is harmless.

        Raises:
            Unavailable: the store does not answer.
        """
        report, left = DeliveryReport(), limit
        while left > 0 and (claimed := self._claim(min(left, _BATCH))):
            left -= len(claimed)
            enough = self.acting.clock.now() + LEASE / 2
            for owed in claimed:
                if self.acting.clock.now() > enough:  # it may be another's before it has left: claim it anew
                    with self.acting.store.transaction() as transaction:
                        _ = transaction.settle(owed, Settlement(state=OwedState.DUE, due_at=owed.due_at))
                    continue
                settlement = self._carry_out(owed)
                with self.acting.store.transaction() as transaction:
                    kept = transaction.settle(owed, settlement)
                report = _counted(report, owed, settlement) if kept else report
        return report

    def _claim(self, limit: int) -> tuple[Owed, ...]:
        now = self.acting.clock.now()
        with self.acting.store.transaction() as transaction:
            return transaction.claim(now=now, lease_until=now + LEASE, limit=limit)

    def _carry_out(self, owed: Owed) -> Settlement:
        try:
            if owed.mail is not None:
                return self._send(owed.mail)
            return _SENT if owed.follow_up is None else self._follow_up(owed.follow_up)
        except Undeliverable as error:
            return parked(error.why)
        except (Unavailable, Conflict) as error:
            return again(owed, self.acting.clock.now(), str(error), random.random())  # noqa: S311 - no secret
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter must not hold up the others
            if owed.attempts >= GIVE_UP_AFTER:
                return parked(type(error).__name__)
            return again(owed, self.acting.clock.now(), type(error).__name__, random.random())  # noqa: S311 - no secret

    def _send(self, mail: Mail) -> Settlement:
        if self.mailer is None:
            raise Unavailable("no mailer was given to the portal")
        facts = self._about(mail)
        subject = facts[Key(mail.subject)].record
        member = None if mail.member is None else facts[member_key(mail.member)].record
        why = _unwanted(mail, subject, member, facts)
        if why is not None:
            return _cancelled(why)
        recipient = _recipient(mail, subject, member)
        if recipient is None:
            return _cancelled("there is nobody to write to")
        self.mailer.send(compose(mail, recipient, self._words(mail, subject, facts), self.post))
        return _SENT

    def _about(self, mail: Mail) -> dict[Key, Fact]:
        first = [Key(mail.subject), organisation_key(mail.organisation)]
        if mail.member is not None:
            first.append(member_key(mail.member))
        with self.acting.store.transaction() as transaction:
            facts = transaction.read(tuple(dict.fromkeys(first)))
            order = facts[Key(mail.subject)].record
            if isinstance(order, Order):
                content = order.content
                parties = (content.organisation, *(() if content.agent is None else (content.agent,)))
                assignment = assignment_of(order)
                handlers = () if assignment is None else (assignment_key(assignment), _handlers_key(order))
                facts |= transaction.read((*(organisation_key(each) for each in parties), *handlers))
        return facts

    def _words(self, mail: Mail, subject: Record | None, facts: dict[Key, Fact]) -> About:
        own = _name(facts, mail.organisation) or (subject.name if isinstance(subject, Agreement) else None)
        if not isinstance(subject, Order):
            return About(organisation=own or mail.organisation)
        content = subject.content
        offer = self.acting.catalogue.offer(content.offer)
        return About(
            organisation=own or mail.organisation,
            customer=_name(facts, content.organisation),
            agent=None if content.agent is None else _name(facts, content.agent),
            case_number=subject.case_number,
            offer_sv=content.offer if offer is None else offer.name_sv,
            offer_en=content.offer if offer is None else offer.name_en,
            reason=subject.reason,
            instructions=subject.instructions,
        )

    def _follow_up(self, follow_up: FollowUp) -> Settlement:
        if follow_up.kind is FollowUpKind.INFORM_AGENT:
            try:
                _ = self.acting.execute(InformAgent(order=follow_up.about), SYSTEM, None)
            except (Refused, NotFound) as error:
                return _cancelled(str(error))
            return _SENT
        for order in self._waiting_for(follow_up.about):
            self.acting.retried(partial(self._tell, order, follow_up.about))
        return _SENT

    def _waiting_for(self, member: str) -> tuple[str, ...]:
        """The orders that wait for somebody with the rights this member has now."""
        act = self.acting.act(SYSTEM)
        found: list[str] = []
        with self.acting.store.transaction() as transaction:
            facts = read_all(transaction, lambda known: needs_of_member(member, act, known), {})
            record = facts[member_key(member)].record
            if not isinstance(record, Member) or record.state is not UserState.ACTIVE:
                return ()
            granted = transaction.select(Index.GRANTS, (member,), after=None, limit=1000)
            lists = told_to(record, tuple(line.sort for line in granted.items))
            after: str | None = None
            while lists:
                page = transaction.select(Index.PENDING, lists, after=after, limit=200)
                found += [
                    line.fact.record.id for line in page.items if line.fact and isinstance(line.fact.record, Order)
                ]
                after = page.after
                if after is None:
                    break
        return tuple(found)

    def _tell(self, order: str, member: str) -> None:
        act = self.acting.act(SYSTEM)
        with self.acting.store.transaction() as transaction:
            facts = read_all(
                transaction,
                lambda known: (*needs_of_order(order, act, known), *needs_of_member(member, act, known)),
                {},
            )
        situation = Situation(facts)
        found, told = situation.order(order), situation.member(member)
        decision = None if found is None or told is None else tell_pending(situation, found, told, act)
        if decision is not None:
            self.acting.write(decision, facts, act, None, outcome_of(decision, facts, act))


def _handlers_key(order: Order) -> Key:
    return holders_key(order.content.agent or "", Role.AGENT_HANDLER)


def _unwanted(mail: Mail, subject: Record | None, member: Record | None, facts: Facts) -> str | None:
    """Why a mail need not leave any more."""
    why: str | None = None
    if isinstance(subject, Order):
        why = unwanted_order_mail(mail, subject)
    elif isinstance(subject, Agreement):
        why = unwanted_agreement_mail(mail, subject)
    if why is None and isinstance(member, Member):
        handlers = handlers_of(Situation(facts), subject) if isinstance(subject, Order) else ()
        why = unwanted_member_mail(mail, member, handlers)
    return why


def _recipient(mail: Mail, subject: Record | None, member: Record | None) -> Recipient | None:
    """Who it goes to, at the address and in the language of now."""
    if isinstance(member, Member):
        return Recipient(name=member.name, email=member.email, language=member.language)
    if isinstance(subject, Agreement):
        for each in subject.signatories:
            if each.id == mail.signatory:
                return Recipient(name=each.contact.name, email=each.contact.email, language=each.contact.language)
    return None


def _name(facts: Facts, number: str) -> str | None:
    fact = facts.get(organisation_key(number))
    return fact.record.name if fact is not None and isinstance(fact.record, Organisation) else None


def _counted(report: DeliveryReport, owed: Owed, settlement: Settlement) -> DeliveryReport:
    match settlement.state:
        case OwedState.SENT if owed.mail is None:
            return attrs.evolve(report, followed_up=report.followed_up + 1)
        case OwedState.SENT:
            return attrs.evolve(report, sent=report.sent + 1)
        case OwedState.CANCELLED:
            return attrs.evolve(report, cancelled=report.cancelled + 1)
        case OwedState.PARKED:
            return attrs.evolve(report, parked=report.parked + 1)
        case OwedState.DUE:
            return attrs.evolve(report, later=report.later + 1)
