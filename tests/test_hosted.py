"""Signing at a hosted service: the exam, over an encrypted line to a stand-in that speaks the wire format."""

import hmac
import json
import logging
import re
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import attrs
import pytest
from hosted_stand_in import SECRET, TOKEN, Ask, Quirk, Reply, Service, Signing, callback
from mail_servers import Authority
from world import START

from kundorder.adapters.archive import FolderArchive, MemoryArchive
from kundorder.adapters.hosted import HostedSigning, JsonService, SignedBy, callback_of, is_person_named
from kundorder.adapters.jws import JwsSeal
from kundorder.codec import claim_bytes, document_digest
from kundorder.errors import Malformed, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.model import Contact
from kundorder.ports import Archive, Done, Failed, OpenUrl, Pending, Progress, Seal
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT, IP, SigningContract, drive, resume, start
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode, Language

METHOD: Final = AttestMethod.BANKID
LASTS: Final = timedelta(minutes=20)
WINDOW: Final = timedelta(minutes=5)
KEY: Final = bytes(range(32))
OTHER: Final = attrs.evolve(DOCUMENT, organisation="999100-0002")


WHYS: Final = (
    "nobody is named for the service to ask",
    "[0-9]+ signings of this document have come to nothing",
    "this is no state of a signing of this document",
    "it was not signed in time",
    "the signing service knows no such signing",
    "it is (declined|expired|failed|cancelled) at the signing service",
    "the signing service does not say who it was",
    "the signing service reports that another document was signed",
    "the signing service reports another person",
)
"""What a host finds in its log."""


def failed(progress: Progress) -> FailureCode:
    """Why it has come to nothing."""
    assert isinstance(progress, Failed), progress
    assert any(re.fullmatch(why, progress.why) for why in WHYS), progress.why
    return progress.code


@attrs.define
class HostedBench:
    """The adapter, and the service that it asks."""

    service: Service
    seal: Seal
    archive: Archive
    trusted: ssl.SSLContext | None = None
    timeout: float = 20.0
    now: datetime = START
    methods: tuple[AttestMethod, ...] = (METHOD,)
    can_be_down: bool = True

    @property
    def signing(self) -> HostedSigning:
        return self.made()

    def made(
        self,
        *,
        secret: bytes = SECRET,
        key: bytes = KEY,
        lasts: timedelta = LASTS,
        window: timedelta = WINDOW,
        is_person: Callable[[Contact, SignedBy], bool] = is_person_named,
    ) -> HostedSigning:
        """With something else in its configuration."""
        return HostedSigning(
            self.seal,
            self.archive,
            service=JsonService(url=self.service.url, token=TOKEN, timeout_seconds=self.timeout, context=self.trusted),
            secret=secret,
            key=key,
            method=METHOD,
            level=AssuranceLevel.SUBSTANTIAL,
            return_url=lambda request: f"https://portal.example/back/{request.document.subject}",
            callback_url="https://portal.example/signings",
            lasts=lasts,
            window=window,
            is_person=is_person,
        )

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=METHOD, to=CONTACT, ip=IP)

    def person_signs(self, pending: Pending) -> str | None:
        signing = self.signing_of(pending)
        self.service.sign(signing)
        return self.callback(signing)

    def person_gives_up(self, pending: Pending) -> bool:
        self.signing_of(pending).status = "declined"
        return True

    def signing_of(self, pending: Pending) -> Signing:
        """As the service has it."""
        return next(each for each in self.service.signings.values() if f'"{each.id}"' in pending.state)

    def callback(self, signing: Signing, at: datetime | None = None) -> str:
        """What the service posts, as the host hands it on."""
        return callback_of(*callback(signing, at or self.now))

    def down(self) -> AbstractContextManager[None]:
        return self.service.down()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.new(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def papers(authority: Authority) -> ssl.SSLContext:
    return authority.papers("localhost")


@pytest.fixture(scope="module")
def trusted(authority: Authority) -> ssl.SSLContext:
    return authority.trusted()


class TestHostedSigning(SigningContract):
    @pytest.fixture(autouse=True)
    def with_papers(self, papers: ssl.SSLContext, trusted: ssl.SSLContext) -> None:
        self.papers, self.trusted = papers, trusted

    def make_bench(self) -> HostedBench:
        service = self.closing.enter_context(Service(papers=self.papers))
        return HostedBench(service, JwsSeal(), FolderArchive(self.place / "archive"), self.trusted)


@pytest.fixture
def bench() -> Iterator[HostedBench]:
    """Without encryption, trusting nobody, and with an archive in memory."""
    with Service() as service:
        yield HostedBench(service, JwsSeal(), MemoryArchive(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def begun(bench: HostedBench, request: SigningRequest | None = None) -> Pending:
    """A signing that waits for the person."""
    progress = start(bench, request or bench.request(DOCUMENT))
    assert isinstance(progress, Pending)
    return progress


def again(bench: HostedBench, pending: Pending, callback: str | None = None) -> Progress:
    """How it stands."""
    return resume(bench, bench.request(DOCUMENT), pending.state, callback)


# What the service is asked for


@pytest.mark.parametrize("language", Language)
def test_the_service_is_told_what_to_show_to_whom_and_until_when(bench: HostedBench, language: Language) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), language=language)
    pending = begun(bench, request)
    asked = bench.service.the_one().asked
    assert asked.text == {"sv": DOCUMENT.text_sv, "en": DOCUMENT.text_en}
    assert asked.title == {"sv": "Kundavtal", "en": "Customer agreement"}
    assert asked.language == language
    assert asked.document_digest == document_digest(DOCUMENT)
    assert (asked.signer.name, asked.signer.email, asked.signer.phone) == (CONTACT.name, CONTACT.email, CONTACT.phone)
    assert asked.return_url == "https://portal.example/back/customer/999200-0001"
    assert asked.callback_url == "https://portal.example/signings"
    assert asked.expires_at == pending.ends_at == START + LASTS
    assert pending.action == OpenUrl(url="https://sign.example/s1")


def test_nobody_is_asked_where_nobody_is_named(bench: HostedBench) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), to=None)
    progress = bench.signing.start(request, now=START)
    assert failed(progress) is FailureCode.PERSON_UNKNOWN
    assert bench.service.questions == []


