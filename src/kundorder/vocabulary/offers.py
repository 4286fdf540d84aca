"""How an offer may be ordered."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class ConnectionMode(Name):
    """How the orderer chose to connect."""

    DIRECT = "direct"
    VIA_AGENT = "via_agent"


@final
@unique
class Flow(Name):
    """The way an order takes in effect; an offer may override what the chosen mode says."""

    DIRECT = "direct"
    VIA_AGENT = "via_agent"


@final
@unique
class FieldKind(Name):
    """What a field of an order form takes."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CARE_UNITS = "care_units"  # one HSA-id a care unit
