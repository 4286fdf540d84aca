"""Contenders side by side: each round runs all, in an order that changes, so that a slow moment hits them alike."""

import gc
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, final

import attrs

Sample: TypeAlias = Callable[[], float]
"""Runs one contender once and says what it took, in the unit of its table."""


@final
@attrs.frozen(kw_only=True)
class Measured:
    """One contender."""

    name: str
    median: float
    low: float  # a quarter of the samples are below it
    high: float  # a quarter of the samples are above it
    samples: int


@final
@attrs.frozen(kw_only=True)
class Ratio:
    """One number there is a goal for."""

    name: str
    value: float
    goal: str = ""  # as DESIGN.md words it; empty: only worth knowing
    met: bool | None = None  # None where there is no goal


@final
@attrs.frozen(kw_only=True)
class Section:
    """One table."""

    name: str
    unit: str
    measured: tuple[Measured, ...]
    ratios: tuple[Ratio, ...]
    notes: tuple[str, ...] = ()


Samples: TypeAlias = Mapping[str, Sequence[float]]


def interleaved(contenders: Mapping[str, Sample], rounds: int) -> dict[str, list[float]]:
    """All contenders in every round; the first round only warms up."""
    shuffler = random.Random(1)  # noqa: S311 - an order of play, no secret
    found: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds + 1):
        shuffler.shuffle(names)
        for name in names:
            _ = gc.collect()
            gc.disable()  # as timeit does: none pays for what another has left behind
            try:
                taken = contenders[name]()
            finally:
                gc.enable()
            if number:
                found[name].append(taken)
    return found


def measured(samples: Samples) -> tuple[Measured, ...]:
    """The middle of each."""
    return tuple(_measured(name, each) for name, each in samples.items())


def _measured(name: str, samples: Sequence[float]) -> Measured:
    low, median, high = statistics.quantiles(samples, n=4) if len(samples) > 1 else (samples[0],) * 3
    return Measured(name=name, median=median, low=low, high=high, samples=len(samples))


def ratio(samples: Samples, over: str, under: str) -> float:
    """How much more one takes than another: the median of the ratios within each round."""
    return statistics.median(one / other for one, other in zip(samples[over], samples[under], strict=True))


def at_most(name: str, value: float, goal: float, unit: str = "×") -> Ratio:
    """A goal that is met from below."""
    return Ratio(name=name, value=value, goal=f"≤ {goal:g} {unit}", met=value <= goal)


def at_least(name: str, value: float, goal: float, unit: str = "×") -> Ratio:
    """A goal that is met from above."""
    return Ratio(name=name, value=value, goal=f"≥ {goal:g} {unit}", met=value >= goal)


def worth_knowing(name: str, value: float) -> Ratio:
    """A number without a goal."""
    return Ratio(name=name, value=value)


def microseconds(act: Callable[[], object], times: int) -> float:
    """Processor time of one call; other programs do not count."""
    started = time.process_time_ns()
    for _ in range(times):
        _ = act()
    return (time.process_time_ns() - started) / times / 1000


def printed(section: Section) -> str:
    """The table as text."""
    lines = [section.name, f"  {'':<58}{section.unit:>12}   middle half"]
    lines += [
        f"  {each.name:<58}{each.median:>12,.2f}   {each.low:,.2f} … {each.high:,.2f}" for each in section.measured
    ]
    for each in section.ratios:
        verdict = "" if each.met is None else f"   goal {each.goal}: {'met' if each.met else 'NOT MET'}"
        lines.append(f"  {each.name:<58}{each.value:>12,.2f}{verdict}")
    lines += [f"  {note}" for note in section.notes]
    return "\n".join(lines)


def written(path: Path, about: Mapping[str, str], sections: Sequence[Section]) -> None:
    """The same as JSON."""
    report = {"about": dict(about), "sections": [attrs.asdict(section) for section in sections]}
    _ = path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
