"""A repetition repeats nothing, and of two who act at once one wins; rights are those of the moment of the act."""

from collections import Counter
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from typing import TypeAlias

import attrs
import pytest
from cast import DIRECT, NPO, VIA_AGENT, Cast, snapshot
from faults import Forgetting, Meanwhile
from world import AGENT, CUSTOMER, OTHER, PROVIDER, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner, MemoryStore
from kundorder.commands import COMMANDS
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import (
    AgreementModel,
    AttestMethod,
    ConnectionMode,
    CustomerCategory,
    Language,
    OrderState,
    ReasonCode,
    Role,
    Template,
    Trigger,
    UserState,
)

BANKID = AttestMethod.BANKID
C, S, T = ReasonCode, OrderState, Template
REGION = CustomerCategory.REGION
WEBCERT = f"{AGENT}/webcert"
AGREEMENT = f"customer/{OTHER}"
Asked: TypeAlias = tuple[ko.Command, ko.Actor]


def applied(cast: Cast, *signatories: str) -> str:
    """An application of another customer."""
    application = cast.world.application(OTHER, "otto", *signatories)
    command = ko.ApplyForCustomerAgreement(name="Prov", category=REGION, application=application)
    return cast.portal.execute(command, ko.Actor("sokande", OTHER)).id


def approved(cast: Cast) -> str:
    """An agreement that waits for its signatory."""
    agreement = applied(cast)
    cast.portal.execute(ko.ApproveAgreement(agreement=agreement), cast.olle)
    return agreement


def invited(cast: Cast) -> ko.VerifyUser:
    """Somebody who has an invitation."""
    cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    member, code = cast.world.code("ny@prov.example")
    return ko.VerifyUser(member=member, code=code)


def assignment(cast: Cast, *steps: str) -> str:
    """An assignment for another service, as far as these steps."""
    cast.portal.execute(ko.ApplyForAssignment(service="webcert"), cast.uno)
    if "pass" in steps:
        cast.portal.execute(ko.PassReview(assignment=WEBCERT), cast.olle)
    if "attest" in steps:
        attest = ko.AttestAssignment(assignment=WEBCERT, method=BANKID)
        cast.portal.resume_signing(attest, cast.aron, method=BANKID)
    return WEBCERT


def deleted(cast: Cast) -> str:
    """A user who has been deleted."""
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.nora)), cast.adam)
    return cast.id(cast.nora)


def closed(cast: Cast) -> str:
    """An order that has been taken back."""
    order = cast.sent()
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    return order


def hugo_granted(cast: Cast) -> str:
    """A second handler is granted."""
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda)
    return cast.id(cast.hugo)


