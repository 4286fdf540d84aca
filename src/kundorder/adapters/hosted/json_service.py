"""One service over HTTPS, in the words of ``hosted``; the one place where its answers are judged by their form."""

import re
import ssl
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, final
from urllib.parse import urlsplit

import attrs
import msgspec

from kundorder.adapters.hosted.services import Busy, Order, Seen, SignedBy, Stage
from kundorder.errors import Malformed, Problem, Unavailable

_LARGEST_ANSWER: Final = 64 * 1024  # bytes
_LARGEST_ARTEFACT: Final = 32 * 1024 * 1024
_PATIENCE: Final = timedelta(seconds=30)  # where the service does not say how much
_MOST_PATIENCE: Final = timedelta(minutes=10)
_ID: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TOKEN: Final = re.compile(r"[!-~]{1,4096}", re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_CREATED: Final = (200, 201)
_GONE: Final = (404, 410)
_NOTHING_TO_CANCEL: Final = (200, 202, 204, 404, 409, 410)
_REFUSED: Final = (401, 403)
_OK: Final = 200
_TOO_MANY: Final = 429


@final
@attrs.frozen(kw_only=True)
class _Signer:
    identity: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


@final
@attrs.frozen(kw_only=True)
class _Signing:
    id: str
    status: Stage
    url: str | None = None
    expires_at: datetime | None = None
    document_digest: str | None = None
    artefact_digest: str | None = None
    signer: _Signer | None = None


@final
@attrs.frozen(kw_only=True)
class _Answer:
    code: int
    retry_after: str
    content: bytes = attrs.field(repr=False)


_DECODER: Final = msgspec.json.Decoder(_Signing)


@final
class JsonService:
    """Threads may share it, however many; nothing is kept between two calls."""

    def __init__(
        self, *, url: str, token: str, timeout_seconds: float = 10.0, context: ssl.SSLContext | None = None
    ) -> None:
        """Nothing is opened yet.

        Args:
            url: of the service, ``https``; without encryption only on this very machine.
            token: what the service knows us by.
            timeout_seconds: for connecting, for each wait, and for all that comes after the first line of an answer.
            context: whom to trust; None: the authorities the system trusts, and names are checked.

        Raises:
            Malformed: every argument that will not do, by its name.
        """
        problems: list[Problem] = []
        if not _is_base(url):
            problems.append(Problem("$.url", "must be https, with a host, and without query, fragment and password"))
        if _TOKEN.fullmatch(token) is None:
            problems.append(Problem("$.token", "must be printable ASCII without blanks"))
        if not 0 < timeout_seconds < float("inf"):
            problems.append(Problem("$.timeout_seconds", "must be more than 0, and finite"))
        if problems:
            raise Malformed(tuple(problems))
        self._url, self._token = url.rstrip("/"), token
        self._timeout, self._context = timeout_seconds, context

    def create(self, order: Order) -> Seen:
        """See ``HostedService``."""
        body = {
            "title": {"sv": order.title_sv, "en": order.title_en},
            "text": {"sv": order.text_sv, "en": order.text_en},
            "language": order.language,
            "document_digest": order.digest,
            "signer": {"name": order.to.name, "email": order.to.email, "phone": order.to.phone},
            "return_url": order.return_url,
            "callback_url": order.callback_url,
            "expires_at": order.ends_at,
        }
        headers = {"Idempotency-Key": order.key, "Content-Type": "application/json"}
        answer = self._ask("POST", "/signings", headers=headers, body=msgspec.json.encode(body))
        if answer.code not in _CREATED:
            raise _refusal(answer)
        seen = _seen(answer)
        if seen.stage is Stage.OPEN and seen.url is None:
            raise Unavailable("the signing service does not say where to sign")
        return seen

    def status(self, signing: str) -> Seen | Busy | None:
        """See ``HostedService``."""
        if _ID.fullmatch(signing) is None:
            return None
        answer = self._ask("GET", f"/signings/{signing}")
        if answer.code in _GONE:
            return None
        if answer.code == _TOO_MANY:
            return Busy(_patience(answer))
        if answer.code != _OK:
            raise _refusal(answer)
        return _seen(answer)

    def cancel(self, signing: str) -> None:
        """See ``HostedService``."""
        if _ID.fullmatch(signing) is None:
            return
        answer = self._ask("POST", f"/signings/{signing}/cancel")
        if answer.code not in _NOTHING_TO_CANCEL:
            raise _refusal(answer)

    def artefact(self, signing: str) -> bytes:
        """See ``HostedService``."""
        if _ID.fullmatch(signing) is None:
            raise Unavailable("the signing service has no artefact of that")
        answer = self._ask("GET", f"/signings/{signing}/artefact", largest=_LARGEST_ARTEFACT)
        if answer.code != _OK:
            raise _refusal(answer)
        return answer.content

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        largest: int = _LARGEST_ANSWER,
    ) -> _Answer:
        """One question on a line of its own: they are seldom, and a line that is kept may have died meanwhile."""
        try:
            import httpx2  # noqa: PLC0415 - optional
        except ImportError as error:
            raise Unavailable("the package httpx2 is missing; install kundorder[hosted]") from error
        own = {"Authorization": f"Bearer {self._token}", "Accept-Encoding": "identity"}
        if self._context is None:
            self._context = ssl.create_default_context()
        content = bytearray()
        try:
            with (
                httpx2.Client(verify=self._context, timeout=self._timeout, trust_env=False) as client,
                client.stream(method, self._url + path, headers={**own, **(headers or {})}, content=body) as response,
            ):
                until = time.monotonic() + self._timeout
                for part in response.iter_raw():
                    content += part
                    if len(content) > largest:
                        raise Unavailable("the signing service answers more than anybody asked for")
                    if time.monotonic() > until:
                        raise Unavailable("the signing service does not come to an end in time")
                code, retry_after = response.status_code, response.headers.get("Retry-After", "")
        except httpx2.TimeoutException as error:
            raise Unavailable("the signing service does not answer in time") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise Unavailable("the signing service cannot be reached, or breaks off") from error
        return _Answer(code=code, retry_after=retry_after, content=bytes(content))


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    rest = (parts.query, parts.fragment, parts.username, parts.password)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    return is_safe and bool(parts.hostname) and not any(rest) and url.isascii() and url.isprintable() and " " not in url


