"""Callbacks: whether one comes from the service, and is of now. What else it says is nobody's business."""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

_TIMESTAMP: Final = "signing-timestamp"
_SIGNATURE: Final = "signing-signature"
_LONGEST: Final = 256 * 1024  # characters
_SECONDS: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


def callback_of(headers: Mapping[str, str], body: bytes) -> str:
    """A request of the service to ``callback_url``, as ``resume`` takes it; whether it is authentic is found out there.

    Args:
        headers: of the request, their names in capitals or not.
        body: as it came, byte for byte, and not as some framework has read it.

    Returns:
        The time stamp, the signature and the body, with full stops between; one character a byte of the body.
    """
    found = {name.lower(): value for name, value in headers.items()}
    return f"{found.get(_TIMESTAMP, '')}.{found.get(_SIGNATURE, '')}.{body.decode('latin-1')}"


def is_authentic(callback: str, secret: bytes, *, now: datetime, window: timedelta) -> bool:
    """Whether it was made by somebody who knows the secret, and not longer ago, or ahead, than the window."""
    if len(callback) > _LONGEST:
        return False
    timestamp, _, rest = callback.partition(".")
    signature, _, text = rest.partition(".")
    try:
        given, body = signature.encode("ascii"), text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    if _SECONDS.fullmatch(timestamp) is None:
        return False
    right = hmac.new(secret, f"{timestamp}.".encode() + body, sha256).hexdigest().encode()
    if not hmac.compare_digest(right, given):
        return False
    return abs(now.timestamp() - int(timestamp)) <= window.total_seconds()
