"""What the system does after a commit: tell those who have just got a right of the steps that wait for them (R39)."""

import attrs

from kundorder.decisions.deciding import guards_of, key_of, mail_to, notice_for
from kundorder.lifecycles.order import ASK_ATTESTANTS, ASK_HANDLERS, ASK_PICKED, TELL_STARTABLE
from kundorder.lifecycles.rows import Owes
from kundorder.model import Member, Order
from kundorder.outcomes import Decision, Put
from kundorder.situation import Act, Situation, case_of
from kundorder.vocabulary import Lifecycle, OrderState

_ASKS = {
    OrderState.AWAITING_CUSTOMER_ATTEST: ASK_ATTESTANTS,
    OrderState.AWAITING_AGENT_APPROVAL: ASK_HANDLERS,
    OrderState.AWAITING_AGENT_ATTEST: ASK_PICKED,
}


def _owes(order: Order) -> Owes | None:
    """What is owed to somebody new: to be asked; or, where nobody was there when the agent was informed, to be told."""
    if order.state is OrderState.CONNECTION_STARTABLE and not order.notices:
        return TELL_STARTABLE
    return _ASKS.get(order.state)


def tell_pending(situation: Situation, order: Order, member: Member, act: Act) -> Decision | None:
    """The mail and the notice a member with a new right is owed for an order that waits; None: nothing to tell.

    Whoever has been told at this step is not told again, for the debt has the same id; but if the mail was cancelled
    because the right was gone, it is owed anew.
    """
    owes = _owes(order)
    if owes is None:
        return None
    addressees = [each for each in owes.to(case_of(situation, act, order), order) if each.member == member.id]
    if not addressees:
        return None
    told, puts = order, tuple[Put, ...]()
    if all(notice.member != member.id for notice in order.notices):
        new = (notice_for(act, order, owes, each.organisation, member.id) for each in addressees)
        told = attrs.evolve(order, notices=(*order.notices, *new))
        puts = (Put(key_of(order), told),)
    return Decision(
        key=key_of(order),
        lifecycle=Lifecycle.ORDER,
        subject=told,
        puts=puts,
        events=(),
        mails=tuple(mail_to(key_of(order), order, owes, each) for each in addressees),
        follow_ups=(),
        guards=guards_of(situation.facts, puts),
        advice=(),
    )
