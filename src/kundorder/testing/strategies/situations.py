"""Situations that can be reached, each by a walk of moves that were open: nothing is tried and thrown away.

The target is drawn first: a state, a flow, the host's rules. The published cells tell the ways there; one is walked,
with what else may happen in between. So every draw ends where it was meant to, and shrinks to the shortest walk.
"""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.catalogue import Catalogue, Offer
from kundorder.commands import FillInOrder, StartOrder
from kundorder.model import Order, Rules
from kundorder.sample import CATALOGUE
from kundorder.testing.moves import Move
from kundorder.testing.moves.asking import is_allowed
from kundorder.testing.moves.cells import able
from kundorder.testing.moves.paths import Way, states_of, ways
from kundorder.testing.strategies.answers import fitting_answers
from kundorder.testing.strategies.detours import Detour, may_deliver, offered
from kundorder.testing.strategies.reached import Reached, founded
from kundorder.testing.strategies.rules import workable_rules
from kundorder.testing.world import AGENT
from kundorder.vocabulary import ConnectionMode, Flow, OrderState, Role, Trigger
from kundorder.workflow import Cell

_CLOSED = (OrderState.WITHDRAWN, OrderState.REJECTED, OrderState.REJECTED_BY_AGENT)


@st.composite
def situations(
    draw: DrawFn,
    *,
    state: OrderState | None = None,
    flow: Flow | None = None,
    catalogue: Catalogue = CATALOGUE,
    rules: Rules | None = None,
    detours: int = 4,
) -> Reached:
    """An order anywhere on its way, with the portal and the people it takes.

    Args:
        draw: given by Hypothesis.
        state: where it stands; drawn, if not given.
        flow: the way it takes; drawn among those that know the state and that the catalogue offers, if not given.
        catalogue: what can be ordered; one that is workable.
        rules: what the host has chosen, so that orders can be attested; drawn, if not given.
        detours: how much else may happen, at most.

    Raises:
        LookupError: the catalogue has nothing that takes this flow, or no order of this flow ever comes there.
    """
    taken, here = draw(_targets(catalogue, state, flow))
    offer, mode = draw(st.sampled_from([each for each in _offered(catalogue) if each[0].flow_of(each[1]) is taken]))
    chosen = draw(workable_rules([each.id for each in catalogue.offers])) if rules is None else rules
    reached = founded(offer, mode, draw(st.sampled_from(offer.categories)), chosen, catalogue)
    way = draw(st.sampled_from(ways(taken, here)))
    between = draw(_between(len(way), detours))
    closed = [each for each in _CLOSED if each in states_of(taken)]
    before = draw(st.sampled_from((None, *closed))) if detours else None
    if before is not None:
        _begin_anew(draw, reached, draw(st.sampled_from(ways(taken, before))))
        way = way[1:]
    for place, cell in enumerate(way):
        for number, detour in between:
            if number == place:
                _go_aside(draw, reached, detour)
        _step(draw, reached, cell)
    for number, detour in between:
        if number >= len(way):
            _go_aside(draw, reached, detour)
    return reached


def orders(
    *, state: OrderState | None = None, flow: Flow | None = None, catalogue: Catalogue = CATALOGUE
) -> SearchStrategy[Order]:
    """Orders that have come on a portal to any state of any flow; see ``situations``."""
    return situations(state=state, flow=flow, catalogue=catalogue).map(_order)


def _order(reached: Reached) -> Order:
    return reached.order


def _offered(catalogue: Catalogue) -> list[tuple[Offer, ConnectionMode]]:
    return [(offer, mode) for offer in catalogue.offers for mode in offer.modes]


def _targets(
    catalogue: Catalogue, state: OrderState | None, flow: Flow | None
) -> SearchStrategy[tuple[Flow, OrderState]]:
    possible = {offer.flow_of(mode) for offer, mode in _offered(catalogue)}
    found = [
        (each, here)
        for each in Flow
        if each in possible and flow in (None, each)
        for here in states_of(each)
        if state in (None, here)
    ]
    if not found:
        raise LookupError(state, flow)
    return st.sampled_from(found)


def _between(steps: int, most: int) -> SearchStrategy[list[tuple[int, Detour]]]:
    """What else happens, and before which step; after the last one it is the aftermath."""
    return st.lists(st.tuples(st.integers(0, steps), st.sampled_from(Detour)), max_size=most)


def _begin_anew(draw: DrawFn, reached: Reached, way: Way) -> None:
    """An order that comes to nothing, and a copy of it, which is the one that counts."""
    for cell in way:
        _step(draw, reached, cell)
    again = reached.by_the_first(reached.open(Trigger.COPY_AS_DRAFT, subject=reached.order_id))
    reached.order_id = reached.act(draw(st.sampled_from(again)))


def _step(draw: DrawFn, reached: Reached, cell: Cell) -> None:
    if cell.trigger is Trigger.START:
        reached.order_id = reached.act(draw(st.sampled_from(_starts(reached))))
        return
    if cell.trigger is Trigger.SEND:
        _make_ready(draw, reached)
    found = reached.by_the_first(reached.open(cell.trigger, subject=reached.order_id))
    meant = able(reached.scene, (cell,))
    reached.act(draw(st.sampled_from([move for move in found if move.actor in meant] or found)))


def _starts(reached: Reached) -> list[Move]:
    """How the order can be started that is meant."""
    scene, agents = reached.scene, _agents(reached)
    found = (
        Move(StartOrder(offer=reached.offer.id, mode=reached.mode, agent=agent), actor)
        for actor in scene.holding(Role.ORDERER)
        for agent in agents
    )
    return [move for move in reached.by_the_first(tuple(found)) if is_allowed(scene, move.command, move.actor)]


def _agents(reached: Reached) -> tuple[str | None, ...]:
    if reached.mode is ConnectionMode.DIRECT:
        return (None,)
    return (AGENT,) if reached.flow is Flow.VIA_AGENT else (None, AGENT)  # an override does not ask for one


def _make_ready(draw: DrawFn, reached: Reached) -> None:
    """A draft becomes one that can be sent."""
    fill_in = reached.by_the_first(reached.open(Trigger.FILL_IN, subject=reached.order_id))
    filled = FillInOrder(order=reached.order_id, fields=draw(fitting_answers(reached.offer)))
    reached.act(Move(filled, draw(st.sampled_from(fill_in)).actor))
    accept = reached.by_the_first(reached.open(Trigger.ACCEPT_TERMS, subject=reached.order_id))
    reached.act(draw(st.sampled_from(accept)))


def _go_aside(draw: DrawFn, reached: Reached, detour: Detour) -> None:
    if detour is Detour.MAIL_LEAVES:
        if may_deliver(reached):
            reached.world.portal.deliver()
        return
    found = offered(detour, reached)
    if found:
        trigger = draw(st.sampled_from(tuple(dict.fromkeys(move.trigger for move in found))))
        reached.act(draw(st.sampled_from([move for move in found if move.trigger is trigger])))
