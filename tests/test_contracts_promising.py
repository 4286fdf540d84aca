"""How a contract is put: a place for each case, told in words what is broken, skipped only where nothing is left."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from unittest import SkipTest

import pytest

from kundorder.ports import Store, Transaction
from kundorder.testing.contracts import Contract, PromiseBroken, Report, examine, promise, promise_for, raises, same
from kundorder.testing.contracts.mailer import MailerContract

SEEN: list[Path] = []
OVER: list[str] = []


class OfEverything(Contract):
    port = "Store"
    number = 0

    def begin(self) -> None:
        self.closing.callback(OVER.append, "closed")

    def finish(self) -> None:
        OVER.append("finished")

    @promise(Store.transaction)
    def test_it_is_kept(self) -> None:
        SEEN.append(self.place)
        assert self.place.is_dir()
        (self.place / "left").touch()

    @promise_for(Transaction.read, (1, 2, 3))
    def test_it_is_below_three(self, given: int) -> None:
        SEEN.append(self.place)
        assert list(self.place.iterdir()) == []
        (self.place / "left").touch()
        if given == 1:
            raise SkipTest("of no interest")
        assert given < 3, f"it is {given}"

    @promise_for(Transaction.read, (1, 2))
    def test_it_is_of_some_interest(self, given: int) -> None:
        if given == 1:
            raise SkipTest("of no interest")

    @promise_for(Transaction.read, (1, 2))
    def test_it_is_of_no_interest(self, given: int) -> None:
        raise SkipTest(f"{given} is of no interest")


def test_a_contract_is_reported_on_promise_by_promise() -> None:
    report = examine(OfEverything())
    assert report.kept == ("test_it_is_kept", "test_it_is_of_some_interest")
    assert report.skipped == ("test_it_is_of_no_interest",)
    (broken,) = report.broken
    assert str(broken).splitlines() == [
        "a promise of the port Store is broken: it is below three",
        "  documented at: kundorder.ports.stores.Transaction.read",
        "  put with: given=3",
        "  found: it is 3",
        "assert 3 < 3",
    ]
    assert not report.holds
    assert examine(OfEverything(), only=report.kept).holds
    assert not examine(OfEverything(), only=report.skipped).holds


def test_each_case_has_a_place_of_its_own_that_is_gone_when_it_is_over() -> None:
    SEEN.clear()
    _ = examine(OfEverything(), only=["test_it_is_kept", "test_it_is_below_three"])
    assert len(set(SEEN)) == len(SEEN) == 4
    assert not any(place.exists() for place in SEEN)


def test_what_is_to_be_closed_is_closed_after_each_case_however_it_went() -> None:
    OVER.clear()
    with pytest.raises(PromiseBroken):
        OfEverything().test_it_is_below_three()
    assert OVER == ["finished", "closed"] * 3


def fails(error: Exception) -> None:
    raise error


def test_what_has_to_be_raised_is_asked_for() -> None:
    with raises(ValueError, KeyError):
        fails(KeyError())
    with pytest.raises(AssertionError, match="ValueError or KeyError is not raised"), raises(ValueError, KeyError):
        pass
    with pytest.raises(TypeError), raises(ValueError):
        fails(TypeError())


def test_what_only_the_host_knows_has_to_be_overridden() -> None:
    class Unmade(MailerContract):
        """Nobody has said how it is made."""

    with pytest.raises(TypeError, match="override make_mailer"):
        examine(Unmade())


def test_a_report_names_what_was_not_put() -> None:
    report = Report(kept=("test_a",), broken=(), skipped=("test_what_is_under_way_ends",))
    assert str(report) == "not put: what is under way ends\n1 kept, 0 broken, 1 not put"


@pytest.mark.parametrize(
    ("found", "meant", "told"),
    [
        ([1, 2, 3], [1, 5, 3], "3 long; from place 1 on [2], and not [5]"),
        ([1, 2], [1, 2, 3], "2 long, and not 3; from place 2 on [], and not [3]"),
        ("a" * 300 + "b" * 300, "a" * 600, f"600 long; from place 300 on {'b' * 20!r}, and not {'a' * 20!r}"),
        (b"one", b"other", "3 long, and not 5; from place 1 on b'ne', and not b'ther'"),
        (None, "one", "None, and not 'one'"),
    ],
)
def test_where_two_long_things_differ_is_told_shortly(
    found: Sequence[object] | None, meant: Sequence[object] | None, told: str
) -> None:
    same(found, found)
    with pytest.raises(AssertionError) as failed:
        same(found, meant)
    assert str(failed.value) == told
    with pytest.raises(AssertionError) as failed:
        same(found, meant, "text")
    assert str(failed.value) == f"text: {told}"


def test_what_is_broken_can_be_told_by_another_process() -> None:
    broken = PromiseBroken("Store", "it is kept", "kundorder.ports.Store", "a mail", "nothing")
    told = pickle.loads(pickle.dumps(broken))  # noqa: S301 - our own
    assert isinstance(told, PromiseBroken)
    assert (str(told), vars(told)) == (str(broken), vars(broken))
