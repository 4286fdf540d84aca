"""The header of a proof: one key has one, to the byte."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, TypeAlias

from kundorder.errors import malformed

ALGORITHM: Final = "Ed25519"
"""Fully specified (RFC 9864): ``EdDSA`` leaves the curve open, and is deprecated for that."""

TYPE: Final = "kundorder-evidence"
"""What a proof is for, so that a signature that was made for something else is none."""

Members: TypeAlias = "Mapping[str, str | Mapping[str, str]]"
"""Of a JSON object."""

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)  # 32 bytes, the last two bits not used
_PRIME: Final = 2**255 - 19  # of the field of the curve (RFC 8032, section 5.1)
_EIGHTH: Final = 0x5FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826  # y of a point of order 8
_SMALL: Final = frozenset({0, 1, _PRIME - 1, _EIGHTH, _PRIME - _EIGHTH})
"""The points whose order divides 8, by their y: whoever likes can make signatures that such a "key" verifies."""

_SIGN: Final = 2**255  # the bit beside y, which tells which of two x


def encoded(content: bytes) -> str:
    """Base64 for addresses without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def public_x(x: str) -> str:
    """A public key as it stands in a JWK.

    Raises:
        Malformed: it is no key of Ed25519 written as RFC 8037 has it, or one that anybody could sign for.
    """
    if _KEY.fullmatch(x) is None:
        raise malformed("$.x", "must be the 32 bytes of a public key in base64url without padding")
    y = int.from_bytes(urlsafe_b64decode(f"{x}="), "little") % _SIGN
    if y >= _PRIME or y in _SMALL:
        raise malformed("$.x", "must be a key that not everybody can sign for; ask for the right one")
    return x


def thumbprint(x: str) -> str:
    """What is a key's own and no other's (RFC 7638, RFC 8037 appendix A.3)."""
    return encoded(sha256(canonical(jwk(x))).digest())


def jwk(x: str) -> dict[str, str]:
    """The public key (RFC 8037)."""
    return {"crv": ALGORITHM, "kty": "OKP", "x": x}


def header(x: str) -> dict[str, str | Mapping[str, str]]:
    """What the header of a proof by this key says, in the order in which it says it."""
    return {"alg": ALGORITHM, "jwk": jwk(x), "kid": thumbprint(x), "typ": TYPE}


def canonical(members: Members) -> bytes:
    """A JSON object with its names sorted and no blanks."""
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
