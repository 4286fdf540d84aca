"""Mail, as a host provides it."""

from typing import Protocol

from kundorder.ports.letters import Letter


class Mailer(Protocol):
    """How letters leave."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over for good. Sending the same ``message_id`` again is harmless.

        Raises:
            Undeliverable: this letter will never go; trying again does not help.
            Unavailable: not now; try again later.
        """
        ...
