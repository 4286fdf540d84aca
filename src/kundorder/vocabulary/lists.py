"""What a store can list."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class Index(Name):
    """The lists a store keeps; what goes on each is said by ``worklists.listings``."""

    ORDERS = "orders"  # by who may follow them
    PENDING = "pending"  # by who is to act
    NOTICES = "notices"  # by whose list
    MEMBERS = "members"  # by organisation
    GRANTS = "grants"  # assignments, by handler
    HEADS = "heads"  # everything with a journal
    JOURNAL = "journal"  # entries, by chain
    OWED = "owed"  # mail and follow-ups, by state
    SIGNINGS = "signings"  # under way, by subject and all together, the first to end first
    LINKS = "links"  # all under one value, the first to end first
    RECEIPTS = "receipts"  # of idempotency keys, all under one value, the oldest first
