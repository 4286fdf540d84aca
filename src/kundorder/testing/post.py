"""The mail of a portal under test."""

from collections.abc import Iterator
from typing import final

from kundorder.adapters.memory import MemoryMailer
from kundorder.portal import Portal
from kundorder.ports import Letter


@final
class SentMail:
    """What has left a portal; whenever somebody looks, what is owed by then leaves first.

    Args:
        portal: whose mail it is.
        mailer: the one that the portal was given.
    """

    def __init__(self, portal: Portal, mailer: MemoryMailer) -> None:
        self._portal = portal
        self._mailer = mailer

    @property
    def letters(self) -> tuple[Letter, ...]:
        """All letters, the first first."""
        _ = self._portal.deliver()
        return self._mailer.letters

    def to(self, address: str) -> tuple[Letter, ...]:
        """Those to one address."""
        return tuple(letter for letter in self.letters if letter.to == address)

    def __iter__(self) -> Iterator[Letter]:
        return iter(self.letters)

    def __len__(self) -> int:
        return len(self.letters)
