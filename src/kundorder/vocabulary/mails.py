"""What is told to whom."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


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
