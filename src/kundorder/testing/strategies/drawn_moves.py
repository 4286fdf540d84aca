"""Moves to draw: what is open, what is not, and anything at all."""

from collections.abc import Collection

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.model import SYSTEM, Actor
from kundorder.testing import moves
from kundorder.testing.moves import Move, Scene
from kundorder.testing.strategies.people import actors
from kundorder.testing.strategies.values import commands
from kundorder.vocabulary import Trigger


def legal_moves(
    scene: Scene,
    *,
    subject: str | None = None,
    triggers: Collection[Trigger] | None = None,
    actor: Actor | None = None,
    onward: bool | None = None,
) -> SearchStrategy[Move]:
    """One of the moves that the portal says are open; see ``moves.legal_moves``.

    Where none is, nothing can be drawn, and Hypothesis gives the example up: look with ``moves.legal_moves`` first
    where that may be so, as at the end of an order.
    """
    found = moves.legal_moves(scene, subject=subject, triggers=triggers, actor=actor, onward=onward)
    return st.sampled_from(found) if found else st.nothing()


@st.composite
def hostile_moves(draw: DrawFn, scene: Scene) -> Move:
    """Anybody tries any command, about anything there is or is not.

    Args:
        draw: given by Hypothesis.
        scene: a portal as it is now.
    """
    actor = draw(st.sampled_from(moves.hostile_actors(scene)))
    pool = draw(st.sampled_from(moves.hostile_commands(scene, actor)))
    return Move(pool.nth(draw(st.integers(0, len(pool) - 1))), actor)


def anything() -> SearchStrategy[Move]:
    """A command by anybody, made up without a look at what there is."""
    return st.builds(Move, commands(), actors() | st.just(SYSTEM))
