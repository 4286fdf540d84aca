"""The exam of signing is strong: the signer in memory passes it, and signers that are wrong on purpose do not.

In the ordinary run each wrong one meets the tests that name its mistake; in the long one it sits the whole exam.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import ClassVar

import attrs
import pytest
from proof import count
from world import START
from wrong_signers import WRONG, Wrong
from wrong_signers.examining import ANYTHING, PROMISES, failure
from wrong_signers.truth import AtOnce, ByCode, KeepingFirst, PlayedBench, Signer

from kundorder.adapters.memory import MemorySigner
from kundorder.events import SigningRequest
from kundorder.evidence import Document
from kundorder.ports import Pending, Signing
from kundorder.testing.contracts.signing import CONTACT, IP, SigningContract
from kundorder.vocabulary import AttestMethod

ENOUGH = 24
ABOUT_THE_BENCH = "test_the_bench_asks_for_a_method_that_is_served"


@attrs.define
class MemoryBench:
    """The signer in memory ends with its process, so there is but one."""

    signing: Signing = attrs.field(factory=MemorySigner)
    now: datetime = START
    methods: tuple[AttestMethod, ...] = tuple(AttestMethod)
    can_be_down: bool = False

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=self.methods[0], to=CONTACT, ip=IP)

    def person_signs(self, pending: Pending) -> str | None:
        raise NotImplementedError(pending)

    def person_gives_up(self, pending: Pending) -> bool:
        raise NotImplementedError(pending)

    def down(self) -> AbstractContextManager[None]:
        raise NotImplementedError


class TestMemorySigning(SigningContract):
    def make_bench(self) -> MemoryBench:
        return MemoryBench()


class TestPlayedSigning(SigningContract):
    """What the wrong ones are made of keeps every promise."""

    def make_bench(self) -> PlayedBench:
        return PlayedBench(Signer)


class TestPlayedSigningThatIsKeptFirst(SigningContract):
    def make_bench(self) -> PlayedBench:
        return PlayedBench(KeepingFirst)


class TestPlayedSigningByCode(SigningContract):
    cancelling_holds: ClassVar[bool] = False

    def make_bench(self) -> PlayedBench:
        return PlayedBench(ByCode)


class TestPlayedSigningAtOnce(SigningContract):
    def make_bench(self) -> PlayedBench:
        return PlayedBench(AtOnce, can_be_down=False)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_signer_is_caught_by_the_promises_it_breaks(wrong: Wrong) -> None:
    for promise in wrong.caught_by:
        found = failure(promise, wrong.making)
        assert found is not None, f"{promise} has not caught it"
        assert promise.removeprefix("test_").replace("_", " ") in str(found)
        assert "documented at: kundorder.ports.signing.Signing." in str(found)
    count("wrong signers caught", 1)


def test_there_are_enough_wrong_signers_and_each_is_wrong_in_its_own_way() -> None:
    lies = [wrong.lie for wrong in WRONG]
    assert len(lies) == len(set(lies)) >= ENOUGH
    assert all(wrong.caught_by for wrong in WRONG)


def test_every_promise_is_broken_by_a_wrong_signer() -> None:
    """A test that no wrong signer fails might as well not be there."""
    assert set(PROMISES) - {ABOUT_THE_BENCH} == {promise for wrong in WRONG for promise in wrong.caught_by}


@pytest.mark.long
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.lie)
def test_a_wrong_signer_fails_the_exam(wrong: Wrong) -> None:
    found = {promise for promise in PROMISES if failure(promise, wrong.making, ANYTHING) is not None}
    assert found >= set(wrong.caught_by)
    count("wrong signers that sat the whole exam", 1)
    count("promises broken by wrong signers", len(found))
