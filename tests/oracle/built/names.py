"""Who and what there is in every question."""

from datetime import UTC, datetime
from typing import Final, final

import attrs

from kundorder.vocabulary import Role
from oracle.asked import Place

LONG_AGO: Final = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
LATELY: Final = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
NOW: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

NUMBERS: Final = {
    Place.CUSTOMER: "999200-0001",
    Place.OTHER_CUSTOMER: "999300-0000",
    Place.AGENT: "556677-8899",
    Place.OTHER_AGENT: "999500-0008",
    Place.PROVIDER: "999100-0002",
    Place.NOWHERE: "999700-0006",
}

ME: Final = "mia"
"""The person who acts."""


def member(number: int) -> str:
    """The id of a user."""
    return f"m-{number:026}"


def order(number: int) -> str:
    """The id of an order."""
    return f"o-{number:026}"


MINE: Final = member(1)
THE_ORDER: Final = order(1)
OTHER_ORDER: Final = order(2)
FOREIGN_ORDER: Final = order(3)
NO_ORDER: Final = order(9)
NO_MEMBER: Final = member(9)


@final
@attrs.frozen(cache_hash=True)
class Extra:
    """Somebody who is there besides the one who acts."""

    place: Place
    person: str
    number: int
    roles: tuple[Role, ...] = ()
    invited: bool = False

    @property
    def member(self) -> str:
        """The id of the user."""
        return member(self.number)


ADAM = Extra(Place.CUSTOMER, "adam", 11, (Role.ADMINISTRATOR,))
BERTA = Extra(Place.CUSTOMER, "berta", 12, (Role.ORDERER,))
ATLE = Extra(Place.CUSTOMER, "atle", 13, (Role.ATTESTANT,))
AGDA = Extra(Place.AGENT, "agda", 21, (Role.ADMINISTRATOR,))
HANNA = Extra(Place.AGENT, "hanna", 22, (Role.AGENT_HANDLER,))
ARON = Extra(Place.AGENT, "aron", 23, (Role.ATTESTANT,))
NILS = Extra(Place.AGENT, "nils", 24)
INES = Extra(Place.AGENT, "ines", 25, (Role.ATTESTANT,), invited=True)
OLLE = Extra(Place.PROVIDER, "olle", 31, (Role.ADMINISTRATOR, Role.PROVIDER_OFFICER))
KARIN = Extra(Place.PROVIDER, "karin", 32, (Role.CUSTOMER_SERVICE,))
EXTRAS: Final = (
    ADAM,
    BERTA,
    ATLE,
    AGDA,
    HANNA,
    ARON,
    NILS,
    INES,
    OLLE,
    KARIN,
    Extra(Place.OTHER_CUSTOMER, "alva", 41, (Role.ADMINISTRATOR,)),
    Extra(Place.OTHER_CUSTOMER, "atos", 42, (Role.ATTESTANT,)),
    Extra(Place.OTHER_CUSTOMER, "bodil", 43, (Role.ORDERER,)),
    Extra(Place.OTHER_AGENT, "agnes", 51, (Role.ADMINISTRATOR,)),
    Extra(Place.OTHER_AGENT, "arvid", 52, (Role.ATTESTANT,)),
    Extra(Place.OTHER_AGENT, "hedda", 53, (Role.AGENT_HANDLER,)),
)
