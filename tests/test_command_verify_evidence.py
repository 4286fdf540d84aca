"""``verify-evidence``: what it tells a person and the shell of an evidence file, with nothing else at hand."""

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import attrs
import pytest

from kundorder.__main__ import main
from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.jws import JwsSeal, SealedSigner
from kundorder.adapters.pades import PadesSigner, TestAuthority
from kundorder.codec import document_digest
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.command_line.verifying import verify_evidence
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.evidence_files import LARGEST, written
from kundorder.ports import Done
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT
from kundorder.vocabulary import AttestMethod, Language

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SEAL = JwsSeal()
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def evidence_of(document: Document = DOCUMENT) -> bytes:
    progress = SealedSigner(SEAL).start(SigningRequest(document=document, method=AttestMethod.BANKID), now=NOW)
    assert isinstance(progress, Done)
    return written(document, progress.evidence)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An evidence file that holds."""
    path = tmp_path / "evidence.json"
    path.write_bytes(evidence_of())
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The public key it was made by."""
    path = tmp_path / "key.jwk"
    path.write_text(SEAL.public.jwk, "utf-8")
    return path


def run(file: Path, *trust: Path, language: Language = Language.EN) -> tuple[int, list[str]]:
    """The exit status, and what was said."""
    stream = io.StringIO()
    try:
        status = verify_evidence(file, trust, language=language, stream=stream)
    except StoppedError as error:
        assert stream.getvalue() == ""
        return error.status, [error.message]
    return status, stream.getvalue().splitlines()


def the_line(file: Path, *trust: Path) -> str:
    """What is said of a file that cannot be looked at."""
    status, lines = run(file, *trust)
    assert status == Status.BAD_INPUT
    (line,) = lines
    assert line.isprintable()
    return line


def test_evidence_by_a_trusted_key_holds(file: Path, key: Path) -> None:
    status, lines = run(file, key)
    assert status == Status.DONE
    assert lines[-2:] == ["The key is one of those you trust.", "The evidence holds: nothing has been changed."]


def test_it_says_who_attested_what_for_whom_when_and_how(file: Path) -> None:
    _, lines = run(file)
    said = "\n".join(lines)
    for what in (
        DOCUMENT.subject,
        DOCUMENT.signer,
        DOCUMENT.organisation,
        "signatory",
        "BankID",
        "2026-03-02 09:30:00",
    ):
        assert what in said
    assert all(f"  | {line}".rstrip() in lines for line in DOCUMENT.text_en.split("\n"))


def test_without_a_key_to_trust_it_says_what_to_compare(file: Path) -> None:
    status, lines = run(file)
    assert status == Status.DONE
    assert lines[-2].startswith("The key stands only in the file itself.")
    assert f"jwk:{SEAL.public.thumbprint}" in next(line for line in lines if line.startswith("Key "))


@pytest.mark.parametrize("language", Language)
def test_it_speaks_both_languages(file: Path, language: Language) -> None:
    status, lines = run(file, language=language)
    assert status == Status.DONE
    assert (
        lines[-1]
        == {
            Language.SV: "Inget har ändrats sedan beviset förseglades med den nyckeln; vems den är visas inte.",
            Language.EN: "Nothing has been changed since it was sealed with that key; whose it is, is not shown.",
        }[language]
    )


