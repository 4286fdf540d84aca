"""What all races share: two processes that stay, and chance that can be had again."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from races.clients import InProcess
from races.stage import Workers

SEED = "KUNDORDER_TEST_SEED"
"""Set it to the seed that a failed test has printed, to have the same choices again."""


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Two processes that open one store after another: to start them anew would take longer than to race."""
    with closing(InProcess("one")) as one, closing(InProcess("other")) as other:
        yield one, other


@pytest.fixture
def chance() -> random.Random:
    """Chance, and on failure its seed."""
    seed = int(os.environ.get(SEED) or time.time_ns())
    print(f"{SEED}={seed}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)  # noqa: S311 - no secret
