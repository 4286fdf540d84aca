"""Wrong when answers are lost, when acts come twice or in another order, and when the clock jumps."""

from datetime import UTC, datetime, timedelta

import attrs

from kundorder.events import Owed, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Transaction
from wrong_stores.telling import Bends, Bent, Wish, Wrong, bent, remembering

REPEATED = "test_a_write_that_is_repeated_is_refused_and_changes_nothing"
OTHER_ORDER = "test_writes_that_come_in_another_order_are_kept_in_theirs"
SETTLED_AGAIN = "test_a_settlement_that_is_repeated_changes_nothing"
SETTLED_LATE = "test_settlements_that_come_in_another_order_are_believed_by_their_fence"
LOST_CLAIM = "test_a_claim_whose_answer_is_lost_comes_again_when_its_lease_ends"
BACK = "test_a_clock_that_goes_back_lets_nobody_claim_what_is_claimed"
BACK_SETTLED = "test_a_clock_that_goes_back_takes_nothing_from_who_has_claimed"
ANY_TIME = "test_a_clock_that_shows_any_time_is_believed_and_does_no_harm"

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(2038, 1, 19, tzinfo=UTC)


@attrs.define
class Forgiving(Bent):
    """Takes a write that it has seen for done."""

    seen: list[Changes] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        if changes in self.seen:
            return
        self.kept.write(changes)
        self.seen.append(changes)


@attrs.define
class Patient(Bent):
    """Keeps what comes early until its turn."""

    early: list[Changes] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        if self._is_early(changes):
            self.early.append(changes)
            return
        self.kept.write(changes)
        while found := [each for each in self.early if not self._is_early(each)]:
            self.early.remove(found[0])
            self.kept.write(found[0])

    def _is_early(self, changes: Changes) -> bool:
        facts = self.kept.read(tuple(guard.key for guard in changes.guards))
        return any(guard.version > facts[guard.key].version > 0 for guard in changes.guards)


@attrs.define
class PuttingOff(Bent):
    """Puts a debt off once more for each settlement that comes of one claim."""

    settled: dict[tuple[str, int], int] = attrs.field(kw_only=True)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        times = self.settled.get((owed.id, owed.fence), 0)
        self.settled[owed.id, owed.fence] = times + 1
        due_at = settlement.due_at and settlement.due_at + timedelta(minutes=times)
        return self.kept.settle(owed, attrs.evolve(settlement, due_at=due_at))


@attrs.define
class AnyOfItsFences(Bent):
    """Believes whoever has claimed a debt at some time."""

    latest: dict[str, Owed] = attrs.field(kw_only=True)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        claimed = self.kept.claim(now=now, lease_until=lease_until, limit=limit)
        self.latest.update({owed.id: owed for owed in claimed})
        return claimed

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        latest = self.latest.get(owed.id)
        mine = latest if latest is not None and 0 < owed.fence <= latest.fence else owed
        return self.kept.settle(mine, settlement)


@attrs.define
class ClaimedOnce(Bent):
    """Holds that what was handed over has arrived."""

    handed_over: set[str] = attrs.field(kw_only=True)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        claimed = self.kept.claim(now=now, lease_until=lease_until, limit=limit)
        new = tuple(owed for owed in claimed if owed.id not in self.handed_over)
        self.handed_over.update(owed.id for owed in new)
        return new

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        self.handed_over.discard(owed.id)
        return self.kept.settle(owed, settlement)


@attrs.define
class SinceWhen(Bent):
    """Takes a lease that has begun in the future for none."""

    leases: list[datetime] = attrs.field(kw_only=True)  # when they begin and end, by turns

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        ahead = [end for begin, end in zip(self.leases[::2], self.leases[1::2], strict=True) if now < begin]
        self.leases += (now, lease_until)
        return self.kept.claim(now=max((now, *ahead)), lease_until=lease_until, limit=limit)


@attrs.define
class OnlyAhead(Bent):
    """Believes no clock that shows less than it has seen."""

    latest: list[datetime] = attrs.field(kw_only=True)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        self.latest.append(now)
        latest = max(self.latest)
        return self.kept.claim(now=latest, lease_until=max(lease_until, latest), limit=limit)


def _in_32_bits(wish: Wish) -> Wish:
    return attrs.evolve(wish, now=min(max(wish.now, FIRST), LAST), lease_until=min(max(wish.lease_until, FIRST), LAST))


def _forgiving(seen: list[Changes], transaction: Transaction) -> Transaction:
    return Forgiving(transaction, seen=seen)


def _patient(early: list[Changes], transaction: Transaction) -> Transaction:
    return Patient(transaction, early=early)


def _putting_off(times: dict[tuple[str, int], int], transaction: Transaction) -> Transaction:
    return PuttingOff(transaction, settled=times)


def _any_of_its_fences(latest: dict[str, Owed], transaction: Transaction) -> Transaction:
    return AnyOfItsFences(transaction, latest=latest)


def _claimed_once(handed_over: set[str], transaction: Transaction) -> Transaction:
    return ClaimedOnce(transaction, handed_over=handed_over)


def _since_when(leases: list[datetime], transaction: Transaction) -> Transaction:
    return SinceWhen(transaction, leases=leases)


def _only_ahead(latest: list[datetime], transaction: Transaction) -> Transaction:
    return OnlyAhead(transaction, latest=latest)


WRONG = (
    Wrong("takes a write that it has seen for done", remembering(list[Changes], _forgiving), (REPEATED,)),
    Wrong("keeps what comes early until its turn", remembering(list[Changes], _patient), (OTHER_ORDER,)),
    Wrong(
        "puts a debt off for each settlement",
        remembering(dict[tuple[str, int], int], _putting_off),
        (SETTLED_AGAIN,),
    ),
    Wrong(
        "believes whoever has claimed it at some time",
        remembering(dict[str, Owed], _any_of_its_fences),
        (SETTLED_LATE, SETTLED_AGAIN),
    ),
    Wrong("hands each debt over once", remembering(set[str], _claimed_once), (LOST_CLAIM,)),
    Wrong("takes a lease that begins in the future for none", remembering(list[datetime], _since_when), (BACK,)),
    Wrong("believes no clock that goes back", remembering(list[datetime], _only_ahead), (BACK_SETTLED, ANY_TIME)),
    Wrong("keeps times in 32 bits", bent(Bends(wish=_in_32_bits)), (ANY_TIME,)),
)
