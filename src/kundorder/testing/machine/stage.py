"""One portal on a host's adapters, with faults round them; every call is judged by the laws."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final, final

import attrs

from kundorder.adapters.memory import MemoryMailer, MemorySigner
from kundorder.catalogue import Catalogue
from kundorder.commands import TerminateAgreement
from kundorder.errors import Conflict, KeyReused, NotFound, Refused, Unavailable
from kundorder.events import OwedState
from kundorder.identifiers import agreement_id_of
from kundorder.model import SYSTEM, Rules
from kundorder.outcomes import Outcome
from kundorder.portal import Portal
from kundorder.ports import Signing, Store
from kundorder.reasons import Reasons
from kundorder.situation import key_of_id
from kundorder.testing.faults import NOTHING_FAILS, FaultyMailer, FaultySigning, FaultyStore, Plan
from kundorder.testing.laws import (
    Kept,
    Law,
    Shown,
    check_kept,
    check_lists,
    check_new,
    check_times,
    check_told,
    check_ways_on,
    must,
)
from kundorder.testing.machine.adapters import Factory, adapters_of
from kundorder.testing.machine.founding import founded
from kundorder.testing.machine.watching import Between, MovableClock, Seen
from kundorder.testing.moves import Move, Scene
from kundorder.testing.surroundings import NumberedIds
from kundorder.testing.world import OTHER
from kundorder.vocabulary import Language, Party

_ROUNDS: Final = 30  # of delivery until nothing is left
_LETTERS: Final = 300  # of a round
_LONGEST_PAUSE: Final = timedelta(hours=2)  # between two attempts at a letter
_IDS: Final = 1_000_000  # of one portal


@final
@attrs.frozen(kw_only=True)
class Plans:
    """What fails at which call of which port."""

    acting: Plan = NOTHING_FAILS  # of the store, while people act
    delivering: Plan = NOTHING_FAILS  # of the store, while mail leaves
    mailer: Plan = NOTHING_FAILS
    signing: Plan = NOTHING_FAILS


@final
class Stage:
    """The portal, and what is known of it.

    Args:
        factory: makes the adapters.
        catalogue: what can be ordered.
    """

    def __init__(self, factory: Factory, catalogue: Catalogue) -> None:
        at_first = founded(catalogue)
        self.catalogue = catalogue
        self.clock = MovableClock()
        self.adapters = adapters_of(factory())
        at_first.write(self.adapters.store)
        self.codes = dict(at_first.codes)
        self.is_settled = True
        self._is_on = True
        self._rules = Rules()
        self._plans = Plans()
        self._opened = 0
        self._mailer, self._signer = MemoryMailer(), MemorySigner()
        self._seen = Seen(self.adapters.mailer or self._mailer)
        self._shown = Shown.by(self.adapters.store)
        self.kept = Kept.shown(self._shown)
        self._open()

    def choose(self, rules: Rules, plans: Plans) -> None:
        """The host makes its choices, and things begin to fail as planned."""
        self._rules, self._plans = rules, plans
        self._open()

    def _open(self) -> None:
        """A portal as after a start: nothing of it is known any more but what is stored."""
        made = self.adapters
        self._seen = attrs.evolve(self._seen, kept=made.mailer or self._mailer)
        self.signing: Signing = made.signing or self._signer
        self._store = FaultyStore(made.store, self._plans.acting, clock=self.clock)
        self._sending = FaultyStore(made.store, self._plans.delivering, clock=self.clock)
        self._line = FaultyMailer(self._seen, self._plans.mailer, clock=self.clock)
        self._signing = FaultySigning(self.signing, self._plans.signing, clock=self.clock)
        self.portal = self._portal(made.store, faulty=False)  # nothing fails on this one
        self._acting = self._portal(self._store, faulty=True)
        self._delivering = self._portal(self._sending, faulty=True)

    def _portal(self, store: Store, *, faulty: bool) -> Portal:
        self._opened += 1
        return Portal(
            store=store,
            catalogue=self.catalogue,
            rules=self._rules,
            mailer=self._line,
            signing=self._signing if faulty else self.signing,
            clock=self.clock,
            ids=NumberedIds(self._opened * _IDS),
            pause=_at_once,
        )

    @property
    def scene(self) -> Scene:
        """Who and what is there now."""
        return Scene.of(
            self.portal,
            self.adapters.store,
            catalogue=self.catalogue,
            signing=self.signing,
            clock=self.clock,
            codes=self.codes,
        )

    def restart(self) -> None:
        """The host stops and starts; what was in memory is gone, and what was to fail has failed."""
        self._plans = Plans()
        if self.adapters.reopen is not None:
            self.adapters.close()
            self.adapters = self.adapters.reopen()
        self._open()
        self.be_unchanged("a restart", None, Law.KEPT)

    def switch(self, *, on: bool) -> None:
        """Things go wrong from now on as planned, or do not for a while."""
        self._is_on = on
        for each in (self._store, self._sending, self._line, self._signing):
            each.course.switch(on=on)

    def act(self, move: Move, key: str | None) -> None:
        """Somebody tries; what is refused has changed nothing, and what is not known comes out with the same key."""
        held = self.snapshot()
        try:
            outcome = self._acting.execute(move.command, move.actor, key=key)
        except Refused as refusal:
            explain(move, refusal.reasons)
            self.be_unchanged(move, held)
        except (NotFound, KeyReused):
            self.be_unchanged(move, held)
        except (Unavailable, Conflict):
            self.is_settled = False
            if key is None:
                self.look()
            else:
                self._converge(move, key, held)
        else:
            self._accepted(move, key, outcome)

    def _accepted(self, move: Move, key: str | None, outcome: Outcome) -> None:
        self.is_settled = False
        self.look()
        self._is_kept(outcome)
        if key is not None:
            self._again(move, key, outcome)

    def _converge(self, move: Move, key: str, held: object) -> None:
        """Whether it was done is not known; the same key tells, or does it."""
        try:
            outcome = self.portal.execute(move.command, move.actor, key=key)
        except (Refused, NotFound, KeyReused):
            self.be_unchanged(move, held)
        else:
            self._accepted(move, key, outcome)

    def _again(self, move: Move, key: str, outcome: Outcome) -> None:
        """The same once more comes to the same; anything else is not the same."""
        held = self.snapshot()
        is_same = False
        with suppress(Refused, NotFound, Conflict):
            is_same = self.portal.execute(move.command, move.actor, key=key) == outcome
        must(Law.SAME_AGAIN, key, move, hold=is_same)
        other = TerminateAgreement(agreement=agreement_id_of(Party.CUSTOMER, OTHER), reason=f"Fel {key}.")
        is_known = False
        try:
            _ = self.portal.execute(other, SYSTEM, key=key)
        except KeyReused:
            is_known = True
        except (Refused, NotFound, Conflict):
            pass
        must(Law.SAME_AGAIN, key, "the key served something else", hold=is_known)
        self.be_unchanged("the same key once more", held, Law.SAME_AGAIN)

    def _is_kept(self, outcome: Outcome) -> None:
        key = key_of_id(outcome.id)
        if self.kept.events(key):
            must(Law.KEPT, key, outcome.state, hold=self.kept.state(outcome.id) == outcome.state)
        else:
            must(Law.KEPT, key, "nothing of it", hold=False)

    def both(self, first: Move, second: Move) -> None:
        """Two at once: the second comes when the first has read and not yet written."""
        between = Between(self.adapters.store, lambda: self._try(self.portal, second))
        self._try(self._portal(between, faulty=False), first)

    def _try(self, portal: Portal, move: Move) -> None:
        try:
            outcome = portal.execute(move.command, move.actor)
        except (Refused, NotFound):
            self.look()
        else:
            self._accepted(move, None, outcome)

    def deliver(self) -> None:
        """One round of delivery; whatever fails, it may be called again."""
        with suppress(Unavailable, Conflict):  # the store may say that what links stand for has moved
            _ = self._delivering.deliver()
        self.look()

    def settle(self) -> None:
        """Nothing fails for a while, and the system does what it owes, until there is nothing left of it."""
        was_on = self._is_on
        self.switch(on=False)
        _ = self.portal.requeue()
        for _round in range(_ROUNDS):
            _ = self.portal.deliver(limit=_LETTERS)
            self.look()
            left = [owed for owed in self._shown.debts if owed.state is OwedState.DUE]
            if not left:
                break
            _ = self.clock.advance(_LONGEST_PAUSE)
        for owed in self._shown.debts:
            ended = owed.state is OwedState.SENT or (owed.state is OwedState.CANCELLED and bool(owed.note))
            must(Law.DELIVERED, owed.id, (owed.state, owed.note), hold=ended)
        self.is_settled = True
        self.switch(on=was_on)
        for reader in self.kept.readers():
            check_lists(self.kept, self.portal, reader, settled=True)
        check_ways_on(self.kept, self.portal)

    def look(self) -> None:
        """What is in the store now: nothing is lost, and all that is new was open to whoever did it."""
        before, was = self.kept, self._shown
        self._shown = Shown.by(self.adapters.store)
        self.kept = Kept.shown(self._shown)
        self.codes |= {str(mail.member): mail.secret for mail in self.kept.mails if mail.secret is not None}
        for chain, events in before.chains.items():
            must(Law.KEPT, chain, self.kept.events(chain), hold=self.kept.events(chain)[: len(events)] == events)
        gone = {owed.id for owed in was.debts} - {owed.id for owed in self._shown.debts}
        must(Law.DELIVERED, ", ".join(sorted(gone)), "gone from the store", hold=not gone)
        check_new(before, self.kept, self._rules)

    def judge(self) -> None:
        """What can be told from the store."""
        check_kept(self.kept, self._rules, self.catalogue)
        check_times(self.kept)
        check_told(self.kept)

    def snapshot(self) -> object:
        """All that the store holds, if the host can tell."""
        return None if self.adapters.snapshot is None else self.adapters.snapshot()

    def be_unchanged(self, what: object, held: object, law: Law = Law.NOTHING_DONE) -> None:
        """The store is as it was."""
        must(law, "the store", what, hold=Shown.by(self.adapters.store) == self._shown)
        must(law, "the store, byte for byte", what, hold=held is None or self.snapshot() == held)

    def verify(self) -> None:
        """Nothing is lost or stuck, and the journal tells all of it."""
        slips = sum(len(each.course.happened) for each in (self._sending, self._line))
        for each in (self._store, self._sending, self._line, self._signing):
            each.heal()
        self.settle()
        report = self.portal.verify_journal()
        told = sum(map(len, self.kept.chains.values()))
        must(Law.JOURNAL, "the journal", report.problems, hold=report.verified and report.entries == told)
        sent = sum(owed.mail is not None and owed.state is OwedState.SENT for owed in self._shown.debts)
        must(Law.DELIVERED, "letters", (sent, len(self._seen.times)), hold=len(self._seen.times) >= sent)
        for letter, times in self._seen.times.items():
            must(Law.DELIVERED, letter, f"left {times} times", hold=times <= 1 + slips)


def explain(move: Move, reasons: Reasons) -> None:
    """Every reason is a sentence in each language, and somebody can clear it."""
    for reason in reasons:
        sayings: tuple[Callable[[str], str], ...] = (reason.text, *(clearer.text for clearer in reason.cleared_by))
        said = all(saying(language) for saying in sayings for language in Language)
        must(Law.NOTHING_DONE, reason.code, move, hold=said and bool(reason.cleared_by))


def _at_once(_seconds: float) -> None:
    """Do not wait."""