@pytest.mark.parametrize("method", [method for method in AttestMethod if method is not METHOD])
def test_another_method_is_not_served(bench: HostedBench, method: AttestMethod) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), method=method)
    state = begun(bench).state
    asked = len(bench.service.questions)
    with pytest.raises(Malformed) as first:
        bench.signing.start(request, now=START)
    with pytest.raises(Malformed) as second:
        bench.signing.resume(request, state, now=START)
    for caught in (first, second):
        (problem,) = caught.value.problems
        assert problem.path == "$.method"
        assert problem.message == f"must be {METHOD} here; ask the adapter that serves it"
    assert len(bench.service.questions) == asked


# To begin twice


def test_to_begin_twice_is_one_signing(bench: HostedBench) -> None:
    first = begun(bench)
    bench.now += timedelta(minutes=1)
    second = begun(bench)
    assert len(bench.service.signings) == 1
    assert second.ends_at == first.ends_at  # the service has not prolonged it, so neither do we
    bench.person_signs(first)
    assert isinstance(again(bench, second), Done)


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(CONTACT, email="annan.post@customer.example"),
        attrs.evolve(CONTACT, phone=None),
        attrs.evolve(CONTACT, name="Ålice Ek"),
    ],
    ids=["address", "number", "name"],
)
def test_another_person_is_asked_anew(bench: HostedBench, other: Contact) -> None:
    begun(bench)
    begun(bench, attrs.evolve(bench.request(DOCUMENT), to=other))
    assert len(bench.service.signings) == 2


@pytest.mark.parametrize("status", ["declined", "cancelled", "expired", "failed"])
def test_what_has_come_to_nothing_is_begun_anew(bench: HostedBench, status: str) -> None:
    for number in range(1, 4):
        pending = begun(bench)
        assert len(bench.service.signings) == number
        bench.signing_of(pending).status = status
    done = drive(bench, bench.request(DOCUMENT))
    assert isinstance(done, Done)


