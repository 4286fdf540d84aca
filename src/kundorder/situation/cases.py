"""The question a decision answers: who wants to do something to what, and when."""

from datetime import datetime
from typing import Protocol, final

import attrs

from kundorder.authority import Authority
from kundorder.catalogue import Catalogue
from kundorder.evidence import Document, Evidence
from kundorder.model import (
    SYSTEM,
    Actor,
    AgentAssignment,
    Agreement,
    Member,
    Order,
    Organisation,
    Rules,
    Subject,
)
from kundorder.situation.facts import Situation
from kundorder.situation.keys import Kind


class Fresh(Protocol):
    """Where new ids come from; the only randomness there is."""

    def order(self) -> str:
        """An order id nobody has had."""
        ...

    def member(self) -> str:
        """A member id nobody has had."""
        ...

    def case_number(self) -> str:
        """A case number; should it be taken, the decision is taken anew with another."""
        ...

    def code(self, about: str) -> str:
        """A secret of 256 bits, in letters, digits, ``-`` and ``_``: the code of an invitation or a link's reference.

        Within one decision, or one delivery, the same for the same thing; for anything else another.
        """
        ...


@final
@attrs.frozen
class Act:
    """Everything from outside: who, when, by which rules and catalogue."""

    actor: Actor
    now: datetime  # aware, UTC
    fresh: Fresh
    rules: Rules
    catalogue: Catalogue
    verified: Evidence | None = None  # what the signing port has verified in this very load
    document: Document | None = None  # what the evidence was verified for, as this very load has it
    authority: Authority | None = None  # what the port for it has said in this very load; None: there is no such port
    is_system: bool = attrs.field(init=False)  # whether no person acts

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "is_system", self.actor is SYSTEM)


@final
@attrs.frozen
class Case:
    """One question: may this act be done to this subject, in this situation?"""

    situation: Situation
    act: Act
    subject: Subject | None  # None where the act creates it
    me: Member | None  # the active user who acts; None: the system, or no user of the organisation acted for
    mine: Organisation | None  # the organisation acted for

    @property
    def order(self) -> Order:
        """The subject, where the lifecycle is the order's."""
        if not isinstance(self.subject, Order):
            raise TypeError(Kind.ORDER)
        return self.subject

    @property
    def agreement(self) -> Agreement:
        """The subject, where the lifecycle is an agreement's."""
        if not isinstance(self.subject, Agreement):
            raise TypeError(Kind.AGREEMENT)
        return self.subject

    @property
    def assignment(self) -> AgentAssignment:
        """The subject, where the lifecycle is the assignment's."""
        if not isinstance(self.subject, AgentAssignment):
            raise TypeError(Kind.ASSIGNMENT)
        return self.subject

    @property
    def member(self) -> Member:
        """The subject, where the lifecycle is the user's."""
        if not isinstance(self.subject, Member):
            raise TypeError(Kind.MEMBER)
        return self.subject


def case_of(situation: Situation, act: Act, subject: Subject | None) -> Case:
    """The question as asked by this actor."""
    if act.is_system:
        return Case(situation, act, subject, None, None)
    return Case(situation, act, subject, situation.me(act.actor), situation.organisation(act.actor.organisation))
