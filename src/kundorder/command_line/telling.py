"""The story on the terminal: a hundred columns, one act a paragraph."""

from datetime import datetime
from textwrap import TextWrapper
from typing import Final, TextIO, final

from kundorder.command_line.refusals import Refusal

WIDTH: Final = 100
_ACT: Final = TextWrapper(width=WIDTH, subsequent_indent=" " * 7, break_long_words=False, break_on_hyphens=False)
_FIXED: Final = "\u00a0"  # a blank no line ends at
_MORE: Final = " " * 9


@final
class Teller:
    """Tells what happens, line by line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def say(self, text: str = "") -> None:
        """A line as it is, at once: whoever looks on sees how far it has come."""
        _ = self._stream.write(f"{text}\n")
        self._stream.flush()

    def paragraph(self, text: str) -> None:
        """Some sentences, wrapped."""
        self.say("\n".join(TextWrapper(width=WIDTH).wrap(text)))

    def chapter(self, number: int, title: str, at: datetime) -> None:
        """A heading, with the day in the story."""
        day = f"{at:%A} {at.day} {at:%B %Y}"
        self.say(f"\n{f'{number}. {title} '.ljust(WIDTH - len(day) - 1, '-')} {day}")

    def heading(self, title: str) -> None:
        """A heading without a day."""
        self.say(f"\n{f'{title} '.ljust(WIDTH, '-')}")

    def act(self, at: datetime, says: str, state: str) -> None:
        """Who did what, and what state it led to."""
        lines = _ACT.wrap(f"{at:%H:%M}  {says} →{_FIXED}{state}")
        self.say("\n".join(lines).replace(_FIXED, " "))

    def more(self, label: str, text: str) -> None:
        """Something that comes of an act."""
        first = f"{_MORE}{label}  "
        wrapper = TextWrapper(
            width=WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
        )
        self.say("\n".join(wrapper.wrap(text)))

    def refused(self, at: datetime, says: str, refusal: Refusal) -> None:
        """Who tried what, and everything that stands in the way, with who can clear it."""
        self.act(at, says, "REFUSED")
        for objection in refusal.objections:
            self.more("✗", f"{objection.text}  [{objection.code}]")
            self.more("  kan lösas av:", "; ".join(objection.cleared_by))
