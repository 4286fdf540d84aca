"""The exam, put to one signer after another: each test with each of its parameters, without a run of pytest for each.

A test is asked as pytest would ask it, on a bench of its own. What it is parametrised with is read from where pytest
reads it.
"""

from collections.abc import Iterable, Iterator
from inspect import signature
from itertools import product
from typing import Protocol, final

import attrs
import pytest
from contracts.signing import SigningContract

from kundorder.errors import KundorderError
from wrong_signers.truth import Making, PlayedBench

NOTICED = (AssertionError, KundorderError, ConnectionError, LookupError, ValueError, pytest.fail.Exception)
"""What a test ends with that is to catch a signer: the last but one are what signers raise that should not.

Anything else would be a mistake in the wrong signer, which has to be wrong in what it says it is.
"""

ANYTHING = (Exception, pytest.fail.Exception)
"""What other tests may end with on a wrong signer: they need not understand what is wrong with it."""


@final
@attrs.frozen
class Wrong:
    """A wrong signer."""

    lie: str  # what it does, as its author's mistake
    making: Making
    caught_by: tuple[str, ...]  # tests of the exam, each of which has to fail on it


@final
class Examined(SigningContract):
    """The whole exam."""


PROMISES = tuple(name for name in dir(Examined) if name.startswith("test_"))
"""Every test of the exam, by name."""


class Test(Protocol):
    """What is called."""

    def __call__(self, **arguments: object) -> None: ...


@final
@attrs.frozen
class Case:
    """One test with one set of parameters."""

    promise: str
    parameters: dict[str, object]

    def put_to(self, making: Making) -> None:
        """Run it on a bench of its own."""
        test: Test = getattr(Examined(), self.promise)
        given: dict[str, object] = {"bench": PlayedBench(making)} | self.parameters
        test(**{name: given[name] for name in signature(test).parameters})


def cases(promise: str) -> Iterator[Case]:
    """A test with all its parameters."""
    marks: Iterable[pytest.Mark] = getattr(getattr(Examined, promise), "pytestmark", ())
    choices = [tuple(_choices(mark)) for mark in marks if mark.name == "parametrize"]
    for chosen in product(*choices):
        yield Case(promise, {name: value for choice in chosen for name, value in choice.items()})


def _choices(mark: pytest.Mark) -> Iterator[dict[str, object]]:
    name, values = mark.args
    yield from ({name: value} for value in values)


def first_failure(
    promise: str, making: Making, noticed: tuple[type[BaseException], ...] = NOTICED
) -> BaseException | None:
    """What comes of the first case of a test that fails on this signer; None if it passes, or has nothing to promise.

    Args:
        promise: the name of a test.
        making: of the signer.
        noticed: what a failure is.
    """
    for case in cases(promise):
        try:
            case.put_to(making)
        except pytest.skip.Exception:
            continue
        except noticed as error:
            return error
    return None
