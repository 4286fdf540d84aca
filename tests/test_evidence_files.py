"""The evidence file: it needs nothing else to be verified, and whatever is done to it shows."""

import inspect
import json
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import product

import attrs
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from proof import count

from kundorder.adapters.jws import JwsSeal, SealedSigner, holds_by
from kundorder.codec import claim_bytes, document_bytes, document_digest
from kundorder.errors import Malformed, Problem
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.evidence_files import (
    FORMAT,
    LARGEST,
    EvidenceFile,
    EvidenceReport,
    Flaw,
    KeyStanding,
    read,
    verified,
    written,
)
from kundorder.ports import Done
from kundorder.testing.contracts.signing.forging import changed, other_documents, other_evidence
from kundorder.testing.contracts.store.texts import HURTFUL
from kundorder.vocabulary import AssuranceLevel, AttestMethod, Role

NOW = datetime(2026, 3, 2, 9, 30, 0, 5, tzinfo=UTC)
DOCUMENT = Document(
    subject="o-01",
    number=1,
    step=4,
    act="attest",
    organisation="999200-0001",
    capacity=Role.ATTESTANT,
    signer="p-åsa",
    content="ab" * 32,
    text_sv='Attest av beställning\n\nÄrendenummer: 17\nTjänst: "NPÖ"',
    text_en='Attest of an order\n\nCase number: 17\nService: "NPÖ"',
)
FIXED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SEAL = JwsSeal(FIXED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
KEPT = b"<Signature>what the method handed over</Signature>"
LINES = r"""
{"attachments":[],"document":{"act":"attest","capacity":"ATTESTANT","content":"abababababababababababababababa
babababababababababababababababab","number":1,"organisation":"999200-0001","signer":"p-åsa","step":4,"subject"
:"o-01","text_en":"Attest of an order\n\nCase number: 17\nService: \"NPÖ\"","text_sv":"Attest av beställning\n
\nÄrendenummer: 17\nTjänst: \"NPÖ\""},"evidence":{"digest":"de5c532742252b18e5781372bd4ba6b8da4d6ed38d174f1da9
17d702a015cc3f","follows":null,"identity":"","level":"LOW","method":"BANKID","proof":"eyJhbGciOiJFZDI1NTE5Iiwi
andrIjp7ImNydiI6IkVkMjU1MTkiLCJrdHkiOiJPS1AiLCJ4IjoiQTZFSHZfUE9FTDRkY04wWTUwdkFtV2ZrMWpDYnBRMWZIZHlHWkJKVk1iZy
J9LCJraWQiOiIxSUcydE1IN0oyd2JKWm5PZjhMSnpRaXRLZjdMTXZvQUVsc3VETVZNNTRZIiwidHlwIjoia3VuZG9yZGVyLWV2aWRlbmNlIn0.
.OK7GUeiyspFQvV3HieHTJ5BB-JnHZoN25GX3bER8LJbrtMQJrQQI2XzyCp57y_yV8hE8Lg1TKY0KesDYYK4vAQ","signed_at":"2026-03-
02T09:30:00.000005Z","signed_by":"jwk:1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y","signer":"p-åsa"},"format":
"kundorder-evidence","version":1}
"""
GOLDEN = (LINES.replace("\n", "") + "\n").encode()
"""What was written by the first release that could; it is read and verified for ever."""


def signed(document: Document = DOCUMENT, *, seal: JwsSeal = SEAL) -> Evidence:
    """Evidence whose proof is a seal and nothing else."""
    request = SigningRequest(document=document, method=AttestMethod.BANKID)
    progress = SealedSigner(seal).start(request, now=NOW)
    assert isinstance(progress, Done)
    return progress.evidence


def signed_with(kept: bytes, document: Document = DOCUMENT, *, seal: JwsSeal = SEAL) -> Evidence:
    """Evidence whose proof is for something that was kept as well."""
    claim = attrs.evolve(
        signed(document, seal=seal), proof="", identity="1d" * 32, follows="", level=AssuranceLevel.SUBSTANTIAL
    )
    archived = sha256(kept).hexdigest()
    sealed = seal.seal(claim_bytes(claim) + b"\n" + archived.encode())
    proof = json.dumps({"archived": archived, "sealed": sealed}, separators=(",", ":"))
    return attrs.evolve(claim, proof=proof)


def judged(content: bytes, trusted: tuple[str, ...] | None = None) -> EvidenceReport:
    return verified(read(content), holds_by, trusted)


def is_refused(content: bytes) -> bool:
    """Whether it cannot be read, or does not hold."""
    try:
        return not judged(content).holds
    except Malformed:
        return True


BARE = written(DOCUMENT, signed())
FULL = written(DOCUMENT, signed_with(KEPT), [KEPT])
LONE = written(DOCUMENT, signed_with(KEPT))
FILES = {"a seal and nothing else": BARE, "with what was kept": FULL, "without what was kept": LONE}
each_file = pytest.mark.parametrize("content", FILES.values(), ids=list(FILES))


# What a file is


@each_file
def test_what_was_written_is_read_and_holds(content: bytes) -> None:
    report = judged(content)
    assert report.holds
    assert report.flaws == ()
    assert report.file.document == DOCUMENT
    assert written(DOCUMENT, report.file.evidence, [each.content for each in report.file.attachments]) == content


def test_a_file_of_the_first_release_is_written_and_read_as_ever() -> None:
    assert BARE == GOLDEN
    assert judged(GOLDEN, (SEAL.name,)).holds


@each_file
def test_a_file_is_one_line_of_json_with_everything_in_it(content: bytes) -> None:
    assert content.endswith(b"}\n")
    assert content.count(b"\n") == 1
    held = json.loads(content)
    assert list(held) == ["attachments", "document", "evidence", "format", "version"]
    assert set(held["document"]) == {field.name for field in attrs.fields(Document)}
    assert set(held["evidence"]) == {field.name for field in attrs.fields(Evidence)}


def canonical(value: object) -> bytes:
    """Canonical JSON by the standard library alone, as a stranger makes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@each_file
def test_a_stranger_needs_nothing_of_ours_to_say_what_was_signed(content: bytes) -> None:
    held = json.loads(content)
    claim = {name: value for name, value in held["evidence"].items() if name != "proof"}
    evidence = read(content).evidence
    assert canonical(claim | {"purpose": "kundorder evidence 2"}) == claim_bytes(evidence)
    assert canonical(held["document"]) == document_bytes(DOCUMENT)
    assert canonical(held) + b"\n" == content


def test_every_character_is_written_as_a_stranger_writes_it() -> None:
    for start in range(0, 0x110000, 0x1000):
        text = "".join(chr(code) for code in range(start, start + 0x1000) if not 0xD800 <= code < 0xE000)
        document = attrs.evolve(DOCUMENT, text_sv=text)
        assert canonical(json.loads(document_bytes(document))) == document_bytes(document)


texts = st.text() | st.sampled_from([*HURTFUL.values()]) | st.sampled_from(['"', "\\", "</script>", "\x7f", "\u2028"])
whole = st.integers()
documents = st.builds(
    Document,
    subject=texts,
    number=whole,
    step=whole,
    act=texts,
    organisation=texts,
    capacity=st.sampled_from(Role),
    signer=texts,
    content=texts,
    text_sv=texts,
    text_en=texts,
)
evidences = st.builds(
    Evidence,
    method=st.sampled_from(AttestMethod),
    signer=texts,
    digest=texts,
    signed_at=st.datetimes(timezones=st.just(UTC)),
    proof=texts,
    signed_by=texts,
    level=st.sampled_from(AssuranceLevel),
    identity=texts,
    follows=st.none() | texts,
)


@given(documents, evidences)
def test_whatever_is_written_is_read_the_same(document: Document, evidence: Evidence) -> None:
    content = written(document, evidence)
    assert read(content) == EvidenceFile(document=document, evidence=evidence)
    assert content == canonical(json.loads(content)) + b"\n"
    report = judged(content)
    assert not report.holds
    for language in ("sv", "en"):
        assert not any("\n" in line for line in report.lines(language))


@given(documents, st.binary())
def test_whatever_is_signed_holds(document: Document, kept: bytes) -> None:
    assert judged(written(document, signed(document))).holds
    evidence = signed_with(kept, document)
    assert judged(written(document, evidence, [kept])).holds
    assert judged(written(document, evidence)).holds


# What is done to a file


def damaged(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every byte of it another one, away, doubled, with one before it, and in the place of the next."""
    for place, byte in enumerate(content):
        before, after = content[:place], content[place + 1 :]
        values = {*(byte ^ 1 << bit for bit in range(8)), *b' "0'} - {byte}
        yield from (("changed", before + bytes([value]) + after) for value in values)
        yield "deleted", before + after
        yield "cut", before
        yield from (("inserted", before + bytes([value, byte]) + after) for value in (*b' "', byte))
        if after and after[0] != byte:
            yield "swapped", before + bytes([after[0], byte]) + after[1:]
    yield from (("inserted", content + value) for value in (b" ", b"\n", b"\0", b"{}", content))


@each_file
def test_every_single_byte_counts(content: bytes) -> None:
    looked_at = 0
    for how, other in damaged(content):
        assert is_refused(other), how
        looked_at += 1
    count("damaged evidence files", looked_at)


def test_with_an_ordinary_reader_bytes_would_not_count() -> None:
    """Many a change leaves the same meaning; so it is the writing again that finds it."""
    held = json.loads(BARE)
    alike = 0
    for how, content in damaged(BARE):
        try:
            alike += how != "cut" and json.loads(content) == held
        except ValueError:
            continue
    assert alike > 100


def test_of_a_document_in_which_anything_is_another_nothing_holds() -> None:
    others = list(other_documents(DOCUMENT))
    assert {field for field, _ in others} == {field.name for field in attrs.fields(Document)}
    for evidence, kept in ((signed(), []), (signed_with(KEPT), [KEPT])):
        for field, other in others:
            assert Flaw.OTHER_DOCUMENT in judged(written(other, evidence, kept)).flaws, field
            fitted = attrs.evolve(evidence, digest=document_digest(other), signer=other.signer)
            assert judged(written(other, fitted, kept)).flaws == (Flaw.NOT_SEALED,), field


def test_of_evidence_in_which_anything_is_another_nothing_holds() -> None:
    for evidence in (signed(), signed_with(KEPT)):
        others = list(other_evidence(evidence))
        assert {field for field, _ in others} == {field.name for field in attrs.fields(Evidence)}
        for field, other in others:
            assert Flaw.NOT_SEALED in judged(written(DOCUMENT, other)).flaws, field


def test_each_flaw_is_told_by_its_name() -> None:
    another = attrs.evolve(DOCUMENT, text_sv="Något annat")
    elses = attrs.evolve(DOCUMENT, signer="p-bo")
    evidence = signed()
    assert judged(written(another, evidence)).flaws == (Flaw.OTHER_DOCUMENT,)
    by_another = attrs.evolve(signed(elses), digest=document_digest(DOCUMENT))
    assert judged(written(DOCUMENT, by_another)).flaws == (Flaw.OTHER_SIGNER, Flaw.NOT_SEALED)
    assert judged(written(DOCUMENT, attrs.evolve(evidence, proof=""))).flaws == (Flaw.NOT_SEALED,)


def test_a_signer_that_is_not_the_documents_is_told_also_when_the_key_has_sealed_it() -> None:
    claim = attrs.evolve(signed(), signer="p-bo", proof="")
    evidence = attrs.evolve(claim, proof=SEAL.seal(claim_bytes(claim)))
    assert judged(written(DOCUMENT, evidence)).flaws == (Flaw.OTHER_SIGNER,)


def test_a_document_that_is_not_the_evidences_is_told_also_when_the_key_has_sealed_it() -> None:
    claim = attrs.evolve(signed(), digest="cd" * 32, proof="")
    evidence = attrs.evolve(claim, proof=SEAL.seal(claim_bytes(claim)))
    assert judged(written(DOCUMENT, evidence)).flaws == (Flaw.OTHER_DOCUMENT,)


def test_the_two_forms_of_a_proof_are_not_taken_for_each_other() -> None:
    bare, full = signed(), signed_with(KEPT)
    archived = sha256(KEPT).hexdigest()
    sealed = json.loads(full.proof)["sealed"]
    dressed = json.dumps({"archived": archived, "sealed": bare.proof}, separators=(",", ":"))
    assert judged(written(DOCUMENT, attrs.evolve(bare, proof=dressed))).flaws == (Flaw.NOT_SEALED,)
    assert judged(written(DOCUMENT, attrs.evolve(full, proof=sealed))).flaws == (Flaw.NOT_SEALED,)


@pytest.mark.parametrize(
    "form",
    [
        '{{"sealed":"{sealed}","archived":"{archived}"}}',
        '{{"archived":"{archived}", "sealed":"{sealed}"}}',
        '{{"archived":"{archived}","sealed":"{sealed}","more":1}}',
        '{{"archived":"{archived}","archived":"{archived}","sealed":"{sealed}"}}',
        '{{"archived":"{upper}","sealed":"{sealed}"}}',
        '{{"archived":"{archived}","sealed":"{sealed}"}}\n',
        '{{"archived":"","sealed":"{sealed}"}}',
        '{{"archived":null,"sealed":"{sealed}"}}',
        '{{"archived":"{archived}","sealed":""}}',
        "{archived}{sealed}",
    ],
)
def test_a_proof_is_written_in_one_way(form: str) -> None:
    evidence = signed_with(KEPT)
    held = json.loads(evidence.proof)
    proof = form.format(upper=held["archived"].upper(), **held)
    assert judged(written(DOCUMENT, attrs.evolve(evidence, proof=proof))).flaws == (Flaw.NOT_SEALED,)


def test_a_digest_is_written_in_one_way_also_by_the_key_itself() -> None:
    claim = attrs.evolve(signed(), proof="")
    archived = sha256(KEPT).hexdigest().upper()
    sealed = SEAL.seal(claim_bytes(claim) + b"\n" + archived.encode())
    proof = json.dumps({"archived": archived, "sealed": sealed}, separators=(",", ":"))
    assert judged(written(DOCUMENT, attrs.evolve(claim, proof=proof))).flaws == (Flaw.NOT_SEALED,)


def believing(name: str, proof: str, statement: bytes) -> bool:
    """What no key is like."""
    return bool(name and statement) or not proof


def test_what_a_pdf_proves_is_left_to_the_pdf() -> None:
    proof = json.dumps({"archived": sha256(KEPT).hexdigest()}, separators=(",", ":"))
    evidence = attrs.evolve(signed(), method=AttestMethod.CERTIFICATE, proof=proof)
    for content in (written(DOCUMENT, evidence), written(DOCUMENT, evidence, [KEPT])):
        report = verified(read(content), believing, (evidence.signed_by,))
        assert report.flaws == (Flaw.PROVEN_BY_PDF,)
        assert not report.holds
        assert report.lines("en")[-2:] == (
            "The evidence is the signed PDF that has the digest above. Verify that instead.",
            "This file alone does not show whether the evidence holds.",
        )
        assert not any("you trust" in line for line in report.lines("en"))
    other = judged(written(attrs.evolve(DOCUMENT, step=5), evidence))
    assert other.flaws == (Flaw.OTHER_DOCUMENT, Flaw.PROVEN_BY_PDF)
    assert other.lines("en")[-1] == "THE EVIDENCE DOES NOT HOLD."


# What was kept with it


def problem(call: Callable[[], object]) -> Problem:
    with pytest.raises(Malformed) as caught:
        call()
    (found,) = caught.value.problems
    assert str(caught.value).isprintable()
    return found


@pytest.mark.parametrize(
    ("evidence", "kept", "path"),
    [
        (signed(), [KEPT], "$.attachments[0].digest"),
        (signed_with(KEPT), [KEPT[:-1]], "$.attachments[0].digest"),
        (signed_with(KEPT), [b""], "$.attachments[0].digest"),
        (signed_with(KEPT), [KEPT, KEPT], "$.attachments[1].digest"),
        (signed_with(KEPT), [KEPT, b"more"], "$.attachments[1].digest"),
    ],
    ids=["the proof names none", "another", "empty", "twice", "one more"],
)
def test_only_what_the_proof_names_is_attached(evidence: Evidence, kept: list[bytes], path: str) -> None:
    found = problem(lambda: written(DOCUMENT, evidence, kept))
    assert (found.path, found.message) == (path, "must be what the proof names, and stand once")


def test_what_was_kept_is_in_the_file_as_it_was() -> None:
    (attachment,) = read(FULL).attachments
    assert (attachment.content, attachment.digest) == (KEPT, sha256(KEPT).hexdigest())
    assert read(LONE).attachments == ()


def test_an_attachment_under_the_digest_of_another_is_refused() -> None:
    other = FULL.replace(b64encode(KEPT), b64encode(KEPT.upper()))
    assert problem(lambda: read(other)).path == "$.attachments[0].content"
    bare = BARE.replace(b'"attachments":[]', FULL[1 : FULL.index(b"]") + 1])
    assert problem(lambda: read(bare)).path == "$.attachments[0].digest"


# What is no such file


def edited(edit: Callable[[dict[str, dict[str, object]]], object]) -> bytes:
    """The file with something else in it, in canonical form."""
    held = json.loads(BARE)
    edit(held)
    return canonical(held) + b"\n"


WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "$"),
    "a newline": (b"\n", "$"),
    "text": (b"Beviset", "$"),
    "a PDF": (b"%PDF-1.7\n", "$"),
    "an empty object": (b"{}\n", "$"),
    "an empty list": (b"[]\n", "$"),
    "a journal": (b'{"format":"kundorder-journal","version":1}\n', "$.format"),
    "a later release": (BARE.replace(b'"version":1', b'"version":2'), "$.version"),
    "half of it": (BARE[: len(BARE) // 2], "$"),
    "without its newline": (BARE[:-1], "$"),
    "twice": (BARE * 2, "$"),
    "with a byte order mark": (b"\xef\xbb\xbf" + BARE, "$"),
    "with the newlines of another system": (BARE.replace(b"\n", b"\r\n"), "$"),
    "in another encoding": (BARE.decode().encode("utf-16"), "$"),
    "in Latin-1": (BARE.decode().encode("latin-1"), "$"),
    "indented": (json.dumps(json.loads(BARE), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n", "$"),
    "in another order": (json.dumps(dict(reversed(json.loads(BARE).items()))).encode() + b"\n", "$"),
    "in ASCII": (json.dumps(json.loads(BARE), sort_keys=True, separators=(",", ":")).encode() + b"\n", "$"),
    "with a name twice": (BARE.replace(b'"step":4', b'"step":4,"step":4'), "$"),
    "with a name twice and another value": (BARE.replace(b'"step":4', b'"step":5,"step":4'), "$"),
    "with more": (edited(lambda held: held["document"].update(more=1)), "$"),
    "with a fraction": (BARE.replace(b'"step":4', b'"step":4.0'), "$.document.step"),
    "with NaN": (BARE.replace(b'"step":4', b'"step":NaN'), "$"),
    "with half a character": (BARE.replace(b"o-01", b"\\ud800"), "$"),
    "with a number without end": (BARE.replace(b'"step":4', b'"step":' + b"9" * 5_000), "$"),
    "without the step": (edited(lambda held: held["document"].pop("step")), "$.document"),
    "without the level": (edited(lambda held: held["evidence"].pop("level")), "$"),
    "with a text for the step": (edited(lambda held: held["document"].update(step="4")), "$.document.step"),
    "with a role nobody has": (edited(lambda held: held["document"].update(capacity="KING")), "$.document.capacity"),
    "with a method nobody knows": (edited(lambda held: held["evidence"].update(method="X")), "$.evidence.method"),
    "at no time": (edited(lambda held: held["evidence"].update(signed_at="soon")), "$.evidence.signed_at"),
    "at a time without a zone": (
        edited(lambda held: held["evidence"].update(signed_at="2026-03-02T09:30:00.000005")),
        "$.evidence.signed_at",
    ),
    "at a time in another zone": (
        edited(lambda held: held["evidence"].update(signed_at="2026-03-02T10:30:00.000005+01:00")),
        "$",
    ),
    "before all time": (
        edited(lambda held: held["evidence"].update(signed_at="0001-01-01T00:00:00+01:00")),
        "$.evidence.signed_at",
    ),
    "deep": (b"[" * 500 + b"]" * 500, "$"),
    "very deep": (b"[" * 1_000_000, "$"),
    "deep where nobody looks": (BARE.replace(b"{", b'{"x":' + b"[" * 100 + b"]" * 100 + b",", 1), "$"),
    "many blanks": (b" " * 1_000_000 + BARE, "$"),
    "a text without end": (b'{"format":"' + b"x" * 100_000, "$"),
    "backslashes without end": (b'{"format":"' + b"\\" * 100_001, "$"),
    "attachments that are no base64": (
        BARE.replace(b"[]", b'[{"content":"!","digest":""}]'),
        "$.attachments[0].content",
    ),
}


@pytest.mark.parametrize(("content", "path"), WRONG.values(), ids=list(WRONG))
def test_what_is_no_such_file_is_refused_where_it_is_wrong(content: bytes, path: str) -> None:
    assert problem(lambda: read(content)).path == path


def test_what_is_too_large_is_not_looked_at() -> None:
    content = BARE.replace(b"o-01", b"x" * LARGEST)
    assert problem(lambda: read(content)).message == f"must have at most {LARGEST} bytes"


def test_what_is_too_deep_is_not_looked_at_however_deep_the_caller_is() -> None:
    def deeper(frames: int) -> Problem:
        return deeper(frames - 1) if frames else problem(lambda: read(b"[" * 500 + b"]" * 500))

    frames = sys.getrecursionlimit() - len(inspect.stack(0)) - 100
    assert deeper(frames).message == "is no evidence file, or is damaged"


def test_the_first_byte_that_differs_is_told() -> None:
    place = BARE.index(b'"step"')
    found = problem(lambda: read(BARE[:place] + b" " + BARE[place:]))
    assert found.message == f"is not as it was written, from byte {place + 1} on"
    assert f"from byte {len(BARE)} on" in problem(lambda: read(BARE[:-1])).message
    assert f"from byte {len(BARE) + 1} on" in problem(lambda: read(BARE + b"\n")).message


@pytest.mark.parametrize("there", [b'"BANKID"', b'"2026-03-02T09:30:00.000005Z"', b'"ATTESTANT"', b"4", b'"version"'])
def test_no_problem_repeats_what_stands_in_the_file(there: bytes) -> None:
    assert "hemligt" not in problem(lambda: read(BARE.replace(there, b'"hemligt"'))).message


@given(st.binary())
def test_garbage_is_malformed(content: bytes) -> None:
    with pytest.raises(Malformed):
        read(content)


@given(st.data())
def test_a_file_with_garbage_in_it_is_refused(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(list(FILES.values())))
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    garbage = data.draw(st.binary(max_size=40) | texts.map(lambda text: text.encode(errors="surrogatepass")))
    other = content[:start] + garbage + content[end:]
    assert other == content or is_refused(other)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(["attachments", "document", "evidence", "format", "version"]), st.data())
def test_a_file_with_strange_values_raises_nothing_else(name: str, data: st.DataObject) -> None:
    held = json.loads(BARE)
    if name in {"document", "evidence"} and data.draw(st.booleans()):
        name, held_in = data.draw(st.sampled_from(sorted(held[name]))), held[name]
        held_in[name] = data.draw(json_values)
    else:
        held[name] = data.draw(json_values)
    content = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert held == json.loads(BARE) or is_refused(content.encode(errors="surrogatepass"))


@pytest.mark.parametrize("field", ["subject", "text_sv"])
def test_what_no_file_can_hold_is_not_written(field: str) -> None:
    assert problem(lambda: written(changed(DOCUMENT, field, "\ud800"), signed())).path == "$"


def test_what_could_not_be_read_is_not_written() -> None:
    document = attrs.evolve(DOCUMENT, text_sv="x" * LARGEST)
    assert "leave the attachments out" in problem(lambda: written(document, signed())).message


# Whose key it is


def test_a_key_is_trusted_only_when_it_has_been_named() -> None:
    other = JwsSeal().name
    standings = {
        None: (KeyStanding.ONLY_HERE, True),
        (): (KeyStanding.NOT_TRUSTED, False),
        (other,): (KeyStanding.NOT_TRUSTED, False),
        (SEAL.name,): (KeyStanding.TRUSTED, True),
        (other, SEAL.name): (KeyStanding.TRUSTED, True),
    }
    for (trusted, (standing, holds)), content in product(standings.items(), FILES.values()):
        report = judged(content, trusted)
        assert (report.key, report.holds) == (standing, holds)


def test_who_names_a_trusted_key_without_having_it_is_found_out() -> None:
    thief = JwsSeal()
    claim = attrs.evolve(signed(), signed_by=SEAL.name, proof="")
    evidence = attrs.evolve(claim, proof=thief.seal(claim_bytes(claim)))
    report = judged(written(DOCUMENT, evidence), (SEAL.name,))
    assert report.flaws == (Flaw.NOT_SEALED,)
    assert not report.holds
    assert not judged(written(DOCUMENT, signed(seal=thief)), (SEAL.name,)).holds


def test_evidence_that_does_not_hold_never_holds_by_trust() -> None:
    content = written(attrs.evolve(DOCUMENT, step=5), signed())
    for trusted in (None, (), (SEAL.name,)):
        assert not judged(content, trusted).holds


# What is told


def told(content: bytes, trusted: tuple[str, ...] | None = None, language: str = "en") -> str:
    return "\n".join(judged(content, trusted).lines(language))


def test_a_report_says_all_that_matters() -> None:
    assert (
        told(FULL, (SEAL.name,))
        == f"""\
Subject                 o-01, number 1, step 4
Act                     attest
By                      p-åsa
In the capacity of      attestant
For                     999200-0001
When                    2026-03-02 09:30:00 UTC
Method                  BankID
Assurance level         substantial
Identity (digest)       {"1d" * 32}
Kept with it (SHA-256)  {sha256(KEPT).hexdigest()}, is in the file
Key                     {SEAL.name}
This was shown:
  | Attest of an order
  |
  | Case number: 17
  | Service: "NPÖ"
The key is one of those you trust.
The evidence holds: nothing has been changed."""
    )


def test_a_report_is_in_swedish_too() -> None:
    assert (
        told(LONE, None, "sv")
        == f"""\
Ärende                     o-01, nummer 1, steg 4
Handling                   attestera
Av                         p-åsa
I egenskap av              attestant
För                        999200-0001
Tidpunkt                   2026-03-02 09:30:00 UTC
Metod                      BankID
Tillitsnivå                väsentlig
Identitet (kontrollsumma)  {"1d" * 32}
Bevarat därtill (SHA-256)  {sha256(KEPT).hexdigest()}, finns inte i filen
Nyckel                     {SEAL.name}
Detta visades:
  | Attest av beställning
  |
  | Ärendenummer: 17
  | Tjänst: "NPÖ"
Nyckeln står bara i filen själv. Jämför den med vad innehavaren har uppgett på annat sätt.
Inget har ändrats sedan beviset förseglades med den nyckeln; vems den är visas inte."""
    )


def test_a_report_says_what_is_wrong_and_what_a_key_is_worth() -> None:
    bad = written(attrs.evolve(DOCUMENT, step=5), signed())
    assert "another document" in told(bad)
    assert told(bad).endswith("\nTHE EVIDENCE DOES NOT HOLD.")
    assert "none of those you trust" in told(BARE, ())
    assert told(BARE, ()).endswith("\nTHE EVIDENCE DOES NOT HOLD.")
    assert "The key stands only in the file itself." in told(BARE)
    unsealed = told(written(DOCUMENT, attrs.evolve(signed(), proof="")), (SEAL.name,))
    assert "you trust" not in unsealed
    assert "The signature is not right" in unsealed


def test_what_evidence_claims_beyond_its_method_is_not_told() -> None:
    evidence = attrs.evolve(signed(), method=AttestMethod.SMS_CODE, level=AssuranceLevel.HIGH)
    assert "Assurance level     low" in told(written(DOCUMENT, evidence))


def test_what_evidence_builds_on_is_told() -> None:
    evidence = attrs.evolve(signed(), follows="ef" * 32)
    assert f"Builds on (SHA-256)  {'ef' * 32}" in told(written(DOCUMENT, evidence))


def test_a_language_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="fi"):
        judged(BARE).lines("fi")


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(Document) if field.type is str])
def test_a_file_commands_no_terminal_and_adds_no_line(field: str) -> None:
    evil = "x\x1b[2J\r\x07\u202e\u2028\u0085\x9b\u200b\tThe evidence holds: nothing has been changed."
    for language in ("sv", "en"):
        lines = judged(written(changed(DOCUMENT, field, evil), signed())).lines(language)
        assert all(line.isprintable() for line in lines)
        plain = judged(written(changed(DOCUMENT, field, "x"), signed())).lines(language)
        forged = judged(written(changed(DOCUMENT, field, f"x\n{plain[-1]}"), signed())).lines(language)
        assert [line for line in forged if line in plain] == [line for line in plain if line in forged]
        assert len(lines) == len(plain)


def test_who_verifies_is_asked_for_the_key_the_proof_and_the_statement() -> None:
    asked: list[tuple[str, str, bytes]] = []

    def holds(name: str, proof: str, statement: bytes) -> bool:
        asked.append((name, proof, statement))
        return True

    for content in (BARE, FULL):
        assert verified(read(content), holds).holds
    bare, full = read(BARE).evidence, read(FULL).evidence
    held = msgspec.json.decode(full.proof, type=dict[str, str])
    assert asked == [
        (SEAL.name, bare.proof, claim_bytes(bare)),
        (SEAL.name, held["sealed"], claim_bytes(full) + b"\n" + held["archived"].encode()),
    ]
    assert FORMAT.encode() in BARE
