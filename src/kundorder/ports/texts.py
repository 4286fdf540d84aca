"""How text messages leave, as a host provides it."""

from typing import Protocol


class TextMessages(Protocol):
    """How a text message reaches a telephone."""

    def send(self, to: str, text: str) -> None:
        """Send one message, whole, to this number alone; each call is a message of its own, and never sent again.

        It may hold a code: neither number nor text must stand in any log, in an error or in the text of this object.
        Threads may send at once, however many.

        Args:
            to: the number, in the form of E.164.
            text: one short paragraph.

        Raises:
            Malformed: that is no such number; nothing is sent.
            Unavailable: it was not taken, or that is not known; the person may ask for another.
        """
        ...
