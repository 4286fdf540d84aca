"""Callbacks of a hosted service: a hint to ask it, if they are authentic and of now; and never more than that."""

import hmac
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Final, TypeAlias

import pytest
from hosted_stand_in import SECRET, Ask, Service, callback
from test_hosted import LASTS, OTHER, WINDOW, HostedBench, again, begun, failed

from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.hosted import callback_of
from kundorder.adapters.jws import JwsSeal
from kundorder.ports import Done, Failed, Pending
from kundorder.testing.contracts.signing import DOCUMENT, drive, resume
from kundorder.vocabulary import FailureCode

Posted: TypeAlias = tuple[dict[str, str], bytes]
"""What came in: headers and body."""

STAMP, SIGNATURE = "Signing-Timestamp", "Signing-Signature"
SECOND: Final = timedelta(seconds=1)


@pytest.fixture
def bench() -> Iterator[HostedBench]:
    with Service() as service:
        yield HostedBench(service, JwsSeal(), MemoryArchive(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def posted(bench: HostedBench, at: datetime | None = None) -> Posted:
    """What the service posts of its only signing."""
    return callback(bench.service.the_one(), at or bench.now)


def is_heard(bench: HostedBench, pending: Pending, text: str) -> bool:
    """Whether the service is asked because of it; the state is as good as before either way."""
    before = bench.service.count(Ask.STATUS)
    progress = again(bench, pending, text)
    asked = bench.service.count(Ask.STATUS) - before
    assert asked in (0, 1)
    if not asked:
        assert isinstance(progress, Pending)
        assert (progress.state, progress.ends_at) == (pending.state, pending.ends_at)
    return asked == 1


def test_a_callback_of_the_service_is_a_hint_to_ask_it(bench: HostedBench) -> None:
    pending = begun(bench)
    assert is_heard(bench, pending, callback_of(*posted(bench)))
    bench.person_signs(pending)
    assert isinstance(again(bench, pending, callback_of(*posted(bench))), Done)


# Forged


def another_secret(posted: Posted) -> Posted:
    headers, body = posted
    forged = hmac.new(b"what one of them guesses", f"{headers[STAMP]}.".encode() + body, sha256).hexdigest()
    return headers | {SIGNATURE: forged}, body


def another_algorithm(posted: Posted) -> Posted:
    headers, body = posted
    return headers | {SIGNATURE: sha256(f"{headers[STAMP]}.".encode() + SECRET + body).hexdigest()}, body


def without_its_time(posted: Posted) -> Posted:
    headers, body = posted
    return headers | {SIGNATURE: hmac.new(SECRET, body, sha256).hexdigest()}, body


def its_time_in_the_body(posted: Posted) -> Posted:
    """The same bytes under the seal, cut elsewhere."""
    headers, body = posted
    return headers | {STAMP: headers[STAMP][:-1]}, headers[STAMP][-1:].encode() + b"." + body


FORGED: dict[str, Callable[[Posted], Posted]] = {
    "with another secret": another_secret,
    "with a plain hash": another_algorithm,
    "without its time": without_its_time,
    "cut elsewhere": its_time_in_the_body,
    "with no signature": lambda posted: ({STAMP: posted[0][STAMP]}, posted[1]),
    "with no time": lambda posted: ({SIGNATURE: posted[0][SIGNATURE]}, posted[1]),
    "with nothing": lambda posted: ({}, posted[1]),
    "empty": lambda _posted: ({}, b""),
    "with an empty signature": lambda posted: (posted[0] | {SIGNATURE: ""}, posted[1]),
    "with half a signature": lambda posted: (posted[0] | {SIGNATURE: posted[0][SIGNATURE][:32]}, posted[1]),
    "with a longer signature": lambda posted: (posted[0] | {SIGNATURE: posted[0][SIGNATURE] + "00"}, posted[1]),
    "with a signature in capitals": lambda posted: (posted[0] | {SIGNATURE: posted[0][SIGNATURE].upper()}, posted[1]),
    "with two signatures": lambda posted: (posted[0] | {SIGNATURE: f"x, {posted[0][SIGNATURE]}"}, posted[1]),
    "with a signature in other letters": lambda posted: (posted[0] | {SIGNATURE: "ﬀ" * 32}, posted[1]),
    "with its time later": lambda posted: (posted[0] | {STAMP: str(int(posted[0][STAMP]) + 1)}, posted[1]),
    "with a blank before its time": lambda posted: (posted[0] | {STAMP: f" {posted[0][STAMP]}"}, posted[1]),
    "with a zero before its time": lambda posted: (posted[0] | {STAMP: f"0{posted[0][STAMP]}"}, posted[1]),
    "with a sign before its time": lambda posted: (posted[0] | {STAMP: f"+{posted[0][STAMP]}"}, posted[1]),
    "with its time in other digits": lambda posted: (
        posted[0] | {STAMP: "".join(chr(ord(digit) + 0x660 - 0x30) for digit in posted[0][STAMP])},
        posted[1],
    ),
    "with a word for its time": lambda posted: (posted[0] | {STAMP: "now"}, posted[1]),
    "with a long time": lambda posted: (posted[0] | {STAMP: "9" * 5000}, posted[1]),
    "with a body without its end": lambda posted: (posted[0], posted[1][:-1]),
    "with a longer body": lambda posted: (posted[0], posted[1] + b"\n"),
    "with another body": lambda posted: (posted[0], posted[1].replace(b"signed", b"failed")),
    "with a body in another form": lambda posted: (posted[0], posted[1].decode().encode("utf-16")),
    "with no body": lambda posted: (posted[0], b""),
    "with a large body": lambda posted: (posted[0], posted[1] * 10_000),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_callback_leaves_it_pending_and_asks_nobody(
    bench: HostedBench, forge: Callable[[Posted], Posted]
) -> None:
    pending = begun(bench)
    bench.person_signs(pending)  # even then
    forged = forge(posted(bench))
    assert forged != posted(bench)
    assert not is_heard(bench, pending, callback_of(*forged))
    assert is_heard(bench, pending, callback_of(*posted(bench)))


def test_a_callback_that_differs_in_a_single_bit_is_forged(bench: HostedBench, chance: Random) -> None:
    pending = begun(bench)
    headers, body = posted(bench)
    for at in range(len(body)):
        other = bytes([*body[:at], body[at] ^ 1 << chance.randrange(8), *body[at + 1 :]])
        assert not is_heard(bench, pending, callback_of(headers, other))
    for name in (STAMP, SIGNATURE):
        for at, letter in enumerate(headers[name]):
            other_letter = chance.choice([each for each in "0123456789abcdef" if each != letter])
            text = headers[name][:at] + other_letter + headers[name][at + 1 :]
            assert not is_heard(bench, pending, callback_of(headers | {name: text}, body))
    assert is_heard(bench, pending, callback_of(headers, body))


def test_who_knows_the_secret_is_heard_and_who_knows_another_is_not(bench: HostedBench) -> None:
    pending = begun(bench)
    text = callback_of(*callback(bench.service.the_one(), bench.now, secret=b"another secret of theirs"))
    assert not is_heard(bench, pending, text)
    before = bench.service.count(Ask.STATUS)
    other = bench.made(secret=b"another secret of theirs")
    other.resume(bench.request(DOCUMENT), pending.state, now=bench.now, callback=text)
    assert bench.service.count(Ask.STATUS) == before + 1


def test_the_names_of_headers_may_be_in_capitals_or_not(bench: HostedBench) -> None:
    pending = begun(bench)
    headers, body = posted(bench)
    for written in (str.lower, str.upper):
        assert is_heard(bench, pending, callback_of({written(name): text for name, text in headers.items()}, body))


def test_a_body_counts_byte_for_byte_whatever_it_holds(bench: HostedBench) -> None:
    pending = begun(bench)
    stamp = str(int(bench.now.timestamp()))
    for body in (b"", b".", b"..", bytes(range(256)), "åäö\u2028\U0001f680".encode(), b'{"a":1}\r\n', b"\xff\xfe"):
        assert is_heard(bench, pending, sealed(stamp, body))


def sealed(stamp: str, body: bytes) -> str:
    """A callback of this time, by who knows the secret."""
    signature = hmac.new(SECRET, f"{stamp}.".encode() + body, sha256).hexdigest()
    return callback_of({STAMP: stamp, SIGNATURE: signature}, body)


@pytest.mark.parametrize("form", ["", " {}", "+{}", "{} ", "{}.0", "{}\n", "0x{:x}", "{:.1e}", "00000{}", "now"])
def test_a_time_that_is_no_whole_number_is_none_even_under_the_seal(bench: HostedBench, form: str) -> None:
    pending = begun(bench)
    stamp = int(bench.now.timestamp())
    assert is_heard(bench, pending, sealed(f"{stamp}", b"{}"))
    assert not is_heard(bench, pending, sealed(form.format(stamp), b"{}"))


def test_a_callback_that_is_too_long_to_be_looked_at_is_not_heard(bench: HostedBench) -> None:
    pending = begun(bench)
    stamp = str(int(bench.now.timestamp()))
    assert is_heard(bench, pending, sealed(stamp, b" " * 250_000))
    assert not is_heard(bench, pending, sealed(stamp, b" " * 270_000))


# Believed, repeated, reordered, late, lost


def test_what_a_callback_says_is_not_believed(bench: HostedBench) -> None:
    """It says that it is signed, and is authentic; and the service, asked, says that it is open."""
    pending = begun(bench)
    signing = bench.service.the_one()
    signing.status = "signed"
    text = bench.callback(signing)
    signing.status = "open"
    assert isinstance(again(bench, pending, text), Pending)
    signing.status = "declined"
    progress = again(bench, pending, text)
    assert failed(progress) is FailureCode.CANCELLED


def test_a_callback_of_another_signing_is_a_hint_to_ask_about_this_one(bench: HostedBench) -> None:
    assert isinstance(drive(bench, bench.request(DOCUMENT)), Done)
    signed = callback_of(*posted(bench))
    request = bench.request(OTHER)
    asked = bench.service.count(Ask.STATUS)
    assert isinstance(resume(bench, request, begun(bench, request).state, signed), Pending)
    assert bench.service.count(Ask.STATUS) == asked + 1


def test_a_callback_may_be_repeated(bench: HostedBench) -> None:
    pending = begun(bench)
    text = callback_of(*posted(bench))
    assert [is_heard(bench, pending, text) for _ in range(3)] == [True] * 3
    bench.person_signs(pending)
    done = [again(bench, pending, text) for _ in range(3)]
    assert all(isinstance(each, Done) for each in done)
    assert done == done[:1] * 3
    assert len(bench.service.signings) == 1


def test_callbacks_may_come_in_another_order(bench: HostedBench) -> None:
    pending = begun(bench)
    texts = [callback_of(*posted(bench, bench.now + number * SECOND)) for number in range(3)]
    bench.person_signs(pending)
    texts += [callback_of(*posted(bench, bench.now + number * SECOND)) for number in range(3, 6)]
    bench.now += 10 * SECOND
    for text in reversed(texts):
        assert isinstance(again(bench, pending, text), Done)


@pytest.mark.parametrize("sign", [1, -1], ids=["late", "early"])
def test_a_callback_from_outside_the_window_leaves_it_pending_and_asks_nobody(bench: HostedBench, sign: int) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    bench.now += timedelta(minutes=7)
    assert is_heard(bench, pending, callback_of(*posted(bench, bench.now - sign * WINDOW)))
    outside = callback_of(*posted(bench, bench.now - sign * (WINDOW + SECOND)))
    assert not is_heard(bench, pending, outside)
    assert not is_heard(bench, pending, callback_of(*posted(bench, bench.now - sign * timedelta(days=4000))))
    wider = bench.made(window=WINDOW + SECOND)
    assert isinstance(wider.resume(bench.request(DOCUMENT), pending.state, now=bench.now, callback=outside), Done)


def test_a_callback_after_the_end_changes_nothing_and_asks_nobody(bench: HostedBench) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    bench.now += LASTS
    progress = again(bench, pending, callback_of(*posted(bench)))
    assert failed(progress) is FailureCode.EXPIRED
    assert bench.service.count(Ask.STATUS) == 0


def test_a_callback_that_is_lost_is_not_missed(bench: HostedBench) -> None:
    pending = begun(bench)
    bench.person_signs(pending)
    assert isinstance(again(bench, pending), Done)


@pytest.mark.parametrize("gone", ["declined", "cancelled", "expired", "failed"])
def test_a_callback_after_it_has_come_to_nothing_does_not_bring_it_back(bench: HostedBench, gone: str) -> None:
    pending = begun(bench)
    bench.signing_of(pending).status = gone
    text = bench.person_signs(pending)
    assert isinstance(again(bench, pending, text), Failed)
