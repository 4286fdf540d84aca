"""What a store promises of what is read: it is what was written, all of it and nothing else."""

from kundorder.errors import Conflict
from kundorder.events import OwedState
from kundorder.ports import Store, Transaction
from kundorder.situation import ABSENT, Fact, Key, Kind
from kundorder.testing.contracts.promising import promise, promise_for, raises, same
from kundorder.testing.contracts.store.asking import (
    SENT,
    StoreExam,
    all_owed,
    everything,
    pages,
    read,
    select,
    version_of,
    write,
)
from kundorder.testing.contracts.store.made_up import (
    CUSTOMER,
    NOW,
    a_mail,
    a_member,
    a_receipt,
    an_order,
    chain_of,
    changes,
    later,
    one_of,
    put,
)
from kundorder.vocabulary import Index


class ReadContract(StoreExam):
    """The part about reading."""

    @promise(Transaction.read)
    def test_what_was_never_written_is_absent(self) -> None:
        assert read(self.store, "order:o-1", "receipt:a") == {"order:o-1": ABSENT, "receipt:a": ABSENT}

    @promise(Transaction.read)
    def test_reading_nothing_gives_nothing(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))
        assert read(self.store) == {}

    @promise_for(Transaction.read, tuple(Kind))
    def test_a_record_is_read_as_it_was_written(self, kind: Kind) -> None:
        key, record = Key(f"{kind.value}:x"), one_of(kind)
        write(self.store, changes(put(key, record, number=7, digest="a" * 64)))
        assert read(self.store, key) == {key: Fact(1, record, 7, "a" * 64)}

    @promise(Transaction.read)
    def test_what_is_there_and_what_is_not_are_read_at_once(self) -> None:
        there = [f"receipt:{number}" for number in range(300)]
        write(self.store, changes(*(put(key, a_receipt(key)) for key in there)))
        wanted = [f"receipt:{number}" for number in range(600)]
        facts = read(self.store, *wanted, *there)
        same(list(facts), wanted)
        same([key for key, fact in facts.items() if fact.record == a_receipt(key)], there)

    @promise(Store.transaction)
    def test_a_transaction_reads_what_it_has_written(self) -> None:
        with self.store.transaction() as transaction:
            order, (entry,) = put("order:o-1", an_order("o-1"), number=1, digest="d"), chain_of("order:o-1", 1)
            transaction.write(changes(order, entries=(entry,), owed=(a_mail("a"),)))
            assert transaction.read((Key("order:o-1"),)) == {"order:o-1": Fact(1, order.record, 1, "d")}
            for index, value in (
                (Index.ORDERS, "staff"),
                (Index.HEADS, ""),
                (Index.JOURNAL, "order:o-1"),
                (Index.OWED, OwedState.DUE.value),
            ):
                (line,) = transaction.select(index, (value,), after=None, limit=10).items
                assert line.fact in (None, Fact(1, order.record, 1, "d"))
                assert line.entry in (None, entry)
                assert line.owed in (None, a_mail("a"))
        assert version_of(self.store, "order:o-1") == 1

    @promise(Store.transaction)
    def test_a_transaction_goes_on_from_what_it_has_written(self) -> None:
        entries = chain_of("order:o-1", 2)
        with self.store.transaction() as transaction:
            transaction.write(changes(put("order:o-1", an_order("o-1")), entries=entries[:1], owed=(a_mail("a"),)))
            changed = put("order:o-1", an_order("o-1", step=2), 2)
            transaction.write(changes(changed, entries=entries[1:], owed=(a_mail("b"),)))
            claimed = transaction.claim(now=NOW, lease_until=later(minutes=1), limit=9)
            assert [owed.id for owed in claimed] == ["a", "b"]
            assert transaction.settle(claimed[0], SENT)
        assert read(self.store, "order:o-1") == {"order:o-1": Fact(2, an_order("o-1", step=2))}
        assert tuple(line.entry for line in select(self.store, Index.JOURNAL, "order:o-1").items) == entries
        assert {owed.id: owed.state for owed in all_owed(self.store)} == {"a": OwedState.SENT, "b": OwedState.DUE}
        with raises(Conflict):
            write(self.store, changes(put("order:o-1", an_order("o-1"), 2)))

    @promise(Store.transaction)
    def test_a_transaction_in_which_nothing_is_done_does_nothing(self) -> None:
        write(
            self.store,
            changes(put("order:o-1", an_order("o-1")), entries=chain_of("order:o-1", 1), owed=(a_mail("a"),)),
        )
        before = everything(self.store, "order:o-1", values=("staff",))
        for _ in range(3):
            with self.store.transaction():
                pass
        assert everything(self.store, "order:o-1", values=("staff",)) == before

    @promise(Transaction.read)
    def test_what_is_handed_over_is_the_readers_own(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))
        with self.store.transaction() as transaction:
            facts = transaction.read((Key("receipt:a"), Key("receipt:b")))
            facts[Key("receipt:b")] = facts.pop(Key("receipt:a"))
        assert read(self.store, "receipt:a", "receipt:b") == {"receipt:a": Fact(1, a_receipt("a")), "receipt:b": ABSENT}

    @promise(Transaction.read)
    def test_two_thousand_records_are_written_and_read_at_once(self) -> None:
        members = {f"member:m-{number}": a_member(f"m-{number}") for number in range(1000)}
        receipts = {f"receipt:{number}": a_receipt(str(number)) for number in range(1000)}
        for version in (1, 2):
            write(self.store, changes(*(put(key, record, version) for key, record in (members | receipts).items())))
        facts = read(self.store, *members, *(f"member:nobody-{number}" for number in range(2000)), *receipts)
        there = [(key, fact.record) for key, fact in facts.items() if fact.version == 2]
        same(there, [*members.items(), *receipts.items()])
        assert list(facts.values()).count(ABSENT) == 2000
        lines = pages(self.store, Index.MEMBERS, CUSTOMER, limit=700)
        same([line.key for line in lines], sorted(members))
