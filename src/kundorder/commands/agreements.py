"""What may be asked of agreements, the customer's and the agent's."""

from typing import ClassVar, TypeAlias, final

import attrs

from kundorder.commands.fields import to_name, to_remark
from kundorder.evidence import Evidence
from kundorder.identifiers import agreement_id, organisation_number
from kundorder.model import CustomerApplication
from kundorder.vocabulary import AgreementModel, CustomerCategory, Trigger


@attrs.frozen(kw_only=True)
class AgreementCommand:
    """Something done to an agreement."""

    trigger: ClassVar[Trigger]
    agreement: str = attrs.field(converter=agreement_id)


@final
@attrs.frozen(kw_only=True)
class ApplyForCustomerAgreement:
    """Apply for a customer agreement for the organisation acted for."""

    trigger: ClassVar[Trigger] = Trigger.APPLY
    name: str = attrs.field(converter=to_name)  # of the organisation
    category: CustomerCategory
    application: CustomerApplication


@final
@attrs.frozen(kw_only=True)
class ApplyForAgentAgreement:
    """Apply for an agent agreement for the organisation acted for."""

    trigger: ClassVar[Trigger] = Trigger.APPLY
    name: str = attrs.field(converter=to_name)  # of the organisation
    application: CustomerApplication


@final
@attrs.frozen(kw_only=True)
class RegisterCustomerAgreement:
    """Enter a customer agreement that exists already, of either model."""

    trigger: ClassVar[Trigger] = Trigger.REGISTER
    organisation: str = attrs.field(converter=organisation_number)
    name: str = attrs.field(converter=to_name)  # of the organisation
    category: CustomerCategory
    application: CustomerApplication
    model: AgreementModel = AgreementModel.CURRENT


@final
@attrs.frozen(kw_only=True)
class RegisterAgentAgreement:
    """Enter an agent agreement that exists already."""

    trigger: ClassVar[Trigger] = Trigger.REGISTER
    organisation: str = attrs.field(converter=organisation_number)
    name: str = attrs.field(converter=to_name)  # of the organisation
    application: CustomerApplication


@final
@attrs.frozen(kw_only=True)
class ApproveAgreement(AgreementCommand):
    """Approve an application (R6)."""

    trigger: ClassVar[Trigger] = Trigger.APPROVE


@final
@attrs.frozen(kw_only=True)
class RejectAgreement(AgreementCommand):
    """Reject an application, with a reason."""

    trigger: ClassVar[Trigger] = Trigger.REJECT
    reason: str = attrs.field(default="", converter=to_remark)


@final
@attrs.frozen(kw_only=True)
class SignAgreement(AgreementCommand):
    """One signatory signs; the agreement is signed when all have (R7)."""

    trigger: ClassVar[Trigger] = Trigger.SIGN
    evidence: Evidence | None = None  # verified by the signing port, never believed as it comes


@final
@attrs.frozen(kw_only=True)
class DeclineAgreement(AgreementCommand):
    """A signatory refuses to sign, with a reason."""

    trigger: ClassVar[Trigger] = Trigger.DECLINE
    reason: str = attrs.field(default="", converter=to_remark)
    evidence: Evidence | None = None


@final
@attrs.frozen(kw_only=True)
class TerminateAgreement(AgreementCommand):
    """End a signed agreement."""

    trigger: ClassVar[Trigger] = Trigger.TERMINATE
    reason: str = attrs.field(default="", converter=to_remark)


AnyAgreementCommand: TypeAlias = (
    ApplyForCustomerAgreement
    | ApplyForAgentAgreement
    | RegisterCustomerAgreement
    | RegisterAgentAgreement
    | ApproveAgreement
    | RejectAgreement
    | SignAgreement
    | DeclineAgreement
    | TerminateAgreement
)
"""Concerns an agreement."""
