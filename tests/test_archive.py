"""The archives: what was kept is there byte for byte, or it is said that it is not; nothing is ever overwritten."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import pytest

from kundorder.adapters.archive import FolderArchive, MemoryArchive
from kundorder.errors import Corrupt, NotFound, Unavailable
from kundorder.ports import Archive

Make: TypeAlias = Callable[[Path], Archive]

ARCHIVES: Final[dict[str, Make]] = {"folder": FolderArchive, "memory": lambda _path: MemoryArchive()}
CONTENTS: Final = {
    "a text": "Åsa undertecknar.".encode(),
    "nothing": b"",
    "all bytes": bytes(range(256)),
    "line ends": b"\r\n\n\r",
    "large": bytes(range(251)) * 20_000,
}
CALM: Final = r"the archive cannot be (read|written) \([a-z ]+\); try again later with the same key"
posix = pytest.mark.skipif(os.name != "posix", reason="modes, limits and signals are those of POSIX")


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


@pytest.fixture(params=ARCHIVES)
def make(request: pytest.FixtureRequest) -> Make:
    return ARCHIVES[str(request.param)]


@pytest.fixture
def archive(make: Make, tmp_path: Path) -> Archive:
    return make(tmp_path / "archive")


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
def test_what_was_kept_comes_back_the_same(archive: Archive, content: bytes) -> None:
    digest = archive.keep(content)
    assert digest == digest_of(content)
    assert archive.fetch(digest) == content


def test_keeping_the_same_again_is_harmless(archive: Archive) -> None:
    assert {archive.keep(b"one"), archive.keep(b"one")} == {digest_of(b"one")}
    assert archive.fetch(digest_of(b"one")) == b"one"


def test_each_document_has_a_place_of_its_own(archive: Archive, chance: Random) -> None:
    contents = [chance.randbytes(chance.randrange(200)) for _ in range(50)]
    digests = [archive.keep(content) for content in contents]
    assert [archive.fetch(digest) for digest in digests] == contents


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "0" * 64,
        digest_of(b"one").upper(),
        digest_of(b"one")[:-1],
        f"{digest_of(b'one')}\n",
        f"./{digest_of(b'one')}",
        "..",
        "../beside",
        "/etc/hostname",
        "\x00",
        "\ud800",
        "\N{ARABIC-INDIC DIGIT ZERO}" * 64,
        "x" * 100_000,
    ],
    ids=ascii,
)
def test_what_was_never_kept_is_not_found(archive: Archive, tmp_path: Path, digest: str) -> None:
    (tmp_path / "beside").write_bytes(b"no document")
    with pytest.raises(NotFound):
        archive.fetch(digest)
    archive.keep(b"one")
    with pytest.raises(NotFound, match="no such archived document") as caught:
        archive.fetch(digest)
    assert str(caught.value).isprintable()


def test_of_many_who_keep_at_once_everybody_has_kept(archive: Archive, chance: Random) -> None:
    contents = [chance.randbytes(3_000) for _ in range(4)]

    def keep(number: int) -> bytes:
        content = contents[number % len(contents)]
        return archive.fetch(archive.keep(content))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(keep, range(64))) == contents * 16


def test_what_is_kept_in_memory_is_gone_with_it() -> None:
    digest = MemoryArchive().keep(b"one")
    with pytest.raises(NotFound):
        MemoryArchive().fetch(digest)


def test_what_was_kept_in_a_folder_is_there_for_the_next_process(tmp_path: Path) -> None:
    digest = FolderArchive(tmp_path / "deep" / "archive").keep(b"one")
    assert FolderArchive(str(tmp_path / "deep" / "archive")).fetch(digest) == b"one"
    assert files(tmp_path / "deep" / "archive") == {digest: b"one"}


def test_nothing_is_made_before_something_is_kept(tmp_path: Path) -> None:
    archive = FolderArchive(tmp_path / "archive")
    with pytest.raises(NotFound):
        archive.fetch(digest_of(b"one"))
    assert list(tmp_path.iterdir()) == []


@posix
def test_folder_and_files_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        digest = FolderArchive(tmp_path / "archive").keep(b"one")
    finally:
        _ = os.umask(before)
    assert (tmp_path / "archive").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "archive" / digest).stat().st_mode & 0o777 == 0o600


def test_of_many_who_keep_at_once_no_draft_is_left(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(FolderArchive(tmp_path / "archive").keep, [b"one", b"two"] * 32))
    assert digests == [digest_of(b"one"), digest_of(b"two")] * 32
    assert files(tmp_path / "archive") == {digest_of(b"one"): b"one", digest_of(b"two"): b"two"}


@pytest.mark.parametrize("changed", [b"", b"on", b"one\n", b"onE", b"two"])
def test_what_was_changed_is_reported_and_never_overwritten(tmp_path: Path, changed: bytes) -> None:
    archive = FolderArchive(tmp_path)
    digest = archive.keep(b"one")
    (tmp_path / digest).write_bytes(changed)
    with pytest.raises(Corrupt, match="not what was kept"):
        archive.fetch(digest)
    with pytest.raises(Corrupt, match="restore the archive"):
        archive.keep(b"one")
    assert files(tmp_path) == {digest: changed}


@pytest.mark.parametrize("blocked", ["archive", "archive/name"])
def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, blocked: str) -> None:
    digest = digest_of(b"one")
    archive = FolderArchive(tmp_path / "archive")
    place = tmp_path / blocked.replace("name", digest)
    place.parent.mkdir(exist_ok=True)
    if place.name == digest:
        place.mkdir()
    else:
        place.write_bytes(b"in the way")
    with pytest.raises(Unavailable) as writing:
        archive.keep(b"one")
    with pytest.raises(Unavailable) as reading:
        archive.fetch(digest)
    assert re.fullmatch(CALM, str(writing.value))
    assert re.fullmatch(CALM, str(reading.value))
    assert [file.name for file in tmp_path.rglob(".*")] == []


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *arguments], check=False, capture_output=True, text=True)


@posix
def test_on_a_full_disk_nothing_of_it_is_kept(tmp_path: Path) -> None:
    done = python(
        """
