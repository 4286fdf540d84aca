"""Statements sealed with an Ed25519 key as detached JSON web signatures; needs the extra ``sign``.

The theory, in every file of this package:

- A proof is a JWS in compact form with nothing where its payload would stand (RFC 7515, appendix F): the statement is
  known to whoever verifies, and is made anew from the evidence. Anything that knows JWS can verify it.
- Its header is fixed but for the key: the algorithm (``Ed25519``, RFC 9864), the type, the public key, and that key's
  thumbprint (RFC 7638). So one key has one header, to the byte, and who verifies never follows what a header says: it
  is compared with the only one there can be. There is one way to write a proof, and another way is no proof.
- That the key stands in the header lets a stranger verify years later. It is no reason to trust that key: for that its
  thumbprint has to be known from elsewhere.
"""

from kundorder.adapters.jws.public import PublicSeal as PublicSeal
from kundorder.adapters.jws.public import holds_by as holds_by
from kundorder.adapters.jws.seal import JwsSeal as JwsSeal
from kundorder.adapters.jws.signer import SealedSigner as SealedSigner

__all__ = ["JwsSeal", "PublicSeal", "SealedSigner", "holds_by"]
