"""Mail by SMTP: one letter to one address, over a line that is kept while it lasts."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes

import attrs
import pytest
from mail_servers import HOST, Act, At, Quirk, Relay
from world import START, Ticking

import kundorder as ko
from kundorder.adapters.smtp import Security, SmtpMailer
from kundorder.errors import Postponed, RelayStopped
from kundorder.vocabulary import Language, Party

LETTER = ko.Letter(
    message_id="<one@portal.example>",
    sender="Kundportalen, Öst <noreply@portal.example>",
    to="asa@region.example",
    language=Language.SV,
    subject="Något att attestera",
    text="Hej!\n.\n..\n.dold\n",
    html="<p>Hej!</p>\n.\n",
    thread="<thread@portal.example>",
    role=None,
    party=Party.CUSTOMER,
)
HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"),
]
NO_SUCH = (b"550 5.1.1 no\r\n",)


def letter(number: int) -> ko.Letter:
    return attrs.evolve(LETTER, message_id=f"<number{number}@portal.example>")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


def to(relay: Relay, **clock: Ticking) -> SmtpMailer:
    return SmtpMailer(HOST, relay.port, security="none", clock=clock.get("clock"))


def ids(relay: Relay) -> list[str]:
    return [taken.message_id for taken in relay.taken]


def test_a_letter_arrives_at_one_address_as_it_is_meant(relay: Relay) -> None:
    with closing(to(relay, clock=Ticking(START))) as mailer:
        mailer.send(LETTER)
    (taken,) = relay.taken
    assert (taken.sender, taken.recipients) == ("noreply@portal.example", ("asa@region.example",))
    whole, text, html = message_from_bytes(taken.data).walk()
    assert whole.keys() == HEADERS
    assert whole["Date"] == "Mon, 05 Jan 2026 08:00:01 +0000"
    assert (whole["Auto-Submitted"], whole["In-Reply-To"]) == ("auto-generated", LETTER.thread)
    for part, meant in ((text, LETTER.text), (html, LETTER.html)):
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert body.decode().replace("\r\n", "\n") == meant


@pytest.mark.parametrize(
    "to",
    [
        "a@b.example>\r\nRCPT TO:<c@d.example",
        "a@b.example, c@d.example",
        "a@b.example\nBcc: c@d.example",
        "<a@b.example>",
    ],
)
def test_a_letter_for_more_than_one_address_does_not_leave(relay: Relay, to: str) -> None:
    with closing(SmtpMailer(HOST, relay.port, security="none")) as mailer, pytest.raises(ko.Undeliverable):
        mailer.send(attrs.evolve(LETTER, to=to))
    assert (relay.connections, relay.taken) == (0, [])


@pytest.mark.parametrize("text", ["a\rb\n", "\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n", "a\r\nb\n"])
def test_a_letter_with_ends_of_lines_that_relays_read_differently_does_not_leave(relay: Relay, text: str) -> None:
    with closing(to(relay)) as mailer, pytest.raises(ko.Undeliverable):
        mailer.send(attrs.evolve(LETTER, text=text))
    assert relay.taken == []


def test_one_line_carries_one_letter_after_another(relay: Relay) -> None:
    with closing(to(relay)) as mailer:
        for number in range(30):
            mailer.send(letter(number))
    assert relay.connections == 1
    assert ids(relay) == [letter(number).message_id for number in range(30)]


def test_a_line_is_kept_when_a_letter_is_refused() -> None:
    with Relay(Quirk(At.RCPT, NO_SUCH, first=2), Quirk(At.END, (b"451 later\r\n",), first=2)) as relay:
        with closing(to(relay)) as mailer:
            mailer.send(letter(1))
            with pytest.raises(ko.Undeliverable):
                mailer.send(letter(2))
            with pytest.raises(Postponed):
                mailer.send(letter(3))
            mailer.send(letter(4))
        assert relay.connections == 1
        assert ids(relay) == [letter(1).message_id, letter(4).message_id]


@pytest.mark.parametrize("parting", [(), (b"421 4.4.2 idle for too long\r\n",), (b"250 what\r\n",)])
def test_a_line_the_relay_has_closed_between_letters_is_renewed(parting: tuple[bytes, ...]) -> None:
    quirk = Quirk(At.END, (Act.TAKE, b"250 ok\r\n", *parting, Act.DROP), times=None)
    with Relay(quirk) as relay:
        with closing(to(relay)) as mailer:
            for number in range(5):
                mailer.send(letter(number))
        assert relay.connections == 5
        assert ids(relay) == [letter(number).message_id for number in range(5)]


@pytest.mark.parametrize("at", [At.MAIL, At.RCPT, At.DATA])
@pytest.mark.parametrize("parting", [(Act.DROP,), (Act.RESET,), (b"421 enough\r\n", Act.DROP)])
def test_a_line_that_is_lost_before_a_letter_was_sent_is_renewed_at_once(at: At, parting: tuple[Act, ...]) -> None:
    with Relay(Quirk(at, parting, first=2)) as relay:
        with closing(to(relay)) as mailer:
            mailer.send(letter(1))
            mailer.send(letter(2))
        assert (relay.connections, relay.quirky) == (2, 1)
        assert ids(relay) == [letter(1).message_id, letter(2).message_id]


def test_a_line_that_is_lost_after_a_letter_was_sent_is_not_used_to_send_it_again_at_once() -> None:
    with Relay(Quirk(At.END, (Act.TAKE, Act.DROP), first=2)) as relay:
        with closing(to(relay)) as mailer:
            mailer.send(letter(1))
            with pytest.raises(ko.Unavailable, match="may have it"):
                mailer.send(letter(2))
        assert ids(relay) == [letter(1).message_id, letter(2).message_id]


def test_a_new_line_that_is_lost_is_not_renewed_for_ever() -> None:
    with Relay(Quirk(At.MAIL, (Act.DROP,), times=None)) as relay:
        with closing(to(relay)) as mailer, pytest.raises(ko.Unavailable):
            mailer.send(LETTER)
        assert relay.connections == 1


def test_a_relay_that_speaks_before_it_is_asked_is_not_believed() -> None:
    """An answer that lay in the line already is no answer to what was said since."""
    with Relay(Quirk(At.DATA, (b"354 go ahead\r\n250 ok\r\n",))) as relay:
        with closing(to(relay)) as mailer, pytest.raises(ko.Unavailable):
            mailer.send(LETTER)
        assert relay.taken == []


def test_what_a_relay_says_unasked_between_letters_is_no_answer_to_the_next() -> None:
    first_left, said = threading.Event(), threading.Event()
    unasked = (lambda: first_left.wait(20), b"552 5.3.4 too large\r\n", said.set)
    with Relay(Quirk(At.END, (Act.TAKE, b"250 ok\r\n", *unasked))) as relay:
        with closing(to(relay)) as mailer:
            mailer.send(letter(1))
            first_left.set()
            assert said.wait(20)
            mailer.send(letter(2))
        assert ids(relay) == [letter(1).message_id, letter(2).message_id]


@pytest.mark.parametrize(
    ("greeting", "told"),
    [
        (b"220 " + b"x" * 100_000, "the relay does not speak SMTP"),
        (b"220-a\r\n" * 5000, "the relay does not stop"),
        (b"\x00" * 100_000, "the relay does not speak SMTP"),
    ],
)
def test_a_relay_that_goes_on_and_on_is_not_listened_to_for_long(greeting: bytes, told: str) -> None:
    with Relay(Quirk(At.GREETING, (greeting, Act.HANG))) as relay:
        with closing(to(relay)) as mailer, pytest.raises(ko.Unavailable) as caught:
            mailer.send(LETTER)
        assert caught.value.what == told


@pytest.mark.parametrize("parting", [(b"421 bye\r\n", Act.DROP), (b"\xff\r\n",), (Act.DROP,), (b"500 what\r\n",)])
def test_how_a_relay_says_farewell_does_not_matter(parting: tuple[bytes, ...]) -> None:
    with Relay(Quirk(At.QUIT, parting)) as relay:
        mailer = to(relay)
        mailer.send(LETTER)
        mailer.close()
        mailer.close()
        assert relay.said_so == [LETTER.message_id]


def test_a_mailer_that_was_closed_sends_no_more(relay: Relay) -> None:
    mailer = to(relay)
    mailer.close()
    with pytest.raises(ko.Unavailable, match="closed"):
        mailer.send(LETTER)
    assert relay.connections == 0


def test_threads_do_not_wait_for_each_other_nor_mix_their_letters(relay: Relay) -> None:
    with closing(to(relay)) as mailer:
        errors: list[BaseException] = []

        def sending(thread: int) -> None:
            try:
                for number in range(15):
                    mailer.send(letter(100 * thread + number))
            except BaseException as error:  # noqa: BLE001 - the test judges it
                errors.append(error)

        threads = [threading.Thread(target=sending, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
    assert sorted(ids(relay)) == sorted(letter(100 * a + b).message_id for a in range(8) for b in range(15))
    assert relay.connections <= 8


def test_a_mailer_closed_while_a_letter_is_under_way_keeps_no_line() -> None:
    begun, closed = threading.Event(), threading.Event()
    quirk = Quirk(At.END, (begun.set, lambda: closed.wait(20), Act.TAKE, b"250 ok\r\n"))
    with Relay(quirk) as relay:
        mailer = to(relay)
        thread = threading.Thread(target=mailer.send, args=(LETTER,))
        thread.start()
        assert begun.wait(20)
        mailer.close()
        closed.set()
        thread.join()
        assert relay.said_so == [LETTER.message_id]
        with pytest.raises(ko.Unavailable, match="closed"):
            mailer.send(LETTER)


FORKING = """
import os, sys
from kundorder.adapters.smtp import SmtpMailer
from test_smtp import letter
mailer = SmtpMailer("127.0.0.1", int(sys.argv[1]), security="none")
mailer.send(letter(1))
if os.fork() == 0:
    mailer.send(letter(2))
    os._exit(0)
