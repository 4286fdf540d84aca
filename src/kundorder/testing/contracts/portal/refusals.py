"""What is refused: with all reasons at once, each with who can clear it, and without a trace."""

import attrs

from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    AttestOrder,
    Command,
    CompleteOrder,
    FillInOrder,
    HandOverOrder,
    SendOrder,
    StartOrder,
    TerminateAgreement,
    WithdrawOrder,
)
from kundorder.portal import Portal
from kundorder.sample import CATALOGUE
from kundorder.testing.contracts.portal.stage import (
    ADAM,
    AGDA,
    ANNA,
    ARON,
    ASTRID,
    ATLE,
    BERTA,
    BODIL,
    DIRECT,
    HANNA,
    HUGO,
    KARIN,
    OLLE,
    VIA_AGENT,
    PortalExam,
)
from kundorder.testing.contracts.promising import promise
from kundorder.testing.world import AGENT, CUSTOMER, OTHER
from kundorder.vocabulary import ReasonCode, Role


class RefusalPromises(PortalExam):
    """The part about refusals."""

    @promise(Portal.execute)
    def test_a_refusal_lists_all_that_stands_in_the_way_and_who_can_clear_it(self) -> None:
        stage = self.stage()
        order = stage.portal.execute(StartOrder(offer="npo-producent", mode=DIRECT), BERTA).order.id
        stage.remove(ATLE, Role.ATTESTANT)
        stage.remove(ANNA, Role.ATTESTANT)
        _ = stage.portal.execute(TerminateAgreement(agreement=f"customer/{CUSTOMER}"), OLLE)
        reasons = stage.refused(SendOrder(order=order), ADAM)
        found = {reason.code for reason in reasons}
        assert found == {
            ReasonCode.ROLE_MISSING,
            ReasonCode.NO_AGREEMENT,
            ReasonCode.NO_ATTESTANT,
            ReasonCode.FORM_INCOMPLETE,
            ReasonCode.TERMS_NOT_ACCEPTED,
        }, found
        missing = [dict(each.params)["field"] for each in reasons if each.code is ReasonCode.FORM_INCOMPLETE]
        assert missing == ["$.fields.care_units", "$.fields.technical_contact"]
        for reason in reasons:
            assert reason.cleared_by, f"nobody can clear {reason.code}"
            for language in ("sv", "en"):
                assert reason.text(language)

    @promise(Portal.check)
    def test_check_says_what_execute_does(self) -> None:
        stage = self.stage()
        draft, sent, approved = stage.draft(), stage.sent(), stage.approved()
        acts: tuple[Command, ...] = (
            SendOrder(order=draft),
            SendOrder(order=sent),
            WithdrawOrder(order=sent),
            AttestOrder(order=sent),
            ApproveOrder(order=approved),
            HandOverOrder(order=sent),
            CompleteOrder(order=approved),
        )
        for act in acts:
            for actor in (BERTA, BODIL, ATLE, KARIN):
                if not stage.portal.check(act, actor).allowed:
                    _ = stage.refused(act, actor)
        for act, actor in ((SendOrder(order=draft), BODIL), (WithdrawOrder(order=sent), KARIN)):
            assert stage.portal.check(act, actor).allowed
            _ = stage.portal.execute(act, actor)

    @promise(Portal.execute)
    def test_the_same_key_has_the_same_outcome_once(self) -> None:
        stage = self.stage()
        start = StartOrder(offer="npo-producent", mode=DIRECT)
        first, again = (stage.portal.execute(start, BERTA, key="one") for _ in range(2))
        assert again == first
        assert len(stage.portal.orders(BERTA).items) == 1, "the same key has acted twice"
        assert stage.portal.execute(start, BERTA, key="two").id != first.id

    @promise(Portal.execute)
    def test_a_key_that_was_used_for_something_else_is_refused(self) -> None:
        stage = self.stage()
        start = StartOrder(offer="npo-producent", mode=DIRECT)
        _ = stage.portal.execute(start, BERTA, key="one")
        before = stage.seen()
        for other, actor in ((attrs.evolve(start, offer="siths"), BERTA), (start, BODIL)):
            stage.reused(other, actor, "one")
        assert stage.seen() == before

    @promise(Portal.execute)
    def test_nothing_is_sent_before_the_form_is_filled_in_and_the_terms_of_today_are_accepted(self) -> None:
        stage = self.stage()
        order = stage.draft()
        _ = stage.portal.execute(FillInOrder(order=order, fields={"technical_contact": "Teknik Prov"}), BERTA)
        assert stage.codes(SendOrder(order=order), BERTA) == {ReasonCode.FORM_INCOMPLETE}
        order = stage.draft()
        offers = tuple(
            attrs.evolve(offer, terms=attrs.evolve(offer.terms, text_sv="Nya villkor.")) for offer in CATALOGUE.offers
        )
        portal = self.make_portal(attrs.evolve(stage.given, catalogue=attrs.evolve(CATALOGUE, offers=offers)))
        verdict = portal.check(SendOrder(order=order), BERTA)
        assert {reason.code for reason in verdict.reasons} == {ReasonCode.TERMS_CHANGED}
        assert stage.codes(AcceptTerms(order=order, version="1999-1"), BERTA) == {ReasonCode.TERMS_CHANGED}

    @promise(Portal.execute)
    def test_an_offer_is_open_to_its_categories_and_in_its_modes_only(self) -> None:
        stage = self.stage()
        start = StartOrder(offer="elektronisk-remiss", mode=DIRECT)
        found = stage.codes(start, BERTA)
        assert found == {ReasonCode.OFFER_NOT_OPEN, ReasonCode.MODE_NOT_ALLOWED}, found

    @promise(Portal.execute)
    def test_an_agent_is_ready_before_a_customer_orders_through_it(self) -> None:
        stage = self.stage()
        start = StartOrder(offer="npo-producent", mode=VIA_AGENT, agent=AGENT)
        for actor, role, code in (
            (HANNA, Role.AGENT_HANDLER, ReasonCode.AGENT_LACKS_HANDLER),
            (ARON, Role.ATTESTANT, ReasonCode.AGENT_LACKS_ATTESTANT),
        ):
            assert stage.portal.check(start, BERTA).allowed
            stage.remove(actor, role)
            if role is Role.ATTESTANT:
                stage.remove(ASTRID, role)
            assert stage.codes(start, BERTA) == {code}
            stage.assign(actor, role)
            if actor is HANNA:
                stage.world.grant(AGDA, "hanna", "npo")
        assert stage.codes(attrs.evolve(start, offer="journalen-producent"), BERTA) == {
            ReasonCode.ASSIGNMENT_NOT_ACTIVE,
            ReasonCode.AGENT_LACKS_HANDLER,
        }
        assert stage.codes(attrs.evolve(start, agent=OTHER), BERTA) == {ReasonCode.AGENT_UNKNOWN}

    @promise(Portal.execute)
    def test_an_agent_approves_with_a_certificate_and_an_attestant_of_its_own(self) -> None:
        stage = self.stage()
        order = stage.sent(via=AGENT)
        assert stage.codes(ApproveOrder(order=order), HANNA) == {
            ReasonCode.NOT_CERTIFIED,
            ReasonCode.NO_ATTESTANT_PICKED,
        }
        for nobody in (ATLE, HUGO):
            act = ApproveOrder(order=order, attestant=stage.id(nobody), certified=True)
            assert stage.codes(act, HANNA) & {ReasonCode.NOT_AN_ATTESTANT, ReasonCode.NOT_A_USER}
