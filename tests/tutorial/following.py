"""Follows a tutorial to the letter: writes each file that the page shows, and runs each command it tells one to run.

A file is a block with its name as ``:caption:``. A command is a line of a ``console`` block that begins with ``$``; the
lines up to the next are what it has to print, where ``...`` stands for anything. Every command has to succeed.

``python3 tests/tutorial/following.py PAGE`` does so as a stranger would: with nothing but the wheel, built just now, in
a fresh environment outside the repository. It needs Python with pip, and a package index within reach.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[2]
_BLOCK: Final = re.compile(r"^```(?P<about>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_CAPTION: Final = re.compile(r":caption: (?P<name>[\w.]+)\n+")
_ANYTHING: Final = "..."


class File(NamedTuple):
    """Something to be written."""

    name: str
    text: str


class Command(NamedTuple):
    """Something to be run."""

    line: str
    prints: str


Step: TypeAlias = File | Command


class NotAsShown(Exception):
    """The page does not tell the truth."""


def steps(page: str) -> Iterator[Step]:
    """What a reader does, in order."""
    for block in _BLOCK.finditer(page):
        about, body = block["about"], block["body"]
        caption = _CAPTION.match(body)
        if about.startswith("{code-block}") and caption is not None:
            yield File(caption["name"], body[caption.end() :])
        elif about == "console":
            yield from _commands(body)


def _commands(body: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        line, _end, prints = part.partition("\n")
        yield Command(line, prints)


def is_as_shown(prints: str, printed: str) -> bool:
    """Whether a command has printed what the page says it does."""
    shown = "\n".join(line.rstrip() for line in prints.splitlines())
    found = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    pattern = ".*".join(re.escape(part) for part in shown.split(_ANYTHING))
    return re.fullmatch(pattern, found, re.DOTALL) is not None


def follow(page: Path, place: Path, environment: Mapping[str, str], *, installs: bool) -> list[str]:
    """Do all that a page says.

    Args:
        page: the tutorial.
        place: an empty folder.
        environment: of the commands.
        installs: whether what installs something is run, too.

    Returns:
        The commands that were run.

    Raises:
        NotAsShown: one has failed, or has printed something else.
    """
    done: list[str] = []
    for step in steps(page.read_text("utf-8")):
        if isinstance(step, File):
            _ = (place / step.name).write_text(step.text, "utf-8")
        elif installs or not step.line.startswith("pip "):
            _run(step, place, environment)
            done.append(step.line)
    return done


def _run(command: Command, place: Path, environment: Mapping[str, str]) -> None:
    call = ["/bin/sh", "-c", command.line]
    ran = subprocess.run(call, cwd=place, env=environment, check=False, capture_output=True, text=True)
    if ran.returncode or not is_as_shown(command.prints, ran.stdout):
        message = (
            f"$ {command.line}\nends with {ran.returncode} and prints\n{ran.stdout}{ran.stderr}\n"
            f"where the page says\n{command.prints}"
        )
        raise NotAsShown(message)


def as_in(folder: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who has activated the virtual environment in a folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST", "PYTHON"))}
    path = os.pathsep.join((str(folder / "bin"), os.environ.get("PATH", os.defpath)))
    return kept | {"VIRTUAL_ENV": str(folder), "PATH": path} | more


def follow_as_stranger(page: Path) -> list[str]:
    """Do all that a page says, with nothing but the wheel.

    Raises:
        NotAsShown: one has failed, or has printed something else.
    """
    with tempfile.TemporaryDirectory(prefix="stranger-") as folder:
        scratch = Path(folder)
        wheel = built(scratch / "wheels")
        venv.create(scratch / "venv", with_pip=True)
        (scratch / "work").mkdir()
        wheels = {"PIP_FIND_LINKS": str(wheel.parent), "PIP_CONSTRAINT": str(ROOT / "requirements.lock")}
        done = follow(page, scratch / "work", as_in(scratch / "venv", **wheels), installs=True)
        be_installed(wheel, scratch / "venv")
        return done


def built(folder: Path) -> Path:
    """The wheel, built just now by the build backend."""
    call = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    _ = subprocess.run([*call, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def be_installed(wheel: Path, environment: Path) -> None:
    """It was this wheel that the commands were run with, and no other of its name.

    Raises:
        NotAsShown: it was not.
    """
    (packages,) = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as built_now:
        names = [name for name in built_now.namelist() if name.endswith(".py")]
        if not names or any((packages / name).read_bytes() != built_now.read(name) for name in names):
            message = f"{packages} does not hold what is in {wheel.name}"
            raise NotAsShown(message)


if __name__ == "__main__":
    for each in sys.argv[1:]:
        for command in follow_as_stranger(Path(each)):
            print("$", command)  # noqa: T201 - it speaks to a person
