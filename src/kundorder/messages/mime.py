"""The bytes of a letter, for the adapters that send it.

The headers are written here, since ``EmailMessage`` garbles some ordinary names and long subjects when it folds them.
And what is about to leave is read back and compared with what was meant; only those very bytes leave. CPython 3.11.7
and 3.12.1 decode an encoded word (RFC 2047) that is set as a header and fold it without encoding again, so that
``=?utf-8?q?x=0ABcc:_y?=`` in a subject becomes a real ``Bcc:``, although every check for ends of lines has passed.
"""

import re
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import Message
from email.utils import format_datetime
from hashlib import sha256
from quopri import encodestring
from typing import Final, final

import attrs

from kundorder.errors import Malformed, Undeliverable
from kundorder.identifiers import moment
from kundorder.messages.lines import one_line, undeliverable
from kundorder.messages.post import Mailbox, mailbox
from kundorder.ports import Letter

_LONGEST_SUBJECT: Final = 500
# What needs no encoding, with room for the name of the header on a line of 78: in a subject, and in a name (RFC 5322).
_PLAIN_TEXT: Final = re.compile(r"[ -~]{1,60}", re.ASCII)
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9 -]{1,60}", re.ASCII)
_ID: Final = re.compile(r"<[A-Za-z0-9.-]{1,64}@[A-Za-z0-9.-]{1,255}>", re.ASCII)


def message_bytes(letter: Letter, *, sent_at: datetime) -> bytes:
    """The letter as a message of text and HTML (RFC 5322), lines ended by CRLF; the same at the same moment.

    Args:
        letter: as composed.
        sent_at: aware; becomes the ``Date``.

    Raises:
        Undeliverable: it would not arrive with exactly the headers and texts that are meant.
        Malformed: a moment without a zone.
    """
    sender, to = _mailbox("the sender", letter.sender), _mailbox("the address", letter.to)
    subject = one_line("the subject", letter.subject, limit=_LONGEST_SUBJECT)
    message_id, thread = _id(letter.message_id), _id(letter.thread)
    boundary = f"=_{sha256(message_id.encode()).hexdigest()[:32]}"  # never in quoted-printable
    same = (
        ("Date", format_datetime(moment(sent_at))),
        ("Message-ID", message_id),
        ("In-Reply-To", thread),
        ("References", thread),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", letter.language.value),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    )
    meant = _Message(
        headers=(
            ("From", str(sender)),
            ("To", str(to)),
            ("Subject", subject),
            *((name, _unfolded(value)) for name, value in same),
        ),
        parts=(("plain", letter.text), ("html", letter.html)),
    )
    try:
        written = _encoded("Subject", subject, _PLAIN_TEXT)
        headers = (("From", _address("From", sender)), ("To", _address("To", to)), ("Subject", written), *same)
        leaving = _laid_out(headers, boundary, meant.parts)
        arriving = _read(message_from_bytes(leaving))
    except (ValueError, LookupError, MessageError) as error:
        raise Undeliverable(f"no message can be made of it ({type(error).__name__})") from None
    bare = leaving.replace(b"\r\n", b"")
    if arriving != meant or b"\r" in bare or b"\n" in bare:  # relays differ in what a bare end of line is to them
        raise Undeliverable("what would arrive is not what is meant")
    return leaving


@final
@attrs.frozen(kw_only=True)
class _Message:
    """What a mail program shows."""

    headers: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, str], ...]  # kind and text


def _laid_out(headers: tuple[tuple[str, str], ...], boundary: str, parts: tuple[tuple[str, str], ...]) -> bytes:
    lines = [*(f"{name}: {value}".encode() for name, value in headers), b""]
    for kind, text in parts:
        lines += (
            f"--{boundary}".encode(),
            f"Content-Type: text/{kind}; charset=utf-8".encode(),
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            encodestring(text.encode()).replace(b"\n", b"\r\n"),
        )
    return b"\r\n".join((*lines, f"--{boundary}--".encode(), b""))


def _read(whole: Message) -> _Message:
    _, *parts = whole.walk()
    bodies = tuple((part.get_content_type().removeprefix("text/"), part.get_payload(decode=True)) for part in parts)
    return _Message(
        headers=tuple((name, str(make_header(decode_header(_unfolded(value))))) for name, value in whole.items()),
        parts=tuple((kind, body.decode().replace("\r\n", "\n")) for kind, body in bodies if isinstance(body, bytes)),
    )


def _unfolded(value: str) -> str:
    return value.replace("\r\n", "")


def _encoded(header: str, text: str, plain: re.Pattern[str]) -> str:
    """Plain, or all of it in encoded words: where the two alternate, blanks get lost or doubled."""
    return text if plain.fullmatch(text) else Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _address(header: str, box: Mailbox) -> str:
    return f"{_encoded(header, box.name, _PLAIN_NAME)}\r\n <{box.address}>" if box.name else box.address


def _mailbox(what: str, text: str) -> Mailbox:
    try:
        return mailbox(text)
    except Malformed as refusal:
        raise undeliverable(what, refusal) from None


def _id(text: str) -> str:
    if _ID.fullmatch(text) is None:
        raise Undeliverable("an id of the letter must be of the form <left@domain> of RFC 5322")
    return text
