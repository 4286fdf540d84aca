"""A hosted service that is down, slow or makes no sense: the step stays pending, and nothing is ever half signed."""

import gzip
import json
import ssl
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import attrs
import pytest
from hosted_stand_in import TOKEN, Act, Ask, Change, Quirk, Reply, Service, nobody_home
from mail_servers import Authority
from test_hosted import HostedBench, again, begun, failed

from kundorder.adapters.hosted import JsonService
from kundorder.adapters.jws import JwsSeal
from kundorder.errors import Unavailable
from kundorder.ports import Done, Failed, Pending, Progress
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT, drive, finish
from kundorder.testing.contracts.signing.looking import told_with
from kundorder.vocabulary import FailureCode

SHORT: Final = 0.1  # seconds; where a service is waited for in vain
OPEN: Final = b'{"id":"s1","status":"open","url":"https://sign.example/s1"}'
NONSENSE: Final[dict[str, bytes]] = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "half an object": OPEN[:-9],
    "two objects": OPEN * 2,
    "a page": b"<!doctype html><title>Welcome</title>",
    "bytes": bytes(range(256)),
    "another encoding": OPEN.decode().encode("utf-16"),
    "half a character": b'{"id":"s1\xc3","status":"open"}',
    "no text": OPEN.replace(b"s1", b"\\ud800"),
    "depth": b'{"x":' * 12_000,
    "a number": b"1" * 5_000,
    "more than enough": OPEN + b" " * 100_000,
    "no id": OPEN.replace(b'"id"', b'"name"'),
    "an empty id": OPEN.replace(b'"s1"', b'""'),
    "an id that is a number": OPEN.replace(b'"s1"', b"1"),
    "an id that is a path": OPEN.replace(b'"s1"', b'"../s1"'),
    "an id with a line": OPEN.replace(b'"s1"', b'"s1\\n"'),
    "a long id": OPEN.replace(b'"s1"', b'"' + b"s" * 300 + b'"'),
    "another id": OPEN.replace(b'"s1"', b'"s2"'),
    "no status": OPEN.replace(b'"status"', b'"stage"'),
    "a new status": OPEN.replace(b'"open"', b'"kanarie.post@customer.example"'),
    "a status in capitals": OPEN.replace(b'"open"', b'"OPEN"'),
    "an address that is a script": OPEN.replace(b"https://sign.example/", b"javascript:alert(1)//"),
    "an address without encryption": OPEN.replace(b"https", b"http"),
    "an address with a password": OPEN.replace(b"//", b"//user:word@"),
    "an address with a blank": OPEN.replace(b"/s1", b"/s 1"),
    "an address with a tag": OPEN.replace(b"/s1", b"/<b>"),
    "a long address": OPEN.replace(b"/s1", b"/" + b"s" * 3000),
    "an address that is none": OPEN.replace(b"https://sign.example", b""),
    "a time without a zone": OPEN.replace(b"}", b',"expires_at":"2026-01-05T09:00:00"}'),
    "a time that is none": OPEN.replace(b"}", b',"expires_at":"tomorrow"}'),
    "a signer that is a name": OPEN.replace(b"}", b',"signer":"Ann"}'),
    "signed and nothing more": OPEN.replace(b"open", b"signed"),
    "signed by nobody": json.dumps(
        {"id": "s1", "status": "signed", "document_digest": "ab" * 32, "artefact_digest": "ab" * 32}
    ).encode(),
    "signed without an artefact": json.dumps(
        {"id": "s1", "status": "signed", "document_digest": "ab" * 32, "signer": {"name": "x"}}
    ).encode(),
    "signed with an artefact of another kind": json.dumps(
        {"id": "s1", "status": "signed", "document_digest": "ab" * 32, "artefact_digest": "x", "signer": {}}
    ).encode(),
}
ONLY_OF_ONE_THAT_IS_KNOWN: Final = {"another id"}  # for one that is new, any id is as good

REFUSALS: Final = (300, 301, 302, 307, 308, 400, 401, 402, 403, 405, 409, 418, 422, 500, 501, 502, 503, 504, 599)
EMPTY: Final = (202, 204, 205, 206)


@attrs.frozen
class Fault:
    """Something it does instead, at one of the questions."""

    ask: Ask
    name: str
    act: Act | Reply

    def __str__(self) -> str:
        return f"{self.name} at {self.ask.name.lower()}"


