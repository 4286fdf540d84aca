"""The checker finds what is wrong: a history that is right is made wrong in every way, one at a time."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import attrs
import pytest

import kundorder as ko
from kundorder.codec import encode
from kundorder.directory import Receipt
from kundorder.events import Entry
from kundorder.situation import ABSENT, Fact, Guard, Key, receipt_key
from kundorder.vocabulary import Party, Role, Template, Trigger
from races.asking import KILLED, Answered, Asked, Written
from races.checking import wrongs
from races.history import Call, History, Kept
from races.ordering import NO_ORDER, disorder
from races.stage import Ground, Way, staged
from races.test_attestants import attest, reject

Run: TypeAlias = tuple[History, Kept]
"""What was asked, and what is kept."""

LOST: Final = Answered(error=ko.Unavailable.__name__)
REFUSED: Final = Answered(error=ko.Refused.__name__)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Of two orders of Berta's one is sent, twice with one key, and then raced for, and the other is withdrawn."""
    with staged(Ground("memory", in_processes=False), tmp_path) as stage:
        cast = stage.cast
        cast.assign(cast.nora, Role.ATTESTANT)
        first, second = cast.draft(), cast.sent()
        stage.begin()
        stage.do(*(Asked(ko.SendOrder(order=first), cast.berta, "send") for _ in range(2)))
        pair = Asked(attest(first), cast.atle, "attest"), Asked(reject(first), cast.nora, "reject")
        stage.race(pair, Way.FIRST)
        stage.do(Asked(ko.WithdrawOrder(order=second), cast.berta))
        return stage.history, Kept.of(stage.store, cast.portal, stage.history)


def calls_of(run: Run, trigger: Trigger) -> list[Call]:
    """Those that ask for this."""
    return [call for call in run[0].calls if call.asked.command.trigger is trigger]


def order_of(run: Run) -> ko.Order:
    """The order that was raced for."""
    command = calls_of(run, Trigger.ATTEST)[0].asked.command
    assert isinstance(command, ko.AttestOrder)
    record = run[1].facts[Key(f"order:{command.order}")].record
    assert isinstance(record, ko.Order)
    return record


def key_of(run: Run) -> Key:
    """Where it is kept."""
    return Key(f"order:{order_of(run).id}")


def with_entries(run: Run, change: Callable[[tuple[Entry, ...]], tuple[Entry, ...]]) -> Run:
    """Its journal is another."""
    history, kept = run
    key = key_of(run)
    return history, attrs.evolve(kept, entries={**kept.entries, key: change(kept.entries[key])})


def with_last(run: Run, change: Callable[[ko.Event], ko.Event]) -> Run:
    """Its last step is told otherwise."""
    return with_entries(run, lambda all_: (*all_[:-1], attrs.evolve(all_[-1], event=change(all_[-1].event))))


def with_facts(run: Run, changed: Mapping[Key, Fact]) -> Run:
    """Some records are others."""
    history, kept = run
    return history, attrs.evolve(kept, facts={**kept.facts, **changed})


def with_writes(run: Run, change: Callable[[list[Written]], list[Written]]) -> Run:
    """Other writes were noted."""
    history, kept = run
    return attrs.evolve(history, written=change(history.written)), kept


def with_last_write(run: Run, change: Callable[[Written], Written]) -> Run:
    """The last write was another."""
    return with_writes(run, lambda all_: [*all_[:-1], change(all_[-1])])


def with_mail(run: Run, template: Template, step: int) -> Run:
    """Another mail is owed about it."""
    history, kept = run
    owed = next(owed for owed in kept.owed if owed.mail is not None and owed.mail.subject == key_of(run))
    assert owed.mail is not None
    other = attrs.evolve(owed, mail=attrs.evolve(owed.mail, template=template, step=step))
    return history, attrs.evolve(kept, owed=(*kept.owed, other))


def answered(run: Run, trigger: Trigger, answer: Answered | None) -> Run:
    """All who asked for this were answered otherwise."""
    for call in calls_of(run, trigger):
        call.answered = answer
    return run


def without_receipt(run: Run, key: str) -> Run:
    """There is no receipt."""
    return with_facts(run, {receipt_key(key): ABSENT})


def without_last(run: Run) -> Run:
    """Its last entry is lost."""
    return with_entries(run, lambda entries: entries[:-1])


def asked_again(run: Run, asked: Asked, answer: Answered) -> Run:
    """Somebody has asked something else besides."""
    history = run[0]
    history.ended(history.made("somebody", asked), answer)
    return run


def told_otherwise(run: Run) -> Run:
    """The second who asked with a key was told something else than the first."""
    call = calls_of(run, Trigger.SEND)[1]
    told = None if call.answered is None else call.answered.told
    assert told is not None
    call.answered = Answered(outcome=encode(attrs.evolve(told, state="DRAFT")))
    return run


