"""The seal: a proof holds for one statement, by one key, written in one way; whatever else it is, it is no proof."""

import hmac
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from itertools import product

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from kundorder.adapters.jws import JwsSeal, PublicSeal, holds_by
from kundorder.errors import Malformed
from kundorder.ports import Seal

PRIME = 2**255 - 19
ORDER_OF_THE_CURVE = 2**252 + 27742317777372353535851937790883648493  # L of RFC 8032, section 5.1
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# The points whose order divides 8, and the other ways to write the same: y beyond the prime, and the sign of x at 0.
SMALL = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
)

FIXED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PEM = FIXED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
SEAL = JwsSeal(PEM)
OTHER = JwsSeal()
STATEMENT = '{"signer":"Åsa"}'.encode()
PROOF = SEAL.seal(STATEMENT)
HEAD, _, SIGNATURE = PROOF.partition("..")


def coded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


HEADER: dict[str, object] = json.loads(bytes_of(HEAD))
X = coded(FIXED.public_key().public_bytes_raw())


def signed(header: str | bytes, statement: bytes = STATEMENT, *, key: Ed25519PrivateKey = FIXED) -> str:
    """A detached JWS with a header of one's own, made by the real key unless told otherwise."""
    head = coded(header.encode() if isinstance(header, str) else header)
    return f"{head}..{coded(key.sign(f'{head}.{coded(statement)}'.encode()))}"


def compact(header: Mapping[str, object]) -> str:
    return json.dumps(header, separators=(",", ":"))


def lenient(proof: str) -> bool:
    """Whether a reader who only asks whether the key has signed this would take it."""
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": X})
    try:
        jws.deserialize_compact(proof, key, algorithms=["Ed25519"], payload=STATEMENT)
    except (JoseError, ValueError):
        return False
    return True


def by_the_real_key() -> dict[str, str]:
    """What the real key has signed, over the real statement, but written otherwise than we write."""
    thief = json.loads(OTHER.public.jwk)
    del thief["kid"]
    return {
        "reordered": signed(compact(dict(reversed(HEADER.items())))),
        "blanks": signed(json.dumps(HEADER)),
        "a newline after it": signed(compact(HEADER) + "\n"),
        "another kid": signed(compact(HEADER | {"kid": OTHER.public.thumbprint})),
        "no kid": signed(compact({name: HEADER[name] for name in ("alg", "jwk", "typ")})),
        "no jwk": signed(compact({name: HEADER[name] for name in ("alg", "kid", "typ")})),
        "another jwk": signed(compact(HEADER | {"jwk": thief})),
        "another type": signed(compact(HEADER | {"typ": "JWT"})),
        "no type": signed(compact({name: HEADER[name] for name in ("alg", "jwk", "kid")})),
        "one more member": signed(compact(HEADER | {"cty": "json"})),
        "a member twice": signed(compact(HEADER)[:-1] + ',"typ":"kundorder-evidence"}'),
        "escaped": signed(compact(HEADER).replace("kundorder", "\\u006bundorder")),
    }


BY_THE_REAL_KEY = by_the_real_key()


def by_the_public_key() -> dict[str, str]:
    """Keyed with what everybody knows, by an algorithm that takes the same key for both sides."""
    public = FIXED.public_key()
    keys = {
        "x": X.encode(),
        "raw": public.public_bytes_raw(),
        "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "JWK": SEAL.public.jwk.encode(),
    }
    headers: tuple[dict[str, object], ...] = ({"alg": "HS256"}, HEADER | {"alg": "HS256"})
    made: dict[str, str] = {}
    for (name, key), header in product(keys.items(), headers):
        head = coded(compact(header).encode())
        code = hmac.digest(key, f"{head}.{coded(STATEMENT)}".encode(), "sha256")
        made[f"HS256 with the public key as {name}, {len(header)} members"] = f"{head}..{coded(code)}"
    return made


def forged() -> dict[str, str]:
    """What was made without the key."""
    none = compact(HEADER | {"alg": "none"})
    bare = compact({"alg": "none"})
    thief = Ed25519PrivateKey.from_private_bytes(bytes(32))
    x = coded(thief.public_key().public_bytes_raw())
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": x}
    return {
        "alg none, nothing signed": f"{coded(none.encode())}..",
        "alg none, with the real signature": f"{coded(none.encode())}..{SIGNATURE}",
        "alg none and nothing else": f"{coded(bare.encode())}..",
        "our head, nothing signed": f"{HEAD}..",
        "our head, the signature of another": f"{HEAD}..{OTHER.seal(STATEMENT).partition('..')[2]}",
        "another key, which stands in the header": signed(compact(HEADER | {"jwk": jwk}), key=thief),
        "another key under our header": signed(compact(HEADER), key=thief),
        "for another statement": SEAL.seal(b"{}"),
        "for the statement as it is coded": SEAL.seal(coded(STATEMENT).encode()),
        **by_the_public_key(),
    }


