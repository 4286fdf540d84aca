"""The portal a host talks to."""

import time
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import final, overload

from kundorder.catalogue import Catalogue
from kundorder.codec import command_digest, rules_digest
from kundorder.commands import AnyOrderCommand, Command
from kundorder.decisions import due, options, path
from kundorder.delivery import DeliveryReport
from kundorder.identifiers import idempotency_key
from kundorder.messages import Post
from kundorder.model import SYSTEM, Actor, AgentAssignment, Agreement, Order, Rules
from kundorder.outcomes import Due, Head, JournalReport, Option, OrderOutcome, Outcome, PathStep, PruneReport, Verdict
from kundorder.portal.acting import Acting, Pause
from kundorder.portal.delivering import Delivering
from kundorder.portal.exporting import exported
from kundorder.portal.loading import load_order
from kundorder.portal.looking import Looking
from kundorder.portal.pages import EventPage, MemberPage, NoticePage, OrderPage, PendingPage
from kundorder.portal.pruning import prune
from kundorder.portal.settings import SystemClock, SystemIds
from kundorder.portal.signing import SigningCall, ToSign, keyed_without_evidence, resume
from kundorder.portal.verifying import verify
from kundorder.portal.writing import Keyed
from kundorder.ports import Clock, Failed, Ids, Mailer, Pending, Signing, Store
from kundorder.situation import Situation
from kundorder.vocabulary import AttestMethod, Language

REMIND_AFTER = timedelta(days=7)
"""How long a step waits before ``due`` asks for a reminder, unless the host says otherwise."""


