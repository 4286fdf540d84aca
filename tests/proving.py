"""The page on what a run of the tests has done, made from the numbers it has written down.

``python3 run.py test --proof=docs/reference/proof.json`` writes the numbers, and this makes the page of them:
``.venv/bin/python tests/proving.py``. A whole run that does less than half of what the page says fails. What takes
longer writes its numbers into ``proof-long.json``: ``run.py test -m long --proof-long=docs/reference/proof-long.json``,
``tests/mutating.py`` and ``tests/fuzz.py``.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mutation.explained import EXPLAINED

FOLDER: Final = Path(__file__).parents[1] / "docs" / "reference"
NUMBERS: Final = FOLDER / "proof.json"
LONG: Final = FOLDER / "proof-long.json"
PAGE: Final = FOLDER / "proof.md"
_CELLS: Final = "cells of the decision table that equal the oracle"
_SITUATIONS: Final = "situations of two orders and two organisations, all readers"
_WORLDS: Final = "simulated worlds, each from one seed"
_WRONG: Final = ("wrong stores caught", "wrong signers caught", "wrong adapters caught", "wrong cores caught")
_HEAD: Final = """\
# What is proven by running

Each line is something that the tests do and look at, and how often the whole run of `python3 run.py test` did it from
which this page was made. All of it is done anew in each run. Chance and the machine decide how often some of it is
done; a run that does less than half of any line has failed. The same with larger numbers is run before a release:
`python3 run.py test -m long`.

What goes wrong is made to go wrong: processes are ended with `kill -9`, power is cut in a model that keeps only what
has been synced, disks are full, lines break, servers misbehave, and people act at the same moment. Where a guard is
what keeps it right, the same is also done with the guard off, and must then fail.

"""
_TABLE: Final = "| what | how often |\n| --- | --: |\n"
_LONG: Final = """
## What takes longer

These runs take minutes to hours. Each was made once with the number told, of the release this page belongs to.

"""
_LEFT: Final = """
## Changes that no test notices

To see how strong the tests are, a fact in a row or an expression in a function is changed, and some test has to fail.
These changes make no difference that anybody could notice, or the reason stands beside them.

"""


def numbers() -> Mapping[str, int]:
    """What the run did that the page was made from."""
    return _read(NUMBERS)


def long_numbers() -> Mapping[str, int]:
    """What the long runs did."""
    return _read(LONG)


def _read(file: Path) -> Mapping[str, int]:
    found: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def page(found: Mapping[str, int], long: Mapping[str, int], left: Mapping[str, str]) -> str:
    """The page.

    Args:
        found: what the whole run did.
        long: what the long runs did.
        left: what was changed without a test that notices, and why.
    """
    reasons = "".join(f"- `{changed}`: {why}\n" for changed, why in sorted(left.items()))
    return _HEAD + _table(found) + _LONG + _table(long) + _LEFT + reasons


def quoted(found: Mapping[str, int]) -> str:
    """What the README says of it."""
    cells, situations = f"{found[_CELLS]:,}", f"{found[_SITUATIONS]:,}"
    return f"""\
Each run of the tests compares {cells} decisions with rules written a second time, looks at {situations}
situations of two orders with the eyes of everybody, and lets {found[_WORLDS]:,} small worlds go wrong and heal, each
from one seed. {_wrong(found)} adapters, signers and cores that are wrong on purpose are caught by the promise they
break. [All that is done, in numbers](docs/reference/proof.md)."""


def _wrong(found: Mapping[str, int]) -> str:
    return f"{sum(number for what, number in found.items() if what.startswith(_WRONG)):,}"


def _table(found: Mapping[str, int]) -> str:
    return _TABLE + "".join(f"| {what} | {number:,} |\n" for what, number in sorted(found.items()))


def missing(done: Mapping[str, int]) -> list[str]:
    """What a run has done less than half as often as the page says."""
    return [
        f"{what}: {done.get(what, 0)} of {number}"
        for what, number in numbers().items()
        if done.get(what, 0) < least(what, number)
    ]


def least(what: str, number: int) -> int:
    """How often it has to be done."""
    return 1 if what.startswith("decisions by sixteen threads") else -(-number // 2)


if __name__ == "__main__":
    sys.exit(0 if PAGE.write_text(page(numbers(), long_numbers(), EXPLAINED), "utf-8") else 1)
