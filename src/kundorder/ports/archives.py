"""Where signed documents are kept, as a host provides it."""

from typing import Protocol


class Archive(Protocol):
    """Keeps what was signed under the digest of its bytes, so nothing can take the place of anything else."""

    def keep(self, content: bytes) -> str:
        """Keep it for good; keeping the same again is harmless, also for several at once.

        Returns:
            SHA-256 of the content, in hexadecimal.

        Raises:
            Unavailable: not now; nothing of it is kept.
        """
        ...

    def fetch(self, digest: str) -> bytes:
        """What was kept under this digest, the same byte for byte.

        Raises:
            NotFound: nothing was, or that is no digest.
            Corrupt: what is there has been changed.
            Unavailable: not now.
        """
        ...
