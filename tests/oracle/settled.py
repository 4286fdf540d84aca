"""What DOMAIN leaves open and the table has to know: each by name, with the reason. There are no others.

A reading says how a rule is meant. One that makes no difference to any cell fails a test.
"""

from enum import Enum, unique
from typing import Final, final


@final
@unique
class Settled(Enum):
    """One thing that has been settled."""

    TIME_BEFORE_CONDITIONS = "at the wrong time nothing is said of what the step would take, only of time and person"
    PARTY_BEFORE_CONDITIONS = "whose organisation never takes the step is told so, and not what else it would take"
    NOT_IN_THIS_FLOW = "a step the order's flow does not have is nobody's: it is told as the wrong state alone"
    DECIDED_BY_US = (
        "until it has ended, a step in the past is decided only for the side that has decided (DOMAIN §7: the customer"
        " does not see who did what at the agent); for the others it is the wrong state"
    )
    NOBODY_DECIDES_NOT_TO_WITHDRAW = "too late to withdraw is the wrong state: nobody has decided that"
    HANDLER_HAS_DECIDED = "rejecting what waits for the picked attestant is decided, for a handler: it was approved"
    THE_RULE_AT_ITS_TIME = "whether the system may inform the agent by itself is asked when it is time to inform"
    STAFF_IS_THE_PROVIDER = "the provider that sees all orders is its officers and customer service, by role"
    STRANGERS_START_NOTHING = "who is no user of the organisation learns nothing of it: visibility comes first"
    DELETED_IS_ENOUGH = "a deleted user is told that and nothing else"
    NO_OFFER_NO_MORE = "an offer that is gone has no form, no terms and no flow to measure anything by"
    NO_AGENT_NO_MORE = "where the wrong agent or none is named, nothing is said of an agent's house"
    ONE_WORD_ON_THE_METHOD = "a method is missing, or not allowed, or too weak; only the first of these is said"
    WAITS_WITHOUT_ASSIGNMENT = (
        "DOMAIN §7: an order whose assignment has gone waits, so the agent neither approves nor picks nor attests it,"
        " though §4 asks for the assignment only at the customer's attest; it may still be rejected and withdrawn"
    )
    NOT_ONESELF = "with four eyes nobody picks an attestant who could not attest: oneself, the orderer, the approver"
    SIGNED_BY_THE_HOUSE = "to sign is the organisation's own step, which the system carries out when it is time"
    SIGNED_AT_ANY_STEP = (
        "what a signature is bound to is the agreement, its number and the signature before it: one of several"
        " signatories may sign while another does"
    )
    ALREADY_SIGNED_FIRST = "of the evidence of one who has signed already nothing more is said"
    NOT_A_SIGNATORY_FIRST = "of the evidence of one who is no signatory nothing more is said"
    ANY_ROLE_SEES_USERS = (
        "users are seen by whoever holds any role there, be it the provider's or the signatory's, which cannot be"
        " given; and everybody sees oneself"
    )
    WHO_SEES_ASSIGNMENTS = "an assignment is seen by the agent's administrator, attestants, handlers and its orderer"
    GRANTED_EARLY = "a handler is granted in an assignment that is on its way as well, not in one that has ended"
    REVOKED_ALWAYS = "a grant is taken back whatever has become of the assignment; one there is not is no matter (R15)"
    INVITED_AGAIN = "adding somebody who has been invited and not verified sends the invitation again"
    FROM_THE_APPROVAL_ON = "nobody administers before the approval, so nothing more is asked of the agreement's state"
    RULE_OF_THE_CUSTOMERS = (
        "roles wait for the signature of a customer's agreement, be it of the earlier model; an agent has its users"
        " only after the signature anyway"
    )
    NOBODY_TO_HELP = "where only an administrator could help and there is none, that is said too"
    SIGNED_AGENTS_ONLY = "an assignment is applied for and activated while the agent agreement is signed"
    NO_SERVICE_NO_MORE = "of an unknown service nothing more is said than that"
    REGISTERING_TELLS_STAFF = "that there is an agreement is told of registering only to who sees all agreements"


ALL: Final = frozenset(Settled)
