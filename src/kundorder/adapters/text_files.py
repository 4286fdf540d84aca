"""Text messages that reach no telephone: into files, or into memory; for trials, demonstrations and tests.

One file a message, whole or not at all: it is written beside its place, made lasting, and then linked to it under a
name of its own. A link, unlike a rename, never replaces what is there. Folder and files are their owner's alone;
messages hold codes.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final, final

import msgspec

from kundorder.errors import Unavailable
from kundorder.identifiers import phone_number

_OWN_FOLDER: Final = 0o700
_OWN_FILE: Final = 0o600
_ENDING: Final = ".json"
_MESSAGES: Final = msgspec.json.Decoder(dict[str, str])


@final
class FileTextMessages:
    """Writes every message into one folder, which is made when the first one is sent."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Nothing is created yet.

        Args:
            folder: for messages alone; whoever can read it can attest with a code.
        """
        self._folder = Path(folder)

    def send(self, to: str, text: str) -> None:
        """See ``ports.TextMessages``; every call is a message of its own.

        Raises:
            Malformed: the number is none in the form of E.164.
            Unavailable: the folder cannot be written; nothing of the message is there.
        """
        message = json.dumps({"to": phone_number(to), "text": text}, ensure_ascii=False) + "\n"
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
                _keep_names(self._folder.parent)
            self._write(message.encode())
            _keep_names(self._folder)
        except OSError as error:
            raise Unavailable(f"the folder of text messages cannot be written ({_why(error)})") from error

    def texts(self, to: str) -> tuple[str, ...]:
        """All messages to this number, oldest first; for trials and demonstrations.

        Raises:
            Unavailable: the folder cannot be read, or holds something else.
        """
        try:
            files = [(file.stat().st_mtime_ns, file.name, file) for file in self._folder.glob(f"*{_ENDING}")]
            found = [_read(file) for _, _, file in sorted(files)]
        except OSError as error:
            raise Unavailable(f"the folder of text messages cannot be read ({_why(error)})") from error
        return tuple(text for number, text in found if number == to)

    def _write(self, message: bytes) -> None:
        name = token_hex(16)
        draft = self._folder / f".{name}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_FILE), "wb") as file:
                _ = file.write(message)
                file.flush()
                os.fsync(file.fileno())
            (self._folder / f"{name}{_ENDING}").hardlink_to(draft)
        finally:
            with suppress(OSError):  # what is left of it is the owner's alone too, and is no message
                draft.unlink()


@final
class MemoryTextMessages:
    """Keeps every message, in the order they were sent."""

    def __init__(self) -> None:
        self._sent: list[tuple[str, str]] = []

    def __repr__(self) -> str:
        return f"MemoryTextMessages({len(self._sent)} sent)"

    def send(self, to: str, text: str) -> None:
        """See ``ports.TextMessages``.

        Raises:
            Malformed: the number is none in the form of E.164.
        """
        self._sent.append((phone_number(to), text))

    def texts(self, to: str) -> tuple[str, ...]:
        """All messages to this number, oldest first."""
        return tuple(text for number, text in tuple(self._sent) if number == to)


def _read(file: Path) -> tuple[str, str]:
    try:
        message = _MESSAGES.decode(file.read_bytes())
        return message["to"], message["text"]
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError) as error:
        raise Unavailable("the folder of text messages holds a file that is none") from error


def _why(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else type(error).__name__


def _keep_names(folder: Path) -> None:
    """A file is only safe when the folder that names it is; where folders cannot be opened, the system sees to it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
