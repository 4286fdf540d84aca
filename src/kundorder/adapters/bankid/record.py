"""What is archived of a signature, as BankID has handed it out, and how evidence points to it."""

import json
from base64 import b64decode
from binascii import Error
from datetime import datetime
from pathlib import Path

import msgspec

from kundorder.adapters.bankid.certificates import signer
from kundorder.adapters.bankid.markup import NotSigned
from kundorder.adapters.bankid.signature import read
from kundorder.codec import claim_bytes, document_bytes
from kundorder.evidence import Document, Evidence
from kundorder.vocabulary import Language


def recorded(signature: str, ocsp: str) -> bytes:
    """The record of a signature and the OCSP response about its certificate, both in base64 as they came."""
    return json.dumps({"ocspResponse": ocsp, "signature": signature}, sort_keys=True, separators=(",", ":")).encode()


def signed_by(record: bytes, document: Document, *, roots: Path | None, at: datetime) -> str:
    """The personal identity number of whoever has signed exactly this document, in whichever language it was shown.

    Args:
        record: as archived.
        document: which has to be the one.
        roots: see ``certificates.signer``.
        at: when the signature came.

    Raises:
        NotSigned: nobody has, or what is in the record does not show it.
        Unavailable: cannot tell now.
    """
    try:
        parts = msgspec.json.decode(record, type=dict[str, str])
        xml, ocsp = b64decode(parts["signature"], validate=True), b64decode(parts["ocspResponse"], validate=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, Error, ValueError):
        raise NotSigned("it is no base64") from None
    signature = read(xml)
    if signature.beside != document_bytes(document):
        raise NotSigned("another document was signed")
    if signature.shown not in {document.text(language).encode() for language in Language}:
        raise NotSigned("the person was shown another text")
    return signer(signature, ocsp, roots=roots, at=at)


def statement(evidence: Evidence, archived: str) -> bytes:
    """What is sealed: everything that the evidence says, and which record it rests on."""
    return claim_bytes(evidence) + b"\n" + archived.encode()


def proof(archived: str, sealed: str) -> str:
    """Of evidence: there is one way to write it."""
    return json.dumps({"archived": archived, "sealed": sealed}, sort_keys=True, separators=(",", ":"))


def parts_of(text: str) -> tuple[str, str] | None:
    """What is archived and what is sealed, if the text is a proof."""
    try:
        parts = msgspec.json.decode(text, type=dict[str, str])
        archived, sealed = parts["archived"], parts["sealed"]
    except (msgspec.MsgspecError, ValueError, RecursionError, KeyError):
        return None
    return (archived, sealed) if proof(archived, sealed) == text else None
