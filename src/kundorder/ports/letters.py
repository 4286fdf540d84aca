"""What leaves."""

from typing import final

import attrs

from kundorder.vocabulary import Language, Party, Role


@final
@attrs.frozen(kw_only=True)
class Letter:
    """A mail as it is to leave: to one person, in one language, as text and as HTML."""

    message_id: str  # fixed, derived from the debt: a second copy is recognised as such
    sender: str
    to: str
    language: Language
    subject: str
    text: str
    html: str
    thread: str  # same for all letters about one order or agreement
    role: Role | None
    party: Party
