"""Wrong archives."""

import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, final

import attrs

from kundorder.adapters.archive import FolderArchive
from kundorder.errors import NotFound
from kundorder.ports import Archive
from kundorder.testing.contracts.archive import ArchiveContract
from wrong_adapters.examining import Wrong


@final
class MadeContract(ArchiveContract):
    """The contract for an archive in a folder."""

    def __init__(self, making: Callable[[Path], Archive]) -> None:
        self.making = making

    def open_archive(self) -> Archive:
        folder = self.place / "archive"
        folder.mkdir(exist_ok=True)
        return self.making(folder)

    def damage(self, digest: str) -> None:
        (self.place / "archive" / digest).write_bytes(b"another")


@attrs.define
class Plain:
    """Files, written and read without a look; to be extended by what is worse."""

    folder: Path

    def keep(self, content: bytes) -> str:
        name = self.name(content)
        (self.folder / name).write_bytes(content)
        return name

    def fetch(self, digest: str) -> bytes:
        try:
            return self.read(digest)
        except OSError:
            raise NotFound("document") from None

    def name(self, content: bytes) -> str:
        """Under which it is kept."""
        return sha256(content).hexdigest()

    def read(self, digest: str) -> bytes:
        """What is there."""
        if len(digest) != 64 or not digest.isalnum():
            raise NotFound("document")
        return (self.folder / digest).read_bytes()


class AsText(Plain):
    def keep(self, content: bytes) -> str:
        return super().keep(content.replace(b"\r\n", b"\n"))


@attrs.define
class InMemory(Plain):
    """Forgets with the process."""

    kept: dict[str, bytes] = attrs.field(factory=dict)

    def keep(self, content: bytes) -> str:
        self.kept[self.name(content)] = content
        return self.name(content)

    def read(self, digest: str) -> bytes:
        if digest not in self.kept:
            raise NotFound("document")
        return self.kept[digest]


class OtherDigest(Plain):
    def name(self, content: bytes) -> str:
        return sha256(b"archive" + content).hexdigest()


class OnceOnly(Plain):
    def keep(self, content: bytes) -> str:
        if (self.folder / self.name(content)).exists():
            raise NotFound("room for a second copy")
        return super().keep(content)


class EmptyForUnknown(Plain):
    def fetch(self, digest: str) -> bytes:
        try:
            return super().fetch(digest)
        except NotFound:
            if len(digest) != 64 or not digest.isalnum():
                raise
            return b""


class AnyPath(Plain):
    def read(self, digest: str) -> bytes:
        return (self.folder / digest).read_bytes()


class OneDraft(Plain):
    def keep(self, content: bytes) -> str:
        draft = self.folder / "draft"
        draft.write_bytes(content)
        time.sleep(0.0005)
        (self.folder / self.name(content)).write_bytes(draft.read_bytes())
        return self.name(content)


_WHOLE: Final = "test_what_was_kept_comes_back_byte_for_byte"
_NAME: Final = "test_its_name_is_the_digest_of_its_bytes"
_AGAIN: Final = "test_keeping_the_same_again_is_harmless"
_UNKNOWN: Final = "test_what_was_never_kept_is_not_found"
_NO_DIGEST: Final = "test_what_is_no_digest_is_not_found"
_CHANGED: Final = "test_what_was_changed_is_never_handed_out"
_AT_ONCE: Final = "test_of_many_who_keep_at_once_each_finds_its_own"


def _wrong(lie: str, making: Callable[[Path], Archive], *caught_by: str) -> Wrong:
    return Wrong(lie, partial(MadeContract, making), caught_by)


TRUE: Final = partial(MadeContract, FolderArchive)

WRONG: tuple[Wrong, ...] = (
    _wrong("keeps documents as text", AsText, _WHOLE, _NAME),
    _wrong("forgets documents with the process", InMemory, _WHOLE),
    _wrong("keeps documents under a name of its own", OtherDigest, _NAME),
    _wrong("refuses to keep a document again", OnceOnly, _AGAIN),
    _wrong("takes what is not there for empty", EmptyForUnknown, _UNKNOWN),
    _wrong("hands out any file by its path", AnyPath, _NO_DIGEST),
    _wrong("hands out what was changed", Plain, _CHANGED),
    _wrong("has one draft for all", OneDraft, _AT_ONCE),
)
