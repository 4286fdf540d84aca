"""Why people are stuck: every reason there is, as the portal gives it, with what it is about and who can clear it."""

from collections.abc import Callable
from typing import Final, TypeAlias

import attrs
import pytest
from cast import DIRECT, NPO, VIA_AGENT, Cast, refusal
from joint import Pen, Table
from world import AGENT, CUSTOMER, OTHER, PROVIDER, World

import kundorder as ko
from kundorder.adapters.memory import MemoryStore
from kundorder.reasons import CUSTOMER_SERVICE, OFFICER, YOU
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import (
    AdviceCode,
    AgreementModel,
    AssuranceLevel,
    AttestMethod,
    CustomerCategory,
    Language,
    Party,
    ReasonCode,
    Role,
    Trigger,
)

C = ReasonCode
Reasons: TypeAlias = tuple[ko.Reason, ...]
Clearers: TypeAlias = tuple[ko.Clearer, ...]

BANKID = AttestMethod.BANKID
START = ko.StartOrder(offer="npo-producent", mode=DIRECT)
VIA = ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT)
AGREEMENT = f"customer/{CUSTOMER}"
REGION = CustomerCategory.REGION
NOBODY = "999600-0007"
"""An organisation that is nothing here."""


def at(role: Role, party: Party, organisation: str) -> ko.Clearer:
    """Who holds a role somewhere."""
    return ko.Clearer(role=role, party=party, organisation=organisation)


CUSTOMERS_ADMINISTRATOR = at(Role.ADMINISTRATOR, Party.CUSTOMER, CUSTOMER)
AGENTS_ADMINISTRATOR = at(Role.ADMINISTRATOR, Party.AGENT, AGENT)
CUSTOMERS_ORDERER = at(Role.ORDERER, Party.CUSTOMER, CUSTOMER)
CUSTOMERS_SIGNATORY = at(Role.SIGNATORY, Party.CUSTOMER, CUSTOMER)
AGENTS_HANDLER = at(Role.AGENT_HANDLER, Party.AGENT, AGENT)
THE_CUSTOMER = ko.Clearer(party=Party.CUSTOMER, organisation=CUSTOMER)
THE_AGENT = ko.Clearer(party=Party.AGENT, organisation=AGENT)


@attrs.frozen
class Stuck:
    """Somebody who is stuck: what they ask, and what they are told."""

    code: ReasonCode
    name: str
    ask: Callable[[], Reasons]
    params: dict[str, str]
    by: Clearers


STUCK: Final[list[Stuck]] = []


def told(code: ReasonCode, *by: ko.Clearer, **params: str) -> Callable[[Callable[[], Reasons]], None]:
    """The reason that must be among those a case gives: its code, who can clear it, and what it is about."""

    def keep(ask: Callable[[], Reasons]) -> None:
        STUCK.append(Stuck(code, ask.__name__, ask, params, by))

    return keep


def applied(world: World, organisation: str = CUSTOMER, *signatories: str) -> str:
    """An application that waits for the officer."""
    application = world.application(organisation, "adam", *signatories)
    command = ko.ApplyForCustomerAgreement(name="Provregionen", category=REGION, application=application)
    return world.portal.execute(command, ko.Actor("sokande", organisation)).id


def signing(cast: Cast, command: ko.SignAgreement | ko.DeclineAgreement, signer: str) -> Reasons:
    """Why a signatory is not even asked to sign."""
    with pytest.raises(ko.Refused) as caught:
        cast.portal.resume_signing(command, method=BANKID, signer=signer)
    return caught.value.reasons


@told(C.ROLE_MISSING, CUSTOMERS_ADMINISTRATOR, role="ORDERER", organisation=CUSTOMER)
def an_attestant_orders() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(START, cast.atle)


@told(C.ROLE_MISSING, AGENTS_ADMINISTRATOR, role="AGENT_ASSIGNMENT_ORDERER", organisation=AGENT)
def a_handler_applies_for_an_assignment() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.ApplyForAssignment(service="webcert"), cast.hanna)


@told(C.NOT_YOUR_ORDER, CUSTOMERS_ORDERER, CUSTOMER_SERVICE)
def a_colleague_withdraws() -> Reasons:
    cast = Cast.new(agent=False)
    order = cast.sent()
    return cast.reasons(ko.WithdrawOrder(order=order), cast.world.user(cast.adam, "bo", Role.ORDERER))


@told(C.WRONG_PARTY, AGENTS_HANDLER, party="agent")
def the_customer_approves_for_the_agent() -> Reasons:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    return cast.reasons(ko.ApproveOrder(order=order), cast.berta)


@told(C.NO_AGREEMENT, THE_CUSTOMER, organisation=CUSTOMER)
def the_agreement_has_been_terminated() -> Reasons:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.TerminateAgreement(agreement=AGREEMENT), cast.olle)
    return cast.reasons(START, cast.berta)


@told(C.NO_AGREEMENT, ko.Clearer(party=Party.CUSTOMER, organisation=AGENT), organisation=AGENT)
def an_agent_that_is_no_customer_orders() -> Reasons:
    cast = Cast.new()
    return cast.reasons(START, cast.hanna)


