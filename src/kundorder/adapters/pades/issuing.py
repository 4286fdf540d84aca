"""Keys and certificates of the test authority, every one marked as what it is. Loads cryptography."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kundorder.adapters.pades.certificates import TEST_ORGANISATION, Certificate
from kundorder.adapters.pades.keys import Key
from kundorder.errors import Corrupt

_Private: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_UNIT: Final = "TEST – not a real authority"
_BEFORE: Final = timedelta(days=1)
_VALID: Final = timedelta(days=3653)
_RSA_BITS: Final = 2048
_MARK: Final = " (TEST)"
_NAME_AT_MOST: Final = 64 - len(_MARK)  # of a common name, RFC 5280, appendix A; the package counts bytes


def root_key(now: datetime) -> Key:
    """A new root, valid from the day before, for ten years."""
    private = ec.generate_private_key(ec.SECP256R1())
    key_id = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    name = _named(f"{_UNIT} {key_id.digest.hex()[:8]}")  # another authority has another name
    begun = now.replace(microsecond=0) - _BEFORE
    about = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + _VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(key_id, critical=False)
    )
    return _key(private, about.sign(private, hashes.SHA256()), ())


def person_key(name: str, root: Key) -> Key:
    """A new key of a person, with a certificate by this root, valid as long as that is."""
    return _issued(name, root, ec.generate_private_key(ec.SECP256R1()), for_time=False)


def time_key(root: Key) -> Key:
    """A new key of an authority for time, with RSA, which all programs for that know."""
    return _issued("time", root, rsa.generate_private_key(65537, _RSA_BITS), for_time=True)


def _issued(name: str, root: Key, private: _Private, *, for_time: bool) -> Key:
    issuer, signing = x509.load_der_x509_certificate(root.certificate.der), _private(root)
    about = (
        x509.CertificateBuilder()
        .subject_name(_named(name.encode()[:_NAME_AT_MOST].decode(errors="ignore") + _MARK))
        .issuer_name(issuer.subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(root.certificate.not_before)
        .not_valid_after(root.certificate.not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if for_time:
        about = about.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return _key(private, about.sign(signing, hashes.SHA256()), (root.certificate.der,))


def crl_of(root: Key, now: datetime, revoked: Iterable[bytes]) -> bytes:
    """The list of certificates that are revoked from now on, in DER."""
    about = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_der_x509_certificate(root.certificate.der).subject)
        .last_update(now)
        .next_update(root.certificate.not_after)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    )
    for der in revoked:
        serial = x509.load_der_x509_certificate(der).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
        about = about.add_revoked_certificate(entry)
    return about.sign(_private(root), hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def pkcs12_of(key: Key, password: str) -> bytes:
    """The key as a file."""
    chain = [x509.load_der_x509_certificate(each) for each in key.chain]
    own = x509.load_der_x509_certificate(key.certificate.der)
    protection = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(None, _private(key), own, chain, protection)


def pem_of(key: Key) -> bytes:
    """The certificate of a key as a file."""
    return x509.load_der_x509_certificate(key.certificate.der).public_bytes(serialization.Encoding.PEM)


def _private(key: Key) -> _Private:
    private = serialization.load_der_private_key(key.private, password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Corrupt("a key of the test authority is of another kind than it issues")
    return private


def _key(private: _Private, certificate: x509.Certificate, chain: tuple[bytes, ...]) -> Key:
    der = serialization.Encoding.DER
    return Key(
        certificate=Certificate.of(certificate.public_bytes(der)),
        chain=chain,
        private=private.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _named(name: str) -> x509.Name:
    parts = (
        (NameOID.COMMON_NAME, name),
        (NameOID.ORGANIZATION_NAME, TEST_ORGANISATION),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, _UNIT),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
