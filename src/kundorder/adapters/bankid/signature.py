"""What BankID hands out as a signature: XML-DSig with one shape, which is compared and not searched.

Every element is found by where it stands, each name once, and what the two references are over is what stands there.
So nothing else can be put beside what was signed, or in front of it.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from hashlib import sha256, sha384, sha512
from typing import Final, final

import attrs

from kundorder.adapters.bankid.markup import Element, NotSigned, canonical, parsed

_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_BANKID: Final = "http://www.bankid.com/signature/v1.0.0/types"
_C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_HASHES: Final = {
    "http://www.w3.org/2001/04/xmlenc#sha256": sha256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": sha384,
    "http://www.w3.org/2001/04/xmlenc#sha512": sha512,
}
_REFERENCES: Final = ("#bidSignedData", "#bidKeyInfo")
_IDENTIFYING: Final = "Identification"  # as opposed to signing
_BLANKS: Final = re.compile(r"[ \t\r\n]+")


@final
@attrs.frozen(kw_only=True)
class Signature:
    """A signature whose references hold; whether the key has signed them is not known yet."""

    over: bytes  # the canonical form of what the key has signed
    algorithm: str
    value: bytes
    certificates: tuple[bytes, ...]  # DER; the signer's first, each by the one after it
    shown: bytes  # what the signer has read
    beside: bytes  # what was signed with it and not shown


def read(xml: bytes) -> Signature:
    """The signature in this XML.

    Raises:
        NotSigned: it has another shape, or what is in it is not what its references are over.
    """
    root = parsed(xml)
    if (root.name, root.space) != ("Signature", _DSIG):
        raise NotSigned("it is no signature")
    info, value, keys, held = _only(root, _DSIG, "SignedInfo", "SignatureValue", "KeyInfo", "Object")
    (data,) = _only(held, _BANKID, "bankIdSignedData")
    if (data.attributes.get("Id"), keys.attributes.get("Id")) != ("bidSignedData", "bidKeyInfo"):
        raise NotSigned("what is signed in it is not named as it should be")
    method, algorithm, *references = info.elements
    _ = _is(method, "CanonicalizationMethod", Algorithm=_C14N)
    _ = _is(algorithm, "SignatureMethod")
    if tuple(each.attributes.get("URI") for each in references) != _REFERENCES:
        raise NotSigned("it is over something else than what was asked for")
    for reference, over in zip(references, (data, keys), strict=True):
        _holds(reference, over)
    (certificates,) = _only(keys, _DSIG, "X509Data")
    found = {each.name: each for each in data.elements if each.space == _BANKID}
    if len(found) != len(data.elements) or not {"usrVisibleData", "usrNonVisibleData", "clientInfo"} <= found.keys():
        raise NotSigned("something is missing in what was signed, or there twice")
    if any(each.name == "funcId" and each.text == _IDENTIFYING for each in found["clientInfo"].elements):
        raise NotSigned("the person has identified, and not signed")
    return Signature(
        over=canonical(info),
        algorithm=algorithm.attributes.get("Algorithm", ""),
        value=_bytes(value),
        certificates=tuple(_bytes(_is(each, "X509Certificate")) for each in certificates.elements),
        shown=_bytes(found["usrVisibleData"]),
        beside=_bytes(found["usrNonVisibleData"]),
    )


def _holds(reference: Element, over: Element) -> None:
    """Whether a reference has the digest of this element."""
    transforms, method, value = _only(_is(reference, "Reference"), _DSIG, "Transforms", "DigestMethod", "DigestValue")
    (transform,) = _only(transforms, _DSIG, "Transform")
    _ = _is(transform, "Transform", Algorithm=_C14N)
    hashed = _HASHES.get(method.attributes.get("Algorithm", ""))
    if hashed is None or hashed(canonical(over)).digest() != _bytes(value):
        raise NotSigned(f"{over.name} has been changed")


def _only(element: Element, space: str, *names: str) -> tuple[Element, ...]:
    """The elements in it, which are these in this order."""
    elements = element.elements
    if [(each.name, each.space) for each in elements] != [(name, space) for name in names]:
        raise NotSigned(f"{element.name} holds something else than it should")
    return elements


def _is(element: Element, name: str, **attributes: str) -> Element:
    if (element.name, element.space) != (name, _DSIG) or not attributes.items() <= element.attributes.items():
        raise NotSigned(f"there is no {name} where one should be, or another kind")
    return element


def _bytes(element: Element) -> bytes:
    """What is written in base64, in the one way in which it can be but for line breaks."""
    text = _BLANKS.sub("", element.text)
    try:
        content = b64decode(text, validate=True)
    except (Error, ValueError):
        raise NotSigned(f"{element.name} is no base64") from None
    if b64encode(content).decode() != text:
        raise NotSigned(f"{element.name} is no base64")
    return content
