"""Time-stamps: an authority shows when it was signed, and what is needed to validate it later lies in the PDF."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false
# since pyHanko is typed in part, and asn1crypto is not

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, TypeAlias

import attrs
import pytest
from asn1crypto import keys, tsp, x509  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
from pades_desk import AUTHORITY, NOW, PEOPLE, Kept, agreement, asked, email_of, reported, signed
from pades_forger import CHANGES, cuts
from pades_issuer import ROOT, issued, revocations
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.pades import Flaw, Form, Key, PadesSigner, Stamping, TestAuthority, TimeStamps
from kundorder.errors import Malformed, Unavailable
from kundorder.evidence import Evidence
from kundorder.ports import Failed
from kundorder.vocabulary import FailureCode

LATER: Final = timedelta(seconds=7)
"""How far the clock of the authority is ahead of ours."""


@cache
def time_key(authority: TestAuthority = AUTHORITY) -> Key:
    return authority.time_key()


@attrs.frozen
class Authority:
    """An authority for time that works in this process."""

    at: datetime = NOW + LATER
    issuer: TestAuthority = AUTHORITY

    def __call__(self, request: bytes) -> bytes:
        key = time_key(self.issuer)
        desk = DummyTimeStamper(
            x509.Certificate.load(key.certificate.der), keys.PrivateKeyInfo.load(key.private), fixed_dt=self.at
        )
        answer: bytes = desk.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return answer


def crl() -> bytes:
    return AUTHORITY.crl(NOW - timedelta(hours=1))


def signer_with_time(
    archive: Kept, stamping: Stamping, revoked: Callable[[], list[bytes]] | None = None
) -> PadesSigner:
    return PadesSigner(AUTHORITY.keys, archive, trust=[AUTHORITY.root_pem], timestamps=stamping, revoked=revoked)


def stamped(*names: str, lasting: bool = True) -> tuple[Kept, list[Evidence]]:
    """These have signed, with time-stamps."""
    kept, given = Kept(), list[Evidence]()
    for number, name in enumerate(names, 1):
        now = NOW + timedelta(minutes=number)
        signing = signer_with_time(kept, Authority(now + LATER), (lambda: [crl()]) if lasting else None)
        given.append(signed(signing, asked(agreement(signer=f"s{number}"), name, given), now))
    return kept, given


@pytest.mark.parametrize(("lasting", "form"), [(False, Form.T), (True, Form.LTA)])
def test_a_time_stamp_shows_when_it_was_signed(lasting: bool, form: Form) -> None:  # noqa: FBT001 - one of the two
    kept, (evidence,) = stamped(PEOPLE[0], lasting=lasting)
    report = reported(kept.contents[-1])
    first, *others = report.found.signatures
    assert report.holds
    assert first.form is form
    assert (first.claimed_at, first.stamped_at) == (
        evidence.signed_at.replace(microsecond=0),
        evidence.signed_at + LATER,
    )
    assert [each.is_stamp for each in others] == [True] * lasting
    assert any(form.value in line for line in report.lines("en"))
    assert signer_with_time(kept, Authority()).verify(evidence, agreement())


def test_signatories_one_after_the_other_are_all_stamped() -> None:
    kept, given = stamped(*PEOPLE[:2])
    report = reported(kept.contents[-1])
    assert report.holds
    assert [each.is_stamp for each in report.found.signatures] == [False, True, False, True]
    assert [each.form for each in report.found.signatures if not each.is_stamp] == [Form.LTA, Form.LTA]
    for number, evidence in enumerate(given, 1):
        assert signer_with_time(kept, Authority()).verify(evidence, agreement(signer=f"s{number}"))
    assert kept.contents[-1].startswith(kept.contents[0])


def test_what_was_stamped_can_be_verified_by_who_asks_no_authority() -> None:
    kept, (evidence,) = stamped(PEOPLE[0])
    plain = PadesSigner(lambda _: None, kept, trust=[AUTHORITY.root_pem])
    assert plain.verify(evidence, agreement())


def test_without_the_last_stamp_it_lasts_less_long() -> None:
    kept, _ = stamped(PEOPLE[0])
    end = [found for found in range(len(kept.contents[-1])) if kept.contents[-1].startswith(b"%%EOF", found)][1]
    report = reported(kept.contents[-1][: end + 6])
    assert report.holds
    assert [each.form for each in report.found.signatures] == [Form.T]


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_stamped_and_changed_is_reported(name: str) -> None:
    assert not reported(CHANGES[name](long_lasting()[0].contents[-1])).holds


@cache
def long_lasting() -> tuple[Kept, list[Evidence]]:
    return stamped(PEOPLE[0])


def test_cut_off_anywhere_a_stamped_one_is_reported() -> None:
    pdf = long_lasting()[0].contents[-1]
    assert [len(part) for part in cuts(pdf, 9001) if reported(part).holds] == []


def test_a_stamp_by_an_authority_that_is_not_trusted_is_not_taken() -> None:
    other = TestAuthority.create(NOW)
    kept = Kept()
    with pytest.raises(Unavailable, match="its root is among those trusted"):
        signer_with_time(kept, Authority(issuer=other)).start(asked(agreement()), now=NOW)
    assert kept.contents == []
    trusting = PadesSigner(
        AUTHORITY.keys, kept, trust=[AUTHORITY.root_pem, other.root_pem], timestamps=Authority(issuer=other)
    )
    evidence = signed(trusting, asked(agreement()))
    assert trusting.verify(evidence, agreement())
    assert not PadesSigner(AUTHORITY.keys, kept, trust=[AUTHORITY.root_pem]).verify(evidence, agreement())
    (signature,) = reported(kept.contents[-1]).found.signatures
    assert signature.flaws == (Flaw.STAMP,)


def test_an_expired_certificate_is_judged_at_the_time_of_the_stamp_and_not_at_what_the_signer_says() -> None:
    """Whoever has a key of long ago can set the clock back; the authority for time does not."""
    key = issued("Åsa Öberg", ROOT, ends=NOW + timedelta(minutes=1)).key()
    trust = [ROOT.pem, AUTHORITY.root_pem]
    archive, late = MemoryArchive(), Authority(NOW + timedelta(days=1))
    backdated = PadesSigner(lambda _: key, archive, trust=trust, timestamps=late)
    evidence = signed(backdated, asked(agreement()))
    assert not backdated.verify(evidence, agreement())
    honest = PadesSigner(lambda _: key, archive, trust=trust, timestamps=Authority())
    assert honest.verify(signed(honest, asked(agreement())), agreement())


# What has been revoked


def test_a_certificate_that_is_revoked_signs_no_more_and_what_it_has_signed_holds() -> None:
    kept = Kept()
    key = AUTHORITY.key_of(PEOPLE[3], email_of(PEOPLE[3]))
    lists = [crl()]
    signing = signer_with_time(kept, Authority(), lambda: lists)
    before = signed(signing, asked(agreement(), PEOPLE[3]))
    lists[:] = [AUTHORITY.crl(NOW + timedelta(hours=1), revoked=[key])]
    progress = signing.start(asked(agreement(), PEOPLE[3]), now=NOW + timedelta(hours=2))
    assert isinstance(progress, Failed)
    assert progress.code is FailureCode.METHOD_NOT_READY
    assert "revoked" in progress.why
    assert signing.verify(before, agreement())


def test_what_was_signed_with_a_certificate_that_was_revoked_already_is_reported() -> None:
    key = AUTHORITY.key_of(PEOPLE[3], email_of(PEOPLE[3]))
    known = [AUTHORITY.crl(NOW - timedelta(hours=1), revoked=[key])]
    kept = Kept()
    unaware = PadesSigner(AUTHORITY.keys, kept, trust=[AUTHORITY.root_pem])
    evidence = signed(unaware, asked(agreement(), PEOPLE[3]))
    assert unaware.verify(evidence, agreement())
    aware = PadesSigner(AUTHORITY.keys, kept, trust=[AUTHORITY.root_pem], revoked=lambda: known)
    assert not aware.verify(evidence, agreement())


def test_a_list_of_revoked_certificates_that_cannot_be_had_stops_the_signing() -> None:
    def nothing() -> list[bytes]:
        raise Unavailable("the list cannot be fetched")

    kept = Kept()
    with pytest.raises(Unavailable, match="the list cannot be fetched"):
        signer_with_time(kept, Authority(), nothing).start(asked(agreement()), now=NOW)
    assert kept.contents == []


def test_without_the_lists_in_it_a_pdf_is_not_said_to_last() -> None:
    kept = Kept()
    signed(signer_with_time(kept, Authority(), list), asked(agreement()))
    assert next(each.form for each in reported(kept.contents[-1]).found.signatures) is Form.T


def test_a_list_that_is_out_of_date_says_nothing_and_so_nobody_signs() -> None:
    old = revocations(ROOT, begins=NOW - timedelta(days=30), ends=NOW - timedelta(days=1))
    key = issued("Åsa", ROOT).key()
    signing = PadesSigner(lambda _: key, MemoryArchive(), trust=[ROOT.pem], revoked=lambda: [old])
    progress = signing.start(asked(agreement()), now=NOW)
    assert isinstance(progress, Failed)
    assert "the list is out of date" in progress.why


@pytest.mark.parametrize("content", [b"", b"x", AUTHORITY.root_pem])
def test_what_is_no_list_of_revoked_certificates_is_not_taken_for_an_empty_one(content: bytes) -> None:
    signing = PadesSigner(AUTHORITY.keys, MemoryArchive(), trust=[AUTHORITY.root_pem], revoked=lambda: [content])
    with pytest.raises(Unavailable, match="a list of revoked certificates is damaged"):
        signing.start(asked(agreement()), now=NOW)


# Over HTTP

Answer: TypeAlias = Callable[[bytes], tuple[int, bytes]]


@contextmanager
def serving(answer: Answer) -> Generator[str]:
    """A server that answers every request so."""
    asked_for: list[str] = []

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            asked_for.append(self.headers["Content-Type"])
            status, content = answer(request)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa?policy=1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert set(asked_for) <= {"application/timestamp-query"}


def test_an_authority_is_asked_over_http() -> None:
    kept = Kept()
    with serving(lambda request: (200, Authority()(request))) as url:
        signing = signer_with_time(kept, TimeStamps(url), lambda: [crl()])
        evidence = signed(signing, asked(agreement()))
    assert signing.verify(evidence, agreement())
    assert next(each.form for each in reported(kept.contents[-1]).found.signatures) is Form.LTA


def refusal(_: bytes) -> tuple[int, bytes]:
    answer: bytes = tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
    return 200, answer


def of_something_else(request: bytes, field: str) -> tuple[int, bytes]:
    """A good time-stamp, but for another request."""
    other = tsp.TimeStampReq.load(request)
    if field == "nonce":
        other[field] = 1
    else:
        other["message_imprint"]["hashed_message"] = bytes(32)
    return 200, Authority()(other.dump())


def always(status: int, content: bytes) -> Answer:
    return lambda _request: (status, content)


NONSENSE: Final[dict[str, Answer]] = {
    "302": always(302, b""),
    "404": always(404, b"not here"),
    "500": always(500, b""),
    "an error with a good one": lambda request: (500, Authority()(request)),
    "nothing": always(200, b""),
    "a page": always(200, b"<html>welcome</html>"),
    "a little": always(200, b"\x30\x03\x02\x01\x00"),
    "too much": always(200, bytes(2_000_000)),
    "cut off": lambda request: (200, Authority()(request)[:-9]),
    "longer": lambda request: (200, Authority()(request) + b"x"),
    "a refusal": refusal,
    "for another request": lambda request: of_something_else(request, "nonce"),
    "of another document": lambda request: of_something_else(request, "message_imprint"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_an_authority_that_answers_nonsense_is_unavailable_and_nothing_is_kept(name: str) -> None:
    kept = Kept()
    with serving(NONSENSE[name]) as url, pytest.raises(Unavailable) as caught:
        signer_with_time(kept, TimeStamps(url)).start(asked(agreement()), now=NOW)
    assert "time-stamp" in str(caught.value)
    assert kept.contents == []


@pytest.mark.parametrize(
    "stamping", [TimeStamps("http://127.0.0.1:1/", timeout_seconds=2), TimeStamps("http://nowhere.invalid")]
)
def test_an_authority_that_cannot_be_reached_is_unavailable(stamping: TimeStamps) -> None:
    kept = Kept()
    with pytest.raises(Unavailable, match="the time-stamp authority does not answer"):
        signer_with_time(kept, stamping).start(asked(agreement()), now=NOW)
    assert kept.contents == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tsa.example",
        "ftp://tsa.example",
        "http://",
        "https://a:b@tsa.example",
        "http://tsa.example:port",
        "http://[::",
    ],
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(Malformed, match=r"\$\.url: must be an address"):
        TimeStamps(url)


def test_who_has_a_certificate_of_the_wrong_kind_is_told_before_any_authority_is_asked() -> None:
    def never(_: bytes) -> bytes:
        raise AssertionError

    key = issued("Åsa", ROOT, for_signing=False).key()
    signing = PadesSigner(lambda _: key, MemoryArchive(), trust=[ROOT.pem], timestamps=never)
    progress = signing.start(asked(agreement()), now=NOW)
    assert isinstance(progress, Failed)
    assert "not been issued for signatures" in progress.why
