"""The portal a host talks to."""

# Made from kundorder/portal/shell.py by tests/one_text.py: change it there.

from collections.abc import Collection
from datetime import timedelta
from typing import final, overload

from kundorder.catalogue import Catalogue
from kundorder.codec import command_digest, rules_digest
from kundorder.commands import AnyOrderCommand, Command
from kundorder.delivery import DeliveryReport
from kundorder.identifiers import idempotency_key
from kundorder.messages import Post
from kundorder.model import SYSTEM, Actor, Rules
from kundorder.outcomes import OrderOutcome, Outcome, PruneReport
from kundorder.portal.awaited.acting import Acting, Pause
from kundorder.portal.awaited.delivering import Delivering
from kundorder.portal.awaited.ending import cancel_signing
from kundorder.portal.awaited.looking import Looking
from kundorder.portal.awaited.pruning import prune
from kundorder.portal.awaited.reading import Reading
from kundorder.portal.awaited.signing import resume
from kundorder.portal.calls import SigningCall, keyed_without_evidence
from kundorder.portal.settings import SystemClock, SystemIds
from kundorder.portal.signings import ToSign, named
from kundorder.portal.writing import Keyed
from kundorder.ports import AsyncMailer, AsyncSigning, AsyncSigningAuthority, AsyncStore, Clock, Failed, Ids, Pending
from kundorder.vocabulary import AttestMethod, Language


async def at_once(_seconds: float) -> None:
    """Do not wait; hand in ``asyncio.sleep`` or its like to wait for real."""


@final
class AsyncPortal(Reading):
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
        authority: who together may sign for an organisation; if not given, everybody an application names must.
        post: sender and links of the mails.
        clock: the time; the system's if not given.
        ids: where ids come from; the system's randomness if not given.
        attempts: how often a command is decided anew, when facts keep moving, before ``Conflict``.
        pause: how to wait for some seconds before that.
    """

    def __init__(
        self,
        *,
        store: AsyncStore,
        catalogue: Catalogue,
        rules: Rules | None = None,
        mailer: AsyncMailer | None = None,
        signing: AsyncSigning | None = None,
        authority: AsyncSigningAuthority | None = None,
        post: Post | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
        attempts: int = 10,
        pause: Pause = at_once,
    ) -> None:
        held = Rules() if rules is None else rules
        self._acting = Acting(
            store=store,
            catalogue=catalogue,
            rules=held,
            rules_digest=rules_digest(held),
            signing=signing,
            authority=authority,
            clock=SystemClock() if clock is None else clock,
            ids=SystemIds() if ids is None else ids,
            attempts=attempts,
            pause=pause,
        )
        self._looking = Looking(acting=self._acting)
        self._delivering = Delivering(acting=self._acting, mailer=mailer, post=Post() if post is None else post)

    @overload
    async def execute(self, command: AnyOrderCommand, actor: Actor, *, key: str | None = None) -> OrderOutcome: ...
    @overload
    async def execute(self, command: Command, actor: Actor, *, key: str | None = None) -> Outcome: ...
    async def execute(self, command: Command, actor: Actor, *, key: str | None = None) -> Outcome:
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
        return await self._acting.execute(command, actor, keyed)

    async def resume_signing(
        self,
        command: ToSign,
        actor: Actor = SYSTEM,
        *,
        method: AttestMethod,
        signer: str | None = None,
        language: Language | None = None,
        callback: str | None = None,
        ip: str | None = None,
        key: str | None = None,
    ) -> Outcome | Pending | Failed:
        """Let a person attest or sign: begin, or go on where it stands; when signed, the command is carried out.

        Args:
            command: an attest or a signature, without evidence.
            actor: who attests; left out for a signatory, who has no login.
            method: how.
            signer: the signatory's id on the agreement; for an attest it is the actor.
            language: what the person reads; the person's own, if not given.
            callback: what the signing service has sent, or the person has entered, as it came; only a hint to ask.
            ip: the address the person is asked at, for methods that want to know; it is not kept.
            key: idempotency key of the act.

        Raises:
            Refused: something other than the evidence stands in the way; nobody is asked to sign in vain.
            NotFound: the subject does not exist, or the actor may not see it.
            Malformed: the key is no idempotency key, or the method cannot use what it was given; which, and what to do.
            KeyReused: the key was used for something else; take a new one.
            Conflict: the facts kept moving, or another call has gone on with the same signing; call again.
            Unavailable: the signing port or the store does not answer; call again.
        """
        person = actor.person if signer is None else named(signer)
        keyed = keyed_without_evidence(None if key is None else idempotency_key(key), command, actor, person, method)
        call = SigningCall(
            command=command,
            actor=actor,
            signer=person,
            method=method,
            language=language,
            callback=callback,
            ip=ip,
            keyed=keyed,
        )
        return await self._acting.retried(lambda: resume(self._acting, call))

    async def cancel_signing(self, command: ToSign, actor: Actor = SYSTEM, *, signer: str | None = None) -> None:
        """Give up what somebody has begun to attest or sign; where nothing has been begun, nothing happens.

        Args:
            command: as it was begun.
            actor: who attests; left out for a signatory, who has no login. Nobody gives up another's.
            signer: the signatory's id on the agreement; for an attest it is the actor.

        Raises:
            NotFound: the subject does not exist, or the actor may not see it.
            Conflict: it is gone on with at this moment; call again.
            Unavailable: the signing port or the store does not answer; it ends by itself, or call again.
        """
        await cancel_signing(self._acting, command, actor, actor.person if signer is None else named(signer))

    async def deliver(self, *, limit: int = 1000) -> DeliveryReport:
        """Carry out what is owed: mail that is still wanted, and follow-ups; call it as often as you like.

        Raises:
            Conflict: another delivers the same at this very moment; call again, what is owed stays owed.
            Unavailable: the store does not answer; call again.
        """
        return await self._delivering.deliver(limit)

    async def requeue(self, debts: Collection[str] | None = None) -> tuple[str, ...]:
        """Let go anew what was parked, once its cause is mended; for whoever operates the host, no act of a user.

        Args:
            debts: ids of them; None: all that are parked. What is not parked stays as it is.

        Returns:
            The ids of those that are due now, as if they had never been tried.

        Raises:
            Unavailable: the store does not answer; call again.
        """
        return await self._delivering.requeue(debts)

    async def prune(
        self, *, receipts_older_than: timedelta, mail_older_than: timedelta, limit: int = 1000
    ) -> PruneReport:
        """Remove old receipts, and old debts, sent or cancelled, that cannot be owed again; never the journal.

        A key whose receipt is gone acts anew when it is used again. Repeating is harmless; at most ``limit`` go a call.

        Raises:
            Malformed: an age not from 24 hours to 100 years, or a limit below 1; nothing is removed.
        """
        return await prune(self._acting, receipts_older_than, mail_older_than, limit)
