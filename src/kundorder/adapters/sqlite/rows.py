"""From rows to what the port speaks of; rows have no types until they pass here."""

import sqlite3
from datetime import UTC, datetime
from functools import cache
from typing import TypeAlias

import attrs

from kundorder.codec import decode, decode_entry, decode_owed
from kundorder.events import Entry, Mail, Owed, OwedState
from kundorder.situation import ABSENT, Fact, Key

FactRow: TypeAlias = tuple[Key, int, int, str, int, str]
OwedRow: TypeAlias = tuple[str, str, int, int, str]

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


def fact(row: FactRow) -> Fact:
    """A record as it was read."""
    key, version, schema, body, number, digest = row
    return Fact(version, decode(key, schema, body), number, digest)


def entry(body: str, remark: str | None) -> Entry:
    """A journal entry, with the remark that is kept beside it."""
    bare = decode_entry(body)
    return bare if remark is None else attrs.evolve(bare, remark=remark)


def owed(row: OwedRow) -> Owed:
    """A debt as it stands now."""
    state, due_at, fence, attempts, body = row
    return attrs.evolve(
        decode_owed(body),
        state=OwedState(state),
        due_at=datetime.fromisoformat(due_at),
        fence=fence,
        attempts=attempts,
    )


def about(debt: Owed) -> Key:
    """What a debt is about: the subject of its mail, or the debt itself."""
    return Key(debt.id) if debt.mail is None else Key(debt.mail.subject)


def moment(at: datetime) -> str:
    """A moment as text that sorts as time goes."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def without_secret(mail: Mail | None) -> Mail | None:
    """The mail once it has left, or never will."""
    return mail if mail is None or mail.secret is None else attrs.evolve(mail, secret=None)
