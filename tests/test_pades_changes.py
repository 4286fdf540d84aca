"""A signed PDF that was changed: whatever was done to it is reported, and it proves nothing any more."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random

import attrs
import pytest
from pades_desk import (
    AUTHORITY,
    NOW,
    PEOPLE,
    Kept,
    agreement,
    asked,
    jointly,
    pdf_by,
    reported,
    signed,
    signer_with,
)
from pades_forger import CHANGES, OVERLAY, Pdf, a_signature_of_another, cuts, gaps, put, revisions, stream
from pades_insider import with_a_hole
from pades_issuer import MIDDLE, ROOT, issued

from kundorder.adapters.pades import Damage, Doubt, Flaw, Key, PadesSigner, TestAuthority, agreement_pdf, report_on
from kundorder.adapters.pades.asking import Entry, Trust
from kundorder.adapters.pades.hanko import append
from kundorder.adapters.pades.words import DAMAGES, DOUBTS, FLAWS
from kundorder.codec import claim_bytes, document_digest
from kundorder.errors import Malformed
from kundorder.evidence import Document, Evidence
from kundorder.vocabulary import AttestMethod, Language

DOCUMENT = agreement(signer="s2")


@cache
def by_two() -> tuple[bytes, Evidence]:
    """An agreement two have signed, and the evidence of the second."""
    kept = Kept()
    evidence = jointly(*PEOPLE[:2], archive=kept)[-1]
    return kept.contents[-1], evidence


@attrs.frozen
class Careless:
    """An archive that hands out what somebody has put there instead."""

    content: bytes

    def keep(self, content: bytes) -> str:
        raise NotImplementedError(len(content))

    def fetch(self, digest: str) -> bytes:
        assert len(digest) == 64
        return self.content


def proves(pdf: bytes, evidence: Evidence, document: Document = DOCUMENT) -> bool:
    """Whether the evidence would be believed if this were in the archive."""
    return signer_with(Careless(pdf)).verify(evidence, document)


def said(pdf: bytes) -> str:
    report = reported(pdf)
    swedish, english = report.lines("sv"), report.lines("en")
    assert len(swedish) == len(english) > 0
    assert all(line.isprintable() for line in (*swedish, *english))
    return "\n".join(english)


def test_what_was_not_changed_holds_and_proves() -> None:
    pdf, evidence = by_two()
    assert reported(pdf).holds
    assert proves(pdf, evidence)
    assert said(pdf).startswith("The signatures hold, and nothing was changed after them.")


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_was_done_to_it_is_reported_and_proves_nothing(name: str) -> None:
    pdf, evidence = by_two()
    changed = CHANGES[name](pdf)
    assert changed != pdf
    report = reported(changed)
    assert not report.holds
    assert not proves(changed, evidence)
    assert "The signatures hold" not in said(changed)
    if Damage.ADDED_LAST in report.found.damage:
        assert not any(each.holds for each in report.found.signatures)


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_signed_by_one_and_changed_is_reported(name: str) -> None:
    assert not reported(CHANGES[name](pdf_by(PEOPLE[0]))).holds


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a_byte_of_the_text", "the signature does not match the content"),
        ("the_last_signature_zeroed", "a signature that is damaged"),
        ("a_signature_of_another_kind", "of a kind that cannot be validated here"),
        ("the_range_shortened", "the signature does not cover everything"),
        ("something_drawn_over_a_page", "something else than signatures was added, changed or removed"),
        ("the_title_changed", "Something was added to the file after the last signature"),
        ("the_form_removed", "Nobody has signed the file"),
        ("half_of_it", "it is damaged, cut off or no PDF"),
    ],
)
def test_the_report_says_what_is_wrong(name: str, words: str) -> None:
    assert words in said(CHANGES[name](by_two()[0]))


def test_wherever_a_byte_is_another_it_is_reported(chance: Random) -> None:
    pdf, _ = by_two()
    start, end = gaps(pdf)[-1]
    for _ in range(40):
        place = chance.choice([*range(0, start, 97), *range(end, len(pdf))]) + chance.randrange(-40, 40)
        if not (start <= place < end) and 0 <= place < len(pdf):
            changed = put(pdf, place, bytes([pdf[place] ^ (1 << chance.randrange(8))]))
            assert not reported(changed).holds, f"byte {place}"


def test_a_signature_with_other_digits_is_reported_or_the_same_signature(chance: Random) -> None:
    """What stands outside what is signed, such as spare certificates, may be lost; what it says stays as it was."""
    pdf, evidence = by_two()
    start, end = gaps(pdf)[-1]
    for place in chance.sample(range(start, end), 20):
        found = reported(put(pdf, place, b"A" if pdf[place : place + 1] != b"A" else b"B"))
        if found.holds:
            (_, last) = found.found.signatures
            assert (last.certificate.fingerprint, last.certificate.identity) == (evidence.signed_by, evidence.identity)


@pytest.mark.parametrize("digits", [b"1", b"F", b"30"])
def test_nothing_can_be_hidden_behind_a_signature(digits: bytes) -> None:
    pdf, _ = by_two()
    _, end = gaps(pdf)[-1]
    assert pdf[end - 40 : end] == b"0" * 40
    assert not reported(put(pdf, end - 20, digits)).holds


def test_cut_off_anywhere_it_is_reported() -> None:
    pdf, _ = by_two()
    assert [len(part) for part in cuts(pdf, 4001) if reported(part).holds] == []


def test_without_its_last_signature_it_is_what_the_first_has_signed_and_proves_nothing_of_the_second() -> None:
    """Nothing is wrong with that file; who knows that there was more sees that it is missing."""
    pdf, evidence = by_two()
    before = pdf[: revisions(pdf)[1]]
    report = reported(before)
    assert [each.certificate.name for each in report.found.signatures] == [f"{PEOPLE[0]} (TEST)"]
    assert not proves(before, evidence)
    nobody = pdf[: revisions(pdf)[0]]
    assert reported(nobody).found.damage == (Damage.NO_SIGNATURES,)
    assert not proves(nobody, evidence)


def test_a_signature_from_another_agreement_is_none_of_this() -> None:
    pdf, evidence = by_two()
    kept = Kept()
    signed(signer_with(kept), asked(agreement(terms="Något annat."), PEOPLE[1]))
    forged = a_signature_of_another(pdf, kept.contents[-1])
    assert not reported(forged).holds
    assert not proves(forged, evidence)


def test_another_agreement_signed_by_the_same_persons_is_not_this_one() -> None:
    kept, given = Kept(), list[Evidence]()
    for name in PEOPLE[:2]:
        given.append(signed(signer_with(kept), asked(agreement(signer="s2", terms="Något annat."), name, given)))
    assert reported(kept.contents[-1]).holds
    assert not proves(kept.contents[-1], by_two()[1])


# What somebody with a key could do

BOTH = (AUTHORITY.root_pem, ROOT.pem)


def evidence_by(key: Key, at: datetime = NOW) -> Evidence:
    return Evidence(
        method=AttestMethod.CERTIFICATE,
        signer=DOCUMENT.signer,
        digest=document_digest(DOCUMENT),
        signed_at=at,
        proof=by_two()[1].proof,
        signed_by=key.certificate.fingerprint,
        identity=key.certificate.identity,
        follows="",
    )


def added_by(key: Key, pdf: bytes, evidence: Evidence, claim: str | None = None) -> bytes:
    """The PDF with one more signature, made without asking anybody whether that is right."""
    entry = Entry(
        key=key,
        field="Signature9",
        place=None,
        picture=agreement_pdf(agreement()),
        reason="",
        claim=claim_bytes(evidence).decode() if claim is None else claim,
        now=evidence.signed_at,
        trust=Trust(()),
    )
    return append(pdf, entry)


def believed(pdf: bytes, evidence: Evidence, trust: Sequence[bytes] = BOTH) -> bool:
    return PadesSigner(lambda _: None, Careless(pdf), trust=trust).verify(evidence, DOCUMENT)


def test_a_key_that_is_trusted_can_sign_what_this_library_has_laid_out() -> None:
    key = issued("Bo Ek", ROOT).key()
    pdf, evidence = added_by(key, agreement_pdf(DOCUMENT), evidence_by(key)), evidence_by(key)
    assert believed(pdf, evidence)
    assert not believed(pdf, evidence, [AUTHORITY.root_pem])
    assert not believed(pdf, evidence, [])


@pytest.mark.parametrize(
    ("key", "doubt"),
    [
        (issued("Bo Ek").key(), Doubt.UNKNOWN_ISSUER),
        (TestAuthority.create(NOW).key_of("Bo Ek", "bo@customer.example"), Doubt.UNKNOWN_ISSUER),
        (issued("Bo Ek", ROOT, ends=NOW - timedelta(days=1)).key(), Doubt.EXPIRED),
        (issued("Bo Ek", ROOT, begins=NOW + timedelta(days=1)).key(), Doubt.NOT_YET_VALID),
        (issued("Bo Ek", ROOT, for_signing=False).key(), Doubt.NOT_FOR_SIGNING),
        (issued("Bo Ek", MIDDLE).key(), Doubt.UNKNOWN_ISSUER),
        (issued("Bo Ek", issued("Åsa", ROOT)).key(), Doubt.UNKNOWN_ISSUER),
    ],
    ids=[
        "by itself",
        "another authority",
        "expired",
        "not yet",
        "not for signing",
        "a link is missing",
        "no authority",
    ],
)
def test_a_signature_by_a_certificate_that_is_not_to_be_trusted_is_reported(key: Key, doubt: Doubt) -> None:
    evidence = evidence_by(key)
    for pdf in (agreement_pdf(DOCUMENT), pdf_by(PEOPLE[0])):
        signed_too = added_by(key, pdf, evidence)
        report = report_on(signed_too, BOTH)
        assert not report.holds
        assert report.found.signatures[-1].doubt is doubt
        assert any(DOUBTS[doubt][0] in line for line in report.lines("sv"))
        assert any(DOUBTS[doubt][1] in line for line in report.lines("en"))
        assert not believed(signed_too, evidence)


def test_what_is_found_is_said_in_the_report_and_nowhere_else(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """PyHanko would log whose certificate it is."""
    with caplog.at_level(logging.DEBUG):
        key, (pdf, _) = issued("Kanariefågel").key(), by_two()
        for changed in (*(change(pdf) for change in CHANGES.values()), added_by(key, pdf, evidence_by(key))):
            assert not reported(changed).holds
        logging.getLogger("pyhanko.sign.validation.generic_cms").warning("for somebody else")
    said_by_it = [record.getMessage() for record in caplog.records if record.name.startswith("pyhanko")]
    assert said_by_it == ["for somebody else"]
    assert "Kanariefågel" not in caplog.text
    assert capfd.readouterr() == ("", "")


def test_a_signature_that_is_not_trusted_before_one_that_is_spoils_it() -> None:
    stranger, key = issued("Ingen"), issued("Bo Ek", ROOT).key()
    first = added_by(stranger.key(), agreement_pdf(DOCUMENT), evidence_by(stranger.key()))
    pdf = added_by(key, first.replace(b"Signature9", b"Signature8"), evidence_by(key))
    assert not report_on(pdf, BOTH).holds
    assert not believed(pdf, evidence_by(key))


def test_with_the_links_between_a_certificate_is_trusted() -> None:
    key = issued("Bo Ek", MIDDLE).key(MIDDLE.certificate)
    evidence = evidence_by(key)
    pdf = added_by(key, agreement_pdf(DOCUMENT), evidence)
    assert report_on(pdf, [ROOT.pem]).holds
    assert believed(pdf, evidence, [ROOT.pem])


def test_what_was_changed_before_anybody_signed_proves_nothing_though_who_signed_is_trusted() -> None:
    """The file alone cannot tell: it is what was signed. Compared with the document it is another."""
    key = issued("Bo Ek", ROOT).key()
    evidence, blank = evidence_by(key), agreement_pdf(DOCUMENT)
    page = re.search(rb"/Contents (\d+) 0 R", blank)
    assert page is not None
    for pdf in (
        Pdf(blank).with_revision({int(page[1]): stream(OVERLAY)}),
        blank.replace(b"Tj", b"Tj ", 1),
        agreement_pdf(agreement(terms="Något annat.")),
        Pdf(blank).with_revision({Pdf(blank).size: stream(OVERLAY)}),
    ):
        changed = added_by(key, pdf, evidence)
        assert report_on(changed, BOTH).found.signatures[-1].doubt is None
        assert not believed(changed, evidence)


def test_what_was_changed_between_two_signatures_is_reported_though_the_second_covers_it() -> None:
    """Who signs last may not change what the one before has signed."""
    key = issued("Bo Ek", ROOT).key()
    for name in ("something_drawn_over_a_page", "a_note_added", "a_field_with_another_picture", "a_script_added"):
        changed = added_by(key, CHANGES[name](pdf_by(PEOPLE[0])), evidence_by(key))
        report = report_on(changed, BOTH)
        first, second = report.found.signatures
        assert not report.holds
        assert (first.flaws, second.flaws) == ((Flaw.CHANGED_AFTER,), ())
        assert second.is_last
        assert not believed(changed, evidence_by(key))


@pytest.mark.parametrize("claim", ["", "{}", "x", "[" * 5000, '{"signed_at":"2026-03-02T09:30:00.000005Z"}'])
def test_a_signature_that_does_not_say_what_the_evidence_says_does_not_prove_it(claim: str) -> None:
    key = issued("Bo Ek", ROOT).key()
    pdf = added_by(key, agreement_pdf(DOCUMENT), evidence_by(key), claim)
    assert not believed(pdf, evidence_by(key))
    assert report_on(pdf, BOTH).holds is (claim == "")  # who says nothing has signed the file all the same


def test_a_signature_with_a_hole_is_reported_though_its_lengths_are_those_of_the_file() -> None:
    key = issued("Bo Ek", ROOT).key()
    pdf = added_by(key, agreement_pdf(DOCUMENT), evidence_by(key))
    assert report_on(with_a_hole(pdf, key, 0), BOTH).holds
    holed = with_a_hole(pdf, key, 10)
    assert report_on(holed, BOTH).found.signatures[-1].flaws == (Flaw.PARTIAL,)
    assert not believed(holed, evidence_by(key))


def test_a_signature_that_says_it_is_by_somebody_else_or_of_another_time_is_reported() -> None:
    key, other = issued("Bo Ek", ROOT).key(), issued("Åsa Öberg", ROOT).key()
    for evidence in (evidence_by(other), attrs.evolve(evidence_by(key), signed_at=NOW + timedelta(seconds=1))):
        claim = claim_bytes(evidence).decode()
        pdf = added_by(key, agreement_pdf(DOCUMENT), evidence_by(key), claim)
        assert report_on(pdf, BOTH).found.signatures[-1].flaws == (Flaw.CLAIM,)
        assert not believed(pdf, evidence)


@pytest.mark.parametrize("field", ["identity", "signed_by"])
def test_nobody_can_sign_as_somebody_else_though_the_key_is_trusted(field: str) -> None:
    key, other = issued("Bo Ek", ROOT).key(), issued("Åsa Öberg", ROOT).key()
    evidence = attrs.evolve(evidence_by(key), **{field: getattr(evidence_by(other), field)})
    assert not believed(added_by(key, agreement_pdf(DOCUMENT), evidence), evidence)


def test_a_signature_added_afterwards_by_somebody_trusted_proves_itself_and_not_the_one_before() -> None:
    pdf, evidence = by_two()
    key = issued("Vittne", ROOT).key()
    more = added_by(key, pdf, evidence_by(key))
    assert report_on(more, BOTH).holds
    assert not believed(more, evidence)


# What is no signed PDF at all


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\n%%EOF",
        b"\x00" * 1000,
        b"startxref\n0\n%%EOF",
        b"%PDF-1.7\nstartxref\n99999\n%%EOF\n",
    ],
)
def test_what_is_no_pdf_is_reported_as_such(content: bytes) -> None:
    report = reported(content)
    assert report.found.damage == (Damage.NOT_READABLE,)
    assert not report.holds
    assert "no PDF" in said(content)


def test_what_nobody_has_signed_is_reported_as_such() -> None:
    assert reported(agreement_pdf(DOCUMENT)).found.damage == (Damage.NO_SIGNATURES,)


def test_random_changes_raise_nothing(chance: Random) -> None:
    pdf, _ = by_two()
    for _ in range(30):
        changed = bytearray(pdf)
        for _ in range(chance.randrange(1, 30)):
            place = chance.randrange(len(changed))
            changed[place : place + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        assert not reported(bytes(changed)).holds or bytes(changed) == pdf


@pytest.mark.parametrize("trusted", [b"", b"x", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_not_trusted_in_silence(trusted: bytes) -> None:
    with pytest.raises(Malformed, match=r"\$\.trust"):
        report_on(b"", [trusted])
    with pytest.raises(Malformed, match=r"\$\.trust"):
        PadesSigner(lambda _: None, Careless(b""), trust=[trusted])


def test_a_name_in_a_certificate_cannot_steer_a_terminal() -> None:
    key = issued("Bo\x1b[2J\nÅsa\u202e", ROOT).key()
    pdf = added_by(key, agreement_pdf(DOCUMENT), evidence_by(key))
    for language in Language:
        assert all(line.isprintable() for line in report_on(pdf, BOTH).lines(language))


def test_there_are_words_for_everything_that_can_be_wrong() -> None:
    assert set(DAMAGES) == set(Damage)
    assert set(FLAWS) == set(Flaw)
    assert set(DOUBTS) == set(Doubt)
    for swedish, english in (*DAMAGES.values(), *FLAWS.values(), *DOUBTS.values()):
        assert swedish != english


def test_a_report_is_in_swedish_or_english() -> None:
    report = reported(by_two()[0])
    assert report.lines() == report.lines("sv") != report.lines("en")
    with pytest.raises(ValueError, match="fi"):
        report.lines("fi")
