"""The contract, put to one wrong signer after another."""

from typing import final

import attrs

from kundorder.errors import KundorderError
from kundorder.testing.contracts import PromiseBroken, examine, promises_of
from kundorder.testing.contracts.signing import SigningContract
from wrong_signers.truth import Making, PlayedBench

NOTICED = (AssertionError, KundorderError, ConnectionError, LookupError, ValueError)
"""What breaks a promise that is to catch a signer: the last three are what signers raise that should not.

Anything else would be a mistake in the wrong signer, which has to be wrong in what it says it is.
"""

ANYTHING = (Exception,)
"""What other promises may be broken by on a wrong signer: they need not understand what is wrong with it."""


@final
@attrs.frozen
class Wrong:
    """A wrong signer."""

    lie: str  # what it does, as its author's mistake
    making: Making
    caught_by: tuple[str, ...]  # promises, each of which has to be broken by it


@final
class Examined(SigningContract):
    """The whole contract, on a bench that is played."""

    def __init__(self, making: Making) -> None:
        self._making = making

    def make_bench(self) -> PlayedBench:
        return PlayedBench(self._making)


PROMISES = promises_of(SigningContract)
"""Every promise, by name."""


def failure(promise: str, making: Making, noticed: tuple[type[Exception], ...] = NOTICED) -> PromiseBroken | None:
    """How a promise is broken by this signer; None if it is kept, or there is nothing to promise.

    Args:
        promise: its name.
        making: of the signer.
        noticed: what it may be broken by.
    """
    for broken in examine(Examined(making), only=[promise]).broken:
        if isinstance(broken.__cause__, noticed):
            return broken
        raise broken
    return None
