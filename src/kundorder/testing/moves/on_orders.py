"""What can be asked for orders, with complete commands; several where somebody or something is to be picked."""

from collections.abc import Iterator

from kundorder.catalogue import Offer
from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    AttestOrder,
    Command,
    CompleteOrder,
    CopyOrderAsDraft,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    SendOrder,
    StartOrder,
    WithdrawOrder,
)
from kundorder.errors import Malformed
from kundorder.model import Actor, Order
from kundorder.testing.forms import fitting
from kundorder.testing.moves.asking import proven
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import AttestMethod, ConnectionMode, Flow, Role, Trigger, UserState


def starts(scene: Scene, actor: Actor) -> Iterator[Command]:
    """Every offer in every mode, through every agent; each also as a supplement to the actor's first order."""
    own = (order.id for order in scene.orders if order.content.organisation == actor.organisation)
    for offer in scene.catalogue.offers:
        for mode in offer.modes:
            for agent in _agents(scene, offer, mode):
                yield StartOrder(offer=offer.id, mode=mode, agent=agent)
    for first in own:
        for offer in scene.catalogue.offers:
            for mode in offer.modes:
                for agent in _agents(scene, offer, mode):
                    yield StartOrder(offer=offer.id, mode=mode, agent=agent, supplementary_to=first)
        return


def _agents(scene: Scene, offer: Offer, mode: ConnectionMode) -> Iterator[str | None]:
    if offer.flow_of(mode) is Flow.DIRECT:
        yield None
    if mode is ConnectionMode.VIA_AGENT:
        yield from (each.number for each in scene.organisations if each.is_agent)


def on_order(scene: Scene, order: Order, trigger: Trigger, actor: Actor) -> Iterator[Command]:
    """Every way to pull this trigger."""
    identifier = order.id
    match trigger:
        case Trigger.FILL_IN | Trigger.ACCEPT_TERMS:
            yield from _on_draft(scene, order, trigger)
        case Trigger.APPROVE:
            for attestant in _attestants(scene, order):
                yield ApproveOrder(order=identifier, attestant=attestant, certified=True)
        case Trigger.PICK_ATTESTANT:
            for attestant in _attestants(scene, order):
                if attestant != order.picked:
                    yield PickAttestant(order=identifier, attestant=attestant)
        case Trigger.ATTEST:
            for method in AttestMethod:
                yield from proven(scene, AttestOrder(order=identifier, method=method), actor)
        case _:
            yield from _plain(identifier, trigger)


def _plain(identifier: str, trigger: Trigger) -> Iterator[Command]:
    match trigger:
        case Trigger.SEND:
            yield SendOrder(order=identifier)
        case Trigger.REJECT:
            yield RejectOrder(order=identifier, reason="Fel tjänst.")
        case Trigger.WITHDRAW:
            yield WithdrawOrder(order=identifier)
        case Trigger.HAND_OVER:
            yield HandOverOrder(order=identifier, instructions="Logga in så här.")
        case Trigger.INFORM_AGENT:
            yield InformAgent(order=identifier)
        case Trigger.COMPLETE:
            yield CompleteOrder(order=identifier)
        case Trigger.COPY_AS_DRAFT:
            yield CopyOrderAsDraft(order=identifier)
        case _:
            raise LookupError(trigger)


def _on_draft(scene: Scene, order: Order, trigger: Trigger) -> Iterator[Command]:
    offer = scene.catalogue.offer(order.content.offer)
    if offer is None:
        return
    try:
        if trigger is Trigger.FILL_IN:
            yield FillInOrder(order=order.id, fields=fitting(offer))
        else:
            yield AcceptTerms(order=order.id, version=offer.terms.version)
    except Malformed:  # a catalogue may have what no command can say
        return


def _attestants(scene: Scene, order: Order) -> Iterator[str]:
    for member in scene.members:
        counts = member.state is UserState.ACTIVE and Role.ATTESTANT in member.roles
        if counts and member.organisation == order.content.agent:
            yield member.id
