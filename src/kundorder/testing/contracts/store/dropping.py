"""What a store promises of what is dropped: gone with all its lines, if nothing has moved, all of it or nothing."""

from datetime import UTC, datetime, timedelta, timezone

import attrs

from kundorder.events import Owed, OwedState, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Store, Transaction
from kundorder.situation import ABSENT, Guard, Key, Kind
from kundorder.testing.contracts.promising import promise, promise_for, raises, same
from kundorder.testing.contracts.store.asking import (
    SENT,
    StoreExam,
    Undone,
    all_owed,
    claim,
    everything,
    is_written,
    keys_on,
    pages,
    read,
    select,
    settle,
    version_of,
    write,
)
from kundorder.testing.contracts.store.made_up import (
    NOW,
    a_follow_up,
    a_mail,
    a_receipt,
    an_order,
    chain_of,
    changes,
    later,
    one_of,
    put,
)
from kundorder.vocabulary import Index
from kundorder.worklists import listings

VALUES = tuple({value for kind in Kind for _index, value, _sort in listings(one_of(kind))})
"""All that anything made up stands under on a list."""


def dropping(*guards: tuple[str, int], owed: tuple[str, ...] = ()) -> Changes:
    """What drops these records, if they have these versions, and these debts."""
    held = tuple(Guard(Key(key), version) for key, version in guards)
    return attrs.evolve(changes(), guards=held, dropped=tuple(guard.key for guard in held), dropped_owed=owed)


def settled(store: Store, *states: OwedState) -> list[Owed]:
    """A debt in each of these states, named after it; one that is due is so because it was tried in vain."""
    write(store, changes(owed=tuple(a_mail(state.value) for state in states)))
    for owed in claim(store):
        settlement = Settlement(state=OwedState(owed.id), due_at=later(hours=1))
        assert settle(store, owed, settlement)
    return list(all_owed(store))


