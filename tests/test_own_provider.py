"""The example of a provider of one's own is short, and passes the exam."""

import runpy
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import attrs
import pytest

from kundorder.adapters.jws import JwsSeal
from kundorder.events import SigningRequest
from kundorder.evidence import Document
from kundorder.ports import Done, Failed, Pending, Seal, Signing
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT, IP, SigningContract, drive, resume, start
from kundorder.testing.surroundings import START
from kundorder.vocabulary import AttestMethod, FailureCode

ROOT: Final = Path(__file__).resolve().parents[1]
EXAMPLE: Final = ROOT / "examples" / "own_provider.py"
PAGE: Final = ROOT / "docs" / "how-to" / "own-provider.md"
OWN: Callable[["Provider", Seal], Signing] = runpy.run_path(str(EXAMPLE))["OwnSigning"]


@attrs.define
class Provider:
    """The imagined provider, and the client it hands its customers."""

    orders: dict[str, dict[str, str]] = attrs.field(factory=dict)
    is_down: bool = False

    def __call__(self, what: str, about: tuple[str, ...]) -> dict[str, str]:
        if self.is_down:
            raise ConnectionError("nobody home")
        if what == "order":
            digest, _text, email, ends_at = about
            name = f"order-{len(self.orders) + 1}"
            self.orders[name] = {"digest": digest, "email": email, "ends_at": ends_at, "status": "waiting"}
            self.orders[name] |= {"url": f"https://sign.example/{name}", "person": f"person-{len(email)}"}
            return {"order": name}
        (name,) = about
        if what == "cancel":
            self.end(name, "cancelled")
        return self.orders.get(name, {"status": "unknown"})

    def end(self, name: str, status: str) -> None:
        """So it ends, if it has not yet."""
        order = self.orders.get(name, {})
        if order.get("status") == "waiting":
            order["status"] = status


@attrs.define
class OwnBench:
    """What the exam is put on."""

    provider: Provider = attrs.field(factory=Provider)
    seal: Seal = attrs.field(factory=JwsSeal)
    now: datetime = START
    methods: tuple[AttestMethod, ...] = (AttestMethod.FREJA,)
    can_be_down: bool = True

    @property
    def signing(self) -> Signing:
        return OWN(self.provider, self.seal)

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=AttestMethod.FREJA, to=CONTACT, ip=IP)

    def person_signs(self, pending: Pending) -> str | None:
        self.provider.end(pending.state.strip('"'), "signed")
        return None  # this provider calls nobody back

    def person_gives_up(self, pending: Pending) -> bool:
        self.provider.end(pending.state.strip('"'), "declined")
        return True

    @contextmanager
    def down(self) -> Generator[None]:
        self.provider.is_down = True
        try:
            yield
        finally:
            self.provider.is_down = False


@pytest.fixture
def bench() -> OwnBench:
    return OwnBench()


class TestOwnSigning(SigningContract):
    def make_bench(self) -> OwnBench:
        return OwnBench()


def test_what_another_person_has_signed_is_not_signed(bench: OwnBench) -> None:
    request = bench.request(DOCUMENT)
    pending = start(bench, request)
    assert isinstance(pending, Pending)
    bench.person_signs(pending)
    bench.provider.orders["order-1"]["email"] = "annan.post@customer.example"
    progress = resume(bench, request, pending.state)
    assert isinstance(progress, Failed)
    assert progress.code is FailureCode.ANOTHER_PERSON


def test_nobody_is_asked_where_nobody_is_named(bench: OwnBench) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), to=None)
    assert bench.signing.start(request, now=START) == Failed(code=FailureCode.PERSON_UNKNOWN)
    assert bench.provider.orders == {}


def test_it_is_signed_by_whoever_the_provider_knows(bench: OwnBench) -> None:
    done = drive(bench, bench.request(DOCUMENT))
    assert isinstance(done, Done)
    assert done.evidence.identity == bench.provider.orders["order-1"]["person"]


def test_the_example_has_less_than_sixty_lines_and_stands_whole_on_its_page() -> None:
    assert len(EXAMPLE.read_text("utf-8").splitlines()) < 60
    assert "```{literalinclude} ../../examples/own_provider.py" in PAGE.read_text("utf-8")
