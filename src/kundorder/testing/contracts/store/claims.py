"""What a store promises of claims: the oldest first, by one at a time, whatever the clock does meanwhile."""

from datetime import UTC, datetime, timedelta

import attrs

from kundorder.events import OwedState, Settlement
from kundorder.ports import Transaction
from kundorder.testing.contracts.promising import promise, promise_for, same
from kundorder.testing.contracts.store.asking import SECRET, StoreExam, all_owed, claim, owed_of, select, settle, write
from kundorder.testing.contracts.store.made_up import a_follow_up, a_mail, changes, later
from kundorder.vocabulary import Index

FAR = datetime(9999, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
"""What a clock may show that has lost its battery, or that somebody has set."""


class ClaimContract(StoreExam):
    """The part about claims."""

    @promise(Transaction.claim)
    def test_the_oldest_debts_are_claimed_first(self) -> None:
        hours = {"f": -3, "e": -5, "d": -5, "c": -1, "b": -9, "a": -3}
        debts = [
            a_mail(name, owed_at=later(hours=much), due_at=later(hours=-much / 100)) for name, much in hours.items()
        ]
        write(self.store, changes(owed=tuple(debts)))
        claims = [[owed.id for owed in claim(self.store, minutes=60, limit=2)] for _ in range(4)]
        assert claims == [["b", "d"], ["e", "a"], ["f", "c"], []]

    @promise(Transaction.claim)
    def test_a_claim_tells_how_often_and_with_which_fence(self) -> None:
        write(self.store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        for number in (1, 2, 3):
            claimed = claim(self.store, minutes=2 * number)
            wanted = (a_mail("a", secret=SECRET), a_follow_up("b"))
            assert claimed == tuple(attrs.evolve(owed, attempts=number, fence=number) for owed in wanted)
            assert all_owed(self.store) == claimed

    @promise(Transaction.claim)
    def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(self) -> None:
        write(self.store, changes(owed=(a_mail("a"), a_mail("b"))))
        assert [owed.id for owed in claim(self.store, limit=1, lease=10)] == ["a"]
        assert [owed.id for owed in claim(self.store, lease=5)] == ["b"]
        assert claim(self.store, minutes=4.999) == ()
        assert [owed.id for owed in claim(self.store, minutes=5, lease=0.5)] == ["b"]
        assert [owed.id for owed in claim(self.store, minutes=10)] == ["a", "b"]

    @promise(Transaction.claim)
    def test_a_claim_of_nothing_takes_nothing(self) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        assert claim(self.store, limit=0) == ()
        assert [owed.fence for owed in claim(self.store)] == [1]

    @promise(Transaction.claim)
    def test_what_is_not_due_yet_is_not_claimed(self) -> None:
        write(
            self.store, changes(owed=(a_mail("a", due_at=later(minutes=5)), a_mail("b", due_at=later(microseconds=1))))
        )
        assert claim(self.store) == ()
        assert [owed.id for owed in claim(self.store, minutes=4.99)] == ["b"]
        assert [owed.id for owed in claim(self.store, minutes=5)] == ["a"]

    @promise_for(Transaction.claim, tuple(OwedState))
    def test_what_is_settled_is_claimed_again_only_if_it_is_due(self, state: OwedState) -> None:
        write(self.store, changes(owed=(a_mail("a"), a_mail("b"))))
        claimed = claim(self.store, lease=60)[0]
        assert settle(self.store, claimed, Settlement(state=state, due_at=later(minutes=3), note="why"))
        settled = owed_of(self.store, "a")
        assert settled == attrs.evolve(claimed, state=state, due_at=later(minutes=3), note="why")
        assert claim(self.store, minutes=2.9) == ()
        again = ["a"] if state is OwedState.DUE else []
        assert [owed.id for owed in claim(self.store, minutes=3, lease=100)] == again
        assert [owed.id for owed in claim(self.store, minutes=61)] == ["b"]
        for each in OwedState:
            names = {"a"} if each is state else set[str]()
            names |= {"b"} if each is OwedState.DUE else set()
            lines = select(self.store, Index.OWED, each.value).items
            assert {line.owed.id for line in lines if line.owed is not None} == names

    @promise(Transaction.claim)
    def test_a_long_queue_is_claimed_piece_by_piece(self) -> None:
        """Oldest first to the end, whatever the order it was owed in, and nothing of it twice."""
        names = [f"{number:03d}" for number in range(240)]
        debts = [a_mail(name, owed_at=later(minutes=int(name) - 300)) for name in names]
        for start in range(8):
            write(self.store, changes(owed=tuple(debts[::-1][start::8])))
        found: list[str] = []
        while claimed := claim(self.store, limit=50):
            assert len(claimed) == 50 or len(found) == 200
            found += [owed.id for owed in claimed]
            assert len(found) <= len(names)
        same(found, names)

    @promise(Transaction.settle)
    def test_what_is_given_back_was_never_tried_and_is_anybodys_at_once(self) -> None:
        write(self.store, changes(owed=(a_mail("a", secret=SECRET),)))
        before = all_owed(self.store)
        for number in range(1, 6):
            (claimed,) = claim(self.store, lease=60)
            assert (claimed.attempts, claimed.fence) == (1, number)
            assert settle(self.store, claimed, Settlement(state=OwedState.DUE, attempts=claimed.attempts - 1))
            assert all_owed(self.store) == tuple(attrs.evolve(owed, fence=number) for owed in before)

    # Clocks that jump

    @promise(Transaction.claim)
    def test_a_clock_that_goes_back_lets_nobody_claim_what_is_claimed(self) -> None:
        write(self.store, changes(owed=(a_mail("a"), a_mail("b", owed_at=later(minutes=9)))))
        (claimed,) = claim(self.store, minutes=5, limit=1)
        assert claimed.id == "a"
        for minutes in (0, 5, -1, -60 * 24 * 400):
            assert claim(self.store, minutes=minutes) == ()
        assert [owed.id for owed in claim(self.store, minutes=9, lease=2)] == ["a", "b"]
        assert claim(self.store, minutes=10) == ()
        assert not settle(self.store, claimed)

    @promise(Transaction.claim)
    def test_a_clock_that_goes_back_takes_nothing_from_who_has_claimed(self) -> None:
        """The fence tells, and no time."""
        write(self.store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(self.store, minutes=60)
        assert claim(self.store, minutes=-60) == ()
        assert settle(self.store, claimed, Settlement(state=OwedState.DUE))
        assert claim(self.store, minutes=-60) == ()
        assert [owed.fence for owed in claim(self.store)] == [2]

    @promise_for(Transaction.claim, (FAR, LONG_AGO))
    def test_a_clock_that_shows_any_time_is_believed_and_does_no_harm(self, time: datetime) -> None:
        """What has been claimed far ahead is settled by who has it, and is then as due as it was."""
        write(self.store, changes(owed=(a_mail("a", owed_at=time), a_mail("b"), a_mail("c", due_at=later(days=999)))))
        before = all_owed(self.store)
        with self.store.transaction() as transaction:
            claimed = transaction.claim(now=time, lease_until=time + timedelta(minutes=1), limit=9)
        assert [owed.id for owed in claimed] == (["b", "c", "a"] if time == FAR else ["a"])
        for owed in claimed:
            assert settle(self.store, owed, Settlement(state=OwedState.DUE, attempts=0))
        fences = {owed.id: owed.fence for owed in claimed}
        assert all_owed(self.store) == tuple(attrs.evolve(owed, fence=fences.get(owed.id, 0)) for owed in before)
        assert [owed.id for owed in claim(self.store)] == (["b"] if time == FAR else ["a", "b"])