class DroppingContract(StoreExam):
    """The part about what is dropped."""

    @promise_for(Transaction.write, tuple(Kind))
    def test_a_record_that_is_dropped_is_gone_with_all_its_lines(self, kind: Kind) -> None:
        write(self.store, changes(put("receipt:other", a_receipt("other"))))
        before = everything(self.store, f"{kind.value}:x", values=VALUES)
        write(self.store, changes(put(f"{kind.value}:x", one_of(kind))))
        write(self.store, changes(put(f"{kind.value}:x", one_of(kind), 2)))
        write(self.store, dropping((f"{kind.value}:x", 2)))
        assert everything(self.store, f"{kind.value}:x", values=VALUES) == before
        assert read(self.store, f"{kind.value}:x") == {f"{kind.value}:x": ABSENT}

    @promise(Transaction.write)
    def test_what_stands_beside_it_stays(self) -> None:
        write(self.store, changes(*(put(f"receipt:{name}", a_receipt(name)) for name in "abc")))
        write(self.store, dropping(("receipt:b", 1)))
        assert keys_on(self.store, Index.RECEIPTS, "") == ["receipt:a", "receipt:c"]
        assert [version_of(self.store, f"receipt:{name}") for name in "abc"] == [1, 0, 1]

    @promise_for(Transaction.write, ("changed", "gone", "new"))
    def test_nothing_is_dropped_when_something_has_moved(self, moved: str) -> None:
        (sent,) = settled(self.store, OwedState.SENT)
        write(self.store, changes(put("receipt:a", a_receipt("a")), put("receipt:b", a_receipt("b"))))
        if moved == "changed":
            write(self.store, changes(put("receipt:b", a_receipt("b", "{}"), 2)))
        key, version = {"changed": ("receipt:b", 1), "gone": ("receipt:c", 1), "new": ("receipt:b", 0)}[moved]
        wanted = dropping(("receipt:a", 1), owed=(sent.id,))
        before = everything(self.store, "receipt:a", "receipt:b", values=VALUES)
        assert not is_written(self.store, attrs.evolve(wanted, guards=(*wanted.guards, Guard(Key(key), version))))
        assert everything(self.store, "receipt:a", "receipt:b", values=VALUES) == before

    @promise(Transaction.write)
    def test_what_is_dropped_in_a_block_that_fails_is_still_there(self) -> None:
        (sent,) = settled(self.store, OwedState.SENT)
        write(
            self.store, changes(put("order:o-1", an_order("o-1", noticed=("m-bo",))), put("receipt:a", a_receipt("a")))
        )
        before = everything(self.store, "order:o-1", "receipt:a", values=(*VALUES, "orderers:556677-8899"))

        def fail() -> None:
            with self.store.transaction() as transaction:
                transaction.write(dropping(("order:o-1", 1), ("receipt:a", 1), owed=(sent.id,)))
                assert transaction.read((Key("receipt:a"),)) == {"receipt:a": ABSENT}
                transaction.write(changes(put("receipt:a", a_receipt("a", "another"))))
                raise Undone

        with raises(Undone):
            fail()
        assert everything(self.store, "order:o-1", "receipt:a", values=(*VALUES, "orderers:556677-8899")) == before

    @promise(Transaction.write)
    def test_what_was_dropped_can_be_created_again_and_dropped_again(self) -> None:
        for outcome in ("first", "second", "third"):
            write(self.store, changes(put("receipt:a", a_receipt("a", outcome))))
            assert read(self.store, "receipt:a")[Key("receipt:a")].record == a_receipt("a", outcome)
            assert keys_on(self.store, Index.RECEIPTS, "") == ["receipt:a"]
            write(self.store, dropping(("receipt:a", 1)))
            assert keys_on(self.store, Index.RECEIPTS, "") == []

    @promise(Transaction.write)
    def test_dropping_a_debt_that_is_not_there_is_no_fault(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))
        write(self.store, dropping(("receipt:a", 1), owed=("a",)))
        assert version_of(self.store, "receipt:a") == 0

    @promise(Transaction.write)
    def test_what_is_written_with_it_is_written(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))
        order, (entry,) = an_order("o-1"), chain_of("order:o-1", 1)
        written = changes(put("order:o-1", order, number=1, digest=entry.digest), entries=(entry,), owed=(a_mail("m"),))
        guards = (*written.guards, Guard(Key("receipt:a"), 1))
        write(self.store, attrs.evolve(written, guards=guards, dropped=(Key("receipt:a"),)))
        assert [version_of(self.store, key) for key in ("receipt:a", "order:o-1")] == [0, 1]
        assert [owed.id for owed in all_owed(self.store)] == ["m"]
        assert len(select(self.store, Index.JOURNAL, "order:o-1").items) == 1

    @promise(Transaction.write)
    def test_a_debt_is_dropped_only_when_it_is_over(self) -> None:
        owed = settled(self.store, *OwedState)
        write(self.store, changes(owed=(a_follow_up("never tried"),)))
        write(self.store, dropping(owed=(*(each.id for each in owed), "never tried")))
        left = {each.id: each for each in all_owed(self.store)}
        assert set(left) == {"due", "parked", "never tried"}
        assert all(left[each.id] == each for each in owed if each.id in left)

    @promise(Transaction.write)
    def test_a_debt_that_somebody_carries_out_just_now_is_not_dropped(self) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store)
        write(self.store, dropping(owed=("a",)))
        assert settle(self.store, claimed, SENT)

    @promise(Transaction.write)
    def test_a_cancelled_debt_that_is_due_again_by_then_is_not_dropped(self) -> None:
        _ = settled(self.store, OwedState.CANCELLED)
        write(self.store, changes(owed=(a_mail("cancelled"),)))
        write(self.store, dropping(owed=("cancelled",)))
        assert [each.id for each in claim(self.store)] == ["cancelled"]

    @promise(Transaction.write)
    def test_a_debt_that_was_dropped_is_settled_by_nobody_and_can_be_owed_anew(self) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, SENT)
        write(self.store, dropping(owed=("a",)))
        assert not settle(self.store, claimed, SENT)
        assert claim(self.store, minutes=60) == ()
        write(self.store, changes(owed=(a_mail("a", owed_at=later(days=1)),)))
        assert [each.id for each in claim(self.store, minutes=60 * 24)] == ["a"]

    @promise(Transaction.select)
    def test_receipts_stand_in_the_order_of_their_time_whatever_zone_it_was_read_in(self) -> None:
        zones = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8)), UTC]
        times = [later(hours=number).astimezone(zone) for number, zone in enumerate(zones)]
        written = [attrs.evolve(a_receipt(name), at=at) for name, at in zip("dbca", times, strict=True)]
        write(self.store, changes(*(put(f"receipt:{each.key}", each) for each in written)))
        lines = pages(self.store, Index.RECEIPTS, "", limit=3)
        assert [line.key for line in lines] == ["receipt:d", "receipt:b", "receipt:c", "receipt:a"]
        assert [datetime.fromisoformat(line.sort.partition(" ")[0]) for line in lines] == times
        assert lines[0].sort == f"{NOW.isoformat(timespec='microseconds')} d"

    @promise(Transaction.write)
    def test_many_are_dropped_at_once(self) -> None:
        keys = [f"receipt:{number:04d}" for number in range(700)]
        mails = tuple(a_mail(f"{number:04d}") for number in range(700))
        write(self.store, changes(*(put(key, a_receipt(key)) for key in keys), owed=mails))
        with self.store.transaction() as transaction:
            for owed in transaction.claim(now=NOW, lease_until=later(hours=1), limit=1000):
                assert transaction.settle(owed, SENT)
        write(self.store, dropping(*((key, 1) for key in keys[:-1]), owed=tuple(mail.id for mail in mails[1:])))
        same(keys_on(self.store, Index.RECEIPTS, ""), keys[-1:])
        same([owed.id for owed in all_owed(self.store)], ["0000"])
