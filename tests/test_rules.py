"""The rules of the business, R1 to R39, each as one or more sentences that hold (DOMAIN §5)."""

import re
from collections.abc import Callable
from itertools import pairwise

import attrs
import pytest
from cast import DIRECT, NPO, VIA_AGENT, Cast, refusal
from faults import Unsteady
from world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, PROVIDER, World

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer
from kundorder.catalogue import Service
from kundorder.codec import rules_digest
from kundorder.identifiers import case_number
from kundorder.sample import CATALOGUE
from kundorder.situation import agreement_key, case_key, order_key
from kundorder.vocabulary import (
    AdviceCode,
    AgreementModel,
    AttestMethod,
    CustomerCategory,
    Flow,
    Index,
    OrderState,
    ReasonCode,
    Role,
    Template,
    Trigger,
    UserState,
)

S, C, T = OrderState, ReasonCode, Template
START = ko.StartOrder(offer="npo-producent", mode=DIRECT)
START_VIA_AGENT = ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT)


def hops(cast: Cast, order: str) -> list[tuple[str, str | None]]:
    """The acts an order has gone through since it was sent, each with the role it was done in."""
    events = cast.portal.history(order, ko.SYSTEM).items
    return [(event.trigger.value, event.role) for event in events if event.after != S.DRAFT]


def codes(world: World, command: ko.Command, actor: ko.Actor) -> set[ReasonCode]:
    """Why something is refused."""
    return {reason.code for reason in refusal(world, command, actor)}


def registered(world: World, model: AgreementModel, organisation: str = CUSTOMER) -> ko.Actor:
    """A customer whose agreement was entered by the officer, with an orderer who attests, too."""
    application = world.application(organisation, "adam")
    command = ko.RegisterCustomerAgreement(
        organisation=organisation,
        name="Provregionen",
        category=CustomerCategory.REGION,
        application=application,
        model=model,
    )
    world.portal.execute(command, world.officer)
    adam = world.verify(organisation, "adam", application.administrator.email)
    return world.user(adam, "bo", Role.ORDERER, Role.ATTESTANT)


def test_nothing_is_ordered_before_the_agreement_is_signed() -> None:
    """R1."""
    world = World.new()
    adam = world.customer(signed=False)
    bo = world.user(adam, "bo", Role.ORDERER, Role.ATTESTANT)
    assert codes(world, START, bo) == {C.AGREEMENT_NOT_SIGNED}
    world.sign(f"customer/{CUSTOMER}")
    assert world.portal.execute(START, bo).state == S.DRAFT


def test_a_draft_is_not_sent_and_an_order_not_attested_once_the_agreement_is_terminated() -> None:
    """R1."""
    cast = Cast.new(agent=False)
    draft, sent = cast.draft(), cast.sent()
    cast.portal.execute(ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), cast.olle)
    assert cast.codes(ko.SendOrder(order=draft), cast.berta) == {C.NO_AGREEMENT}
    attest = ko.AttestOrder(order=sent, method=AttestMethod.BANKID)
    assert cast.codes(attest, cast.atle) == {C.NO_AGREEMENT, C.EVIDENCE_MISSING}
    cast.portal.execute(ko.RejectOrder(order=sent, reason="Avtalet är uppsagt."), cast.atle)
    assert cast.state(sent) is S.REJECTED


def test_an_agreement_of_the_earlier_model_never_opens_ordering() -> None:
    """R2."""
    world = World.new()
    bo = registered(world, AgreementModel.LEGACY)
    assert codes(world, START, bo) == {C.AGREEMENT_LEGACY}


def test_an_agreement_of_the_current_model_that_was_entered_opens_ordering() -> None:
    """R2."""
    world = World.new()
    bo = registered(world, AgreementModel.CURRENT)
    assert world.portal.execute(START, bo).state == S.DRAFT


@pytest.mark.parametrize("person", ["adam", "kontakt", "atle", "nora"])
def test_only_an_orderer_orders(person: str) -> None:
    """R3."""
    cast = Cast.new(agent=False)
    assert cast.codes(START, ko.Actor(person, CUSTOMER)) == {C.ROLE_MISSING}


def test_an_orderer_orders_for_the_organisation_that_gave_the_role_and_for_no_other() -> None:
    """R3."""
    cast = Cast.new()
    email = f"berta@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Berta Prov", email=email), cast.agda)
    elsewhere = cast.world.verify(AGENT, "berta", email)
    assert added.id == cast.world.members[AGENT, "berta"]
    assert C.ROLE_MISSING in cast.codes(START, elsewhere)
    assert cast.portal.execute(START, cast.berta).order.content.organisation == CUSTOMER


def test_nothing_is_started_and_nothing_sent_without_an_attestant() -> None:
    """R4."""
    cast = Cast.new(agent=False)
    draft = cast.draft()
    cast.remove(cast.atle, Role.ATTESTANT)
    assert cast.codes(START, cast.berta) == {C.NO_ATTESTANT}
    assert cast.codes(ko.SendOrder(order=draft), cast.berta) == {C.NO_ATTESTANT}
    cast.assign(cast.nora, Role.ATTESTANT)
    assert cast.portal.execute(ko.SendOrder(order=draft), cast.berta).state == S.AWAITING_CUSTOMER_ATTEST


def test_an_attestant_who_has_not_logged_in_does_not_count() -> None:
    """R4."""
    cast = Cast.new(agent=False)
    cast.remove(cast.atle, Role.ATTESTANT)
    added = cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.adam)
    assert cast.codes(START, cast.berta) == {C.NO_ATTESTANT}
    cast.world.verify(CUSTOMER, "ny", "ny@prov.example")
    assert cast.codes(START, cast.berta) == set()


@pytest.mark.parametrize("person", ["kontakt", "berta", "atle", "nora"])
def test_only_an_administrator_adds_users_and_assigns_roles(person: str) -> None:
    """R5."""
    cast = Cast.new(agent=False)
    actor = ko.Actor(person, CUSTOMER)
    assert cast.codes(ko.AddUser(name="Ny Prov", email="ny@prov.example"), actor) == {C.ROLE_MISSING}
    assert cast.codes(ko.AssignRole(member=cast.id(actor), role=Role.ORDERER), actor) == {C.ROLE_MISSING}
    assert cast.codes(ko.RemoveRole(member=cast.id(actor), role=Role.ORDERER), actor) == {C.ROLE_MISSING}
    assert cast.codes(ko.DeleteUser(member=cast.id(actor)), actor) == {C.ROLE_MISSING}


def test_an_administrator_does_so_in_no_other_organisation() -> None:
    """R5."""
    cast = Cast.new()
    for command in (
        ko.AssignRole(member=cast.id(cast.nora), role=Role.ORDERER),
        ko.RemoveRole(member=cast.id(cast.berta), role=Role.ORDERER),
        ko.DeleteUser(member=cast.id(cast.nora)),
    ):
        with pytest.raises(ko.NotFound):
            cast.portal.execute(command, cast.agda)
        (reason,) = cast.reasons(command, cast.olle)  # sees everybody, and is administrator elsewhere
        assert reason.code is C.WRONG_PARTY
        assert {(who.role, who.organisation) for who in reason.cleared_by} == {(Role.ADMINISTRATOR, CUSTOMER)}


