"""The lists: pages by keyset, so that the millionth page costs what the first does."""

import sqlite3
from collections.abc import Iterator
from typing import TypeAlias

from kundorder.adapters.sqlite.reading import FACT_COLUMNS, OWED_COLUMNS, read
from kundorder.layout import (
    FactRow,
    OwedRow,
    Place,
    Stretch,
    about,
    entry,
    fact,
    go_on,
    moment,
    owed,
)
from kundorder.layout.places import DIGITS, in_all_chains, in_chain
from kundorder.ports import Listed, Page
from kundorder.situation import Key
from kundorder.vocabulary import Index

Lines: TypeAlias = dict[Place, Listed | None]


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


def page(connection: sqlite3.Connection, values: tuple[str, ...], wanted: Stretch) -> Page:
    """A page of what stands there under any of these values, each line once."""
    found: Lines = {}
    for value in values:  # one statement for all would sort everything that is left
        found.update(_lines(connection, wanted, value))
    places = sorted(found, reverse=wanted.back)
    here = places[: wanted.limit - 1]
    return Page(
        items=_filled(connection, {place: found[place] for place in here}),
        after=go_on(here[-1], places[len(here)]) if here and len(here) < len(places) else None,
    )


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
    number = in_chain(wanted.start, chain, back=wanted.back)
    found = (chain, number, wanted.limit)
    rows: list[tuple[int, str, str | None]] = connection.execute(_CHAIN[wanted.back], found).fetchall()
    return (Listed(sort=format(each, DIGITS), key=Key(chain), entry=entry(body, remark)) for each, body, remark in rows)


def _of_all_chains(connection: sqlite3.Connection, wanted: Stretch) -> Iterator[Listed]:
    found = (*in_all_chains(wanted.start, back=wanted.back), wanted.limit)
    rows: list[tuple[str, int, str, str | None]] = connection.execute(_CHAINS[wanted.back], found).fetchall()
    return (
        Listed(sort=f"{chain} {each:{DIGITS}}", key=Key(chain), entry=entry(body, remark))
        for chain, each, body, remark in rows
    )


def _of_owed(connection: sqlite3.Connection, wanted: Stretch, state: str) -> Iterator[Listed]:
    owed_at, _blank, identifier = wanted.start[0].partition(" ")
    found = (state, owed_at, identifier, wanted.limit)
    rows: list[OwedRow] = connection.execute(_OWED[wanted.back], found).fetchall()
    debts = (owed(row) for row in rows)
    return (Listed(sort=f"{moment(debt.owed_at)} {debt.id}", key=about(debt), owed=debt) for debt in debts)
