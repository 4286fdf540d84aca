"""The page on what a run of the tests has done, made from the numbers it has written down.

``python3 run.py test --proof=docs/reference/proof.json`` writes the numbers, and this makes the page of them:
``.venv/bin/python tests/proving.py``. The numbers are the least a whole run does; one that does less fails.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "docs" / "reference"
NUMBERS: Final = FOLDER / "proof.json"
PAGE: Final = FOLDER / "proof.md"
_HEAD: Final = """\
# What is proven by running

Each line is something that the tests do and look at, and how often a whole run of `python3 run.py test` does it at
least. All of it is done anew in each run; a run that does less than this page says has failed. The same with larger
numbers is run before a release: `python3 run.py test -m long`.

What goes wrong is made to go wrong: processes are ended with `kill -9`, power is cut in a model that keeps only what
has been synced, disks are full, lines break, servers misbehave, and people act at the same moment. Where a guard is
what keeps it right, the same is also done with the guard off, and must then fail.

| what | how often |
| --- | --: |
"""


def numbers() -> Mapping[str, int]:
    """What a whole run does at least."""
    found: dict[str, int] = json.loads(NUMBERS.read_text("utf-8")) if NUMBERS.exists() else {}
    return found


def page(found: Mapping[str, int]) -> str:
    """The page."""
    return _HEAD + "".join(f"| {what} | {number:,} |\n" for what, number in sorted(found.items()))


def missing(done: Mapping[str, int]) -> list[str]:
    """What a run has done less often than the page says."""
    return [
        f"{what}: {done.get(what, 0)} of {number}" for what, number in numbers().items() if done.get(what, 0) < number
    ]


if __name__ == "__main__":
    sys.exit(0 if PAGE.write_text(page(numbers()), "utf-8") else 1)
