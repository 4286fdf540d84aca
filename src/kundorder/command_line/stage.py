"""Where the story is played: each act goes through the portal under a key of its own, and is told with all it leads to.

An act that was carried out before has its old outcome again, and nothing happens twice; so a story that was interrupted
is resumed by playing it from the beginning.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, final

import attrs

from kundorder.adapters.maildir import MaildirMailer
from kundorder.adapters.text_files import FileTextMessages
from kundorder.codec import decode_outcome
from kundorder.command_line.clock import PAUSE, StoryClock
from kundorder.command_line.listing import all_lines
from kundorder.command_line.refusals import Refusals, refusal_of
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.command_line.telling import Teller
from kundorder.commands import AttestAssignment, AttestOrder, Command, SignAgreement, StartOrder, VerifyUser
from kundorder.delivery import LEASE
from kundorder.directory import Account, Login, Receipt
from kundorder.errors import Refused
from kundorder.events import Mail, Owed, OwedState
from kundorder.model import SYSTEM, Actor, Agreement, Member, Order, Record
from kundorder.outcomes import OrderOutcome, Outcome
from kundorder.portal import Portal
from kundorder.ports import EnterCode, Failed, Pending, Store
from kundorder.reasons import word
from kundorder.situation import Key, account_key, login_key, member_key, receipt_key
from kundorder.vocabulary import AttestMethod, Index, Language, Role, Template, Trigger

_MOMENT: Final = timedelta(seconds=1)
_TRIES: Final = 3
_CODE: Final = re.compile(r"(?<![0-9-])[0-9]{6}(?![0-9-])")


@final
@attrs.frozen
class Someone:
    """Who acts, and how they are spoken of."""

    actor: Actor
    name: str
    organisation: str  # its name
    role: Role | None = None  # None: none is needed

    def __str__(self) -> str:
        role = "" if self.role is None else f"{word(self.role, Language.EN)}, "
        return f"{self.name} ({role}{self.organisation})"


@final
class Stage:
    """One run of the story."""

    def __init__(
        self,
        *,
        portal: Portal,
        store: Store,
        mailer: MaildirMailer,
        texts: FileTextMessages,
        clock: StoryClock,
        refusals: Refusals,
        teller: Teller,
    ) -> None:
        self.portal = portal
        self.acts = 0
        self.repeated = 0  # of these, carried out by an earlier run
        self._store = store
        self._mailer = mailer
        self._texts = texts
        self._clock = clock
        self._refusals = refusals
        self._teller = teller
        self._chapters = 0
        self._number = 0

    def chapter(self, title: str, text: str) -> None:
        """A new day in the story."""
        if self._chapters:
            self._clock.next_day()
        self._chapters += 1
        self._teller.chapter(self._chapters, title, self._clock.act)
        self._teller.paragraph(text)

    def act(self, who: Someone, command: Command, says: str) -> Outcome:
        """Somebody does something."""
        key, _before = self._next()
        return self._led_to(f"{who} {says}", self.portal.execute(command, who.actor, key=key))

    def order(self, who: Someone, command: Command, says: str) -> Order:
        """Somebody does something to an order."""
        outcome = self.act(who, command, says)
        if not isinstance(outcome, OrderOutcome):
            raise TypeError(type(command).__name__)
        return outcome.order

    def sign(
        self,
        who: Someone,
        command: AttestOrder | AttestAssignment | SignAgreement,
        method: AttestMethod,
        says: str,
        *,
        signatory: str | None = None,
    ) -> None:
        """Somebody attests; or, being named on an agreement, signs without a login."""
        key, _before = self._next()
        actor = who.actor if signatory is None else SYSTEM
        outcome = self.portal.resume_signing(command, actor, method=method, signer=signatory, key=key)
        for _ in range(_TRIES):
            if isinstance(outcome, Pending):
                entered = self._answer(outcome, who)
                outcome = self.portal.resume_signing(
                    command, actor, method=method, signer=signatory, callback=entered, key=key
                )
        self._clock.resume()
        if isinstance(outcome, Failed):
            raise StoppedError(f"{who} {says}: {outcome.text('en')}", Status.FAILED)
        if isinstance(outcome, Pending):
            raise StoppedError(f"{who} {says}: is still being signed; run it again to go on", Status.FAILED)
        _ = self._led_to(f"{who} {says}", outcome)
        if method is AttestMethod.SMS_CODE and (phone := self._phone(who)):
            self._teller.more("code", f"by text message, to the number that ends with {phone[-2:]}")

    def _answer(self, pending: Pending, who: Someone) -> str | None:
        """What the person does: enters the code that has come, or waits for what an interrupted run had in hand."""
        if not isinstance(pending.action, EnterCode):
            self._clock.wait_until(pending.ends_at + _MOMENT)
            return None
        texts = self._texts.texts(self._phone(who))
        found = None if not texts else _CODE.search(texts[-1])
        if found is None:
            raise StoppedError("a text message with a code is missing; begin anew with --fresh", Status.FAILED)
        return found.group()

    def _phone(self, who: Someone) -> str:
        login = self._record(login_key(who.actor.organisation, who.actor.person))
        member = self._record(member_key(login.member)) if isinstance(login, Login) else None
        return member.phone or "" if isinstance(member, Member) else ""

    def log_in(self, who: Someone, member: str) -> None:
        """Somebody takes up the invitation that stands in the mail; once that is done the mail is no longer needed."""
        key, outcome = self._next()
        if outcome is None:
            command = VerifyUser(member=member, code=self._code(member))
            outcome = self.portal.execute(command, who.actor, key=key)
        _ = self._led_to(f"{who} opens the invitation in the mail and logs in", outcome)

    def refused(self, who: Someone, command: StartOrder | AttestOrder, says: str) -> None:
        """Somebody tries what is not possible now; what was shown is kept before the story goes on."""
        key, _before = self._next(counts=False)
        refusal = self._refusals.find(key)
        if refusal is None:
            if self._outcome(self._key(self._number + 1)) is not None:
                raise StoppedError("the refusals that were shown are lost; begin anew with --fresh", Status.FAILED)
            try:
                if isinstance(command, AttestOrder) and command.method is not None:
                    _ = self.portal.resume_signing(command, who.actor, method=command.method)
                else:
                    _ = self.portal.execute(command, who.actor)
            except Refused as refused:
                refusal = self._refusals.keep(refusal_of(key, command, refused.reasons))
            else:
                raise StoppedError(f"{who} {says}: was not refused as the story wants it", Status.FAILED)
        self._teller.refused(self._clock.act, f"{who} {says}", refusal)

    def member(self, organisation: str, email: str) -> str:
        """The id of a user."""
        record = self._record(account_key(organisation, email))
        if not isinstance(record, Account):
            raise StoppedError("a user who was invited is not in the store; begin anew with --fresh", Status.FAILED)
        return record.member

    def _next(self, *, counts: bool = True) -> tuple[str, Outcome | None]:
        """The key of the next act, and its outcome if it was carried out before."""
        self._number += 1
        self._clock.tick()
        key = self._key(self._number)
        before = self._outcome(key)
        self.acts += counts
        self.repeated += before is not None
        return key, before

    @staticmethod
    def _key(number: int) -> str:
        return f"demo/{number:04d}"

    def _outcome(self, key: str) -> Outcome | None:
        record = self._record(receipt_key(key))
        return decode_outcome(record.outcome) if isinstance(record, Receipt) else None

    def _record(self, key: Key) -> Record | None:
        with self._store.transaction() as transaction:
            return transaction.read((key,))[key].record

    def _code(self, member: str) -> str:
        record = self._record(member_key(member))
        texts = self._mailer.texts(record.email) if isinstance(record, Member) else ()
        for text in reversed(texts):
            found = re.search(rf"/{re.escape(member)}#([A-Za-z0-9_-]+)", text)
            if found is not None:
                return found.group(1)
        raise StoppedError("an invitation is not in the Maildir; begin anew with --fresh", Status.FAILED)

    def _led_to(self, says: str, outcome: Outcome) -> Outcome:
        self._teller.act(self._clock.act, says, outcome.state)
        if isinstance(outcome, OrderOutcome):
            for advice in outcome.advice if outcome.order.step == 1 else ():
                self._teller.more("råd:", advice.text(Language.SV))
            if outcome.order.course and outcome.order.course[-1].trigger is Trigger.SEND:
                self._teller.more("case", outcome.order.case_number or "")
            if _asks_the_orderer(outcome.order):
                self._teller.more("notice", "at once to the orderer, who is an attestant too and may attest from it")
        self._deliver()
        for text in sorted(f"{mail.template.value} to {self._addressee(mail)}" for mail in self._mails()):
            self._teller.more("mail", text)
        return outcome

    def _deliver(self) -> None:
        """Carry out what is owed. What an interrupted run had in hand is free when its lease ends: here, at once."""
        left = self._owed(OwedState.DUE)
        for _ in range(_TRIES):
            if not left:
                break
            _ = self.portal.deliver()
            left = self._owed(OwedState.DUE)
            lease = self._clock.now() + LEASE
            self._clock.wait_until(max((lease, *(owed.due_at for owed in left))) + _MOMENT)
        self._clock.resume()
        if left:
            why = left[0].note or "it is in hand elsewhere"
            raise StoppedError(f"mail cannot leave: {why}; mend that and run it again to go on", Status.FAILED)

    def _owed(self, state: OwedState) -> list[Owed]:
        return [line.owed for line in all_lines(self._store, Index.OWED, state) if line.owed is not None]

    def _mails(self) -> Iterator[Mail]:
        """What has left because of the act at hand: each act has moments of its own."""
        ends = self._clock.act + PAUSE
        for owed in self._owed(OwedState.SENT):
            if owed.mail is not None and self._clock.act <= owed.owed_at < ends:
                yield owed.mail

    def _addressee(self, mail: Mail) -> str:
        role = "user" if mail.role is None else word(mail.role, Language.EN)
        name = ""
        if mail.member is not None:
            member = self._record(member_key(mail.member))
            name = member.name if isinstance(member, Member) else ""
        subject = self._record(Key(mail.subject))
        if isinstance(subject, Agreement):
            name = next(each.contact.name for each in subject.signatories if each.id == mail.signatory)
        return f"{name} ({role}, {word(mail.party, Language.EN)})"


def _asks_the_orderer(order: Order) -> bool:
    """Whether the orderer has a notice that asks for the attest (R12)."""
    return any(
        (notice.template, notice.member, notice.step) == (Template.ATTEST_ORDER, order.content.orderer, order.step)
        for notice in order.notices
    )
