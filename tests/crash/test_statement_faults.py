"""Every statement of an order's way fails, with every code of SQLite's: nothing is half written, all can be repeated.

What is raised is what the library declares; what other connections see is the store as it was before, or as it is when
the whole step is done; and the same key leads to the one effect.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import pytest
from proof import count

import kundorder as ko
from crash.failing import CODES, FailingStore, Fault, Way, error_with
from crash.moments import Moment, dump, moments, told, told_at_last
from crash.points import itself
from crash.wrong import Careless
from kundorder.adapters.sqlite.faults import meaning
from kundorder.ports import Store

UNDOING: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM)
"""After these SQLite may have undone the whole transaction by itself."""

OF_A_READ: Final = (sqlite3.SQLITE_IOERR_READ,)
OF_A_WRITE: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)
"""With which the portal gives up, tries again, and decides anew; the others differ in their words only."""


def meaning_of(fault: Fault) -> ko.KundorderError:
    """What the adapter makes of it."""
    return meaning(error_with(fault.code))


def is_passing(fault: Fault) -> bool:
    """Whether the portal tries again by itself, so that nobody hears of it."""
    expected = meaning_of(fault)
    return isinstance(expected, ko.Conflict) or (isinstance(expected, ko.Unavailable) and expected.soon)


def fails(moment: Moment, fault: Fault, seen_by_host: Callable[[Store], Store] = itself) -> None:
    """A statement fails, and the step is told again."""
    store = FailingStore(moment.laid(), fault)
    telling = moment.told_to(store)
    telling.seen_by_host = seen_by_host
    error = told(telling)
    expected = meaning_of(fault)
    assert not isinstance(error, ko.Corrupt) or isinstance(expected, ko.Corrupt)
    if moment.is_keyed and error is not None:
        assert type(error) is type(expected)
        assert dump(moment.work) == (moment.after if fault.way is Way.DONE else moment.before)
        assert told(telling) is None
        assert dump(moment.work) == moment.after  # by the same clock it is the same to the last letter
    else:
        assert is_passing(fault) or not moment.is_keyed
        told_at_last(telling, error)
    store.close()


def all_fail(faults: Callable[[int, str], Iterable[Fault]]) -> int:
    """The faults of each statement, one at a time; how many."""
    number = 0
    for moment in moments("SQLite, delete"):
        for place, sql in enumerate(moment.said):
            for fault in faults(place, sql):
                fails(moment, fault)
                number += 1
    return number


def test_any_statement_may_fail_in_any_manner() -> None:
    def faults(place: int, sql: str) -> Iterator[Fault]:
        is_read = sql.strip().startswith("SELECT")
        yield from (Fault(place, code) for code in (OF_A_READ if is_read else OF_A_WRITE))
        if not is_read:
            yield Fault(place, sqlite3.SQLITE_IOERR_WRITE, Way.UNDONE)

    count("failed statements, one code of each meaning, SQLite", all_fail(faults))


def test_when_the_outcome_of_a_commit_is_unknown_the_same_key_leads_to_one_effect() -> None:
    def faults(place: int, sql: str) -> Iterator[Fault]:
        if sql == "COMMIT":
            yield from (Fault(place, sqlite3.SQLITE_IOERR_FSYNC, way) for way in Way)

    count("commits of unknown outcome, SQLite", all_fail(faults))


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_any_statement_may_fail_with_any_code() -> None:
    def faults(place: int, _sql: str) -> Iterator[Fault]:
        yield from (Fault(place, code) for code in CODES)
        yield from (Fault(place, code, Way.UNDONE) for code in CODES if code & 0xFF in UNDOING)

    count("failed statements, every code, SQLite", all_fail(faults))


def test_a_store_that_hides_a_commit_that_has_failed_is_found_out() -> None:
    for moment in moments("SQLite, delete"):
        for place, sql in enumerate(moment.said):
            if sql == "COMMIT" and moment.is_keyed:
                with pytest.raises(AssertionError):
                    fails(moment, Fault(place, sqlite3.SQLITE_FULL, Way.UNDONE), Careless)