os.wait()
mailer.send(letter(3))
mailer.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_does_not_speak_on_the_line_of_its_parent(relay: Relay) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", FORKING, str(relay.port)], env=environment, check=True, timeout=60)
    assert ids(relay) == [letter(number).message_id for number in (1, 2, 3)]
    assert relay.connections == 2


def test_nobody_at_home_is_no_fault_of_the_letter() -> None:
    with Relay() as relay:
        port = relay.port
    with closing(SmtpMailer(HOST, port, security="none")) as mailer, pytest.raises(ko.Unavailable, match="refused"):
        mailer.send(LETTER)


def test_a_relay_nobody_has_heard_of_is_no_fault_of_the_letter() -> None:
    with closing(SmtpMailer("relay.invalid", 25, security="none")) as mailer, pytest.raises(ko.Unavailable):
        mailer.send(LETTER)


def test_it_says_who_it_is(relay: Relay) -> None:
    mailer = SmtpMailer(HOST, relay.port, security="none", local_hostname="portal.example")
    mailer.send(LETTER)
    mailer.close()
    assert relay.heard_in_clear.startswith(b"ehlo portal.example\r\n")


def test_it_has_a_number_where_it_has_no_name(relay: Relay) -> None:
    with closing(to(relay)) as mailer:
        mailer.send(LETTER)
    assert relay.heard_in_clear.startswith(b"ehlo [127.0.0.1]\r\n")


