"""What the system gives this process no more of, for a while; Python has asked it not to kill for that."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

import pytest

ON_UNIX: Final = pytest.mark.skipif(find_spec("resource") is None, reason="this system has no such limits")


@contextmanager
def no_file_beyond(size: int) -> Generator[None]:
    """No file is written beyond this size."""
    import resource  # noqa: PLC0415 - not on every system

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def no_other_file() -> Generator[None]:
    """No file is opened besides those that are open."""
    import resource  # noqa: PLC0415 - not on every system

    before, lowest = resource.getrlimit(resource.RLIMIT_NOFILE), os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
