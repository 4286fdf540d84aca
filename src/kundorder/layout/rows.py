"""From rows to what the port speaks of; rows have no types until they pass here."""

from datetime import UTC, datetime
from typing import TypeAlias

import attrs

from kundorder.codec import decode, decode_entry, decode_owed
from kundorder.events import Entry, Owed, OwedState
from kundorder.situation import Fact, Key

FactRow: TypeAlias = tuple[Key, int, int, str, int, str]
"""Key, version, schema, body, number, digest."""

OwedRow: TypeAlias = tuple[str, str, int, int, str]
"""State, due at, fence, attempts, body."""


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
