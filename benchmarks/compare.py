"""All numbers in one run: ``.venv/bin/python benchmarks/compare.py [--quick] [--json FILE] [SECTION ...]``."""

import argparse
import os
import platform
import sqlite3
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import deciding
import holding
import importing
import rights
import service
from measuring import Section, printed, written

SECTIONS: dict[str, Callable[[bool], Section]] = {
    "deciding": lambda quick: deciding.section(quick=quick),
    "service": lambda quick: service.section(quick=quick),
    "rights": lambda quick: rights.section(quick=quick),
    "importing": lambda quick: importing.section(quick=quick),
    "holding": lambda quick: holding.section(quick=quick),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks/compare.py", description="Measure kundorder against its contenders."
    )
    _ = parser.add_argument(
        "--quick", action="store_true", help="few rounds, to see that it works; no numbers to quote"
    )
    _ = parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    _ = parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    given = parser.parse_args(arguments)
    quick: bool = given.quick
    file: Path | None = given.json
    names: list[str] = given.sections or list(SECTIONS)
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        parser.error(f"unknown section {unknown[0]}; there are {', '.join(SECTIONS)}")
    about = surroundings(quick=quick)
    print(", ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    sections: list[Section] = []
    for name in names:
        sections.append(SECTIONS[name](quick))
        print(f"\n{printed(sections[-1])}", flush=True)
    if file is not None:
        written(file, about, sections)
    return 0


def surroundings(*, quick: bool) -> dict[str, str]:
    """What the numbers depend on."""
    return {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("kundorder", "attrs", "transitions", "msgspec")},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "rounds": "few" if quick else "all",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
