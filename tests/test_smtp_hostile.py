"""Whatever anybody writes anywhere, it is refused, or what leaves has exactly the headers that are meant.

The headers are read here without the library that reads them back before they leave.
"""

import random
import re
from base64 import b64decode
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from quopri import decodestring
from typing import Final

import attrs
import pytest
from cast import Cast
from mail_servers import HOST, Relay
from world import CUSTOMER

import kundorder as ko
from kundorder.adapters.smtp import SmtpMailer
from kundorder.identifiers import plain_text
from kundorder.messages import About, Post, Recipient, compose
from kundorder.messages.mime import message_bytes
from kundorder.sample import CATALOGUE
from kundorder.templates import LAYOUTS, Link
from kundorder.vocabulary import Language, Party, Role, Template

REFERENCE = "r" * 43
"""What stands in a link."""

AT: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HEADERS: Final = (
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"),
)
ENDS: Final = ("\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e", "\x00", "\t")
HEADER: Final = (
    "Bcc: eve@evil.example",
    "Subject: x",
    "\r\n\r\n",
    "\r\n.\r\n",
    "MAIL FROM:<eve@evil.example>",
    "--=_",
    ":",
)
WORDS: Final = (
    "=?utf-8?q?x=0ABcc:_eve@evil.example?=",
    "=?utf-8?q?x=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?eApCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
    "=?iso-8859-1?q?=0A?=",
    "=?utf-16?b?AAo=?=",
    "=?us-ascii?Q?a?= =?us-ascii?Q?b?=",
    *("=?", "?=", "=0A", "=0D=0A", "=E2=80=A8", "=\r\n", "?q?", "=?UTF-8?Q?"),
)
MARKS: Final = ('"', "<", ">", "\\", "(", ")", ",", ";", "@", "{", "}", "{name}", "%s", "%0A", "\\n", "&#10;", "&", "'")
HIDDEN: Final = ("\u202e", "\u200b", "\u00ad", "\ufeff", "\ud800", "\x7f", "\x1b[0m", "\u2066", "\U000e0001")
PLAIN: Final = ("Anna Ek", "Åsa Öberg", "北京", "e\u0301", "\U0001f600", "a" * 70, "å" * 80, " ", "x", "1")
SUBJECTS: Final = {
    Link.ORDER: "order:o-1",
    Link.AGREEMENT: "agreement:customer/999200-0001",
    Link.INVITATION: "member:m-1",
    Link.PORTAL: "member:m-1",
}
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.@_%{}'&+-]+", re.ASCII)  # nothing that could begin another one
_WORD: Final = re.compile(rb"=\?utf-8\?([bq])\?([^?]*)\?=")


def hostile(chance: random.Random) -> str:
    """A text somebody may write who means no good."""
    kinds = (ENDS, HEADER, WORDS, MARKS, HIDDEN, PLAIN, PLAIN, PLAIN)
    found = [chance.choice(chance.choice(kinds)) for _ in range(chance.randint(1, 6))]
    if chance.random() < 0.1:
        found.append(chr(chance.choice([chance.randrange(0x20), chance.randrange(0x110000)])))
    return "".join(found)


def anything(chance: random.Random) -> str:
    """Mostly what a person may write, so that some letters leave."""
    if chance.random() < 0.25:
        return hostile(chance)
    return "".join(chance.choice((*PLAIN, *MARKS)) for _ in range(chance.randint(1, 3)))


def written(chance: random.Random) -> ko.Letter:
    """A letter with such a text in one field or another."""
    about: dict[str, str] = dict.fromkeys(
        ("organisation", "customer", "agent", "case_number", "offer_sv", "offer_en", "reason", "instructions"), "Prov"
    )
    about |= {name: anything(chance) for name in chance.sample(sorted(about), 2)}
    template = chance.choice(tuple(Template))
    signs = template is Template.SIGN_AGREEMENT
    mail = ko.Mail(
        id=f"order:o-1/{chance.random()}",
        template=template,
        subject=SUBJECTS[LAYOUTS[template].link],
        step=1,
        role=Role.ATTESTANT,
        party=Party.CUSTOMER,
        organisation=CUSTOMER,
        member=None if signs else "m-1",
        signatory=chance.choice(["s1", anything(chance)]) if signs else None,
        secret=chance.choice([None, "s" * 43, "s" * 43, anything(chance)]),
    )
    recipient = Recipient(
        name=chance.choice(["Prov", anything(chance)]),
        email=chance.choice(["asa@region.example"] * 4 + [f"asa@region.example{hostile(chance)}"]),
        language=chance.choice(tuple(Language)),
    )
    post = Post(sender=f"{chance.choice(['Portalen', anything(chance)])} <noreply@portal.example>")
    letter = compose(mail, recipient, About(**about), post, REFERENCE)
    return attrs.evolve(letter, subject=chance.choice([letter.subject, letter.subject, anything(chance)]))


