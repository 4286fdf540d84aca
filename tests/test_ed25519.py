"""The local signer: a proof holds for exactly one document, person, method and moment, by exactly one key."""

import os
import subprocess
import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from kundorder.adapters.ed25519 import LocalSigner
from kundorder.codec import document_digest
from kundorder.errors import Corrupt, KundorderError, Malformed, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports import Done, Failed, Signing
from kundorder.vocabulary import AttestMethod, Role

NOW = datetime(2026, 3, 2, 9, 30, 0, 5, tzinfo=UTC)
DOCUMENT = Document(
    subject="o-01",
    number=1,
    step=4,
    act="attest",
    organisation="999700-0006",
    capacity=Role.ATTESTANT,
    signer="anna",
    content="ab" * 32,
    text_sv="Åsa attesterar beställningen.",
    text_en="Åsa attests the order.",
)
OTHER = attrs.evolve(DOCUMENT, signer="bo")
ORDER_OF_THE_CURVE = 2**252 + 27742317777372353535851937790883648493  # L of RFC 8032, section 5.1
posix = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


def pem_of(
    key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey,
) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


FIXED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = LocalSigner(pem_of(FIXED))


def signed(
    document: Document = DOCUMENT, method: AttestMethod = AttestMethod.BANKID, signer: LocalSigner = SIGNER
) -> Evidence:
    progress = signer.start(SigningRequest(document=document, method=method), now=NOW)
    assert isinstance(progress, Done)
    return progress.evidence


EVIDENCE = signed()

WRONG_EVIDENCE: dict[str, list[Evidence]] = {
    "method": [attrs.evolve(EVIDENCE, method=method) for method in AttestMethod if method is not EVIDENCE.method],
    "signer": [attrs.evolve(EVIDENCE, signer=signer) for signer in ("bo", "", "Anna", "anna ", "\ud800")],
    "digest": [
        attrs.evolve(EVIDENCE, digest=digest)
        for digest in (document_digest(OTHER), "", EVIDENCE.digest.upper(), "0" * 64)
    ],
    "signed_at": [
        attrs.evolve(EVIDENCE, signed_at=moment)
        for moment in (
            NOW + timedelta(microseconds=1),
            NOW - timedelta(days=1),
            NOW.replace(tzinfo=timezone(timedelta(hours=1))),
        )
    ],
    "proof": [attrs.evolve(EVIDENCE, proof=signed(OTHER).proof), attrs.evolve(EVIDENCE, proof="")],
    "signed_by": [attrs.evolve(EVIDENCE, signed_by=name) for name in ("", "ed25519:", LocalSigner().fingerprint)],
}
WRONG_DOCUMENTS: dict[str, list[Document]] = {
    "subject": [attrs.evolve(DOCUMENT, subject="o-02")],
    "number": [attrs.evolve(DOCUMENT, number=2)],
    "step": [attrs.evolve(DOCUMENT, step=5)],
    "act": [attrs.evolve(DOCUMENT, act="reject")],
    "organisation": [attrs.evolve(DOCUMENT, organisation="556677-8899")],
    "capacity": [attrs.evolve(DOCUMENT, capacity=role) for role in Role if role is not DOCUMENT.capacity],
    "signer": [OTHER],
    "content": [attrs.evolve(DOCUMENT, content="cd" * 32)],
    "text_sv": [attrs.evolve(DOCUMENT, text_sv="Åsa attesterar beställningen")],
    "text_en": [attrs.evolve(DOCUMENT, text_en="")],
}


def garbled_proofs() -> list[str]:
    """Texts that are nearly the proof; some of them are the same bytes, written otherwise."""
    proof, raw = EVIDENCE.proof, b64decode(EVIDENCE.proof)
    scalar = int.from_bytes(raw[32:], "little")
    beyond = raw[:32] + (scalar + ORDER_OF_THE_CURVE).to_bytes(
        32, "little"
    )  # the malleable signature of RFC 8032, 5.1.7
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(proof[-3])
    alike = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[last + 1]
    assert b64decode(f"{proof[:-3]}{alike}==") == raw
    return [
        f"{proof[:-3]}{alike}==",
        f"{proof}\n",
        f" {proof}",
        f"{proof[:20]}\n{proof[20:]}",
        proof.rstrip("="),
        f"{proof}=",
        proof[:-4],
        f"{proof}AAAA",
        f"{proof}é",
        raw.hex(),
        urlsafe_b64encode(raw).decode() + "-",
        b64encode(beyond).decode(),
        b64encode(raw[:63]).decode(),
        b64encode(bytes(64)).decode(),
        "\ud800",
        "\x00",
    ]


