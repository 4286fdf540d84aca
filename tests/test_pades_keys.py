"""Keys for signing PDFs: a good one signs, and of any other it is said what is wrong with it and what to do."""

import os
import re
import signal
import subprocess
import sys
import zlib
from base64 import a85decode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12
from pades_desk import AUTHORITY, NOW, PEOPLE, Kept, agreement, asked, email_of, pdf_by, reported, signed, signer_with
from pades_issuer import MIDDLE, ROOT, SECRET, issued

from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.pades import Key, PadesSigner, TestAuthority, report_on
from kundorder.errors import Corrupt, KundorderError, Malformed, Unavailable
from kundorder.ports import Failed
from kundorder.vocabulary import FailureCode

ASA = issued("Åsa Öberg", ROOT)
posix = pytest.mark.skipif(os.name != "posix", reason="signals and modes are those of POSIX")


def says_nothing_secret(error: KundorderError) -> None:
    assert str(error).isprintable()
    assert SECRET not in f"{error!s}{error!r}{error.__cause__!r}"


def test_a_key_is_opened_with_its_password(tmp_path: Path) -> None:
    path = tmp_path / "key.p12"
    path.write_bytes(ASA.pkcs12(MIDDLE.certificate))
    key = Key.load(path, SECRET)
    assert key.certificate.name == "Åsa Öberg"
    assert key.certificate.issuer == "Prov rot"
    assert len(key.chain) == 1
    assert Key.load(str(path), SECRET, at=NOW) == key


@pytest.mark.parametrize(
    "password", ["", "wrong", SECRET.upper(), f"{SECRET} ", "lösenord", "x" * 1000, "\x00", "a\x00b", "\ud800"]
)
def test_a_wrong_password_is_named_and_not_shown(password: str) -> None:
    with pytest.raises(Malformed, match=r"\$\.password: is not that of this key file") as caught:
        Key.of(ASA.pkcs12(), password)
    says_nothing_secret(caught.value)
    assert not password.strip() or password not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"0",
        b"x",
        b"\x30\x05",
        bytes(500),
        ASA.pem,
        ASA.pkcs12()[:-1],
        ASA.pkcs12()[:100],
        ASA.pkcs12() + b"\n",
    ],
    ids=["empty", "a head", "x", "a short head", "zeros", "a certificate", "one byte less", "a part", "longer"],
)
def test_a_damaged_file_is_named_as_such(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.p12").write_bytes(content)
    with pytest.raises(Corrupt, match="the key file is damaged, or is no PKCS#12; restore it") as caught:
        Key.load(tmp_path / "key.p12", SECRET)
    says_nothing_secret(caught.value)
    assert (tmp_path / "key.p12").read_bytes() == content


@pytest.mark.filterwarnings("ignore:PKCS#12 bundle could not be parsed as DER")  # it tries another way to read it then
def test_a_file_that_was_changed_anywhere_gives_no_key(chance: Random) -> None:
    whole = ASA.pkcs12()
    for place in chance.sample(range(len(whole)), 60):
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        try:
            key = Key.of(bytes(changed), SECRET)
        except (Malformed, Corrupt) as error:
            says_nothing_secret(error)
        else:
            assert key == Key.of(whole, SECRET)  # in the few bytes that say nothing, such as the name of the key


@pytest.mark.parametrize("name", ["missing.p12", ".", "file/key.p12"])
def test_a_file_that_cannot_be_read_is_unavailable(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="the key file cannot be read") as caught:
        Key.load(tmp_path / name, SECRET)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_without_a_private_key_is_named_as_such() -> None:
    alone = pkcs12.serialize_key_and_certificates(
        None, None, None, [ASA.certificate], BestAvailableEncryption(SECRET.encode())
    )
    with pytest.raises(Corrupt, match="holds no private key with its certificate; export both together"):
        Key.of(alone, SECRET)


def test_a_key_without_a_certificate_is_named_as_such() -> None:
    alone = pkcs12.serialize_key_and_certificates(
        None, ASA.private, None, None, BestAvailableEncryption(SECRET.encode())
    )
    with pytest.raises(Corrupt, match="holds no private key with its certificate"):
        Key.of(alone, SECRET)


def test_a_key_without_a_password_is_opened_with_none() -> None:
    bare = pkcs12.serialize_key_and_certificates(None, ASA.private, ASA.certificate, None, NoEncryption())
    assert Key.of(bare, "") == ASA.key()


@pytest.mark.parametrize(
    "private",
    [
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - that is the point
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256K1()),
    ],
    ids=["RSA 1024", "Ed25519", "secp256k1"],
)
def test_a_key_of_another_kind_is_refused(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> None:
    with pytest.raises(Corrupt, match="RSA from 2048 bits or EC on P-256, P-384 or P-521"):
        issued("Åsa", ROOT, private=private).key()


@pytest.mark.parametrize(
    "private",
    [
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
    ],
    ids=["RSA 2048", "P-384", "P-521"],
)
def test_every_kind_of_key_that_is_used_signs(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    key = issued("Åsa", ROOT, private=private).key()
    signing = PadesSigner(lambda _: key, MemoryArchive(), trust=[ROOT.pem])
    assert signing.verify(signed(signing, asked(agreement())), agreement())


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (-20, -1, "the certificate ran out on 2026-03-01; get a new one"),
        (1, 20, "the certificate is not valid before 2026-03-03; use it from then on"),
    ],
)
def test_a_certificate_out_of_its_time_is_named_and_signs_nothing(begins: int, ends: int, words: str) -> None:
    found = issued("Åsa", ROOT, begins=NOW + timedelta(days=begins), ends=NOW + timedelta(days=ends))
    with pytest.raises(Malformed, match=words):
        Key.of(found.pkcs12(), SECRET, at=NOW)
    kept = Kept()
    progress = PadesSigner(lambda _: found.key(), kept, trust=[ROOT.pem]).start(asked(agreement()), now=NOW)
    assert isinstance(progress, Failed)
    assert (progress.code, progress.why) == (FailureCode.METHOD_NOT_READY, words)
    assert kept.contents == []