def test_what_has_run_out_here_is_begun_anew_although_it_is_open_there(bench: HostedBench) -> None:
    pending = begun(bench)
    bench.now = pending.ends_at
    assert begun(bench).ends_at == bench.now + LASTS
    assert len(bench.service.signings) == 2


def test_what_was_signed_and_then_lost_is_found_again(bench: HostedBench) -> None:
    """The host has died before it could keep the state, or the person came back a moment too late."""
    pending = begun(bench)
    bench.person_signs(pending)
    bench.now = pending.ends_at + timedelta(hours=1)
    found = begun(bench)
    assert found.action is None
    assert isinstance(again(bench, found), Done)
    assert len(bench.service.signings) == 1


def test_what_another_person_has_signed_is_not_found_again(bench: HostedBench) -> None:
    bench.service.sign(bench.signing_of(begun(bench)), email="annan.post@customer.example")
    begun(bench)
    assert len(bench.service.signings) == 2


def test_nobody_begins_for_ever(bench: HostedBench) -> None:
    for _ in range(20):
        bench.signing_of(begun(bench)).status = "declined"
    progress = start(bench, bench.request(DOCUMENT))
    assert failed(progress) is FailureCode.TOO_OFTEN
    bench.now += timedelta(days=1)
    begun(bench)


# How it ends


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("declined", FailureCode.CANCELLED),
        ("cancelled", FailureCode.CANCELLED),
        ("expired", FailureCode.EXPIRED),
        ("failed", FailureCode.FAILED),
    ],
)
def test_how_it_has_ended_is_told(bench: HostedBench, status: str, code: FailureCode) -> None:
    pending = begun(bench)
    bench.signing_of(pending).status = status
    progress = again(bench, pending)
    assert failed(progress) is code


def test_what_the_service_ends_earlier_ends_earlier(bench: HostedBench) -> None:
    sooner = START + timedelta(minutes=3)
    bench.service.quirks.append(Quirk(Ask.CREATE, lambda told: told | {"expires_at": f"{sooner:%FT%TZ}"}, times=None))
    pending = begun(bench)
    assert pending.ends_at == sooner
    bench.now = sooner
    progress = again(bench, pending)
    assert failed(progress) is FailureCode.EXPIRED


def test_where_the_person_signs_is_told_as_long_as_it_is_open(bench: HostedBench) -> None:
    pending = begun(bench)
    assert "sign.example" not in pending.state  # whoever has the address may be let in
    progress = again(bench, pending)
    assert isinstance(progress, Pending)
    assert progress.action == pending.action == OpenUrl(url="https://sign.example/s1")


# What proves it


def test_what_was_signed_is_in_the_archive_under_the_digest_in_the_proof(bench: HostedBench) -> None:
    done = drive(bench, bench.request(DOCUMENT))
    assert isinstance(done, Done)
    proof = json.loads(done.evidence.proof)
    assert bench.archive.fetch(proof["archived"]) == bench.service.the_one().artefact
    statement = claim_bytes(done.evidence) + b"\n" + proof["archived"].encode()
    assert bench.seal.holds(proof["sealed"], statement)
    assert json.dumps(proof, separators=(",", ":"), sort_keys=True) == done.evidence.proof


@pytest.mark.parametrize("field", ["archived", "sealed"])
def test_a_proof_for_another_artefact_or_by_another_seal_proves_nothing(bench: HostedBench, field: str) -> None:
    one, other = drive(bench, bench.request(DOCUMENT)), drive(bench, bench.request(OTHER))
    assert isinstance(one, Done)
    assert isinstance(other, Done)
    mixed = json.loads(one.evidence.proof) | {field: json.loads(other.evidence.proof)[field]}
    text = json.dumps(mixed, separators=(",", ":"), sort_keys=True)
    assert not bench.signing.verify(attrs.evolve(one.evidence, proof=text), DOCUMENT)


def test_evidence_by_another_seal_proves_nothing(bench: HostedBench) -> None:
    done = drive(bench, bench.request(DOCUMENT))
    assert isinstance(done, Done)
    assert bench.signing.verify(done.evidence, DOCUMENT)
    bench.seal = JwsSeal()
    assert not bench.signing.verify(done.evidence, DOCUMENT)