def test_approving_an_application_owes_exactly_the_three_kinds_of_mail() -> None:
    """R6."""
    cast = Cast(World.new())
    cast.told()
    application = cast.world.application(CUSTOMER, "adam", "firma", "teckna")
    applied = cast.portal.execute(
        ko.ApplyForCustomerAgreement(name="Provregionen", category=CustomerCategory.REGION, application=application),
        ko.Actor("sokande", CUSTOMER),
    )
    assert cast.told() == []
    cast.portal.execute(ko.ApproveAgreement(agreement=applied.id), cast.olle)
    assert cast.told() == [
        ("adam", T.LOGIN_ADMINISTRATOR),
        ("firma", T.SIGN_AGREEMENT),
        ("kontakt", T.LOGIN_AGREEMENT_CONTACT),
        ("teckna", T.SIGN_AGREEMENT),
    ]


def test_one_person_named_in_all_capacities_gets_a_mail_in_each_and_is_one_user() -> None:
    """R6."""
    cast = Cast(World.new())
    cast.told()
    allan = ko.Contact(name="Allan Prov", email="allan@prov.example")
    application = ko.CustomerApplication(administrator=allan, agreement_contact=allan, signatories=(allan,))
    applied = cast.portal.execute(
        ko.ApplyForCustomerAgreement(
            name="Provkommunen", category=CustomerCategory.MUNICIPALITY, application=application
        ),
        ko.Actor("sokande", CUSTOMER),
    )
    cast.portal.execute(ko.ApproveAgreement(agreement=applied.id), cast.olle)
    assert cast.told() == [
        ("allan", T.LOGIN_ADMINISTRATOR),
        ("allan", T.LOGIN_AGREEMENT_CONTACT),
        ("allan", T.SIGN_AGREEMENT),
    ]
    actor = cast.world.verify(CUSTOMER, "allan", allan.email)
    (member,) = cast.portal.members(actor).items
    assert member.roles == (Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT)


def test_nobody_signs_but_a_named_signatory() -> None:
    """R7."""
    cast = Cast(World.new())
    adam = cast.world.customer(signed=False)
    sign = ko.SignAgreement(agreement=f"customer/{CUSTOMER}")
    for signer in ("s2", "adam", adam.person):
        with pytest.raises(ko.Refused) as caught:
            cast.portal.resume_signing(sign, method=AttestMethod.BANKID, signer=signer)
        assert [reason.code for reason in caught.value.reasons] == [C.NOT_A_SIGNATORY]
    for actor, code in ((adam, C.NOT_A_SIGNATORY), (cast.olle, C.WRONG_PARTY)):
        with pytest.raises(ko.Refused) as caught:
            cast.portal.resume_signing(sign, actor, method=AttestMethod.BANKID, signer="s1")
        assert [reason.code for reason in caught.value.reasons] == [code]
    cast.world.sign(f"customer/{CUSTOMER}", "s1")
    assert cast.portal.agreement(f"customer/{CUSTOMER}", adam).state == "SIGNED"


def test_an_order_is_one_offer_of_one_service_filled_in_and_with_its_terms_accepted() -> None:
    """R8."""
    cast = Cast.new(agent=False)
    order = cast.portal.execute(START, cast.berta).order
    assert (order.content.offer, order.content.service) == ("npo-producent", "npo")
    send = ko.SendOrder(order=order.id)
    missing = [dict(each.params) for each in cast.reasons(send, cast.berta) if each.code is C.FORM_INCOMPLETE]
    assert missing == [{"field": "$.fields.care_units"}, {"field": "$.fields.technical_contact"}]
    assert cast.codes(send, cast.berta) == {C.FORM_INCOMPLETE, C.TERMS_NOT_ACCEPTED}
    fields = {"care_units": ["SE9997000006-P01"], "technical_contact": "Teknik Prov"}
    cast.portal.execute(ko.FillInOrder(order=order.id, fields=fields), cast.berta)
    assert cast.codes(send, cast.berta) == {C.TERMS_NOT_ACCEPTED}
    cast.portal.execute(ko.AcceptTerms(order=order.id, version="2026-1"), cast.berta)
    assert cast.portal.execute(send, cast.berta).state == S.AWAITING_CUSTOMER_ATTEST


def test_terms_that_were_edited_since_they_were_accepted_are_accepted_anew() -> None:
    """R8."""
    cast = Cast.new(agent=False)
    draft = cast.draft()
    offer = CATALOGUE.offer("npo-producent")
    assert offer is not None
    edited = attrs.evolve(offer, terms=attrs.evolve(offer.terms, text_sv="En annan text.", version="2026-1"))
    today = ko.Catalogue(
        customer_agreement=CATALOGUE.customer_agreement,
        agent_agreement=CATALOGUE.agent_agreement,
        services=CATALOGUE.services,
        offers=(edited,),
    )
    portal = ko.Portal(store=cast.world.store, catalogue=today, clock=cast.world.clock)
    later = Cast(attrs.evolve(cast.world, portal=portal))
    assert later.codes(ko.SendOrder(order=draft), cast.berta) == {C.TERMS_CHANGED}
    portal.execute(ko.AcceptTerms(order=draft, version="2026-1"), cast.berta)
    assert portal.execute(ko.SendOrder(order=draft), cast.berta).state == S.AWAITING_CUSTOMER_ATTEST


@pytest.mark.parametrize("is_there", [True, False])
def test_a_copy_takes_the_flow_of_today_and_that_of_before_where_the_offer_is_gone(*, is_there: bool) -> None:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    offer = CATALOGUE.offer("npo-producent")
    assert offer is not None
    moved = Service(id="npo-ny", name_sv="Ny", name_en="New")
    direct = attrs.evolve(offer, flow=Flow.DIRECT, service=moved.id)
    today = attrs.evolve(CATALOGUE, services=(moved,), offers=(direct,) if is_there else ())
    portal = ko.Portal(store=cast.world.store, catalogue=today, clock=cast.world.clock)
    copied = portal.execute(ko.CopyOrderAsDraft(order=order), cast.berta)
    content = portal.order(copied.id, cast.berta).content
    assert (content.flow, content.service) == ((Flow.DIRECT, "npo-ny") if is_there else (Flow.VIA_AGENT, "npo"))
    reasons = Cast(attrs.evolve(cast.world, portal=portal)).codes(ko.SendOrder(order=copied.id), cast.berta)
    assert (C.OFFER_UNKNOWN in reasons) is not is_there


def test_a_direct_order_goes_to_the_customers_attestant_and_to_nobody_else() -> None:
    """R9."""
    cast = Cast.new()
    order = cast.attested()
    assert hops(cast, order) == [("send", Role.ORDERER), ("attest", Role.ATTESTANT)]
    assert cast.state(order) is S.ATTESTED


def test_an_order_via_agent_is_approved_attested_for_the_agent_and_attested_for_the_customer() -> None:
    """R9."""
    cast = Cast.new()
    order = cast.attested(via=AGENT)
    events = cast.portal.history(order, ko.SYSTEM).items
    sides = [(event.trigger, event.party) for event in events if event.after != S.DRAFT]
    assert sides == [("send", "customer"), ("approve", "agent"), ("attest", "agent"), ("attest", "customer")]


