"""The exam of stores is strong: stores that are wrong on purpose are caught by it, and by the promise they break.

In the ordinary run each meets the tests that name its mistake; in the long one it sits the whole exam.
"""

from pathlib import Path

import attrs
import pytest
from proof import count
from wrong_stores import WRONG, Wrong
from wrong_stores.dying import DYING, Dying
from wrong_stores.examining import ANYTHING, PROMISES, failure
from wrong_stores.telling import Making
from wrong_stores.truth import TRUE, all_at_once

from kundorder.adapters.memory import MemoryStore
from kundorder.ports import Store
from kundorder.situation import Guard, Key
from kundorder.testing.contracts import examine
from kundorder.testing.contracts.store import StoreContract
from kundorder.testing.contracts.store.made_up import changes
from kundorder.testing.contracts.store.texts import LOOKALIKES

ENOUGH = 24
DIES = "test_a_process_that_dies_in_a_block_leaves_what_was_kept_and_nothing_of_the_block"


def broken(making: Making) -> set[str]:
    """The promises a store does not keep."""
    return {promise for promise in PROMISES if failure(promise, making, ANYTHING) is not None}


class TestStoreToldAsItIs(StoreContract):
    """A store made in all the ways the wrong ones are made in, but without a lie, passes."""

    lasts = False

    def begin(self) -> None:
        self.told: dict[Path, Store] = {}
        super().begin()

    def open_store(self, place: Path) -> Store:
        return self.told.setdefault(place, all_at_once()(MemoryStore()))


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_store_is_caught_by_the_promises_it_breaks(wrong: Wrong) -> None:
    for promise in wrong.caught_by:
        found = failure(promise, wrong.making)
        assert found is not None, f"{promise} has not caught it"
        assert promise.removeprefix("test_").replace("_", " ") in str(found)
        assert "documented at: kundorder.ports.stores." in str(found)
    count("wrong stores caught", 1)


@pytest.mark.parametrize("wrong", DYING, ids=lambda wrong: wrong.lie)
def test_a_store_that_is_wrong_when_its_process_dies_is_caught(wrong: Dying) -> None:
    report = examine(wrong.contract(), only=[DIES])
    assert [found.put for found in report.broken] == [f"way={wrong.caught_by!r}"]
    assert "documented at: kundorder.ports.stores.Store.transaction" in str(report)
    count("wrong stores caught", 1)


def test_there_are_enough_wrong_stores_and_each_is_wrong_in_its_own_way() -> None:
    lies = [*(wrong.lie for wrong in WRONG), *(wrong.lie for wrong in DYING)]
    assert len(lies) == len(set(lies)) >= ENOUGH
    assert all(wrong.caught_by for wrong in WRONG)


def test_every_promise_is_broken_by_a_wrong_store() -> None:
    """A test that no wrong store fails might as well not be there."""
    assert set(PROMISES) - {DIES} == {promise for wrong in WRONG for promise in wrong.caught_by}


def test_there_are_enough_texts_that_look_the_same() -> None:
    assert len(set(LOOKALIKES)) >= 200
    assert all(one != other for one, other in LOOKALIKES)


@pytest.mark.parametrize("guards", [(), (Guard(Key("receipt:a"), 0),), (Guard(Key("receipt:b"), 1),)])
def test_what_is_dropped_has_to_be_guarded_by_its_version(guards: tuple[Guard, ...]) -> None:
    with pytest.raises(ValueError, match="guarded"):
        _ = attrs.evolve(changes(), guards=guards, dropped=(Key("receipt:a"),))


@pytest.mark.long
@pytest.mark.parametrize("making", TRUE.values(), ids=TRUE)
def test_a_store_told_in_one_way_without_a_lie_keeps_every_promise(making: Making) -> None:
    assert broken(making) == set()


@pytest.mark.long
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_store_fails_the_exam(wrong: Wrong) -> None:
    found = broken(wrong.making)
    assert found >= set(wrong.caught_by)
    count("wrong stores that sat the whole exam", 1)
    count("promises broken by wrong stores", len(found))
