"""Wrong in the journal."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import attrs

from kundorder.events import Entry
from kundorder.outcomes import Changes
from kundorder.ports import Page, Transaction
from kundorder.situation import Key
from kundorder.vocabulary import Index
from wrong_stores.telling import Ask, Bends, Bent, Making, Question, Wrong, bent, remembering, within

Order: TypeAlias = list[tuple[str, int]]

ALL = 1_000_000
READ = "test_a_journal_is_read_as_it_was_written_and_in_order"
GOES_ON = "test_a_journal_goes_on_where_it_ended"
REMARKS = "test_each_entry_has_its_own_remark_or_none"
SEVERAL = "test_entries_of_several_chains_are_written_at_once"
REFUSED = "test_a_refused_write_leaves_nothing_of_itself"


def writing(change: Callable[[tuple[Entry, ...]], Iterable[Entry]]) -> Making:
    """The entries of a write are written otherwise."""
    return bent(Bends(changes=lambda changes: attrs.evolve(changes, entries=tuple(change(changes.entries)))))


def _remarked(change: Callable[[str | None], str | None]) -> Making:
    return writing(lambda entries: (attrs.evolve(entry, remark=change(entry.remark)) for entry in entries))


@attrs.define
class Numbering(Bent):
    """Gives an entry the next number of its chain, whatever its own."""

    def write(self, changes: Changes) -> None:
        ends: dict[str, int] = {}
        entries: list[Entry] = []
        for entry in changes.entries:
            ends[entry.chain] = ends.get(entry.chain, self.length(entry.chain)) + 1
            entries.append(attrs.evolve(entry, number=ends[entry.chain]))
        self.kept.write(attrs.evolve(changes, entries=tuple(entries)))

    def length(self, chain: str) -> int:
        """Of a chain now."""
        return len(self.kept.select(Index.JOURNAL, (chain,), after=None, limit=ALL).items)


@attrs.define
class Passing(Numbering):
    """Leaves out an entry whose number is taken: ON CONFLICT DO NOTHING."""

    def write(self, changes: Changes) -> None:
        new = tuple(entry for entry in changes.entries if entry.number > self.length(entry.chain))
        self.kept.write(attrs.evolve(changes, entries=new))


@attrs.define
class InOrderOfWriting(Bent):
    """The whole journal by a number of the table's own."""

    order: Order = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        self.order += [(entry.chain, entry.number) for entry in changes.entries]

    def ask(self, question: Question) -> Page:
        page = super().ask(question)
        if question.index is not Index.JOURNAL or question.values != ("",):
            return page
        places = {f"{chain} {number:012d}": place for place, (chain, number) in enumerate(self.order)}
        return attrs.evolve(page, items=tuple(sorted(page.items, key=lambda line: places[line.sort])))


def by_digits(question: Question, ask: Ask) -> Page:
    """Numbers as texts: after 1 comes 10."""
    page = ask(question)
    if question.index is not Index.JOURNAL:
        return page
    lines = sorted(page.items, key=lambda line: line.sort.lstrip("0"), reverse=question.newest_first)
    return attrs.evolve(page, items=tuple(lines))


def _anonymous(question: Question, ask: Ask) -> Page:
    page = ask(question)
    if question.index is not Index.JOURNAL:
        return page
    return attrs.evolve(page, items=tuple(attrs.evolve(line, key=Key("")) for line in page.items))


def _in_order_of_writing(order: Order, transaction: Transaction) -> Transaction:
    return InOrderOfWriting(transaction, order=order)


WRONG = (
    Wrong("gives entries numbers of its own", within(Numbering), (GOES_ON, SEVERAL, REFUSED)),
    Wrong("passes over an entry whose number is taken", within(Passing), (GOES_ON, SEVERAL, REFUSED)),
    Wrong("takes numbers for texts", bent(Bends(page=by_digits)), (READ,)),
    Wrong(
        "tells the whole journal in the order it was written",
        remembering(list[tuple[str, int]], _in_order_of_writing),
        (SEVERAL,),
    ),
    Wrong("does not tell which chain an entry is of", bent(Bends(page=_anonymous)), (READ,)),
    Wrong("loses remarks", _remarked(lambda _remark: None), (READ, REMARKS)),
    Wrong("takes an empty remark for none", _remarked(lambda remark: remark or None), (REMARKS,)),
    Wrong("takes no remark for an empty one", _remarked(lambda remark: remark or ""), (REMARKS,)),
    Wrong(
        "writes one remark for all entries of a write",
        writing(lambda entries: (attrs.evolve(entry, remark=entries[0].remark) for entry in entries)),
        (REMARKS,),
    ),
    Wrong("writes the first entry of a write only", writing(lambda entries: entries[:1]), (READ,)),
    Wrong(
        "writes the entries of one chain only",
        writing(lambda entries: (entry for entry in entries if entry.chain == entries[0].chain)),
        (SEVERAL,),
    ),
    Wrong(
        "writes the entries of a write in any order",
        writing(lambda entries: sorted(entries, key=lambda entry: entry.digest)),
        (READ, SEVERAL),
    ),
)
