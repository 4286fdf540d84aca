"""What vouches for a statement of ours years later, as a host provides it."""

from typing import Protocol


class Seal(Protocol):
    """Binds a statement to the one who keeps the key; whoever trusts that key can verify it without us."""

    @property
    def name(self) -> str:
        """The key, as evidence names it; another key has another name."""
        ...

    def seal(self, statement: bytes) -> str:
        """The proof, which holds for this very statement; the statement itself is not in it.

        Raises:
            Unavailable: not now; sealing the same again is harmless.
        """
        ...

    def holds(self, proof: str, statement: bytes) -> bool:
        """Whether this key has sealed exactly this statement; a proof that was changed or is none does not hold.

        Raises:
            Unavailable: cannot tell now.
        """
        ...