@pytest.mark.parametrize(
    ("path", "host", "port", "timeout", "name", "username", "password", "security"),
    [
        ("$.host", "", 25, 9.0, None, None, None, "none"),
        ("$.host", "relay\r\nexample", 25, 9.0, None, None, None, "none"),
        ("$.host", "a" * 64, 25, 9.0, None, None, None, "none"),
        ("$.host", ".example", 25, 9.0, None, None, None, "none"),
        ("$.host", "a." * 50 + "!", 25, 9.0, None, None, None, "none"),
        ("$.host", "..", 25, 9.0, None, None, None, "none"),
        ("$.host", "a..b", 25, 9.0, None, None, None, "none"),
        ("$.host", "::1::", 25, 9.0, None, None, None, "none"),
        ("$.port", "a.example", 0, 9.0, None, None, None, "none"),
        ("$.port", "a.example", 65_536, 9.0, None, None, None, "none"),
        ("$.timeout_seconds", "a.example", 25, 0.0, None, None, None, "none"),
        ("$.timeout_seconds", "a.example", 25, float("nan"), None, None, None, "none"),
        ("$.timeout_seconds", "a.example", 25, float("inf"), None, None, None, "none"),
        ("$.local_hostname", "a.example", 25, 9.0, "me\r\nQUIT", None, None, "none"),
        ("$.password", "a.example", 25, 9.0, None, "anna", None, "tls"),
        ("$.password", "a.example", 25, 9.0, None, None, "hemligt", "tls"),
        ("$.password", "a.example", 25, 9.0, None, "anna", "hemligt\udcf6", "tls"),
        ("$.password", "a.example", 25, 9.0, None, "an\0na", "hemligt", "tls"),
        ("$.security", "a.example", 25, 9.0, None, "anna", "hemligt", "none"),
    ],
)
def test_a_setting_that_will_not_do_is_refused_by_its_name(
    path: str,
    host: str,
    port: int,
    timeout: float,
    name: str | None,
    username: str | None,
    password: str | None,
    security: Security,
) -> None:
    with pytest.raises(ko.Malformed) as caught:
        SmtpMailer(
            host,
            port,
            security=security,
            username=username,
            password=password,
            timeout_seconds=timeout,
            local_hostname=name,
        )
    assert [problem.path for problem in caught.value.problems] == [path]
    assert "hemligt" not in f"{caught.value!r} {caught.value}"


