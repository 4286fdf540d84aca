"""An authority for time over HTTP (RFC 3161, 3.4), asked when something is signed and not before.

It is sent a digest and answers with a time-stamp: the authority, and not the signer's own clock, then shows when a
document was signed.
"""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLContext, create_default_context
from typing import Final, final
from urllib.parse import urlsplit

from kundorder.errors import Unavailable, malformed

_OK: Final = 200
_LARGEST: Final = 1_000_000  # bytes of an answer; a longer one is cut off, and so none
_ADDRESS: Final = "must be an address that begins with http:// or https://, without a password"
_WHAT: Final = "the time-stamp authority"


@final
class TimeStamps:
    """Asks one authority; a call is one request on a connection of its own."""

    def __init__(self, url: str, *, timeout_seconds: float = 10.0, context: SSLContext | None = None) -> None:
        """Nothing is asked yet.

        Args:
            url: of the authority, ``http`` or ``https``; a time-stamp is signed, so both are safe.
            timeout_seconds: for connecting, and for each answer.
            context: whom to trust as a server; None: whom the system trusts.

        Raises:
            Malformed: no such address.
        """
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError as error:
            raise malformed("$.url", _ADDRESS) from error
        if parts.scheme not in ("http", "https") or not self._host or parts.username is not None:
            raise malformed("$.url", _ADDRESS)
        self._secure = parts.scheme == "https"
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout = timeout_seconds
        self._context = context

    def __call__(self, request: bytes) -> bytes:
        """The answer to a request, both in DER.

        Raises:
            Unavailable: it does not answer, or with something else than an answer.
        """
        line = self._line()
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            line.request("POST", self._target, body=request, headers=headers)
            with line.getresponse() as answer:  # which may outlive the line
                status, content = answer.status, answer.read(_LARGEST)
        except (OSError, HTTPException) as error:
            raise Unavailable(f"{_WHAT} does not answer") from error
        finally:
            line.close()
        if status != _OK:
            raise Unavailable(f"{_WHAT} refuses ({status})")
        return content

    def _line(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=self._timeout)
        context = self._context or create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=self._timeout, context=context)
