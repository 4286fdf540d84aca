"""What a store promises when several threads are at it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from kundorder.errors import Conflict
from kundorder.events import OwedState, Settlement
from kundorder.model import Order
from kundorder.outcomes import Changes
from kundorder.ports import Store, Transaction
from kundorder.situation import Guard, Key
from kundorder.testing.contracts.promising import promise, same
from kundorder.testing.contracts.store.asking import (
    RACES,
    StoreExam,
    Undone,
    all_owed,
    claim,
    everything,
    is_written,
    race,
    read,
    select,
    settle,
    together,
    version_of,
    write,
)
from kundorder.testing.contracts.store.made_up import (
    CUSTOMER,
    NOW,
    a_mail,
    a_receipt,
    an_order,
    chain_of,
    changes,
    later,
    put,
)
from kundorder.vocabulary import Index, OrderState

SOME_RACES = 60
LOOKS = 10


class SharingContract(StoreExam):
    """The part about being many."""

    @promise(Transaction.write)
    def test_of_two_who_change_a_record_at_once_one_wins(self) -> None:
        write(self.store, changes(put("receipt:a", a_receipt("a"))))

        def contender(name: str) -> Callable[[int], Callable[[], bool]]:
            def ready(number: int) -> Callable[[], bool]:
                version = version_of(self.store, "receipt:a")
                assert version == number + 1
                return lambda: is_written(self.store, changes(put("receipt:a", a_receipt("a", name), version + 1)))

            return ready

        one, other = race(RACES, contender("one"), contender("other"))
        same([a + b for a, b in zip(one, other, strict=True)], [1] * RACES)

    @promise(Transaction.write)
    def test_of_two_who_rely_on_what_the_other_changes_one_wins(self) -> None:
        """Each guards what the other writes; without guards on what is only read, both would win."""
        write(self.store, changes(put("receipt:0", a_receipt("0")), put("receipt:1", a_receipt("1"))))

        def contender(mine: int) -> Callable[[int], Callable[[], bool]]:
            keys = (Key(f"receipt:{mine}"), Key(f"receipt:{1 - mine}"))

            def ready(number: int) -> Callable[[], bool]:
                facts = read(self.store, *keys)
                guards = tuple(Guard(key, facts[key].version) for key in keys)
                changed = put(keys[0], a_receipt(str(number)), facts[keys[0]].version + 1)
                return lambda: is_written(self.store, changes(changed, guards=guards))

            return ready

        one, other = race(RACES, contender(0), contender(1))
        same([a + b for a, b in zip(one, other, strict=True)], [1] * RACES)

    @promise(Transaction.write)
    def test_of_two_who_write_the_next_entry_at_once_one_wins(self) -> None:
        """Nothing guards it but the number of the entry."""
        chains = {name: chain_of("order:o-1", SOME_RACES, remark=name) for name in ("one", "other")}

        def contender(name: str) -> Callable[[int], Callable[[], bool]]:
            return lambda number: lambda: is_written(self.store, changes(entries=(chains[name][number],)))

        one, other = race(SOME_RACES, contender("one"), contender("other"))
        assert [a + b for a, b in zip(one, other, strict=True)] == [1] * SOME_RACES
        written = [line.entry for line in select(self.store, Index.JOURNAL, "order:o-1").items]
        assert written == [chains["one" if first else "other"][number] for number, first in enumerate(one)]

    @promise(Transaction.settle)
    def test_of_two_who_settle_a_debt_at_once_one_is_believed(self) -> None:
        write(self.store, changes(owed=tuple(a_mail(f"{number:03d}") for number in range(SOME_RACES))))
        claimed = claim(self.store)
        states = (OwedState.SENT, OwedState.CANCELLED)

        def contender(state: OwedState) -> Callable[[int], Callable[[], bool]]:
            return lambda number: lambda: settle(self.store, claimed[number], Settlement(state=state))

        one, other = race(SOME_RACES, *(contender(state) for state in states))
        assert [a + b for a, b in zip(one, other, strict=True)] == [1] * SOME_RACES
        assert [owed.state for owed in sorted(all_owed(self.store), key=lambda owed: owed.id)] == [
            states[0] if first else states[1] for first in one
        ]

    @promise(Transaction.write)
    def test_what_two_owe_at_once_is_owed_once(self) -> None:
        """Neither is refused for good: who is told that something has moved owes it again."""

        def contender(secret: str) -> Callable[[int], Callable[[], int]]:
            def ready(number: int) -> Callable[[], int]:
                wanted = changes(owed=(a_mail(f"{number:03d}", secret=secret), a_mail(f"{number:03d}{secret}")))

                def owe() -> int:
                    return next(tries for tries in range(9) if is_written(self.store, wanted))

                return owe

            return ready

        _ = race(SOME_RACES, contender("one"), contender("other"))
        debts = {owed.id: owed for owed in all_owed(self.store)}
        meant = [f"{number:03d}{name}" for number in range(SOME_RACES) for name in ("", "one", "other")]
        same(sorted(debts), sorted(meant))
        for number in range(SOME_RACES):
            mail = debts[f"{number:03d}"].mail
            assert mail is not None
            assert mail.secret in ("one", "other")

    @promise(Transaction.write)
    def test_of_many_who_create_a_record_at_once_one_wins(self) -> None:
        def contender(name: str) -> list[int]:
            won: list[int] = []
            for number in range(30):
                try:
                    write(
                        self.store,
                        changes(put(f"receipt:{number}", a_receipt(name)), owed=(a_mail(f"{number}{name}"),)),
                    )
                    won.append(number)
                except Conflict:
                    pass
            return won

        results = together(*(lambda name=name: contender(name) for name in "abcd"))
        same(sorted(number for won in results if isinstance(won, list) for number in won), list(range(30)))
        assert len(all_owed(self.store)) == 30

    @promise(Transaction.claim)
    def test_nobody_claims_what_another_has_claimed(self) -> None:
        write(self.store, changes(owed=tuple(a_mail(f"{number:03d}") for number in range(80))))

        def claimer() -> list[str]:
            found: list[str] = []
            while claimed := claim(self.store, limit=3):
                found += (owed.id for owed in claimed)
                assert len(found) <= 80
                assert all(settle(self.store, owed) for owed in claimed)
            return found

        results = together(claimer, claimer, claimer, claimer)
        claimed = sorted(name for found in results if isinstance(found, list) for name in found)
        same(claimed, [f"{number:03d}" for number in range(80)])
        assert all(owed.attempts == 1 and owed.state is OwedState.SENT for owed in all_owed(self.store))

    @promise(Store.transaction)
    def test_a_reader_never_sees_half_of_a_write(self) -> None:
        def both(version: int) -> Changes:
            state = OrderState.DRAFT if version % 2 else OrderState.WITHDRAWN
            records = (put(f"order:o-{each}", an_order(f"o-{each}", state=state), version) for each in (1, 2))
            return changes(*records)

        write(self.store, both(1))
        is_over, enough = threading.Event(), (threading.Event(), threading.Event())

        def writer() -> int:
            version = 1
            try:
                while version < 80 and not all(each.is_set() for each in enough):
                    version += 1
                    write(self.store, both(version))
            finally:
                is_over.set()
            return version

        def reader(has_looked: threading.Event) -> int:
            seen: set[int] = set()
            try:
                while not is_over.is_set():
                    versions = {fact.version for fact in read(self.store, "order:o-1", "order:o-2").values()}
                    assert len(versions) == 1
                    lines = select(self.store, Index.PENDING, f"orderers:{CUSTOMER}").items
                    assert len(lines) in (0, 2)
                    facts = [line.fact for line in lines if line.fact is not None]
                    assert all(fact.version % 2 and isinstance(fact.record, Order) for fact in facts)
                    seen |= versions
                    if len(seen) == LOOKS:
                        has_looked.set()
            finally:
                has_looked.set()
            return len(seen)

        version, *looked = together(writer, *(partial(reader, each) for each in enough))
        assert [seen for seen in looked if not isinstance(seen, int)] == []
        assert version_of(self.store, "order:o-1") == version

    @promise(Store.transaction)
    def test_every_thread_may_use_the_store(self) -> None:
        def user(name: int) -> int:
            for number in range(10):
                write(self.store, changes(put(f"receipt:{name}/{number}", a_receipt("a"))))
            return len([1 for number in range(10) if version_of(self.store, f"receipt:{name}/{number}")])

        assert together(*(lambda name=name: user(name) for name in range(8))) == [10] * 8

    @promise(Store.transaction)
    def test_nobody_sees_what_has_not_been_kept(self) -> None:
        write(self.store, changes(put("order:o-1", an_order("o-1")), owed=(a_mail("a"),)))
        before = everything(self.store, "order:o-1", "order:o-2", values=("staff",))
        has_written, has_looked = threading.Event(), threading.Event()

        def write_and_think(transaction: Transaction) -> None:
            orders = (put("order:o-1", an_order("o-1", step=2), 2), put("order:o-2", an_order("o-2"), number=1))
            transaction.write(changes(*orders, entries=chain_of("order:o-2", 1), owed=(a_mail("b"),)))
            _ = transaction.claim(now=NOW, lease_until=later(minutes=1), limit=1)
            has_written.set()
            _ = has_looked.wait(0.2)  # where transactions take turns, nobody can look before this one has ended
            raise Undone

        def writer() -> tuple[object, ...]:
            try:
                with suppress(Undone), self.store.transaction() as transaction:
                    write_and_think(transaction)
            finally:
                has_written.set()
            return before

        def reader() -> tuple[object, ...]:
            assert has_written.wait(30)
            seen = everything(self.store, "order:o-1", "order:o-2", values=("staff",))
            has_looked.set()
            return seen

        assert together(writer, reader) == [before, before]
        assert everything(self.store, "order:o-1", "order:o-2", values=("staff",)) == before