def test_no_step_is_skipped_or_swapped() -> None:
    """R9."""
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    attest = ko.AttestOrder(order=order, method=AttestMethod.BANKID)
    assert C.TOO_EARLY in cast.codes(attest, cast.atle)
    assert C.TOO_EARLY in cast.codes(attest, cast.aron)
    cast.approve(order)
    assert C.TOO_EARLY in cast.codes(attest, cast.atle)
    cast.world.attest(order, cast.aron)
    assert C.ALREADY_DECIDED in cast.codes(attest, cast.aron)
    cast.world.attest(order, cast.atle)
    assert cast.state(order) is S.ATTESTED


def test_the_customers_attestant_hears_nothing_before_the_agent_is_done() -> None:
    """R10."""
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    assert cast.told() == [("hanna", T.REVIEW_ORDER)]
    assert (cast.bells(cast.atle), cast.waits(cast.atle)) == ([], [])
    cast.approve(order)
    assert cast.told() == [("aron", T.ATTEST_FOR_AGENT)]
    assert (cast.bells(cast.atle), cast.waits(cast.atle)) == ([], [])
    cast.world.attest(order, cast.aron)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    assert (cast.bells(cast.atle), cast.waits(cast.atle)) == ([T.ATTEST_ORDER], [order])


def test_an_attestant_assigned_meanwhile_hears_nothing_before_the_agent_is_done_either() -> None:
    """R10."""
    cast = Cast.new()
    order = cast.approved()
    cast.told()
    cast.assign(cast.nora, Role.ATTESTANT)
    assert cast.told() == []
    assert (cast.bells(cast.nora), cast.waits(cast.nora)) == ([], [])
    cast.world.attest(order, cast.aron)
    assert cast.told() == [("atle", T.ATTEST_ORDER), ("nora", T.ATTEST_ORDER)]


def test_an_attest_takes_a_method() -> None:
    """R11."""
    cast = Cast.new(agent=False)
    order = cast.sent()
    assert cast.codes(ko.AttestOrder(order=order), cast.atle) == {C.METHOD_MISSING, C.EVIDENCE_MISSING}
    cast.world.attest(order, cast.atle, AttestMethod.SMS_CODE)
    (attested,) = [event for event in cast.portal.history(order, ko.SYSTEM).items if event.trigger is Trigger.ATTEST]
    assert attested.method is AttestMethod.SMS_CODE


def test_who_orders_and_attests_gets_the_ordinary_mail_and_a_notice_at_once() -> None:
    """R12."""
    cast = Cast.new(agent=False)
    cast.assign(cast.berta, Role.ATTESTANT)
    cast.told()
    order = cast.sent()
    assert cast.bells(cast.berta) == [T.ATTEST_ORDER]  # before any mail has left
    assert cast.told() == [("atle", T.ATTEST_ORDER), ("berta", T.ATTEST_ORDER)]
    cast.world.attest(order, cast.berta)
    assert cast.state(order) is S.ATTESTED


def test_with_four_eyes_nobody_attests_an_order_of_their_own() -> None:
    """R12."""
    cast = Cast.new(agent=False, rules=ko.Rules(four_eyes=True))
    cast.assign(cast.berta, Role.ATTESTANT)
    cast.told()
    order = cast.sent()
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    assert (cast.bells(cast.berta), cast.waits(cast.berta)) == ([], [])
    attest = ko.AttestOrder(order=order, method=AttestMethod.BANKID)
    assert cast.codes(attest, cast.berta) == {C.FOUR_EYES, C.EVIDENCE_MISSING}
    cast.world.attest(order, cast.atle)
    assert cast.state(order) is S.ATTESTED


def test_with_four_eyes_nobody_attests_an_order_they_have_sent_for_a_colleague() -> None:
    """R12: whoever sends it has ordered, too, although the draft was another's."""
    cast = Cast.new(agent=False, rules=ko.Rules(four_eyes=True))
    bo = cast.world.user(cast.adam, "bo", Role.ORDERER, Role.ATTESTANT)
    order = cast.draft()
    cast.told()
    cast.portal.execute(ko.SendOrder(order=order), bo)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    assert (cast.bells(bo), cast.waits(bo)) == ([], [])
    assert C.FOUR_EYES in cast.codes(ko.AttestOrder(order=order, method=AttestMethod.BANKID), bo)


def test_with_four_eyes_nothing_is_sent_that_nobody_could_attest() -> None:
    """R12."""
    cast = Cast.new(agent=False, rules=ko.Rules(four_eyes=True))
    bo = cast.world.user(cast.adam, "bo", Role.ORDERER, Role.ATTESTANT)
    draft = cast.draft()
    cast.remove(cast.atle, Role.ATTESTANT)
    assert cast.codes(START, bo) == {C.FOUR_EYES}
    assert cast.codes(START, cast.berta) == set()
    assert cast.codes(ko.SendOrder(order=draft), bo) == {C.FOUR_EYES}
    assert cast.codes(ko.SendOrder(order=draft), cast.berta) == set()


def test_four_eyes_look_at_persons_whatever_account_they_use() -> None:
    """R12, R33: Berta orders for the customer, and handles and attests for the agent."""
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    email = f"berta@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Berta Prov", email=email), cast.agda)
    for role in (Role.AGENT_HANDLER, Role.ATTESTANT):
        cast.portal.execute(ko.AssignRole(member=added.id, role=role), cast.agda)
    berta = cast.world.verify(AGENT, "berta", email)
    cast.portal.execute(ko.GrantHandler(member=added.id, assignment=NPO), cast.agda)
    cast.told()
    order = cast.sent(via=AGENT)
    assert cast.told() == [("hanna", T.REVIEW_ORDER)]
    approve = ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True)
    assert cast.codes(approve, berta) == {C.FOUR_EYES}
    picking = ko.ApproveOrder(order=order, attestant=added.id, certified=True)
    assert cast.codes(picking, cast.hanna) == {C.FOUR_EYES}
    cast.portal.execute(approve, cast.hanna)
    assert cast.codes(ko.PickAttestant(order=order, attestant=added.id), cast.hanna) == {C.FOUR_EYES}


def test_with_four_eyes_a_customer_needs_an_agent_with_two_people() -> None:
    """R12, R20."""
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    cast.assign(cast.hanna, Role.ATTESTANT)
    for actor in (cast.aron, cast.astrid):
        cast.remove(actor, Role.ATTESTANT)
    assert cast.codes(START_VIA_AGENT, cast.berta) == {C.FOUR_EYES}
    cast.assign(cast.nils, Role.ATTESTANT)
    assert cast.codes(START_VIA_AGENT, cast.berta) == set()


def test_without_four_eyes_one_person_may_do_everything() -> None:
    """R12."""
    cast = Cast.new()
    cast.assign(cast.hanna, Role.ATTESTANT)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=cast.id(cast.hanna), certified=True), cast.hanna)
    cast.world.attest(order, cast.hanna)
    cast.assign(cast.berta, Role.ATTESTANT)
    cast.world.attest(order, cast.berta)
    assert cast.state(order) is S.ATTESTED


