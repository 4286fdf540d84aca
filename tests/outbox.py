"""Stores with mail owed in them and little else: made in a moment, so that there can be a thousand of them."""

import atexit
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

import attrs
from world import CUSTOMER, START

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.adapters.sqlite import SqliteStore
from kundorder.events import FollowUp, FollowUpKind
from kundorder.model import Record
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Clock, Mailer, Store
from kundorder.sample import CATALOGUE
from kundorder.situation import ABSENT, Key, member_key, organisation_key
from kundorder.vocabulary import CustomerCategory, Index, Language, Party, Template, UserState

OpenStore: TypeAlias = Callable[[Path], Store]
"""Gives the store at a place, a folder of its own; asked again, one that holds the same."""

_IN_MEMORY: dict[Path, MemoryStore] = {}
_ON_POSTGRES: dict[Path, Store] = {}


def _on_postgres(place: Path) -> Store:
    from postgres import address  # noqa: PLC0415 - loads much, and most do without it

    from kundorder.adapters.sql import SqlStore, migrate  # noqa: PLC0415 - as above

    if place not in _ON_POSTGRES:
        url, made = address(place, driver="+psycopg"), place / "made"
        if not made.exists():  # by another process
            migrate(url)
            made.touch()
        store = _ON_POSTGRES[place] = SqlStore(url)
        _ = atexit.register(store.close)
    return _ON_POSTGRES[place]


STORES: Final[dict[str, OpenStore]] = {
    "memory": lambda place: _IN_MEMORY.setdefault(place, MemoryStore()),
    "sqlite": lambda place: SqliteStore(place / "outbox.db"),
}
"""For one process, and on disk."""

SHARED: Final[dict[str, OpenStore]] = {"sqlite": STORES["sqlite"], "postgres": _on_postgres}
"""For any number of processes."""

PEOPLE: Final = 3
_ALL: Final = 1_000_000


@attrs.define
class Standing:
    """A clock that moves when it is told to."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time


def at_once(_seconds: float) -> None:
    """Do not wait."""


def address(number: int) -> str:
    """Where one of the people here gets mail."""
    return f"person{number}@region.example"


def person(number: int) -> ko.Member:
    """One of the people here."""
    return ko.Member(
        id=f"m-{number}",
        organisation=CUSTOMER,
        state=UserState.ACTIVE,
        step=1,
        since=START,
        name=f"Prov Person {number}",
        email=address(number),
        phone=None,
        language=Language.SV,
        roles=(),
        person=f"p{number}",
    )


def filled(store: Store, names: Iterable[str], *, since: datetime = START, seconds: float = 1.0) -> tuple[str, ...]:
    """Owe a mail of each of these names, one so many seconds after another, to the people in turn."""
    organisation = ko.Organisation(number=CUSTOMER, name="Provregionen", category=CustomerCategory.REGION)
    there: dict[Key, Record] = {organisation_key(CUSTOMER): organisation}
    there |= {member_key(each.id): each for each in map(person, range(PEOPLE))}
    owed = tuple(mail(name, place, since + timedelta(seconds=seconds * place)) for place, name in enumerate(names))
    with store.transaction() as transaction:
        facts = transaction.read(tuple(there))
        records = tuple(
            Stored(key=key, record=record, version=1, number=0, digest="")
            for key, record in there.items()
            if facts[key] is ABSENT
        )
        transaction.write(Changes(guards=(), records=records, entries=(), owed=owed))
    return tuple(each.id for each in owed)


def mail(name: str, number: int, owed_at: datetime) -> ko.Owed:
    """A mail to one of the people here."""
    member = f"m-{number % PEOPLE}"
    made = ko.Mail(
        id=name,
        template=Template.LOGIN_USER,
        subject=member_key(member),
        step=1,
        role=None,
        party=Party.CUSTOMER,
        organisation=CUSTOMER,
        member=member,
    )
    return ko.Owed(id=name, mail=made, owed_at=owed_at, due_at=owed_at)


def owe(store: Store, *owed: ko.Owed) -> None:
    """Owe these."""
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(), records=(), entries=(), owed=owed))


def follow_up(name: str, owed_at: datetime) -> ko.Owed:
    """Something the system owes: to tell a member that there is not of what waits."""
    made = FollowUp(id=name, kind=FollowUpKind.TELL_PENDING, about="m-0")
    return ko.Owed(id=name, follow_up=made, owed_at=owed_at, due_at=owed_at)


def portal(store: Store, mailer: Mailer | None, clock: Clock, pause: Callable[[float], None] = at_once) -> ko.Portal:
    """A portal that delivers."""
    return ko.Portal(store=store, catalogue=CATALOGUE, mailer=mailer, clock=clock, pause=pause)


def owed_in(store: Store, *states: ko.OwedState) -> dict[str, ko.Owed]:
    """What is owed, or was, the oldest first; all of it unless asked for some states only."""
    with store.transaction() as transaction:
        page = transaction.select(Index.OWED, tuple(states or ko.OwedState), after=None, limit=_ALL)
    return {line.owed.id: line.owed for line in page.items if line.owed is not None}


def message_id(name: str) -> str:
    """What the mail of this name is known by wherever it goes."""
    return f"<{sha256(name.encode()).hexdigest()[:40]}@portal.example>"


def copies(message_ids: Iterable[str], names: Iterable[str]) -> dict[str, int]:
    """How often the mail of each of these names is among those; there may be no other."""
    found = Counter(message_ids)
    known = {message_id(name): name for name in names}
    assert set(found) <= set(known)
    return {name: found[message] for message, name in known.items()}
