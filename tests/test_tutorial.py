"""The tutorials that tell what to write and what to run: somebody who does all of it sees what they show."""

import os
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from proof import count
from tutorial import following
from tutorial.following import Command, File, NotAsShown, as_in, follow, is_as_shown, steps

from kundorder.testing import contracts
from kundorder.testing.contracts import Contract

PAGE = following.ROOT / "docs" / "tutorial" / "prove-your-adapter.md"
HERE = as_in(Path(sys.prefix))
_NAMED = re.compile(r"`kundorder\.testing\.contracts\.(\w+)\.(\w+)`")


def page_with(folder: Path, body: str) -> Path:
    page = folder / "page.md"
    page.write_text(f"# A page\n\n{body}", "utf-8")
    return page


def test_who_follows_the_page_sees_what_it_shows(tmp_path: Path) -> None:
    done = follow(PAGE, tmp_path, HERE, installs=False)
    assert [line.split(" ")[0] for line in done] == ["pytest", "sed", "python", "pytest", "pytest"]
    count("commands of tutorials run as they stand", len(done))


@pytest.mark.long
def test_a_stranger_with_nothing_but_the_wheel_sees_it_too() -> None:
    python = os.path.realpath(sys.executable)  # the one that ours was made from, which has pip
    ran = subprocess.run([python, following.__file__, str(PAGE)], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith('$ pip install "kundorder[testing]"\n')


def test_a_page_is_read_as_a_reader_does(tmp_path: Path) -> None:
    body = (
        "```{code-block} python\n:caption: a.py\n\nprint(1)\n```\n"
        "```python\nnot = a.file\n```\n"
        "```console\n$ python a.py\n1\n$ true\n```\n"
    )
    assert list(steps(page_with(tmp_path, body).read_text("utf-8"))) == [
        File("a.py", "print(1)\n"),
        Command("python a.py", "1\n"),
        Command("true", ""),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ echo one\n```\n",
        "```console\n$ true\none\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ true\n$ echo one; exit 3\none\n```\n",
        "```{code-block} python\n:caption: a.py\n\nprint(2)\n```\n```console\n$ python a.py\n1\n```\n",
    ],
)
def test_a_page_that_shows_what_does_not_happen_is_found(tmp_path: Path, body: str) -> None:
    with pytest.raises(NotAsShown):
        follow(page_with(tmp_path, body), tmp_path, HERE, installs=False)


@pytest.mark.parametrize(
    ("prints", "printed", "is_shown"),
    [
        ("", "", True),
        ("one\n", "one\n", True),
        ("...\n", "", True),
        ("one ... three\n", "one two\ntwo three\n", True),
        ("...\n1 passed in ...\n", ".   [100%]\n1 passed in 0.10s\n", True),
        ("...\n1 passed in ...\n", "F   [100%]\n1 failed in 0.10s\n", False),
        ("1 passed in ...\n", "1 failed, 1 passed in 0.10s\n", False),
        ("a.b\n", "axb\n", False),
        ("one\n", "one\ntwo\n", False),
    ],
)
def test_three_dots_stand_for_anything_and_nothing_else_does(prints: str, printed: str, *, is_shown: bool) -> None:
    assert is_as_shown(prints, printed) is is_shown


def test_the_page_names_every_contract_there_is() -> None:
    named = set(_NAMED.findall(PAGE.read_text("utf-8")))
    for module, name in named:
        assert issubclass(getattr(import_module(f"{contracts.__name__}.{module}"), name), Contract)
    found = (
        vars(import_module(f"{contracts.__name__}.{each.name}")) for each in pkgutil.iter_modules(contracts.__path__)
    )
    every = {port for names in found for each in names.values() if isinstance(port := getattr(each, "port", None), str)}
    assert {getattr(import_module(f"{contracts.__name__}.{module}"), name).port for module, name in named} == every
