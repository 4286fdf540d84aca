"""Whether the tables in a database are those this release knows."""

from typing import Final

from kundorder.adapters.sql.lines import Line
from kundorder.adapters.sql.migrations import REVISIONS
from kundorder.adapters.sql.tongue import Tongue
from kundorder.errors import Corrupt, Unavailable
from kundorder.layout.faults import NO_TABLES

LAYOUT: Final = REVISIONS[-1]
"""What this release reads and writes."""


def check_layout(tongue: Tongue, line: Line) -> None:
    """Refuse tables that are not there, too old or too new; nothing is changed.

    Raises:
        Unavailable: there are none, or there are migrations to be made first.
        Corrupt: a newer release has made them.
    """
    found = tongue.layout(line)
    if found == (LAYOUT,):
        return
    if not found:
        raise Unavailable(NO_TABLES)
    if any(each not in REVISIONS for each in found):
        raise Corrupt(f"the store has layout {', '.join(found)} and this release knows {LAYOUT}; upgrade kundorder")
    raise Unavailable(f"the store has layout {', '.join(found)}; bring it to {LAYOUT} with `kundorder migrate`")
