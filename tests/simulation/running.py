"""One seed after the other: ``python -m simulation.running SEED …`` from ``tests`` prints what comes of each."""

import sys
from collections import Counter
from typing import final

import attrs

from kundorder.testing.laws import LawBroken
from simulation.judging import judge
from simulation.universe import Universe, chance_of
from simulation.wrong import Bug


@final
@attrs.frozen
class Ran:
    """What came of a seed."""

    digest: str
    counts: Counter[str]
    broken: LawBroken | None = None


def ran(seed: int, bug: Bug | None = None) -> Ran:
    """A world from this seed, healed and judged."""
    with chance_of(seed):
        universe = Universe(seed, bug)
        broken: LawBroken | None = None
        try:
            universe.run()
            judge(universe)
        except LawBroken as error:
            broken = error
        finally:
            universe.close()
    return Ran(universe.clockwork.digest, universe.counts(), broken)


def main(*seeds: str) -> None:
    """Print each."""
    for seed in seeds:
        found = ran(int(seed))
        sys.stdout.write(f"{seed} {found.digest} {found.broken or 'holds'}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
