"""Agreements, users, assignments and orders from end to end: where each act leads, and who is told (DOMAIN §4)."""

from collections.abc import Callable
from itertools import permutations

import attrs
import pytest
from cast import DIRECT, NPO, Cast, Told, refusal
from world import AGENT, CUSTOMER, World

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.codec import terms_digest
from kundorder.identifiers import assignment_id_of
from kundorder.lifecycles.documents import agreement_document, agreement_terms
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    AttestMethod,
    CustomerCategory,
    OrderState,
    Party,
    ReasonCode,
    Role,
    Template,
    Trigger,
    UserState,
)

S, C, T = OrderState, ReasonCode, Template
BANKID = AttestMethod.BANKID
REGION = CustomerCategory.REGION
CUSTOMERS = f"customer/{CUSTOMER}"
START = ko.StartOrder(offer="npo-producent", mode=DIRECT)
PARTIES = (Party.CUSTOMER, Party.AGENT)
LOGINS: Told = [("adam", T.LOGIN_ADMINISTRATOR), ("kontakt", T.LOGIN_AGREEMENT_CONTACT)]
WEBCERT = assignment_id_of(AGENT, "webcert")


def empty() -> Cast:
    """A provider and nobody else."""
    cast = Cast(World.new())
    cast.told()
    return cast


def apply(cast: Cast, party: Party, *signatories: str, administrator: str = "adam") -> str:
    """Somebody applies for an agreement."""
    application = cast.world.application(CUSTOMER, administrator, *signatories)
    command: ko.Command = (
        ko.ApplyForCustomerAgreement(name="Provorganisationen", category=REGION, application=application)
        if party is Party.CUSTOMER
        else ko.ApplyForAgentAgreement(name="Provorganisationen", application=application)
    )
    return cast.portal.execute(command, ko.Actor("sokande", CUSTOMER)).id


def register(cast: Cast, party: Party, model: AgreementModel = AgreementModel.CURRENT) -> ko.Outcome:
    """The officer enters an agreement that exists already."""
    application = cast.world.application(CUSTOMER, "adam")
    command: ko.Command = (
        ko.RegisterCustomerAgreement(
            organisation=CUSTOMER, name="Provorganisationen", category=REGION, application=application, model=model
        )
        if party is Party.CUSTOMER
        else ko.RegisterAgentAgreement(organisation=CUSTOMER, name="Provorganisationen", application=application)
    )
    return cast.portal.execute(command, cast.olle)


def approve(cast: Cast, agreement: str) -> None:
    """The officer approves an application."""
    cast.portal.execute(ko.ApproveAgreement(agreement=agreement), cast.olle)


def decline(cast: Cast, agreement: str, signatory: str = "s1") -> None:
    """A signatory says no."""
    command = ko.DeclineAgreement(agreement=agreement, reason="Vi avstår.")
    cast.portal.resume_signing(command, method=BANKID, signer=signatory)


def agreement(cast: Cast, identifier: str) -> ko.Agreement:
    """An agreement as it stands."""
    return cast.portal.agreement(identifier, ko.SYSTEM)


@pytest.mark.parametrize("party", PARTIES)
def test_an_agreement_is_applied_for_approved_and_signed(party: Party) -> None:
    cast = empty()
    identifier = apply(cast, party)
    new = agreement(cast, identifier)
    assert new.state is AgreementState.APPLIED
    terms = agreement_terms(CATALOGUE, party)
    assert (new.terms_version, new.terms_digest) == (terms.version, terms_digest(terms))
    assert cast.waits(cast.olle) == [identifier]
    approve(cast, identifier)
    assert agreement(cast, identifier).state is AgreementState.AWAITING_SIGNATURE
    assert cast.waits(cast.olle) == []
    cast.world.sign(identifier)
    assert agreement(cast, identifier).state is AgreementState.SIGNED
    cast.portal.execute(ko.TerminateAgreement(agreement=identifier, reason="Slut."), cast.olle)
    ended = agreement(cast, identifier)
    assert (ended.state, ended.reason) == (AgreementState.TERMINATED, "Slut.")


def test_a_customers_mails_all_go_out_with_the_approval() -> None:
    cast = empty()
    identifier = apply(cast, Party.CUSTOMER)
    assert cast.told() == []
    approve(cast, identifier)
    assert cast.told() == sorted([*LOGINS, ("firma", T.SIGN_AGREEMENT)])
    cast.world.sign(identifier)
    assert cast.told() == []


def test_an_agents_logins_go_out_with_the_last_signature() -> None:
    cast = empty()
    identifier = apply(cast, Party.AGENT, "firma", "teckna")
    approve(cast, identifier)
    assert cast.told() == [("firma", T.SIGN_AGREEMENT), ("teckna", T.SIGN_AGREEMENT)]
    cast.world.sign(identifier, "s2")
    assert cast.told() == []
    cast.world.sign(identifier, "s1")
    assert cast.told() == sorted(LOGINS)


