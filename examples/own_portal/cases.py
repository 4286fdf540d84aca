"""What is ordered, and how far it has come."""

from dataclasses import dataclass, field
from enum import Enum

from own_portal.register import Role, User


class NotAllowed(Exception):
    """It is not done; the text says why, in a word or two."""


class Unknown(Exception):
    """There is no such thing, or none the user may see."""


def must(holds: bool, why: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Stop here unless it holds.

    Raises:
        NotAllowed: it does not.
    """
    if not holds:
        raise NotAllowed(why)


class Status(Enum):
    """How far a case has come."""

    DRAFT = "draft"
    REVIEW = "in review at the agent"
    AGENT_SIGNING = "to be signed by the agent"
    SIGNING = "to be signed by the customer"
    SIGNED = "signed"
    HANDED_OVER = "handed over"
    CONNECTING = "being connected"
    DONE = "done"
    DECLINED = "declined"
    DECLINED_BY_AGENT = "declined by the agent"
    CANCELLED = "cancelled"


ASKING = (Status.REVIEW, Status.AGENT_SIGNING, Status.SIGNING)
FAILED = (Status.DECLINED, Status.DECLINED_BY_AGENT, Status.CANCELLED)


class Letter(Enum):
    """What is mailed."""

    PLEASE_REVIEW = "please review"
    PLEASE_SIGN_FOR_AGENT = "please sign for the agent"
    PLEASE_SIGN = "please sign"
    DECLINED = "declined"
    DECLINED_BY_AGENT = "declined by the agent"
    CANCELLED = "cancelled"
    HOW_TO_GET_ACCESS = "how to get access"
    YOU_MAY_CONNECT = "you may connect"


@dataclass(frozen=True)
class Product:
    """One way to buy a service."""

    code: str
    service: str
    fields: frozenset[str]
    terms: str  # the version in force
    kinds: frozenset[str]  # of customers that may buy it
    directly: bool
    through_agent: bool
    always_direct: bool  # the agent takes no part, even if the customer buys through one


@dataclass(eq=False)
class Case:
    """One order."""

    number: str
    customer: str
    buyer: User
    product: str
    service: str
    agent: str | None
    through_agent: bool  # so the customer chose
    agent_acts: bool  # so it is
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    terms: str | None = None
    status: Status = Status.DRAFT
    submitted: bool = False
    round: int = 1  # one more each time somebody is asked
    asked: list[tuple[User, Role]] = field(default_factory=list)  # in this round, and as what
    signer: User | None = None  # chosen at the agent
    reviewer: User | None = None
    history: list[User] = field(default_factory=list)  # who has sent, reviewed and signed it

    @property
    def humans(self) -> set[str]:
        """Who has had a hand in it, whatever login they used."""
        return {user.human for user in (self.buyer, *self.history)}
