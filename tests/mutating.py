"""Changes every fact in the rows of the lifecycles, one at a time, and counts which changes no test notices.

``.venv/bin/python tests/mutating.py`` takes an hour and more; words after it choose the mutants whose names hold them.
It ends with the number of those that were missed and are not in ``EXPLAINED``.
"""

import sys
from typing import Final

from mutation.rows import mutants, unchanged
from mutation.running import survivors

QUICK: Final = tuple(
    f"tests/test_{name}.py"
    for name in (
        "refusals",
        "lifecycles",
        "workflow",
        "rules",
        "delivery",
        "joint_signing",
        "signings",
        "visibility",
    )
)
THOROUGH: Final = tuple(f"tests/test_{name}.py" for name in ("cells", "closure", "stateful"))
EXPLAINED: Final[dict[str, str]] = {}
"""Mutants that nothing can notice, and why."""


def main(*words: str) -> int:
    """Put the tests to them."""
    chosen = [mutant for mutant in mutants() if all(word in mutant.name for word in words)]
    for control in unchanged():
        (_, is_missed), *_ = survivors([control], QUICK, THOROUGH)
        if not is_missed:
            print(f"the tests fail on {control.name}", flush=True)
            return 2
    missed = 0
    for number, (mutant, is_missed) in enumerate(survivors(chosen, QUICK, THOROUGH), 1):
        if is_missed:
            why = EXPLAINED.get(mutant.name)
            missed += why is None
            print(f"{number}/{len(chosen)} MISSED {mutant.name}" + (f" ({why})" if why else ""), flush=True)
        elif number % 25 == 0:
            print(f"{number}/{len(chosen)}", flush=True)
    print(f"{len(chosen)} mutants of rows, {missed} missed without a reason")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