SCENES: dict[type[ko.Command], Callable[[Cast], Asked]] = {
    ko.StartOrder: lambda cast: (ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT), cast.berta),
    ko.CopyOrderAsDraft: lambda cast: (ko.CopyOrderAsDraft(order=closed(cast)), cast.berta),
    ko.FillInOrder: lambda cast: (
        ko.FillInOrder(order=cast.draft(), fields={"technical_contact": "Ny Prov"}),
        cast.berta,
    ),
    ko.AcceptTerms: lambda cast: (ko.AcceptTerms(order=cast.draft(), version="2026-1"), cast.berta),
    ko.SendOrder: lambda cast: (ko.SendOrder(order=cast.draft()), cast.berta),
    ko.ApproveOrder: lambda cast: (
        ko.ApproveOrder(order=cast.sent(via=AGENT), attestant=cast.id(cast.aron), certified=True),
        cast.hanna,
    ),
    ko.PickAttestant: lambda cast: (
        ko.PickAttestant(order=cast.approved(), attestant=cast.id(cast.astrid)),
        cast.hanna,
    ),
    ko.AttestOrder: lambda cast: (ko.AttestOrder(order=cast.sent(), method=BANKID), cast.atle),
    ko.RejectOrder: lambda cast: (ko.RejectOrder(order=cast.agent_done(), reason="Nej."), cast.atle),
    ko.WithdrawOrder: lambda cast: (ko.WithdrawOrder(order=cast.sent()), cast.berta),
    ko.HandOverOrder: lambda cast: (ko.HandOverOrder(order=cast.attested(), instructions="Så här."), cast.karin),
    ko.InformAgent: lambda cast: (ko.InformAgent(order=cast.attested(via=AGENT)), cast.karin),
    ko.CompleteOrder: lambda cast: (ko.CompleteOrder(order=cast.informed()), cast.hanna),
    ko.ApplyForCustomerAgreement: lambda cast: (
        ko.ApplyForCustomerAgreement(name="Prov", category=REGION, application=cast.world.application(OTHER, "otto")),
        ko.Actor("sokande", OTHER),
    ),
    ko.ApplyForAgentAgreement: lambda cast: (
        ko.ApplyForAgentAgreement(name="Prov", application=cast.world.application(OTHER, "otto")),
        ko.Actor("sokande", OTHER),
    ),
    ko.RegisterCustomerAgreement: lambda cast: (
        ko.RegisterCustomerAgreement(
            organisation=OTHER, name="Prov", category=REGION, application=cast.world.application(OTHER, "otto")
        ),
        cast.olle,
    ),
    ko.RegisterAgentAgreement: lambda cast: (
        ko.RegisterAgentAgreement(organisation=OTHER, name="Prov", application=cast.world.application(OTHER, "otto")),
        cast.olle,
    ),
    ko.ApproveAgreement: lambda cast: (ko.ApproveAgreement(agreement=applied(cast)), cast.olle),
    ko.RejectAgreement: lambda cast: (ko.RejectAgreement(agreement=applied(cast), reason="Nej."), cast.olle),
    ko.SignAgreement: lambda cast: (ko.SignAgreement(agreement=approved(cast)), ko.SYSTEM),
    ko.DeclineAgreement: lambda cast: (ko.DeclineAgreement(agreement=approved(cast), reason="Nej."), ko.SYSTEM),
    ko.TerminateAgreement: lambda cast: (ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), cast.olle),
    ko.ApplyForAssignment: lambda cast: (ko.ApplyForAssignment(service="webcert"), cast.uno),
    ko.PassReview: lambda cast: (ko.PassReview(assignment=assignment(cast)), cast.olle),
    ko.RejectAssignment: lambda cast: (ko.RejectAssignment(assignment=assignment(cast), reason="Nej."), cast.olle),
    ko.AttestAssignment: lambda cast: (
        ko.AttestAssignment(assignment=assignment(cast, "pass"), method=BANKID),
        cast.aron,
    ),
    ko.ActivateAssignment: lambda cast: (
        ko.ActivateAssignment(assignment=assignment(cast, "pass", "attest")),
        cast.olle,
    ),
    ko.EndAssignment: lambda cast: (ko.EndAssignment(assignment=NPO, reason="Slut."), cast.olle),
    ko.AddUser: lambda cast: (ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam),
    ko.VerifyUser: lambda cast: (invited(cast), ko.Actor("ny", CUSTOMER)),
    ko.DeleteUser: lambda cast: (ko.DeleteUser(member=cast.id(cast.nora)), cast.adam),
    ko.RestoreUser: lambda cast: (ko.RestoreUser(member=deleted(cast)), cast.olle),
    ko.AssignRole: lambda cast: (ko.AssignRole(member=cast.id(cast.nora), role=Role.ATTESTANT), cast.adam),
    ko.RemoveRole: lambda cast: (ko.RemoveRole(member=cast.id(cast.atle), role=Role.ATTESTANT), cast.adam),
    ko.GrantHandler: lambda cast: (ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda),
    ko.RevokeHandler: lambda cast: (ko.RevokeHandler(member=hugo_granted(cast), assignment=NPO), cast.agda),
    ko.EstablishProvider: lambda _cast: (
        ko.EstablishProvider(name="Leverantören", person_name="Olle Prov", email="olle@prov.example"),
        ko.Actor("olle", PROVIDER),
    ),
}
"""For each command somebody who may give it, and a moment when it is accepted."""