def faults() -> Iterator[Fault]:
    """All that comes to a bad end."""
    for ask in Ask:
        yield from (Fault(ask, act.name.lower(), act) for act in (Act.DROP, Act.HALF, Act.HANG) if says(ask, act))
        yield from (
            Fault(ask, str(code), Reply(code, OPEN)) for code in REFUSALS if not (ask is Ask.CANCEL and code == 409)
        )
        yield Fault(ask, "busy", Reply(429, headers=(("Retry-After", "3"),)))
        yield Fault(ask, "a redirect", Reply(302, headers=(("Location", "https://elsewhere.example/"),)))
    for ask in (Ask.CREATE, Ask.STATUS):
        for name, body in NONSENSE.items():
            if ask is Ask.STATUS or name not in ONLY_OF_ONE_THAT_IS_KNOWN:
                yield Fault(ask, name, Reply(200, body))
        yield from (Fault(ask, f"{code} and nothing", Reply(code)) for code in EMPTY)
        yield Fault(ask, "packed", Reply(200, gzip.compress(OPEN), (("Content-Encoding", "gzip"),)))
        yield Fault(ask, "a drip", Act.DRIP)
    yield Fault(Ask.CREATE, "not found", Reply(404))
    yield from (Fault(Ask.ARTEFACT, f"{code}", Reply(code)) for code in (404, 410, *EMPTY))
    yield Fault(Ask.ARTEFACT, "nothing", Reply(200, b""))
    yield Fault(Ask.ARTEFACT, "another", Reply(200, b"%PDF-another"))
    yield Fault(Ask.ARTEFACT, "cut", Act.CUT)
    yield Fault(Ask.ARTEFACT, "a drip", Act.DRIP)


def says(ask: Ask, act: Act) -> bool:
    """Whether there is anything in the answer to lose half of."""
    return not (ask is Ask.CANCEL and act is Act.HALF)


@attrs.define
class Shelf:
    """An archive that shows what is on it, and can be full."""

    kept: list[bytes] = attrs.field(factory=list)
    is_full: bool = False

    def keep(self, content: bytes) -> str:
        if self.is_full:
            raise Unavailable("the archive cannot be written")
        self.kept.append(content)
        return sha256(content).hexdigest()

    def fetch(self, digest: str) -> bytes:
        raise NotImplementedError(digest)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def bench(shelf: Shelf) -> Iterator[HostedBench]:
    with Service() as service:
        yield HostedBench(service, JwsSeal(), shelf, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def is_mute(error: Unavailable) -> None:
    """One line, without anything the service has said or the person is called, also in what it came from."""
    assert "\n" not in str(error)
    told = " ".join(told_with(error))
    for hidden in (TOKEN, CONTACT.name, CONTACT.email, CONTACT.phone or "-", "sign.example"):
        assert hidden not in told


@pytest.mark.parametrize("fault", tuple(faults()), ids=str)
def test_a_service_that_fails_leaves_it_as_it_was_and_it_goes_on_afterwards(
    bench: HostedBench, shelf: Shelf, fault: Fault
) -> None:
    """Whichever question it fails at, and twice; nothing is archived before all of it has been seen."""
    request, patience = bench.request(DOCUMENT), bench.timeout
    pending = None if fault.ask is Ask.CREATE else begun(bench)
    if fault.ask in (Ask.STATUS, Ask.ARTEFACT):
        bench.service.sign(bench.service.the_one())
    bench.service.quirks.append(Quirk(fault.ask, fault.act, times=None))
    bench.timeout = SHORT if fault.act in (Act.HANG, Act.DRIP) else patience
    for _ in range(2):
        if fault.name == "busy" and fault.ask is Ask.STATUS:
            assert isinstance(go_on(bench, fault, pending), Pending)
            continue
        with pytest.raises(Unavailable) as caught:
            go_on(bench, fault, pending)
        is_mute(caught.value)
        assert (fault.act in (Act.HANG, Act.DRIP)) == ("in time" in str(caught.value))
        if isinstance(fault.act, Reply) and fault.act.code not in (200, 201):
            assert str(fault.act.code) in str(caught.value)
    assert shelf.kept == []
    bench.service.quirks.clear()
    bench.timeout = patience
    assert isinstance(drive(bench, request) if pending is None else finish(bench, request, pending), Done)
    assert len(shelf.kept) == len(bench.service.signings) == 1


def go_on(bench: HostedBench, fault: Fault, pending: Pending | None) -> Progress | None:
    """Have it asked the question that it fails at."""
    if pending is None:
        return bench.signing.start(bench.request(DOCUMENT), now=bench.now)
    if fault.ask is Ask.CANCEL:
        bench.signing.cancel(pending.state)
        return None
    return bench.signing.resume(bench.request(DOCUMENT), pending.state, now=bench.now)


def test_there_are_enough_faults() -> None:
    assert len({str(fault) for fault in faults()}) == len(list(faults())) >= 150


# What is no fault of the line


@pytest.mark.parametrize("code", [404, 410])
def test_what_the_service_does_not_know_is_not_under_way_and_can_be_begun_anew(bench: HostedBench, code: int) -> None:
    pending = begun(bench)
    bench.service.quirks.append(Quirk(Ask.STATUS, Reply(code)))
    progress = again(bench, pending)
    assert failed(progress) is FailureCode.NOTHING_UNDER_WAY
    assert isinstance(drive(bench, bench.request(DOCUMENT)), Done)
    assert len(bench.service.signings) == 1


@pytest.mark.parametrize("code", [200, 202, 204, 404, 409, 410])
def test_what_has_ended_need_not_be_cancelled(bench: HostedBench, code: int) -> None:
    pending = begun(bench)
    bench.service.quirks.append(Quirk(Ask.CANCEL, Reply(code)))
    bench.signing.cancel(pending.state)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        (None, 30),
        ("", 30),
        ("-1", 30),
        ("soon", 30),
        ("1.5", 30),
        ("٣", 30),
        ("9" * 5000, 30),
        ("Mon, 05 Jan 2026 08:00:07 GMT", 30),
        ("86400", 600),
    ],
)
def test_a_service_that_is_busy_is_given_the_time_it_asks_for(
    bench: HostedBench, said: str | None, seconds: int
) -> None:
    pending = begun(bench)
    headers = () if said is None else (("Retry-After", said.encode().decode("latin-1")),)
    bench.service.quirks.append(Quirk(Ask.STATUS, Reply(429, headers=headers)))
    progress = again(bench, pending)
    assert isinstance(progress, Pending)
    assert progress.ask_again_at == bench.now + timedelta(seconds=seconds)
    assert (progress.state, progress.ends_at) == (pending.state, pending.ends_at)


