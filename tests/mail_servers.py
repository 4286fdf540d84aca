"""Relays to send mail to, on sockets of this machine: one that does as it is told, and the papers for encrypted lines.

A relay behaves well but for what is written in its script: at a moment of the dialogue, at its first or a later
occurrence, it does something else. It notes what it has taken, and of which letters it has said so with a 250.
"""

import os
import socket
import ssl
import struct
import threading
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from enum import Enum, StrEnum, auto
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Self, TypeAlias

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST: Final = "127.0.0.1"
_PATIENCE: Final = 30.0  # seconds; nothing here takes so long unless a test has gone wrong


class At(StrEnum):
    """A moment of the dialogue."""

    GREETING = auto()
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "."  # after the last line of a letter
    RSET = "RSET"
    QUIT = "QUIT"


class Act(Enum):
    """What a relay may do besides saying something."""

    TAKE = auto()  # keep the letter
    DROP = auto()  # end the connection
    RESET = auto()  # tear it down
    HANG = auto()  # do nothing more
    GARBLE = auto()  # say something in clear on an encrypted line
    HEAR = auto()  # wait until the other side says something, and take no notice


Acts: TypeAlias = tuple[bytes | Act | Callable[[], object], ...]


@attrs.frozen
class Quirk:
    """Something a relay does instead of what it should."""

    at: At
    acts: Acts
    first: int = 1  # which occurrence of that moment it begins with
    times: int | None = 1  # None: from then on for ever

    def applies(self, occurrence: int) -> bool:
        """Whether it is time for it."""
        return occurrence >= self.first and (self.times is None or occurrence < self.first + self.times)


@attrs.frozen
class Taken:
    """A letter as a relay has got it."""

    data: bytes
    sender: str
    recipients: tuple[str, ...]
    encrypted: bool

    @property
    def message_id(self) -> str:
        """The header of that name."""
        return str(message_from_bytes(self.data)["Message-ID"])


@attrs.define
class _Dialogue:
    connection: socket.socket
    encrypted: bool
    ahead: bytes = b""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    data: bytes = b""


class _Over(Exception):
    """This connection is at its end."""