def key_used_twice(run: Run) -> Run:
    """A key was good for another act, too."""
    (call,) = calls_of(run, Trigger.ATTEST)
    assert call.answered is not None
    return asked_again(run, attrs.evolve(call.asked, actor=ko.Actor("berta", "999200-0001")), call.answered)


def acknowledged_twice(run: Run) -> Run:
    """Another who asked the same was told that it is done, too."""
    (call,) = calls_of(run, Trigger.ATTEST)
    assert call.answered is not None
    return asked_again(run, attrs.evolve(call.asked, key="another"), call.answered)


def other_receipt(run: Run) -> Run:
    """The receipt tells another outcome."""
    fact = run[1].facts[receipt_key("send")]
    assert isinstance(fact.record, Receipt)
    return with_facts(run, {receipt_key("send"): attrs.evolve(fact, record=attrs.evolve(fact.record, outcome="{}"))})


def out_of_turn(run: Run) -> Run:
    """Who attested had asked only when what came after was answered: here, after the end of all."""
    (attested,), sent = calls_of(run, Trigger.ATTEST), calls_of(run, Trigger.SEND)
    attested.made, attested.ended = 1, 2
    for call in sent:
        call.made, call.ended = 3, 4
    return run


def unknown_twice(run: Run) -> Run:
    """Two entries for one act of which nobody knows."""
    return with_entries(answered(run, Trigger.ATTEST, LOST), lambda entries: (*entries, entries[-1]))


def hole(write: Written) -> Written:
    """A version is left out."""
    return attrs.evolve(write, records=tuple(Guard(each.key, each.version + 1) for each in write.records))


def unguarded(write: Written) -> Written:
    """It rested on a version of before."""
    return attrs.evolve(write, guards=tuple(Guard(each.key, each.version - 1) for each in write.guards))


def from_the_future(write: Written) -> Written:
    """It rested on what is not there yet."""
    return attrs.evolve(write, guards=tuple(Guard(each.key, each.version + 9) for each in write.guards))


def at(began: int, ended: int, rests_on: str, version: int, writes: str) -> Written:
    """Somebody rests on a version of one record, and writes the first version of another."""
    return Written(began, ended, (Guard(Key(rests_on), version), Guard(Key(writes), 0)), (Guard(Key(writes), 1),))


def ring(all_: list[Written]) -> list[Written]:
    """Two at once: each saw that what the other was about to write was not there."""
    last = all_[-1].ended
    return [*all_, at(last + 1, last + 4, "case:b", 0, "case:a"), at(last + 2, last + 3, "case:a", 0, "case:b")]


def ring_in_time(all_: list[Written]) -> list[Written]:
    """The last saw nothing of the second, the second nothing of the first; but the first had ended by then."""
    last = all_[-1].ended
    return [
        *all_,
        at(last + 1, last + 2, "case:none", 0, "case:c"),
        at(last + 1, last + 9, "case:c", 0, "case:b"),
        at(last + 3, last + 4, "case:b", 0, "case:a"),
    ]


def written_twice(run: Run) -> Run:
    """One of those who raced was killed, and a version that the other has written was written by a third."""
    return with_writes(answered(run, Trigger.REJECT, Answered(error=KILLED)), lambda all_: [*all_, all_[-1]])


def written_and_lost(run: Run) -> Run:
    """One of those who raced was killed, and what the other has written is not there."""
    run = answered(run, Trigger.REJECT, Answered(error=KILLED))
    return with_facts(run, {key_of(run): Fact(1, order_of(run), 5, "")})


