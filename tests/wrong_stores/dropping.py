"""Wrong in what they drop."""

import attrs

from kundorder.directory import Receipt
from kundorder.errors import Conflict
from kundorder.events import Owed, OwedState, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Transaction
from kundorder.situation import Fact, Guard, Key, kind_of
from kundorder.vocabulary import Index
from kundorder.worklists import Line, listings
from wrong_stores.owing import Looking, mistaking
from wrong_stores.telling import (
    NOTHING,
    Ask,
    Bends,
    Bent,
    Question,
    Single,
    Wrong,
    bent,
    remembering,
    scattered,
    within,
)
from wrong_stores.undoing import Beside, partly

GONE = "test_a_record_that_is_dropped_is_gone_with_all_its_lines"
STAYS = "test_what_stands_beside_it_stays"
MOVED = "test_nothing_is_dropped_when_something_has_moved"
UNDONE = "test_what_is_dropped_in_a_block_that_fails_is_still_there"
AGAIN = "test_what_was_dropped_can_be_created_again_and_dropped_again"
NO_FAULT = "test_dropping_a_debt_that_is_not_there_is_no_fault"
WRITTEN = "test_what_is_written_with_it_is_written"
OVER = "test_a_debt_is_dropped_only_when_it_is_over"
JUST_NOW = "test_a_debt_that_somebody_carries_out_just_now_is_not_dropped"
BY_THEN = "test_a_cancelled_debt_that_is_due_again_by_then_is_not_dropped"
ANEW = "test_a_debt_that_was_dropped_is_settled_by_nobody_and_can_be_owed_anew"
ZONES = "test_receipts_stand_in_the_order_of_their_time_whatever_zone_it_was_read_in"
MANY = "test_many_are_dropped_at_once"


@attrs.define
class LeavesLines(Bent):
    """Drops a record and leaves its lines."""

    lines: dict[Key, tuple[Fact, set[Line]]] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        for key, fact in self.kept.read(changes.dropped).items():
            if fact.record is not None:
                self.lines[key] = (fact, set(listings(fact.record)))
        self.kept.write(changes)

    def ask(self, question: Question) -> Page:
        page = super().ask(question)
        left = tuple(
            Listed(sort=sort, key=key, fact=fact)
            for key, (fact, lines) in self.lines.items()
            for index, value, sort in lines
            if index is question.index and value in question.values
        )
        return attrs.evolve(page, items=(*page.items, *left))


def _leaves_lines(lines: dict[Key, tuple[Fact, set[Line]]], transaction: Transaction) -> Transaction:
    return LeavesLines(transaction, lines=lines)


@attrs.define
class WholeKind(Bent):
    """Drops all records of a kind when it is to drop one."""

    keys: set[Key] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        kinds = {kind_of(key) for key in changes.dropped}
        there = {key for key, fact in self.kept.read(tuple(sorted(self.keys))).items() if fact.version}
        all_of_it = tuple(sorted({key for key in there if kind_of(key) in kinds} - set(changes.dropped)))
        facts = self.kept.read(all_of_it)
        guards = tuple(Guard(key, facts[key].version) for key in all_of_it)
        wanted = attrs.evolve(changes, guards=(*changes.guards, *guards), dropped=(*changes.dropped, *all_of_it))
        self.kept.write(wanted)
        self.keys.update(stored.key for stored in changes.records)


def _whole_kind(keys: set[Key], transaction: Transaction) -> Transaction:
    return WholeKind(transaction, keys=keys)


def _only_drops(changes: Changes) -> Changes:
    """What is dropped, whatever has moved."""
    return attrs.evolve(NOTHING, dropped_owed=changes.dropped_owed)


class DropsInHaste(Single):
    """Drops debts before it looks at the guards."""

    def write(self, changes: Changes) -> None:
        super().write(_only_drops(changes))
        super().write(attrs.evolve(changes, dropped_owed=()))


class DropsUnguarded(Bent):
    """Looks at no guard where something is dropped."""

    def write(self, changes: Changes) -> None:
        facts = self.kept.read(changes.dropped)
        guards = tuple(Guard(key, facts[key].version) for key in changes.dropped) if changes.dropped else changes.guards
        self.kept.write(attrs.evolve(changes, guards=guards))


class DropsBeside(Beside):
    """Records are dropped elsewhere."""

    def write(self, changes: Changes) -> None:
        dropped = tuple(guard for guard in changes.guards if guard.key in changes.dropped)
        self.kept.write(attrs.evolve(changes, dropped=()))
        self.beside.write(attrs.evolve(_only_drops(changes), guards=dropped, dropped=changes.dropped, dropped_owed=()))


class DropsDebtsBeside(Beside):
    """Debts are dropped elsewhere."""

    def write(self, changes: Changes) -> None:
        self.kept.write(attrs.evolve(changes, dropped_owed=()))
        self.beside.write(_only_drops(changes))


@attrs.define
class Tombs(Bent):
    """Keeps the key of what was dropped, and the version with it."""

    tombs: set[Key] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        if any(stored.key in self.tombs for stored in changes.records):
            raise Conflict
        self.kept.write(changes)
        self.tombs.update(changes.dropped)