@final
class Portal:
    """Orders, agreements and people in one store, under one catalogue and one set of rules.

    Nothing is kept between calls: any number of portals, threads and processes may share a store. Whatever asks the
    store raises ``Unavailable`` when that does not answer (call again), and ``Corrupt`` when what is stored cannot be
    read (call the maintainer).

    Args:
        store: where everything is kept.
        catalogue: what can be ordered; the host's own.
        rules: what the host has chosen.
        mailer: how mail leaves; without it mail stays owed.
        signing: how people attest and sign; without it no evidence is accepted.
        post: sender and links of the mails.
        clock: the time; the system's if not given.
        ids: where ids come from; the system's randomness if not given.
        attempts: how often a command is decided anew, when facts keep moving, before ``Conflict``.
        pause: how to wait for some seconds before that.
    """

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        rules: Rules | None = None,
        mailer: Mailer | None = None,
        signing: Signing | None = None,
        post: Post | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
        attempts: int = 10,
        pause: Pause = time.sleep,
    ) -> None:
        held = Rules() if rules is None else rules
        self._acting = Acting(
            store=store,
            catalogue=catalogue,
            rules=held,
            rules_digest=rules_digest(held),
            signing=signing,
            clock=SystemClock() if clock is None else clock,
            ids=SystemIds() if ids is None else ids,
            attempts=attempts,
            pause=pause,
        )
        self._looking = Looking(acting=self._acting)
        self._delivering = Delivering(acting=self._acting, mailer=mailer, post=Post() if post is None else post)

    @overload
    def execute(self, command: AnyOrderCommand, actor: Actor, *, key: str | None = None) -> OrderOutcome: ...
    @overload
    def execute(self, command: Command, actor: Actor, *, key: str | None = None) -> Outcome: ...
    def execute(self, command: Command, actor: Actor, *, key: str | None = None) -> Outcome:
        """Carry out a command. When this returns, it is kept for good, with everything it owes.

        Args:
            command: what is asked.
            actor: who asks, and for which organisation; the host has authenticated the person.
            key: idempotency key: the same key with the same command and actor has the same outcome, once.

        Raises:
            Refused: something stands in the way; all of it is listed, with who can clear it. Nothing has changed.
            NotFound: the subject does not exist, or the actor may not see it.
            Malformed: the key is no idempotency key.
            KeyReused: the key was used for something else; take a new one.
            Conflict: the facts kept moving; call again.
            Unavailable: a port failed; call again with the same key.
        """
        keyed = None if key is None else Keyed(idempotency_key(key), command_digest(command, actor))
        return self._acting.execute(command, actor, keyed)

    def check(self, command: Command, actor: Actor) -> Verdict:
        """Whether a command would be accepted as things are; the very judgement of ``execute``, without the write.

        Raises:
            NotFound: the subject does not exist, or the actor may not see it.
            Unavailable: a port failed; call again.
        """
        return self._acting.check(command, actor)

    def options(self, order: str, actor: Actor) -> tuple[Option, ...]:
        """Everything that can be asked of an order, and what stands in the way of each for this actor.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        act = self._acting.act(actor)
        return options(Situation(load_order(self._acting.store, order, act)), order, act)

    def path(self, order: str, actor: Actor) -> tuple[PathStep, ...]:
        """Who must do what next, until the order is done, and what stands in the way as things are.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        act = self._acting.act(actor)
        return path(Situation(load_order(self._acting.store, order, act)), order, act)

    def due(self, order: str, actor: Actor, *, remind_after: timedelta = REMIND_AFTER) -> tuple[Due, ...]:
        """What waits, since when, and whether it is time for a reminder; the host owns the timer.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        act = self._acting.act(actor)
        return due(Situation(load_order(self._acting.store, order, act)), order, act, remind_after)

    def order(self, order: str, actor: Actor) -> Order:
        """One order, as the actor may see it.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return self._looking.order(order, actor)

    def orders(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> OrderPage:
        """The orders the actor may follow, the newest first.

        Raises:
            NotFound: the actor is no user of the organisation acted for.
        """
        return self._looking.orders(actor, after, limit)

    def pending(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> PendingPage:
        """What waits for the actor to act, the oldest first.

        Raises:
            NotFound: the actor is no user of the organisation acted for.
        """
        return self._looking.pending(actor, after, limit)

    def notices(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> NoticePage:
        """The actor's notices, the newest first; a notice goes as soon as its step has been taken.

        Raises:
            NotFound: the actor is no user of the organisation acted for.
        """
        return self._looking.notices(actor, after, limit)

    def members(
        self, actor: Actor, *, organisation: str | None = None, after: str | None = None, limit: int = 50
    ) -> MemberPage:
        """The users of the organisation acted for; the provider may ask for any organisation's.

        Raises:
            Malformed: that is no organisation number.
            NotFound: there is no such organisation, or the actor may not see its users.
        """
        return self._looking.members(actor, organisation, after, limit)

    def agreement(self, agreement: str, actor: Actor) -> Agreement:
        """One agreement.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return self._looking.agreement(agreement, actor)

    def assignment(self, assignment: str, actor: Actor) -> AgentAssignment:
        """One agent assignment.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return self._looking.assignment(assignment, actor)

    def history(self, subject: str, actor: Actor, *, after: str | None = None, limit: int = 50) -> EventPage:
        """What has happened to an order, agreement, assignment or user (by its id), the first first.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return self._looking.history(subject, actor, after, limit)

    def resume_signing(
        self,
        command: ToSign,
        actor: Actor = SYSTEM,
        *,
        method: AttestMethod,
        signer: str | None = None,
        language: Language = Language.SV,
        callback: str | None = None,
        key: str | None = None,
    ) -> Outcome | Pending | Failed:
        """Let a person attest or sign: begin, or go on where it stands; when signed, the command is carried out.

        Args:
            command: an attest or a signature, without evidence.
            actor: who attests; left out for a signatory, who has no login.
            method: how.
            signer: the signatory's id on the agreement; for an attest it is the actor.
            language: what the person reads.
            callback: what the signing service has sent, as it came; only a hint to ask it.
            key: idempotency key of the act.

        Raises:
            Refused: something other than the evidence stands in the way; nobody is asked to sign in vain.
            NotFound: the subject does not exist, or the actor may not see it.
            Malformed: the key is no idempotency key.
            KeyReused: the key was used for something else; take a new one.
            Conflict: the facts kept moving, or another call has gone on with the same signing; call again.
            Unavailable: the signing port or the store does not answer; call again.
        """
        person = actor.person if signer is None else signer
        keyed = keyed_without_evidence(None if key is None else idempotency_key(key), command, actor, person, method)
        call = SigningCall(
            command=command,
            actor=actor,
            signer=person,
            method=method,
            language=language,
            callback=callback,
            keyed=keyed,
        )
        return self._acting.retried(lambda: resume(self._acting, call))

    def deliver(self, *, limit: int = 1000) -> DeliveryReport:
        """Carry out what is owed: mail that is still wanted, and follow-ups; call it as often as you like.

        Raises:
            Unavailable: the store does not answer; call again.
        """
        return self._delivering.deliver(limit)

    def requeue(self, debts: Collection[str] | None = None) -> tuple[str, ...]:
        """Let go anew what was parked, once its cause is mended; for whoever operates the host, no act of a user.

        Args:
            debts: ids of them; None: all that are parked. What is not parked stays as it is.

        Returns:
            The ids of those that are due now, as if they had never been tried.

        Raises:
            Unavailable: the store does not answer; call again.
        """
        return self._delivering.requeue(debts)

    def verify_journal(self, anchor: tuple[Head, ...] = ()) -> JournalReport:
        """Whether every chain holds. A cut tail shows only against ``anchor``: heads of an earlier report."""
        return verify(self._acting.store, anchor)

    def export_journal(self, *, remarks: bool = True) -> Iterator[str]:
        """The journal as lines to keep elsewhere, with or without free texts; ``verify_export`` needs nothing else."""
        return exported(self._acting.store, remarks=remarks)

    def prune(self, *, receipts_older_than: timedelta, mail_older_than: timedelta, limit: int = 1000) -> PruneReport:
        """Remove old receipts, and old debts, sent or cancelled, that cannot be owed again; never the journal.

        A key whose receipt is gone acts anew when it is used again. Repeating is harmless; at most ``limit`` go a call.

        Raises:
            Malformed: an age not from 24 hours to 100 years, or a limit below 1; nothing is removed.
        """
        return prune(self._acting, receipts_older_than, mail_older_than, limit)
