"""A store that stands still, with pages and journals.

As ``still``, with two differences: a list is a question of its own, answered by the lines that are on the page, so that
an order which is on none of somebody's lists makes no difference to that call; and a page ends where it is asked to.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final, TypeAlias, TypeVar, final

import attrs
from recalling import Answer, Recalling

import kundorder as ko
from kundorder.events import Entry
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Transaction
from kundorder.situation import ABSENT, Fact, Key, Kind, kind_of
from kundorder.vocabulary import Index
from kundorder.worklists import listings

Facts: TypeAlias = Mapping[Key, Fact]
Lines: TypeAlias = Mapping[tuple[Index, str], str]
T = TypeVar("T")

_ON: Final[Mapping[Index, frozenset[Kind]]] = {
    Index.ORDERS: frozenset((Kind.ORDER,)),
    Index.NOTICES: frozenset((Kind.ORDER,)),
    Index.PENDING: frozenset((Kind.ORDER, Kind.ASSIGNMENT, Kind.AGREEMENT)),
    Index.GRANTS: frozenset((Kind.ASSIGNMENT,)),
    Index.MEMBERS: frozenset((Kind.MEMBER,)),
}


@final
@attrs.frozen
class Asked:
    """A page of a list that is asked for."""

    index: Index
    values: tuple[str, ...]
    after: str | None
    limit: int
    newest_first: bool


Question: TypeAlias = tuple[Key, ...] | Asked


@final
class Standing:
    """A store that stands still: it notes each question, and keeps what is written to it apart."""

    def __init__(self, keys: Iterable[Key]) -> None:
        """Of all keys but those of signings it is told before, so that nobody searches all facts for a list."""
        kinds = [(key, kind_of(key)) for key in keys]
        self._on = {index: tuple(key for key, kind in kinds if kind in on) for index, on in _ON.items()}
        self.facts: Facts = {}
        self.journal: Mapping[Key, tuple[Entry, ...]] = {}
        self.owed: tuple[ko.Owed, ...] = ()
        self.asked: dict[Question, Answer] = {}
        self.written: list[Changes] = []
        self.apart: tuple[str, ...] = ()  # what nothing may be asked of at the moment
        self._lines: dict[int, Lines] = {}
        self._held: list[Fact] = []  # so that no other fact ever has the id of one in ``_lines``
        self._journals: dict[int, tuple[Entry, ...]] = {}  # as before

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        yield self

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        self._note(keys)
        return {key: self.facts.get(key, ABSENT) for key in keys}

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        asked = Asked(index, values, after, limit, newest_first)
        self._note(asked)
        return self._page(asked)

    def _page(self, asked: Asked) -> Page:
        if asked.index is Index.JOURNAL:
            return self._entries(asked)
        found = sorted(self._found(asked), key=lambda line: line.sort, reverse=asked.newest_first)
        if asked.after is not None:
            back, after = asked.newest_first, asked.after
            found = [line for line in found if (line.sort < after if back else line.sort > after)]
        more = len(found) > asked.limit
        items = tuple(found[: asked.limit])
        return Page(items=items, after=items[-1].sort if more and items else None)

    def _found(self, asked: Asked) -> Iterator[Listed]:
        index = asked.index
        keys = self._on[index] if index is not Index.SIGNINGS else self._signings()
        for key in keys:
            fact = self.facts.get(key, ABSENT)
            lines = self._lines_of(fact)
            for value in asked.values:
                sort = lines.get((index, value))
                if sort is not None:
                    yield Listed(sort=sort, key=key, fact=fact)
                    break

    def _signings(self) -> tuple[Key, ...]:
        return tuple(key for key in self.facts if key.startswith("signing:"))

    def _lines_of(self, fact: Fact) -> Lines:
        found = self._lines.get(id(fact))
        if found is None:
            lines = () if fact.record is None else listings(fact.record)
            found = self._lines[id(fact)] = {(index, value): sort for index, value, sort in lines}
            self._held.append(fact)
        return found

    def _entries(self, asked: Asked) -> Page:
        (chain,) = asked.values
        start = 0 if asked.after is None else int(asked.after)
        entries = self.journal.get(Key(chain), ())[start : start + asked.limit]
        lines = tuple(
            Listed(sort=f"{place:012d}", key=Key(chain), entry=entry) for place, entry in enumerate(entries, start + 1)
        )
        more = len(self.journal.get(Key(chain), ())) > start + asked.limit
        return Page(items=lines, after=lines[-1].sort if more and lines else None)

    def _note(self, question: Question) -> None:
        if question not in self.asked:
            words = question.values if isinstance(question, Asked) else question
            assert not any(each in word for each in self.apart for word in words), f"what is apart is asked: {question}"
            self.asked[question] = self.answer(question)

    def answer(self, question: Question) -> Answer:
        """What tells one answer from another: which facts it rests on; each is kept but once."""
        if not isinstance(question, Asked):
            facts = self.facts
            return tuple([id(facts.get(key)) for key in question])
        if question.index is Index.JOURNAL:
            entries = self.journal.get(Key(question.values[0]), ())
            return (id(self._journals.setdefault(id(entries), entries)),)
        page = self._page(question)
        return (page.after, *(id(line.fact) for line in page.items))

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