def _tombs(tombs: set[Key], transaction: Transaction) -> Transaction:
    return Tombs(transaction, tombs=tombs)


class Expecting(Looking):
    """Takes a debt that is not there for a conflict."""

    def write(self, changes: Changes) -> None:
        if any(self.present(identifier) is None for identifier in changes.dropped_owed):
            raise Conflict
        self.kept.write(changes)


class DropsAnyDebt(Looking):
    """Drops debts in any state."""

    def write(self, changes: Changes) -> None:
        for identifier in changes.dropped_owed:
            present = self.present(identifier)
            if present is not None:
                _ = self.kept.settle(present, Settlement(state=OwedState.SENT))
        self.kept.write(changes)


@attrs.define
class OnceOver(Looking):
    """Drops what has been over at some time."""

    over: set[str] = attrs.field(kw_only=True)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        is_settled = self.kept.settle(owed, settlement)
        if is_settled and settlement.state in (OwedState.SENT, OwedState.CANCELLED):
            self.over.add(owed.id)
        return is_settled

    def write(self, changes: Changes) -> None:
        for identifier in self.over.intersection(changes.dropped_owed):
            present = self.present(identifier)
            if present is not None:
                _ = self.kept.settle(present, Settlement(state=OwedState.SENT))
        self.kept.write(changes)


def _once_over(over: set[str], transaction: Transaction) -> Transaction:
    return OnceOver(transaction, over=over)


@attrs.define
class OwedOnceForEver(Bent):
    """Remembers what was dropped, and does not owe it again."""

    dropped: set[str] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        owed = tuple(each for each in changes.owed if each.id not in self.dropped)
        self.kept.write(attrs.evolve(changes, owed=owed))
        self.dropped.update(changes.dropped_owed)


def _owed_once_for_ever(dropped: set[str], transaction: Transaction) -> Transaction:
    return OwedOnceForEver(transaction, dropped=dropped)


def _alone(changes: Changes) -> Changes:
    return attrs.evolve(changes, records=(), entries=(), owed=()) if changes.dropped else changes


def by_the_clock(question: Question, ask: Ask) -> Page:
    """Receipts by the time of day where they were written."""
    page = ask(question)
    if question.index is not Index.RECEIPTS:
        return page

    def written(line: Listed) -> str:
        record = None if line.fact is None else line.fact.record
        return record.at.isoformat() if isinstance(record, Receipt) else ""

    return attrs.evolve(page, items=tuple(sorted(page.items, key=written, reverse=question.newest_first)))


WRONG = (
    Wrong(
        "drops no record",
        bent(Bends(changes=lambda changes: attrs.evolve(changes, dropped=()))),
        (GONE, STAYS, AGAIN, NO_FAULT, WRITTEN, MANY),
    ),
    Wrong(
        "drops no debt",
        bent(Bends(changes=lambda changes: attrs.evolve(changes, dropped_owed=()))),
        (OVER, ANEW, MANY),
    ),
    Wrong(
        "drops the lines of a record later",
        remembering(dict[Key, tuple[Fact, set[Line]]], _leaves_lines),
        (GONE, STAYS, AGAIN),
    ),
    Wrong("drops all of a kind", remembering(set[Key], _whole_kind), (STAYS, MANY)),
    Wrong(
        "drops five hundred records at most",
        bent(Bends(changes=lambda changes: attrs.evolve(changes, dropped=changes.dropped[:500]))),
        (MANY,),
    ),
    Wrong(
        "drops five hundred debts at most",
        bent(Bends(changes=lambda changes: attrs.evolve(changes, dropped_owed=changes.dropped_owed[:500]))),
        (MANY,),
    ),
    Wrong("drops debts before it has looked at the guards", scattered(DropsInHaste), (MOVED, UNDONE)),
    Wrong("looks at no guard where something is dropped", within(DropsUnguarded), (MOVED,)),
    Wrong("drops records although the block is undone", partly(DropsBeside), (UNDONE,)),
    Wrong("drops debts although the block is undone", partly(DropsDebtsBeside), (UNDONE,)),
    Wrong("keeps the place of a record that was dropped", remembering(set[Key], _tombs), (AGAIN,)),
    Wrong("takes a debt that is not there for a conflict", within(Expecting), (NO_FAULT,)),
    Wrong("drops and does nothing else", bent(Bends(changes=_alone)), (WRITTEN,)),
    Wrong("drops what is parked", mistaking(OwedState.PARKED, OwedState.SENT), (OVER,)),
    Wrong("drops debts in any state", within(DropsAnyDebt), (OVER, JUST_NOW, BY_THEN)),
    Wrong("drops a debt that has been over once", remembering(set[str], _once_over), (BY_THEN,)),
    Wrong("owes nothing again that was dropped", remembering(set[str], _owed_once_for_ever), (ANEW,)),
    Wrong("orders receipts by the clock on the wall", bent(Bends(page=by_the_clock)), (ZONES,)),
)
