"""A relay that is down for days, or does not want us: nothing is lost, nobody is blamed, and all else goes on."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from cast import Cast
from faults import Unsteady
from outbox import SHARED, STORES, Standing, filled, follow_up, mail, message_id, owe, owed_in, person, portal
from world import START

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer, MemoryStore
from kundorder.delivery import GIVE_UP_AFTER, LEASE, PAUSES, SILENCES
from kundorder.errors import Postponed, RelayStopped
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Letter
from kundorder.situation import Key
from kundorder.vocabulary import Role, Template

DOWN = ko.Unavailable("the relay does not answer in time")
LOCKED_OUT = RelayStopped("the relay refuses the login (535 5.7.8)")
LONGEST_PAUSE = timedelta(minutes=PAUSES[-1]) * 1.5


@attrs.define
class Scripted:
    """A mailer that answers each letter in turn as it is told to, and takes all that follow."""

    answers: Sequence[Exception | None]
    taken: list[str] = attrs.field(factory=list)
    asked: int = 0

    def send(self, letter: Letter) -> None:
        answer = self.answers[self.asked] if self.asked < len(self.answers) else None
        self.asked += 1
        if answer is not None:
            raise answer
        self.taken.append(letter.message_id)


def noon() -> Standing:
    return Standing(START.replace(hour=12))


def outage(cast: Cast, number: int) -> None:
    """72 hours without a relay and with so many mails owed; then it is back, and everything leaves."""
    clock, store = cast.world.clock, cast.world.store
    letters = MemoryMailer()
    relay = Unsteady(letters, DOWN)
    delivering = portal(store, relay, clock)
    names = filled(store, [f"mail {place}" for place in range(number)], since=clock.time, seconds=6 * 3600 / number)
    orders: list[str] = []
    told = cast.bells(cast.nora)
    for hour in range(0, 72, 2):
        clock.time += timedelta(hours=2)
        report = delivering.deliver(limit=number)
        assert (report.stopped, report.sent, report.parked, report.cancelled) == (DOWN.what, 0, 0, 0)
        if hour % 12 == 0:
            orders.append(cast.sent())
            assert cast.state(orders[-1]) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    cast.assign(cast.nora, Role.ATTESTANT)
    assert delivering.deliver(limit=number).followed_up == 1
    assert cast.bells(cast.nora) == [*told, *[Template.ATTEST_ORDER] * len(orders)]
    for order in orders[:2]:
        cast.world.attest(order, cast.atle)
    owed = owed_in(store, ko.OwedState.DUE)
    assert set(owed) >= set(names)
    assert max(each.due_at for each in owed.values()) <= clock.time + LONGEST_PAUSE
    assert {each.attempts for each in owed.values() if each.note is None} == {0}
    relay.error = None
    relay.handed.clear()
    waiting = [message_id(name) for name, each in owed.items() if each.due_at <= clock.time]
    assert delivering.deliver(limit=2 * number).stopped is None
    left, expected = set(relay.handed), set(waiting)
    kept = [handed for handed in relay.handed if handed in expected]
    assert kept == [each for each in waiting if each in left]  # the oldest first
    assert len(kept) >= number - 40 * SILENCES  # all but those that were tried in the last hour
    clock.time += LONGEST_PAUSE
    assert delivering.deliver(limit=2 * number).stopped is None
    assert owed_in(store, ko.OwedState.DUE, ko.OwedState.PARKED) == {}
    assert len(relay.handed) == len(set(relay.handed))
    assert set(relay.handed) >= {message_id(name) for name in names}
    assert delivering.deliver() == ko.DeliveryReport()


@pytest.mark.parametrize(("kind", "number"), [("memory", 10_000), ("sqlite", 60)])
def test_a_relay_is_down_for_three_days(kind: str, number: int, tmp_path: Path) -> None:
    outage(Cast.new(agent=False, store=STORES[kind](tmp_path)), number)


@pytest.mark.long
@pytest.mark.parametrize("kind", SHARED)
def test_a_relay_is_down_for_three_days_with_ten_thousand_mails_on_disk(kind: str, tmp_path: Path) -> None:
    outage(Cast.new(agent=False, store=SHARED[kind](tmp_path)), 10_000)


def test_the_pauses_of_three_days_grow_to_a_cap_and_no_two_are_alike() -> None:
    store, clock = MemoryStore(), Standing(START)
    names = filled(store, ["one", "other"])
    delivering = portal(store, Unsteady(MemoryMailer(), DOWN), clock)
    pauses: dict[str, list[timedelta]] = {name: [] for name in names}
    before = owed_in(store)
    for minute in range(72 * 60):
        clock.time = START + timedelta(minutes=minute)
        delivering.deliver()
        after = owed_in(store)
        for name in names:
            if after[name].attempts > before[name].attempts:
                pauses[name].append(after[name].due_at - clock.time)
        before = after
    for found in pauses.values():
        wanted = [PAUSES[min(place, len(PAUSES) - 1)] for place in range(len(found))]
        for minutes, pause in zip(wanted, found, strict=True):
            assert timedelta(minutes=minutes) - timedelta(seconds=30) <= pause <= timedelta(minutes=minutes) * 1.5
        assert 72 / 1.6 <= len(found) <= 72 + len(PAUSES)
    capped = [pause for found in pauses.values() for pause in found[len(PAUSES) :]]
    assert len(set(capped)) == len(capped)
    assert max(capped) - min(capped) > timedelta(minutes=PAUSES[-1]) / 4
    assert {owed.failures for owed in before.values()} == {0}


def test_a_round_does_not_ask_a_silent_relay_once_for_every_letter() -> None:
    store, clock, mailer = MemoryStore(), noon(), Scripted([DOWN] * 1000)
    names = filled(store, [f"mail {number}" for number in range(200)])
    before = owed_in(store)
    report = portal(store, mailer, clock).deliver()
    assert report == ko.DeliveryReport(later=SILENCES, stopped=DOWN.what)
    assert mailer.asked == SILENCES
    after = owed_in(store)
    for name in names[SILENCES:]:
        assert attrs.evolve(after[name], fence=0) == before[name]
    assert [after[name].attempts for name in names[:SILENCES]] == [1] * SILENCES
    assert portal(store, Scripted([]), clock).deliver().sent == 200 - SILENCES  # the very next moment


def test_letters_that_were_tried_do_not_stand_in_the_way_of_those_that_were_not() -> None:
    """Should the relay hang up on them and on no others, the others leave with the next round."""
    store, clock = MemoryStore(), noon()
    names = filled(store, [f"mail {number}" for number in range(10)])
    bad = {message_id(name) for name in names[:SILENCES]}

    class Choosy:
        def send(self, letter: Letter) -> None:
            if letter.message_id in bad:
                raise DOWN

    delivering = portal(store, Choosy(), clock)
    assert delivering.deliver() == ko.DeliveryReport(later=SILENCES, stopped=DOWN.what)
    assert delivering.deliver() == ko.DeliveryReport(sent=10 - SILENCES)


def test_a_relay_that_wants_a_letter_later_does_answer() -> None:
    store, clock = MemoryStore(), noon()
    filled(store, [f"mail {number}" for number in range(30)])
    mailer = Scripted(([DOWN] * (SILENCES - 1) + [Postponed("451 4.7.1 greylisted")]) * 10)
    report = portal(store, mailer, clock).deliver()
    assert report == ko.DeliveryReport(later=30)
    assert mailer.asked == 30


def test_a_relay_that_answers_now_and_then_is_asked_on() -> None:
    store, clock = MemoryStore(), noon()
    filled(store, [f"mail {number}" for number in range(90)])
    mailer = Scripted(([DOWN] * (SILENCES - 1) + [None]) * 30)
    report = portal(store, mailer, clock).deliver()
    assert report == ko.DeliveryReport(later=90 - 90 // SILENCES, sent=90 // SILENCES)


def test_letters_that_are_put_off_one_by_one_do_not_stop_the_round() -> None:
    """Greylisting: a relay that puts off each addressee it does not know yet."""
    store, clock = MemoryStore(), noon()
    filled(store, [f"mail {number}" for number in range(120)])
    mailer = Scripted([Postponed("the relay refuses the address for now (450 4.2.0)")] * 120)
    assert portal(store, mailer, clock).deliver() == ko.DeliveryReport(later=120)
    clock.time += timedelta(hours=1)
    assert portal(store, mailer, clock).deliver() == ko.DeliveryReport(sent=120)


def test_a_relay_that_refuses_us_stops_the_round_at_once_and_the_letter_is_as_it_was() -> None:
    store, clock, mailer = MemoryStore(), noon(), Scripted([None, None, LOCKED_OUT])
    names = filled(store, [f"mail {number}" for number in range(120)])
    before = owed_in(store)
    assert portal(store, mailer, clock).deliver() == ko.DeliveryReport(sent=2, stopped=LOCKED_OUT.why)
    assert mailer.asked == 3
    after = owed_in(store, ko.OwedState.DUE)
    assert list(after) == list(names[2:])
    assert after[names[2]].note == LOCKED_OUT.why
    assert [attrs.evolve(owed, fence=0, note=None) for owed in after.values()] == [before[name] for name in after]
    assert portal(store, Scripted([]), clock).deliver() == ko.DeliveryReport(sent=118)


@pytest.mark.parametrize("error", [DOWN, LOCKED_OUT], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("limit", [50, 1000])
def test_what_the_system_does_itself_does_not_wait_behind_mail(error: Exception, limit: int) -> None:
    store, clock = MemoryStore(), noon()
    names = filled(store, [f"mail {number}" for number in range(300)])
    owe(store, *(follow_up(f"follow-up {number}", START + timedelta(hours=3)) for number in range(4)))
    owe(store, follow_up("not yet", START + timedelta(days=9)))
    report = portal(store, Scripted([error] * 999), clock).deliver(limit=limit)
    assert (report.followed_up, report.sent, report.stopped is None) == (4, 0, False)
    due = owed_in(store, ko.OwedState.DUE)
    assert set(due) == {*names, "not yet"}
    assert portal(store, Scripted([]), clock).deliver().sent == 300 - (SILENCES if error is DOWN else 0)


def test_no_more_is_followed_up_without_a_relay_than_one_asks_for() -> None:
    store, clock = MemoryStore(), noon()
    filled(store, ["mail"])
    owe(store, *(follow_up(f"follow-up {number}", START + timedelta(hours=3)) for number in range(4)))
    delivering = portal(store, Scripted([LOCKED_OUT] * 9), clock)
    assert [delivering.deliver(limit=3).followed_up for _ in range(3)] == [2, 2, 0]


def test_a_letter_the_relay_was_never_there_for_is_not_given_up_and_starts_from_nothing_when_it_fails_itself() -> None:
    store, clock = MemoryStore(), noon()
    (name,) = filled(store, ["mail"])
    mailer = Scripted([DOWN] * 50 + [ValueError("what")] * (GIVE_UP_AFTER - 1))
    delivering = portal(store, mailer, clock)
    for _ in range(50 + GIVE_UP_AFTER - 1):
        assert delivering.deliver().later == 1
        clock.time += LONGEST_PAUSE
    owed = owed_in(store)[name]
    assert (owed.state, owed.failures) == (ko.OwedState.DUE, GIVE_UP_AFTER - 1)
    assert delivering.deliver().sent == 1


def test_a_silent_relay_takes_no_longer_than_a_few_letters_do() -> None:
    """Each letter takes as long as a mailer waits; the leases of the others do not run out meanwhile."""
    store, clock = MemoryStore(), noon()
    filled(store, [f"mail {number}" for number in range(200)])

    class Slow:
        def send(self, letter: Letter) -> None:
            del letter
            clock.time += timedelta(seconds=25)
            raise DOWN

    began = clock.time
    assert portal(store, Slow(), clock).deliver().stopped is not None
    assert clock.time - began < 2 * LEASE
    assert portal(store, Scripted([]), clock).deliver().sent == 200 - SILENCES


def test_what_a_round_has_left_of_its_limit_goes_to_what_needs_no_relay() -> None:
    store, clock = MemoryStore(), noon()
    filled(store, [f"mail {number}" for number in range(SILENCES)])
    owe(store, *(follow_up(f"follow-up {number}", START + timedelta(hours=3)) for number in range(90)))
    report = portal(store, Scripted([DOWN] * 100), clock).deliver(limit=80)
    assert report == ko.DeliveryReport(followed_up=80 - SILENCES, later=SILENCES, stopped=DOWN.what)


@pytest.mark.parametrize("seed", range(3))
def test_a_relay_that_comes_and_goes_gets_everything_once(seed: int) -> None:
    """The seed is the number in the name."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    store, clock = MemoryStore(), noon()
    names = filled(store, [f"mail {number}" for number in range(300)])
    answers: list[Exception | None] = [
        chance.choice([None, None, DOWN, LOCKED_OUT, Postponed("later"), KeyError("x")]) for _ in range(1000)
    ]
    mailer = Scripted(answers)
    rounds = 0
    while owed_in(store, ko.OwedState.DUE):
        portal(store, mailer, clock).deliver()
        clock.time += timedelta(minutes=chance.randint(0, 40))
        rounds += 1
        assert rounds < 2000
    assert sorted(mailer.taken) == sorted(message_id(name) for name in names if name not in parked(store))


