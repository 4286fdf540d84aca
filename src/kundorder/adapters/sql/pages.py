"""From rows to pages: the same for every database."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from kundorder.layout import OwedRow, Stretch, about, entry, fact, go_on, moment, owed
from kundorder.layout.places import DIGITS
from kundorder.ports import Listed, Page
from kundorder.situation import Key

LineRow: TypeAlias = tuple[str, Key, int, int, str, int, str]
"""Sort, key, version, schema, body, number, digest."""

EntryRow: TypeAlias = tuple[str, int, str, str | None]
"""Chain, number, body, remark."""


def page_of(lines: Sequence[Listed], wanted: Stretch) -> Page:
    """A page of the lines that were found, which are one more than it has room for if there is another page."""
    here = tuple(lines[: wanted.limit - 1])
    if not here or len(here) == len(lines):
        return Page(items=here, after=None)
    last, following = here[-1], lines[len(here)]
    return Page(items=here, after=go_on((last.sort, last.key), (following.sort, following.key)))


def of_records(rows: Iterable[LineRow]) -> list[Listed]:
    """Lines of a list of records."""
    return [Listed(sort=row[0], key=row[1], fact=fact(row[1:])) for row in rows]


def of_chain(rows: Iterable[EntryRow]) -> list[Listed]:
    """Lines of one chain."""
    return [
        Listed(sort=format(number, DIGITS), key=Key(chain), entry=entry(body, remark))
        for chain, number, body, remark in rows
    ]


def of_all_chains(rows: Iterable[EntryRow]) -> list[Listed]:
    """Lines of the whole journal."""
    return [
        Listed(sort=f"{chain} {number:{DIGITS}}", key=Key(chain), entry=entry(body, remark))
        for chain, number, body, remark in rows
    ]


def of_owed(rows: Iterable[OwedRow]) -> list[Listed]:
    """Lines of the debts."""
    debts = (owed(row) for row in rows)
    return [Listed(sort=f"{moment(debt.owed_at)} {debt.id}", key=about(debt), owed=debt) for debt in debts]
