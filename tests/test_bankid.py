"""Signing with BankID: by the person who has to, of the text that was shown, and by nobody else."""

import hmac
import json
import logging
import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

import attrs
import pytest
from bankid_stand_in import (
    ANNA,
    BO,
    BankIdStandIn,
    Cuts,
    Files,
    Handing,
    Order,
    Says,
    completion,
    handed,
    ocsp_of,
    person,
    refuses,
    signed_by,
)
from cryptography.x509 import ocsp

from kundorder.adapters.archive import FolderArchive, MemoryArchive
from kundorder.adapters.bankid import BankId, ClientCertificate, qr_svg
from kundorder.adapters.bankid.qr import qr_content
from kundorder.adapters.jws import JwsSeal
from kundorder.codec import claim_bytes, document_bytes, document_digest
from kundorder.errors import Malformed, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports import Archive, Done, Failed, Pending, Progress, Seal, ShowQr, Signing
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT, IP, SigningContract, drive, resume
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode, Language

Back: TypeAlias = Callable[[SigningRequest], str | None] | str | None
F = FailureCode
NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
KEY = bytes(range(32))
SEAL = JwsSeal()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files.written(tmp_path_factory.mktemp("papers"))


@attrs.frozen
class Away:
    """A key store that does not answer."""

    name: str = SEAL.name

    def seal(self, statement: bytes) -> str:
        del statement
        raise Unavailable("the key store does not answer")

    def holds(self, proof: str, statement: bytes) -> bool:
        return SEAL.holds(proof, statement)


@attrs.frozen
class AwayArchive:
    """An archive that does not answer."""

    def keep(self, content: bytes) -> str:
        del content
        raise Unavailable("the archive does not answer")

    def fetch(self, digest: str) -> bytes:
        del digest
        raise Unavailable("the archive does not answer")


@attrs.define
class BankIdBench:
    """The person has a telephone with the app."""

    stand_in: BankIdStandIn
    files: Files
    now: datetime = NOW
    archive: MemoryArchive = attrs.field(factory=MemoryArchive)
    methods: tuple[AttestMethod, ...] = (AttestMethod.BANKID,)
    can_be_down: bool = True
    who: str | None = ANNA
    roots: str | None = "roots.pem"
    timeout_seconds: float = 10.0
    key: bytes = KEY
    seal: Seal = SEAL
    back: Back = None
    folder: Path | None = None  # of the archive; None: in memory
    archive_is_away: bool = False
    url: str | None = None  # None: of the stand-in
    papers: str = "client.pem"

    @property
    def signing(self) -> Signing:
        return self.bank_id

    @property
    def bank_id(self) -> BankId:
        return BankId(
            self.seal,
            self.kept(),
            url=self.url or self.stand_in.url,
            certificate=ClientCertificate(file=self.files[self.papers]),
            ca=self.files["ca.pem"],
            key=self.key,
            personal_number=lambda _: self.who,
            return_url=self.back,
            roots=None if self.roots is None else self.files[self.roots],
            timeout_seconds=self.timeout_seconds,
        )

    def kept(self) -> Archive:
        if self.archive_is_away:
            return AwayArchive()
        return self.archive if self.folder is None else FolderArchive(self.folder)

    def archive_holds_anything(self) -> bool:
        return len(vars(self.archive)["_kept"]) > 0

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=AttestMethod.BANKID, to=CONTACT, ip=IP)

    def order(self, pending: Pending) -> Order | None:
        if not isinstance(pending.action, ShowQr):
            return None
        with_token = [each for each in self.stand_in.orders.values() if each.qr in pending.action.content]
        return self.stand_in.scanned(pending.action.content) if with_token else None

    def person_signs(self, pending: Pending) -> str | None:
        order = self.order(pending)
        if order is not None:
            self.stand_in.signs(order)
        return None

    def person_gives_up(self, pending: Pending) -> bool:
        order = self.order(pending)
        if order is not None:
            self.stand_in.fails(order, "userCancel")
        return True

    def down(self) -> AbstractContextManager[None]:
        return self.stand_in.down()


def pending_of(progress: Progress) -> Pending:
    assert isinstance(progress, Pending), progress
    return progress


