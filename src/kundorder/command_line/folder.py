"""The folder a demo is played into: whose it is, what may be deleted in it, and how files in it are written.

A file is written beside its place and renamed to it, and left alone if it says the same already: so it is there whole
or not at all, and a second run changes nothing.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, final

import attrs
import msgspec

from kundorder.command_line.stopping import Status, StoppedError

STORE: Final = "kundorder.db"
MAILDIR: Final = "maildir"
AGREEMENTS: Final = "agreements"
EVIDENCE: Final = "evidence"
ARCHIVE: Final = "archive"
AUTHORITY: Final = "test-authority"
TEXTS: Final = "text-messages"
ROOT: Final = f"{AGREEMENTS}/test-root.pem"
PUBLIC_KEY: Final = f"{EVIDENCE}/public-key.jwk"
JOURNAL: Final = "journal.jsonl"
SUMMARY: Final = "summary.json"
REFUSALS: Final = "refusals.jsonl"
KEY: Final = "signing-key.pem"
_MARKER: Final = "demo.json"
_OURS: Final = "kundorder demo"
_FILES: Final = (
    SUMMARY,
    JOURNAL,
    REFUSALS,
    STORE,
    *(f"{STORE}-{ending}" for ending in ("wal", "shm", "journal")),
    KEY,
)
_DRAFTS: Final = f".{_OURS.replace(' ', '-')}."


_NAMES: Final = (
    r"(?:customer|agent)-[0-9-]{11}\.pdf\Z",
    r"(?:KO[0-9]{10}|[0-9-]{11}-[a-z0-9-]+)-[0-9]+\.json\Z",
    r"test-root\.pem\Z|public-key\.jwk\Z|root\.pem\Z|authority\.p12\Z",
    r"[0-9a-f]{64}(?!\.json)|[0-9a-f]{32}\.(?:json|p12)\Z",  # letters, documents, text messages and keys
    r"\.[0-9a-z.]+\.[0-9a-f]{16}\Z|\.[0-9a-f]{32}\Z",  # of these, what was being written
    re.escape(_DRAFTS),
)
_WRITTEN: Final = re.compile("|".join(_NAMES))
_PARTS: Final = ("tmp", "new", "cur")


@final
@attrs.frozen
class _Marker:
    """What makes a folder a demo's."""

    what: str
    scenario: str  # digest of what is played; empty while what was played before is being deleted


@final
class Folder:
    """A folder that is a demo's, and its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, scenario: str, *, fresh: bool) -> None:
        """Make the folder this demo's; with ``fresh``, take away what an earlier one has left.

        Args:
            scenario: digest of what is played.
            fresh: whether to begin anew.

        Raises:
            StoppedError: the folder is not a demo's, or another scenario's, and is left as it is.
        """
        marker = self._marker()
        if marker is not None and marker != scenario:
            if not fresh and marker:  # an empty one is left where clearing was interrupted
                raise StoppedError(
                    f"{self.path}: holds a demo of other input; choose another folder, or begin anew with --fresh"
                )
            fresh = True
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if marker is not None and fresh:
                self._clear()
            self._mark(scenario)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def _marker(self) -> str | None:
        """The scenario that was played here; None: the folder is free."""
        if not self.path.exists():
            return None
        if not self.path.is_dir():
            raise StoppedError(f"{self.path}: must be a folder, or not be there yet")
        try:
            text = (self.path / _MARKER).read_text("utf-8")
        except FileNotFoundError:
            if any(each for each in self.path.iterdir() if not each.name.startswith(_DRAFTS)):
                raise StoppedError(
                    f"{self.path}: is not a demo's folder and not empty, and is left as it is; choose another"
                ) from None
            return None
        except (OSError, ValueError) as error:
            raise StoppedError(f"{self.path / _MARKER}: cannot be read; choose another folder") from error
        try:
            marker = msgspec.json.decode(text, type=_Marker)
        except msgspec.MsgspecError:
            marker = None
        if marker is None or marker.what != _OURS:
            raise StoppedError(f"{self.path}: is not a demo's folder, and is left as it is; choose another")
        return marker.scenario

    def _mark(self, scenario: str) -> None:
        self.write(_MARKER, msgspec.json.encode(_Marker(_OURS, scenario)).decode() + "\n")

    def _clear(self) -> None:
        """Delete what a demo writes and nothing else; what is left by an interruption is deleted the next time."""
        self._mark("")
        for path in self._written():
            path.unlink(missing_ok=True)
        for folder in self._folders():
            if not any(folder.iterdir()):
                folder.rmdir()

    def _written(self) -> Iterator[Path]:
        yield from (self.path / name for name in _FILES)
        yield from self.path.glob(f".{KEY}.*")
        yield from self.path.glob(f"{_DRAFTS}*")
        for folder in self._folders():
            yield from (each for each in folder.glob("*") if _WRITTEN.match(each.name) is not None)

    def _folders(self) -> Iterator[Path]:
        """Those a demo makes, the inner ones first; a link leads to somebody else's."""
        maildir = self.path / MAILDIR
        inner = () if maildir.is_symlink() else (*(maildir / part for part in _PARTS), maildir)
        authority = self.path / AUTHORITY
        keys = () if authority.is_symlink() else (authority / "keys", authority)
        others = (self.path / name for name in (AGREEMENTS, EVIDENCE, ARCHIVE, TEXTS))
        yield from (each for each in (*others, *keys, *inner) if each.is_dir() and not each.is_symlink())

    def write(self, name: str, content: str | bytes) -> None:
        """Keep something under a name, whole or not at all, for good.

        Raises:
            StoppedError: it cannot be written; what was there is still there.
        """
        path = self.path / name
        data = content.encode() if isinstance(content, str) else content
        draft = path.with_name(f"{_DRAFTS}{path.name}")
        try:
            if path.is_file() and path.read_bytes() == data:
                return
            path.parent.mkdir(exist_ok=True)
            with draft.open("wb") as file:
                _ = file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _ = draft.replace(path)
            _keep_names(path.parent)
        except OSError as error:
            raise unwritable(path, error) from error

    def read(self, name: str) -> str:
        """What is kept under a name; empty if nothing is.

        Raises:
            StoppedError: it cannot be read.
        """
        try:
            return (self.path / name).read_text("utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            raise StoppedError(f"{self.path / name}: cannot be read", Status.FAILED) from error


def unwritable(path: Path, error: OSError) -> StoppedError:
    """What to say of a file that cannot be written."""
    why = (error.strerror or type(error).__name__).lower()
    return StoppedError(f"{path}: cannot be written ({why}); mend that and run it again to go on", Status.FAILED)


def _keep_names(folder: Path) -> None:
    """A renamed file is only safe when the folder is; where folders cannot be opened, the system sees to it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
