"""The laws by name, and what is raised where one is broken."""

from enum import Enum, unique
from typing import final


@final
@unique
class Law(Enum):
    """What must hold in any store and portal, whatever people have done."""

    CHAIN = "a chain goes on where it stood, and nothing leaves an end (R31)"
    TIME = "of two steps of one subject the later one has the later time (R34)"
    ROW = "every step is a row of its lifecycle, taken in a capacity that may (R3, R5, R33)"
    ROLE = "whoever acts holds the role at that moment (R32)"
    SIGNED = "no order without a signed agreement of the current model (R1, R2)"
    ATTESTANT = "an organisation that orders has an attestant (R4)"
    ASSIGNMENT = "via an agent only with an active assignment for the service (R22)"
    AGENT_READY = "an agent that is ordered through has a granted handler and an attestant (R20)"
    GRANTED = "handlers act only where they are granted (R21)"
    PICKED = "the agent's attestant is picked, and nobody else attests for the agent (R19)"
    OWN = "only who has ordered, or customer service, withdraws (R32)"
    RULED = "the system does only what the host's rules let it (R14)"
    SEQUENCE = "send, then the agent's approval and attest where there is one, then the customer's attest (R9, R16)"
    CASE = "a case number is given when an order is sent, and to one order only (R29)"
    METHOD = "attested by a method that the host allows (R11)"
    FLOW = "the flow is what the offer asks for, or else what was chosen (R13)"
    FOUR_EYES = "with four eyes nobody decides on what they have ordered or decided before (R12)"
    ONCE = "no mail is owed twice (R36)"
    ADDRESSED = "mail goes to the parties of the flow (R13, R14)"
    NOT_BEFORE = "the customer's attestants hear nothing before the agent is done (R10)"
    TOLD = "whoever is asked or waits for word is owed a mail (R14, R36)"
    HOLDERS = "who holds a role is told by the users themselves (R32)"
    KIND = "roles exist only in organisations of their kind, and a deleted user has none (R17, R18)"
    ADMINISTERED = "an organisation that had an administrator has one (R39)"
    LISTED = "lists and notices hold what their reader may see, nothing else and nothing less"
    PARTIES = "only the parties and the provider see an order, of the agent only who may (R21)"
    ASKED = "asked are those who can act, and, once the system has done what it owes, all of them (R37, R39)"
    NOTHING_DONE = "a refusal changes nothing, sends nothing and says who can clear it (R35)"
    SAME_AGAIN = "the same key once more comes to the same, and nothing happens (R36)"
    KEPT = "what was acknowledged is kept for good"
    DELIVERED = "all that is owed leaves, is done or is cancelled with a reason, each letter once (R36)"
    AFTER_COMMIT = "no letter leaves before the commit that owes it"
    JOURNAL = "the journal holds every accepted step, and verifies (R34)"
    WAY_ON = "while anybody works in customer service, an order that is not at an end has a way on"


@final
class LawBroken(AssertionError):
    """A law does not hold: an adapter does not keep what it was given, or something lets through what it may not.

    Args:
        law: which.
        subject: on what, such as the key of an order.
        found: what is there instead.
    """

    def __init__(self, law: Law, subject: str, found: object) -> None:
        super().__init__(law, subject, found)
        self.law = law
        self.subject = subject
        self.found = found

    def __str__(self) -> str:
        return f"broken: {self.law.value}\n  law: {self.law.name}\n  on: {self.subject}\n  found: {self.found}"


def must(law: Law, subject: str, found: object, *, hold: bool) -> None:
    """A law holds on a subject.

    Raises:
        LawBroken: it does not.
    """
    if not hold:
        raise LawBroken(law, subject, found)
