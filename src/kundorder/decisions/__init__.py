"""What must be known for a command, whether it may be done, and what follows from it; all of it pure."""

from kundorder.decisions.deciding import check, decide
from kundorder.decisions.documents import document_for, evidence_in
from kundorder.decisions.following_up import tell_pending
from kundorder.decisions.needs import needs, needs_further, needs_of_member, needs_of_order, standing
from kundorder.decisions.showing import due, options, path, visible_order

__all__ = [
    "check",
    "decide",
    "document_for",
    "due",
    "evidence_in",
    "needs",
    "needs_further",
    "needs_of_member",
    "needs_of_order",
    "options",
    "path",
    "standing",
    "tell_pending",
    "visible_order",
]
