"""Attacks on signing: by people without the right, by late and odd answers, by stores and registers that fail.

Each is told as what must hold whatever is tried. Where a person is named, it is one of the cast or of the table.
"""

import copy
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import attrs
import pytest
from cast import Cast, snapshot, tables
from faults import Around, Meanwhile, nothing
from joint import AGREEMENT, Pen, Table
from test_joint_signing import OTHER_WORDING
from test_one_time_code import KEY, PHONE, SEAL, Line
from test_one_time_code_portal import Both, Waiting
from test_signing import BANKID, SMS, Slow, go_on, waiting
from test_signings import attest, calls, careful, entries, key, record
from world import AGENT, CUSTOMER, OTHER, START, World

import kundorder as ko
from kundorder.adapters.one_time_code import OneTimeCodes
from kundorder.adapters.sqlite import SqliteStore
from kundorder.authority import AtLeast, Authority, AuthorityQuestion
from kundorder.evidence import Document, Evidence, PendingSigning, SignedDocument
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Progress, Signing, Store, Transaction
from kundorder.sample import CATALOGUE
from kundorder.situation import Fact, Guard, Key, signing_key
from kundorder.vocabulary import (
    AgreementState,
    AttestMethod,
    CustomerCategory,
    FailureCode,
    Index,
    LinkClosed,
    OrderState,
    ReasonCode,
    Role,
    SigningStage,
    Trigger,
)

C, S = ReasonCode, OrderState
SIGN = ko.SignAgreement(agreement=AGREEMENT)
DECLINE = ko.DeclineAgreement(agreement=AGREEMENT, reason="Nej.")


def at_the_table(count: int, *answers: str, catalogue: ko.Catalogue = CATALOGUE) -> tuple[Table, Slow, ko.Portal]:
    """An agreement to be signed, and a portal with a service that takes its time."""
    slow, table = Slow(), Table.of(count)
    slow.answers += answers
    return table, slow, over(table, slow, catalogue)


def over(table: Table, signing: Signing, catalogue: ko.Catalogue = CATALOGUE) -> ko.Portal:
    """A portal at the same table with another service."""
    return ko.Portal(
        store=table.world.store,
        catalogue=catalogue,
        signing=signing,
        mailer=table.world.mailer,
        clock=table.world.clock,
        pause=lambda _seconds: None,
    )


def signing(store: Store, kept: Key) -> PendingSigning:
    """How a signing stands."""
    with store.transaction() as transaction:
        found = transaction.read((kept,))[kept].record
    assert isinstance(found, PendingSigning)
    return found


def of(signer: str, number: int = 1) -> Key:
    """Where the signature of one signatory stands."""
    return signing_key(AGREEMENT, number, Trigger.SIGN, CUSTOMER, signer)


def events(store: Store, chain: Key) -> list[ko.Event]:
    """What the journal says in one chain."""
    with store.transaction() as transaction:
        page = transaction.select(Index.JOURNAL, (chain,), after=None, limit=100)
    return [line.entry.event for line in page.items if line.entry is not None]


def put(store: Store, kept: Key, found: PendingSigning) -> None:
    """A record as somebody else has left it."""
    stored = Stored(key=kept, record=found, version=1, number=0, digest="")
    with store.transaction() as transaction:
        transaction.write(Changes(guards=(Guard(kept, 0),), records=(stored,), entries=(), owed=()))


@pytest.mark.parametrize("who", ["adam", "karin", "olle"])
@pytest.mark.parametrize("answer", ["pending", "done"])
def test_who_may_not_sign_and_is_refused_has_not_ended_the_signing_of_one_who_may(who: str, answer: str) -> None:
    table, slow, portal = at_the_table(2, "pending", answer)
    adam = table.world.verify(CUSTOMER, "adam", f"adam@o{CUSTOMER.replace('-', '')}.example")
    actor = {"adam": adam, "karin": table.world.service, "olle": table.world.officer}[who]
    portal.resume_signing(SIGN, method=BANKID, signer="s1")
    before = snapshot(table.world.store)
    with pytest.raises(ko.Refused):
        portal.resume_signing(SIGN, actor, method=BANKID, signer="s1")
    assert calls(slow) == ["start"]
    assert snapshot(table.world.store) == before
    slow.answers[:] = ["done"]
    assert isinstance(portal.resume_signing(SIGN, method=BANKID, signer="s1"), ko.Outcome)


