"""What a way of signing promises when answers and callbacks are lost, repeated or out of order, and clocks jump."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.ports import Done, Failed, Pending, Progress, Signing
from kundorder.testing.contracts.promising import promise
from kundorder.testing.contracts.signing.asking import SigningExam
from kundorder.testing.contracts.signing.driving import LONGEST, finish, resume, start, step
from kundorder.vocabulary import FailureCode

FAR: Final = timedelta(days=4000)
JUMPS: Final = (timedelta(seconds=1), timedelta(hours=1), FAR)
"""How far a clock may go back when somebody sets it, or when another machine answers."""


class FaultContract(SigningExam):
    """The part about what goes wrong on the way."""

    # Answers and callbacks

    @promise(Signing.resume)
    def test_what_is_done_is_had_again_where_the_answer_is_lost(self) -> None:
        """From the state that was kept last, by who has had to begin anew in the middle of it."""
        request, kept = self.under_way()
        progress, callback = self._asked(request, kept)
        for _ in range(LONGEST):
            if not isinstance(progress, Pending):
                break
            kept = progress
            progress, callback = self._asked(request, kept)
        assert isinstance(progress, Done), f"it is not done: {progress!r}"
        for _ in range(2):
            again = resume(self.bench, request, kept.state, callback)
            assert isinstance(again, Done), f"what was done is lost: {again!r}"
            assert self.bench.signing.verify(again.evidence, self.document)
            assert again.evidence.identity == progress.evidence.identity

    @promise(Signing.resume)
    def test_a_callback_that_is_lost_loses_no_signature(self) -> None:
        request, pending = self.under_way()
        _lost = self.bench.person_signs(pending)
        progress: Progress = pending
        for _ in range(3):
            if isinstance(progress, Pending):
                self.bench.now = max(self.bench.now, progress.ask_again_at)
                progress = resume(self.bench, request, progress.state)
        done = finish(self.bench, request, progress)
        assert isinstance(done, Done), f"it is given up: {done!r}"
        assert self.bench.signing.verify(done.evidence, self.document)

    @promise(Signing.resume)
    def test_callbacks_that_come_twice_and_in_another_order_end_each_its_own_signing(self) -> None:
        begun: list[tuple[SigningRequest, Pending, str | None]] = []
        for document in (self.document, self.other_document()):
            request = self.bench.request(document)
            pending = self.under_way()[1] if document == self.document else start(self.bench, request)
            assert isinstance(pending, Pending)
            begun.append((request, pending, self.bench.person_signs(pending)))
        self.bench.now = max(self.bench.now, *(pending.ask_again_at for _, pending, _ in begun))
        for request, pending, callback in reversed(begun):
            done = self._brought(request, pending, callback)
            assert isinstance(done, Done), f"it is not done: {done!r}"
            assert self.bench.signing.verify(done.evidence, request.document)
        for request, pending, callback in begun:
            with suppress(Unavailable):
                again = resume(self.bench, request, pending.state, callback)
                assert not isinstance(again, Done) or self.bench.signing.verify(again.evidence, request.document)

    def _asked(self, request: SigningRequest, pending: Pending) -> tuple[Progress, str | None]:
        callback = None if pending.keep_first else self.bench.person_signs(pending)
        self.bench.now = max(self.bench.now, pending.ask_again_at)
        return step(self.bench, request, pending.state, callback), callback

    def _brought(self, request: SigningRequest, pending: Pending, callback: str | None) -> Progress:
        progress: Progress = pending
        for _ in range(LONGEST):
            if not isinstance(progress, Pending):
                break
            self.bench.now = max(self.bench.now, progress.ask_again_at)
            progress = resume(self.bench, request, progress.state, callback)
        return progress

    # Clocks that jump

    @promise(Signing.resume)
    def test_a_clock_that_goes_back_signs_nothing_and_gains_no_time(self) -> None:
        request, first = self.under_way()
        began = self.bench.now
        for back in JUMPS:
            self.bench.now = began - back
            progress = resume(self.bench, request, first.state)
            assert isinstance(progress, Pending), f"it is not under way any more: {progress!r}"
            assert progress.ends_at <= first.ends_at
        self.bench.now = began
        done = finish(self.bench, request, first)
        assert isinstance(done, Done), f"it is given up: {done!r}"
        assert self.bench.signing.verify(done.evidence, self.document)

    @promise(Signing.resume)
    def test_a_clock_that_jumps_ahead_and_is_set_right_does_no_harm(self) -> None:
        """What was under way may be over, but nobody has signed it, and whoever begins anew can sign."""
        request, pending = self.under_way()
        began = self.bench.now
        self.bench.now = began + FAR
        progress = resume(self.bench, request, pending.state)
        assert isinstance(progress, Failed)
        assert progress.code is FailureCode.EXPIRED
        self.bench.now = began
        with suppress(Unavailable):
            assert not isinstance(resume(self.bench, request, pending.state), Done)
        self.bench.signing.cancel(pending.state)
        assert self.bench.signing.verify(self.signed(), self.document)
