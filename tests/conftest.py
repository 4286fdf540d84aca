"""What holds for every run of the tests: what it has done is written down, and its chance can be had again."""

import json
import os
import time
from pathlib import Path
from random import Random
from typing import Final, Protocol

import pytest
from proof import count, counted, merged, written
from proving import missing

pytest.register_assert_rewrite("kundorder.testing.contracts")  # before anything loads them

SEED: Final = "KUNDORDER_TEST_SEED"
"""Set it to the seed that a failed test has printed, to have the same choices again."""


_SUMS: Final = "proof"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proof", type=Path, metavar="FILE", help="write what this run has done, in numbers, as JSON")
    parser.addoption("--proof-long", type=Path, metavar="FILE", help="put it among what other long runs have done")


_LONGEST: Final = (
    *("store", "simulation", "decision_table", "stateful", "closure", "closure_two", "machine", "conformance"),
    *("wrong_stores", "decision_table_houses", "pades", "demo", "demo_unplugged", "wrong_cores", "wrong_adapters"),
    *("tutorial", "delivery_crashes", "delivery_outage", "crash_points", "kills", "power_cuts", "export", "cells"),
)
"""The files that take longest, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that of several processes none is busy long after the others."""
    place = {f"test_{name}.py": number for number, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


class Sharer(Protocol):
    """One of several processes that share a run, as ``pytest-xdist`` has it."""

    workeroutput: dict[str, str]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Sharer, error: object) -> None:
    """One of several processes that share a run has ended; what it has done counts for the run."""
    if error is None:
        sums: dict[str, int] = json.loads(node.workeroutput[_SUMS])
        for what, number in sums.items():
            count(what, number)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    shared: dict[str, str] | None = getattr(session.config, "workeroutput", None)
    if shared is not None:
        shared[_SUMS] = json.dumps(counted())
        return
    among: object = session.config.getoption("proof_long")
    if isinstance(among, Path):
        merged(among, counted())
    file: object = session.config.getoption("proof")
    if isinstance(file, Path):
        written(file)
    elif exitstatus == pytest.ExitCode.OK and is_whole(session.config):
        less = missing(counted())
        if less:
            print("\nless was done than docs/reference/proof.md says:", *less, sep="\n  ")  # noqa: T201 - to the terminal
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_whole(config: pytest.Config) -> bool:
    """Whether this is a run of all there is in the fast lane."""
    chosen = config.getoption("keyword") or config.getoption("deselect") or config.getoption("ignore")
    marks: object = config.getoption("markexpr")
    return not chosen and marks == "not long" and config.args == config.getini("testpaths")


@pytest.fixture
def chance() -> Random:
    """Chance, and on failure its seed."""
    seed = int(os.environ.get(SEED) or time.time_ns())
    print(f"{SEED}={seed}")  # noqa: T201 - pytest shows it with a failure
    return Random(seed)  # noqa: S311 - no secret
