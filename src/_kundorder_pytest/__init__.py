"""The plugin for pytest: a portal to test with, and which of the rights a suite has touched.

It is loaded into every run of pytest in an environment that has ``kundorder``, before coverage begins and whether
anybody asks for it or not. So it is a module of its own, imports nothing but pytest, and does nothing unless one of its
fixtures or options is asked for: what needs the library is imported there.
"""

# ruff: noqa: PLC0415 - see above

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import pytest

if TYPE_CHECKING:
    from _kundorder_pytest.cells import Cells
    from _kundorder_pytest.space import Row
    from kundorder import Portal
    from kundorder.ports import Store
    from kundorder.testing.populated import PopulatedOrganisation
    from kundorder.testing.post import SentMail
    from kundorder.testing.surroundings import FrozenClock
    from kundorder.testing.world import World

_T = TypeVar("_T")

_CONTRACTS: Final = "kundorder.testing.contracts"
_OUTPUT: Final = "kundorder_cells"
_A_WHOLE: Final = 100

_CELLS: "pytest.StashKey[Cells]" = pytest.StashKey()

if _CONTRACTS not in sys.modules:  # now, and not when pytest is configured: a conftest.py may import them before that
    pytest.register_assert_rewrite(_CONTRACTS)


def _percent(text: str) -> float:
    number = float(text)
    if not 0 <= number <= _A_WHOLE:
        raise ValueError(text)
    return number


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; each of them asks for the report."""
    group = parser.getgroup("kundorder", "kundorder: which of the rights a suite has touched")
    group.addoption(
        "--kundorder-cells",
        action="store_true",
        help="tell which cells of state × trigger × role × party the suite has touched, and which it never did",
    )
    group.addoption("--kundorder-cells-json", type=Path, metavar="FILE", help="write the same as JSON")
    group.addoption(
        "--kundorder-cells-at-least",
        type=_percent,
        metavar="PERCENT",
        help="fail if a smaller share of the permitted cells was touched",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Look on, if that is asked for."""
    asked: list[object] = [config.getoption(f"kundorder_cells{rest}") for rest in ("", "_json", "_at_least")]
    if any(each is not None and each is not False for each in asked):
        from _kundorder_pytest import cells

        config.stash[_CELLS] = cells.Cells.begun()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Look on no more."""
    cells = config.stash.get(_CELLS, None)
    if cells is not None:
        cells.end()


class Sharer(Protocol):
    """One of several processes that share a run, as pytest-xdist has it."""

    config: pytest.Config
    workeroutput: "dict[str, list[Row]]"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Sharer, error: object) -> None:
    """One of several processes that share a run has ended; what it has touched counts for the run."""
    cells = node.config.stash.get(_CELLS, None)
    if cells is not None:
        cells.merge(node.workeroutput[_OUTPUT] if error is None else None)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand over what was touched; or, where there is nobody to hand it to, see whether it is enough."""
    cells = session.config.stash.get(_CELLS, None)
    if cells is None:
        return
    shared: dict[str, list[Row]] | None = getattr(session.config, "workeroutput", None)
    if shared is not None:
        shared[_OUTPUT] = cells.handed_over()
        return
    file: object = session.config.getoption("kundorder_cells_json")
    if isinstance(file, Path):
        cells.write(file)
    if exitstatus == pytest.ExitCode.OK and cells.too_few(_wanted(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The report."""
    cells = config.stash.get(_CELLS, None)
    if cells is None:
        return
    terminalreporter.section("kundorder: cells of rights")
    for line in cells.told():
        terminalreporter.write_line(line)
    if too_few := cells.too_few(_wanted(config)):
        terminalreporter.write_line(too_few, red=True, bold=True)


def _aside(config: pytest.Config, make: Callable[[], _T]) -> _T:
    """Made by a fixture of ours: what that touches, the suite has not touched."""
    cells = config.stash.get(_CELLS, None)
    return make() if cells is None else cells.aside(make)


def _wanted(config: pytest.Config) -> float:
    wanted: object = config.getoption("kundorder_cells_at_least")
    return wanted if isinstance(wanted, float) else 0


@pytest.fixture
def kundorder_store() -> "Store":
    """An empty store in memory. Override it to put your own beneath all the other fixtures."""
    from kundorder.adapters.memory import MemoryStore

    return MemoryStore()


@pytest.fixture
def frozen_clock() -> "FrozenClock":
    """The portal's time; it stands still until a test moves it: ``frozen_clock.advance(timedelta(days=3))``."""
    from kundorder.testing.surroundings import FrozenClock

    return FrozenClock()


@pytest.fixture
def kundorder_world(request: pytest.FixtureRequest, kundorder_store: "Store", frozen_clock: "FrozenClock") -> "World":
    """The world of ``kundorder.testing.world`` that ``portal`` is in: a provider, and the acts to make more of it."""
    from kundorder.testing.world import World

    return _aside(request.config, lambda: World.new(store=kundorder_store, clock=frozen_clock))


@pytest.fixture
def portal(kundorder_world: "World") -> "Portal":
    """A portal on a fresh store, with the provider's people: ``olle``, its officer, and ``karin``, customer service."""
    return kundorder_world.portal


@pytest.fixture
def sent_mail(kundorder_world: "World") -> "SentMail":
    """What has left ``portal``; what is owed leaves when it is looked at: ``sent_mail.to("a@b.example")``."""
    from kundorder.testing.post import SentMail

    return SentMail(kundorder_world.portal, kundorder_world.mailer)


@pytest.fixture
def populated_organisation(request: pytest.FixtureRequest, kundorder_world: "World") -> "PopulatedOrganisation":
    """A customer in ``portal`` with one person a role, and an agent that it can order through."""
    from kundorder.testing.populated import populate

    return _aside(request.config, lambda: populate(kundorder_world))
