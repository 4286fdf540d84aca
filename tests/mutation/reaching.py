"""Which tests reach which lines, and how long each takes: a plugin for ``coverage run -m pytest -p mutation.reaching``.

A test function counts as one, whatever its parameters are. What was reached while modules were imported, or by a
process that a test has started, belongs to no test.
"""

import json
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import attrs
import pytest
from coverage import Coverage, CoverageData

TIMES: Final = ".times.json"
REACHED: Final = ".reached"
SETTINGS: Final = ".coveragerc-reached"
COVERAGE: Final = f"""\
[run]
source_pkgs =
    kundorder
    _kundorder_pytest
patch = subprocess
parallel = true
data_file = {REACHED}
"""
_SECONDS: Final[defaultdict[str, float]] = defaultdict(float)
_FAILED: Final[set[str]] = set()


def _function(nodeid: str) -> str:
    return nodeid.partition("[")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    measuring = Coverage.current()
    if measuring is not None:
        measuring.switch_context(_function(item.nodeid))
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    name = _function(report.nodeid)
    _SECONDS[name] += report.duration
    if report.failed:
        _FAILED.add(name)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return  # whoever deals the tests out hears of all of them
    times = {name: None if name in _FAILED else seconds for name, seconds in _SECONDS.items()}
    _ = (session.config.rootpath / TIMES).write_text(json.dumps(times, indent=1), encoding="utf-8")


@attrs.frozen
class Reached:
    """What a run with this plugin has found out about a house."""

    house: Path

    @cached_property
    def _seconds(self) -> Mapping[str, float | None]:
        found: dict[str, float | None] = json.loads((self.house / TIMES).read_text("utf-8"))
        return found

    @cached_property
    def _data(self) -> CoverageData:
        data = CoverageData(str(self.house / REACHED))
        data.read()
        return data

    def tests(self, path: str, first: int, last: int) -> Sequence[str]:
        """Those that reach one of these lines and hold on the house as it is, the quick ones first.

        Where lines are reached by none of them, as those are that run while a module is imported, or under another
        name than the package's, it is those that reach any line of the module, or of those in the same folder.
        """
        by_line = self._data.contexts_by_lineno(str(self.house / path))
        here = {test for line, tests in by_line.items() if first <= line <= last for test in tests}
        chosen = self._sound(here) or self._sound({test for tests in by_line.values() for test in tests})
        folder = (self.house / path).parent
        while not chosen and folder != self.house:
            chosen, folder = self._sound(self._below(folder)), folder.parent
        return sorted(chosen, key=self.seconds)

    def _below(self, folder: Path) -> set[str]:
        """The tests that reach a module somewhere below a folder."""
        files = [each for each in self._data.measured_files() if Path(each).is_relative_to(folder)]
        return {test for each in files for tests in self._data.contexts_by_lineno(each).values() for test in tests}

    def _sound(self, tests: set[str]) -> list[str]:
        return [test for test in tests if self._seconds.get(test) is not None]

    def seconds(self, test: str) -> float:
        """How long it took."""
        return self._seconds[test] or 0.0
