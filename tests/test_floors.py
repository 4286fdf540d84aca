"""Law 5, floors and forbidden imports, and law 6: the core has no clock, chance or environment of its own."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import kundorder

SETTINGS = Path(__file__).parents[1] / "pyproject.toml"
PACKAGE = Path(kundorder.__file__).parent
SHELL = {"__init__", "__main__", "adapters", "command_line", "portal", "testing"}
"""All else is the core, so a new module belongs to it until somebody says otherwise here."""

CORE = sorted(
    name
    for name in (path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
    if name.split("/")[0].removesuffix(".py") not in SHELL
)
NOT_IN_THE_CORE = {
    "__import__",
    "breakpoint",
    "eval",
    "exec",
    "getenv",
    "input",
    "now",
    "open",
    "print",
    "sleep",
    "today",
    "urandom",
    "utcnow",
    "uuid1",
    "uuid4",
}
"""Names nothing there may call, bare or on anything; ``act.now`` is no call."""


def lint(package: Path) -> subprocess.CompletedProcess[str]:
    """Judge the package in this folder by our own contracts."""
    code = "import sys, importlinter.cli as c; sys.exit(c.lint_imports(sys.argv[1], no_cache=True, no_logo=True))"
    environment = os.environ | {"PYTHONPATH": str(package.parent)}
    call = [sys.executable, "-c", code, str(SETTINGS)]
    return subprocess.run(call, cwd=package.parent, env=environment, check=False, capture_output=True, text=True)


def objections(tree: ast.Module) -> Iterator[str]:
    """What a module of the core does although it may not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in NOT_IN_THE_CORE:
                yield f"line {node.lineno} calls {name}"
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in tree.body:
            yield f"line {node.lineno} imports out of sight"
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"line {node.lineno} imports relatively"


def test_every_module_stands_on_its_floor() -> None:
    result = lint(PACKAGE)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("vocabulary", "import kundorder.errors"),
        ("decisions", "import kundorder.journal"),
        ("adapters/memory", "import kundorder.adapters.sqlite"),
        ("model", "import pydantic"),
        ("portal", "from transitions import Machine"),
        ("codec", "from datetime import datetime\nimport time"),
        ("lifecycles/order", "import os.path"),
        ("helpers", "FLOOR = None"),
    ],
)
def test_a_module_off_its_floor_is_found(module: str, line: str, tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE, tmp_path / "kundorder", ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / f"{module}.py").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout, result.stdout + result.stderr


def test_the_contract_of_the_core_names_the_whole_core() -> None:
    with SETTINGS.open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    named = next(contract["source_modules"] for contract in contracts if contract["id"] == "core")
    assert named == sorted({f"kundorder.{name.split('/')[0].removesuffix('.py')}" for name in CORE})


@pytest.mark.parametrize("module", CORE)
def test_the_core_takes_time_ids_and_chance_as_arguments(module: str) -> None:
    assert list(objections(ast.parse((PACKAGE / module).read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "line",
    [
        "def f(): return datetime.now(UTC)",
        "x = date.today()",
        "x = uuid.uuid4()",
        "print(1)",
        "with open('x') as f: pass",
        "def f():\n    import kundorder.portal",
        "if TYPE_CHECKING:\n    from kundorder.portal import Portal",
        "from . import portal",
    ],
)
def test_a_clock_chance_or_hidden_import_in_the_core_is_found(line: str) -> None:
    assert list(objections(ast.parse(line))) != []