class TestBankId(SigningContract):
    """The exam of the port."""

    @pytest.fixture(autouse=True)
    def with_papers(self, files: Files) -> None:
        self.files = files

    def make_bench(self) -> BankIdBench:
        return BankIdBench(self.closing.enter_context(BankIdStandIn()), self.files)


@pytest.fixture
def bench(files: Files) -> Iterator[BankIdBench]:
    with BankIdStandIn() as stand_in:
        yield BankIdBench(stand_in, files)


WHYS: Final = (
    "somebody else has signed than the one who had to",
    "the host does not know who has to sign",
    "the host does not know any more who has to sign",
    "BankID: [A-Za-z]+",
    "BankID gives a reason that is not known here",
    "this is no state of an order for this document",
    "the order has run out",
    "what BankID has handed out does not hold: .+",
    "the archive does not hold the signature",
)
"""What a host finds in its log."""


def failed(progress: Progress) -> FailureCode:
    assert isinstance(progress, Failed), progress
    assert any(re.fullmatch(why, progress.why) for why in WHYS), progress.why
    return progress.code


def signed(bench: BankIdBench, document: Document = DOCUMENT) -> Evidence:
    progress = drive(bench, bench.request(document))
    assert isinstance(progress, Done), progress
    return progress.evidence


def begun(bench: BankIdBench) -> tuple[SigningRequest, Pending, Order]:
    request = bench.request(DOCUMENT)
    pending = pending_of(bench.signing.start(request, now=bench.now))
    *_, order = bench.stand_in.orders.values()
    return request, pending, order


def came(bench: BankIdBench, handing: Handing) -> Progress:
    """What comes of it when BankID hands this out."""
    request, pending, order = begun(bench)
    bench.stand_in.handing = handing
    bench.stand_in.signs(order)
    return resume(bench, request, pending.state)


# What the person is asked, and how


@pytest.mark.parametrize("language", Language)
def test_the_app_shows_the_whole_text_in_the_persons_language(bench: BankIdBench, language: Language) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), language=language)
    pending = pending_of(bench.signing.start(request, now=NOW))
    order = bench.order(pending)
    assert order is not None
    assert order.text == DOCUMENT.text(language)
    assert b64decode(order.beside) == document_bytes(DOCUMENT)
    assert (order.number, order.ip, order.return_url) == (ANNA, IP, None)


def test_who_reads_one_language_when_it_begins_and_another_when_it_is_done_has_signed(bench: BankIdBench) -> None:
    request, pending, order = begun(bench)
    bench.stand_in.signs(order)
    other = attrs.evolve(request, language=Language.EN)
    progress = resume(bench, other, pending.state)
    assert isinstance(progress, Done)


def test_the_code_moves_every_second_and_is_by_the_secret_of_the_order(bench: BankIdBench) -> None:
    request, pending, order = begun(bench)
    codes = {bench.bank_id.qr(pending.state, now=NOW + timedelta(seconds=second)) for second in range(30)}
    assert len(codes) == 30
    assert all(bench.stand_in.scanned(code) is order for code in codes)
    later = pending_of(bench.signing.resume(request, pending.state, now=NOW + timedelta(seconds=7)))
    assert isinstance(later.action, ShowQr)
    assert later.action.content == bench.bank_id.qr(pending.state, now=NOW + timedelta(seconds=7, milliseconds=999))
    assert ".7." in later.action.content
    before = bench.bank_id.qr(pending.state, now=NOW - timedelta(hours=1))
    assert ".0." in before
    with pytest.raises(Malformed, match="begin anew"):
        bench.bank_id.qr("{}", now=NOW)


def test_nobody_is_asked_to_ask_again_when_it_is_over(bench: BankIdBench) -> None:
    request, pending, _ = begun(bench)
    assert pending.ask_again_at == NOW + timedelta(seconds=2)
    late = pending_of(bench.signing.resume(request, pending.state, now=pending.ends_at - timedelta(seconds=1)))
    assert late.ask_again_at == late.ends_at == pending.ends_at


