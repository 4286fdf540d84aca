"""The mailer: a line is opened when there is a letter, and kept for the next one."""

import os
import re
import ssl
import time
from collections import deque
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final, Literal, TypeAlias, final

from kundorder.adapters.smtp.line import Line, LineLost, Parcel
from kundorder.adapters.smtp.replies import Step
from kundorder.errors import Malformed, Postponed, Problem, RelayStopped, Unavailable, Undeliverable
from kundorder.messages import mailbox
from kundorder.messages.mime import message_bytes
from kundorder.ports import Clock, Letter

Security: TypeAlias = Literal["starttls", "tls", "none"]
"""How a line is encrypted: after a first greeting, from the start, or not at all."""

_HOST: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,30}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}", re.ASCII)
_LAST_PORT: Final = 65_535
_FOR_A_FAREWELL: Final = 1.0  # seconds


@final
class SmtpMailer:
    """Hands letters to one relay. Threads may share it, however many; each has a line of its own while it sends."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        security: Security = "starttls",
        username: str | None = None,
        password: str | None = None,
        allow_login_in_clear: bool = False,
        timeout_seconds: float = 25.0,
        local_hostname: str | None = None,
        context: ssl.SSLContext | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            host: name of the relay; its certificate has to be for that name.
            port: usually 587 with ``starttls``, 465 with ``tls`` and 25 with ``none``.
            security: never weaker than this, whatever the relay offers.
            username: None: no login.
            password: for the login.
            allow_login_in_clear: with security ``none``, whoever can listen may learn the password.
            timeout_seconds: for all that it takes to hand over one letter; below half a minute, since whoever delivers
                has a lease of one.
            local_hostname: what this machine calls itself to the relay; None: by its number.
            context: whom to trust; None: the authorities the system trusts, and names are checked.
            clock: for the ``Date`` of letters; None: the clock of the machine.

        Raises:
            Malformed: every argument that will not do, by its name.
        """
        problems: list[Problem] = []
        if not _is_host(host):
            problems.append(Problem("$.host", "must be the name or the number of a machine"))
        if not 0 < port <= _LAST_PORT:
            problems.append(Problem("$.port", f"must be from 1 to {_LAST_PORT}"))
        if local_hostname is not None and _NAME.fullmatch(local_hostname) is None:
            problems.append(Problem("$.local_hostname", "must be the name of a machine, or a number in brackets"))
        if not 0 < timeout_seconds < float("inf"):
            problems.append(Problem("$.timeout_seconds", "must be more than 0, and finite"))
        if (username is None) != (password is None):
            problems.append(Problem("$.password", "must be given with a username, and not without"))
        if not all(map(_is_secret, (username, password))):
            problems.append(Problem("$.password", "must be, like the username, UTF-8 without NUL"))
        if username is not None and security == "none" and not allow_login_in_clear:
            problems.append(Problem("$.security", "must not be none where there is a password"))
        if problems:
            raise Malformed(tuple(problems))
        self._host, self._port, self._security = host, port, security
        self._login = None if username is None or password is None else (username, password)
        self._timeout = timeout_seconds
        self._name = local_hostname
        self._context = context
        self._clock = clock
        self._kept: deque[Line] = deque()  # lines that nobody uses just now
        self._is_closed = False

    def send(self, letter: Letter) -> None:
        """See ``ports.Mailer``.

        A letter may have left although this raises ``Unavailable``: when the line breaks between its last line and the
        reply to it. Sent again, it is a copy with the same ``Message-ID``.
        """
        now = datetime.now(UTC) if self._clock is None else self._clock.now()
        data = message_bytes(letter, sent_at=now)
        if not {*b"\r\n"}.isdisjoint(data.replace(b"\r\n", b"")):
            raise Undeliverable("a line of the letter does not end as lines of a mail do")
        parcel = Parcel(mailbox(letter.sender).address, mailbox(letter.to).address, data)
        until = time.monotonic() + self._timeout
        try:
            if not self._has_left(self._kept_line(until), parcel):
                self._hand_over(self._new_line(until), parcel)
        except LineLost as lost:
            raise Unavailable(lost.why) from lost

    def close(self) -> None:
        """Say farewell and give up all lines; those in use as soon as their letter is through. Again is harmless."""
        self._is_closed = True
        while (line := self._taken()) is not None:
            _say_farewell(line)

    def _has_left(self, line: Line | None, parcel: Parcel) -> bool:
        """Whether a kept line has taken it; if the relay has hung up meanwhile, another one may."""
        if line is None:
            return False
        try:
            self._hand_over(line, parcel)
        except LineLost as lost:
            if lost.is_open_question:
                raise
            return False
        return True

    def _hand_over(self, line: Line, parcel: Parcel) -> None:
        try:
            line.hand_over(parcel)
        except (Undeliverable, Postponed):
            self._keep(line, anew=True)
            raise
        except BaseException:
            line.close()
            raise
        self._keep(line, anew=False)

    def _keep(self, line: Line, *, anew: bool) -> None:
        """For the next letter; after a refusal only if the relay forgets this one."""
        try:
            if anew:
                line.forget()
        except LineLost:
            return
        if line.is_open:
            self._kept.append(line)
        if self._is_closed:
            self.close()

    def _kept_line(self, until: float) -> Line | None:
        """A line that seems to be good still; one from before a fork is the parent's."""
        while (line := self._taken()) is not None:
            if line.pid == os.getpid() and line.is_quiet():
                line.until = until
                return line
            line.close()
        return None

    def _taken(self) -> Line | None:
        try:
            return self._kept.pop()
        except IndexError:  # there is none, or another thread was quicker
            return None

    def _new_line(self, until: float) -> Line:
        if self._is_closed:
            raise Unavailable("the mailer has been closed")
        line = Line(name=self._name)
        line.until = until
        try:
            self._open(line)
        except BaseException:
            line.close()
            raise
        return line

    def _open(self, line: Line) -> None:
        line.dial(self._host, self._port)
        if self._security == "tls":
            line.encrypt(self._trusted(), self._host)
        line.welcome()
        line.greet()
        if self._security == "starttls":
            if not line.has_extn("starttls"):
                raise RelayStopped("the relay offers no encryption")
            line.ask(Step.ENCRYPT, "STARTTLS")
            line.encrypt(self._trusted(), self._host)
            line.greet()  # what it offered before may have been put in by anybody (RFC 3207)
        if self._login is not None:
            line.log_in(*self._login)

    def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context


def _is_host(text: str) -> bool:
    try:
        _ = ip_address(text)
    except ValueError:
        return _HOST.fullmatch(text) is not None
    return True


def _is_secret(text: str | None) -> bool:
    """Whether it can be said (RFC 4616); what comes from an environment may hold halves of characters."""
    try:
        return text is None or b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _say_farewell(line: Line) -> None:
    try:
        if line.pid == os.getpid():
            line.until = time.monotonic() + _FOR_A_FAREWELL
            _ = line.docmd("QUIT")
    except LineLost:
        pass
    finally:
        line.close()
