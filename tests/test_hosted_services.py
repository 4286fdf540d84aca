"""Hosted signing by way of a service of other words, which a host maps onto the seam in a few lines."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

import attrs
import pytest
from test_hosted import failed
from world import START

from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.hosted import Busy, HostedSigning, Order, Seen, SignedBy, Stage
from kundorder.adapters.jws import JwsSeal
from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document
from kundorder.ports import Archive, Done, Pending, Seal
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT, IP, SigningContract, drive, resume, start
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode

SECRET = b"what both of them know"


@attrs.define
class Parcel:
    """What a service of other words keeps: it sends parcels, which are pending, closed, refused or withdrawn."""

    tag: str
    digest: str
    sent_to: str
    state: str = "pending"


STAGES = {"pending": Stage.OPEN, "closed": Stage.SIGNED, "refused": Stage.DECLINED, "withdrawn": Stage.CANCELLED}


@attrs.define
class Parcels:
    """That service, mapped: it knows no keys, so its parcels are found by a tag; and it says nothing of digests."""

    parcels: list[Parcel] = attrs.field(factory=list)
    is_down: bool = False
    instead: Seen | Busy | None = None  # what is answered to the next question
    artefacts: list[bytes] = attrs.field(factory=list)  # what is handed out first

    def create(self, order: Order) -> Seen:
        self.reach()
        found = next((at for at, parcel in enumerate(self.parcels) if parcel.tag == order.key), len(self.parcels))
        if found == len(self.parcels):
            self.parcels.append(Parcel(order.key, order.digest, order.to.email))
        return self.instead if isinstance(self.instead, Seen) else self.seen(found)

    def status(self, signing: str) -> Seen | Busy | None:
        self.reach()
        instead, self.instead = self.instead, None
        at = int(signing) if signing.isdecimal() and len(signing) < 9 else len(self.parcels)
        return instead or (self.seen(at) if at < len(self.parcels) else None)

    def cancel(self, signing: str) -> None:
        self.reach()
        if signing.isdecimal() and int(signing) < len(self.parcels) and self.parcels[int(signing)].state == "pending":
            self.parcels[int(signing)].state = "withdrawn"

    def artefact(self, signing: str) -> bytes:
        self.reach()
        return self.artefacts.pop(0) if self.artefacts else f"a parcel numbered {signing}".encode()

    def seen(self, at: int) -> Seen:
        """The parcel at this place, in our words."""
        parcel = self.parcels[at]
        signer = SignedBy(name=CONTACT.name, email=parcel.sent_to)
        return Seen(id=str(at), stage=STAGES[parcel.state], digest=parcel.digest, signer=signer)

    def reach(self) -> None:
        """Nobody answers while it is down."""
        if self.is_down:
            raise Unavailable("the parcel service does not answer")


@attrs.define
class ParcelBench:
    """The adapter on that service."""

    service: Parcels = attrs.field(factory=Parcels)
    seal: Seal = attrs.field(factory=JwsSeal)
    archive: Archive = attrs.field(factory=MemoryArchive)
    now: datetime = START
    methods: tuple[AttestMethod, ...] = (AttestMethod.FREJA,)
    can_be_down: bool = True

    @property
    def signing(self) -> HostedSigning:
        return HostedSigning(
            self.seal,
            self.archive,
            service=self.service,
            secret=SECRET,
            key=bytes(32),
            method=AttestMethod.FREJA,
            level=AssuranceLevel.LOW,
            return_url="https://portal.example/back",
            callback_url="https://portal.example/parcels",
        )

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=AttestMethod.FREJA, to=CONTACT, ip=IP)

    def person_signs(self, pending: Pending) -> str | None:
        self.end(pending, "closed")
        return None  # this service calls nobody back

    def person_gives_up(self, pending: Pending) -> bool:
        self.end(pending, "refused")
        return True

    def end(self, pending: Pending, state: str) -> None:
        """So it ends, if it has not yet."""
        parcel = next(each for at, each in enumerate(self.service.parcels) if f'"id":"{at}"' in pending.state)
        parcel.state = state if parcel.state == "pending" else parcel.state

    @contextmanager
    def down(self) -> Generator[None]:
        self.service.is_down = True
        try:
            yield
        finally:
            self.service.is_down = False


@pytest.fixture
def bench() -> ParcelBench:
    return ParcelBench()


class TestParcelSigning(SigningContract):
    def make_bench(self) -> ParcelBench:
        return ParcelBench()


def begun(bench: ParcelBench) -> Pending:
    """A signing that waits for the person."""
    progress = start(bench, bench.request(DOCUMENT))
    assert isinstance(progress, Pending)
    return progress


@pytest.mark.parametrize("name", ["", "x" * 257])
def test_a_signing_has_a_name_that_can_be_kept(bench: ParcelBench, name: str) -> None:
    bench.service.instead = Seen(id=name, stage=Stage.OPEN)
    with pytest.raises(Unavailable, match="can be kept"):
        bench.signing.start(bench.request(DOCUMENT), now=START)
    bench.service.instead = Seen(id=name[:256] or "x", stage=Stage.OPEN)
    assert isinstance(bench.signing.start(bench.request(DOCUMENT), now=START), Pending)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://sign.example/", "https:///x", "https://sign.example/\n", "//sign.example", ""],
)
def test_nobody_is_sent_to_an_address_that_is_not_safe(bench: ParcelBench, url: str) -> None:
    pending = begun(bench)
    bench.service.instead = Seen(id="0", stage=Stage.OPEN, url=url)
    with pytest.raises(Unavailable, match="safely"):
        resume(bench, bench.request(DOCUMENT), pending.state)


@pytest.mark.parametrize(("again_in", "seconds"), [(-9, 0), (0, 0), (60, 60), (10**9, 1800)])
def test_a_service_that_is_busy_may_say_anything(bench: ParcelBench, again_in: int, seconds: int) -> None:
    pending = begun(bench)
    bench.service.instead = Busy(timedelta(seconds=again_in))
    progress = resume(bench, bench.request(DOCUMENT), pending.state)
    assert isinstance(progress, Pending)
    assert progress.ask_again_at == START + timedelta(seconds=seconds)


def test_what_is_signed_has_an_artefact_even_where_no_digest_is_told(bench: ParcelBench) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    bench.service.artefacts.append(b"")
    with pytest.raises(Unavailable, match="another artefact"):
        resume(bench, bench.request(DOCUMENT), pending.state)
    done = resume(bench, bench.request(DOCUMENT), pending.state)
    assert isinstance(done, Done)
    assert bench.archive.fetch(sha256(b"a parcel numbered 0").hexdigest()) == b"a parcel numbered 0"


def test_a_state_of_another_document_is_not_asked_about(bench: ParcelBench) -> None:
    pending = begun(bench)
    bench.service.is_down = True  # whoever asks is told so
    for request in (bench.request(attrs.evolve(DOCUMENT, step=1)), bench.request(attrs.evolve(DOCUMENT, signer="s2"))):
        progress = bench.signing.resume(request, pending.state, now=START)
        assert failed(progress) is FailureCode.NOTHING_UNDER_WAY


def test_a_state_that_is_too_long_to_be_one_is_not_asked_about(bench: ParcelBench) -> None:
    pending = begun(bench)
    assert isinstance(resume(bench, bench.request(DOCUMENT), pending.state + " " * 500), Pending)
    bench.service.is_down = True
    progress = resume(bench, bench.request(DOCUMENT), pending.state + " " * 1000)
    assert failed(progress) is FailureCode.NOTHING_UNDER_WAY


def test_a_service_that_has_it_signed_at_once_is_asked_for_it_then(bench: ParcelBench) -> None:
    bench.service.instead = Seen(id="0", stage=Stage.SIGNED, digest="another")
    progress = bench.signing.start(bench.request(DOCUMENT), now=START)
    assert failed(progress) is FailureCode.TOO_OFTEN
    bench.service.instead = None
    assert isinstance(drive(bench, bench.request(DOCUMENT)), Done)
