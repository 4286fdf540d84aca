"""The lists: pages by keyset, so that the millionth page costs what the first does.

A place on a list is (sort, key). ``after`` is a sort and means that all lines of that sort have been seen; where a
page ends between two of one sort it is the sort, a NUL and the key.
"""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import TypeAlias, final

import attrs

from kundorder.adapters.sqlite.rows import (
    FACT_COLUMNS,
    OWED_COLUMNS,
    FactRow,
    OwedRow,
    about,
    entry,
    fact,
    moment,
    owed,
    read,
)
from kundorder.ports import Listed, Page
from kundorder.situation import Key
from kundorder.vocabulary import Index

Place: TypeAlias = tuple[str, str]
Lines: TypeAlias = dict[Place, Listed | None]

_END = "\U0010ffff"  # sorts after every text of ours
_NUMBERS = range(10**12)  # those that twelve digits tell apart
_DIGITS = "012d"


def _both(sql: str) -> tuple[str, str]:
    """A statement to go on with, and the one to go back with."""
    return sql.format(than=">", way="ASC"), sql.format(than="<", way="DESC")


_LINES = _both("""
    SELECT sort, key FROM listings
    WHERE idx = ? AND value = ? AND (sort, key) {than} (?, ?) ORDER BY sort {way}, key {way} LIMIT ?
""")
_HEADS = _both(f"""
    SELECT {FACT_COLUMNS} FROM records
    WHERE number > 0 AND key {{than}} ? ORDER BY key {{way}} LIMIT ?
""")  # noqa: S608 - constants
_CHAIN = _both("""
    SELECT number, body, remark FROM journal
    WHERE chain = ? AND number {than} ? ORDER BY number {way} LIMIT ?
""")
_CHAINS = _both("""
    SELECT chain, number, body, remark FROM journal
    WHERE (chain, number) {than} (?, ?) ORDER BY chain {way}, number {way} LIMIT ?
""")
_OWED = _both(f"""
    SELECT {OWED_COLUMNS} FROM owed
    WHERE state = ? AND (owed_at, id) {{than}} (?, ?) ORDER BY owed_at {{way}}, id {{way}} LIMIT ?
""")  # noqa: S608 - constants


@final
@attrs.frozen
class Stretch:
    """A part of a list."""

    index: Index
    start: Place  # what comes after it is wanted, or, going back, what comes before it
    limit: int
    back: bool


def stretch(index: Index, after: str | None, limit: int, *, back: bool) -> Stretch:
    """What a page is made from: one line more than it has room for, which tells whether there is another page."""
    if after is None:
        start = (_END, "") if back else ("", "")
    else:
        sort, tie, key = after.partition("\0")
        start = (sort, key if tie or back else _END)
    return Stretch(index, start, max(limit, 0) + 1, back)


def page(connection: sqlite3.Connection, values: tuple[str, ...], wanted: Stretch) -> Page:
    """A page of what stands there under any of these values, each line once."""
    found: Lines = {}
    for value in values:  # one statement for all would sort everything that is left
        found.update(_lines(connection, wanted, value))
    places = sorted(found, reverse=wanted.back)
    here = places[: wanted.limit - 1]
    return Page(
        items=_filled(connection, {place: found[place] for place in here}),
        after=_go_on(here[-1], places[len(here)]) if here and len(here) < len(places) else None,
    )


def _go_on(last: Place, following: Place) -> str:
    return last[0] if last[0] != following[0] else "\0".join(last)


def _filled(connection: sqlite3.Connection, found: Lines) -> tuple[Listed, ...]:
    """The lines, each with its record where it has nothing yet."""
    facts = read(connection, tuple(Key(key) for (_sort, key), line in found.items() if line is None))
    return tuple(
        Listed(sort=sort, key=Key(key), fact=facts[Key(key)]) if line is None else line
        for (sort, key), line in found.items()
    )


def _lines(connection: sqlite3.Connection, wanted: Stretch, value: str) -> Lines:
    if wanted.index is Index.JOURNAL:
        listed = _of_chain(connection, wanted, value) if value else _of_all_chains(connection, wanted)
    elif wanted.index is Index.OWED:
        listed = _of_owed(connection, wanted, value)
    elif wanted.index is Index.HEADS:
        listed = _of_heads(connection, wanted)
    else:
        found = (wanted.index.value, value, *wanted.start, wanted.limit)
        rows: list[Place] = connection.execute(_LINES[wanted.back], found).fetchall()
        return dict.fromkeys(rows)
    return {(line.sort, line.key): line for line in listed}


def _of_heads(connection: sqlite3.Connection, wanted: Stretch) -> Iterator[Listed]:
    rows: list[FactRow] = connection.execute(_HEADS[wanted.back], (wanted.start[0], wanted.limit)).fetchall()
    return (Listed(sort=row[0], key=row[0], fact=fact(row)) for row in rows)


def _of_chain(connection: sqlite3.Connection, wanted: Stretch, chain: str) -> Iterator[Listed]:
    if wanted.back:
        number = bisect_left(_NUMBERS, wanted.start, key=lambda each: (format(each, _DIGITS), chain))
    else:
        number = bisect_right(_NUMBERS, wanted.start, key=lambda each: (format(each, _DIGITS), chain)) - 1
    found = (chain, number, wanted.limit)
    rows: list[tuple[int, str, str | None]] = connection.execute(_CHAIN[wanted.back], found).fetchall()
    return (
        Listed(sort=format(each, _DIGITS), key=Key(chain), entry=entry(body, remark)) for each, body, remark in rows
    )


def _of_all_chains(connection: sqlite3.Connection, wanted: Stretch) -> Iterator[Listed]:
    chain, blank, digits = wanted.start[0].rpartition(" ")
    if not blank:
        chain, digits = digits, chain
    if wanted.back:
        number = bisect_left(_NUMBERS, digits, key=lambda each: format(each, _DIGITS))
    else:
        number = bisect_right(_NUMBERS, digits, key=lambda each: format(each, _DIGITS)) - 1
    found = (chain, number, wanted.limit)
    rows: list[tuple[str, int, str, str | None]] = connection.execute(_CHAINS[wanted.back], found).fetchall()
    return (
        Listed(sort=f"{chain} {each:{_DIGITS}}", key=Key(chain), entry=entry(body, remark))
        for chain, each, body, remark in rows
    )


def _of_owed(connection: sqlite3.Connection, wanted: Stretch, state: str) -> Iterator[Listed]:
    owed_at, _blank, identifier = wanted.start[0].partition(" ")
    found = (state, owed_at, identifier, wanted.limit)
    rows: list[OwedRow] = connection.execute(_OWED[wanted.back], found).fetchall()
    debts = (owed(row) for row in rows)
    return (Listed(sort=f"{moment(debt.owed_at)} {debt.id}", key=about(debt), owed=debt) for debt in debts)