def test_evidence_that_others_have_sealed_with_the_same_key_proves_nothing(bench: HostedBench) -> None:
    """Adapters may share a seal, and each answers for its own evidence."""
    done = drive(bench, bench.request(DOCUMENT))
    assert isinstance(done, Done)

    def sealed(evidence: Evidence) -> Evidence:
        archived = json.loads(done.evidence.proof)["archived"]
        seal = bench.seal.seal(claim_bytes(evidence) + b"\n" + archived.encode())
        proof = json.dumps({"archived": archived, "sealed": seal}, separators=(",", ":"), sort_keys=True)
        return attrs.evolve(evidence, proof=proof)

    assert bench.signing.verify(sealed(done.evidence), DOCUMENT)
    for other in (
        attrs.evolve(done.evidence, method=AttestMethod.FREJA),
        attrs.evolve(done.evidence, signer="s2"),
        attrs.evolve(done.evidence, digest=document_digest(OTHER)),
    ):
        assert not bench.signing.verify(sealed(other), DOCUMENT)
    plain = attrs.evolve(done.evidence, proof=bench.seal.seal(claim_bytes(done.evidence)))  # as other adapters seal
    assert not bench.signing.verify(plain, DOCUMENT)


def test_a_person_is_known_by_what_the_service_knows_and_only_to_who_has_the_key(bench: HostedBench) -> None:
    def identity(key: bytes, **told: str | None) -> str:
        with Service() as bench.service:
            pending = begun(bench)
            bench.service.sign(bench.service.the_one(), **told)
            signing = bench.made(key=key)
            progress = signing.resume(bench.request(DOCUMENT), pending.state, now=START)
            assert isinstance(progress, Done)
            assert CONTACT.email not in progress.evidence.identity
            return progress.evidence.identity

    known = f'["kundorder hosted 1", "identity", "id of {CONTACT.email}"]'  # never another: it stands in evidence
    one = identity(KEY)
    assert one == hmac.new(KEY, known.encode(), sha256).hexdigest()
    assert one == identity(KEY, phone=None) == identity(KEY, identity=f"ID OF {CONTACT.email} ")
    assert one != identity(bytes(32))
    assert one != identity(KEY, identity="198001010000")
    assert one != identity(KEY, identity=None) == identity(KEY, identity="")
    assert identity(KEY, identity=None, email=None) != identity(KEY, identity=None)
    assert identity(KEY, identity=CONTACT.email) != identity(KEY, identity=None)


# Who it was


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Bo Ek"},
        {"name": "Kanariefågel"},
        {"name": None},
        {"name": ""},
        {"email": "annan.post@customer.example"},
        {"email": ""},
        {"phone": "+46701740606"},
        {"email": None, "phone": None},
        {"email": "annan.post@customer.example", "phone": None},
        {"email": None, "phone": "+46701740606"},
    ],
    ids=str,
)
def test_what_another_person_has_signed_is_not_signed(bench: HostedBench, told: dict[str, str | None]) -> None:
    pending = begun(bench)
    bench.service.sign(bench.service.the_one(), **told)
    progress = again(bench, pending)
    assert failed(progress) is FailureCode.ANOTHER_PERSON
    assert bench.service.count(Ask.ARTEFACT) == 0


@pytest.mark.parametrize(
    "told",
    [
        {"name": "ålice KANARIEFÅGEL"},
        {"name": "A\u030alice Maria  Kanariefa\u030agel"},
        {"name": "Kanariefågel Ålice"},
        {"email": "Kanarie.Post@CUSTOMER.example"},
        {"email": None},
        {"phone": None},
    ],
    ids=str,
)
def test_a_person_may_be_told_of_in_other_words(bench: HostedBench, told: dict[str, str | None]) -> None:
    pending = begun(bench)
    bench.service.sign(bench.service.the_one(), **told)
    assert isinstance(again(bench, pending), Done)