def scene(command: type[ko.Command]) -> tuple[Cast, ko.Command, ko.Actor]:
    """Everything is ready."""
    cast = bare() if command is ko.EstablishProvider else Cast.new()
    asked, actor = SCENES[command](cast)
    return cast, asked, actor


def bare() -> Cast:
    """A store with nothing in it."""
    cast = Cast(World.new())
    empty = MemoryStore()
    portal = ko.Portal(store=empty, catalogue=CATALOGUE, clock=cast.world.clock, mailer=cast.world.mailer)
    return Cast(attrs.evolve(cast.world, store=empty, portal=portal))


def act(cast: Cast, command: ko.Command, actor: ko.Actor, key: str | None) -> ko.Outcome:
    """Carry it out; what takes evidence is signed by whoever acts, or by the first signatory."""
    if isinstance(command, ko.AttestOrder | ko.AttestAssignment | ko.SignAgreement | ko.DeclineAgreement):
        signer = "s1" if actor is ko.SYSTEM else None
        outcome = cast.portal.resume_signing(command, actor, method=BANKID, signer=signer, key=key)
        assert isinstance(outcome, ko.Outcome)
        return outcome
    return cast.portal.execute(command, actor, key=key)


def test_there_is_a_scene_for_every_command() -> None:
    assert set(SCENES) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_command_repeated_with_its_key_has_the_same_outcome_and_changes_nothing(command: type[ko.Command]) -> None:
    """T2."""
    cast, asked, actor = scene(command)
    before = snapshot(cast.world.store)
    first = act(cast, asked, actor, "once")
    kept = snapshot(cast.world.store)
    assert kept["records"] != before["records"]
    for _ in range(4):
        assert act(cast, asked, actor, "once") == first
        assert snapshot(cast.world.store) == kept
    cast.portal.deliver()
    assert act(cast, asked, actor, "once") == first
    assert cast.portal.deliver() == ko.DeliveryReport()


ELSE: dict[str, object] = {
    "order": ko.token("o", 1, 7),
    "offer": "siths",
    "mode": DIRECT,
    "agent": "999800-0005",
    "supplementary_to": ko.token("o", 1, 7),
    "fields": (ko.Answer(name="technical_contact", values=("Någon annan",)),),
    "version": "2025-1",
    "attestant": ko.token("m", 1, 7),
    "certified": False,
    "method": AttestMethod.SMS_CODE,
    "reason": "Något annat.",
    "instructions": "Något annat.",
    "agreement": f"agent/{OTHER}",
    "name": "Något annat",
    "category": CustomerCategory.MUNICIPALITY,
    "organisation": "999800-0005",
    "model": AgreementModel.LEGACY,
    "assignment": f"{OTHER}/npo",
    "service": "siths",
    "email": "annan@prov.example",
    "phone": "+46701740605",
    "language": Language.EN,
    "member": ko.token("m", 1, 7),
    "code": "A" * 43,
    "role": Role.AGREEMENT_CONTACT,
    "person_name": "Någon Annan",
}
"""Another value for each field of a command."""

FIELDS = [(command, field.name) for command in COMMANDS for field in attrs.fields(command) if field.name != "evidence"]


def other_value(cast: Cast, field: str) -> object:
    """Something else than was asked the first time."""
    return cast.world.application(OTHER, "annan") if field == "application" else ELSE[field]


@pytest.mark.parametrize(
    ("command", "field"), FIELDS, ids=lambda each: each if isinstance(each, str) else each.__name__
)
def test_a_key_that_is_used_for_something_else_is_refused(command: type[ko.Command], field: str) -> None:
    """T3, every field of every command."""
    cast, asked, actor = scene(command)
    act(cast, asked, actor, "once")
    kept = snapshot(cast.world.store)
    other = copy(asked)
    object.__setattr__(other, field, other_value(cast, field))
    assert other != asked
    with pytest.raises(ko.KeyReused):
        act(cast, other, actor, "once")
    assert snapshot(cast.world.store) == kept


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_key_that_is_used_by_somebody_else_or_for_another_organisation_is_refused(command: type[ko.Command]) -> None:
    """T3."""
    cast, asked, actor = scene(command)
    act(cast, asked, actor, "once")
    kept = snapshot(cast.world.store)
    for other in (ko.Actor("frida", actor.organisation or OTHER), ko.Actor(actor.person, "999800-0005")):
        with pytest.raises(ko.KeyReused):
            act(cast, asked, other, "once")
    assert snapshot(cast.world.store) == kept


