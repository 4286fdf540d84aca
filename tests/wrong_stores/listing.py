"""Wrong in who stands on their lists, and under what."""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Transaction
from kundorder.situation import ABSENT, Fact, Key
from kundorder.vocabulary import Index
from kundorder.worklists import Line, listings
from wrong_stores.telling import Ask, Bends, Bent, Making, Question, Wrong, bent, remembering

Lines: TypeAlias = set[tuple[Line, Key]]
SPECIAL = (Index.HEADS, Index.JOURNAL, Index.OWED)
EXACTLY = "test_a_record_stands_on_exactly_the_lists_it_names"
OTHER_LIST = "test_a_list_under_another_value_is_another_list"
JOURNAL_PAGES = "test_pages_of_a_journal_have_no_hole_and_no_repeat"
SEVERAL = "test_what_stands_under_several_values_comes_once"
TIES = "test_pages_through_lines_of_one_sort_have_no_hole"


def asking(change: Callable[[Question], Question]) -> Making:
    """What is asked is understood otherwise."""
    return bent(Bends(page=lambda question, ask: ask(change(question))))


def answering(change: Callable[[Question, Page], Page]) -> Making:
    """What is answered is told otherwise."""
    return bent(Bends(page=lambda question, ask: change(question, ask(question))))


def doubled(question: Question, ask: Ask) -> Page:
    """A line for every value it stands under."""
    pages = [ask(attrs.evolve(question, values=(value,))) for value in question.values]
    lines = sorted(
        (line for page in pages for line in page.items),
        key=lambda line: (line.sort, line.key),
        reverse=question.newest_first,
    )
    items = tuple(lines[: max(question.limit, 0)])
    more = len(lines) > len(items) or any(page.after is not None for page in pages)
    return Page(items=items, after=items[-1].sort if items and more else None)


def one_after_another(question: Question, ask: Ask) -> Page:
    """What stands under the first value, then what stands under the second."""
    pages = [ask(attrs.evolve(question, values=(value,))) for value in question.values]
    found = {(line.sort, line.key): line for page in pages for line in page.items}
    return attrs.evolve(ask(question), items=tuple(found.values())[: max(question.limit, 0)])


@attrs.define
class Stale(Bent):
    """Keeps a copy of a record with its lines, and does not change it with the record."""

    copies: dict[Key, Fact] = attrs.field(kw_only=True)

    def _told(self, line: Listed) -> Listed:
        if line.fact is None:
            return line
        return attrs.evolve(line, fact=self.copies.setdefault(line.key, line.fact))


@attrs.define
class NeverGone(Bent):
    """Adds the lines a record has to have, and takes away none."""

    lines: Lines = attrs.field(kw_only=True)
    only_told: bool = attrs.field(kw_only=True, default=False)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        for stored in changes.records:
            if self.only_told and stored.before is None:
                self.lines -= {each for each in self.lines if each[1] == stored.key}
            self.lines |= {(line, stored.key) for line in listings(stored.record)}

    def ask(self, question: Question) -> Page:
        page = super().ask(question)
        here = {(line.sort, line.key) for line in page.items}
        gone = {
            (sort, key)
            for (index, value, sort), key in self.lines
            if index is question.index and value in question.values and (sort, key) not in here
        }
        facts = self.kept.read(tuple(key for _sort, key in gone))
        lines = [*page.items, *(Listed(sort=sort, key=key, fact=facts[key]) for sort, key in gone)]
        return attrs.evolve(page, items=tuple(sorted(lines, key=lambda line: (line.sort, line.key))))


@attrs.define
class AllHeads(Bent):
    """Takes every record for one with a journal."""

    keys: set[Key] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        self.keys.update(stored.key for stored in changes.records)

    def ask(self, question: Question) -> Page:
        page = super().ask(question)
        if question.index is not Index.HEADS:
            return page
        facts = self.kept.read(tuple(sorted(self.keys)))
        lines = (Listed(sort=key, key=key, fact=fact) for key, fact in facts.items() if fact is not ABSENT)
        return attrs.evolve(page, items=tuple(lines))


