"""How far a signing has come, and what the person has to do next."""

from datetime import datetime
from typing import TypeAlias, final

import attrs

from kundorder.evidence import Evidence


@final
@attrs.frozen(kw_only=True)
class ShowQr:
    """Show this as a QR code."""

    content: str


@final
@attrs.frozen(kw_only=True)
class OpenUrl:
    """Take the person to this address."""

    url: str


@final
@attrs.frozen(kw_only=True)
class EnterCode:
    """Let the person enter the code that was sent."""

    hint: str  # where it was sent, with most of it hidden


Action: TypeAlias = ShowQr | OpenUrl | EnterCode


@final
@attrs.frozen(kw_only=True)
class Done:
    """The person has signed."""

    evidence: Evidence


@final
@attrs.frozen(kw_only=True)
class Pending:
    """The person has not signed yet."""

    state: str  # JSON, to be given to ``resume``
    action: Action | None
    ask_again_at: datetime
    ends_at: datetime


@final
@attrs.frozen(kw_only=True)
class Failed:
    """It will not be signed this time; starting anew is possible."""

    why: str  # one line, no personal data


Progress: TypeAlias = Done | Pending | Failed