def test_a_key_that_is_used_by_another_signatory_or_with_another_method_is_refused() -> None:
    """T3: what a signatory signs has no other content than whose signature it is."""
    cast = Cast.new(agent=False)
    agreement = applied(cast, "firma", "teckna")
    cast.portal.execute(ko.ApproveAgreement(agreement=agreement), cast.olle)
    sign = ko.SignAgreement(agreement=agreement)
    cast.portal.resume_signing(sign, method=BANKID, signer="s1", key="once")
    for signer, method in (("s2", BANKID), ("s1", AttestMethod.FREJA)):
        with pytest.raises(ko.KeyReused):
            cast.portal.resume_signing(sign, method=method, signer=signer, key="once")
    cast.portal.resume_signing(sign, method=BANKID, signer="s2", key="twice")
    assert cast.portal.agreement(agreement, ko.SYSTEM).state == "SIGNED"


def test_a_refused_act_does_not_use_up_its_key() -> None:
    cast = Cast.new(agent=False)
    draft = cast.draft()
    cast.remove(cast.atle, Role.ATTESTANT)
    with pytest.raises(ko.Refused):
        cast.portal.execute(ko.SendOrder(order=draft), cast.berta, key="k")
    cast.assign(cast.nora, Role.ATTESTANT)
    assert cast.portal.execute(ko.SendOrder(order=draft), cast.berta, key="k").state == S.AWAITING_CUSTOMER_ATTEST


def test_an_act_that_changes_nothing_uses_its_key_all_the_same() -> None:
    cast = Cast.new(agent=False)
    assign = ko.AssignRole(member=cast.id(cast.berta), role=Role.ORDERER)
    first = cast.portal.execute(assign, cast.adam, key="k")
    assert cast.portal.execute(assign, cast.adam, key="k") == first
    with pytest.raises(ko.KeyReused):
        cast.portal.execute(ko.RemoveRole(member=cast.id(cast.berta), role=Role.ORDERER), cast.adam, key="k")


@attrs.frozen
class Two:
    """Two who share a store: one who acts, and another who acts between the first one's reads and write."""

    cast: Cast
    signer: MemorySigner
    rules: ko.Rules

    @classmethod
    def new(cls, rules: ko.Rules | None = None) -> "Two":
        signer = MemorySigner()
        return cls(Cast.new(signing=signer, rules=rules), signer, rules or ko.Rules())

    def while_(self, happens: Callable[[], object]) -> ko.Portal:
        """The portal of the one who is overtaken."""
        return ko.Portal(
            store=Meanwhile(self.cast.world.store, happens),
            catalogue=CATALOGUE,
            rules=self.rules,
            signing=self.signer,
            clock=self.cast.world.clock,
            pause=lambda _seconds: None,
        )


def test_two_callers_with_one_key_and_one_act_both_get_its_outcome() -> None:
    two = Two.new()
    draft = two.cast.draft()
    found: list[ko.Outcome] = []

    def send() -> None:
        found.append(two.cast.portal.execute(ko.SendOrder(order=draft), two.cast.berta, key="k"))

    late = two.while_(send).execute(ko.SendOrder(order=draft), two.cast.berta, key="k")
    assert [late] == found
    assert two.cast.told() == [("atle", T.ATTEST_ORDER)]
    sent = [each for each in two.cast.portal.history(draft, ko.SYSTEM).items if each.trigger is Trigger.SEND]
    assert len(sent) == 1


def test_two_callers_with_one_key_and_two_acts_do_not_both_win() -> None:
    two = Two.new()
    start = ko.StartOrder(offer="npo-producent", mode=DIRECT)
    other = attrs.evolve(start, offer="siths")
    happens = lambda: two.cast.portal.execute(other, two.cast.berta, key="k")  # noqa: E731 - a name for what happens
    with pytest.raises(ko.KeyReused):
        two.while_(happens).execute(start, two.cast.berta, key="k")
    assert [order.content.offer for order in two.cast.portal.orders(two.cast.berta).items] == ["siths"]


