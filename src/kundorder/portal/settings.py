"""What a portal uses where its host gives nothing: the system's clock and the system's randomness."""

import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hmac import digest as hmac_digest
from typing import final

from kundorder.identifiers import case_number_from, token


@final
class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        return datetime.now(UTC)


@final
class SystemIds:
    """Ids nobody can guess: ordered by time, with 80 random bits; case numbers with nine random digits."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def order(self) -> str:
        """An order id nobody has had."""
        return token("o", _milliseconds(), secrets.randbits(80))

    def member(self) -> str:
        """A member id nobody has had."""
        return token("m", _milliseconds(), secrets.randbits(80))

    def case_number(self) -> str:
        """A case number; the store sees to it that it is never reused."""
        return case_number_from(secrets.randbelow(10**9))

    def code(self, about: str) -> str:
        """A secret of 256 bits for an invitation or a link; from this object always the same for the same thing."""
        return urlsafe_b64encode(hmac_digest(self._secret, about.encode(), "sha256")).decode().rstrip("=")


def _milliseconds() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