@told(C.AGREEMENT_NOT_APPROVED, OFFICER, organisation=CUSTOMER)
def a_second_application_is_not_approved_yet() -> Reasons:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.TerminateAgreement(agreement=AGREEMENT), cast.olle)
    applied(cast.world)
    return cast.reasons(START, cast.berta)


@told(C.AGREEMENT_NOT_SIGNED, CUSTOMERS_SIGNATORY, organisation=CUSTOMER)
def nobody_has_signed_yet() -> Reasons:
    world = World.new()
    adam = world.customer(signed=False)
    return refusal(world, START, world.user(adam, "bo", Role.ORDERER))


@told(C.AGREEMENT_LEGACY, CUSTOMERS_SIGNATORY, organisation=CUSTOMER)
def there_is_only_an_agreement_of_the_earlier_model() -> Reasons:
    world = World.new()
    application = world.application(CUSTOMER, "adam")
    command = ko.RegisterCustomerAgreement(
        organisation=CUSTOMER, name="Prov", category=REGION, application=application, model=AgreementModel.LEGACY
    )
    world.portal.execute(command, world.officer)
    adam = world.verify(CUSTOMER, "adam", application.administrator.email)
    return refusal(world, START, world.user(adam, "bo", Role.ORDERER))


@told(C.IS_THE_PROVIDER, OFFICER, organisation=PROVIDER)
def somebody_applies_in_the_name_of_the_provider() -> Reasons:
    world = World.new()
    people = world.application(PROVIDER, "mallory")
    command = ko.ApplyForCustomerAgreement(name="Prov", category=REGION, application=people)
    return refusal(world, command, ko.Actor("mallory", PROVIDER))


@told(C.OFFER_CHANGED, YOU, offer="npo-konsument-tgp")
def an_offer_takes_another_flow_than_when_the_draft_was_started() -> Reasons:
    cast = Cast.new()
    draft = cast.world.draft(cast.berta, "npo-konsument-tgp", VIA_AGENT, AGENT)
    offers = tuple(
        attrs.evolve(offer, flow=None) if offer.id == "npo-konsument-tgp" else offer for offer in CATALOGUE.offers
    )
    portal = ko.Portal(store=cast.world.store, catalogue=attrs.evolve(CATALOGUE, offers=offers))
    return portal.check(ko.SendOrder(order=draft.id), cast.berta).reasons


@told(C.AGREEMENT_EXISTS, OFFICER, organisation=CUSTOMER)
def somebody_applies_twice() -> Reasons:
    world = World.new()
    applied(world)
    command = ko.ApplyForCustomerAgreement(
        name="Prov", category=REGION, application=world.application(CUSTOMER, "annan")
    )
    return refusal(world, command, ko.Actor("annan", CUSTOMER))


@told(C.NO_ATTESTANT, CUSTOMERS_ADMINISTRATOR, organisation=CUSTOMER)
def there_is_no_attestant() -> Reasons:
    cast = Cast.new(agent=False)
    cast.remove(cast.atle, Role.ATTESTANT)
    return cast.reasons(START, cast.berta)


@told(C.NO_ORDERER, CUSTOMERS_ADMINISTRATOR, organisation=CUSTOMER)
def a_draft_waits_and_there_is_no_orderer_any_more() -> Reasons:
    cast = Cast.new(agent=False)
    draft = cast.draft()
    cast.remove(cast.berta, Role.ORDERER)
    return tuple(
        attrs.evolve(reason, params=tuple(each for each in reason.params if each[0] == "organisation"))
        for reason in cast.portal.path(draft, cast.adam)[0].reasons
    )


@told(C.NO_ADMINISTRATOR, CUSTOMER_SERVICE, organisation=CUSTOMER)
def the_only_administrator_has_never_logged_in() -> Reasons:
    world = World.new()
    identifier = applied(world)
    world.portal.execute(ko.ApproveAgreement(agreement=identifier), world.officer)
    kontakt = world.verify(CUSTOMER, "kontakt", f"kontakt@o{CUSTOMER.replace('-', '')}.example")
    return refusal(world, START, kontakt)


@told(C.NOT_A_USER, YOU, AGENTS_ADMINISTRATOR, organisation=AGENT)
def a_handler_picks_somebody_of_another_organisation() -> Reasons:
    cast = Cast.new()
    command = ko.ApproveOrder(order=cast.sent(via=AGENT), attestant=cast.id(cast.atle), certified=True)
    return cast.reasons(command, cast.hanna)


@told(C.ALREADY_A_USER, YOU, organisation=CUSTOMER)
def a_user_is_added_again() -> Reasons:
    cast = Cast.new(agent=False)
    command = ko.AddUser(name="Berta Prov", email=f"berta@o{CUSTOMER.replace('-', '')}.example")
    return cast.reasons(command, cast.adam)


@told(C.USER_NOT_VERIFIED, ko.Clearer(party=Party.AGENT, organisation=AGENT))
def an_invited_handler_is_granted() -> Reasons:
    cast = Cast.new()
    added = cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.agda)
    return cast.reasons(ko.GrantHandler(member=added.id, assignment=NPO), cast.agda)


