"""Law 15: where a list of notices goes on names no order that its reader may follow no more; and nothing is missing."""

import asyncio

import pytest
from world import AGENT, World

import kundorder as ko
from kundorder.adapters.threads import Thread, ThreadedStore
from kundorder.ports import Page
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import Role, Template

OFFERS = {"npo-producent": "npo", "webcert-integrerad": "webcert"}
HANNA = ko.Actor("hanna", AGENT)


def told_and_revoked(pattern: str) -> tuple[World, list[str], list[str]]:
    """Orders of two services, all of which a handler was asked to review, and who has lost the grant for one of them.

    Args:
        pattern: of each order whether it is of the service that is left (``+``) or not (``-``), the oldest first.
    """
    world = World.new()
    adam = world.customer()
    anna = world.user(adam, "anna", Role.ORDERER)
    world.user(adam, "atle", Role.ATTESTANT)
    agda = world.agent(services=tuple(OFFERS.values()))
    left, gone = OFFERS
    kept: list[str] = []
    hidden: list[str] = []
    for each in pattern:
        offer = left if each == "+" else gone
        order = world.draft(anna, offer, ko.ConnectionMode.VIA_AGENT, AGENT).id
        world.portal.execute(ko.SendOrder(order=order), anna)
        (kept if each == "+" else hidden).append(order)
    assert len(world.portal.notices(HANNA).items) == len(pattern)
    member = world.members[AGENT, "hanna"]
    world.portal.execute(ko.RevokeHandler(member=member, assignment=f"{AGENT}/{OFFERS[gone]}"), agda)
    return world, kept, hidden


PATTERNS = ("+-", "-+", "--", "+--+", "-+-+-", "--++--", "+-----+", "------")


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_where_notices_go_on_names_no_order_that_is_not_shown(pattern: str, limit: int) -> None:
    world, kept, hidden = told_and_revoked(pattern)
    thread = Thread()
    awaited = ko.AsyncPortal(store=ThreadedStore(world.store, thread), catalogue=CATALOGUE, clock=world.clock)
    found: list[str] = []
    after: str | None = None
    while True:
        page = world.portal.notices(HANNA, after=after, limit=limit)
        assert asyncio.run(awaited.notices(HANNA, after=after, limit=limit)) == page
        assert len(page.items) <= limit
        assert {notice.template for notice in page.items} <= {Template.REVIEW_ORDER}
        found += [notice.order for notice in page.items]
        after = page.after
        if after is None:
            break
        assert not any(order in after for order in hidden)
    thread.close()
    assert found == kept[::-1]


def whole_page(page: Page, _follows: set[str], _acts: set[str]) -> int:
    """What takes all that stands on a page for shown."""
    return len(page.items)


def test_a_list_that_goes_on_after_what_is_hidden_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    world, _kept, hidden = told_and_revoked("--")
    monkeypatch.setattr("kundorder.portal.looking._up_to_last", whole_page)
    after = world.portal.notices(HANNA, limit=1).after
    assert after is not None
    assert hidden[-1] in after
