"""The plugin for pytest, as its users meet it: fixtures, options, and nothing at all when nobody asks for it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from test_floors import PACKAGE, lint
from world import AGENT, CUSTOMER, PROVIDER, START, World

import _kundorder_pytest
import kundorder as ko
from _kundorder_pytest.cells import Cells
from _kundorder_pytest.space import hidden, permitted, refused
from kundorder.adapters.sqlite import SqliteStore
from kundorder.ports import Store
from kundorder.testing.populated import PopulatedOrganisation
from kundorder.testing.post import SentMail
from kundorder.testing.surroundings import FrozenClock

ROOT = Path(__file__).parents[1]
PLUGIN = Path(_kundorder_pytest.__file__).parent
FIXTURES = ["frozen_clock", "kundorder_store", "kundorder_world", "populated_organisation", "portal", "sent_mail"]
HEAD = "import asyncio\nimport kundorder as ko\nimport pytest\n"
START_ORDER = 'ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT)'
ONE = f"""{HEAD}
def test_one(portal, populated_organisation):
    order = portal.execute({START_ORDER}, populated_organisation.orderer).order
    assert portal.check(ko.WithdrawOrder(order=order.id), populated_organisation.orderer).allowed
    with pytest.raises(ko.Refused):
        portal.execute(ko.WithdrawOrder(order=order.id), populated_organisation.attestant)
"""
OTHER = f"""{HEAD}
from kundorder.adapters.threads import Thread, ThreadedStore
from kundorder.sample import CATALOGUE

def test_other(kundorder_store, populated_organisation):
    portal = ko.AsyncPortal(store=ThreadedStore(kundorder_store, Thread()), catalogue=CATALOGUE)
    order = asyncio.run(portal.execute({START_ORDER}, populated_organisation.orderer)).order
    with pytest.raises(ko.NotFound):
        asyncio.run(portal.check(ko.WithdrawOrder(order=order.id), populated_organisation.without_role))
    asyncio.run(portal.execute(ko.WithdrawOrder(order=order.id), populated_organisation.orderer))
    asyncio.run(portal.execute(ko.CopyOrderAsDraft(order=order.id), populated_organisation.orderer))