@told(C.USER_DELETED, OFFICER)
def a_deleted_user_is_given_a_role() -> Reasons:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.nora)), cast.adam)
    return cast.reasons(ko.AssignRole(member=cast.id(cast.nora), role=Role.ORDERER), cast.adam)


@told(C.USER_DELETED, OFFICER)
def a_deleted_user_comes_back_by_the_old_login() -> Reasons:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.berta)), cast.adam)
    return cast.reasons(START, cast.berta)


@told(C.USER_DELETED, OFFICER)
def an_application_names_a_deleted_user() -> Reasons:
    cast = Cast.new(agent=False)
    cast.assign(cast.nora, Role.ADMINISTRATOR)
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.adam)), cast.nora)
    cast.portal.execute(ko.TerminateAgreement(agreement=AGREEMENT), cast.olle)
    return cast.reasons(ko.ApproveAgreement(agreement=applied(cast.world)), cast.olle)


@told(C.USER_DELETED, OFFICER)
def an_agents_administrator_is_deleted_before_the_signature() -> Reasons:
    cast = Cast(World.new())
    adam = cast.world.customer(AGENT)
    other = cast.world.user(adam, "olivia", Role.ADMINISTRATOR)
    command = ko.ApplyForAgentAgreement(name="Provagenten", application=cast.world.application(AGENT, "adam"))
    identifier = cast.portal.execute(command, adam).id
    cast.portal.execute(ko.ApproveAgreement(agreement=identifier), cast.olle)
    cast.portal.execute(ko.DeleteUser(member=cast.id(adam)), other)
    return signing(cast, ko.SignAgreement(agreement=identifier), "s1")


@told(C.USER_DELETED, OFFICER)
def a_deleted_user_is_invited_by_another_address() -> Reasons:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.berta)), cast.adam)
    cast.portal.execute(ko.AddUser(name="Berta Prov", email="ny@prov.example"), cast.adam)
    member, code = cast.world.code("ny@prov.example")
    return cast.reasons(ko.VerifyUser(member=member, code=code), cast.berta)


@told(C.INVITATION_INVALID, CUSTOMERS_ADMINISTRATOR)
def the_code_of_an_invitation_is_wrong() -> Reasons:
    cast = Cast.new(agent=False)
    added = cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    return cast.reasons(ko.VerifyUser(member=added.id, code="A" * 43), cast.adam)


@told(C.PERSON_TAKEN, CUSTOMER_SERVICE)
def one_person_takes_up_two_invitations() -> Reasons:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    member, code = cast.world.code("ny@prov.example")
    return cast.reasons(ko.VerifyUser(member=member, code=code), cast.berta)


@told(C.PERSON_TAKEN, CUSTOMER_SERVICE)
def somebody_else_takes_up_an_invitation_to_a_known_address() -> Reasons:
    cast = Cast.new()
    email = f"berta@o{CUSTOMER.replace('-', '')}.example"
    cast.portal.execute(ko.AddUser(name="Berta Prov", email=email), cast.agda)
    member, code = cast.world.code(email)
    return cast.reasons(ko.VerifyUser(member=member, code=code), ko.Actor("frida", AGENT))


@told(C.ROLE_NOT_FOR_ORGANISATION, OFFICER, role="AGENT_HANDLER", organisation=CUSTOMER)
def a_customers_user_is_made_a_handler() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AssignRole(member=cast.id(cast.nora), role=Role.AGENT_HANDLER), cast.adam)


@told(C.ROLE_NOT_ASSIGNABLE, OFFICER, role="SIGNATORY", organisation=CUSTOMER)
def a_user_is_made_a_signatory() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AssignRole(member=cast.id(cast.nora), role=Role.SIGNATORY), cast.adam)


@told(C.LAST_ADMINISTRATOR, AGENTS_ADMINISTRATOR, organisation=AGENT)
def the_last_administrator_leaves() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.DeleteUser(member=cast.id(cast.agda)), cast.agda)


@told(C.OFFER_UNKNOWN, YOU, offer="finns-inte")
def there_is_no_such_offer() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.StartOrder(offer="finns-inte", mode=DIRECT), cast.berta)


@told(C.OFFER_NOT_OPEN, CUSTOMER_SERVICE, offer="elektronisk-remiss")
def the_offer_is_not_for_regions() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.StartOrder(offer="elektronisk-remiss", mode=VIA_AGENT, agent=AGENT), cast.berta)


@told(C.MODE_NOT_ALLOWED, YOU, offer="siths", allowed="direct")
def the_offer_is_only_ordered_directly() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.StartOrder(offer="siths", mode=VIA_AGENT, agent=AGENT), cast.berta)


@told(C.MODE_NOT_ALLOWED, YOU, offer="journalen-producent", allowed="via_agent")
def an_offer_that_always_goes_via_agent_is_ordered_directly() -> Reasons:
    offer = CATALOGUE.offer("journalen-producent")
    assert offer is not None
    catalogue = ko.Catalogue(
        customer_agreement=CATALOGUE.customer_agreement,
        agent_agreement=CATALOGUE.agent_agreement,
        services=CATALOGUE.services,
        offers=(attrs.evolve(offer, flow=ko.Flow.VIA_AGENT),),
    )
    cast = Cast.new(catalogue=catalogue)
    return cast.reasons(ko.StartOrder(offer=offer.id, mode=DIRECT, agent=AGENT), cast.berta)


