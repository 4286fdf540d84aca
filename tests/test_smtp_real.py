"""Mail to a real server of mail, encrypted and logged in, from an order that was sent to the letter that arrives."""

import socket
import ssl
from collections.abc import Generator
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cast import Cast
from mail_servers import HOST, Authority
from outbox import filled, message_id, owed_in, portal
from world import AGENT, START, Ticking

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.smtp import Security, SmtpMailer
from kundorder.sample import CATALOGUE

USERNAME, PASSWORD = "portalen", "hemligt"


class Letterbox:
    """What aiosmtpd asks and tells."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.encrypted: list[bool] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - so aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        del server, session, rcpt_options
        if address in self.unknown:
            return "550 5.1.1 there is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        del server
        self.letters.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


def known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: LoginPassword) -> AuthResult:
    """Who may send."""
    del server, session, envelope, mechanism
    is_known = (auth_data.login, auth_data.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=is_known, handled=False)


def read(envelope: Envelope) -> Message:
    """The letter in it."""
    assert isinstance(envelope.content, bytes)
    return message_from_bytes(envelope.content)


def free_port() -> int:
    """One that was free a moment ago: aiosmtpd cannot choose for itself."""
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(box: Letterbox, papers: ssl.SSLContext, security: Security) -> Generator[int]:
    """A server that wants encryption and a login; the port it is at."""
    port = free_port()
    controller = Controller(
        box,
        hostname=HOST,
        port=port,
        ssl_context=papers if security == "tls" else None,
        tls_context=papers if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=known,
        auth_required=True,
        auth_require_tls=security == "starttls",
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.new(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def papers(authority: Authority) -> ssl.SSLContext:
    return authority.papers("localhost", HOST)


def to(port: int, authority: Authority, security: Security, password: str = PASSWORD) -> SmtpMailer:
    return SmtpMailer(HOST, port, security=security, username=USERNAME, password=password, context=authority.trusted())


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it does not see what is encrypted before
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_letters_of_an_order_arrive(authority: Authority, papers: ssl.SSLContext, security: Security) -> None:
    box, cast = Letterbox(), Cast.new()
    orders = [cast.sent(), cast.sent(via=AGENT)]
    with running(box, papers, security) as port, closing(to(port, authority, security)) as mailer:
        delivering = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=mailer, clock=cast.world.clock)
        assert delivering.deliver() == ko.DeliveryReport(sent=2)
        assert delivering.deliver() == ko.DeliveryReport()
    found = {envelope.rcpt_tos[0].partition("@")[0]: read(envelope) for envelope in box.letters}
    assert set(found) == {"atle", "hanna"}
    assert box.encrypted == [True, True] or security == "tls"
    assert [len(envelope.rcpt_tos) for envelope in box.letters] == [1, 1]
    assert [envelope.mail_from for envelope in box.letters] == ["noreply@portal.example"] * 2
    for order, name in zip(orders, ("atle", "hanna"), strict=True):
        assert found[name]["Message-ID"] != found[name]["In-Reply-To"]
        text = next(part for part in found[name].walk() if part.get_content_type() == "text/plain")
        body = text.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert order in body.decode()


def test_letters_about_one_order_hang_together(authority: Authority, papers: ssl.SSLContext) -> None:
    box, cast = Letterbox(), Cast.new()
    order = cast.sent()
    with running(box, papers, "starttls") as port, closing(to(port, authority, "starttls")) as mailer:
        delivering = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=mailer, clock=cast.world.clock)
        assert delivering.deliver().sent == 1
        cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.atle)
        assert delivering.deliver().sent == 1
    threads = {read(envelope)["References"] for envelope in box.letters}
    assert len(box.letters) == 2
    assert len(threads) == 1


def test_one_that_is_not_known_there_is_parked_and_the_others_arrive(
    authority: Authority, papers: ssl.SSLContext
) -> None:
    box, store, clock = Letterbox(), MemoryStore(), Ticking(START)
    names = filled(store, [f"mail {number}" for number in range(30)])
    box.unknown.add("person1@region.example")
    clock.time = START.replace(hour=12)
    with running(box, papers, "starttls") as port, closing(to(port, authority, "starttls")) as mailer:
        assert portal(store, mailer, clock).deliver() == ko.DeliveryReport(sent=20, parked=10)
        parked = owed_in(store, ko.OwedState.PARKED)
        assert {owed.note for owed in parked.values()} == {"the relay refuses the address (550 5.1.1)"}
        box.unknown.clear()
        assert portal(store, mailer, clock).requeue() == tuple(parked)
        assert portal(store, mailer, clock).deliver() == ko.DeliveryReport(sent=10)
    arrived = [read(envelope)["Message-ID"] for envelope in box.letters]
    assert sorted(arrived) == sorted(map(message_id, names))


def test_a_wrong_password_stops_the_relay(authority: Authority, papers: ssl.SSLContext) -> None:
    box, store, clock = Letterbox(), MemoryStore(), Ticking(START)
    filled(store, ["mail 1", "mail 2"])
    clock.time = START.replace(hour=12)
    with running(box, papers, "starttls") as port:
        with closing(to(port, authority, "starttls", "fel")) as mailer:
            report = portal(store, mailer, clock).deliver()
        assert report == ko.DeliveryReport(stopped="the relay refuses the login (535 5.7.8)")
        with closing(to(port, authority, "starttls")) as mailer:
            assert portal(store, mailer, clock).deliver() == ko.DeliveryReport(sent=2)
    assert len(box.letters) == 2


def test_without_a_login_it_takes_nothing(authority: Authority, papers: ssl.SSLContext) -> None:
    box, store, clock = Letterbox(), MemoryStore(), Ticking(START)
    filled(store, ["mail 1"])
    clock.time = START.replace(hour=12)
    with running(box, papers, "starttls") as port:
        with closing(SmtpMailer(HOST, port, context=authority.trusted())) as mailer:
            report = portal(store, mailer, clock).deliver()
        assert report == ko.DeliveryReport(stopped="the relay asks for another login (530 5.7.0)")
        with closing(SmtpMailer(HOST, port, security="none")) as mailer:
            report = portal(store, mailer, clock).deliver()
        assert report.stopped is not None
    assert box.letters == []