def raw_headers(data: bytes) -> list[tuple[bytes, bytes]]:
    """Names and values, unfolded, as RFC 5322 has it and as any relay reads them."""
    head, _, _body = data.partition(b"\r\n\r\n")
    lines = re.split(rb"\r\n(?![ \t])", head)
    return [(name, value.strip()) for name, _, value in (line.replace(b"\r\n", b"").partition(b":") for line in lines)]


def said(value: bytes) -> str:
    """A header with its encoded words read (RFC 2047)."""
    value = re.sub(rb"\?=[ \t]+=\?", b"?==?", value)

    def word(found: re.Match[bytes]) -> bytes:
        text = found[2].replace(b"_", b" ")
        return b64decode(found[2]) if found[1] == b"b" else decodestring(text)

    return _WORD.sub(word, value).decode()


def check(letter: ko.Letter, data: bytes) -> None:
    """Nothing more and nothing else than is meant."""
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    headers = raw_headers(data)
    assert tuple(name.decode() for name, _ in headers) == HEADERS
    values = {name.decode(): value for name, value in headers}
    assert values["To"].decode() == letter.to
    assert _ADDRESS.fullmatch(letter.to)
    assert said(values["Subject"]) == plain_text(letter.subject, limit=500)
    assert said(values["From"]) == letter.sender
    for value in values.values():
        assert said(value).isprintable()
    boundary = re.search(rb'boundary="([^"]+)"', values["Content-Type"])
    assert boundary is not None
    assert data.count(b"\r\n--" + boundary[1]) == 3


def hostile_letters(seed: int, number: int) -> Counter[str]:
    """How many left, and how many were refused, of so many; those that left are as they should be."""
    chance, found = random.Random(seed), Counter[str]()  # noqa: S311 - no secret
    for place in range(number):
        try:
            letter = written(chance)
            data = message_bytes(letter, sent_at=AT)
        except (ko.Undeliverable, ko.Malformed):
            found["refused"] += 1
            continue
        try:
            check(letter, data)
        except AssertionError as error:
            error.add_note(f"seed {seed}, number {place}")
            raise
        found["left"] += 1
    return found


def test_ten_thousand_hostile_letters_are_refused_or_leave_as_they_are_meant() -> None:
    found = hostile_letters(20261123, 10_000)
    assert min(found["left"], found["refused"]) > 1000


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100))
def test_a_million_hostile_letters_are_refused_or_leave_as_they_are_meant(seed: int) -> None:
    found = hostile_letters(seed, 10_000)
    assert min(found["left"], found["refused"]) > 1000


def test_a_relay_gets_the_very_bytes_and_one_address_whatever_was_written() -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    meant: list[ko.Letter] = []
    with Relay() as relay:
        with closing(SmtpMailer(HOST, relay.port, security="none")) as mailer:
            for _ in range(500):
                try:
                    letter = written(chance)
                    mailer.send(letter)
                except (ko.Undeliverable, ko.Malformed):
                    continue
                meant.append(letter)
        assert len(meant) == len(relay.taken) > 50
        for letter, taken in zip(meant, relay.taken, strict=True):
            check(letter, taken.data)
            assert (taken.sender, taken.recipients) == ("noreply@portal.example", (letter.to,))


def test_whatever_people_write_in_their_commands_leaves_as_it_is_meant() -> None:
    """The same from the edge on: what is refused there leaves nothing, what is not is written in mail."""
    chance, found = random.Random(11), Counter[str]()  # noqa: S311 - no secret

    class Checking:
        """A mailer that looks at what is leaving."""

        def send(self, letter: ko.Letter) -> None:
            headers = raw_headers(message_bytes(letter, sent_at=AT))
            assert tuple(name.decode() for name, _ in headers) == HEADERS
            assert dict(headers)[b"To"].decode() == letter.to
            found["left"] += 1

    cast = Cast.new(agent=False)
    relay = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=Checking(), clock=cast.world.clock)
    for number in range(300):
        address = chance.choice([f"a{number}@region.example", f"a{number}@region.example{hostile(chance)}"])
        try:
            cast.portal.execute(ko.AddUser(name=anything(chance), email=address), cast.adam)
        except ko.Malformed:
            found["refused"] += 1
    for _ in range(60):
        order = cast.sent()
        try:
            cast.portal.execute(ko.RejectOrder(order=order, reason=anything(chance)), cast.atle)
        except (ko.Malformed, ko.Refused):
            found["refused"] += 1
    report = relay.deliver(limit=10_000)
    assert report.sent == found["left"] > 100
    assert found["refused"] > 100
    assert report.stopped is None
