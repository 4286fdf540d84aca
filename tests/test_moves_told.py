"""What is open, and what could be tried, in two situations: every move, fixed in the text.

``cd tests && PYTHONPATH=. ../.venv/bin/python test_moves_told.py`` writes it anew, to be read before it is kept.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import kundorder as ko
from kundorder.adapters.memory import MemorySigner
from kundorder.testing.moves import Scene, hostile_actors, hostile_commands, leads_on, legal_moves
from kundorder.testing.populated import populate
from kundorder.testing.surroundings import NumberedIds
from kundorder.testing.world import AGENT, OTHER, World
from kundorder.vocabulary import CustomerCategory

GOLDEN: Final = Path(__file__).parent / "golden" / "moves.txt"
_LONG: Final = re.compile(r"\b[0-9a-f]{64}\b|(?<=proof=')[^']*|(?<=code=')[^']*|(?<=signer=')[0-9a-f-]{36}")
"""What chance or a key gives."""


def scenes() -> Iterator[tuple[str, Scene]]:
    """People without orders; and orders under way, beside an application and an assignment that wait."""
    signer = MemorySigner()
    world = World.new(signing=signer, ids=NumberedIds())
    here = populate(world)
    yield "nothing ordered", Scene.of_world(world, signing=signer)
    draft = world.draft(here.orderer, mode=ko.ConnectionMode.VIA_AGENT, agent=AGENT)
    world.portal.execute(ko.SendOrder(order=draft.id), here.orderer)
    attested = world.draft(here.orderer)
    world.portal.execute(ko.SendOrder(order=attested.id), here.orderer)
    attest = ko.AttestOrder(order=attested.id, method=ko.AttestMethod.BANKID)
    world.portal.resume_signing(attest, here.attestant, method=ko.AttestMethod.BANKID)
    world.draft(here.orderer)
    world.portal.execute(ko.DeleteUser(member=here.members[here.without_role]), here.administrator)
    applying = world.application(OTHER, "otto")
    world.portal.execute(
        ko.ApplyForCustomerAgreement(name="Provkommunen", category=CustomerCategory.MUNICIPALITY, application=applying),
        ko.Actor("otto", OTHER),
    )
    world.portal.execute(ko.ApplyForAssignment(service="journalen"), here.agent.assignment_orderer)
    yield "several under way", Scene.of_world(world, signing=signer)


def told() -> Iterator[str]:
    """Every move that is open, and every value that could be tried."""
    for name, scene in scenes():
        yield f"# open: {name}"
        for move in legal_moves(scene):
            onward, actor = ">" if leads_on(scene, move) else " ", move.actor
            yield f"{onward} {actor.person}@{actor.organisation} {move.command}"
        yield f"# actors: {name}"
        yield from (f"  {actor.person}@{actor.organisation}" for actor in hostile_actors(scene))
        yield f"# tried: {name}"
        for pool in hostile_commands(scene):
            yield f"  {pool.kind.__name__}, {len(pool)}"
            for field, values in pool.values.items():
                yield f"    {field}: {', '.join(map(repr, values))}"


def test_moves_are_what_people_have_read() -> None:
    assert [_LONG.sub("…", line) for line in told()] == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    lines = "\n".join(_LONG.sub("…", line) for line in told())
    sys.exit(0 if GOLDEN.write_text(lines + "\n", "utf-8") else 1)
