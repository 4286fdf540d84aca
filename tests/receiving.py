"""What has come out at the other end of a mailer, as the kit's contract looks at it."""

from collections.abc import Iterable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

from kundorder.ports import Letter
from kundorder.testing.contracts.mailer import Arrived

READERS = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")


def of_letter(letter: Letter) -> Arrived:
    """A letter that was never turned into a mail."""
    return Arrived(
        message_id=letter.message_id,
        sender=letter.sender,
        recipients=(letter.to,),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
    )


def of_mail(data: bytes, recipients: Iterable[str] | None = None) -> Arrived:
    """A mail as it came.

    Args:
        data: what came.
        recipients: whom it was handed to; None: whoever its headers name.
    """
    whole = message_from_bytes(data)
    named = (said(whole, name) for name in READERS if name in whole)
    return Arrived(
        message_id=said(whole, "Message-ID"),
        sender=said(whole, "From"),
        recipients=tuple(named if recipients is None else recipients),
        subject=said(whole, "Subject"),
        text=body(whole, "text/plain"),
        html=body(whole, "text/html"),
        headers=tuple(whole.keys()),
    )


def of_maildir(folder: Path) -> tuple[Arrived, ...]:
    """All there is in a Maildir, the first first."""
    files = sorted((file for part in ("new", "cur") for file in (folder / part).glob("*")), key=_age)
    return tuple(of_mail(file.read_bytes()) for file in files)


def _age(file: Path) -> int:
    return file.stat().st_mtime_ns


def said(whole: Message, name: str) -> str:
    """A header, unfolded and decoded."""
    value = str(whole[name]).replace("\r\n", "").replace("\n", "")
    return str(make_header(decode_header(value)))


def body(whole: Message, kind: str) -> str:
    """A part, decoded."""
    found = [part.get_payload(decode=True) for part in whole.walk() if part.get_content_type() == kind]
    return "".join(part.decode().replace("\r\n", "\n") for part in found if isinstance(part, bytes))
