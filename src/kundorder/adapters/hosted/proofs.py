"""Proofs: a seal over what evidence says and over the digest of the artefact that is in the archive."""

from typing import Final, final

import attrs
import msgspec

from kundorder.codec import claim_bytes
from kundorder.evidence import Evidence
from kundorder.ports import Seal


@final
@attrs.frozen(kw_only=True)
class _Proof:
    archived: str  # SHA-256 of the artefact
    sealed: str


_DECODER: Final = msgspec.json.Decoder(_Proof)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def sealed(seal: Seal, evidence: Evidence, archived: str) -> str:
    """The proof for evidence that is complete but for this.

    Raises:
        Unavailable: the seal does not answer.
    """
    proof = _Proof(archived=archived, sealed=seal.seal(_statement(evidence, archived)))
    return _ENCODER.encode(proof).decode()


def holds(seal: Seal, evidence: Evidence) -> bool:
    """Whether its proof is for all that evidence says; there is one way to write a proof.

    Raises:
        Unavailable: the seal cannot tell now.
    """
    try:
        proof = _DECODER.decode(evidence.proof)
        if _ENCODER.encode(proof).decode() != evidence.proof:
            return False
        statement = _statement(evidence, proof.archived)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # nothing that can be written down
        return False
    return seal.holds(proof.sealed, statement)


def _statement(evidence: Evidence, archived: str) -> bytes:
    return claim_bytes(evidence) + b"\n" + archived.encode()
