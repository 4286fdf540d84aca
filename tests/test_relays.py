"""Several processes that deliver from one store: each mail leaves once, whoever of them dies or sleeps.

They are processes of the system with a file between them, and a relay that notes what it is given. Time is written in a
file, and passes when a test says so.
"""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from mail_servers import Act, At, Quirk, Relay
from outbox import SHARED, copies, filled, message_id, owed_in
from relaying import NO_FILE
from world import START

import kundorder as ko
from kundorder.delivery import LEASE

in_each_store = pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind == "sqlite" else (pytest.mark.long,)) for kind in SHARED]
)


@attrs.define
class Post:
    """Mail in a store, and the processes that deliver it."""

    kind: str
    place: Path
    port: int
    started: list[subprocess.Popen[str]] = attrs.field(factory=list)

    @property
    def time(self) -> Path:
        return self.place / "time"

    def pass_time(self, much: timedelta) -> None:
        """Let time pass for all that look at the file."""
        new = self.place / "new-time"
        before = datetime.fromisoformat(self.time.read_text("utf-8"))
        new.write_text((before + much).isoformat(), "utf-8")
        new.replace(self.time)

    def start(self, *, time: str | None = None, rounds: int = 1) -> subprocess.Popen[str]:
        """A process that is ready to deliver."""
        script = str(Path(__file__).with_name("relaying.py"))
        call = [sys.executable, script, self.kind, str(self.place), str(self.port), time or str(self.time), str(rounds)]
        process = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def deliver(self) -> str:
        """A process that delivers, to its end; what it says."""
        process = self.start()
        go(process)
        return end(process)

    def store(self) -> ko.Store:
        return SHARED[self.kind](self.place)


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def end(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=100)
    assert process.returncode == 0
    return said.strip()


@contextmanager
def posted(kind: str, place: Path, port: int) -> Generator[Post]:
    """Started processes are ended, whatever happens."""
    post = Post(kind, place, port)
    post.time.write_text((START + timedelta(hours=1)).isoformat(), "utf-8")
    try:
        yield post
    finally:
        for process in post.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


def times_taken(relay: Relay, names: tuple[str, ...]) -> dict[str, int]:
    return copies((taken.message_id for taken in relay.taken), names)


def all_at_once(kind: str, place: Path, processes: int, mails: int) -> None:
    """So many processes begin at the same moment."""
    with Relay() as relay, posted(kind, place, relay.port) as post:
        names = filled(post.store(), [f"mail {number}" for number in range(mails)], since=datetime.now(UTC), seconds=0)
        started = [post.start(time=NO_FILE, rounds=5) for _ in range(processes)]
        for process in started:
            go(process)
        said = [end(process) for process in started]
        assert sum(int(line.split()[0]) for line in said) == mails
        assert set(times_taken(relay, names).values()) == {1}
        assert {owed.state for owed in owed_in(post.store()).values()} == {ko.OwedState.SENT}
        assert {owed.attempts for owed in owed_in(post.store()).values()} == {1}


@in_each_store
@pytest.mark.parametrize("processes", [2, 5])
def test_of_several_that_deliver_at_once_each_mail_leaves_by_one(kind: str, processes: int, tmp_path: Path) -> None:
    all_at_once(kind, tmp_path, processes, 60)


@pytest.mark.long
@in_each_store
@pytest.mark.parametrize("processes", [2, 5, 10])
def test_of_many_that_deliver_thousands_at_once_each_mail_leaves_by_one(
    kind: str, processes: int, tmp_path: Path
) -> None:
    all_at_once(kind, tmp_path, processes, 3000)


def after_the_third(happens: Callable[[], object]) -> Quirk:
    """When the relay has the third letter, something happens before it says so."""
    return Quirk(At.END, (Act.TAKE, happens, b"250 ok\r\n"), first=3)


def before_the_third(happens: Callable[[], object]) -> Quirk:
    """Something happens when the third letter is to come."""
    return Quirk(At.DATA, (happens, b"354 go ahead\r\n"), first=3)


