"""A signing that is under way: seen, given up, run out of time, answered too late; whatever happens it binds nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs
import pytest
from cast import Cast
from faults import Meanwhile
from joint import AGREEMENT, Pen, Table
from test_signing import BANKID, SMS, Slow, go_on, waiting
from world import AGENT, CUSTOMER, OTHER

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.evidence import Document, Evidence, PendingSigning
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Progress
from kundorder.sample import CATALOGUE
from kundorder.situation import Guard, Key, signing_key
from kundorder.vocabulary import FailureCode, Index, OrderState, ReasonCode, Role, SigningStage, Trigger

C, S = ReasonCode, OrderState


def record(cast: Cast, order: str, signer: str = "atle") -> PendingSigning:
    """Atle's attest of an order, as it is kept."""
    with cast.world.store.transaction() as transaction:
        found = transaction.read((key(order, signer),))[key(order, signer)].record
    assert isinstance(found, PendingSigning)
    return found


def key(order: str, signer: str = "atle") -> Key:
    """Where it is kept."""
    return signing_key(order, 1, Trigger.ATTEST, CUSTOMER, signer)


def entries(cast: Cast, chain: Key) -> list[ko.Event]:
    """What the journal says of a signing."""
    with cast.world.store.transaction() as transaction:
        page = transaction.select(Index.JOURNAL, (chain,), after=None, limit=50)
    return [line.entry.event for line in page.items if line.entry is not None]


def attest(order: str) -> ko.AttestOrder:
    """Atle's command."""
    return ko.AttestOrder(order=order, method=BANKID)


def calls(slow: Slow) -> list[str]:
    """What the service was asked."""
    return [call for call, _act, _state in slow.asked]


def test_who_has_begun_to_attest_shows_in_the_path() -> None:
    cast, _slow, order = waiting("pending")
    assert cast.portal.path(order, cast.berta)[0].signings == ()
    go_on(cast, order)
    first, *rest = cast.portal.path(order, cast.berta)
    (under_way,) = first.signings
    assert (under_way.trigger, under_way.organisation, under_way.signer) == (Trigger.ATTEST, CUSTOMER, "atle")
    assert under_way.method is BANKID
    assert under_way.since < under_way.ends_at
    assert all(step.signings == () for step in rest)
    assert cast.portal.signings(order, cast.berta) == first.signings


def test_of_the_agents_people_the_customer_sees_that_somebody_attests_and_not_who() -> None:
    slow = Slow()
    cast = Cast.new(signing=slow)
    order = cast.approved()
    slow.answers.append("pending")
    cast.portal.resume_signing(attest(order), cast.aron, method=BANKID)
    (seen,) = cast.portal.path(order, cast.berta)[0].signings
    assert (seen.organisation, seen.signer) == (AGENT, None)
    first, *rest = cast.portal.path(order, cast.hanna)
    (own,) = first.signings
    assert own.signer == "aron"
    assert Trigger.ATTEST in {step.trigger for step in rest}
    assert all(step.signings == () for step in rest)
    (staff,) = cast.portal.signings(order, cast.karin)
    assert staff.signer == "aron"


def test_who_may_not_see_the_order_learns_of_no_signing() -> None:
    cast, _slow, order = waiting("pending")
    go_on(cast, order)
    stranger = cast.world.customer(OTHER, administrator="otto")
    for ask in (
        lambda: cast.portal.signings(order, stranger),
        lambda: cast.portal.path(order, stranger),
        lambda: cast.portal.document(attest(order), stranger),
        lambda: cast.portal.evidence(order, stranger),
        lambda: cast.portal.cancel_signing(attest(order), stranger),
    ):
        with pytest.raises(ko.NotFound) as caught:
            ask()
        with pytest.raises(ko.NotFound) as random:
            cast.portal.signings(ko.token("o", 1, 1), stranger)
        assert str(caught.value) == str(random.value)


