"""Mail, as a host provides it."""

from typing import Protocol

from kundorder.ports.letters import Letter


class Mailer(Protocol):
    """How letters leave."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over for good, whole, to its one addressee and with no header but those that are meant.

        Sending the same ``message_id`` again is harmless: it arrives once, or each copy is the same letter with the
        same ``Message-ID``. Threads may send at once, however many. Nothing of a letter stands in an error.

        Raises:
            Undeliverable: this letter will never go; trying again does not help.
            Postponed: this letter cannot go now, others can; try again later.
            Unavailable: there is nobody to hand letters to now; try again later.
            RelayStopped: no letter will go before somebody has mended something.
        """
        ...