def test_two_attestants_decide_at_once_and_one_decision_counts() -> None:
    """T1."""
    two = Two.new()
    cast = two.cast
    cast.assign(cast.nora, Role.ATTESTANT)
    order = cast.sent()
    portal = two.while_(lambda: cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.nora))
    with pytest.raises(ko.Refused) as caught:
        portal.resume_signing(ko.AttestOrder(order=order, method=BANKID), cast.atle, method=BANKID)
    (reason,) = caught.value.reasons
    assert (reason.code, dict(reason.params)["trigger"]) == (C.ALREADY_DECIDED, "reject")
    assert cast.state(order) is S.REJECTED
    assert cast.told() == [("berta", T.ORDER_REJECTED)]


def test_of_withdrawing_and_attesting_at_once_one_wins_and_the_losers_mail_never_leaves() -> None:
    """T15."""
    two = Two.new()
    cast = two.cast
    order = cast.agent_done()
    portal = two.while_(lambda: cast.world.attest(order, cast.atle))
    with pytest.raises(ko.Refused) as caught:
        portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    assert [reason.code for reason in caught.value.reasons] == [C.WRONG_STATE]
    assert (cast.state(order), cast.told()) == (S.ATTESTED, [])
    order = cast.agent_done()
    cast.told()
    portal = two.while_(lambda: cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta))
    with pytest.raises(ko.Refused):
        portal.resume_signing(ko.AttestOrder(order=order, method=BANKID), cast.atle, method=BANKID)
    assert (cast.state(order), cast.told()) == (S.WITHDRAWN, [("atle", T.ORDER_WITHDRAWN)])


def attest(cast: Cast, portal: ko.Portal) -> None:
    """Atle attests an order via agent."""
    order = cast.agent_done()
    portal.resume_signing(ko.AttestOrder(order=order, method=BANKID), cast.atle, method=BANKID)


def attest_for_agent(cast: Cast, portal: ko.Portal) -> None:
    """Aron attests."""
    portal.resume_signing(ko.AttestOrder(order=cast.approved(), method=BANKID), cast.aron, method=BANKID)


def approve(cast: Cast, portal: ko.Portal) -> None:
    """Hanna approves."""
    order = cast.sent(via=AGENT)
    portal.execute(ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True), cast.hanna)


def send(cast: Cast, portal: ko.Portal) -> None:
    """Berta sends an order via agent."""
    portal.execute(ko.SendOrder(order=cast.draft(via=AGENT)), cast.berta)


def start(cast: Cast, portal: ko.Portal) -> None:
    """Berta starts an order via agent."""
    portal.execute(ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT), cast.berta)


def add(cast: Cast, portal: ko.Portal) -> None:
    """Adam adds a user."""
    portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)


def no_agreement(cast: Cast) -> None:
    """The customer's agreement ends."""
    cast.portal.execute(ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), cast.olle)


def no_agent_agreement(cast: Cast) -> None:
    """The agent's agreement ends."""
    cast.portal.execute(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)


def no_assignment(cast: Cast) -> None:
    """The assignment ends."""
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)


def no_grant(cast: Cast) -> None:
    """The handler loses the grant."""
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)


def no_attestant(cast: Cast) -> None:
    """The customer loses its attestant."""
    cast.remove(cast.atle, Role.ATTESTANT)


def no_agents_attestant(cast: Cast) -> None:
    """The picked attestant is one no more."""
    cast.remove(cast.aron, Role.ATTESTANT)


def no_orderer(cast: Cast) -> None:
    """The orderer is one no more."""
    cast.remove(cast.berta, Role.ORDERER)


def no_user(cast: Cast) -> None:
    """The attestant is deleted."""
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.atle)), cast.adam)


