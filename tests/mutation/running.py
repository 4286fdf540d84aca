"""Puts tests to mutants: each is imported in a process of its own, in place of the module it was made from."""

import importlib.abc
import importlib.machinery
import io
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import attrs
import pytest

from mutation.rows import Mutant

LONGEST: Final = 600
"""Seconds; a mutant whose tests never end is noticed, too."""

QUIET: Final = ("-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly")
_MISSED: Final = 3  # the exit status of a process in which no test has failed
_NOTICED: Final = 4


@attrs.frozen
class InPlace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and makes it of a source of our own."""

    mutant: Mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == self.mutant.module else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        del spec

    def exec_module(self, module: ModuleType) -> None:
        made: CodeType = compile(self.mutant.source, f"<{self.mutant.name}>", "exec")
        exec(made, module.__dict__)  # noqa: S102 - a module of our own with one change


def survivors(mutants: Iterable[Mutant], *stages: Sequence[str]) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant, and whether it was missed by all tests.

    Args:
        mutants: what is put to the tests.
        stages: names of test files; the quick ones come first, and the later ones are put to what they have missed.
    """
    for mutant in mutants:
        yield mutant, all(_is_missed(mutant, tests) for tests in stages)


def _is_missed(mutant: Mutant, tests: Sequence[str]) -> bool:
    child = os.fork()
    if child == 0:
        os._exit(_put(mutant, tests))
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status) == _MISSED
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


def _put(mutant: Mutant, tests: Sequence[str]) -> int:
    for name in [name for name in sys.modules if name.partition(".")[0] == "kundorder"]:
        del sys.modules[name]
    sys.meta_path.insert(0, InPlace(mutant))
    os.chdir(Path(__file__).parents[2])
    said = io.StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):
            status = pytest.main([*QUIET, *tests])
    except BaseException:  # noqa: BLE001 - the import of the plugin may be what fails
        return _NOTICED
    return _MISSED if status == pytest.ExitCode.OK else _NOTICED
