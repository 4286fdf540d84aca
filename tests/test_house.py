"""What every file of the repository keeps to, whatever it is about."""

import fnmatch
import importlib.metadata
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import kundorder

ROOT = Path(__file__).parents[1]
PACKAGE = Path(kundorder.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
LONGEST_MODULE = 300
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINS = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:Users|home|opt|root|work)/\w|\b[A-Z]:\\[A-Za-z]")
REGISTRY = re.compile(r"\bpypi\.(?:org|python\.org)|pythonhosted\.org|\bindex-url\b|\bfind-links\b|\bregistry\.npmjs\b")


def ours() -> Iterator[Path]:
    """The files of the repository: all but what .gitignore names, for there may be no git where the tests run."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        for names in (folders, files):
            names[:] = [
                name
                for name in names
                if name != ".git"
                and not any(
                    fnmatch.fnmatch(part, rule) for rule in ignored for part in (name, (here / name).as_posix())
                )
            ]
        yield from (ROOT / here / name for name in files)


def name_of(requirement: str) -> str:
    """The project's name in a requirement or a pin."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ours()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if path != Path(__file__) and (MACHINE_PATH.search(line) or REGISTRY.search(line))
    ]
    assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short_enough_to_be_read_at_once(module: str) -> None:
    length = len((PACKAGE / module).read_text("utf-8").splitlines())
    assert length <= LONGEST_MODULE


def test_the_lock_holds_pins_and_nothing_else() -> None:
    assert [line for line in PINS if not re.fullmatch(r"[a-z0-9.-]+==[\w.+]+( ; [\w.'() <>=!*]+)?", line)] == []


def test_the_lock_pins_everything_we_ask_for() -> None:
    project = PROJECT["project"]
    asked = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    assert {name_of(line) for line in asked} - {"kundorder"} <= {name_of(line) for line in PINS}


def test_the_version_is_the_same_everywhere() -> None:
    version = PROJECT["project"]["version"]
    assert importlib.metadata.version("kundorder") == version
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_oldest_python_is_the_same_everywhere() -> None:
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    tools = PROJECT["tool"]
    assert {tools["mypy"]["python_version"], tools["basedpyright"]["pythonVersion"]} == {oldest}
    assert tools["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert sys.version_info >= tuple(int(part) for part in oldest.split("."))


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()