def test_the_code_is_the_one_of_bankids_own_example() -> None:
    token, secret = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"
    proofs = (
        "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8",
        "949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2",
        "a9e5ec59cb4eee4ef4117150abc58fad7a85439a6a96ccbecc3668b41795b3f3",
    )
    for second, proof in enumerate(proofs):
        assert qr_content(token, secret, second) == f"bankid.{token}.{second}.{proof}"


def test_the_code_can_be_drawn(bench: BankIdBench) -> None:
    _, pending, _ = begun(bench)
    assert isinstance(pending.action, ShowQr)
    picture = qr_svg(pending.action.content)
    root = ET.fromstring(picture)  # noqa: S314 - our own
    assert root.tag.endswith("svg")
    assert root.get("viewBox")
    assert root.get("width") is None
    assert "script" not in picture
    assert picture != qr_svg(f"{pending.action.content}0")


def test_the_app_can_be_opened_on_the_same_device(bench: BankIdBench) -> None:
    _, pending, order = begun(bench)
    assert isinstance(pending.action, ShowQr)
    assert pending.action.else_open is not None
    assert bench.stand_in.opened(pending.action.else_open) is order


BACK = "https://portal.example/back#nonce"


def by_request(request: SigningRequest) -> str | None:
    """What only this signing returns to."""
    return f"https://portal.example/back#{request.document.signer}"


@pytest.mark.parametrize("way", [BACK, by_request])
def test_the_app_is_told_where_to_return_to(bench: BankIdBench, way: Back) -> None:
    bench.back = way
    request, _, order = begun(bench)
    assert order.return_url == (BACK if way is BACK else by_request(request))


@pytest.mark.parametrize("back", ["", "http://portal.example", "portal.example", f"{BACK} x", f"{BACK}\n", BACK * 16])
def test_an_address_to_return_to_that_is_none_is_refused(bench: BankIdBench, back: str) -> None:
    bench.back = back
    with pytest.raises(Malformed, match="return_url"):
        _ = bench.signing
    bench.back = lambda _: back
    with pytest.raises(Malformed, match="return_url"):
        bench.signing.start(bench.request(DOCUMENT), now=NOW)
    assert bench.stand_in.asked == []


@pytest.mark.parametrize("ip", [None, "", "anna", "192.0.2.256", "192.0.2.1:80", "192.0.2.1, 192.0.2.2"])
def test_without_the_address_of_the_device_nobody_is_asked(bench: BankIdBench, ip: str | None) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), ip=ip)
    with pytest.raises(Malformed, match=r"\$\.ip: must be the number of the person's device") as caught:
        bench.signing.start(request, now=NOW)
    assert not ip or ip not in str(caught.value)
    assert bench.stand_in.asked == []


@pytest.mark.parametrize(("ip", "told"), [("2001:DB8::1", "2001:db8::1"), ("fe80::1%eth0", "fe80::1")])
def test_the_device_may_have_an_address_of_the_newer_kind(bench: BankIdBench, ip: str, told: str) -> None:
    assert isinstance(bench.signing.start(attrs.evolve(bench.request(DOCUMENT), ip=ip), now=NOW), Pending)
    assert [order.ip for order in bench.stand_in.orders.values()] == [told]


def test_a_text_is_shown_whole_or_not_signed_with_bankid(bench: BankIdBench) -> None:
    longest = attrs.evolve(DOCUMENT, text_sv="å" * 15_000)
    assert bench.signing.verify(signed(bench, longest), longest)
    bench.stand_in.asked.clear()
    for document in (
        attrs.evolve(DOCUMENT, text_sv="å" * 15_000 + "x"),
        attrs.evolve(DOCUMENT, text_sv=""),
        attrs.evolve(DOCUMENT, text_en="x" * 150_000),
    ):
        with pytest.raises(Malformed, match=r"\$\.document: must have a text, and at most 30000 bytes to show"):
            bench.signing.start(bench.request(document), now=NOW)
    assert bench.stand_in.asked == []


# Who


def test_nobody_can_sign_for_somebody_whom_the_host_does_not_know(bench: BankIdBench) -> None:
    bench.who = None
    assert failed(bench.signing.start(bench.request(DOCUMENT), now=NOW)) is F.PERSON_UNKNOWN
    assert bench.stand_in.asked == []


