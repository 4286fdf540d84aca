"""Everything the portal says is open to anybody now, always in the same order."""

from collections.abc import Collection, Iterator
from typing import TypeAlias

from kundorder.commands import Command
from kundorder.model import Actor, AgentAssignment, Agreement, Member, Order
from kundorder.testing.moves.aside import leads_on
from kundorder.testing.moves.asking import is_allowed
from kundorder.testing.moves.cells import able, doors, lifecycle_of_agreement
from kundorder.testing.moves.move import Move
from kundorder.testing.moves.on_agreements import (
    applications,
    assignment_applications,
    on_agreement,
    on_assignment,
    unknown_organisation,
)
from kundorder.testing.moves.on_orders import on_order, starts
from kundorder.testing.moves.on_users import additions, establishing, on_user, verifications
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import Lifecycle, Trigger

_Subject: TypeAlias = Order | Agreement | AgentAssignment | Member


def legal_moves(
    scene: Scene,
    *,
    subject: str | None = None,
    triggers: Collection[Trigger] | None = None,
    actor: Actor | None = None,
    onward: bool | None = None,
) -> tuple[Move, ...]:
    """What anybody could do now and have accepted, with complete commands: several where somebody is to be picked.

    What would be accepted and change nothing, such as giving a role that is held, is left out. Filters are looked at
    before the portal is asked, so a narrow question is a quick one.

    Args:
        scene: a portal as it is now.
        subject: only what is done to the order, agreement, assignment or user of this id.
        triggers: only what pulls one of these.
        actor: only what is open to this one.
        onward: only what ``leads_on``, or only what does not.
    """
    wanted = frozenset(Trigger if triggers is None else triggers)
    return tuple(
        move
        for move in dict.fromkeys(_proposed(scene, subject, wanted, actor))
        if (actor is None or move.actor == actor)
        and (onward is None or leads_on(scene, move) is onward)
        and is_allowed(scene, move.command, move.actor)
    )


def _proposed(scene: Scene, subject: str | None, wanted: frozenset[Trigger], actor: Actor | None) -> Iterator[Move]:
    everything: tuple[_Subject, ...] = (*scene.orders, *scene.agreements, *scene.assignments, *scene.members)
    for each in everything:
        if subject in (None, each.id):
            yield from _to(scene, each, wanted, actor)
    if subject is None:
        yield from (move for move in _creating(scene, wanted, actor) if move.trigger in wanted)


def _to(scene: Scene, each: _Subject, wanted: frozenset[Trigger], only: Actor | None) -> Iterator[Move]:
    if isinstance(each, Member) and Trigger.VERIFY in wanted:
        yield from verifications(scene, each)
    for trigger, cells in doors(_lifecycle(each), each.state).items():
        if trigger not in wanted or trigger is Trigger.VERIFY:
            continue
        for actor in able(scene, cells):
            if only in (None, actor):
                yield from (Move(command, actor) for command in _commands(scene, each, trigger, actor))
    if isinstance(each, Order) and Trigger.COPY_AS_DRAFT in wanted:
        for actor in able(scene, doors(Lifecycle.ORDER, None)[Trigger.COPY_AS_DRAFT]):
            if only in (None, actor):
                yield from (Move(command, actor) for command in on_order(scene, each, Trigger.COPY_AS_DRAFT, actor))


def _lifecycle(each: _Subject) -> Lifecycle:
    match each:
        case Order():
            return Lifecycle.ORDER
        case Agreement():
            return lifecycle_of_agreement(each)
        case AgentAssignment():
            return Lifecycle.ASSIGNMENT
        case Member():
            return Lifecycle.USER


def _commands(scene: Scene, each: _Subject, trigger: Trigger, actor: Actor) -> Iterator[Command]:
    match each:
        case Order():
            return on_order(scene, each, trigger, actor)
        case Agreement():
            return on_agreement(scene, each, trigger)
        case AgentAssignment():
            return on_assignment(scene, each, trigger, actor)
        case Member():
            return on_user(scene, each, trigger)


def _creating(scene: Scene, wanted: frozenset[Trigger], only: Actor | None) -> Iterator[Move]:
    if Trigger.START in wanted:
        for actor in able(scene, doors(Lifecycle.ORDER, None)[Trigger.START]):
            if only in (None, actor):
                yield from (Move(command, actor) for command in starts(scene, actor))
    if not wanted.isdisjoint((Trigger.APPLY, Trigger.REGISTER)):
        yield from applications(scene)
        for actor in able(scene, doors(Lifecycle.ASSIGNMENT, None)[Trigger.APPLY]):
            yield from (Move(command, actor) for command in assignment_applications(scene))
    if Trigger.ADD in wanted:
        for actor in able(scene, doors(Lifecycle.USER, None)[Trigger.ADD]):
            yield from (Move(command, actor) for command in additions(scene, actor))
    if Trigger.ESTABLISH in wanted:
        yield establishing(unknown_organisation(scene))
