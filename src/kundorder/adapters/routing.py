"""One signing port made of several: which of them is asked, the matter and the method say.

A host lets its agreements be signed by one service and its orders attested by others; to the portal they are one.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, final

import attrs
import msgspec

from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports import Done, Failed, Pending, Progress, Signing
from kundorder.vocabulary import AttestMethod, FailureCode, Role

_AGREEMENTS: Final = "agreements"
_ATTESTS: Final = "attests"
_STATES: Final = msgspec.json.Decoder(tuple[str, str])


@final
class RoutedSigning:
    """A ``Signing`` over others.

    Args:
        attests: who serves each method for orders and agent assignments.
        agreements: who serves each method for agreements.
    """

    def __init__(self, *, attests: Mapping[AttestMethod, Signing], agreements: Mapping[AttestMethod, Signing]) -> None:
        self._routes: Mapping[str, Signing] = MappingProxyType(
            {f"{_ATTESTS}/{method}": signing for method, signing in attests.items()}
            | {f"{_AGREEMENTS}/{method}": signing for method, signing in agreements.items()}
        )

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``; a method nobody serves comes to nothing at once."""
        route = _route(request.document, request.method)
        signing = self._routes.get(route)
        if signing is None:
            return Failed(code=FailureCode.METHOD_NOT_READY, why=f"nobody serves {request.method} here")
        return _by(route, signing.start(request, now=now))

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``."""
        route = _route(request.document, request.method)
        signing, (begun, own) = self._routes.get(route), _parted(state)
        if signing is None or begun != route:
            return Failed(code=FailureCode.NOTHING_UNDER_WAY)
        return _by(route, signing.resume(request, own, now=now, callback=callback))

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; what was begun by one that is no longer here ends by itself."""
        route, own = _parted(state)
        signing = self._routes.get(route)
        if signing is not None:
            signing.cancel(own)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``; only the one who serves this matter and method is asked."""
        signing = self._routes.get(_route(document, evidence.method))
        return signing is not None and signing.verify(evidence, document)


def _route(document: Document, method: AttestMethod) -> str:
    return f"{_AGREEMENTS if document.capacity is Role.SIGNATORY else _ATTESTS}/{method}"


def _by(route: str, progress: Progress) -> Progress:
    match progress:
        case Pending():
            return attrs.evolve(progress, state=msgspec.json.encode((route, progress.state)).decode())
        case Done() | Failed():
            return progress


def _parted(state: str) -> tuple[str, str]:
    """Who it was begun with, and that one's own state; of anything else nobody, and nothing."""
    try:
        return _STATES.decode(state)
    except (msgspec.MsgspecError, ValueError):
        return "", ""
