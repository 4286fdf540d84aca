"""Whatever BankID answers: people are told what to do, the host what to mend, and nothing is half signed."""

import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest
from bankid_stand_in import (
    ANNA,
    PATH,
    WORD,
    BankIdStandIn,
    Cuts,
    Drips,
    Files,
    Forgets,
    Hangs,
    Quirk,
    Says,
    completion,
    issued,
    refuses,
)
from test_bankid import KEY, NOW, SEAL, BankIdBench, pending_of

from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.bankid import PRODUCTION, TEST, BankId, ClientCertificate
from kundorder.errors import Malformed, Unavailable
from kundorder.ports import Done, Failed, Pending, ShowQr
from kundorder.testing.contracts.signing import DOCUMENT, drive
from kundorder.vocabulary import FailureCode, Language

F = FailureCode

PENDING: Final = (
    "outstandingTransaction",
    "noClient",
    "started",
    "userMrtd",
    "userCallConfirm",
    "userSign",
    "processing",
    "somethingNew",
    "",
)
FAILED: Final = {
    "expiredTransaction": F.EXPIRED,
    "certificateErr": F.METHOD_NOT_READY,
    "userCancel": F.CANCELLED,
    "cancelled": F.UNDER_WAY_ELSEWHERE,
    "startFailed": F.METHOD_NOT_READY,
    "notSupportedByUserApp": F.METHOD_NOT_READY,
    "userDeclinedCall": F.CANCELLED,
    "transactionRiskBlocked": F.FAILED,
    "somethingNew": F.FAILED,
    f"{ANNA}\n": F.FAILED,
    "": F.FAILED,
}
HINTS: Final = frozenset(list(FAILED)[:-3])
"""What is told on, since BankID has documented it; anything else may hold a person's number."""