def malleated() -> dict[str, str]:
    """The real proof, written otherwise."""
    raw = bytes_of(SIGNATURE)
    beyond = raw[:32] + (int.from_bytes(raw[32:], "little") + ORDER_OF_THE_CURVE).to_bytes(32, "little")
    alike = SIGNATURE[:-1] + ALPHABET[ALPHABET.index(SIGNATURE[-1]) + 1]
    assert bytes_of(alike) == raw
    whole = f"{HEAD}.{coded(STATEMENT)}.{SIGNATURE}"
    return {
        "S beyond the order of the curve": f"{HEAD}..{coded(beyond)}",
        "last bits that are not used": f"{HEAD}..{alike}",
        "padded": f"{PROOF}==",
        "head padded": f"{HEAD}=..{SIGNATURE}",
        "plain base64": f"{HEAD}..{b64encode(raw).decode().rstrip('=')}+",
        "a byte less": f"{HEAD}..{coded(raw[:-1])}",
        "a byte more": f"{HEAD}..{coded(raw + bytes(1))}",
        "zeros": f"{HEAD}..{coded(bytes(64))}",
        "with its payload": whole,
        "as JSON": json.dumps({"payload": "", "protected": HEAD, "signature": SIGNATURE}),
        "one dot": f"{HEAD}.{SIGNATURE}",
        "three dots": f"{HEAD}...{SIGNATURE}",
        "a fourth part": f"{PROOF}.",
        "twice": PROOF + PROOF,
        "wide letters": PROOF.replace("e", "\uff45"),
        "wide dots": f"{HEAD}\uff0e\uff0e{SIGNATURE}",
        "half a character": f"{PROOF[:-1]}\ud800",
        "a byte order mark": f"\ufeff{PROOF}",
        **{f"{blank!r} before": f"{blank}{PROOF}" for blank in " \n\t\r\0\u2028"},
        **{f"{blank!r} after": f"{PROOF}{blank}" for blank in " \n\t\r\0\u2028"},
        **{f"{blank!r} within": f"{HEAD}..{blank}{SIGNATURE}" for blank in " \n\t\r\0\u2028"},
    }


def unencoded() -> dict[str, str]:
    """Signed by the real key, over the statement as it is and not as it is coded (RFC 7797)."""
    made: dict[str, str] = {}
    for crit in (["b64"], [], ["exp"], None):
        header = HEADER | {"b64": False} | ({} if crit is None else {"crit": crit})
        head = coded(compact(header).encode())
        made[f"not coded, critical {crit}"] = f"{head}..{coded(FIXED.sign(head.encode() + b'.' + STATEMENT))}"
    made["critical"] = signed(compact(HEADER | {"crit": ["exp"], "exp": 0}))
    made["EdDSA"] = signed(compact(HEADER | {"alg": "EdDSA"}))
    return made


ATTACKS = BY_THE_REAL_KEY | forged() | malleated() | unencoded()


def assert_no_proof(proof: str, statement: bytes = STATEMENT) -> None:
    assert SEAL.holds(proof, statement) is False
    assert PublicSeal.from_jwk(SEAL.public.jwk).holds(proof, statement) is False
    assert holds_by(SEAL.name, proof, statement) is False


def test_a_proof_holds_for_its_statement_by_its_key() -> None:
    seal: Seal = SEAL
    assert seal.holds(seal.seal(STATEMENT), STATEMENT)
    assert PublicSeal.from_jwk(SEAL.public.jwk).holds(PROOF, STATEMENT)
    assert holds_by(SEAL.name, PROOF, STATEMENT)


@pytest.mark.parametrize("statement", [b"", b"\x00", bytes(range(256)), b"a.b", b"x" * 1_000_000])
def test_any_statement_can_be_sealed(statement: bytes) -> None:
    assert SEAL.holds(SEAL.seal(statement), statement)
    assert not SEAL.holds(SEAL.seal(statement), statement + b"\n")


def test_the_statement_does_not_stand_in_the_proof() -> None:
    assert PROOF.count(".") == 2
    assert coded(STATEMENT) not in PROOF


def test_the_header_says_all_a_stranger_needs() -> None:
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": X}
    kid = coded(sha256(compact(jwk).encode()).digest())  # RFC 7638
    assert {"alg": "Ed25519", "jwk": jwk, "kid": kid, "typ": "kundorder-evidence"} == HEADER
    assert SEAL.name == f"jwk:{kid}"
    assert OKPKey.import_key(PEM).thumbprint() == kid