"""
STARTED = ("order", None, "start", "ORDERER", "customer", "accepted", "DRAFT")
COPIED = ("order", None, "copy_as_draft", "ORDERER", "customer", "accepted", "DRAFT")
WITHDRAWN = ("order", "DRAFT", "withdraw", "ORDERER", "customer", "accepted", "WITHDRAWN")
REFUSED = ("order", "DRAFT", "withdraw", "ATTESTANT", "customer", "refused", None)
HIDDEN = ("order", "DRAFT", "withdraw", None, "customer", "hidden", None)


@attrs.frozen
class Ran:
    """A run of pytest, in a process of its own."""

    code: int
    said: str


def run(folder: Path, *arguments: str, **files: str) -> Ran:
    """Run these files, each by its name without the ending, in a folder of their own."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST"))}
    call = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    ran = subprocess.run(call, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    return Ran(ran.returncode, ran.stdout + ran.stderr)


def touched_in(file: Path) -> set[tuple[str | None, ...]]:
    """The cells that were touched, as the file tells them."""
    told: Mapping[str, list[dict[str, str | None]]] = json.loads(file.read_text("utf-8"))
    return {tuple(cell.values()) for cell in told["touched"]}


# The fixtures


def test_the_portal_is_fresh_and_has_the_providers_people(portal: ko.Portal, kundorder_world: World) -> None:
    assert portal is kundorder_world.portal
    officer = ko.Actor("olle", PROVIDER)
    assert {member.person for member in portal.members(officer).items} == {"olle", "karin"}
    assert portal.orders(officer).items == ()


def test_time_stands_still_until_it_is_moved(
    portal: ko.Portal, kundorder_world: World, populated_organisation: PopulatedOrganisation, frozen_clock: FrozenClock
) -> None:
    order = kundorder_world.draft(populated_organisation.orderer)
    assert {event.at for event in portal.history(order.id, populated_organisation.orderer).items} == {START}
    frozen_clock.advance(timedelta(days=3))
    (waiting,) = portal.due(order.id, populated_organisation.orderer)
    assert waiting.days == 3


def test_mail_leaves_when_somebody_looks_at_it(
    portal: ko.Portal,
    kundorder_world: World,
    populated_organisation: PopulatedOrganisation,
    sent_mail: SentMail,
) -> None:
    before = len(sent_mail)
    order = kundorder_world.draft(populated_organisation.orderer)
    portal.execute(ko.SendOrder(order=order.id), populated_organisation.orderer)
    assert len(kundorder_world.mailer.letters) == before
    assert len(sent_mail) == before + 1
    letter = sent_mail.letters[-1]
    assert sent_mail.to(letter.to)[-1] == letter
    assert letter.to == f"atle@o{CUSTOMER.replace('-', '')}.example"
    assert list(sent_mail) == list(sent_mail.letters)
    assert sent_mail.to("nobody@portal.example") == ()


def test_everybody_in_the_organisation_can_do_what_the_name_says(
    portal: ko.Portal, kundorder_world: World, populated_organisation: PopulatedOrganisation
) -> None:
    here, agent = populated_organisation, populated_organisation.agent
    assert (here.number, agent.number) == (CUSTOMER, AGENT)
    order = kundorder_world.draft(here.orderer, mode=ko.ConnectionMode.VIA_AGENT, agent=agent.number).id
    portal.execute(ko.SendOrder(order=order), here.orderer)
    approve = ko.ApproveOrder(order=order, attestant=here.members[agent.attestant], certified=True)
    portal.execute(approve, agent.handler)
    kundorder_world.attest(order, agent.attestant)
    kundorder_world.attest(order, here.attestant)
    portal.execute(ko.InformAgent(order=order), here.service)
    assert portal.order(order, here.agreement_contact).state is ko.OrderState.CONNECTION_STARTABLE
    assert portal.check(ko.AddUser(name="Ny Prov", email="ny@portal.example"), here.administrator).allowed
    assert portal.check(ko.AddUser(name="Ny Prov", email="ny@portal.example"), agent.administrator).allowed
    assert portal.check(ko.ApplyForAssignment(service="journalen"), agent.assignment_orderer).allowed
    assert portal.check(ko.EndAssignment(assignment=agent.assignment, reason="Slut."), here.officer).allowed
    with pytest.raises(ko.NotFound):
        portal.order(order, here.without_role)


class TestOnAStoreOfTheHosts:
    """A host puts its own store beneath everything by overriding one fixture."""

    @pytest.fixture
    def kundorder_store(self, tmp_path: Path) -> Store:
        return SqliteStore(tmp_path / "orders.db")

    def test_all_stand_on_it(
        self,
        kundorder_store: Store,
        kundorder_world: World,
        populated_organisation: PopulatedOrganisation,
        sent_mail: SentMail,
        tmp_path: Path,
    ) -> None:
        assert kundorder_world.store is kundorder_store
        assert len(sent_mail) > 0
        reopened = ko.Portal(store=SqliteStore(tmp_path / "orders.db"), catalogue=kundorder_world.catalogue)
        people = {member.person for member in reopened.members(populated_organisation.administrator).items}
        assert {"adam", "berta", "atle", "nora"} <= people


def test_every_fixture_is_documented_and_there_is_no_other(tmp_path: Path) -> None:
    told = run(tmp_path, "--fixtures").said
    own = re.findall(r"^(\w+) -- \S*_kundorder_pytest\S*\n    (\S.*)", told, re.MULTILINE)
    assert sorted(name for name, _text in own) == FIXTURES
    assert "no docstring" not in dict(own).values()


def test_the_page_on_the_plugin_names_every_fixture_and_option() -> None:
    page = (ROOT / "docs" / "how-to" / "pytest-plugin.md").read_text("utf-8")
    named = re.findall(r"^\| `([\w-]+)", page, re.MULTILINE)
    options = re.findall(r'"(--kundorder[\w-]+)"', (PLUGIN / "__init__.py").read_text("utf-8"))
    assert sorted(named) == sorted([*FIXTURES, *options])


# Harmless where nobody asks for it


def test_a_suite_that_asks_for_nothing_does_not_load_the_library(tmp_path: Path) -> None:
    suite = """
import sys
from importlib import import_module
import pytest

def test_silent():
    assert "_kundorder_pytest" in sys.modules
    assert [name for name in sys.modules if name.split(".")[0] == "kundorder"] == []
    assert [name for name in sys.modules if name.startswith("_kundorder_pytest.")] == []

def test_nothing_is_wrapped():
    from kundorder.decisions import deciding
    places = [(deciding, "judge")]
    for way in ("kundorder.portal", "kundorder.portal.awaited"):
        acting = import_module(way + ".acting").Acting
        places += [(acting, "execute"), (acting, "check")]
    shells = import_module("kundorder.portal")
    places += [(shells.Portal, "resume_signing"), (shells.AsyncPortal, "resume_signing")]
    assert [place for place in places if hasattr(getattr(*place), "__wrapped__")] == []

def test_a_name_of_the_suite_comes_first(request):
    assert request.getfixturevalue("frozen_clock") == "the suite's"

@pytest.fixture
def frozen_clock():
    return "the suite's"
"""
    ran = run(tmp_path, "-W", "error", test_suite=suite)
    assert (ran.code, "kundorder: cells" in ran.said) == (0, False), ran.said


def test_it_can_be_left_out(tmp_path: Path) -> None:
    suite = (
        "import sys\n\ndef test_it():\n    assert '_kundorder_pytest' not in sys.modules\n\ndef test_no(portal): ...\n"
    )
    ran = run(tmp_path, "-p", "no:kundorder", test_suite=suite)
    assert ran.code == 1
    assert "1 passed, 1 error" in ran.said
    assert "fixture 'portal' not found" in ran.said


def test_an_assert_in_a_contract_tells_what_it_compared(tmp_path: Path) -> None:
    early = "import kundorder.testing.contracts\n"  # before pytest has been configured
    suite = """
from kundorder.adapters.memory import MemoryStore
from kundorder.testing.contracts.store import StoreContract

class TestForgetful(StoreContract):
    def open_store(self, place):
        return MemoryStore()
"""
    said = run(tmp_path, "-k", "opened_again", conftest=early, test_suite=suite).said
    assert "PromiseBroken: a promise of the port Store is broken: what was kept is there" in said
    assert re.search(r"found: assert .* ==", said), said
    said = run(tmp_path, "-k", "opened_again", "-p", "no:kundorder").said
    assert "found: this does not hold: assert " in said, said


# The report


def test_the_report_tells_what_was_touched_and_what_never_was(tmp_path: Path) -> None:
    options = ("--kundorder-cells", "--kundorder-cells-json=reports/cells.json")
    ran = run(tmp_path, *options, test_one=ONE, test_other=OTHER)
    assert ran.code == 0, ran.said
    assert touched_in(tmp_path / "reports" / "cells.json") == {STARTED, COPIED, WITHDRAWN, REFUSED, HIDDEN}
    lines = ran.said.splitlines()
    place = next(number for number, line in enumerate(lines) if "kundorder: cells of rights" in line)
    every = len(permitted())
    assert lines[place + 1 : place + 7] == [
        f"permitted: 3 of {every} touched ({3000 // every / 10} %)",
        lines[place + 2],
        lines[place + 3],
        "permitted, and never touched:",
        "  order",
        "    DRAFT – fill_in → DRAFT: ORDERER, customer",
    ]
    assert lines[place + 2].startswith("refused: 1 of ")
    assert lines[place + 3].startswith("hidden: 1 of ")
    never = [line for line in lines[place:] if line.startswith("    ")]
    assert len(never) == every - 3
    headings = [line.strip() for line in lines[place:] if re.fullmatch(r"  \w+", line)]
    assert headings == ["order", "customer_agreement", "agent_agreement", "assignment", "user"]


def test_the_report_is_json_for_people_and_programs(tmp_path: Path) -> None:
    cells, file = Cells(lost=2), tmp_path / "reports" / "cells.json"
    cells.touched.update(sorted(permitted(), key=str)[:2])
    cells.write(file)
    text = file.read_text("utf-8")
    told = json.loads(text)
    assert text == json.dumps(told, indent=1) + "\n"
    every = len(permitted())
    assert {name: told[name] for name in ("permitted", "refused", "hidden", "workers_lost")} == {
        "permitted": {"touched": 2, "of": every},
        "refused": {"touched": 0, "of": len(refused())},
        "hidden": {"touched": 0, "of": len(hidden())},
        "workers_lost": 2,
    }
    assert list(told) == ["permitted", "refused", "hidden", "workers_lost", "never_touched", "touched"]
    assert (len(told["touched"]), len(told["never_touched"])) == (2, every - 2)


def test_its_options_are_told_with_the_others(tmp_path: Path) -> None:
    said = " ".join(run(tmp_path, "--help").said.split())
    place = said.index("kundorder: which of the rights a suite has touched:")
    told = (
        "kundorder: which of the rights a suite has touched:",
        "--kundorder-cells tell which cells of state × trigger × role × party the suite has touched,",
        "and which it never did",
        "--kundorder-cells-json=FILE write the same as JSON",
        "--kundorder-cells-at-least=PERCENT fail if a smaller share of the permitted cells was touched",
    )
    assert said[place:].startswith(" ".join(told))


def test_what_workers_have_touched_is_added_up(tmp_path: Path) -> None:
    share = ("-n", "2", "--dist", "loadfile", "--kundorder-cells-json=cells.json", "--kundorder-cells-at-least=4")
    ran = run(tmp_path, *share, test_one=ONE, test_other=OTHER)
    assert ran.code == 0, ran.said
    assert touched_in(tmp_path / "cells.json") == {STARTED, COPIED, WITHDRAWN, REFUSED, HIDDEN}
    assert "worker(s)" not in ran.said


def test_what_a_worker_has_touched_that_died_is_missing_and_the_report_says_so(tmp_path: Path) -> None:
    dying = f"{ONE}    import os\n    os._exit(3)\n"
    share = ("-n", "1", "--max-worker-restart=0", "--kundorder-cells")
    ran = run(tmp_path, *share, test_one=dying)
    assert ran.code != 0
    assert "what 1 worker(s) touched is not counted: they have died" in ran.said
    assert "permitted: 0 of " in ran.said


@pytest.mark.parametrize(("percent", "code"), [("2.7", 0), ("2.8", 1)])
def test_a_run_that_touches_less_than_the_share_fails(tmp_path: Path, percent: str, code: int) -> None:
    assert len(permitted()) == 72, "2 of 72 are 2.77… %: choose other percentages"
    ran = run(tmp_path, f"--kundorder-cells-at-least={percent}", test_one=ONE)
    assert ran.code == code, ran.said
    assert "1 passed" in ran.said
    failed = "failed: 2.7 % of the permitted cells were touched, which is less than --kundorder-cells-at-least"
    assert (f"{failed}={percent}" in ran.said) is bool(code)


@pytest.mark.parametrize("percent", ["-1", "100.5", "half", "nan"])
def test_a_share_is_a_percentage(tmp_path: Path, percent: str) -> None:
    ran = run(tmp_path, f"--kundorder-cells-at-least={percent}")
    assert ran.code == pytest.ExitCode.USAGE_ERROR
    assert "kundorder-cells-at-least" in ran.said


@pytest.mark.parametrize(("touched", "percent", "is_enough"), [(0, 0, True), (36, 50, True), (35, 50, False)])
def test_a_share_is_rounded_in_nobodys_favour(touched: int, percent: float, *, is_enough: bool) -> None:
    cells = Cells(touched=set(permitted()[:touched]))
    assert (cells.too_few(percent) == "") is is_enough
    almost = Cells(touched=set(permitted()[1:]))
    assert almost.too_few(100)
    assert "100 %" not in next(almost.told())
    everything = Cells(touched=set(permitted()))
    assert everything.too_few(100) == ""
    assert next(everything.told()).endswith("(100 %)")
    assert "permitted, and never touched:" not in list(everything.told())


# What is shipped


def test_every_module_there_is_is_shipped() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {path.parent.name for path in (ROOT / "src").glob("*/__init__.py")}
    assert set(settings["tool"]["uv"]["build-backend"]["module-name"]) == packages
    assert settings["project"]["entry-points"]["pytest11"] == {"kundorder": _kundorder_pytest.__name__}
    assert all((ROOT / "src" / package / "py.typed").exists() for package in packages)


@pytest.mark.parametrize("module", sorted(path.name for path in PLUGIN.glob("*.py")))
def test_a_module_of_the_plugin_is_short_enough_to_be_read_at_once(module: str) -> None:
    assert len((PLUGIN / module).read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("line", ["import kundorder.testing.world", "import _kundorder_pytest.space"])
def test_a_module_that_leans_on_the_kit_is_found(line: str, tmp_path: Path) -> None:
    copy = tmp_path / "kundorder"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "command_line" / "demo.py").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout, result.stdout + result.stderr
