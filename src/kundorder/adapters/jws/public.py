"""What a stranger has: a public key, and with it the answer whether a proof holds."""

import json
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Callable
from typing import Final, Self, TypeAlias, final

from kundorder.adapters.jws.header import ALGORITHM, canonical, encoded, header, jwk, public_x, thumbprint
from kundorder.errors import Malformed, Unavailable, malformed

_SIGNATURE: Final = re.compile(r"[A-Za-z0-9_-]{85}[AQgw]", re.ASCII)  # 64 bytes, the last four bits not used
_LONG: Final = len(encoded(canonical(header("A" * 43))))  # every key has as many letters
_HEAD: Final = re.compile(rf"[A-Za-z0-9_-]{{{_LONG}}}", re.ASCII)
_X: Final = re.compile(rb'"x":"([A-Za-z0-9_-]{43})"')
_LONGEST: Final = 4096  # characters of a JWK; ours have 120
_Value: TypeAlias = "str | int | float | bool | list[_Value] | dict[str, _Value] | None"


@final
class PublicSeal:
    """Verifies what one key has sealed."""

    def __init__(self, x: str) -> None:
        """The seal of this key.

        Args:
            x: the public key, as the member ``x`` of its JWK has it (RFC 8037).

        Raises:
            Malformed: no public key for Ed25519.
            Unavailable: the package ``joserfc`` is not installed.
        """
        self._x = public_x(x)
        self._head = encoded(canonical(header(x)))
        self._verifies = _verifier(x)
        self.name = f"jwk:{thumbprint(x)}"

    @classmethod
    def from_jwk(cls, text: str) -> Self:
        """The seal of this key.

        Args:
            text: a public key for Ed25519 as JWK (RFC 7517, RFC 8037), in JSON. What else stands in it is not looked
                at, but for what would make it another key.

        Raises:
            Malformed: it is no such thing.
            Unavailable: the package ``joserfc`` is not installed.
        """
        members = _read(text)
        if "d" in members:
            raise malformed("$.d", "must not be there: this is the private key; hand out the public one")
        for name, only in (("kty", "OKP"), ("crv", ALGORITHM)):
            if members.get(name) != only:
                raise malformed(f"$.{name}", f"must be {only}")
        if members.get("alg", ALGORITHM) not in (ALGORITHM, "EdDSA"):  # may be a list, which has no hash
            raise malformed("$.alg", f"must be {ALGORITHM}, or left out")
        if members.get("use", "sig") != "sig":
            raise malformed("$.use", "must be sig, or left out")
        x = members.get("x")
        seal = cls(x if isinstance(x, str) else "")
        if members.get("kid", seal.thumbprint) != seal.thumbprint:
            raise malformed("$.kid", "must be the thumbprint of the key, or left out")
        return seal

    @property
    def thumbprint(self) -> str:
        """What two people compare to know that they have the same key (RFC 7638)."""
        return thumbprint(self._x)

    @property
    def jwk(self) -> str:
        """The key to hand out, as JWK in JSON; there is nothing secret in it."""
        return canonical(jwk(self._x) | {"kid": self.thumbprint}).decode()

    def holds(self, proof: str, statement: bytes) -> bool:
        """See ``ports.Seal``."""
        head, _, signature = proof.partition("..")
        if head != self._head or _SIGNATURE.fullmatch(signature) is None:
            return False
        return self._verifies(proof, statement)


def holds_by(name: str, proof: str, statement: bytes) -> bool:
    """Whether the key of this name has sealed exactly this statement, by the key that stands in the proof itself.

    It does not say whose key that is.

    Args:
        name: of the key, as ``Seal.name`` has it.
        proof: as ``Seal.seal`` gave it.
        statement: what it has to be for.

    Raises:
        Unavailable: the package ``joserfc`` is not installed.
    """
    head, _, _ = proof.partition("..")
    if _HEAD.fullmatch(head) is None:
        return False
    found = _X.search(urlsafe_b64decode(f"{head}{'=' * (-_LONG % 4)}"))
    if found is None:
        return False
    try:
        seal = PublicSeal(found[1].decode())
    except Malformed:
        return False
    return seal.name == name and seal.holds(proof, statement)


def _verifier(x: str) -> Callable[[str, bytes], bool]:
    """By what it can do, so that no type of the optional package stands outside."""
    try:
        from joserfc import jws  # noqa: PLC0415 - optional
        from joserfc.errors import JoseError  # noqa: PLC0415 - optional
        from joserfc.jwk import OKPKey  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package joserfc is missing; install kundorder[sign]") from error
    key = OKPKey.import_key({"crv": ALGORITHM, "kty": "OKP", "x": x})

    def verifies(proof: str, statement: bytes) -> bool:
        try:
            _ = jws.deserialize_compact(proof, key, algorithms=[ALGORITHM], payload=statement)
        except JoseError:
            return False
        return True

    return verifies


def _read(text: str) -> dict[str, _Value]:
    if len(text) > _LONGEST:
        raise malformed("$", f"must have at most {_LONGEST} characters")
    try:
        found = _decode(text)
    except (ValueError, RecursionError):
        raise malformed("$", "must be a key in JSON (JWK), each name once") from None
    if not isinstance(found, dict):
        raise malformed("$", "must be a key in JSON (JWK), and one key only")
    return found


def _object(members: list[tuple[str, _Value]]) -> dict[str, _Value]:
    if any(times > 1 for times in Counter(name for name, _ in members).values()):
        raise ValueError
    return dict(members)


_decode: Callable[[str], _Value] = json.JSONDecoder(object_pairs_hook=_object).decode
