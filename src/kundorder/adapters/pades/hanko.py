"""What pyHanko does for us, by what goes in and what comes out; it is loaded when one of these is first called."""

from datetime import datetime
from typing import Final

from kundorder.adapters.pades.asking import Entry, Trust
from kundorder.adapters.pades.findings import Doubt, Examined
from kundorder.adapters.pades.keys import Key
from kundorder.errors import Unavailable

_MISSING: Final = "the package pyhanko is missing; install kundorder[sign]"


def append(pdf: bytes, entry: Entry) -> bytes:
    """The PDF with one more signature.

    Raises:
        Unavailable: there is no time-stamp to be had now, or the package is not installed.
    """
    try:
        from kundorder.adapters.pades.appending import appended  # noqa: PLC0415 - it takes most of a second
    except ImportError as error:
        raise Unavailable(_MISSING) from error
    return appended(pdf, entry)


def examine(pdf: bytes, trust: Trust, *, grown_from: bytes | None = None) -> Examined:
    """What the file shows; whatever it is, there is an answer.

    Args:
        pdf: the file.
        trust: whom certificates are believed from.
        grown_from: the file as it was before anybody signed it, to compare with.

    Raises:
        Unavailable: the package is not installed.
    """
    try:
        from kundorder.adapters.pades.examining import examined  # noqa: PLC0415 - it takes most of a second
    except ImportError as error:
        raise Unavailable(_MISSING) from error
    return examined(pdf, trust, grown_from)


def doubt_about(key: Key, trust: Trust, now: datetime) -> Doubt | None:
    """Why a signature by this key would not be believed now, or None.

    Raises:
        Unavailable: the package is not installed.
    """
    try:
        from kundorder.adapters.pades.believing import doubt_about_key  # noqa: PLC0415 - it takes most of a second
    except ImportError as error:
        raise Unavailable(_MISSING) from error
    return doubt_about_key(key, trust, now)