def test_a_service_that_is_busy_is_not_asked_again_after_the_end(bench: HostedBench) -> None:
    pending = begun(bench)
    bench.now = pending.ends_at - timedelta(seconds=5)
    bench.service.quirks.append(Quirk(Ask.STATUS, Reply(429, headers=(("Retry-After", "60"),))))
    progress = again(bench, pending)
    assert isinstance(progress, Pending)
    assert progress.ask_again_at == pending.ends_at


def test_where_to_sign_is_told_when_it_is_begun(bench: HostedBench) -> None:
    bench.service.quirks.append(Quirk(Ask.CREATE, telling(url=None)))
    with pytest.raises(Unavailable, match="where to sign"):
        bench.signing.start(bench.request(DOCUMENT), now=bench.now)
    begun(bench)
    assert len(bench.service.signings) == 1


# What does not fit together


def telling(**otherwise: object) -> Change:
    """The answer, with this in it."""
    return lambda told: told | otherwise


@pytest.mark.parametrize("times", [1, None], ids=["once", "for ever"])
def test_what_is_signed_of_another_document_is_not_signed(bench: HostedBench, shelf: Shelf, times: int | None) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    bench.service.quirks.append(Quirk(Ask.STATUS, telling(document_digest="0" * 64), times=times))
    progress = again(bench, pending)
    assert failed(progress) is FailureCode.FAILED
    assert shelf.kept == []
    assert bench.service.count(Ask.ARTEFACT) == 0
    if times is not None:
        assert isinstance(drive(bench, bench.request(DOCUMENT)), Done)  # it was signed after all, and is found again
        assert len(bench.service.signings) == 1


def test_an_artefact_has_to_be_what_the_service_says_it_is(bench: HostedBench, shelf: Shelf) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    bench.service.quirks.append(Quirk(Ask.STATUS, telling(artefact_digest="0" * 64)))
    with pytest.raises(Unavailable, match="another artefact"):
        again(bench, pending)
    assert shelf.kept == []
    assert isinstance(again(bench, pending), Done)


def test_a_status_that_goes_backwards_is_believed_and_nothing_is_half_signed(bench: HostedBench, shelf: Shelf) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    bench.service.quirks += [
        Quirk(Ask.ARTEFACT, Act.DROP),
        Quirk(Ask.STATUS, telling(status="open", url="https://sign.example/s1"), first=2),
        Quirk(Ask.STATUS, telling(status="declined"), first=4),
    ]
    with pytest.raises(Unavailable):
        again(bench, pending)  # signed, but what was signed cannot be had
    assert isinstance(again(bench, pending), Pending)  # open again
    assert shelf.kept == []
    done = again(bench, pending)
    assert isinstance(done, Done)
    assert isinstance(again(bench, pending), Failed)  # and declined, when it is done: nobody asks any more
    assert bench.signing.verify(done.evidence, DOCUMENT)


