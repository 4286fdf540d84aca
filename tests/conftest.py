"""What holds for every run of the tests: what it has done is written down, and its chance can be had again."""

import os
import time
from pathlib import Path
from random import Random
from typing import Final

import pytest
from proof import written

SEED: Final = "KUNDORDER_TEST_SEED"
"""Set it to the seed that a failed test has printed, to have the same choices again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proof", type=Path, metavar="FILE", help="write what this run has done, in numbers, as JSON")


def pytest_sessionfinish(session: pytest.Session) -> None:
    file: object = session.config.getoption("proof")
    if isinstance(file, Path):
        written(file)


@pytest.fixture
def chance() -> Random:
    """Chance, and on failure its seed."""
    seed = int(os.environ.get(SEED) or time.time_ns())
    print(f"{SEED}={seed}")  # noqa: T201 - pytest shows it with a failure
    return Random(seed)  # noqa: S311 - no secret
