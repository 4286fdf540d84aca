"""How a mistake is planted: the library is loaded a second time, with some words of its text changed.

Each change names a module, words that stand in it exactly once, and what stands there instead. The library that the
tests use is left alone; the other one is there only within ``planted``.
"""

import gc
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Final, final

import attrs

from kundorder.testing.contracts import Contract, Report

_PACKAGE: Final = "kundorder"


@final
@attrs.frozen
class Change:
    """Some words of a module."""

    module: str  # below the package
    old: str
    new: str

    def made_in(self, text: str) -> str:
        """The text of the module with the change.

        Raises:
            LookupError: the words are not there, or more than once.
        """
        if text.count(self.old) != 1:
            raise LookupError(f"{self.module} has {text.count(self.old)} times: {self.old}")
        return text.replace(self.old, self.new)


@final
@attrs.frozen
class WrongCore:
    """A core with a mistake."""

    lie: str  # what it does, as its author's mistake
    changes: tuple[Change, ...]
    caught_by: tuple[str, ...]  # promises of a portal, each of which it has to break


def wrong(lie: str, *changes: tuple[str, str, str], caught_by: tuple[str, ...]) -> WrongCore:
    """A core with some changes, each as module, old and new words."""
    return WrongCore(lie, tuple(Change(*change) for change in changes), caught_by)


@final
class _Changed(SourceFileLoader):
    """Loads a module with its changes, and keeps nothing of it on disk."""

    changes: tuple[Change, ...] = ()

    def get_code(self, fullname: str) -> CodeType:
        text = self.get_data(self.get_filename(fullname)).decode()
        for change in self.changes:
            text = change.made_in(text)
        return self.source_to_code(text.encode(), f"<changed {fullname}>")  # no file: coverage would look for it


@final
@attrs.frozen
class _Finder:
    changes: tuple[Change, ...]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != _PACKAGE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)  # past pytest, which would work on each assert anew
        found = tuple(change for change in self.changes if f"{_PACKAGE}.{change.module}" == fullname)
        if found and spec is not None and spec.origin is not None:
            spec.loader = loader = _Changed(fullname, spec.origin)
            loader.changes = found
        return spec


def _ours() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == _PACKAGE}


@contextmanager
def planted(changes: tuple[Change, ...]) -> Generator[None]:
    """Within, whoever imports the library gets another one, with these changes."""
    kept, finder = _ours(), _Finder(changes)
    for name in kept:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    gc.disable()  # it would look through all that the tests hold, again and again, while classes are made
    try:
        yield
    finally:
        gc.enable()
        sys.meta_path.remove(finder)
        for name in _ours():
            del sys.modules[name]
        sys.modules.update(kept)


def report_on(changes: tuple[Change, ...], promises: tuple[str, ...] | None = None) -> Report:
    """How a core with these changes keeps the promises of a portal: these, or all."""
    with planted(changes):
        contract: Contract = import_module(f"{_PACKAGE}.testing.contracts.portal").PortalContract()
        report: Report = import_module(f"{_PACKAGE}.testing.contracts").examine(contract, only=promises)
    return report