def test_an_archive_that_cannot_keep_it_leaves_it_pending(bench: HostedBench, shelf: Shelf) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    shelf.is_full = True
    for _ in range(2):
        with pytest.raises(Unavailable, match="archive"):
            again(bench, pending)
    shelf.is_full = False
    assert isinstance(again(bench, pending), Done)
    assert len(shelf.kept) == 1


@attrs.frozen
class Sealed:
    """A seal that cannot be reached."""

    name: str = "nobody"

    def seal(self, statement: bytes) -> str:
        raise Unavailable(f"no seal for {len(statement)} bytes")

    def holds(self, proof: str, statement: bytes) -> bool:
        raise Unavailable(f"no seal for {len(proof) + len(statement)} bytes")


def test_a_seal_that_cannot_be_reached_leaves_it_pending(bench: HostedBench) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    kept, bench.seal = bench.seal, Sealed()
    with pytest.raises(Unavailable, match="no seal"):
        again(bench, pending)
    bench.seal = kept
    done = again(bench, pending)
    assert isinstance(done, Done)
    bench.seal = Sealed()
    with pytest.raises(Unavailable, match="no seal"):
        bench.signing.verify(done.evidence, DOCUMENT)


# Who answers


def service_at(url: str, context: ssl.SSLContext | None, token: str = TOKEN) -> JsonService:
    return JsonService(url=url, token=token, timeout_seconds=20.0, context=context)


def test_a_service_that_is_not_there_cannot_be_reached() -> None:
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        service_at(nobody_home(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)).status("s1")
    is_mute(caught.value)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.new(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("who", ["a stranger vouches for", "of another name", "out of date", "unknown to the system"])
def test_a_service_that_is_not_trusted_is_told_nothing(authority: Authority, tmp_path: Path, who: str) -> None:
    papers = {
        "a stranger vouches for": lambda: Authority.new(tmp_path).papers("localhost"),
        "of another name": lambda: authority.papers("other.example"),
        "out of date": lambda: authority.papers("localhost", days=-1),
        "unknown to the system": lambda: authority.papers("localhost"),
    }
    trusted = None if who == "unknown to the system" else authority.trusted()
    with Service(papers=papers[who]()) as service:
        with pytest.raises(Unavailable, match="cannot be reached") as caught:
            service_at(service.url, trusted).status("s1")
        assert service.questions == []
    is_mute(caught.value)


def test_a_service_that_encrypts_is_not_spoken_to_in_clear(authority: Authority) -> None:
    with Service(papers=authority.papers("localhost")) as service:
        with pytest.raises(Unavailable):
            service_at(service.url.replace("https", "http"), authority.trusted()).status("s1")
        assert service.questions == []


def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else(bench: HostedBench) -> None:
    with Service() as elsewhere:
        pending = begun(bench)
        for code in (301, 302, 303, 307, 308):
            away = Reply(code, headers=(("Location", f"{elsewhere.url}/signings/s1"),))
            bench.service.quirks[:] = [Quirk(Ask.STATUS, away, times=None)]
            with pytest.raises(Unavailable, match=str(code)):
                again(bench, pending)
        assert elsewhere.questions == []


def test_a_token_that_is_refused_is_said_to_be() -> None:
    with Service() as service:
        other = service_at(service.url, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), token="another-token")  # noqa: S106
        with pytest.raises(Unavailable, match=r"refuses the token \(401\)") as caught:
            other.status("s1")
    assert "another-token" not in repr(caught.value)


def test_a_proxy_of_the_surroundings_is_not_asked(bench: HostedBench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, nobody_home())
    monkeypatch.setenv("NO_PROXY", "")
    assert isinstance(drive(bench, bench.request(DOCUMENT)), Done)


@pytest.mark.parametrize("signing", ["", "..", ".", "../x", "s1/artefact", "s1?x=y", "s 1", "å", "s1\n", "s" * 300])
def test_an_id_that_is_none_is_not_asked_about(bench: HostedBench, signing: str) -> None:
    service = service_at(bench.service.url, bench.trusted)
    assert service.status(signing) is None
    service.cancel(signing)
    with pytest.raises(Unavailable):
        service.artefact(signing)
    assert bench.service.questions == []
