"""What a line to PostgreSQL that breaks does to a command: at every send of it, before the server has got it or after.

Whoever has been told that it is kept, has it; whoever has not, tries again with the same key, and it has happened once.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from cast import Cast
from lines_between import Between, between
from postgres import address, server
from proof import count

import kundorder as ko
from kundorder.adapters.sql import SqlStore, migrate
from kundorder.errors import Unavailable
from kundorder.sample import CATALOGUE

ACTS: Final = ("start", "send", "withdraw")


@pytest.fixture(scope="module")
def line() -> Iterator[Between]:
    with between(server()) as found:
        yield found


def through(line: Between, place: Path) -> str:
    """The address of the place's schema, by way of the line."""
    direct = address(place, driver="+psycopg")
    options = direct.partition("options=")[2].partition("&")[0]
    return f"postgresql+psycopg://postgres@127.0.0.1:{line.port}/postgres?options={options}"


def command_for(act: str, cast: Cast) -> ko.Command:
    """Something that Berta can do now."""
    match act:
        case "start":
            return ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT)
        case "send":
            return ko.SendOrder(order=cast.draft())
        case _:
            return ko.WithdrawOrder(order=cast.sent())


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("act", ACTS)
def test_a_line_that_breaks_anywhere_in_a_command_leaves_it_done_once_or_not_at_all(
    line: Between,
    tmp_path: Path,
    act: str,
    after: bool,  # noqa: FBT001
) -> None:
    direct = address(tmp_path, driver="+psycopg")
    migrate(direct)
    with closing(SqlStore(direct)) as safe, closing(SqlStore(through(line, tmp_path))) as broken:
        cast = Cast.new(store=safe, agent=False)
        portal = ko.Portal(store=broken, catalogue=CATALOGUE, clock=cast.world.clock)
        sends, told = 1, 0
        while True:
            command, actor = command_for(act, cast), cast.berta
            warm(portal, actor)
            before = entries(cast.portal)
            line.cut(sends, after=after)
            try:
                outcome = portal.execute(command, actor, key=f"{act} {sends} {after}")
            except Unavailable:
                told += 1
            else:
                assert entries(cast.portal) == before + 1, "what has been acknowledged is kept"
                if line.cut_at is not None:  # there are no more sends than that
                    break
                assert cast.portal.execute(command, actor, key=f"{act} {sends} {after}") == outcome
            line.cut_at = None
            _ = cast.portal.execute(command, actor, key=f"{act} {sends} {after}")
            _ = portal.execute(command, actor, key=f"{act} {sends} {after}")
            assert entries(cast.portal) == before + 1
            sends += 1
        assert cast.portal.verify_journal().verified
        assert told >= 1, "of the write itself it is not known whether it was kept"
        assert sends == 4, "two reads and one write, each one send"
        count("lines to PostgreSQL cut in the middle of a command", sends - 1)


def warm(portal: ko.Portal, actor: ko.Actor) -> None:
    """A line that is open, on which everything has been prepared."""
    _ = portal.orders(actor)
    _ = portal.execute(ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT), actor)


def entries(portal: ko.Portal) -> int:
    return portal.verify_journal().entries
