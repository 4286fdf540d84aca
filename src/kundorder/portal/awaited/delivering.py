"""Carrying out what is owed: mail that is still wanted, and what the system does after a commit."""

# Made from kundorder/portal/delivering.py by tests/one_text.py: change it there.

import random
from collections.abc import Collection
from functools import partial
from typing import final

import attrs

from kundorder.codec import digest
from kundorder.commands import InformAgent
from kundorder.decisions import needs_of_member, needs_of_order, tell_pending
from kundorder.delivery import (
    LEASE,
    SENT,
    SILENCES,
    Attempt,
    DeliveryReport,
    Relay,
    again,
    cancelled,
    failed,
    given_back,
    parked,
    report_after,
    requeued,
    silences_after,
    stopped_after,
)
from kundorder.errors import Conflict, NotFound, Postponed, Refused, RelayStopped, Unavailable, Undeliverable
from kundorder.events import FollowUp, FollowUpKind, Mail, Owed, OwedState, Settlement
from kundorder.messages import Post
from kundorder.model import SYSTEM, Member, Order
from kundorder.outcomes import Changes
from kundorder.policies import assignment_of
from kundorder.portal.awaited.acting import Acting
from kundorder.portal.awaited.ending import end_unwanted
from kundorder.portal.awaited.links import NOTHING, Claim, guard_now, kept_references, references_for
from kundorder.portal.awaited.loading import read_all
from kundorder.portal.letters import handlers_key, letter_for
from kundorder.portal.writing import outcome_of
from kundorder.ports import AsyncMailer
from kundorder.situation import (
    Fact,
    Key,
    Situation,
    assignment_key,
    link_key,
    member_key,
    organisation_key,
)
from kundorder.vocabulary import Index, UserState
from kundorder.worklists import told_to

_BATCH = 50
_PAGE = 10_000
_TRIES = 4