WRONGS: Final[Mapping[str, tuple[Callable[[Run], Run], str]]] = {
    "acknowledged and lost": (without_last, "was acknowledged and is not kept"),
    "acknowledged twice and kept once": (acknowledged_twice, "was acknowledged and is not kept"),
    "kept twice": (lambda run: with_entries(run, lambda all_: (*all_, all_[-1])), "acknowledged to nobody"),
    "refused and kept": (lambda run: answered(run, Trigger.ATTEST, REFUSED), "acknowledged to nobody"),
    "refused and has a receipt": (lambda run: answered(run, Trigger.ATTEST, REFUSED), "was refused and has a receipt"),
    "unknown and kept twice": (unknown_twice, "acknowledged to nobody"),
    "unknown and kept without its receipt": (
        lambda run: without_receipt(answered(run, Trigger.ATTEST, LOST), "attest"),
        "a part is kept",
    ),
    "unknown and kept without its entry": (
        lambda run: without_last(answered(run, Trigger.ATTEST, None)),
        "a part is kept",
    ),
    "one key and two outcomes": (told_otherwise, "has 2 outcomes"),
    "one key and two acts": (key_used_twice, "was good for more than one act"),
    "done without a receipt": (lambda run: without_receipt(run, "send"), "is not what was told"),
    "done with another receipt": (other_receipt, "is not what was told"),
    "the later before the earlier": (out_of_turn, "was asked for when a later one had been answered"),
    "a hole in the versions": (lambda run: with_last_write(run, hole), "follows none"),
    "a version twice": (lambda run: with_writes(run, lambda all_: [*all_, all_[-1]]), "was written 2 times"),
    "a decision on what was no more": (lambda run: with_last_write(run, unguarded), "decided on version"),
    "a decision on what nobody has written": (
        lambda run: with_last_write(run, from_the_future),
        "which nobody has written",
    ),
    "a ring": (lambda run: with_writes(run, ring), NO_ORDER),
    "a ring in time": (lambda run: with_writes(run, ring_in_time), NO_ORDER),
    "another version than was written": (
        lambda run: with_writes(run, lambda all_: all_[:-1]),
        "was the last to be written",
    ),
    "somebody killed and a version twice": (written_twice, "was written 2 times"),
    "somebody killed and a write lost": (written_and_lost, "was the last to be written"),
    "a hole in the journal": (
        lambda run: with_entries(run, lambda all_: (*all_[:-1], attrs.evolve(all_[-1], number=9))),
        "are not numbered from 1",
    ),
    "a step that is no row": (
        lambda run: with_last(run, lambda event: attrs.evolve(event, trigger=Trigger.COMPLETE)),
        "does not lead from",
    ),
    "a step to elsewhere": (
        lambda run: with_last(run, lambda event: attrs.evolve(event, after="COMPLETED")),
        "does not lead from",
    ),
    "a step of another's": (
        lambda run: with_last(run, lambda event: attrs.evolve(event, role=Role.ORDERER)),
        "is not for ORDERER",
    ),
    "a step for another side": (
        lambda run: with_last(run, lambda event: attrs.evolve(event, party=Party.AGENT)),
        "is not for ATTESTANT",
    ),
    "two decisions from one state": (
        lambda run: with_entries(
            run,
            lambda all_: (
                *all_,
                attrs.evolve(all_[-1], number=all_[-1].number + 1),
            ),
        ),
        "does not go on where the entry before has led",
    ),
    "a step left out": (
        lambda run: with_last(run, lambda event: attrs.evolve(event, step=event.step + 1)),
        "does not go on where the entry before has led",
    ),
    "a record that is elsewhere": (
        lambda run: with_facts(
            run,
            {
                key_of(run): attrs.evolve(
                    run[1].facts[key_of(run)], record=attrs.evolve(order_of(run), state=ko.OrderState.REJECTED)
                )
            },
        ),
        "the record is elsewhere",
    ),
    "a mail of the loser's": (
        lambda run: with_mail(run, Template.ORDER_REJECTED, order_of(run).step),
        "is owed by no step that was taken",
    ),
    "a mail of no step": (
        lambda run: with_mail(run, Template.ATTEST_ORDER, order_of(run).step + 1),
        "is owed by no step that was taken",
    ),
    "a journal that was tampered with": (
        lambda run: (run[0], attrs.evolve(run[1], problems=("order:x 3: has been changed",))),
        "has been changed",
    ),
}


def test_what_is_right_is_found_right(run: Run) -> None:
    assert wrongs(*run) == []


@pytest.mark.parametrize("name", WRONGS)
def test_what_is_wrong_is_found(run: Run, name: str) -> None:
    change, found = WRONGS[name]
    lines = wrongs(*change(run))
    assert any(found in line for line in lines), lines


@pytest.mark.parametrize("answer", [LOST, Answered(error=KILLED), None])
def test_what_nobody_knows_may_be_kept_or_not(run: Run, answer: Answered | None) -> None:
    assert wrongs(*answered(run, Trigger.ATTEST, answer)) == []
    history, kept = answered(run, Trigger.REJECT, answer)
    assert wrongs(history, kept) == []


def test_writes_at_once_that_can_be_put_in_order_are_in_order() -> None:
    one, other = at(1, 9, "case:b", 0, "case:a"), at(2, 3, "case:none", 0, "case:b")
    assert list(disorder([one, other])) == []
    assert list(disorder([other, one])) == []
    later = at(4, 9, "case:b", 0, "case:a")
    assert len(list(disorder([later, other]))) == 1


def test_what_was_done_before_the_beginning_need_not_be_known(run: Run) -> None:
    history, kept = run
    assert sum(len(entries) for entries in kept.entries.values()) > sum(call.is_done for call in history.calls)
    whole = attrs.evolve(history, before={})
    assert any("acknowledged to nobody" in line for line in wrongs(whole, kept))


def test_a_cut_tail_shows_against_the_beginning(tmp_path: Path) -> None:
    with staged(Ground("memory", in_processes=False), tmp_path) as stage:
        stage.begin()
        later = ko.Head(chain="order:o-x", number=3, digest="0" * 64)
        stage.history = attrs.evolve(stage.history, anchor=(*stage.history.anchor, later))
        assert any("kept elsewhere" in line for line in stage.wrongs())
