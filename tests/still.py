"""A store that stands still, on which ``recalling`` makes a call but once for all stores that answer alike."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias, TypeVar

import attrs
from recalling import Answer, Recalling

import kundorder as ko
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Transaction
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index
from kundorder.worklists import listings

Facts: TypeAlias = Mapping[Key, Fact]
Question: TypeAlias = tuple[Key, ...]
T = TypeVar("T")


class Still:
    """A store that stands still: it notes each question with its answer, and keeps what is written to it apart."""

    def __init__(self, listed: tuple[Key, ...]) -> None:
        self.listed = listed  # what may stand on a list
        self.facts: Facts = {}
        self.owed: tuple[ko.Owed, ...] = ()
        self.asked: dict[Question, Answer] = {}
        self.written: list[Changes] = []

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        yield self

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        self._note(keys)
        return {key: self.facts.get(key, ABSENT) for key in keys}

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        del after, limit
        self._note(self.listed)
        found = sorted(self._lines(index, values), key=lambda line: (line.sort, line.key), reverse=newest_first)
        return Page(items=tuple(found), after=None)

    def _lines(self, index: Index, values: tuple[str, ...]) -> Iterator[Listed]:
        for key in self.listed:
            fact = self.facts.get(key, ABSENT)
            lines = () if fact.record is None else listings(fact.record)
            for _index, _value, sort in (line for line in lines if line[0] is index and line[1] in values):
                yield Listed(sort=sort, key=key, fact=fact)
                break

    def _note(self, question: Question) -> None:
        if question not in self.asked:
            self.asked[question] = self.answer(question)

    def answer(self, question: Question) -> Answer:
        """What tells one answer from another: which facts it rests on; each is kept but once."""
        facts = self.facts
        return tuple([id(facts.get(key)) for key in question])

    def write(self, changes: Changes) -> None:
        self.written.append(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[ko.Owed, ...]:
        del now, lease_until, limit
        owed, self.owed = self.owed, ()
        return owed

    def settle(self, owed: ko.Owed, settlement: ko.Settlement) -> bool:
        del owed, settlement
        return True


@attrs.define
class Recalled(Recalling[Question, T]):
    """A call that is made once for all such stores that answer its questions alike."""
