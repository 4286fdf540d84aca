"""What a store promises of a write: all of it or nothing, and only if every guard holds."""

from asyncio import CancelledError
from contextlib import suppress
from itertools import product

import attrs

from kundorder.errors import Conflict, Unavailable
from kundorder.events import OwedState, Settlement
from kundorder.ports import Store, Transaction
from kundorder.situation import Fact, Guard, Key, Kind
from kundorder.testing.contracts.promising import promise, promise_for, raises
from kundorder.testing.contracts.store.asking import (
    SENT,
    StoreExam,
    Undone,
    claim,
    everything,
    is_written,
    keys_on,
    read,
    settle,
    version_of,
    write,
)
from kundorder.testing.contracts.store.made_up import (
    AGENT,
    CUSTOMER,
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
from kundorder.vocabulary import Index, OrderState


class WriteContract(StoreExam):
    """The part about writing."""

    # Guards

    @promise(Transaction.write)
    def test_a_new_version_takes_the_place_of_the_old(self) -> None:
        for version in range(1, 6):
            record = a_receipt("a", str(version))
            write(self.store, changes(put("receipt:a", record, version, number=version, digest=str(version))))
            assert read(self.store, "receipt:a") == {"receipt:a": Fact(version, record, version, str(version))}

    @promise_for(Transaction.write, (0, 1, 3, 4))
    def test_a_record_that_has_moved_refuses_the_write(self, guarded: int) -> None:
        for version in (1, 2):
            write(self.store, changes(put("receipt:a", a_receipt("a", str(version)), version)))
        before = everything(self.store, "receipt:a")
        with raises(Conflict):
            write(
                self.store,
                changes(put("receipt:a", a_receipt("a", "x"), guarded + 1), guards=(Guard(Key("receipt:a"), guarded),)),
            )
        assert everything(self.store, "receipt:a") == before

    @promise(Transaction.write)
    def test_a_record_created_meanwhile_refuses_another(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a", "first"))))
        with raises(Conflict):
            write(self.store, changes(put("receipt:a", a_receipt("a", "second"))))
        assert read(self.store, "receipt:a")[Key("receipt:a")].record == a_receipt("a", "first")

    @promise(Transaction.write)
    def test_a_record_that_is_not_there_refuses_a_change_of_it(self) -> None:
        with raises(Conflict):
            write(self.store, changes(put("receipt:a", a_receipt("a"), 2)))
        assert version_of(self.store, "receipt:a") == 0

    @promise_for(Transaction.write, range(12))
    def test_a_fact_that_is_only_looked_at_is_guarded_too(self, moved: int) -> None:
        keys = [f"holders:{CUSTOMER}/{number}" for number in range(12)]
        write(self.store, changes(*(put(key, one_of(Kind.HOLDERS)) for key in keys)))
        write(self.store, changes(put(keys[moved], one_of(Kind.HOLDERS), 2)))
        wanted = put("receipt:a", a_receipt("a"))
        with raises(Conflict):
            write(self.store, changes(wanted, guards=tuple(Guard(Key(key), 1) for key in keys)))
        assert version_of(self.store, "receipt:a") == 0
        write(self.store, changes(wanted, guards=tuple(Guard(Key(key), 1 + (key == keys[moved])) for key in keys)))
        assert version_of(self.store, "receipt:a") == 1

    @promise(Transaction.write)
    def test_an_absence_that_is_only_looked_at_is_guarded_too(self) -> None:
        guards = (Guard(Key("receipt:b"), 0),)
        write(self.store, changes(put("receipt:a", a_receipt("a")), guards=guards))
        write(self.store, changes(put("receipt:b", a_receipt("b"))))
        with raises(Conflict):
            write(self.store, changes(put("receipt:c", a_receipt("c")), guards=guards))

    @promise(Transaction.write)
    def test_nothing_at_all_may_be_written(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))
        before = everything(self.store, "receipt:a")
        write(self.store, changes())
        assert everything(self.store, "receipt:a") == before

    @promise(Transaction.write)
    def test_guards_alone_may_be_written(self) -> None:
        write(self.store, changes(guards=(Guard(Key("receipt:a"), 0),)))
        with raises(Conflict):
            write(self.store, changes(guards=(Guard(Key("receipt:a"), 1),)))

    @promise(Transaction.write)
    def test_a_fact_that_is_guarded_twice_is_guarded_once(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))
        guards = (Guard(Key("receipt:a"), 1), Guard(Key("receipt:b"), 0))
        write(self.store, changes(put("receipt:b", a_receipt("b")), guards=(*guards, *guards)))
        with raises(Conflict):
            write(self.store, changes(put("receipt:c", a_receipt("c")), guards=(*guards, *guards)))
        assert [version_of(self.store, f"receipt:{name}") for name in "abc"] == [1, 1, 0]

    @promise_for(Transaction.write, (1, 2))
    def test_a_record_is_written_once_in_a_write(self, version: int) -> None:
        """All guards hold, and yet the second one does not follow the first one."""
        for number in range(1, version):
            write(self.store, changes(put("member:m-1", a_member("m-1"), number)))
        before = everything(self.store, "member:m-1", "receipt:a", values=(CUSTOMER, AGENT))
        twice = (put("member:m-1", a_member("m-1", CUSTOMER), version), put("receipt:a", a_receipt("a")))
        with raises(Conflict):
            write(self.store, changes(*twice, put("member:m-1", a_member("m-1", AGENT), version)))
        assert everything(self.store, "member:m-1", "receipt:a", values=(CUSTOMER, AGENT)) == before

    @promise_for(Transaction.write, (1, 2))
    def test_a_record_written_again_in_a_write_stands_as_last_written_or_not_at_all(self, version: int) -> None:
        for number in range(1, version):
            write(self.store, changes(put("member:m-1", a_member("m-1"), number)))
        before = everything(self.store, "member:m-1", values=(CUSTOMER, AGENT))
        again = (put("member:m-1", a_member("m-1", each), version + n) for n, each in enumerate((CUSTOMER, AGENT)))
        if is_written(self.store, changes(*again, guards=(Guard(Key("member:m-1"), version - 1),))):
            assert read(self.store, "member:m-1") == {"member:m-1": Fact(version + 1, a_member("m-1", AGENT))}
            assert keys_on(self.store, Index.MEMBERS, CUSTOMER, AGENT) == keys_on(self.store, Index.MEMBERS, AGENT)
            assert keys_on(self.store, Index.MEMBERS, AGENT) == ["member:m-1"]
        else:
            assert everything(self.store, "member:m-1", values=(CUSTOMER, AGENT)) == before

    # All or nothing

    @promise_for(Transaction.write, ("guard", "entry twice", "hole", "last record"))
    def test_a_refused_write_leaves_nothing_of_itself(self, wrong: str) -> None:
        order, entries = an_order("o-1"), chain_of("order:o-1", 3)
        write(self.store, changes(put("order:o-1", order, number=1), entries=entries[:1], owed=(a_mail("there"),)))
        before = everything(self.store, "order:o-1", "receipt:a", values=("staff", f"orderers:{CUSTOMER}"))
        moved = attrs.evolve(order, state=OrderState.WITHDRAWN, step=2)
        bad = put("receipt:a", a_receipt("a"), 2 if wrong == "last record" else 1)
        guards = [Guard(Key("order:o-1"), 1), Guard(bad.key, bad.version - 1)]
        if wrong == "guard":
            guards.append(Guard(Key("order:o-1"), 2))
        added = {"entry twice": entries[:1], "hole": entries[2:]}.get(wrong, entries[1:2])
        with raises(Conflict):
            write(
                self.store,
                changes(
                    put("order:o-1", moved, 2, number=2),
                    bad,
                    guards=tuple(guards),
                    entries=added,
                    owed=(a_mail("new"),),
                ),
            )
        assert everything(self.store, "order:o-1", "receipt:a", values=("staff", f"orderers:{CUSTOMER}")) == before

    @promise(Store.transaction)
    def test_an_error_in_the_block_undoes_all_of_it(self) -> None:
        debts = (a_mail("0", owed_at=later(hours=-1)), a_mail("a"), a_mail("b", owed_at=later(hours=1)))
        order = put("order:o-1", an_order("o-1"), number=1)
        write(self.store, changes(order, entries=chain_of("order:o-1", 1), owed=debts))
        (cancelled, claimed) = claim(self.store)
        assert settle(self.store, cancelled, Settlement(state=OwedState.CANCELLED))
        before = everything(self.store, "order:o-1", "order:o-2", values=("staff",))
        moved = an_order("o-1", step=2, state=OrderState.WITHDRAWN)

        def all_at_once(transaction: Transaction, error: type[BaseException]) -> None:
            transaction.write(changes(put("order:o-1", moved, 2, number=3), put("order:o-2", an_order("o-2"))))
            entries = (*chain_of("order:o-1", 3)[1:], *chain_of("order:o-2", 2))
            transaction.write(changes(entries=entries, owed=(a_mail("c"), a_mail("0"))))
            assert transaction.settle(claimed, SENT)
            assert len(transaction.claim(now=later(hours=2), lease_until=later(hours=3), limit=5)) == 3
            raise error

        for error in (Undone, Conflict, GeneratorExit, KeyboardInterrupt, SystemExit, CancelledError):
            with raises(error), self.store.transaction() as transaction:
                all_at_once(transaction, error)
            assert everything(self.store, "order:o-1", "order:o-2", values=("staff",)) == before
        assert [(owed.id, owed.fence) for owed in claim(self.store, minutes=90)] == [("a", 2), ("b", 1)]

    @promise(Store.transaction)
    def test_a_conflict_undoes_what_the_same_transaction_wrote_before_it(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))

        def twice(transaction: Transaction) -> None:
            transaction.write(changes(put("receipt:b", a_receipt("b"))))
            transaction.write(changes(put("receipt:a", a_receipt("a"))))

        with raises(Conflict), self.store.transaction() as transaction:
            twice(transaction)
        assert version_of(self.store, "receipt:b") == 0

    @promise(Store.transaction)
    def test_a_store_goes_on_after_a_refusal(self) -> None:
        for number in range(5):
            with raises(Conflict):
                write(self.store, changes(guards=(Guard(Key("receipt:a"), 9),)))
            write(self.store, changes(put(f"receipt:{number}", a_receipt("a"))))
        assert version_of(self.store, "receipt:4") == 1

    @promise_for(Store.transaction, tuple(product(("guard", "hole"), ("alone", "later"))))
    def test_a_block_that_swallows_a_refusal_keeps_the_rest_or_says_that_it_does_not(
        self, how: tuple[str, str]
    ) -> None:
        """Nothing of the refused write is kept, and nothing is lost in silence."""
        wrong, place = how
        guards = (Guard(Key("receipt:a"), 1),) if wrong == "guard" else ()
        entries = chain_of("order:o-1", 2)[1:] if wrong == "hole" else ()
        bad = changes(put("member:m-1", a_member("m-1")), guards=guards, entries=entries, owed=(a_mail("a"),))
        before = everything(self.store, "member:m-1", values=(CUSTOMER,))
        kept = True
        try:
            with self.store.transaction() as transaction:
                if place == "later":
                    transaction.write(changes(put("receipt:b", a_receipt("b"))))
                with suppress(Conflict):  # or else the next act or the end of the block says so
                    transaction.write(bad)
                transaction.write(changes(put("receipt:c", a_receipt("c"))))
        except (Conflict, Unavailable):
            kept = False
        assert everything(self.store, "member:m-1", values=(CUSTOMER,)) == before
        assert version_of(self.store, "receipt:b") == (kept and place == "later")
        assert version_of(self.store, "receipt:c") == kept
        write(self.store, changes(put("receipt:d", a_receipt("d"))))
