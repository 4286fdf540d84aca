"""What a way of signing promises while it waits for the person, whatever comes in from outside."""

from contextlib import suppress
from datetime import timedelta

import attrs

from kundorder.codec import document_digest
from kundorder.errors import Unavailable
from kundorder.ports import Done, Failed, Pending, Signing
from kundorder.testing.contracts.promising import promise
from kundorder.testing.contracts.signing.asking import SigningExam
from kundorder.testing.contracts.signing.driving import finish, resume, start
from kundorder.testing.contracts.signing.rubbish import RUBBISH, bent, broken


class WaitContract(SigningExam):
    """The part about what is under way."""

    @promise(Signing.resume)
    def test_asking_again_is_always_allowed_and_changes_nothing(self) -> None:
        request, first = self.under_way()
        pending = first
        for _ in range(4):
            for state in (first.state, pending.state):
                progress = resume(self.bench, request, state)
                assert isinstance(progress, Pending)
                assert progress.ends_at <= first.ends_at
                pending = progress
            self.bench.now = min(max(self.bench.now, pending.ask_again_at), first.ends_at - timedelta(seconds=30))
        done = finish(self.bench, request, pending)
        assert isinstance(done, Done)
        assert self.bench.signing.verify(done.evidence, self.document)

    @promise(Signing.resume)
    def test_asking_again_when_it_is_done_changes_nothing(self) -> None:
        request, pending = self.under_way()
        callback = self.bench.person_signs(pending)
        assert isinstance(finish(self.bench, request, pending), Done)
        for again in (None, callback):
            with suppress(Unavailable):
                progress = resume(self.bench, request, pending.state, again)
                assert not isinstance(progress, Done) or self.bench.signing.verify(progress.evidence, self.document)

    @promise(Signing.resume)
    def test_a_state_of_one_document_signs_no_other(self) -> None:
        request, pending = self.under_way()
        callback = self.bench.person_signs(pending)
        self.bench.now = max(self.bench.now, pending.ask_again_at)
        for other in (self.other_document(), attrs.evolve(self.document, signer="s2")):
            for hint in (None, callback):
                with suppress(Unavailable):
                    assert not isinstance(resume(self.bench, self.bench.request(other), pending.state, hint), Done)
        assert isinstance(resume(self.bench, request, pending.state, callback), Done | Pending)

    @promise(Signing.resume)
    def test_where_nothing_is_under_way_nothing_is_gone_on_with(self) -> None:
        request = self.bench.request(self.document)
        for state in RUBBISH:
            self.nothing_comes_of(request, state)

    @promise(Signing.resume)
    def test_of_a_state_that_is_damaged_nothing_comes(self) -> None:
        request, pending = self.under_way()
        for state in broken(pending.state):
            self.nothing_comes_of(request, state)
        callback = self.bench.person_signs(pending)
        self.bench.now = max(self.bench.now, pending.ask_again_at)
        for state in broken(pending.state):
            self.nothing_comes_of(request, state, callback)
        assert isinstance(finish(self.bench, request, pending), Done)

    @promise(Signing.resume)
    def test_a_state_with_strange_values_raises_nothing_and_is_never_done(self) -> None:
        request, pending = self.under_way()
        for state in bent(pending.state):
            with suppress(Unavailable):
                assert not isinstance(resume(self.bench, request, state), Done)
        for state in bent(pending.state):
            with suppress(Unavailable):
                self.bench.signing.cancel(state)

    @promise(Signing.resume)
    def test_a_callback_that_is_rubbish_makes_nothing_done(self) -> None:
        request, pending = self.under_way()
        for callback in (*RUBBISH, pending.state, document_digest(self.document), "a" * 1_000_000):
            with suppress(Unavailable):
                progress = resume(self.bench, request, pending.state, callback)
                assert isinstance(progress, Pending | Failed), f"done by {callback[:60]!r}"
        assert isinstance(finish(self.bench, request, pending), Done)

    @promise(Signing.resume)
    def test_a_callback_of_another_signing_makes_nothing_done(self) -> None:
        _, one = self.under_way()
        callback = self.bench.person_signs(one)
        assert isinstance(finish(self.bench, self.bench.request(self.document), one), Done)
        request = self.bench.request(self.other_document())
        other = start(self.bench, request)
        assert isinstance(other, Pending)
        with suppress(Unavailable):
            assert not isinstance(resume(self.bench, request, other.state, callback), Done)
        assert isinstance(finish(self.bench, request, other), Done)