REFUSALS: Final = {
    "invalidParameters": (400, "tell the maintainer"),
    "unauthorized": (401, "does not know the client certificate"),
    "notFound": (404, "nothing at that address"),
    "methodNotAllowed": (405, "cannot be done at that address"),
    "requestTimeout": (408, "has waited in vain"),
    "unsupportedMediaType": (415, "does not take JSON"),
    "internalError": (500, "something is wrong there"),
    "Maintenance": (503, "closed for maintenance"),
    "maintenance": (503, "closed for maintenance"),
    "somethingNew": (418, "refuses with 418"),
}
NONSENSE: Final[dict[str, Says]] = {
    "a page": Says(b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>", 503, "text/html"),
    "a page that says all is well": Says(b"<html></html>", 200, "text/html"),
    "nothing": Says(b""),
    "nothing and no content": Says(b"", 204),
    "cut JSON": Says(b'{"orderRef":"131daac9-16c6-46'),
    "a list": Says(b"[]"),
    "a text": Says(b'"pending"'),
    "a number": Says(b"1"),
    "null": Says(b"null"),
    "an empty object": Says(b"{}"),
    "no UTF-8": Says(b'{"orderRef":"\xff\xfe"}'),
    "deep": Says(b"[" * 100_000),
    "deep in an object": Says(b'{"x":' + b"[" * 100_000),
    "huge": Says(b'{"orderRef":"' + b"x" * 3_000_000 + b'"}'),
    "elsewhere": Says(b'{"orderRef":"131daac9-16c6-4618-beb0-365768f37288"}', 302),
    "wrong kinds": Says(b'{"orderRef":1,"autoStartToken":[],"status":{},"hintCode":7}'),
    "another order": Says(
        b'{"orderRef":"131daac9-16c6-4618-beb0-365768f37288","status":"complete","completionData":{}}'
    ),
    "tokens that are none": Says(
        b'{"orderRef":"a b","autoStartToken":"x&y=z","qrStartToken":"\\n","qrStartSecret":"\\u00e5"}'
    ),
}
LINES: Final[dict[str, Quirk]] = {
    "hangs up before a word": Cuts(),
    "hangs up within the head": Cuts(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "hangs up within the body": Cuts(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"orderRef":'),
    "speaks no HTTP": Cuts(b"220 smtp.example ESMTP\r\n"),
    "has a head without end": Cuts(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 200_000),
    "says how long it is, and lies": Cuts(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"),
    "compresses what was not to be": Cuts(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    ),
}
SLOW: Final[dict[str, Quirk]] = {
    "says nothing": Hangs(),
    "lets its head drip": Drips(b"HTTP/1.1 200 OK\r\nX: "),
    "lets its body drip": Drips(b'HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{"a":"'),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files.written(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def bench(files: Files) -> Iterator[BankIdBench]:
    with BankIdStandIn() as stand_in:
        yield BankIdBench(stand_in, files)


def test_every_call_of_the_interface_is_asked_as_bankid_wants_it(bench: BankIdBench) -> None:
    request = bench.request(DOCUMENT)
    pending = pending_of(bench.signing.start(request, now=NOW))
    pending_of(bench.signing.resume(request, pending.state, now=NOW))
    bench.signing.cancel(pending.state)
    (sign, asked), *others = bench.stand_in.asked
    assert sign == "sign"
    assert set(asked) == {"endUserIp", "userVisibleData", "userNonVisibleData", "requirement"}
    assert asked["requirement"] == {"personalNumber": ANNA}
    order = {"orderRef": others[0][1]["orderRef"]}
    assert others == [("collect", order), ("cancel", order)]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", PENDING)
def test_while_it_is_pending_the_person_is_told_what_to_do(bench: BankIdBench, code: str, language: Language) -> None:
    request = attrs.evolve(bench.request(DOCUMENT), language=language)
    first = pending_of(bench.signing.start(request, now=NOW))
    (order,) = bench.stand_in.orders.values()
    order.hint = code
    pending = pending_of(bench.signing.resume(request, first.state, now=NOW))
    assert pending.hint.endswith(".")
    assert ("BankID" in pending.hint) or code in {"userMrtd", "userCallConfirm", "processing"}
    assert pending.state == first.state
    assert isinstance(pending.action, ShowQr) is (code not in {"userMrtd", "userCallConfirm", "userSign", "processing"})


def test_every_hint_has_its_own_words_in_every_language(bench: BankIdBench) -> None:
    said: dict[Language, list[str]] = {}
    for language in Language:
        request = attrs.evolve(bench.request(DOCUMENT), language=language)
        first = pending_of(bench.signing.start(request, now=NOW))
        (order,) = bench.stand_in.orders.values()
        for order.hint in PENDING[:-1]:
            said.setdefault(language, []).append(pending_of(bench.signing.resume(request, first.state, now=NOW)).hint)
        bench.signing.cancel(first.state)
    assert all(len(set(hints)) == len(PENDING) - 1 for hints in said.values())
    assert not set(said[Language.SV]) & set(said[Language.EN])


@pytest.mark.parametrize(("code", "found"), FAILED.items())
def test_when_it_has_failed_the_person_is_told_why_and_can_begin_anew(
    bench: BankIdBench, code: str, found: FailureCode
) -> None:
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW))
    (order,) = bench.stand_in.orders.values()
    bench.stand_in.fails(order, code)
    progress = bench.signing.resume(request, first.state, now=NOW)
    assert isinstance(progress, Failed)
    assert progress.code is found
    is_known = code in HINTS
    assert progress.why == (f"BankID: {code}" if is_known else "BankID gives a reason that is not known here")
    assert isinstance(drive(bench, request), Done)


def test_a_person_who_is_asked_elsewhere_is_told_so_and_can_begin_then(bench: BankIdBench) -> None:
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW))
    second = bench.signing.start(request, now=NOW)
    assert isinstance(second, Failed)
    assert second.code is F.UNDER_WAY_ELSEWHERE
    ended = bench.signing.resume(request, first.state, now=NOW)
    assert isinstance(ended, Failed)
    assert ended.code is F.UNDER_WAY_ELSEWHERE
    assert isinstance(drive(bench, request), Done)


def test_an_order_whose_begin_was_not_heard_of_is_ended_by_the_next(bench: BankIdBench) -> None:
    request = bench.request(DOCUMENT)
    bench.stand_in.script.append(("sign", Forgets()))
    with pytest.raises(Unavailable):
        bench.signing.start(request, now=NOW)
    second = bench.signing.start(request, now=NOW)
    assert isinstance(second, Failed)
    assert second.code is F.UNDER_WAY_ELSEWHERE
    assert isinstance(drive(bench, request), Done)


def test_a_signature_whose_handing_out_was_not_heard_is_asked_for_anew(bench: BankIdBench) -> None:
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW))
    bench.person_signs(first)
    bench.stand_in.script.append(("collect", Forgets()))
    with pytest.raises(Unavailable):
        bench.signing.resume(request, first.state, now=NOW)
    unavailable(lambda: bench.signing.resume(request, first.state, now=NOW))
    over = bench.signing.resume(request, first.state, now=first.ends_at)
    assert isinstance(over, Failed)
    assert over.code is F.EXPIRED
    assert isinstance(drive(bench, request), Done)


