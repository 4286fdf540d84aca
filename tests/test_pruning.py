"""What is kept only to repeat or to deliver does not grow for ever, and nothing that is needed is ever removed."""

import asyncio
import random
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from cast import Cast, snapshot
from faults import Around, Forgetting, Meanwhile, Unsteady, nothing
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer
from kundorder.adapters.sqlite import SqliteStore
from kundorder.adapters.threads import Thread, ThreadedStore
from kundorder.events import Owed, OwedState
from kundorder.layout import JournalMode
from kundorder.outcomes import Changes, PruneReport
from kundorder.ports import Page, Store, Transaction
from kundorder.sample import CATALOGUE
from kundorder.situation import Key, key_of_id, receipt_key
from kundorder.testing.contracts.store.made_up import a_mail, a_receipt, changes, put
from kundorder.vocabulary import Index, Role, Template

MONTH = timedelta(days=30)
YEAR = timedelta(days=365)


def later(cast: Cast, passed: timedelta) -> None:
    """Time passes."""
    cast.world.clock.time += passed


def prune(cast: Cast, *, receipts: timedelta = MONTH, mail: timedelta = MONTH, limit: int = 1000) -> PruneReport:
    """Remove what is older than that."""
    return cast.portal.prune(receipts_older_than=receipts, mail_older_than=mail, limit=limit)


def receipts(cast: Cast) -> list[str]:
    """The keys whose receipts are kept, the oldest first."""
    with cast.world.store.transaction() as transaction:
        lines = transaction.select(Index.RECEIPTS, ("",), after=None, limit=100_000).items
    return [line.key.removeprefix("receipt:") for line in lines]


def debts(cast: Cast, *states: OwedState) -> list[Owed]:
    """The debts in these states; all of them if none is named."""
    with cast.world.store.transaction() as transaction:
        lines = transaction.select(Index.OWED, states or tuple(OwedState), after=None, limit=100_000).items
    return [line.owed for line in lines if line.owed is not None]


def subject(owed: Owed) -> Key:
    """What a debt is about."""
    if owed.mail is not None:
        return Key(owed.mail.subject)
    assert owed.follow_up is not None
    return key_of_id(owed.follow_up.about)


def is_at_its_step(cast: Cast, owed: Owed) -> bool:
    """Whether what a debt is about is still where it was; told from the id, and from nothing the pruning looks at."""
    record = cast.record(subject(owed))
    assert isinstance(record, ko.Order | ko.Agreement | ko.AgentAssignment | ko.Member)
    about = subject(owed) if owed.id.startswith(subject(owed)) else subject(owed).partition(":")[2]
    number = f"{record.number if isinstance(record, ko.Agreement) else 1}." if about == subject(owed) else ""
    return owed.id.startswith(f"{about}/{number}{record.step}/")


# Receipts


def test_a_receipt_is_kept_for_as_long_as_the_host_says_and_not_longer() -> None:
    cast = Cast.new()
    cast.portal.execute(ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT), cast.berta, key="old")
    later(cast, timedelta(days=20))
    cast.portal.execute(ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT), cast.berta, key="young")
    later(cast, timedelta(days=9))
    assert prune(cast).receipts == 0
    later(cast, timedelta(days=1, minutes=1))
    assert prune(cast).receipts == 1
    assert receipts(cast) == ["young"]
    assert cast.record(receipt_key("old")) is None


def test_a_key_that_is_kept_repeats_the_outcome_and_one_that_is_gone_acts_anew() -> None:
    cast = Cast.new()
    start = ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT)
    first = cast.portal.execute(start, cast.berta, key="start")
    later(cast, MONTH - timedelta(minutes=1))
    prune(cast)
    assert cast.portal.execute(start, cast.berta, key="start") == first
    later(cast, timedelta(minutes=1))
    prune(cast)
    assert cast.portal.execute(start, cast.berta, key="start").order.id != first.order.id
    with pytest.raises(ko.KeyReused):
        cast.portal.execute(
            ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT), cast.berta, key="start"
        )


def test_a_step_that_was_taken_is_not_taken_twice_even_when_its_receipt_is_gone() -> None:
    """The state of the order stands in the way, as it does for anybody without a key."""
    cast = Cast.new()
    order = cast.draft()
    cast.portal.execute(ko.SendOrder(order=order), cast.berta, key="send")
    later(cast, YEAR)
    assert prune(cast).receipts == 1
    with pytest.raises(ko.Refused):
        cast.portal.execute(ko.SendOrder(order=order), cast.berta, key="send")


