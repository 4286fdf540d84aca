"""Where things stand."""

from enum import unique
from typing import TypeAlias, final

from kundorder.vocabulary.names import Name


@final
@unique
class Lifecycle(Name):
    """What has states of its own."""

    ORDER = "order"
    CUSTOMER_AGREEMENT = "customer_agreement"
    AGENT_AGREEMENT = "agent_agreement"
    ASSIGNMENT = "assignment"
    USER = "user"
    PROVIDER = "provider"  # the bootstrap of an empty store; not published in the matrix


@final
@unique
class OrderState(Name):
    """Where an order stands."""

    DRAFT = "DRAFT"  # the orderer is filling it in; nobody is asked yet
    AWAITING_AGENT_APPROVAL = "AWAITING_AGENT_APPROVAL"  # a granted handler of the agent reviews
    AWAITING_AGENT_ATTEST = "AWAITING_AGENT_ATTEST"  # the picked attestant of the agent attests
    AWAITING_CUSTOMER_ATTEST = "AWAITING_CUSTOMER_ATTEST"  # any attestant of the customer attests
    ATTESTED = "ATTESTED"  # binding; a case for customer service
    HANDED_OVER = "HANDED_OVER"  # direct: the customer has its instructions
    CONNECTION_STARTABLE = "CONNECTION_STARTABLE"  # via agent: the agent may start the technical connection
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"  # by the customer's attestant
    REJECTED_BY_AGENT = "REJECTED_BY_AGENT"
    WITHDRAWN = "WITHDRAWN"


@final
@unique
class AgreementState(Name):
    """Where a customer or agent agreement stands."""

    APPLIED = "APPLIED"
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE"
    SIGNED = "SIGNED"
    REJECTED = "REJECTED"
    DECLINED = "DECLINED"
    TERMINATED = "TERMINATED"


@final
@unique
class AssignmentState(Name):
    """Where an agent's assignment for one service stands."""

    UNDER_REVIEW = "UNDER_REVIEW"
    AWAITING_AGENT_ATTEST = "AWAITING_AGENT_ATTEST"
    ATTESTED = "ATTESTED"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"
    REJECTED = "REJECTED"


@final
@unique
class UserState(Name):
    """Where a user of one organisation stands."""

    INVITED = "INVITED"  # has been mailed a login; holds no role for counting, mail or picking
    ACTIVE = "ACTIVE"
    DELETED = "DELETED"  # only the provider restores


@final
@unique
class ProviderState(Name):
    """The provider is there or it is not."""

    ESTABLISHED = "ESTABLISHED"


State: TypeAlias = OrderState | AgreementState | AssignmentState | UserState | ProviderState
"""Where anything that has states stands."""