def no_administrator(cast: Cast) -> None:
    """The administrator is one no more."""
    cast.assign(cast.nora, Role.ADMINISTRATOR)
    cast.portal.execute(ko.RemoveRole(member=cast.id(cast.adam), role=Role.ADMINISTRATOR), cast.nora)


GONE: list[tuple[Callable[[Cast, ko.Portal], None], Callable[[Cast], None]]] = [
    (attest, no_agreement),
    (attest, no_assignment),
    (attest, no_attestant),
    (attest, no_user),
    (attest_for_agent, no_assignment),
    (attest_for_agent, no_agents_attestant),
    (approve, no_grant),
    (approve, no_assignment),
    (approve, no_agents_attestant),
    (send, no_orderer),
    (send, no_attestant),
    (send, no_agreement),
    (send, no_agent_agreement),
    (send, no_assignment),
    (send, no_grant),
    (start, no_orderer),
    (start, no_attestant),
    (start, no_agreement),
    (start, no_agent_agreement),
    (start, no_assignment),
    (start, no_grant),
    (add, no_administrator),
]


@pytest.mark.parametrize(("acts", "happens"), GONE, ids=lambda each: each.__name__)
def test_what_an_act_rests_on_is_there_at_the_moment_of_the_act_or_nothing_is_done(
    acts: Callable[[Cast, ko.Portal], None], happens: Callable[[Cast], None]
) -> None:
    """R32, T14: it goes between the reads and the write."""
    two = Two.new()
    after: list[dict[str, dict[object, object]]] = []

    def gone() -> None:
        happens(two.cast)
        after.append(snapshot(two.cast.world.store))

    with pytest.raises((ko.Refused, ko.NotFound)):
        acts(two.cast, two.while_(gone))
    assert after == [snapshot(two.cast.world.store)]


@pytest.mark.parametrize(
    ("acts", "happens"), [(acts, None) for acts in (attest, attest_for_agent, approve, send, start, add)]
)
def test_and_is_done_when_nothing_goes(acts: Callable[[Cast, ko.Portal], None], happens: None) -> None:
    two = Two.new()
    acts(two.cast, two.while_(lambda: happens))


def gets_attestant(cast: Cast) -> None:
    """Nora becomes an attestant."""
    cast.assign(cast.nora, Role.ATTESTANT)


def logs_in(cast: Cast) -> None:
    """Somebody who was made an attestant beforehand logs in."""
    member, code = cast.world.code("nora@prov.example")
    cast.portal.execute(ko.VerifyUser(member=member, code=code), ko.Actor("nina", CUSTOMER))


def prepare(cast: Cast) -> None:
    """Somebody is invited and made an attestant."""
    added = cast.portal.execute(ko.AddUser(name="Nora Prov", email="nora@prov.example"), cast.adam)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.adam)
    cast.portal.deliver()


@pytest.mark.parametrize("happens", [gets_attestant, logs_in])
def test_a_role_that_is_given_while_an_order_is_sent_is_told_of_it_exactly_once(
    happens: Callable[[Cast], None],
) -> None:
    """R39: neither reads what the other writes, so what is given owes a follow-up."""
    two = Two.new()
    cast = two.cast
    prepare(cast)
    cast.told()
    draft = cast.draft()
    two.while_(lambda: happens(cast)).execute(ko.SendOrder(order=draft), cast.berta)
    for _ in range(3):
        cast.world.clock.time += timedelta(hours=2)
        cast.portal.deliver()
    assert cast.told() == [("atle", T.ATTEST_ORDER), ("nora", T.ATTEST_ORDER)]
    notices = cast.portal.order(draft, ko.SYSTEM).notices
    assert len(notices) == len({notice.member for notice in notices}) == 2


