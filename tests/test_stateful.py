"""T88 and law 9: any sequence of commands, by people who mean well and by others who try anything, on two stores.

The kit's machine does it, with faults, restarts and two at once; here it has our own stores.
"""

import shutil
from collections.abc import Callable
from itertools import count as numbers
from pathlib import Path
from typing import TypeGuard

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from proof import count

from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.ports import Store
from kundorder.testing.machine import Adapters, PortalMachine, portal_machine


def in_memory() -> Adapters:
    """A store in memory, and all that it holds; what it holds is frozen, so its tables are enough."""
    store = MemoryStore()

    def snapshot() -> object:
        tables: object = vars(store)["_tables"]
        return [copied(table) for table in vars(tables).values()]

    return Adapters(store=store, snapshot=snapshot)


def copied(table: dict[object, object]) -> dict[object, object]:
    """A table as it is now; the lists in it may grow later."""
    return {key: tuple(held) if is_list(held) else held for key, held in table.items()}


def is_list(held: object) -> TypeGuard[list[object]]:
    """Whether a table has a list there."""
    return isinstance(held, list)


def files_in(folder: Path) -> Callable[[], Adapters]:
    """Stores in files of their own, and every byte of them; copies of one, for making each would take a while."""
    template, number = folder / "empty.db", numbers()
    with_nothing = SqliteStore(template, journal_mode="delete")
    with with_nothing.transaction() as transaction:
        transaction.read(())
    with_nothing.close()

    def opened(path: Path) -> Adapters:
        store = SqliteStore(path, journal_mode="delete")
        return Adapters(store=store, snapshot=path.read_bytes, reopen=lambda: opened(path), close=store.close)

    def fresh() -> Adapters:
        path = folder / f"orders-{next(number)}.db"
        shutil.copy(template, path)
        return opened(path)

    return fresh


def run(factory: Callable[[], Adapters | Store], *, examples: int, steps: int) -> None:
    """Always the same sequences, so that a failure comes again."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
    )
    machine: type[PortalMachine] = portal_machine(factory)
    run_state_machine_as_test(machine, settings=chosen)
    count("sequences of acts, faults, restarts and deliveries, by the machine", examples)


@pytest.mark.timeout(900)  # to make a failure shorter may take minutes
def test_in_memory_the_laws_hold_whatever_people_do() -> None:
    run(in_memory, examples=50, steps=30)


@pytest.mark.timeout(900)
def test_in_a_file_the_laws_hold_whatever_people_do(tmp_path: Path) -> None:
    run(files_in(tmp_path), examples=12, steps=20)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_in_memory_the_laws_hold_for_a_long_time() -> None:
    run(in_memory, examples=2000, steps=50)
