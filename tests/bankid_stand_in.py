"""A BankID on this machine: the relying party's interface, version 6, over TLS with certificates on both sides.

It speaks the wire format and takes nothing that BankID would not take: no parameter it does not know, no text that is
too long, no client without a certificate. What an order comes to, a test says; and what it does wrong, a script. An
order is handed out once when it has ended, and two orders for one person end each other, as with BankID.

The signatures are real ones, of people who do not exist, by banks made on the spot.
"""

import gzip
import hmac
import json
import re
import secrets
import ssl
import threading
import uuid
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR, socket
from typing import Final, Self, TypeAlias

import attrs
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST: Final = "localhost"
PATH: Final = "/rp/v6.0"
ANNA: Final = "199913329876"  # the thirteenth month has no birthdays
BO: Final = "198800451234"
WORD: Final = "qwerty123"
"""What opens the locked ones of the files."""

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
_FAR_AHEAD: Final = datetime(2040, 1, 1, tzinfo=UTC)
_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_BANKID: Final = "http://www.bankid.com/signature/v1.0.0/types"
_C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
_RSA: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_EC: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
_QUESTION: Final = msgspec.json.Decoder(dict[str, object])
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)


@attrs.frozen
class Paper:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key = attrs.field(repr=False)

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self, password: str | None = None) -> bytes:
        how = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)

    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


def issued(
    name: str,
    issuer: Paper | None = None,
    *,
    number: str | None = None,
    is_ca: bool = False,
    is_rsa: bool = False,
    hosts: tuple[str, ...] = (),
    until: datetime = _FAR_AHEAD,
    key: Key | None = None,
) -> Paper:
    """A certificate; one without an issuer is its own."""
    if key is None:
        key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    subject = [x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    subject += [] if number is None else [x509.NameAttribute(NameOID.SERIAL_NUMBER, number)]
    by = key if issuer is None else issuer.key
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name(subject) if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_LONG_AGO)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .add_extension(_usage(is_ca=is_ca), critical=True)
    )
    if hosts:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return Paper(made.sign(by, hashes.SHA256()), key)


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=not is_ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


@attrs.frozen
class Person:
    """Somebody with a BankID."""

    number: str
    paper: Paper
    issuers: tuple[Paper, ...]  # the bank's for its customers, then the bank's


@cache
def people_root() -> Paper:
    return issued("Provrot för BankID", is_ca=True)


@cache
def person(number: str, *, is_rsa: bool = True, until: datetime = _FAR_AHEAD) -> Person:
    """Whoever has this number; the same every time."""
    bank = issued("Provbanken", people_root(), is_ca=True)
    customers = issued("Provbanken, kunder", bank, is_ca=True)
    paper = issued("Anna Prov", customers, number=number, is_rsa=is_rsa, until=until)
    return Person(number, paper, (customers, bank))


@cache
def _transport() -> tuple[Paper, Paper, Paper, Paper]:
    """Of the line: whom the client trusts, the server, whom the server trusts, the client."""
    server_ca, client_ca = issued("Provlinan", is_ca=True), issued("Provbanken, RP", is_ca=True)
    return server_ca, issued("server", server_ca, hosts=(HOST,)), client_ca, issued("Provportalen", client_ca)


@attrs.frozen
class Files:
    """What a host has on its disk."""

    folder: Path

    @classmethod
    def written(cls, folder: Path) -> "Files":
        """Good ones, and some that are not."""
        server_ca, _, _, client = _transport()
        stranger = issued("Främling", issued("Främmande", is_ca=True))
        files = cls(folder)
        key, found = client.key, client.certificate
        how = serialization.BestAvailableEncryption(WORD.encode())
        for name, content in {
            "ca.pem": server_ca.pem(),
            "roots.pem": people_root().pem(),
            "client.pem": client.pem() + client.key_pem(),
            "certificate.pem": client.pem(),
            "key.pem": client.key_pem(),
            "locked.pem": client.pem() + client.key_pem(WORD),
            "client.p12": pkcs12.serialize_key_and_certificates(b"rp", key, found, [], how),
            "empty.p12": pkcs12.serialize_key_and_certificates(None, None, None, [found], how),
            "stranger.pem": stranger.pem() + stranger.key_pem(),
            "stranger_key.pem": stranger.key_pem(),
            "rubbish.pem": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "rubbish.p12": bytes(range(256)),
        }.items():
            (folder / name).write_bytes(content)
        return files

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def signed_data(shown: str, beside: str, *, function: str = "Signing") -> str:
    """What is signed, in its canonical form; both texts in base64."""
    rest = f"<srvInfo><name>{_b64(b'cn=Prov')}</name><nonce>{_b64(bytes(20))}</nonce></srvInfo>"
    client = f"<clientInfo><funcId>{function}</funcId><version>{_b64(b'7.14')}</version></clientInfo>"
    texts = f'<usrVisibleData charset="UTF-8" visible="wysiwys">{shown}</usrVisibleData>'
    texts += f"<usrNonVisibleData>{beside}</usrNonVisibleData>"
    return f'<bankIdSignedData xmlns="{_BANKID}" Id="bidSignedData">{texts}{rest}{client}</bankIdSignedData>'


