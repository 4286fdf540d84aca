"""The stories: an order from its start to its end, in each flow, and who has to act when."""

from typing import Final

from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    CompleteOrder,
    CopyOrderAsDraft,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    SendOrder,
    StartOrder,
    WithdrawOrder,
)
from kundorder.model import Actor, Rules
from kundorder.portal import Portal
from kundorder.testing.contracts.portal.stage import (
    ADAM,
    ANNA,
    ARON,
    ASTRID,
    ATLE,
    BERTA,
    BODIL,
    HANNA,
    HUGO,
    KARIN,
    VIA_AGENT,
    PortalExam,
    Stage,
)
from kundorder.testing.contracts.promising import promise
from kundorder.testing.world import AGENT
from kundorder.vocabulary import AdviceCode, Flow, OrderState, ReasonCode, Role

_EVERYBODY: Final = (BERTA, BODIL, ATLE, ANNA, HANNA, HUGO, ARON, ASTRID, KARIN)


def _waits_for(stage: Stage, order: str, *actors: Actor) -> None:
    """The order is on the lists of these, and of nobody else."""
    found = {actor.person for actor in _EVERYBODY if order in stage.waits(actor)}
    assert found == {actor.person for actor in actors}, f"at {stage.state(order)} it waits for {sorted(found)}"


