"""Choosing some of a closed set, and telling drawn names apart, without drawing again."""

from collections.abc import Iterable
from typing import Literal, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_E = TypeVar("_E")

_SLUG = 64
_ROOM = 60  # of the longest slug, when a number has to follow it


def subsets(members: Iterable[_E], *, at_least: Literal[0, 1] = 0) -> SearchStrategy[tuple[_E, ...]]:
    """Some of these, each once, in the order given; the fewest and first are the simplest.

    Args:
        members: all there are.
        at_least: 0, or 1 for one at least.
    """
    everything = tuple(members)

    def chosen(mask: int) -> tuple[_E, ...]:
        return tuple(member for place, member in enumerate(everything) if mask >> place & 1)

    return st.integers(at_least, (1 << len(everything)) - 1).map(chosen)


def apart(names: Iterable[str]) -> tuple[str, ...]:
    """The names, with a number behind each that was there before it."""
    found: list[str] = []
    for name in names:
        number, unique = 1, name
        while unique in found:
            number += 1
            unique = f"{name[:_ROOM]}-{number}"
        found.append(unique[:_SLUG])
    return tuple(found)