def test_npo_konsument_via_agent_takes_the_direct_flow_and_says_so() -> None:
    """R13."""
    cast = Cast.new()
    start = ko.StartOrder(offer="npo-konsument-tgp", mode=VIA_AGENT, agent=AGENT)
    verdict = cast.portal.check(start, cast.berta)
    assert verdict.allowed
    assert AdviceCode.FLOW_OVERRIDDEN in {advice.code for advice in verdict.advice}
    order = cast.sent(offer="npo-konsument-tgp", via=AGENT)
    content = cast.portal.order(order, cast.berta).content
    assert (content.mode, content.flow, content.agent) == (VIA_AGENT, Flow.DIRECT, AGENT)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    cast.world.attest(order, cast.atle)
    cast.portal.execute(ko.HandOverOrder(order=order, instructions="Så här."), cast.karin)
    assert cast.state(order) is S.HANDED_OVER


def test_the_agent_named_on_such_an_order_takes_no_part_and_need_not_be_ready() -> None:
    """R13, R22."""
    cast = Cast.new()
    for agent in (AGENT, OTHER_AGENT, None):
        start = ko.StartOrder(offer="npo-konsument-tgp", mode=VIA_AGENT, agent=agent)
        assert cast.codes(start, cast.berta) == set()
    order = cast.sent(offer="npo-konsument-tgp", via=AGENT)
    for actor in (cast.agda, cast.aron, cast.hanna):
        with pytest.raises(ko.NotFound):
            cast.portal.order(order, actor)
        assert cast.portal.orders(actor).items == ()


def test_after_the_last_attest_the_agent_is_informed_and_the_customer_not_contacted() -> None:
    """R14."""
    cast = Cast.new()
    order = cast.attested(via=AGENT)
    assert cast.waits(cast.karin) == [order]
    cast.told()
    assert C.WRONG_STATE in cast.codes(ko.HandOverOrder(order=order, instructions="Så här."), cast.karin)
    cast.portal.execute(ko.InformAgent(order=order), cast.karin)
    assert cast.told() == [("hanna", T.CONNECTION_STARTABLE)]
    assert cast.bells(cast.hanna) == [T.CONNECTION_STARTABLE]


def test_after_the_last_attest_of_a_direct_order_customer_service_contacts_the_customer() -> None:
    """R14."""
    cast = Cast.new()
    order = cast.attested()
    assert cast.waits(cast.karin) == [order]
    cast.told()
    assert C.WRONG_STATE in cast.codes(ko.InformAgent(order=order), cast.karin)
    cast.portal.execute(ko.HandOverOrder(order=order, instructions="Logga in så här."), cast.karin)
    assert cast.told() == [("berta", T.HANDED_OVER)]
    assert any("Logga in så här." in letter.text for letter in cast.world.mailer.letters)


@pytest.mark.parametrize("via", [None, AGENT])
def test_nobody_is_informed_or_contacted_earlier(via: str | None) -> None:
    """R14."""
    cast = Cast.new()
    order = cast.sent() if via is None else cast.agent_done()
    for command in (ko.InformAgent(order=order), ko.HandOverOrder(order=order, instructions="Så här.")):
        assert cast.codes(command, cast.karin) <= {C.TOO_EARLY, C.WRONG_STATE}
        assert cast.codes(command, cast.karin)
    assert cast.waits(cast.karin) == []


def test_giving_a_role_that_is_held_and_taking_one_that_is_not_change_nothing() -> None:
    """R15."""
    cast = Cast.new()
    told = len(cast.mails(ko.OwedState.SENT))
    before = cast.portal.members(cast.adam).items
    cast.assign(cast.berta, Role.ORDERER)
    cast.remove(cast.berta, Role.ATTESTANT)
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda)
    assert cast.portal.members(cast.adam).items == before
    assert cast.told() == []
    assert len(cast.mails(ko.OwedState.SENT)) == told


def test_nothing_binds_before_the_last_attest() -> None:
    """R16: until then the orderer takes the order back; after it, nobody does."""
    for make in (Cast.draft, Cast.sent):
        cast = Cast.new(agent=False)
        order = make(cast)
        cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
        assert cast.state(order) is S.WITHDRAWN
    cast = Cast.new(agent=False)
    order = cast.attested()
    for actor in (cast.berta, cast.karin):
        assert cast.codes(ko.WithdrawOrder(order=order), actor) <= {C.WRONG_STATE, C.ALREADY_DECIDED}
        assert cast.codes(ko.WithdrawOrder(order=order), actor)


def test_a_signatory_has_no_login_and_cannot_be_given_one_as_such() -> None:
    """R17."""
    cast = Cast.new(agent=False)
    emails = {member.email for member in cast.portal.members(cast.adam).items}
    assert f"firma@o{CUSTOMER.replace('-', '')}.example" not in emails
    with pytest.raises(ko.NotFound):
        cast.portal.agreement(f"customer/{CUSTOMER}", ko.Actor("firma", CUSTOMER))
    assign = ko.AssignRole(member=cast.id(cast.nora), role=Role.SIGNATORY)
    assert cast.codes(assign, cast.adam) == {C.ROLE_NOT_ASSIGNABLE}


KINDS: dict[str, frozenset[Role]] = {
    CUSTOMER: frozenset((Role.ADMINISTRATOR, Role.AGREEMENT_CONTACT, Role.ORDERER, Role.ATTESTANT)),
    AGENT: frozenset(
        (
            Role.ADMINISTRATOR,
            Role.AGREEMENT_CONTACT,
            Role.ATTESTANT,
            Role.AGENT_HANDLER,
            Role.AGENT_ASSIGNMENT_ORDERER,
        )
    ),
    PROVIDER: frozenset((Role.ADMINISTRATOR, Role.PROVIDER_OFFICER, Role.CUSTOMER_SERVICE)),
}
"""Which roles there are in which kind of organisation (DOMAIN §2)."""


@pytest.mark.parametrize("organisation", KINDS)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_given_only_where_it_exists(organisation: str, role: Role) -> None:
    """R18."""
    cast = Cast.new()
    someone = {CUSTOMER: cast.nora, AGENT: cast.nils, PROVIDER: cast.karin}[organisation]
    assign = ko.AssignRole(member=cast.id(someone), role=role)
    found = cast.codes(assign, cast.administrator(someone))
    other = {C.ROLE_NOT_ASSIGNABLE} if role is Role.SIGNATORY else {C.ROLE_NOT_FOR_ORGANISATION}
    assert found == (set() if role in KINDS[organisation] else other)


def test_the_agents_approval_takes_a_certification_and_a_picked_attestant() -> None:
    """R19."""
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    approve = ko.ApproveOrder(order=order)
    assert cast.codes(approve, cast.hanna) == {C.NOT_CERTIFIED, C.NO_ATTESTANT_PICKED}
    picked = attrs.evolve(approve, attestant=cast.id(cast.aron))
    assert cast.codes(picked, cast.hanna) == {C.NOT_CERTIFIED}
    certified = attrs.evolve(approve, certified=True)
    assert cast.codes(certified, cast.hanna) == {C.NO_ATTESTANT_PICKED}
    for colleague in (cast.hanna, cast.nils):
        wrong = attrs.evolve(certified, attestant=cast.id(colleague))
        assert cast.codes(wrong, cast.hanna) == {C.NOT_AN_ATTESTANT}
    foreign = attrs.evolve(certified, attestant=cast.id(cast.atle))
    assert cast.codes(foreign, cast.hanna) == {C.NOT_A_USER}
    cast.approve(order)
    assert cast.state(order) is S.AWAITING_AGENT_ATTEST


