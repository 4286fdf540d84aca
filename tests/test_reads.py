"""What is read for each act and each look: the golden text is read by people, and compared here.

A key too many costs time, and is guarded for nothing; a key too few costs another read. ``python tests/test_reads.py``
writes the text anew; whoever changes it reads each line that differs.
"""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import attrs
from cast import Cast
from test_events import happen
from world import AGENT

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Page, Transaction
from kundorder.situation import Fact, Key
from kundorder.testing.surroundings import NumberedIds
from kundorder.vocabulary import Index

GOLDEN: Final = Path(__file__).parent / "golden" / "reads.txt"


@attrs.define
class Reading:
    """A transaction that notes what is asked of it."""

    within: Transaction
    noted: list[str]

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        self.noted.append(f"read {', '.join(sorted(keys))}")
        return self.within.read(keys)

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return self.within.select(index, values, after=after, limit=limit, newest_first=newest_first)

    def write(self, changes: Changes) -> None:
        acts = [f"{each.event.trigger.value} {each.chain}" for each in changes.entries]
        self.noted.append(f"write {', '.join(acts)}")
        self.within.write(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return self.within.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.within.settle(owed, settlement)


@attrs.define
class Noting:
    """A store that notes what is read."""

    within: MemoryStore = attrs.field(factory=MemoryStore)
    noted: list[str] = attrs.field(factory=list)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.within.transaction() as transaction:
            yield Reading(transaction, self.noted)


def look(cast: Cast) -> None:
    """Everybody looks at everything."""
    orders = {
        "direct": cast.sent(),
        "via agent": cast.sent(via=AGENT),
        "approved": cast.approved(),
        "draft": cast.draft(via=AGENT),
        "direct, though an agent is named": cast.sent(offer="npo-konsument-tgp", via=AGENT),
    }
    for command, actor in (
        (ko.StartOrder(offer="okand", mode=ko.ConnectionMode.VIA_AGENT, agent=AGENT), cast.berta),
        (ko.ApproveOrder(order=orders["via agent"], certified=True), cast.hanna),
        (ko.PickAttestant(order=orders["approved"]), cast.hanna),
        (ko.VerifyUser(member=cast.id(cast.nora), code="A" * 43), cast.nora),
        (ko.RestoreUser(member=cast.id(cast.nora)), cast.olle),
        (ko.DeleteUser(member=cast.id(cast.nora)), ko.SYSTEM),
    ):
        assert not cast.portal.check(command, actor).allowed
    for order in orders.values():
        for actor in (cast.berta, cast.hanna, cast.karin):
            try:
                cast.portal.order(order, actor)
                cast.portal.options(order, actor)
                cast.portal.path(order, actor)
                cast.portal.history(order, actor)
            except ko.NotFound:
                continue
    for actor in (cast.berta, cast.atle, cast.hanna, cast.aron, cast.adam, cast.karin):
        cast.portal.pending(actor)
        cast.portal.orders(actor)
        cast.portal.members(actor)
    cast.portal.deliver()


def told() -> Iterator[str]:
    """What was read, one read after the other, until something was written."""
    store = Noting()
    cast = Cast.new(ids=NumberedIds(), store=store)
    look(cast)
    happen(cast)
    yield from store.noted


def test_what_is_read_is_what_people_have_read() -> None:
    assert list(told()) == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told()) + "\n", "utf-8") else 1)
