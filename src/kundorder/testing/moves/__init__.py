"""Moves: what is open to anybody in a portal now, and what anybody could try.

Nothing here needs pytest or Hypothesis; ``kundorder.testing.strategies`` draws from it.
"""

from kundorder.testing.moves.aside import leads_on
from kundorder.testing.moves.hostile import CommandPool, hostile_actors, hostile_commands
from kundorder.testing.moves.legal import legal_moves
from kundorder.testing.moves.move import Move
from kundorder.testing.moves.pasting import pasted
from kundorder.testing.moves.scenes import Scene

__all__ = [
    "CommandPool",
    "Move",
    "Scene",
    "hostile_actors",
    "hostile_commands",
    "leads_on",
    "legal_moves",
    "pasted",
]
