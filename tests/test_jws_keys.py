"""Keys: the private one is its owner's alone and never overwritten, the public one is handed out and read strictly."""

import json
import os
import pickle
import subprocess
import sys
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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

from kundorder.adapters.jws import JwsSeal, PublicSeal
from kundorder.errors import Corrupt, KundorderError, Malformed, Unavailable

FIXED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STATEMENT = b"what was agreed"
posix = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


def pem_of(
    key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey,
) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


PUBLIC = JwsSeal(pem_of(FIXED)).public
JWK: dict[str, str] = json.loads(PUBLIC.jwk)


def test_a_seal_without_a_file_has_a_key_of_its_own() -> None:
    first, second = JwsSeal(), JwsSeal()
    assert first.name != second.name
    assert not second.holds(first.seal(STATEMENT), STATEMENT)


def test_a_key_that_was_kept_seals_and_verifies_as_before(tmp_path: Path) -> None:
    created = JwsSeal.create(tmp_path / "key.pem")
    loaded = JwsSeal.load(str(tmp_path / "key.pem"))
    assert loaded.name == created.name
    assert loaded.holds(created.seal(STATEMENT), STATEMENT)
    assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]


@posix
def test_a_key_is_its_owners_alone(tmp_path: Path) -> None:
    JwsSeal.create(tmp_path / "key.pem")
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_key_that_others_can_reach_is_not_used(tmp_path: Path, mode: int) -> None:
    JwsSeal.create(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(mode)
    with pytest.raises(Unavailable, match="mode 600"):
        JwsSeal.load(tmp_path / "key.pem")


@pytest.mark.parametrize("there", [b"", b"something of value"])
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, there: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(there)
    with pytest.raises(Malformed, match="load the key"):
        JwsSeal.create(tmp_path / "key.pem")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"key.pem": there}


def test_of_many_who_create_a_key_at_once_one_does(tmp_path: Path) -> None:
    def create(_: int) -> str | None:
        try:
            return JwsSeal.create(tmp_path / "key.pem").name
        except Malformed:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [name for name in pool.map(create, range(32)) if name is not None]
    assert made == [JwsSeal.load(tmp_path / "key.pem").name]
    assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("place", ["nowhere/key.pem", "file/key.pem"])