def test_who_comes_second_for_a_signature_does_not_end_what_the_first_is_doing(bench: BankIdBench) -> None:
    """The page asks, and the browser comes back from the app, at the same moment; BankID answers once."""
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW))
    bench.person_signs(first)
    kept = pending_of(bench.signing.resume(request, first.state, now=NOW))
    error = unavailable(lambda: bench.signing.resume(request, first.state, now=NOW))
    assert "another call may have its answer" in error.what
    assert isinstance(bench.signing.resume(request, kept.state, now=NOW), Done)


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("call", ["sign", "collect", "cancel"])
def test_a_refusal_is_in_nobodys_way_and_says_what_to_mend(bench: BankIdBench, call: str, code: str) -> None:
    status, words = REFUSALS[code]
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW)) if call != "sign" else None
    bench.stand_in.script.append((call, refuses(status, code, f"about {ANNA}")))
    is_gone = code in {"invalidParameters", "notFound"}
    if first is None:
        error = unavailable(lambda: bench.signing.start(request, now=NOW))
    elif call == "collect":
        error = unavailable(lambda: bench.signing.resume(request, first.state, now=NOW))
    elif is_gone:
        bench.signing.cancel(first.state)
        return
    else:
        error = unavailable(lambda: bench.signing.cancel(first.state))
    if call == "collect" and is_gone:
        status, words = 0, "no such order any more"
    assert words in error.what
    assert not status or error.what.startswith(f"BankID refuses with {status}")
    if first is not None:
        bench.person_signs(first)
        kept = pending_of(bench.signing.resume(request, first.state, now=NOW))
        assert isinstance(bench.signing.resume(request, kept.state, now=NOW), Done)


@pytest.mark.parametrize("what", [*NONSENSE, *LINES])
def test_nonsense_is_no_answer_and_changes_nothing(bench: BankIdBench, what: str) -> None:
    quirk = (NONSENSE | LINES)[what]
    request = bench.request(DOCUMENT)
    bench.stand_in.script.append(("sign", quirk))
    unavailable(lambda: bench.signing.start(request, now=NOW))
    first = pending_of(bench.signing.start(request, now=NOW))
    bench.stand_in.script.append(("collect", quirk))
    unavailable(lambda: bench.signing.resume(request, first.state, now=NOW))
    if what not in {"an empty object", "wrong kinds", "another order", "tokens that are none"}:
        bench.stand_in.script.append(("cancel", quirk))
        unavailable(lambda: bench.signing.cancel(first.state))
    bench.person_signs(first)
    kept = pending_of(bench.signing.resume(request, first.state, now=NOW))
    assert isinstance(bench.signing.resume(request, kept.state, now=NOW), Done)


@pytest.mark.parametrize("what", SLOW)
def test_however_slow_it_is_a_call_ends_in_time(bench: BankIdBench, what: str) -> None:
    """Each piece comes in time; it is all of them together that take too long."""
    bench.timeout_seconds = 0.3
    request = bench.request(DOCUMENT)
    bench.stand_in.script.append(("sign", SLOW[what]))
    error = unavailable(lambda: bench.signing.start(request, now=NOW))
    assert error.what == "BankID does not answer in time"
    bench.timeout_seconds = 10.0
    assert isinstance(drive(bench, request), Done)


def test_what_comes_with_an_answer_and_is_not_known_is_left_alone(bench: BankIdBench) -> None:
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW))
    (order,) = bench.stand_in.orders.values()
    said = f'{{"orderRef":"{order.ref}","status":"pending","hintCode":"userSign","new":[[{{}}]],"x":-1.5e9}}'
    bench.stand_in.script.append(("collect", Says(said.encode())))
    assert isinstance(bench.signing.resume(request, first.state, now=NOW), Pending)


@pytest.mark.parametrize("status", ["pending", "failed", "complete"])
def test_what_is_said_of_another_order_is_not_of_this_one(bench: BankIdBench, status: str) -> None:
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW))
    other = attrs.evolve(next(iter(bench.stand_in.orders.values())), ref="131daac9-16c6-4618-beb0-365768f37288")
    for ref in (other.ref, None):
        said = {"orderRef": ref, "status": status, "hintCode": "userCancel", "completionData": completion(other)}
        bench.stand_in.script.append(("collect", Says(json.dumps(said).encode())))
        error = unavailable(lambda: bench.signing.resume(request, first.state, now=NOW))
        assert error.what == "BankID answers something about another order"


