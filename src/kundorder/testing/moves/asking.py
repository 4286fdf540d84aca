"""What the portal says of a command, and commands with the evidence they need."""

from collections.abc import Iterator

import attrs

from kundorder.commands import Command
from kundorder.errors import NotFound
from kundorder.model import Actor
from kundorder.portal.signings import ToSign
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import AttestMethod, ReasonCode


def is_allowed(scene: Scene, command: Command, actor: Actor) -> bool:
    """Whether it would be accepted."""
    return objections(scene, command, actor) == frozenset()


def objections(scene: Scene, command: Command, actor: Actor) -> frozenset[ReasonCode] | None:
    """What stands in its way; None: there is nothing of the kind for this actor."""
    try:
        return frozenset(reason.code for reason in scene.portal.check(command, actor).reasons)
    except NotFound:
        return None


def proven(scene: Scene, command: ToSign, actor: Actor, *, signer: str | None = None) -> Iterator[Command]:
    """The command with evidence, by each method in turn, if nothing but the evidence is missing."""
    if objections(scene, command, actor) != frozenset((ReasonCode.EVIDENCE_MISSING,)):
        return
    for method in methods_of(command):
        evidence = scene.evidence(command, actor, method, signer=signer)
        if evidence is not None:
            yield attrs.evolve(command, evidence=evidence)


def methods_of(command: ToSign) -> tuple[AttestMethod, ...]:
    """The method that is chosen; where none can be, all there are."""
    match getattr(command, "method", None):
        case AttestMethod() as method:
            return (method,)
        case _:
            return tuple(AttestMethod)