class StoryPromises(PortalExam):
    """The part about the stories."""

    @promise(Portal.execute)
    def test_a_direct_order_goes_to_the_customers_attestants_and_then_to_customer_service(self) -> None:
        stage = self.stage()
        order = stage.draft()
        _waits_for(stage, order, BERTA, BODIL)
        _ = stage.portal.execute(SendOrder(order=order), BERTA)
        assert stage.state(order) is OrderState.AWAITING_CUSTOMER_ATTEST
        _waits_for(stage, order, ATLE, ANNA)
        stage.attest(order, ATLE)
        assert stage.state(order) is OrderState.ATTESTED
        _waits_for(stage, order, KARIN)
        assert stage.codes(InformAgent(order=order), KARIN) == {ReasonCode.WRONG_STATE}
        _ = stage.portal.execute(HandOverOrder(order=order, instructions="Logga in så här."), KARIN)
        assert stage.order(order).instructions == "Logga in så här."
        _waits_for(stage, order, KARIN)
        _ = stage.portal.execute(CompleteOrder(order=order), KARIN)
        assert stage.state(order) is OrderState.COMPLETED
        _waits_for(stage, order)

    @promise(Portal.execute)
    def test_an_order_via_agent_is_approved_and_attested_there_before_the_customer_attests(self) -> None:
        stage = self.stage()
        order = stage.sent(via=AGENT)
        assert stage.state(order) is OrderState.AWAITING_AGENT_APPROVAL
        _waits_for(stage, order, HANNA)
        _ = stage.portal.execute(ApproveOrder(order=order, attestant=stage.id(ARON), certified=True), HANNA)
        assert stage.state(order) is OrderState.AWAITING_AGENT_ATTEST
        _waits_for(stage, order, ARON)
        stage.attest(order, ARON)
        assert stage.state(order) is OrderState.AWAITING_CUSTOMER_ATTEST
        _waits_for(stage, order, ATLE, ANNA)
        stage.attest(order, ANNA)
        assert stage.state(order) is OrderState.ATTESTED
        _waits_for(stage, order, KARIN)
        assert stage.codes(HandOverOrder(order=order, instructions="x"), KARIN) == {ReasonCode.WRONG_STATE}
        _ = stage.portal.execute(InformAgent(order=order), KARIN)
        assert stage.state(order) is OrderState.CONNECTION_STARTABLE
        _waits_for(stage, order, KARIN, HANNA)
        _ = stage.portal.execute(CompleteOrder(order=order), HANNA)
        assert stage.state(order) is OrderState.COMPLETED
        _waits_for(stage, order)

    @promise(Portal.execute)
    def test_an_offer_that_overrides_the_flow_leaves_the_agent_out(self) -> None:
        stage = self.stage()
        start = StartOrder(offer="npo-konsument-tgp", mode=VIA_AGENT, agent=AGENT)
        assert AdviceCode.FLOW_OVERRIDDEN in {each.code for each in stage.portal.check(start, BERTA).advice}
        order = stage.sent(offer="npo-konsument-tgp", via=AGENT)
        content = stage.order(order).content
        assert (content.mode, content.flow) == (VIA_AGENT, Flow.DIRECT)
        assert stage.state(order) is OrderState.AWAITING_CUSTOMER_ATTEST
        for actor in (HANNA, ARON):
            stage.unseen(order, actor)
        stage.attest(order, ATLE)
        _ = stage.portal.execute(HandOverOrder(order=order, instructions="Logga in så här."), KARIN)

    @promise(Portal.execute)
    def test_the_system_informs_the_agent_only_where_the_rules_say_so(self) -> None:
        for automatic, state in ((True, OrderState.CONNECTION_STARTABLE), (False, OrderState.ATTESTED)):
            stage = self.stage(Rules(inform_agent_automatically=automatic))
            order = stage.attested(via=AGENT)
            _ = stage.portal.deliver()
            assert stage.state(order) is state

    @promise(Portal.execute)
    def test_rejecting_takes_a_reason_and_ends_the_order(self) -> None:
        stage = self.stage()
        for order, actor, state in (
            (stage.sent(), ATLE, OrderState.REJECTED),
            (stage.sent(via=AGENT), HANNA, OrderState.REJECTED_BY_AGENT),
            (stage.approved(), ARON, OrderState.REJECTED_BY_AGENT),
        ):
            assert stage.codes(RejectOrder(order=order), actor) == {ReasonCode.REASON_MISSING}
            _ = stage.portal.execute(RejectOrder(order=order, reason="Fel enhet."), actor)
            assert (stage.state(order), stage.order(order).reason) == (state, "Fel enhet.")
            for act in (WithdrawOrder(order=order), CompleteOrder(order=order)):
                assert stage.codes(act, KARIN) == {ReasonCode.ALREADY_DECIDED}
            _waits_for(stage, order)

    @promise(Portal.execute)
    def test_what_was_closed_can_be_copied_as_a_draft_whose_terms_are_accepted_anew(self) -> None:
        stage = self.stage()
        order = stage.sent()
        assert stage.codes(CopyOrderAsDraft(order=order), BODIL) == {ReasonCode.WRONG_STATE}
        _ = stage.portal.execute(WithdrawOrder(order=order), BERTA)
        made = stage.portal.execute(CopyOrderAsDraft(order=order), BODIL).order
        before = stage.order(order).content
        assert (made.content.answers, made.content.copied_from) == (before.answers, order)
        assert stage.codes(SendOrder(order=made.id), BODIL) == {ReasonCode.TERMS_NOT_ACCEPTED}
        assert made.content.terms is None
        assert before.terms is not None
        _ = stage.portal.execute(AcceptTerms(order=made.id, version=before.terms.version), BODIL)
        _ = stage.portal.execute(SendOrder(order=made.id), BODIL)

    @promise(Portal.execute)
    def test_content_is_locked_when_an_order_is_sent(self) -> None:
        stage = self.stage()
        order = stage.sent()
        content = stage.order(order).content
        for actor in (BERTA, BODIL):
            codes = stage.codes(FillInOrder(order=order, fields={"technical_contact": "Annan"}), actor)
            assert codes & {ReasonCode.ALREADY_DECIDED, ReasonCode.WRONG_STATE}
        assert stage.order(order).content == content

    @promise(Portal.execute)
    def test_another_attestant_of_the_agent_can_be_picked_until_one_has_attested(self) -> None:
        stage = self.stage()
        order = stage.approved()
        _ = stage.portal.execute(PickAttestant(order=order, attestant=stage.id(ASTRID)), HANNA)
        _waits_for(stage, order, ASTRID)
        stage.attest(order, ASTRID)
        assert stage.codes(PickAttestant(order=order, attestant=stage.id(ARON)), HANNA)

    @promise(Portal.path)
    def test_the_path_names_who_acts_next_until_the_order_is_done(self) -> None:
        stage = self.stage()
        order = stage.draft(via=AGENT)
        steps = stage.portal.path(order, BERTA)
        found = [(step.trigger.value, step.by[0].role) for step in steps]
        assert found == [
            ("send", Role.ORDERER),
            ("approve", Role.AGENT_HANDLER),
            ("attest", Role.ATTESTANT),
            ("attest", Role.ATTESTANT),
            ("inform_agent", Role.CUSTOMER_SERVICE),
            ("complete", Role.CUSTOMER_SERVICE),
        ]
        assert steps[0].reasons == (), "something stands in the way of a draft that can be sent"
        stage.remove(ATLE, Role.ATTESTANT)
        stage.remove(ANNA, Role.ATTESTANT)
        assert {reason.code for reason in stage.portal.path(order, ADAM)[0].reasons} == {ReasonCode.NO_ATTESTANT}