def test_nobody_orders_through_an_agent_that_lacks_a_granted_handler_or_an_attestant() -> None:
    """R20."""
    cast = Cast.new()
    draft = cast.draft(via=AGENT)
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    for command in (START_VIA_AGENT, ko.SendOrder(order=draft)):
        assert cast.codes(command, cast.berta) == {C.AGENT_LACKS_HANDLER}
    for actor in (cast.aron, cast.astrid):
        cast.remove(actor, Role.ATTESTANT)
    for command in (START_VIA_AGENT, ko.SendOrder(order=draft)):
        assert cast.codes(command, cast.berta) == {C.AGENT_LACKS_HANDLER, C.AGENT_LACKS_ATTESTANT}


def test_a_handler_acts_only_where_granted() -> None:
    """R21."""
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    approve = ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True)
    with pytest.raises(ko.NotFound):
        cast.portal.execute(approve, cast.hugo)
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda)
    assert cast.portal.execute(approve, cast.hugo).state == S.AWAITING_AGENT_ATTEST


def test_a_grant_ends_with_the_role_and_does_not_come_back_with_it() -> None:
    """R21."""
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    cast.remove(cast.hanna, Role.AGENT_HANDLER)
    cast.assign(cast.hanna, Role.AGENT_HANDLER)
    with pytest.raises(ko.NotFound):
        cast.approve(order)
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    cast.approve(order)
    assert cast.state(order) is S.AWAITING_AGENT_ATTEST


def test_a_grant_counts_although_the_clock_of_who_gave_the_role_was_ahead() -> None:
    """R21: several processes share a store, and no two clocks agree."""
    cast = Cast.new()
    cast.assign(cast.nils, Role.AGENT_HANDLER)
    now = cast.world.clock.time
    cast.world.clock.time = now.replace(hour=now.hour - 1)
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.nils), assignment=NPO), cast.agda)
    order = cast.sent(via=AGENT)
    assert cast.waits(cast.nils) == [order]


def test_an_order_via_agent_takes_an_active_assignment_for_that_service() -> None:
    """R22."""
    cast = Cast.new()
    webcert = ko.StartOrder(offer="webcert-integrerad", mode=VIA_AGENT, agent=AGENT)
    assert C.ASSIGNMENT_NOT_ACTIVE in cast.codes(webcert, cast.berta)
    draft = cast.draft(via=AGENT)
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)
    assert C.ASSIGNMENT_NOT_ACTIVE in cast.codes(START_VIA_AGENT, cast.berta)
    assert C.ASSIGNMENT_NOT_ACTIVE in cast.codes(ko.SendOrder(order=draft), cast.berta)


def test_an_agent_may_be_a_customer_too_and_is_judged_as_one() -> None:
    """R23."""
    cast = Cast.new()
    start = ko.StartOrder(offer="npo-producent", mode=DIRECT)
    orderer = cast.world.user(cast.agda, "oscar")
    assert cast.codes(ko.AssignRole(member=cast.id(orderer), role=Role.ORDERER), cast.agda) == {
        C.ROLE_NOT_FOR_ORGANISATION
    }
    assert C.NO_AGREEMENT in cast.codes(start, orderer)
    applied = cast.portal.execute(
        ko.ApplyForCustomerAgreement(
            name="Provagenten", category=CustomerCategory.REGION, application=cast.world.application(AGENT, "agda")
        ),
        cast.agda,
    )
    cast.portal.execute(ko.ApproveAgreement(agreement=applied.id), cast.olle)
    cast.world.sign(applied.id)
    cast.assign(orderer, Role.ORDERER)
    assert cast.codes(start, orderer) == set()
    own = ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT)
    assert C.AGENT_IS_SELF in cast.codes(own, orderer)


def test_a_deleted_user_is_out_at_once_and_restored_by_the_provider_only() -> None:
    """R27."""
    cast = Cast.new(agent=False)
    member = cast.id(cast.berta)
    cast.portal.execute(ko.DeleteUser(member=member), cast.adam)
    assert cast.codes(START, cast.berta) == {C.USER_DELETED}
    with pytest.raises(ko.NotFound):
        cast.portal.orders(cast.berta)
    restore = ko.RestoreUser(member=member)
    assert cast.codes(restore, cast.adam) == {C.WRONG_PARTY}
    assert cast.codes(restore, cast.karin) == {C.ROLE_MISSING}
    again = ko.AddUser(name="Berta Prov", email=f"berta@o{CUSTOMER.replace('-', '')}.example")
    assert cast.codes(again, cast.adam) == {C.USER_DELETED}
    cast.portal.execute(restore, cast.olle)
    (restored,) = [each for each in cast.portal.members(cast.adam).items if each.id == member]
    assert (restored.state, restored.roles) == (UserState.ACTIVE, ())
    assert cast.codes(START, cast.berta) == {C.ROLE_MISSING}


@pytest.mark.parametrize("category", CustomerCategory)
@pytest.mark.parametrize("offer", CATALOGUE.offers, ids=lambda offer: offer.id)
def test_an_offer_is_open_to_its_customer_categories_only(offer: ko.Offer, category: CustomerCategory) -> None:
    """R28."""
    world = World.new()
    adam = world.customer(category=category)
    bo = world.user(adam, "bo", Role.ORDERER, Role.ATTESTANT)
    command = ko.StartOrder(offer=offer.id, mode=offer.modes[0], agent=None)
    found = {reason.code for reason in world.portal.check(command, bo).reasons}
    assert (C.OFFER_NOT_OPEN in found) is (category not in offer.categories)


@pytest.mark.parametrize(
    ("via", "told"),
    [(None, ("atle", T.ATTEST_ORDER)), (AGENT, ("hanna", T.REVIEW_ORDER))],
    ids=["direct", "via agent"],
)
def test_sending_makes_exactly_one_case_with_a_number_of_its_own(
    via: str | None, told: tuple[str, ko.Template]
) -> None:
    """R29."""
    cast = Cast.new()
    draft = cast.draft(via=via)
    assert cast.portal.order(draft, cast.berta).case_number is None
    first = cast.portal.execute(ko.SendOrder(order=draft), cast.berta, key="once").order
    again = cast.portal.execute(ko.SendOrder(order=draft), cast.berta, key="once").order
    other = cast.portal.order(cast.sent(via=via), cast.berta)
    assert first.case_number is not None
    assert case_number(first.case_number) == again.case_number
    assert other.case_number not in (None, first.case_number)
    assert cast.record(case_key(first.case_number)) is not None
    assert cast.told() == [told] * 2


