"""A store that stands still, and calls that are made but once on all stores that answer alike.

What a call of the portal comes to depends on nothing but the answers its store gives; time and ids are fixed. So a call
is remembered as a tree: what it asks first, for each answer what it asks next, and in the end what it came to.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

import attrs

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
        self.asked: dict[Question, tuple[int, ...]] = {}
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

    def answer(self, question: Question) -> tuple[int, ...]:
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
class Node(Generic[T]):
    """What a call asks next, or, where it asks nothing more, what it comes to."""

    question: Question | None = None
    answers: dict[tuple[int, ...], "Node[T]"] = attrs.field(factory=dict)
    came_to: list[T] = attrs.field(factory=list)


@attrs.define
class Recalled(Generic[T]):
    """A call that is made once for all stores that answer its questions alike."""

    call: Callable[[], T]
    root: Node[T] = attrs.field(factory=Node[T])

    def on(self, store: Still) -> T:
        """What the call comes to on this store."""
        node: Node[T] | None = self.root
        while node is not None and node.question is not None:
            node = node.answers.get(store.answer(node.question))
        if node is not None and node.came_to:
            return node.came_to[0]
        store.asked.clear()
        made, node = self.call(), self.root
        for question, answer in store.asked.items():
            assert node.question in (None, question)
            node.question = question
            node = node.answers.setdefault(answer, Node())
        node.came_to.append(made)
        return made
