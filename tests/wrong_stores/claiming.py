"""Wrong in who may carry a debt out, and in what came of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import attrs

from kundorder.events import Owed, OwedState, Settlement, settled
from kundorder.ports import Transaction
from wrong_stores.owing import Debts, Looking, mistaking, overlaid, telling
from wrong_stores.telling import Bends, Bent, Making, Wish, Wrong, bent, remembering, within

MOMENT = timedelta(microseconds=1)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
REVIVED = "test_a_cancelled_debt_that_is_owed_again_is_due_again"
OLDEST = "test_the_oldest_debts_are_claimed_first"
TELLS = "test_a_claim_tells_how_often_and_with_which_fence"
LEASED = "test_what_is_claimed_is_nobody_elses_until_the_lease_ends"
NOTHING = "test_a_claim_of_nothing_takes_nothing"
NOT_DUE = "test_what_is_not_due_yet_is_not_claimed"
STATE = "test_what_is_settled_is_claimed_again_only_if_it_is_due"
TIME = "test_a_debt_that_stays_due_keeps_its_time_unless_told_another"
OVERSLEPT = "test_who_has_overslept_the_lease_settles_nothing"
SETTLED_ONCE = "test_a_debt_is_settled_once"
NEVER_OWED = "test_what_was_never_owed_cannot_be_settled"
BELIEVED = "test_of_what_is_settled_only_the_id_and_the_fence_are_believed"
COUNTED = "test_a_settlement_tells_how_many_attempts_and_failures_count"
GIVEN_BACK = "test_what_is_given_back_was_never_tried_and_is_anybodys_at_once"
UNCLAIMED = "test_what_nobody_has_claimed_can_be_settled_with_the_fence_it_has"
QUEUE = "test_a_long_queue_is_claimed_piece_by_piece"


def wishing(change: Callable[[Wish], Wish]) -> Making:
    """Debts are claimed otherwise."""
    return bent(Bends(wish=change))


def settling(change: Callable[[Settlement], Settlement]) -> Making:
    """Debts are settled otherwise."""
    return bent(Bends(settlement=change))


@attrs.define
class NoFence(Looking):
    """Settles without a look at the fence."""

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        present = self.present(owed.id)
        return present is not None and self.kept.settle(attrs.evolve(owed, fence=present.fence), settlement)


@attrs.define
class OlderFence(Looking):
    """Refuses only those fences that are newer than there are."""

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        present = self.present(owed.id)
        if present is None or owed.fence > present.fence:
            return False
        return self.kept.settle(attrs.evolve(owed, fence=present.fence), settlement)


@attrs.define
class ClaimedOnly(Bent):
    """Settles what is under a lease."""

    claimed: set[str] = attrs.field(kw_only=True)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        claimed = self.kept.claim(now=now, lease_until=lease_until, limit=limit)
        self.claimed.update(owed.id for owed in claimed)
        return claimed

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        if owed.id not in self.claimed:
            return False
        self.claimed.discard(owed.id)
        return self.kept.settle(owed, settlement)


def _claimed_only(claimed: set[str], transaction: Transaction) -> Transaction:
    return ClaimedOnly(transaction, claimed=claimed)


@attrs.define
class Believing(Bent):
    """Stores the debt as it was handed over."""

    debts: Debts = attrs.field(kw_only=True)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        is_settled = self.kept.settle(owed, settlement)
        if is_settled:
            self.debts[owed.id] = settled(owed, settlement)
        return is_settled


@attrs.define
class SettlingAgain(Looking):
    """Looks at the fence only, and not whether it has been settled."""

    debts: Debts = attrs.field(kw_only=True)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        present = self.present(owed.id)
        if present is None or present.fence != owed.fence:
            return False
        if not self.kept.settle(owed, settlement):
            self.debts[owed.id] = settled(present, settlement)
        return True


def _to_the_second(wish: Wish) -> Wish:
    return attrs.evolve(wish, now=wish.now.replace(microsecond=999_999))


def _but_the_last(claimed: tuple[Owed, ...]) -> tuple[Owed, ...]:
    return claimed[: max(1, len(claimed) - 1)]


def _put_off(settlement: Settlement) -> Settlement:
    return settlement if settlement.due_at is not None else attrs.evolve(settlement, due_at=LATER)


def _one_fence(transaction: Transaction) -> Transaction:
    return NoFence(transaction, Bends(debt=lambda owed: attrs.evolve(owed, fence=min(owed.fence, 1))))


WRONG = (
    Wrong("tries again what is parked", mistaking(OwedState.PARKED, OwedState.DUE), (STATE, SETTLED_ONCE)),
    Wrong("claims without a lease", wishing(lambda wish: attrs.evolve(wish, lease_until=wish.now)), (LEASED,)),
    Wrong(
        "has leases of an hour",
        wishing(lambda wish: attrs.evolve(wish, lease_until=wish.now + timedelta(hours=1))),
        (LEASED, OVERSLEPT, TELLS),
    ),
    Wrong(
        "lets a lease last a moment too long",
        wishing(lambda wish: attrs.evolve(wish, lease_until=wish.lease_until + MOMENT)),
        (LEASED, OVERSLEPT),
    ),
    Wrong(
        "lets a lease end a moment too early",
        wishing(lambda wish: attrs.evolve(wish, lease_until=wish.lease_until - timedelta(milliseconds=100))),
        (LEASED,),
    ),
    Wrong("claims what is due by the end of the second", wishing(_to_the_second), (NOT_DUE,)),
    Wrong(
        "claims what is due by the end of the day",
        wishing(lambda wish: attrs.evolve(wish, now=wish.now + timedelta(days=1))),
        (NOT_DUE, LEASED, STATE),
    ),
    Wrong(
        "claims nothing before it has been due for a moment",
        wishing(lambda wish: attrs.evolve(wish, now=wish.now - MOMENT)),
        (NOT_DUE, LEASED),
    ),
    Wrong(
        "knows no limit of a claim",
        wishing(lambda wish: attrs.evolve(wish, limit=1_000)),
        (OLDEST, LEASED, NOTHING, QUEUE),
    ),
    Wrong(
        "takes a claim of nothing for one without a limit",
        wishing(lambda wish: attrs.evolve(wish, limit=wish.limit or 50)),
        (NOTHING,),
    ),
    Wrong("claims ten at most", wishing(lambda wish: attrs.evolve(wish, limit=min(wish.limit, 10))), (QUEUE,)),
    Wrong(
        "hands the newest claim over first", bent(Bends(claimed=lambda claimed: claimed[::-1])), (OLDEST, LEASED, QUEUE)
    ),
    Wrong("loses the last claim of several", bent(Bends(claimed=_but_the_last)), (OLDEST, TELLS, QUEUE)),
    Wrong("does not count attempts", telling(lambda owed: attrs.evolve(owed, attempts=0)), (TELLS,)),
    Wrong("does not raise the fence", within(_one_fence), (TELLS, OVERSLEPT, REVIVED)),
    Wrong("settles without a look at the fence", within(NoFence), (OVERSLEPT, REVIVED)),
    Wrong("settles with an older fence", within(OlderFence), (OVERSLEPT, REVIVED)),
    Wrong(
        "settles what has been settled",
        overlaid(lambda transaction, bends, debts: SettlingAgain(transaction, bends, debts=debts)),
        (SETTLED_ONCE,),
    ),
    Wrong(
        "says that it has settled whatever it was",
        bent(Bends(is_settled=lambda _is_settled: True)),
        (OVERSLEPT, SETTLED_ONCE, NEVER_OWED),
    ),
    Wrong("says that it has settled nothing", bent(Bends(is_settled=lambda _is_settled: False)), (REVIVED, STATE)),
    Wrong(
        "believes the debt it is handed back",
        overlaid(lambda transaction, bends, debts: Believing(transaction, bends, debts=debts)),
        (BELIEVED,),
    ),
    Wrong("forgets the note", settling(lambda settlement: attrs.evolve(settlement, note=None)), (STATE, TIME)),
    Wrong("forgets when to try again", settling(lambda settlement: attrs.evolve(settlement, due_at=None)), (STATE,)),
    Wrong(
        "does not take attempts from a settlement",
        settling(lambda settlement: attrs.evolve(settlement, attempts=None)),
        (COUNTED, GIVEN_BACK),
    ),
    Wrong(
        "does not take failures from a settlement",
        settling(lambda settlement: attrs.evolve(settlement, failures=None)),
        (COUNTED,),
    ),
    Wrong(
        "counts an attempt that was given back",
        settling(lambda settlement: attrs.evolve(settlement, attempts=(settlement.attempts or 0) + 1)),
        (COUNTED, GIVEN_BACK),
    ),
    Wrong("settles only what is claimed just now", remembering(set[str], _claimed_only), (UNCLAIMED,)),
    Wrong("puts off what is told no time", settling(_put_off), (TIME,)),
)
