"""Wrong in what they guard."""

from collections.abc import Callable

import attrs

from kundorder.errors import Conflict
from kundorder.outcomes import Changes
from kundorder.ports import Transaction
from kundorder.situation import Fact, Guard, Key
from wrong_stores.telling import Bends, Bent, Making, Wrong, bent, guarded, within

GUARDED = ("test_a_fact_that_is_only_looked_at_is_guarded_too", "test_an_absence_that_is_only_looked_at_is_guarded_too")
MOVED = (
    "test_a_record_that_has_moved_refuses_the_write",
    "test_a_record_created_meanwhile_refuses_another",
    "test_a_record_that_is_not_there_refuses_a_change_of_it",
)


def guarding(which: Callable[[Changes], tuple[Guard, ...]]) -> Making:
    """Only some of the guards are looked at."""
    return bent(Bends(changes=lambda changes: guarded(changes, which(changes))))


def _only_written(changes: Changes) -> tuple[Guard, ...]:
    written = {stored.key for stored in changes.records}
    return tuple(guard for guard in changes.guards if guard.key in written)


def _only_read(changes: Changes) -> tuple[Guard, ...]:
    written = {stored.key for stored in changes.records}
    return tuple(guard for guard in changes.guards if guard.key not in written)


class NewerWillDo(Bent):
    """Compares versions with less than instead of equals."""

    def write(self, changes: Changes) -> None:
        facts = self.kept.read(tuple(guard.key for guard in changes.guards))
        if any(facts[guard.key].version < guard.version for guard in changes.guards):
            raise Conflict
        self.kept.write(guarded(changes))


class OlderWillDo(Bent):
    """Compares them the other way round."""

    def write(self, changes: Changes) -> None:
        facts = self.kept.read(tuple(guard.key for guard in changes.guards))
        if any(facts[guard.key].version > guard.version for guard in changes.guards):
            raise Conflict
        self.kept.write(guarded(changes))


class Counts(Bent):
    """Wants as many rows that match as there are guards."""

    def write(self, changes: Changes) -> None:
        if len(set(changes.guards)) < len(changes.guards):
            raise Conflict
        self.kept.write(changes)


class NothingToDo(Bent):
    """Returns early where there is nothing to store."""

    def write(self, changes: Changes) -> None:
        if changes.records or changes.entries or changes.owed:
            self.kept.write(changes)


@attrs.define
class GuardsAsRead(Bent):
    """Compares versions with what this transaction has read, if it has: the database shows it one moment only."""

    seen: dict[Key, int] = attrs.field(kw_only=True)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        facts = self.kept.read(keys)
        for key, fact in facts.items():
            _ = self.seen.setdefault(key, fact.version)
        return facts

    def write(self, changes: Changes) -> None:
        now = self.kept.read(tuple(guard.key for guard in changes.guards))
        if any(self.seen.get(guard.key, now[guard.key].version) != guard.version for guard in changes.guards):
            raise Conflict
        self.kept.write(guarded(changes))
        self.seen.update((stored.key, stored.version) for stored in changes.records)


def _guards_as_read(transaction: Transaction) -> Transaction:
    return GuardsAsRead(transaction, seen={})


@attrs.define
class GuardsBefore(Bent):
    """Compares versions with those there were when the transaction began."""

    before: dict[Key, int] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        for key, fact in self.kept.read(tuple(guard.key for guard in changes.guards)).items():
            _ = self.before.setdefault(key, fact.version)
        if any(self.before[guard.key] != guard.version for guard in changes.guards):
            raise Conflict
        self.kept.write(guarded(changes))


def _guards_before(transaction: Transaction) -> Transaction:
    return GuardsBefore(transaction, before={})


WRONG = (
    Wrong(
        "looks at no guard",
        guarding(lambda _changes: ()),
        (*GUARDED, *MOVED, "test_guards_alone_may_be_written", "test_two_stores_at_one_place_are_one"),
    ),
    Wrong("guards only what it writes", guarding(_only_written), (*GUARDED, "test_guards_alone_may_be_written")),
    Wrong("guards only what it does not write", guarding(_only_read), MOVED),
    Wrong(
        "does not guard an absence",
        guarding(lambda changes: tuple(guard for guard in changes.guards if guard.version)),
        ("test_an_absence_that_is_only_looked_at_is_guarded_too", "test_a_record_created_meanwhile_refuses_another"),
    ),
    Wrong(
        "guards only an absence",
        guarding(lambda changes: tuple(guard for guard in changes.guards if not guard.version)),
        ("test_a_record_that_is_not_there_refuses_a_change_of_it", "test_a_record_that_has_moved_refuses_the_write"),
    ),
    Wrong("looks at ten guards at most", guarding(lambda changes: changes.guards[:10]), GUARDED[:1]),
    Wrong("looks at the last guard only", guarding(lambda changes: changes.guards[-1:]), GUARDED[:1]),
    Wrong("takes a newer version for the one that was guarded", within(NewerWillDo), (*GUARDED, *MOVED[:2])),
    Wrong("takes an older version for the one that was guarded", within(OlderWillDo), MOVED[::2]),
    Wrong(
        "guards what there was when the transaction began",
        within(_guards_before),
        ("test_a_transaction_goes_on_from_what_it_has_written",),
    ),
    Wrong(
        "guards what there was when it was read",
        within(_guards_as_read),
        ("test_what_has_moved_since_it_was_read_in_the_block_refuses_the_write",),
    ),
    Wrong("counts a guard twice", within(Counts), ("test_a_fact_that_is_guarded_twice_is_guarded_once",)),
    Wrong("does not look at guards alone", within(NothingToDo), ("test_guards_alone_may_be_written",)),
)