def test_what_is_done_or_has_ended_no_longer_shows() -> None:
    cast, _slow, order = waiting("pending", "done")
    go_on(cast, order)
    go_on(cast, order)
    assert cast.portal.signings(order, cast.berta) == ()
    assert record(cast, order).stage is SigningStage.OVER
    cast, _slow, order = waiting("pending")
    go_on(cast, order)
    cast.world.clock.time += timedelta(minutes=6)
    assert cast.portal.signings(order, cast.berta) == ()
    assert cast.portal.path(order, cast.berta)[0].signings == ()


def test_a_signing_is_given_up_by_who_began_it() -> None:
    cast, slow, order = waiting("pending", "done")
    go_on(cast, order)
    cast.portal.cancel_signing(attest(order), cast.atle)
    assert calls(slow) == ["start", "cancel"]
    assert slow.asked[-1][2] == '"1"'
    assert cast.portal.signings(order, cast.atle) == ()
    (event,) = entries(cast, key(order))
    assert (event.before, event.after, event.about) == ("UNDER_WAY", "OVER", FailureCode.CANCELLED)
    cast.portal.cancel_signing(attest(order), cast.atle)
    assert calls(slow) == ["start", "cancel"]
    go_on(cast, order)
    assert calls(slow) == ["start", "cancel", "start"]
    assert cast.state(order) is S.ATTESTED
    assert cast.portal.verify_journal().verified


def test_nobody_gives_up_anothers_signing() -> None:
    cast, slow, order = waiting("pending")
    go_on(cast, order)
    with pytest.raises(ko.NotFound):
        cast.portal.cancel_signing(attest(order), cast.berta, signer="atle")
    cast.portal.cancel_signing(attest(order), cast.berta)  # her own: there is none
    assert calls(slow) == ["start"]
    assert record(cast, order).stage is SigningStage.UNDER_WAY


def test_an_answer_to_what_is_not_asked_begins_nothing() -> None:
    cast, slow, order = waiting("pending")
    command = attest(order)
    nothing = ko.Failed(code=FailureCode.NOTHING_UNDER_WAY)
    assert cast.portal.resume_signing(command, cast.atle, method=BANKID, callback="123456") == nothing
    go_on(cast, order)
    cast.portal.cancel_signing(command, cast.atle)
    assert cast.portal.resume_signing(command, cast.atle, method=BANKID, callback="123456") == nothing
    assert calls(slow) == ["start", "cancel"]


def test_where_nothing_was_begun_giving_up_does_nothing() -> None:
    cast, slow, order = waiting()
    before = cast.portal.verify_journal().entries
    cast.portal.cancel_signing(attest(order), cast.atle)
    assert calls(slow) == []
    assert cast.portal.verify_journal().entries == before


@pytest.mark.parametrize("lag", [timedelta(0), timedelta(hours=2)], ids=["at once", "when its time is over"])
def test_an_answer_that_comes_after_the_order_was_withdrawn_is_refused_and_journalled_once(lag: timedelta) -> None:
    cast, _slow, order = waiting("pending", "done")
    go_on(cast, order)
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    cast.world.clock.time += lag
    kept = cast.portal.order(order, ko.SYSTEM)
    told: list[set[ReasonCode]] = []
    for _ in range(3):
        with pytest.raises(ko.Refused) as caught:
            go_on(cast, order)
        told.append({reason.code for reason in caught.value.reasons})
    assert told[0] & {C.ALREADY_DECIDED, C.WRONG_STATE}
    assert cast.portal.order(order, ko.SYSTEM) == kept
    (event,) = entries(cast, key(order))
    assert (event.after, event.method, event.on_behalf) == (SigningStage.LATE, BANKID, CUSTOMER)
    assert event.about is not None
    assert set(event.about.split("|")) == told[0] == told[-1]
    assert event.proven is not None
    assert (event.proven.signer, event.proven.digest) == ("atle", record(cast, order).digest)
    assert cast.portal.verify_journal().verified