@in_each_store
@pytest.mark.parametrize(("when", "copies_of_it"), [(before_the_third, 1), (after_the_third, 2)])
def test_what_one_that_was_killed_had_in_hand_leaves_by_the_next_within_a_minute(
    kind: str, when: Callable[[Callable[[], object]], Quirk], copies_of_it: int, tmp_path: Path
) -> None:
    def kill() -> None:
        post.started[0].kill()
        post.started[0].wait()

    with Relay(when(kill)) as relay, posted(kind, tmp_path, relay.port) as post:
        names = filled(post.store(), [f"mail {number}" for number in range(20)])
        go(post.start())
        post.started[0].wait(60)
        assert post.started[0].returncode == -signal.SIGKILL
        assert len(owed_in(post.store(), ko.OwedState.SENT)) == 2
        assert post.deliver() == "0 None"  # the leases run
        post.pass_time(LEASE)
        assert post.deliver() == "18 None"
        found = times_taken(relay, names)
        assert found.pop(names[2]) == copies_of_it
        assert set(found.values()) == {1}
        assert set(owed_in(post.store(), ko.OwedState.SENT)) == set(names)


@in_each_store
def test_one_that_slept_past_its_lease_settles_nothing_and_sends_nothing_more(kind: str, tmp_path: Path) -> None:
    said: list[str] = []

    def sleep() -> None:
        os.kill(post.started[0].pid, signal.SIGSTOP)
        post.pass_time(LEASE)
        said.append(post.deliver())
        os.kill(post.started[0].pid, signal.SIGCONT)

    with Relay(after_the_third(sleep)) as relay, posted(kind, tmp_path, relay.port) as post:
        names = filled(post.store(), [f"mail {number}" for number in range(20)])
        go(post.start())
        assert end(post.started[0]) == "2 None"  # what it had settled before it slept
        assert said == ["18 None"]
        found = times_taken(relay, names)
        assert found.pop(names[2]) == 2
        assert set(found.values()) == {1}
        assert {owed.attempts for owed in owed_in(post.store()).values()} == {1, 2}
        assert set(owed_in(post.store(), ko.OwedState.SENT)) == set(names)
        assert Counter(relay.said_so)[message_id(names[2])] == 2


@in_each_store
def test_one_that_wakes_while_another_has_its_letter_in_hand_does_not_take_it_back(kind: str, tmp_path: Path) -> None:
    other_has_it, said, stands = threading.Event(), list[str](), list[ko.Owed]()

    def sleep() -> None:
        os.kill(post.started[0].pid, signal.SIGSTOP)
        post.pass_time(LEASE)
        go(post.start())
        assert other_has_it.wait(60)
        os.kill(post.started[0].pid, signal.SIGCONT)

    def wait_for_the_sleeper() -> None:
        other_has_it.set()
        said.append(end(post.started[0]))
        stands.extend(owed_in(post.store(), ko.OwedState.DUE).values())

    second = Quirk(At.END, (Act.TAKE, wait_for_the_sleeper, b"250 ok\r\n"), first=4)
    with Relay(after_the_third(sleep), second) as relay, posted(kind, tmp_path, relay.port) as post:
        names = filled(post.store(), [f"mail {number}" for number in range(20)])
        go(post.start())
        post.started[0].wait(60)
        assert end(post.started[1]) == "18 None"
        assert said == ["2 None"]
        assert [owed.id for owed in stands] == list(names[2:])
        assert {owed.fence for owed in stands} == {2}
        found = times_taken(relay, names)
        assert found.pop(names[2]) == 2
        assert set(found.values()) == {1}


@in_each_store
def test_one_that_sleeps_and_wakes_before_anybody_else_came_goes_on(kind: str, tmp_path: Path) -> None:
    def sleep() -> None:
        os.kill(post.started[0].pid, signal.SIGSTOP)
        post.pass_time(LEASE * 2)
        os.kill(post.started[0].pid, signal.SIGCONT)

    with Relay(before_the_third(sleep)) as relay, posted(kind, tmp_path, relay.port) as post:
        names = filled(post.store(), [f"mail {number}" for number in range(20)])
        go(post.start())
        assert end(post.started[0]) == "20 None"
        assert set(times_taken(relay, names).values()) == {1}


@in_each_store
def test_one_that_is_told_to_stop_leaves_the_rest_to_the_next(kind: str, tmp_path: Path) -> None:
    """As when a host shuts down: an interruption in the middle of a letter."""

    def interrupt() -> None:
        post.started[0].send_signal(signal.SIGINT)

    with Relay(after_the_third(interrupt)) as relay, posted(kind, tmp_path, relay.port) as post:
        names = filled(post.store(), [f"mail {number}" for number in range(20)])
        go(post.start())
        post.started[0].wait(60)
        post.pass_time(LEASE)
        post.deliver()
        found = times_taken(relay, names)
        assert set(found.values()) <= {1, 2}
        assert sum(found.values()) <= 21
        assert set(owed_in(post.store(), ko.OwedState.SENT)) == set(names)
