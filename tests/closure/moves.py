"""What comes of a command, and an order that has moved."""

from collections.abc import Mapping
from typing import Final, final

import attrs

import kundorder as ko
from closure.answers import Told
from closure.letters import Sent
from closure.situations import Kept, People, Standpoint, signed
from closure.standing import Facts
from kundorder.events import Entry
from kundorder.outcomes import Changes
from kundorder.situation import Fact, Key, Kind, kind_of
from kundorder.vocabulary import Trigger


@final
@attrs.frozen(kw_only=True)
class Accepted:
    """What was written, and what its actor was told; None: nobody was, for the system did it."""

    trigger: Trigger
    told: Told | None
    changes: Changes
    puts: Mapping[Key, Fact]
    evidence: Mapping[Key, Fact]
    entries: tuple[Entry, ...]
    mails: tuple[ko.Mail, ...]
    follow_ups: tuple[ko.FollowUp, ...]


@final
@attrs.frozen(kw_only=True)
class Step:
    """An order moves; or stays where it is, and somebody new is told of it."""

    actor: ko.Actor
    accepted: tuple[Accepted, ...]  # with what the system does after it
    before: Standpoint | None
    reached: Standpoint  # as it is now, whatever stands for it
    after: Standpoint  # what stands for it in the walk
    people: People
    letters: tuple[Sent, ...]


_BESIDE: Final = frozenset((Kind.CASE_FILE, Kind.EVIDENCE, Kind.BEGUN, Kind.LINK))


def accepted_in(start: Facts, kept: Kept, trigger: Trigger, told: Told | None, changes: Changes) -> Accepted:
    """What was written, sorted; of people what was there from the start, and of the rest what is known to be beside."""
    records = [(stored.key, stored.record) for stored in changes.records]
    beside = [key for key, _record in records if key not in start and kind_of(key) is not Kind.ORDER]
    # An ended agreement or assignment goes to rest under its number.
    assert all(kind_of(key) in _BESIDE or key.rpartition("/")[2].isdigit() for key in beside), beside
    return Accepted(
        trigger=trigger,
        told=told,
        changes=changes,
        puts={key: kept.fact(record) for key, record in records if key not in beside},
        evidence=signed(records, kept),
        entries=changes.entries,
        mails=tuple(owed.mail for owed in changes.owed if owed.mail is not None),
        follow_ups=tuple(owed.follow_up for owed in changes.owed if owed.follow_up is not None),
    )