def test_a_late_answer_is_for_the_very_document_that_was_shown() -> None:
    cast, _slow, order = waiting("pending", "done")
    shown = cast.portal.document(attest(order), cast.atle)
    go_on(cast, order)
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    with pytest.raises(ko.Refused):
        go_on(cast, order)
    (event,) = entries(cast, key(order))
    assert event.proven is not None
    assert event.proven.digest == ko.document_digest(shown)


def test_what_is_still_under_way_when_the_order_is_withdrawn_is_given_up() -> None:
    cast, slow, order = waiting("pending", "pending")
    go_on(cast, order)
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    with pytest.raises(ko.Refused):
        go_on(cast, order)
    assert calls(slow) == ["start", "resume", "cancel"]
    (event,) = entries(cast, key(order))
    assert (event.after, event.proven) == (SigningStage.OVER, None)


def test_deliver_ends_what_has_run_out_of_time_and_leaves_what_may_still_be_answered() -> None:
    cast, slow, order = waiting("pending", "pending", "done")
    go_on(cast, order)
    other = cast.sent()
    go_on(cast, other)
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    cast.portal.deliver()
    assert calls(slow) == ["start", "start"]
    with pytest.raises(ko.Refused):
        go_on(cast, order)  # and it had been signed
    assert [event.after for event in entries(cast, key(order))] == [SigningStage.LATE]
    cast.world.clock.time += timedelta(minutes=6)
    cast.portal.deliver()
    assert [event.about for event in entries(cast, key(other))] == ["EXPIRED"]
    cast.portal.deliver()
    assert calls(slow) == ["start", "start", "resume", "cancel"]
    assert cast.portal.verify_journal().verified


def test_a_service_that_cannot_be_told_holds_up_nothing() -> None:
    cast, slow, order = waiting("pending")
    go_on(cast, order)
    cast.world.clock.time += timedelta(minutes=6)
    slow.deaf = True
    cast.portal.deliver()
    assert record(cast, order).stage is SigningStage.OVER
    other = cast.sent()
    slow.answers.append("pending")
    go_on(cast, other)
    with pytest.raises(ko.Unavailable):
        cast.portal.cancel_signing(attest(other), cast.atle)
    assert record(cast, other).stage is SigningStage.UNDER_WAY


def test_an_agreement_that_is_declined_by_one_leaves_no_signing_of_another_behind() -> None:
    slow = Slow()
    table = Table.of(2, Pen())
    portal = ko.Portal(store=table.world.store, catalogue=CATALOGUE, signing=slow, clock=table.world.clock)
    slow.answers.append("pending")
    sign = ko.SignAgreement(agreement=AGREEMENT)
    assert isinstance(portal.resume_signing(sign, method=BANKID, signer="s1"), ko.Pending)
    (seen,) = portal.signings(AGREEMENT, table.world.officer)
    assert (seen.trigger, seen.signer) == (Trigger.SIGN, "s1")
    decline = ko.DeclineAgreement(agreement=AGREEMENT, reason="Nej.")
    portal.resume_signing(decline, method=BANKID, signer="s2")
    assert portal.signings(AGREEMENT, table.world.officer) == ()
    table.world.clock.time += timedelta(minutes=6)
    portal.deliver()
    assert [call for call, _act, _state in slow.asked] == ["start", "start", "cancel"]


def test_content_that_has_changed_since_it_was_shown_is_shown_and_signed_anew() -> None:
    cast, slow, order = waiting("pending", "done")
    go_on(cast, order)
    offers = tuple(attrs.evolve(offer, name_sv=f"{offer.name_sv} (ny)") for offer in CATALOGUE.offers)
    portal = ko.Portal(
        store=cast.world.store,
        catalogue=attrs.evolve(CATALOGUE, offers=offers),
        signing=slow,
        clock=cast.world.clock,
    )
    assert isinstance(portal.resume_signing(attest(order), cast.atle, method=BANKID), ko.Outcome)
    assert calls(slow) == ["start", "cancel", "start"]