@told(C.SERVICE_UNKNOWN, YOU, service="finns-inte")
def there_is_no_such_service() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.ApplyForAssignment(service="finns-inte"), cast.uno)


@told(C.AGENT_MISSING, YOU)
def no_agent_is_named() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.StartOrder(offer="npo-producent", mode=VIA_AGENT), cast.berta)


@told(C.AGENT_NOT_EXPECTED, YOU)
def an_agent_is_named_for_a_direct_connection() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.StartOrder(offer="npo-producent", mode=DIRECT, agent=AGENT), cast.berta)


@told(C.AGENT_IS_SELF, YOU)
def an_organisation_is_its_own_agent() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=CUSTOMER), cast.berta)


@told(
    C.AGENT_UNKNOWN,
    YOU,
    ko.Clearer(party=Party.AGENT, organisation=NOBODY),
    agent=NOBODY,
    service="npo",
)
def nobody_knows_the_agent() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=NOBODY), cast.berta)


@told(C.AGENT_NOT_APPROVED, YOU, THE_AGENT, agent=AGENT, service="npo")
def the_agents_agreement_has_been_terminated() -> Reasons:
    cast = Cast.new()
    cast.portal.execute(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)
    return cast.reasons(VIA, cast.berta)


@told(C.AGENT_NOT_APPROVED, at(Role.SIGNATORY, Party.AGENT, AGENT), OFFICER, agent=AGENT)
def an_assignment_is_activated_without_an_agreement() -> Reasons:
    cast = Cast.new()
    cast.portal.execute(ko.ApplyForAssignment(service="webcert"), cast.uno)
    cast.portal.execute(ko.PassReview(assignment=f"{AGENT}/webcert"), cast.olle)
    attest = ko.AttestAssignment(assignment=f"{AGENT}/webcert", method=BANKID)
    cast.portal.resume_signing(attest, cast.aron, method=BANKID)
    cast.portal.execute(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)
    return cast.reasons(ko.ActivateAssignment(assignment=f"{AGENT}/webcert"), cast.olle)


@told(C.ASSIGNMENT_NOT_ACTIVE, YOU, THE_AGENT, agent=AGENT, service="webcert")
def the_agent_has_no_assignment_for_the_service() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.StartOrder(offer="webcert-integrerad", mode=VIA_AGENT, agent=AGENT), cast.berta)


@told(C.ASSIGNMENT_NOT_ACTIVE, OFFICER, THE_AGENT, agent=AGENT, service="npo")
def the_assignment_has_ended_before_the_last_attest() -> Reasons:
    cast = Cast.new()
    order = cast.agent_done()
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)
    return cast.reasons(ko.AttestOrder(order=order, method=BANKID), cast.atle)


@told(C.ASSIGNMENT_NOT_ACTIVE, OFFICER, THE_AGENT, agent=AGENT, service="npo")
def the_assignment_has_ended_before_another_attestant_is_picked() -> Reasons:
    cast = Cast.new()
    order = cast.approved()
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)
    return cast.reasons(ko.PickAttestant(order=order, attestant=cast.id(cast.astrid)), cast.hanna)


@told(C.ASSIGNMENT_NOT_ACTIVE, at(Role.AGENT_ASSIGNMENT_ORDERER, Party.AGENT, AGENT), agent=AGENT, service="finns-inte")
def a_handler_is_granted_in_an_assignment_there_is_not() -> Reasons:
    cast = Cast.new()
    command = ko.GrantHandler(member=cast.id(cast.hugo), assignment=f"{AGENT}/finns-inte")
    return cast.reasons(command, cast.agda)


@told(C.ASSIGNMENT_NOT_ACTIVE, YOU, agent=AGENT, service="npo")
def a_grant_is_revoked_in_another_agents_assignment() -> Reasons:
    cast = Cast.new()
    cast.world.agent(OTHER)
    return cast.reasons(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=f"{OTHER}/npo"), cast.agda)


@told(C.ASSIGNMENT_EXISTS, OFFICER, service="npo", state="ACTIVE")
def an_assignment_is_applied_for_twice() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.ApplyForAssignment(service="npo"), cast.uno)


@told(C.AGENT_LACKS_HANDLER, AGENTS_ADMINISTRATOR, agent=AGENT, service="npo")
def the_agents_only_handler_is_not_granted() -> Reasons:
    cast = Cast.new()
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    return cast.reasons(VIA, cast.berta)


@told(C.AGENT_LACKS_ATTESTANT, AGENTS_ADMINISTRATOR, agent=AGENT, service="npo")
def the_agent_has_no_attestant() -> Reasons:
    cast = Cast.new()
    for actor in (cast.aron, cast.astrid):
        cast.remove(actor, Role.ATTESTANT)
    return cast.reasons(VIA, cast.berta)


