"""Where signed documents are kept: a folder with one file a document, and the same in memory.

A file has the digest of its bytes as its name. It is written beside its place, forced to the disk, and then linked to
its place: a link, unlike a rename, never replaces what is there, so nothing is ever overwritten, and what stands under
a name is whole. Whatever is handed out has been compared with its name first. Folder and files are their owner's alone.

A process that is killed may leave a draft, a file whose name begins with a dot. It is no document, it is in nobody's
way, and it may be deleted when nobody writes to the folder.
"""

import os
import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final, final

from kundorder.errors import Corrupt, NotFound, Unavailable

_OWN_FOLDER: Final = 0o700
_OWN_FILE: Final = 0o600
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_WHAT: Final = "archived document"
_CHANGED: Final = "an archived document is not what was kept; restore the archive from a copy"


@final
class FolderArchive:
    """Keeps documents in one folder, which is made when the first is kept; any number of processes may share it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Nothing is created yet.

        Args:
            path: of the folder, on a file system that knows hard links.
        """
        self._path = Path(path)

    def keep(self, content: bytes) -> str:
        """See ``ports.Archive``; what is under the name already is compared and left as it is.

        Raises:
            Corrupt: what is there under this digest has been changed; it is left alone.
        """
        digest = _digest(content)
        place = self._path / digest
        try:
            self._make()
            if not place.exists():
                self._write(place, content)
            there = place.read_bytes()
            _keep_names(self._path)
        except OSError as error:
            raise Unavailable(f"the archive cannot be written ({_why(error)})") from error
        if there != content:
            raise Corrupt(_CHANGED)
        return digest

    def fetch(self, digest: str) -> bytes:
        """See ``ports.Archive``."""
        if _DIGEST.fullmatch(digest) is None:  # and so no name of a file elsewhere
            raise NotFound(_WHAT)
        try:
            content = (self._path / digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(_WHAT) from None
        except OSError as error:
            raise Unavailable(f"the archive cannot be read ({_why(error)})") from error
        if _digest(content) != digest:
            raise Corrupt(_CHANGED)
        return content

    def _make(self) -> None:
        if not self._path.is_dir():
            self._path.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
            _keep_names(self._path.parent)

    def _write(self, place: Path, content: bytes) -> None:
        draft = place.with_name(f".{place.name}.{token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_FILE), "wb") as file:
                _ = file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # somebody else has kept the same meanwhile; it is compared afterwards
                place.hardlink_to(draft)
        finally:
            with suppress(OSError):  # what is left of it is the owner's alone too
                draft.unlink()


@final
class MemoryArchive:
    """Keeps documents as long as this object lives; for tests and trials."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def keep(self, content: bytes) -> str:
        """See ``ports.Archive``."""
        digest = _digest(content)
        _ = self._kept.setdefault(digest, bytes(content))
        return digest

    def fetch(self, digest: str) -> bytes:
        """See ``ports.Archive``."""
        try:
            return self._kept[digest]
        except KeyError:
            raise NotFound(_WHAT) from None


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


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
