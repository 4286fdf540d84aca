"""Keys that sign: a private key and its certificate from a PKCS#12 file (RFC 7292), as authorities hand them out."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final, Self, final

import attrs

from kundorder.adapters.pades.certificates import Certificate, length_of
from kundorder.errors import Corrupt, Unavailable, malformed
from kundorder.identifiers import moment

_FEWEST_BITS: Final = 2048  # of RSA; ETSI TS 119 312
_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_DAMAGED: Final = "the key file is damaged, or is no PKCS#12; restore it from a copy, or export the key again"
_NO_KEY: Final = "the key file holds no private key with its certificate; export both together as PKCS#12"
_NOT_ITS_OWN: Final = "is not that of this key file, or the file was changed; give the one the key was exported with"
_KIND: Final = (
    "the key is of a kind that is not used here; get one with RSA from 2048 bits or EC on P-256, P-384 or P-521"
)


@final
@attrs.frozen(kw_only=True)
class Key:
    """A private key, its certificate, and the certificates between it and a root."""

    certificate: Certificate
    chain: tuple[bytes, ...] = attrs.field(repr=False)  # DER
    private: bytes = attrs.field(repr=False)  # PKCS #8 in DER; never to be shown or written

    @classmethod
    def load(cls, path: str | os.PathLike[str], password: str, *, at: datetime | None = None) -> Self:
        """The key in this file.

        Args:
            path: of the PKCS#12 file (``.p12``, ``.pfx``).
            password: of the file.
            at: the moment at which the certificate has to be valid; None: that is seen when it signs.

        Raises:
            Unavailable: the file cannot be read, or a package is not installed.
            Malformed: the password is not the one of this file, or the certificate is not valid at that moment.
            Corrupt: the file is damaged, holds no private key with its certificate, or a kind of key we do not use.
        """
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            why = os.strerror(error.errno).lower() if error.errno else type(error).__name__
            raise Unavailable(f"the key file cannot be read ({why})") from error
        return cls.of(content, password, at=at)

    @classmethod
    def of(cls, content: bytes, password: str, *, at: datetime | None = None) -> Self:
        """The key in what such a file holds; see ``load``."""
        key = cls._opened(content, password)
        objection = None if at is None else key.objection(moment(at))
        if objection is not None:
            raise malformed("$.key", objection)
        return key

    def objection(self, now: datetime) -> str | None:
        """Why the certificate is not valid at this moment and what to do, or None."""
        if now > self.certificate.not_after:
            return f"the certificate ran out on {self.certificate.not_after:%Y-%m-%d}; get a new one"
        if now < self.certificate.not_before:
            return f"the certificate is not valid before {self.certificate.not_before:%Y-%m-%d}; use it from then on"
        return None

    @classmethod
    def _opened(cls, content: bytes, password: str) -> Self:
        try:
            from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - optional
            from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - optional
            from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey  # noqa: PLC0415 - optional
            from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 - optional
            from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12  # noqa: PLC0415 - optional
        except ImportError as error:
            raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
        if not content or length_of(content) != len(content):
            raise Corrupt(_DAMAGED)
        if "\0" in password:  # the package would panic
            raise malformed("$.password", _NOT_ITS_OWN)
        try:
            found = load_pkcs12(content, password.encode())
        except UnsupportedAlgorithm as error:
            raise Corrupt(_KIND) from error
        except (ValueError, TypeError) as error:
            raise malformed("$.password", _NOT_ITS_OWN) from error
        key, certificate = found.key, found.cert
        if key is None or certificate is None:
            raise Corrupt(_NO_KEY)
        known = (isinstance(key, RSAPrivateKey) and key.key_size >= _FEWEST_BITS) or (
            isinstance(key, EllipticCurvePrivateKey) and key.curve.name in _CURVES
        )
        if not known:
            raise Corrupt(_KIND)
        der = serialization.Encoding.DER
        return cls(
            certificate=Certificate.of(certificate.certificate.public_bytes(der)),
            chain=tuple(each.certificate.public_bytes(der) for each in found.additional_certs),
            private=key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        )
