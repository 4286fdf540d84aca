"""The laws of mail: to whom, not too early, and once."""

from typing import Final

from kundorder.events import Mail
from kundorder.model import Order
from kundorder.testing.laws.breaking import Law, must
from kundorder.testing.laws.kept import Chain, Kept
from kundorder.vocabulary import Flow, OrderState, Party, Template, Trigger

_BY_MAIL_TOO: Final = (
    Template.REVIEW_ORDER,
    Template.ATTEST_FOR_AGENT,
    Template.ATTEST_ORDER,
    Template.CONNECTION_STARTABLE,
)
"""What is never told by a notice alone."""


def check_mails(kept: Kept) -> None:
    """Nobody is told too early, or of what is not theirs; and once each.

    Raises:
        LawBroken: which law, on which mail.
    """
    seen: set[str] = set()
    for mail in kept.mails:
        must(Law.ONCE, mail.id, mail, hold=mail.id not in seen)
        seen.add(mail.id)
        order = kept.orders.get(mail.subject.partition(":")[2])
        if order is not None:
            check_order_mail(mail, order, kept.events(mail.subject))


def check_order_mail(mail: Mail, order: Order, events: Chain) -> None:
    """The same for one mail about an order, with all that has happened to it.

    Raises:
        LawBroken: which law, on which mail.
    """
    via_agent = order.content.flow is Flow.VIA_AGENT
    sides = (order.content.organisation, *((order.content.agent,) if via_agent else ()))
    only_via, only_direct = mail.template is Template.CONNECTION_STARTABLE, mail.template is Template.HANDED_OVER
    must(Law.ADDRESSED, mail.id, mail, hold=via_agent or not (only_via or mail.party is Party.AGENT))
    must(Law.ADDRESSED, mail.id, mail, hold=not (via_agent and only_direct))
    must(Law.ADDRESSED, mail.id, mail, hold=mail.party is Party.PROVIDER or mail.organisation in sides)
    if mail.template is Template.ATTEST_ORDER:
        turns = [event.step for event in events if event.after == OrderState.AWAITING_CUSTOMER_ATTEST]
        must(Law.NOT_BEFORE, mail.id, mail, hold=bool(turns) and mail.step >= turns[0])


def check_told(kept: Kept) -> None:
    """Whoever has a notice that asks has a mail, and so has whoever waits for word; where no debt was ever removed.

    Raises:
        LawBroken: ``TOLD`` does not hold.
    """
    owed = {(mail.subject, mail.template, mail.member) for mail in kept.mails}
    for order in kept.orders.values():
        key = f"order:{order.id}"
        for notice in order.notices:
            told = notice.template not in _BY_MAIL_TOO or (key, notice.template, notice.member) in owed
            must(Law.TOLD, key, notice, hold=told)
        for event in kept.events(key):
            word = _word_of(event.trigger, event.party)
            told = word is None or (key, word, order.content.orderer) in owed
            must(Law.TOLD, key, event, hold=told)


def _word_of(trigger: Trigger, party: Party) -> Template | None:
    """What the orderer hears by mail of a step."""
    match trigger, party:
        case Trigger.HAND_OVER, _:
            return Template.HANDED_OVER
        case Trigger.REJECT, Party.AGENT:
            return Template.ORDER_REJECTED_BY_AGENT
        case Trigger.REJECT, _:
            return Template.ORDER_REJECTED
        case _:
            return None
