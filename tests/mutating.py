"""Changes facts and functions, one at a time, and counts which changes no test notices.

``.venv/bin/python tests/mutating.py rows`` changes every fact in the rows of the lifecycles, which takes an hour and
more; words after it choose the mutants whose names hold them. ``.venv/bin/python tests/mutating.py functions PLACE``
lets mutmut change the functions of the core in a copy of the house at that place, which takes several hours and goes on
where it was stopped; it needs ``mutmut``. Without further words the numbers go into
``docs/reference/proof-long.json``. ``.venv/bin/python tests/mutating.py elsewhere PLACE`` changes functions outside the
core, as many as are drawn at random; it goes on where it was stopped, too.
Each ends with the number of those that were missed and have no reason in ``mutation/explained.py``.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Final

from mutation import elsewhere, functions
from mutation.explained import EXPLAINED
from mutation.rows import mutants, unchanged
from mutation.running import survivors
from proof import merged
from proving import LONG

DRAWN: Final = 400
SEED: Final = 2028
QUICK: Final = tuple(
    f"tests/test_{name}.py"
    for name in (
        "refusals",
        "bells",
        "path",
        "policies",
        "out_of_turn",
        "lifecycles",
        "workflow",
        "rules",
        "delivery",
        "joint_signing",
        "signings",
        "visibility",
    )
)
THOROUGH: Final = tuple(
    f"tests/test_{name}.py" for name in ("cells", "decision_table", "decision_table_houses", "closure", "stateful")
)


def rows(*words: str) -> int:
    """Put the tests to changed rows."""
    chosen = [mutant for mutant in mutants() if all(word in mutant.name for word in words)]
    for control in unchanged():
        (_, is_missed), *_ = survivors([control], QUICK, THOROUGH)
        if not is_missed:
            print(f"the tests fail on {control.name}", flush=True)
            return 2
    missed: list[str] = []
    for number, (mutant, is_missed) in enumerate(survivors(chosen, QUICK, THOROUGH), 1):
        if is_missed:
            missed.append(mutant.name)
            print(f"{number}/{len(chosen)} MISSED {mutant.name}", flush=True)
        elif number % 25 == 0:
            print(f"{number}/{len(chosen)}", flush=True)
    if not words:
        merged(LONG, {"facts in rows changed": len(chosen), "facts in rows changed, not noticed": len(missed)})
    return _judged(len(chosen), missed)


def changed_functions(place: str, *names: str) -> int:
    """Put the tests to what mutmut makes of the core."""
    house = Path(place)
    if not (house / "mutants").is_dir():
        functions.prepared(house)
    functions.run(house, *names)
    put, left = functions.counted(house)
    missed = functions.survivors(house, left)
    for mutant in missed:
        print(f"MISSED {mutant.key}\n  was: {mutant.was}", flush=True)
    if not names:
        of = Counter(_module(name) for name in put)
        not_noticed = Counter(_module(mutant.name) for mutant in missed)
        done = {f"changes of functions in {module}": number for module, number in of.items()}
        lost = {f"changes of functions in {module}, not noticed": not_noticed[module] for module in of}
        merged(LONG, done | lost)
    return _judged(len(put), [mutant.key for mutant in missed])


def changed_elsewhere(place: str, number: int, *, is_counted: bool) -> int:
    """Put the tests to some of what mutmut would make outside the core."""
    known, changes = elsewhere.drawn(number, SEED)
    missed: list[str] = []
    for change, by in elsewhere.put(Path(place), changes):
        if not by:
            missed.append(change.key)
            print(f"MISSED {change.key}\n  was: {change.was}\n  at: {change.path}:{change.first}", flush=True)
    if is_counted:
        done = {"changes of functions elsewhere, drawn at random": number}
        lost = {"changes of functions elsewhere, drawn at random, not noticed": len(missed)}
        merged(LONG, {"changes of functions elsewhere, all that could be drawn": known} | done | lost)
    return _judged(number, missed)


def _module(name: str) -> str:
    return name.split(".")[1]


def _judged(number: int, missed: list[str]) -> int:
    unexplained = [name for name in missed if name not in EXPLAINED]
    print(f"{number} mutants, {len(missed)} not noticed, {len(unexplained)} of these without a reason")
    return min(len(unexplained), 1)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rows", *words]:
            sys.exit(rows(*words))
        case ["functions", place, *names]:
            sys.exit(changed_functions(place, *names))
        case ["elsewhere", place]:
            sys.exit(changed_elsewhere(place, DRAWN, is_counted=True))
        case ["elsewhere", place, number]:
            sys.exit(changed_elsewhere(place, int(number), is_counted=False))
        case _:
            sys.exit(__doc__)