@pytest.mark.parametrize("party", PARTIES)
def test_an_application_is_rejected_with_a_reason_and_nobody_gets_a_login(party: Party) -> None:
    cast = empty()
    identifier = apply(cast, party)
    cast.portal.execute(ko.RejectAgreement(agreement=identifier, reason="Uppgifter saknas."), cast.olle)
    found = agreement(cast, identifier)
    assert (found.state, found.reason) == (AgreementState.REJECTED, "Uppgifter saknas.")
    assert cast.told() == []
    assert cast.portal.members(cast.olle, organisation=CUSTOMER).items == ()


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("order", tuple(permutations(("s1", "s2", "s3"))))
def test_joint_signatories_sign_in_any_order_and_all_of_them_must(party: Party, order: tuple[str, ...]) -> None:
    cast = empty()
    identifier = apply(cast, party, "firma", "teckna", "signe")
    approve(cast, identifier)
    for signatory in order[:-1]:
        cast.world.sign(identifier, signatory)
        assert agreement(cast, identifier).state is AgreementState.AWAITING_SIGNATURE
        with pytest.raises(ko.Refused):
            cast.world.sign(identifier, signatory)
    cast.world.sign(identifier, order[-1])
    found = agreement(cast, identifier)
    assert found.state is AgreementState.SIGNED
    assert [each.evidence is not None and each.evidence.signer for each in found.signatories] == ["s1", "s2", "s3"]


def test_who_has_signed_is_not_asked_to_sign_any_more() -> None:
    class Down:
        """A mailer that sends nothing yet."""

        def send(self, letter: ko.Letter) -> None:
            del letter
            raise ko.Unavailable("down")

    cast = Cast(World.new())
    identifier = apply(cast, Party.CUSTOMER, "firma", "teckna")
    down = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=Down(), clock=cast.world.clock)
    cast.told()
    approve(cast, identifier)
    report = down.deliver()
    assert (report.later, report.sent, report.stopped) == (3, 0, "down")  # the fourth is not even tried
    cast.world.sign(identifier, "s2")
    cast.world.clock.time = cast.world.clock.time.replace(hour=20)
    assert cast.told() == sorted([*LOGINS, ("firma", T.SIGN_AGREEMENT)])


@pytest.mark.parametrize("party", PARTIES)
def test_one_signatorys_no_is_everybodys(party: Party) -> None:
    cast = empty()
    identifier = apply(cast, party, "firma", "teckna")
    approve(cast, identifier)
    cast.world.sign(identifier, "s1")
    decline(cast, identifier, "s2")
    found = agreement(cast, identifier)
    assert (found.state, found.reason) == (AgreementState.DECLINED, "Vi avstår.")
    with pytest.raises(ko.Refused):
        cast.world.sign(identifier, "s2")


@pytest.mark.parametrize("party", PARTIES)
def test_who_has_signed_does_not_decline(party: Party) -> None:
    cast = empty()
    identifier = apply(cast, party, "firma", "teckna")
    approve(cast, identifier)
    cast.world.sign(identifier, "s1")
    with pytest.raises(ko.Refused) as caught:
        decline(cast, identifier, "s1")
    assert [reason.code for reason in caught.value.reasons] == [C.ALREADY_SIGNED]


def reject(cast: Cast, identifier: str) -> None:
    """An application that fails."""
    cast.portal.execute(ko.RejectAgreement(agreement=identifier, reason="Nej."), cast.olle)


def refuse(cast: Cast, identifier: str) -> None:
    """An agreement that nobody wants to sign."""
    approve(cast, identifier)
    decline(cast, identifier)


def terminate(cast: Cast, identifier: str) -> None:
    """An agreement that ends."""
    approve(cast, identifier)
    cast.world.sign(identifier)
    cast.portal.execute(ko.TerminateAgreement(agreement=identifier), cast.olle)


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("end", [reject, refuse, terminate])
def test_after_an_end_one_may_apply_again_and_the_old_one_is_kept(
    party: Party, end: Callable[[Cast, str], None]
) -> None:
    cast = empty()
    identifier = apply(cast, party)
    end(cast, identifier)
    old = agreement(cast, identifier)
    assert apply(cast, party, "annan") == identifier
    new = agreement(cast, identifier)
    assert (new.number, new.state, new.signatories[0].contact.name) == (2, AgreementState.APPLIED, "Annan Prov")
    assert agreement(cast, f"{identifier}/1") == old
    approve(cast, identifier)
    cast.world.sign(identifier)
    assert agreement(cast, identifier).state is AgreementState.SIGNED
    assert agreement(cast, f"{identifier}/1") == old


def test_evidence_for_the_old_agreement_proves_nothing_for_the_new_one() -> None:
    cast = empty()
    identifier = apply(cast, Party.CUSTOMER)
    terminate(cast, identifier)
    (signatory,) = agreement(cast, identifier).signatories
    apply(cast, Party.CUSTOMER)
    approve(cast, identifier)
    command = ko.SignAgreement(agreement=identifier, evidence=signatory.evidence)
    assert cast.codes(command, ko.SYSTEM) == {C.EVIDENCE_INVALID}


