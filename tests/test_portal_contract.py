"""The contract of a portal, put to ours on each of our stores."""

from contextlib import closing

import pytest
from outbox import at_once

import kundorder as ko
from kundorder.adapters.sqlite import SqliteStore
from kundorder.testing.contracts.portal import Given, PortalContract
from kundorder.testing.surroundings import NumberedIds


class TestPortalInMemory(PortalContract):
    pass


class TestPortalWithIdsInARow(PortalContract):
    def make_ids(self) -> ko.Ids:
        return NumberedIds()


@pytest.mark.long
class TestPortalOnSqlite(PortalContract):
    """Takes minutes: each act waits for the disk."""

    def begin(self) -> None:
        self.stores = 0

    def make_store(self) -> ko.Store:
        self.stores += 1
        return self.closing.enter_context(closing(SqliteStore(self.place / f"{self.stores}.db")))

    def make_portal(self, given: Given) -> ko.Portal:
        return ko.Portal(
            store=given.store,
            catalogue=given.catalogue,
            rules=given.rules,
            mailer=given.mailer,
            signing=given.signing,
            authority=ko.EverybodyNamed(),
            clock=given.clock,
            ids=given.ids,
            pause=at_once,
        )
