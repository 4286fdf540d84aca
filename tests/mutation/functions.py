"""What mutmut makes of our functions: its mutants, the quick tests for all of them, all tests for those it leaves.

mutmut forks a process that has imported everything, so it never notices what a function does while it is imported, as
those of ``workflow`` are. What it says has survived is put to the tests once more in a process that begins afresh.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import attrs

ROOT: Final = Path(__file__).parents[2]
LEFT_OUT: Final = (".git", ".venv", "mutants", "__pycache__", ".*_cache", "demo-out", "_build", ".hypothesis")
CHANGED: Final = ("decisions", "policies", "workflow", "codec", "delivery")
"""The modules in which at least 95 of 100 mutants have to be noticed."""

QUICK: Final = (
    "codec", "events", "reads", "bells", "path", "policies", "out_of_turn", "refusals", "rules", "visibility",
    "lifecycles", "workflow", "delivery", "retries", "joint_signing", "signings", "signing", "errors", "links",
)  # fmt: skip
THOROUGH: Final = (
    "messages", "signing_attacks", "idempotency", "journal", "pruning", "evidence_files", "boundary", "export",
    "delivery_outage", "relays", "cells",
)  # fmt: skip
LONGEST: Final = 900
"""Seconds; a mutant whose tests never end is noticed, too."""

NOT_FOUND: Final = 4  # pytest's status when there is no such test
_SETTINGS: Final = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{only}]
also_copy = [{also}]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "-x"]
pytest_add_cli_args_test_selection = [{tests}]
"""


@attrs.frozen(kw_only=True)
class Changed:
    """A mutant of a function."""

    name: str  # as mutmut has it
    was: str
    now: str

    @property
    def key(self) -> str:
        """What it is called where the reasons stand: the function, and what stands there now."""
        function = self.name.removeprefix("kundorder.").rpartition("__mutmut_")[0].replace(".x_", ".")
        return f"{function}: {self.now}"


def prepared(place: Path) -> None:
    """A copy of the house at this place, ready for mutmut."""
    shutil.copytree(ROOT, place, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
    only = [path for name in CHANGED for path in (f"src/kundorder/{name}.py", f"src/kundorder/{name}/*")]
    also = [path.name for path in place.iterdir() if path.name not in ("src", "tests")]
    tests = [f"tests/test_{name}.py" for name in QUICK]
    words = {"only": only, "also": also, "tests": tests}
    settings = _SETTINGS.format(**{name: ", ".join(f'"{each}"' for each in held) for name, held in words.items()})
    with (place / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings)


def run(place: Path, *names: str) -> None:
    """Let mutmut do its work at this place; it takes hours, and goes on where it was stopped."""
    subprocess.run([sys.executable, "-m", "mutmut", "run", *names], cwd=place, check=False)


def counted(place: Path) -> tuple[tuple[str, ...], tuple[Changed, ...]]:
    """All that were put to the tests, and those that mutmut says have survived, or that no quick test has reached."""
    done = _mutmut(place, "results", "--all", "true")
    states = dict(line.strip().split(": ", 1) for line in done.splitlines() if "__mutmut_" in line)
    put = {name: state for name, state in states.items() if state != "not checked"}
    left = [name for name, state in put.items() if state in ("survived", "no tests")]
    return tuple(put), tuple(_shown(place, name) for name in left)


def _shown(place: Path, name: str) -> Changed:
    lines = _mutmut(place, "show", name).splitlines()
    was = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    now = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    return Changed(name=name, was=" ".join(was), now=" ".join(now))


def _mutmut(place: Path, *words: str) -> str:
    call = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(call, cwd=place, check=True, capture_output=True, text=True).stdout


def survivors(place: Path, mutants: Sequence[Changed]) -> tuple[Changed, ...]:
    """Those of them that no test notices in a process that begins afresh either."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        missed = tuple(pool.map(partial(is_missed, place), mutants))
    return tuple(mutant for mutant, is_one in zip(mutants, missed, strict=True) if is_one)


def is_missed(place: Path, mutant: Changed) -> bool:
    """Whether neither the quick tests notice it nor the thorough ones."""
    return all(_is_missed_by(tests, place, mutant) for tests in (QUICK, THOROUGH))


def _is_missed_by(names: Sequence[str], place: Path, mutant: Changed) -> bool:
    house = place / "mutants"
    environment = os.environ | {"MUTANT_UNDER_TEST": mutant.name, "PYTHONPATH": str(house / "src")}
    tests = [f"tests/test_{name}.py" for name in names]
    call = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        done = subprocess.run(call, cwd=house, env=environment, check=False, capture_output=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return False
    if done.returncode == NOT_FOUND:
        raise FileNotFoundError(house / "tests")
    return done.returncode == 0
