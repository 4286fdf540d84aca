"""No answer comes back from the end of a transaction, which was kept or was not: the same key leads to one effect.

So it is with every transaction of a story, those that claim mail and settle it too: what was claimed in vain is claimed
again when the lease has ended.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum, auto, unique
from functools import partial
from itertools import count as counting
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import attrs
import pytest
from proof import count

import kundorder as ko
from crash.course import course_of
from crash.places import STORES, in_memory, opening
from crash.points import Telling, itself, twin
from crash.story import STORY, PutOffError, prepare
from crash.wrong import Careless, Half, InHalves
from kundorder.adapters.memory import MemoryStore
from kundorder.ports import Store, Transaction

COURSE: Final = course_of(STORY)
FAST, LONG = 500, 10_000

Seen: TypeAlias = Callable[[Store], Store]


@unique
class Answer(Enum):
    """What comes back from the end of a transaction."""

    COMES = auto()
    IS_LOST_AND_IT_WAS_KEPT = auto()
    IS_LOST_AND_IT_WAS_UNDONE = auto()


LOST: Final = (Answer.IS_LOST_AND_IT_WAS_KEPT, Answer.IS_LOST_AND_IT_WAS_UNDONE)


@attrs.frozen
class Doubtful:
    """A store whose answers may be lost."""

    kept: Store
    answer: Callable[[], Answer]

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield transaction
            answer = self.answer()
            if answer is Answer.IS_LOST_AND_IT_WAS_UNDONE:
                raise ko.Unavailable("the line went dead")
        if answer is Answer.IS_LOST_AND_IT_WAS_KEPT:
            raise ko.Unavailable("the line went dead")


@attrs.define
class One:
    """One answer is lost, after so many others."""

    others: int
    answer: Answer

    def next(self) -> Answer:
        """What becomes of this one."""
        self.others -= 1
        return self.answer if self.others == -1 else Answer.COMES


@attrs.define
class Many:
    """Of five answers about one is lost."""

    chance: Random
    lost: int = 0

    def next(self) -> Answer:
        """What becomes of this one."""
        if self.chance.random() < 0.8:
            return Answer.COMES
        self.lost += 1
        return self.chance.choice(LOST)


@pytest.fixture(scope="module")
def before() -> MemoryStore:
    """A store with everybody in it, never written again."""
    store = MemoryStore()
    prepare(store)
    return store


def told(telling: Telling) -> None:
    """Tell one step, as often as it takes."""
    number = telling.told
    while telling.told == number:
        try:
            telling.step()
        except (ko.Unavailable, PutOffError):
            telling.time += timedelta(days=1)  # when no lease lasts, and what was put off is due


def each_is_lost(telling: Telling, answer: Answer) -> int:
    """The answers of the next step are lost, one at a time, each from a twin; how many there are."""
    for others in counting():
        one, here = One(others, answer), telling.twin()
        here.seen_by_host = doubtful(one.next)
        told(here)
        assert COURSE.stands(here.store, here.told) == COURSE.after[here.told]
        if one.others >= 0:
            return others
    raise AssertionError


def doubtful(answer: Callable[[], Answer], beyond: Seen = itself) -> Seen:
    """What makes a store doubtful, and puts another one before that."""
    return lambda store: beyond(Doubtful(store, answer))


def many_are_lost(store: Store, chance: Random, beyond: Seen = itself) -> int:
    """A story in which answer after answer is lost; how many."""
    many = Many(chance)
    telling = Telling.of(COURSE, store, seen_by_host=doubtful(many.next, beyond))
    while not telling.is_over:
        told(telling)
        assert COURSE.stands(store, telling.told) == COURSE.after[telling.told]
    return many.lost


@pytest.mark.parametrize("answer", LOST)
def test_every_transaction_whose_answer_is_lost_has_one_effect(before: MemoryStore, answer: Answer) -> None:
    telling, number = Telling.of(COURSE, twin(before)), 0
    while not telling.is_over:
        number += each_is_lost(telling, answer)
        telling.step()
    assert number > 90
    count("transactions whose answer was lost, one at a time, store in memory", number)


def lost_in_memory(before: MemoryStore, chance: Random, wanted: int) -> None:
    """Stories in memory, until so many answers have been lost."""
    lost = 0
    while lost < wanted:
        lost += many_are_lost(twin(before), chance)
    count("transactions whose answer was lost, store in memory", lost)


def lost_on_disk(name: str, chance: Random, wanted: int) -> None:
    """Stories in stores of this kind, until so many answers have been lost."""
    lost = 0
    while lost < wanted:
        with in_memory() as folder, opening(STORES[name])(Path(folder)) as store:
            prepare(store)
            lost += many_are_lost(store, chance)
    count(f"transactions whose answer was lost, {name}", lost)


def test_whatever_answers_are_lost_everything_is_done_once(before: MemoryStore, chance: Random) -> None:
    lost_in_memory(before, chance, FAST)


@pytest.mark.parametrize("name", STORES)
def test_whatever_answers_of_a_store_are_lost_everything_is_done_once(name: str, chance: Random) -> None:
    lost_on_disk(name, chance, FAST // 10)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_and_so_of_ten_thousand_in_memory(before: MemoryStore, chance: Random) -> None:
    lost_in_memory(before, chance, LONG)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", STORES)
def test_and_so_of_ten_thousand_of_a_store(name: str, chance: Random) -> None:
    lost_on_disk(name, chance, LONG)


@pytest.mark.parametrize("wrong", [Careless, InHalves, partial(InHalves, half=Half.RECEIPT)])
def test_a_store_that_hides_what_was_lost_or_keeps_a_part_later_is_found_out(before: MemoryStore, wrong: Seen) -> None:
    chance = Random(1)  # noqa: S311 - no secret
    with pytest.raises(AssertionError, match=r"HALF DONE|LOST"):
        many_are_lost(twin(before), chance, wrong)