@told(C.NOT_GRANTED, AGENTS_ADMINISTRATOR, service="npo")
def a_handler_acts_where_not_granted() -> Reasons:
    cast = Cast.new()
    cast.assign(cast.hugo, Role.ATTESTANT)  # sees the orders of the agent therefore
    return cast.reasons(ko.RejectOrder(order=cast.sent(via=AGENT), reason="Nej."), cast.hugo)


@told(C.ORIGINAL_UNKNOWN, YOU)
def a_supplement_to_an_order_of_somebody_else() -> Reasons:
    cast = Cast.new(agent=False)
    adam = cast.world.customer(OTHER)
    bo = cast.world.user(adam, "bo", Role.ORDERER, Role.ATTESTANT)
    foreign = cast.world.draft(bo).id
    return cast.reasons(attrs.evolve(START, supplementary_to=foreign), cast.berta)


@told(C.FIELD_UNKNOWN, YOU, field="$.fields.hiss")
def the_form_has_no_such_field() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.FillInOrder(order=cast.draft(), fields={"hiss": "ja"}), cast.berta)


@told(C.FIELD_INVALID, YOU, field="$.fields.care_units[1]", allowed="HSA-id")
def a_care_unit_is_no_hsa_id() -> Reasons:
    cast = Cast.new(agent=False)
    fields = {"care_units": ["SE9997000006-P01", "vårdcentralen"]}
    return cast.reasons(ko.FillInOrder(order=cast.draft(), fields=fields), cast.berta)


@told(C.FIELD_INVALID, YOU, field="$.fields.number_of_care_units", allowed="1–5000")
def a_number_is_out_of_range() -> Reasons:
    cast = Cast.new(agent=False)
    order = cast.draft(offer="webcert-fristaende")
    return cast.reasons(ko.FillInOrder(order=order, fields={"number_of_care_units": 5001}), cast.berta)


@told(C.FORM_INCOMPLETE, YOU, field="$.fields.technical_contact")
def a_required_field_is_empty() -> Reasons:
    cast = Cast.new(agent=False)
    order = cast.draft()
    fields = {"care_units": ["SE9997000006-P01"], "technical_contact": "  "}
    cast.portal.execute(ko.FillInOrder(order=order, fields=fields), cast.berta)
    return cast.reasons(ko.SendOrder(order=order), cast.berta)


@told(C.TERMS_NOT_ACCEPTED, CUSTOMERS_ORDERER)
def the_terms_are_not_accepted() -> Reasons:
    cast = Cast.new(agent=False)
    order = cast.portal.execute(START, cast.berta).order.id
    return cast.reasons(ko.SendOrder(order=order), cast.berta)


@told(C.TERMS_CHANGED, YOU, version="2026-1")
def terms_of_yesterday_are_accepted() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AcceptTerms(order=cast.draft(), version="2025-2"), cast.berta)


@told(C.NOT_CERTIFIED, YOU)
def a_handler_does_not_certify() -> Reasons:
    cast = Cast.new()
    command = ko.ApproveOrder(order=cast.sent(via=AGENT), attestant=cast.id(cast.aron))
    return cast.reasons(command, cast.hanna)


@told(C.NO_ATTESTANT_PICKED, YOU)
def a_handler_picks_nobody() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.ApproveOrder(order=cast.sent(via=AGENT), certified=True), cast.hanna)


@told(C.NOT_PICKED, AGENTS_HANDLER)
def another_attestant_of_the_agent_attests() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.AttestOrder(order=cast.approved(), method=BANKID), cast.astrid)


@told(C.NOT_AN_ATTESTANT, YOU, AGENTS_ADMINISTRATOR, organisation=AGENT)
def a_handler_picks_somebody_who_does_not_attest() -> Reasons:
    cast = Cast.new()
    command = ko.ApproveOrder(order=cast.sent(via=AGENT), attestant=cast.id(cast.nils), certified=True)
    return cast.reasons(command, cast.hanna)


@told(C.NOT_A_HANDLER, AGENTS_ADMINISTRATOR, organisation=AGENT)
def somebody_is_granted_who_is_no_handler() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.GrantHandler(member=cast.id(cast.nils), assignment=NPO), cast.agda)


@told(C.METHOD_MISSING, YOU, allowed="SMS_CODE|BANKID")
def no_method_is_chosen() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AttestOrder(order=cast.sent()), cast.atle)


@told(C.METHOD_NOT_ALLOWED, YOU, method="FREJA", offer="npo-producent", allowed="SMS_CODE|BANKID")
def the_host_does_not_take_the_method() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AttestOrder(order=cast.sent(), method=AttestMethod.FREJA), cast.atle)


@told(C.METHOD_TOO_WEAK, YOU, method="SMS_CODE", offer="npo-producent", allowed="BANKID")
def the_offer_asks_for_a_stronger_method() -> Reasons:
    rules = ko.Rules(minimum_assurance_of=(("npo-producent", AssuranceLevel.SUBSTANTIAL),))
    cast = Cast.new(agent=False, rules=rules)
    return cast.reasons(ko.AttestOrder(order=cast.sent(), method=AttestMethod.SMS_CODE), cast.atle)