def test_where_nothing_can_be_written_no_key_is_created(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written"):
        JwsSeal.create(tmp_path / place)


@pytest.mark.parametrize("place", ["missing.pem", ".", "file/key.pem"])
def test_a_key_that_cannot_be_read_is_unavailable(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch(mode=0o600)
    with pytest.raises(Unavailable, match="cannot be read") as caught:
        JwsSeal.load(tmp_path / place)
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
        "JWK": PUBLIC.jwk.encode(),
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
        JwsSeal.load(path)
    assert_calm(caught.value)
    assert path.read_bytes() == content


def test_a_key_is_shown_nowhere(tmp_path: Path) -> None:
    seal = JwsSeal.create(tmp_path / "key.pem")
    secret = (tmp_path / "key.pem").read_text("ascii").splitlines()[1]
    shown = f"{seal!r}{vars(seal)!r}{seal.name}{seal.public!r}{vars(seal.public)!r}{seal.public.jwk}"
    assert secret[-40:] not in shown
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(seal)


def assert_calm(error: KundorderError) -> None:
    assert str(error).isprintable()
    assert "BEGIN" not in str(error)


def test_a_public_key_is_handed_out_and_read_again() -> None:
    again = PublicSeal.from_jwk(PUBLIC.jwk)
    assert (again.name, again.jwk, again.thumbprint) == (PUBLIC.name, PUBLIC.jwk, PUBLIC.thumbprint)
    assert PUBLIC.name == f"jwk:{PUBLIC.thumbprint}"
    assert set(JWK) == {"crv", "kid", "kty", "x"}


@pytest.mark.parametrize(
    "members",
    [
        {name: JWK[name] for name in ("x", "kty", "crv")},
        JWK | {"alg": "Ed25519", "use": "sig"},
        JWK | {"alg": "EdDSA"},
        JWK | {"name": "of whom it is", "x5c": ["AA=="], "n": 1, "nothing": None},
    ],
    ids=["bare", "with its use", "with the old name", "with more"],
)
def test_a_public_key_may_say_more_or_less(members: dict[str, object]) -> None:
    assert PublicSeal.from_jwk(json.dumps(members, indent=2)).name == PUBLIC.name


def wrong_jwks() -> dict[str, tuple[str, str]]:
    """What is no public key for Ed25519: the text, and where the problem is told to be."""
    raw = FIXED.public_key().public_bytes_raw()
    x = JWK["x"]
    wrong: dict[str, tuple[str, str]] = {
        "nothing": ("", "$"),
        "no JSON": ("jwk", "$"),
        "cut": (PUBLIC.jwk[:-1], "$"),
        "two": (PUBLIC.jwk * 2, "$"),
        "a list": (f"[{PUBLIC.jwk}]", "$"),
        "a set of keys": (f'{{"keys":[{PUBLIC.jwk}]}}', "$.kty"),
        "a text": (json.dumps(PUBLIC.jwk), "$"),
        "a name twice": (PUBLIC.jwk[:-1] + f',"x":"{x}"}}', "$"),
        "a byte order mark": ("\ufeff" + PUBLIC.jwk, "$"),
        "deep": ("[" * 4000, "$"),
        "a long number": ("1" * 4090, "$"),
        "too long": (PUBLIC.jwk + " " * 4096, "$"),
        "half a character": ('{"kty":"\ud800"}', "$.kty"),
        "the private key": (json.dumps(JWK | {"d": "AA"}), "$.d"),
        "Ed448": (json.dumps(JWK | {"crv": "Ed448"}), "$.crv"),
        "X25519": (json.dumps(JWK | {"crv": "X25519"}), "$.crv"),
        "RSA": (json.dumps(JWK | {"kty": "RSA"}), "$.kty"),
        "symmetric": (json.dumps(JWK | {"kty": "oct", "k": x}), "$.kty"),
        "a list of types": (json.dumps(JWK | {"kty": ["OKP"]}), "$.kty"),
        "another algorithm": (json.dumps(JWK | {"alg": "HS256"}), "$.alg"),
        "a list of algorithms": (json.dumps(JWK | {"alg": ["Ed25519"]}), "$.alg"),
        "to encrypt": (json.dumps(JWK | {"use": "enc"}), "$.use"),
        "another kid": (json.dumps(JWK | {"kid": JwsSeal().public.thumbprint}), "$.kid"),
        "a number as kid": (json.dumps(JWK | {"kid": 1}), "$.kid"),
        "no x": (json.dumps({name: JWK[name] for name in ("kty", "crv")}), "$.x"),
        "a number as x": (json.dumps(JWK | {"x": 1}), "$.x"),
    }
    xs = {
        "empty": "",
        "padded": f"{x}=",
        "in plain base64": x.replace("-", "+").replace("_", "/") + "+",
        "short": x[:-4],
        "long": f"{x}AAAA",
        "with a newline": f"{x}\n",
        "with last bits that are not used": x[:-1] + chr(ord(x[-1]) + 1),
        "beyond the prime": urlsafe_b64encode(b"\xf0" + b"\xff" * 30 + b"\x7f").rstrip(b"=").decode(),
        "in hexadecimal": raw.hex(),
        "in wide letters": x.replace("A", "\uff21"),
    }
    return wrong | {f"x {name}": (json.dumps(JWK | {"x": value}), "$.x") for name, value in xs.items()}


@pytest.mark.parametrize(("text", "path"), wrong_jwks().values(), ids=list(wrong_jwks()))
def test_what_is_no_public_key_is_refused_where_it_is_wrong(text: str, path: str) -> None:
    with pytest.raises(Malformed) as caught:
        PublicSeal.from_jwk(text)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert_calm(caught.value)


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_a_public_key_of_garbage_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        PublicSeal.from_jwk(text)


@given(
    st.dictionaries(st.sampled_from(["kty", "crv", "kid", "d", "alg", "use"]), st.none() | st.text() | st.integers())
)
def test_a_public_key_with_garbage_in_it_is_the_same_or_none(members: dict[str, str | int | None]) -> None:
    try:
        assert PublicSeal.from_jwk(json.dumps(JWK | members)).jwk == PUBLIC.jwk
    except Malformed:
        assert members


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_it_loads_neither_cryptography_nor_joserfc() -> None:
    loaded = python("import sys, kundorder.adapters.jws; print(*sys.modules)").split()
    assert "kundorder.adapters.jws" in loaded
    assert [name for name in loaded if name.partition(".")[0] in {"cryptography", "joserfc"}] == []


@pytest.mark.parametrize("missing", ["cryptography", "joserfc"])
@pytest.mark.parametrize("call", ["JwsSeal()", "PublicSeal(X).name"])
def test_without_its_packages_it_says_what_to_install(missing: str, call: str) -> None:
    said = python(f"""
import sys
sys.modules[{missing!r}] = None
from kundorder.adapters.jws import JwsSeal, PublicSeal
from kundorder.errors import Unavailable
X = {JWK["x"]!r}
try:
    {call}
except Unavailable as error:
    print(error)
""")
    assert "install kundorder[sign]" in said
