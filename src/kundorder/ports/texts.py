"""How text messages leave, as a host provides it."""

from typing import Protocol


class TextMessages(Protocol):
    """How a text message reaches a telephone."""

    def send(self, to: str, text: str) -> None:
        """Send one message. It may hold a code: it must not stand in any log.

        Args:
            to: the number, in the form of E.164.
            text: one short paragraph.

        Raises:
            Unavailable: it was not taken, or that is not known; the person may ask for another.
        """
        ...
