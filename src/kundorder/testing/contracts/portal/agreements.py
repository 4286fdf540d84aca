"""Agreements: no order without one that is signed and of the current model, and signed by all who are named."""

from kundorder.commands import (
    ApplyForCustomerAgreement,
    ApproveAgreement,
    ApproveOrder,
    AttestOrder,
    EndAssignment,
    RegisterCustomerAgreement,
    SendOrder,
    StartOrder,
    TerminateAgreement,
    WithdrawOrder,
)
from kundorder.model import Actor
from kundorder.portal import Portal
from kundorder.testing.contracts.portal.stage import (
    ARON,
    ATLE,
    BANKID,
    BERTA,
    DIRECT,
    HANNA,
    NPO,
    OLLE,
    PortalExam,
    Stage,
)
from kundorder.testing.contracts.promising import promise
from kundorder.testing.world import AGENT, CUSTOMER, OTHER
from kundorder.vocabulary import AgreementModel, AgreementState, CustomerCategory, ReasonCode, Role, Template

_THEIRS = f"customer/{CUSTOMER}"
_START = StartOrder(offer="npo-producent", mode=DIRECT)


def _applied(stage: Stage, *signatories: str) -> None:
    command = ApplyForCustomerAgreement(
        name="Provregionen",
        category=CustomerCategory.REGION,
        application=stage.world.application(CUSTOMER, "adam", *signatories),
    )
    _ = stage.portal.execute(command, Actor("sokande", CUSTOMER))


class AgreementPromises(PortalExam):
    """The part about agreements."""

    @promise(Portal.execute)
    def test_approving_an_application_owes_three_kinds_of_mail(self) -> None:
        stage = self.empty()
        _ = stage.told()
        _applied(stage, "firma", "adam")
        assert stage.told() == []
        _ = stage.portal.execute(ApproveAgreement(agreement=_THEIRS), OLLE)
        assert stage.told() == [
            ("adam", Template.LOGIN_ADMINISTRATOR),
            ("adam", Template.SIGN_AGREEMENT),
            ("firma", Template.SIGN_AGREEMENT),
            ("kontakt", Template.LOGIN_AGREEMENT_CONTACT),
        ]

    @promise(Portal.execute)
    def test_an_agreement_is_signed_when_all_who_are_named_have_signed(self) -> None:
        stage = self.empty()
        _applied(stage, "firma", "ordf")
        _ = stage.portal.execute(ApproveAgreement(agreement=_THEIRS), OLLE)
        for signatory, state in (("s1", AgreementState.AWAITING_SIGNATURE), ("s2", AgreementState.SIGNED)):
            stage.world.sign(_THEIRS, signatory)
            assert stage.portal.agreement(_THEIRS, OLLE).state is state

    @promise(Portal.execute)
    def test_nothing_is_ordered_before_the_agreement_is_signed(self) -> None:
        stage = self.empty()
        adam = stage.world.customer(signed=False)
        berta = stage.world.user(adam, "berta", Role.ORDERER, Role.ATTESTANT)
        assert stage.codes(_START, berta) == {ReasonCode.AGREEMENT_NOT_SIGNED}
        stage.world.sign(_THEIRS)
        _ = stage.portal.execute(_START, berta)

    @promise(Portal.execute)
    def test_an_agreement_of_the_earlier_model_never_counts(self) -> None:
        stage = self.empty()
        register = RegisterCustomerAgreement(
            organisation=OTHER,
            name="Provregionen",
            category=CustomerCategory.REGION,
            application=stage.world.application(OTHER, "olga"),
            model=AgreementModel.LEGACY,
        )
        _ = stage.portal.execute(register, OLLE)
        olga = stage.world.verify(OTHER, "olga", "olga@o9993000000.example")
        oskar = stage.world.user(olga, "oskar", Role.ORDERER, Role.ATTESTANT)
        assert stage.codes(_START, oskar) == {ReasonCode.AGREEMENT_LEGACY}

    @promise(Portal.execute)
    def test_the_last_attest_asks_for_an_agreement_that_still_holds(self) -> None:
        stage = self.stage()
        order = stage.sent()
        _ = stage.portal.execute(TerminateAgreement(agreement=_THEIRS), OLLE)
        assert ReasonCode.NO_AGREEMENT in stage.codes(AttestOrder(order=order, method=BANKID), ATLE)
        _ = stage.portal.execute(WithdrawOrder(order=order), BERTA)

    @promise(Portal.execute)
    def test_each_step_via_agent_asks_for_an_assignment_that_is_still_active(self) -> None:
        stage = self.stage()
        draft, sent, approved, done = (
            stage.draft(via=AGENT),
            stage.sent(via=AGENT),
            stage.approved(),
            stage.agent_done(),
        )
        _ = stage.portal.execute(EndAssignment(assignment=NPO), OLLE)
        for act, actor in (
            (SendOrder(order=draft), BERTA),
            (ApproveOrder(order=sent, attestant=stage.id(ARON), certified=True), HANNA),
            (AttestOrder(order=approved, method=BANKID), ARON),
            (AttestOrder(order=done, method=BANKID), ATLE),
        ):
            assert ReasonCode.ASSIGNMENT_NOT_ACTIVE in stage.codes(act, actor)
        for order in (sent, approved, done):
            _ = stage.portal.execute(WithdrawOrder(order=order), BERTA)
