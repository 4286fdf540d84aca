"""The contract of a portal is strong: cores with a mistake planted in them break the promises they should.

In the ordinary run each meets the promises that name its mistake; in the long one it sits the whole exam.
"""

import sys

import pytest
from proof import count
from wrong_cores import WRONG, WrongCore
from wrong_cores.planting import Change, planted, report_on

import kundorder as ko
from kundorder.testing.contracts import promises_of
from kundorder.testing.contracts.portal import PortalContract

ENOUGH = 20


@pytest.mark.parametrize("core", WRONG, ids=lambda core: core.lie)
def test_a_wrong_core_is_caught_by_the_promises_it_breaks(core: WrongCore) -> None:
    report = report_on(core.changes, core.caught_by)
    assert report.kept == report.skipped == ()
    for broken in report.broken:
        kinds = {kind.__name__ for kind in type(broken.__cause__).__mro__}
        assert kinds & {"AssertionError", "KundorderError"}, repr(broken.__cause__)
        assert str(broken).startswith("a promise of the port Portal is broken: ")
    count("wrong cores caught", 1)


def test_there_are_enough_wrong_cores_and_each_is_wrong_in_its_own_way() -> None:
    assert len({core.lie for core in WRONG}) == len({core.changes for core in WRONG}) == len(WRONG) >= ENOUGH
    assert all(core.caught_by for core in WRONG)


def test_every_promise_is_broken_by_a_wrong_core() -> None:
    """A promise that no wrong core breaks might as well not be there."""
    assert {promise for core in WRONG for promise in core.caught_by} == set(promises_of(PortalContract))


def test_the_library_loaded_a_second_time_without_a_mistake_keeps_every_promise() -> None:
    same = Change("policies", "def sees(", "def sees(")
    report = report_on((same,))
    assert report.holds, str(report)
    assert report.skipped == ()


def test_afterwards_the_library_is_the_one_of_before() -> None:
    before = {name: module for name, module in sys.modules.items() if name.startswith("kundorder")}
    change = Change("reasons.clearers", "from ", "raise LookupError('planted')\nfrom ")
    with pytest.raises(LookupError), planted((change,)):
        __import__("kundorder.sample")
    assert {name: module for name, module in sys.modules.items() if name.startswith("kundorder")} == before
    assert sys.modules["kundorder"] is ko


def test_a_mistake_that_does_not_fit_the_text_is_no_mistake() -> None:
    for old in ("not in there", "case"):
        with pytest.raises(LookupError):
            report_on((Change("policies", old, "x"),), ())


@pytest.mark.long
@pytest.mark.parametrize("core", WRONG, ids=lambda core: core.lie)
def test_a_wrong_core_fails_the_exam(core: WrongCore) -> None:
    report = report_on(core.changes)
    broken = {f"test_{each.promised.replace(' ', '_')}" for each in report.broken}
    assert broken >= set(core.caught_by)
    count("promises broken by wrong cores that sat the whole exam", len(broken))
