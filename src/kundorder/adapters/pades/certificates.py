"""Certificates (X.509, RFC 5280) by what is said of them: whose they are, by whom, for how long, and by which name."""

from datetime import datetime
from hashlib import sha256
from typing import Final, Self, final

import attrs

from kundorder.errors import Unavailable, malformed

TEST_ORGANISATION: Final = "kundorder test"
"""The organisation in every certificate of a ``TestAuthority``."""

_COMMON_NAME: Final = "2.5.4.3"
_ORGANISATION: Final = "2.5.4.10"
_PEM: Final = b"-----BEGIN"
_SEQUENCE: Final = 0x30
_SHORTEST: Final = 2  # bytes: what it is, and its length
_NOT_STATED: Final = 0x80


@final
@attrs.frozen(kw_only=True)
class Certificate:
    """What a certificate says; whether it is to be trusted is another question."""

    der: bytes = attrs.field(repr=False)
    name: str = attrs.field(repr=False)  # of the subject; empty where it has none
    issuer: str
    not_before: datetime
    not_after: datetime
    fingerprint: str  # "x509:" and SHA-256 of the whole in hexadecimal
    identity: str  # digest of the public key and the subject: the same for another certificate for the same key
    is_own: bool  # by itself
    is_test: bool  # of a ``TestAuthority``

    @classmethod
    def of(cls, der: bytes) -> Self:
        """What it says.

        Raises:
            ValueError: it is no certificate.
            Unavailable: the package ``cryptography`` is not installed.
        """
        try:
            from cryptography import x509  # noqa: PLC0415 - optional
            from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 - optional
        except ImportError as error:
            raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
        found = x509.load_der_x509_certificate(der)

        def said(name: x509.Name, oid: str) -> str:
            values = name.get_attributes_for_oid(x509.ObjectIdentifier(oid))
            return " ".join(str(value.value) for value in values[:1])

        key = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(
            der=der,
            name=said(found.subject, _COMMON_NAME),
            issuer=said(found.issuer, _COMMON_NAME) or said(found.issuer, _ORGANISATION),
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            fingerprint=f"x509:{sha256(der).hexdigest()}",
            identity=f"x509:{sha256(key + found.subject.public_bytes()).hexdigest()}",
            is_own=found.subject == found.issuer,
            is_test=TEST_ORGANISATION in (said(found.issuer, _ORGANISATION), said(found.subject, _ORGANISATION)),
        )


def certificates_in(content: bytes) -> tuple[bytes, ...]:
    """All certificates in a file, in DER; a file in PEM may hold several.

    Raises:
        Malformed: there is none in it.
        Unavailable: the package ``cryptography`` is not installed.
    """
    try:
        from cryptography import x509  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
    try:
        found = (
            x509.load_pem_x509_certificates(content) if _PEM in content else [x509.load_der_x509_certificate(content)]
        )
    except ValueError as error:
        raise malformed(
            "$.trust", "must be certificates in PEM or DER; one of these is damaged or something else"
        ) from error
    return tuple(each.public_bytes(Encoding.DER) for each in found)


def revoked_in(content: bytes) -> bytes:
    """A list of revoked certificates (CRL) in DER, from PEM or DER.

    Raises:
        Unavailable: it is none; or the package ``cryptography`` is not installed.
    """
    try:
        from cryptography import x509  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
    try:
        found = x509.load_pem_x509_crl(content) if _PEM in content else x509.load_der_x509_crl(content)
        return found.public_bytes(Encoding.DER)
    except ValueError as error:
        raise Unavailable(
            "a list of revoked certificates is damaged or none; see to it that it is fetched again"
        ) from error


def issued_by_one(certificate: bytes, revoked: bytes) -> bool:
    """Whether a certificate and a list of revoked ones, in DER, name the same issuer."""
    from cryptography import x509  # noqa: PLC0415 - optional; whoever has these has it

    return x509.load_der_x509_certificate(certificate).issuer == x509.load_der_x509_crl(revoked).issuer


def length_of(encoded: bytes) -> int:
    """How long a value in DER is, as it says itself; what says nothing of it (BER knows that) is as long as there is.

    What is no such value at all has no length.
    """
    if len(encoded) < _SHORTEST or encoded[0] != _SEQUENCE:
        return 0
    length = encoded[1]
    if length == _NOT_STATED:
        return len(encoded)
    if length < _NOT_STATED:
        return _SHORTEST + length
    more = length & ~_NOT_STATED
    return _SHORTEST + more + int.from_bytes(encoded[_SHORTEST : _SHORTEST + more], "big")
