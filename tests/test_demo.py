"""The demo: the whole story on real input, every claim of its summary, and what becomes of it when interrupted."""

import contextlib
import fcntl
import io
import json
import mailbox
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Generator
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import pytest

from kundorder.__main__ import main
from kundorder.adapters.maildir import MaildirMailer
from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.pades import report_on
from kundorder.command_line.demo import play
from kundorder.command_line.folder import Folder
from kundorder.command_line.loading import EXAMPLE, load_catalogue, load_scenario
from kundorder.command_line.telling import WIDTH, Teller
from kundorder.ports import Store, Transaction
from kundorder.sample import CATALOGUE

GOLDEN = Path(__file__).parent / "golden" / "demo.txt"
DIRECT = ["start", "fill_in", "accept_terms", "send", "attest", "hand_over", "complete"]
VIA_AGENT = ["start", "fill_in", "accept_terms", "send", "approve", "attest", "attest", "inform_agent", "complete"]


def run(*argv: str) -> tuple[int, str, str]:
    """The status of the demo, what it told and what it complained of."""
    told, complaints = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(complaints):
        status = main(["demo", *argv])
    return status, told.getvalue(), complaints.getvalue()


def command(*argv: str) -> int:
    """What a command ends with; what it says is of no interest here."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(list(argv))


class Played:
    """What one run left."""

    def __init__(self, out: Path, told: str) -> None:
        self.out = out
        self.told = told
        self.summary = json.loads((out / "summary.json").read_text("utf-8"))
        self.direct, self.via_agent, self.overridden = self.summary["orders"]

    @staticmethod
    def orders_in(told: str) -> list[str]:
        """How the orders ended, by what was told."""
        return re.findall(r"^KO[0-9]{10}  .*: ([A-Z_]+ → [A-Z_]+)$", told, re.MULTILINE)

    @staticmethod
    def summary_in(out: Path) -> dict[str, list[dict[str, object]]]:
        """What stands in the summary."""
        summary: dict[str, list[dict[str, object]]] = json.loads((out / "summary.json").read_text("utf-8"))
        return summary

    def mails(self, order: str | None) -> list[tuple[str | None, str, str]]:
        """The mails about an order, in the order in which they were owed."""
        return [
            (mail["to_role"], mail["to_party"], mail["template"])
            for mail in self.summary["mails"]
            if mail["order"] == order
        ]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    out = tmp_path_factory.mktemp("demo") / "out"
    status, told, complaints = run("--out", str(out))
    assert (status, complaints) == (0, "")
    return Played(out, told)


@pytest.fixture
def copy(played: Played, tmp_path: Path) -> Path:
    """A folder in which the demo has been played."""
    return Path(shutil.copytree(played.out, tmp_path / "copy"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The input, to be edited."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "input"))


@pytest.fixture
def single(source: Path) -> Path:
    """The input with one customer and one order only."""
    organisations = json.loads((source / "organisations.json").read_text("utf-8"))
    orders = json.loads((source / "orders.json").read_text("utf-8"))
    organisations["customers"], organisations["agents"] = organisations["customers"][1:], []
    orders["orders"] = orders["orders"][:1]
    (source / "organisations.json").write_text(json.dumps(organisations), "utf-8")
    (source / "orders.json").write_text(json.dumps(orders), "utf-8")
    return source


def contents(store: Path) -> str:
    """Digest of everything in a store, whatever the file looks like."""
    with contextlib.closing(sqlite3.connect(store)) as connection:
        return sha256("\n".join(connection.iterdump()).encode()).hexdigest()


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def ending(summary: dict[str, object]) -> str:
    """A summary without what chance gives: the case numbers are numbered as they come."""
    text = json.dumps(summary, ensure_ascii=False, indent=1)
    for number, order in enumerate(json.loads(text)["orders"]):
        text = text.replace(order["case_number"], f"<{number}>")
    return text


def as_golden(told: str) -> list[str]:
    """What was told, without the case numbers, which chance gives, and without the head and the end."""
    numbers = list(dict.fromkeys(re.findall(r"KO[0-9]{10}", told)))
    for place, number in enumerate(numbers, 1):
        told = told.replace(number, f"KO{place:010d}")
    return told[told.index("\n1. ") + 1 :].splitlines()[:-1]


# The story


def test_the_story_is_told_as_people_have_read_it(played: Played) -> None:
    assert as_golden(played.told) == GOLDEN.read_text("utf-8").splitlines()


def test_each_order_takes_the_flow_of_its_offer_to_the_end(played: Played) -> None:
    ways = [(order["offer"], order["chosen_mode"], order["flow"], order["state"]) for order in played.summary["orders"]]
    assert ways == [
        ("webcert-fristaende", "direct", "direct", "COMPLETED"),
        ("npo-producent", "via_agent", "via_agent", "COMPLETED"),
        ("npo-konsument-tgp", "via_agent", "direct", "COMPLETED"),
    ]


def test_each_order_takes_the_steps_of_its_flow_and_no_others(played: Played) -> None:
    steps = [[step["trigger"] for step in order["steps"]] for order in played.summary["orders"]]
    assert steps == [DIRECT, VIA_AGENT, DIRECT]


def test_the_direct_flow_goes_through_the_hand_over(played: Played) -> None:
    for order in (played.direct, played.overridden):
        assert [step["to"] for step in order["steps"]][-4:] == [
            "AWAITING_CUSTOMER_ATTEST",
            "ATTESTED",
            "HANDED_OVER",
            "COMPLETED",
        ]
        assert {step["by_party"] for step in order["steps"]} == {"customer", "provider"}


def test_via_agent_the_agent_acts_between_the_customers_two_acts(played: Played) -> None:
    steps = [(step["by_role"], step["by_party"], step["to"]) for step in played.via_agent["steps"]]
    assert steps[3:] == [
        ("ORDERER", "customer", "AWAITING_AGENT_APPROVAL"),
        ("AGENT_HANDLER", "agent", "AWAITING_AGENT_ATTEST"),
        ("ATTESTANT", "agent", "AWAITING_CUSTOMER_ATTEST"),
        ("ATTESTANT", "customer", "ATTESTED"),
        ("CUSTOMER_SERVICE", "provider", "CONNECTION_STARTABLE"),
        ("AGENT_HANDLER", "agent", "COMPLETED"),
    ]


def test_a_case_number_is_never_given_twice(played: Played) -> None:
    numbers = [order["case_number"] for order in played.summary["orders"]]
    assert len(set(numbers)) == 3
    assert all(number in played.told for number in numbers)


# The mail


def test_no_mail_about_the_overridden_offer_goes_to_the_agent(played: Played) -> None:
    assert played.mails(played.overridden["case_number"]) == [
        ("ATTESTANT", "customer", "attest_order"),
        ("ATTESTANT", "customer", "attest_order"),
        ("ORDERER", "customer", "handed_over"),
    ]


def test_via_agent_the_customers_attestants_hear_of_it_only_when_the_agent_is_done(played: Played) -> None:
    assert played.mails(played.via_agent["case_number"]) == [
        ("AGENT_HANDLER", "agent", "review_order"),
        ("ATTESTANT", "agent", "attest_for_agent"),
        ("ATTESTANT", "customer", "attest_order"),
        ("ATTESTANT", "customer", "attest_order"),
        ("AGENT_HANDLER", "agent", "connection_startable"),
    ]


def test_directly_one_who_orders_and_attests_gets_the_mail_and_a_notice_at_once(played: Played) -> None:
    assert played.mails(played.direct["case_number"]) == [
        ("ATTESTANT", "customer", "attest_order"),
        ("ORDERER", "customer", "handed_over"),
    ]
    assert played.told.count("notice  at once to the orderer") == 1


def test_an_approval_owes_its_three_kinds_of_mail_and_each_user_a_login(played: Played) -> None:
    assert Counter(played.mails(None)) == {
        (None, "provider", "login_user"): 1,
        (None, "customer", "login_user"): 4,
        (None, "agent", "login_user"): 3,
        ("ADMINISTRATOR", "customer", "login_administrator"): 2,
        ("AGREEMENT_CONTACT", "customer", "login_agreement_contact"): 2,
        ("SIGNATORY", "customer", "sign_agreement"): 3,
        ("ADMINISTRATOR", "agent", "login_administrator"): 1,
        ("AGREEMENT_CONTACT", "agent", "login_agreement_contact"): 1,
        ("SIGNATORY", "agent", "sign_agreement"): 1,
    }


def test_every_mail_of_the_summary_is_a_letter_in_the_maildir_and_is_told(played: Played) -> None:
    letters = mailbox.Maildir(played.out / "maildir", create=False)
    assert len(letters) == len(played.summary["mails"])
    assert len([line for line in played.told.splitlines() if line.startswith("         mail  ")]) == len(letters)


def test_a_reader_of_english_is_written_to_in_english(played: Played) -> None:
    letters = mailbox.Maildir(played.out / "maildir", create=False)
    languages = {str(letter["To"]): str(letter["Content-Language"]) for letter in letters}
    assert [address for address, language in languages.items() if language == "en"] == ["disa@region.example"]


# Refusals


def test_three_acts_are_refused_each_for_its_own_reason(played: Played) -> None:
    assert played.summary["refusals"] == [
        {"command": "start_order", "codes": ["AGREEMENT_NOT_SIGNED"]},
        {"command": "start_order", "codes": ["NO_ATTESTANT"]},
        {"command": "attest_order", "codes": ["TOO_EARLY"]},
    ]


@pytest.mark.parametrize(
    ("reason", "clearer"),
    [
        ("Avtalet för 999200-0001 är inte signerat ännu.", "företrädare hos 999200-0001"),
        ("999300-0000 har ingen attestant.", "administratör hos 999300-0000"),
        ("Det är för tidigt; nästa steg ska tas av agenten", "handläggare agent hos 556677-8899"),
    ],
)
def test_a_refusal_is_told_in_swedish_with_who_can_clear_it(reason: str, clearer: str, played: Played) -> None:
    after = played.told.partition(reason)[2]
    assert after.partition("kan lösas av:")[2].strip().startswith(clearer)


# What is left


def test_the_journal_verifies_and_is_written_out_whole(played: Played) -> None:
    assert played.summary["journal_verified"] is True
    entries = [json.loads(line) for line in (played.out / "journal.jsonl").read_text("utf-8").splitlines()]
    with contextlib.closing(sqlite3.connect(played.out / "kundorder.db")) as connection:
        assert [len(entries)] == list(connection.execute("SELECT count(*) FROM journal").fetchone())
    assert {"chain", "number", "previous", "event", "digest"} <= set(entries[0])


def test_every_agreement_is_written_out_as_signed_pdf_with_the_certificate_to_verify_it_by(played: Played) -> None:
    root = (played.out / "agreements" / "test-root.pem").read_bytes()
    agreements = {path.name: path.read_bytes() for path in (played.out / "agreements").glob("*.pdf")}
    assert set(agreements) == {
        "agent-556677-8899.pdf",
        "customer-999200-0001.pdf",
        "customer-999300-0000.pdf",
    }
    for pdf in agreements.values():
        assert report_on(pdf, [root]).holds
        assert not report_on(pdf, []).holds
    told = "\n".join(report_on(agreements["customer-999200-0001.pdf"], [root]).lines("en"))
    assert told.count("Signed by") == 2
    assert "TEST: the certificate was issued as a test" in told


def test_of_every_attest_there_is_a_file_that_verifies_and_does_not_with_one_byte_changed(
    played: Played, tmp_path: Path
) -> None:
    files = sorted((played.out / "evidence").glob("*.json"))
    numbers = [order["case_number"] for order in played.summary["orders"]]
    assert {path.name for path in files} == {
        f"{numbers[0]}-1.json",
        f"{numbers[1]}-1.json",
        f"{numbers[1]}-2.json",
        f"{numbers[2]}-1.json",
        "556677-8899-npo-1.json",
    }
    trust = ["--trust", str(played.out / "evidence" / "public-key.jwk")]
    for path in files:
        assert command("verify-evidence", str(path)) == 0
        assert command("verify-evidence", str(path), *trust) == 0
    content = bytearray(files[0].read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "changed.json").write_bytes(content)
    assert command("verify-evidence", str(tmp_path / "changed.json"), *trust) != 0
    pdf = bytearray((played.out / "agreements" / "agent-556677-8899.pdf").read_bytes())
    pdf[len(pdf) // 3] ^= 1
    (tmp_path / "changed.pdf").write_bytes(pdf)
    root = ["--trust", str(played.out / "agreements" / "test-root.pem")]
    assert command("verify-evidence", str(tmp_path / "changed.pdf"), *root) != 0


def test_an_attest_by_text_message_is_made_with_the_code_that_was_sent_and_the_store_has_never_seen(
    played: Played,
) -> None:
    (message,) = (played.out / "text-messages").iterdir()
    code = re.search(r"[0-9]{6}", json.loads(message.read_text("utf-8"))["text"])
    assert code is not None
    store = (played.out / "kundorder.db").read_bytes()
    assert f'"{code.group()}"'.encode() not in store
    assert code.group() not in played.told
    assert "code  by text message, to the number that ends with 06" in played.told


def test_the_summary_has_the_pinned_form(played: Played) -> None:
    assert list(played.summary) == ["orders", "mails", "refusals", "journal_verified"]
    assert {tuple(order) for order in played.summary["orders"]} == {
        ("case_number", "offer", "chosen_mode", "flow", "state", "steps")
    }
    assert {tuple(step) for order in played.summary["orders"] for step in order["steps"]} == {
        ("trigger", "by_role", "by_party", "to")
    }
    assert {tuple(mail) for mail in played.summary["mails"]} == {("to_role", "to_party", "template", "order")}


def test_the_story_fits_a_terminal_of_a_hundred_columns(played: Played) -> None:
    assert [line for line in played.told.splitlines() if len(line) > WIDTH and str(played.out) not in line] == []


def test_no_secret_stays_in_the_store_and_none_is_told(played: Played) -> None:
    letters = MaildirMailer(played.out / "maildir").texts("bo@region.example")
    codes = [code for letter in letters for code in re.findall(r"/invitation/[^#]+#([A-Za-z0-9_-]{43})", letter)]
    store = (played.out / "kundorder.db").read_bytes().decode("utf-8", "replace")
    assert len(codes) == 1
    assert [code for code in codes if code in store or code in played.told] == []


def test_nobody_and_nothing_in_the_example_is_real() -> None:
    organisations = (EXAMPLE / "organisations.json").read_text("utf-8")
    addresses = [word.strip('",') for word in organisations.split() if "@" in word]
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def test_the_catalogue_of_the_example_is_the_sample() -> None:
    assert load_catalogue(EXAMPLE / "catalogue.json") == CATALOGUE


# Once more


def test_playing_it_again_changes_nothing(played: Played, copy: Path) -> None:
    before, inside = files_in(copy), contents(copy / "kundorder.db")
    status, told, _ = run("--out", str(copy))
    assert status == 0
    assert files_in(copy) == before
    assert contents(copy / "kundorder.db") == inside
    assert "0 carried out now; 69 had been carried out before" in told
    assert told.splitlines()[3:-2] == played.told.splitlines()[3:-2]


def test_beginning_anew_takes_away_what_a_demo_wrote_and_nothing_else(played: Played, copy: Path) -> None:
    mine = [
        copy / "notes.txt",
        copy / "agreements" / "agent-smith.pdf",
        copy / "maildir" / "notes.txt",
        copy / "maildir" / "new" / "1792000000.M1P1.host",
    ]
    for path in mine:
        path.write_text("mine", "utf-8")
    status, told, _ = run("--out", str(copy), "--fresh")
    assert status == 0
    assert "69 carried out now." in told
    assert [path.read_text("utf-8") for path in mine] == ["mine"] * 4
    assert ending(Played(copy, told).summary) == ending(played.summary)
    assert Played(copy, told).direct["case_number"] != played.direct["case_number"]


def test_beginning_anew_deletes_nothing_behind_a_link(copy: Path, single: Path, tmp_path: Path) -> None:
    linked = ("agreements", "archive", "evidence", "maildir", "text-messages")
    for name in linked:
        (copy / name).rename(tmp_path / name)
        (copy / name).symlink_to(tmp_path / name)
    before = {f"{name}/{file}": text for name in linked for file, text in files_in(tmp_path / name).items()}
    assert run("--input", str(single), "--out", str(copy), "--fresh")[0] == 0
    after = {f"{name}/{file}": text for name in linked for file, text in files_in(tmp_path / name).items()}
    anew = ("999300", "test-root", "public-key")  # what the new one writes under the same name
    mine = {name: text for name, text in before.items() if not any(each in name for each in anew)}
    assert {name: after.get(name) for name in mine} == mine


def test_a_clearing_that_was_interrupted_is_finished(played: Played, copy: Path) -> None:
    (copy / "demo.json").write_text(json.dumps({"what": "kundorder demo", "scenario": ""}), "utf-8")
    (copy / "kundorder.db").unlink()
    status, told, _ = run("--out", str(copy))
    assert status == 0
    assert ending(Played(copy, told).summary) == ending(played.summary)


@pytest.mark.parametrize("flags", [(), ("--fresh",)])
def test_a_folder_that_is_not_a_demos_is_left_alone(flags: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "theirs.txt").write_text("theirs", "utf-8")
    before = files_in(tmp_path)
    status, _, said = run("--out", str(tmp_path), *flags)
    assert status == 2
    assert "not a demo's folder" in said
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("marker", ["", "{}", "[1]", '{"what": "other", "scenario": "x"}', "\x00"])
def test_a_folder_with_another_marker_is_left_alone(marker: str, tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text(marker, "utf-8")
    before = files_in(tmp_path)
    status, _, said = run("--out", str(tmp_path), "--fresh")
    assert (status, "not a demo's folder" in said) == (2, True)
    assert files_in(tmp_path) == before


def test_another_story_is_not_played_on_top_of_this_one(copy: Path, source: Path) -> None:
    orders = source / "orders.json"
    orders.write_text(
        orders.read_text("utf-8").replace("webcert-fristaende", "siths").replace('"number_of_care_units": 12,', ""),
        "utf-8",
    )
    before = files_in(copy)
    status, _, said = run("--input", str(source), "--out", str(copy))
    assert status == 2
    assert "--fresh" in said
    assert files_in(copy) == before


def test_the_same_input_in_other_words_is_the_same_story(copy: Path, source: Path) -> None:
    for path in source.iterdir():
        path.write_text(json.dumps(json.loads(path.read_text("utf-8"))), "utf-8")
    before = files_in(copy)
    status, _, _ = run("--input", str(source), "--out", str(copy))
    assert status == 0
    assert files_in(copy) == before


@pytest.mark.parametrize("lost", ["refusals.jsonl", "signing-key.pem"])
def test_what_cannot_be_made_again_is_missed(lost: str, copy: Path) -> None:
    (copy / lost).unlink()
    before = contents(copy / "kundorder.db")
    status, _, said = run("--out", str(copy))
    assert status == 1
    assert "--fresh" in said
    assert contents(copy / "kundorder.db") == before


def test_without_its_authority_the_demo_does_not_make_another(copy: Path) -> None:
    shutil.rmtree(copy / "test-authority")
    root = (copy / "agreements" / "test-root.pem").read_bytes()
    status, _, said = run("--out", str(copy))
    assert (status, "--fresh" in said) == (1, True)
    assert (copy / "agreements" / "test-root.pem").read_bytes() == root


def test_refusals_that_were_tampered_with_are_not_believed(copy: Path) -> None:
    (copy / "refusals.jsonl").write_text('{"key": 1}', "utf-8")
    status, _, said = run("--out", str(copy))
    assert (status, "is not as the demo wrote it" in said) == (1, True)


def test_a_folder_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, _, said = run("--out", str(tmp_path / "file" / "out"))
    assert (status, "cannot be written (not a directory)" in said) == (1, True)


def test_what_can_be_made_again_is(played: Played, copy: Path) -> None:
    before = files_in(copy)
    for name in ("summary.json", "journal.jsonl"):
        (copy / name).unlink()
    shutil.rmtree(copy / "agreements")
    status, _, _ = run("--out", str(copy))
    assert status == 0
    assert files_in(copy) == before
    assert played.out.exists()


# Interrupted


class Interrupted(BaseException):
    """What no part of the library expects."""


class Interrupting:
    """A store that is cut off before or after one of its transactions."""

    def __init__(self, store: Store, at: int, *, after: bool) -> None:
        self.store, self.left, self.after = store, at, after

    def transaction(self) -> AbstractContextManager[Transaction]:
        return self._transaction()

    @contextlib.contextmanager
    def _transaction(self) -> Generator[Transaction, None, None]:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Interrupted
        with self.store.transaction() as transaction:
            yield transaction
        if self.left == 0:
            raise Interrupted


def summary_of(folder: Folder) -> str:
    return ending(json.loads(folder.read("summary.json")))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_wherever_it_is_interrupted_it_ends_as_if_it_had_not_been(
    *, after: bool, played: Played, tmp_path: Path
) -> None:
    scenario, folder, store = load_scenario(None), Folder(tmp_path / "out"), MemoryStore()
    folder.begin("x", fresh=False)
    at, interruptions = 3, 0
    while True:
        cut = Interrupting(store, at, after=after)
        try:
            play(scenario, folder, cut, Teller(io.StringIO()))
            break
        except Interrupted:
            interruptions += 1
            at += 5
    assert interruptions > 40
    assert summary_of(folder) == ending(played.summary)
    letters = mailbox.Maildir(tmp_path / "out" / "maildir", create=False)
    assert len(letters) == len(played.summary["mails"])


@pytest.mark.parametrize("line", [20, 55, 90])
def test_killed_it_is_resumed_and_ends_as_if_it_had_not_been(line: int, played: Played, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call = [sys.executable, "-m", "kundorder", "demo", "--out", str(out)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(line):
            assert process.stdout.readline()
        process.kill()
    assert not (out / "summary.json").exists()
    status, told, complaints = run("--out", str(out))
    assert (status, complaints) == (0, "")
    assert "had been carried out before" in told
    assert ending(Played(out, told).summary) == ending(played.summary)
    assert len(mailbox.Maildir(out / "maildir", create=False)) == len(played.summary["mails"])


def test_a_full_disk_is_told_of_and_the_story_goes_on_when_there_is_room(single: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    argv = f'demo --input "{single}" --out "{out}"'
    call = ["/bin/sh", "-c", f'ulimit -f 128; exec "{sys.executable}" -m kundorder {argv}']
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}  # it writes too
    done = subprocess.run(call, check=False, capture_output=True, text=True, env=unmeasured)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("kundorder: ")
    status, told, _ = run("--input", str(single), "--out", str(out))
    assert status == 0
    assert Played.orders_in(told) == ["HANDED_OVER → COMPLETED"]


def test_a_locked_store_is_told_of_and_the_story_goes_on_when_it_is_free(copy: Path) -> None:
    (copy / "summary.json").unlink()
    with contextlib.closing(sqlite3.connect(copy / "kundorder.db", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        status, _, said = run("--out", str(copy))
    assert status == 1
    assert "the store is locked" in said
    assert run("--out", str(copy))[0] == 0


def test_mail_that_cannot_leave_stops_the_story_until_it_can(single: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    argv = ("--input", str(single), "--out", str(out))
    out.mkdir()
    (out / "maildir").write_text("a file where the Maildir should be", "utf-8")
    (out / "demo.json").write_text('{"what": "kundorder demo", "scenario": ""}', "utf-8")
    for _ in range(3):
        status, _, said = run(*argv)
        assert (status, "maildir" in said) == (1, True)
    (out / "maildir").unlink()
    status, told, _ = run(*argv)
    assert (status, Played.orders_in(told)) == (0, ["HANDED_OVER → COMPLETED"])


def test_interrupted_by_hand_it_says_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    call = [sys.executable, "-m", "kundorder", "demo", "--out", str(out)]
    ours, its = os.pipe()
    fcntl.fcntl(its, fcntl.F_SETPIPE_SZ, 4096)  # it waits for us, and is not through before it is interrupted
    # What is started from a shell in the background ignores interruptions by hand, and so would what it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with (
        subprocess.Popen(call, stdout=its, stderr=subprocess.PIPE, text=True) as process,
        os.fdopen(ours, "rb", 0) as told,
    ):
        _ = signal.signal(signal.SIGINT, before)
        os.close(its)
        assert told.read(1)
        process.send_signal(signal.SIGINT)
        _ = told.read()
        _nothing, said = process.communicate()
    assert process.returncode == 130
    assert said == "kundorder: interrupted; run it again to go on\n"


# Other input


def test_with_one_customer_both_refusals_of_an_order_are_its_own(single: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    status, told, _ = run("--input", str(single), "--out", str(out))
    assert status == 0
    assert [refusal["codes"] for refusal in Played.summary_in(out)["refusals"]] == [
        ["AGREEMENT_NOT_SIGNED", "NO_ATTESTANT"],
        ["NO_ATTESTANT"],
    ]
    assert Played.orders_in(told) == ["HANDED_OVER → COMPLETED"]


def test_everybody_may_have_several_roles_and_organisations_several_of_a_role(source: Path, tmp_path: Path) -> None:
    organisations = json.loads((source / "organisations.json").read_text("utf-8"))
    region, agent, provider = organisations["customers"][0], organisations["agents"][0], organisations["provider"]
    provider["people"] = [provider["people"][0] | {"roles": ["PROVIDER_OFFICER", "ADMINISTRATOR", "CUSTOMER_SERVICE"]}]
    region["people"][0]["roles"] += ["SIGNATORY", "ORDERER", "ATTESTANT"]
    region["people"][4]["roles"] += ["ADMINISTRATOR", "AGREEMENT_CONTACT"]
    agent["people"] = [
        agent["people"][0]
        | {
            "roles": [
                "ADMINISTRATOR",
                "AGREEMENT_CONTACT",
                "SIGNATORY",
                "AGENT_ASSIGNMENT_ORDERER",
                "AGENT_HANDLER",
                "ATTESTANT",
            ],
            "grants": ["npo"],
        },
        {"id": "bo", "name": "Bo Exempel", "email": "bo@region.example", "roles": ["AGENT_HANDLER"]},
    ]
    orders = json.loads((source / "orders.json").read_text("utf-8"))
    orders["orders"][1] |= {"agent_handler": "agda", "agent_attestant": "agda"}
    (source / "organisations.json").write_text(json.dumps(organisations), "utf-8")
    (source / "orders.json").write_text(json.dumps(orders), "utf-8")
    status, told, complaints = run("--input", str(source), "--out", str(tmp_path / "out"))
    assert (status, complaints) == (0, "")
    assert Played.orders_in(told) == [
        f"{before} → COMPLETED" for before in ("HANDED_OVER", "CONNECTION_STARTABLE", "HANDED_OVER")
    ]


Value: TypeAlias = str | int | list[str] | dict[str, str] | None
Place: TypeAlias = tuple[str | int, ...]

GONE = "gone"
CATALOGUE_FILE, ORGANISATIONS_FILE, ORDERS_FILE = "catalogue.json", "organisations.json", "orders.json"
BROKEN: list[tuple[str, Place, Value, str]] = [
    (CATALOGUE_FILE, ("offers", 2, "modes", 0), "by_post", "$.offers[2].modes[0]: must be one of direct, via_agent"),
    (CATALOGUE_FILE, ("offers", 0, "service"), "unknown", "$.offers[0].service: must be one of the services"),
    (CATALOGUE_FILE, ("offers", 0, "colour"), "red", "$.offers[0].colour: is not a field here; there are: id, service"),
    (CATALOGUE_FILE, ("offers", 0, "terms"), GONE, "$.offers[0].terms: is required"),
    (CATALOGUE_FILE, ("offers", 0, "start_up_fee"), 12000, "$.offers[0].start_up_fee: must be a text such as"),
    (CATALOGUE_FILE, ("offers", 0, "start_up_fee"), "12 000 kr", "$.offers[0].start_up_fee: must be an amount"),
    (CATALOGUE_FILE, ("offers", 0, "form", 0, "minimum"), "1", "$.offers[0].form[0].minimum: must be a whole number"),
    (CATALOGUE_FILE, ("offers", 1, "id"), "npo-producent", "$.offers[1]: must not repeat an id"),
    (ORGANISATIONS_FILE, ("provider",), GONE, "$.provider: is required"),
    (ORGANISATIONS_FILE, ("customers",), [], "$.customers: must name at least one customer"),
    (ORGANISATIONS_FILE, ("customers", 0, "number"), "999200-0002", "$.customers[0].number: must have the right check"),
    (ORGANISATIONS_FILE, ("customers", 1, "number"), "999200-0001", "$.customers[1].number: must be the number of one"),
    (ORGANISATIONS_FILE, ("customers", 0, "category"), "PARISH", "$.customers[0].category: must be one of REGION"),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 0, "roles", 0),
        "BOSS",
        "$.customers[0].people[0].roles[0]: must be one of SIGNATORY",
    ),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 4, "roles", 0),
        "AGENT_HANDLER",
        "$.customers[0].people[4].roles[0]: must be one of ADMINISTRATOR",
    ),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 0, "roles"),
        [],
        "$.customers[0].people[0].roles: must name at lea",
    ),
    (ORGANISATIONS_FILE, ("customers", 0, "people", 1, "id"), "astrid", "$.customers[0].people[1].id: must be another"),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 1, "email"),
        "astrid@region.example",
        "$.customers[0].people[1].email: must be another",
    ),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 1, "email"),
        "karl",
        "$.customers[0].people[1].email: must be a pl",
    ),
    (ORGANISATIONS_FILE, ("customers", 0, "people", 1, "id"), "maja", "must be the address this person has elsewhere"),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 1, "email"),
        "maja@kommunen.example",
        "$.customers[1].people[0].id: must be the id this address has elsewhere too",
    ),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 1, "grants"),
        ["npo"],
        "$.customers[0].people[1].grants: belongs to",
    ),
    (
        ORGANISATIONS_FILE,
        ("customers", 0, "people", 0, "roles"),
        ["ORDERER"],
        "$.customers[0].people: must hold somebody",
    ),
    (
        ORGANISATIONS_FILE,
        ("provider", "people", 0, "roles"),
        ["ADMINISTRATOR"],
        "$.provider.people[0].roles: must hold",
    ),
    (
        ORGANISATIONS_FILE,
        ("provider", "people"),
        [],
        "$.provider.people: must hold somebody with the role CUSTOMER_SERV",
    ),
    (ORGANISATIONS_FILE, ("agents", 0, "services", 0), "nothing", "$.agents[0].services[0]: must be one of npo"),
    (ORGANISATIONS_FILE, ("agents", 0, "services"), ["npo", "npo"], "$.agents[0].services[1]: must stand once"),
    (
        ORGANISATIONS_FILE,
        ("agents", 0, "people", 4, "grants"),
        ["siths"],
        "$.agents[0].people[4].grants[0]: must be a se",
    ),
    (
        ORGANISATIONS_FILE,
        ("agents", 0, "people", 5, "roles"),
        ["SIGNATORY"],
        "$.agents[0].people: must hold somebody with",
    ),
    (ORDERS_FILE, ("orders",), [], "$.orders: must hold at least one order"),
    (
        ORDERS_FILE,
        ("orders", 0, "offer"),
        "npo",
        "$.orders[0].offer: must be an offer of catalogue.json: npo-producent",
    ),
    (ORDERS_FILE, ("orders", 0, "offer"), "elektronisk-remiss", "$.orders[0].mode: must be a mode of the offer"),
    (ORDERS_FILE, ("orders", 1, "offer"), "elektronisk-remiss", "$.orders[1].offer: must be open to the customer"),
    (
        ORDERS_FILE,
        ("orders", 0, "customer"),
        "556677-8899",
        "$.orders[0].customer: must be a customer of organisations",
    ),
    (
        ORDERS_FILE,
        ("orders", 0, "orderer"),
        "bo",
        "$.orders[0].orderer: must be a person with the role ORDERER at 9993",
    ),
    (ORDERS_FILE, ("orders", 1, "attestant"), "bo", "$.orders[1].attestant: must be a person with the role ATTESTANT"),
    (ORDERS_FILE, ("orders", 0, "agent"), "556677-8899", "$.orders[0].agent: must be left out"),
    (ORDERS_FILE, ("orders", 1, "agent"), GONE, "$.orders[1].agent: is required in the flow via agent"),
    (ORDERS_FILE, ("orders", 1, "agent"), "999100-0002", "$.orders[1].agent: must be an agent of organisations.json"),
    (ORDERS_FILE, ("orders", 1, "offer"), "journalen-producent", "$.orders[1].agent: must be an agent with an assignm"),
    (ORDERS_FILE, ("orders", 1, "agent_handler"), "aron", "$.orders[1].agent_handler: must be a person with the role"),
    (
        ORDERS_FILE,
        ("orders", 1, "agent_attestant"),
        GONE,
        "$.orders[1].agent_attestant: must be a person with the role",
    ),
    (ORDERS_FILE, ("orders", 2, "agent_handler"), "hanna", "$.orders[2].agent_handler: must be left out"),
    (ORDERS_FILE, ("orders", 0, "instructions"), GONE, "$.orders[0].instructions: is required in the direct flow"),
    (ORDERS_FILE, ("orders", 1, "instructions"), "Ring!", "$.orders[1].instructions: must be left out"),
    (
        ORDERS_FILE,
        ("orders", 0, "attest_method"),
        "FREJA",
        "$.orders[0].attest_method: must be one of SMS_CODE, BANKID",
    ),
    (ORDERS_FILE, ("orders", 0, "fields", "number_of_care_units"), 9999, "fields.number_of_care_units: must be 1–5000"),
    (ORDERS_FILE, ("orders", 0, "fields", "number_of_care_units"), GONE, "fields.number_of_care_units: the field"),
    (ORDERS_FILE, ("orders", 0, "fields", "colour"), "red", "$.orders[0].fields.colour: the form has no field"),
    (ORDERS_FILE, ("orders", 1, "fields", "care_units", 1), "SE1", "$.orders[1].fields.care_units[1]: must be HSA-id"),
]


def edited(path: Path, place: Place, value: Value) -> None:
    """Put a value into a place of a JSON file, or take out what is there."""
    document = json.loads(path.read_text("utf-8"))
    *way, last = place
    here = document
    for step in way:
        here = here[step]
    if value == GONE:
        del here[last]
    else:
        here[last] = value
    path.write_text(json.dumps(document), "utf-8")


@pytest.mark.parametrize(("name", "place", "value", "said"), BROKEN, ids=[f"{each[0]}-{each[3]}" for each in BROKEN])
def test_broken_input_is_named_with_file_and_path_and_nothing_is_written(
    name: str, place: Place, value: Value, said: str, source: Path, tmp_path: Path
) -> None:
    edited(source / name, place, value)
    refused(source, tmp_path / "out", f"{source / name}: ", said)


def refused(source: Path, out: Path, *words: str) -> None:
    status, told, complaints = run("--input", str(source), "--out", str(out))
    assert (status, told) == (2, "")
    assert [word for word in words if word not in complaints] == []
    assert "Traceback" not in complaints
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "$: must be JSON"),
        ("{", "$: must be JSON"),
        ("[]", "$: must be an object"),
        ("null", "$: must be an object"),
        ('{"orders": [], "orders": []}', "$.orders: must stand once"),
        ('{"orders": [NaN]}', "$: must be JSON"),
        ('{"orders": {}}', "$.orders: must be a list"),
        ('{"orders": [1]}', "$.orders[0]: must be an object"),
        ("[" * 100, "$: must be at most 32 objects and lists deep"),
        ('{"orders": [], "x": "' + "x" * 2_000_000 + '"}', "$: must have at most 1048576 bytes"),
    ],
    ids=range(10),
)
def test_what_is_no_json_of_the_form_is_refused(text: str, said: str, source: Path, tmp_path: Path) -> None:
    (source / ORDERS_FILE).write_text(text, "utf-8")
    refused(source, tmp_path / "out", f"{source / ORDERS_FILE}: {said}")


def test_bytes_that_are_no_text_are_refused(source: Path, tmp_path: Path) -> None:
    (source / ORDERS_FILE).write_bytes(b'{"orders": "\xff"}')
    refused(source, tmp_path / "out", "$: must be UTF-8")


@pytest.mark.parametrize("name", [CATALOGUE_FILE, ORGANISATIONS_FILE, ORDERS_FILE])
def test_a_missing_file_is_named(name: str, source: Path, tmp_path: Path) -> None:
    (source / name).unlink()
    refused(source, tmp_path / "out", f"{source / name}: cannot be read")


def test_everything_that_is_wrong_is_said_at_once(source: Path, tmp_path: Path) -> None:
    edited(source / CATALOGUE_FILE, ("offers", 0, "service"), "unknown")
    edited(source / ORGANISATIONS_FILE, ("customers", 0, "category"), "PARISH")
    edited(source / ORGANISATIONS_FILE, ("customers", 1, "number"), "1")
    edited(source / ORDERS_FILE, ("orders", 0, "mode"), "by_post")
    refused(
        source,
        tmp_path / "out",
        "$.offers[0].service",
        "$.customers[0].category",
        "$.customers[1].number",
        "$.orders[0].mode",
    )


def test_what_was_typed_is_not_repeated(source: Path, tmp_path: Path) -> None:
    edited(source / ORGANISATIONS_FILE, ("customers", 0, "people", 0, "email"), "198112189876")
    _, _, complaints = run("--input", str(source), "--out", str(tmp_path / "out"))
    assert "198112189876" not in complaints


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("mine", "utf-8")
    status, _, said = run("--out", str(path))
    assert (status, "must be a folder" in said, path.read_text("utf-8")) == (2, True, "mine")


def test_without_the_repository_the_example_is_missed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kundorder.command_line.loading.EXAMPLE", tmp_path / "nowhere")
    status, _, said = run("--out", str(tmp_path / "out"))
    assert (status, "--input DIR" in said) == (2, True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        status, told, _complaints = run("--out", str(Path(place) / "out"))
    lines = "\n".join(as_golden(told)) + "\n"
    sys.exit(status if GOLDEN.write_text(lines, "utf-8") else 1)