@pytest.mark.parametrize(
    ("key", "trust", "words"),
    [
        (ASA.key(), [AUTHORITY.root_pem], "the issuer of the certificate is not among those trusted; add its root"),
        (ASA.key(), [], "the issuer of the certificate is not among those trusted"),
        (issued("Åsa").key(), [ROOT.pem], "the issuer of the certificate is not among those trusted"),
        (issued("Åsa", MIDDLE).key(), [ROOT.pem], "the issuer of the certificate is not among those trusted"),
        (issued("Åsa", ROOT, for_signing=False).key(), [ROOT.pem], "has not been issued for signatures"),
    ],
    ids=["of another", "nobody is trusted", "by itself", "a link is missing", "not for signing"],
)
def test_a_certificate_that_is_not_trusted_is_named_and_signs_nothing(key: Key, trust: list[bytes], words: str) -> None:
    kept = Kept()
    progress = PadesSigner(lambda _: key, kept, trust=trust).start(asked(agreement()), now=NOW)
    assert isinstance(progress, Failed)
    assert progress.code is FailureCode.METHOD_NOT_READY
    assert words in progress.why
    assert kept.contents == []


def test_a_key_is_shown_nowhere() -> None:
    key = ASA.key()
    shown = f"{key!r}{key.certificate!r}{PadesSigner(lambda _: key, MemoryArchive(), trust=[ROOT.pem])!r}"
    assert "private" not in shown
    assert repr(key.private)[2:20] not in shown
    assert "Åsa" not in shown


# The authority for tests


def test_everything_it_issues_says_that_it_is_a_test() -> None:
    key = AUTHORITY.key_of("Åsa Öberg", "asa@customer.example")
    assert key.certificate.is_test
    assert key.certificate.name == "Åsa Öberg (TEST)"
    assert key.certificate.issuer.startswith("TEST – not a real authority")
    assert not ASA.key().certificate.is_test


def test_a_pdf_signed_with_it_shows_that_it_is_a_test() -> None:
    pdf = pdf_by(PEOPLE[0])
    assert any(line.strip().startswith("TEST:") for line in reported(pdf).lines("en"))
    drawn = [found for found in pictures(pdf) if b"(TEST)" in found]
    assert len(drawn) == 1
    real = added_by_somebody_real()
    assert not any(b"(TEST)" in found for found in pictures(real))
    assert any(b"Prov rot" in found for found in pictures(real))


def pictures(pdf: bytes) -> list[bytes]:
    """What is drawn where people have signed, as it is drawn."""
    found = re.findall(rb"/ASCII85Decode /FlateDecode \]\n/Length \d+\n>>\nstream\r?\n(.*?)~>", pdf, re.DOTALL)
    return [zlib.decompress(a85decode(each)) for each in found]


def added_by_somebody_real() -> bytes:
    kept = Kept()
    signed(PadesSigner(lambda _: ASA.key(), kept, trust=[ROOT.pem]), asked(agreement()))
    return kept.contents[-1]


def test_one_address_has_one_key_and_another_another() -> None:
    authority = TestAuthority.create(NOW)
    asa = authority.key_of("Åsa", "asa@customer.example")
    assert authority.key_of("Somebody", "Asa@Customer.example") is asa
    assert authority.key_of("Åsa", "bo@customer.example") != asa
    assert authority.keys(asked(agreement(), "Åsa Prov")) is asa


def test_a_very_long_name_fits_into_a_certificate() -> None:
    assert AUTHORITY.key_of("Å" * 200, "lang@customer.example").certificate.name == "Å" * 28 + " (TEST)"