def test_who_is_not_known_any_more_when_it_is_signed_has_not_signed(bench: BankIdBench) -> None:
    request, pending, order = begun(bench)
    bench.stand_in.signs(order)
    bench.who = None
    assert failed(resume(bench, request, pending.state)) is F.PERSON_UNKNOWN


@pytest.mark.parametrize(
    "number", ["", "19991332-9876", "9913329876", f"{ANNA}0", f"{ANNA}\n", ANNA.replace("9", "\uff19")]
)
def test_a_number_that_is_none_is_refused_and_not_repeated(bench: BankIdBench, number: str) -> None:
    bench.who = number
    with pytest.raises(Malformed, match=r"\$\.personal_number: must be twelve digits") as caught:
        bench.signing.start(bench.request(DOCUMENT), now=NOW)
    assert not number or number.strip() not in f"{caught.value!r}"
    assert bench.stand_in.asked == []


def but(**user: str) -> Handing:
    def handing(order: Order) -> dict[str, object]:
        return completion(order) | {"user": {"name": "Anna Prov"} | user}

    return handing


SOMEBODY_ELSE: dict[str, Handing] = {
    "Bo has signed": lambda order: handed(order, person(BO)),
    "Bo has signed, and Anna is named": lambda order: handed(order, person(BO)) | {"user": {"personalNumber": ANNA}},
    "Anna has signed, and Bo is named": but(personalNumber=BO),
    "Anna has signed, and nobody is named": but(personalNumber=""),
    "Anna has signed, and is named otherwise": but(personalNumber=ANNA[2:]),
    "Anna has signed, and half a number is named": but(personalNumber=f"{ANNA} "),
}


@pytest.mark.parametrize("who", SOMEBODY_ELSE)
def test_somebody_elses_signature_is_none(bench: BankIdBench, who: str) -> None:
    progress = came(bench, SOMEBODY_ELSE[who])
    assert failed(progress) is F.ANOTHER_PERSON
    assert not bench.archive_holds_anything()


def test_who_has_to_sign_is_asked_again_when_it_is_signed(bench: BankIdBench) -> None:
    """The one who had to when it began has, and it is somebody else now."""
    request, pending, order = begun(bench)
    bench.stand_in.signs(order)
    bench.who = BO
    assert failed(resume(bench, request, pending.state)) is F.ANOTHER_PERSON


def test_an_identity_is_a_persons_own_and_by_the_key_of_the_host(bench: BankIdBench) -> None:
    one, again = signed(bench), signed(bench)
    bench.who = BO
    other = signed(bench)
    bench.key = bytes(32)
    elsewhere = signed(bench)
    assert one.identity == again.identity
    known = f'["kundorder bankid 1", "identity", "{ANNA}"]'  # never another: it stands in evidence
    assert one.identity == hmac.new(KEY, known.encode(), sha256).hexdigest()
    assert len({one.identity, other.identity, elsewhere.identity}) == 3


# What is handed out


def broken(order: Order) -> dict[str, object]:
    good = signed_by(person(ANNA), order.shown, order.beside)
    return handed(order, person(ANNA), xml=good.replace("<name>", "<name>Q"))


def of_another_text(order: Order) -> dict[str, object]:
    return handed(order, person(ANNA), xml=signed_by(person(ANNA), "QUFB", order.beside))


def of_another_document(order: Order) -> dict[str, object]:
    return handed(order, person(ANNA), xml=signed_by(person(ANNA), order.shown, "QUFB"))


def identified(order: Order) -> dict[str, object]:
    xml = signed_by(person(ANNA), order.shown, order.beside, function="Identification")
    return handed(order, person(ANNA), xml=xml)


def revoked(order: Order) -> dict[str, object]:
    told = ocsp_of(person(ANNA), status=ocsp.OCSPCertStatus.REVOKED)
    return handed(order, person(ANNA), response=told)


