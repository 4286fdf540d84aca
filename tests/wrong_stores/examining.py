"""The contract, put to one wrong store after another."""

from pathlib import Path
from typing import ClassVar, final

from kundorder.adapters.memory import MemoryStore
from kundorder.errors import KundorderError
from kundorder.ports import Store
from kundorder.testing.contracts import PromiseBroken, examine, promises_of
from kundorder.testing.contracts.store import StoreContract
from wrong_stores.telling import Making

NOTICED = (AssertionError, KundorderError, ValueError)
"""What breaks a promise that is to catch a store; a ``ValueError`` where it got more or fewer than it asked for.

Anything else would be a mistake in the wrong store, which has to be wrong in what it says it is.
"""

ANYTHING = (Exception,)
"""What other promises may be broken by on a wrong store: they need not understand what is wrong with it."""


@final
class Examined(StoreContract):
    """The whole contract for a store that is made of a complete one in memory."""

    lasts: ClassVar[bool] = False

    def __init__(self, making: Making) -> None:
        self._making = making

    def begin(self) -> None:
        self._make = self._making()
        self._complete: dict[Path, MemoryStore] = {}
        super().begin()

    def open_store(self, place: Path) -> Store:
        return self._make(self._complete.setdefault(place, MemoryStore()))


PROMISES = promises_of(StoreContract)
"""Every promise, by name."""


def failure(promise: str, making: Making, noticed: tuple[type[Exception], ...] = NOTICED) -> PromiseBroken | None:
    """How a promise is broken by this store; None if it is kept.

    Args:
        promise: its name.
        making: of the store.
        noticed: what it may be broken by.
    """
    for broken in examine(Examined(making), only=[promise]).broken:
        if isinstance(broken.__cause__, noticed):
            return broken
        raise broken
    return None
