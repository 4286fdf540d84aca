"""How a wrong adapter is put to the contract of its port, and what counts as being caught."""

from collections.abc import Callable
from typing import Final, final

import attrs

from kundorder.errors import KundorderError
from kundorder.testing.contracts import Contract, PromiseBroken, examine

NOTICED: Final = (AssertionError, KundorderError, ConnectionError, UnicodeError)
"""What a promise has to break with; anything else would be a mistake in the wrong adapter itself."""


@final
@attrs.frozen
class Wrong:
    """A wrong adapter."""

    lie: str  # what it does, as its author's mistake
    contract: Callable[[], Contract]  # made for this adapter
    caught_by: tuple[str, ...]  # promises, each of which it has to break

    @property
    def exam(self) -> type[Contract]:
        """The contract of its port."""
        return type(self.contract())

    def broken(self, only: tuple[str, ...] | None = None) -> dict[str, PromiseBroken]:
        """The promises it breaks, of these or of all."""
        report = examine(self.contract(), only=self.caught_by if only is None else only)
        names = (f"test_{each.promised.replace(' ', '_')}" for each in report.broken)
        return dict(zip(names, report.broken, strict=True))