DOES_NOT_HOLD: dict[str, tuple[Handing, str]] = {
    "a changed signature": (broken, "bankIdSignedData has been changed"),
    "another text": (of_another_text, "the person was shown another text"),
    "another document": (of_another_document, "another document was signed"),
    "an identification": (identified, "has identified, and not signed"),
    "a revoked certificate": (revoked, "does not say that the certificate is good"),
    "no base64": (lambda order: completion(order) | {"signature": "???"}, "it is no base64"),
    "no XML": (lambda order: completion(order) | {"signature": "QUFB"}, "no well-formed XML"),
    "no OCSP": (lambda order: completion(order) | {"ocspResponse": "QUFB"}, "certificates cannot be read"),
}


@pytest.mark.parametrize("what", DOES_NOT_HOLD)
def test_what_does_not_hold_is_no_signature(bench: BankIdBench, what: str) -> None:
    handing, why = DOES_NOT_HOLD[what]
    progress = came(bench, handing)
    assert failed(progress) is F.FAILED
    assert isinstance(progress, Failed)
    assert why in progress.why
    assert not bench.archive_holds_anything()
    bench.stand_in.handing = completion
    signed(bench)


@pytest.mark.parametrize("missing", ["user", "signature", "ocspResponse"])
def test_what_is_not_whole_is_no_answer(bench: BankIdBench, missing: str) -> None:
    def handing(order: Order) -> dict[str, object]:
        return {name: value for name, value in completion(order).items() if name != missing}

    with pytest.raises(Unavailable):
        came(bench, handing)


def test_certificates_by_another_authority_are_nobodys(bench: BankIdBench) -> None:
    bench.roots = "ca.pem"
    progress = drive(bench, bench.request(DOCUMENT))
    assert failed(progress) is F.FAILED
    assert isinstance(progress, Failed)
    assert "come from somebody else" in progress.why


def test_evidence_holds_only_where_the_authority_is_trusted(bench: BankIdBench) -> None:
    evidence = signed(bench)
    bench.roots = None
    assert bench.signing.verify(evidence, DOCUMENT)
    bench.roots = "ca.pem"
    assert not bench.signing.verify(evidence, DOCUMENT)
    bench.roots = "missing.pem"
    with pytest.raises(Unavailable, match="check the file given as roots"):
        bench.signing.verify(evidence, DOCUMENT)


# What is kept


def test_the_signature_is_archived_as_it_came(bench: BankIdBench) -> None:
    evidence = signed(bench)
    proof = json.loads(evidence.proof)
    assert set(proof) == {"archived", "sealed"}
    record = json.loads(bench.archive.fetch(proof["archived"]))
    assert set(record) == {"ocspResponse", "signature"}
    assert b64decode(record["signature"]).startswith(b"<?xml")
    assert SEAL.holds(proof["sealed"], claim_bytes(evidence) + b"\n" + proof["archived"].encode())
    assert (evidence.level, evidence.follows, evidence.signed_by) == (AssuranceLevel.SUBSTANTIAL, None, SEAL.name)


def test_a_signature_is_kept_before_anything_can_fail_and_nobody_has_to_sign_again(bench: BankIdBench) -> None:
    request, pending, order = begun(bench)
    bench.stand_in.signs(order)
    kept = pending_of(bench.signing.resume(request, pending.state, now=NOW))
    assert kept.keep_first
    assert kept.action is None
    assert bench.archive_holds_anything()
    bench.seal = Away()
    for _ in range(2):
        with pytest.raises(Unavailable):
            bench.signing.resume(request, kept.state, now=NOW)
    bench.seal = SEAL
    with bench.down():
        for _ in range(2):
            progress = bench.signing.resume(request, kept.state, now=NOW)
            assert isinstance(progress, Done)
            assert bench.signing.verify(progress.evidence, DOCUMENT)
    with pytest.raises(Unavailable, match="another call may have its answer"):
        bench.signing.resume(request, pending.state, now=NOW)


def test_while_the_archive_is_away_nothing_is_signed_and_one_begins_anew(bench: BankIdBench) -> None:
    request, pending, order = begun(bench)
    bench.stand_in.signs(order)
    bench.archive_is_away = True
    with pytest.raises(Unavailable):
        bench.signing.resume(request, pending.state, now=NOW)
    bench.archive_is_away = False
    assert failed(bench.signing.resume(request, pending.state, now=pending.ends_at)) is F.EXPIRED
    signed(bench)