def test_a_number_that_was_not_named_is_nobodys(bench: HostedBench) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), to=attrs.evolve(CONTACT, phone=None))
    pending = begun(bench, request)
    bench.service.sign(bench.service.the_one(), phone="+46701740606")
    progress = bench.signing.resume(request, pending.state, now=START)
    assert failed(progress) is FailureCode.ANOTHER_PERSON


def test_who_is_the_person_named_is_for_the_host_to_say(bench: HostedBench) -> None:
    pending = begun(bench)
    bench.service.sign(bench.service.the_one(), name="A. Kanariefågel", phone=None)
    assert isinstance(again(bench, pending), Failed)
    by_address = bench.made(is_person=lambda named, signer: signer.email == named.email)
    assert isinstance(by_address.resume(bench.request(DOCUMENT), pending.state, now=START), Done)


def test_who_is_nobody_is_not_taken_for_anybody(bench: HostedBench) -> None:
    pending = begun(bench)
    bench.service.sign(bench.service.the_one(), name=None, email=None, phone=None, identity=None)
    progress = bench.made(is_person=lambda _named, _signer: True).resume(
        bench.request(DOCUMENT), pending.state, now=START
    )
    assert failed(progress) is FailureCode.ANOTHER_PERSON


# How it is set up


def test_every_argument_that_will_not_do_is_named(bench: HostedBench) -> None:
    with pytest.raises(Malformed) as caught:
        bench.made(secret=b"short", key=bytes(31), lasts=timedelta(0), window=timedelta(seconds=-1))
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("$.secret", "must have at least 16 bytes"),
        ("$.key", "must have at least 32 bytes"),
        ("$.lasts", "must be more than nothing"),
        ("$.window", "must be more than nothing"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://sign.example",
        "ftp://sign.example",
        "sign.example",
        "https://",
        "https://sign.example/?a=b",
        "https://sign.example/#a",
        "https://user:word@sign.example",
        "https://sign.example:x",
        "https://sign.example/a b",
        "https://sign.example/\n",
        "https://[sign.example",
        "https://signå.example",
    ],
)
def test_an_address_that_will_not_do_is_refused(url: str) -> None:
    with pytest.raises(Malformed) as caught:
        JsonService(url=url, token=TOKEN)
    (problem,) = caught.value.problems
    assert problem.path == "$.url"
    assert problem.message == "must be https, with a host, and without query, fragment and password"


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "å", "x" * 5000])
def test_a_token_that_cannot_be_sent_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(Malformed) as caught:
        JsonService(url="https://sign.example", token=token, timeout_seconds=0)
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("$.token", "must be printable ASCII without blanks"),
        ("$.timeout_seconds", "must be more than 0, and finite"),
    ]
    assert len(token) < 2 or token not in str(caught.value)


def test_without_its_package_it_says_what_to_install() -> None:
    said = python("""
import sys
sys.modules["httpx2"] = None
from kundorder.adapters.hosted import JsonService
from kundorder.errors import Unavailable
try:
    JsonService(url="https://sign.example", token="x").status("x")
except Unavailable as error:
    print(error)
""")
    assert "install kundorder[hosted]" in said


def test_the_package_is_loaded_when_it_is_needed_and_not_before() -> None:
    said = python("""
import sys
from kundorder.adapters.hosted import JsonService
JsonService(url="https://sign.example", token="x")
print(sorted(name for name in sys.modules if name.partition(".")[0] == "httpx2"))
""")
    assert said.strip() == "[]"


def python(text: str) -> str:
    """What a process of its own prints."""
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout


def test_neither_token_nor_secret_nor_person_shows_anywhere(
    bench: HostedBench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    done = drive(bench, bench.request(DOCUMENT))
    bench.service.quirks.append(Quirk(Ask.CANCEL, Reply(500, CONTACT.email.encode())))
    pending = begun(bench, bench.request(OTHER))
    with pytest.raises(Unavailable) as caught:
        bench.signing.cancel(pending.state)
    shown = f"{bench.signing!r} {done!r} {pending!r} {caught.value!r} {caplog.text}"
    for hidden in (TOKEN, SECRET.decode(), CONTACT.name, CONTACT.email, CONTACT.phone or "-"):
        assert hidden not in shown
    assert "answers 500" in shown
