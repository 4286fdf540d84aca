"""The laws of lists: they hold what their reader may see, and ask for what their reader may do."""

from collections.abc import Iterator, Mapping
from typing import Final

from kundorder.errors import NotFound
from kundorder.identifiers import assignment_id_of
from kundorder.model import Actor, Notice, Order
from kundorder.portal import Portal
from kundorder.testing.laws.breaking import Law, must
from kundorder.testing.laws.kept import Kept
from kundorder.vocabulary import Flow, Lifecycle, OrderState, ReasonCode, Role, Template, Trigger
from kundorder.workflow import FINAL

_ASKED_TO: Final[Mapping[OrderState, Trigger]] = {
    OrderState.AWAITING_AGENT_APPROVAL: Trigger.APPROVE,
    OrderState.AWAITING_AGENT_ATTEST: Trigger.ATTEST,
    OrderState.AWAITING_CUSTOMER_ATTEST: Trigger.ATTEST,
}
_ASKS: Final = {Template.REVIEW_ORDER, Template.ATTEST_FOR_AGENT, Template.ATTEST_ORDER}
_FOR_EVERYBODY: Final = {
    ReasonCode.ASSIGNMENT_NOT_ACTIVE,
    ReasonCode.NO_AGREEMENT,
    ReasonCode.AGREEMENT_NOT_APPROVED,
    ReasonCode.AGREEMENT_NOT_SIGNED,
    ReasonCode.AGREEMENT_LEGACY,
}
"""What holds a step up whoever takes it; the order waits and says so."""

_PAGE: Final = 200


def check_lists(kept: Kept, portal: Portal, reader: Actor, *, settled: bool, page: int = _PAGE) -> None:
    """Lists hold what their reader may see, and ask for what their reader may do; nothing else, and nothing less.

    Args:
        kept: all that is in the store.
        portal: on that store.
        reader: an active user.
        settled: whether the system has done what it owes, so that everybody who should be asked has been.
        page: how many orders to ask for at a time.

    Raises:
        LawBroken: which law, on which order or reader.
    """
    who = f"{reader.person} of {reader.organisation}"
    visible = {order for order in kept.orders if sees(portal, order, reader)}
    listed = list(_listed(portal, reader, page))
    must(Law.LISTED, who, (listed, visible), hold=sorted(listed) == sorted(visible))
    pending, notices = set(_pending(portal, reader)), tuple(_notices(portal, reader))
    shown = pending | {notice.order for notice in notices}
    must(Law.LISTED, who, shown - visible, hold=shown <= visible)
    for identifier in sorted(visible):
        order = kept.orders[identifier]
        must(Law.PARTIES, f"order:{identifier}", reader, hold=_is_party(kept, order, reader))
        mine = tuple(notice for notice in notices if notice.order == identifier)
        must(Law.LISTED, f"order:{identifier}", mine, hold=all(each.step == order.step for each in mine))
        asked = any(notice.template in _ASKS for notice in mine)
        _check_asked(portal, order, reader, is_pending=identifier in pending, is_asked=asked, settled=settled)


def _check_asked(
    portal: Portal, order: Order, reader: Actor, *, is_pending: bool, is_asked: bool, settled: bool
) -> None:
    """Asked are those who can act, and all of them."""
    codes = {
        option.trigger: {reason.code for reason in option.verdict.reasons}
        for option in portal.options(order.id, reader)
    }
    key, found = f"order:{order.id}", (reader, order.state, codes)
    act = _ASKED_TO.get(order.state)
    if act is None:
        must(Law.ASKED, key, found, hold=not is_asked)
        must(Law.ASKED, key, found, hold=not is_pending or any(not each for each in codes.values()))
        return
    can = codes[act] <= _FOR_EVERYBODY
    must(Law.ASKED, key, found, hold=is_pending is can)
    must(Law.ASKED, key, found, hold=can if is_asked else not (can and settled))


def _is_party(kept: Kept, order: Order, reader: Actor) -> bool:
    content = order.content
    if reader.organisation == content.organisation or kept.organisations[reader.organisation].is_provider:
        return True
    if reader.organisation != content.agent or content.flow is not Flow.VIA_AGENT or order.case_number is None:
        return False
    granted = kept.member(reader) in kept.granted(assignment_id_of(reader.organisation, content.service))
    return granted or not {Role.ADMINISTRATOR, Role.ATTESTANT}.isdisjoint(kept.roles(reader))


def check_ways_on(kept: Kept, portal: Portal) -> None:
    """Of every order that is not at an end somebody can do something, as long as anybody works in customer service.

    Raises:
        LawBroken: ``WAY_ON`` does not hold.
    """
    readers = tuple(kept.readers())
    if not any(Role.CUSTOMER_SERVICE in kept.roles(reader) for reader in readers):
        return
    for order in kept.orders.values():
        if order.state not in FINAL[Lifecycle.ORDER]:
            on = any(_can_move(portal, order, reader) for reader in readers)
            must(Law.WAY_ON, f"order:{order.id}", order.state, hold=on)


def _can_move(portal: Portal, order: Order, reader: Actor) -> bool:
    try:
        return any(option.verdict.allowed for option in portal.options(order.id, reader))
    except NotFound:
        return False


def sees(portal: Portal, order: str, reader: Actor) -> bool:
    """Whether somebody may look at an order."""
    try:
        _ = portal.order(order, reader)
    except NotFound:
        return False
    return True


def _listed(portal: Portal, reader: Actor, limit: int) -> Iterator[str]:
    """All orders on somebody's list, page by page."""
    after: str | None = None
    while True:
        page = portal.orders(reader, after=after, limit=limit)
        yield from (order.id for order in page.items)
        after = page.after
        if after is None:
            return


def _pending(portal: Portal, reader: Actor) -> Iterator[str]:
    after: str | None = None
    while True:
        page = portal.pending(reader, after=after, limit=_PAGE)
        yield from (line.id for line in page.items if line.lifecycle is Lifecycle.ORDER)
        after = page.after
        if after is None:
            return


def _notices(portal: Portal, reader: Actor) -> Iterator[Notice]:
    after: str | None = None
    while True:
        page = portal.notices(reader, after=after, limit=_PAGE)
        yield from page.items
        after = page.after
        if after is None:
            return