@told(C.EVIDENCE_MISSING, YOU)
def an_attest_comes_without_evidence() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.AttestOrder(order=cast.sent(), method=BANKID), cast.atle)


@told(C.EVIDENCE_MISSING, CUSTOMERS_SIGNATORY)
def a_signature_comes_without_evidence() -> Reasons:
    cast = Cast(World.new())
    cast.world.customer(signed=False)
    return cast.reasons(ko.SignAgreement(agreement=AGREEMENT), ko.SYSTEM)


@told(C.EVIDENCE_INVALID, YOU)
def the_evidence_is_of_another_order() -> Reasons:
    cast = Cast.new(agent=False)
    first, second = cast.sent(), cast.sent()
    cast.world.attest(first, cast.atle)
    (evidence,) = cast.portal.order(first, cast.atle).evidence
    return cast.reasons(ko.AttestOrder(order=second, method=BANKID, evidence=evidence), cast.atle)


@told(C.EVIDENCE_INVALID, YOU)
def the_method_is_not_the_one_that_was_used() -> Reasons:
    cast = Cast.new(agent=False)
    with pytest.raises(ko.Refused) as caught:
        cast.portal.resume_signing(
            ko.AttestOrder(order=cast.sent(), method=BANKID), cast.atle, method=AttestMethod.SMS_CODE
        )
    return caught.value.reasons


@told(C.ALREADY_SIGNED, YOU)
def a_signatory_signs_twice() -> Reasons:
    cast = Cast(World.new())
    identifier = applied(cast.world, CUSTOMER, "firma", "teckna")
    cast.portal.execute(ko.ApproveAgreement(agreement=identifier), cast.olle)
    cast.world.sign(identifier, "s1")
    return signing(cast, ko.SignAgreement(agreement=identifier), "s1")


@told(C.NOT_A_SIGNATORY, YOU)
def somebody_signs_who_is_not_named() -> Reasons:
    cast = Cast(World.new())
    cast.world.customer(signed=False)
    return signing(cast, ko.SignAgreement(agreement=AGREEMENT), "s2")


@told(C.NOT_A_SIGNATORY, CUSTOMERS_SIGNATORY)
def an_administrator_signs() -> Reasons:
    cast = Cast(World.new())
    adam = cast.world.customer(signed=False)
    return cast.reasons(ko.SignAgreement(agreement=AGREEMENT), adam)


@told(C.FOUR_EYES, at(Role.ATTESTANT, Party.CUSTOMER, CUSTOMER))
def somebody_attests_an_order_of_their_own() -> Reasons:
    cast = Cast.new(agent=False, rules=ko.Rules(four_eyes=True))
    cast.assign(cast.berta, Role.ATTESTANT)
    return cast.reasons(ko.AttestOrder(order=cast.sent(), method=BANKID), cast.berta)


@told(C.FOUR_EYES, CUSTOMERS_ADMINISTRATOR)
def the_only_attestant_orders() -> Reasons:
    cast = Cast.new(agent=False, rules=ko.Rules(four_eyes=True))
    cast.assign(cast.atle, Role.ORDERER)
    return cast.reasons(START, cast.atle)


@told(C.FOUR_EYES, YOU, AGENTS_ADMINISTRATOR)
def a_handler_picks_themselves() -> Reasons:
    cast = Cast.new(rules=ko.Rules(four_eyes=True))
    cast.assign(cast.hanna, Role.ATTESTANT)
    command = ko.ApproveOrder(order=cast.sent(via=AGENT), attestant=cast.id(cast.hanna), certified=True)
    return cast.reasons(command, cast.hanna)


@told(C.REASON_MISSING, YOU)
def an_order_is_rejected_without_a_reason() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.RejectOrder(order=cast.sent(), reason="   "), cast.atle)


@told(C.REASON_MISSING, YOU)
def an_application_is_rejected_without_a_reason() -> Reasons:
    cast = Cast(World.new())
    return cast.reasons(ko.RejectAgreement(agreement=applied(cast.world)), cast.olle)


@told(C.REASON_MISSING, YOU)
def an_assignment_is_rejected_without_a_reason() -> Reasons:
    cast = Cast.new()
    cast.portal.execute(ko.ApplyForAssignment(service="webcert"), cast.uno)
    return cast.reasons(ko.RejectAssignment(assignment=f"{AGENT}/webcert"), cast.olle)


@told(C.REASON_MISSING, CUSTOMERS_SIGNATORY)
def a_signatory_declines_without_a_reason() -> Reasons:
    cast = Cast(World.new())
    cast.world.customer(signed=False)
    return signing(cast, ko.DeclineAgreement(agreement=AGREEMENT), "s1")


@told(C.INSTRUCTIONS_MISSING, YOU)
def an_order_is_handed_over_without_instructions() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.HandOverOrder(order=cast.attested()), cast.karin)


@told(C.TOO_EARLY, at(Role.ATTESTANT, Party.AGENT, AGENT), party="agent", state="AWAITING_AGENT_ATTEST")
def the_customer_attests_before_the_agent_has() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.AttestOrder(order=cast.approved(), method=BANKID), cast.atle)