def test_what_is_gone_from_the_archive_or_changed_there_proves_nothing(bench: BankIdBench) -> None:
    request, pending, order = begun(bench)
    bench.stand_in.signs(order)
    kept = pending_of(bench.signing.resume(request, pending.state, now=NOW))
    done = bench.signing.resume(request, kept.state, now=NOW)
    assert isinstance(done, Done)
    bench.archive = MemoryArchive()
    assert not bench.signing.verify(done.evidence, DOCUMENT)
    assert failed(bench.signing.resume(request, kept.state, now=NOW)) is F.NOTHING_UNDER_WAY


def test_a_changed_file_of_the_archive_proves_nothing(bench: BankIdBench, tmp_path: Path) -> None:
    bench.folder = tmp_path / "archive"
    evidence = signed(bench)
    assert bench.signing.verify(evidence, DOCUMENT)
    (file,) = bench.folder.iterdir()
    content = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(content.replace(b"A", b"B", 1))
    assert not bench.signing.verify(evidence, DOCUMENT)
    file.write_bytes(content)
    assert bench.signing.verify(evidence, DOCUMENT)


def test_a_state_that_points_to_another_signature_is_of_no_use(bench: BankIdBench) -> None:
    other = attrs.evolve(DOCUMENT, step=7)
    archived = json.loads(signed(bench, other).proof)["archived"]
    request, pending, _ = begun(bench)
    forged = json.dumps(json.loads(pending.state) | {"archived": archived})
    progress = bench.signing.resume(request, forged, now=NOW)
    assert failed(progress) is F.FAILED
    assert isinstance(progress, Failed)
    assert "another document was signed" in progress.why


def test_even_what_the_seal_vouches_for_has_to_be_in_the_signature(bench: BankIdBench) -> None:
    """Whoever could use the seal still could not make a signature of another document, person or level."""
    evidence = signed(bench)
    other = attrs.evolve(DOCUMENT, step=7)
    archived = json.loads(evidence.proof)["archived"]
    of_other = json.loads(signed(bench, other).proof)["archived"]
    bench.who = BO
    of_bo = json.loads(signed(bench).proof)["archived"]

    def sealed(claims: Evidence, record: str) -> Evidence:
        statement = claim_bytes(claims) + b"\n" + record.encode()
        proof = {"archived": record, "sealed": SEAL.seal(statement)}
        return attrs.evolve(claims, proof=json.dumps(proof, sort_keys=True, separators=(",", ":")))

    assert bench.signing.verify(sealed(evidence, archived), DOCUMENT)
    forged = [
        (sealed(evidence, of_other), DOCUMENT),
        (sealed(evidence, of_bo), DOCUMENT),
        (sealed(attrs.evolve(evidence, digest=document_digest(other)), archived), other),
        (sealed(attrs.evolve(evidence, digest="00" * 32), archived), DOCUMENT),
        (sealed(attrs.evolve(evidence, identity="ab" * 32), archived), DOCUMENT),
        (sealed(attrs.evolve(evidence, identity="å"), archived), DOCUMENT),
        (sealed(attrs.evolve(evidence, level=AssuranceLevel.HIGH), archived), DOCUMENT),
        (sealed(attrs.evolve(evidence, method=AttestMethod.FREJA), archived), DOCUMENT),
        (sealed(attrs.evolve(evidence, follows="cd" * 32), archived), DOCUMENT),
        (sealed(attrs.evolve(evidence, signed_at=NOW.replace(year=2019)), archived), DOCUMENT),
        (sealed(evidence, "00" * 32), DOCUMENT),
        (sealed(evidence, "../../etc/passwd"), DOCUMENT),
    ]
    assert [bench.signing.verify(each, document) for each, document in forged].count(True) == 0


def test_a_proof_is_taken_in_one_spelling_only(bench: BankIdBench) -> None:
    evidence = signed(bench)
    proof = json.loads(evidence.proof)
    spellings = [
        json.dumps(proof),
        json.dumps(proof, separators=(",", ":"), sort_keys=True, indent=1),
        json.dumps({"sealed": proof["sealed"], "archived": proof["archived"]}, separators=(",", ":")),
        json.dumps(proof | {"more": "x"}, separators=(",", ":"), sort_keys=True),
        evidence.proof.replace('"archived"', '"\\u0061rchived"'),
        evidence.proof.replace("{", '{"archived":"x",'),
    ]
    for spelling in spellings:
        assert not bench.signing.verify(attrs.evolve(evidence, proof=spelling), DOCUMENT)