def test_an_authority_that_was_saved_is_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    authority = TestAuthority.create(NOW)
    before = authority.key_of("Åsa", "asa@customer.example")
    authority.save(tmp_path / "authority")
    after = authority.key_of("Bo", "bo@customer.example")
    loaded = TestAuthority.load(tmp_path / "authority")
    assert loaded.root_pem == authority.root_pem == (tmp_path / "authority" / "root.pem").read_bytes()
    assert loaded.key_of("Åsa", "asa@customer.example").certificate == before.certificate
    assert loaded.key_of("Bo", "bo@customer.example").certificate == after.certificate
    assert "asa" not in "".join(str(path) for path in (tmp_path / "authority").rglob("*"))


@posix
def test_the_folder_of_an_authority_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        TestAuthority.kept_in(tmp_path / "authority", NOW).key_of("Åsa", "asa@customer.example")
    finally:
        _ = os.umask(before)
    modes = {
        path.is_dir(): path.stat().st_mode & 0o777
        for path in [tmp_path / "authority", *(tmp_path / "authority").rglob("*")]
    }
    assert modes == {True: 0o700, False: 0o600}


def test_a_folder_holds_one_authority(tmp_path: Path) -> None:
    first = TestAuthority.kept_in(tmp_path, NOW)
    assert TestAuthority.kept_in(tmp_path, NOW + timedelta(days=9)).root_pem == first.root_pem
    with pytest.raises(Malformed, match="holds another test authority"):
        TestAuthority.create(NOW).save(tmp_path)
    assert TestAuthority.load(tmp_path).root_pem == first.root_pem


def test_of_many_who_make_one_in_a_folder_everybody_has_the_same(tmp_path: Path) -> None:
    def make(_: int) -> tuple[bytes, str]:
        authority = TestAuthority.kept_in(tmp_path, NOW)
        return authority.root_pem, authority.key_of("Åsa", "asa@customer.example").certificate.fingerprint

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(24)))) == 1
    assert [path.name for path in tmp_path.rglob(".*")] == []


@pytest.mark.parametrize("name", ["root.pem", "keys"])
def test_what_is_missing_in_the_folder_is_put_there_again(tmp_path: Path, name: str) -> None:
    authority = TestAuthority.kept_in(tmp_path, NOW)
    authority.key_of("Åsa", "asa@customer.example")
    path = tmp_path / name
    if path.is_dir():
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    else:
        path.write_bytes(b"half")
    (tmp_path / ".authority.p12.0123456789abcdef").write_bytes(b"half a draft")
    loaded = TestAuthority.load(tmp_path)
    assert (tmp_path / "root.pem").read_bytes() == authority.root_pem
    kept = Kept()
    evidence = signed(signer_with(kept, loaded), asked(agreement(), "Åsa Prov"))
    assert signer_with(kept, authority).verify(evidence, agreement())


@pytest.mark.parametrize("content", [b"", b"half"])
def test_a_damaged_authority_is_named_as_such(tmp_path: Path, content: bytes) -> None:
    TestAuthority.kept_in(tmp_path, NOW)
    (tmp_path / "authority.p12").write_bytes(content)
    with pytest.raises(Corrupt, match="damaged"):
        TestAuthority.load(tmp_path)


def test_where_no_authority_was_saved_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        TestAuthority.load(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        TestAuthority.create(NOW).save(tmp_path / "file" / "authority")


@posix
@pytest.mark.parametrize("event", ["os.link", "os.rename"])
def test_who_is_killed_while_it_is_made_finds_it_or_makes_it(tmp_path: Path, event: str) -> None:
    """Python tells what it is about to do; the process dies at the first, second ... of these, and another goes on."""
    code = """
import os, signal, sys
from datetime import UTC, datetime
from kundorder.adapters.pades import TestAuthority
left = int(sys.argv[3])
def hear(event, arguments):
    global left
    if event == sys.argv[2]:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hear)
authority = TestAuthority.kept_in(sys.argv[1], datetime(2026, 3, 2, tzinfo=UTC))
print(authority.key_of("Asa", "asa@customer.example").certificate.fingerprint)
"""
    killed, found = 0, set[str]()
    for count in range(3):
        folder = tmp_path / str(count)
        done = subprocess.run(
            [sys.executable, "-c", code, folder, event, str(count)], check=False, capture_output=True, text=True
        )
        killed += done.returncode == -signal.SIGKILL
        kept = Kept()
        authority = TestAuthority.kept_in(folder, NOW)
        evidence = signed(signer_with(kept, authority), asked(agreement(), "Åsa Prov"))
        assert signer_with(kept, TestAuthority.load(folder)).verify(evidence, agreement())
        assert report_on(kept.contents[-1], [(folder / "root.pem").read_bytes()]).holds
        if done.returncode == 0:
            found.add(done.stdout.strip())
            assert done.stdout.strip() == authority.key_of("Åsa", email_of("Åsa Prov")).certificate.fingerprint
    assert killed > 0
