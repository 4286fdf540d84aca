"""The laws of orders: who has decided what, in which order, and how."""

from collections.abc import Mapping
from typing import Final

from kundorder.catalogue import Catalogue
from kundorder.model import Order, Rules
from kundorder.testing.laws.breaking import Law, must
from kundorder.testing.laws.kept import Chain, Kept
from kundorder.vocabulary import ConnectionMode, Flow, OrderState, Party, Trigger

_DECISIONS: Final[Mapping[Flow, list[tuple[Trigger, Party]]]] = {
    Flow.DIRECT: [(Trigger.SEND, Party.CUSTOMER), (Trigger.ATTEST, Party.CUSTOMER)],
    Flow.VIA_AGENT: [
        (Trigger.SEND, Party.CUSTOMER),
        (Trigger.APPROVE, Party.AGENT),
        (Trigger.ATTEST, Party.AGENT),
        (Trigger.ATTEST, Party.CUSTOMER),
    ],
}
"""What has happened when an order is binding, nothing skipped or swapped (R9)."""

_BINDING: Final = (
    OrderState.ATTESTED,
    OrderState.HANDED_OVER,
    OrderState.CONNECTION_STARTABLE,
    OrderState.COMPLETED,
)
_DECIDING: Final = (Trigger.SEND, Trigger.APPROVE, Trigger.ATTEST)


def check_orders(kept: Kept, rules: Rules, catalogue: Catalogue) -> None:
    """What the order of decisions must be, by whom, and how.

    Raises:
        LawBroken: which law, on which order.
    """
    cases: dict[str, str] = {}
    for order in kept.orders.values():
        if order.case_number is not None:
            other = cases.setdefault(order.case_number, order.id)
            must(Law.CASE, f"order:{order.id}", f"the number of order:{other}", hold=other == order.id)
        _check_order(order, kept.events(f"order:{order.id}"), rules, catalogue)


def _check_order(order: Order, events: Chain, rules: Rules, catalogue: Catalogue) -> None:
    key, flow = f"order:{order.id}", order.content.flow
    must(Law.JOURNAL, key, order.state, hold=bool(events) and events[-1].after == order.state)
    decided = [(event.trigger, event.party) for event in events if event.trigger in _DECIDING]
    must(Law.SEQUENCE, key, decided, hold=decided == _DECISIONS[flow][: len(decided)])
    must(Law.SEQUENCE, key, decided, hold=order.state not in _BINDING or decided == _DECISIONS[flow])
    must(Law.CASE, key, order.case_number, hold=(order.case_number is not None) == (Trigger.SEND in dict(decided)))
    for event in events:
        allowed = event.trigger is not Trigger.ATTEST or event.method in rules.attest_methods
        must(Law.METHOD, key, event.method, hold=allowed)
    _check_flow(order, catalogue)
    if rules.four_eyes:
        deciders = [event.person for event in events if event.trigger in (Trigger.APPROVE, Trigger.ATTEST)]
        senders = {event.person for event in events if event.trigger is Trigger.SEND}
        ordering = {order.content.orderer_person, *senders}
        apart = len({*ordering, *deciders}) == len(ordering) + len(deciders)
        must(Law.FOUR_EYES, key, (ordering, deciders), hold=apart)


def _check_flow(order: Order, catalogue: Catalogue) -> None:
    offer, content = catalogue.offer(order.content.offer), order.content
    if offer is None:  # no longer in the catalogue
        return
    chosen = Flow.VIA_AGENT if content.mode is ConnectionMode.VIA_AGENT else Flow.DIRECT
    must(Law.FLOW, f"order:{order.id}", content.flow, hold=content.flow is (offer.flow or chosen))
