"""Text messages into files: each is there whole and once, for its owner alone; and the same in memory."""

import json
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundorder.adapters.text_files import FileTextMessages, MemoryTextMessages
from kundorder.errors import Malformed, Unavailable
from kundorder.ports import TextMessages

PHONE, OTHER = "+46701740605", "+46701740606"
posix = pytest.mark.skipif(os.name != "posix", reason="modes and limits are those of POSIX")


def test_they_are_ports(tmp_path: Path) -> None:
    for texts in (FileTextMessages(tmp_path / "sms"), MemoryTextMessages()):
        port: TextMessages = texts
        port.send(PHONE, "123456 är koden.")
        assert texts.texts(PHONE) == ("123456 är koden.",)


def test_nothing_is_created_before_the_first_message(tmp_path: Path) -> None:
    assert FileTextMessages(tmp_path / "sms").texts(PHONE) == ()
    assert list(tmp_path.iterdir()) == []


def test_messages_of_a_number_come_back_in_the_order_they_were_sent(tmp_path: Path) -> None:
    for texts in (FileTextMessages(str(tmp_path / "some" / "where")), MemoryTextMessages()):
        for number in range(20):
            texts.send(PHONE if number % 2 else OTHER, f"meddelande {number}")
        assert texts.texts(PHONE) == tuple(f"meddelande {number}" for number in range(1, 20, 2))
        assert texts.texts("+46000000000") == ()


def test_the_same_message_sent_again_is_another_one(tmp_path: Path) -> None:
    texts = FileTextMessages(tmp_path)
    for _ in range(3):
        texts.send(PHONE, "samma")
    assert texts.texts(PHONE) == ("samma",) * 3


def test_a_file_can_be_read_by_people_and_programs(tmp_path: Path) -> None:
    FileTextMessages(tmp_path).send(PHONE, "Åsa 😀")
    (file,) = tmp_path.iterdir()
    assert file.read_text("utf-8") == f'{{"to": "{PHONE}", "text": "Åsa 😀"}}\n'


@posix
def test_folder_and_files_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        FileTextMessages(tmp_path / "sms").send(PHONE, "x")
    finally:
        os.umask(before)
    (file,) = (tmp_path / "sms").iterdir()
    assert (tmp_path / "sms").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_nlink == 1


@pytest.mark.parametrize("number", ["", "0701740605", "+46 70 174 06 05", f"{PHONE}\n", "../../x", "+4607017406\uff15"])
def test_what_is_no_number_is_refused_before_anything_is_written(tmp_path: Path, number: str) -> None:
    for texts in (FileTextMessages(tmp_path / "sms"), MemoryTextMessages()):
        with pytest.raises(Malformed):
            texts.send(number, "x")
    assert list(tmp_path.iterdir()) == []


@given(text=st.text())
def test_every_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("sms")
    texts = FileTextMessages(folder)
    texts.send(PHONE, text)
    assert texts.texts(PHONE) == (text,)


def test_many_at_once_are_all_there(tmp_path: Path) -> None:
    texts = FileTextMessages(tmp_path / "sms")
    with ThreadPoolExecutor(8) as pool:
        for sending in [pool.submit(texts.send, PHONE, str(number)) for number in range(200)]:
            sending.result()
    assert {int(text) for text in texts.texts(PHONE)} == set(range(200))
    assert all(file.suffix == ".json" for file in (tmp_path / "sms").iterdir())


def test_where_nothing_can_be_written_nothing_is_sent_and_the_number_is_not_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written") as caught:
        FileTextMessages(tmp_path / "file").send(PHONE, "123456")
    shown = f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    assert PHONE not in shown
    assert "123456" not in shown


@posix
def test_a_message_that_does_not_fit_on_the_disk_leaves_nothing(tmp_path: Path) -> None:
    code = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
from kundorder.adapters.text_files import FileTextMessages
from kundorder.errors import Unavailable
try:
    FileTextMessages({str(tmp_path)!r}).send({PHONE!r}, "x" * 1000)
except Unavailable as error:
    print(error)
"""
    assert resource.RLIMIT_FSIZE
    assert signal.SIGXFSZ
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "cannot be written (file too large)" in ran.stdout
    assert list(tmp_path.iterdir()) == []


@posix
def test_who_is_killed_in_the_middle_leaves_no_message(tmp_path: Path) -> None:
    code = f"""
import os, signal
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
os.fsync = killed
from kundorder.adapters.text_files import FileTextMessages
FileTextMessages({str(tmp_path)!r}).send({PHONE!r}, "123456")
"""
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert ran.returncode == -signal.SIGKILL
    (draft,) = tmp_path.iterdir()
    assert draft.name.startswith(".")
    assert FileTextMessages(tmp_path).texts(PHONE) == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"to": 1, "text": "x"}', b"\xff", b"[" * 10])
def test_a_file_of_somebody_else_is_named_as_such(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(Unavailable, match="holds a file that is none"):
        FileTextMessages(tmp_path).texts(PHONE)


def test_a_folder_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "x.json").mkdir()
    with pytest.raises(Unavailable, match="cannot be read"):
        FileTextMessages(tmp_path).texts(PHONE)


def test_what_was_sent_is_not_shown(tmp_path: Path) -> None:
    for texts in (FileTextMessages(tmp_path / "sms"), MemoryTextMessages()):
        texts.send(PHONE, "123456")
        assert "123456" not in repr(texts)
        assert PHONE not in repr(texts)


def test_a_message_is_json_of_two_members(tmp_path: Path) -> None:
    FileTextMessages(tmp_path).send(PHONE, 'a "b"\n')
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_bytes()) == {"to": PHONE, "text": 'a "b"\n'}