@pytest.mark.parametrize("asked", ["another method than said", "a method that is not allowed", "another signer"])
def test_what_is_refused_because_it_was_asked_wrongly_has_not_ended_what_is_under_way(asked: str) -> None:
    cast, slow, order = waiting("pending", "done")
    go_on(cast, order)
    freja = AttestMethod.FREJA
    command, method, signer = {
        "another method than said": (ko.AttestOrder(order=order, method=SMS), BANKID, None),
        "a method that is not allowed": (ko.AttestOrder(order=order, method=freja), freja, None),
        "another signer": (attest(order), BANKID, "nora"),
    }[asked]
    before = snapshot(cast.world.store)
    with pytest.raises(ko.Refused):
        cast.portal.resume_signing(command, cast.atle, method=method, signer=signer)
    assert calls(slow) == ["start"]
    assert snapshot(cast.world.store) == before


def test_anothers_evidence_in_the_command_does_not_end_what_is_under_way() -> None:
    table, slow, portal = at_the_table(2, "done", "pending", "done")
    portal.resume_signing(SIGN, method=BANKID, signer="s1")
    (given,) = table.agreement().given
    portal.resume_signing(SIGN, method=BANKID, signer="s2")
    done = portal.resume_signing(attrs.evolve(SIGN, evidence=given), method=BANKID, signer="s2")
    assert isinstance(done, ko.Outcome)
    assert done.state == AgreementState.SIGNED
    assert calls(slow)[-1] == "resume"


def test_one_person_in_two_organisations_does_not_end_for_the_one_what_was_begun_for_the_other() -> None:
    slow = Slow()
    cast = Cast.new(signing=slow)
    email = f"atle@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Atle Prov", email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.agda)
    at_agent = cast.world.verify(AGENT, "atle", email)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=added.id, certified=True), cast.hanna)
    slow.asked.clear()
    slow.answers += ["pending", "pending"]
    cast.portal.resume_signing(attest(order), at_agent, method=BANKID)
    with pytest.raises(ko.Refused):
        cast.portal.resume_signing(attest(order), cast.atle, method=BANKID)
    cast.portal.cancel_signing(attest(order), cast.atle)
    assert calls(slow) == ["start"]
    assert [each.organisation for each in cast.portal.signings(order, cast.karin)] == [AGENT]


@attrs.define
class Telling(Slow):
    """A service that tells what it was asked to verify, too."""

    def verify(self, evidence: Evidence, document: Document) -> bool:
        self.asked.append(("verify", document.act, ""))
        return Slow.verify(self, evidence, document)


def test_a_stranger_learns_nothing_has_nobody_asked_and_changes_nothing() -> None:
    slow = Telling()
    cast = Cast.new(agent=False, signing=slow)
    order = cast.sent()
    slow.answers.append("pending")
    go_on(cast, order)
    otto = cast.world.customer(OTHER, administrator="otto")
    the_system = copy.deepcopy(ko.SYSTEM)
    slow.asked.clear()
    said: set[str] = set()
    before = snapshot(cast.world.store)
    for actor in (otto, ko.Actor("atle", OTHER), ko.Actor("system", OTHER), the_system, cast.nora):
        for subject in (order, ko.token("o", 1, 1)):
            for place, ask in enumerate(_asks(cast, subject, actor)):
                with pytest.raises(ko.NotFound) as caught:
                    ask()
                said.add(f"{place} {caught.value}")
    assert len(said) == len(
        {each.partition(" ")[0] for each in said}
    )  # the same for what there is and what there is not
    assert slow.asked == []
    assert snapshot(cast.world.store) == before


def _asks(cast: Cast, subject: str, actor: ko.Actor) -> tuple[Callable[[], object], ...]:
    """Whatever somebody can ask of a signing."""
    portal, command = cast.portal, attest(subject)
    carrying = attrs.evolve(command, evidence=_made_up(subject))
    return (
        lambda: portal.resume_signing(command, actor, method=BANKID),
        lambda: portal.resume_signing(command, actor, method=BANKID, signer="atle", callback="done"),
        lambda: portal.cancel_signing(command, actor, signer="atle"),
        lambda: portal.document(command, actor, signer="atle"),
        lambda: portal.evidence(subject, actor),
        lambda: portal.signings(subject, actor),
        lambda: portal.execute(carrying, actor),
        lambda: portal.check(carrying, actor),
    )


def _made_up(subject: str) -> Evidence:
    return Evidence(method=BANKID, signer="atle", digest=f"{len(subject):064}", signed_at=START, proof="made up")


