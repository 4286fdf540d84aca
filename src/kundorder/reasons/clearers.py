"""Who can help."""

from typing import final

import attrs

from kundorder.reasons.words import PARTIES, ROLES, told
from kundorder.vocabulary import Language, Party, Role


@final
@attrs.frozen(kw_only=True)
class Clearer:
    """Who can clear a reason: a role in a named organisation, a role of the provider, the system, or "you"."""

    role: Role | None = None
    party: Party | None = None  # None with no role: the one who asked
    organisation: str | None = None  # None: the provider, the system, or you

    @property
    def is_you(self) -> bool:
        """Whether the one who asked can clear it."""
        return self.role is None and self.party is None

    def text(self, language: str = "sv") -> str:
        """Who it is, in words.

        >>> Clearer(role=Role.ADMINISTRATOR, party=Party.CUSTOMER, organisation="556677-8899").text()
        'administratör hos 556677-8899'
        >>> Clearer(party=Party.CUSTOMER, organisation="556677-8899").text("en")
        'the customer 556677-8899'

        Args:
            language: ``"sv"`` or ``"en"``.

        Raises:
            ValueError: another language.
        """
        tongue = Language(language)
        if self.is_you:
            return told(("du", "you"), tongue)
        side = "" if self.party is None else told(PARTIES[self.party], tongue)
        if self.role is None:
            return side if self.organisation is None else f"{side} {self.organisation}"
        role, place = told(ROLES[self.role], tongue), self.organisation or side
        return f"{role} {told(('hos', 'at'), tongue)} {place}" if place else role


YOU = Clearer()
"""The one who asked."""

SYSTEM = Clearer(party=Party.SYSTEM)
"""No person can, but the system will."""

CUSTOMER_SERVICE = Clearer(role=Role.CUSTOMER_SERVICE, party=Party.PROVIDER)
"""The provider's customer service."""

OFFICER = Clearer(role=Role.PROVIDER_OFFICER, party=Party.PROVIDER)
"""The provider's officers."""
