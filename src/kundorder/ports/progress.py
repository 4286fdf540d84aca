"""How far a signing has come, and what the person has to do next."""

from datetime import datetime
from typing import TypeAlias, final

import attrs

from kundorder.evidence import Evidence
from kundorder.reasons import failure_text
from kundorder.vocabulary import FailureCode, Language


@final
@attrs.frozen(kw_only=True)
class ShowQr:
    """Show this as a QR code; what it holds may change with every answer."""

    content: str
    else_open: str | None = None  # an address that opens the same on the device the person is at


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

    state: str = attrs.field(repr=False)  # JSON, to be given to ``resume``
    action: Action | None
    ask_again_at: datetime
    ends_at: datetime
    hint: str = ""  # what to tell the person meanwhile, in the language of the request
    keep_first: bool = False  # the state must be kept before it goes on; then ``resume`` is to be called at once


@final
@attrs.frozen(kw_only=True)
class Failed:
    """It will not be signed this time, and nothing is decided; starting anew is possible."""

    code: FailureCode = FailureCode.FAILED
    why: str = ""  # for the log of the host: one line, no personal data, no code, no token

    def text(self, language: str = "sv") -> str:
        """What to tell the person: why, and the way out.

        Args:
            language: ``"sv"`` or ``"en"``.

        Raises:
            ValueError: another language.
        """
        return failure_text(self.code, Language(language))


Progress: TypeAlias = Done | Pending | Failed
"""How far it has come."""