class Relay:
    """A server of mail for one test; to be used in a ``with`` block."""

    def __init__(
        self,
        *quirks: Quirk,
        offers: tuple[str, ...] = (),
        papers: ssl.SSLContext | None = None,
        from_the_start: bool = False,
    ) -> None:
        """Nothing is opened yet.

        Args:
            quirks: what it does wrong.
            offers: what it says to EHLO besides the usual; only on an encrypted line, if it has papers.
            papers: for encryption.
            from_the_start: encrypted before a word is said.
        """
        self.quirks = quirks
        self.taken: list[Taken] = []
        self.said_so: list[str] = []  # message id of every letter it has said 250 to
        self.quirky = 0  # how often it has done something wrong
        self.connections = 0
        self.logins: list[bytes] = []
        self.heard_in_clear = bytearray()
        self._offers = offers
        self._papers = papers
        self._from_the_start = from_the_start
        self._occurrences: dict[At, int] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        with self._lock:
            still_open = tuple(self._open)
        for connection in still_open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_PATIENCE)
            assert not thread.is_alive()
        self._listening.close()

    def _start(self, what: Callable[[], None]) -> None:
        thread = threading.Thread(target=what, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            connection.settimeout(_PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            with self._lock:
                self._open.add(connection)
            self._start(partial(self._converse, connection))

    def _converse(self, connection: socket.socket) -> None:
        dialogue = _Dialogue(connection, encrypted=False)
        try:
            with suppress(_Over, OSError):
                if self._from_the_start:
                    self._encrypt(dialogue)
                self._do(dialogue, At.GREETING, (b"220 relay.example\r\n",))
                while True:
                    self._answer(dialogue, self._line(dialogue))
        finally:
            with self._lock:
                self._open.discard(dialogue.connection)
                self._open.discard(connection)
            dialogue.connection.close()
            connection.close()

    def _encrypt(self, dialogue: _Dialogue) -> None:
        assert self._papers is not None
        plain = dialogue.connection
        dialogue.connection = self._papers.wrap_socket(plain, server_side=True)
        dialogue.encrypted, dialogue.ahead = True, b""
        with self._lock:
            self._open.discard(plain)
            self._open.add(dialogue.connection)

    def _answer(self, dialogue: _Dialogue, line: bytes) -> None:
        verb, _, rest = line.partition(b" ")
        match verb.upper():
            case b"EHLO":
                dialogue.sender = ""
                self._do(dialogue, At.EHLO, (self._greeting(dialogue),))
            case b"STARTTLS":
                self._do(dialogue, At.STARTTLS, (b"220 go ahead\r\n", lambda: self._encrypt(dialogue)))
            case b"AUTH":
                self._log_in(dialogue, rest)
            case b"MAIL" if dialogue.sender:
                dialogue.connection.sendall(b"503 5.5.1 one letter at a time\r\n")
            case b"MAIL":
                if self._do(dialogue, At.MAIL, (b"250 ok\r\n",)).startswith(b"250"):
                    dialogue.sender, dialogue.recipients = _address(rest), ()
            case b"RCPT":
                dialogue.recipients += (_address(rest),)
                self._do(dialogue, At.RCPT, (b"250 ok\r\n",))
            case b"DATA":
                if self._do(dialogue, At.DATA, (b"354 go ahead\r\n",)).startswith(b"354"):
                    dialogue.data = self._letter(dialogue)
                    self._do(dialogue, At.END, (Act.TAKE, b"250 ok\r\n"))
                    dialogue.sender = ""
            case b"RSET":
                dialogue.sender = ""
                self._do(dialogue, At.RSET, (b"250 ok\r\n",))
            case b"QUIT":
                self._do(dialogue, At.QUIT, (b"221 bye\r\n", Act.DROP))
            case _:
                dialogue.connection.sendall(b"500 what\r\n")

    def _greeting(self, dialogue: _Dialogue) -> bytes:
        in_clear = self._papers is not None and not dialogue.encrypted
        lines = ["relay.example", "8BITMIME", *(("STARTTLS",) if in_clear else self._offers)]
        last = len(lines) - 1
        return "".join(f"250{' ' if place == last else '-'}{line}\r\n" for place, line in enumerate(lines)).encode()

    def _log_in(self, dialogue: _Dialogue, rest: bytes) -> None:
        way, _, secret = rest.partition(b" ")
        if way == b"PLAIN":
            self.logins.append(b64decode(secret))
        else:
            for asked in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"):
                dialogue.connection.sendall(asked)
                self.logins.append(b64decode(self._line(dialogue)))
        self._do(dialogue, At.AUTH, (b"235 ok\r\n",))

    def _do(self, dialogue: _Dialogue, at: At, usual: Acts) -> bytes:
        """What is written in the script, or else the usual; what was said."""
        said = b""
        with self._lock:
            occurrence = self._occurrences[at] = self._occurrences.get(at, 0) + 1
            quirk = next((each for each in self.quirks if each.at is at and each.applies(occurrence)), None)
            self.quirky += quirk is not None
        for act in usual if quirk is None else quirk.acts:
            match act:
                case bytes():
                    if at is At.END and act.startswith(b"250"):
                        self.said_so.append(_of(dialogue).message_id)
                    said += act
                    dialogue.connection.sendall(act)
                case Act.TAKE:
                    self.taken.append(_of(dialogue))
                case Act.DROP:
                    raise _Over
                case Act.RESET:
                    linger = struct.pack("ii", 1, 0)
                    dialogue.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    raise _Over
                case Act.GARBLE:
                    os.write(dialogue.connection.fileno(), b"250 ok\r\n" * 9)
                case Act.HEAR:
                    dialogue.connection.recv(1)
                case Act.HANG:
                    self._ending.wait(_PATIENCE)
                    raise _Over
                case _:
                    act()
        return said

    def _letter(self, dialogue: _Dialogue) -> bytes:
        lines: list[bytes] = []
        while (line := self._line(dialogue)) != b".":
            lines.append(line.removeprefix(b"."))
        return b"".join(line + b"\r\n" for line in lines)

    def _line(self, dialogue: _Dialogue) -> bytes:
        while b"\r\n" not in dialogue.ahead:
            heard = dialogue.connection.recv(65_536)
            if not heard:
                raise _Over
            dialogue.ahead += heard
            if not dialogue.encrypted:
                self.heard_in_clear += heard
        line, _, dialogue.ahead = dialogue.ahead.partition(b"\r\n")
        return line


def _of(dialogue: _Dialogue) -> Taken:
    return Taken(dialogue.data, dialogue.sender, dialogue.recipients, dialogue.encrypted)


def _address(argument: bytes) -> str:
    return argument.partition(b"<")[2].partition(b">")[0].decode()


@attrs.frozen
class Authority:
    """Somebody who vouches for relays; made on the spot, trusted by nobody else."""

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls, folder: Path) -> "Authority":
        """One with papers in this folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("Provutfärdaren")
        made = _certificate(name, name, key, timedelta(days=2))
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(usage, critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        return cls(folder, made.sign(key, hashes.SHA256()), key)

    def papers(self, *hosts: str, days: float = 1.0) -> ssl.SSLContext:
        """For a relay of these names; with less than none they have run out."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        made = _certificate(_named("relay"), self.certificate.subject, key, timedelta(days=days))
        made = made.add_extension(names, critical=False).add_extension(issuer, critical=False)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signed = made.sign(self.key, hashes.SHA256())
        file = self.folder / f"{signed.serial_number}.pem"
        file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def trusted(self) -> ssl.SSLContext:
        """What somebody uses who trusts it."""
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + valid)
    )