def test_it_is_a_signing_port() -> None:
    signing: Signing = SIGNER
    assert signing.verify(EVIDENCE, DOCUMENT)


@pytest.mark.parametrize("method", AttestMethod)
def test_what_is_signed_can_be_verified(method: AttestMethod) -> None:
    evidence = signed(method=method)
    assert SIGNER.verify(evidence, DOCUMENT)
    assert (evidence.method, evidence.signer, evidence.digest) == (method, "anna", document_digest(DOCUMENT))
    assert (evidence.signed_at, evidence.signed_by) == (NOW, SIGNER.fingerprint)


def test_a_proof_of_today_is_the_proof_of_every_release() -> None:
    assert SIGNER.fingerprint == "ed25519:56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c"
    assert EVIDENCE.proof == "jHePgKR8VFym7oLJJXuDmVWE/cMVWe+hYzfaIBG3R6oKbkGp2YZjvA16etBaoV0R3HmkbzEQybmjkpsqmhX5BQ=="


def test_anybody_with_the_public_key_can_check_a_proof() -> None:
    statement = (
        f'{{"digest":"{document_digest(DOCUMENT)}","method":"BANKID","purpose":"kundorder evidence 1",'
        f'"signed_at":"2026-03-02T09:30:00.000005+00:00","signer":"anna"}}'
    )
    FIXED.public_key().verify(b64decode(EVIDENCE.proof), statement.encode())


def test_every_field_of_evidence_and_document_is_tampered_with_here() -> None:
    assert set(WRONG_EVIDENCE) == {field.name for field in attrs.fields(Evidence)}
    assert set(WRONG_DOCUMENTS) == {field.name for field in attrs.fields(Document)}


@pytest.mark.parametrize("field", WRONG_EVIDENCE)
def test_evidence_with_any_other_value_proves_nothing(field: str) -> None:
    assert [SIGNER.verify(evidence, DOCUMENT) for evidence in WRONG_EVIDENCE[field]].count(True) == 0


@pytest.mark.parametrize("field", WRONG_DOCUMENTS)
def test_evidence_for_any_other_document_proves_nothing(field: str) -> None:
    for document in WRONG_DOCUMENTS[field]:
        assert not SIGNER.verify(EVIDENCE, document)
        assert not SIGNER.verify(attrs.evolve(EVIDENCE, digest=document_digest(document)), document)


@pytest.mark.parametrize("proof", garbled_proofs(), ids=ascii)
def test_a_proof_is_taken_in_one_spelling_only(proof: str) -> None:
    assert SIGNER.verify(attrs.evolve(EVIDENCE, proof=proof), DOCUMENT) is False


@given(proof=st.one_of(st.text(), st.binary(max_size=70).map(lambda raw: b64encode(raw).decode())))
def test_garbage_is_no_proof_and_no_error(proof: str) -> None:
    assert SIGNER.verify(attrs.evolve(EVIDENCE, proof=proof), DOCUMENT) is False


@given(place=st.integers(0, 87), character=st.characters())
def test_no_character_of_a_proof_can_be_another(place: int, character: str) -> None:
    proof = EVIDENCE.proof[:place] + character + EVIDENCE.proof[place + 1 :]
    assert SIGNER.verify(attrs.evolve(EVIDENCE, proof=proof), DOCUMENT) is (proof == EVIDENCE.proof)


def test_evidence_by_another_key_proves_nothing_even_under_this_keys_name() -> None:
    foreign = signed(signer=LocalSigner())
    assert not SIGNER.verify(foreign, DOCUMENT)
    assert not SIGNER.verify(attrs.evolve(foreign, signed_by=SIGNER.fingerprint), DOCUMENT)


def test_a_moment_is_the_same_in_every_zone() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=5)))
    progress = SIGNER.start(SigningRequest(document=DOCUMENT, method=AttestMethod.BANKID), now=east)
    assert progress == Done(evidence=EVIDENCE)
    assert SIGNER.verify(attrs.evolve(EVIDENCE, signed_at=east), DOCUMENT)


def test_a_moment_without_a_zone_is_not_signed() -> None:
    with pytest.raises(Malformed):
        SIGNER.start(SigningRequest(document=DOCUMENT, method=AttestMethod.BANKID), now=NOW.replace(tzinfo=None))


def test_a_state_that_was_made_up_signs_nothing() -> None:
    request = SigningRequest(document=DOCUMENT, method=AttestMethod.BANKID)
    progress = SIGNER.resume(request, "{}", now=NOW, callback="done")
    assert isinstance(progress, Failed)
    assert progress.why.isprintable()
    SIGNER.cancel("{}")
    SIGNER.cancel("{}")


