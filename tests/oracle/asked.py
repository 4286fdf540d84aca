"""The questions about orders that the table asks: plain records of plain facts, which both sides read.

One side builds records of ``kundorder`` from them and asks ``decide``; the other judges them by itself.
"""

from enum import Enum, unique
from typing import final

import attrs

from kundorder.vocabulary import AgreementState, AssignmentState, OrderState, Role, Trigger


@final
@unique
class Place(Enum):
    """For which organisation somebody acts, seen from the order."""

    CUSTOMER = "the one that orders"
    OTHER_CUSTOMER = "another customer"
    AGENT = "the agent named on the order"
    OTHER_AGENT = "another agent"
    PROVIDER = "the provider"
    NOWHERE = "an organisation nobody knows"
    SYSTEM = "no organisation: the system"


@final
@unique
class Standing(Enum):
    """What somebody is in the organisation acted for."""

    ACTIVE = "a user"
    INVITED = "invited, and not verified yet"
    DELETED = "deleted"
    STRANGER = "no user"


@final
@unique
class Granted(Enum):
    """Whether a handler may act in the assignment of the order's service."""

    NOT = "not granted"
    HERE = "granted"
    ELSEWHERE = "granted in the assignment for another service"
    LAPSED = "granted in a time with the role that has ended"


@final
@unique
class Capacity(Enum):
    """What one and the same person has done for an order before, from whatever account."""

    ORDERER = "ordered it"
    APPROVER = "approved it for the agent"
    AGENT_ATTESTANT = "attested it for the agent"


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Doer:
    """Who acts."""

    place: Place
    standing: Standing = Standing.ACTIVE
    roles: frozenset[Role] = frozenset()
    ordered: bool = False  # the order was made from this account
    granted: Granted = Granted.NOT
    picked: bool = False  # this account is the attestant the handler has picked
    has_been: frozenset[Capacity] = frozenset()


@final
@unique
class Way(Enum):
    """How the order goes."""

    DIRECT = "direct connection"
    VIA_AGENT = "via agent"
    TGP_VIA_AGENT = "NPÖ Konsument (TGP) via agent, which runs the direct flow"

    @property
    def agent_takes_part(self) -> bool:
        """Whether the agent is a party to it."""
        return self is Way.VIA_AGENT

    @property
    def names_agent(self) -> bool:
        """Whether an agent stands on the order."""
        return self is not Way.DIRECT


@final
@unique
class Form(Enum):
    """How far the form is filled in."""

    COMPLETE = "complete"
    ONE_MISSING = "one field is missing"
    EMPTY = "nothing is filled in"


@final
@unique
class Accepted(Enum):
    """Which terms are accepted."""

    TODAY = "those of today"
    YESTERDAY = "those of yesterday, which have changed since"
    EDITED = "of the version of today, before its text was edited"
    NONE = "none"


@final
@unique
class OfferNow(Enum):
    """What the catalogue says of the offer today."""

    SAME = "as it was"
    GONE = "it has been taken out"
    CLOSED = "it is not open to this customer's category"
    OTHER_MODE = "it no longer allows the mode"
    OTHER_FLOW = "it takes another flow than when the order was started"


@final
@unique
class Paper(Enum):
    """The agreement of an organisation."""

    NONE = "none"
    APPLIED = AgreementState.APPLIED
    AWAITING_SIGNATURE = AgreementState.AWAITING_SIGNATURE
    SIGNED = AgreementState.SIGNED
    LEGACY = "signed, of the earlier model"
    REJECTED = AgreementState.REJECTED
    DECLINED = AgreementState.DECLINED
    TERMINATED = AgreementState.TERMINATED


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Facts:
    """What holds at the moment, besides the order and the one who acts."""

    agreement: Paper = Paper.SIGNED
    attestant: bool = True  # somebody else is attestant at the customer
    agent_agreement: Paper = Paper.SIGNED
    assignment: AssignmentState | None = AssignmentState.ACTIVE
    handler: bool = True  # somebody else is a granted handler of the agent
    agent_attestant: bool = True  # somebody else is attestant at the agent


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Matter:
    """The order."""

    way: Way = Way.DIRECT
    state: OrderState = OrderState.DRAFT
    form: Form = Form.COMPLETE
    accepted: Accepted = Accepted.TODAY
    offer: OfferNow = OfferNow.SAME
    was_sent: bool = True  # of a withdrawn order: whether it was withdrawn after it was sent


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Policy:
    """What the host has chosen."""

    four_eyes: bool = False
    inform_automatically: bool = False
    all_methods: bool = False  # besides codes by SMS and BankID
    substantial: bool = False  # the least assurance, instead of low
    offer_asks_high: bool = False  # for this offer


@final
@unique
class Person(Enum):
    """Whom a handler picks."""

    NOBODY = "nobody"
    ATTESTANT = "an attestant of the agent"
    ME = "oneself"
    ORDERER = "an attestant of the agent who is the person that ordered it"
    APPROVER = "an attestant of the agent who has approved it"
    COLLEAGUE = "a user of the agent without the role"
    INVITED = "somebody invited by the agent, with the role to come"
    CUSTOMERS = "an attestant of the customer"
    UNKNOWN = "an id nobody has"


@final
@unique
class Proof(Enum):
    """The evidence that comes with an attest."""

    RIGHT = "right"
    MISSING = "missing"
    OTHER_ORDER = "for another order"
    OTHER_CONTENT = "for another content"
    OTHER_STEP = "for an earlier step"
    OTHER_PERSON = "for another person"
    OTHER_METHOD = "made by another method than the one named"
    WEAKER = "of less assurance than the method can give"
    UNVERIFIED = "not vouched for"
    USED = "accepted once before"


@final
@unique
class Method(Enum):
    """The method an attest names."""

    NONE = "none"
    SMS_CODE = "SMS_CODE"
    BANKID = "BANKID"
    FREJA = "FREJA"
    SITHS = "SITHS"


@final
@unique
class Said(Enum):
    """What a command says besides its trigger, where one word is enough."""

    NOTHING = "nothing"
    SOMETHING = "a reason, an instruction"
    RIGHT = "what is right"
    PARTLY = "some of what is asked"
    WRONG = "what is wrong"
    STRANGE = "what nobody asks"


@final
@unique
class Choice(Enum):
    """What somebody starts, going the way of the matter."""

    AS_IT_SHOULD_BE = "via the agent where it goes via agent, naming none where it is direct"
    NO_AGENT = "naming no agent"
    AN_AGENT = "naming the agent all the same"
    SELF = "via the own organisation"
    NOT_AN_AGENT = "via an organisation that is no agent"
    UNKNOWN_AGENT = "via an organisation nobody knows"
    OTHER_AGENT = "via another agent, which has nobody to handle it"
    UNKNOWN_OFFER = "an offer that does not exist"


@final
@unique
class Supplement(Enum):
    """Which order a new one supplements."""

    NONE = "none"
    OWN = "an order of the customer"
    FOREIGN = "an order of another customer"
    UNKNOWN = "one that does not exist"


@final
@attrs.frozen(kw_only=True, cache_hash=True)
class Ask:
    """What is asked."""

    trigger: Trigger
    said: Said = Said.NOTHING
    certified: bool = False
    person: Person = Person.NOBODY
    method: Method = Method.NONE
    proof: Proof = Proof.MISSING
    choice: Choice = Choice.AS_IT_SHOULD_BE
    supplement: Supplement = Supplement.NONE


@final
@attrs.frozen(cache_hash=True)
class Question:
    """May this be done?"""

    doer: Doer
    matter: Matter
    facts: Facts
    policy: Policy
    ask: Ask
