"""What else happens while an order is on its way: none of it keeps the order from where it is going."""

from collections.abc import Iterator
from enum import StrEnum, unique
from typing import Final, final

from kundorder.commands import MemberCommand
from kundorder.testing.moves import Move, legal_moves
from kundorder.testing.strategies.reached import Reached
from kundorder.vocabulary import Flow, OrderState, Trigger


@final
@unique
class Detour(StrEnum):
    """What may come between."""

    PEOPLE_COME = "people come"  # users are added, verified, restored, given roles and grants
    PEOPLE_GO = "people go"  # nobody who is needed: users are deleted, or lose a role or a grant
    ANOTHER_ORDER = "another order"
    ITS_NEXT_STEP = "its next step"  # of any order but this one
    OTHERS_AGREE = "others agree"  # agreements of other organisations are applied for, registered, signed, ended
    MAIL_LEAVES = "mail leaves"


_COMING: Final = (Trigger.ADD, Trigger.VERIFY, Trigger.RESTORE, Trigger.ASSIGN_ROLE, Trigger.GRANT)
_GOING: Final = (Trigger.DELETE, Trigger.REMOVE_ROLE, Trigger.REVOKE)


def offered(detour: Detour, reached: Reached) -> tuple[Move, ...]:
    """The moves among which a detour chooses; none, if there is nothing of the kind to do now."""
    match detour:
        case Detour.PEOPLE_COME:
            return reached.open(*_COMING)
        case Detour.PEOPLE_GO:
            return tuple(move for move in reached.open(*_GOING) if not _is_missed(move, reached))
        case Detour.ANOTHER_ORDER:
            return reached.open(Trigger.START)
        case Detour.ITS_NEXT_STEP:
            return tuple(_of_other_orders(reached))
        case Detour.OTHERS_AGREE:
            return tuple(_of_other_organisations(reached))
        case Detour.MAIL_LEAVES:
            return ()


def may_deliver(reached: Reached) -> bool:
    """Whether delivering changes nothing about the order: the system may owe to inform the agent."""
    if not (reached.order_id and reached.rules.inform_agent_automatically and reached.flow is Flow.VIA_AGENT):
        return True
    return reached.state is not OrderState.ATTESTED


def _is_missed(move: Move, reached: Reached) -> bool:
    return isinstance(move.command, MemberCommand) and reached.is_needed(move.command.member)


def _of_other_orders(reached: Reached) -> Iterator[Move]:
    scene = reached.scene
    for order in scene.orders:
        if order.id != reached.order_id:
            yield from legal_moves(scene, subject=order.id)


def _of_other_organisations(reached: Reached) -> Iterator[Move]:
    scene = reached.scene
    ours = {organisation for organisation, _person in reached.world.members}
    for agreement in scene.agreements:
        if agreement.organisation not in ours:
            yield from legal_moves(scene, subject=agreement.id)
    yield from legal_moves(scene, triggers=(Trigger.APPLY, Trigger.REGISTER))
