"""A signer that signs at once, with a seal; for development and demonstrations, and where the host knows who acts."""

from datetime import datetime
from typing import final

import attrs

from kundorder.codec import claim_bytes, document_digest
from kundorder.errors import Malformed
from kundorder.events import SigningRequest
from kundorder.evidence import ASSURANCE, Document, Evidence, at_least
from kundorder.identifiers import moment
from kundorder.ports import Done, Failed, Progress, Seal
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode


@final
class SealedSigner:
    """Signs at once whatever it is asked to, by any method, and verifies what its seal has sealed.

    It is honest about little: a proof shows that whoever has the key sealed this document in the name of this person at
    this time, and that nothing has been changed since. It does not show who the person is, or that the person was
    asked; that the evidence names a method such as BankID shows nothing about BankID. It serves where the host itself
    has made sure who acts and what they meant, and answers for that, and for development and demonstrations.
    """

    def __init__(self, seal: Seal, *, level: AssuranceLevel = AssuranceLevel.LOW) -> None:
        """A signer with this seal.

        Args:
            seal: what vouches.
            level: how sure the host is of who acts. No evidence claims more than its method is worth.
        """
        self._seal = seal
        self._level = level

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``; done at once."""
        document = request.document
        claim = Evidence(
            method=request.method,
            signer=document.signer,
            digest=document_digest(document),
            signed_at=now,
            proof="",
            signed_by=self._seal.name,
            level=self._level_of(request.method),
        )
        return Done(evidence=attrs.evolve(claim, proof=self._seal.seal(claim_bytes(claim))))

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; nothing is ever pending here, so a state can only be made up and signs nothing."""
        del request, state, now, callback
        return Failed(code=FailureCode.NOTHING_UNDER_WAY, why="nothing is under way; start anew")

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; there is nothing to give up."""
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``; evidence by another key or of another level proves nothing here."""
        named = (evidence.signed_by, evidence.signer, evidence.digest, evidence.level)
        level = self._level_of(evidence.method)
        if named != (self._seal.name, document.signer, document_digest(document), level):
            return False
        try:
            claim = claim_bytes(attrs.evolve(evidence, signed_at=moment(evidence.signed_at)))
        except (Malformed, ValueError):  # a time without a zone; half a character
            return False
        return self._seal.holds(evidence.proof, claim)

    def _level_of(self, method: AttestMethod) -> AssuranceLevel:
        worth = ASSURANCE[method]
        return self._level if at_least(worth, self._level) else worth
