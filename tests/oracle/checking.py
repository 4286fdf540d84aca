"""The comparison, cell by cell; and the cells that tell most, for whoever wants to see soon that something is wrong."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Final, TypeVar, final

import attrs

from oracle.replies import Reply

_Q = TypeVar("_Q")
_SHOWN: Final = 20
"""Of the differences; the rest are counted."""
_KEPT: Final = 3
"""Of the cells that are asked the same in the same place and get the same answer."""


@final
@attrs.frozen
class Checked:
    """How many cells were compared, and which of them differ."""

    cells: int
    different: int
    differences: tuple[str, ...]


def checked(grid: Iterable[_Q], judge: Callable[[_Q], Reply], said: Callable[[_Q], Reply]) -> Checked:
    """Every cell, judged and asked."""
    cells, different = 0, 0
    shown: list[str] = []
    for question in grid:
        cells += 1
        want, got = judge(question), said(question)
        if want != got:
            different += 1
            if len(shown) < _SHOWN:
                shown.append(f"{question}\n    oracle: {want}\n    kundorder: {got}")
    return Checked(cells, different, tuple(shown))


def telling(
    grid: Iterable[_Q], judge: Callable[[_Q], Reply], kind: Callable[[_Q], Hashable]
) -> tuple[tuple[_Q, Reply], ...]:
    """Some cells of each kind and answer, with the answer."""
    seen: Counter[tuple[Hashable, Reply]] = Counter()
    found: list[tuple[_Q, Reply]] = []
    for question in grid:
        reply = judge(question)
        place = (kind(question), reply)
        seen[place] += 1
        if seen[place] <= _KEPT:
            found.append((question, reply))
    return tuple(found)