def test_evidence_of_a_no_is_none_of_a_yes() -> None:
    signer = MemorySigner()
    cast = Cast(World.new(signing=signer))
    identifier = apply(cast, Party.CUSTOMER)
    approve(cast, identifier)
    no = agreement_document(agreement(cast, identifier), "s1", Trigger.DECLINE, CATALOGUE)
    done = signer.start(ko.SigningRequest(document=no, method=BANKID), now=cast.world.clock.now())
    assert isinstance(done, ko.Done)
    sign = ko.SignAgreement(agreement=identifier, evidence=done.evidence)
    assert cast.codes(sign, ko.SYSTEM) == {C.EVIDENCE_INVALID}
    command = ko.DeclineAgreement(agreement=identifier, reason="Nej.", evidence=done.evidence)
    assert cast.portal.execute(command, ko.SYSTEM).state == AgreementState.DECLINED


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("signed", [False, True])
def test_nobody_applies_while_an_application_is_open_or_signed(party: Party, *, signed: bool) -> None:
    cast = empty()
    identifier = apply(cast, party)
    for _ in range(3):
        with pytest.raises(ko.Refused) as caught:
            apply(cast, party)
        assert [reason.code for reason in caught.value.reasons] == [C.AGREEMENT_EXISTS]
        with pytest.raises(ko.Refused):
            register(cast, party)
        if agreement(cast, identifier).state is AgreementState.APPLIED:
            approve(cast, identifier)
        elif signed and agreement(cast, identifier).state is AgreementState.AWAITING_SIGNATURE:
            cast.world.sign(identifier)
    assert agreement(cast, identifier).number == 1


@pytest.mark.parametrize("party", PARTIES)
def test_an_agreement_that_exists_is_entered_and_the_logins_go_out(party: Party) -> None:
    cast = empty()
    outcome = register(cast, party)
    assert outcome.state == AgreementState.SIGNED
    assert cast.told() == sorted(LOGINS)
    adam = cast.world.verify(CUSTOMER, "adam", f"adam@o{CUSTOMER.replace('-', '')}.example")
    assert cast.portal.agreement(outcome.id, adam).state is AgreementState.SIGNED


def test_a_customer_of_the_earlier_model_applies_for_the_current_one() -> None:
    cast = empty()
    identifier = register(cast, Party.CUSTOMER, AgreementModel.LEGACY).id
    old = agreement(cast, identifier)
    adam = cast.world.verify(CUSTOMER, "adam", f"adam@o{CUSTOMER.replace('-', '')}.example")
    bo = cast.world.user(adam, "bo", Role.ORDERER, Role.ATTESTANT)
    cast.told()
    apply(cast, Party.CUSTOMER)
    assert agreement(cast, f"{identifier}/1") == old
    assert old.model is AgreementModel.LEGACY
    approve(cast, identifier)
    assert cast.told() == sorted([*LOGINS, ("firma", T.SIGN_AGREEMENT)])
    cast.world.sign(identifier)
    assert cast.portal.check(START, bo).allowed


def test_an_agreement_of_the_earlier_model_is_not_entered_twice() -> None:
    cast = empty()
    register(cast, Party.CUSTOMER, AgreementModel.LEGACY)
    cast.told()
    with pytest.raises(ko.Refused) as caught:
        register(cast, Party.CUSTOMER, AgreementModel.LEGACY)
    assert [reason.code for reason in caught.value.reasons] == [C.AGREEMENT_EXISTS]
    assert cast.told() == []


def test_who_is_a_user_already_gets_the_mail_and_the_role_and_keeps_the_login() -> None:
    cast = Cast.new(agent=False)
    cast.portal.execute(ko.TerminateAgreement(agreement=CUSTOMERS), cast.olle)
    cast.told()
    apply(cast, Party.CUSTOMER, administrator="berta")
    approve(cast, CUSTOMERS)
    assert cast.told() == [
        ("berta", T.LOGIN_ADMINISTRATOR),
        ("firma", T.SIGN_AGREEMENT),
        ("kontakt", T.LOGIN_AGREEMENT_CONTACT),
    ]
    assert cast.portal.check(ko.AddUser(name="Ny", email="ny@prov.example"), cast.berta).allowed
    roles = {member.person: member.roles for member in cast.portal.members(cast.berta).items}
    assert roles["berta"] == (Role.ADMINISTRATOR, Role.ORDERER)
    assert roles["adam"] == (Role.ADMINISTRATOR,)


def test_users_are_added_and_roles_given_from_the_approval_on() -> None:
    world = World.new()
    adam = world.customer(signed=False)
    bo = world.user(adam, "bo", Role.ORDERER, Role.ATTESTANT)
    assert {reason.code for reason in refusal(world, START, bo)} == {C.AGREEMENT_NOT_SIGNED}


def test_a_host_may_have_roles_wait_for_the_signature() -> None:
    world = World.new(rules=ko.Rules(roles_require_signed_agreement=True))
    adam = world.customer(signed=False)
    added = world.portal.execute(ko.AddUser(name="Bo Prov", email="bo@prov.example"), adam)
    assign = ko.AssignRole(member=added.id, role=Role.ORDERER)
    assert {reason.code for reason in refusal(world, assign, adam)} == {C.AGREEMENT_NOT_SIGNED}
    world.sign(CUSTOMERS)
    assert world.portal.check(assign, adam).allowed


def test_the_roles_of_an_agent_do_not_wait_for_its_agreement_as_a_customer() -> None:
    cast = Cast.new(rules=ko.Rules(roles_require_signed_agreement=True))
    application = cast.world.application(AGENT, "agda")
    command = ko.ApplyForCustomerAgreement(name="Provagenten", category=REGION, application=application)
    approve(cast, cast.portal.execute(command, cast.agda).id)
    for role in (Role.AGENT_HANDLER, Role.ATTESTANT):
        assert cast.codes(ko.AssignRole(member=cast.id(cast.nils), role=role), cast.agda) == set()
    ordering = ko.AssignRole(member=cast.id(cast.nils), role=Role.ORDERER)
    assert cast.codes(ordering, cast.agda) == {C.AGREEMENT_NOT_SIGNED}


