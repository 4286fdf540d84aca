"""Who is told what, and when: never too early, never twice, and nobody is forgotten."""

from datetime import timedelta

from kundorder.commands import (
    ApproveOrder,
    CompleteOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    SendOrder,
    WithdrawOrder,
)
from kundorder.delivery import DeliveryReport
from kundorder.portal import Portal
from kundorder.testing.contracts.portal.stage import (
    ADAM,
    AGDA,
    ANNA,
    ARON,
    ASTRID,
    ATLE,
    BERTA,
    HANNA,
    HUGO,
    KARIN,
    PortalExam,
    template_of,
)
from kundorder.testing.contracts.promising import promise
from kundorder.testing.world import AGENT
from kundorder.vocabulary import Role, Template


class MailPromises(PortalExam):
    """The part about mail and notices."""

    @promise(Portal.deliver)
    def test_of_a_direct_order_the_attestants_are_told_and_then_the_orderer(self) -> None:
        stage = self.stage()
        order = stage.draft()
        assert stage.told() == []
        _ = stage.portal.execute(SendOrder(order=order), BERTA)
        assert stage.told() == [("anna", Template.ATTEST_ORDER), ("atle", Template.ATTEST_ORDER)]
        stage.attest(order, ATLE)
        assert (stage.told(), stage.bells(BERTA)) == ([], [Template.ORDER_ATTESTED])
        _ = stage.portal.execute(HandOverOrder(order=order, instructions="Logga in så här."), KARIN)
        letters = stage.letters()
        assert [template_of(letter) for letter in letters] == [Template.HANDED_OVER]
        assert letters[0].to.startswith("berta@")
        assert "Logga in så här." in letters[0].text
        _ = stage.portal.execute(CompleteOrder(order=order), KARIN)
        assert (stage.told(), stage.bells(BERTA)) == ([], [Template.ORDER_COMPLETED])

    @promise(Portal.deliver)
    def test_the_customers_attestants_hear_nothing_before_the_agent_is_done(self) -> None:
        stage = self.stage()
        order = stage.sent(via=AGENT)
        told = [stage.told()]
        _ = stage.portal.execute(ApproveOrder(order=order, attestant=stage.id(ARON), certified=True), HANNA)
        told.append(stage.told())
        early = [name for part in told for name, _template in part if name in ("atle", "anna")]
        assert early == []
        assert stage.bells(ATLE) == stage.bells(ANNA) == []
        stage.attest(order, ARON)
        assert stage.told() == [("anna", Template.ATTEST_ORDER), ("atle", Template.ATTEST_ORDER)]

    @promise(Portal.deliver)
    def test_of_an_order_via_agent_granted_handlers_are_told_and_then_who_is_picked(self) -> None:
        stage = self.stage()
        order = stage.sent(via=AGENT)
        assert stage.told() == [("hanna", Template.REVIEW_ORDER)]
        assert (stage.bells(HANNA), stage.bells(HUGO)) == ([Template.REVIEW_ORDER], [])
        _ = stage.portal.execute(ApproveOrder(order=order, attestant=stage.id(ARON), certified=True), HANNA)
        assert stage.told() == [("aron", Template.ATTEST_FOR_AGENT)]
        _ = stage.portal.execute(PickAttestant(order=order, attestant=stage.id(ASTRID)), HANNA)
        assert stage.told() == [("astrid", Template.ATTEST_FOR_AGENT)]
        assert (stage.bells(ARON), stage.bells(ASTRID)) == ([], [Template.ATTEST_FOR_AGENT])

    @promise(Portal.deliver)
    def test_when_all_have_attested_the_agent_is_informed_and_nobody_handed_over_to(self) -> None:
        stage = self.stage()
        order = stage.attested(via=AGENT)
        _ = stage.told()
        _ = stage.portal.execute(InformAgent(order=order), KARIN)
        assert stage.told() == [("hanna", Template.CONNECTION_STARTABLE)]
        assert stage.bells(HANNA) == [Template.CONNECTION_STARTABLE]

    @promise(Portal.deliver)
    def test_of_a_rejection_the_orderer_is_told_and_the_handler_who_approved(self) -> None:
        stage = self.stage()
        for order, actor, told in (
            (stage.sent(), ATLE, [("berta", Template.ORDER_REJECTED)]),
            (stage.sent(via=AGENT), HANNA, [("berta", Template.ORDER_REJECTED_BY_AGENT)]),
            (
                stage.approved(),
                ARON,
                [("berta", Template.ORDER_REJECTED_BY_AGENT), ("hanna", Template.ORDER_REJECTED_BY_AGENT)],
            ),
            (stage.agent_done(), ANNA, [("berta", Template.ORDER_REJECTED), ("hanna", Template.ORDER_REJECTED)]),
        ):
            _ = stage.told()
            _ = stage.portal.execute(RejectOrder(order=order, reason="Fel enhet."), actor)
            assert stage.told() == told

    @promise(Portal.deliver)
    def test_mail_that_asks_for_a_step_does_not_leave_once_the_step_is_gone(self) -> None:
        stage = self.stage()
        order = stage.sent()
        _ = stage.portal.execute(WithdrawOrder(order=order), BERTA)
        told = stage.told()
        assert Template.ATTEST_ORDER not in {template for _name, template in told}, told
        assert told == [("anna", Template.ORDER_WITHDRAWN), ("atle", Template.ORDER_WITHDRAWN)]

    @promise(Portal.deliver)
    def test_who_gets_a_role_is_told_of_what_waits_and_once(self) -> None:
        stage = self.stage()
        order = stage.sent()
        _ = stage.told()
        stage.assign(ADAM, Role.ATTESTANT)
        assert stage.told() == [("adam", Template.ATTEST_ORDER)]
        assert stage.bells(ADAM) == [Template.ATTEST_ORDER]
        stage.remove(ADAM, Role.ATTESTANT)
        stage.assign(ADAM, Role.ATTESTANT)
        assert stage.told() == []
        stage.attest(order, ADAM)
        waiting = stage.sent(via=AGENT)
        _ = stage.told()
        stage.world.grant(AGDA, "hugo", "npo")
        assert stage.told() == [("hugo", Template.REVIEW_ORDER)]
        assert waiting in stage.waits(HUGO)

    @promise(Portal.notices)
    def test_who_orders_and_attests_gets_mail_and_a_notice_at_once(self) -> None:
        stage = self.stage()
        stage.assign(BERTA, Role.ATTESTANT)
        order = stage.sent()
        assert stage.bells(BERTA) == [Template.ATTEST_ORDER]
        assert ("berta", Template.ATTEST_ORDER) in stage.told()
        stage.attest(order, BERTA)

    @promise(Portal.notices)
    def test_when_one_has_decided_the_step_is_gone_from_the_lists_of_all(self) -> None:
        stage = self.stage()
        order = stage.sent()
        assert stage.bells(ANNA) == stage.bells(ATLE) == [Template.ATTEST_ORDER]
        stage.attest(order, ATLE)
        assert stage.bells(ANNA) == stage.bells(ATLE) == []
        assert order not in stage.waits(ANNA)

    @promise(Portal.deliver)
    def test_delivering_again_sends_nothing_again(self) -> None:
        stage = self.stage()
        _ = stage.agent_done()
        letters = stage.letters()
        assert len({letter.message_id for letter in letters}) == len(letters) > 0
        for _ in range(3):
            stage.given.clock.time += timedelta(hours=2)
            assert stage.portal.deliver() == DeliveryReport(), "something was carried out again"
        assert stage.letters() == ()
