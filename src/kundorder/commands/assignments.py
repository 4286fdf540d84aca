"""What may be asked of agents' assignments."""

from typing import ClassVar, TypeAlias, final

import attrs

from kundorder.commands.fields import to_remark
from kundorder.evidence import Evidence
from kundorder.identifiers import assignment_id, service_id
from kundorder.vocabulary import AttestMethod, Trigger


@attrs.frozen(kw_only=True)
class AssignmentCommand:
    """Something done to an agent's assignment."""

    trigger: ClassVar[Trigger]
    assignment: str = attrs.field(converter=assignment_id)


@final
@attrs.frozen(kw_only=True)
class ApplyForAssignment:
    """Apply for an assignment as agent for a service."""

    trigger: ClassVar[Trigger] = Trigger.APPLY
    service: str = attrs.field(converter=service_id)


@final
@attrs.frozen(kw_only=True)
class PassReview(AssignmentCommand):
    """The provider has reviewed the application for an assignment and passes it on."""

    trigger: ClassVar[Trigger] = Trigger.PASS_REVIEW


@final
@attrs.frozen(kw_only=True)
class RejectAssignment(AssignmentCommand):
    """Reject an application for an assignment, with a reason."""

    trigger: ClassVar[Trigger] = Trigger.REJECT
    reason: str = attrs.field(default="", converter=to_remark)


@final
@attrs.frozen(kw_only=True)
class AttestAssignment(AssignmentCommand):
    """The agent's attestant attests the assignment."""

    trigger: ClassVar[Trigger] = Trigger.ATTEST
    method: AttestMethod | None = None
    evidence: Evidence | None = None  # verified by the signing port, never believed as it comes


@final
@attrs.frozen(kw_only=True)
class ActivateAssignment(AssignmentCommand):
    """Open an attested assignment for orders."""

    trigger: ClassVar[Trigger] = Trigger.ACTIVATE


@final
@attrs.frozen(kw_only=True)
class EndAssignment(AssignmentCommand):
    """End an active assignment."""

    trigger: ClassVar[Trigger] = Trigger.END
    reason: str = attrs.field(default="", converter=to_remark)


AnyAssignmentCommand: TypeAlias = (
    ApplyForAssignment | PassReview | RejectAssignment | AttestAssignment | ActivateAssignment | EndAssignment
)
"""Concerns an assignment."""
