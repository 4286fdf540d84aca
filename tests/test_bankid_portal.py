"""BankID as the portal drives it: what is signed is carried out, also when two ask at the same moment."""

from collections.abc import Callable, Iterator
from datetime import datetime

import attrs
import pytest
from bankid_stand_in import BankIdStandIn, Files
from cast import Cast
from test_bankid import BankIdBench

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.errors import Unavailable
from kundorder.evidence import Document, Evidence
from kundorder.ports import Progress, Signing
from kundorder.testing.contracts.signing import IP
from kundorder.vocabulary import AttestMethod, OrderState

BANKID = AttestMethod.BANKID


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files.written(tmp_path_factory.mktemp("papers"))


@attrs.define
class Meanwhile:
    """BankID for Atle, and something that happens just before or just after he is asked about, once."""

    bench: BankIdBench
    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None
    signer: MemorySigner = attrs.field(factory=MemorySigner)

    def by(self, signer: str) -> Signing:
        return self.bench.signing if signer == "atle" else self.signer

    def start(self, request: ko.SigningRequest, *, now: datetime) -> Progress:
        return self.by(request.document.signer).start(request, now=now)

    def resume(self, request: ko.SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        before, self.before = self.before, None
        if before is not None:
            before()
        progress = self.by(request.document.signer).resume(request, state, now=now, callback=callback)
        after, self.after = self.after, None
        if after is not None:
            after()
        return progress

    def cancel(self, state: str) -> None:
        self.bench.signing.cancel(state)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self.by(document.signer).verify(evidence, document)


@attrs.define
class Waiting:
    """An order that waits for Atle."""

    signing: Meanwhile
    cast: Cast
    order: str

    def attests(self) -> ko.Outcome | ko.Pending | ko.Failed:
        command = ko.AttestOrder(order=self.order, method=BANKID)
        return self.cast.portal.resume_signing(command, self.cast.atle, method=BANKID, ip=IP)

    def signs(self) -> None:
        """Atle signs in the app."""
        (order,) = self.signing.bench.stand_in.orders.values()
        self.signing.bench.stand_in.signs(order)

    def state(self) -> OrderState:
        return self.cast.portal.order(self.order, ko.SYSTEM).state


@pytest.fixture
def waiting(files: Files) -> Iterator[Waiting]:
    with BankIdStandIn() as stand_in:
        signing = Meanwhile(BankIdBench(stand_in, files))
        cast = Cast.new(agent=False, signing=signing)
        yield Waiting(signing, cast, cast.sent())


def test_who_signs_in_the_app_has_attested(waiting: Waiting) -> None:
    assert isinstance(waiting.attests(), ko.Pending)
    assert isinstance(waiting.attests(), ko.Pending)
    waiting.signs()
    assert isinstance(waiting.attests(), ko.Outcome)
    assert waiting.state() is OrderState.ATTESTED
    (evidence,) = waiting.cast.portal.order(waiting.order, ko.SYSTEM).evidence
    assert (evidence.method, evidence.level) == (BANKID, ko.AssuranceLevel.SUBSTANTIAL)


def test_without_the_address_of_the_device_the_host_is_told_so(waiting: Waiting) -> None:
    command = ko.AttestOrder(order=waiting.order, method=BANKID)
    with pytest.raises(ko.Malformed, match=r"\$\.ip"):
        waiting.cast.portal.resume_signing(command, waiting.cast.atle, method=BANKID)
    assert isinstance(waiting.attests(), ko.Pending)


def test_a_second_call_at_the_moment_of_the_signature_does_not_lose_it(waiting: Waiting) -> None:
    """The browser comes back from the app while the page asks: BankID has handed it to the page."""

    def comes_back() -> None:
        with pytest.raises(Unavailable):
            waiting.attests()

    waiting.attests()
    waiting.signs()
    waiting.signing.after = comes_back
    assert isinstance(waiting.attests(), ko.Outcome)
    assert waiting.state() is OrderState.ATTESTED


def test_a_call_that_has_only_asked_does_not_lose_the_signature_of_another(waiting: Waiting) -> None:
    """One asks, and nothing has happened; the other, which began at the same time, gets the signature."""

    def asks_and_then_it_is_signed() -> None:
        assert isinstance(waiting.attests(), ko.Pending)
        waiting.signs()

    waiting.attests()
    waiting.signing.before = asks_and_then_it_is_signed
    assert isinstance(waiting.attests(), ko.Outcome)
    assert waiting.state() is OrderState.ATTESTED
