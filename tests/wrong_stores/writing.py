"""Wrong in what they write, and after a refusal."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import final

import attrs

from kundorder.errors import Conflict, Unavailable
from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Page, Store, Transaction
from kundorder.situation import Fact, Key
from wrong_stores.guarding import GUARDED, MOVED
from wrong_stores.telling import NOTHING, Bends, Bent, Making, Question, Single, Wrong, bent, guarded, scattered, within


def _last_wins(changes: Changes) -> Changes:
    records = {stored.key: stored for stored in changes.records}
    return attrs.evolve(changes, records=tuple(records.values()))


def _mixed(changes: Changes) -> Changes:
    first: dict[Key, Stored] = {}
    for stored in changes.records:
        first[stored.key] = attrs.evolve(stored, record=first.get(stored.key, stored).record)
    return attrs.evolve(changes, records=tuple(first.values()))


class Swallows(Bent):
    """A refusal is logged, and that is all."""

    def write(self, changes: Changes) -> None:
        with suppress(Conflict):
            self.kept.write(changes)


class WantsSomething(Bent):
    """Fails where there is nothing to store."""

    def write(self, changes: Changes) -> None:
        if not (changes.guards or changes.records or changes.entries or changes.owed):
            raise Unavailable("the statement has no parameters")
        self.kept.write(changes)


class HalfFirst(Bent):
    """Looks at the guards last, and counts on the block to be left."""

    def write(self, changes: Changes) -> None:
        facts = self.kept.read(tuple(guard.key for guard in changes.guards))
        self.kept.write(attrs.evolve(NOTHING, records=changes.records, owed=changes.owed))
        if any(facts[guard.key].version != guard.version for guard in changes.guards):
            raise Conflict
        self.kept.write(guarded(attrs.evolve(changes, records=(), owed=())))


class InHaste(Single):
    """Debts are kept by themselves, before anybody has looked at the guards."""

    def write(self, changes: Changes) -> None:
        super().write(attrs.evolve(NOTHING, owed=changes.owed))
        super().write(attrs.evolve(changes, owed=()))


@final
@attrs.define
class Broken:
    """A store that does not give its line to the database back after a refusal."""

    kept: Store
    is_broken: bool = False

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        if self.is_broken:
            raise Unavailable("no line is left")
        with self.kept.transaction() as transaction:
            try:
                yield transaction
            except Conflict:
                self.is_broken = True
                raise


class GivenUp(Exception):
    """What a database does with a transaction in which something was refused."""


@attrs.define
class Refusable(Bent):
    """Notes refusals."""

    refused: list[Conflict] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        try:
            self.kept.write(changes)
        except Conflict as error:
            self.refused.append(error)
            raise


@final
@attrs.frozen
class InSilence:
    """A store on a database that undoes what is to be kept after a refusal, and does not say so."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        refused: list[Conflict] = []
        with suppress(GivenUp), self.kept.transaction() as transaction:
            yield Refusable(transaction, refused=refused)
            if refused:
                raise GivenUp


@final
@attrs.frozen
class Impatient:
    """A store that takes a block in which nothing was written for a mistake."""

    kept: Store

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            noted = Noted(transaction, acts=[])
            yield noted
            if not noted.acts:
                raise Unavailable("nothing was done")


@attrs.define
class Noted(Bent):
    """Notes that something was done."""

    acts: list[str] = attrs.field(kw_only=True)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        self.acts.append("read")
        return self.kept.read(keys)

    def ask(self, question: Question) -> Page:
        self.acts.append("select")
        return super().ask(question)

    def write(self, changes: Changes) -> None:
        self.acts.append("write")
        self.kept.write(changes)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        self.acts.append("claim")
        return self.kept.claim(now=now, lease_until=lease_until, limit=limit)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        self.acts.append("settle")
        return self.kept.settle(owed, settlement)


def _bent(change: Callable[[Changes], Changes]) -> Making:
    return bent(Bends(changes=change))


WRONG = (
    Wrong("fails where there is nothing to write", within(WantsSomething), ("test_nothing_at_all_may_be_written",)),
    Wrong(
        "swallows a refusal",
        within(Swallows),
        (*GUARDED, *MOVED, "test_a_journal_goes_on_where_it_ended", "test_a_store_goes_on_after_a_refusal"),
    ),
    Wrong(
        "cannot be used after a refusal",
        lambda: Broken,
        ("test_a_store_goes_on_after_a_refusal",),
    ),
    Wrong(
        "loses the last record of several",
        _bent(lambda changes: attrs.evolve(changes, records=changes.records[: max(1, len(changes.records) - 1)])),
        ("test_what_is_there_and_what_is_not_are_read_at_once", "test_keys_that_look_the_same_are_different"),
    ),
    Wrong(
        "writes a thousand records at most",
        _bent(lambda changes: attrs.evolve(changes, records=changes.records[:1000])),
        ("test_two_thousand_records_are_written_and_read_at_once",),
    ),
    Wrong(
        "lets the last of two records under one key win",
        _bent(_last_wins),
        ("test_a_record_is_written_once_in_a_write",),
    ),
    Wrong(
        "mixes two records under one key",
        _bent(_mixed),
        (
            "test_a_record_is_written_once_in_a_write",
            "test_a_record_written_again_in_a_write_stands_as_last_written_or_not_at_all",
        ),
    ),
    Wrong(
        "writes records and no entries",
        _bent(lambda changes: attrs.evolve(changes, entries=())),
        ("test_a_journal_is_read_as_it_was_written_and_in_order", "test_entries_of_several_chains_are_written_at_once"),
    ),
    Wrong(
        "writes records and no debts",
        _bent(lambda changes: attrs.evolve(changes, owed=())),
        ("test_a_debt_is_kept_as_it_was_owed",),
    ),
    Wrong(
        "leaves half of a refused write for the block to undo",
        within(HalfFirst),
        ("test_a_block_that_swallows_a_refusal_keeps_the_rest_or_says_that_it_does_not",),
    ),
    Wrong(
        "owes before it has looked at the guards",
        scattered(InHaste),
        ("test_a_refused_write_leaves_nothing_of_itself",),
    ),
    Wrong(
        "undoes a block in silence after a refusal in it",
        lambda: InSilence,
        ("test_a_block_that_swallows_a_refusal_keeps_the_rest_or_says_that_it_does_not",),
    ),
    Wrong(
        "takes an empty block for a mistake",
        lambda: Impatient,
        ("test_a_transaction_in_which_nothing_is_done_does_nothing",),
    ),
)
