"""Attesting and signing, as a host provides it."""

# Made from kundorder/ports/signing.py by tests/one_text.py: change it there.

from datetime import datetime
from typing import Protocol

from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports.progress import Progress


class AsyncSigning(Protocol):
    """How people attest and sign.

    What a provider hands out once only is not to be lost if the store fails just then: keep it in an archive, and its
    name in a state with ``keep_first``, before it is made evidence.

    No answer and no error tells who the person is: not by name, address, number or code. All times are in UTC.
    """

    async def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """Begin; nothing binds yet, and beginning again is harmless. The person is told of it in any ``Language``.

        Raises:
            Malformed: something in the request cannot be used by this method; which, and what to do.
            Unavailable: not now; starting again is harmless.
        """
        ...

    async def resume(
        self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None
    ) -> Progress:
        """How far it has come. Asking is always allowed; a callback is only a hint.

        It may be anybody's and anything, and may be lost, late, repeated or out of order. A state may be an older one,
        damaged, or of another document: that is ``NOTHING_UNDER_WAY``, and never done. What the person has signed by
        then is ``Done``, and is so again when asked again; ``EXPIRED`` from ``ends_at`` on, which no asking puts off;
        ``CANCELLED`` when the person does not want to. A clock that has gone back or ahead signs nothing.

        Raises:
            Unavailable: not now; the signing is still under way.
        """
        ...

    async def cancel(self, state: str) -> None:
        """Give it up: it is never done after that, unless the state, which is to be forgotten then, was all there was.

        Cancelling what has ended, or what is no state, is harmless.

        Raises:
            Unavailable: not now; it will end by itself.
        """
        ...

    async def verify(self, evidence: Evidence, document: Document) -> bool:
        """Whether the evidence proves that exactly this document was signed by exactly this signer.

        It does so for good, after a restart too, with not a character of it changed; for anything else it is False.

        Raises:
            Unavailable: cannot tell now.
        """
        ...
