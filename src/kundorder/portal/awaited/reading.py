"""What a portal shows: nothing here changes anything."""

# Made from kundorder/portal/reading.py by tests/one_text.py: change it there.

from collections.abc import AsyncIterator
from datetime import timedelta

from kundorder.commands import Command
from kundorder.decisions import due, options
from kundorder.evidence import Document, SignedDocument
from kundorder.model import SYSTEM, Actor, AgentAssignment, Agreement, Order
from kundorder.outcomes import Due, Head, JournalReport, LinkTarget, Option, PathStep, UnderWay, Verdict
from kundorder.portal.awaited.acting import Acting
from kundorder.portal.awaited.exporting import exported
from kundorder.portal.awaited.links import target_of
from kundorder.portal.awaited.loading import load_command, load_order
from kundorder.portal.awaited.looking import Looking
from kundorder.portal.awaited.verifying import verify
from kundorder.portal.calls import document_to_show
from kundorder.portal.pages import EventPage, MemberPage, NoticePage, OrderPage, PendingPage
from kundorder.portal.signings import ToSign, named
from kundorder.situation import Situation

REMIND_AFTER = timedelta(days=7)
"""How long a step waits before ``due`` asks for a reminder, unless the host says otherwise."""


class Reading:
    """The half of a portal that looks."""

    _acting: Acting
    _looking: Looking

    async def check(self, command: Command, actor: Actor) -> Verdict:
        """Whether a command would be accepted as things are; the very judgement of ``execute``, without the write.

        Raises:
            NotFound: the subject does not exist, or the actor may not see it.
            Unavailable: a port failed; call again.
        """
        return await self._acting.check(command, actor)

    async def options(self, order: str, actor: Actor) -> tuple[Option, ...]:
        """Everything that can be asked of an order, and what stands in the way of each for this actor.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        act = self._acting.act(actor)
        return options(Situation(await load_order(self._acting.store, order, act)), order, act)

    async def path(self, order: str, actor: Actor) -> tuple[PathStep, ...]:
        """Who must do what next, until the order is done, what stands in the way, and who has begun to sign.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return await self._looking.path(order, actor)

    async def due(self, order: str, actor: Actor, *, remind_after: timedelta = REMIND_AFTER) -> tuple[Due, ...]:
        """What waits, since when, and whether it is time for a reminder; the host owns the timer.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        act = self._acting.act(actor)
        return due(Situation(await load_order(self._acting.store, order, act)), order, act, remind_after)

    async def order(self, order: str, actor: Actor) -> Order:
        """One order, as the actor may see it.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return await self._looking.order(order, actor)

    async def orders(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> OrderPage:
        """The orders the actor may follow, the newest first.

        Raises:
            NotFound: the actor is no user of the organisation acted for.
        """
        return await self._looking.orders(actor, after, limit)

    async def pending(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> PendingPage:
        """What waits for the actor to act, the oldest first.

        Raises:
            NotFound: the actor is no user of the organisation acted for.
        """
        return await self._looking.pending(actor, after, limit)

    async def notices(self, actor: Actor, *, after: str | None = None, limit: int = 50) -> NoticePage:
        """The actor's notices, the newest first; a notice goes as soon as its step has been taken.

        Raises:
            NotFound: the actor is no user of the organisation acted for.
        """
        return await self._looking.notices(actor, after, limit)

    async def members(
        self, actor: Actor, *, organisation: str | None = None, after: str | None = None, limit: int = 50
    ) -> MemberPage:
        """The users of the organisation acted for; the provider may ask for any organisation's.

        Raises:
            Malformed: that is no organisation number.
            NotFound: there is no such organisation, or the actor may not see its users.
        """
        return await self._looking.members(actor, organisation, after, limit)

    async def agreement(self, agreement: str, actor: Actor) -> Agreement:
        """One agreement.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return await self._looking.agreement(agreement, actor)

    async def assignment(self, assignment: str, actor: Actor) -> AgentAssignment:
        """One agent assignment.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return await self._looking.assignment(assignment, actor)

    async def history(self, subject: str, actor: Actor, *, after: str | None = None, limit: int = 50) -> EventPage:
        """What has happened to an order, agreement, assignment or user (by its id), the first first.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return await self._looking.history(subject, actor, after, limit)

    async def signings(self, subject: str, actor: Actor) -> tuple[UnderWay, ...]:
        """What somebody has begun to attest or sign and not finished, of an order, agreement or assignment (by its id).

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return await self._looking.signings(subject, actor)

    async def evidence(self, subject: str, actor: Actor) -> tuple[SignedDocument, ...]:
        """What was attested or signed, word for word, each with its evidence, of an order, agreement or assignment.

        ``evidence_files`` makes a file of each, which anybody can verify without us.

        Raises:
            NotFound: it does not exist, or the actor may not see it.
        """
        return await self._looking.evidence(subject, actor)

    async def document(self, command: ToSign, actor: Actor = SYSTEM, *, signer: str | None = None) -> Document:
        """What a person would attest or sign, in words, to be shown before; evidence is for this and nothing else.

        Args:
            command: an attest or a signature, without evidence.
            actor: who attests; left out for a signatory, who has no login.
            signer: the signatory's id on the agreement; for an attest it is the actor.

        Raises:
            NotFound: the subject does not exist, the actor may not see it, or nobody of that name is to sign.
        """
        act = self._acting.act(actor)
        facts = await load_command(self._acting.store, command, act, None)
        return document_to_show(facts, command, act, actor.person if signer is None else named(signer))

    async def link(self, reference: str, actor: Actor | None = None) -> LinkTarget:
        """What a link in a mail is for, for whom, and whether that is still open; asking changes nothing.

        Args:
            reference: as it stands in the link.
            actor: who has opened it, where the host knows; somebody else's link is then as one that does not exist.

        Raises:
            NotFound: there is no such link, or it is somebody else's.
        """
        return await target_of(self._acting, reference, actor)

    async def verify_journal(self, anchor: tuple[Head, ...] = ()) -> JournalReport:
        """Whether every chain holds. A cut tail shows only against ``anchor``: heads of an earlier report."""
        return await verify(self._acting.store, anchor)

    async def export_journal(self, *, remarks: bool = True) -> AsyncIterator[str]:
        """The journal as lines to keep elsewhere, with or without free texts; ``verify_export`` needs nothing else."""
        return exported(self._acting.store, remarks=remarks)