def test_the_thumbprint_is_that_of_the_standard() -> None:  # RFC 8037, appendix A.3
    seal = PublicSeal("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert seal.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_same_is_sealed_to_the_same() -> None:
    assert SEAL.seal(STATEMENT) == PROOF == JwsSeal(PEM).seal(STATEMENT)
    assert PROOF.endswith(SIGNATURE)


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_nearly_a_proof_is_none(name: str) -> None:
    assert_no_proof(ATTACKS[name])


@pytest.mark.parametrize("name", BY_THE_REAL_KEY)
def test_without_the_one_header_there_could_be_many_proofs(name: str) -> None:
    assert lenient(BY_THE_REAL_KEY[name])


def test_no_letter_of_a_proof_can_be_another() -> None:
    for place, letter in product(range(len(PROOF)), "A-_.=g"):
        changed = PROOF[:place] + letter + PROOF[place + 1 :]
        if changed != PROOF:
            assert_no_proof(changed)
    for place in range(len(PROOF)):
        assert_no_proof(PROOF[:place] + PROOF[place + 1 :])
        assert_no_proof(PROOF[:place] + "A" + PROOF[place:])
        assert_no_proof(PROOF[:place])


def test_no_bit_of_a_statement_can_be_another() -> None:
    for place, bit in product(range(len(STATEMENT)), range(8)):
        changed = bytearray(STATEMENT)
        changed[place] ^= 1 << bit
        assert_no_proof(PROOF, bytes(changed))


def test_another_key_has_another_name_and_its_proofs_are_not_ours() -> None:
    assert OTHER.name != SEAL.name
    assert_no_proof(OTHER.seal(STATEMENT))
    assert holds_by(OTHER.name, OTHER.seal(STATEMENT), STATEMENT)


@pytest.mark.parametrize(
    "name",
    ["", "jwk:", SEAL.public.thumbprint, SEAL.name.upper(), f"{SEAL.name}=", OTHER.name],
    ids=["nothing", "no thumbprint", "a bare thumbprint", "in capitals", "padded", "another's"],
)
def test_a_key_has_one_name(name: str) -> None:
    assert not holds_by(name, PROOF, STATEMENT)


@given(st.text(), st.binary(max_size=64))
def test_garbage_is_no_proof(proof: str, statement: bytes) -> None:
    assert_no_proof(proof, statement)


@given(st.text(alphabet=ALPHABET + ".=", max_size=400), st.integers(0, 330), st.integers(0, 330))
def test_garbage_within_a_proof_is_no_proof(garbage: str, start: int, end: int) -> None:
    changed = PROOF[:start] + garbage + PROOF[max(start, end) :]
    if changed != PROOF:
        assert_no_proof(changed)


@given(st.binary(max_size=400))
def test_a_header_of_garbage_is_no_proof(header: bytes) -> None:
    assert_no_proof(signed(header))


@pytest.mark.parametrize("point", SMALL)
def test_a_key_that_everybody_can_sign_for_is_none(point: str) -> None:
    raw = bytes.fromhex(point)
    x = coded(raw)
    with pytest.raises(Malformed, match=r"\$\.x"):
        PublicSeal.from_jwk(json.dumps({"kty": "OKP", "crv": "Ed25519", "x": x}))
    assert any(anybody_signs_for(raw, first) for first in SMALL)


def anybody_signs_for(raw: bytes, first: str) -> bool:
    """Whether a signature made of this point and nothing verifies by such a key, were it taken; one try in eight."""
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": coded(raw)}
    kid = coded(sha256(compact(jwk).encode()).digest())
    head = coded(compact({"alg": "Ed25519", "jwk": jwk, "kid": kid, "typ": "kundorder-evidence"}).encode())
    proof = f"{head}..{coded(bytes.fromhex(first) + bytes(32))}"
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": coded(raw)})
    verified = False
    for number in range(16):
        statement = b"%d" % number
        try:
            jws.deserialize_compact(proof, key, algorithms=["Ed25519"], payload=statement)
        except JoseError:
            continue
        assert not holds_by(f"jwk:{kid}", proof, statement)
        verified = True
    return verified


def test_the_points_of_small_order_are_all_there() -> None:
    d = -121665 * pow(121666, -1, PRIME) % PRIME  # RFC 8032, section 5.1

    def doubled(y: int) -> int:
        """The y of a point added to itself."""
        xx = (y * y - 1) * pow(d * y * y + 1, -1, PRIME) % PRIME
        return (y * y + xx) * pow(1 - d * xx * y * y, -1, PRIME) % PRIME

    named = {int.from_bytes(bytes.fromhex(point), "little") % 2**255 for point in SMALL}
    assert len({y % PRIME for y in named}) == 5  # eight points, of which three pairs share their y
    assert {doubled(doubled(doubled(y % PRIME))) for y in named} == {1}


def test_a_key_that_is_no_point_of_the_curve_verifies_nothing() -> None:
    seal = PublicSeal(coded(b"\x02" + bytes(31)))
    for first in SMALL:
        head = coded(json.dumps(HEADER | {"jwk": json.loads(seal.jwk)}).encode())
        assert not seal.holds(f"{head}..{coded(bytes.fromhex(first) + bytes(32))}", b"")
    assert not seal.holds(f"{forged_head(seal)}..{coded(bytes(64))}", b"")


def forged_head(seal: PublicSeal) -> str:
    jwk = json.loads(seal.jwk)
    kid = jwk.pop("kid")
    return coded(compact({"alg": "Ed25519", "jwk": jwk, "kid": kid, "typ": "kundorder-evidence"}).encode())


def test_the_key_in_a_proof_can_be_verified_by_other_means() -> None:
    jwk = json.loads(SEAL.public.jwk)
    key = Ed25519PublicKey.from_public_bytes(bytes_of(jwk["x"]))
    key.verify(bytes_of(SIGNATURE), f"{HEAD}.{coded(STATEMENT)}".encode())
