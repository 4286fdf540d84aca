"""What everybody sees in the lists of a portal in which much has happened, fixed in the text.

``cd tests && PYTHONPATH=. ../.venv/bin/python test_lists.py`` writes it anew, to be read before it is kept.
"""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import attrs
from cast import Cast
from test_events import happen

import kundorder as ko
from kundorder.testing.moves import Scene
from kundorder.testing.surroundings import NumberedIds

GOLDEN: Final = Path(__file__).parent / "golden" / "lists.txt"
SHOWN: Final = 8  # lines of a list; the first tell enough


def facts(line: attrs.AttrsInstance) -> str:
    """All that a line says, without what it is silent about."""
    held = attrs.asdict(line, recurse=False)
    return ", ".join(f"{name}={value}" for name, value in held.items() if value not in (None, (), "", False))


def lists(portal: ko.Portal, reader: ko.Actor) -> Iterator[tuple[str, tuple[attrs.AttrsInstance, ...]]]:
    """What waits, what is told and who is there, for one reader."""
    yield "pending", portal.pending(reader).items
    yield "notices", portal.notices(reader).items
    with suppress(ko.NotFound):
        yield "members", portal.members(reader).items
    orders = portal.orders(reader).items
    for order in orders:
        yield f"{order.id} path", portal.path(order.id, reader)
        yield f"{order.id} due", portal.due(order.id, reader)
        yield f"{order.id} options", tuple(each for each in portal.options(order.id, reader) if each.verdict.allowed)


def told() -> Iterator[str]:
    """Every list of everybody: as people begin, and when nearly all is over."""
    cast = Cast.new(ids=NumberedIds())
    cast.approved()
    cast.sent()
    cast.portal.execute(ko.ApplyForAssignment(service="journalen"), ko.Actor("uno", "556677-8899"))
    for moment in ("begun", "done"):
        if moment == "done":
            happen(cast)
        for reader in (*Scene.of_world(cast.world).actors, ko.SYSTEM):
            for name, lines in lists(cast.portal, reader):
                yield from (
                    f"{moment}, {reader.person}@{reader.organisation}, {name}: {facts(line)}" for line in lines[:SHOWN]
                )


def test_lists_show_what_people_have_read() -> None:
    assert list(told()) == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told()) + "\n", "utf-8") else 1)