def test_by_a_key_that_is_not_trusted_nothing_holds(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jwk"
    other.write_text(JwsSeal().public.jwk, "utf-8")
    status, lines = run(file, other)
    assert status == Status.FAILED
    assert lines[-2:] == ["The key is none of those you trust.", "THE EVIDENCE DOES NOT HOLD."]


def test_one_trusted_key_of_several_is_enough(file: Path, key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jwk"
    other.write_text(JwsSeal().public.jwk, "utf-8")
    assert run(file, other, key)[0] == Status.DONE


@pytest.mark.parametrize("form", ["{}", "{}\n", " {} \r\n"])
def test_a_key_may_be_trusted_by_its_name_alone(file: Path, tmp_path: Path, form: str) -> None:
    name = tmp_path / "name.txt"
    name.write_text(form.format(SEAL.name), "ascii", newline="")
    assert run(file, name)[0] == Status.DONE
    name.write_text(form.format(JwsSeal().name), "ascii", newline="")
    assert run(file, name)[0] == Status.FAILED


def test_what_was_changed_does_not_hold(file: Path, key: Path) -> None:
    other = attrs.evolve(DOCUMENT, step=1)
    file.write_bytes(evidence_of().replace(b'"step":0', b'"step":1'))
    status, lines = run(file, key)
    assert status == Status.FAILED
    assert lines[-1] == "THE EVIDENCE DOES NOT HOLD."
    file.write_bytes(evidence_of(other))
    assert run(file, key)[0] == Status.DONE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "$: "),
        (b"hello", "$: "),
        (evidence_of()[:-1], "$: is not as it was written, from byte"),
        (evidence_of()[:100], "$: "),
        (evidence_of() + b"\n", "$: is not as it was written, from byte"),
        (evidence_of().replace(b'"version":1', b'"version":2'), "$.version: must be 1; for a later one, upgrade"),
        (evidence_of().replace(b'"step":0', b'"step":""'), "$.document.step: "),
        (b"\0" * (LARGEST + 1), f"has more than {LARGEST} bytes"),
    ],
    ids=["empty", "text", "without its newline", "cut", "longer", "later", "damaged", "too large"],
)
def test_what_is_damaged_is_told_in_a_line_with_what_to_do(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    line = the_line(file)
    assert line.startswith(f"{file}: ")
    assert said in line
    assert line.endswith(("; take an undamaged copy of the file", "so it is not what it should be"))


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in the_line(tmp_path / name)


def test_a_key_that_cannot_be_read_is_told(file: Path, tmp_path: Path) -> None:
    assert the_line(file, tmp_path / "missing.jwk").startswith(f"{tmp_path / 'missing.jwk'}: cannot be read")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no public key (JWK)"),
        (b"\xff\xfe", "holds no public key (JWK)"),
        (CERTIFICATE, "holds no public key (JWK)"),
        (SEAL.name.encode()[:-1], "holds no public key (JWK)"),
        (SEAL.name.encode() * 2, "holds no public key (JWK)"),
        (b"{", "$: must be a key in JSON (JWK)"),
        (SEAL.public.jwk.replace("Ed25519", "Ed448").encode(), "$.crv: must be Ed25519"),
        (SEAL.public.jwk.replace('"kty"', '"d":"AA","kty"').encode(), "$.d: "),
        (b"x" * 70_000, "has more than 65536 bytes"),
    ],
    ids=["empty", "no text", "a certificate", "half a name", "two names", "cut", "another curve", "private", "large"],
)
def test_what_is_no_key_is_trusted_in_nothing(file: Path, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "trusted"
    path.write_bytes(content)
    line = the_line(file, path)
    assert line.startswith(f"{path}: ")
    assert said in line


def test_a_pdf_is_verified_by_certificates_only(tmp_path: Path, key: Path) -> None:
    pdf = tmp_path / "agreement.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    assert the_line(pdf, key).startswith(f"{key}: $.trust: must be certificates")


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return TestAuthority.create(NOW)


@pytest.fixture(scope="module")
def agreement(authority: TestAuthority) -> bytes:
    """A signed PDF."""
    archive = MemoryArchive()
    signing = PadesSigner(authority.keys, archive, trust=[authority.root_pem])
    request = SigningRequest(document=DOCUMENT, method=AttestMethod.CERTIFICATE, to=CONTACT)
    progress = signing.start(request, now=NOW)
    assert isinstance(progress, Done)
    return archive.fetch(json.loads(progress.evidence.proof)["archived"])


def test_a_signed_pdf_holds_by_a_trusted_certificate_and_by_no_other(
    tmp_path: Path, authority: TestAuthority, agreement: bytes
) -> None:
    pdf, root, other = tmp_path / "agreement.pdf", tmp_path / "root.pem", tmp_path / "other.pem"
    pdf.write_bytes(agreement)
    root.write_bytes(authority.root_pem)
    other.write_bytes(TestAuthority.create(NOW).root_pem)
    status, lines = run(pdf, root)
    assert status == Status.DONE
    assert any(CONTACT.name in line for line in lines)
    assert run(pdf, root, other)[0] == Status.DONE
    assert run(pdf, other)[0] == Status.FAILED
    assert run(pdf)[0] == Status.FAILED
    assert run(pdf, root, language=Language.SV)[1] != lines


def test_a_pdf_that_was_changed_or_cut_does_not_hold(
    tmp_path: Path, authority: TestAuthority, agreement: bytes
) -> None:
    pdf, root = tmp_path / "agreement.pdf", tmp_path / "root.pem"
    root.write_bytes(authority.root_pem)
    middle = len(agreement) // 2
    changed = agreement[:middle] + bytes([agreement[middle] ^ 1]) + agreement[middle + 1 :]
    for content in (changed, agreement[:middle], b"%PDF", b"%PDF-1.7\n"):
        pdf.write_bytes(content)
        status, lines = run(pdf, root)
        assert status == Status.FAILED
        assert lines


def test_evidence_that_a_pdf_proves_says_so(tmp_path: Path, key: Path, agreement: bytes) -> None:
    path = tmp_path / "evidence.json"
    proof = json.dumps({"archived": sha256(agreement).hexdigest()}, separators=(",", ":"))
    claim = Evidence(
        method=AttestMethod.CERTIFICATE,
        signer=DOCUMENT.signer,
        digest=document_digest(DOCUMENT),
        signed_at=NOW,
        proof=proof,
    )
    path.write_bytes(written(DOCUMENT, claim, [agreement]))
    status, lines = run(path, key)
    assert status == Status.FAILED
    assert "Verify that instead" in lines[-2]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_told(tmp_path: Path, agreement: bytes, content: bytes) -> None:
    pdf, root = tmp_path / "agreement.pdf", tmp_path / "root.pem"
    pdf.write_bytes(agreement)
    root.write_bytes(content)
    assert the_line(pdf, root).startswith(f"{root}: ")


def test_the_shell_is_told(file: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify-evidence", str(file), "--trust", str(key)]) == 0
    assert "The evidence holds" in capsys.readouterr().out
    file.write_bytes(evidence_of().replace(b'"step":0', b'"step":1'))
    assert main(["verify-evidence", str(file), "--trust", str(key)]) == 1
    assert "DOES NOT HOLD" in capsys.readouterr().out
    file.write_bytes(evidence_of()[:-1])
    assert main(["verify-evidence", str(file), "--trust", str(key)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith(f"kundorder: {file}: $: is not as it was written")


def python(code: str, *arguments: str, standard_input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-c", code, *arguments]
    return subprocess.run(call, input=standard_input, check=False, capture_output=True, timeout=60)


CODE = """
import sys
from pathlib import Path
from kundorder.command_line.verifying import verify_evidence
status = verify_evidence(Path(sys.argv[1]), stream=sys.stdout)
print(*sys.modules, file=sys.stderr)
sys.exit(status)
"""


def test_it_needs_no_database_and_nothing_for_pdfs(file: Path) -> None:
    ended = python(CODE, str(file))
    assert ended.returncode == 0
    loaded = {name.partition(".")[0] for name in ended.stderr.decode().split()}
    assert loaded.isdisjoint({"sqlite3", "sqlalchemy", "psycopg", "pyhanko", "reportlab"})


def test_it_reads_what_comes_in() -> None:
    ended = python(CODE, "-", standard_input=evidence_of())
    assert ended.returncode == 0
    assert b"Nothing has been changed" in ended.stdout
    other = python(CODE, "-", standard_input=evidence_of().replace(b'"step":0', b'"step":1'))
    assert other.returncode == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe with a name is POSIX's")
def test_what_never_ends_is_not_read_to_its_end() -> None:
    assert the_line(Path("/dev/zero")).endswith("so it is not what it should be")
