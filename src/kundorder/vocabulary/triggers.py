"""What may be done."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class Trigger(Name):
    """What moves, or may be done to, something with states."""

    START = "start"
    FILL_IN = "fill_in"
    ACCEPT_TERMS = "accept_terms"
    SEND = "send"
    APPROVE = "approve"
    PICK_ATTESTANT = "pick_attestant"
    ATTEST = "attest"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    HAND_OVER = "hand_over"
    INFORM_AGENT = "inform_agent"
    COMPLETE = "complete"
    COPY_AS_DRAFT = "copy_as_draft"
    APPLY = "apply"
    REGISTER = "register"
    SIGN = "sign"
    DECLINE = "decline"
    TERMINATE = "terminate"
    PASS_REVIEW = "pass_review"
    ACTIVATE = "activate"
    END = "end"
    ADD = "add"
    VERIFY = "verify"
    DELETE = "delete"
    RESTORE = "restore"
    ASSIGN_ROLE = "assign_role"
    REMOVE_ROLE = "remove_role"
    GRANT = "grant"
    REVOKE = "revoke"
    ESTABLISH = "establish"