@pytest.mark.parametrize("status", ["Complete", "completed", "", "done"])
def test_a_status_that_is_not_known_is_no_answer(bench: BankIdBench, status: str) -> None:
    request = bench.request(DOCUMENT)
    first = pending_of(bench.signing.start(request, now=NOW))
    (order,) = bench.stand_in.orders.values()
    bench.stand_in.script.append(("collect", Says(f'{{"orderRef":"{order.ref}","status":"{status}"}}'.encode())))
    unavailable(lambda: bench.signing.resume(request, first.state, now=NOW))


def unavailable(ask: Callable[[], object]) -> Unavailable:
    """The error of this call; it says nothing about anybody."""
    with pytest.raises(Unavailable) as caught:
        ask()
    cause: BaseException | None = caught.value
    while cause is not None:
        assert ANNA not in f"{cause} {cause!r} {vars(cause)}"
        cause = cause.__cause__ or cause.__context__
    assert str(caught.value).isprintable()
    return caught.value


# The line


def bank_id(files: Files, url: str, certificate: ClientCertificate | None = None, ca: str = "ca.pem") -> BankId:
    return BankId(
        SEAL,
        MemoryArchive(),
        url=url,
        certificate=certificate or ClientCertificate(file=files["client.pem"]),
        ca=files[ca],
        key=KEY,
        personal_number=lambda _: ANNA,
    )


def start_error(
    bench: BankIdBench, files: Files, certificate: ClientCertificate | None = None, ca: str = "ca.pem"
) -> str:
    signing = bank_id(files, bench.stand_in.url, certificate, ca)
    return unavailable(lambda: signing.start(bench.request(DOCUMENT), now=NOW)).what


def of(files: Files, file: str, key: str | None = None, password: str | None = None) -> ClientCertificate:
    return ClientCertificate(file=files[file], key=None if key is None else files[key], password=password)


@pytest.mark.parametrize(
    ("file", "key", "password"),
    [
        ("client.pem", None, None),
        ("certificate.pem", "key.pem", None),
        ("locked.pem", None, WORD),
        ("client.p12", None, WORD),
        ("client.pem", None, "not needed"),
    ],
)
def test_the_client_certificate_may_come_in_all_the_usual_forms(
    bench: BankIdBench, files: Files, file: str, key: str | None, password: str | None
) -> None:
    signing = bank_id(files, bench.stand_in.url, of(files, file, key, password))
    assert isinstance(signing.start(bench.request(DOCUMENT), now=NOW), Pending)


@pytest.mark.parametrize(
    ("file", "key", "password", "why"),
    [
        ("missing.pem", None, None, "no such file or directory"),
        ("certificate.pem", "missing.pem", None, "no such file or directory"),
        ("certificate.pem", None, None, "does not hold what it should"),
        ("certificate.pem", "stranger_key.pem", None, "the key is not the one of the certificate"),
        ("locked.pem", None, "another", "password is wrong"),
        ("locked.pem", None, None, "password is wrong"),
        ("rubbish.pem", None, None, "does not hold what it should"),
        ("client.p12", None, "another", "password is wrong"),
        ("client.p12", None, None, "password is wrong"),
        ("rubbish.p12", None, WORD, "does not hold what it should"),
        ("empty.p12", None, WORD, "does not hold what it should"),
    ],
)
def test_a_client_certificate_that_will_not_do_is_named_with_the_reason(
    bench: BankIdBench, files: Files, file: str, key: str | None, password: str | None, why: str
) -> None:
    told = start_error(bench, files, of(files, file, key, password))
    assert told.startswith("the client certificate for BankID cannot be used (")
    assert why in told
    assert (password or WORD) not in told


@pytest.mark.parametrize(("ca", "why"), [("missing.pem", "no such file"), ("rubbish.p12", "does not hold")])
def test_an_authority_that_will_not_do_is_named_with_the_reason(
    bench: BankIdBench, files: Files, ca: str, why: str
) -> None:
    told = start_error(bench, files, ca=ca)
    assert told.startswith("the file given as ca cannot be used (")
    assert why in told


def test_a_server_by_another_authority_is_not_spoken_to(bench: BankIdBench, files: Files) -> None:
    told = start_error(bench, files, ca="roots.pem")
    assert "the certificate of BankID's server is not trusted" in told
    assert bench.stand_in.asked == []


def test_a_server_for_another_name_or_with_an_old_certificate_is_not_spoken_to(files: Files, tmp_path: Path) -> None:
    authority = issued("En annan linje", is_ca=True)
    (tmp_path / "ca.pem").write_bytes(authority.pem())
    (tmp_path / "client.pem").write_bytes(files["client.pem"].read_bytes())
    for paper in (issued("server", authority, hosts=("other.example",)), issued("server", authority)):
        with BankIdStandIn(paper=paper) as stand_in:
            told = start_error(BankIdBench(stand_in, files), Files(tmp_path))
            assert "is not trusted (hostname mismatch" in told
            assert stand_in.asked == []
    old = issued("server", authority, hosts=("localhost",), until=NOW.replace(year=2021))
    with BankIdStandIn(paper=old) as stand_in:
        assert "is not trusted (certificate has expired" in start_error(BankIdBench(stand_in, files), Files(tmp_path))