@pytest.mark.parametrize("happens", ["assign", "verify", "grant"])
def test_an_order_that_is_sent_while_a_role_is_given_is_told_to_the_new_one_exactly_once(happens: str) -> None:
    """R39, the other way round."""
    two = Two.new()
    cast = two.cast
    prepare(cast)
    cast.told()
    draft = cast.draft(via=AGENT if happens == "grant" else None)
    portal = two.while_(lambda: cast.portal.execute(ko.SendOrder(order=draft), cast.berta))
    member, code = cast.world.code("nora@prov.example")
    commands: dict[str, Asked] = {
        "assign": (ko.AssignRole(member=cast.id(cast.nora), role=Role.ATTESTANT), cast.adam),
        "verify": (ko.VerifyUser(member=member, code=code), ko.Actor("nina", CUSTOMER)),
        "grant": (ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda),
    }
    portal.execute(*commands[happens])
    for _ in range(3):
        cast.world.clock.time += timedelta(hours=2)
        cast.portal.deliver()
    told = [("hanna", T.REVIEW_ORDER), ("hugo", T.REVIEW_ORDER)]
    assert cast.told() == (told if happens == "grant" else [("atle", T.ATTEST_ORDER), ("nora", T.ATTEST_ORDER)])


def test_a_role_that_goes_again_before_the_follow_up_is_told_nothing() -> None:
    cast = Cast.new(agent=False)
    cast.sent()
    cast.told()
    cast.assign(cast.nora, Role.ATTESTANT)
    cast.remove(cast.nora, Role.ATTESTANT)
    assert (cast.told(), cast.bells(cast.nora)) == ([], [])


def test_two_administrators_who_remove_each_other_leave_one() -> None:
    """R39."""
    two = Two.new()
    cast = two.cast
    cast.assign(cast.nora, Role.ADMINISTRATOR)
    first = ko.RemoveRole(member=cast.id(cast.adam), role=Role.ADMINISTRATOR)
    second = ko.RemoveRole(member=cast.id(cast.nora), role=Role.ADMINISTRATOR)
    portal = two.while_(lambda: cast.portal.execute(first, cast.nora))
    with pytest.raises((ko.Refused, ko.NotFound)):
        portal.execute(second, cast.adam)
    held = [each.person for each in cast.portal.members(cast.nora).items if Role.ADMINISTRATOR in each.roles]
    assert held == ["nora"]


def test_two_administrators_who_leave_at_once_do_not_both() -> None:
    """R39."""
    two = Two.new()
    cast = two.cast
    cast.assign(cast.nora, Role.ADMINISTRATOR)
    portal = two.while_(lambda: cast.portal.execute(ko.DeleteUser(member=cast.id(cast.nora)), cast.nora))
    with pytest.raises(ko.Refused) as caught:
        portal.execute(ko.DeleteUser(member=cast.id(cast.adam)), cast.adam)
    assert [reason.code for reason in caught.value.reasons] == [C.LAST_ADMINISTRATOR]


def test_one_address_is_one_user_when_two_administrators_add_it_at_once() -> None:
    """The second finds somebody who has not verified yet, and invites them again."""
    two = Two.new()
    cast = two.cast
    cast.assign(cast.nora, Role.ADMINISTRATOR)
    command = ko.AddUser(name="Ny Prov", email="ny@prov.example")
    first: list[str] = []
    second = two.while_(lambda: first.append(cast.portal.execute(command, cast.nora).id)).execute(command, cast.adam)
    assert first == [second.id]
    assert cast.told() == [("ny", T.LOGIN_USER)] * 2


def test_one_person_does_not_become_two_users_by_two_invitations_at_once() -> None:
    two = Two.new()
    cast = two.cast
    taken: list[ko.VerifyUser] = []
    for email in ("ny@prov.example", "ny@annan.example"):
        cast.portal.execute(ko.AddUser(name="Ny Prov", email=email), cast.adam)
        member, code = cast.world.code(email)
        taken.append(ko.VerifyUser(member=member, code=code))
    ny = ko.Actor("ny", CUSTOMER)
    with pytest.raises(ko.Refused) as caught:
        two.while_(lambda: cast.portal.execute(taken[0], ny)).execute(taken[1], ny)
    assert [reason.code for reason in caught.value.reasons] == [C.PERSON_TAKEN]
    states = {each.email: each.state for each in cast.portal.members(cast.adam).items}
    assert (states["ny@prov.example"], states["ny@annan.example"]) == (UserState.ACTIVE, UserState.INVITED)


