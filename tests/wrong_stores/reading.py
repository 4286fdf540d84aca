"""Wrong in what they read."""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from kundorder.outcomes import Changes
from kundorder.ports import Transaction
from kundorder.situation import ABSENT, Fact, Key
from wrong_stores.telling import Bends, Bent, Making, Wrong, bent, forgetting, remembering, within

Cache: TypeAlias = dict[Key, Fact]


def telling(change: Callable[[Fact], Fact]) -> Making:
    """Each fact that is there is told so."""

    def changed(facts: dict[Key, Fact]) -> dict[Key, Fact]:
        return {key: fact if fact is ABSENT else change(fact) for key, fact in facts.items()}

    return bent(Bends(facts=changed))


@attrs.define
class WholeTable(Bent):
    """Where no key is asked for, the condition is left out of the statement."""

    written: set[Key] = attrs.field(kw_only=True)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.kept.read(keys or tuple(self.written))

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        self.written.update(stored.key for stored in changes.records)


@attrs.define
class Cached(Bent):
    """What has been read once is not read again until it is written here."""

    cache: Cache = attrs.field(kw_only=True)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        self.cache.update(self.kept.read(tuple(key for key in keys if key not in self.cache)))
        return {key: self.cache[key] for key in keys}

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        for stored in changes.records:
            _ = self.cache.pop(stored.key, None)


@attrs.define
class HandedOut(Bent):
    """The answer to a question is kept, and the very same is handed over again."""

    answers: dict[tuple[Key, ...], dict[Key, Fact]] = attrs.field(kw_only=True)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return self.answers.setdefault(keys, self.kept.read(keys))

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        self.answers.clear()


@attrs.define
class AsBefore(Bent):
    """Reads are answered by another line to the database, which does not see what this transaction has written."""

    before: Cache = attrs.field(kw_only=True)

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return {key: self.before.get(key, fact) for key, fact in self.kept.read(keys).items()}

    def write(self, changes: Changes) -> None:
        self.before.update(self.kept.read(tuple(stored.key for stored in changes.records)))
        self.kept.write(changes)


def _as_before(transaction: Transaction) -> Transaction:
    return AsBefore(transaction, before={})


def _whole_table(written: set[Key], transaction: Transaction) -> Transaction:
    return WholeTable(transaction, written=written)


def _cached(cache: Cache, transaction: Transaction) -> Transaction:
    return Cached(transaction, cache=cache)


def _handed_out(answers: dict[tuple[Key, ...], dict[Key, Fact]], transaction: Transaction) -> Transaction:
    return HandedOut(transaction, answers=answers)


WRONG = (
    Wrong(
        "leaves out what is not there",
        bent(Bends(facts=lambda facts: {key: fact for key, fact in facts.items() if fact is not ABSENT})),
        (
            "test_what_was_never_written_is_absent",
            "test_what_is_there_and_what_is_not_are_read_at_once",
            "test_one_of_a_pair_says_nothing_of_the_other",
        ),
    ),
    Wrong(
        "reads everything where nothing is asked for",
        remembering(set[Key], _whole_table),
        ("test_reading_nothing_gives_nothing",),
    ),
    Wrong(
        "hands facts over in the order of its table",
        bent(Bends(facts=lambda facts: {key: facts[key] for key in sorted(facts)})),
        ("test_what_is_there_and_what_is_not_are_read_at_once",),
    ),
    Wrong(
        "reads the first thousand keys only",
        bent(Bends(keys=lambda keys: keys[:1000])),
        ("test_two_thousand_records_are_written_and_read_at_once",),
    ),
    Wrong(
        "counts versions from nought",
        telling(lambda fact: attrs.evolve(fact, version=fact.version - 1)),
        ("test_a_record_is_read_as_it_was_written", "test_a_new_version_takes_the_place_of_the_old"),
    ),
    Wrong(
        "does not know the number of the last entry",
        telling(lambda fact: attrs.evolve(fact, number=0)),
        ("test_a_record_is_read_as_it_was_written", "test_a_new_version_takes_the_place_of_the_old"),
    ),
    Wrong(
        "does not know the digest of the last entry",
        telling(lambda fact: attrs.evolve(fact, digest="")),
        ("test_a_record_is_read_as_it_was_written", "test_a_new_version_takes_the_place_of_the_old"),
    ),
    Wrong(
        "keeps what it has read, and does not hear of what others write",
        forgetting(dict[Key, Fact], _cached),
        ("test_two_stores_at_one_place_are_one",),
    ),
    Wrong(
        "hands over what it keeps itself",
        remembering(dict[tuple[Key, ...], dict[Key, Fact]], _handed_out),
        ("test_what_is_handed_over_is_the_readers_own",),
    ),
    Wrong(
        "does not read what the transaction has written",
        within(_as_before),
        ("test_a_transaction_reads_what_it_has_written",),
    ),
)