@pytest.mark.parametrize(
    "signer", ["", "s99", "S1", "s1 ", "s1\n", "s1/", "../s1", "\0", "\ud800", "s1\ud800", "x" * 9999]
)
def test_who_is_no_signatory_is_refused_whatever_they_are_called(signer: str, tmp_path: Path) -> None:
    slow = Slow()
    world = World.new(store=SqliteStore(tmp_path / "orders.db"), signing=slow)
    application = world.application(CUSTOMER, "adam", "ett")
    apply = ko.ApplyForCustomerAgreement(name="Prov", category=CustomerCategory.REGION, application=application)
    world.portal.execute(apply, ko.Actor("sokande", CUSTOMER))
    world.portal.execute(ko.ApproveAgreement(agreement=AGREEMENT), world.officer)
    for again in (None, "a-key"):
        with pytest.raises((ko.Refused, ko.NotFound, ko.Malformed)):
            world.portal.resume_signing(SIGN, method=BANKID, signer=signer, key=again)
    with suppress(ko.NotFound, ko.Malformed):
        world.portal.cancel_signing(SIGN, signer=signer)
    assert slow.asked == []


def back_and_forth() -> tuple[Table, Evidence]:
    """The wording has gone from one to another and back, twice; the first signature was given again meanwhile."""
    table = Table.of(2)
    other = table.portal(catalogue=OTHER_WORDING)
    table.sign("s1")
    first = table.pen.signed[-1]
    table.sign("s2", other)
    table.sign("s1")
    table.sign("s2", other)
    assert [each.signer for each in table.agreement().given] == ["s2"]
    return table, first


def test_evidence_that_was_accepted_is_never_accepted_again_however_often_the_wording_comes_back() -> None:
    table, first = back_and_forth()
    with pytest.raises(ko.Refused) as caught:
        table.world.portal.execute(attrs.evolve(SIGN, evidence=first), ko.SYSTEM)
    assert [reason.code for reason in caught.value.reasons] == [C.EVIDENCE_USED]


def test_what_was_signed_once_is_kept_although_it_was_signed_again() -> None:
    table, _first = back_and_forth()
    facts = tables(table.world.store)["records"].values()
    records = [fact.record for fact in facts if isinstance(fact, Fact)]
    kept = [each.evidence for each in records if isinstance(each, SignedDocument)]
    assert [each for each in table.pen.signed if each not in kept] == []


def test_evidence_of_the_agreement_before_is_good_for_no_other() -> None:
    table = Table.of(2)
    early = table.world.portal.document(SIGN, signer="s1")
    table.sign("s1")
    table.world.portal.resume_signing(DECLINE, method=BANKID, signer="s2")
    application = table.world.application(CUSTOMER, "adam", "ett", "tva")
    apply = ko.ApplyForCustomerAgreement(name="Provregionen", category=CustomerCategory.REGION, application=application)
    table.world.portal.execute(apply, ko.Actor("sokande", CUSTOMER))
    table.world.portal.execute(ko.ApproveAgreement(agreement=AGREEMENT), table.world.officer)
    used, fresh = table.pen.signed[0], table.pen.start(ko.SigningRequest(document=early, method=BANKID), now=START)
    assert isinstance(fresh, ko.Done)
    for each in (used, fresh.evidence):
        with pytest.raises(ko.Refused) as caught:
            table.world.portal.execute(attrs.evolve(SIGN, evidence=each), ko.SYSTEM)
        assert [reason.code for reason in caught.value.reasons] == [C.EVIDENCE_INVALID]
    assert table.agreement().given == ()


def test_evidence_to_sign_is_none_to_decline_and_the_other_way_round() -> None:
    table = Table.of(2)
    for command, other in ((SIGN, DECLINE), (DECLINE, SIGN)):
        document = table.world.portal.document(command, signer="s1")
        done = table.pen.start(ko.SigningRequest(document=document, method=BANKID), now=START)
        assert isinstance(done, ko.Done)
        with pytest.raises(ko.Refused) as caught:
            table.world.portal.execute(attrs.evolve(other, evidence=done.evidence), ko.SYSTEM)
        assert {reason.code for reason in caught.value.reasons} == {C.EVIDENCE_INVALID}


def test_of_two_who_sign_at_once_where_one_is_enough_one_has_signed_and_the_other_is_told() -> None:
    table, one = Table.of(3), AtLeast(1)
    late = ko.Portal(
        store=Meanwhile(table.world.store, lambda: table.sign("s1", table.portal(authority=one))),
        catalogue=CATALOGUE,
        signing=table.pen,
        authority=one,
        clock=table.world.clock,
        pause=lambda _seconds: None,
    )
    with pytest.raises(ko.Refused) as caught:
        table.sign("s2", late)
    assert C.WRONG_STATE in {reason.code for reason in caught.value.reasons}
    assert [each.signer for each in table.agreement().given] == ["s1"]
    assert table.world.portal.verify_journal().verified


@attrs.frozen
class Says:
    """A register that answers something of its own."""

    answer: Callable[[AuthorityQuestion], Authority]

    def may_bind(self, question: AuthorityQuestion) -> Authority:
        return self.answer(question)


def _silently(_question: AuthorityQuestion) -> Authority:
    return None  # type: ignore[return-value]  # pyright: ignore[reportReturnType] - it has forgotten to answer


