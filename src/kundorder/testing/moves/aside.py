"""Which moves lead on, so that whoever only makes those comes to an end that was meant."""

from typing import Final

from kundorder.codec import terms_digest
from kundorder.commands import AcceptTerms, FillInOrder
from kundorder.model import Order
from kundorder.testing.moves.move import Move
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import Trigger

ASIDE: Final = frozenset(
    {
        Trigger.REJECT,
        Trigger.WITHDRAW,
        Trigger.COPY_AS_DRAFT,
        Trigger.PICK_ATTESTANT,
        Trigger.DECLINE,
        Trigger.TERMINATE,
        Trigger.END,
        Trigger.DELETE,
        Trigger.REMOVE_ROLE,
        Trigger.REVOKE,
    }
)
"""What takes something back, ends it early, or stays where it is."""


def leads_on(scene: Scene, move: Move) -> bool:
    """Whether a move begins something or brings it nearer to its end, and has not been made already."""
    if move.trigger in ASIDE:
        return False
    match move.command:
        case FillInOrder(order=identifier, fields=fields):
            return scene.order(identifier).content.answers != fields
        case AcceptTerms(order=identifier):
            return not _has_accepted(scene, scene.order(identifier))
        case _:
            return True


def _has_accepted(scene: Scene, order: Order) -> bool:
    offer, accepted = scene.catalogue.offer(order.content.offer), order.content.terms
    return offer is not None and accepted is not None and accepted.digest == terms_digest(offer.terms)