# Giving up


def test_one_can_give_up_at_every_point(bench: BankIdBench) -> None:
    for hint in ("outstandingTransaction", "noClient", "started", "userSign", "processing"):
        request, pending, order = begun(bench)
        order.hint = hint
        for _ in range(2):
            bench.signing.cancel(pending.state)
        assert bench.stand_in.orders == {}
        with pytest.raises(Unavailable, match="no such order any more"):
            bench.signing.resume(request, pending.state, now=NOW)
    request, pending, order = begun(bench)
    bench.stand_in.fails(order, "userCancel")
    bench.signing.cancel(pending.state)
    assert failed(bench.signing.resume(request, pending.state, now=NOW)) is F.CANCELLED
    bench.signing.cancel(pending.state)
    signed(bench)


def test_what_is_signed_already_is_not_unsigned_and_giving_up_is_harmless(bench: BankIdBench) -> None:
    request, pending, order = begun(bench)
    bench.stand_in.signs(order)
    bench.signing.cancel(pending.state)
    kept = pending_of(bench.signing.resume(request, pending.state, now=NOW))
    with bench.down():
        bench.signing.cancel(kept.state)
    assert isinstance(bench.signing.resume(request, kept.state, now=NOW), Done)


# What nobody is told


def test_the_personal_number_is_told_to_bankid_and_stands_in_the_signature_and_nowhere_else(
    bench: BankIdBench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []

    def look(ask: Callable[[], Progress]) -> None:
        try:
            found = ask()
        except (Unavailable, Malformed) as error:
            cause: BaseException | None = error
            while cause is not None:
                shown.append(f"{cause} {cause!r} {vars(cause)}")
                cause = cause.__cause__ or cause.__context__
            return
        shown.append(f"{found!r}")
        if isinstance(found, Pending):
            shown.append(found.state)
        if isinstance(found, Done):
            shown.extend((found.evidence.proof, found.evidence.identity))

    for handing in (completion, broken, identified, *SOMEBODY_ELSE.values()):
        request, pending, order = begun(bench)
        look(partial(bench.signing.start, request, now=NOW))  # ends the other
        request, pending, order = begun(bench)
        bench.stand_in.script += [("collect", says) for says in (refuses(500, "x", ANNA), Says(ANNA.encode()), Cuts())]
        for _ in range(3):
            look(partial(bench.signing.resume, request, pending.state, now=NOW))
        bench.stand_in.handing = handing
        bench.stand_in.signs(order)
        look(partial(bench.signing.resume, request, pending.state, now=NOW))
        if bench.archive_holds_anything():
            look(partial(bench.signing.resume, request, shown[-1], now=NOW))
    bench.who = f"{ANNA}0"
    look(partial(bench.signing.start, bench.request(DOCUMENT), now=NOW))
    bench.who = ANNA
    assert any("Done(" in text for text in shown)
    shown += [caplog.text, repr(bench.bank_id), repr(bench.archive)]
    assert len(shown) > 40
    for text in shown:
        for number in (ANNA, BO):
            assert number not in text
            assert number[2:] not in text


def test_the_secret_of_the_moving_code_is_in_the_state_and_cannot_be_read_there(bench: BankIdBench) -> None:
    _, pending, order = begun(bench)
    assert order.secret not in f"{pending!r}{pending.state}"
    assert order.secret.encode().hex() not in pending.state
    assert order.ref in pending.state
    bench.key = bytes(32)
    with pytest.raises(AssertionError, match="not by the secret"):
        bench.stand_in.scanned(bench.bank_id.qr(pending.state, now=NOW))


def test_a_state_opens_nothing_for_another_document(bench: BankIdBench) -> None:
    _, pending, order = begun(bench)
    bench.stand_in.signs(order)
    bench.stand_in.asked.clear()
    other = bench.request(attrs.evolve(DOCUMENT, step=7))
    assert failed(bench.signing.resume(other, pending.state, now=NOW)) is F.NOTHING_UNDER_WAY
    assert bench.stand_in.asked == []


def test_another_method_is_asked_for_elsewhere(bench: BankIdBench) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), method=AttestMethod.SMS_CODE)
    how = r"^\$\.method: must be BANKID here; ask the adapter that serves it$"
    with pytest.raises(Malformed, match=how):
        bench.signing.start(request, now=NOW)
    with pytest.raises(Malformed, match=how):
        bench.signing.resume(request, "{}", now=NOW)


