"""When things happen in records: within a century, so that there is room for what comes after."""

from datetime import UTC, datetime
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_FIRST: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - Hypothesis wants the range without the zone, and adds it
_LAST: Final = datetime(2099, 12, 31)  # noqa: DTZ001 - as above


@cache
def times() -> SearchStrategy[datetime]:
    """Moments of this century, in UTC."""
    return st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))
