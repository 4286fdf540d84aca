"""One connection to a relay, as ``smtplib`` speaks; but the replies are read here.

``smtplib`` waits anew for every piece that comes, trusts whatever stands in the buffer, and ends in the same error
whether the relay took the letter or not. Here all that is done for one letter shares one deadline, a reply that comes
before it is asked for is none, and a line on which anything is not as it should be is given up.
"""

import os
import re
import smtplib
import socket
import ssl
import time
from base64 import b64encode
from typing import Final, final

import attrs

from kundorder.adapters.smtp.replies import Reply, Step, objection, reply
from kundorder.errors import RelayStopped, Unavailable

_REPLY: Final = re.compile(rb"([2-5][0-9]{2})(?:([^0-9])(.*))?", re.ASCII | re.DOTALL)
_BEGINNING: Final = re.compile(rb"([2-5][0-9]{2})[^0-9]", re.ASCII)
_LONGEST_LINE: Final = 4096  # octets; RFC 5321 has 512
_MOST_LINES: Final = 200
_ANSWER: Final = 334  # to AUTH: say more
_DONE: Final = 250


class LineLost(Exception):
    """Nothing more is to be had from this line, which has been closed."""

    def __init__(self, why: str, *, is_open_question: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_open_question = is_open_question  # a whole letter may have arrived
        self.code: int | None = None  # of a reply that had begun


@final
@attrs.frozen
class Parcel:
    """A letter as a relay takes it."""

    sender: str
    to: str = attrs.field(repr=False)
    data: bytes = attrs.field(repr=False)  # its lines end with CRLF, the last one too


@final
class Line(smtplib.SMTP):
    """A connection to a relay, for one letter after another."""

    def __init__(self, *, name: str | None) -> None:
        """Nothing is opened yet.

        Args:
            name: of this machine, for the greeting; None: its number on the line.
        """
        super().__init__(local_hostname=name or "")  # and so not what a search of names, that may hang, comes to
        self.pid = os.getpid()
        self.until = 0.0  # by the monotonic clock
        self._is_under_way = False  # a letter, or a part of one, has been sent, and no reply to it has come
        self._ahead = b""  # what has come and was not read yet

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be had from it."""
        return self.sock is not None

    def dial(self, host: str, port: int) -> None:
        """Reach the relay.

        Raises:
            LineLost: it cannot be reached.
        """
        try:
            self.sock = socket.create_connection((host, port), self._left())
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # each command waits for its reply anyway
            self.local_hostname = self.local_hostname or _literal(f"{self.sock.getsockname()[0]}")
        except OSError as error:
            raise self._broken(error) from error

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Say nothing more that others can read.

        Raises:
            LineLost: it fails for now.
            RelayStopped: it fails until somebody has mended something.
        """
        if self._ahead:  # it would be read as if it had come encrypted
            raise self._lost("the relay says more than it was asked")
        try:
            self._socket().settimeout(self._left())
            self.sock = wrapped = context.wrap_socket(self._socket(), server_hostname=host)
            if wrapped.version() is None:  # of a line that is dead already, it gives one that encrypts nothing
                raise self._lost("the relay hangs up")
        except ssl.SSLCertVerificationError as error:
            why = error.verify_message.rstrip(".")
            raise RelayStopped(f"the certificate of the relay is not trusted ({why})") from error
        except ssl.SSLError as error:
            if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError) or not error.library:
                raise self._lost("the relay hangs up") from error
            why = (error.reason or type(error).__name__).replace("_", " ").lower()
            raise RelayStopped(f"TLS with the relay fails ({why})") from error
        except OSError as error:
            raise self._broken(error) from error

    def greet(self) -> None:
        """Say who we are, and learn what the relay can do.

        Raises:
            LineLost: not now.
            RelayStopped: it does not want us.
        """
        self._hear(Step.HELLO, reply(*self.ehlo()))

    def log_in(self, username: str, password: str) -> None:
        """Show that we may send, as RFC 4616 has it, or as it was done before that.

        Raises:
            LineLost: not now.
            RelayStopped: the relay does not know us, or none of the two ways.
        """
        offered = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            secret = _encoded(f"\0{username}\0{password}")
            given = reply(*self.docmd("AUTH", f"PLAIN {secret}"))
            answers = [secret]
        elif "LOGIN" in offered:
            given = reply(*self.docmd("AUTH", "LOGIN"))
            answers = [_encoded(username), _encoded(password)]
        else:
            raise RelayStopped("the relay offers no login with a password")
        for answer in answers:
            if given.code == _ANSWER:
                given = reply(*self.docmd(answer))
        self._hear(Step.LOG_IN, given)

    def ask(self, step: Step, command: str, argument: str = "") -> None:
        """Say something, and go on if the relay is content.

        Raises:
            LineLost: not now.
            RelayStopped: the relay takes no letters from us.
            Undeliverable: it does not take this one.
            Postponed: it does not take this one now.
        """
        self._hear(step, reply(*self.docmd(command, argument)))

    def welcome(self) -> None:
        """Wait for the relay's greeting.

        Raises:
            LineLost: there is none.
            RelayStopped: it does not want us.
        """
        self._hear(Step.GREETING, reply(*self.getreply()))

    def hand_over(self, parcel: Parcel) -> None:
        """One letter to one address; when this returns, the relay has said that it has it.

        Raises:
            LineLost, RelayStopped, Undeliverable, Postponed: as ``ask``.
        """
        self.ask(Step.SENDER, "MAIL", f"FROM:<{parcel.sender}>")
        self.ask(Step.ADDRESS, "RCPT", f"TO:<{parcel.to}>")
        self.ask(Step.LETTER, "DATA")
        self._is_under_way = True
        dotted = parcel.data.replace(b"\r\n.", b"\r\n..")  # a line that begins with a dot gets another (4.5.2)
        self._put(dotted + b".\r\n")
        try:
            given = reply(*self.getreply())
        except LineLost as lost:
            if lost.code != _DONE:
                raise
            given = Reply(_DONE)  # it has been said, whatever became of the rest of the reply
        self._is_under_way = given.code != _DONE and not given.refuses
        self._hear(Step.SENT, given)

    def forget(self) -> None:
        """What was said of the letter before; a relay that will not is given up.

        Raises:
            LineLost: the line has gone meanwhile.
        """
        if self.docmd("RSET")[0] != _DONE:
            self.close()

    def is_quiet(self) -> bool:
        """Whether the relay has neither hung up nor said anything unasked."""
        if self._ahead or self.sock is None:
            return False
        self.sock.settimeout(0)
        try:
            _ = self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            pass
        return False

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Say something; see ``smtplib``."""
        self._put(f"{cmd} {args}\r\n".encode() if args else f"{cmd}\r\n".encode())

    def getreply(self) -> tuple[int, bytes]:
        """The number of the reply and its words, a line each; see ``smtplib``."""
        begun: int | None = None
        words: list[bytes] = []
        try:
            while len(words) < _MOST_LINES:
                found = _REPLY.fullmatch(self._heard())
                if found is None:
                    raise self._lost("the relay does not speak SMTP")
                code = int(found[1])
                if words and code != begun:
                    begun = None  # it says two things at once
                    raise self._lost("the relay does not speak SMTP")
                begun = code
                words.append(found[3] or b"")
                if found[2] != b"-":
                    return code, b"\n".join(words)
            raise self._lost("the relay does not stop")
        except LineLost as lost:
            cut_off = None if words else _BEGINNING.match(self._ahead)
            lost.code = begun if cut_off is None else int(cut_off[1])
            raise

    def _hear(self, step: Step, given: Reply) -> None:
        problem = objection(step, given)
        if isinstance(problem, Unavailable):
            raise self._lost(problem.what)
        if problem is not None:
            raise problem

    def _put(self, data: bytes) -> None:
        if self._ahead:
            raise self._lost("the relay says more than it was asked")
        try:
            self._socket().settimeout(self._left())
            self._socket().sendall(data)
        except OSError as error:
            raise self._broken(error) from error

    def _heard(self) -> bytes:
        """One line, without its end."""
        while b"\n" not in self._ahead and len(self._ahead) <= _LONGEST_LINE:
            try:
                self._socket().settimeout(self._left())
                heard = self._socket().recv(_LONGEST_LINE)
            except OSError as error:
                raise self._broken(error) from error
            if not heard:
                raise self._lost("the relay hangs up")
            self._ahead += heard
        line, _, rest = self._ahead.partition(b"\n")
        if len(line) > _LONGEST_LINE:
            raise self._lost("the relay does not speak SMTP")
        self._ahead = rest
        return line.removesuffix(b"\r")

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise self._lost("the relay hangs up")
        return self.sock

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _lost(self, why: str) -> LineLost:
        self.close()
        if self._is_under_way:
            return LineLost(f"{why} after a letter, and may have it", is_open_question=True)
        return LineLost(why)

    def _broken(self, error: OSError) -> LineLost:
        match error:
            case TimeoutError():
                return self._lost("the relay does not answer in time")
            case socket.gaierror():
                return self._lost("the relay cannot be found by its name")
            case ssl.SSLError():
                return self._lost("the relay breaks the encrypted line")
            case _:
                why = type(error).__name__ if error.errno is None else os.strerror(error.errno)
                return self._lost(f"the relay cannot be reached ({why.lower()})")


def _literal(number: str) -> str:
    return f"[IPv6:{number.partition('%')[0]}]" if ":" in number else f"[{number}]"  # RFC 5321, 4.1.3


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