def test_a_weak_key_is_refused(bench: BankIdBench) -> None:
    bench.key = bytes(31)
    with pytest.raises(Malformed, match=r"^\$\.key: must have at least 32 bytes$"):
        _ = bench.signing


def test_between_all_calls_there_may_be_a_restart_and_another_process(bench: BankIdBench, tmp_path: Path) -> None:
    bench.folder, bench.seal = tmp_path / "archive", JwsSeal.create(tmp_path / "seal.pem")
    program = f"""
import sys
from pathlib import Path
sys.path[:0] = {sys.path!r}
from bankid_stand_in import Files
from test_bankid import BankIdBench, Done, DOCUMENT, JwsSeal, NOW
folder, url, call, state = sys.argv[1:]
bench = BankIdBench(None, Files(Path({str(bench.files.folder)!r})), folder=Path(folder) / "archive", url=url)
bench.seal = JwsSeal.load(Path(folder) / "seal.pem")
request = bench.request(DOCUMENT)
got = bench.signing.start(request, now=NOW) if call == "start" else bench.signing.resume(request, state, now=NOW)
print(bench.signing.verify(got.evidence, DOCUMENT) if isinstance(got, Done) else got.state)
"""

    def another(call: str, state: str = "") -> str:
        command = [sys.executable, "-c", program, str(tmp_path), bench.stand_in.url, call, state]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    state = another("start")
    (order,) = bench.stand_in.orders.values()
    bench.stand_in.signs(order)
    kept = another("resume", state)
    assert another("resume", kept) == "True"


def test_many_persons_sign_at_once(bench: BankIdBench) -> None:
    def one(step: int) -> bool:
        mine = BankIdBench(bench.stand_in, bench.files, who=f"{199913320000 + step}", archive=bench.archive)
        document = attrs.evolve(DOCUMENT, step=step)
        evidence = signed(mine, document)
        return mine.signing.verify(evidence, document)

    for step in range(8):
        person(f"{199913320000 + step}")
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(8)))


def test_importing_it_loads_no_optional_package() -> None:
    program = "import sys, kundorder.adapters.bankid; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in ran.stdout.split()}
    assert not loaded & {"httpx2", "httpcore2", "segno", "cryptography", "lxml"}


MISSING = {
    "httpx2": ("httpx2", "bankid", "bench.signing.start(bench.request(DOCUMENT), now=NOW)"),
    "segno": ("segno", "bankid", "qr_svg('x')"),
    "cryptography, for PKCS 12": ("cryptography", "sign", "p12.signing.start(bench.request(DOCUMENT), now=NOW)"),
    "cryptography, for a signature": ("cryptography", "sign", "signer(None, b'', roots=None, at=NOW)"),
}


@pytest.mark.parametrize("what", MISSING)
def test_without_a_package_it_says_what_to_install(files: Files, what: str) -> None:
    missing, extra, call = MISSING[what]
    program = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from bankid_stand_in import Files
from kundorder.adapters.bankid.certificates import signer
from test_bankid import BankIdBench, DOCUMENT, NOW, qr_svg
for name in (*sys.modules, {missing!r}):
    if name.partition(".")[0] == {missing!r}:
        sys.modules[name] = None
url, files = "https://localhost:1/rp/v6.0", Files(Path({str(files.folder)!r}))
bench, p12 = BankIdBench(None, files, url=url), BankIdBench(None, files, url=url, papers="client.p12")
try:
    {call}
except Exception as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert f"the package {missing} is missing; install kundorder[{extra}]" in ran.stdout
