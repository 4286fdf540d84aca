"""What the codes of databases mean, by their own names."""

import sqlite3

import pytest

from kundorder.errors import Conflict, Corrupt, Unavailable
from kundorder.layout import faults, meaning_in_postgres, meaning_in_sqlite


def test_the_codes_are_those_of_sqlite() -> None:
    for name in ("BUSY", "LOCKED", "BUSY_SNAPSHOT", "READONLY_RECOVERY", "READONLY_ROLLBACK"):
        assert getattr(faults, name) == getattr(sqlite3, f"SQLITE_{name}")
    for name in ("CONSTRAINT_PRIMARYKEY", "CONSTRAINT_UNIQUE"):
        assert getattr(faults, name) == getattr(sqlite3, f"SQLITE_{name}")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PERM", "opened"),
        ("NOMEM", "memory"),
        ("READONLY", "read-only"),
        ("INTERRUPT", "interrupted"),
        ("IOERR", "disk cannot"),
        ("FULL", "disk is full"),
        ("CANTOPEN", "opened"),
        ("PROTOCOL", "locked"),
    ],
)
def test_what_passes_in_sqlite_is_said_in_words(name: str, said: str) -> None:
    found = meaning_in_sqlite(getattr(sqlite3, f"SQLITE_{name}"))
    assert isinstance(found, Unavailable)
    assert said in str(found)


@pytest.mark.parametrize("name", ["CORRUPT", "NOTADB"])
def test_what_lasts_in_sqlite_is_for_the_maintainer(name: str) -> None:
    assert isinstance(meaning_in_sqlite(getattr(sqlite3, f"SQLITE_{name}")), Corrupt)


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "23505"])
def test_a_race_lost_in_postgres_is_a_conflict(state: str) -> None:
    assert isinstance(meaning_in_postgres(state), Conflict)


@pytest.mark.parametrize(
    ("state", "soon"),
    [
        (None, True),
        ("08006", True),
        ("57P01", True),
        ("57014", True),
        ("53100", False),
        ("53300", False),
        ("58030", False),
        ("25006", False),
        ("25P02", False),
        ("28P01", False),
        ("3D000", False),
        ("42501", False),
        ("42P01", False),
    ],
)
def test_what_passes_in_postgres_is_said_in_words(state: str | None, soon: bool) -> None:  # noqa: FBT001
    found = meaning_in_postgres(state)
    assert isinstance(found, Unavailable)
    assert found.soon is soon
    assert "SQLSTATE" not in str(found)


@pytest.mark.parametrize("state", ["XX001", "23502", "42601", "22021"])
def test_what_cannot_be_in_postgres_is_for_the_maintainer(state: str) -> None:
    found = meaning_in_postgres(state)
    assert isinstance(found, Corrupt)
    assert state in str(found)