def test_a_client_that_bankid_does_not_know_is_told_so(bench: BankIdBench, files: Files) -> None:
    told = start_error(bench, files, of(files, "stranger.pem"))
    assert "check the client certificate" in told or "has hung up" in told
    assert bench.stand_in.asked == []


def test_a_stand_in_takes_nobody_without_a_certificate(bench: BankIdBench, files: Files) -> None:
    context = ssl.create_default_context(cafile=files["ca.pem"])
    import httpx2  # noqa: PLC0415 - as a stranger

    with pytest.raises(httpx2.HTTPError), httpx2.Client(verify=context, trust_env=False) as client:
        client.post(f"{bench.stand_in.url}/sign", json={})


def test_where_nobody_listens_nobody_is_reached(files: Files) -> None:
    with BankIdStandIn() as stand_in:
        url = stand_in.url
    signing = bank_id(files, url)
    request = BankIdBench(stand_in, files).request(DOCUMENT)
    error = unavailable(lambda: signing.start(request, now=NOW))
    assert error.what == "BankID cannot be reached, or has hung up"


def test_what_the_environment_says_of_proxies_is_not_asked(bench: BankIdBench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(drive(bench, bench.request(DOCUMENT)), Done)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://appapi2.bankid.com/rp/v6.0",
        f"{PRODUCTION}/",
        f"{PRODUCTION}?x=y",
        f"{PRODUCTION}#x",
        "https://user:word@appapi2.bankid.com/rp",
        "https:///rp",
        f"{PRODUCTION}\n",
        f" {PRODUCTION}",
    ],
)
def test_an_address_that_is_none_is_refused(files: Files, url: str) -> None:
    with pytest.raises(Malformed, match="url"):
        bank_id(files, url)


def test_the_addresses_of_bankid_are_known(files: Files) -> None:
    for url in (PRODUCTION, TEST):
        assert url.endswith(PATH)
        bank_id(files, url)  # and nobody is asked


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(bench: BankIdBench, seconds: float) -> None:
    bench.timeout_seconds = seconds
    with pytest.raises(Malformed, match=r"^\$\.timeout_seconds: must be more than 0, and finite$"):
        _ = bench.signing


# The stand-in itself


WRONG_QUESTIONS: Final[dict[str, dict[str, object]]] = {
    "unknown": {"tokenStartRequired": True},
    "no address": {"endUserIp": "anna"},
    "no base64": {"userVisibleData": "å"},
    "not whole": {"userVisibleData": "QQ"},
    "loose bits": {"userVisibleData": "QR=="},
    "empty": {"userVisibleData": ""},
    "too long": {"userVisibleData": "QUFB" * 10_001},
    "too long beside": {"userNonVisibleData": "QUFB" * 50_001},
    "a number with a hyphen": {"requirement": {"personalNumber": "19991332-9876"}},
    "a requirement that is not known": {"requirement": {"personalNumber": ANNA, "issuerCn": "x"}},
    "an address without a lock": {"returnUrl": "http://portal.example"},
}


@pytest.mark.parametrize("what", WRONG_QUESTIONS)
def test_the_stand_in_is_as_strict_as_bankid(bench: BankIdBench, what: str) -> None:
    good: dict[str, object] = {
        "endUserIp": "192.0.2.1",
        "userVisibleData": "QUFB",
        "userNonVisibleData": "QUFB",
        "requirement": {"personalNumber": ANNA},
    }
    assert bench.stand_in.begin(good | WRONG_QUESTIONS[what]).status == 400
    assert bench.stand_in.begin(good).status == 200


def test_the_stand_in_knows_its_addresses_and_forms(bench: BankIdBench) -> None:
    answer = bench.stand_in.answer
    assert answer(f"{PATH}/auth", "application/json", b"{}").status == 404
    assert answer("/sign", "application/json", b"{}").status == 404
    assert answer(f"{PATH}/sign", "text/plain", b"{}").status == 415
    assert answer(f"{PATH}/collect", "application/json", b"[]").status == 400
    assert answer(f"{PATH}/collect", "application/json", b"{").status == 400
    assert answer(f"{PATH}/collect", "application/json", b'{"orderRef":"x"}').status == 400
