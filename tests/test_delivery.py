"""What is owed is carried out once, is dropped when nobody wants it any more, and is never lost."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest
from cast import NPO, Cast
from faults import Unsteady
from world import AGENT, CUSTOMER, World

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer
from kundorder.adapters.threads import Thread, ThreadedMailer, ThreadedStore
from kundorder.codec import decode_owed, encode
from kundorder.delivery import (
    GIVE_UP_AFTER,
    PAUSES,
    Attempt,
    Relay,
    again,
    failed,
    given_back,
    silences_after,
    unwanted_agreement_mail,
)
from kundorder.errors import RelayStopped
from kundorder.events import Settlement
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import (
    AttestMethod,
    CustomerCategory,
    Language,
    OrderState,
    ReasonCode,
    Role,
    Template,
    Trigger,
)

S, T = OrderState, Template
BANKID = AttestMethod.BANKID
DOWN = ko.Unavailable("the relay does not answer")


def later(cast: Cast, **passed: float) -> None:
    """Time passes."""
    cast.world.clock.time += timedelta(**passed)


def down() -> tuple[Cast, Unsteady]:
    """A mailer that has just gone down."""
    letters = MemoryMailer()
    unsteady = Unsteady(letters, None)
    cast = Cast.new(mailer=letters, outbox=unsteady)
    unsteady.error = DOWN
    return cast, unsteady


def notes(cast: Cast, state: ko.OwedState) -> list[tuple[Template, str | None]]:
    """Why mails stand as they do."""
    with cast.world.store.transaction() as transaction:
        page = transaction.select(ko.Index.OWED, (state,), after=None, limit=10_000)
    owed = [line.owed for line in page.items if line.owed is not None]
    return [(each.mail.template, each.note) for each in owed if each.mail is not None]


def test_what_is_owed_leaves_once_however_often_one_delivers() -> None:
    cast, unsteady = down()
    unsteady.error = None
    unsteady.handed.clear()
    cast.sent()
    reports = [cast.portal.deliver() for _ in range(4)]
    assert [report.sent for report in reports] == [1, 0, 0, 0]
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    assert len(unsteady.handed) == 1


def test_a_letter_is_to_one_person_in_their_language_at_the_address_of_now() -> None:
    cast = Cast(World.new())
    adam = cast.world.customer()
    added = cast.portal.execute(ko.AddUser(name="Erin Prov", email="erin@prov.example", language=Language.EN), adam)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), adam)
    cast.world.verify(CUSTOMER, "erin", "erin@prov.example")
    bo = cast.world.user(adam, "bo", Role.ORDERER)
    order = cast.world.draft(bo).id
    cast.portal.execute(ko.SendOrder(order=order), bo)
    cast.portal.deliver()
    letter = cast.world.mailer.letters[-1]
    assert (letter.to, letter.language) == ("erin@prov.example", Language.EN)


def test_no_more_is_carried_out_than_one_asks_for() -> None:
    cast = Cast.new(agent=False)
    for _ in range(3):
        cast.sent()
    assert [cast.portal.deliver(limit=2).sent for _ in range(3)] == [2, 1, 0]


def test_a_mailer_that_is_down_delays_the_mail_and_nothing_else() -> None:
    """Commands go on, nothing is given up, and it all drains in the end, the oldest first."""
    cast, unsteady = down()
    orders = [cast.sent() for _ in range(3)]
    for _ in range(72):
        report = cast.portal.deliver()
        assert (report.sent, report.parked, report.cancelled) == (0, 0, 0)
        later(cast, hours=1)
    assert all(cast.state(order) is S.AWAITING_CUSTOMER_ATTEST for order in orders)
    assert cast.bells(cast.atle) == [T.ATTEST_ORDER] * 3
    unsteady.error = None
    later(cast, hours=2)
    before = len(cast.world.mailer.letters)
    assert cast.portal.deliver().sent == 3
    numbers = [cast.portal.order(order, ko.SYSTEM).case_number or "" for order in orders]
    left = cast.world.mailer.letters[before:]
    assert all(number in letter.text for number, letter in zip(numbers, left, strict=True))


def test_the_pauses_between_attempts_grow_and_are_capped() -> None:
    cast, _unsteady = down()
    cast.sent()
    waits: list[timedelta] = []
    for _ in range(len(PAUSES) + 2):
        assert cast.portal.deliver().later == 1
        began = cast.world.clock.time
        with cast.world.store.transaction() as transaction:
            page = transaction.select(ko.Index.OWED, (ko.OwedState.DUE,), after=None, limit=10)
        (owed,) = [line.owed for line in page.items if line.owed is not None]
        waits.append(owed.due_at - began)
        cast.world.clock.time = owed.due_at
    capped = [*PAUSES, PAUSES[-1], PAUSES[-1]]
    for minutes, wait in zip(capped, waits, strict=True):
        assert timedelta(minutes=minutes) - timedelta(seconds=5) <= wait <= timedelta(minutes=minutes * 1.5)


def test_a_letter_that_will_never_go_is_parked_and_the_others_go() -> None:
    cast, unsteady = down()
    unsteady.error = ko.Undeliverable("the address does not exist")
    unsteady.only = cast.world.emails[CUSTOMER, "atle"]
    cast.assign(cast.nora, Role.ATTESTANT)
    cast.sent()
    report = cast.portal.deliver()
    assert (report.parked, report.sent) == (1, 1)
    assert notes(cast, ko.OwedState.PARKED) == [(T.ATTEST_ORDER, "the address does not exist")]
    assert cast.told() == [("nora", T.ATTEST_ORDER)]


@pytest.mark.parametrize("error", [OSError("refused"), ValueError("bad"), KeyError("x"), TypeError("what")])
def test_a_letter_that_fails_for_a_reason_of_its_own_is_tried_again_and_then_parked(error: Exception) -> None:
    """Whatever a mailer raises, the others flow."""
    cast, unsteady = down()
    unsteady.error = error
    unsteady.only = cast.world.emails[CUSTOMER, "atle"]
    cast.assign(cast.nora, Role.ATTESTANT)
    cast.told()
    cast.sent()
    found: list[tuple[int, int, int]] = []
    for _ in range(GIVE_UP_AFTER + 1):
        report = cast.portal.deliver()
        found.append((report.sent, report.later, report.parked))
        later(cast, hours=2)
    assert found == [(1, 1, 0), *[(0, 1, 0)] * (GIVE_UP_AFTER - 2), (0, 0, 1), (0, 0, 0)]
    assert notes(cast, ko.OwedState.PARKED) == [(T.ATTEST_ORDER, type(error).__name__)]


def test_without_a_mailer_mail_stays_owed() -> None:
    cast = Cast.new(agent=False)
    cast.sent()
    silent = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, clock=cast.world.clock)
    assert silent.deliver().later == 1
    later(cast, hours=1)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]


def reject(cast: Cast, order: str) -> None:
    """Somebody has decided."""
    cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.atle)


def withdraw(cast: Cast, order: str) -> None:
    """The order is taken back."""
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)


def take_role(cast: Cast, _order: str) -> None:
    """The attestant is one no more."""
    cast.remove(cast.atle, Role.ATTESTANT)


def delete(cast: Cast, _order: str) -> None:
    """The attestant is deleted."""
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.atle)), cast.adam)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (reject, "the step has been taken"),
        (withdraw, "the step has been taken"),
        (take_role, "the role is gone"),
        (delete, "the user is deleted"),
    ],
)
def test_a_mail_that_asks_for_what_is_no_longer_wanted_does_not_leave(
    happens: Callable[[Cast, str], None], why: str
) -> None:
    cast, unsteady = down()
    order = cast.sent()
    assert cast.portal.deliver().later == 1
    happens(cast, order)
    unsteady.error = None
    later(cast, hours=1)
    cast.portal.deliver()
    assert (T.ATTEST_ORDER, why) in notes(cast, ko.OwedState.CANCELLED)
    assert T.ATTEST_ORDER not in [template for _name, template in cast.told()]


def test_nobody_hears_of_an_order_whom_it_no_longer_concerns() -> None:
    """A handler whose grant is gone sees the order no more, and is not written to about it."""
    cast, unsteady = down()
    informed = cast.attested(via=AGENT)
    cast.portal.execute(ko.InformAgent(order=informed), cast.karin)
    asked = cast.sent(via=AGENT)
    rejected = cast.approved()
    cast.portal.execute(ko.RejectOrder(order=rejected, reason="Nej."), cast.aron)
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    unsteady.error = None
    later(cast, hours=1)
    assert cast.told() == [("berta", T.ORDER_REJECTED_BY_AGENT)]
    found = set(notes(cast, ko.OwedState.CANCELLED))
    assert found >= {
        (T.CONNECTION_STARTABLE, "the grant is gone"),
        (T.ORDER_REJECTED_BY_AGENT, "the grant is gone"),
        (T.REVIEW_ORDER, "the grant is gone"),
    }
    assert cast.state(asked) is S.AWAITING_AGENT_APPROVAL


def test_who_has_ordered_hears_of_it_without_a_role() -> None:
    cast, unsteady = down()
    order = cast.sent()
    reject(cast, order)
    cast.remove(cast.berta, Role.ORDERER)
    unsteady.error = None
    later(cast, hours=1)
    assert cast.told() == [("berta", T.ORDER_REJECTED)]


def test_the_first_of_two_picked_is_not_written_to_any_more() -> None:
    cast, unsteady = down()
    order = cast.approved()
    cast.portal.execute(ko.PickAttestant(order=order, attestant=cast.id(cast.astrid)), cast.hanna)
    unsteady.error = None
    later(cast, hours=1)
    assert cast.told() == [("astrid", T.ATTEST_FOR_AGENT)]


def test_the_signatories_of_an_agreement_that_was_declined_are_not_asked_to_sign_the_next_one_twice() -> None:
    letters = MemoryMailer()
    unsteady = Unsteady(letters, None)
    cast = Cast(World.new(mailer=letters, outbox=unsteady))
    cast.told()
    unsteady.error = DOWN
    for signatory in ("firma", "annan"):
        application = cast.world.application(CUSTOMER, "adam", signatory)
        applied = cast.portal.execute(
            ko.ApplyForCustomerAgreement(name="Prov", category=CustomerCategory.REGION, application=application),
            ko.Actor("sokande", CUSTOMER),
        )
        cast.portal.execute(ko.ApproveAgreement(agreement=applied.id), cast.olle)
        if signatory == "firma":
            decline = ko.DeclineAgreement(agreement=applied.id, reason="Nej.")
            cast.portal.resume_signing(decline, method=BANKID, signer="s1")
    unsteady.error = None
    later(cast, hours=1)
    assert [name for name, template in cast.told() if template is T.SIGN_AGREEMENT] == ["annan"]


def test_a_login_reaches_a_user_whose_role_was_taken_before_the_mail_left() -> None:
    """The invitation is in it, whatever the role was."""
    cast, unsteady = down()
    cast.portal.execute(ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), cast.olle)
    application = cast.world.application(CUSTOMER, "ny")
    applied = cast.portal.execute(
        ko.ApplyForCustomerAgreement(name="Prov", category=CustomerCategory.REGION, application=application),
        cast.berta,
    )
    cast.portal.execute(ko.ApproveAgreement(agreement=applied.id), cast.olle)
    (ny,) = [each for each in cast.portal.members(cast.adam).items if each.email == application.administrator.email]
    cast.portal.execute(ko.RemoveRole(member=ny.id, role=Role.ADMINISTRATOR), cast.adam)
    unsteady.error = None
    later(cast, hours=1)
    assert ("ny", T.LOGIN_ADMINISTRATOR) in cast.told()
    actor = cast.world.verify(CUSTOMER, "ny", application.administrator.email)
    assert cast.portal.orders(actor).items == ()


def test_a_secret_is_forgotten_once_its_mail_has_left() -> None:
    cast, unsteady = down()
    cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)

    def secrets(state: ko.OwedState) -> set[bool]:
        return {mail.secret is not None for mail in cast.mails(state) if mail.template is T.LOGIN_USER}

    assert secrets(ko.OwedState.DUE) == {True}
    unsteady.error = None
    cast.portal.deliver()
    assert secrets(ko.OwedState.SENT) == {False}
    member, code = cast.world.code("ny@prov.example")
    cast.portal.execute(ko.VerifyUser(member=member, code=code), ko.Actor("ny", CUSTOMER))


def test_a_new_attestant_is_told_of_everything_that_waits_and_of_nothing_twice() -> None:
    """R39."""
    cast = Cast.new()
    orders = {cast.sent() for _ in range(3)} | {cast.agent_done()}
    cast.sent(via=AGENT)
    cast.told()
    cast.assign(cast.nora, Role.ATTESTANT)
    report = cast.portal.deliver()
    assert (report.followed_up, report.sent) == (1, 4)
    assert cast.told() == [("nora", T.ATTEST_ORDER)] * 4
    assert {notice.order for notice in cast.portal.notices(cast.nora).items} == orders
    cast.remove(cast.nora, Role.ATTESTANT)
    cast.assign(cast.nora, Role.ATTESTANT)
    assert cast.told() == []
    assert len(cast.bells(cast.nora)) == 4


def test_a_new_attestant_is_told_of_more_than_a_page_of_orders() -> None:
    """R39."""
    cast = Cast.new(agent=False)
    for _ in range(205):
        cast.sent()
    cast.told()
    cast.assign(cast.nora, Role.ATTESTANT)
    assert cast.told() == [("nora", T.ATTEST_ORDER)] * 205


def test_an_attestant_whose_role_comes_back_gets_the_mail_that_was_dropped() -> None:
    """R39: nobody is forgotten, and who had the mail already is not written to twice."""
    cast, unsteady = down()
    cast.assign(cast.nora, Role.ATTESTANT)
    unsteady.error, unsteady.only = DOWN, cast.world.emails[CUSTOMER, "atle"]
    cast.sent()
    assert cast.told() == [("nora", T.ATTEST_ORDER)]
    for actor in (cast.atle, cast.nora):
        cast.remove(actor, Role.ATTESTANT)
    unsteady.error = None
    later(cast, hours=1)
    assert cast.portal.deliver().cancelled == 1
    for actor in (cast.atle, cast.nora):
        cast.assign(actor, Role.ATTESTANT)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    later(cast, hours=1)
    assert cast.portal.deliver() == ko.DeliveryReport()
    assert [cast.bells(actor) for actor in (cast.atle, cast.nora)] == [[T.ATTEST_ORDER]] * 2


def test_a_picked_attestant_whose_role_comes_back_gets_the_mail_that_was_dropped() -> None:
    cast, unsteady = down()
    cast.approved()
    cast.remove(cast.aron, Role.ATTESTANT)
    unsteady.error = None
    later(cast, hours=1)
    assert cast.told() == []
    cast.assign(cast.aron, Role.ATTESTANT)
    assert cast.told() == [("aron", T.ATTEST_FOR_AGENT)]


def test_with_four_eyes_a_new_attestant_is_not_told_of_an_order_of_their_own() -> None:
    """R12, R39."""
    cast = Cast.new(agent=False, rules=ko.Rules(four_eyes=True))
    cast.sent()
    cast.told()
    cast.assign(cast.berta, Role.ATTESTANT)
    assert (cast.told(), cast.bells(cast.berta)) == ([], [])


def test_the_agent_is_informed_by_the_system_once_and_with_mail() -> None:
    cast = Cast.new(rules=ko.Rules(inform_agent_automatically=True))
    order = cast.attested(via=AGENT)
    report = cast.portal.deliver()
    assert report.followed_up == 1
    assert cast.state(order) is S.CONNECTION_STARTABLE
    assert ("hanna", T.CONNECTION_STARTABLE) in cast.told()
    assert cast.portal.deliver() == ko.DeliveryReport()


def test_who_informs_by_hand_before_the_system_does_it_leaves_it_nothing_to_do() -> None:
    cast = Cast.new(rules=ko.Rules(inform_agent_automatically=True))
    order = cast.attested(via=AGENT)
    cast.portal.execute(ko.InformAgent(order=order), cast.karin)
    report = cast.portal.deliver()
    assert report.cancelled >= 1
    informed = [each for each in cast.portal.history(order, ko.SYSTEM).items if each.trigger is Trigger.INFORM_AGENT]
    assert [event.person for event in informed] == ["karin"]
    assert [entry for entry in cast.told() if entry[1] is T.CONNECTION_STARTABLE] == [("hanna", T.CONNECTION_STARTABLE)]


def test_the_system_informs_nobody_of_a_direct_order_and_not_without_being_told_to() -> None:
    automatic = Cast.new(rules=ko.Rules(inform_agent_automatically=True))
    direct = automatic.attested()
    automatic.told()
    assert automatic.state(direct) is S.ATTESTED
    by_hand = Cast.new()
    order = by_hand.attested(via=AGENT)
    by_hand.told()
    assert by_hand.state(order) is S.ATTESTED
    with pytest.raises(ko.Refused) as caught:
        by_hand.portal.execute(ko.InformAgent(order=order), ko.SYSTEM)
    assert {reason.code for reason in caught.value.reasons} == {ReasonCode.WRONG_PARTY}


def test_one_who_sleeps_past_the_lease_does_not_settle_what_another_has_taken() -> None:
    """The fence tells."""
    cast = Cast.new(agent=False)
    cast.sent()

    class Sleeper:
        """A mailer that takes longer than the lease, while another delivers."""

        def __init__(self) -> None:
            self.asleep = True
            self.handed: list[str] = []

        def send(self, letter: ko.Letter) -> None:
            self.handed.append(letter.message_id)
            if self.asleep:
                self.asleep = False
                later(cast, seconds=120)
                assert cast.portal.deliver().sent == 1
            cast.world.mailer.send(letter)

    outbox = Sleeper()
    sleeper = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=outbox, clock=cast.world.clock)
    assert sleeper.deliver() == ko.DeliveryReport()
    assert outbox.handed == [cast.world.mailer.letters[-1].message_id]  # a second copy, and known as one
    assert cast.told() == [("atle", T.ATTEST_ORDER)]


def test_what_was_claimed_by_one_who_died_is_carried_out_by_the_next() -> None:
    class Death(BaseException):
        """The process ends here."""

    cast = Cast.new(agent=False)
    cast.sent()
    letters = MemoryMailer()

    class Dying:
        """A mailer that sends, and dies with the process before anybody knows."""

        def send(self, letter: ko.Letter) -> None:
            letters.send(letter)
            raise Death

    dying = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=Dying(), clock=cast.world.clock)
    with pytest.raises(Death):
        dying.deliver()
    assert cast.portal.deliver() == ko.DeliveryReport()  # the lease runs
    later(cast, seconds=61)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    assert cast.world.mailer.letters[-1].message_id == letters.letters[-1].message_id


def test_more_than_one_batch_is_carried_out_at_once() -> None:
    cast = Cast.new(agent=False)
    for _ in range(120):
        cast.sent()
    report = cast.portal.deliver()
    assert report.sent == 120
    assert attrs.evolve(report, sent=0) == ko.DeliveryReport()


def test_who_gets_a_role_back_gets_the_mail_that_was_dropped_meanwhile() -> None:
    """R39: the step still waits, and nobody is forgotten; nor is anybody asked twice."""
    cast = Cast.new(agent=False)
    cast.sent()
    cast.assign(cast.nora, Role.ATTESTANT)
    cast.remove(cast.atle, Role.ATTESTANT)
    assert cast.told() == [("nora", T.ATTEST_ORDER)]
    cast.assign(cast.atle, Role.ATTESTANT)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    cast.remove(cast.atle, Role.ATTESTANT)
    cast.assign(cast.atle, Role.ATTESTANT)
    assert cast.told() == []


def test_a_picked_attestant_who_gets_the_role_back_is_asked_after_all() -> None:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    cast.portal.deliver()
    cast.approve(order)
    cast.remove(cast.aron, Role.ATTESTANT)
    assert (("aron", T.ATTEST_FOR_AGENT)) not in cast.told()
    cast.assign(cast.aron, Role.ATTESTANT)
    assert cast.told() == [("aron", T.ATTEST_FOR_AGENT)]


def test_two_portals_at_a_slow_relay_send_each_mail_once() -> None:
    cast = Cast.new(agent=False)
    clock, store = cast.world.clock, cast.world.store
    for _order in range(40):
        cast.sent()
    sent: list[str] = []

    class Slow:
        def __init__(self, after: Callable[[], object]) -> None:
            self.after = after

        def send(self, letter: ko.Letter) -> None:
            sent.append(letter.message_id)
            clock.time += timedelta(seconds=5)
            if len(sent) == 20:
                self.after()

    other = ko.Portal(store=store, catalogue=CATALOGUE, mailer=Slow(lambda: None), clock=clock)
    one = ko.Portal(store=store, catalogue=CATALOGUE, mailer=Slow(other.deliver), clock=clock)
    one.deliver()
    assert len(sent) == len(set(sent)) == 40


def parked(cast: Cast) -> dict[str, ko.Owed]:
    """What needs help, by its id."""
    with cast.world.store.transaction() as transaction:
        page = transaction.select(ko.Index.OWED, (ko.OwedState.PARKED,), after=None, limit=10_000)
    return {line.owed.id: line.owed for line in page.items if line.owed is not None}


def three_parked() -> tuple[Cast, Unsteady, tuple[str, ...]]:
    """Three mails to Atle that the relay has refused for good; it has been mended since."""
    cast, unsteady = down()
    unsteady.error = ko.Undeliverable("the relay refuses the address (550 5.1.1)")
    for _ in range(3):
        cast.sent()
    assert cast.portal.deliver().parked == 3
    unsteady.error = None
    return cast, unsteady, tuple(parked(cast))


def test_what_was_parked_leaves_when_it_is_requeued_and_not_before() -> None:
    cast, _unsteady, ids = three_parked()
    later(cast, days=30)
    assert cast.portal.deliver() == ko.DeliveryReport()
    assert cast.portal.requeue() == ids
    assert parked(cast) == {}
    assert cast.portal.deliver() == ko.DeliveryReport(sent=3)
    assert cast.portal.requeue() == ()
    assert cast.told() == [("atle", T.ATTEST_ORDER)] * 3


def test_what_is_requeued_is_due_now_as_if_it_had_never_been_tried() -> None:
    cast, _unsteady, ids = three_parked()
    before = {owed.id: owed for owed in debts(cast)}
    assert all(before[name].attempts and before[name].note for name in ids)
    cast.portal.requeue()
    for owed in debts(cast):
        if owed.id in ids:
            now = cast.world.clock.time
            fresh = attrs.evolve(before[owed.id], state=ko.OwedState.DUE, due_at=now, note=None, attempts=0, failures=0)
            assert owed == fresh


def debts(cast: Cast) -> tuple[ko.Owed, ...]:
    """All that is or was owed, as it is stored."""
    with cast.world.store.transaction() as transaction:
        page = transaction.select(ko.Index.OWED, tuple(ko.OwedState), after=None, limit=1000)
    return tuple(line.owed for line in page.items if line.owed is not None)


def test_one_debt_is_requeued_by_its_id_and_the_others_stay_parked() -> None:
    cast, _unsteady, ids = three_parked()
    assert cast.portal.requeue([ids[1], "no such debt"]) == (ids[1],)
    assert set(parked(cast)) == {ids[0], ids[2]}
    assert cast.portal.requeue([]) == ()
    assert cast.portal.requeue([ids[1]]) == ()
    assert cast.portal.deliver() == ko.DeliveryReport(sent=1)


def test_only_what_is_parked_is_requeued() -> None:
    cast, unsteady, ids = three_parked()
    unsteady.error = DOWN
    cast.sent()
    cast.portal.deliver()
    withdraw(cast, cast.sent())
    unsteady.error = None
    cast.portal.deliver()

    def others() -> list[ko.Owed]:
        with cast.world.store.transaction() as transaction:
            page = transaction.select(ko.Index.OWED, tuple(ko.OwedState), after=None, limit=10_000)
        return [line.owed for line in page.items if line.owed is not None and line.owed.id not in ids]

    before = others()
    assert {owed.state for owed in before} == {ko.OwedState.DUE, ko.OwedState.SENT, ko.OwedState.CANCELLED}
    assert cast.portal.requeue() == ids
    assert cast.portal.requeue([owed.id for owed in before]) == ()
    assert others() == before


@pytest.mark.parametrize(
    ("note", "why", "noted"), [(None, None, None), ("busy", None, "busy"), ("busy", "stopped", "stopped")]
)
def test_what_is_given_back_is_as_if_it_had_not_been_claimed(
    note: str | None, why: str | None, noted: str | None
) -> None:
    cast = Cast.new(agent=False)
    cast.sent()
    owed = attrs.evolve(debts(cast)[-1], attempts=3, note=note)
    assert given_back(owed, why) == Settlement(state=ko.OwedState.DUE, note=noted, attempts=2)


@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 1.0), (0.5, 1.25), (1.0, 1.5)])
@pytest.mark.parametrize("attempts", [0, 1, 2, len(PAUSES), len(PAUSES) + 40])
def test_the_pause_grows_with_the_attempts_and_is_spread_over_half_of_itself(
    attempts: int, jitter: float, factor: float
) -> None:
    cast = Cast.new(agent=False)
    cast.sent()
    owed = attrs.evolve(debts(cast)[-1], attempts=attempts)
    now = cast.world.clock.time
    pause = PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]
    found = again(owed, now, "no relay", jitter)
    assert found == Settlement(
        state=ko.OwedState.DUE, due_at=now + pause * factor * timedelta(minutes=1), note="no relay"
    )


def test_what_is_requeued_has_all_its_tries_again() -> None:
    cast, unsteady = down()
    unsteady.error = ValueError("what")
    cast.sent()
    for _ in range(GIVE_UP_AFTER):
        cast.portal.deliver()
        later(cast, hours=2)
    (owed,) = parked(cast).values()
    assert (owed.attempts, owed.failures, owed.note) == (GIVE_UP_AFTER, GIVE_UP_AFTER, "ValueError")
    cast.portal.requeue()
    found: list[tuple[int, int]] = []
    for _ in range(GIVE_UP_AFTER):
        report = cast.portal.deliver()
        found.append((report.later, report.parked))
        later(cast, hours=2)
    assert found == [*[(1, 0)] * (GIVE_UP_AFTER - 1), (0, 1)]


def test_a_requeued_invitation_still_holds_its_code() -> None:
    cast, unsteady = down()
    unsteady.error = ko.Undeliverable("the relay refuses the address (550 5.1.1)")
    cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    assert cast.portal.deliver().parked == 1
    unsteady.error = None
    cast.portal.requeue()
    member, code = cast.world.code("ny@prov.example")
    cast.portal.execute(ko.VerifyUser(member=member, code=code), ko.Actor("ny", CUSTOMER))


def test_what_nobody_wants_any_more_is_dropped_when_it_is_requeued() -> None:
    cast, unsteady = down()
    unsteady.error = ko.Undeliverable("the relay refuses the address (550 5.1.1)")
    order = cast.sent()
    cast.portal.deliver()
    unsteady.error = None
    withdraw(cast, order)
    cast.portal.requeue()
    cast.portal.deliver()
    assert (T.ATTEST_ORDER, "the step has been taken") in notes(cast, ko.OwedState.CANCELLED)
    assert T.ATTEST_ORDER not in [template for _name, template in cast.told()]


def test_requeuing_takes_nothing_from_one_who_is_delivering() -> None:
    cast, _unsteady, ids = three_parked()
    outbox = MemoryMailer()

    class Meanwhile:
        """A mailer during whose work somebody requeues."""

        def send(self, letter: ko.Letter) -> None:
            assert cast.portal.requeue() == ()
            assert cast.portal.requeue(ids) == ()
            outbox.send(letter)

    assert cast.portal.requeue() == ids
    relay = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=Meanwhile(), clock=cast.world.clock)
    assert relay.deliver() == ko.DeliveryReport(sent=3)
    assert len(outbox.letters) == 3


def test_the_awaited_portal_delivers_stops_and_requeues_the_same() -> None:
    cast, unsteady, ids = three_parked()

    async def story() -> list[object]:
        thread = Thread()
        portal = ko.AsyncPortal(
            store=ThreadedStore(cast.world.store, thread),
            catalogue=CATALOGUE,
            mailer=ThreadedMailer(unsteady, thread),
            clock=cast.world.clock,
        )
        found: list[object] = [await portal.requeue(ids[:1]), await portal.requeue()]
        unsteady.error = RelayStopped("the relay refuses the login (535)")
        found.append(await portal.deliver())
        unsteady.error = None
        found.append(await portal.deliver())
        thread.close()
        return found

    assert asyncio.run(story()) == [
        ids[:1],
        ids[1:],
        ko.DeliveryReport(stopped="the relay refuses the login (535)"),
        ko.DeliveryReport(sent=3),
    ]


def test_mail_that_nobody_wants_is_dropped_without_a_mailer_too() -> None:
    cast, _unsteady = down()
    withdraw(cast, cast.sent())
    silent = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, clock=cast.world.clock)
    report = silent.deliver()
    assert report.cancelled == 1
    assert report.sent == 0


def test_a_debt_from_before_failures_were_counted_has_none() -> None:
    cast, _unsteady, ids = three_parked()
    owed = parked(cast)[ids[0]]
    before = encode(owed).replace('"failures":0,', "")
    assert "failures" not in before
    assert decode_owed(before) == owed


@pytest.mark.parametrize(("failures", "state"), [(0, ko.OwedState.DUE), (GIVE_UP_AFTER - 1, ko.OwedState.PARKED)])
def test_why_it_failed_is_noted_whether_it_is_tried_again_or_not(failures: int, state: ko.OwedState) -> None:
    cast = Cast.new(agent=False)
    cast.sent()
    owed = attrs.evolve(debts(cast)[-1], failures=failures)
    found = failed(owed, cast.world.clock.time, "ValueError", 0.0)
    assert (found.state, found.note, found.failures) == (state, "ValueError", failures + 1)


@pytest.mark.parametrize(
    ("relay", "silences"), [(Relay.SILENT, 4), (Relay.ANSWERS, 0), (Relay.NOT_ASKED, 3), (Relay.STOPPED, 3)]
)
def test_letters_that_find_no_relay_are_counted_until_one_answers(relay: Relay, silences: int) -> None:
    attempt = Attempt(Settlement(state=ko.OwedState.DUE), relay)
    assert silences_after(attempt, 3) == silences


def test_why_a_signatory_is_not_written_to_any_more_is_noted() -> None:
    world = World.new()
    applied = world.portal.execute(
        ko.ApplyForCustomerAgreement(
            name="Prov", category=CustomerCategory.REGION, application=world.application(CUSTOMER, "adam")
        ),
        ko.Actor("sokande", CUSTOMER),
    )
    world.portal.execute(ko.ApproveAgreement(agreement=applied.id), world.officer)
    (mail,) = [each for each in Cast(world).mails(ko.OwedState.DUE) if each.template is T.SIGN_AGREEMENT]
    asked = world.portal.agreement(applied.id, ko.SYSTEM)
    world.sign(applied.id)
    signed = world.portal.agreement(applied.id, ko.SYSTEM)
    assert [
        unwanted_agreement_mail(mail, asked),
        unwanted_agreement_mail(mail, signed),
        unwanted_agreement_mail(mail, attrs.evolve(asked, number=asked.number + 1)),
        unwanted_agreement_mail(mail, attrs.evolve(asked, signatories=signed.signatories)),
    ] == [
        None,
        "the agreement is no longer to be signed",
        "another agreement has taken its place",
        "the signatory has signed",
    ]
