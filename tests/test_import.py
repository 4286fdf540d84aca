"""Law 5, the light import, and law 7, the public names."""

import ast
import inspect
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kundorder

PACKAGE = Path(kundorder.__file__).parent
HEAVY = ("asyncio", "cryptography", "hypothesis", "jinja2", "pydantic", "pytest", "smtplib", "sqlalchemy", "sqlite3")
OPEN_CLASSES = {"KundorderError", "Outcome"}
"""The classes a host may catch or extend without being ports."""


def python(code: str) -> str:
    """What a new interpreter prints; one that measures coverage would load modules of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout


def explained_assignments() -> set[str]:
    """Names of constants and type aliases that a text stands under; at run time they carry none."""
    names: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        body = ast.parse(path.read_text("utf-8")).body
        for line, below in itertools.pairwise(body):
            targets = (
                line.targets
                if isinstance(line, ast.Assign)
                else [line.target]
                if isinstance(line, ast.AnnAssign)
                else []
            )
            if (
                isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            ):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


EXPLAINED = explained_assignments()


def test_importing_the_library_loads_nothing_heavy() -> None:
    loaded = python("import sys, kundorder; print(*sys.modules)").split()
    assert "kundorder" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_importing_the_library_prints_and_warns_nothing() -> None:
    assert python("import kundorder") == ""


def test_a_star_import_gives_the_public_names_and_no_other() -> None:
    given = python("from kundorder import *; print(*[name for name in dir() if not name.startswith('__')])").split()
    assert given == sorted(name for name in kundorder.__all__ if not name.startswith("__"))


def test_public_names_are_sorted_and_listed_once() -> None:
    assert list(kundorder.__all__) == sorted(set(kundorder.__all__))


def test_every_name_the_front_door_imports_is_public() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    imported = [alias for line in tree.body if isinstance(line, ast.ImportFrom) for alias in line.names]
    assert [alias.name for alias in imported if alias.asname != alias.name] == []
    assert {alias.name for alias in imported} - set(kundorder.__all__) == set()


@pytest.mark.parametrize("name", kundorder.__all__)
def test_a_public_name_exists_and_says_what_it_means(name: str) -> None:
    thing: object = getattr(kundorder, name)
    if inspect.isclass(thing) or inspect.isroutine(thing):
        assert (thing.__doc__ or "").strip(), f"{name} has no docstring"
    else:
        assert name in EXPLAINED or name == "__version__", f"no text under the assignment of {name}"


@pytest.mark.parametrize("name", kundorder.__all__)
def test_a_public_class_is_final_unless_it_is_a_port(name: str) -> None:
    thing: object = getattr(kundorder, name)
    if not inspect.isclass(thing) or getattr(thing, "_is_protocol", False):
        return
    assert getattr(thing, "__final__", False) is (name not in OPEN_CLASSES)