def test_under_four_eyes_who_has_ordered_is_told_as_a_handler_that_the_connection_may_start() -> None:
    """To be told is no decision (R12), so nobody granted is left out (R14)."""
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    email = f"berta@o{AGENT.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Berta Prov", email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.AGENT_HANDLER), cast.agda)
    cast.world.verify(AGENT, "berta", email)
    cast.world.grant(cast.agda, "berta", "npo")
    cast.told()
    order = cast.sent(via=AGENT)
    assert cast.told() == [("hanna", T.REVIEW_ORDER)]
    cast.approve(order)
    cast.world.attest(order, cast.aron)
    cast.world.attest(order, cast.atle)
    cast.told()
    cast.portal.execute(ko.InformAgent(order=order), cast.karin)
    assert cast.told() == [("berta", T.CONNECTION_STARTABLE), ("hanna", T.CONNECTION_STARTABLE)]


class Repeating:
    """Ids whose case numbers come twice."""

    def __init__(self) -> None:
        self.rest = ["KO5555555553", "KO5555555553", "KO6666666664"]
        self.number = 0

    def order(self) -> str:
        self.number += 1
        return ko.token("o", 1, self.number)

    def member(self) -> str:
        return ko.token("m", 1, 1)

    def case_number(self) -> str:
        return self.rest.pop(0)

    def code(self, about: str) -> str:
        return about


def test_a_case_number_is_never_used_twice() -> None:
    """R29."""
    cast = Cast.new(agent=False)
    portal = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, clock=cast.world.clock, ids=Repeating())
    numbers = [portal.execute(ko.SendOrder(order=cast.draft()), cast.berta).order.case_number for _ in range(2)]
    assert numbers == ["KO5555555553", "KO6666666664"]


def rejected(cast: Cast) -> str:
    """An order the customer's attestant has rejected."""
    order = cast.agent_done()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Inte nu."), cast.atle)
    return order


def rejected_by_agent(cast: Cast) -> str:
    """An order the agent has rejected."""
    order = cast.approved()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Inte nu."), cast.aron)
    return order


def withdrawn(cast: Cast) -> str:
    """An order taken back at the last moment."""
    order = cast.agent_done()
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    return order


def completed(cast: Cast) -> str:
    """An order that is done."""
    order = cast.informed()
    cast.portal.execute(ko.CompleteOrder(order=order), cast.hanna)
    return order


FINAL: dict[OrderState, Callable[[Cast], str]] = {
    S.REJECTED: rejected,
    S.REJECTED_BY_AGENT: rejected_by_agent,
    S.WITHDRAWN: withdrawn,
    S.COMPLETED: completed,
}


@pytest.mark.parametrize("state", FINAL)
def test_a_decision_is_final(state: OrderState) -> None:
    """R31: whoever asks for whatever, nothing about the order moves any more; only a copy can be made."""
    cast = Cast.new()
    order = FINAL[state](cast)
    assert cast.state(order) is state
    kept = cast.record(order_key(order))
    for actor in (cast.berta, cast.atle, cast.hanna, cast.aron, cast.karin, cast.olle, cast.adam, cast.agda):
        for option in cast.portal.options(order, actor):
            copying = option.trigger is Trigger.COPY_AS_DRAFT and actor == cast.berta and state is not S.COMPLETED
            assert option.verdict.allowed is copying, (option.trigger, actor)
    assert cast.record(order_key(order)) == kept


def test_what_has_been_sent_is_locked() -> None:
    """R31."""
    cast = Cast.new(agent=False)
    order = cast.sent()
    fill_in = ko.FillInOrder(order=order, fields={"technical_contact": "Någon annan"})
    assert cast.codes(fill_in, cast.berta) == {C.ALREADY_DECIDED}
    assert cast.codes(ko.AcceptTerms(order=order, version="2026-1"), cast.berta) == {C.ALREADY_DECIDED}


@pytest.mark.parametrize("role", [Role.ORDERER, Role.ATTESTANT, Role.AGENT_HANDLER])
def test_a_role_removed_a_second_ago_no_longer_acts(role: Role) -> None:
    """R32."""
    cast = Cast.new()
    order = cast.draft() if role is Role.ORDERER else cast.sent(via=None if role is Role.ATTESTANT else AGENT)
    acts: dict[Role, tuple[ko.Actor, ko.Command]] = {
        Role.ORDERER: (cast.berta, ko.SendOrder(order=order)),
        Role.ATTESTANT: (cast.atle, ko.RejectOrder(order=order, reason="Nej.")),
        Role.AGENT_HANDLER: (
            cast.hanna,
            ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True),
        ),
    }
    actor, command = acts[role]
    assert cast.portal.check(command, actor).allowed
    cast.remove(actor, role)
    if role is Role.ORDERER:
        assert cast.codes(command, actor) == {C.ROLE_MISSING}
    else:  # who has not ordered it sees it no more
        with pytest.raises(ko.NotFound):
            cast.portal.execute(command, actor)


def test_customer_roles_never_act_at_the_agent_nor_the_reverse() -> None:
    """R33: Atle attests for the customer, and Aron for the agent; neither for the other."""
    cast = Cast.new()
    order = cast.approved()
    attest = ko.AttestOrder(order=order, method=AttestMethod.BANKID)
    assert C.TOO_EARLY in cast.codes(attest, cast.atle)
    with pytest.raises(ko.NotFound):
        cast.portal.execute(attest, ko.Actor("atle", AGENT))
    cast.world.attest(order, cast.aron)
    assert C.ALREADY_DECIDED in cast.codes(attest, cast.aron)
    reject = ko.RejectOrder(order=order, reason="Nej.")
    assert C.ALREADY_DECIDED in cast.codes(reject, cast.aron)
    assert cast.codes(ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True), cast.atle) >= {
        C.WRONG_PARTY
    }


def test_an_attestant_of_both_acts_for_the_one_named() -> None:
    """R33."""
    cast = Cast.new()
    email = f"atle@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Atle Prov", email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.agda)
    at_agent = cast.world.verify(AGENT, "atle", email)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=added.id, certified=True), cast.hanna)
    with pytest.raises(ko.Refused):
        cast.world.attest(order, cast.atle)
    cast.world.attest(order, at_agent)
    with pytest.raises(ko.Refused):
        cast.world.attest(order, at_agent)
    cast.world.attest(order, cast.atle)
    assert cast.state(order) is S.ATTESTED


