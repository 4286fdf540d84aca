"""What an archive promises: what was kept comes back byte for byte, under its digest and under nothing else."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import ClassVar, Final
from unittest import SkipTest

from kundorder.errors import Corrupt, NotFound
from kundorder.ports import Archive
from kundorder.testing.contracts.promising import Contract, promise, promise_for, raises, same

_CONTENTS: Final = (b"", b"one", b"\x00\xff" * 300, "å\r\n".encode(), b"%PDF-1.7\n" + bytes(70_000))
_NO_DIGESTS: Final = ("", "one", "../one", "0" * 63, "0" * 65, "G" * 64, "/etc/hosts", ".", f"{'0' * 64}\n")


class ArchiveContract(Contract):
    """The contract; each case starts with an archive that holds nothing."""

    port: ClassVar[str] = "Archive"

    def open_archive(self) -> Archive:
        """The archive of this case; asked again, one that holds the same."""
        raise NotImplementedError

    def damage(self, digest: str) -> None:
        """Change what is kept under a digest, behind the archive's back; to be overridden where that can be done."""
        raise SkipTest(f"nobody can get at what is kept under {digest}")

    @promise_for(Archive.keep, _CONTENTS)
    def test_what_was_kept_comes_back_byte_for_byte(self, content: bytes) -> None:
        digest = self.open_archive().keep(content)
        same(self.open_archive().fetch(digest), content)

    @promise_for(Archive.keep, _CONTENTS)
    def test_its_name_is_the_digest_of_its_bytes(self, content: bytes) -> None:
        assert self.open_archive().keep(content) == sha256(content).hexdigest()

    @promise(Archive.keep)
    def test_keeping_the_same_again_is_harmless(self) -> None:
        archive = self.open_archive()
        digests = {archive.keep(b"one"), archive.keep(b"two"), archive.keep(b"one"), self.open_archive().keep(b"one")}
        assert len(digests) == 2
        assert sorted(archive.fetch(each) for each in digests) == [b"one", b"two"]

    @promise(Archive.fetch)
    def test_what_was_never_kept_is_not_found(self) -> None:
        archive = self.open_archive()
        _ = archive.keep(b"one")
        with raises(NotFound):
            _ = archive.fetch(sha256(b"two").hexdigest())

    @promise_for(Archive.fetch, _NO_DIGESTS)
    def test_what_is_no_digest_is_not_found(self, digest: str) -> None:
        archive = self.open_archive()
        _ = archive.keep(b"one")
        with raises(NotFound):
            _ = archive.fetch(digest)

    @promise(Archive.fetch)
    def test_what_was_changed_is_never_handed_out(self) -> None:
        archive = self.open_archive()
        digest = archive.keep(b"one")
        self.damage(digest)
        with raises(Corrupt):
            _ = archive.fetch(digest)

    @promise(Archive.keep)
    def test_of_many_who_keep_at_once_each_finds_its_own(self) -> None:
        archive, contents = self.open_archive(), [f"{number % 8}".encode() * 5000 for number in range(64)]
        with ThreadPoolExecutor(8) as pool:
            digests = list(pool.map(archive.keep, contents))
        same([archive.fetch(digest) for digest in digests], contents)