def key_info(*certificates: Paper) -> str:
    """The certificates, in canonical form."""
    each = "".join(f"<X509Certificate>{_b64(paper.der())}</X509Certificate>" for paper in certificates)
    return f'<KeyInfo xmlns="{_DSIG}" Id="bidKeyInfo"><X509Data>{each}</X509Data></KeyInfo>'


def signed_info(data: str, keys: str, *, algorithm: str = _RSA) -> str:
    """What the key signs, in canonical form."""
    kinds = (f' Type="{_BANKID}"', "")
    each = f'<Transforms><Transform Algorithm="{_C14N}"></Transform></Transforms><DigestMethod Algorithm="{_SHA256}">'
    references = "".join(
        f'<Reference{kind} URI="{name}">{each}</DigestMethod><DigestValue>{_digest(over)}</DigestValue></Reference>'
        for kind, name, over in zip(kinds, ("#bidSignedData", "#bidKeyInfo"), (data, keys), strict=True)
    )
    return (
        f'<SignedInfo xmlns="{_DSIG}"><CanonicalizationMethod Algorithm="{_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{algorithm}"></SignatureMethod>{references}</SignedInfo>'
    )


def _digest(over: str) -> str:
    return _b64(sha256(over.encode()).digest())


def signature_xml(info: str, keys: str, data: str, key: Key) -> str:
    """The whole, as BankID writes it."""
    value = _b64(_signed(key, info.encode()))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="no"?><Signature xmlns="{_DSIG}">{info}'
        f"<SignatureValue>{value}</SignatureValue>{keys}<Object>{data}</Object></Signature>"
    )