def keyed(cast: Cast, number: int) -> None:
    """So many receipts, a second apart or more."""
    for each in range(number):
        cast.portal.execute(
            ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT), cast.berta, key=f"key {each:05d}"
        )


def test_the_oldest_go_first_and_no_more_at_once_than_asked_for() -> None:
    cast = Cast.new()
    keyed(cast, 25)
    later(cast, MONTH)
    found: list[tuple[int, bool]] = []
    left: list[int] = []
    while not found or found[-1][1]:
        report = prune(cast, limit=10, mail=YEAR)
        found.append((report.receipts, report.more))
        left.append(len(receipts(cast)))
        assert receipts(cast) == [f"key {each:05d}" for each in range(25 - left[-1], 25)]
    assert found == [(10, True), (10, True), (5, False)]
    assert left == [15, 5, 0]


def grown() -> Cast:
    """Much has happened, a year ago."""
    cast = Cast.new()
    cast.handed_over()
    cast.agent_done()
    cast.portal.deliver()
    keyed(cast, 3)
    later(cast, YEAR)
    return cast


def test_a_limit_counts_receipts_and_mail_together_and_whoever_goes_on_comes_to_an_end() -> None:
    together = prune(grown(), limit=10_000)
    assert together.mails > 10
    assert not together.more
    cast = grown()
    reports = [prune(cast, limit=4)]
    while reports[-1].more:
        reports.append(prune(cast, limit=4))
    assert reports[0] == PruneReport(receipts=3, mails=0, links=1, more=True)
    assert sum(report.receipts for report in reports) == together.receipts == 3
    assert sum(report.mails for report in reports) == together.mails
    assert sum(report.links for report in reports) == together.links > 5
    assert all(report.receipts + report.mails + report.links <= 4 for report in reports)
    assert prune(cast) == PruneReport(receipts=0, mails=0, more=False)


@pytest.mark.parametrize(
    ("path", "receipts_older", "mail_older", "limit"),
    [
        ("$.receipts_older_than", timedelta(hours=24) - timedelta.resolution, MONTH, 1),
        ("$.receipts_older_than", -MONTH, MONTH, 1),
        ("$.receipts_older_than", timedelta.max, MONTH, 1),
        ("$.mail_older_than", MONTH, timedelta(0), 1),
        ("$.mail_older_than", MONTH, timedelta(days=36_526), 1),
        ("$.limit", MONTH, MONTH, 0),
        ("$.limit", MONTH, MONTH, -1),
    ],
)
def test_an_age_that_makes_no_sense_is_refused_and_nothing_is_removed(
    path: str, receipts_older: timedelta, mail_older: timedelta, limit: int
) -> None:
    cast = grown()
    before = snapshot(cast.world.store)
    with pytest.raises(ko.Malformed) as caught:
        prune(cast, receipts=receipts_older, mail=mail_older, limit=limit)
    assert [problem.path for problem in caught.value.problems] == [path]
    assert snapshot(cast.world.store) == before


def test_the_shortest_age_is_a_day() -> None:
    cast = Cast.new()
    keyed(cast, 1)
    later(cast, timedelta(hours=23))
    assert prune(cast, receipts=timedelta(hours=24)).receipts == 0
    later(cast, timedelta(hours=1))
    assert prune(cast, receipts=timedelta(hours=24)).receipts == 1


# Mail


def test_old_mail_of_a_step_that_is_past_is_removed_and_that_of_the_present_step_is_not() -> None:
    cast = Cast.new()
    order = cast.sent()
    assert cast.told() == [("atle", Template.ATTEST_ORDER)]
    later(cast, YEAR)
    prune(cast)
    assert [owed.mail.template for owed in debts(cast) if owed.mail and order in owed.id] == [Template.ATTEST_ORDER]
    cast.world.attest(order, cast.atle)
    prune(cast)
    assert [owed for owed in debts(cast, OwedState.SENT) if order in owed.id] == []