def test_a_signer_without_a_file_has_a_key_of_its_own() -> None:
    first, second = LocalSigner(), LocalSigner()
    assert first.fingerprint != second.fingerprint
    assert first.verify(signed(signer=first), DOCUMENT)


def test_a_key_that_was_kept_signs_and_verifies_as_before(tmp_path: Path) -> None:
    created = LocalSigner.create(tmp_path / "key.pem")
    loaded = LocalSigner.load(str(tmp_path / "key.pem"))
    assert loaded.fingerprint == created.fingerprint
    assert loaded.verify(signed(signer=created), DOCUMENT)
    assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]


@posix
def test_a_key_is_its_owners_alone(tmp_path: Path) -> None:
    LocalSigner.create(tmp_path / "key.pem")
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_key_that_others_can_reach_is_not_used(tmp_path: Path, mode: int) -> None:
    LocalSigner.create(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(mode)
    with pytest.raises(Unavailable, match="mode 600"):
        LocalSigner.load(tmp_path / "key.pem")


@pytest.mark.parametrize("there", [b"", b"something of value"])
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, there: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(there)
    with pytest.raises(Malformed, match="load the key"):
        LocalSigner.create(tmp_path / "key.pem")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"key.pem": there}


def test_of_many_who_create_a_key_at_once_one_does(tmp_path: Path) -> None:
    def create(_: int) -> str | None:
        try:
            return LocalSigner.create(tmp_path / "key.pem").fingerprint
        except Malformed:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [name for name in pool.map(create, range(32)) if name is not None]
    assert made == [LocalSigner.load(tmp_path / "key.pem").fingerprint]
    assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("place", ["nowhere/key.pem", "file/key.pem"])
def test_where_nothing_can_be_written_no_key_is_created(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written"):
        LocalSigner.create(tmp_path / place)


@pytest.mark.parametrize("place", ["missing.pem", ".", "file/key.pem"])
def test_a_key_that_cannot_be_read_is_unavailable(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch(mode=0o600)
    with pytest.raises(Unavailable, match="cannot be read") as caught:
        LocalSigner.load(tmp_path / place)
    assert_calm(caught.value)


def wrong_files() -> dict[str, bytes]:
    """What is no unencrypted private key for Ed25519, or not whole."""
    good = pem_of(FIXED)
    public = FIXED.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "empty": b"",
        "cut short": good[:60],
        "without its end": good[: good.rindex(b"-----END")],
        "one character less": good[:40] + good[41:],
        "zeros": bytes(100),
        "random": bytes(range(256)),
        "not PEM": FIXED.private_bytes_raw(),
        "public": public,
        "encrypted": FIXED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
        "RSA": pem_of(rsa.generate_private_key(65537, 2048)),
        "P-256": pem_of(ec.generate_private_key(ec.SECP256R1())),
        "X25519": pem_of(x25519.X25519PrivateKey.generate()),
    }


@pytest.mark.parametrize(("what", "content"), wrong_files().items(), ids=list(wrong_files()))
def test_a_damaged_or_foreign_key_is_named_as_such_and_left_alone(tmp_path: Path, what: str, content: bytes) -> None:
    path = tmp_path / f"{what}.pem"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(Corrupt, match="no unencrypted private key for Ed25519 in PEM; restore it") as caught:
        LocalSigner.load(path)
    assert_calm(caught.value)
    assert path.read_bytes() == content


def test_a_key_is_shown_nowhere(tmp_path: Path) -> None:
    signer = LocalSigner.create(tmp_path / "key.pem")
    secret = (tmp_path / "key.pem").read_text("ascii").splitlines()[1]
    shown = f"{signer!r}{vars(signer)!r}{signer.fingerprint}{signed(signer=signer)!r}"
    assert secret[-40:] not in shown


def assert_calm(error: KundorderError) -> None:
    assert str(error).isprintable()
    assert "BEGIN" not in str(error)


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_it_does_not_load_cryptography() -> None:
    loaded = python("import sys, kundorder.adapters.ed25519; print(*sys.modules)").split()
    assert "kundorder.adapters.ed25519" in loaded
    assert [name for name in loaded if name.partition(".")[0] == "cryptography"] == []


def test_without_cryptography_it_says_what_to_install() -> None:
    said = python("""
import sys
sys.modules["cryptography"] = None
from kundorder.adapters.ed25519 import LocalSigner
from kundorder.errors import Unavailable
try:
    LocalSigner()
except Unavailable as error:
    print(error)
""")
    assert "install kundorder[sign]" in said