def parked(store: MemoryStore) -> dict[str, ko.Owed]:
    """What needs help."""
    return owed_in(store, ko.OwedState.PARKED)


NAMELESS = attrs.evolve(person(1), id="m-x", name="Kanarie =?utf-8?q?x=0ABcc:_y?=", email="kanarie@region.example")
NOWHERE = attrs.evolve(person(1), id="m-x", name="Kanarie Prov", email="kanarie@region.example, other@region.example")


@pytest.mark.parametrize(
    ("member", "subject", "rounds", "why"),
    [
        (NAMELESS, "member:m-x", 1, "name must not look like an encoded word of a header"),
        (
            NOWHERE,
            "member:m-x",
            1,
            "the address must be a plain e-mail address in ASCII",
        ),
        (person(1), "nonsense", GIVE_UP_AFTER, "KeyError"),
    ],
)
def test_one_mail_that_cannot_be_written_holds_up_none_of_a_thousand(
    member: ko.Member, subject: str, rounds: int, why: str
) -> None:
    store, clock, mailer = MemoryStore(), noon(), MemoryMailer()
    names = filled(store, [f"mail {number}" for number in range(1000)])
    owed = mail("poison", 0, START - timedelta(days=1))  # the oldest
    assert owed.mail is not None
    poison = attrs.evolve(owed, mail=attrs.evolve(owed.mail, subject=subject, member="m-x"))
    stored = Stored(key=Key("member:m-x"), record=member, version=1, number=0, digest="")
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(), records=(stored,), entries=(), owed=(poison,)))
    reports: list[ko.DeliveryReport] = []
    for _ in range(GIVE_UP_AFTER + 1):
        reports.append(portal(store, mailer, clock).deliver(limit=2000))
        clock.time += LONGEST_PAUSE
    assert [report.sent for report in reports] == [1000, *[0] * GIVE_UP_AFTER]
    assert [report.parked for report in reports].index(1) == rounds - 1
    assert set(owed_in(store, ko.OwedState.SENT)) == set(names)
    assert set(parked(store)) == {"poison"}
    note = str(parked(store)["poison"].note)
    assert note.startswith(why)
    assert not any(word in f"{reports} {note}" for word in ("Kanarie", "kanarie", "region."))


def test_a_mail_to_one_who_is_not_there_is_dropped() -> None:
    store, clock = MemoryStore(), noon()
    owed = mail("to nobody", 0, START)
    assert owed.mail is not None
    owe(store, attrs.evolve(owed, mail=attrs.evolve(owed.mail, member="m-gone", subject="member:m-gone")))
    assert portal(store, Scripted([]), clock).deliver() == ko.DeliveryReport(cancelled=1)
    assert owed_in(store)["to nobody"].note == "there is nobody to write to"
