"""The bytes of a letter, for the adapters that send it.

What is about to leave is read back and compared with what was meant, and only those bytes leave. CPython 3.11.7 and
3.12.1 decode an encoded word (RFC 2047) when a header is set and fold it without encoding again, so that
``=?utf-8?q?x=0ABcc:_y?=`` in a subject becomes a real ``Bcc:``, although every check for ends of lines has passed.
"""

import re
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import format_datetime
from hashlib import sha256
from typing import Final, final

import attrs

from kundorder.errors import Malformed, Undeliverable
from kundorder.identifiers import moment
from kundorder.messages.lines import one_line, undeliverable
from kundorder.messages.post import mailbox
from kundorder.ports import Letter

_LONGEST_SUBJECT: Final = 500
_ID: Final = re.compile(r"<[A-Za-z0-9.-]{1,64}@[A-Za-z0-9.-]{1,255}>", re.ASCII)


@final
class _Headers(HeaderRegistry):
    """As the standard library has them; only, an id longer than a line must not be folded as if it were words."""

    def __getitem__(self, name: str) -> type[BaseHeader]:
        return super().__getitem__("message-id" if name.lower() in {"in-reply-to", "references"} else name)


_POLICY: Final = policy.SMTP.clone(header_factory=_Headers())


def message_bytes(letter: Letter, *, sent_at: datetime) -> bytes:
    """The letter as a message of text and HTML (RFC 5322), lines ended by CRLF; the same at the same moment.

    Args:
        letter: as composed.
        sent_at: aware; becomes the ``Date``.

    Raises:
        Undeliverable: it would not arrive with exactly the headers and texts that are meant.
        Malformed: a moment without a zone.
    """
    message_id = _id(letter.message_id)
    boundary = f"=_{sha256(message_id.encode()).hexdigest()[:32]}"  # never in quoted-printable
    meant = (
        ("From", _mailbox("the sender", letter.sender)),
        ("To", _mailbox("the address", letter.to)),
        ("Subject", one_line("the subject", letter.subject, limit=_LONGEST_SUBJECT)),
        ("Date", format_datetime(moment(sent_at))),
        ("Message-ID", message_id),
        ("In-Reply-To", _id(letter.thread)),
        ("References", _id(letter.thread)),
        ("Auto-Submitted", "auto-generated"),
    )
    frame = (
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        ("Content-Language", letter.language.value),
    )
    try:
        message = EmailMessage(policy=_POLICY)
        for name, value in meant:
            message[name] = value
        message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
        message.set_boundary(boundary)
        message["Content-Language"] = letter.language.value
        leaving = message.as_bytes()
        arriving = _arriving(BytesParser(policy=_POLICY).parsebytes(leaving))
    except (ValueError, LookupError, MessageError) as error:
        raise Undeliverable(f"no message can be made of it ({type(error).__name__})") from None
    if arriving != _Arriving(headers=(*meant, *frame), bodies=(letter.text, letter.html)):
        raise Undeliverable("what would arrive is not what is meant")
    return leaving


@attrs.frozen(kw_only=True)
class _Arriving:
    headers: tuple[tuple[str, str], ...]
    bodies: tuple[str, ...]


def _arriving(whole: Message) -> _Arriving:
    _, *parts = whole.walk()
    bodies = tuple(part.get_payload(decode=True) for part in parts)
    return _Arriving(
        headers=tuple((name, str(value)) for name, value in whole.items()),
        bodies=tuple(body.decode().replace("\r\n", "\n") for body in bodies if isinstance(body, bytes)),
    )


def _mailbox(what: str, text: str) -> str:
    try:
        box = mailbox(text)
    except Malformed as refusal:
        raise undeliverable(what, refusal) from None
    return str(Address(display_name=box.name, addr_spec=box.address))


def _id(text: str) -> str:
    if _ID.fullmatch(text) is None:
        raise Undeliverable("an id of the letter must be of the form <left@domain> of RFC 5322")
    return text
