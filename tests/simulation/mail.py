"""A mail server, as relays meet it: it takes letters, refuses some, dies after taking one, is down for hours."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial
from hashlib import sha256
from random import Random
from typing import final

import attrs

from kundorder.errors import Postponed, RelayStopped, Unavailable, Undeliverable
from kundorder.ports import Letter
from kundorder.testing.laws import Law, must
from kundorder.testing.surroundings import START
from simulation.clockwork import Clockwork, Task


@final
class Says(Enum):
    """How it takes a letter."""

    YES = auto()
    LATER = auto()  # 4xx
    NEVER = auto()  # 5xx
    LOGIN = auto()  # nobody may send before somebody mends something
    DIES = auto()  # it has the letter, and the line is dead
    SLOW = auto()  # it takes longer than a lease before it takes it


MOODS = (
    *(Says.YES,) * 14,
    *(Says.LATER,) * 2,
    Says.NEVER,
    Says.LOGIN,
    *(Says.DIES,) * 2,
    *(Says.SLOW,) * 2,
)


@final
@attrs.define(eq=False)
class Taken:
    """A letter the server has taken, and what became of it where it came from."""

    message_id: str
    letter: Letter = attrs.field(repr=False)
    by: Task = attrs.field(repr=False)  # the round of a relay
    is_settled: bool = False  # as sent, by the one who sent it
    excuse: str | None = None  # why that one could not


@final
@attrs.define
class Server:
    """The server, and all that it has taken."""

    chance: Random
    is_ill: bool = True
    down_until: datetime = START
    taken: list[Taken] = attrs.field(factory=list)
    said: Counter[str] = attrs.field(factory=Counter[str])

    def says(self, now: datetime) -> Says:
        """How it takes the next letter.

        Raises:
            Unavailable: it is down.
        """
        if not self.is_ill:
            return Says.YES
        if now < self.down_until:
            self.said["down"] += 1
            raise Unavailable("the server is down")
        mood = self.chance.choice(MOODS)
        self.said[mood.name.lower()] += 1
        return mood

    def take(self, letter: Letter, clockwork: Clockwork, owed: Collection[str]) -> None:
        """It has the letter now."""
        clockwork.note("server has", letter.message_id)
        known = letter.message_id in {message_id(debt) for debt in owed}
        clockwork.judge(partial(must, Law.AFTER_COMMIT, letter.message_id, letter.subject, hold=known))
        self.taken.append(Taken(letter.message_id, letter, clockwork.running))

    def go_down(self, now: datetime) -> None:
        """For minutes or hours."""
        self.down_until = now + timedelta(minutes=self.chance.choice((1, 10, 120)))


def refuse(says: Says) -> None:
    """What the relay hears.

    Raises:
        Postponed: not now.
        Undeliverable: never.
        RelayStopped: nobody's letters.
    """
    match says:
        case Says.LATER:
            raise Postponed("451 try again")
        case Says.NEVER:
            raise Undeliverable("550 no")
        case Says.LOGIN:
            raise RelayStopped("535 who are you")
        case Says.YES | Says.DIES | Says.SLOW:
            pass


def message_id(mail: str) -> str:
    """What the mail of this id is known by wherever it goes."""
    return f"<{sha256(mail.encode()).hexdigest()[:40]}@portal.example>"
