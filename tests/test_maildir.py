"""The Maildir: every letter is in it whole and once, whatever happens on the way."""

import email
import mailbox
import os
import re
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import attrs
import pytest

from kundorder.adapters.maildir import MaildirMailer
from kundorder.errors import Unavailable, Undeliverable
from kundorder.events import Mail
from kundorder.messages import About, Post, Recipient, compose
from kundorder.ports import Letter, Mailer
from kundorder.vocabulary import Language, Party, Template

CODE = "c0de" * 10 + "QUA"
posix = pytest.mark.skipif(os.name != "posix", reason="modes and limits are those of POSIX")

REFERENCE = "r" * 43


def letter_to(address: str, number: int = 1) -> Letter:
    mail = Mail(
        id=f"member:m-01/{number}/login_user",
        template=Template.LOGIN_USER,
        subject="member:m-01",
        step=number,
        role=None,
        party=Party.CUSTOMER,
        organisation="999700-0006",
        member="m-01",
        secret=CODE,
    )
    recipient = Recipient(name="Åsa Öberg", email=address, language=Language.SV)
    return compose(mail, recipient, About(organisation="Region Björken"), Post(), REFERENCE)


LETTER = letter_to("asa@region.example")


@attrs.frozen
class Stopped:
    """A clock that stands still."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def names(path: Path) -> list[str]:
    return sorted(file.relative_to(path).parts[0] for file in path.rglob("*") if file.is_file())


@contextmanager
def opened(path: Path) -> Generator[mailbox.Maildir, None, None]:
    box = mailbox.Maildir(path, create=False)
    try:
        yield box
    finally:
        box.close()


def read(path: Path) -> list[Message]:
    """What any program that knows Maildirs finds there."""
    with opened(path) as box:
        return [email.message_from_bytes(box.get_bytes(key)) for key in sorted(box.keys())]


def test_it_is_a_mailer(tmp_path: Path) -> None:
    mailer: Mailer = MaildirMailer(tmp_path / "mail")
    mailer.send(LETTER)
    assert names(tmp_path / "mail") == ["new"]


def test_nothing_is_created_before_the_first_letter(tmp_path: Path) -> None:
    MaildirMailer(tmp_path / "mail")
    assert list(tmp_path.iterdir()) == []


def test_a_letter_can_be_read_by_any_program_that_knows_maildirs(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where"
    MaildirMailer(str(path), clock=Stopped(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))).send(LETTER)
    (message,) = read(path)
    text, html = (part.get_payload(decode=True) for part in message.walk() if not part.is_multipart())
    assert isinstance(text, bytes)
    assert isinstance(html, bytes)
    assert (text.decode(), html.decode()) == (LETTER.text, LETTER.html)
    assert (message["Message-ID"], message["To"]) == (LETTER.message_id, LETTER.to)
    assert message["Date"] == "Mon, 02 Mar 2026 09:30:00 +0000"


def test_a_file_ends_its_lines_as_files_do(tmp_path: Path) -> None:
    MaildirMailer(tmp_path).send(LETTER)
    (file,) = (tmp_path / "new").iterdir()
    assert b"\r" not in file.read_bytes()


def test_sending_again_changes_nothing(tmp_path: Path) -> None:
    mailer = MaildirMailer(tmp_path)
    mailer.send(LETTER)
    before = [(file, file.read_bytes()) for file in (tmp_path / "new").iterdir()]
    for again in (mailer, MaildirMailer(tmp_path)):
        again.send(attrs.evolve(LETTER, text="moved on\n"))
    assert [(file, file.read_bytes()) for file in (tmp_path / "new").iterdir()] == before


@pytest.mark.parametrize("flags", ["", "S", "RS", "T"])
def test_a_letter_that_has_been_read_is_not_delivered_anew(tmp_path: Path, flags: str) -> None:
    mailer = MaildirMailer(tmp_path)
    mailer.send(LETTER)
    with opened(tmp_path) as box:
        (key,) = box.keys()
        message = box[key]
        message.set_subdir("cur")
        message.set_flags(flags)
        box[key] = message
    mailer.send(LETTER)
    assert names(tmp_path) == ["cur"]


def test_different_letters_are_different_files(tmp_path: Path) -> None:
    mailer = MaildirMailer(tmp_path)
    for number in range(20):
        mailer.send(letter_to("asa@region.example", number))
    assert len(read(tmp_path)) == 20


def test_many_who_send_the_same_letter_at_once_deliver_it_once(tmp_path: Path) -> None:
    mailers = [MaildirMailer(tmp_path / "mail") for _ in range(64)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(MaildirMailer.send, mailers, [LETTER] * 64))
    assert names(tmp_path / "mail") == ["new"]
    assert len(read(tmp_path / "mail")) == 1


def test_what_a_crash_left_behind_is_no_letter_and_in_nobodys_way(tmp_path: Path) -> None:
    mailer = MaildirMailer(tmp_path)
    mailer.send(LETTER)
    (file,) = (tmp_path / "new").iterdir()
    file.rename(tmp_path / "tmp" / f"{file.name}.0123456789abcdef")
    assert read(tmp_path) == []
    mailer.send(LETTER)
    assert len(read(tmp_path)) == 1


@posix
def test_only_the_owner_can_read_what_is_delivered(tmp_path: Path) -> None:
    MaildirMailer(tmp_path / "mail").send(LETTER)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "mail").rglob("*") if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "mail").rglob("*") if path.is_file()} == {0o600}
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700


@posix
def test_on_a_full_disk_a_letter_waits_and_no_piece_of_it_is_delivered(tmp_path: Path) -> None:
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_maildir import LETTER, MaildirMailer, Unavailable
resource.setrlimit(resource.RLIMIT_FSIZE, (700, resource.RLIM_INFINITY))
mailer = MaildirMailer(sys.argv[1])
try:
    mailer.send(LETTER)
except Unavailable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(sum(1 for file in mailer._path.rglob("*") if file.is_file()))
mailer.send(LETTER)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True)
    why, left = done.stdout.splitlines()
    assert why.startswith("the maildir cannot be written (file too large)")
    assert left == "0"
    assert len(read(tmp_path)) == 1


@pytest.mark.parametrize("blocked", ["mail", "mail/new", "mail/tmp", "mail/cur"])
def test_where_no_folder_can_be_made_a_letter_waits(tmp_path: Path, blocked: str) -> None:
    mailer = MaildirMailer(tmp_path / "mail")
    (tmp_path / blocked).parent.mkdir(exist_ok=True)
    (tmp_path / blocked).write_text("in the way", "utf-8")
    with pytest.raises(Unavailable) as caught:
        mailer.send(LETTER)
    assert re.fullmatch(
        r"the maildir cannot be written \([a-z ]+\); try again later with the same key", str(caught.value)
    )
    (tmp_path / blocked).unlink()
    mailer.send(LETTER)
    assert len(read(tmp_path / "mail")) == 1


def test_a_letter_that_can_never_go_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(Undeliverable):
        MaildirMailer(tmp_path / "mail").send(attrs.evolve(LETTER, subject="=?utf-8?q?x=0ABcc:_y?="))
    assert list(tmp_path.iterdir()) == []


def test_a_trial_finds_the_code_of_an_invitation_in_the_letters_to_one_address(tmp_path: Path) -> None:
    mailer = MaildirMailer(tmp_path)
    assert mailer.texts("asa@region.example") == ()
    mailer.send(LETTER)
    mailer.send(letter_to("bo@region.example", 2))
    (file,) = [file for file in (tmp_path / "new").iterdir() if b"To: asa@" in file.read_bytes()]
    file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    assert mailer.texts("asa@region.example") == (LETTER.text,)
    assert mailer.texts("ASA@region.example") == mailer.texts("eva@region.example") == ()
    assert re.findall(r"#([A-Za-z0-9_-]{43})\n", LETTER.text) == [CODE]


def test_what_cannot_be_read_is_not_taken_for_empty(tmp_path: Path) -> None:
    (tmp_path / "new" / "folder").mkdir(parents=True)
    with pytest.raises(Unavailable):
        MaildirMailer(tmp_path).texts("asa@region.example")
