"""Rights: each role in its organisation, each act by who may, and roles by administrators only."""

from kundorder.commands import (
    AddUser,
    ApproveOrder,
    AssignRole,
    AttestOrder,
    DeleteUser,
    RemoveRole,
    RestoreUser,
    SendOrder,
    StartOrder,
    VerifyUser,
    WithdrawOrder,
)
from kundorder.model import Actor, Rules
from kundorder.portal import Portal
from kundorder.testing.contracts.portal.stage import (
    ADAM,
    AGDA,
    ANNA,
    ARON,
    ASTRID,
    ATLE,
    BANKID,
    BERTA,
    BODIL,
    DIRECT,
    HANNA,
    HUGO,
    KARIN,
    NORA,
    OLGA,
    OLLE,
    PortalExam,
)
from kundorder.testing.contracts.promising import promise
from kundorder.testing.world import AGENT, CUSTOMER, OTHER
from kundorder.vocabulary import ReasonCode, Role

_FOUR_EYES = Rules(four_eyes=True)


class PeoplePromises(PortalExam):
    """The part about people and their rights."""

    @promise(Portal.execute)
    def test_only_an_orderer_starts_and_sends_and_only_an_attestant_attests(self) -> None:
        stage = self.stage()
        draft, sent = stage.draft(), stage.sent()
        start = StartOrder(offer="npo-producent", mode=DIRECT)
        for actor in (ADAM, ATLE):
            assert stage.codes(start, actor) == {ReasonCode.ROLE_MISSING}
            assert stage.codes(SendOrder(order=draft), actor) == {ReasonCode.ROLE_MISSING}
        for actor in (ADAM, BERTA):
            assert ReasonCode.ROLE_MISSING in stage.codes(AttestOrder(order=sent, method=BANKID), actor)

    @promise(Portal.execute)
    def test_only_the_orderer_of_an_order_and_customer_service_withdraw_it(self) -> None:
        stage = self.stage()
        order = stage.sent()
        assert stage.codes(WithdrawOrder(order=order), BODIL) == {ReasonCode.NOT_YOUR_ORDER}
        assert ReasonCode.ROLE_MISSING in stage.codes(WithdrawOrder(order=order), ATLE)
        _ = stage.portal.execute(WithdrawOrder(order=order), BERTA)
        _ = stage.portal.execute(WithdrawOrder(order=stage.sent()), KARIN)

    @promise(Portal.execute)
    def test_a_handler_acts_only_in_assignments_granted_to_that_handler(self) -> None:
        stage = self.stage()
        order = stage.sent(via=AGENT)
        approve = ApproveOrder(order=order, attestant=stage.id(ARON), certified=True)
        stage.assign(HUGO, Role.ATTESTANT)  # so that the order can be seen
        assert stage.codes(approve, HUGO) == {ReasonCode.NOT_GRANTED}
        stage.world.grant(AGDA, "hugo", "npo")
        _ = stage.portal.execute(approve, HUGO)

    @promise(Portal.execute)
    def test_for_the_agent_the_picked_attestant_attests_and_no_other(self) -> None:
        stage = self.stage()
        order = stage.approved()
        assert ReasonCode.NOT_PICKED in stage.codes(AttestOrder(order=order, method=BANKID), ASTRID)
        stage.attest(order, ARON)

    @promise(Portal.execute)
    def test_the_same_person_may_order_and_attest_unless_four_eyes_are_asked_for(self) -> None:
        stage = self.stage()
        stage.assign(BERTA, Role.ATTESTANT)
        stage.attest(stage.sent(), BERTA)
        stage = self.stage(_FOUR_EYES)
        stage.assign(BERTA, Role.ATTESTANT)
        order = stage.sent()
        act = AttestOrder(order=order, method=BANKID)
        assert ReasonCode.FOUR_EYES in stage.codes(act, BERTA)
        assert "berta" not in {name for name, _template in stage.told()}, "one who may not attest is asked to"
        stage.attest(order, ATLE)

    @promise(Portal.execute)
    def test_four_eyes_are_two_persons_whatever_accounts_they_use(self) -> None:
        stage = self.stage(_FOUR_EYES)
        world = stage.world
        world.emails[AGENT, "berta"] = "berta@o5566778899.example"
        _ = world.user(AGDA, "berta", Role.AGENT_HANDLER)
        world.grant(AGDA, "berta", "npo")
        order = stage.sent(via=AGENT)
        act = ApproveOrder(order=order, attestant=stage.id(ARON), certified=True)
        assert stage.codes(act, Actor("berta", AGENT)) == {ReasonCode.FOUR_EYES}
        _ = stage.portal.execute(act, HANNA)

    @promise(Portal.execute)
    def test_rights_of_one_organisation_are_no_rights_in_another(self) -> None:
        stage = self.stage()
        _ = stage.world.user(OLGA, "nora", Role.ORDERER)
        start = StartOrder(offer="npo-producent", mode=DIRECT)
        assert stage.codes(start, NORA) == {ReasonCode.ROLE_MISSING}
        assert stage.portal.execute(start, Actor("nora", OTHER)).order.content.organisation == OTHER

    @promise(Portal.execute)
    def test_only_administrators_manage_users_and_only_their_own_organisations(self) -> None:
        stage = self.stage()
        give = AssignRole(member=stage.id(NORA), role=Role.ORDERER)
        for actor in (BERTA, ATLE):
            assert stage.codes(give, actor) == {ReasonCode.ROLE_MISSING}
            assert stage.codes(AddUser(name="Ny Prov", email="ny@o9992000001.example"), actor) == {
                ReasonCode.ROLE_MISSING
            }
        assert stage.codes(give, OLLE) == {ReasonCode.WRONG_PARTY}, "the provider's administrator gives roles here"
        for actor in (OLGA, AGDA):
            stage.hidden(give, actor)
        _ = stage.portal.execute(give, ADAM)
        _ = stage.portal.execute(StartOrder(offer="npo-producent", mode=DIRECT), NORA)

    @promise(Portal.execute)
    def test_the_last_administrator_stays_and_the_last_attestant_may_go(self) -> None:
        stage = self.stage()
        for act in (RemoveRole(member=stage.id(ADAM), role=Role.ADMINISTRATOR), DeleteUser(member=stage.id(ADAM))):
            assert stage.codes(act, ADAM) == {ReasonCode.LAST_ADMINISTRATOR}
        order = stage.sent()
        for actor in (ATLE, ANNA):
            stage.remove(actor, Role.ATTESTANT)
        assert {reason.code for reason in stage.portal.path(order, BERTA)[0].reasons} == {ReasonCode.NO_ATTESTANT}
        stage.assign(NORA, Role.ADMINISTRATOR)
        stage.remove(ADAM, Role.ADMINISTRATOR)

    @promise(Portal.execute)
    def test_agent_roles_exist_at_agents_only_and_customer_roles_at_customers(self) -> None:
        stage = self.stage()
        for member, role, actor in (
            (NORA, Role.AGENT_HANDLER, ADAM),
            (NORA, Role.PROVIDER_OFFICER, ADAM),
            (HUGO, Role.ORDERER, AGDA),
        ):
            act = AssignRole(member=stage.id(member), role=role)
            assert stage.codes(act, actor) == {ReasonCode.ROLE_NOT_FOR_ORGANISATION}
        act = AssignRole(member=stage.id(NORA), role=Role.SIGNATORY)
        assert stage.codes(act, ADAM) == {ReasonCode.ROLE_NOT_ASSIGNABLE}

    @promise(Portal.execute)
    def test_a_deleted_user_is_restored_by_the_provider_and_without_roles(self) -> None:
        stage = self.stage()
        _ = stage.portal.execute(DeleteUser(member=stage.id(ATLE)), ADAM)
        restore = RestoreUser(member=stage.id(ATLE))
        assert ReasonCode.WRONG_PARTY in stage.codes(restore, ADAM)
        _ = stage.portal.execute(restore, OLLE)
        roles = {each.id: each.roles for each in stage.portal.members(ADAM).items}
        assert roles[stage.id(ATLE)] == ()
        order = stage.sent()
        assert order not in [each.id for each in stage.portal.orders(ATLE).items]

    @promise(Portal.execute)
    def test_who_is_invited_acts_only_after_the_code_of_the_invitation(self) -> None:
        stage = self.stage()
        added = stage.portal.execute(AddUser(name="Ny Prov", email="ny@o9992000001.example"), ADAM)
        _ = stage.portal.execute(AssignRole(member=added.id, role=Role.ORDERER), ADAM)
        new, start = Actor("ny", CUSTOMER), StartOrder(offer="npo-producent", mode=DIRECT)
        stage.hidden(start, new)
        stage.hidden(VerifyUser(member=added.id, code="A" * 43), new)
        _member, code = stage.world.code("ny@o9992000001.example")
        stage.hidden(VerifyUser(member=added.id, code=code), Actor("ny", OTHER))
        _ = stage.portal.execute(VerifyUser(member=added.id, code=code), new)
        _ = stage.portal.execute(start, new)
