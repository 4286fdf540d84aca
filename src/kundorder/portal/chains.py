"""The journal of a whole store, chain by chain: entries and heads, both sorted by chain, merged a page at a time.

Others may write meanwhile, and the two are not read at one moment. So where a chain does not end where its record says,
it is read on until both agree or stand still: what is handed over of a chain is as it was at some moment of its own.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final, final

from kundorder.ports import Listed, Store
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index

_PAGE: Final = 500


@final
class _Reader:
    """A list that is read page by page, in which one can look ahead by one line."""

    def __init__(self, store: Store, index: Index, value: str, after: str | None = None) -> None:
        self._store = store
        self._index = index
        self._value = value
        self._after = after
        self._lines: deque[Listed] = deque()
        self._is_over = False

    def ahead(self) -> Listed | None:
        """The next line; None: there is none."""
        while not self._lines and not self._is_over:
            with self._store.transaction() as transaction:
                page = transaction.select(self._index, (self._value,), after=self._after, limit=_PAGE)
            self._lines.extend(page.items)
            self._after = page.after
            self._is_over = page.after is None
        return self._lines[0] if self._lines else None

    def step(self) -> None:
        """Go past it."""
        _ = self._lines.popleft()


def walk(store: Store) -> Iterator[Listed]:
    """Of each chain its entries, and then a line with its record as it is: the absent fact, where there is none."""
    entries, heads = _Reader(store, Index.JOURNAL, ""), _Reader(store, Index.HEADS, "")
    entry, head = entries.ahead(), heads.ahead()
    while entry is not None or head is not None:
        key = min(line.key for line in (entry, head) if line is not None)
        last: Listed | None = None
        while entry is not None and entry.key == key:
            yield entry
            last = entry
            entries.step()
            entry = entries.ahead()
        fact = ABSENT
        if head is not None and head.key == key:
            fact = head.fact or ABSENT
            heads.step()
            head = heads.ahead()
        while not _agree(last, fact):
            before = read_one(store, key)
            more = _Reader(store, Index.JOURNAL, key) if last is None else _Reader(store, Index.JOURNAL, "", last.sort)
            line = more.ahead()
            while line is not None and line.key == key:
                yield line
                last = line
                more.step()
                line = more.ahead()
            fact = read_one(store, key)
            if fact.version == before.version:
                break
        yield Listed(sort=key, key=key, fact=fact)


def read_one(store: Store, key: Key) -> Fact:
    """One record, as it is now."""
    with store.transaction() as transaction:
        facts = transaction.read((key,))
    return facts[key]


def _agree(last: Listed | None, fact: Fact) -> bool:
    """Whether a chain ends where its record says."""
    if last is None or last.entry is None:
        return not fact.number
    return (last.entry.number, last.entry.digest) == (fact.number, fact.digest)
