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
    """

    async def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """Begin; nothing binds yet.

        Raises:
            Malformed: something in the request cannot be used by this method; which, and what to do.
            Unavailable: not now; starting again is harmless.
        """
        ...

    async def resume(
        self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None
    ) -> Progress:
        """How far it has come. Asking is always allowed; a callback is only a hint.

        Raises:
            Unavailable: not now; the signing is still under way.
        """
        ...

    async def cancel(self, state: str) -> None:
        """Give it up; cancelling what has ended is harmless.

        Raises:
            Unavailable: not now; it will end by itself.
        """
        ...

    async def verify(self, evidence: Evidence, document: Document) -> bool:
        """Whether the evidence proves that exactly this document was signed by exactly this signer.

        Raises:
            Unavailable: cannot tell now.
        """
        ...
