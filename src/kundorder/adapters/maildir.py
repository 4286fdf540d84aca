"""Mail into a folder in the form of a Maildir: the embedded default, read by mail programs and by ``mailbox.Maildir``.

One file a letter, under a name made from its ``Message-ID``: sending again finds it there. A letter is in ``new`` whole
or not at all, since it is written in ``tmp`` and renamed. Folder and files are their owner's alone; letters hold
invitations.
"""

import os
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final, final

from kundorder.errors import Unavailable
from kundorder.messages.mime import message_bytes
from kundorder.ports import Clock, Letter

_PARTS: Final = ("tmp", "new", "cur")
_OWN_FOLDER: Final = 0o700
_OWN_FILE: Final = 0o600


@final
class MaildirMailer:
    """Delivers every letter into one Maildir, which is made when the first letter is sent."""

    def __init__(self, path: str | os.PathLike[str], *, clock: Clock | None = None) -> None:
        """Nothing is created yet.

        Args:
            path: of the Maildir.
            clock: for the ``Date`` of letters; None: the clock of the machine.
        """
        self._path = Path(path)
        self._clock = clock

    def send(self, letter: Letter) -> None:
        """See ``ports.Mailer``; a letter that is there already stays as it is, also when it has been read."""
        now = datetime.now(UTC) if self._clock is None else self._clock.now()
        data = message_bytes(letter, sent_at=now).replace(b"\r\n", b"\n")  # as files have it; there is no other CR
        name = sha256(letter.message_id.encode()).hexdigest()
        try:
            self._make()
            if not self._has(name):
                self._write(name, data)
            _keep_names(self._path / "new")
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else type(error).__name__
            raise Unavailable(f"the maildir cannot be written ({why.lower()})") from error

    def texts(self, to: str) -> tuple[str, ...]:
        """The plain texts of all letters to this address, read and unread, oldest first; for trials and demonstrations.

        Raises:
            Unavailable: the Maildir cannot be read.
        """
        try:
            files = [file for part in ("new", "cur") for file in (self._path / part).glob("*")]
            files.sort(key=lambda file: file.stat().st_mtime_ns)
            letters = [message_from_bytes(file.read_bytes()) for file in files]
        except OSError as error:
            raise Unavailable("the maildir cannot be read") from error
        return tuple(_text(letter) for letter in letters if parseaddr(letter["To"])[1] == to)

    def _make(self) -> None:
        if all((self._path / part).is_dir() for part in _PARTS):
            return
        self._path.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
        for part in _PARTS:
            (self._path / part).mkdir(mode=_OWN_FOLDER, exist_ok=True)
        _keep_names(self._path)
        _keep_names(self._path.parent)

    def _has(self, name: str) -> bool:
        """A reader moves what it has seen from ``new`` to ``cur`` and adds its marks after a colon."""
        return (self._path / "new" / name).exists() or any((self._path / "cur").glob(f"{name}*"))

    def _write(self, name: str, data: bytes) -> None:
        draft = self._path / "tmp" / f"{name}.{token_hex(8)}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_FILE), "wb") as file:
                _ = file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _ = draft.replace(self._path / "new" / name)
        finally:
            draft.unlink(missing_ok=True)


def _text(letter: Message) -> str:
    bodies = (part.get_payload(decode=True) for part in letter.walk() if part.get_content_type() == "text/plain")
    return "".join(body.decode() for body in bodies if isinstance(body, bytes))


def _keep_names(folder: Path) -> None:
    """A file is only safe when the folder that names it is; where folders cannot be opened, the system sees to it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
