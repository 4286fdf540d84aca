"""The line to BankID: JSON over TLS with certificates on both sides, one connection a call.

A connection that is kept may die between two calls, and then nobody can say whether an order was begun; a new one costs
a few milliseconds. A call ends in time however slowly the other side speaks, and takes no more than it can need.
"""

import os
import re
import ssl
import time
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, final

import attrs
import msgspec

from kundorder.errors import Malformed, Problem, Unavailable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PRODUCTION: Final = "https://appapi2.bankid.com/rp/v6.0"
"""Where BankID is."""

TEST: Final = "https://appapi2.test.bankid.com/rp/v6.0"
"""Where BankID for tests is, with certificates and people of its own."""

_URL: Final = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._-]{1,60}){0,8}", re.ASCII)
_LARGEST: Final = 1024 * 1024  # bytes; a signature of the longest text has half of it
_OBJECT: Final = msgspec.json.Decoder(dict[str, object])
_BEGINS_PEM: Final = b"-----BEGIN"
_UNTIL: ContextVar[float] = ContextVar("until")


@final
@attrs.frozen(kw_only=True)
class ClientCertificate:
    """The certificate that shows BankID who is asking, and its key: files of the host's."""

    file: str | os.PathLike[str]  # PKCS #12 (.p12, .pfx), or PEM with the certificate and those it comes from
    key: str | os.PathLike[str] | None = None  # PEM; None: it is in the same file
    password: str | None = attrs.field(default=None, repr=False)  # of the key; None: it has none


@final
@attrs.frozen(kw_only=True)
class Answer:
    """What BankID has said."""

    status: int
    content: dict[str, object] = attrs.field(repr=False)


@final
class Line:
    """Asks one BankID."""

    def __init__(
        self, url: str, certificate: ClientCertificate, ca: str | os.PathLike[str], timeout_seconds: float
    ) -> None:
        problems: list[Problem] = []
        if _URL.fullmatch(url) is None:
            problems.append(Problem("$.url", "must be https:// with a host and a path, and no slash at its end"))
        if not 0 < timeout_seconds < float("inf"):
            problems.append(Problem("$.timeout_seconds", "must be more than 0, and finite"))
        if problems:
            raise Malformed(tuple(problems))
        self._url, self._certificate, self._ca, self._timeout = url, certificate, Path(ca), timeout_seconds
        self._context: ssl.SSLContext | None = None

    def ask(self, what: str, question: dict[str, object]) -> Answer:
        """Ask once.

        Raises:
            Unavailable: no answer that makes sense, in time; whether it was asked is not known.
        """
        try:
            import httpx2  # noqa: PLC0415 - optional
        except ImportError as error:
            raise Unavailable("the package httpx2 is missing; install kundorder[bankid]") from error
        if self._context is None:
            self._context = _trusting(self._ca, self._certificate)
        until = _UNTIL.set(time.monotonic() + self._timeout)
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
        try:
            with (
                httpx2.Client(verify=self._context, trust_env=False, timeout=self._timeout) as client,
                client.stream(
                    "POST", f"{self._url}/{what}", content=msgspec.json.encode(question), headers=headers
                ) as response,
            ):
                content = _whole(response.iter_raw())
                return Answer(status=response.status_code, content=_object(content, response.status_code))
        except httpx2.TimeoutException as error:
            raise Unavailable("BankID does not answer in time") from error
        except httpx2.HTTPError as error:
            raise Unavailable(_why(error)) from error
        finally:
            _UNTIL.reset(until)


@final
class _Timely(ssl.SSLSocket):
    """A socket for one call: whatever time a single piece may take, all of them have one end."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        self.settimeout(_left())
        return super().recv(buflen, flags)

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        self.settimeout(_left())
        return super().send(data, flags)


def _left() -> float:
    left = _UNTIL.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _whole(pieces: Iterator[bytes]) -> bytes:
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > _LARGEST:
            raise Unavailable("BankID answers more than it can have to say")
    return bytes(content)


def _object(content: bytes, status: int) -> dict[str, object]:
    try:
        return _OBJECT.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unavailable(f"BankID answers {status} and what is no JSON object") from None


def _why(error: BaseException) -> str:
    """What the host has to mend, if it is the host's turn; the words are those of OpenSSL, and of nobody's data."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message.lower()
            return f"the certificate of BankID's server is not trusted ({why}); check the address, and the file of ca"
        if isinstance(cause, ssl.SSLError):
            why = (cause.reason or "no reason given").lower().replace("_", " ")
            return f"there is no safe line to BankID ({why}); check the client certificate, and that BankID knows it"
        cause = cause.__cause__ or cause.__context__
    return "BankID cannot be reached, or has hung up"


def _trusting(ca: Path, certificate: ClientCertificate) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca)  # and nobody else whom the system may trust
    except (OSError, ValueError) as error:  # an error of TLS is one of the system too
        raise Unavailable(f"the file given as ca cannot be used ({_fault(error)})") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _Timely
    file, password = Path(certificate.file), certificate.password or ""
    try:
        content = file.read_bytes()
        if _BEGINS_PEM in content:
            context.load_cert_chain(file, certificate.key, password=lambda: password)  # never asked for on a terminal
        else:
            _load_pkcs12(context, content, password)
    except (OSError, ValueError) as error:
        raise Unavailable(f"the client certificate for BankID cannot be used ({_fault(error)})") from error
    return context


def _load_pkcs12(context: ssl.SSLContext, content: bytes, password: str) -> None:
    """OpenSSL takes files only: so there is one for a moment, with a key that nobody else can open."""
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
    found = pkcs12.load_pkcs12(content, password.encode() or None)
    if found.key is None or found.cert is None:
        raise ValueError("no key and certificate in it")
    once, pem = token_hex(32), serialization.Encoding.PEM
    chain = [found.cert.certificate, *(each.certificate for each in found.additional_certs)]
    key = found.key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(once.encode())
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "client.pem"
        _ = file.write_bytes(key + b"".join(each.public_bytes(pem) for each in chain))
        context.load_cert_chain(file, password=once)


def _fault(error: Exception) -> str:
    """Which of the usual it is."""
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "").upper()
        if "PASSWORD" in reason or "DECRYPT" in reason:
            return "the password is wrong, or missing"
        if "MISMATCH" in reason:
            return "the key is not the one of the certificate"
        return "it does not hold what it should, or the password is wrong"
    if isinstance(error, OSError):
        return os.strerror(error.errno).lower() if error.errno else type(error).__name__
    return "it does not hold what it should, or the password is wrong"
