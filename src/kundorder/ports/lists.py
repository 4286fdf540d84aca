"""What a store hands over of its lists."""

from typing import final

import attrs

from kundorder.events import Entry, Owed
from kundorder.situation import Fact, Key


@final
@attrs.frozen(kw_only=True)
class Listed:
    """One line of a list."""

    sort: str  # where it stands; pass the last one seen as ``after`` to go on
    key: Key
    fact: Fact | None = None  # of a record
    entry: Entry | None = None  # of the journal
    owed: Owed | None = None  # of the debts


@final
@attrs.frozen(kw_only=True)
class Page:
    """A stretch of a list, in the order of ``sort``."""

    items: tuple[Listed, ...]
    after: str | None  # what to pass for the next page; None: there is none
