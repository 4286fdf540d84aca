"""Fuzzes one parser after the other with atheris, which changes what it feeds them by what of the code it has reached.

``.venv/bin/python tests/fuzz.py`` feeds each parser 100 000 inputs; ``--runs`` says another number, and words choose
the parsers whose names hold them. An input of which an error comes that the parser does not declare is kept in
``tests/fuzzing/kept`` and is a test from then on. ``--growth`` tells how much longer ten times as much input takes.
It needs ``atheris``, which ``pip install atheris`` brings.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from math import ceil
from pathlib import Path
from typing import Final

from proof import merged
from proving import LONG

KEPT: Final = Path(__file__).parent / "fuzzing" / "kept"
LONGEST: Final = 4096  # bytes of an input
SHORT: Final = 3_000  # bytes; ten times as much is still taken by all that have no limit of their own
MOST: Final = 15
"""As many times longer may ten times as much take (RELIABILITY of the house)."""


def fuzz(name: str, runs: int) -> None:
    """Feed one parser; this ends the process."""
    atheris = importlib.import_module("atheris")  # only who fuzzes has it
    with atheris.instrument_imports(include=["kundorder"], enable_loader_override=False):
        from fuzzing.targets import targets  # noqa: PLC0415 - it is instrumented here

    target, place = targets()[name], KEPT / name.replace(" ", "-")
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds()):
            (Path(corpus) / str(number)).write_bytes(seed)
        place.mkdir(exist_ok=True)
        flags = [
            f"-runs={runs}",
            f"-max_len={LONGEST}",
            "-verbosity=0",
            f"-artifact_prefix={place}/",
            "-rss_limit_mb=4096",
        ]
        atheris.Setup([sys.argv[0], *flags, corpus], target.fed)
        atheris.Fuzz()


def growth() -> Iterator[tuple[str, float]]:
    """How many times longer each parser takes for ten times as much, at worst."""
    from fuzzing.targets import targets  # noqa: PLC0415 - not where it has to be instrumented

    for name, target in targets().items():
        worst = 0.0
        for piece in (
            b"a",
            b"[",
            b'"',
            b"\\",
            b"{",
            b" ",
            b"\xc3\xa5",
            b"a.",
            b"=",
            b"<a>",
            *(each[:50] for each in target.seeds()),
        ):
            short, long = (piece * (size // len(piece)) for size in (SHORT, 10 * SHORT))
            worst = max(worst, _time(target.fed, long) / _time(target.fed, short))
        yield name, worst


def _time(feed: Callable[[bytes], object], content: bytes) -> float:
    best = float("inf")
    for _ in range(15):
        begin = time.perf_counter()
        feed(content)
        best = min(best, time.perf_counter() - begin)
    return max(best, 5e-5)  # less is noise


def main() -> int:
    """Fuzz each in a process of its own, since the first error ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--one", action="store_true", help="the word is the whole name, and this process feeds it")
    parser.add_argument("--growth", action="store_true")
    given = parser.parse_args()
    if given.one:
        fuzz(given.words[0], given.runs)
    if given.growth:
        found = dict(growth())
        for name, times in found.items():
            print(f"{times:6.1f}  {name}")
        merged(LONG, {"times longer that ten times as much takes a parser, at worst": ceil(max(found.values()))})
        return max(found.values()) > MOST
    from fuzzing.targets import targets  # noqa: PLC0415 - not where it has to be instrumented

    names = [name for name in targets() if all(word in name for word in given.words)]
    failed = 0
    for name in names:
        begin = time.monotonic()
        call = [sys.executable, __file__, "--one", name, "--runs", str(given.runs)]
        done = subprocess.run(call, check=False, capture_output=True, text=True)
        failed += done.returncode != 0
        place = KEPT / name.replace(" ", "-")
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
        print(f"{name}: {'fails' if done.returncode else 'holds'}, {time.monotonic() - begin:.0f} s", flush=True)
        if done.returncode:
            print(*done.stdout.splitlines()[-3:], *done.stderr.splitlines()[-25:], sep="\n  ", flush=True)
    if not given.words:
        numbers = {"parsers fuzzed with atheris": len(names), "inputs that atheris fed each parser": given.runs}
        merged(LONG, numbers | {"parsers that atheris has found a fault in": failed})
    print(f"{len(names)} parsers, each fed {given.runs} inputs, {failed} failed")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
