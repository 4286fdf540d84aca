"""All numbers in one run: ``.venv/bin/python benchmarks/compare.py [--quick] [--json FILE] [SECTION ...]``."""

import argparse
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import deciding
import delivering
import growing_debts
import growing_history
import growing_orders
import growing_users
import holding
import importing
import postgresql
import rights
import service
import sharing
import signing
from measuring import Section, printed, written

SECTIONS: dict[str, Callable[[bool], Section]] = {
    "deciding": lambda quick: deciding.section(quick=quick),
    "service": lambda quick: service.section(quick=quick),
    "postgres": lambda quick: postgresql.section(quick=quick),
    "postgres-far": lambda quick: postgresql.far_section(quick=quick),
    "growth-history": lambda quick: growing_history.section(quick=quick),
    "growth-users": lambda quick: growing_users.section(quick=quick),
    "growth-orders": lambda quick: growing_orders.section(quick=quick),
    "growth-debts": lambda quick: growing_debts.section(quick=quick),
    "processes": lambda quick: sharing.section(quick=quick),
    "delivery": lambda quick: delivering.section(quick=quick),
    "signing": lambda quick: signing.section(quick=quick),
    "rights": lambda quick: rights.section(quick=quick),
    "importing": lambda quick: importing.section(quick=quick),
    "holding": lambda quick: holding.section(quick=quick),
}

_LIBRARIES = ("kundorder", "attrs", "transitions", "msgspec", "psycopg", "sqlalchemy", "eventsourcing")

GROWTH = "growth"
"""Stands for all tables of growth."""
_GROWTH = tuple(name for name in SECTIONS if name.startswith(f"{GROWTH}-"))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks/compare.py", description="Measure kundorder against its contenders."
    )
    _ = parser.add_argument(
        "--quick", action="store_true", help="few rounds, to see that it works; no numbers to quote"
    )
    _ = parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    _ = parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join([*SECTIONS, GROWTH]))
    given = parser.parse_args(arguments)
    quick: bool = given.quick
    file: Path | None = given.json
    asked: list[str] = given.sections or list(SECTIONS)
    names = [name for each in asked for name in (_GROWTH if each == GROWTH else (each,))]
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        parser.error(f"unknown section {unknown[0]}; there are {', '.join([*SECTIONS, GROWTH])}")
    about = surroundings(quick=quick)
    print(", ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    sections: list[Section] = []
    for name in names:
        began = time.monotonic()
        sections.append(SECTIONS[name](quick))
        print(f"\n{printed(sections[-1])}\n  Measured in {time.monotonic() - began:.0f} s.", flush=True)
    if file is not None:
        written(file, about, sections)
    return 0


def surroundings(*, quick: bool) -> dict[str, str]:
    """What the numbers depend on."""
    return {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in _LIBRARIES},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "rounds": "few" if quick else "all",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
