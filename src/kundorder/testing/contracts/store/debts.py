"""What a store promises of what is owed: owed once, and settled by who has claimed it."""

from datetime import timedelta

import attrs

from kundorder.events import OwedState, Settlement
from kundorder.model import Order
from kundorder.ports import Transaction
from kundorder.situation import Key
from kundorder.testing.contracts.promising import promise, promise_for
from kundorder.testing.contracts.store.asking import (
    SECRET,
    StoreExam,
    all_owed,
    claim,
    owed_of,
    read,
    select,
    settle,
    write,
)
from kundorder.testing.contracts.store.made_up import NOW, a_follow_up, a_mail, an_order, chain_of, changes, later, put
from kundorder.vocabulary import Index


class DebtContract(StoreExam):
    """The part about debts."""

    @promise(Transaction.write)
    def test_a_debt_is_kept_as_it_was_owed(self) -> None:
        debts = (a_mail("a", secret=SECRET), a_follow_up("b"), a_mail("c", due_at=later(days=1)))
        write(self.store, changes(owed=debts))
        lines = select(self.store, Index.OWED, OwedState.DUE.value).items
        assert tuple(line.owed for line in lines) == debts
        assert [line.sort for line in lines] == [f"2026-11-23T08:00:00.123456+00:00 {name}" for name in "abc"]
        assert [line.key for line in lines] == ["member:m-anna", "b", "member:m-anna"]

    @promise(Transaction.write)
    def test_the_same_debt_is_owed_once(self) -> None:
        write(self.store, changes(owed=(a_mail("a", secret=SECRET),)))
        write(self.store, changes(owed=(a_mail("a", secret=SECRET.upper(), owed_at=later(days=-1)), a_mail("b"))))
        assert {owed.id: owed for owed in all_owed(self.store)} == {"a": a_mail("a", secret=SECRET), "b": a_mail("b")}

    @promise(Transaction.write)
    def test_a_cancelled_debt_that_is_owed_again_is_due_again(self) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, Settlement(state=OwedState.CANCELLED, note="no longer wanted"))
        write(self.store, changes(owed=(a_mail("a"),)))
        (again,) = claim(self.store)
        assert again.id == "a"
        assert again.fence > claimed.fence
        assert not settle(self.store, claimed, Settlement(state=OwedState.SENT))
        assert settle(self.store, again, Settlement(state=OwedState.SENT))

    @promise_for(Transaction.write, tuple(state for state in OwedState if state is not OwedState.CANCELLED))
    def test_a_settled_debt_is_not_owed_again(self, state: OwedState) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, Settlement(state=state))
        before = all_owed(self.store)
        write(self.store, changes(owed=(a_mail("a"),)))
        assert all_owed(self.store) == before

    @promise(Transaction.settle)
    def test_a_debt_that_stays_due_keeps_its_time_unless_told_another(self) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, Settlement(state=OwedState.DUE, note="later"))
        assert owed_of(self.store, "a").due_at == NOW
        assert [owed.note for owed in claim(self.store)] == ["later"]

    @promise(Transaction.settle)
    def test_who_has_overslept_the_lease_settles_nothing(self) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (sleeper,) = claim(self.store)
        (other,) = claim(self.store, minutes=1)
        before = all_owed(self.store)
        for state in OwedState:
            assert not settle(self.store, sleeper, Settlement(state=state, note="late"))
            assert not settle(self.store, attrs.evolve(other, fence=other.fence + 1), Settlement(state=state))
        assert all_owed(self.store) == before
        assert settle(self.store, other)
        assert not settle(self.store, sleeper)
        assert owed_of(self.store, "a").state is OwedState.SENT

    @promise_for(Transaction.settle, tuple(state for state in OwedState if state is not OwedState.DUE))
    def test_a_debt_is_settled_once(self, state: OwedState) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, Settlement(state=state))
        before = all_owed(self.store)
        assert not settle(self.store, claimed, Settlement(state=OwedState.DUE))
        assert all_owed(self.store) == before

    @promise(Transaction.settle)
    def test_what_was_never_owed_cannot_be_settled(self) -> None:
        assert not settle(self.store, a_mail("a"))
        assert all_owed(self.store) == ()

    @promise_for(Transaction.settle, tuple(OwedState))
    def test_a_secret_is_forgotten_when_its_mail_has_left_or_never_will(self, state: OwedState) -> None:
        write(self.store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        for owed in claim(self.store):
            assert settle(self.store, owed, Settlement(state=state))
        mail = owed_of(self.store, "a").mail
        kept = state in (OwedState.DUE, OwedState.PARKED)
        assert mail is not None
        assert mail == attrs.evolve(mail, secret=SECRET if kept else None)
        assert owed_of(self.store, "b").follow_up == a_follow_up("b").follow_up

    @promise(Transaction.write)
    def test_a_debt_that_is_owed_twice_in_a_write_is_owed_once(self) -> None:
        one, other = a_mail("a", secret=SECRET), a_mail("a", secret=SECRET.upper())
        write(self.store, changes(owed=(one, a_follow_up("b"), other)))
        assert all_owed(self.store) == (one, a_follow_up("b"))
        assert settle(self.store, claim(self.store)[0], Settlement(state=OwedState.CANCELLED))
        write(self.store, changes(owed=(other, one)))
        assert owed_of(self.store, "a") == attrs.evolve(other, fence=1)

    @promise_for(Transaction.write, (0.5, 60))
    def test_what_is_owed_again_is_the_new_debt_and_none_of_the_old(self, lease: float) -> None:
        old = a_mail("a", secret=SECRET)
        new = a_mail("a", secret=SECRET.upper(), owed_at=later(minutes=1), due_at=later(minutes=2))
        write(self.store, changes(owed=(old, a_mail("b", owed_at=later(seconds=90)))))
        (claimed,) = claim(self.store, lease=lease, limit=1)
        settlement = Settlement(state=OwedState.CANCELLED, due_at=later(days=9), note="no longer wanted")
        assert settle(self.store, claimed, settlement)
        write(self.store, changes(owed=(new,)))
        assert owed_of(self.store, "a") == attrs.evolve(new, fence=claimed.fence)
        assert select(self.store, Index.OWED, OwedState.CANCELLED.value).items == ()
        assert [owed.id for owed in claim(self.store, minutes=1.9, lease=0.1)] == ["b"]
        again = claim(self.store, minutes=2)
        assert [owed.id for owed in again] == ["a", "b"]
        assert again[0] == attrs.evolve(new, fence=claimed.fence + 1, attempts=1)

    @promise(Transaction.settle)
    def test_of_what_is_settled_only_the_id_and_the_fence_are_believed(self) -> None:
        write(self.store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        claimed = claim(self.store)
        for owed, other in zip(claimed, (a_follow_up("a"), a_mail("b", secret=SECRET)), strict=True):
            told = attrs.evolve(other, owed_at=later(days=1), due_at=later(days=2), fence=owed.fence, attempts=7)
            assert settle(self.store, told, Settlement(state=OwedState.DUE, note="later"))
        assert all_owed(self.store) == tuple(attrs.evolve(owed, note="later") for owed in claimed)

    @promise(Transaction.read)
    def test_all_times_come_back_in_utc(self) -> None:
        write(
            self.store,
            changes(put("order:o-1", an_order("o-1")), entries=chain_of("order:o-1", 1), owed=(a_mail("a"),)),
        )
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, Settlement(state=OwedState.DUE, due_at=later(days=200)))
        order = read(self.store, "order:o-1")[Key("order:o-1")].record
        (entry,) = (line.entry for line in select(self.store, Index.JOURNAL, "order:o-1").items)
        assert isinstance(order, Order)
        assert entry is not None
        (owed,) = all_owed(self.store)
        times = (order.since, order.created, entry.event.at, owed.owed_at, owed.due_at, claimed.owed_at, claimed.due_at)
        assert [time.utcoffset() for time in times] == [timedelta()] * len(times)

    @promise(Transaction.settle)
    def test_a_settlement_tells_how_many_attempts_and_failures_count(self) -> None:
        write(self.store, changes(owed=(a_mail("a"), a_mail("b"), a_follow_up("c"))))
        for number, claimed in enumerate(claim(self.store)):
            assert settle(self.store, claimed, Settlement(state=OwedState.DUE, attempts=7 * number, failures=number))
        assert [(owed.attempts, owed.failures) for owed in all_owed(self.store)] == [(0, 0), (7, 1), (14, 2)]
        again = claim(self.store)
        assert [(owed.attempts, owed.failures) for owed in again] == [(1, 0), (8, 1), (15, 2)]
        for claimed in again:
            assert settle(self.store, claimed, Settlement(state=OwedState.DUE, note="why"))
        assert [(owed.attempts, owed.failures) for owed in all_owed(self.store)] == [(1, 0), (8, 1), (15, 2)]

    @promise(Transaction.settle)
    def test_what_nobody_has_claimed_can_be_settled_with_the_fence_it_has(self) -> None:
        write(self.store, changes(owed=(a_follow_up("a"),)))
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, Settlement(state=OwedState.DUE))
        owed = owed_of(self.store, "a")
        assert not settle(self.store, attrs.evolve(owed, fence=owed.fence - 1))
        assert settle(self.store, owed)
        assert owed_of(self.store, "a").state is OwedState.SENT

    @promise(Transaction.write)
    def test_a_parked_debt_that_is_owed_with_the_fence_it_has_is_due_again(self) -> None:
        write(self.store, changes(owed=(a_mail("a", secret=SECRET), a_mail("b"))))
        for claimed in claim(self.store):
            assert settle(self.store, claimed, Settlement(state=OwedState.PARKED, note="why", failures=8))
        parked = owed_of(self.store, "a")
        anew = attrs.evolve(parked, state=OwedState.DUE, due_at=later(minutes=9), note=None, attempts=0, failures=0)
        write(self.store, changes(owed=(anew,)))
        assert owed_of(self.store, "a") == anew
        assert owed_of(self.store, "b").state is OwedState.PARKED
        assert claim(self.store, minutes=8) == ()
        (again,) = claim(self.store, minutes=9)
        assert again == attrs.evolve(anew, attempts=1, fence=parked.fence + 1)
        write(self.store, changes(owed=(anew,)))  # once more, by one who has not seen that it is under way
        assert owed_of(self.store, "a") == again
        assert settle(self.store, again)

    @promise_for(Transaction.write, (-1, 1))
    def test_a_parked_debt_that_is_owed_with_another_fence_stays_parked(self, step: int) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        assert len(claim(self.store)) == 1
        (claimed,) = claim(self.store, minutes=2)
        assert settle(self.store, claimed, Settlement(state=OwedState.PARKED))
        before = all_owed(self.store)
        anew = attrs.evolve(before[0], state=OwedState.DUE, fence=before[0].fence + step)
        write(self.store, changes(owed=(anew,)))
        assert all_owed(self.store) == before

    @promise_for(Transaction.write, (OwedState.SENT, OwedState.DUE))
    def test_only_what_is_parked_is_due_again_for_its_fence(self, state: OwedState) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store)
        assert settle(self.store, claimed, Settlement(state=state, due_at=later(minutes=5)))
        before = all_owed(self.store)
        write(self.store, changes(owed=(attrs.evolve(before[0], state=OwedState.DUE, due_at=NOW, attempts=0),)))
        assert all_owed(self.store) == before
