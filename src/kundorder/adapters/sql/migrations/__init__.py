"""How the tables come about, release by release, by Alembic.

A migration that has been released is never changed. Each can be printed as plain SQL for whoever looks after a
database, and each is made in one transaction.
"""

from typing import Final

REVISIONS: Final = ("0001",)
"""All there are, the first first."""