def test_a_user_is_added_verified_deleted_and_restored() -> None:
    cast = Cast.new(agent=False)
    email = "ny@prov.example"

    def found() -> ko.Member:
        return next(each for each in cast.portal.members(cast.adam).items if each.email == email)

    cast.portal.execute(ko.AddUser(name="Ny Prov", email=email), cast.adam)
    assert cast.told() == [("ny", T.LOGIN_USER)]
    assert (found().state, found().person) == (UserState.INVITED, None)
    ny = cast.world.verify(CUSTOMER, "ny", email)
    assert (found().state, found().person) == (UserState.ACTIVE, "ny")
    cast.assign(ny, Role.ORDERER)
    cast.portal.execute(ko.DeleteUser(member=found().id), cast.adam)
    assert (found().state, found().roles) == (UserState.DELETED, ())
    cast.portal.execute(ko.RestoreUser(member=found().id), cast.olle)
    assert (found().state, found().roles) == (UserState.ACTIVE, ())
    assert cast.portal.orders(ny).items == ()
    assert cast.told() == []


def test_an_invitation_is_taken_up_once_and_in_its_own_organisation() -> None:
    cast = Cast.new()
    cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), cast.adam)
    member, code = cast.world.code("ny@prov.example")
    command = ko.VerifyUser(member=member, code=code)
    with pytest.raises(ko.NotFound):
        cast.portal.execute(command, ko.Actor("ny", AGENT))
    cast.portal.execute(command, ko.Actor("ny", CUSTOMER))
    for person in ("ny", "annan"):
        with pytest.raises((ko.NotFound, ko.Refused)):
            cast.portal.execute(command, ko.Actor(person, CUSTOMER))


def test_who_has_lost_an_invitation_is_invited_again_and_the_old_one_is_worth_nothing() -> None:
    cast = Cast.new(agent=False)
    invite = ko.AddUser(name="Ny Prov", email="ny@prov.example")
    first = cast.portal.execute(invite, cast.adam)
    cast.portal.execute(ko.AssignRole(member=first.id, role=Role.ORDERER), cast.adam)
    member, lost = cast.world.code("ny@prov.example")
    restarted = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, clock=cast.world.clock, mailer=cast.world.mailer)
    again = restarted.execute(attrs.evolve(invite, name="Nya Prov"), cast.adam)
    assert again.id == first.id == member
    assert cast.told() == [("ny", T.LOGIN_USER), ("ny", T.LOGIN_USER)]
    ny = ko.Actor("ny", CUSTOMER)
    with pytest.raises(ko.NotFound):
        cast.portal.execute(ko.VerifyUser(member=member, code=lost), ny)
    _member, code = cast.world.code("ny@prov.example")
    cast.portal.execute(ko.VerifyUser(member=member, code=code), ny)
    (found,) = [each for each in cast.portal.members(cast.adam).items if each.id == member]
    assert (found.name, found.roles) == ("Nya Prov", (Role.ORDERER,))


def test_an_address_that_is_taken_in_one_organisation_is_free_in_another() -> None:
    cast = Cast.new()
    email = "ny@prov.example"
    for administrator in (cast.adam, cast.agda):
        cast.portal.execute(ko.AddUser(name="Ny Prov", email=email), administrator)
        cast.world.verify(administrator.organisation, "ny", email)
    with pytest.raises(ko.Refused):
        cast.portal.execute(ko.AddUser(name="Ny Prov", email=email.upper()), cast.adam)


def test_an_assignment_is_reviewed_attested_and_activated() -> None:
    cast = Cast.new()

    def state() -> AssignmentState:
        return cast.portal.assignment(WEBCERT, cast.uno).state

    cast.portal.execute(ko.ApplyForAssignment(service="webcert"), cast.uno)
    assert (state(), cast.waits(cast.olle), cast.waits(cast.aron)) == ("UNDER_REVIEW", [WEBCERT], [])
    cast.portal.execute(ko.PassReview(assignment=WEBCERT), cast.olle)
    assert (state(), cast.waits(cast.olle), cast.waits(cast.aron)) == ("AWAITING_AGENT_ATTEST", [], [WEBCERT])
    attest = ko.AttestAssignment(assignment=WEBCERT, method=BANKID)
    cast.portal.resume_signing(attest, cast.aron, method=BANKID)
    assert (state(), cast.waits(cast.olle), cast.waits(cast.aron)) == ("ATTESTED", [WEBCERT], [])
    cast.portal.execute(ko.ActivateAssignment(assignment=WEBCERT), cast.olle)
    assert (state(), cast.waits(cast.olle)) == ("ACTIVE", [])
    cast.portal.execute(ko.EndAssignment(assignment=WEBCERT, reason="Slut."), cast.olle)
    ended = cast.portal.assignment(WEBCERT, cast.uno)
    assert (ended.state, ended.reason) == ("ENDED", "Slut.")


