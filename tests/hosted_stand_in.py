"""A signing service on this machine, in the words of ``adapters.hosted``: behaves well but for what its script says.

It keeps signings by their keys, has people sign, and notes what it was asked. A script says what it does instead, at
which of the questions of one kind: answers otherwise, hangs up, says half of it, says nothing, or takes its time.
"""

import gzip
import hmac
import json
import re
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum, auto
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Final, Self, TypeAlias

import attrs
import msgspec

HOST: Final = "127.0.0.1"
TOKEN: Final = "token-of-the-portal"  # noqa: S105 - of nobody
SECRET: Final = b"what both of them know"
_PATIENCE: Final = 30.0  # seconds; nothing here takes so long unless a test has gone wrong
_ROUTE: Final = re.compile(r"/api/signings(?:/([A-Za-z0-9._~-]+)(/artefact|/cancel)?)?")


PACKED: Final = ("Content-Encoding", "gzip")
"""As whoever says that they can unpack it gets everything."""


class Ask(Enum):
    """What it may be asked."""

    CREATE = auto()
    STATUS = auto()
    CANCEL = auto()
    ARTEFACT = auto()


class Act(Enum):
    """What it may do instead of answering."""

    DROP = auto()  # hang up
    HALF = auto()  # hang up within the answer
    CUT = auto()  # leave out the end of the answer, which nothing but its digest can tell
    HANG = auto()  # say nothing more
    DRIP = auto()  # say it, ever so slowly


@attrs.frozen
class Reply:
    """An answer of another kind."""

    code: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Change: TypeAlias = Callable[[dict[str, object]], dict[str, object]]
"""The answer, with something in it that is not so."""


@attrs.frozen
class Quirk:
    """Something it does instead."""

    ask: Ask
    act: Act | Reply | Change
    first: int = 1  # which question of that kind it begins with
    times: int | None = 1  # None: from then on for ever


class Told(msgspec.Struct):
    """The contact it was told to let sign."""

    name: str
    email: str
    phone: str | None


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What it was asked to have signed."""

    title: dict[str, str]
    text: dict[str, str]
    language: str
    document_digest: str
    signer: Told
    return_url: str
    callback_url: str
    expires_at: datetime


@attrs.define
class Signing:
    """What it keeps."""

    id: str
    asked: Asked
    status: str = "open"
    signer: dict[str, str | None] = attrs.field(factory=dict)

    @property
    def artefact(self) -> bytes:
        """What is signed, with what proves it."""
        return b"%PDF-" + json.dumps([self.asked.document_digest, self.signer]).encode() + b" " * 100_000

    def shown(self) -> dict[str, object]:
        """As it is told."""
        told: dict[str, object] = {
            "id": self.id,
            "status": self.status,
            "expires_at": f"{self.asked.expires_at:%FT%TZ}",
        }
        if self.status == "open":
            told["url"] = f"https://sign.example/{self.id}"
        if self.status == "signed":
            told["document_digest"] = self.asked.document_digest
            told["artefact_digest"] = sha256(self.artefact).hexdigest()
            told["signer"] = self.signer
        return told


@attrs.frozen
class Question:
    """What it was asked."""

    ask: Ask
    headers: dict[str, str]
    body: bytes


class Service:
    """A service for one test; to be used in a ``with`` block."""

    def __init__(self, *quirks: Quirk, papers: ssl.SSLContext | None = None) -> None:
        """Nothing is answered yet.

        Args:
            quirks: what it does wrong.
            papers: for encryption; None: it does not know how.
        """
        self.quirks = list(quirks)
        self.signings: dict[str, Signing] = {}
        self.keys: dict[str, str] = {}  # to the id of the signing
        self.questions: list[Question] = []
        self.is_down = False
        self.over = threading.Event()
        self._counts: Counter[Ask] = Counter()
        self._lock = threading.Lock()
        service = self

        class Handler(_Handler):
            asked_of: ClassVar[Service] = service

        self._server = _Server((HOST, 0), Handler)
        self._papers = papers
        if papers is not None:
            self._server.socket = papers.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join(_PATIENCE)
        self._server.server_close()  # and waits for those that are answering still

    @property
    def url(self) -> str:
        """Where it is."""
        port = self._server.server_address[1]
        return f"http://{HOST}:{port}/api" if self._papers is None else f"https://localhost:{port}/api"

    @contextmanager
    def down(self) -> Generator[None]:
        """It hangs up on everybody within."""
        self.is_down = True
        try:
            yield
        finally:
            self.is_down = False

    def count(self, ask: Ask) -> int:
        """How often it was asked this."""
        return sum(question.ask is ask for question in self.questions)

    def the_one(self) -> Signing:
        """The only signing there is."""
        (signing,) = self.signings.values()
        return signing

    def sign(self, signing: Signing, **otherwise: str | None) -> None:
        """The person signs, if it is open still; who that is may be told otherwise."""
        if signing.status == "open":
            told = signing.asked.signer
            who = {"name": told.name, "email": told.email, "phone": told.phone, "identity": f"id of {told.email}"}
            signing.signer = {**who, **otherwise}
            signing.status = "signed"

    def act_of(self, question: Question) -> Act | Reply | Change | None:
        """What it does instead, if anything."""
        with self._lock:
            self.questions.append(question)
            self._counts[question.ask] += 1
            at = self._counts[question.ask]
        for quirk in self.quirks:
            until = None if quirk.times is None else quirk.first + quirk.times
            if quirk.ask is question.ask and quirk.first <= at and (until is None or at < until):
                return quirk.act
        return None

    def answer(self, question: Question, signing: str) -> Reply:
        """What it should."""
        if question.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(401)
        if question.ask is Ask.CREATE:
            return self._create(question)
        found = self.signings.get(signing)
        if found is None:
            return Reply(404)
        match question.ask:
            case Ask.STATUS:
                return Reply(200, json.dumps(found.shown()).encode())
            case Ask.CANCEL if found.status == "open":
                found.status = "cancelled"
                return Reply(204)
            case Ask.CANCEL:
                return Reply(409, json.dumps({"problem": f"{found.asked.signer.name} has signed already"}).encode())
            case Ask.ARTEFACT:
                return Reply(200, found.artefact) if found.status == "signed" else Reply(409)

    def _create(self, question: Question) -> Reply:
        asked = msgspec.json.decode(question.body, type=Asked)
        key = question.headers["idempotency-key"]
        with self._lock:
            name = self.keys.setdefault(key, f"s{len(self.signings) + 1}")
            code = HTTPStatus.OK if name in self.signings else HTTPStatus.CREATED
            signing = self.signings.setdefault(name, Signing(name, asked))
        return Reply(code, json.dumps(signing.shown()).encode())


def callback(signing: Signing, at: datetime, *, secret: bytes = SECRET) -> tuple[dict[str, str], bytes]:
    """What the service posts when something has happened: headers and body."""
    body = json.dumps({"id": signing.id, "status": signing.status, "who": "Åsa"}, ensure_ascii=False).encode()
    stamp = str(int(at.timestamp()))
    signature = hmac.new(secret, f"{stamp}.".encode() + body, sha256).hexdigest()
    return {"Content-Type": "application/json", "Signing-Timestamp": stamp, "Signing-Signature": signature}, body


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever does not trust us hangs up, and so do we."""


