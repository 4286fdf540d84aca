"""When to try again, when to stop, and what is no longer wanted; the host calls ``deliver`` as often as it likes."""

from datetime import datetime, timedelta
from enum import Enum, auto, unique
from typing import final

import attrs

from kundorder.directory import Holder
from kundorder.events import Mail, Owed, OwedState, Settlement
from kundorder.model import Agreement, Member, Order
from kundorder.situation import Key, Kind, kind_of
from kundorder.vocabulary import AgreementState, OrderState, Role, Template, UserState

LEASE = timedelta(seconds=60)
"""How long one who has claimed a debt has for it; then another may."""

PAUSES = (1, 2, 5, 10, 30, 60)
"""Minutes to wait after the first, second … failed attempt; the last for all that follow."""

GIVE_UP_AFTER = 8
"""Attempts at a letter that fails for a reason of its own; one that finds no relay is never given up."""

SILENCES = 3
"""Letters in a row that find no relay, before a round leaves the others for the next one."""

_WANTED_WHILE: dict[Template, OrderState] = {
    Template.ATTEST_ORDER: OrderState.AWAITING_CUSTOMER_ATTEST,
    Template.REVIEW_ORDER: OrderState.AWAITING_AGENT_APPROVAL,
    Template.ATTEST_FOR_AGENT: OrderState.AWAITING_AGENT_ATTEST,
}


@final
@attrs.frozen(kw_only=True)
class DeliveryReport:
    """What one round has done."""

    sent: int = 0
    cancelled: int = 0
    parked: int = 0
    later: int = 0  # failed for now, tried again at another time
    followed_up: int = 0
    stopped: str | None = None  # why the rest of the mail was left for the next round; None: it was not


@unique
@final
class Relay(Enum):
    """What an attempt has shown of the relay."""

    NOT_ASKED = auto()
    ANSWERS = auto()
    SILENT = auto()  # this time
    STOPPED = auto()  # until somebody mends it


@final
@attrs.frozen
class Attempt:
    """How an attempt to carry out a debt went."""

    settlement: Settlement
    relay: Relay = Relay.NOT_ASKED


SENT = Settlement(state=OwedState.SENT)
"""Carried out."""


def again(owed: Owed, now: datetime, why: str, jitter: float) -> Settlement:
    """Not now: try again later.

    Args:
        owed: as claimed, with the attempts so far.
        now: aware, UTC.
        why: one line, no address.
        jitter: 0 to 1; spreads those who failed together.
    """
    minutes = PAUSES[min(max(owed.attempts, 1), len(PAUSES)) - 1]
    due = now + timedelta(minutes=minutes) * (1 + jitter / 2)
    return Settlement(state=OwedState.DUE, due_at=due, note=why)


def failed(owed: Owed, now: datetime, why: str, jitter: float) -> Settlement:
    """Not, and for a reason of its own: try again later, but not for ever; as ``again``."""
    failures = owed.failures + 1
    settlement = parked(why) if failures >= GIVE_UP_AFTER else again(owed, now, why, jitter)
    return attrs.evolve(settlement, failures=failures)


def parked(why: str) -> Settlement:
    """Will not go without help."""
    return Settlement(state=OwedState.PARKED, note=why)


def cancelled(why: str) -> Settlement:
    """Need not go any more."""
    return Settlement(state=OwedState.CANCELLED, note=why)


def given_back(owed: Owed, why: str | None = None) -> Settlement:
    """Not tried: as if it had not been claimed. With a reason, that is noted."""
    return Settlement(state=OwedState.DUE, note=owed.note if why is None else why, attempts=owed.attempts - 1)


def requeued(owed: Owed, now: datetime) -> Owed:
    """A parked debt as it is owed anew; the fence it keeps shows the store that it is meant."""
    return attrs.evolve(owed, state=OwedState.DUE, due_at=now, note=None, attempts=0, failures=0)


def silences_after(attempt: Attempt, silences: int) -> int:
    """How many letters in a row have found no relay by now."""
    match attempt.relay:
        case Relay.SILENT:
            return silences + 1
        case Relay.ANSWERS:
            return 0
        case Relay.NOT_ASKED | Relay.STOPPED:
            return silences


def report_after(report: DeliveryReport, owed: Owed, attempt: Attempt) -> DeliveryReport:
    """The report with one more attempt in it."""
    match attempt.settlement.state:
        case OwedState.SENT if owed.mail is None:
            return attrs.evolve(report, followed_up=report.followed_up + 1)
        case OwedState.SENT:
            return attrs.evolve(report, sent=report.sent + 1)
        case OwedState.CANCELLED:
            return attrs.evolve(report, cancelled=report.cancelled + 1)
        case OwedState.PARKED:
            return attrs.evolve(report, parked=report.parked + 1)
        case OwedState.DUE if attempt.relay is Relay.STOPPED:
            return report  # it was given back
        case OwedState.DUE:
            return attrs.evolve(report, later=report.later + 1)


def stopped_after(report: DeliveryReport, attempt: Attempt) -> DeliveryReport:
    """The report of a round that ends here, for the reason of its last attempt."""
    return attrs.evolve(report, stopped=attempt.settlement.note)


def unwanted_order_mail(mail: Mail, order: Order) -> str | None:
    """Why a mail about an order need not leave any more; None if it should.

    A mail that asks somebody to act is wanted while the order is at the step it was owed for; one that tells is
    always wanted.
    """
    state = _WANTED_WHILE.get(mail.template)
    if state is None:
        return None
    if order.state is not state or (order.step != mail.step and mail.template is Template.ATTEST_FOR_AGENT):
        return "the step has been taken"
    return None


def unwanted_agreement_mail(mail: Mail, agreement: Agreement) -> str | None:
    """Why a signatory need not be written to any more; None if the signature is still wanted."""
    if not mail.id.startswith(f"{mail.subject}/{agreement.number}."):
        return "another agreement has taken its place"
    if agreement.state is not AgreementState.AWAITING_SIGNATURE:
        return "the agreement is no longer to be signed"
    signed = any(each.id == mail.signatory and each.evidence is not None for each in agreement.signatories)
    return "the signatory has signed" if signed else None


def unwanted_member_mail(mail: Mail, member: Member, handlers: tuple[Holder, ...]) -> str | None:
    """Why a user need not be written to any more; None if the mail is still wanted.

    Of an order nobody hears who has lost the right to see it; whoever has ordered keeps that right without any role.

    Args:
        mail: as it was owed.
        member: as the user is now.
        handlers: who is granted now in the assignment the order goes through.
    """
    if member.state is UserState.DELETED:
        return "the user is deleted"
    if kind_of(Key(mail.subject)) is not Kind.ORDER or mail.role is None or mail.role is Role.ORDERER:
        return None
    if mail.role not in member.roles:
        return "the role is gone"
    granted = mail.role is not Role.AGENT_HANDLER or any(holder.member == member.id for holder in handlers)
    return None if granted else "the grant is gone"
