"""What a way of signing promises of how it may end without a signature."""

from contextlib import suppress
from datetime import timedelta
from unittest import SkipTest

from kundorder.errors import Unavailable
from kundorder.ports import Done, Failed, Signing
from kundorder.testing.contracts.promising import promise, promise_for
from kundorder.testing.contracts.signing.asking import SigningExam
from kundorder.testing.contracts.signing.driving import finish, resume
from kundorder.vocabulary import FailureCode


class EndContract(SigningExam):
    """The part about the end."""

    @promise(Signing.resume)
    def test_who_gives_up_has_not_signed(self) -> None:
        request, pending = self.under_way()
        if not self.bench.person_gives_up(pending):
            raise SkipTest("one cannot give up here")
        self.bench.now = max(self.bench.now, pending.ask_again_at)
        progress = resume(self.bench, request, pending.state)
        assert isinstance(progress, Failed)
        assert progress.code is FailureCode.CANCELLED
        self.bench.person_signs(pending)
        with suppress(Unavailable):
            assert not isinstance(resume(self.bench, request, pending.state), Done)

    @promise(Signing.cancel)
    def test_what_is_cancelled_is_never_done(self) -> None:
        request, pending = self.under_way()
        for _ in range(2):
            self.bench.signing.cancel(pending.state)
        if not self.cancelling_holds:
            return
        callback = self.bench.person_signs(pending)
        self.bench.now = max(self.bench.now, pending.ask_again_at)
        for hint in (None, callback):
            with suppress(Unavailable):
                assert isinstance(resume(self.bench, request, pending.state, hint), Failed)
        self.bench.signing.cancel(pending.state)

    @promise(Signing.cancel)
    def test_cancelling_what_has_ended_is_harmless(self) -> None:
        request, pending = self.under_way()
        done = finish(self.bench, request, pending)
        for _ in range(2):
            self.bench.signing.cancel(pending.state)
        self.bench.now = max(self.bench.now, pending.ends_at) + timedelta(days=1)
        self.bench.signing.cancel(pending.state)
        assert isinstance(done, Done)
        assert self.bench.signing.verify(done.evidence, self.document)

    @promise_for(Signing.resume, (timedelta(0), timedelta(seconds=1), timedelta(days=400)))
    def test_what_is_not_signed_in_time_has_expired(self, late: timedelta) -> None:
        request, pending = self.under_way()
        self.bench.now = pending.ends_at + late
        progress = resume(self.bench, request, pending.state)
        assert isinstance(progress, Failed)
        assert progress.code is FailureCode.EXPIRED

    @promise(Signing.resume)
    def test_until_the_last_moment_it_can_be_signed(self) -> None:
        request, pending = self.under_way()
        self.bench.now = max(self.bench.now, pending.ends_at - timedelta(seconds=5))
        assert isinstance(finish(self.bench, request, pending), Done)

    @promise(Signing.resume)
    def test_who_comes_too_late_has_signed_or_not_but_nothing_between(self) -> None:
        request, pending = self.under_way()
        callback = self.bench.person_signs(pending)
        self.bench.now = pending.ends_at + timedelta(seconds=1)
        with suppress(Unavailable):
            progress = resume(self.bench, request, pending.state, callback)
            if isinstance(progress, Done):
                assert self.bench.signing.verify(progress.evidence, self.document)
            else:
                assert isinstance(progress, Failed)
