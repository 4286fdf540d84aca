"""Changes drawn at random from all that mutmut would make outside the core, each planted in a copy of the house.

The text itself is changed, so that processes which tests start run the change, too. A change is put to the tests that
reach its lines, the quick ones first, in a process that begins afresh.
"""

import importlib
import json
import os
import queue
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, Protocol

import attrs

from mutation.functions import CHANGED, LEFT_OUT, ROOT
from mutation.reaching import COVERAGE, SETTINGS, TIMES, Reached

FIRST: Final = 10.0
"""Seconds that the tests take which a change is put to first."""

ALL: Final = 75.0
"""Seconds that all the tests take which a change is put to; those beyond it are the slowest."""

LONGEST: Final = 900
"""Seconds; a change whose tests never end is noticed, too."""

_MADE: Final = "\n# Made from kundorder/"
_WAY: Final = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "--timeout=90")


class _Named(Protocol):
    value: str


class _Function(Protocol):
    name: _Named


class _Mutation(Protocol):
    original_node: object
    mutated_node: object
    contained_by_top_level_function: _Function


class _Module(Protocol):
    """A module's text as a tree, as ``libcst`` has it."""

    code: str

    def deep_replace(self, old_node: object, new_node: object) -> "_Module":
        """The module with another node in place of this one."""
        ...


@attrs.frozen(kw_only=True)
class Drawn:
    """A change, with the text it makes."""

    path: str  # from the root of the house
    function: str  # dotted, below the package
    first: int  # line
    last: int
    was: str
    now: str
    text: str

    @property
    def key(self) -> str:
        """What it is called where the reasons stand."""
        return f"{self.function}: {self.now or 'without ' + self.was}"


def drawn(number: int, seed: int) -> tuple[int, Iterator[Drawn]]:
    """How many changes there are, and some of them by chance, none twice.

    Args:
        number: how many are drawn.
        seed: the same one draws the same on the same text, and if more are drawn, these first.
    """
    known = {path: len(_mutations(path)[1]) for path in _paths()}
    every = [(path, place) for path, held in known.items() for place in range(held)]
    Random(seed).shuffle(every)  # noqa: S311 - no secret
    return len(every), (_made(*each) for each in every[:number])


def _paths() -> Iterator[Path]:
    """The modules outside the core; what is made of another text is changed there."""
    source = ROOT / "src"
    for path in sorted(source.rglob("*.py")):
        is_core = path.relative_to(source).parts[1].removesuffix(".py") in CHANGED
        if not is_core and _MADE not in path.read_text("utf-8"):
            yield path


def _mutations(path: Path) -> tuple[_Module, list[_Mutation]]:
    mutmut = importlib.import_module("mutmut.mutation.file_mutation")  # only who changes functions has it
    module, found, *_ = mutmut.create_mutations(str(path), path.read_text("utf-8"))
    return module, [each for each in found if type(each.contained_by_top_level_function).__name__ == "FunctionDef"]


def _made(path: Path, place: int) -> Drawn:
    module, found = _mutations(path)
    mutation = found[place]
    before = module.code.splitlines()
    text = module.deep_replace(mutation.original_node, mutation.mutated_node).code
    after = text.splitlines()
    steps = [each for each in SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if each[0] != "equal"]
    first, last = min(each[1] for each in steps), max(each[2] for each in steps)
    new = slice(min(each[3] for each in steps), max(each[4] for each in steps))
    dotted = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removeprefix("kundorder.")
    return Drawn(
        path=str(path.relative_to(ROOT)),
        function=f"{dotted}.{mutation.contained_by_top_level_function.name.value}",
        first=first + 1,
        last=max(last, first + 1),
        was=_joined(before[first:last]),
        now=_joined(after[new]),
        text=text,
    )


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line.strip() for line in lines)


def prepared(place: Path) -> Reached:
    """A copy of the house at this place, in which all tests have run once."""
    house = place / "reached"
    if not (house / TIMES).exists():
        _copied(house)
        _ = (house / SETTINGS).write_text(COVERAGE, encoding="utf-8")
        coverage = [sys.executable, "-m", "coverage"]
        pytest = ["-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "mutation.reaching"]
        environment = _environment(house) | {"PYTHONPATH": os.pathsep.join((f"{house}/src", f"{house}/tests"))}
        run = [*coverage, "run", f"--rcfile={SETTINGS}", *pytest]
        subprocess.run(run, cwd=house, env=environment, check=False)
        subprocess.run([*coverage, "combine", f"--rcfile={SETTINGS}", "-q"], cwd=house, check=True)
    return Reached(house)


def _copied(house: Path) -> None:
    shutil.rmtree(house, ignore_errors=True)
    shutil.copytree(ROOT, house, ignore=shutil.ignore_patterns(*LEFT_OUT))


def _environment(house: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": f"{house}/src"}


def put(place: Path, changes: Iterator[Drawn]) -> Iterator[tuple[Drawn, str]]:
    """Each change, and the first test that has noticed it, or nothing.

    What is found is written down at the place, and not looked for a second time.
    """
    reached, known = prepared(place), place / "found.json"
    found: dict[str, str] = json.loads(known.read_text("utf-8")) if known.exists() else {}
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for number in range(os.cpu_count() or 1):
        house = place / str(number)
        _copied(house)
        free.put(house)
    chosen = list(changes)
    with ThreadPoolExecutor(free.qsize()) as pool:
        todo = [each for each in chosen if each.key not in found]
        for change, by in zip(todo, pool.map(partial(_noticed, free, reached), todo), strict=True):
            found[change.key] = by
            _ = known.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    for change in chosen:
        yield change, found[change.key]


def _noticed(free: "queue.SimpleQueue[Path]", reached: Reached, change: Drawn) -> str:
    house = free.get()
    file = house / change.path
    usual = file.read_text("utf-8")
    try:
        _plant(file, change.text)
        stages = _stages(reached, change)
        return next(filter(None, (_failed(house, tests) for tests in stages)), "")
    finally:
        _plant(file, usual)
        free.put(house)


def _plant(file: Path, text: str) -> None:
    """Put a text in place of a module's, and forget what was compiled of it: its time may be the same second's."""
    _ = file.write_text(text, encoding="utf-8")
    for compiled in file.parent.glob(f"__pycache__/{file.stem}.*"):
        compiled.unlink()


def _stages(reached: Reached, change: Drawn) -> Iterator[Sequence[str]]:
    tests = reached.tests(change.path, change.first, change.last)
    quick: list[str] = []
    slow: list[str] = []
    taken = 0.0
    for test in tests:
        taken += reached.seconds(test)
        if taken <= FIRST or not quick:
            quick.append(test)
        elif taken <= ALL:
            slow.append(test)
    yield from (stage for stage in (quick, slow) if stage)


def _failed(house: Path, tests: Sequence[str]) -> str:
    """What has noticed it: the test that fails first, or that never ends."""
    listed = house / ".chosen"
    _ = listed.write_text("\n".join(tests), encoding="utf-8")
    call = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", *_WAY, f"@{listed}"]
    environment = _environment(house)
    try:
        done = subprocess.run(
            call, cwd=house, env=environment, check=False, capture_output=True, text=True, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return "it never ends"
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return failed[-1] if failed else (done.stdout + done.stderr)[-500:] or "the process ends"