def test_two_applications_at_once_are_one() -> None:
    two = Two.new()
    cast = two.cast
    command = ko.ApplyForCustomerAgreement(
        name="Prov", category=REGION, application=cast.world.application(OTHER, "otto")
    )
    actor = ko.Actor("sokande", OTHER)
    with pytest.raises(ko.Refused) as caught:
        two.while_(lambda: cast.portal.execute(command, actor)).execute(command, ko.Actor("annan", OTHER))
    assert [reason.code for reason in caught.value.reasons] == [C.AGREEMENT_EXISTS]


def test_two_signatories_who_sign_at_once_both_have_signed() -> None:
    two = Two.new()
    cast = two.cast
    agreement = applied(cast, "firma", "teckna")
    cast.portal.execute(ko.ApproveAgreement(agreement=agreement), cast.olle)
    sign = ko.SignAgreement(agreement=agreement)
    portal = two.while_(lambda: cast.world.sign(agreement, "s1"))
    portal.resume_signing(sign, method=BANKID, signer="s2")
    found = cast.portal.agreement(agreement, ko.SYSTEM)
    assert (found.state, [each.evidence is not None for each in found.signatories]) == ("SIGNED", [True, True])


@pytest.mark.parametrize("kept_first", [True, False])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_when_the_answer_is_lost_the_same_key_leads_to_one_effect(
    command: type[ko.Command], *, kept_first: bool
) -> None:
    """T5."""
    cast, asked, actor = scene(command)
    signer = MemorySigner()
    store = Forgetting(cast.world.store, times=2, kept_first=kept_first)
    portal = ko.Portal(store=store, catalogue=CATALOGUE, signing=signer, clock=cast.world.clock)
    unsure = Cast(attrs.evolve(cast.world, portal=portal))
    for _ in range(1 if kept_first else 2):  # what was kept is found again at the second call
        with pytest.raises(ko.Unavailable, match="same key"):
            act(unsure, asked, actor, "once")
    first = act(unsure, asked, actor, "once")
    kept = snapshot(cast.world.store)
    assert act(unsure, asked, actor, "once") == first
    assert snapshot(cast.world.store) == kept
    assert cast.portal.verify_journal().verified
    control, asked, actor = scene(command)
    act(control, asked, actor, "once")
    once, thrice = (Counter(mail.template for mail in each.mails(ko.OwedState.DUE)) for each in (control, cast))
    assert once == thrice


def test_facts_that_keep_moving_are_a_conflict_in_the_end_and_nothing_has_changed() -> None:
    cast = Cast.new(agent=False)
    draft = cast.draft()
    before = snapshot(cast.world.store)
    pauses: list[float] = []
    store = Forgetting(cast.world.store, times=100, kept_first=False, error=ko.Conflict)
    portal = ko.Portal(store=store, catalogue=CATALOGUE, clock=cast.world.clock, attempts=4, pause=pauses.append)
    with pytest.raises(ko.Conflict):
        portal.execute(ko.SendOrder(order=draft), cast.berta, key="k")
    assert store.times == 96
    assert len(pauses) == 3
    assert snapshot(cast.world.store) == before
    store.times = 2
    assert portal.execute(ko.SendOrder(order=draft), cast.berta, key="k").state == S.AWAITING_CUSTOMER_ATTEST


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_checking_writes_nothing(command: type[ko.Command]) -> None:
    cast, asked, actor = scene(command)
    before = snapshot(cast.world.store)
    reasons = {reason.code for reason in cast.portal.check(asked, actor).reasons}
    assert reasons <= {C.EVIDENCE_MISSING}
    assert snapshot(cast.world.store) == before


def test_the_mode_of_an_order_is_part_of_what_a_key_was_used_for() -> None:
    cast = Cast.new()
    for mode in ConnectionMode:
        command = ko.StartOrder(offer="npo-konsument-tgp", mode=mode)
        cast.portal.execute(command, cast.berta, key=mode.value)
    with pytest.raises(ko.KeyReused):
        cast.portal.execute(
            ko.StartOrder(offer="npo-konsument-tgp", mode=DIRECT), cast.berta, key=ConnectionMode.VIA_AGENT.value
        )