ODD: dict[str, Callable[[AuthorityQuestion], Authority]] = {
    "nothing": _silently,
    "of another day": lambda asked: Authority(binds=True, right="entry 7", on=asked.on - timedelta(days=400)),
    "about somebody who is not named": lambda asked: Authority(binds=True, right="entry 7", on=asked.on, by=("s9",)),
}


@pytest.mark.parametrize("said", ODD)
def test_a_register_that_does_not_answer_what_it_was_asked_binds_nobody(said: str) -> None:
    table = Table.of(1)
    with pytest.raises(ko.KundorderError):
        table.sign("s1", table.portal(authority=Says(ODD[said])))
    assert table.agreement().given == ()


def signed_in_another_wording(*answers: str) -> tuple[Table, Slow, ko.Portal]:
    """The first has signed, then the wording has changed, and the first is signing anew; the second has yet to."""
    table, slow, _early = at_the_table(2, "pending", *answers)
    table.sign("s1")
    portal = over(table, slow, OTHER_WORDING)
    assert isinstance(portal.resume_signing(SIGN, method=BANKID, signer="s1"), ko.Pending)
    return table, slow, portal


def test_who_signs_anew_because_the_wording_has_changed_is_not_interrupted_by_the_delivery() -> None:
    table, slow, portal = signed_in_another_wording("done")
    portal.deliver()
    assert calls(slow) == ["start"]
    assert signing(table.world.store, of("s1")).stage is SigningStage.UNDER_WAY
    assert isinstance(portal.resume_signing(SIGN, method=BANKID, signer="s1"), ko.Outcome)


def test_who_signs_anew_because_the_wording_has_changed_is_seen_to() -> None:
    _table, _slow, portal = signed_in_another_wording()
    assert [each.signer for each in portal.signings(AGREEMENT, ko.SYSTEM)] == ["s1"]


def test_what_was_begun_for_an_assignment_that_was_rejected_is_not_taken_for_one_of_the_next() -> None:
    slow = Slow()
    cast = Cast.new(signing=slow)

    def applied() -> str:
        assignment = cast.portal.execute(ko.ApplyForAssignment(service="journalen"), cast.uno).id
        cast.portal.execute(ko.PassReview(assignment=assignment), cast.olle)
        return assignment

    assignment = applied()
    slow.answers.append("pending")
    cast.portal.resume_signing(ko.AttestAssignment(assignment=assignment, method=BANKID), cast.aron, method=BANKID)
    cast.portal.execute(ko.RejectAssignment(assignment=assignment, reason="Nej."), cast.aron)
    assert applied() == assignment
    assert cast.portal.signings(assignment, cast.aron) == ()
    cast.world.clock.time += timedelta(hours=1)
    cast.portal.deliver()
    kept = signing_key(assignment, 1, Trigger.ATTEST, AGENT, "aron")
    assert signing(cast.world.store, kept).stage is SigningStage.OVER


@attrs.define
class Broken(Slow):
    """A service that cannot even be spoken to about one signing."""

    def cancel(self, state: str) -> None:
        raise ValueError(state)


def test_one_signing_that_cannot_be_ended_holds_up_no_mail() -> None:
    cast, _slow, order = waiting("pending")
    go_on(cast, order)
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    cast.portal.deliver()
    other = cast.sent()
    put(cast.world.store, key(other), attrs.evolve(record(cast, order), stage=SigningStage.UNDER_WAY, state="{}"))
    before = len(cast.world.mailer.letters)
    portal = ko.Portal(
        store=cast.world.store,
        catalogue=CATALOGUE,
        signing=Broken(),
        mailer=cast.world.mailer,
        clock=cast.world.clock,
    )
    portal.deliver()
    assert len(cast.world.mailer.letters) > before


def test_a_signing_that_an_earlier_release_has_left_holds_up_no_mail() -> None:
    cast, _slow, order = waiting()
    old = PendingSigning(subject=order, step=1, signer="atle", method=BANKID, state="{}", ends_at=START)
    put(cast.world.store, Key(f"signing:order:{order}/1/atle"), old)
    before = len(cast.world.mailer.letters)
    cast.portal.deliver()
    assert len(cast.world.mailer.letters) > before


def test_of_many_pages_of_signings_the_delivery_ends_those_that_have_run_out_and_no_others() -> None:
    slow = Slow()
    cast = Cast.new(agent=False, signing=slow)
    orders = [cast.sent() for _ in range(430)]
    now = cast.world.clock.time
    for number, order in enumerate(orders):
        slow.answers.append("pending")
        cast.world.clock.time = now if number % 2 else now + timedelta(minutes=30)
        go_on(cast, order)
    slow.asked.clear()
    cast.world.clock.time = now + timedelta(minutes=10)
    cast.portal.deliver()
    assert calls(slow) == ["cancel"] * 215
    assert len({state for _call, _act, state in slow.asked}) == 215
    stages = [record(cast, order).stage for order in orders]
    assert set(stages[1::2]) == {SigningStage.OVER}
    assert set(stages[::2]) == {SigningStage.UNDER_WAY}
    assert cast.portal.verify_journal().verified


