"""What it takes for an acknowledged write to survive a power cut, with the SQLite at hand."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, final

import attrs

JournalMode: TypeAlias = Literal["delete", "wal"]
Version: TypeAlias = tuple[int, int, int]

OLDEST: Version = (3, 37, 0)
"""The first with STRICT tables."""

SYNCHRONOUS: Mapping[JournalMode, tuple[str, int]] = {"delete": ("EXTRA", 3), "wal": ("FULL", 2)}
"""As asked for, and as read back. Less loses acknowledged writes at a power cut: WAL with NORMAL, DELETE with FULL."""


@final
@attrs.frozen
class Durability:
    """How the file is written."""

    journal_mode: JournalMode
    synchronous: str
    synchronous_number: int


def has_wal_reset_bug(version: Version) -> bool:
    """Whether this SQLite may corrupt a file in WAL mode: 3.7.0 to 3.51.2 may, but for two back-ports."""
    back_ported = (3, 44, 6) <= version < (3, 45, 0) or (3, 50, 7) <= version < (3, 51, 0)
    return (3, 7, 0) <= version < (3, 51, 3) and not back_ported


def durability(wanted: JournalMode | None, version: Version) -> Durability:
    """The host's choice, or what is safe with this version of SQLite."""
    mode: JournalMode = wanted or ("delete" if has_wal_reset_bug(version) else "wal")
    return Durability(mode, *SYNCHRONOUS[mode])
