"""What a way of signing promises when its provider is out of reach."""

from contextlib import suppress

from kundorder.errors import Unavailable
from kundorder.ports import Done, Pending, Signing
from kundorder.testing.contracts.promising import promise, raises
from kundorder.testing.contracts.signing.asking import SigningExam
from kundorder.testing.contracts.signing.driving import finish, resume, start


class OutageContract(SigningExam):
    """The part about outages."""

    @promise(Signing.start)
    def test_while_the_provider_is_down_nothing_begins_and_then_it_does(self) -> None:
        self.with_a_provider()
        request = self.bench.request(self.document)
        with self.bench.down():
            for _ in range(2):
                with raises(Unavailable):
                    start(self.bench, request)
        self.signed()

    @promise(Signing.resume)
    def test_what_is_under_way_goes_on_when_the_provider_is_back(self) -> None:
        self.with_a_provider()
        request, pending = self.under_way()
        with self.bench.down():
            for _ in range(2):
                with suppress(Unavailable):
                    assert isinstance(resume(self.bench, request, pending.state), Pending)
        assert isinstance(resume(self.bench, request, pending.state), Pending)
        assert isinstance(finish(self.bench, request, pending), Done)

    @promise(Signing.resume)
    def test_what_is_signed_while_the_provider_goes_down_is_signed_when_it_is_back(self) -> None:
        self.with_a_provider()
        request, pending = self.under_way()
        callback = self.bench.person_signs(pending)
        self.bench.now = max(self.bench.now, pending.ask_again_at)
        with self.bench.down():
            for hint in (None, callback):
                with suppress(Unavailable):
                    progress = resume(self.bench, request, pending.state, hint)
                    assert isinstance(progress, Done | Pending), "what the person has signed is given up"
                    assert not isinstance(progress, Done) or self.bench.signing.verify(progress.evidence, self.document)
        assert isinstance(finish(self.bench, request, pending), Done)

    @promise(Signing.cancel)
    def test_what_the_provider_cannot_be_told_of_now_does_no_harm(self) -> None:
        self.with_a_provider()
        _, pending = self.under_way()
        with self.bench.down(), suppress(Unavailable):
            self.bench.signing.cancel(pending.state)
        self.bench.signing.cancel(pending.state)

    @promise(Signing.verify)
    def test_evidence_is_not_denied_because_the_provider_is_down(self) -> None:
        self.with_a_provider()
        evidence = self.signed()
        with self.bench.down(), suppress(Unavailable):
            assert self.bench.signing.verify(evidence, self.document)
        assert self.bench.signing.verify(evidence, self.document)
