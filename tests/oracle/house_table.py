"""What may happen to agreements, assignments and users, as DOMAIN §4 has it: from, trigger, by whom, conditions, to.

A dash in the last column: where it was.
"""

from typing import Final, final

import attrs

from kundorder.vocabulary import Trigger
from oracle.tables import table_of

AGREEMENT: Final = table_of("agreement")
ASSIGNMENT: Final = table_of("assignment")
USER: Final = table_of("user")


@final
@attrs.frozen
class HouseLine:
    """One line of a table."""

    start: frozenset[str]
    trigger: Trigger
    by: str
    conditions: frozenset[str]
    to: str


def house_lines(text: str) -> tuple[HouseLine, ...]:
    """A table, read."""
    found: list[HouseLine] = []
    for each in text.strip().splitlines():
        start, trigger, by, conditions, to = (part.strip() for part in each.split("|"))
        found.append(
            HouseLine(
                start=frozenset(start.split()),
                trigger=Trigger(trigger),
                by=by,
                conditions=frozenset(conditions.split()),
                to=to,
            )
        )
    return tuple(found)
