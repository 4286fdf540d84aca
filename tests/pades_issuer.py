"""An issuer of certificates that does whatever it is told, also what no authority should."""

from datetime import datetime, timedelta
from typing import Final, TypeAlias

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pades_desk import NOW

from kundorder.adapters.pades import Key

Private: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | dsa.DSAPrivateKey
SECRET: Final = "correct horse"  # noqa: S105 - of keys made here
A_YEAR: Final = timedelta(days=365)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])


@attrs.frozen
class Issued:
    """A private key and its certificate."""

    private: Private
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def pkcs12(self, *chain: x509.Certificate, secret: str = SECRET) -> bytes:
        protection = BestAvailableEncryption(secret.encode())
        return pkcs12.serialize_key_and_certificates(b"key", self.private, self.certificate, chain, protection)

    def key(self, *chain: x509.Certificate) -> Key:
        return Key.of(self.pkcs12(*chain), SECRET)


def issued(
    name: str,
    by: Issued | None = None,
    *,
    private: Private | None = None,
    begins: datetime = NOW - A_YEAR,
    ends: datetime = NOW + A_YEAR,
    is_authority: bool = False,
    for_signing: bool = True,
) -> Issued:
    """A certificate by somebody, or by the one it is for."""
    own = private or ec.generate_private_key(ec.SECP256R1())
    signing = own if by is None else by.private
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=for_signing,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    about = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(name) if by is None else by.certificate.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    is_modern = isinstance(signing, ed25519.Ed25519PrivateKey)
    return Issued(own, about.sign(signing, None if is_modern else hashes.SHA256()))


def revocations(by: Issued, *, begins: datetime, ends: datetime) -> bytes:
    """A list on which nobody is (CRL, DER)."""
    about = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    return about.last_update(begins).next_update(ends).sign(by.private, hashes.SHA256()).public_bytes(Encoding.DER)


ROOT: Final = issued("Prov rot", is_authority=True)
MIDDLE: Final = issued("Prov mellan", ROOT, is_authority=True)
