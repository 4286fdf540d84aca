"""Lines that nobody else can read, and logins: without the one the other is not tried, and no letter goes.

What is wrong with them is for the host to mend. It stops the relay for all letters and is held against none of them.
"""

import logging
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import attrs
import pytest
from mail_servers import HOST, Act, Acts, At, Authority, Quirk, Relay
from outbox import filled, owed_in, portal
from test_smtp import LETTER, letter
from world import START, Ticking

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.smtp import Security, SmtpMailer
from kundorder.errors import RelayStopped

REPEATS: Final = 20
USERNAME, PASSWORD = "portalen", "hemligt-lösen"
PLAIN = ("AUTH PLAIN LOGIN",)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.new(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def papers(authority: Authority) -> ssl.SSLContext:
    return authority.papers("localhost", HOST)


@attrs.frozen
class Wrong:
    """A relay whose line cannot be used, and what the host is told."""

    name: str
    relay: Callable[[Authority], Relay]
    error: type[ko.KundorderError]
    told: str
    security: Security = "starttls"
    timeout: float = 20.0


def at(moment: At, *acts: bytes | Act) -> Quirk:
    done: Acts = acts
    return Quirk(moment, done, times=None)


def well(authority: Authority, *quirks: Quirk, offers: tuple[str, ...] = PLAIN) -> Relay:
    return Relay(*quirks, offers=offers, papers=authority.papers("localhost"))


CERTIFICATE = "the certificate of the relay is not trusted"
WRONG = (
    Wrong(
        "offers no encryption, or somebody has taken the offer away",
        lambda _: Relay(offers=PLAIN),
        RelayStopped,
        "the relay offers no encryption",
    ),
    Wrong("cannot encrypt now", lambda a: well(a, at(At.STARTTLS, b"454 later\r\n")), ko.Unavailable, "454"),
    Wrong("will not encrypt", lambda a: well(a, at(At.STARTTLS, b"502 no\r\n")), RelayStopped, "to encrypt (502)"),
    Wrong(
        "encrypts in another way",
        lambda a: well(a, at(At.STARTTLS, b"220 go\r\n", Act.HEAR, b"never heard of it")),
        RelayStopped,
        "TLS with the relay fails",
    ),
    Wrong("hangs up at encryption", lambda a: well(a, at(At.STARTTLS, b"220 go\r\n", Act.DROP)), ko.Unavailable, ""),
    Wrong(
        "tears down at encryption",
        lambda a: well(a, at(At.STARTTLS, b"220 go\r\n", Act.HEAR, Act.RESET)),
        ko.Unavailable,
        "",
    ),
    Wrong(
        "says nothing at encryption",
        lambda a: well(a, at(At.STARTTLS, b"220 go\r\n", Act.HANG)),
        ko.Unavailable,
        "does not answer in time",
        timeout=0.2,
    ),
    Wrong(
        "has words put into its mouth before encryption",
        lambda a: well(a, at(At.STARTTLS, b"220 go\r\n250 AUTH PLAIN\r\n")),
        ko.Unavailable,
        "says more than it was asked",
    ),
    Wrong(
        "is vouched for by a stranger",
        lambda a: Relay(offers=PLAIN, papers=Authority.new(a.folder).papers("localhost")),
        RelayStopped,
        CERTIFICATE,
    ),
    Wrong(
        "is somebody else",
        lambda a: Relay(offers=PLAIN, papers=a.papers("other.example")),
        RelayStopped,
        CERTIFICATE,
    ),
    Wrong(
        "has papers that have run out",
        lambda a: Relay(offers=PLAIN, papers=a.papers("localhost", days=-1)),
        RelayStopped,
        CERTIFICATE,
    ),
    Wrong(
        "is vouched for by a stranger from the start",
        lambda a: Relay(offers=PLAIN, papers=Authority.new(a.folder).papers("localhost"), from_the_start=True),
        RelayStopped,
        CERTIFICATE,
        security="tls",
    ),
    Wrong(
        "does not encrypt from the start",
        well,
        RelayStopped,
        "TLS with the relay fails (wrong version number)",
        security="tls",
    ),
    Wrong(
        "encrypts from the start",
        lambda a: Relay(papers=a.papers("localhost"), from_the_start=True),
        ko.Unavailable,
        "does not answer in time",
        timeout=0.2,
    ),
    Wrong("knows no logins", lambda a: well(a, offers=()), RelayStopped, "the relay offers no login with a password"),
    Wrong(
        "knows other logins",
        lambda a: well(a, offers=("AUTH CRAM-MD5",)),
        RelayStopped,
        "the relay offers no login with a password",
    ),
    Wrong(
        "refuses the login",
        lambda a: well(a, at(At.AUTH, b"535 5.7.8 hemligt-l\xc3\xb6sen is wrong\r\n")),
        RelayStopped,
        "the relay refuses the login (535 5.7.8)",
    ),
    Wrong(
        "refuses another kind of login",
        lambda a: well(a, at(At.AUTH, b"535 no\r\n"), offers=("AUTH LOGIN",)),
        RelayStopped,
        "the relay refuses the login (535)",
    ),
    Wrong("wants more than it may", lambda a: well(a, at(At.AUTH, b"334 \r\n")), RelayStopped, "the login (500)"),
    Wrong(
        "cannot look anybody up", lambda a: well(a, at(At.AUTH, b"454 4.7.0 later\r\n")), ko.Unavailable, "454 4.7.0"
    ),
    Wrong("hangs up at the login", lambda a: well(a, at(At.AUTH, Act.DROP)), ko.Unavailable, "hangs up"),
)


def secrets() -> Iterator[bytes]:
    """The password as it may stand on a line."""
    plain = f"\0{USERNAME}\0{PASSWORD}".encode()
    yield from (PASSWORD.encode(), b64encode(PASSWORD.encode()), b64encode(plain))


def login(relay: Relay, authority: Authority, *, security: Security = "starttls", timeout: float = 20.0) -> SmtpMailer:
    return SmtpMailer(
        "localhost",
        relay.port,
        security=security,
        username=USERNAME,
        password=PASSWORD,
        timeout_seconds=timeout,
        context=authority.trusted(),
    )


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_no_letter_and_no_password_leaves_on_a_line_that_will_not_do(
    wrong: Wrong, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    repeats = REPEATS if wrong.timeout > 1 else 3
    with wrong.relay(authority) as relay:
        with closing(login(relay, authority, security=wrong.security, timeout=wrong.timeout)) as mailer:
            for number in range(repeats):
                with pytest.raises(wrong.error) as caught:
                    mailer.send(letter(number))
                assert type(caught.value) is wrong.error
                assert wrong.told in str(caught.value)
                shown = f"{caught.value!r} {vars(caught.value)} {caught.value.__cause__!r} {mailer!r} {caplog.text}"
                assert PASSWORD not in shown
        assert relay.taken == []
        assert relay.connections == repeats
        assert not any(secret in relay.heard_in_clear for secret in secrets())


@pytest.mark.parametrize("wrong", [each for each in WRONG if each.error is RelayStopped], ids=lambda each: each.name)
def test_a_relay_that_has_to_be_mended_stops_the_round_and_no_letter_is_blamed(
    wrong: Wrong, authority: Authority
) -> None:
    store, clock = MemoryStore(), Ticking(START)
    filled(store, [f"mail {number}" for number in range(120)])
    before = owed_in(store)
    clock.time = START.replace(hour=12)
    with wrong.relay(authority) as relay:
        with closing(login(relay, authority, security=wrong.security)) as mailer:
            report = portal(store, mailer, clock).deliver()
        assert relay.connections == 1
    assert report.stopped is not None
    assert wrong.told in report.stopped
    assert attrs.evolve(report, stopped=None) == ko.DeliveryReport()
    after = owed_in(store)
    assert {name: attrs.evolve(owed, fence=0, note=None) for name, owed in after.items()} == before
    assert PASSWORD not in repr((report, after))
    with well(authority) as relay:
        with closing(login(relay, authority)) as mailer:
            assert portal(store, mailer, clock).deliver().sent == 120
        assert relay.connections == 1


@pytest.mark.parametrize("offers", [("AUTH PLAIN",), ("AUTH LOGIN",), ("AUTH CRAM-MD5 LOGIN PLAIN",), ("AUTH=PLAIN",)])
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_on_a_line_that_will_do_there_is_a_login_and_then_a_letter(
    authority: Authority, papers: ssl.SSLContext, security: Security, offers: tuple[str, ...]
) -> None:
    with Relay(offers=offers, papers=papers, from_the_start=security == "tls") as relay:
        with closing(login(relay, authority, security=security)) as mailer:
            for number in range(3):
                mailer.send(letter(number))
        assert relay.connections == 1
        assert [taken.encrypted for taken in relay.taken] == [True] * 3
        assert b"".join(relay.logins).replace(b"\0", b"") == f"{USERNAME}{PASSWORD}".encode()
        assert not any(secret in relay.heard_in_clear for secret in secrets())
        assert b"MAIL" not in relay.heard_in_clear


def test_a_relay_known_by_its_number_has_papers_for_it(authority: Authority, papers: ssl.SSLContext) -> None:
    with Relay(papers=papers) as relay:
        with closing(SmtpMailer(HOST, relay.port, context=authority.trusted())) as mailer:
            mailer.send(LETTER)
        assert [taken.encrypted for taken in relay.taken] == [True]


def test_an_encrypted_line_that_is_torn_down_is_renewed(authority: Authority, papers: ssl.SSLContext) -> None:
    with Relay(Quirk(At.MAIL, (Act.RESET,), first=2), papers=papers) as relay:
        with closing(login_free(relay, authority)) as mailer:
            mailer.send(letter(1))
            mailer.send(letter(2))
        assert relay.connections == 2
        assert len(relay.said_so) == 2


def test_what_comes_in_clear_on_an_encrypted_line_is_not_believed(authority: Authority, papers: ssl.SSLContext) -> None:
    with Relay(Quirk(At.END, (Act.GARBLE, Act.DROP)), papers=papers) as relay:
        with closing(login_free(relay, authority)) as mailer:
            with pytest.raises(ko.Unavailable, match="breaks the encrypted line after a letter"):
                mailer.send(letter(1))
            mailer.send(letter(2))
        assert relay.said_so == [letter(2).message_id]


def login_free(relay: Relay, authority: Authority) -> SmtpMailer:
    return SmtpMailer("localhost", relay.port, context=authority.trusted())


def test_without_a_word_about_it_only_known_authorities_are_trusted(papers: ssl.SSLContext) -> None:
    with Relay(papers=papers) as relay:
        with closing(SmtpMailer("localhost", relay.port)) as mailer, pytest.raises(RelayStopped, match=CERTIFICATE):
            mailer.send(LETTER)
        assert relay.taken == []


def test_a_password_is_said_in_clear_only_when_the_host_insists() -> None:
    with Relay(offers=PLAIN) as relay:
        mailer = SmtpMailer(
            HOST, relay.port, security="none", username=USERNAME, password=PASSWORD, allow_login_in_clear=True
        )
        mailer.send(LETTER)
        mailer.close()
        assert relay.logins == [f"\0{USERNAME}\0{PASSWORD}".encode()]
        assert len(relay.taken) == 1


def test_a_password_shows_nowhere(tmp_path: Path) -> None:
    mailer = SmtpMailer("relay.example", 587, username=USERNAME, password=PASSWORD)
    for shown in (repr(mailer), str(mailer), f"{mailer}", repr([mailer]), repr(tmp_path)):
        assert PASSWORD not in shown