def test_a_delivery_that_is_to_do_little_does_little() -> None:
    slow = Slow()
    cast = Cast.new(agent=False, signing=slow)
    for order in [cast.sent() for _ in range(5)]:
        slow.answers.append("pending")
        go_on(cast, order)
    slow.asked.clear()
    cast.world.clock.time += timedelta(hours=1)
    cast.portal.deliver(limit=2)
    assert calls(slow) == ["cancel"] * 2


@attrs.define
class Meddled(Slow):
    """A service during whose answer something happens."""

    happens: Callable[[], object] | None = None  # once

    def resume(self, request: ko.SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        answer = Slow.resume(self, request, state, now=now, callback=callback)
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return answer


def given_up_meanwhile(answer: str) -> tuple[Cast, Meddled, str]:
    """Atle has given up while the service was asked how far it had come."""
    slow = Meddled()
    cast = Cast.new(agent=False, signing=slow)
    order = cast.sent()
    slow.asked.clear()
    slow.answers += ["pending", answer, "pending"]
    go_on(cast, order)
    slow.happens = lambda: cast.portal.cancel_signing(attest(order), cast.atle)
    with suppress(ko.Conflict, ko.Refused):
        go_on(cast, order)
    return cast, slow, order


def test_what_was_given_up_decides_nothing_although_it_is_signed_at_that_moment() -> None:
    cast, _slow, order = given_up_meanwhile("done")
    assert entries(cast, key(order))[0].about == FailureCode.CANCELLED
    assert cast.state(order) is S.AWAITING_CUSTOMER_ATTEST


def test_what_was_given_up_is_not_begun_anew_by_a_page_that_was_just_asking() -> None:
    cast, slow, order = given_up_meanwhile("pending")
    assert calls(slow) == ["start", "resume", "cancel"]
    assert record(cast, order).stage is SigningStage.OVER


def test_who_gives_up_while_the_code_is_being_sent_gets_no_second_one() -> None:
    cast, method, order = careful()

    def gives_up() -> None:
        method.meanwhile = None
        with suppress(ko.Conflict):
            cast.portal.cancel_signing(attest(order), cast.atle)

    method.meanwhile = gives_up
    with suppress(ko.Conflict):
        go_on(cast, order)
    assert method.done == [order]


def test_an_answer_that_comes_too_late_is_journalled_by_methods_that_want_to_be_remembered_first_too() -> None:
    cast, _method, order = careful()
    go_on(cast, order)
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    with pytest.raises(ko.Refused):
        cast.portal.resume_signing(attest(order), cast.atle, method=BANKID, callback="123456")
    (event,) = entries(cast, key(order))
    assert event.after == SigningStage.LATE
    assert event.proven is not None


@attrs.define
class Mixed(Pen):
    """Signs at once, but for codes, which take their time."""

    def start(self, request: ko.SigningRequest, *, now: datetime) -> Progress:
        if request.method is not SMS:
            return Pen.start(self, request, now=now)
        return ko.Pending(state="{}", action=None, ask_again_at=now, ends_at=now + timedelta(minutes=5))


def test_the_journal_tells_by_which_method_evidence_was_given_that_was_not_accepted() -> None:
    pen = Mixed(identities={"s1": "eva", "s2": "eva"})
    table = Table.of(2, pen)
    table.sign("s1")
    table.world.portal.resume_signing(SIGN, method=SMS, signer="s2")
    table.world.portal.cancel_signing(SIGN, signer="s2")
    with pytest.raises(ko.Refused):
        table.sign("s2", method=BANKID)
    late = [event for event in events(table.world.store, of("s2")) if event.after == SigningStage.LATE]
    assert [event.method for event in late] in ([], [BANKID])


def test_one_wrong_code_is_one_try_although_the_page_asks_at_that_moment() -> None:
    started = Waiting.new()
    started.attests()
    codes = Both(OneTimeCodes(SEAL, started.line, KEY))
    asking = ko.Portal(
        store=started.cast.world.store, catalogue=CATALOGUE, signing=codes, clock=started.cast.world.clock
    )
    command = ko.AttestOrder(order=started.order, method=SMS)
    writes = Writes(started.cast.world.store)
    writes.before[2] = lambda: asking.resume_signing(command, started.tova, method=SMS)
    entering = ko.Portal(
        store=writes, catalogue=CATALOGUE, signing=codes, clock=started.cast.world.clock, pause=lambda _seconds: None
    )
    told = entering.resume_signing(command, started.tova, method=SMS, callback=started.wrong(1))
    assert isinstance(told, ko.Pending)
    assert "kvar: 4" in told.hint


@attrs.define
class Writes:
    """A store before whose writes something happens; they are counted from one."""

    kept: Store
    before: dict[int, Callable[[], object]] = attrs.field(factory=dict)
    count: int = 0

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self.kept.transaction() as transaction:
            yield Around(transaction, self.happens, nothing)

    def happens(self) -> None:
        """What is to happen before this one."""
        self.count += 1
        self.before.get(self.count, nothing)()


def of_two_customers(first: str, second: str, *signatories: ko.Contact) -> tuple[World, Line]:
    """The first customer's agreement is to be signed by all of these, the second's by one with another telephone."""
    line = Line()
    world = World.new(signing=Both(OneTimeCodes(SEAL, line, KEY)))
    other = attrs.evolve(signatories[0], phone="+46701740606")
    for organisation, people in ((first, signatories), (second, (other,))):
        named = attrs.evolve(world.application(organisation, "adam"), signatories=people)
        apply = ko.ApplyForCustomerAgreement(name="Prov", category=CustomerCategory.REGION, application=named)
        agreement = world.portal.execute(apply, ko.Actor("sokande", organisation)).id
        world.portal.execute(ko.ApproveAgreement(agreement=agreement), world.officer)
    return world, line


def begin_and_give_up(world: World, organisation: str, signer: str, times: int) -> None:
    command = ko.SignAgreement(agreement=f"customer/{organisation}")
    for _ in range(times):
        world.portal.resume_signing(command, method=SMS, signer=signer)
        world.portal.cancel_signing(command, signer=signer)


EVA = ko.Contact(name="Eva Prov", email="eva@region.example", phone=PHONE)


def test_who_names_anothers_address_with_a_telephone_of_their_own_does_not_keep_the_other_from_signing() -> None:
    world, _line = of_two_customers(CUSTOMER, OTHER, EVA)
    begin_and_give_up(world, OTHER, "s1", 5)
    assert isinstance(world.portal.resume_signing(SIGN, method=SMS, signer="s1"), ko.Pending)


def test_one_telephone_is_not_flooded_by_naming_many_addresses() -> None:
    people = (EVA, *(attrs.evolve(EVA, email=f"eva{number}@region.example") for number in range(3)))
    world, line = of_two_customers(CUSTOMER, OTHER, *people)
    for number in range(1, 5):
        begin_and_give_up(world, CUSTOMER, f"s{number}", 6)
    assert len(line.texts.texts(PHONE)) == 5


def test_while_no_code_could_be_sent_nobody_is_told_that_there_were_too_many() -> None:
    started = Waiting.new()
    started.line.is_down = True
    for _ in range(5):
        with pytest.raises(ko.Unavailable):
            started.attests()
    started.line.is_down = False
    assert isinstance(started.attests(), ko.Pending)


def test_however_many_codes_a_host_allows_within_the_hour_there_are_no_more() -> None:
    started = Waiting.new()
    codes = Both(OneTimeCodes(SEAL, started.line, KEY, per_hour=100))
    world = started.cast.world
    portal = ko.Portal(store=world.store, catalogue=CATALOGUE, signing=codes, clock=world.clock)
    command, now = ko.AttestOrder(order=started.order, method=SMS), world.clock.time
    for _ in range(105):
        world.clock.time = now
        portal.resume_signing(command, started.tova, method=SMS)
        portal.cancel_signing(command, started.tova)
    assert len(started.line.texts.texts(PHONE)) == 100


def test_no_code_guess_telephone_or_address_of_the_net_gets_into_what_is_kept_or_said_of_a_signing() -> None:
    started = Waiting.new()
    said: list[object] = []
    guess, ip = "918273", "203.0.113.99"
    command = ko.AttestOrder(order=started.order, method=SMS)
    said += [
        started.cast.portal.resume_signing(command, started.tova, method=SMS, callback=entered, ip=ip, key="a-key")
        for entered in (None, guess, "?" * 50, None)
    ]
    code = started.line.code()
    said.append(started.cast.portal.signings(started.order, started.tova))
    said.append(record(started.cast, started.order, "tova"))
    said.append(
        started.cast.portal.resume_signing(command, started.tova, method=SMS, callback=code, ip=ip, key="a-key")
    )
    with pytest.raises(ko.KeyReused) as caught:
        started.cast.portal.resume_signing(command, started.tova, method=BANKID, callback=code, ip=ip, key="a-key")
    said.append(caught.value)
    said += started.cast.portal.export_journal()
    said += started.cast.portal.evidence(started.order, started.tova)
    text = "\n".join(map(repr, said))
    assert started.state() is S.ATTESTED
    assert [each for each in (code, guess, PHONE, PHONE[3:], ip) if each in text] == []


@attrs.define
class FailsOnce:
    """A store that fails in its so-maniest transaction: at the beginning, at the write, by conflict, or after it."""

    kept: Store
    at: int
    how: str
    soon: bool = False
    count: int = 0

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        self.count += 1
        mine, written = self.count == self.at, list[bool]()
        if mine and self.how == "begin":
            self.fail()
        with self.kept.transaction() as transaction:
            happens = self.fail if mine and self.how in ("write", "conflict") else nothing
            yield Around(transaction, happens, lambda: written.append(True))
        if mine and self.how == "answer" and written:
            self.fail()

    def fail(self) -> None:
        """Not now."""
        if self.how == "conflict":
            raise ko.Conflict
        raise ko.Unavailable("the line went dead", soon=self.soon)


@pytest.mark.parametrize("how", ["begin", "write", "conflict", "answer"])
def test_whenever_the_store_fails_who_goes_on_has_attested_once_and_was_sent_two_codes_at_most(how: str) -> None:
    failures = 0
    for at in range(1, 14):
        started = Waiting.new()
        world = started.cast.world
        store = FailsOnce(world.store, at, how)
        codes = Both(OneTimeCodes(SEAL, started.line, KEY))
        portal = ko.Portal(store=store, catalogue=CATALOGUE, signing=codes, clock=world.clock, pause=lambda _wait: None)
        command, entered = ko.AttestOrder(order=started.order, method=SMS), None
        for _ in range(9):
            try:
                told = portal.resume_signing(command, started.tova, method=SMS, callback=entered, key="a-key")
            except ko.Unavailable:
                failures += 1
                continue
            if isinstance(told, ko.Outcome):
                break
            if isinstance(told, ko.Pending) and told.action is None:
                world.clock.time += timedelta(minutes=1)  # whoever began it may be dead after that
            entered = started.line.code() if isinstance(told, ko.Pending) and told.action is not None else None
        assert started.state() is S.ATTESTED, at
        history = world.portal.history(started.order, ko.SYSTEM).items
        assert len([each for each in history if each.trigger is Trigger.ATTEST]) == 1
        assert len(world.portal.evidence(started.order, ko.SYSTEM)) == 1
        assert len(started.line.texts.texts(PHONE)) <= 2
        assert world.portal.verify_journal().verified
    assert failures >= (0 if how == "conflict" else 3)


def test_a_service_is_not_asked_twice_because_the_store_was_busy_for_a_moment() -> None:
    """Two questions for one person end each other, as with BankID."""
    table, slow, _portal = at_the_table(1, "pending", "pending")
    store = FailsOnce(table.world.store, 3, "write", soon=True)
    portal = ko.Portal(
        store=store, catalogue=CATALOGUE, signing=slow, clock=table.world.clock, pause=lambda _seconds: None
    )
    assert isinstance(portal.resume_signing(SIGN, method=BANKID, signer="s1"), ko.Pending)
    assert store.count > 3
    assert calls(slow) in (["start"], ["start", "cancel", "start"])


def test_a_key_stands_for_one_act_of_one_person_by_one_method_however_often_and_from_wherever_it_is_asked() -> None:
    cast, slow, order = waiting("pending", "pending", "done")
    told: list[object] = []
    for ip, entered, language in (
        ("192.0.2.1", None, ko.Language.EN),
        ("192.0.2.2", "hint", None),
        (None, None, ko.Language.SV),
        ("192.0.2.9", "forged", ko.Language.EN),
    ):
        told.append(
            cast.portal.resume_signing(
                attest(order), cast.atle, method=BANKID, callback=entered, ip=ip, language=language, key="a-key"
            )
        )
    assert [type(each) for each in told] == [ko.Pending, ko.Pending, ko.OrderOutcome, ko.OrderOutcome]
    assert told[2] == told[3]
    assert calls(slow) == ["start", "resume", "resume"]
    before = snapshot(cast.world.store)
    for command, actor, method, signer in (
        (attest(order), cast.atle, SMS, None),
        (attest(order), cast.atle, BANKID, "nora"),
        (attest(order), cast.adam, BANKID, None),
        (ko.AttestOrder(order=order, method=SMS), cast.atle, BANKID, None),
    ):
        with pytest.raises(ko.KeyReused):
            cast.portal.resume_signing(command, actor, method=method, signer=signer, key="a-key")
    assert snapshot(cast.world.store) == before


def test_a_link_to_attest_stays_closed_when_another_was_picked_and_then_the_same_again() -> None:
    cast = Cast.new()
    order = cast.approved()
    cast.portal.deliver()
    letter = [each for each in cast.world.mailer.letters if each.to.startswith("aron@") and f"{order}#" in each.text][
        -1
    ]
    reference = letter.text.partition(f"{order}#")[2].split()[0]
    assert cast.portal.link(reference, cast.aron).is_open
    for actor in (cast.astrid, cast.aron):
        cast.portal.execute(ko.PickAttestant(order=order, attestant=cast.id(actor)), cast.hanna)
    assert cast.portal.link(reference).closed is LinkClosed.DECIDED
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.aron)), cast.agda)
    with pytest.raises(ko.NotFound):
        cast.portal.link(reference, cast.astrid)