def _signed(key: Key, content: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    r, s = utils.decode_dss_signature(key.sign(content, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def signed_by(who: Person, shown: str, beside: str, *, function: str = "Signing") -> str:
    """The XML of a good signature."""
    data, keys = signed_data(shown, beside, function=function), key_info(who.paper, *who.issuers)
    algorithm = _RSA if isinstance(who.paper.key, rsa.RSAPrivateKey) else _EC
    return signature_xml(signed_info(data, keys, algorithm=algorithm), keys, data, who.paper.key)


def ocsp_of(who: Person, *, status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD) -> bytes:
    """What the bank says of the certificate."""
    issuer, is_revoked = who.issuers[0], status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=who.paper.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA1(),  # noqa: S303 - what identifies a certificate in OCSP, and proves nothing
        cert_status=status,
        this_update=_LONG_AGO,
        next_update=None,
        revocation_time=_LONG_AGO if is_revoked else None,
        revocation_reason=None,
    )
    made = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    return made.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _b64(content: bytes) -> str:
    return b64encode(content).decode()


@attrs.define
class Order:
    """What somebody has to sign."""

    number: str
    shown: str
    beside: str
    ip: str
    return_url: str | None
    ref: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    app: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    qr: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    secret: str = attrs.field(factory=lambda: str(uuid.uuid4()))
    status: str = "pending"
    hint: str = "outstandingTransaction"

    @property
    def text(self) -> str:
        """What the app shows."""
        return b64decode(self.shown).decode()


@attrs.frozen
class Says:
    """An answer instead of the right one."""

    body: bytes
    status: int = 200
    kind: str = "application/json"


def refuses(status: int, code: str, details: str = "Whatever it says here, it is not repeated.") -> Says:
    return Says(json.dumps({"errorCode": code, "details": details}).encode(), status)


@attrs.frozen
class Cuts:
    """Hangs up in the middle of an answer; nothing of it: before a word."""

    sent: bytes = b""


@attrs.frozen
class Drips:
    """Sends a byte now and then, for ever."""

    first: bytes = b""
    pause: float = 0.05


@attrs.frozen
class Hangs:
    """Says nothing."""


@attrs.frozen
class Forgets:
    """Does what it is asked, and hangs up before it has said so."""


Quirk: TypeAlias = Says | Cuts | Drips | Hangs | Forgets
Handing: TypeAlias = Callable[[Order], dict[str, object]]


class BankIdStandIn:
    """A server for one test; to be used in a ``with`` block."""

    def __init__(self, *, trusts: Paper | None = None, paper: Paper | None = None) -> None:
        """Nothing is opened yet.

        Args:
            trusts: who vouches for clients, if another than usual.
            paper: of the server, if another than usual.
        """
        _, server, client_ca, _ = _transport()
        self.orders: dict[str, Order] = {}
        self.script: list[tuple[str, Quirk]] = []  # for which call, once each
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.is_down = False
        self.handing: Handing = completion  # what is handed out when somebody has signed
        self.ending = threading.Event()
        self.lock = threading.Lock()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=(trusts or client_ca).pem().decode())
        _load(context, paper or server)
        self._server = _Server(self, context)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self._server.server_port}{PATH}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def down(self) -> Generator[None]:
        """Whoever connects is hung up on."""
        self.is_down = True
        yield
        self.is_down = False

    # The person and the app

    def scanned(self, content: str) -> Order:
        """The order of a moving code, if it is one of now; the app asks BankID that."""
        match = re.fullmatch(r"bankid\.([0-9a-f-]{36})\.([0-9]{1,6})\.([0-9a-f]{64})", content)
        assert match is not None, "this is no code that the app knows"
        order = next(each for each in self.orders.values() if each.qr == match[1])
        proof = hmac.new(order.secret.encode(), match[2].encode(), sha256).hexdigest()
        assert hmac.compare_digest(proof, match[3]), "this code is not by the secret of the order"
        return order

    def opened(self, url: str) -> Order:
        """The order that the app opens with this address."""
        match = re.fullmatch(r"https://app\.bankid\.com/\?autostarttoken=([0-9a-f-]{36})&redirect=null", url)
        assert match is not None, "this opens no app"
        return next(each for each in self.orders.values() if each.app == match[1])

    def signs(self, order: Order) -> None:
        """The person signs, if that is still to be done."""
        if order.status == "pending":
            order.status = "complete"

    def fails(self, order: Order, hint: str) -> None:
        """It comes to nothing."""
        if order.status == "pending":
            order.status, order.hint = "failed", hint

    # The interface

    def answer(self, path: str, kind: str, body: bytes) -> Says:
        """What BankID says to this."""
        name = path.removeprefix(f"{PATH}/")
        if path == name or name not in _CALLS:
            return refuses(404, "notFound")
        if kind != "application/json":
            return refuses(415, "unsupportedMediaType")
        try:
            asked = _QUESTION.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return refuses(400, "invalidParameters", "not a JSON object")
        with self.lock:
            self.asked.append((name, asked))
            return _CALLS[name](self, asked)

    def begin(self, question: dict[str, object]) -> Says:
        wrong = _wrong_with(question)
        if wrong is not None:
            return refuses(400, "invalidParameters", wrong)
        match question:
            case {
                "endUserIp": str(ip),
                "userVisibleData": str(shown),
                "userNonVisibleData": str(beside),
                "requirement": {"personalNumber": str(number)},
            }:
                back = question.get("returnUrl")
                order = Order(number, shown, beside, ip, back if isinstance(back, str) else None)
            case _:
                return refuses(400, "invalidParameters", "not what the portal is to ask")
        busy = [each for each in self.orders.values() if each.number == number and each.status == "pending"]
        if busy:
            busy[0].status, busy[0].hint = "failed", "cancelled"
            return refuses(400, "alreadyInProgress", "Order already in progress for pno")
        self.orders[order.ref] = order
        tokens = {"autoStartToken": order.app, "qrStartToken": order.qr, "qrStartSecret": order.secret}
        return _says({"orderRef": order.ref, **tokens})

    def collect(self, question: dict[str, object]) -> Says:
        order = self._order(question)
        if order is None:
            return refuses(400, "invalidParameters", "No such order")
        said: dict[str, object] = {"orderRef": order.ref, "status": order.status}
        if order.status == "pending":
            return _says(said | {"hintCode": order.hint})
        del self.orders[order.ref]
        more = {"hintCode": order.hint} if order.status == "failed" else {"completionData": self.handing(order)}
        return _says(said | more)

    def cancel(self, question: dict[str, object]) -> Says:
        order = self._order(question)
        if order is None or order.status != "pending":
            return refuses(400, "invalidParameters", "No such order")
        del self.orders[order.ref]
        return _says({})

    def _order(self, question: dict[str, object]) -> Order | None:
        ref = question.get("orderRef")
        return self.orders.get(ref) if set(question) == {"orderRef"} and isinstance(ref, str) else None

    def quirk(self, path: str) -> Quirk | None:
        """What it does wrong this time."""
        with self.lock:
            for place, (name, quirk) in enumerate(self.script):
                if path == f"{PATH}/{name}":
                    del self.script[place]
                    return quirk
        return None


_CALLS: Final[dict[str, Callable[[BankIdStandIn, dict[str, object]], Says]]] = {
    "sign": BankIdStandIn.begin,
    "collect": BankIdStandIn.collect,
    "cancel": BankIdStandIn.cancel,
}


