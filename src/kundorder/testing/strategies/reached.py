"""An order somewhere on its way, and the portal it has come there on."""

from typing import Final, final

import attrs

from kundorder.adapters.memory import MemorySigner
from kundorder.catalogue import Catalogue, Offer
from kundorder.model import Actor, Order, Rules
from kundorder.portal import Portal
from kundorder.testing.moves import Move, Scene, legal_moves, pasted
from kundorder.testing.moves.move import Printer
from kundorder.testing.surroundings import NumberedIds
from kundorder.testing.world import AGENT, CUSTOMER, World
from kundorder.vocabulary import ConnectionMode, CustomerCategory, Flow, OrderState, Role, Trigger

_ORDERER: Final = "anna"
_ATTESTANT: Final = "bo"


@final
@attrs.define(kw_only=True, repr=False)
class Reached:
    """A situation that people have come to by acts that were open to them, and how."""

    world: World
    signing: MemorySigner
    rules: Rules
    offer: Offer
    mode: ConnectionMode
    order_id: str = ""
    story: tuple[Move, ...] = ()  # all that has been done since everybody was there

    @property
    def scene(self) -> Scene:
        """Who and what is there now."""
        return Scene.of_world(self.world, signing=self.signing)

    @property
    def order(self) -> Order:
        """The order as it is now."""
        return self.scene.order(self.order_id)

    @property
    def flow(self) -> Flow:
        """The way it takes."""
        return self.offer.flow_of(self.mode)

    @property
    def state(self) -> OrderState:
        """Where it stands now."""
        return self.order.state

    def act(self, move: Move) -> str:
        """Do what is open.

        Returns:
            The id of what it was done to, or of what it made.

        Raises:
            Refused: it was not; nothing has changed.
        """
        outcome = self.world.portal.execute(move.command, move.actor)
        self.story = (*self.story, move)
        return outcome.id

    def open(self, *triggers: Trigger, subject: str | None = None) -> tuple[Move, ...]:
        """What of this is open to anybody now."""
        return legal_moves(self.scene, subject=subject, triggers=triggers)

    def is_needed(self, member: str) -> bool:
        """Whether somebody on the order's way to its end would be missed: one of the first, or who is picked."""
        first = (*self.world.members.values(),)
        return member in first or (bool(self.order_id) and member == self.order.picked)

    def by_the_first(self, found: tuple[Move, ...]) -> tuple[Move, ...]:
        """Those of the moves that are open to people who were there from the start."""
        first = {Actor(person, organisation) for organisation, person in self.world.members}
        return tuple(move for move in found if move.actor in first or not move.actor.organisation)

    def __repr__(self) -> str:
        told = "".join(f"\n    {move!r}," for move in self.story)
        stands = f"{self.state}, {self.flow}, {pasted(self.rules)}" if self.order_id else "nothing yet"
        return f"Reached({stands}:{told})"

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:  # noqa: FBT001 # pyright: ignore[reportUnusedFunction] - so Hypothesis calls it
        """What Hypothesis shows of a failure; without it, every field of the whole world."""
        del cycle
        printer.text(repr(self))


def founded(
    offer: Offer, mode: ConnectionMode, category: CustomerCategory, rules: Rules, catalogue: Catalogue
) -> Reached:
    """Everybody whom an order of this offer needs, each another person; nothing has been ordered yet.

    The host has had other rules until now, for it may change them whenever it wants to.

    Args:
        offer: what is going to be ordered.
        mode: how.
        category: of the customer.
        rules: from now on.
        catalogue: the one the offer is in.
    """
    signing, ids = MemorySigner(), NumberedIds()
    world = World.new(signing=signing, ids=ids, catalogue=catalogue)
    administrator = world.customer(CUSTOMER, category=category)
    world.user(administrator, _ORDERER, Role.ORDERER)
    world.user(administrator, _ATTESTANT, Role.ATTESTANT)
    if mode is ConnectionMode.VIA_AGENT:
        world.agent(AGENT, services=(offer.service,))
    world.portal.deliver()
    world.portal = Portal(
        store=world.store,
        catalogue=catalogue,
        rules=rules,
        mailer=world.mailer,
        signing=signing,
        clock=world.clock,
        ids=ids,
    )
    return Reached(world=world, signing=signing, rules=rules, offer=offer, mode=mode)
