"""The exam of stores is strong: stores that are wrong on purpose are caught by it, and by the promise they break.

In the ordinary run each meets the tests that name its mistake; in the long one it sits the whole exam.
"""

import inspect
from pathlib import Path

import pytest
from contracts.ending import EndContract
from contracts.store import StoreContract
from proof import count
from wrong_stores import WRONG, Wrong
from wrong_stores.examining import ANYTHING, PROMISES, Examined, cases, first_failure
from wrong_stores.telling import Making
from wrong_stores.truth import TRUE, all_at_once

from kundorder.adapters.memory import MemoryStore
from kundorder.ports import Store

ENOUGH = 24


def broken(making: Making, folder: Path) -> set[str]:
    """The promises a store does not keep."""
    return {promise for promise in PROMISES if first_failure(promise, making, folder, ANYTHING) is not None}


class TestStoreToldAsItIs(StoreContract, EndContract):
    """A store made in all the ways the wrong ones are made in, but without a lie, passes."""

    def open_store(self, place: Path) -> Store:
        return _TOLD.setdefault(place, all_at_once()(MemoryStore()))


_TOLD: dict[Path, Store] = {}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_store_is_caught_by_the_promises_it_breaks(wrong: Wrong, tmp_path: Path) -> None:
    missed = [promise for promise in wrong.caught_by if first_failure(promise, wrong.making, tmp_path) is None]
    assert missed == []
    count("wrong stores caught", 1)


def test_there_are_enough_wrong_stores_and_each_is_wrong_in_its_own_way() -> None:
    lies = [wrong.lie for wrong in WRONG]
    assert len(lies) == len(set(lies)) >= ENOUGH
    assert all(wrong.caught_by for wrong in WRONG)


def test_every_promise_is_broken_by_a_wrong_store() -> None:
    """A test that no wrong store fails might as well not be there."""
    about_stores = {name for name in PROMISES if "store" in inspect.signature(getattr(Examined, name)).parameters}
    assert about_stores == {promise for wrong in WRONG for promise in wrong.caught_by}


def test_the_exam_is_put_as_pytest_puts_it(request: pytest.FixtureRequest) -> None:
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    asked = [item for item in items if item.cls is TestStoreToldAsItIs]
    for item in asked:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        assert any(case.parameters == parameters for case in cases(item.originalname))
    for name in {item.originalname for item in asked}:
        assert len([item for item in asked if item.originalname == name]) <= len(list(cases(name)))


@pytest.mark.long
@pytest.mark.parametrize("making", TRUE.values(), ids=TRUE)
def test_a_store_told_in_one_way_without_a_lie_keeps_every_promise(making: Making, tmp_path: Path) -> None:
    assert broken(making, tmp_path) == set()


@pytest.mark.long
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_store_fails_the_exam(wrong: Wrong, tmp_path: Path) -> None:
    found = broken(wrong.making, tmp_path)
    assert found >= set(wrong.caught_by)
    count("wrong stores that sat the whole exam", 1)
    count("promises broken by wrong stores", len(found))