@pytest.mark.parametrize("careless", [False, True], ids=["pruned", "all that was sent dropped"])
def test_whoever_has_been_asked_is_not_asked_twice(*, careless: bool) -> None:
    """Its id is what keeps a mail from being owed twice, and so the mail of a step that waits is never removed."""
    letters = MemoryMailer()
    outbox = Unsteady(letters, None)
    cast = Cast.new(mailer=letters, outbox=outbox)
    order = cast.sent()
    cast.portal.deliver()
    later(cast, YEAR)
    if careless:
        over = tuple(owed.id for owed in debts(cast, OwedState.SENT))
        with cast.world.store.transaction() as transaction:
            transaction.write(Changes(guards=(), records=(), entries=(), owed=(), dropped_owed=over))
    else:
        assert prune(cast).mails > 0
    outbox.handed.clear()
    cast.remove(cast.atle, Role.ATTESTANT)
    cast.assign(cast.atle, Role.ATTESTANT)
    cast.portal.deliver()
    cast.portal.deliver()
    asked = [owed for owed in debts(cast) if order in owed.id and owed.mail is not None]
    assert len(asked) == 1
    assert len(outbox.handed) == (1 if careless else 0)


def test_a_mail_that_was_cancelled_at_the_present_step_is_still_owed_again_when_the_right_comes_back() -> None:
    cast = Cast.new()
    order = cast.sent()
    cast.remove(cast.atle, Role.ATTESTANT)
    cast.portal.deliver()
    assert [owed.state for owed in debts(cast) if order in owed.id] == [OwedState.CANCELLED]
    later(cast, YEAR)
    prune(cast)
    assert [owed.state for owed in debts(cast) if order in owed.id] == [OwedState.CANCELLED]
    cast.assign(cast.atle, Role.ATTESTANT)
    assert cast.told() == [("atle", Template.ATTEST_ORDER)]


def test_mail_that_waits_or_is_stuck_is_never_removed_however_old() -> None:
    letters = MemoryMailer()
    outbox = Unsteady(letters, None)
    cast = Cast.new(mailer=letters, outbox=outbox)
    outbox.error = ko.Undeliverable("no such address")
    order = cast.sent()
    cast.portal.deliver()
    outbox.error = ko.Unavailable("the relay does not answer")
    cast.world.attest(order, cast.atle)
    cast.sent()
    cast.portal.deliver()
    waiting = debts(cast, OwedState.DUE, OwedState.PARKED)
    assert {owed.state for owed in waiting} == {OwedState.DUE, OwedState.PARKED}
    assert not all(is_at_its_step(cast, owed) for owed in waiting)
    later(cast, 3 * YEAR)
    assert prune(cast).mails > 0
    assert debts(cast, OwedState.DUE, OwedState.PARKED) == waiting


def test_mail_of_an_agreement_that_another_has_taken_the_place_of_is_removed() -> None:
    """The two are at the same step, and the mail is of the first."""
    cast = Cast.new()
    agreement = f"customer/{CUSTOMER}"
    before = cast.record(Key(f"agreement:{agreement}"))
    assert isinstance(before, ko.Agreement)
    of_the_first = {owed.id for owed in debts(cast) if owed.id.startswith(f"agreement:{agreement}/1.")}
    assert of_the_first
    cast.portal.execute(ko.TerminateAgreement(agreement=agreement, reason="Slut."), cast.olle)
    application = cast.world.application(CUSTOMER, "adam")
    apply = ko.ApplyForCustomerAgreement(name="Igen", category=ko.CustomerCategory.REGION, application=application)
    cast.portal.execute(apply, cast.adam)
    cast.portal.execute(ko.ApproveAgreement(agreement=agreement), cast.olle)
    cast.portal.deliver()
    later(cast, YEAR)
    prune(cast)
    left = {owed.id for owed in debts(cast, OwedState.SENT, OwedState.CANCELLED)}
    assert not of_the_first & left
    assert any(owed.startswith(f"agreement:{agreement}/2.") for owed in left)


ACTS: tuple[Callable[[Cast], object], ...] = (
    lambda cast: cast.sent(),
    lambda cast: cast.sent(via=AGENT),
    lambda cast: cast.approved(),
    lambda cast: cast.attested(),
    lambda cast: cast.handed_over(),
    lambda cast: cast.portal.execute(ko.WithdrawOrder(order=cast.sent(), reason="Fel."), cast.berta),
    lambda cast: cast.remove(cast.atle, Role.ATTESTANT),
    lambda cast: cast.assign(cast.atle, Role.ATTESTANT),
    lambda cast: cast.remove(cast.hanna, Role.AGENT_HANDLER),
    lambda cast: cast.assign(cast.hanna, Role.AGENT_HANDLER),
    lambda cast: cast.world.grant(cast.agda, "hanna", "npo"),
    lambda cast: keyed(cast, 2),
    lambda cast: cast.portal.deliver(),
    lambda cast: cast.portal.deliver(),
    lambda cast: later(cast, timedelta(hours=30)),
    lambda cast: later(cast, MONTH),
)


