"""Wrong in what is owed, and in how it is kept."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

import attrs

from kundorder.errors import Conflict
from kundorder.events import Owed, OwedState, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Transaction
from kundorder.vocabulary import Index
from wrong_stores.telling import Bends, Bent, Making, Question, Wrong, bent, remembering, within

Debts: TypeAlias = dict[str, Owed]
CET = timezone(timedelta(hours=1))
STATES = tuple(state.value for state in OwedState)
KEPT = "test_a_debt_is_kept_as_it_was_owed"
ONCE = "test_the_same_debt_is_owed_once"
TWICE_IN_A_WRITE = "test_a_debt_that_is_owed_twice_in_a_write_is_owed_once"
REVIVED = "test_a_cancelled_debt_that_is_owed_again_is_due_again"
NEW = "test_what_is_owed_again_is_the_new_debt_and_none_of_the_old"
NOT_AGAIN = "test_a_settled_debt_is_not_owed_again"
OLDEST = "test_the_oldest_debts_are_claimed_first"
TELLS = "test_a_claim_tells_how_often_and_with_which_fence"
STATE = "test_what_is_settled_is_claimed_again_only_if_it_is_due"
FORGOTTEN = "test_a_secret_is_forgotten_when_its_mail_has_left_or_never_will"
REQUEUED = "test_a_parked_debt_that_is_owed_with_the_fence_it_has_is_due_again"
OTHER_FENCE = "test_a_parked_debt_that_is_owed_with_another_fence_stays_parked"
ONLY_PARKED = "test_only_what_is_parked_is_due_again_for_its_fence"
UTC_TIMES = "test_all_times_come_back_in_utc"


def owing(change: Callable[[tuple[Owed, ...]], Iterable[Owed]]) -> Making:
    """The debts of a write are owed otherwise."""
    return bent(Bends(changes=lambda changes: attrs.evolve(changes, owed=tuple(change(changes.owed)))))


def telling(change: Callable[[Owed], Owed]) -> Making:
    """Debts are told otherwise, wherever they are."""
    return bent(Bends(debt=change))


def in_time(change: Callable[[datetime], datetime]) -> Making:
    """The times of debts are told otherwise."""
    return telling(lambda owed: attrs.evolve(owed, owed_at=change(owed.owed_at), due_at=change(owed.due_at)))


def _without_secret(owed: Owed) -> Owed:
    return owed if owed.mail is None else attrs.evolve(owed, mail=attrs.evolve(owed.mail, secret=None))


@attrs.define
class Looking(Bent):
    """A transaction that looks at debts before it does something about them."""

    def present(self, identifier: str) -> Owed | None:
        """The debt as it stands."""
        lines = self.kept.select(Index.OWED, STATES, after=None, limit=1_000_000).items
        return next((line.owed for line in lines if line.owed is not None and line.owed.id == identifier), None)


@attrs.define
class Refusing(Looking):
    """Takes a debt that is there already for a conflict."""

    def write(self, changes: Changes) -> None:
        if any(self.present(owed.id) is not None for owed in changes.owed):
            raise Conflict
        self.kept.write(changes)


@attrs.define
class Reviving(Looking):
    """What is owed again has something of what was cancelled."""

    revive: Callable[[Owed, Owed], Owed] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.kept.write(attrs.evolve(changes, owed=tuple(self._revived(owed) for owed in changes.owed)))

    def _revived(self, owed: Owed) -> Owed:
        present = self.present(owed.id)
        return owed if present is None or present.state is not OwedState.CANCELLED else self.revive(owed, present)


def reviving(revive: Callable[[Owed, Owed], Owed]) -> Making:
    """What is owed again has something of what was cancelled."""
    return within(lambda transaction: Reviving(transaction, revive=revive))


@attrs.define
class ParkedForGood(Looking):
    """Owes nothing again that is parked."""

    def write(self, changes: Changes) -> None:
        present = {owed.id: self.present(owed.id) for owed in changes.owed}
        parked = {name for name, owed in present.items() if owed is not None and owed.state is OwedState.PARKED}
        self.kept.write(attrs.evolve(changes, owed=tuple(owed for owed in changes.owed if owed.id not in parked)))


@attrs.define
class Requeueing(Looking):
    """Owes again whatever is parked."""

    def write(self, changes: Changes) -> None:
        present = {owed.id: self.present(owed.id) or owed for owed in changes.owed}
        owed = tuple(attrs.evolve(each, fence=present[each.id].fence) for each in changes.owed)
        self.kept.write(attrs.evolve(changes, owed=owed))


@attrs.define
class Replacing(Looking):
    """What is owed again takes the place of what is owed: INSERT OR REPLACE."""

    debts: Debts = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.debts.update((owed.id, owed) for owed in changes.owed if self.present(owed.id) is not None)
        self.kept.write(changes)


def overlaid(way: Callable[[Transaction, Bends, Debts], Transaction]) -> Making:
    """Some debts are told as they are remembered here."""

    def overlay(debts: Debts, transaction: Transaction) -> Transaction:
        return way(transaction, Bends(debt=lambda owed: debts.get(owed.id, owed)), debts)

    return remembering(dict[str, Owed], overlay)


@attrs.define
class KeepingSecrets(Bent):
    """Keeps the secret of a mail beside it, and does not forget it."""

    debts: Debts = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        self.debts.update((owed.id, owed) for owed in changes.owed)


def _keeping_secrets(debts: Debts, transaction: Transaction) -> Transaction:
    return KeepingSecrets(
        transaction, Bends(debt=lambda owed: attrs.evolve(owed, mail=debts[owed.id].mail)), debts=debts
    )


@attrs.define
class FencesAnew(Looking):
    """Counts claims from nought again for a debt that is owed again."""

    fences: dict[str, int] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        for owed in changes.owed:
            present = self.present(owed.id)
            if present is not None and present.state is OwedState.CANCELLED:
                self.fences[owed.id] = present.fence
        self.kept.write(changes)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return self.kept.settle(attrs.evolve(owed, fence=owed.fence + self.fences.get(owed.id, 0)), settlement)


def _fences_anew(fences: dict[str, int], transaction: Transaction) -> Transaction:
    def told(owed: Owed) -> Owed:
        return attrs.evolve(owed, fence=owed.fence - fences.get(owed.id, 0))

    return FencesAnew(transaction, Bends(debt=told), fences=fences)


@attrs.define
class LeasesLast(Looking):
    """A lease lasts although the debt it was for is settled."""

    leases: dict[str, datetime] = attrs.field(kw_only=True)

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        claimed = self.kept.claim(now=now, lease_until=lease_until, limit=limit)
        self.leases.update((owed.id, lease_until) for owed in claimed)
        return claimed

    def write(self, changes: Changes) -> None:
        owed = (attrs.evolve(each, due_at=max(each.due_at, self._lease(each))) for each in changes.owed)
        self.kept.write(attrs.evolve(changes, owed=tuple(owed)))

    def _lease(self, owed: Owed) -> datetime:
        return owed.due_at if self.present(owed.id) is None else self.leases.get(owed.id, owed.due_at)


def _leases_last(leases: dict[str, datetime], transaction: Transaction) -> Transaction:
    return LeasesLast(transaction, leases=leases)


@attrs.define
class Mistaken(Bent):
    """Takes one state for another, and tells the one."""

    taken_for: Mapping[OwedState, OwedState] = attrs.field(kw_only=True)
    states: dict[str, OwedState] = attrs.field(kw_only=True)

    def settle(self, owed: Owed, settlement: Settlement) -> bool:
        kept = self.taken_for.get(settlement.state, settlement.state)
        is_settled = self.kept.settle(owed, attrs.evolve(settlement, state=kept))
        if is_settled:
            self.states[owed.id] = settlement.state
        return is_settled

    def told(self, owed: Owed) -> Owed:
        """The debt in the state it was meant to have."""
        meant = self.states.get(owed.id, owed.state)
        return attrs.evolve(owed, state=meant) if self.taken_for.get(meant) is owed.state else owed


def mistaking(meant: OwedState, kept: OwedState) -> Making:
    """Takes one state for another."""

    def way(states: dict[str, OwedState], transaction: Transaction) -> Transaction:
        mistaken = Mistaken(transaction, taken_for={meant: kept}, states=states)
        mistaken.bends = Bends(debt=mistaken.told)
        return mistaken

    return remembering(dict[str, OwedState], way)


def _to_the_millisecond(time: datetime) -> datetime:
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _parked_without_secret(owed: Owed) -> Owed:
    return _without_secret(owed) if owed.state is OwedState.PARKED else owed


def _old_secret(new: Owed, old: Owed) -> Owed:
    return attrs.evolve(new, mail=old.mail, follow_up=old.follow_up)


def _only(question: Question) -> Question:
    return attrs.evolve(question, values=STATES) if question.index is Index.OWED and question.values else question


WRONG = (
    Wrong("owes the first debt of a write only", owing(lambda owed: owed[:1]), (KEPT, OLDEST, TWICE_IN_A_WRITE)),
    Wrong("owes the last debt of a write only", owing(lambda owed: owed[-1:]), (KEPT, OLDEST, TWICE_IN_A_WRITE)),
    Wrong("owes mail only", owing(lambda owed: (each for each in owed if each.mail is not None)), (KEPT, TELLS)),
    Wrong(
        "lets the last of two debts with one id win",
        owing(lambda owed: {each.id: each for each in owed}.values()),
        (TWICE_IN_A_WRITE,),
    ),
    Wrong("takes a debt that is there already for a conflict", within(Refusing), (ONCE, REVIVED, NOT_AGAIN)),
    Wrong(
        "replaces a debt that is owed again",
        overlaid(lambda transaction, bends, debts: Replacing(transaction, bends, debts=debts)),
        (ONCE, NOT_AGAIN),
    ),
    Wrong("owes again what was sent", mistaking(OwedState.SENT, OwedState.CANCELLED), (NOT_AGAIN,)),
    Wrong("owes again what is parked", mistaking(OwedState.PARKED, OwedState.CANCELLED), (NOT_AGAIN,)),
    Wrong("does not owe again what was cancelled", mistaking(OwedState.CANCELLED, OwedState.SENT), (REVIVED, NEW)),
    Wrong("owes again with the old mail", reviving(_old_secret), (NEW, TWICE_IN_A_WRITE)),
    Wrong(
        "owes again with the old attempts",
        reviving(lambda new, old: attrs.evolve(new, attempts=old.attempts)),
        (NEW, TWICE_IN_A_WRITE),
    ),
    Wrong("owes again with the old note", reviving(lambda new, old: attrs.evolve(new, note=old.note)), (NEW,)),
    Wrong("owes again for the old time", reviving(lambda new, old: attrs.evolve(new, due_at=old.due_at)), (NEW,)),
    Wrong(
        "counts claims from nought for what is owed again", remembering(dict[str, int], _fences_anew), (REVIVED, NEW)
    ),
    Wrong("keeps the lease of what was cancelled", remembering(dict[str, datetime], _leases_last), (REVIVED, NEW)),
    Wrong("leaves what is parked for good", within(ParkedForGood), (REQUEUED,)),
    Wrong("requeues whatever the fence", within(Requeueing), (OTHER_FENCE, NOT_AGAIN)),
    Wrong("requeues what was sent", mistaking(OwedState.SENT, OwedState.PARKED), (ONLY_PARKED,)),
    Wrong("keeps secrets for ever", remembering(dict[str, Owed], _keeping_secrets), (FORGOTTEN,)),
    Wrong("keeps no secrets", telling(_without_secret), (KEPT, TELLS, FORGOTTEN)),
    Wrong("forgets the secret of a parked mail", telling(_parked_without_secret), (FORGOTTEN,)),
    Wrong("keeps times to the millisecond", in_time(_to_the_millisecond), (KEPT,)),
    Wrong("tells times of its own zone", in_time(lambda time: time.astimezone(CET)), (UTC_TIMES,)),
    Wrong("tells times of no zone", in_time(lambda time: time.replace(tzinfo=None)), (KEPT, UTC_TIMES)),
    Wrong("tells debts of any state", bent(Bends(page=lambda question, ask: ask(_only(question)))), (STATE,)),
)
