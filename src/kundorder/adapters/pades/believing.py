"""Whom a certificate is believed from: roots, and what has been revoked, at a moment. Loads pyHanko.

Nothing is fetched here: what is not at hand is not known, and a certificate that is not known to be revoked counts.
What was learned of a revocation later counts from the moment that it names.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# since pyHanko is typed in part, and asn1crypto is not

from contextlib import suppress
from datetime import datetime
from typing import Final

from asn1crypto import x509  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.status import SignatureStatus
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    InvalidCertificateError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule

from kundorder.adapters.pades.alone import alone
from kundorder.adapters.pades.asking import Trust
from kundorder.adapters.pades.certificates import Certificate, issued_by_one
from kundorder.adapters.pades.findings import Doubt
from kundorder.adapters.pades.keys import Key

SIGNING: Final = frozenset({"non_repudiation"})
"""What a certificate has to be for (RFC 5280, 4.2.1.3): to bind the person, not only to log in."""

_NAMED: Final = {
    "TRY_LATER": Doubt.STATUS_UNKNOWN,
    "NO_CERTIFICATE_CHAIN_FOUND": Doubt.UNKNOWN_ISSUER,
    "CHAIN_CONSTRAINTS_FAILURE": Doubt.NOT_FOR_SIGNING,
    "CRYPTO_CONSTRAINTS_FAILURE": Doubt.WEAK,
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": Doubt.WEAK,
}


def believed(
    trust: Trust, at: datetime, pdf: PdfFileReader | None = None, *, about: bytes | None = None, proven: bool = False
) -> ValidationContext:
    """What is believed at a moment.

    Args:
        trust: whom certificates are believed from.
        at: aware.
        pdf: what is kept in it of certificates and revocations is taken into account.
        about: the certificate in question (DER). If a list of its issuer is at hand, it counts, also where the
            certificate itself does not say that there is one.
        proven: only what is kept in the PDF, and it must tell of every certificate whether it was revoked.
    """
    named, known = RevocationCheckingRule.CHECK_IF_DECLARED_SOFT, RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    is_known = about is not None and any(issued_by_one(about, each) for each in trust.revoked)
    rules = RevocationCheckingPolicy(
        ee_certificate_rule=known if proven or is_known else named,
        intermediate_ca_cert_rule=known if proven else named,
    )
    given = {
        "trust_roots": [x509.Certificate.load(root) for root in trust.roots],
        "moment": at,
        "crls": [] if proven else list(trust.revoked),
        "revinfo_policy": CertRevTrustPolicy(rules, retroactive_revinfo=True),
    }
    return _kept_in(pdf).as_validation_context(given)


def doubt_about_key(key: Key, trust: Trust, now: datetime) -> Doubt | None:
    """Why a signature by this key would not be believed now, or None."""
    chain = [x509.Certificate.load(each) for each in key.chain]
    context = believed(trust, now, about=key.certificate.der)
    validator = CertificateValidator(x509.Certificate.load(key.certificate.der), chain, context)
    try:
        _ = alone(lambda: validator.async_validate_usage(set(SIGNING)))  # type: ignore[no-untyped-call]
    except (PathBuildingError, ValidationError) as error:
        return _doubt_of(key.certificate, now, error)
    return None


def doubt_in(status: SignatureStatus, certificate: Certificate, moment: datetime) -> Doubt | None:
    """Why the certificate of a signature that was looked at is not believed, or None."""
    found = status.trust_problem_indic
    if found is None and status.validation_path is not None:
        return None
    if status.revoked:
        return Doubt.REVOKED
    named = _NAMED.get("" if found is None else found.standard_name, Doubt.OTHER)
    return _by_time(certificate, moment) or (Doubt.UNKNOWN_ISSUER if certificate.is_own else named)


def _doubt_of(certificate: Certificate, moment: datetime, error: Exception) -> Doubt:
    match error:
        case RevokedError():
            return Doubt.REVOKED
        case InsufficientRevinfoError():
            return Doubt.STATUS_UNKNOWN
        case InvalidCertificateError() if not certificate.is_own:
            return Doubt.NOT_FOR_SIGNING
        case PathBuildingError() | InvalidCertificateError():
            return _by_time(certificate, moment) or Doubt.UNKNOWN_ISSUER
        case _:
            return _by_time(certificate, moment) or Doubt.OTHER


def _by_time(certificate: Certificate, moment: datetime) -> Doubt | None:
    if moment > certificate.not_after:
        return Doubt.EXPIRED
    return Doubt.NOT_YET_VALID if moment < certificate.not_before else None


def _kept_in(pdf: PdfFileReader | None) -> DocumentSecurityStore:
    if pdf is not None:
        with suppress(NoDSSFoundError):
            return DocumentSecurityStore.read_dss(pdf)
    return DocumentSecurityStore(writer=None)
