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
    to: str = attrs.field(repr=False)
    language: Language
    subject: str
    text: str = attrs.field(repr=False)  # may hold the code of an invitation
    html: str = attrs.field(repr=False)
    thread: str  # same for all letters about one order or agreement
    role: Role | None
    party: Party