@pytest.mark.parametrize("by", ["officer", "attestant"])
def test_an_assignment_is_rejected_by_the_officer_first_and_then_by_the_agents_attestant(by: str) -> None:
    cast = Cast.new()
    cast.portal.execute(ko.ApplyForAssignment(service="webcert"), cast.uno)
    reject_it = ko.RejectAssignment(assignment=WEBCERT, reason="Nej.")
    if by == "officer":
        assert C.TOO_EARLY in cast.codes(reject_it, cast.aron)
        cast.portal.execute(reject_it, cast.olle)
    else:
        cast.portal.execute(ko.PassReview(assignment=WEBCERT), cast.olle)
        assert C.ALREADY_DECIDED in cast.codes(reject_it, cast.olle)
        cast.portal.execute(reject_it, cast.aron)
    assert cast.portal.assignment(WEBCERT, cast.uno).state is AssignmentState.REJECTED


def test_an_assignment_that_is_over_is_applied_for_again_and_the_old_one_is_kept() -> None:
    cast = Cast.new()
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)
    old = cast.portal.assignment(NPO, ko.SYSTEM)
    cast.portal.execute(ko.ApplyForAssignment(service="npo"), cast.uno)
    new = cast.portal.assignment(NPO, ko.SYSTEM)
    assert (new.number, new.state, new.grants) == (2, AssignmentState.UNDER_REVIEW, ())
    assert cast.portal.assignment(f"{NPO}/1", ko.SYSTEM) == old
    assert [grant.member for grant in old.grants] == [cast.id(cast.hanna)]


def test_a_handler_of_an_assignment_that_was_replaced_looks_at_lists_and_is_granted_anew() -> None:
    cast = Cast.new()
    sent = cast.sent(via=AGENT)
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)
    assert [order.id for order in cast.portal.orders(cast.hanna).items] == [sent]
    cast.portal.execute(ko.ApplyForAssignment(service="npo"), cast.uno)
    assert cast.portal.orders(cast.hanna).items == ()
    assert (cast.waits(cast.hanna), cast.bells(cast.hanna)) == ([], [])
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    assert [order.id for order in cast.portal.orders(cast.hanna).items] == [sent]
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    assert cast.portal.orders(cast.hanna).items == ()


def test_a_direct_order_from_beginning_to_end() -> None:
    cast = Cast.new(agent=False)
    order = cast.draft()
    assert (cast.state(order), cast.told(), cast.waits(cast.berta)) == (S.DRAFT, [], [order])
    cast.portal.execute(ko.SendOrder(order=order), cast.berta)
    assert (cast.state(order), cast.told()) == (S.AWAITING_CUSTOMER_ATTEST, [("atle", T.ATTEST_ORDER)])
    assert (cast.bells(cast.atle), cast.bells(cast.berta)) == ([T.ATTEST_ORDER], [])
    cast.world.attest(order, cast.atle)
    assert (cast.state(order), cast.told()) == (S.ATTESTED, [])
    assert (cast.bells(cast.atle), cast.bells(cast.berta)) == ([], [T.ORDER_ATTESTED])
    assert cast.waits(cast.karin) == [order]
    cast.portal.execute(ko.HandOverOrder(order=order, instructions="Logga in så här."), cast.karin)
    assert (cast.state(order), cast.told()) == (S.HANDED_OVER, [("berta", T.HANDED_OVER)])
    assert (cast.bells(cast.berta), cast.waits(cast.karin)) == ([], [order])
    cast.portal.execute(ko.CompleteOrder(order=order), cast.karin)
    assert (cast.state(order), cast.told()) == (S.COMPLETED, [])
    assert (cast.bells(cast.berta), cast.waits(cast.karin)) == ([T.ORDER_COMPLETED], [])


def test_an_order_via_agent_from_beginning_to_end() -> None:
    cast = Cast.new()
    order = cast.draft(via=AGENT)
    assert (cast.state(order), cast.told()) == (S.DRAFT, [])
    cast.portal.execute(ko.SendOrder(order=order), cast.berta)
    assert (cast.state(order), cast.told()) == (S.AWAITING_AGENT_APPROVAL, [("hanna", T.REVIEW_ORDER)])
    assert (cast.bells(cast.hanna), cast.waits(cast.hanna)) == ([T.REVIEW_ORDER], [order])
    cast.approve(order)
    assert (cast.state(order), cast.told()) == (S.AWAITING_AGENT_ATTEST, [("aron", T.ATTEST_FOR_AGENT)])
    assert (cast.bells(cast.hanna), cast.bells(cast.aron)) == ([], [T.ATTEST_FOR_AGENT])
    assert (cast.waits(cast.aron), cast.waits(cast.astrid)) == ([order], [])
    cast.world.attest(order, cast.aron)
    assert (cast.state(order), cast.told()) == (S.AWAITING_CUSTOMER_ATTEST, [("atle", T.ATTEST_ORDER)])
    assert (cast.bells(cast.aron), cast.bells(cast.atle)) == ([], [T.ATTEST_ORDER])
    cast.world.attest(order, cast.atle)
    assert (cast.state(order), cast.told()) == (S.ATTESTED, [])
    assert (cast.bells(cast.atle), cast.bells(cast.berta)) == ([], [T.ORDER_ATTESTED])
    assert cast.waits(cast.karin) == [order]
    cast.portal.execute(ko.InformAgent(order=order), cast.karin)
    assert (cast.state(order), cast.told()) == (S.CONNECTION_STARTABLE, [("hanna", T.CONNECTION_STARTABLE)])
    assert (cast.bells(cast.hanna), cast.bells(cast.berta)) == ([T.CONNECTION_STARTABLE], [])
    assert cast.waits(cast.hanna) == [order]
    cast.portal.execute(ko.CompleteOrder(order=order), cast.hanna)
    assert (cast.state(order), cast.told()) == (S.COMPLETED, [])
    assert (cast.bells(cast.hanna), cast.bells(cast.berta)) == ([], [T.ORDER_COMPLETED])


