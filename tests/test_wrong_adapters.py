"""The contracts of the smaller ports are strong: adapters that are wrong on purpose break the promises they should.

In the ordinary run each meets the promises that name its mistake; in the long one it sits the whole exam.
"""

from collections import Counter
from collections.abc import Callable

import pytest
from proof import count
from wrong_adapters import (
    WRONG,
    Wrong,
    archives,
    authorities,
    catalogues,
    clocks,
    ids,
    mailers,
    seals,
    text_messages,
)
from wrong_adapters.examining import NOTICED

from kundorder.testing.contracts import Contract, examine, promises_of

TRUE: dict[str, Callable[[], Contract]] = {
    "Mailer": mailers.TRUE,
    "TextMessages": text_messages.TRUE,
    "Clock": clocks.TRUE,
    "Ids": ids.TRUE,
    "Catalogue": catalogues.TRUE,
    "SigningAuthority": authorities.TRUE,
    "Archive": archives.TRUE,
    "Seal": seals.TRUE,
}
ENOUGH = {"Mailer": 12} | dict.fromkeys(TRUE.keys() - {"Mailer"}, 3)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_adapter_is_caught_by_the_promises_it_breaks(wrong: Wrong) -> None:
    broken = wrong.broken()
    assert broken.keys() == set(wrong.caught_by)
    for name, error in broken.items():
        assert isinstance(error.__cause__, NOTICED), (name, error.__cause__)
        assert str(error).startswith(f"a promise of the port {wrong.exam.port} is broken: ")
        assert "documented at: kundorder." in str(error)
    count(f"wrong adapters caught, {wrong.exam.port}", 1)


@pytest.mark.parametrize("port", TRUE)
def test_what_wrong_adapters_are_made_of_keeps_every_promise(port: str) -> None:
    report = examine(TRUE[port]())
    assert report.holds, str(report)
    assert report.skipped == ()


def test_there_are_enough_wrong_adapters_and_each_is_wrong_in_its_own_way() -> None:
    found = Counter(wrong.exam.port for wrong in WRONG)
    assert found.keys() == ENOUGH.keys()
    assert all(found[port] >= least for port, least in ENOUGH.items()), found
    assert len({wrong.lie for wrong in WRONG}) == len(WRONG)


@pytest.mark.parametrize("port", TRUE)
def test_every_promise_is_broken_by_a_wrong_adapter(port: str) -> None:
    """A promise that no wrong adapter breaks might as well not be there."""
    broken = {promise for wrong in WRONG if wrong.exam.port == port for promise in wrong.caught_by}
    assert broken == set(promises_of(type(TRUE[port]())))


@pytest.mark.long
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_adapter_fails_the_exam(wrong: Wrong) -> None:
    broken = wrong.broken(promises_of(wrong.exam))
    assert broken.keys() >= set(wrong.caught_by)
    count("promises broken by wrong adapters that sat the whole exam", len(broken))
