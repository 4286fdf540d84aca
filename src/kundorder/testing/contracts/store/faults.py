"""What a store promises when answers are lost, and acts come twice, late or in another order."""

from collections.abc import Iterator, Mapping
from itertools import permutations

import attrs

from kundorder.events import OwedState, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Transaction
from kundorder.situation import Fact, Guard, Key
from kundorder.testing.contracts.promising import promise, promise_for
from kundorder.testing.contracts.store.asking import (
    SECRET,
    StoreExam,
    all_owed,
    claim,
    everything,
    is_written,
    read,
    select,
    settle,
    write,
)
from kundorder.testing.contracts.store.made_up import a_mail, a_receipt, an_order, chain_of, changes, later, put
from kundorder.vocabulary import Index, OrderState

KEYS = ("order:o-1", "receipt:a", "receipt:b")


def repeatable() -> Mapping[str, Changes]:
    """Writes that follow on two versions of an order and one receipt, each of which can be done once."""
    order, entries = an_order("o-1", step=3, state=OrderState.WITHDRAWN), chain_of("order:o-1", 3)
    gone = attrs.evolve(changes(guards=(Guard(Key("receipt:a"), 1),)), dropped=(Key("receipt:a"),))
    return {
        "a record is created": changes(put("receipt:b", a_receipt("b")), owed=(a_mail("new"),)),
        "a record is changed": changes(put("order:o-1", order, 3), owed=(a_mail("new"),)),
        "an entry is added": changes(entries=entries[2:], owed=(a_mail("new"),)),
        "all of it": changes(put("order:o-1", order, 3, number=3), entries=entries[2:], owed=(a_mail("new"),)),
        "a record is dropped": attrs.evolve(gone, owed=(a_mail("new"),)),
    }


class FaultContract(StoreExam):
    """The part about what goes wrong on the way."""

    @promise_for(Transaction.write, tuple(repeatable()))
    def test_a_write_that_is_repeated_is_refused_and_changes_nothing(self, what: str) -> None:
        """As who has not heard that it was kept does it; the refusal sends him to what is there now."""
        self._begun()
        wanted = repeatable()[what]
        write(self.store, wanted)
        assert settle(self.store, claim(self.store)[0], Settlement(state=OwedState.CANCELLED))
        after = everything(self.store, *KEYS, values=("staff", ""))
        for store in (self.store, self.open_store(self.place)):
            assert not is_written(store, wanted)
            assert everything(store, *KEYS, values=("staff", "")) == after

    @promise_for(Transaction.write, tuple(permutations((3, 4, 5))))
    def test_writes_that_come_in_another_order_are_kept_in_theirs(self, order: tuple[int, ...]) -> None:
        """Each is refused until its turn has come, and is tried again."""
        self._begun()
        entries = chain_of("order:o-1", 5)
        wanted = {
            version: changes(
                put("order:o-1", an_order("o-1", step=version), version, number=version),
                entries=(entries[version - 1],),
                owed=(a_mail(str(version)),),
            )
            for version in order
        }
        waiting, turn = list(order), 3
        while waiting:
            kept = [version for version in waiting if is_written(self.store, wanted[version])]
            assert kept == list(_in_turn(waiting, turn))
            turn += len(kept)
            waiting = [version for version in waiting if version not in kept]
        assert read(self.store, "order:o-1") == {"order:o-1": Fact(5, an_order("o-1", step=5), 5)}
        assert tuple(line.entry for line in select(self.store, Index.JOURNAL, "order:o-1").items) == entries
        assert [owed.id for owed in all_owed(self.store)] == ["3", "4", "5", "m"]

    @promise_for(Transaction.settle, tuple(OwedState))
    def test_a_settlement_that_is_repeated_changes_nothing(self, state: OwedState) -> None:
        """As who has not heard that it was kept does it, before anybody has claimed the debt again, and after."""
        write(self.store, changes(owed=(a_mail("a", secret=SECRET), a_mail("b"))))
        (claimed,) = claim(self.store, limit=1)
        settlement = Settlement(state=state, due_at=later(minutes=5), note="why", failures=1)
        assert settle(self.store, claimed, settlement)
        after = all_owed(self.store)
        assert settle(self.store, claimed, settlement) is (state is OwedState.DUE)
        assert all_owed(self.store) == after
        _ = claim(self.store, minutes=5)
        claimed_again = all_owed(self.store)
        assert not settle(self.store, claimed, settlement)
        assert all_owed(self.store) == claimed_again

    @promise(Transaction.settle)
    def test_settlements_that_come_in_another_order_are_believed_by_their_fence(self) -> None:
        write(self.store, changes(owed=(a_mail("a"),)))
        claims = [claim(self.store, minutes=2 * number)[0] for number in range(3)]
        before = all_owed(self.store)
        assert [settle(self.store, claims[number]) for number in (1, 0)] == [False, False]
        assert all_owed(self.store) == before
        assert [settle(self.store, claims[number]) for number in (2, 1, 0, 2)] == [True, False, False, False]
        assert all_owed(self.store) == (attrs.evolve(before[0], state=OwedState.SENT),)

    @promise(Transaction.claim)
    def test_a_claim_whose_answer_is_lost_comes_again_when_its_lease_ends(self) -> None:
        write(self.store, changes(owed=(a_mail("a"), a_mail("b", owed_at=later(minutes=1)))))
        _ = claim(self.store, minutes=1, lease=5)
        assert claim(self.store, minutes=5.9) == ()
        again = claim(self.store, minutes=6)
        assert [(owed.id, owed.fence, owed.attempts) for owed in again] == [("a", 2, 2), ("b", 2, 2)]
        assert all(settle(self.store, owed) for owed in again)

    def _begun(self) -> None:
        entries = chain_of("order:o-1", 2)
        receipt = put("receipt:a", a_receipt("a"))
        write(self.store, changes(put("order:o-1", an_order("o-1")), receipt, entries=entries[:1], owed=(a_mail("m"),)))
        write(self.store, changes(put("order:o-1", an_order("o-1", step=2), 2, number=2), entries=entries[1:]))


def _in_turn(waiting: list[int], turn: int) -> Iterator[int]:
    for version in waiting:
        if version == turn:
            yield version
            turn += 1