def test_all_attestants_and_all_granted_handlers_are_asked_and_the_first_decision_counts() -> None:
    cast = Cast.new()
    cast.assign(cast.nora, Role.ATTESTANT)
    cast.portal.execute(ko.GrantHandler(member=cast.id(cast.hugo), assignment=NPO), cast.agda)
    cast.told()
    order = cast.sent(via=AGENT)
    assert cast.told() == [("hanna", T.REVIEW_ORDER), ("hugo", T.REVIEW_ORDER)]
    cast.approve(order)
    assert cast.told() == [("aron", T.ATTEST_FOR_AGENT)]
    late = cast.reasons(ko.RejectOrder(order=order, reason="Nej."), cast.hugo)
    assert (late[0].code, dict(late[0].params)["trigger"]) == (C.ALREADY_DECIDED, "approve")
    cast.world.attest(order, cast.aron)
    assert cast.told() == [("atle", T.ATTEST_ORDER), ("nora", T.ATTEST_ORDER)]
    cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.nora)
    assert cast.told() == [("berta", T.ORDER_REJECTED), ("hanna", T.ORDER_REJECTED)]


def test_a_handler_rejects_and_the_orderer_is_told_why() -> None:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    cast.told()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Ni är inte vår kund."), cast.hanna)
    assert (cast.state(order), cast.told()) == (S.REJECTED_BY_AGENT, [("berta", T.ORDER_REJECTED_BY_AGENT)])
    assert "Ni är inte vår kund." in cast.world.mailer.letters[-1].text
    assert (cast.bells(cast.hanna), cast.waits(cast.hanna)) == ([], [])


def test_the_picked_attestant_rejects_and_orderer_and_handler_are_told() -> None:
    cast = Cast.new()
    order = cast.approved()
    cast.told()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.aron)
    assert cast.state(order) is S.REJECTED_BY_AGENT
    assert cast.told() == [("berta", T.ORDER_REJECTED_BY_AGENT), ("hanna", T.ORDER_REJECTED_BY_AGENT)]


def test_the_customers_attestant_rejects_a_direct_order_and_only_the_orderer_is_told() -> None:
    cast = Cast.new()
    order = cast.sent()
    cast.told()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.atle)
    assert (cast.state(order), cast.told()) == (S.REJECTED, [("berta", T.ORDER_REJECTED)])


def test_another_attestant_is_picked_and_the_first_ones_notice_goes() -> None:
    cast = Cast.new()
    order = cast.approved()
    cast.told()
    cast.portal.execute(ko.PickAttestant(order=order, attestant=cast.id(cast.astrid)), cast.hanna)
    assert (cast.state(order), cast.told()) == (S.AWAITING_AGENT_ATTEST, [("astrid", T.ATTEST_FOR_AGENT)])
    assert (cast.bells(cast.aron), cast.waits(cast.aron)) == ([], [])
    assert (cast.bells(cast.astrid), cast.waits(cast.astrid)) == ([T.ATTEST_FOR_AGENT], [order])
    with pytest.raises(ko.Refused):
        cast.world.attest(order, cast.aron)
    cast.world.attest(order, cast.astrid)
    assert cast.state(order) is S.AWAITING_CUSTOMER_ATTEST


def test_picking_who_is_picked_asks_nobody_twice() -> None:
    cast = Cast.new()
    order = cast.approved()
    cast.told()
    before = cast.portal.order(order, ko.SYSTEM)
    cast.portal.execute(ko.PickAttestant(order=order, attestant=cast.id(cast.aron)), cast.hanna)
    assert cast.portal.order(order, ko.SYSTEM) == before
    assert cast.told() == []


def test_who_is_picked_again_after_another_is_asked_again() -> None:
    cast = Cast.new()
    order = cast.approved()
    cast.told()
    for actor in (cast.astrid, cast.aron):
        cast.portal.execute(ko.PickAttestant(order=order, attestant=cast.id(actor)), cast.hanna)
    assert cast.told() == [("aron", T.ATTEST_FOR_AGENT)]
    assert (cast.bells(cast.aron), cast.bells(cast.astrid)) == ([T.ATTEST_FOR_AGENT], [])


def sent_via_agent(cast: Cast) -> str:
    """An order the agent has not looked at yet."""
    return cast.sent(via=AGENT)


@pytest.mark.parametrize("by", ["berta", "karin"])
@pytest.mark.parametrize(
    ("make", "asked"),
    [
        (Cast.draft, []),
        (Cast.sent, ["atle"]),
        (sent_via_agent, ["hanna"]),
        (Cast.approved, ["aron"]),
        (Cast.agent_done, ["atle"]),
    ],
    ids=["draft", "direct", "agent's approval", "agent's attest", "customer's attest"],
)
def test_an_order_is_taken_back_and_those_with_a_pending_step_are_told(
    make: Callable[[Cast], str], asked: list[str], by: str
) -> None:
    cast = Cast.new()
    order = make(cast)
    cast.told()
    cast.portal.execute(ko.WithdrawOrder(order=order), {"berta": cast.berta, "karin": cast.karin}[by])
    assert (cast.state(order), cast.told()) == (S.WITHDRAWN, [(name, T.ORDER_WITHDRAWN) for name in asked])
    for actor in (cast.atle, cast.hanna, cast.aron):
        assert (cast.bells(actor), cast.waits(actor)) == ([], [])


