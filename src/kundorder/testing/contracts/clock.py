"""What a clock promises: a time with a zone, which is UTC, and which does not go back."""

import os
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from unittest import SkipTest

from kundorder.ports import Clock
from kundorder.testing.contracts.promising import Contract, promise, promise_for

_LOOKS: Final = 2000
_ZONES: Final = ("UTC-14", "UTC+12")  # as POSIX has them: the first is fourteen hours ahead


class ClockContract(Contract):
    """The contract; nobody sets the clock while it is put."""

    port: ClassVar[str] = "Clock"

    def make_clock(self) -> Clock:
        """The clock."""
        raise NotImplementedError

    @promise(Clock.now)
    def test_a_time_has_a_zone(self) -> None:
        now = self.make_clock().now()
        assert isinstance(now, datetime)
        assert now.utcoffset() is not None, "it is naive: say in which zone it is"

    @promise(Clock.now)
    def test_the_zone_is_utc(self) -> None:
        now = self.make_clock().now()
        assert now.tzinfo is UTC, f"it is in {now.tzinfo!r}"

    @promise(Clock.now)
    def test_it_does_not_go_back(self) -> None:
        clock = self.make_clock()
        before = clock.now()
        for _ in range(_LOOKS):
            now = clock.now()
            assert now >= before, f"{now} comes after {before}"
            before = now

    @promise(Clock.now)
    def test_it_is_the_same_for_all_threads(self) -> None:
        clock = self.make_clock()
        with ThreadPoolExecutor(4) as pool:
            for _ in range(50):
                before = clock.now()
                asked = [pool.submit(clock.now) for _ in range(4)]
                found = [each.result() for each in asked]
                after = clock.now()
                assert all(before <= each <= after for each in found), f"{found} between {before} and {after}"

    @promise_for(Clock.now, _ZONES)
    def test_it_does_not_care_what_zone_the_machine_is_set_to(self, zone: str) -> None:
        clock = self.make_clock()
        before = clock.now()
        with _machine_in(zone):
            within = clock.now()
        after = clock.now()
        assert before <= within <= after, f"{within} between {before} and {after}"
        assert after - before < timedelta(hours=1), f"{after} comes after {before}"


@contextmanager
def _machine_in(zone: str) -> Generator[None]:
    set_zone = getattr(time, "tzset", None)
    if not callable(set_zone):
        raise SkipTest("this machine has one zone for all of its processes")
    kept = os.environ.get("TZ")
    os.environ["TZ"] = zone
    _ = set_zone()
    try:
        yield
    finally:
        if kept is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = kept
        _ = set_zone()
