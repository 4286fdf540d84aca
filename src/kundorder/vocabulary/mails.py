"""What is told to whom."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class LinkClosed(Name):
    """Why a link in a mail leads nowhere any more."""

    ENDED = "ended"  # its time is over; whoever needs it asks for another, or logs in
    DECIDED = "decided"  # the step has been taken, or the matter has ended
    NOT_YOURS = "not_yours"  # the addressee has lost the right it was sent for


@final
@unique
class Template(Name):
    """Which mail or notice."""

    LOGIN_ADMINISTRATOR = "login_administrator"
    LOGIN_AGREEMENT_CONTACT = "login_agreement_contact"
    LOGIN_USER = "login_user"
    SIGN_AGREEMENT = "sign_agreement"
    ATTEST_ORDER = "attest_order"  # to the customer's attestants
    REVIEW_ORDER = "review_order"  # to the agent's granted handlers
    ATTEST_FOR_AGENT = "attest_for_agent"  # to the picked attestant of the agent
    ORDER_REJECTED = "order_rejected"
    ORDER_REJECTED_BY_AGENT = "order_rejected_by_agent"
    ORDER_WITHDRAWN = "order_withdrawn"
    ORDER_ATTESTED = "order_attested"
    HANDED_OVER = "handed_over"
    CONNECTION_STARTABLE = "connection_startable"
    ORDER_COMPLETED = "order_completed"
