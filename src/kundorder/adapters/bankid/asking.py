"""What BankID is asked: that this person signs this document, and no other."""

import re
from base64 import b64encode
from ipaddress import ip_address
from typing import Final

from kundorder.codec import document_bytes
from kundorder.errors import malformed
from kundorder.events import SigningRequest

NUMBER: Final = re.compile(r"[0-9]{12}", re.ASCII)
"""A personal identity number or a co-ordination number, with its century, as BankID has it."""

_MOST_SHOWN: Final = 40_000  # characters of base64
_MOST_BESIDE: Final = 200_000
_RETURN: Final = re.compile(r"https://[!-~]{1,504}", re.ASCII)


def question(request: SigningRequest, number: str, return_url: str | None) -> dict[str, object]:
    """How BankID is asked to begin an order.

    Raises:
        Malformed: no number of the person's device, or a text that is empty or longer than BankID shows. It is never
            cut: a person has to have seen what they sign.
    """
    shown = b64encode(request.document.text(request.language).encode()).decode()
    beside = b64encode(document_bytes(request.document)).decode()
    if not shown or len(shown) > _MOST_SHOWN or len(beside) > _MOST_BESIDE:
        most = f"at most {_MOST_SHOWN * 3 // 4} bytes to show and {_MOST_BESIDE * 3 // 4} in all"
        raise malformed("$.document", f"must have a text, and {most}, for BankID; choose another method")
    asked: dict[str, object] = {
        "endUserIp": _address(request.ip),
        "userVisibleData": shown,
        "userNonVisibleData": beside,
        "requirement": {"personalNumber": number},
    }
    return asked if return_url is None else asked | {"returnUrl": to_return_to(return_url)}


def to_sign(number: str) -> str:
    """The number of whoever has to sign.

    Raises:
        Malformed: it is none; it is not repeated.
    """
    if NUMBER.fullmatch(number) is None:
        raise malformed("$.personal_number", "must be twelve digits, with the century and without a hyphen")
    return number


def to_return_to(url: str) -> str:
    """Where the app sends the person afterwards.

    Raises:
        Malformed: it is no address that BankID takes.
    """
    if _RETURN.fullmatch(url) is None:
        raise malformed("$.return_url", "must begin with https:// and have at most 512 characters of ASCII, no blanks")
    return url


def _address(ip: str | None) -> str:
    """Of the person's device; BankID compares it with where the app is."""
    try:
        return str(ip_address((ip or "").partition("%")[0]))
    except ValueError:
        how = "must be the number of the person's device as the host sees it; BankID wants to know it"
        raise malformed("$.ip", how) from None