class _Handler(BaseHTTPRequestHandler):
    asked_of: ClassVar[Service]
    timeout: ClassVar[float | None] = _PATIENCE

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        service = self.asked_of
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if service.is_down:
            self.close_connection = True
            return
        route = _ROUTE.fullmatch(self.path)
        assert route is not None, self.path
        question = Question(_ask(self.command, route), {k.lower(): v for k, v in self.headers.items()}, body)
        act = service.act_of(question)
        if act is Act.DROP:
            return
        if act is Act.HANG:
            service.over.wait(_PATIENCE)
            return
        reply = act if isinstance(act, Reply) else service.answer(question, route[1] or "")
        if callable(act):
            reply = attrs.evolve(
                reply, body=json.dumps(act(msgspec.json.decode(reply.body, type=dict[str, object]))).encode()
            )
        content = reply.body[: len(reply.body) // 2] if act is Act.CUT else reply.body
        if "gzip" in question.headers.get("accept-encoding", ""):
            reply, content = attrs.evolve(reply, headers=(*reply.headers, PACKED)), gzip.compress(content)
        with suppress(OSError):
            self.send_response(reply.code)
            for name, value in (*reply.headers, ("Content-Length", str(len(content)))):
                self.send_header(name, value)
            self.end_headers()
            self._say(content, act)

    def _say(self, content: bytes, act: object) -> None:
        if act is Act.HALF:
            self.wfile.write(content[: len(content) // 2])
            return
        if act is Act.DRIP:
            for at in range(len(content)):
                self.wfile.write(content[at : at + 1])
                if self.asked_of.over.wait(0.02):
                    return
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the parent has it
        """Nobody listens."""


def _ask(method: str, route: re.Match[str]) -> Ask:
    if route[1] is None:
        return Ask.CREATE
    if route[2] is None:
        assert method == "GET"
        return Ask.STATUS
    return Ask.ARTEFACT if route[2] == "/artefact" else Ask.CANCEL


def nobody_home() -> str:
    """The address of a service that is not there."""
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
    return f"http://{HOST}:{port}/api"