@told(C.TOO_EARLY, AGENTS_HANDLER, party="agent", state="AWAITING_AGENT_APPROVAL")
def the_customer_rejects_before_the_agent_has_approved() -> Reasons:
    cast = Cast.new()
    return cast.reasons(ko.RejectOrder(order=cast.sent(via=AGENT), reason="Nej."), cast.atle)


@told(C.WRONG_STATE, CUSTOMERS_ORDERER, state="ATTESTED", possible="hand_over")
def an_order_that_is_under_way_is_copied() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.CopyOrderAsDraft(order=cast.attested()), cast.berta)


@told(C.WRONG_STATE, CUSTOMER_SERVICE, state="ATTESTED", possible="hand_over")
def an_order_that_binds_is_withdrawn() -> Reasons:
    cast = Cast.new(agent=False)
    return cast.reasons(ko.WithdrawOrder(order=cast.attested()), cast.karin)


@told(C.NOT_EMPTY, OFFICER)
def a_second_provider_is_established() -> Reasons:
    world = World.new()
    command = ko.EstablishProvider(name="En till", person_name="Eva Prov", email="eva@prov.example")
    return refusal(world, command, ko.Actor("eva", OTHER))


@told(C.SIGNATORIES_UNCLEAR, YOU)
def an_application_names_one_signatory_twice() -> Reasons:
    world = World.new()
    command = ko.ApplyForCustomerAgreement(
        name="Prov", category=REGION, application=world.application(CUSTOMER, "adam", "firma", "firma")
    )
    return refusal(world, command, ko.Actor("sokande", CUSTOMER))


@told(C.SIGNATORIES_UNCLEAR, YOU)
def an_application_names_no_signatory() -> Reasons:
    world = World.new()
    application = attrs.evolve(world.application(AGENT, "agda"), signatories=())
    return refusal(world, ko.ApplyForAgentAgreement(name="Prov", application=application), ko.Actor("sokande", AGENT))


def joining(table: Table, signer: str, portal: ko.Portal | None = None) -> Reasons:
    """Why somebody cannot sign."""
    with pytest.raises(ko.Refused) as caught:
        table.sign(signer, portal)
    return caught.value.reasons


@told(C.SAME_SIGNER, CUSTOMERS_SIGNATORY)
def one_person_signs_for_two() -> Reasons:
    table = Table.of(2, Pen(identities={"s1": "en", "s2": "en"}))
    table.sign("s1")
    return joining(table, "s2")


@told(C.NOT_BINDING, CUSTOMERS_SIGNATORY, OFFICER, organisation=CUSTOMER)
def all_have_signed_and_cannot_bind_the_organisation() -> Reasons:
    table = Table.of(1)
    return joining(table, "s1", table.portal(authority=Never()))


@attrs.frozen
class Never:
    """A register in which nobody may sign."""

    def may_bind(self, question: ko.AuthorityQuestion) -> ko.Authority:
        return ko.Authority(binds=False, right="nobody", on=question.on)


def with_old_evidence(pen: Pen, between: str) -> Reasons:
    """Evidence that was made before somebody else signed."""
    table = Table.of(2, pen)
    command = ko.SignAgreement(agreement=AGREEMENT)
    document = table.world.portal.document(command, signer="s2")
    done = pen.start(ko.SigningRequest(document=document, method=ko.AttestMethod.BANKID), now=table.world.clock.time)
    assert isinstance(done, ko.Done)
    table.sign(between)
    return refusal(table.world, attrs.evolve(command, evidence=done.evidence), ko.SYSTEM)


@told(C.SIGNED_MEANWHILE, CUSTOMERS_SIGNATORY)
def somebody_else_has_signed_first() -> Reasons:
    return with_old_evidence(Pen(builds=True), "s1")


@told(C.EVIDENCE_USED, YOU)
def evidence_is_used_twice() -> Reasons:
    table = Table.of(2)
    table.sign("s1")
    (old,) = table.pen.signed
    other = ko.Terms(version="2026-2", text_sv="Ny ordalydelse.", text_en="Another wording.")
    table.sign("s2", table.portal(catalogue=attrs.evolve(CATALOGUE, customer_agreement=other)))
    return refusal(table.world, ko.SignAgreement(agreement=AGREEMENT, evidence=old), ko.SYSTEM)


@pytest.mark.parametrize("stuck", STUCK, ids=lambda stuck: f"{stuck.code}-{stuck.name}")
def test_who_is_stuck_is_told_why_and_who_can_help(stuck: Stuck) -> None:
    found = [reason for reason in stuck.ask() if reason.code is stuck.code]
    assert [(dict(reason.params), reason.cleared_by) for reason in found] == [(stuck.params, stuck.by)]
    for language in Language:
        text = found[0].text(language)
        assert "–" not in text.replace("1–5000", "")  # what a missing param looks like
        assert all(each.text(language) for each in found[0].cleared_by)


