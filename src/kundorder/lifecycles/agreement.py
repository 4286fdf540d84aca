"""The lifecycle of an agreement, as rows: the customer's and the agent's differ in who is told what, and when."""

from kundorder.commands import (
    ApplyForAgentAgreement,
    ApplyForCustomerAgreement,
    ApproveAgreement,
    DeclineAgreement,
    RegisterAgentAgreement,
    RegisterCustomerAgreement,
    RejectAgreement,
    SignAgreement,
    TerminateAgreement,
)
from kundorder.lifecycles import agreement_sets as becomes
from kundorder.lifecycles import agreement_signing as signing
from kundorder.lifecycles import openings
from kundorder.lifecycles.audiences import waiting_signatories
from kundorder.lifecycles.rows import AnyRow, By, Owes, Row, Table
from kundorder.vocabulary import AgreementState as S
from kundorder.vocabulary import Lifecycle, Party, Role, Template

OFFICER = (By(Role.PROVIDER_OFFICER, Party.PROVIDER),)
ASK_SIGNATORIES = (Owes(Template.SIGN_AGREEMENT, waiting_signatories),)
ASK_AGAIN = (Owes(Template.SIGN_AGREEMENT, signing.asked_anew),)
FINAL = frozenset((S.REJECTED, S.DECLINED, S.TERMINATED))


def _signatory(party: Party) -> tuple[By, ...]:
    return (By(Role.SIGNATORY, party, only=signing.is_signatory),)


def _ending(party: Party) -> tuple[AnyRow, ...]:
    return (
        Row(
            at=S.APPLIED,
            command=RejectAgreement,
            by=OFFICER,
            to=S.REJECTED,
            given=becomes.has_reason,
            sets=becomes.rejected,
        ),
        Row(
            at=S.AWAITING_SIGNATURE,
            command=DeclineAgreement,
            by=_signatory(party),
            to=S.DECLINED,
            given=signing.may_decline,
            sets=becomes.declined,
        ),
        Row(at=S.SIGNED, command=TerminateAgreement, by=OFFICER, to=S.TERMINATED, sets=becomes.terminated),
    )


CUSTOMER_AGREEMENT = Table(
    lifecycle=Lifecycle.CUSTOMER_AGREEMENT,
    states=S,
    final=FINAL,
    rows=(
        Row(
            at=None,
            command=ApplyForCustomerAgreement,
            by=(By(None, Party.CUSTOMER),),
            to=S.APPLIED,
            given=becomes.may_apply_as_customer,
            sets=becomes.applied_as_customer,
            also=openings.kept,
        ),
        Row(
            at=None,
            command=RegisterCustomerAgreement,
            by=OFFICER,
            to=S.SIGNED,
            given=becomes.may_register_customer,
            sets=becomes.registered_customer,
            also=openings.opened_and_kept,
        ),
        Row(
            at=S.APPLIED,
            command=ApproveAgreement,
            by=OFFICER,
            to=S.AWAITING_SIGNATURE,
            given=becomes.may_be_opened,
            sets=becomes.approved,
            owes=ASK_SIGNATORIES,
            also=openings.known,
        ),
        Row(
            at=S.AWAITING_SIGNATURE,
            command=SignAgreement,
            by=_signatory(Party.CUSTOMER),
            to=S.SIGNED,
            given=signing.may_sign,
            sets=signing.signed,
            owes=ASK_AGAIN,
            until=signing.all_have_signed,
        ),
        *_ending(Party.CUSTOMER),
    ),
)

AGENT_AGREEMENT = Table(
    lifecycle=Lifecycle.AGENT_AGREEMENT,
    states=S,
    final=FINAL,
    rows=(
        Row(
            at=None,
            command=ApplyForAgentAgreement,
            by=(By(None, Party.AGENT),),
            to=S.APPLIED,
            given=becomes.may_apply_as_agent,
            sets=becomes.applied_as_agent,
            also=openings.kept,
        ),
        Row(
            at=None,
            command=RegisterAgentAgreement,
            by=OFFICER,
            to=S.SIGNED,
            given=becomes.may_register_agent,
            sets=becomes.registered_agent,
            also=openings.opened_and_kept,
        ),
        Row(
            at=S.APPLIED,
            command=ApproveAgreement,
            by=OFFICER,
            to=S.AWAITING_SIGNATURE,
            given=becomes.may_be_opened,
            sets=becomes.approved,
            owes=ASK_SIGNATORIES,
        ),
        Row(
            at=S.AWAITING_SIGNATURE,
            command=SignAgreement,
            by=_signatory(Party.AGENT),
            to=S.SIGNED,
            given=signing.may_sign,
            sets=signing.signed,
            owes=ASK_AGAIN,
            also=openings.known_when_signed,
            until=signing.all_have_signed,
        ),
        *_ending(Party.AGENT),
    ),
)