def _of_two_wordings(table: Table, slow: Slow) -> tuple[ko.Portal, ko.Portal]:
    first, second = (
        ko.Portal(
            store=table.world.store,
            catalogue=catalogue,
            signing=slow,
            mailer=table.world.mailer,
            authority=AtLeast(2),
            clock=table.world.clock,
            pause=lambda _seconds: None,
        )
        for catalogue in (CATALOGUE, OTHER_WORDING)
    )
    return first, second


def _something_happens(chance: Random, portal: ko.Portal, table: Table, slow: Slow) -> None:
    """Somebody begins, goes on, gives up or declines; time passes; the delivery comes by; the service goes deaf."""
    signer = chance.choice(["s1", "s2", "s3"])
    slow.answers[:] = [chance.choice(["pending", "pending", "failed", "done"])]
    match chance.randrange(11):
        case 0:
            portal.deliver()
        case 1:
            table.world.clock.time += timedelta(minutes=chance.choice([1, 6, 70]))
        case 2:
            portal.cancel_signing(SIGN, signer=signer)
        case 3:
            slow.deaf = not slow.deaf
        case 4 if len(table.agreement().given) == 1:
            portal.resume_signing(DECLINE, method=BANKID, signer=signer)
        case 5:
            document = portal.document(SIGN, signer=signer)
            done = slow.signer.start(ko.SigningRequest(document=document, method=BANKID), now=table.world.clock.time)
            assert isinstance(done, ko.Done)
            portal.execute(attrs.evolve(SIGN, evidence=done.evidence), ko.SYSTEM)
        case _:
            hint = chance.choice([None, None, "forged"])
            portal.resume_signing(SIGN, method=chance.choice([BANKID, SMS]), signer=signer, callback=hint)


