"""Evidence: never believed, good for one order, one step and one person, by a method that is allowed and strong."""

import attrs

from kundorder.commands import AttestOrder
from kundorder.evidence import Evidence
from kundorder.model import Rules
from kundorder.portal import Portal
from kundorder.testing.contracts.portal.stage import (
    ANNA,
    ARON,
    ATLE,
    BANKID,
    BERTA,
    KARIN,
    PortalExam,
)
from kundorder.testing.contracts.promising import promise
from kundorder.testing.world import AGENT
from kundorder.vocabulary import AssuranceLevel, AttestMethod, OrderState, ReasonCode, Trigger

SMS = AttestMethod.SMS_CODE
_INVALID = {ReasonCode.EVIDENCE_INVALID}


def _with(order: str, evidence: Evidence) -> AttestOrder:
    return AttestOrder(order=order, method=evidence.method, evidence=evidence)


class ProofPromises(PortalExam):
    """The part about evidence."""

    @promise(Portal.execute)
    def test_evidence_of_one_who_may_attest_is_taken(self) -> None:
        stage = self.stage()
        order = stage.sent()
        _ = stage.portal.execute(_with(order, stage.evidence(order, ATLE)), ATLE)
        assert stage.state(order) is OrderState.ATTESTED

    @promise(Portal.execute)
    def test_evidence_counts_only_if_the_signing_port_vouches_for_it(self) -> None:
        stage = self.stage()
        order = stage.sent()
        for forged in (
            attrs.evolve(stage.evidence(order, ATLE), proof="made up"),
            attrs.evolve(stage.evidence(order, ATLE), level=AssuranceLevel.HIGH),
        ):
            assert stage.codes(_with(order, forged), ATLE) == _INVALID
        assert stage.codes(AttestOrder(order=order, method=BANKID), ATLE) == {ReasonCode.EVIDENCE_MISSING}

    @promise(Portal.execute)
    def test_evidence_for_another_order_or_step_is_not_taken(self) -> None:
        stage = self.stage()
        one, other = stage.sent(), stage.sent()
        assert stage.codes(_with(other, stage.evidence(one, ATLE)), ATLE) == _INVALID
        via_agent = stage.approved()
        early = stage.evidence(via_agent, ATLE)
        stage.attest(via_agent, ARON)
        assert stage.codes(_with(via_agent, early), ATLE) == _INVALID

    @promise(Portal.execute)
    def test_evidence_of_another_person_is_not_taken(self) -> None:
        stage = self.stage()
        order = stage.sent()
        assert stage.codes(_with(order, stage.evidence(order, ANNA)), ATLE) == _INVALID

    @promise(Portal.resume_signing)
    def test_a_method_is_one_that_the_rules_allow_and_strong_enough_for_the_offer(self) -> None:
        rules = Rules(
            attest_methods=(SMS, BANKID), minimum_assurance_of=(("npo-producent", AssuranceLevel.SUBSTANTIAL),)
        )
        stage = self.stage(rules)
        order = stage.sent()
        for method, code in (
            (AttestMethod.FREJA, ReasonCode.METHOD_NOT_ALLOWED),
            (SMS, ReasonCode.METHOD_TOO_WEAK),
        ):
            assert stage.not_signed(order, ATLE, method) == {code}
            assert stage.codes(_with(order, stage.evidence(order, ATLE, method)), ATLE) >= {code}
        assert ReasonCode.METHOD_MISSING in stage.codes(AttestOrder(order=order), ATLE)
        stage.attest(order, ATLE)

    @promise(Portal.resume_signing)
    def test_nobody_is_asked_to_sign_in_vain(self) -> None:
        stage = self.stage()
        order = stage.sent()
        before = tuple(stage.given.signing.asked)
        assert stage.not_signed(order, BERTA) == {ReasonCode.ROLE_MISSING}
        assert tuple(stage.given.signing.asked) == before, "one who may not attest was asked to sign"
        assert stage.state(order) is OrderState.AWAITING_CUSTOMER_ATTEST

    @promise(Portal.history)
    def test_every_step_is_journalled_with_who_in_which_capacity_and_how(self) -> None:
        stage = self.stage()
        order = stage.attested(via=AGENT)
        events = stage.portal.history(order, KARIN, limit=100).items
        found = [(event.trigger, event.person, event.party.value, event.after) for event in events]
        decided = (Trigger.SEND, Trigger.APPROVE, Trigger.ATTEST)
        assert [each for each in found if each[0] in decided] == [
            (Trigger.SEND, "berta", "customer", OrderState.AWAITING_AGENT_APPROVAL),
            (Trigger.APPROVE, "hanna", "agent", OrderState.AWAITING_AGENT_ATTEST),
            (Trigger.ATTEST, "aron", "agent", OrderState.AWAITING_CUSTOMER_ATTEST),
            (Trigger.ATTEST, "atle", "customer", OrderState.ATTESTED),
        ]
        attests = [event for event in events if event.trigger is Trigger.ATTEST]
        assert [event.method for event in attests] == [BANKID, BANKID]
        assert all(event.proven is not None for event in attests)
        assert stage.portal.verify_journal().verified

    @promise(Portal.evidence)
    def test_what_was_attested_is_kept_word_for_word_with_its_evidence(self) -> None:
        stage = self.stage()
        order = stage.attested()
        found = stage.portal.evidence(order, KARIN)
        assert len(found) == 1, f"{len(found)} documents are kept"
        kept = found[0]
        case = stage.order(order).case_number
        assert kept.document.subject == order
        assert kept.document.signer == kept.evidence.signer == ATLE.person
        assert case is not None
        assert case in kept.document.text_sv
