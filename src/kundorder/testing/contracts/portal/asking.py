"""A signer that remembers whom it has asked."""

from datetime import datetime
from typing import final

from kundorder.adapters.memory import MemorySigner
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports import Progress


@final
class AskedSigner:
    """Signs at once; ``asked`` holds who was asked to, in that order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._signer = MemorySigner()

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``."""
        self.asked.append(request.document.signer)
        return self._signer.start(request, now=now)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``."""
        return self._signer.resume(request, state, now=now, callback=callback)

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``."""
        self._signer.cancel(state)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``."""
        return self._signer.verify(evidence, document)