@pytest.mark.parametrize("seed", range(15))
def test_whatever_happens_exactly_what_is_over_old_and_past_is_removed(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    cast = Cast.new()
    removed = 0
    for _ in range(60):
        try:
            rng.choice(ACTS)(cast)
        except ko.Refused:
            continue
        before, anchor = debts(cast), cast.portal.verify_journal().heads
        age = timedelta(days=rng.randrange(1, 40))
        now = cast.world.clock.time + timedelta(seconds=1)
        keys = receipts(cast)
        report = prune(cast, mail=age, receipts=age, limit=10_000)
        over = (OwedState.SENT, OwedState.CANCELLED)
        gone = [o for o in before if o.state in over and o.owed_at < now - age and not is_at_its_step(cast, o)]
        assert debts(cast) == [owed for owed in before if owed not in gone]
        dropped = attrs.evolve(report, links=0)  # what links stood for has a test of its own
        assert dropped == PruneReport(receipts=len(keys) - len(receipts(cast)), mails=len(gone), more=False)
        assert cast.portal.verify_journal(anchor).heads == anchor
        removed += report.mails + report.receipts
    assert removed > 5


# The journal


def test_the_journal_is_never_pruned() -> None:
    cast = grown()
    before, anchor = list(cast.portal.export_journal()), cast.portal.verify_journal().heads
    later(cast, 20 * YEAR)
    assert prune(cast).mails > 0
    assert list(cast.portal.export_journal()) == before
    assert cast.portal.verify_journal(anchor).verified


# Several at once, and what goes wrong


def on(cast: Cast, store: Store) -> ko.Portal:
    """Another portal, on a store in front of the same one."""
    return ko.Portal(store=store, catalogue=CATALOGUE, clock=cast.world.clock, pause=lambda _seconds: None)


def remove(portal: ko.Portal, limit: int = 1000) -> PruneReport:
    """Remove what is older than a month."""
    return portal.prune(receipts_older_than=MONTH, mail_older_than=MONTH, limit=limit)


def test_two_who_prune_at_once_are_both_content() -> None:
    cast = grown()
    reports: list[PruneReport] = []
    slow = on(cast, Meanwhile(cast.world.store, lambda: reports.append(prune(cast))))
    assert remove(slow) == PruneReport(receipts=0, mails=0, more=False)
    assert reports[0].receipts == 3


def test_a_receipt_that_was_used_anew_meanwhile_is_kept() -> None:
    """Somebody else has removed the old one, and the key has been used again."""
    cast = grown()

    def meanwhile() -> None:
        prune(cast)
        keyed(cast, 3)

    slow = on(cast, Meanwhile(cast.world.store, meanwhile))
    assert remove(slow).receipts == 0
    assert len(receipts(cast)) == 3


def test_a_debt_that_became_due_anew_meanwhile_is_kept() -> None:
    cast = Cast.new()
    order = cast.sent()
    cast.remove(cast.atle, Role.ATTESTANT)
    cast.portal.deliver()
    (cancelled,) = [owed for owed in debts(cast) if order in owed.id]
    cast.portal.execute(ko.WithdrawOrder(order=order, reason="Fel."), cast.berta)
    cast.portal.deliver()
    later(cast, YEAR)
    again = attrs.evolve(cancelled, state=OwedState.DUE, fence=0)

    def meanwhile() -> None:
        with cast.world.store.transaction() as transaction:
            transaction.write(Changes(guards=(), records=(), entries=(), owed=(again,)))

    assert remove(on(cast, Meanwhile(cast.world.store, meanwhile))).mails > 0
    assert [owed.id for owed in debts(cast, OwedState.DUE)] == [cancelled.id]


@pytest.mark.parametrize("kept_first", [False, True], ids=["not kept", "kept"])
def test_whoever_was_interrupted_just_goes_on(*, kept_first: bool) -> None:
    cast, undisturbed = grown(), grown()
    broken = on(cast, Forgetting(cast.world.store, 1, kept_first))
    with pytest.raises(ko.Unavailable):
        remove(broken)
    remove(broken)
    remove(on(undisturbed, undisturbed.world.store))
    assert (len(receipts(cast)), len(debts(cast))) == (0, len(debts(undisturbed)))
    assert cast.portal.verify_journal().verified


@attrs.define
class Counting:
    """A store that counts the lines it hands over, and what is written to it."""

    kept: Store
    lines: int = 0
    writes: int = 0

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield Counted(transaction, self.written, nothing, self)

    def written(self) -> None:
        """Something is about to be written."""
        self.writes += 1


@attrs.frozen
class Counted(Around):
    """A transaction whose lines are counted."""

    counting: Counting

    def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        page = self.kept.select(index, values, after=after, limit=limit, newest_first=newest_first)
        self.counting.lines += len(page.items)
        return page


def test_the_old_ones_are_found_without_looking_at_the_young() -> None:
    cast = Cast.new(agent=False)
    keyed(cast, 3)
    later(cast, MONTH)
    young, now = 3000, cast.world.clock.time
    receipts = (put(f"receipt:{each}", attrs.evolve(a_receipt(f"{each}"), at=now)) for each in range(young))
    sent = (attrs.evolve(a_mail(f"{each}", owed_at=now), state=OwedState.SENT) for each in range(young))
    with cast.world.store.transaction() as transaction:
        transaction.write(changes(*receipts, owed=tuple(sent)))
    counting = Counting(cast.world.store)
    assert remove(on(cast, counting)).receipts == 3
    assert 0 < counting.lines < young


def test_where_there_is_nothing_old_nothing_is_written() -> None:
    cast = Cast.new()
    keyed(cast, 3)
    counting = Counting(cast.world.store)
    assert remove(on(cast, counting)) == PruneReport(receipts=0, mails=0, more=False)
    assert counting.writes == 0


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_what_is_removed_is_gone_from_the_file_too(mode: JournalMode, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = SqliteStore(path, journal_mode=mode)
    cast = Cast.new(store=store, agent=False)
    start = ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT)
    cast.portal.execute(start, cast.berta, key="canary-of-a-key")
    store.close()
    assert b"canary-of-a-key" in path.read_bytes()
    reopened = SqliteStore(path, journal_mode=mode)
    later(cast, YEAR)
    assert remove(on(cast, reopened)).receipts == 1
    reopened.close()
    assert b"canary-of-a-key" not in path.read_bytes()


def test_others_go_on_while_somebody_prunes(tmp_path: Path) -> None:
    """Every receipt of today is there afterwards, every old one is gone, and the journal holds."""
    store = SqliteStore(tmp_path / "store.db", busy_timeout_seconds=60)
    cast = Cast.new(store=store, agent=False)
    keyed(cast, 60)
    later(cast, YEAR)
    faults: list[Exception] = []

    def acting(name: int) -> None:
        start = ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT)
        try:
            for each in range(20):
                cast.portal.execute(start, cast.berta, key=f"of {name}: {each}")
        except ko.KundorderError as fault:
            faults.append(fault)

    def pruning() -> None:
        try:
            while any(thread.is_alive() for thread in threads) or remove(cast.portal, limit=3).more:
                remove(cast.portal, limit=3)
        except ko.KundorderError as fault:
            faults.append(fault)

    threads = [threading.Thread(target=acting, args=(name,)) for name in range(3)]
    pruners = [threading.Thread(target=pruning) for _ in range(2)]
    for thread in (*threads, *pruners):
        thread.start()
    for thread in (*threads, *pruners):
        thread.join(60)
    assert faults == []
    assert sorted(receipts(cast)) == sorted(f"of {name}: {each}" for name in range(3) for each in range(20))
    assert cast.portal.verify_journal().verified
    store.close()


def test_the_async_portal_prunes_too() -> None:
    cast, other = grown(), grown()

    async def pruned() -> PruneReport:
        thread = Thread()
        try:
            store = ThreadedStore(cast.world.store, thread)
            portal = ko.AsyncPortal(store=store, catalogue=CATALOGUE, clock=cast.world.clock)
            return await portal.prune(receipts_older_than=MONTH, mail_older_than=MONTH)
        finally:
            thread.close()

    assert asyncio.run(pruned()) == prune(other)
