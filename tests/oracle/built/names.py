"""Who and what there is in every question, by number."""

from datetime import UTC, datetime
from typing import Final

from kundorder.codec import terms_digest
from kundorder.model import Contact
from oracle.asked import Place

YESTERDAY: Final = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
LONG_AGO: Final = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
NOW: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

NUMBERS: Final = {
    Place.CUSTOMER: "999200-0001",
    Place.OTHER_CUSTOMER: "999300-0000",
    Place.AGENT: "556677-8899",
    Place.OTHER_AGENT: "999500-0008",
    Place.PROVIDER: "999100-0002",
    Place.NOWHERE: "999700-0006",
}
