"""What a situation is made of: people and agreements as they stand, and the two orders with what led to each."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeAlias, final

import attrs
from test_closure import settled as bare

import kundorder as ko
from closure.rights import NOBODY, Held, Reader, Trace
from closure.scenarios import ASSIGNMENT
from closure.standing import Facts
from kundorder.events import Entry
from kundorder.evidence import SignedDocument
from kundorder.model import Record
from kundorder.situation import Fact, Key, assignment_key
from kundorder.vocabulary import Lifecycle, OrderState, Party, Role, Trigger, UserState
from kundorder.workflow import FINAL

Shape: TypeAlias = tuple[Hashable, ...]
ASKING: Final = (
    OrderState.AWAITING_AGENT_APPROVAL,
    OrderState.AWAITING_AGENT_ATTEST,
    OrderState.AWAITING_CUSTOMER_ATTEST,
)
TELLING: Final = (OrderState.ATTESTED, OrderState.HANDED_OVER, OrderState.CONNECTION_STARTABLE)


@final
class Kept:
    """One fact of each record, so that facts can be told apart by which they are."""

    def __init__(self) -> None:
        self._facts: dict[Record, Fact] = {}

    def fact(self, record: Record) -> Fact:
        """The one fact there is of a record, without the times and numbers that make no difference."""
        record = settled(record)
        return self._facts.setdefault(record, Fact(1, record))


def settled(record: Record) -> Record:
    """A record without what makes no difference; who has signed does, for somebody may see it."""
    match record:
        case ko.Order():
            return attrs.evolve(_settled_order(record), evidence=record.evidence)
        case ko.AgentAssignment() | ko.Agreement():
            found = bare(record)
            if isinstance(record, ko.AgentAssignment) and isinstance(found, ko.AgentAssignment):
                return attrs.evolve(found, reason=record.reason, evidence=record.evidence)
            if isinstance(record, ko.Agreement) and isinstance(found, ko.Agreement):
                return attrs.evolve(found, reason=record.reason, signatories=record.signatories)
            return found
        case _:
            return bare(record)


def _settled_order(order: ko.Order) -> ko.Order:
    found = bare(order)
    assert isinstance(found, ko.Order)
    return found


@final
@attrs.frozen(eq=False)
class People:
    """Everybody, and every agreement and assignment, as they stand; there is one object for each way they can stand."""

    facts: Facts
    held: Mapping[ko.Actor, Held]

    @classmethod
    def standing(cls, facts: Facts) -> "People":
        """What everybody has there, read from the records of users and of the assignment, and from nothing else."""
        assignment = facts[assignment_key(ASSIGNMENT)].record
        assert isinstance(assignment, ko.AgentAssignment)
        granted = {grant.member for grant in assignment.grants}
        held = {
            ko.Actor(member.person, member.organisation): Held(
                is_user=True,
                roles=frozenset(member.roles),
                is_granted=member.id in granted and Role.AGENT_HANDLER in member.roles,
            )
            for member in (fact.record for fact in facts.values())
            if isinstance(member, ko.Member) and member.person is not None and member.state is UserState.ACTIVE
        }
        return cls(facts, held)

    def of(self, reader: Reader) -> Held:
        """What somebody has there."""
        return self.held.get(reader.actor, NOBODY)


@final
@attrs.frozen(eq=False, kw_only=True)
class Standpoint:
    """Where an order stands, by which way it came there, and what was signed for it; one object for each shape."""

    number: int  # which of the two
    order: ko.Order
    facts: Facts
    journal: tuple[Entry, ...]
    trace: Trace
    shape: Shape


@final
@attrs.frozen(eq=False)
class Situation:
    """People, and where each order stands; None: it has not been started."""

    people: People
    orders: tuple[Standpoint | None, Standpoint | None]

    def but(self, number: int, standpoint: Standpoint) -> "Situation":
        """The same, with one order where it stands now."""
        first, second = self.orders
        return Situation(self.people, (standpoint, second) if number == 0 else (first, standpoint))


def traced(trace: Trace, entries: Iterable[Entry]) -> Trace:
    """What has happened, with these steps."""
    for event in (entry.event for entry in entries):
        if event.lifecycle is Lifecycle.ORDER and event.trigger is Trigger.SEND:
            trace = attrs.evolve(trace, sent=True)
        if event.lifecycle is Lifecycle.ORDER and (event.trigger, event.party) == (Trigger.ATTEST, Party.AGENT):
            trace = attrs.evolve(trace, agent_done=True)
    return trace


def shape_of(order: ko.Order, trace: Trace, *, whole: bool) -> Shape:
    """What tells one standing of an order from another, whichever of the two orders it is.

    Who has decided counts as long as somebody is still asked, for then it may matter who else it was; who was told, as
    long as that is shown.
    """
    content = order.content
    asking, telling = order.state in ASKING, order.state in TELLING
    final = order.state in FINAL[Lifecycle.ORDER]
    course = [(mark.trigger, mark.party, mark.organisation, str(mark.person)) for mark in order.course]
    told = sorted((notice.member, notice.template) for notice in order.notices)
    return (
        order.state,
        content.offer,
        content.mode,
        content.organisation,
        trace,
        content.supplementary_to is not None,
        final or bool(content.answers),
        final or content.terms is not None,
        str(order.picked) if asking or whole else "",
        tuple(course) if asking or whole else (),
        tuple(told) if asking or telling or whole else (),
        str(order.reason) if whole else "",
    )


def signed(changed: Iterable[tuple[Key, Record]], kept: Kept) -> dict[Key, Fact]:
    """What was signed, of all that is written."""
    return {key: kept.fact(record) for key, record in changed if isinstance(record, SignedDocument)}