def _seen(answer: _Answer) -> Seen:
    """What it says, if it makes sense.

    Raises:
        Unavailable: it makes none.
    """
    try:
        told = _DECODER.decode(answer.content)
        seen = Seen(
            id=told.id,
            stage=told.status,
            url=told.url,
            ends_at=told.expires_at,
            digest=told.document_digest,
            artefact=told.artefact_digest,
            signer=None if told.signer is None else _signer(told.signer),
        )
    except (msgspec.MsgspecError, ValueError, RecursionError, Malformed):
        raise Unavailable("the signing service makes no sense") from None  # which may quote whatever it has said
    hashes = (seen.digest or "", seen.artefact or "")
    is_whole = seen.stage is not Stage.SIGNED or (all(map(_HASH.fullmatch, hashes)) and seen.signer is not None)
    if _ID.fullmatch(seen.id) is None or not is_whole:
        raise Unavailable("the signing service does not say all it has to")
    return seen


def _signer(told: _Signer) -> SignedBy:
    return SignedBy(identity=told.identity, name=told.name, email=told.email, phone=told.phone)


def _refusal(answer: _Answer) -> Unavailable:
    """Made of a number alone: what a service says in words may name the person."""
    if answer.code in _REFUSED:
        return Unavailable(f"the signing service refuses the token ({answer.code}); have it renewed")
    return Unavailable(f"the signing service answers {answer.code}")


def _patience(answer: _Answer) -> timedelta:
    if _SECONDS.fullmatch(answer.retry_after) is None:  # a date would have to be held against the service's clock
        return _PATIENCE
    return min(timedelta(seconds=int(answer.retry_after)), _MOST_PATIENCE)
