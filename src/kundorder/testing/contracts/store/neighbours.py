"""What a store promises of others beside it: those opened at the same place, and those at another."""

from contextlib import suppress
from pathlib import Path

from kundorder.errors import Conflict
from kundorder.ports import Store, Transaction
from kundorder.situation import ABSENT, Fact, Guard, Key
from kundorder.testing.contracts.promising import promise, promise_for, raises
from kundorder.testing.contracts.store.asking import (
    StoreExam,
    Undone,
    all_owed,
    claim,
    everything,
    read,
    select,
    settle,
    together,
    version_of,
    write,
)
from kundorder.testing.contracts.store.made_up import CUSTOMER, a_mail, a_receipt, an_order, chain_of, changes, put
from kundorder.vocabulary import Index


class NeighbourContract(StoreExam):
    """The part about several stores."""

    @promise(Store.transaction)
    def test_what_was_kept_is_there_when_the_store_is_opened_again(self) -> None:
        order = put("order:o-1", an_order("o-1"), number=1, digest="d")
        write(self.store, changes(order, entries=chain_of("order:o-1", 2, remark="r"), owed=(a_mail("a"), a_mail("b"))))
        assert settle(self.store, claim(self.store)[0])
        before = everything(self.store, "order:o-1", values=("staff", f"orderers:{CUSTOMER}"))
        again = self.open_store(self.place)
        assert everything(again, "order:o-1", values=("staff", f"orderers:{CUSTOMER}")) == before

    @promise(Store.transaction)
    def test_two_stores_at_one_place_are_one(self) -> None:
        other = self.open_store(self.place)
        for version in range(1, 9):
            here, there = (self.store, other) if version % 2 else (other, self.store)
            write(here, changes(put("order:o-1", an_order("o-1", step=version), version), owed=(a_mail(str(version)),)))
            assert [version_of(each, "order:o-1") for each in (there, here)] == [version, version]
            for each in (there, here):
                (line,) = select(each, Index.ORDERS, "staff").items
                assert line.fact == Fact(version, an_order("o-1", step=version))
            with raises(Conflict):
                write(there, changes(put("order:o-1", an_order("o-1"), version)))
            assert len(claim(there)) == 1
            assert claim(here) == ()

    @promise_for(Transaction.write, (False, True))
    def test_what_has_moved_since_it_was_read_in_the_block_refuses_the_write(self, written: bool) -> None:  # noqa: FBT001 - a case
        """Whether it is to be written or was only looked at; as where a host has begun the transaction long before."""
        other = self.open_store(self.place)
        write(self.store, changes(put("receipt:a", a_receipt("a"))))

        def read_and_write(transaction: Transaction) -> None:
            fact = transaction.read((Key("receipt:a"),))[Key("receipt:a")]
            assert len(transaction.select(Index.RECEIPTS, ("",), after=None, limit=9).items) == 1
            write(other, changes(put("receipt:a", a_receipt("a", "moved"), 2)))
            wanted = put("receipt:a", a_receipt("a", "late"), 2) if written else put("receipt:b", a_receipt("b"))
            transaction.write(
                changes(wanted, guards=(Guard(wanted.key, wanted.version - 1), Guard(Key("receipt:a"), fact.version)))
            )

        with raises(Conflict), self.store.transaction() as transaction:
            read_and_write(transaction)
        assert read(self.store, "receipt:a", "receipt:b") == {
            "receipt:a": Fact(2, a_receipt("a", "moved")),
            "receipt:b": ABSENT,
        }

    @promise(Store.transaction)
    def test_two_stores_at_two_places_have_nothing_in_common(self) -> None:
        other = self._another(self.place)
        with self.store.transaction() as here, other.transaction() as there:
            here.write(changes(put("receipt:a", a_receipt("a", "here")), entries=chain_of("order:o-1", 1)))
            there.write(changes(put("receipt:a", a_receipt("a", "there")), owed=(a_mail("a"),)))
            assert here.read((Key("receipt:a"),))[Key("receipt:a")].record == a_receipt("a", "here")
        assert read(other, "receipt:a")[Key("receipt:a")].record == a_receipt("a", "there")
        assert (len(all_owed(self.store)), len(all_owed(other))) == (0, 1)
        assert [len(select(each, Index.JOURNAL, "").items) for each in (self.store, other)] == [1, 0]

    @promise(Store.transaction)
    def test_each_of_two_stores_keeps_or_undoes_its_own(self) -> None:
        other = self._another(self.place)

        def within(here: Transaction, version: int) -> None:
            here.write(changes(put("receipt:a", a_receipt("a"), version)))
            write(other, changes(put("receipt:a", a_receipt("a"), version)))
            with raises(Conflict):
                write(other, changes(put("receipt:a", a_receipt("a"), version)))
            if version == 2:
                raise Undone

        for version in (1, 2):
            with suppress(Undone), self.store.transaction() as here:
                within(here, version)
        assert [version_of(each, "receipt:a") for each in (self.store, other)] == [1, 2]

    @promise(Store.transaction)
    def test_threads_use_two_stores_within_each_other(self) -> None:
        other = self._another(self.place)

        def user(name: int) -> int:
            for number in range(10):
                with self.store.transaction() as here:
                    here.write(changes(put(f"receipt:{name}/{number}", a_receipt("a"))))
                    with other.transaction() as there:
                        there.write(changes(put(f"receipt:{name}/{number}", a_receipt("b"))))
            return name

        assert together(*(lambda name=name: user(name) for name in range(4))) == [0, 1, 2, 3]
        keys = [f"receipt:{name}/{number}" for name in range(4) for number in range(10)]
        for each, text in ((self.store, "a"), (other, "b")):
            assert [fact.record for fact in read(each, *keys).values()] == [a_receipt(text)] * 40

    def _another(self, place: Path) -> Store:
        (place / "another").mkdir()
        return self.open_store(place / "another")
