"""What a worker is told when it is started, and the portal it delivers by: watched, and stopped where it is told to.

A worker that has stopped waits to be killed, or for its parent to end.
"""

import os
import time
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum, unique
from pathlib import Path
from typing import Protocol, final

import attrs

import kundorder as ko
from kundorder.adapters.maildir import MaildirMailer
from kundorder.adapters.sql import SqlStore
from kundorder.sample import CATALOGUE

EVERY_SECOND = "* * * * * *"
NEVER = "0 0 29 2 *"  # as good as


@unique
@final
class Moment(StrEnum):
    """When a worker stops, or whether its mailer works at all."""

    BEFORE = "before"  # a letter is handed over
    AFTER = "after"  # a letter is handed over, before that is noted
    DOWN = "down"  # nobody takes letters
    NEVER = "never"


@final
@attrs.frozen(kw_only=True)
class Job:
    """What a worker is to do."""

    address: str
    place: Path  # a folder for mail, and for the list of what was handed over
    now: datetime  # by the clock of its portal, when it starts
    moment: Moment = Moment.NEVER
    letter: int = 1  # the one it stops at
    sweep: str = NEVER
    version: str = "1"
    is_latest: bool = False  # whether DBOS is told that this version counts
    executor: str = "local"


class Line(Protocol):
    """One end of a pipe between two processes."""

    def send_bytes(self, buf: bytes, /) -> None: ...
    def recv_bytes(self) -> bytes: ...


@final
@attrs.frozen
class Parent:
    """Who has started a worker."""

    line: Line

    def tell(self, what: str) -> None:
        """Say this."""
        self.line.send_bytes(what.encode())

    def wait(self) -> None:
        """Until it wants no more."""
        with suppress(EOFError, OSError):
            _ = self.line.recv_bytes()


@final
class Shifted:
    """A clock that starts at some time, and then goes as clocks do."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began)


@final
class Watched:
    """A mailer whose letters are listed as they are handed over."""

    def __init__(self, job: Job, parent: Parent) -> None:
        self._job = job
        self._parent = parent
        self._mailer = MaildirMailer(job.place / "mail")
        self._letters = 0

    def send(self, letter: ko.Letter) -> None:
        self._letters += 1
        if self._job.moment is Moment.DOWN:
            raise ko.Unavailable("the relay does not answer")
        self._stop(Moment.BEFORE, letter)
        self._mailer.send(letter)
        with (self._job.place / "handed").open("a", encoding="utf-8") as file:
            file.write(f"{letter.message_id}\n")
        self._stop(Moment.AFTER, letter)

    def _stop(self, moment: Moment, letter: ko.Letter) -> None:
        if moment is self._job.moment and self._letters == self._job.letter:
            self._parent.tell(letter.message_id)
            self._parent.wait()
            os._exit(1)


def portal_of(job: Job, parent: Parent) -> ko.Portal:
    """The portal of a worker."""
    store = SqlStore(job.address)
    return ko.Portal(store=store, catalogue=CATALOGUE, mailer=Watched(job, parent), clock=Shifted(job.now))