def test_all_settings_that_will_not_do_are_named_at_once() -> None:
    with pytest.raises(ko.Malformed) as caught:
        SmtpMailer("", 0, timeout_seconds=-1)
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("$.host", "must be the name or the number of a machine"),
        ("$.port", "must be from 1 to 65535"),
        ("$.timeout_seconds", "must be more than 0, and finite"),
    ]


def test_all_that_is_wrong_with_a_login_is_told_at_once() -> None:
    with pytest.raises(ko.Malformed) as caught:
        SmtpMailer("relay.example", 25, security="none", username="a\0b", local_hostname="a b")
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("$.local_hostname", "must be the name of a machine, or a number in brackets"),
        ("$.password", "must be given with a username, and not without"),
        ("$.password", "must be, like the username, UTF-8 without NUL"),
        ("$.security", "must not be none where there is a password"),
    ]


@pytest.mark.parametrize("host", ["relay", "relay.example", "127.0.0.1", "::1", "xn--rel-tla.example", "my_relay"])
def test_a_relay_goes_by_a_name_or_a_number(host: str) -> None:
    SmtpMailer(host, 25).close()


def test_nothing_is_opened_before_there_is_a_letter(relay: Relay) -> None:
    to(relay).close()
    assert relay.connections == 0


def test_a_relay_that_stops_is_asked_again_with_the_next_letter() -> None:
    with Relay(Quirk(At.GREETING, (b"554 no\r\n",))) as relay, closing(to(relay)) as mailer:
        with pytest.raises(RelayStopped, match=r"refuses connections \(554\)"):
            mailer.send(LETTER)
        mailer.send(LETTER)
        assert ids(relay) == [LETTER.message_id]
