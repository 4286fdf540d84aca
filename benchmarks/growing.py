"""Does an act cost more, the more there is? Each table has the same acts in small and in large, side by side.

Waiting for the disk would hide what grows, for it is the same whatever there is; and so would the other programs of the
machine. So it is processor time that is measured: ours, in which all of SQLite's work is done, and with PostgreSQL that
of the server's process, too. What an act costs with the disk, the tables of commands tell.
"""

import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias, final

import attrs
from bulk import Chunk, Orders
from loading import to_postgres, to_sqlite
from measuring import Ratio, Sample, Section, at_most, interleaved, measured, ratio, worth_knowing
from servers import described, schema, served, size_at

from kundorder.adapters.sql import SqlStore
from kundorder.adapters.sqlite import SqliteStore

Act: TypeAlias = Callable[[], object]
Clock: TypeAlias = Callable[[], float]
SQLITE: Final = "SQLite"
POSTGRES: Final = "PostgreSQL"


@final
@attrs.frozen
class Filled:
    """A store with something in it."""

    store: SqliteStore | SqlStore
    at: str | Path  # an address of PostgreSQL's, or a file

    @property
    def megabytes(self) -> float:
        """How much room it takes."""
        return (self.at.stat().st_size if isinstance(self.at, Path) else size_at(self.at)) / 1e6

    def clock(self) -> Clock:
        """The processor time of all who work for this store, in seconds."""
        if isinstance(self.at, Path):
            return time.process_time
        theirs = served(self.at)
        return lambda: time.process_time() + theirs()


@final
@attrs.frozen
class Grown:
    """One thing done in small and in large."""

    name: str
    stores: tuple[Filled, Filled]  # with little and with much in it; may be the same
    small: Act
    large: Act
    goal: float | None  # how many times as long the large one may take; None: only worth knowing
    times: int = 1  # to be done a sample
    per: int = 1  # acts in it
    afterwards: tuple[Act, Act] | None = None  # what makes it possible again, and is not measured


@contextmanager
def store_in(kind: str, orders: Orders, more: Iterable[Chunk] = ()) -> Generator[Filled]:
    """A store of this kind with these orders and rows in it, as long as the block lasts."""
    if kind == SQLITE:
        with (
            TemporaryDirectory(prefix="kundorder-bench-", dir=on_disk()) as folder,
            closing(to_sqlite(Path(folder) / "orders.db", orders, more)) as store,
        ):
            yield Filled(store, Path(folder) / "orders.db")
        return
    with schema("growth", synchronous_commit="off") as address, closing(to_postgres(address, orders, more)) as store:
        yield Filled(store, address)


def on_disk() -> str | None:
    """Not a file system in memory, which makes every journal mode the same."""
    return "/var/tmp" if Path("/var/tmp").is_dir() else None  # noqa: S108 - a fresh folder is made in it


def table(name: str, kinds: Mapping[str, Callable[[ExitStack], list[Grown]]], rounds: int, *notes: str) -> Section:
    """All of it, one kind of store after another, small and large in each round.

    Args:
        name: of the table.
        kinds: what is done in each kind of store, and what it takes to begin with.
        rounds: how often.
        notes: to stand below it.
    """
    found: dict[str, list[float]] = {}
    ratios: list[Ratio] = []
    told = list(notes)
    for kind, begin in kinds.items():
        with ExitStack() as stack:
            started = time.perf_counter()
            grown = begin(stack)
            largest = max(filled.megabytes for each in grown for filled in each.stores)
            told.append(
                f"{kind} was filled in {time.perf_counter() - started:.0f} s; the largest store has {largest:,.0f} MB."
            )
            contenders: dict[str, Sample] = {}
            for each in grown:
                contenders[f"{kind}: {each.name}, small"] = _sample(each, 0)
                contenders[f"{kind}: {each.name}, large"] = _sample(each, 1)
            samples = interleaved(contenders, rounds)
        for each in grown:
            value = ratio(samples, f"{kind}: {each.name}, large", f"{kind}: {each.name}, small")
            named = f"large / small, {kind}: {each.name}"
            ratios.append(worth_knowing(named, value) if each.goal is None else at_most(named, value, each.goal))
        found |= samples
    told += [described()] if POSTGRES in kinds else []
    return Section(name=name, unit="µs of work", measured=measured(found), ratios=tuple(ratios), notes=tuple(told))


def _sample(grown: Grown, which: int) -> Sample:
    filled, act = grown.stores[which], (grown.small, grown.large)[which]

    def sample() -> float:
        clock, spent = filled.clock(), 0.0
        for _ in range(grown.times):
            started = clock()
            _ = act()
            spent += clock() - started
            if grown.afterwards is not None:
                _ = grown.afterwards[which]()
        return spent / grown.times / grown.per * 1e6

    return sample