def test_who_was_asked_and_has_lost_the_right_since_hears_nothing_of_the_end() -> None:
    cast = Cast.new()
    cast.assign(cast.nora, Role.ATTESTANT)
    direct, via_agent = cast.sent(), cast.sent(via=AGENT)
    cast.told()
    cast.remove(cast.atle, Role.ATTESTANT)
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    for order in (direct, via_agent):
        cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    assert cast.told() == [("nora", T.ORDER_WITHDRAWN)]


@pytest.mark.parametrize("end", [S.REJECTED, S.REJECTED_BY_AGENT, S.WITHDRAWN])
def test_a_closed_order_is_copied_by_any_orderer_of_the_organisation(end: OrderState) -> None:
    cast = Cast.new()
    bo = cast.world.user(cast.adam, "bo", Role.ORDERER)
    if end is S.REJECTED:
        order = cast.agent_done()
        cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.atle)
    elif end is S.REJECTED_BY_AGENT:
        order = cast.sent(via=AGENT)
        cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.hanna)
    else:
        order = cast.sent(via=AGENT)
        cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    old = cast.portal.order(order, ko.SYSTEM)
    copy = cast.portal.execute(ko.CopyOrderAsDraft(order=order), bo).order
    assert (copy.state, copy.case_number, copy.content.copied_from) == (S.DRAFT, None, order)
    assert (copy.content.orderer_person, copy.content.terms) == ("bo", None)
    assert copy.content.answers == old.content.answers
    assert cast.portal.order(order, ko.SYSTEM) == old
    assert cast.codes(ko.SendOrder(order=copy.id), bo) == {C.TERMS_NOT_ACCEPTED}
    cast.portal.execute(ko.AcceptTerms(order=copy.id, version="2026-1"), bo)
    sent = cast.portal.execute(ko.SendOrder(order=copy.id), bo).order
    assert sent.case_number not in (None, old.case_number)


def test_a_colleague_fills_in_and_sends_a_draft_and_the_one_who_began_it_stays_its_orderer() -> None:
    cast = Cast.new(agent=False)
    bo = cast.world.user(cast.adam, "bo", Role.ORDERER)
    order = cast.draft()
    assert cast.waits(bo) == [order]
    sent = cast.portal.execute(ko.SendOrder(order=order), bo).order
    cast.told()
    assert sent.content.orderer == cast.id(cast.berta)
    assert cast.codes(ko.WithdrawOrder(order=order), bo) == {C.NOT_YOUR_ORDER}
    cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.atle)
    assert cast.told() == [("berta", T.ORDER_REJECTED)]


def test_the_system_informs_the_agent_by_itself_where_the_host_says_so() -> None:
    cast = Cast.new(rules=ko.Rules(inform_agent_automatically=True))
    order = cast.attested(via=AGENT)
    assert cast.state(order) is S.ATTESTED
    cast.told()
    assert cast.state(order) is S.CONNECTION_STARTABLE
    event = cast.portal.history(order, ko.SYSTEM).items[-1]
    assert (event.trigger, event.party, event.person) == ("inform_agent", Party.SYSTEM, None)


@pytest.mark.parametrize("end", [S.ATTESTED, S.REJECTED])
def test_who_takes_an_order_back_too_late_is_told_what_it_is_too_late_for(end: OrderState) -> None:
    cast = Cast.new(agent=False)
    order = cast.sent()
    if end is S.ATTESTED:
        cast.world.attest(order, cast.atle)
    else:
        cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.atle)
    (reason,) = cast.reasons(ko.WithdrawOrder(order=order), cast.berta)
    params = dict(reason.params)
    if end is S.ATTESTED:
        assert (reason.code, params) == (C.WRONG_STATE, {"state": "ATTESTED", "possible": "hand_over"})
    else:
        assert (reason.code, params["trigger"], params["role"]) == (C.ALREADY_DECIDED, "reject", "ATTESTANT")


def test_what_is_left_to_do_is_told_step_by_step() -> None:
    cast = Cast.new()
    order = cast.draft(via=AGENT)
    walked: list[str] = []
    for step in cast.portal.path(order, cast.berta):
        assert step.reasons == ()
        walked.append(step.trigger)
    assert walked == ["send", "approve", "attest", "attest", "inform_agent", "complete"]
    assert [step.trigger for step in cast.portal.path(cast.draft(), cast.berta)] == [
        "send",
        "attest",
        "hand_over",
        "complete",
    ]


def test_a_step_somebody_else_can_take_is_not_told_as_stuck() -> None:
    """Customer service completes, too, when the agent's handlers have gone."""
    cast = Cast.new()
    order = cast.informed()
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    (step,) = cast.portal.path(order, cast.karin)
    assert (step.trigger, step.reasons) == ("complete", ())
    cast.portal.execute(ko.CompleteOrder(order=order), cast.karin)
    assert cast.state(order) is S.COMPLETED


