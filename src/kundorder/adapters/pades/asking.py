"""What pyHanko is asked, as facts: whom to trust, and what to add to a PDF."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias, final

import attrs

from kundorder.adapters.pades.keys import Key
from kundorder.adapters.pades.setting import Place

Stamping: TypeAlias = Callable[[bytes], bytes]
"""From a request for a time-stamp (RFC 3161, in DER) to its answer; raises ``Unavailable`` when there is none."""


@final
@attrs.frozen
class Trust:
    """Whom certificates are believed from: root certificates and lists of revoked ones (CRL), all in DER."""

    roots: tuple[bytes, ...]
    revoked: tuple[bytes, ...] = ()


@final
@attrs.frozen(kw_only=True)
class Entry:
    """A signature that is to be added."""

    key: Key
    field: str  # its name; another than those that are there
    place: Place | None  # None: it is not drawn
    picture: bytes = attrs.field(repr=False)  # a PDF of one page
    reason: str
    claim: str
    now: datetime
    trust: Trust
    stamping: Stamping | None = None
    lasting: bool = False  # with all that is needed to validate it later
