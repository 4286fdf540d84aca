"""What the lists of a portal are handed over in: some items, and where to go on."""

from typing import final

import attrs

from kundorder.events import Event
from kundorder.model import Member, Notice, Order
from kundorder.outcomes import NeedsAction


@final
@attrs.frozen(kw_only=True)
class OrderPage:
    """Some orders; pass ``after`` on for the next page, None means there is none."""

    items: tuple[Order, ...]
    after: str | None


@final
@attrs.frozen(kw_only=True)
class PendingPage:
    """Some steps that wait for the one who asks."""

    items: tuple[NeedsAction, ...]
    after: str | None


@final
@attrs.frozen(kw_only=True)
class NoticePage:
    """Some notices of the one who asks."""

    items: tuple[Notice, ...]
    after: str | None


@final
@attrs.frozen(kw_only=True)
class MemberPage:
    """Some users of an organisation."""

    items: tuple[Member, ...]
    after: str | None


@final
@attrs.frozen(kw_only=True)
class EventPage:
    """Some steps of a history, the first first."""

    items: tuple[Event, ...]
    after: str | None
