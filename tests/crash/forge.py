"""The process that makes those who are to die: it has everything loaded, forks for every job, and kills.

It takes jobs on its input, a line of JSON each, and is told nothing else. On its output it and its children write what
has happened, a line each: ``ack`` a step and the digest of its outcome, ``mail`` a letter that has left, ``untraced``
that the system forbids to be watched, and ``ended`` how the child has ended. A child is killed when its time is up or,
watched by ``ptrace``, before its so manieth entry to or return from the operating system; always by SIGKILL.
"""

import ctypes
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, final

import attrs
from postgres import VARIABLE

from crash.places import opening
from crash.story import STORY, Host
from kundorder.ports import Letter

TRACE_ME, SYSCALL = 0, 24  # of <sys/ptrace.h>, on Linux


@final
@attrs.frozen(kw_only=True)
class Job:
    """One run of a program that tells the story, and its end."""

    store: str  # the name of what opens it
    place: str
    server: str | None  # the address of a PostgreSQL that is running
    run: int  # how many have told the story before
    first: int  # the step to begin with; what had been acknowledged before is repeated
    told: int  # how many steps have been acknowledged so far
    until: int  # the step to stop before
    seconds: float | None = None  # to live
    calls: int | None = None  # entries to and returns from the operating system to live for
    watched_from: int | None = None  # the step from which these are counted; None: from the very start


@attrs.frozen
class Outside:
    """A mailer that tells the world at once: what it has told, no crash takes back."""

    say: Callable[[str], None]

    def send(self, letter: Letter) -> None:
        self.say(f"mail {letter.message_id}")


def say(line: str) -> None:
    """One line to whoever reads it; in one write, so that lines of several processes do not mix."""
    _ = os.write(1, f"{line}\n".encode())


def digest(outcome: str | None) -> str:
    """What tells one outcome from another."""
    return "-" if outcome is None else sha256(outcome.encode()).hexdigest()[:16]


def work(job: Job) -> None:
    """Tell the story from a step on, acknowledging each."""
    if job.server is not None:
        os.environ[VARIABLE] = job.server
    if job.calls is not None and job.watched_from is None:
        be_watched()
    with opening(job.store)(Path(job.place)) as store:
        host = Host.new(store, Outside(say), run=job.run)
        for number, step in enumerate(STORY[job.first : job.until], job.first):
            if job.calls is not None and job.watched_from == number:
                be_watched()
            if step.is_keyed or number >= job.told:
                say(f"ack {number} {digest(host.tell(step))}")


def be_watched() -> None:
    """From now on whoever has forked this process counts its calls."""
    if PTRACE(TRACE_ME, 0, None, None) != 0:
        say("untraced")
    else:
        os.kill(os.getpid(), signal.SIGSTOP)


def _ptrace() -> Callable[[int, int, None, None], int]:
    if sys.platform != "linux":
        return lambda _request, _pid, _address, _data: -1
    found = ctypes.CDLL(None, use_errno=True).ptrace
    found.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    found.restype = ctypes.c_long
    call: Callable[[int, int, None, None], int] = found
    return call


PTRACE: Final = _ptrace()


def killed_in_time(pid: int, life: int, seconds: float | None) -> int:
    """The status of a child that has had its time; ``life`` can be read when it is dead."""
    ended, _writable, _broken = select.select([life], [], [], seconds)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def killed_in_a_call(pid: int, calls: int) -> int:
    """The status of a child that has had its calls."""
    status, left = os.waitpid(pid, os.WUNTRACED)[1], calls
    while os.WIFSTOPPED(status):
        if left == 0:
            os.kill(pid, signal.SIGKILL)
        else:
            _ = PTRACE(SYSCALL, pid, None, None)
        left -= 1
        status = os.waitpid(pid, os.WUNTRACED)[1]
    return status


def forge(job: Job) -> None:
    """One child, from its birth to its end."""
    life, end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(life)
            work(job)
        except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on as if it were its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(end)
    status = killed_in_time(pid, life, job.seconds) if job.calls is None else killed_in_a_call(pid, job.calls)
    os.close(life)
    say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    for line in sys.stdin:
        forge(Job(**json.loads(line)))
