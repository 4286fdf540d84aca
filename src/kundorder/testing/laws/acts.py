"""The laws of what has just been done: it was open to whoever did it, by the facts of that moment."""

from kundorder.events import Event
from kundorder.identifiers import assignment_id_of
from kundorder.model import Actor, AgentAssignment, Order, Rules
from kundorder.testing.laws.breaking import Law, must
from kundorder.testing.laws.kept import Kept
from kundorder.vocabulary import (
    AgreementModel,
    AgreementState,
    AssignmentState,
    Flow,
    Party,
    Role,
    Trigger,
)


def check_new(before: Kept, after: Kept, rules: Rules) -> None:
    """What has been accepted since was open to whoever did it, by the facts of that moment (R32).

    Args:
        before: what was kept just before; nothing else may have happened between.
        after: what is kept now.
        rules: what the host has chosen.

    Raises:
        LawBroken: which law, on which subject.
    """
    for chain, events in after.chains.items():
        for event in events[len(before.events(chain)) :]:
            if event.person is not None and event.role is not None:
                roles = before.roles(Actor(event.person, event.organisation))
                must(Law.ROLE, chain, (event, roles), hold=event.role in roles)
            order = after.orders.get(chain.partition(":")[2])
            if order is not None:
                _check_step(before, before.orders.get(order.id), order, event, rules)


def _check_step(before: Kept, was: Order | None, order: Order, event: Event, rules: Rules) -> None:
    """What the row asks besides the role."""
    content, key = order.content, f"order:{order.id}"
    through = None if content.agent is None else assignment_id_of(content.agent, content.service)
    assignment = None if through is None else before.assignments.get(through)
    granted = frozenset[str]() if through is None else before.granted(through)
    agents_attestants = before.holding(content.agent, Role.ATTESTANT)
    must_be_active = False
    match event.trigger, event.party:
        case ((Trigger.START | Trigger.SEND), _):
            must(Law.SIGNED, key, event, hold=is_signed(before, f"customer/{content.organisation}"))
            must(Law.ATTESTANT, key, event, hold=bool(before.holding(content.organisation, Role.ATTESTANT)))
            must_be_active = content.flow is Flow.VIA_AGENT
            if must_be_active:
                handlers = granted.intersection(before.holding(content.agent, Role.AGENT_HANDLER))
                must(Law.SIGNED, key, event, hold=is_signed(before, f"agent/{content.agent}"))
                must(Law.AGENT_READY, key, event, hold=bool(agents_attestants and handlers))
        case ((Trigger.APPROVE | Trigger.PICK_ATTESTANT), _):
            must(Law.GRANTED, key, event, hold=event.member in granted)
            must(Law.PICKED, key, event, hold=event.about in agents_attestants)
            must_be_active = event.trigger is Trigger.APPROVE
        case Trigger.ATTEST, Party.AGENT:
            must(Law.PICKED, key, event, hold=was is not None and was.picked == event.member)
            must_be_active = True
        case Trigger.ATTEST, _:
            must(Law.SIGNED, key, event, hold=is_signed(before, f"customer/{content.organisation}"))
            must_be_active = content.flow is Flow.VIA_AGENT
        case Trigger.WITHDRAW, Party.CUSTOMER:
            must(Law.OWN, key, event, hold=event.member == content.orderer)
        case Trigger.COMPLETE, Party.AGENT:
            must(Law.GRANTED, key, event, hold=event.member in granted)
        case Trigger.INFORM_AGENT, Party.SYSTEM:
            must(Law.RULED, key, event, hold=rules.inform_agent_automatically)
        case _:
            pass
    must(Law.ASSIGNMENT, key, event, hold=is_active(assignment) or not must_be_active)


def is_signed(kept: Kept, agreement: str) -> bool:
    """Whether there is an agreement of the current model in force."""
    found = kept.agreements.get(agreement)
    return found is not None and (found.state, found.model) == (AgreementState.SIGNED, AgreementModel.CURRENT)


def is_active(assignment: AgentAssignment | None) -> bool:
    """Whether an assignment is open for orders."""
    return assignment is not None and assignment.state is AssignmentState.ACTIVE