def test_of_two_who_begin_at_once_one_goes_on_and_the_others_is_given_up() -> None:
    cast, slow, order = waiting("pending", "pending", "pending")
    late = ko.Portal(
        store=Meanwhile(cast.world.store, lambda: go_on(cast, order)),
        catalogue=CATALOGUE,
        signing=slow,
        clock=cast.world.clock,
        pause=lambda _seconds: None,
    )
    assert isinstance(late.resume_signing(attest(order), cast.atle, method=BANKID), ko.Pending)
    assert calls(slow) == ["start", "start", "cancel", "resume"]
    assert slow.asked[2][2] == '"1"'  # the one that was overtaken
    assert slow.asked[3][2] == '"2"'


@attrs.define
class Careful:
    """A method that wants to be remembered before it does something that must not be done twice, and counts it."""

    signer: MemorySigner = attrs.field(factory=MemorySigner)
    done: list[str] = attrs.field(factory=list)
    begun: list[int] = attrs.field(factory=list)  # how many the person had begun within the hour
    fails: bool = False
    meanwhile: Callable[[], object] | None = None

    def start(self, request: ko.SigningRequest, *, now: datetime) -> Progress:
        self.begun.append(len(request.begun))
        return ko.Pending(
            state='"begun"', action=None, ask_again_at=now, ends_at=now + timedelta(minutes=9), keep_first=True
        )

    def resume(self, request: ko.SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        if state == '"begun"':
            if self.meanwhile is not None:
                self.meanwhile()
            if self.fails:
                raise ko.Unavailable("the gateway does not answer")
            self.done.append(request.document.subject)
            return ko.Pending(
                state='"sent"',
                action=ko.EnterCode(hint="…67"),
                ask_again_at=now + timedelta(seconds=5),
                ends_at=now + timedelta(minutes=9),
            )
        if callback is not None:
            return ko.Pending(
                state='"tried"', action=None, ask_again_at=now, ends_at=now + timedelta(minutes=9), keep_first=True
            )
        return self.signer.start(request, now=now)

    def cancel(self, state: str) -> None:
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self.signer.verify(evidence, document)


def careful() -> tuple[Cast, Careful, str]:
    """An order that waits for Atle, and a careful method."""
    method = Careful()
    cast = Cast.new(agent=False)
    order = cast.sent()
    portal = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, signing=method, clock=cast.world.clock)
    return Cast(attrs.evolve(cast.world, portal=portal)), method, order


def test_a_method_that_asks_to_be_remembered_first_acts_once_it_is() -> None:
    cast, method, order = careful()
    seen: list[SigningStage] = []
    method.meanwhile = lambda: seen.append(record(cast, order).stage)
    first = go_on(cast, order)
    assert isinstance(first, ko.Pending)
    assert first.action == ko.EnterCode(hint="…67")
    assert (seen, method.done) == ([SigningStage.BEGINNING], [order])
    again = cast.portal.resume_signing(attest(order), cast.atle, method=BANKID, callback="123456")
    assert isinstance(again, ko.Outcome)


def test_while_it_is_being_begun_whoever_else_asks_waits_and_nothing_is_done_twice() -> None:
    cast, method, order = careful()
    others: list[object] = []

    def another() -> None:
        method.meanwhile = None
        others.append(go_on(cast, order))

    method.meanwhile = another
    assert isinstance(go_on(cast, order), ko.Pending)
    assert method.done == [order]
    (other,) = others
    assert isinstance(other, ko.Pending)
    assert (other.action, other.state) == (None, "")


def test_what_could_not_be_begun_may_be_begun_again_at_once() -> None:
    cast, method, order = careful()
    method.fails = True
    with pytest.raises(ko.Unavailable):
        go_on(cast, order)
    assert record(cast, order).stage is SigningStage.OVER
    method.fails = False
    assert isinstance(go_on(cast, order), ko.Pending)


