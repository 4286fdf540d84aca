"""The code that the app reads from another screen; it changes every second, so a picture is soon worth nothing."""

import hmac
from hashlib import sha256

from kundorder.errors import Unavailable


def qr_content(token: str, secret: str, seconds: int) -> str:
    """What the code holds so many seconds after the order was begun."""
    proof = hmac.new(secret.encode(), str(seconds).encode(), sha256).hexdigest()
    return f"bankid.{token}.{seconds}.{proof}"


def qr_svg(content: str) -> str:
    """A picture of the code, as an ``svg`` element to be put into a page; it grows and shrinks with what holds it.

    Args:
        content: of ``ShowQr``.

    Raises:
        Unavailable: the package ``segno`` is not installed.
    """
    try:
        import segno  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package segno is missing; install kundorder[bankid]") from error
    return segno.make(content, micro=False, error="l", boost_error=False).svg_inline(border=4, omitsize=True)
