"""The machine finds what is wrong with a host's adapters, and with rules, and tells it shortly."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final, TypeGuard

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from proof import count

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer, MemoryStore
from kundorder.errors import Conflict, Undeliverable
from kundorder.events import Settlement
from kundorder.lifecycles.rows import AnyRow, By, Row
from kundorder.outcomes import Changes
from kundorder.ports import Letter, Mailer, Page, Store, Transaction
from kundorder.reasons import Reasons
from kundorder.situation import ABSENT, Case, Fact, Key
from kundorder.testing.faults.around import Around
from kundorder.testing.laws import Law, LawBroken
from kundorder.testing.machine import Adapters, portal_machine
from kundorder.vocabulary import Index, State, Trigger
from kundorder.workflow import STEPS, Place

Wrong = Callable[[Changes], Changes]

_EXAMPLES: Final = 1000  # nearly all is found among the first twenty; chance is not the same in every process
_STEPS: Final = 25
_LINES: Final = 60  # of what is printed for a failure of a few steps as it was found
_FEW_LINES: Final = 15  # of what is printed once it has been made shorter


@attrs.frozen
class Writing:
    """A store that writes something else than it is given."""

    wrong: Wrong
    kept: MemoryStore = attrs.field(factory=MemoryStore)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield WritesWrong(transaction, self.wrong)


@attrs.frozen
class WritesWrong(Around):
    wrong: Wrong

    def write(self, changes: Changes) -> None:
        self.kept.write(self.wrong(changes))


@attrs.frozen
class Telling:
    """A store whose transactions are wrong otherwise."""

    wrap: Callable[[Transaction], Transaction]
    kept: MemoryStore = attrs.field(factory=MemoryStore)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield self.wrap(transaction)


class SwallowsConflicts(Around):
    """Nothing is written, and nobody told."""

    def write(self, changes: Changes) -> None:
        try:
            self.kept.write(changes)
        except Conflict:
            return


class SentWhenClaimed(Around):
    """What is in hand counts as sent."""

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[ko.Owed, ...]:
        claimed = self.kept.claim(now=now, lease_until=lease_until, limit=limit)
        for owed in claimed:
            self.kept.settle(owed, Settlement(state=ko.OwedState.SENT))
        return claimed


class NeverSettles(Around):
    """What has left is owed for ever."""

    def settle(self, owed: ko.Owed, settlement: Settlement) -> bool:
        return self.kept.settle(owed, attrs.evolve(settlement, state=ko.OwedState.DUE))


class NoReasons(Around):
    """What is cancelled does not say why."""

    def settle(self, owed: ko.Owed, settlement: Settlement) -> bool:
        return self.kept.settle(owed, attrs.evolve(settlement, note=None))


class ShortPages(Around):
    """A list ends with its first page."""

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        page = self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)
        return attrs.evolve(page, after=None)


class ForgetsReceipts(Around):
    """A key is known only as long as it takes."""

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        facts = self.kept.read(keys)
        return {key: ABSENT if key.startswith("receipt:") else fact for key, fact in facts.items()}


@attrs.define
class LosesLetters:
    """A mailer that never lets anything leave, and counts it as undeliverable for good."""

    def send(self, letter: Letter) -> None:
        raise Undeliverable(f"no letter in {letter.language} leaves")


def only_written(changes: Changes) -> Changes:
    """What was written is guarded, but nothing else that a decision rested on."""
    written = {*(each.key for each in changes.records), *changes.dropped}
    return attrs.evolve(changes, guards=tuple(guard for guard in changes.guards if guard.key in written))


def no_guards(changes: Changes) -> Changes:
    dropped = tuple(guard for guard in changes.guards if guard.key in changes.dropped)
    return attrs.evolve(changes, guards=dropped)


def without_orders(changes: Changes) -> Changes:
    """Orders that have been sent are not kept."""
    kept = tuple(
        each for each in changes.records if not isinstance(each.record, ko.Order) or each.record.case_number is None
    )
    return attrs.evolve(changes, records=kept)


def without_mail(changes: Changes) -> Changes:
    return attrs.evolve(changes, owed=tuple(each for each in changes.owed if each.mail is None))


def without_follow_ups(changes: Changes) -> Changes:
    return attrs.evolve(changes, owed=tuple(each for each in changes.owed if each.mail is not None))


def without_journal(changes: Changes) -> Changes:
    """That terms were accepted is not kept."""
    kept = tuple(entry for entry in changes.entries if entry.event.trigger is not Trigger.ACCEPT_TERMS)
    return attrs.evolve(changes, entries=kept)


def forgetting() -> Adapters:
    """A store that is empty again after a restart."""
    return Adapters(store=MemoryStore(), reopen=lambda: Adapters(store=MemoryStore()))


def with_mailer(mailer: Mailer) -> Adapters:
    return Adapters(store=MemoryStore(), mailer=mailer)


_UNGUARDED: Final = (
    *(Law.ROLE, Law.SIGNED, Law.ATTESTANT, Law.ASSIGNMENT, Law.AGENT_READY, Law.GRANTED, Law.PICKED),
    *(Law.HOLDERS, Law.ADMINISTERED, Law.CHAIN, Law.KEPT, Law.SAME_AGAIN),
)
WRONG: Final[Mapping[str, tuple[Callable[[], Store | Adapters], tuple[Law, ...]]]] = {
    "loses orders": (lambda: Writing(without_orders), (Law.KEPT, Law.JOURNAL)),
    "loses mail": (lambda: Writing(without_mail), (Law.TOLD,)),
    "loses follow-ups": (lambda: Writing(without_follow_ups), (Law.ASKED,)),
    "loses entries": (lambda: Writing(without_journal), (Law.KEPT, Law.CHAIN, Law.JOURNAL)),
    "guards nothing": (lambda: Writing(no_guards), _UNGUARDED),
    "guards only what is written": (lambda: Writing(only_written), _UNGUARDED),
    "swallows conflicts": (lambda: Telling(SwallowsConflicts), (Law.KEPT, Law.SAME_AGAIN)),
    "counts as sent what is claimed": (lambda: Telling(SentWhenClaimed), (Law.DELIVERED,)),
    "never settles": (lambda: Telling(NeverSettles), (Law.DELIVERED,)),
    "cancels without a reason": (lambda: Telling(NoReasons), (Law.DELIVERED,)),
    "ends lists early": (lambda: Telling(ShortPages), (Law.LISTED,)),
    "forgets receipts": (lambda: Telling(ForgetsReceipts), (Law.SAME_AGAIN,)),
    "forgets with a restart": (forgetting, (Law.KEPT,)),
    "lets no letter leave": (lambda: with_mailer(LosesLetters()), (Law.DELIVERED,)),
}
"""What is wrong, and which law the machine finds broken by it."""


def tried(factory: Callable[[], Store | Adapters], *, steps: int = _STEPS, shortly: bool = False) -> None:
    """As a host runs it; always the same."""
    chosen = settings(
        max_examples=_EXAMPLES,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        phases=tuple(Phase) if shortly else (Phase.generate,),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example),
    )
    run_state_machine_as_test(portal_machine(factory), settings=chosen)


@pytest.mark.parametrize("name", WRONG)
def test_an_adapter_with_something_wrong_about_it_is_found_by_the_law_it_breaks(name: str) -> None:
    factory, laws = WRONG[name]
    with pytest.raises(LawBroken) as found:
        tried(factory)
    assert found.value.law in laws, found.value
    count("wrong adapters found by the machine", 1)


Rows = Mapping[Place, Mapping[State | None, Mapping[Trigger, AnyRow]]]


def changed(trigger: Trigger, change: Callable[[AnyRow], AnyRow]) -> Rows:
    """The rows, of which those of one act are not as they should be."""
    return {
        place: {
            state: {each: change(row) if each is trigger else row for each, row in steps.items()}
            for state, steps in states.items()
        }
        for place, states in STEPS.items()
    }


def is_row(row: AnyRow) -> TypeGuard[Row[ko.Command]]:
    return isinstance(row, Row)


def anybodys(row: AnyRow) -> AnyRow:
    """Whoever has the role will do."""
    return attrs.evolve(row, by=tuple(By(each.role, each.party) for each in row.by)) if is_row(row) else row


def ungiven(row: AnyRow) -> AnyRow:
    """Whatever the command says will do."""
    return attrs.evolve(row, given=nothing_said) if is_row(row) else row


def nothing_said(_case: Case, _command: ko.Command) -> Reasons:
    return ()


def untold(row: AnyRow) -> AnyRow:
    """Nobody hears of it."""
    return attrs.evolve(row, owes=()) if is_row(row) else row


RULES: Final[Mapping[str, tuple[Rows, tuple[Law, ...]]]] = {
    "any orderer withdraws anybody's order": (changed(Trigger.WITHDRAW, anybodys), (Law.OWN,)),
    "any attestant of the agent attests": (changed(Trigger.ATTEST, anybodys), (Law.PICKED, Law.ASKED)),
    "the last administrator can be deleted": (changed(Trigger.DELETE, ungiven), (Law.ADMINISTERED,)),
    "nobody is asked": (changed(Trigger.SEND, untold), (Law.ASKED, Law.TOLD)),
    "nobody hears that an order is rejected": (changed(Trigger.REJECT, untold), (Law.TOLD,)),
}
"""What is wrong about the rules, and which law is broken by it."""


@pytest.mark.parametrize("name", RULES)
def test_rules_with_something_wrong_about_them_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, laws = RULES[name]
    monkeypatch.setattr("kundorder.decisions.judging.STEPS", rows)
    with pytest.raises(LawBroken) as found:
        tried(MemoryStore)
    assert found.value.law in laws, found.value
    count("wrong rules found by the machine", 1)


def test_what_is_found_is_told_as_moves_that_can_be_pasted_one_a_line() -> None:
    with pytest.raises(LawBroken) as found:
        tried(lambda: Writing(without_mail), steps=5)
    story = "\n".join(found.value.__notes__).splitlines()
    assert any("state.open(" in line for line in story)
    assert len(story) <= _LINES, story


@pytest.mark.long
@pytest.mark.timeout(1800)  # to make it shorter takes minutes
def test_what_is_found_is_told_in_a_few_lines() -> None:
    with pytest.raises(LawBroken) as found:
        tried(lambda: Writing(without_mail), shortly=True)
    story = "\n".join(found.value.__notes__).splitlines()
    assert len(story) <= _FEW_LINES, story


def test_a_law_that_is_broken_says_which_rule_on_which_subject() -> None:
    said = str(LawBroken(Law.ATTESTANT, "order:o-1", "nobody"))
    assert "R4" in said
    assert "order:o-1" in said
    assert all(law.value and (law.value[0].islower()) for law in Law)


def test_a_store_alone_will_do_and_the_adapters_are_closed_when_an_example_is_over() -> None:
    closed: list[str] = []

    def factory() -> Adapters:
        return Adapters(store=MemoryStore(), mailer=MemoryMailer(), close=lambda: closed.append("closed"))

    case = portal_machine(factory).TestCase
    case.settings = settings(max_examples=3, stateful_step_count=5, derandomize=True, deadline=None, database=None)
    case("runTest").runTest()
    assert len(closed) >= 3
