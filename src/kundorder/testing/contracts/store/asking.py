"""How the promises of a store ask a store: through the port only, each question in a transaction of its own."""

import threading
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import ClassVar, TypeVar, final

import attrs

from kundorder.errors import Conflict
from kundorder.events import Owed, OwedState, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Store
from kundorder.situation import Fact, Key
from kundorder.testing.contracts.promising import Contract
from kundorder.testing.contracts.store.made_up import later
from kundorder.vocabulary import Index

_T = TypeVar("_T")

LISTS = tuple(index for index in Index if index not in (Index.HEADS, Index.JOURNAL, Index.OWED))
"""What records put themselves on; the other three are by other things than values of a record."""

SENT = Settlement(state=OwedState.SENT)
SECRET = "s" * 43
RACES = 200


class Undone(Exception):
    """What a block is left with that is to be undone."""


class StoreExam(Contract):
    """What every part of the contract starts from: a store with nothing in it, for each case of each promise."""

    port: ClassVar[str] = "Store"

    store: Store
    """The one at ``place``."""

    def open_store(self, place: Path) -> Store:
        """The store at this place, a folder of its own; asked again, one that holds the same.

        What is to be closed goes into ``closing``. A store that is not in a folder lets its name stand for one.
        """
        raise NotImplementedError(place)

    def begin(self) -> None:
        self.store = self.open_store(self.place)


@final
@attrs.frozen(kw_only=True)
class Paging:
    """How a list is gone through."""

    limit: int = 1000
    newest_first: bool = False


BOTH_WAYS = (Paging(), Paging(newest_first=True))


def limits(*rooms: int) -> tuple[Paging, ...]:
    """With each of these limits, both ways."""
    return tuple(Paging(limit=limit, newest_first=way) for way, limit in product((False, True), rooms))


def write(store: Store, wanted: Changes) -> None:
    """Write it in a transaction of its own."""
    with store.transaction() as transaction:
        transaction.write(wanted)


def is_written(store: Store, wanted: Changes) -> bool:
    """Write it; whether nothing had moved."""
    try:
        write(store, wanted)
    except Conflict:
        return False
    return True


def read(store: Store, *keys: str) -> dict[Key, Fact]:
    """Read it in a transaction of its own."""
    with store.transaction() as transaction:
        return transaction.read(tuple(Key(key) for key in keys))


def version_of(store: Store, key: str) -> int:
    """The version of a record now."""
    return read(store, key)[Key(key)].version


def select(
    store: Store, index: Index, *values: str, after: str | None = None, limit: int = 1000, newest_first: bool = False
) -> Page:
    """Select it in a transaction of its own."""
    with store.transaction() as transaction:
        return transaction.select(index, values, after=after, limit=limit, newest_first=newest_first)


def keys_on(store: Store, index: Index, *values: str) -> list[str]:
    """What stands on a list, in order."""
    return [line.key for line in select(store, index, *values).items]


def pages(store: Store, index: Index, *values: str, limit: int, newest_first: bool = False) -> list[Listed]:
    """All of a list, page by page; a page that is said to follow has something on it, and none comes twice."""
    found: list[Listed] = []
    page = select(store, index, *values, limit=limit, newest_first=newest_first)
    seen: set[str] = set()
    while page.after is not None:
        assert len(page.items) == limit
        assert page.after not in seen
        seen.add(page.after)
        found += page.items
        page = select(store, index, *values, after=page.after, limit=limit, newest_first=newest_first)
        assert page.items
    assert len(page.items) <= limit
    return [*found, *page.items]


def claim(store: Store, *, minutes: float = 0, lease: float = 1, limit: int = 100) -> tuple[Owed, ...]:
    """Claim so many minutes from now, for so many minutes."""
    with store.transaction() as transaction:
        return transaction.claim(now=later(minutes=minutes), lease_until=later(minutes=minutes + lease), limit=limit)


def settle(store: Store, owed: Owed, settlement: Settlement = SENT) -> bool:
    """Settle it in a transaction of its own."""
    with store.transaction() as transaction:
        return transaction.settle(owed, settlement)


def all_owed(store: Store) -> tuple[Owed, ...]:
    """Every debt, whatever its state."""
    lines = select(store, Index.OWED, *(state.value for state in OwedState)).items
    return tuple(line.owed for line in lines if line.owed is not None)


def owed_of(store: Store, name: str) -> Owed:
    """One debt as it stands."""
    return next(owed for owed in all_owed(store) if owed.id == name)


def everything(store: Store, *keys: str, values: tuple[str, ...] = ()) -> tuple[object, ...]:
    """All a store tells about these keys and values, and all of its journal, heads and debts."""
    facts = read(store, *keys)
    lists = tuple(select(store, index, *values).items for index in LISTS)
    journal = tuple(line.entry for line in select(store, Index.JOURNAL, "").items)
    return (facts, lists, select(store, Index.HEADS, "").items, journal, all_owed(store))


def together(*acts: Callable[[], _T]) -> list[_T | Exception]:
    """What comes of doing this at once, a thread each."""
    barrier = threading.Barrier(len(acts))
    results: list[_T | Exception] = [Undone()] * len(acts)

    def run(place: int, act: Callable[[], _T]) -> None:
        try:
            _ = barrier.wait(30)
            results[place] = act()
        except Exception as error:  # noqa: BLE001 - the test judges it
            results[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def race(times: int, *contenders: Callable[[int], Callable[[], _T]]) -> list[list[_T]]:
    """What came of it for each contender, a thread each, time after time.

    Args:
        times: how often they race.
        contenders: each gets ready for the race of this number, and returns what is done at once with all others.

    Raises:
        Exception: what went wrong for the first of them for whom something did.
    """
    line = threading.Barrier(len(contenders))

    def run(contender: Callable[[int], Callable[[], _T]]) -> list[_T]:
        try:
            came_to: list[_T] = []
            for number in range(times):
                act = contender(number)
                _ = line.wait(30)
                came_to.append(act())
                _ = line.wait(30)  # nobody gets ready for the next before this one is over
        except threading.BrokenBarrierError:
            raise
        except BaseException:
            line.abort()
            raise
        return came_to

    results = together(*(partial(run, contender) for contender in contenders))
    errors = [result for result in results if isinstance(result, Exception)]
    for error in sorted(errors, key=lambda each: isinstance(each, threading.BrokenBarrierError)):
        raise error
    return [result for result in results if not isinstance(result, Exception)]