def test_every_accepted_step_is_journalled() -> None:
    """R34: who, in which capacity, for which organisation, when, from, to, method, reason, rules version."""
    rules = ko.Rules(minimum_assurance=ko.AssuranceLevel.SUBSTANTIAL)
    cast = Cast.new(rules=rules)
    order = cast.agent_done()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Fel vårdenheter."), cast.atle)
    with cast.world.store.transaction() as transaction:
        page = transaction.select(Index.JOURNAL, (order_key(order),), after=None, limit=100)
    entries = [line.entry for line in page.items if line.entry is not None]
    events = [entry.event for entry in entries]
    found = [(each.person, each.role, each.organisation, each.trigger, each.before, each.after) for each in events]
    assert found == [
        ("berta", Role.ORDERER, CUSTOMER, Trigger.START, None, S.DRAFT),
        ("berta", Role.ORDERER, CUSTOMER, Trigger.FILL_IN, S.DRAFT, S.DRAFT),
        ("berta", Role.ORDERER, CUSTOMER, Trigger.ACCEPT_TERMS, S.DRAFT, S.DRAFT),
        ("berta", Role.ORDERER, CUSTOMER, Trigger.SEND, S.DRAFT, S.AWAITING_AGENT_APPROVAL),
        ("hanna", Role.AGENT_HANDLER, AGENT, Trigger.APPROVE, S.AWAITING_AGENT_APPROVAL, S.AWAITING_AGENT_ATTEST),
        ("aron", Role.ATTESTANT, AGENT, Trigger.ATTEST, S.AWAITING_AGENT_ATTEST, S.AWAITING_CUSTOMER_ATTEST),
        ("atle", Role.ATTESTANT, CUSTOMER, Trigger.REJECT, S.AWAITING_CUSTOMER_ATTEST, S.REJECTED),
    ]
    assert [event.method for event in events][-2:] == [AttestMethod.BANKID, None]
    assert [entry.remark for entry in entries] == [None] * 6 + ["Fel vårdenheter."]
    assert {entry.rules for entry in entries} == {rules_digest(rules)}
    assert all(before.at < after.at for before, after in pairwise(events))
    assert {event.on_behalf for event in events} == {CUSTOMER}


def test_a_refusal_lists_all_that_stands_in_the_way_with_who_can_clear_it() -> None:
    """R35."""
    world = World.new()
    adam = world.customer(signed=False, category=CustomerCategory.STATE_AGENCY)
    nora = world.user(adam, "nora")
    command = ko.StartOrder(offer="siths", mode=VIA_AGENT, agent=AGENT, supplementary_to=ko.token("o", 1, 1))
    reasons = {reason.code: reason for reason in refusal(world, command, nora)}
    assert set(reasons) == {
        C.ROLE_MISSING,
        C.AGREEMENT_NOT_SIGNED,
        C.NO_ATTESTANT,
        C.OFFER_NOT_OPEN,
        C.MODE_NOT_ALLOWED,
        C.AGENT_UNKNOWN,
        C.ORIGINAL_UNKNOWN,
    }
    assert all(reason.cleared_by for reason in reasons.values())
    assert [each.role for each in reasons[C.AGREEMENT_NOT_SIGNED].cleared_by] == [Role.SIGNATORY]
    assert [each.role for each in reasons[C.NO_ATTESTANT].cleared_by] == [Role.ADMINISTRATOR]


def test_mail_and_notices_come_once_however_often_one_asks() -> None:
    """R36."""
    letters = MemoryMailer()
    outbox = Unsteady(letters, None)
    cast = Cast.new(agent=False, mailer=letters, outbox=outbox)
    draft = cast.draft()
    for _ in range(5):
        cast.portal.execute(ko.SendOrder(order=draft), cast.berta, key="k")
        cast.portal.deliver()
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    assert cast.bells(cast.atle) == [T.ATTEST_ORDER]
    assert len(outbox.handed) == len(set(outbox.handed)) == len(letters.letters)


def test_a_step_leaves_everybodys_list_once_one_has_decided() -> None:
    """R37."""
    cast = Cast.new()
    cast.assign(cast.nora, Role.ATTESTANT)
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda)
    order = cast.sent(via=AGENT)
    assert [cast.waits(each) for each in (cast.hanna, cast.hugo)] == [[order]] * 2
    assert [cast.bells(each) for each in (cast.hanna, cast.hugo)] == [[T.REVIEW_ORDER]] * 2
    cast.approve(order)
    assert [(cast.waits(each), cast.bells(each)) for each in (cast.hanna, cast.hugo)] == [([], [])] * 2
    cast.world.attest(order, cast.aron)
    assert (cast.waits(cast.aron), cast.bells(cast.aron)) == ([], [])
    assert [cast.waits(each) for each in (cast.atle, cast.nora)] == [[order]] * 2
    cast.world.attest(order, cast.nora)
    assert [(cast.waits(each), cast.bells(each)) for each in (cast.atle, cast.nora)] == [([], [])] * 2
    with pytest.raises(ko.Refused) as caught:
        cast.world.attest(order, cast.atle)
    assert [reason.code for reason in caught.value.reasons] == [C.ALREADY_DECIDED]


def test_it_is_advised_to_list_all_care_units_at_once_and_never_demanded() -> None:
    """R38."""
    cast = Cast.new(agent=False)
    first = cast.attested()
    again = ko.StartOrder(offer="npo-producent", mode=DIRECT, supplementary_to=first)
    verdict = cast.portal.check(again, cast.berta)
    assert verdict.allowed
    assert {advice.code for advice in verdict.advice} == {AdviceCode.LIST_ALL_CARE_UNITS, AdviceCode.START_UP_FEE}
    made = cast.portal.execute(again, cast.berta)
    assert made.order.content.supplementary_to == first
    assert made.advice == verdict.advice


def test_the_last_administrator_stays() -> None:
    """R39."""
    cast = Cast.new(agent=False)
    for command in (
        ko.RemoveRole(member=cast.id(cast.adam), role=Role.ADMINISTRATOR),
        ko.DeleteUser(member=cast.id(cast.adam)),
    ):
        assert cast.codes(command, cast.adam) == {C.LAST_ADMINISTRATOR}
    cast.assign(cast.nora, Role.ADMINISTRATOR)
    cast.portal.execute(ko.RemoveRole(member=cast.id(cast.adam), role=Role.ADMINISTRATOR), cast.nora)
    assert cast.codes(ko.DeleteUser(member=cast.id(cast.nora)), cast.nora) == {C.LAST_ADMINISTRATOR}


def test_an_invited_administrator_does_not_let_the_last_one_go() -> None:
    """R39."""
    cast = Cast.new(agent=False)
    added = cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ADMINISTRATOR), cast.adam)
    assert cast.codes(ko.DeleteUser(member=cast.id(cast.adam)), cast.adam) == {C.LAST_ADMINISTRATOR}


def test_the_last_attestant_may_go_and_what_waits_says_that_nobody_attests() -> None:
    """R39."""
    cast = Cast.new(agent=False)
    order = cast.sent()
    cast.remove(cast.atle, Role.ATTESTANT)
    step = cast.portal.path(order, cast.berta)[0]
    assert (step.trigger, [reason.code for reason in step.reasons]) == (Trigger.ATTEST, [C.NO_ATTESTANT])
    assert [each.role for reason in step.reasons for each in reason.cleared_by] == [Role.ADMINISTRATOR]


def test_a_newly_assigned_attestant_gets_the_mail_and_the_notice_of_what_waits() -> None:
    """R39."""
    cast = Cast.new()
    waiting = cast.sent()
    cast.sent(via=AGENT)
    cast.attested()
    cast.told()
    cast.assign(cast.nora, Role.ATTESTANT)
    assert cast.told() == [("nora", T.ATTEST_ORDER)]
    assert (cast.bells(cast.nora), cast.waits(cast.nora)) == ([T.ATTEST_ORDER], [waiting])
    assert cast.told() == []