def test_what_was_being_begun_by_one_who_died_may_be_begun_anew_after_a_minute() -> None:
    cast, method, order = careful()

    def dies() -> None:
        raise KeyboardInterrupt

    method.meanwhile = dies
    with pytest.raises(KeyboardInterrupt):
        go_on(cast, order)
    method.meanwhile = None
    waits = go_on(cast, order)
    assert isinstance(waits, ko.Pending)
    assert method.done == []
    cast.world.clock.time += timedelta(minutes=1)
    go_on(cast, order)
    assert method.done == [order]


def test_how_often_somebody_has_begun_within_the_hour_is_told_to_the_method_whatever_it_was_about() -> None:
    cast, method, order = careful()
    for number in range(4):
        go_on(cast, order if number % 2 else cast.sent(), SMS)
        cast.portal.cancel_signing(ko.AttestOrder(order=order, method=SMS), cast.atle)
    assert method.begun == [0, 1, 2, 3]
    cast.world.clock.time += timedelta(minutes=61)
    go_on(cast, order)
    assert method.begun[-1] == 0


def test_what_has_been_attested_can_be_read_word_for_word_by_those_it_concerns() -> None:
    cast = Cast.new()
    order = cast.attested(via=AGENT)
    everything = cast.portal.evidence(order, cast.karin)
    assert [signed.document.organisation for signed in everything] == [AGENT, CUSTOMER]
    assert [signed.document.organisation for signed in cast.portal.evidence(order, cast.berta)] == [CUSTOMER]
    assert [signed.document.organisation for signed in cast.portal.evidence(order, cast.hanna)] == [AGENT]
    for signed in everything:
        assert signed.evidence.digest == ko.document_digest(signed.document)
        number = cast.portal.order(order, ko.SYSTEM).case_number
        assert f"Ärendenummer: {number}" in signed.document.text_sv
        assert f"Case number: {number}" in signed.document.text_en


def test_what_is_shown_before_is_what_is_signed_after() -> None:
    cast = Cast.new(agent=False)
    order = cast.sent()
    shown = cast.portal.document(attest(order), cast.atle)
    go_on(cast, order)
    assert [signed.document for signed in cast.portal.evidence(order, cast.atle)] == [shown]
    assert (shown.organisation, shown.capacity, shown.signer) == (CUSTOMER, Role.ATTESTANT, "atle")


def test_the_attestant_signs_as_nobody_else() -> None:
    cast, slow, order = waiting("done")
    with pytest.raises(ko.Refused) as caught:
        cast.portal.resume_signing(attest(order), cast.atle, method=BANKID, signer="nora")
    assert {reason.code for reason in caught.value.reasons} == {C.EVIDENCE_INVALID}
    assert calls(slow) == []


def test_where_a_person_is_asked_from_reaches_the_method_and_is_kept_nowhere() -> None:
    cast, slow, order = waiting("pending", "done")
    ip = "203.0.113.77"
    for _ in range(2):
        cast.portal.resume_signing(attest(order), cast.atle, method=BANKID, ip=ip)
    assert slow.ips[-2:] == [ip, ip]
    with cast.world.store.transaction() as transaction:
        facts = transaction.read((key(order), Key(f"order:{order}")))
    assert ip not in repr(facts)


def test_a_signing_kept_before_it_was_told_what_for_ends_without_a_word_in_the_journal() -> None:
    cast, _slow, order = waiting("pending")
    go_on(cast, order)
    with cast.world.store.transaction() as transaction:
        kept = transaction.read((key(order),))[key(order)]
        old = attrs.evolve(record(cast, order), act="")
        stored = Stored(key=key(order), record=old, version=kept.version + 1, number=kept.number, digest=kept.digest)
        transaction.write(Changes(guards=(Guard(key(order), kept.version),), records=(stored,), entries=(), owed=()))
    before = entries(cast, key(order))
    cast.world.clock.time = old.ends_at + timedelta(days=1)
    cast.portal.deliver()
    assert record(cast, order) == attrs.evolve(old, stage=SigningStage.OVER, state="")
    assert entries(cast, key(order)) == before
