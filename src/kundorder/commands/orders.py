"""What may be asked of orders."""

from typing import ClassVar, TypeAlias, final

import attrs

from kundorder.commands.fields import to_answers, to_name, to_remark
from kundorder.evidence import Evidence
from kundorder.identifiers import member_id, offer_id, order_id, organisation_number
from kundorder.model import Answer
from kundorder.vocabulary import AttestMethod, ConnectionMode, Trigger


@attrs.frozen(kw_only=True)
class OrderCommand:
    """Something done to an order."""

    trigger: ClassVar[Trigger]
    order: str = attrs.field(converter=order_id)


@final
@attrs.frozen(kw_only=True)
class StartOrder:
    """Start an order as a draft (R1-R4, R8, R20, R22, R28)."""

    trigger: ClassVar[Trigger] = Trigger.START
    offer: str = attrs.field(converter=offer_id)
    mode: ConnectionMode
    agent: str | None = attrs.field(default=None, converter=attrs.converters.optional(organisation_number))
    # An earlier order of the same organisation.
    supplementary_to: str | None = attrs.field(default=None, converter=attrs.converters.optional(order_id))


@final
@attrs.frozen(kw_only=True)
class CopyOrderAsDraft(OrderCommand):
    """Start anew from a rejected or withdrawn order of the same organisation."""

    trigger: ClassVar[Trigger] = Trigger.COPY_AS_DRAFT


@final
@attrs.frozen(kw_only=True)
class FillInOrder(OrderCommand):
    """Fill in the form; replaces all earlier answers."""

    trigger: ClassVar[Trigger] = Trigger.FILL_IN
    # Or a mapping of field to text, number or list of texts.
    fields: tuple[Answer, ...] = attrs.field(converter=to_answers)


@final
@attrs.frozen(kw_only=True)
class AcceptTerms(OrderCommand):
    """Accept the terms that were shown."""

    trigger: ClassVar[Trigger] = Trigger.ACCEPT_TERMS
    version: str = attrs.field(converter=to_name)  # of the terms shown


@final
@attrs.frozen(kw_only=True)
class SendOrder(OrderCommand):
    """Send the order; its content is locked from here on."""

    trigger: ClassVar[Trigger] = Trigger.SEND


@final
@attrs.frozen(kw_only=True)
class ApproveOrder(OrderCommand):
    """Approve for the agent, certify, and pick who attests for the agent (R19)."""

    trigger: ClassVar[Trigger] = Trigger.APPROVE
    attestant: str | None = attrs.field(default=None, converter=attrs.converters.optional(member_id))
    certified: bool = False


@final
@attrs.frozen(kw_only=True)
class PickAttestant(OrderCommand):
    """Pick another attestant of the agent."""

    trigger: ClassVar[Trigger] = Trigger.PICK_ATTESTANT
    attestant: str | None = attrs.field(default=None, converter=attrs.converters.optional(member_id))


@final
@attrs.frozen(kw_only=True)
class AttestOrder(OrderCommand):
    """Attest: approval and a method (R11)."""

    trigger: ClassVar[Trigger] = Trigger.ATTEST
    method: AttestMethod | None = None
    evidence: Evidence | None = None  # verified by the signing port, never believed as it comes


@final
@attrs.frozen(kw_only=True)
class RejectOrder(OrderCommand):
    """Reject, with a reason."""

    trigger: ClassVar[Trigger] = Trigger.REJECT
    reason: str = attrs.field(default="", converter=to_remark)


@final
@attrs.frozen(kw_only=True)
class WithdrawOrder(OrderCommand):
    """Take the order back."""

    trigger: ClassVar[Trigger] = Trigger.WITHDRAW
    reason: str = attrs.field(default="", converter=to_remark)


@final
@attrs.frozen(kw_only=True)
class HandOverOrder(OrderCommand):
    """Tell the customer how to get access (direct flow)."""

    trigger: ClassVar[Trigger] = Trigger.HAND_OVER
    instructions: str = attrs.field(default="", converter=to_remark)


@final
@attrs.frozen(kw_only=True)
class InformAgent(OrderCommand):
    """Tell the agent that the technical connection may start (via-agent flow)."""

    trigger: ClassVar[Trigger] = Trigger.INFORM_AGENT


@final
@attrs.frozen(kw_only=True)
class CompleteOrder(OrderCommand):
    """The service is in use; the case is done."""

    trigger: ClassVar[Trigger] = Trigger.COMPLETE


AnyOrderCommand: TypeAlias = (
    StartOrder
    | CopyOrderAsDraft
    | FillInOrder
    | AcceptTerms
    | SendOrder
    | ApproveOrder
    | PickAttestant
    | AttestOrder
    | RejectOrder
    | WithdrawOrder
    | HandOverOrder
    | InformAgent
    | CompleteOrder
)
"""Concerns an order; the outcome has one."""