@final
@attrs.frozen(kw_only=True)
class Delivering:
    """What it takes to deliver."""

    acting: Acting
    mailer: AsyncMailer | None
    post: Post

    async def deliver(self, limit: int) -> DeliveryReport:
        """Carry out what is due, at most this much, and end signings that nobody waits for; repeating is harmless.

        Raises:
            Unavailable: the store does not answer.
        """
        report, left, silences = DeliveryReport(), limit, 0
        while left > 0 and report.stopped is None and (claim := await self._claim(min(left, _BATCH))).owed:
            left -= len(claim.owed)
            enough = self.acting.clock.now() + LEASE / 2
            for place, owed in enumerate(claim.owed):
                if self.acting.clock.now() > enough:  # it may be another's before it has left: claim it anew
                    await self._give_back(claim, claim.owed[place:])
                    break
                attempt = await self._carry_out(owed, claim.references.get(owed.id))
                report = await self._settled(report, owed, attempt)
                silences = silences_after(attempt, silences)
                if attempt.relay is Relay.STOPPED or silences == SILENCES:
                    report, rest = stopped_after(report, attempt), claim.owed[place + 1 :]
                    await self._give_back(claim, rest)
                    left += len(rest)
                    break
        if self.acting.signing is not None:
            _ = await end_unwanted(self.acting, limit)
        return report if report.stopped is None else await self._without_relay(report, left)

    async def requeue(self, debts: Collection[str] | None) -> tuple[str, ...]:
        """What is parked is due anew; the ids of it.

        Raises:
            Unavailable: the store does not answer.
        """
        now, wanted = self.acting.clock.now(), None if debts is None else frozenset(debts)
        found = tuple(owed for owed in await self._owed(OwedState.PARKED) if wanted is None or owed.id in wanted)
        anew = Changes(guards=(), records=(), entries=(), owed=tuple(requeued(owed, now) for owed in found))
        async with self.acting.store.transaction() as transaction:
            await transaction.write(anew)
        return tuple(owed.id for owed in found)

    async def _claim(self, limit: int) -> Claim:
        """What is due; what the links will stand for is written before any of it leaves."""
        now = self.acting.clock.now()
        async with self.acting.store.transaction() as transaction:
            owed = await transaction.claim(now=now, lease_until=now + LEASE, limit=limit)
            references = references_for(owed, self.acting.ids, self.post)
            if not references:
                return Claim(owed=owed)
            known = await transaction.read(tuple(link_key(digest(each)) for each in references.values()))
            changes = kept_references(owed, references, known, now, self.post)
            await transaction.write(changes)
        return Claim(owed=owed, references=references, written=frozenset(changes.guards))

    async def _give_back(self, claim: Claim, rest: tuple[Owed, ...]) -> None:
        """Nobody has these references: the next time there are others."""
        keys = {link_key(digest(claim.references[owed.id])) for owed in rest if owed.id in claim.references}
        guards = tuple(guard_now(guard) for guard in claim.written if guard.key in keys)
        async with self.acting.store.transaction() as transaction:
            for owed in rest:
                _ = await transaction.settle(owed, given_back(owed))
            if guards:
                await transaction.write(
                    attrs.evolve(NOTHING, guards=guards, dropped=tuple(guard.key for guard in guards))
                )

    async def _settled(self, report: DeliveryReport, owed: Owed, attempt: Attempt) -> DeliveryReport:
        """A letter that has left must not leave again only because the store was busy for a moment."""
        tries = 1
        while True:
            try:
                async with self.acting.store.transaction() as transaction:
                    kept = await transaction.settle(owed, attempt.settlement)
                return report_after(report, owed, attempt) if kept else report
            except Unavailable:
                if tries == _TRIES:
                    raise
                tries += 1
                await self.acting.pause(random.random())  # noqa: S311 - spreads those who wait, no secret

    async def _without_relay(self, report: DeliveryReport, limit: int) -> DeliveryReport:
        """Follow-ups need no relay, and must not wait for days behind mail that does.

        They are not claimed, since a claim takes the oldest of all that is due: two at once do no harm.
        """
        now = self.acting.clock.now()
        waiting = [
            owed for owed in await self._owed(OwedState.DUE) if owed.follow_up is not None and owed.due_at <= now
        ]
        for owed in waiting[:limit]:
            attempt = await self._carry_out(owed)
            if attempt.settlement.state is not OwedState.DUE:
                report = await self._settled(report, owed, attempt)
        return report

    async def _owed(self, state: OwedState) -> tuple[Owed, ...]:
        """All that stands like this, the oldest first."""
        found, after = list[Owed](), None
        while True:
            async with self.acting.store.transaction() as transaction:
                page = await transaction.select(Index.OWED, (state,), after=after, limit=_PAGE)
            found += [line.owed for line in page.items if line.owed is not None]
            after = page.after
            if after is None:
                return tuple(found)

    async def _carry_out(self, owed: Owed, reference: str | None = None) -> Attempt:
        try:
            if owed.mail is not None:
                return await self._send(owed, owed.mail, reference)
            return Attempt(SENT if owed.follow_up is None else await self._follow_up(owed.follow_up))
        except Undeliverable as error:
            return Attempt(parked(error.why))
        except (Unavailable, Conflict) as error:
            return Attempt(self._again(owed, str(error)))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter must not hold up the others
            jitter = random.random()  # noqa: S311 - no secret
            return Attempt(failed(owed, self.acting.clock.now(), type(error).__name__, jitter))

    def _again(self, owed: Owed, why: str) -> Settlement:
        return again(owed, self.acting.clock.now(), why, random.random())  # noqa: S311 - no secret

    async def _send(self, owed: Owed, mail: Mail, reference: str | None) -> Attempt:
        found = letter_for(mail, await self._about(mail), self.acting.catalogue, self.post, reference)
        if isinstance(found, Settlement):
            return Attempt(found)
        if self.mailer is None:
            return Attempt(self._again(owed, "no mailer was given to the portal"), Relay.SILENT)
        try:
            await self.mailer.send(found)
        except Postponed as error:
            return Attempt(self._again(owed, error.why), Relay.ANSWERS)
        except Unavailable as error:
            return Attempt(self._again(owed, error.what), Relay.SILENT)
        except RelayStopped as error:
            return Attempt(given_back(owed, error.why), Relay.STOPPED)
        return Attempt(SENT, Relay.ANSWERS)

    async def _about(self, mail: Mail) -> dict[Key, Fact]:
        first = [Key(mail.subject), organisation_key(mail.organisation)]
        if mail.member is not None:
            first.append(member_key(mail.member))
        async with self.acting.store.transaction() as transaction:
            facts = await transaction.read(tuple(dict.fromkeys(first)))
            order = facts[Key(mail.subject)].record
            if isinstance(order, Order):
                content = order.content
                parties = (content.organisation, *(() if content.agent is None else (content.agent,)))
                assignment = assignment_of(order)
                handlers = () if assignment is None else (assignment_key(assignment), handlers_key(order))
                facts |= await transaction.read((*(organisation_key(each) for each in parties), *handlers))
        return facts

    async def _follow_up(self, follow_up: FollowUp) -> Settlement:
        if follow_up.kind is FollowUpKind.INFORM_AGENT:
            try:
                _ = await self.acting.execute(InformAgent(order=follow_up.about), SYSTEM, None)
            except (Refused, NotFound) as error:
                return cancelled(str(error))
            return SENT
        for order in await self._waiting_for(follow_up.about):
            await self.acting.retried(partial(self._tell, order, follow_up.about))
        return SENT

    async def _waiting_for(self, member: str) -> tuple[str, ...]:
        """The orders that wait for somebody with the rights this member has now."""
        act = self.acting.act(SYSTEM)
        found: list[str] = []
        async with self.acting.store.transaction() as transaction:
            facts = await read_all(transaction, lambda known: needs_of_member(member, act, known), {})
            record = facts[member_key(member)].record
            if not isinstance(record, Member) or record.state is not UserState.ACTIVE:
                return ()
            granted = await transaction.select(Index.GRANTS, (member,), after=None, limit=1000)
            lists = told_to(record, tuple(line.sort for line in granted.items))
            after: str | None = None
            while lists:
                page = await transaction.select(Index.PENDING, lists, after=after, limit=200)
                found += [
                    line.fact.record.id for line in page.items if line.fact and isinstance(line.fact.record, Order)
                ]
                after = page.after
                if after is None:
                    break
        return tuple(found)

    async def _tell(self, order: str, member: str) -> None:
        act = self.acting.act(SYSTEM)
        async with self.acting.store.transaction() as transaction:
            facts = await read_all(
                transaction,
                lambda known: (*needs_of_order(order, act, known), *needs_of_member(member, act, known)),
                {},
            )
        situation = Situation(facts)
        found, told = situation.order(order), situation.member(member)
        decision = None if found is None or told is None else tell_pending(situation, found, told, act)
        if decision is not None:
            await self.acting.write(decision, facts, act, None, outcome_of(decision, facts, act))
