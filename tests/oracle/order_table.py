"""What may happen to an order: from, trigger, in which flow, by whom, on which conditions, to.

A dash in the first column: it begins something. The whom are actions of ``orders.cedar``, the conditions stand in
``conditions``.
"""

from typing import Final, final

import attrs

from kundorder.vocabulary import OrderState, Trigger
from oracle.tables import table_of

ORDER: Final = table_of("order")


@final
@attrs.frozen
class Line:
    """One line of the table."""

    start: OrderState | None
    trigger: Trigger
    flow: str
    by: str
    conditions: tuple[str, ...]
    to: OrderState


def lines(text: str) -> tuple[Line, ...]:
    """The table, read."""
    found: list[Line] = []
    for each in text.strip().splitlines():
        start, trigger, flow, by, conditions, to = (part.strip() for part in each.split("|"))
        found.append(
            Line(
                start=None if start == "-" else OrderState(start),
                trigger=Trigger(trigger),
                flow=flow,
                by=by,
                conditions=tuple(conditions.split()),
                to=OrderState(to),
            )
        )
    return tuple(found)