@attrs.define
class Prefixes(Bent):
    """Compares the value with LIKE."""

    values: set[tuple[Index, str]] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        for stored in changes.records:
            self.values |= {(index, value) for index, value, _sort in listings(stored.record)}
        self.values |= {(Index.JOURNAL, entry.chain) for entry in changes.entries}

    def ask(self, question: Question) -> Page:
        if question.index is Index.JOURNAL and question.values == ("",):
            return super().ask(question)
        meant = {
            known
            for index, known in self.values
            if index is question.index and any(known.startswith(value) for value in question.values)
        }
        return super().ask(attrs.evolve(question, values=(*question.values, *sorted(meant))))


@attrs.define
class Unconditional(Bent):
    """Where no value is asked for, the condition is left out of the statement."""

    values: set[tuple[Index, str]] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        for stored in changes.records:
            self.values |= {(index, value) for index, value, _sort in listings(stored.record)}

    def ask(self, question: Question) -> Page:
        known = tuple(value for index, value in sorted(self.values) if index is question.index)
        return super().ask(attrs.evolve(question, values=question.values or known))


def _stale(copies: dict[Key, Fact], transaction: Transaction) -> Transaction:
    return Stale(transaction, copies=copies)


def _never_gone(lines: Lines, transaction: Transaction) -> Transaction:
    return NeverGone(transaction, lines=lines)


def _never_gone_if_told(lines: Lines, transaction: Transaction) -> Transaction:
    return NeverGone(transaction, lines=lines, only_told=True)


def _all_heads(keys: set[Key], transaction: Transaction) -> Transaction:
    return AllHeads(transaction, keys=keys)


def _prefixes(values: set[tuple[Index, str]], transaction: Transaction) -> Transaction:
    return Prefixes(transaction, values=values)


def _unconditional(values: set[tuple[Index, str]], transaction: Transaction) -> Transaction:
    return Unconditional(transaction, values=values)


def _without(index: Index) -> Making:
    return answering(lambda question, page: Page(items=(), after=None) if question.index is index else page)


WRONG = (
    Wrong(
        "shows a copy of the record on its lists",
        remembering(dict[Key, Fact], _stale),
        ("test_a_list_shows_the_record_as_it_is_now",),
    ),
    Wrong("takes no line away", remembering(set[tuple[Line, Key]], _never_gone), (EXACTLY,)),
    Wrong(
        "takes no line away when it is told what the record was before",
        remembering(set[tuple[Line, Key]], _never_gone_if_told),
        (EXACTLY,),
    ),
    *(
        Wrong(f"keeps no list of {index}", _without(index), ("test_a_record_of_any_kind_stands_where_it_should",))
        for index in Index
        if index not in SPECIAL
    ),
    Wrong(
        "takes every record for a head",
        remembering(set[Key], _all_heads),
        ("test_the_heads_are_all_records_with_a_journal",),
    ),
    Wrong(
        "looks for values that begin alike",
        remembering(set[tuple[Index, str]], _prefixes),
        (OTHER_LIST, JOURNAL_PAGES),
    ),
    Wrong(
        "looks for any value where none is given",
        remembering(set[tuple[Index, str]], _unconditional),
        (OTHER_LIST,),
    ),
    Wrong(
        "tells of all debts, entries and heads where no value is given",
        asking(
            lambda question: (
                question
                if question.values or question.index not in SPECIAL
                else attrs.evolve(question, values=("due" if question.index is Index.OWED else "",))
            )
        ),
        ("test_nothing_stands_under_no_value",),
    ),
    Wrong(
        "looks for the first value only",
        asking(lambda question: attrs.evolve(question, values=question.values[:1])),
        (SEVERAL, TIES),
    ),
    Wrong(
        "looks for a hundred values at most",
        asking(lambda question: attrs.evolve(question, values=question.values[:100])),
        ("test_a_list_is_asked_for_under_a_thousand_values",),
    ),
    Wrong("tells a line once for each value it stands under", bent(Bends(page=doubled)), (SEVERAL,)),
    Wrong("tells one value after another", bent(Bends(page=one_after_another)), (SEVERAL,)),
)
