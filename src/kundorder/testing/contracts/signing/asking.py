"""What every part of the contract of signing starts from."""

from contextlib import suppress
from typing import ClassVar
from unittest import SkipTest

import attrs

from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports import Done, Failed, Pending
from kundorder.testing.contracts.promising import Contract
from kundorder.testing.contracts.signing.bench import DOCUMENT, Bench
from kundorder.testing.contracts.signing.driving import drive, resume, start
from kundorder.vocabulary import FailureCode


class SigningExam(Contract):
    """What every part of the contract starts from: a way of signing on a bench."""

    port: ClassVar[str] = "Signing"

    document: ClassVar[Document] = DOCUMENT
    """What is signed; a contract may name another, with both texts."""

    cancelling_holds: ClassVar[bool] = True
    """False: all there is of a signing is its state, so to cancel is to throw that away, and nobody else can know."""

    bench: Bench
    """Made anew for each case of each promise."""

    def make_bench(self) -> Bench:
        """A bench on which nothing has been signed; what is to be closed goes into ``closing``."""
        raise NotImplementedError

    def begin(self) -> None:
        self.bench = self.make_bench()

    def signed(self, document: Document | None = None) -> Evidence:
        """The evidence of this document; of the usual one unless told otherwise."""
        progress = drive(self.bench, self.bench.request(document or self.document))
        assert isinstance(progress, Done), f"it is not done: {progress!r}"
        return progress.evidence

    def under_way(self) -> tuple[SigningRequest, Pending]:
        """A signing that waits for the person."""
        request = self.bench.request(self.document)
        progress = start(self.bench, request)
        if isinstance(progress, Done):
            raise SkipTest("nothing is ever under way here")
        assert isinstance(progress, Pending), f"it is not under way: {progress!r}"
        return request, progress

    def other_document(self) -> Document:
        """Another organisation's, for the same person to sign."""
        return attrs.evolve(self.document, organisation="999100-0002", content="cd" * 32)

    def nothing_comes_of(self, request: SigningRequest, state: str, callback: str | None = None) -> None:
        """Whoever goes on with this is told that nothing is under way."""
        for hint in dict.fromkeys((None, callback)):
            with suppress(Unavailable):
                progress = resume(self.bench, request, state, hint)
                assert isinstance(progress, Failed), f"something comes of {state[:60]!r}"
                assert progress.code is FailureCode.NOTHING_UNDER_WAY
        with suppress(Unavailable):
            self.bench.signing.cancel(state)

    def with_a_provider(self) -> None:
        """There has to be one that can be down."""
        if not self.bench.can_be_down:
            raise SkipTest("there is no provider here that could be down")
