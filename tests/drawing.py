"""Drawing examples in a test: always the same ones, counted, and whether any was thrown away."""

from collections import Counter
from collections.abc import Callable
from typing import Final, TypeVar

from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis.internal.observability import (
    Observation,
    TestCaseObservation,
    add_observability_callback,
    remove_observability_callback,
)
from hypothesis.strategies import SearchStrategy

_T = TypeVar("_T")

_TOO_LONG: Final = "exceeded maximum test case size"
_PATIENT: Final = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)


def drawn(strategy: SearchStrategy[_T], number: int, *, chance: int = 0) -> list[_T]:
    """So many examples; the same for the same chance."""
    found: list[_T] = []

    @seed(chance)
    @settings(
        max_examples=number, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=_PATIENT
    )
    @given(strategy)
    def keep(value: _T) -> None:
        found.append(value)

    keep()
    return found


def endings(strategy: SearchStrategy[object], number: int) -> Counter[str]:
    """How the examples ended: ``passed``, or ``gave_up`` where one was thrown away.

    Those that Hypothesis itself cuts short, when it looks for small ones, are ``cut short`` and nobody's fault.
    """
    found = Counter[str]()

    def told(observation: Observation) -> None:
        if isinstance(observation, TestCaseObservation):
            found["cut short" if observation.status_reason == _TOO_LONG else observation.status] += 1

    add_observability_callback(told)
    try:
        _ = drawn(strategy, number)
    finally:
        remove_observability_callback(told)
    return found


def simplest(strategy: SearchStrategy[_T], wanted: Callable[[_T], bool] = bool) -> _T:
    """What a failure shrinks to."""
    chosen = settings(
        max_examples=300,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],  # to explain, Hypothesis tries others, and may leave one of those
        suppress_health_check=_PATIENT,
    )
    return find(strategy, wanted, settings=chosen)
