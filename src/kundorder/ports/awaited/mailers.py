"""Mail, as a host provides it."""

# Made from kundorder/ports/mailers.py by tests/one_text.py: change it there.

from typing import Protocol

from kundorder.ports.letters import Letter


class AsyncMailer(Protocol):
    """How letters leave."""

    async def send(self, letter: Letter) -> None:
        """Hand the letter over for good. Sending the same ``message_id`` again is harmless.

        Raises:
            Undeliverable: this letter will never go; trying again does not help.
            Unavailable: not now; try again later.
        """
        ...
