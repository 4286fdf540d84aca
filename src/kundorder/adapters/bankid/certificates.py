"""Who has signed: the key that made the signature, the certificates that say whose it is, and what OCSP says of it."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kundorder.adapters.bankid.asking import NUMBER
from kundorder.adapters.bankid.markup import NotSigned
from kundorder.adapters.bankid.signature import Signature
from kundorder.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_LONGEST: Final = 6  # certificates; BankID has three
_WEAKEST: Final = 2048  # bits of an RSA key


def signer(signature: Signature, ocsp: bytes, *, roots: Path | None, at: datetime) -> str:
    """The personal identity number of whoever has signed.

    Args:
        signature: with references that hold.
        ocsp: the response about the signer's certificate, in DER.
        roots: PEM, with the certificates that those in the signature have to come from; None: they may be anybody's.
        at: when the signature came, for the certificates to be valid then.

    Raises:
        NotSigned: the key has not signed it, or the certificates do not hold.
        Unavailable: the package ``cryptography`` is not installed, or the roots cannot be read.
    """
    try:
        from cryptography import x509  # noqa: PLC0415 - optional
        from cryptography.x509.oid import NameOID  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
    if not 1 <= len(signature.certificates) <= _LONGEST:
        raise NotSigned("it has no certificates, or too many")
    try:
        chain = [x509.load_der_x509_certificate(each) for each in signature.certificates]
        numbers = [str(each.value) for each in chain[0].subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)]
        _has_signed(chain[0], signature)
        _is_whole(chain, _read(roots, x509.load_pem_x509_certificates) if roots else None, at)
        _is_good(chain[0], ocsp)
    except (ValueError, TypeError, x509.ExtensionNotFound, x509.DuplicateExtension):
        raise NotSigned("its certificates cannot be read") from None
    if len(numbers) != 1 or NUMBER.fullmatch(numbers[0]) is None:
        raise NotSigned("its certificate does not say whose it is")
    return numbers[0]


def _has_signed(certificate: "Certificate", signature: Signature) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - optional
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - optional
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils  # noqa: PLC0415 - optional

    known = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    kind, _, name = signature.algorithm.removeprefix(_MORE).partition("-")
    key, hashed, value = certificate.public_key(), known.get(name), signature.value
    if hashed is None or not signature.algorithm.startswith(_MORE):
        raise NotSigned("it is made in a way that is not taken")
    try:
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= _WEAKEST:
            key.verify(value, signature.over, padding.PKCS1v15(), hashed)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            half = len(value) // 2  # XML-DSig has the two numbers side by side
            numbers = int.from_bytes(value[:half]), int.from_bytes(value[half:])
            key.verify(utils.encode_dss_signature(*numbers), signature.over, ec.ECDSA(hashed))
        else:
            raise NotSigned("it is made in a way that is not taken")
    except InvalidSignature:
        raise NotSigned("the key of its certificate has not made it") from None


def _is_whole(chain: list["Certificate"], roots: list["Certificate"] | None, at: datetime) -> None:
    """Whether each certificate is by the one after it, the last by a root, and all are valid at that time."""
    from cryptography import x509  # noqa: PLC0415 - optional

    for each in chain:
        if not each.not_valid_before_utc <= at <= each.not_valid_after_utc:
            raise NotSigned("one of its certificates was not valid then")
    for issuer in chain[1:]:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise NotSigned("one of its certificates is by somebody who may not issue any")
    if not all(_is_by(each, issuer) for each, issuer in pairwise(chain)):
        raise NotSigned("its certificates do not follow one another")
    if roots is not None and not any(chain[-1] == root or _is_by(chain[-1], root) for root in roots):
        raise NotSigned("its certificates come from somebody else")


def _is_by(certificate: "Certificate", issuer: "Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - optional

    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _is_good(certificate: "Certificate", response: bytes) -> None:
    from cryptography.x509 import ocsp  # noqa: PLC0415 - optional

    told = ocsp.load_der_ocsp_response(response)
    if told.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise NotSigned("its OCSP response says nothing")
    if told.serial_number != certificate.serial_number or told.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        raise NotSigned("its OCSP response does not say that the certificate is good")


def _read(file: Path, load: Callable[[bytes], list["Certificate"]]) -> list["Certificate"]:
    try:
        return load(file.read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable("the root certificates of BankID cannot be read; check the file given as roots") from error