def test_what_has_been_decided_is_told_with_the_capacity_and_the_moment() -> None:
    cast = Cast.new()
    order = cast.agent_done()
    marks = {mark.trigger: mark for mark in cast.portal.order(order, ko.SYSTEM).course}
    approve = ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True)
    (reason,) = cast.reasons(approve, cast.hanna)
    assert reason.code is C.ALREADY_DECIDED
    assert dict(reason.params) == {
        "trigger": "approve",
        "role": "AGENT_HANDLER",
        "party": "agent",
        "at": marks[Trigger.APPROVE].at.isoformat(timespec="seconds"),
    }
    assert reason.cleared_by == (CUSTOMERS_ORDERER,)
    (signed,) = cast.reasons(ko.ApproveAgreement(agreement=AGREEMENT), cast.olle)
    assert (signed.code, signed.cleared_by) == (C.ALREADY_DECIDED, (OFFICER,))
    assert dict(signed.params)["role"] == "PROVIDER_OFFICER"


def test_every_reason_there_is_is_given_to_somebody() -> None:
    given = {stuck.code for stuck in STUCK} | {C.ALREADY_DECIDED}
    assert not set(ReasonCode) - given


DOMAIN: dict[str, set[ReasonCode]] = {
    "no agreement": {C.NO_AGREEMENT},
    "not yet signed": {C.AGREEMENT_NOT_APPROVED, C.AGREEMENT_NOT_SIGNED},
    "only a legacy agreement": {C.AGREEMENT_LEGACY},
    "you are not an orderer": {C.ROLE_MISSING},
    "no attestant in the organisation": {C.NO_ATTESTANT},
    "no administrator known": {C.NO_ADMINISTRATOR},
    "person is not a user": {C.NOT_A_USER},
    "terms not accepted, changed since accepted": {C.TERMS_NOT_ACCEPTED, C.TERMS_CHANGED},
    "form incomplete": {C.FORM_INCOMPLETE},
    "offer not open to the customer category": {C.OFFER_NOT_OPEN},
    "mode not allowed by the offer": {C.MODE_NOT_ALLOWED},
    "agent unknown, not approved or not active": {C.AGENT_UNKNOWN, C.AGENT_NOT_APPROVED, C.ASSIGNMENT_NOT_ACTIVE},
    "agent lacks handler or attestant": {C.AGENT_LACKS_HANDLER, C.AGENT_LACKS_ATTESTANT},
    "handler not granted": {C.NOT_GRANTED},
    "not certified, no attestant picked": {C.NOT_CERTIFIED, C.NO_ATTESTANT_PICKED},
    "too early": {C.TOO_EARLY},
    "not the picked attestant": {C.NOT_PICKED},
    "method missing, not allowed, too weak": {C.METHOD_MISSING, C.METHOD_NOT_ALLOWED, C.METHOD_TOO_WEAK},
    "evidence missing, for another order or content": {C.EVIDENCE_MISSING, C.EVIDENCE_INVALID},
    "wrong state": {C.WRONG_STATE},
    "four eyes": {C.FOUR_EYES},
    "reason missing": {C.REASON_MISSING},
    "role not allowed in this kind of organisation": {C.ROLE_NOT_FOR_ORGANISATION},
    "last administrator": {C.LAST_ADMINISTRATOR},
    "user deleted": {C.USER_DELETED},
}
"""Why people are stuck, as DOMAIN §6 has it; "already decided" has a test of its own, an unsure offer is advised on."""


@pytest.mark.parametrize("phrase", DOMAIN)
def test_why_people_are_stuck_in_the_domain_is_told_here(phrase: str) -> None:
    assert {stuck.code for stuck in STUCK} >= DOMAIN[phrase]


def test_who_is_unsure_of_the_offer_is_sent_to_the_agent() -> None:
    cast = Cast.new()
    verdict = cast.portal.check(VIA, cast.berta)
    assert verdict.allowed
    assert AdviceCode.ASK_THE_AGENT in {advice.code for advice in verdict.advice}


@pytest.mark.parametrize("advice", AdviceCode)
def test_every_advice_there_is_is_given_and_forbids_nothing(advice: AdviceCode) -> None:
    cast = Cast.new()
    verdicts = [
        cast.portal.check(attrs.evolve(VIA, offer=offer), cast.berta)
        for offer in ("npo-producent", "npo-konsument-tgp")
    ]
    found = {each.code: each for verdict in verdicts for each in verdict.advice}
    assert all(verdict.allowed for verdict in verdicts)
    assert all("–" not in found[advice].text(language) for language in Language)


def test_a_refusal_in_an_empty_store_says_no_more_than_in_a_full_one() -> None:
    """Who is no user is told the same of an organisation that exists and of one that does not."""
    cast = Cast.new()
    empty = ko.Portal(store=MemoryStore(), catalogue=CATALOGUE)
    for command in (START, VIA, ko.AddUser(name="Ny", email="ny@prov.example"), ko.ApplyForAssignment(service="npo")):
        for organisation in (CUSTOMER, AGENT, OTHER, NOBODY):
            frida = ko.Actor("frida", organisation)
            for portal in (cast.portal, empty):
                with pytest.raises(ko.NotFound) as caught:
                    portal.check(command, frida)
                assert caught.value.what == "organisation"
