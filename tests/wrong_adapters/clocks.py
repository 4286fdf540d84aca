"""Wrong clocks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import count
from threading import get_ident
from typing import Final, final

import attrs

from kundorder.portal.settings import SystemClock
from kundorder.ports import Clock
from kundorder.testing.contracts.clock import ClockContract
from wrong_adapters.examining import Wrong


@final
class MadeContract(ClockContract):
    """The contract for a clock that is made somehow."""

    def __init__(self, making: Callable[[], Clock]) -> None:
        self.making = making

    def make_clock(self) -> Clock:
        return self.making()


class Naive:
    def now(self) -> datetime:
        return datetime.now(UTC).replace(tzinfo=None)


class InStockholm:
    def now(self) -> datetime:
        return datetime.now(timezone(timedelta(hours=1), "CET"))


class LocalCalledUtc:
    def now(self) -> datetime:
        return datetime.now().replace(tzinfo=UTC)  # noqa: DTZ005 - the mistake


@attrs.define
class Correcting:
    """Is set back now and then by a time server."""

    looks: Iterator[int] = attrs.field(factory=count)

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=next(self.looks) // 500)


@attrs.define
class OneForEachThread:
    """Remembers for each thread what it told it first."""

    told: dict[int, datetime] = attrs.field(factory=dict)

    def now(self) -> datetime:
        return self.told.setdefault(get_ident(), datetime.now(UTC))


@attrs.define
class Remembering(OneForEachThread):
    """Remembers what it told other threads; its own asks anew."""

    owner: int = attrs.field(factory=get_ident)

    def now(self) -> datetime:
        return datetime.now(UTC) if get_ident() == self.owner else super().now()


_AWARE: Final = "test_a_time_has_a_zone"
_UTC: Final = "test_the_zone_is_utc"
_BACK: Final = "test_it_does_not_go_back"
_THREADS: Final = "test_it_is_the_same_for_all_threads"
_ZONE: Final = "test_it_does_not_care_what_zone_the_machine_is_set_to"


def _wrong(lie: str, making: Callable[[], Clock], *caught_by: str) -> Wrong:
    return Wrong(lie, partial(MadeContract, making), caught_by)


TRUE: Final = partial(MadeContract, SystemClock)

WRONG: tuple[Wrong, ...] = (
    _wrong("tells a time without a zone", Naive, _AWARE, _UTC),
    _wrong("tells the time in Stockholm", InStockholm, _UTC),
    _wrong("calls the local time UTC", LocalCalledUtc, _ZONE),
    _wrong("is set back while it runs", Correcting, _BACK),
    _wrong("tells every thread its own time", Remembering, _THREADS),
)
