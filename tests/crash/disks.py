"""A disk that keeps for good only what it was told to keep: a write-back cache, as SQLite's own model of a power cut.

A virtual file system of SQLite's notes what is written, flushed, truncated, made and removed, in its order, while the
files themselves are written as ever. A power cut is then any place in these notes: what was flushed before it is
there; of the rest each sector of 512 bytes, each change of a size and each change of the folder is there or not, by
chance, and where a file has grown without its content, there may be anything. The folder is flushed when SQLite flushes
a journal or log it has just made, or removes one and asks for it (``unixSync``, ``unixDelete`` in its ``os_unix.c``).
"""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import apsw
import attrs

SECTOR: Final = 512
JOURNALS: Final = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL


@attrs.frozen
class Written:
    """Some bytes of a file."""

    file: int
    start: int
    data: bytes


@attrs.frozen
class Cut:
    """A file has another length; not a power cut."""

    file: int
    size: int


@attrs.frozen
class Flushed:
    """A file is to be safe."""

    file: int


@attrs.frozen
class Made:
    """A file has this name."""

    file: int
    name: str


@attrs.frozen
class Removed:
    """No file has this name."""

    name: str


@attrs.frozen
class FolderFlushed:
    """Which files there are is to be safe."""


@attrs.frozen
class Acknowledged:
    """Somebody has been told that so many steps are done."""

    told: int


Note: TypeAlias = Written | Cut | Flushed | Made | Removed | FolderFlushed | Acknowledged
Notes: TypeAlias = tuple[Note, ...]


@attrs.define
class Notebook:
    """What happens to the files of a folder; the first is told what lies there already."""

    notes: list[Note] = attrs.field(factory=list)
    files: dict[str, int] = attrs.field(factory=dict)  # by name
    made: int = 0

    def file(self, name: str) -> tuple[int, bool]:
        """The number of the file of this name, and whether it is new."""
        if name in self.files:
            return self.files[name], False
        self.made += 1
        self.files[name] = self.made
        self.notes.append(Made(self.made, name))
        return self.made, True

    def found(self, folder: Path) -> None:
        """All that lies there is safe."""
        for path in folder.iterdir():
            number, _is_new = self.file(path.name)
            self.notes += (Written(number, 0, path.read_bytes()), Flushed(number))
        self.notes.append(FolderFlushed())


class NotingFile(apsw.VFSFile):
    """A file of which everything is noted."""

    def __init__(self, book: Notebook, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name if isinstance(name, str) else name.filename()
        self.book = book
        self.number, is_new = book.file(Path(path).name)
        self.flushes_folder = is_new and bool(flags[0] & JOURNALS)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name, as those below
        self.book.notes.append(Written(self.number, offset, bytes(data)))
        super().xWrite(data, offset)  # pyright: ignore[reportUnknownMemberType] - as apsw types what it is given

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self.book.notes.append(Cut(self.number, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        del flags
        self.book.notes.append(Flushed(self.number))
        if self.flushes_folder:
            self.book.notes.append(FolderFlushed())
            self.flushes_folder = False


class NotingDisk(apsw.VFS):
    """A disk of which everything is noted."""

    def __init__(self, book: Notebook) -> None:
        self.book = book
        super().__init__("noting", "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        if name is None:  # for SQLite itself, and gone when it is closed
            return apsw.VFSFile("", name, flags)
        return NotingFile(self.book, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802
        super().xDelete(filename, syncdir)
        del self.book.files[Path(filename).name]
        self.book.notes.append(Removed(Path(filename).name))
        if syncdir:
            self.book.notes.append(FolderFlushed())


@contextmanager
def noting(book: Notebook) -> Generator[str]:
    """The name of a file system that notes everything."""
    disk = NotingDisk(book)
    try:
        yield "noting"
    finally:
        disk.unregister()


@attrs.define
class File:
    """One file: what is safe, and what is not yet."""

    safe: bytearray = attrs.field(factory=bytearray)
    waiting: list[Written | Cut] = attrs.field(factory=list)

    def flush(self) -> None:
        """All of it is safe."""
        for note in self.waiting:
            apply(self.safe, note)
        self.waiting = []

    def after_the_cut(self, chance: Random, share: float) -> bytes:
        """What is found: of what was waiting, about this share."""
        found = bytearray(self.safe)
        for note in self.waiting:
            if isinstance(note, Cut):
                if chance.random() < share:
                    apply(found, note)
                continue
            for start, piece in sectors(note):
                if chance.random() < share:
                    grow(found, start, chance)
                    apply(found, Written(note.file, start, piece))
        return bytes(found)


def apply(content: bytearray, note: Written | Cut) -> None:
    """Write it, or cut it off."""
    if isinstance(note, Cut):
        del content[note.size :]
        content.extend(bytes(note.size - len(content)))
        return
    content.extend(bytes(max(0, note.start - len(content))))
    content[note.start : note.start + len(note.data)] = note.data


def grow(content: bytearray, size: int, chance: Random) -> None:
    """What lies between the old end and what was written behind it may be anything."""
    missing = max(0, size - len(content))
    content.extend(chance.choice((bytes(missing), chance.randbytes(missing))))


def sectors(note: Written) -> Iterable[tuple[int, bytes]]:
    """A write by the sectors it goes to; a part of a sector leaves the rest of it alone."""
    start, end = note.start, note.start + len(note.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield start, note.data[start - note.start : stop - note.start]
        start = stop


def after_a_cut(notes: Iterable[Note], chance: Random) -> tuple[Mapping[str, bytes], int]:
    """What is found after a power cut behind these notes, by file name; and how many steps somebody knew to be done."""
    files: dict[int, File] = {}
    safe: dict[str, int] = {}
    waiting: list[Made | Removed] = []
    told = 0
    for note in notes:
        match note:
            case Written() | Cut():
                files[note.file].waiting.append(note)
            case Flushed():
                files[note.file].flush()
            case Made():
                files[note.file] = File()
                waiting.append(note)
            case Removed():
                waiting.append(note)
            case FolderFlushed():
                name_all(safe, waiting)
                waiting = []
            case Acknowledged():
                told = note.told
    share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    name_all(safe, [note for note in waiting if chance.random() < share])
    return {name: files[number].after_the_cut(chance, share) for name, number in safe.items()}, told


def name_all(names: dict[str, int], changes: Iterable[Made | Removed]) -> None:
    """Make and remove files in a folder."""
    for note in changes:
        if isinstance(note, Made):
            names[note.name] = note.file
        else:
            _ = names.pop(note.name, None)
