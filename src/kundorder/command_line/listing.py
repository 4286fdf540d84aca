"""Whole lists of a store, page by page."""

from collections.abc import Iterator
from typing import Final

from kundorder.ports import Listed, Store
from kundorder.vocabulary import Index

_PAGE: Final = 500


def all_lines(store: Store, index: Index, value: str) -> Iterator[Listed]:
    """Everything that stands on a list under one value."""
    after: str | None = None
    while True:
        with store.transaction() as transaction:
            page = transaction.select(index, (value,), after=after, limit=_PAGE)
        yield from page.items
        after = page.after
        if after is None:
            return