def _holds(before: ko.Agreement, agreement: ko.Agreement, portal: ko.Portal) -> None:
    """Nobody signs twice, nothing is replaced, two persons bind over one wording, and there is a way out."""
    assert len({each.signer for each in agreement.given}) == len(agreement.given)
    if agreement.terms_digest == before.terms_digest:
        assert agreement.given[: len(before.given)] == before.given
    if agreement.state is AgreementState.SIGNED:
        documents = [signed.document for signed in portal.evidence(AGREEMENT, ko.SYSTEM)]
        assert len(documents) == len({each.signer for each in documents}) == 2
        assert len({each.content for each in documents}) == 1
        assert agreement.authority is not None
        assert agreement.authority.binds
    if agreement.state is AgreementState.AWAITING_SIGNATURE:
        assert any(each.evidence is None for each in agreement.signatories)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_at_random_only_persons_bind_over_one_wording_and_nothing_is_left_without_a_way_out(
    seed: int,
) -> None:
    chance, slow, table = Random(seed), Slow(), Table.of(3)  # noqa: S311 - repeatable on purpose
    store, portals = table.world.store, _of_two_wordings(table, slow)
    portal = portals[0]
    for _ in range(50):
        portal, before = chance.choice((portal, portal, portal, *portals)), table.agreement()
        try:
            _something_happens(chance, portal, table, slow)
        except ko.Refused:
            assert table.agreement() == before
        except ko.Unavailable:
            assert slow.deaf
        _holds(before, table.agreement(), portal)
        if table.agreement().state is not AgreementState.AWAITING_SIGNATURE:
            break
    with store.transaction() as transaction:
        page = transaction.select(Index.SIGNINGS, ("",), after=None, limit=100)
    assert {line.key for line in page.items} == _going(store)
    slow.deaf = False
    table.world.clock.time += timedelta(hours=1)
    portal.deliver()
    assert _going(store) == set()
    assert portal.verify_journal().verified
    assert ko.verify_export(portal.export_journal()).verified


def _going(store: Store) -> set[object]:
    """Where signings stand that have not ended."""
    return {
        place
        for place, fact in tables(store)["records"].items()
        if isinstance(fact, Fact)
        and isinstance(fact.record, PendingSigning)
        and fact.record.stage in (SigningStage.BEGINNING, SigningStage.UNDER_WAY)
    }
