"""What a store promises of the journal: chains without a hole, in order, with the remark beside each entry."""

from kundorder.errors import Conflict
from kundorder.events import Entry
from kundorder.outcomes import Head
from kundorder.ports import Transaction
from kundorder.testing.contracts.promising import promise, promise_for, raises, same
from kundorder.testing.contracts.store.asking import Paging, StoreExam, limits, pages, select, write
from kundorder.testing.contracts.store.made_up import chain_of, changes, next_entry
from kundorder.vocabulary import Index


class ChainContract(StoreExam):
    """The part about the journal."""

    @promise(Transaction.select)
    def test_a_journal_is_read_as_it_was_written_and_in_order(self) -> None:
        entries = chain_of("order:o-1", 120, remark="fel enhet\nvald")
        for start in range(0, 120, 40):
            write(self.store, changes(entries=entries[start : start + 40]))
        lines = select(self.store, Index.JOURNAL, "order:o-1").items
        same(tuple(line.entry for line in lines), entries)
        same([line.key for line in lines], ["order:o-1"] * 120)
        same([line.sort for line in lines], [f"{number:012d}" for number in range(1, 121)])

    @promise_for(Transaction.select, limits(1, 4, 12, 50))
    def test_pages_of_a_journal_have_no_hole_and_no_repeat(self, paging: Paging) -> None:
        chains = {name: chain_of(name, length) for name, length in (("order:a", 12), ("order:a/1", 3), ("order:b", 1))}
        for entries in chains.values():
            write(self.store, changes(entries=entries))
        found = pages(self.store, Index.JOURNAL, "order:a", limit=paging.limit, newest_first=paging.newest_first)
        wanted = chains["order:a"]
        assert tuple(line.entry for line in found) == (wanted[::-1] if paging.newest_first else wanted)
        found = pages(self.store, Index.JOURNAL, "", limit=paging.limit, newest_first=paging.newest_first)
        every: list[Entry] = [entry for entries in chains.values() for entry in entries]
        assert [line.entry for line in found] == (every[::-1] if paging.newest_first else every)
        sorts = [f"{entry.chain} {entry.number:012d}" for entry in every]
        assert [line.sort for line in found] == (sorts[::-1] if paging.newest_first else sorts)

    @promise(Transaction.write)
    def test_a_journal_goes_on_where_it_ended(self) -> None:
        entries = chain_of("order:o-1", 3)
        for entry in entries:
            write(self.store, changes(entries=(entry,)))
        for wrong in (entries[0], entries[2], chain_of("order:o-1", 5)[4]):
            with raises(Conflict):
                write(self.store, changes(entries=(wrong,)))
        assert tuple(line.entry for line in select(self.store, Index.JOURNAL, "order:o-1").items) == entries

    @promise(Transaction.write)
    def test_entries_of_several_chains_are_written_at_once(self) -> None:
        chains = {name: chain_of(name, 4) for name in ("order:a", "order:b", "member:c")}
        write(self.store, changes(entries=tuple(entries[0] for entries in chains.values())))
        wanted = tuple(entries[number] for number in (1, 2) for entries in chains.values())
        write(self.store, changes(entries=wanted))
        for wrong in (chains["order:b"][2], chain_of("order:b", 5)[4], chain_of("order:d", 2)[1]):
            with raises(Conflict):
                write(self.store, changes(entries=(chains["order:a"][3], wrong, chains["member:c"][3])))
        for name, entries in chains.items():
            assert tuple(line.entry for line in select(self.store, Index.JOURNAL, name).items) == entries[:3]
        assert select(self.store, Index.JOURNAL, "order:d").items == ()
        every = tuple(line.entry for line in select(self.store, Index.JOURNAL, "").items)
        assert every == tuple(entry for _name, entries in sorted(chains.items()) for entry in entries[:3])

    @promise(Transaction.write)
    def test_each_entry_has_its_own_remark_or_none(self) -> None:
        """A remark that says nothing is still a remark: the chain holds its digest."""
        remarks = (None, "fel enhet", "", None, "fel enhet", "0", " ")
        chain, head = list[Entry](), Head(chain="order:o-1", number=0, digest="")
        for remark in remarks:
            chain.append(next_entry(head, remark))
            head = Head(chain=head.chain, number=head.number + 1, digest=chain[-1].digest)
        write(self.store, changes(entries=tuple(chain[:4])))
        write(self.store, changes(entries=tuple(chain[4:])))
        lines = select(self.store, Index.JOURNAL, "order:o-1").items
        assert [line.entry.remark for line in lines if line.entry is not None] == list(remarks)
        assert [line.entry for line in lines] == chain
