"""The signer with a seal: done at once, for exactly one document, person, method, level and moment, by one key."""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kundorder.adapters.jws import JwsSeal, PublicSeal, SealedSigner
from kundorder.codec import claim_bytes
from kundorder.errors import Malformed, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import ASSURANCE, Document, Evidence, at_least
from kundorder.ports import Done, Failed, Pending, Signing
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT, IP, SigningContract
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode, Language

NOW = datetime(2026, 3, 2, 9, 30, 0, 5, tzinfo=UTC)
FIXED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PEM = FIXED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
SEAL = JwsSeal(PEM)


@attrs.define
class AtOnce:
    """There is nobody to wait for, and no provider."""

    methods: tuple[AttestMethod, ...]
    level: AssuranceLevel
    now: datetime = NOW
    can_be_down: bool = False

    @property
    def signing(self) -> Signing:
        return SealedSigner(JwsSeal(PEM), level=self.level)

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=self.methods[0], language=Language.EN, to=CONTACT, ip=IP)

    def person_signs(self, pending: Pending) -> str | None:
        raise AssertionError(pending)

    def person_gives_up(self, pending: Pending) -> bool:
        raise AssertionError(pending)

    def down(self) -> AbstractContextManager[None]:
        return nullcontext()


class TestSealedSigningWhereACodeIsWorthLess(SigningContract):
    def make_bench(self) -> AtOnce:
        return AtOnce((AttestMethod.SMS_CODE,), AssuranceLevel.HIGH)


class TestSealedSigningAtALowLevel(SigningContract):
    def make_bench(self) -> AtOnce:
        return AtOnce((AttestMethod.BANKID,), AssuranceLevel.LOW)


class TestSealedSigningAtAHighLevel(SigningContract):
    def make_bench(self) -> AtOnce:
        return AtOnce((AttestMethod.CERTIFICATE,), AssuranceLevel.HIGH)


def signed(
    method: AttestMethod = AttestMethod.BANKID,
    *,
    document: Document = DOCUMENT,
    seal: JwsSeal = SEAL,
    level: AssuranceLevel = AssuranceLevel.LOW,
    now: datetime = NOW,
) -> Evidence:
    progress = SealedSigner(seal, level=level).start(SigningRequest(document=document, method=method), now=now)
    assert isinstance(progress, Done)
    return progress.evidence


@pytest.mark.parametrize("method", AttestMethod)
def test_every_method_is_signed_at_once(method: AttestMethod) -> None:
    evidence = signed(method)
    assert SealedSigner(SEAL).verify(evidence, DOCUMENT)
    assert (evidence.method, evidence.signed_by, evidence.level) == (method, SEAL.name, AssuranceLevel.LOW)
    assert (evidence.identity, evidence.follows) == ("", None)


@pytest.mark.parametrize(("method", "level"), list(product(AttestMethod, AssuranceLevel)))
def test_a_level_is_what_the_host_says_and_no_more_than_the_method_is_worth(
    method: AttestMethod, level: AssuranceLevel
) -> None:
    evidence = signed(method, level=level)
    assert evidence.level == evidence.assurance
    assert at_least(level, evidence.level)
    assert evidence.level in {level, ASSURANCE[method]}
    assert SealedSigner(SEAL, level=level).verify(evidence, DOCUMENT)


def test_a_signer_of_one_level_does_not_take_what_was_signed_at_another() -> None:
    for one, other in product(AssuranceLevel, repeat=2):
        evidence = signed(AttestMethod.SITHS, level=one)
        assert SealedSigner(SEAL, level=other).verify(evidence, DOCUMENT) is (one is other)


def test_another_key_proves_nothing_here() -> None:
    other = JwsSeal()
    evidence = signed(seal=other)
    assert not SealedSigner(SEAL).verify(evidence, DOCUMENT)
    assert not SealedSigner(SEAL).verify(attrs.evolve(evidence, signed_by=SEAL.name), DOCUMENT)
    assert not SealedSigner(other).verify(attrs.evolve(signed(), signed_by=other.name), DOCUMENT)


@pytest.mark.parametrize(
    "claim",
    [
        attrs.evolve(signed(), signer="s2"),
        attrs.evolve(signed(), signed_by=JwsSeal().name),
        attrs.evolve(signed(), digest="cd" * 32),
        attrs.evolve(signed(), level=AssuranceLevel.HIGH),
    ],
    ids=["of another person", "in the name of another key", "for another document", "at another level"],
)
def test_what_the_key_has_sealed_but_is_something_else_proves_nothing(claim: Evidence) -> None:
    evidence = attrs.evolve(claim, proof=SEAL.seal(claim_bytes(claim)))
    assert not SealedSigner(SEAL).verify(evidence, DOCUMENT)


def test_who_has_the_public_key_can_verify_the_claim() -> None:
    evidence = signed()
    assert PublicSeal.from_jwk(SEAL.public.jwk).holds(evidence.proof, claim_bytes(evidence))


def test_a_moment_is_the_same_in_every_zone() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert signed(now=NOW.astimezone(east)) == signed()


def test_a_moment_without_a_zone_is_not_signed() -> None:
    with pytest.raises(Malformed):
        signed(now=NOW.replace(tzinfo=None))


@pytest.mark.parametrize("state", ["", "{}", '{"order":"x"}'])
def test_a_state_can_only_be_made_up_and_signs_nothing(state: str) -> None:
    request = SigningRequest(document=DOCUMENT, method=AttestMethod.BANKID)
    progress = SealedSigner(SEAL).resume(request, state, now=NOW, callback="done")
    assert isinstance(progress, Failed)
    assert progress.code is FailureCode.NOTHING_UNDER_WAY


class Away:
    """A seal that is out of reach."""

    name = "away"

    def seal(self, statement: bytes) -> str:
        raise Unavailable(f"the seal does not answer ({len(statement)} bytes)")

    def holds(self, proof: str, statement: bytes) -> bool:
        raise Unavailable(f"the seal does not answer ({len(proof)} letters, {len(statement)} bytes)")


def test_while_the_seal_is_out_of_reach_nothing_is_signed() -> None:
    with pytest.raises(Unavailable):
        SealedSigner(Away()).start(SigningRequest(document=DOCUMENT, method=AttestMethod.BANKID), now=NOW)
    with pytest.raises(Unavailable):
        SealedSigner(Away()).verify(attrs.evolve(signed(), signed_by="away"), DOCUMENT)
