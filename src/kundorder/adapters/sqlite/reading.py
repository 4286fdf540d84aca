"""Reading records, all in one statement."""

import sqlite3
from functools import cache

from kundorder.layout import FactRow, fact
from kundorder.situation import ABSENT, Fact, Key

FACT_COLUMNS = "key, version, schema, body, number, digest"
OWED_COLUMNS = "state, due_at, fence, attempts, body"
AT_ONCE = 30_000  # keys in one statement; SQLite takes 32 766


@cache
def with_keys(sql: str, count: int) -> str:
    """A statement that ends with the keys it is about."""
    return f"{sql} IN ({', '.join('?' * count)})"


def batches(keys: tuple[Key, ...]) -> tuple[tuple[Key, ...], ...]:
    """As many keys as one statement takes."""
    if len(keys) <= AT_ONCE:
        return (keys,)
    return tuple(keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def read(connection: sqlite3.Connection, keys: tuple[Key, ...]) -> dict[Key, Fact]:
    """All these records as they are now."""
    facts = dict.fromkeys(keys, ABSENT)
    for batch in batches(keys):
        sql = with_keys(f"SELECT {FACT_COLUMNS} FROM records WHERE key", len(batch))  # noqa: S608 - all constants
        rows: list[FactRow] = connection.execute(sql, batch).fetchall()
        for row in rows:
            facts[row[0]] = fact(row)
    return facts