def test_an_order_whose_agent_has_gone_waits_says_so_and_can_be_taken_back() -> None:
    cast = Cast.new()
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.RevokeHandler(member=cast.id(cast.hanna), assignment=NPO), cast.agda)
    step = cast.portal.path(order, cast.berta)[0]
    assert [reason.code for reason in step.reasons] == [C.AGENT_LACKS_HANDLER]
    cast.portal.execute(ko.EndAssignment(assignment=NPO), cast.olle)
    step = cast.portal.path(order, cast.berta)[0]
    assert [reason.code for reason in step.reasons] == [C.ASSIGNMENT_NOT_ACTIVE, C.AGENT_LACKS_HANDLER]
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    assert cast.state(order) is S.WITHDRAWN


def test_an_order_whose_picked_attestant_has_gone_says_who_picks_another() -> None:
    cast = Cast.new()
    order = cast.approved()
    cast.remove(cast.aron, Role.ATTESTANT)
    (reason,) = cast.portal.path(order, cast.hanna)[0].reasons
    assert reason.code is C.AGENT_LACKS_ATTESTANT
    assert [each.role for each in reason.cleared_by] == [Role.AGENT_HANDLER]
    cast.portal.execute(ko.PickAttestant(order=order, attestant=cast.id(cast.astrid)), cast.hanna)
    assert cast.portal.path(order, cast.hanna)[0].reasons == ()


def test_how_long_a_step_has_waited_is_a_question_of_the_time_alone() -> None:
    cast = Cast.new(agent=False)
    order = cast.sent()
    since = cast.portal.order(order, cast.berta).since
    clock = cast.world.clock
    (fresh,) = cast.portal.due(order, cast.berta)
    assert (fresh.trigger, fresh.since, fresh.days, fresh.reminder) == ("attest", since, 0, False)
    clock.time = clock.time.replace(day=clock.time.day + 7)
    (old,) = cast.portal.due(order, cast.berta)
    assert (old.days, old.reminder) == (7, True)
    assert cast.told() == [("atle", T.ATTEST_ORDER)]
    cast.world.attest(order, cast.atle)
    (next_step,) = cast.portal.due(order, cast.berta)
    assert (next_step.trigger, next_step.days) == ("hand_over", 0)
    cast.portal.execute(ko.HandOverOrder(order=order, instructions="Så här."), cast.karin)
    cast.portal.execute(ko.CompleteOrder(order=order), cast.karin)
    assert cast.portal.due(order, cast.berta) == ()


def test_a_draft_waits_without_a_reminder() -> None:
    cast = Cast.new(agent=False)
    order = cast.draft()
    cast.world.clock.time = cast.world.clock.time.replace(day=28)
    (waiting,) = cast.portal.due(order, cast.berta)
    assert (waiting.trigger, waiting.reminder, waiting.days > 7) == ("send", False, True)


def test_the_mails_of_the_agent_and_of_the_customer_reach_one_person_who_is_both() -> None:
    """Somebody who handles for the agent and orders for the customer is told in each capacity."""
    cast = Cast.new()
    email = f"berta@o{CUSTOMER.replace('-', '')}.example"
    added = cast.portal.execute(ko.AddUser(name="Berta Prov", email=email), cast.agda)
    cast.portal.execute(ko.AssignRole(member=added.id, role=Role.AGENT_HANDLER), cast.agda)
    berta = cast.world.verify(AGENT, "berta", email)
    cast.portal.execute(ko.GrantHandler(member=added.id, assignment=NPO), cast.agda)
    order = cast.sent(via=AGENT)
    cast.portal.execute(ko.ApproveOrder(order=order, attestant=cast.id(cast.aron), certified=True), berta)
    cast.told()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Nej."), cast.aron)
    assert cast.told() == [("berta", T.ORDER_REJECTED_BY_AGENT), ("berta", T.ORDER_REJECTED_BY_AGENT)]


def test_the_agent_hears_of_an_order_with_its_sending_and_not_before() -> None:
    cast = Cast.new()
    draft = cast.draft(via=AGENT)
    for actor in (cast.hanna, cast.agda, cast.aron):
        with pytest.raises(ko.NotFound):
            cast.portal.order(draft, actor)
    cast.portal.execute(ko.WithdrawOrder(order=draft), cast.berta)
    with pytest.raises(ko.NotFound):
        cast.portal.order(draft, cast.hanna)
    assert cast.portal.orders(cast.hanna).items == ()


def test_an_order_begun_when_the_offer_was_there_is_not_sent_when_it_has_gone() -> None:
    cast = Cast.new(agent=False)
    draft = cast.draft()
    today = ko.Catalogue(
        customer_agreement=CATALOGUE.customer_agreement,
        agent_agreement=CATALOGUE.agent_agreement,
        services=CATALOGUE.services,
        offers=tuple(offer for offer in CATALOGUE.offers if offer.id != "npo-producent"),
    )
    portal = ko.Portal(store=cast.world.store, catalogue=today, clock=cast.world.clock)
    later = Cast(attrs.evolve(cast.world, portal=portal))
    assert later.codes(ko.SendOrder(order=draft), cast.berta) == {C.OFFER_UNKNOWN}
    assert later.codes(ko.FillInOrder(order=draft, fields={}), cast.berta) == {C.OFFER_UNKNOWN}
    assert later.codes(ko.AcceptTerms(order=draft, version="2026-1"), cast.berta) == {C.OFFER_UNKNOWN}
    assert later.codes(ko.WithdrawOrder(order=draft), cast.berta) == set()
