"""What must have come of a world once it has been healed."""

from collections import Counter
from typing import Final

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.events import OwedState
from kundorder.sample import CATALOGUE
from kundorder.testing.laws import (
    Kept,
    Law,
    Shown,
    check_kept,
    check_lists,
    check_told,
    check_ways_on,
    must,
)
from kundorder.vocabulary import Index
from simulation.mail import message_id
from simulation.universe import Errand, Universe

_ROUNDS: Final = 40
_READERS: Final = 4
_PAUSE: Final = 2 * 3600.0


def judge(universe: Universe) -> None:
    """Nothing is lost, nothing is stuck, and nothing was done twice.

    Raises:
        LawBroken: something is.
    """
    _drain(universe)
    for errand in universe.errands:
        _answered(universe, errand)
    _drain(universe)
    shown = Shown.by(universe.disk.store)
    kept = Kept.shown(shown)
    _kept(universe, kept)
    _letters(universe, shown)
    check_kept(kept, universe.rules, CATALOGUE)
    check_told(kept)
    portal = ko.Portal(
        store=universe.disk.store,
        catalogue=CATALOGUE,
        rules=universe.rules,
        signing=MemorySigner(),
        clock=universe.clockwork,
    )
    readers = tuple(kept.readers())
    for reader in universe.chance.sample(readers, min(_READERS, len(readers))):
        check_lists(kept, portal, reader, settled=True)
    check_ways_on(kept, portal)
    report = portal.verify_journal()
    must(Law.JOURNAL, "the journal", report.problems, hold=report.verified)
    for order in kept.orders.values():
        universe.clockwork.note(order.id, order.state)
    for owed in shown.debts:
        universe.clockwork.note(owed.id, owed.state, owed.attempts)


def _drain(universe: Universe) -> None:
    """Relays make their rounds until nothing is owed any more."""
    for _round in range(_ROUNDS):
        universe.deliver()
        universe.deliver()
        universe.calm()
        with universe.disk.store.transaction() as transaction:
            left = transaction.select(Index.OWED, (OwedState.DUE,), after=None, limit=1).items
        if not left:
            return
        universe.pass_time(_PAUSE)


def _answered(universe: Universe, errand: Errand) -> None:
    """Who has a key gets the same answer for ever, and what was asked is done once, if at all."""
    if errand.told and errand.key is not None:
        must(Law.SAME_AGAIN, errand.name, "no receipt", hold=f"receipt:{errand.key}" in universe.disk.receipts)
        universe.attempt(errand)
        universe.calm()
    answered = bool(errand.told or errand.refused) or errand.key is None
    must(Law.KEPT, errand.name, "no answer although all is well", hold=answered)
    trigger = errand.command.trigger
    done = [entry for by, entry in universe.disk.entries if by == errand.name and entry.event.trigger is trigger]
    times = Counter(entry.event.subject for entry in done)
    must(Law.SAME_AGAIN, errand.name, times, hold=len(done) <= 1 or set(times.values()) == {1})


def _kept(universe: Universe, kept: Kept) -> None:
    """What was committed is there, and nothing else."""
    for chain, events in universe.disk.kept.chains.items():
        found = [(event.step, event.trigger, event.at) for event in kept.events(chain)]
        wanted = [(event.step, event.trigger, event.at) for event in events]
        must(Law.KEPT, chain, found, hold=found == wanted)


def _letters(universe: Universe, shown: Shown) -> None:
    """Each has left once, or was cancelled with a reason; twice only where a fault explains it."""
    taken = universe.server.taken
    debts = {owed.id: owed for owed in shown.debts}
    for debt in universe.disk.owed:
        must(Law.DELIVERED, debt, "gone from the store", hold=debt in debts)
    for owed in shown.debts:
        ended = owed.state is OwedState.SENT or (owed.state is OwedState.CANCELLED and bool(owed.note))
        must(Law.DELIVERED, owed.id, (owed.state, owed.note), hold=ended)
        copies = [each for each in taken if each.message_id == message_id(owed.id)]
        settled = sum(each.is_settled for each in copies)
        excused = sum(not each.is_settled and each.excuse is not None for each in copies)
        has_left = bool(copies) or owed.mail is None or owed.id in universe.left_before
        must(Law.DELIVERED, owed.id, copies, hold=has_left or owed.state is not OwedState.SENT)
        must(Law.DELIVERED, owed.id, copies, hold=settled <= 1 and len(copies) - excused <= 1)