import resource, signal, sys
from kundorder.adapters.archive import FolderArchive
from kundorder.errors import Unavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
archive = FolderArchive(sys.argv[1])
try:
    archive.keep(bytes(5000))
except Unavailable as error:
    print(error)
print(archive.keep(b"one"))
""",
        str(tmp_path / "archive"),
    )
    why, digest = done.stdout.splitlines()
    assert why.startswith("the archive cannot be written (file too large)")
    assert files(tmp_path / "archive") == {digest: b"one"}


@posix
@pytest.mark.parametrize("event", ["os.link", "os.remove"])
def test_who_is_killed_on_the_way_leaves_a_document_whole_or_not_at_all(tmp_path: Path, event: str) -> None:
    """Python tells what it is about to do; the process dies there, and another one goes on."""
    done = python(
        """
import os, signal, sys
from kundorder.adapters.archive import FolderArchive
archive = FolderArchive(sys.argv[1])
archive.keep(b"before")
def hear(event, arguments):
    if event == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hear)
archive.keep(b"one")
""",
        str(tmp_path),
        event,
    )
    digest, linked = digest_of(b"one"), event == "os.remove"
    assert done.returncode == -9
    (draft,) = [name for name in files(tmp_path) if name.startswith(".")]
    there = {digest_of(b"before"): b"before", draft: b"one"} | ({digest: b"one"} if linked else {})
    assert files(tmp_path) == there
    archive = FolderArchive(tmp_path)
    if not linked:
        with pytest.raises(NotFound):
            archive.fetch(digest)
    with pytest.raises(NotFound):
        archive.fetch(draft)
    assert archive.keep(b"one") == digest
    assert archive.fetch(digest) == b"one"
    assert files(tmp_path) == there | {digest: b"one"}


def test_what_came_there_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    done = python(
        """
import pathlib, sys
from kundorder.adapters.archive import FolderArchive
from kundorder.errors import Corrupt
def hear(event, arguments):
    if event == "os.link":
        pathlib.Path(arguments[1]).write_bytes(b"from elsewhere")
sys.addaudithook(hear)
try:
    FolderArchive(sys.argv[1]).keep(b"one")
except Corrupt as error:
    print(error)
""",
        str(tmp_path),
    )
    assert "not what was kept" in done.stdout
    assert files(tmp_path) == {digest_of(b"one"): b"from elsewhere"}


@posix
def test_of_many_processes_that_keep_and_are_killed_none_leaves_half_a_document(tmp_path: Path, chance: Random) -> None:
    code = """
import sys
from kundorder.adapters.archive import FolderArchive
archive = FolderArchive(sys.argv[1])
print("begun", flush=True)
for number in range(100_000):
    archive.keep(b"%d " % (number % 50) * 9000)
"""
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
    for process in running:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.random() / 5)
        process.kill()
        process.communicate()
    archive = FolderArchive(tmp_path)
    whole = [name for name in files(tmp_path) if not name.startswith(".")]
    assert whole
    assert all(digest_of(archive.fetch(name)) == name for name in whole)
