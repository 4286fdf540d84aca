"""Mail, as a host provides it."""

from typing import Protocol

from kundorder.ports.letters import Letter


class Mailer(Protocol):
    """How letters leave."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over for good. Sending the same ``message_id`` again is harmless.

        Raises:
            Undeliverable: this letter will never go; trying again does not help.
            Postponed: this letter cannot go now, others can; try again later.
            Unavailable: there is nobody to hand letters to now; try again later.
            RelayStopped: no letter will go before somebody has mended something.
        """
        ...