def test_an_attestant_who_was_invited_gets_them_when_logging_in() -> None:
    """R39."""
    cast = Cast.new(agent=False)
    cast.sent()
    added = cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.ATTESTANT), cast.adam)
    assert cast.told() == [("atle", T.ATTEST_ORDER), ("ny", T.LOGIN_USER)]
    ny = cast.world.verify(CUSTOMER, "ny", "ny@prov.example")
    assert cast.told() == [("ny", T.ATTEST_ORDER)]
    assert cast.bells(ny) == [T.ATTEST_ORDER]


def test_a_newly_granted_handler_gets_them_too() -> None:
    """R39."""
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    cast.told()
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda)
    assert cast.told() == [("hugo", T.REVIEW_ORDER)]
    assert (cast.bells(cast.hugo), cast.waits(cast.hugo)) == ([T.REVIEW_ORDER], [order])


def test_an_agent_without_a_handler_is_informed_as_soon_as_it_has_one() -> None:
    """R14, R39."""
    cast = Cast.new()
    order = cast.attested(via=AGENT)
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    cast.told()
    cast.portal.execute(ko.InformAgent(order=order), cast.karin)
    assert cast.told() == []
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda)
    assert cast.told() == [("hugo", T.CONNECTION_STARTABLE)]
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    assert cast.told() == []
    assert [cast.waits(each) for each in (cast.hanna, cast.hugo)] == [[order]] * 2


def test_an_organisation_that_is_no_customer_yet_has_nothing() -> None:
    """R1, R5: an application opens nothing before it is approved."""
    world = World.new()
    application = world.application(OTHER, "adam")
    command = ko.ApplyForCustomerAgreement(name="Ny", category=CustomerCategory.REGION, application=application)
    world.portal.execute(command, ko.Actor("sokande", OTHER))
    for attempt in (START, ko.AddUser(name="Ny", email="ny@prov.example")):
        with pytest.raises(ko.NotFound):
            world.portal.execute(attempt, ko.Actor("adam", OTHER))
    with world.store.transaction() as transaction:
        kept = transaction.read((agreement_key(f"customer/{OTHER}"),))
    assert [getattr(fact.record, "state", None) for fact in kept.values()] == ["APPLIED"]


def test_every_rule_of_the_domain_has_a_test_here() -> None:
    """The numbers of DOMAIN §5, which leaves out three in the twenties and one at thirty."""
    tests = [each for name, each in globals().items() if name.startswith("test_")]
    numbers = {int(number) for each in tests for number in re.findall(r"\bR(\d+)\b", each.__doc__ or "")}
    assert numbers == {*range(1, 24), *range(27, 40)} - {30}


def test_an_agent_agreement_is_not_approved_while_somebody_named_is_deleted() -> None:
    """R27: the provider restores first."""
    cast = Cast.new()
    alva = cast.world.user(cast.agda, "alva", Role.ADMINISTRATOR)
    cast.portal.execute(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)
    again = ko.ApplyForAgentAgreement(name="Provagenten", application=cast.world.application(AGENT, "agda"))
    cast.portal.execute(again, alva)
    approve = ko.ApproveAgreement(agreement=f"agent/{AGENT}")
    assert cast.codes(approve, cast.olle) == set()
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.agda)), alva)
    assert cast.codes(approve, cast.olle) == {C.USER_DELETED}
    cast.portal.execute(ko.RestoreUser(member=cast.id(cast.agda)), cast.olle)
    assert cast.codes(approve, cast.olle) == set()


def test_granting_what_is_granted_changes_nothing() -> None:
    """R15."""
    cast = Cast.new()
    before = cast.portal.assignment(f"{AGENT}/npo", ko.SYSTEM)
    entries = len(cast.portal.history(cast.id(cast.hanna), ko.SYSTEM, limit=500).items)
    cast.world.grant(cast.agda, "hanna", "npo")
    assert cast.portal.assignment(f"{AGENT}/npo", ko.SYSTEM) == before
    assert len(cast.portal.history(cast.id(cast.hanna), ko.SYSTEM, limit=500).items) == entries
    assert cast.told() == []


def test_revoking_what_is_not_granted_changes_nothing() -> None:
    """R15."""
    cast = Cast.new()
    before = cast.portal.assignment(f"{AGENT}/npo", ko.SYSTEM)
    entries = len(cast.portal.history(cast.id(cast.hugo), ko.SYSTEM, limit=500).items)
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hugo), assignment=f"{AGENT}/npo"), cast.agda)
    assert cast.portal.assignment(f"{AGENT}/npo", ko.SYSTEM) == before
    assert len(cast.portal.history(cast.id(cast.hugo), ko.SYSTEM, limit=500).items) == entries


def test_only_the_provider_registers_an_agreement_that_was_made_on_paper() -> None:
    cast = Cast.new()
    register = ko.RegisterCustomerAgreement(
        organisation="999300-0000",
        name="Provkommunen",
        category=CustomerCategory.MUNICIPALITY,
        application=cast.world.application("999300-0000", "annika"),
    )
    officer = ko.Clearer(role=Role.PROVIDER_OFFICER, party=ko.Party.PROVIDER)
    for actor in (cast.adam, cast.agda):
        (reason,) = cast.reasons(register, actor)
        assert (reason.code, reason.cleared_by) == (C.WRONG_PARTY, (officer,))
    assert cast.codes(register, cast.karin) == {C.ROLE_MISSING}
    assert cast.portal.check(register, cast.olle).allowed


def test_who_is_deleted_is_told_so_and_nothing_else() -> None:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.berta)), cast.adam)
    verdict = cast.portal.check(ko.StartOrder(offer="npo-producent", mode=DIRECT), cast.berta)
    assert [reason.code for reason in verdict.reasons] == [C.USER_DELETED]
    assert verdict.advice == ()


def test_whoever_lacks_a_role_for_a_later_step_is_sent_to_the_administrator_of_the_own_side() -> None:
    cast = Cast.new(agent=False)
    reasons = cast.reasons(ko.AttestOrder(order=cast.draft()), cast.berta)
    administrator = ko.Clearer(role=Role.ADMINISTRATOR, party=ko.Party.CUSTOMER, organisation=CUSTOMER)
    assert [(reason.code, reason.cleared_by) for reason in reasons][1:] == [(C.ROLE_MISSING, (administrator,))]


def test_what_comes_of_a_command_says_what_kind_of_thing_it_was_about() -> None:
    cast = Cast.new()
    apply = ko.ApplyForAgentAgreement(name="Prov", application=cast.world.application("999300-0000", "annika"))
    commands: list[tuple[ko.Command, ko.Actor, ko.Lifecycle]] = [
        (ko.StartOrder(offer="npo-producent", mode=DIRECT), cast.berta, ko.Lifecycle.ORDER),
        (ko.AddUser(name="Ny Prov", email="ny@example.org"), cast.adam, ko.Lifecycle.USER),
        (ko.ApplyForAssignment(service="webcert"), ko.Actor("uno", AGENT), ko.Lifecycle.ASSIGNMENT),
        (apply, ko.Actor("sokande", "999300-0000"), ko.Lifecycle.AGENT_AGREEMENT),
        (ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}"), cast.olle, ko.Lifecycle.CUSTOMER_AGREEMENT),
    ]
    assert [cast.portal.execute(command, actor).lifecycle for command, actor, _of in commands] == [
        lifecycle for _command, _actor, lifecycle in commands
    ]