def completion(order: Order) -> dict[str, object]:
    """What is handed out when the person who had to has signed."""
    return handed(order, person(order.number))


def handed(order: Order, who: Person, *, xml: str | None = None, response: bytes | None = None) -> dict[str, object]:
    """The same, with anything else in its place."""
    signature = signed_by(who, order.shown, order.beside) if xml is None else xml
    name = {"personalNumber": who.number, "name": "Anna Prov", "givenName": "Anna", "surname": "Prov"}
    return {
        "user": name,
        "device": {"ipAddress": order.ip, "uhi": _b64(secrets.token_bytes(21))},
        "bankIdIssueDate": "2024-02-01",
        "signature": _b64(signature.encode()),
        "ocspResponse": _b64(ocsp_of(who) if response is None else response),
        "risk": "low",
        "stepUp": {"mrtd": False},
    }


def _says(content: dict[str, object]) -> Says:
    return Says(json.dumps(content).encode())


def _wrong_with(question: dict[str, object]) -> str | None:
    """What is wrong with a question to begin, as strict as can be."""
    known = {"endUserIp", "userVisibleData", "userNonVisibleData", "requirement", "returnUrl", "userVisibleDataFormat"}
    if set(question) - known:
        return "a parameter that is not known"
    ip, requirement, back = question.get("endUserIp"), question.get("requirement"), question.get("returnUrl")
    if not isinstance(ip, str) or not _is_address(ip):
        return "endUserIp"
    for name, most, least in (("userVisibleData", 40_000, 1), ("userNonVisibleData", 200_000, 0)):
        if not _is_base64(question.get(name, ""), least, most):
            return name
    wanted = _members(requirement)
    number = wanted.get("personalNumber")
    if set(wanted) - {"personalNumber", "pinCode", "mrtd", "cardReader"}:
        return "requirement"
    if not isinstance(number, str) or re.fullmatch("[0-9]{12}", number, re.ASCII) is None:
        return "personalNumber"
    if back is not None and not (isinstance(back, str) and re.fullmatch("https://[!-~]{1,504}", back)):
        return "returnUrl"
    return None


def _members(value: object) -> dict[str, object]:
    """Of an object; what is none has none."""
    try:
        return msgspec.convert(value, dict[str, object])
    except msgspec.ValidationError:
        return {}


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_base64(text: object, least: int, most: int) -> bool:
    if not isinstance(text, str) or not least <= len(text) <= most or _BASE64.fullmatch(text) is None:
        return False
    try:
        return b64encode(b64decode(text, validate=True)).decode() == text
    except (Error, ValueError):
        return False


def _load(context: ssl.SSLContext, paper: Paper) -> None:
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - for one moment

    with TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        file.write_bytes(paper.key_pem() + paper.pem())
        context.load_cert_chain(file)


class _Server(ThreadingHTTPServer):
    """Each connection in a thread of its own, TLS included."""

    daemon_threads = True

    def __init__(self, stand_in: BankIdStandIn, context: ssl.SSLContext) -> None:
        self.stand_in, self.context = stand_in, context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        del client_address
        assert isinstance(request, socket)
        if self.stand_in.is_down:
            return
        with suppress(OSError):
            request.settimeout(30)
            with self.context.wrap_socket(request, server_side=True) as line:
                _Handler(line, ("", 0), self)
                with suppress(OSError):
                    line.shutdown(SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not like the line hangs up, and that is all."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        stand_in = self.server.stand_in
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.close_connection = True
        quirk = stand_in.quirk(self.path)
        if not isinstance(quirk, Says | Cuts | Drips | Hangs):
            answer = stand_in.answer(self.path, self.headers.get("Content-Type", ""), body)
            if quirk is None:
                self._say(answer)
            return
        match quirk:
            case Says():
                self._say(quirk)
            case Cuts(sent=sent):
                self.wfile.write(sent)
            case Drips(first=first, pause=pause):
                self.wfile.write(first)
                with suppress(OSError):
                    while not stand_in.ending.wait(pause):
                        self.wfile.write(b"x")
                        self.wfile.flush()
            case Hangs():
                stand_in.ending.wait(30)

    def do_GET(self) -> None:
        self.close_connection = True
        self._say(refuses(405, "methodNotAllowed"))

    def _say(self, says: Says) -> None:
        squeezed = "gzip" in self.headers.get("Accept-Encoding", "")  # whoever takes that may get it
        body = gzip.compress(says.body) if squeezed else says.body
        self.send_response(says.status)
        self.send_header("Content-Type", says.kind)
        self.send_header("Content-Length", str(len(body)))
        if squeezed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
        """Nobody wants to read that."""
