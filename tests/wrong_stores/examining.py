"""The exam, put to one store after another: each test with each of its parameters, without a run of pytest for each.

A test is asked as pytest would ask it, with a store of its own that holds nothing, at a place of its own. What it is
parametrised with is read from where pytest reads it.
"""

from collections.abc import Iterable, Iterator
from inspect import signature
from itertools import count, product
from pathlib import Path
from typing import Protocol, final

import attrs
import pytest
from contracts.ending import EndContract
from contracts.store import StoreContract

from kundorder.adapters.memory import MemoryStore
from kundorder.errors import KundorderError
from kundorder.ports import Store
from wrong_stores.telling import Making

NOTICED = (AssertionError, KundorderError, ValueError, pytest.fail.Exception)
"""What a test ends with that is to catch a store; a ``ValueError`` where it got more or fewer than it asked for.

Anything else would be a mistake in the wrong store, which has to be wrong in what it says it is.
"""

ANYTHING = (Exception, pytest.fail.Exception)
"""What other tests may end with on a wrong store: they need not understand what is wrong with it."""


@final
class Examined(StoreContract, EndContract):
    """The whole exam for a store that is made of a complete one."""

    def __init__(self, making: Making) -> None:
        self._make = making()
        self._complete: dict[Path, MemoryStore] = {}

    def open_store(self, place: Path) -> Store:
        return self._make(self._complete.setdefault(place, MemoryStore()))


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

    def put_to(self, making: Making, place: Path) -> None:
        """Run it on a store of its own.

        Args:
            making: of the store.
            place: an empty folder.
        """
        exam = Examined(making)
        test: Test = getattr(exam, self.promise)
        wanted = signature(test).parameters
        given: dict[str, object] = {"store": exam.open_store(place), "tmp_path": place} | self.parameters
        test(**{name: given[name] for name in wanted})


def cases(promise: str) -> Iterator[Case]:
    """A test with all its parameters."""
    marks: Iterable[pytest.Mark] = getattr(getattr(Examined, promise), "pytestmark", ())
    choices = [tuple(_choices(mark)) for mark in marks if mark.name == "parametrize"]
    for chosen in product(*choices):
        yield Case(promise, {name: value for choice in chosen for name, value in choice.items()})


def _choices(mark: pytest.Mark) -> Iterator[dict[str, object]]:
    names, values = mark.args
    if isinstance(names, str):
        yield from ({names: value} for value in values)
    else:
        yield from (dict(zip(names, each, strict=True)) for each in values)


def first_failure(
    promise: str, making: Making, folder: Path, noticed: tuple[type[BaseException], ...] = NOTICED
) -> BaseException | None:
    """What comes of the first case of a test that fails on this store; None if the store passes them all.

    Args:
        promise: the name of a test.
        making: of the store.
        folder: where the places are made.
        noticed: what a failure is.
    """
    for number, case in zip(count(), cases(promise)):
        place = folder / promise / str(number)
        place.mkdir(parents=True)
        try:
            case.put_to(making, place)
        except noticed as error:
            return error
    return None
