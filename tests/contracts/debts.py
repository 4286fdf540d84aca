"""What a store promises of what is owed: owed once, claimed by one at a time, settled by who has it."""

from datetime import timedelta

import attrs
import pytest

from contracts.asking import SECRET, StoreExam, all_owed, claim, owed_of, read, select, settle, write
from contracts.made_up import NOW, a_follow_up, a_mail, an_order, chain_of, changes, later, put
from kundorder.events import OwedState, Settlement
from kundorder.model import Order
from kundorder.ports import Store
from kundorder.situation import Key
from kundorder.vocabulary import Index


class DebtContract(StoreExam):
    """The part about debts."""

    def test_a_debt_is_kept_as_it_was_owed(self, store: Store) -> None:
        debts = (a_mail("a", secret=SECRET), a_follow_up("b"), a_mail("c", due_at=later(days=1)))
        write(store, changes(owed=debts))
        lines = select(store, Index.OWED, OwedState.DUE.value).items
        assert tuple(line.owed for line in lines) == debts
        assert [line.sort for line in lines] == [f"2026-11-23T08:00:00.123456+00:00 {name}" for name in "abc"]
        assert [line.key for line in lines] == ["member:m-anna", "b", "member:m-anna"]

    def test_the_same_debt_is_owed_once(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET),)))
        write(store, changes(owed=(a_mail("a", secret=SECRET.upper(), owed_at=later(days=-1)), a_mail("b"))))
        assert {owed.id: owed for owed in all_owed(store)} == {"a": a_mail("a", secret=SECRET), "b": a_mail("b")}

    def test_a_cancelled_debt_that_is_owed_again_is_due_again(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=OwedState.CANCELLED, note="no longer wanted"))
        write(store, changes(owed=(a_mail("a"),)))
        (again,) = claim(store)
        assert again.id == "a"
        assert again.fence > claimed.fence
        assert not settle(store, claimed, Settlement(state=OwedState.SENT))
        assert settle(store, again, Settlement(state=OwedState.SENT))

    @pytest.mark.parametrize("state", [state for state in OwedState if state is not OwedState.CANCELLED])
    def test_a_settled_debt_is_not_owed_again(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=state))
        before = all_owed(store)
        write(store, changes(owed=(a_mail("a"),)))
        assert all_owed(store) == before

    def test_the_oldest_debts_are_claimed_first(self, store: Store) -> None:
        hours = {"f": -3, "e": -5, "d": -5, "c": -1, "b": -9, "a": -3}
        debts = [
            a_mail(name, owed_at=later(hours=much), due_at=later(hours=-much / 100)) for name, much in hours.items()
        ]
        write(store, changes(owed=tuple(debts)))
        claims = [[owed.id for owed in claim(store, minutes=60, limit=2)] for _ in range(4)]
        assert claims == [["b", "d"], ["e", "a"], ["f", "c"], []]

    def test_a_claim_tells_how_often_and_with_which_fence(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        for number in (1, 2, 3):
            claimed = claim(store, minutes=2 * number)
            wanted = (a_mail("a", secret=SECRET), a_follow_up("b"))
            assert claimed == tuple(attrs.evolve(owed, attempts=number, fence=number) for owed in wanted)
            assert all_owed(store) == claimed

    def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"), a_mail("b"))))
        assert [owed.id for owed in claim(store, limit=1, lease=10)] == ["a"]
        assert [owed.id for owed in claim(store, lease=5)] == ["b"]
        assert claim(store, minutes=4.999) == ()
        assert [owed.id for owed in claim(store, minutes=5, lease=0.5)] == ["b"]
        assert [owed.id for owed in claim(store, minutes=10)] == ["a", "b"]

    def test_a_claim_of_nothing_takes_nothing(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        assert claim(store, limit=0) == ()
        assert [owed.fence for owed in claim(store)] == [1]

    def test_what_is_not_due_yet_is_not_claimed(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", due_at=later(minutes=5)), a_mail("b", due_at=later(microseconds=1)))))
        assert claim(store) == ()
        assert [owed.id for owed in claim(store, minutes=4.99)] == ["b"]
        assert [owed.id for owed in claim(store, minutes=5)] == ["a"]

    @pytest.mark.parametrize("state", OwedState)
    def test_what_is_settled_is_claimed_again_only_if_it_is_due(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a"), a_mail("b"))))
        claimed = claim(store, lease=60)[0]
        assert settle(store, claimed, Settlement(state=state, due_at=later(minutes=3), note="why"))
        settled = owed_of(store, "a")
        assert settled == attrs.evolve(claimed, state=state, due_at=later(minutes=3), note="why")
        assert claim(store, minutes=2.9) == ()
        again = ["a"] if state is OwedState.DUE else []
        assert [owed.id for owed in claim(store, minutes=3, lease=100)] == again
        assert [owed.id for owed in claim(store, minutes=61)] == ["b"]
        for each in OwedState:
            names = {"a"} if each is state else set[str]()
            names |= {"b"} if each is OwedState.DUE else set()
            lines = select(store, Index.OWED, each.value).items
            assert {line.owed.id for line in lines if line.owed is not None} == names

    def test_a_debt_that_stays_due_keeps_its_time_unless_told_another(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=OwedState.DUE, note="later"))
        assert owed_of(store, "a").due_at == NOW
        assert [owed.note for owed in claim(store)] == ["later"]

    def test_who_has_overslept_the_lease_settles_nothing(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (sleeper,) = claim(store)
        (other,) = claim(store, minutes=1)
        before = all_owed(store)
        for state in OwedState:
            assert not settle(store, sleeper, Settlement(state=state, note="late"))
            assert not settle(store, attrs.evolve(other, fence=other.fence + 1), Settlement(state=state))
        assert all_owed(store) == before
        assert settle(store, other)
        assert not settle(store, sleeper)
        assert owed_of(store, "a").state is OwedState.SENT

    @pytest.mark.parametrize("state", [state for state in OwedState if state is not OwedState.DUE])
    def test_a_debt_is_settled_once(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=state))
        before = all_owed(store)
        assert not settle(store, claimed, Settlement(state=OwedState.DUE))
        assert all_owed(store) == before

    def test_what_was_never_owed_cannot_be_settled(self, store: Store) -> None:
        assert not settle(store, a_mail("a"))
        assert all_owed(store) == ()

    @pytest.mark.parametrize("state", OwedState)
    def test_a_secret_is_forgotten_when_its_mail_has_left_or_never_will(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        for owed in claim(store):
            assert settle(store, owed, Settlement(state=state))
        mail = owed_of(store, "a").mail
        kept = state in (OwedState.DUE, OwedState.PARKED)
        assert mail is not None
        assert mail == attrs.evolve(mail, secret=SECRET if kept else None)
        assert owed_of(store, "b").follow_up == a_follow_up("b").follow_up

    def test_a_debt_that_is_owed_twice_in_a_write_is_owed_once(self, store: Store) -> None:
        one, other = a_mail("a", secret=SECRET), a_mail("a", secret=SECRET.upper())
        write(store, changes(owed=(one, a_follow_up("b"), other)))
        assert all_owed(store) == (one, a_follow_up("b"))
        assert settle(store, claim(store)[0], Settlement(state=OwedState.CANCELLED))
        write(store, changes(owed=(other, one)))
        assert owed_of(store, "a") == attrs.evolve(other, fence=1)

    @pytest.mark.parametrize("lease", [0.5, 60])
    def test_what_is_owed_again_is_the_new_debt_and_none_of_the_old(self, store: Store, lease: float) -> None:
        old = a_mail("a", secret=SECRET)
        new = a_mail("a", secret=SECRET.upper(), owed_at=later(minutes=1), due_at=later(minutes=2))
        write(store, changes(owed=(old, a_mail("b", owed_at=later(seconds=90)))))
        (claimed,) = claim(store, lease=lease, limit=1)
        settlement = Settlement(state=OwedState.CANCELLED, due_at=later(days=9), note="no longer wanted")
        assert settle(store, claimed, settlement)
        write(store, changes(owed=(new,)))
        assert owed_of(store, "a") == attrs.evolve(new, fence=claimed.fence)
        assert select(store, Index.OWED, OwedState.CANCELLED.value).items == ()
        assert [owed.id for owed in claim(store, minutes=1.9, lease=0.1)] == ["b"]
        again = claim(store, minutes=2)
        assert [owed.id for owed in again] == ["a", "b"]
        assert again[0] == attrs.evolve(new, fence=claimed.fence + 1, attempts=1)

    def test_of_what_is_settled_only_the_id_and_the_fence_are_believed(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        claimed = claim(store)
        for owed, other in zip(claimed, (a_follow_up("a"), a_mail("b", secret=SECRET)), strict=True):
            told = attrs.evolve(other, owed_at=later(days=1), due_at=later(days=2), fence=owed.fence, attempts=7)
            assert settle(store, told, Settlement(state=OwedState.DUE, note="later"))
        assert all_owed(store) == tuple(attrs.evolve(owed, note="later") for owed in claimed)

    def test_all_times_come_back_in_utc(self, store: Store) -> None:
        write(store, changes(put("order:o-1", an_order("o-1")), entries=chain_of("order:o-1", 1), owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=OwedState.DUE, due_at=later(days=200)))
        order = read(store, "order:o-1")[Key("order:o-1")].record
        (entry,) = (line.entry for line in select(store, Index.JOURNAL, "order:o-1").items)
        assert isinstance(order, Order)
        assert entry is not None
        (owed,) = all_owed(store)
        times = (order.since, order.created, entry.event.at, owed.owed_at, owed.due_at, claimed.owed_at, claimed.due_at)
        assert [time.utcoffset() for time in times] == [timedelta()] * len(times)

    def test_a_long_queue_is_claimed_piece_by_piece(self, store: Store) -> None:
        """Oldest first to the end, whatever the order it was owed in, and nothing of it twice."""
        names = [f"{number:03d}" for number in range(240)]
        debts = [a_mail(name, owed_at=later(minutes=int(name) - 300)) for name in names]
        for start in range(8):
            write(store, changes(owed=tuple(debts[::-1][start::8])))
        found: list[str] = []
        while claimed := claim(store, limit=50):
            assert len(claimed) == 50 or len(found) == 200
            found += [owed.id for owed in claimed]
            assert len(found) <= len(names)
        assert found == names

    def test_a_settlement_tells_how_many_attempts_and_failures_count(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"), a_mail("b"), a_follow_up("c"))))
        for number, claimed in enumerate(claim(store)):
            assert settle(store, claimed, Settlement(state=OwedState.DUE, attempts=7 * number, failures=number))
        assert [(owed.attempts, owed.failures) for owed in all_owed(store)] == [(0, 0), (7, 1), (14, 2)]
        again = claim(store)
        assert [(owed.attempts, owed.failures) for owed in again] == [(1, 0), (8, 1), (15, 2)]
        for claimed in again:
            assert settle(store, claimed, Settlement(state=OwedState.DUE, note="why"))
        assert [(owed.attempts, owed.failures) for owed in all_owed(store)] == [(1, 0), (8, 1), (15, 2)]

    def test_what_is_given_back_was_never_tried_and_is_anybodys_at_once(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET),)))
        before = all_owed(store)
        for number in range(1, 6):
            (claimed,) = claim(store, lease=60)
            assert (claimed.attempts, claimed.fence) == (1, number)
            assert settle(store, claimed, Settlement(state=OwedState.DUE, attempts=claimed.attempts - 1))
            assert all_owed(store) == tuple(attrs.evolve(owed, fence=number) for owed in before)

    def test_what_nobody_has_claimed_can_be_settled_with_the_fence_it_has(self, store: Store) -> None:
        write(store, changes(owed=(a_follow_up("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=OwedState.DUE))
        owed = owed_of(store, "a")
        assert not settle(store, attrs.evolve(owed, fence=owed.fence - 1))
        assert settle(store, owed)
        assert owed_of(store, "a").state is OwedState.SENT

    def test_a_parked_debt_that_is_owed_with_the_fence_it_has_is_due_again(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET), a_mail("b"))))
        for claimed in claim(store):
            assert settle(store, claimed, Settlement(state=OwedState.PARKED, note="why", failures=8))
        parked = owed_of(store, "a")
        anew = attrs.evolve(parked, state=OwedState.DUE, due_at=later(minutes=9), note=None, attempts=0, failures=0)
        write(store, changes(owed=(anew,)))
        assert owed_of(store, "a") == anew
        assert owed_of(store, "b").state is OwedState.PARKED
        assert claim(store, minutes=8) == ()
        (again,) = claim(store, minutes=9)
        assert again == attrs.evolve(anew, attempts=1, fence=parked.fence + 1)
        write(store, changes(owed=(anew,)))  # once more, by one who has not seen that it is under way
        assert owed_of(store, "a") == again
        assert settle(store, again)

    @pytest.mark.parametrize("step", [-1, 1])
    def test_a_parked_debt_that_is_owed_with_another_fence_stays_parked(self, store: Store, step: int) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        assert len(claim(store)) == 1
        (claimed,) = claim(store, minutes=2)
        assert settle(store, claimed, Settlement(state=OwedState.PARKED))
        before = all_owed(store)
        anew = attrs.evolve(before[0], state=OwedState.DUE, fence=before[0].fence + step)
        write(store, changes(owed=(anew,)))
        assert all_owed(store) == before

    @pytest.mark.parametrize("state", [OwedState.SENT, OwedState.DUE])
    def test_only_what_is_parked_is_due_again_for_its_fence(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=state, due_at=later(minutes=5)))
        before = all_owed(store)
        write(store, changes(owed=(attrs.evolve(before[0], state=OwedState.DUE, due_at=NOW, attempts=0),)))
        assert all_owed(store) == before
