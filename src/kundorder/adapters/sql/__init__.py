"""A store in tables of a database that may be the host's own: PostgreSQL, or SQLite through SQLAlchemy.

How it stays right, in every file of this package:

- A write looks at the guards and holds them still until all of it is kept (``postgres``, ``lite``).
- A transaction of ours is on a connection of ours (``transaction``); in a transaction of the host's nothing is begun,
  committed or rolled back but our own savepoints (``bound``).
- Tables are made and changed by migrations alone (``migrating``), and refused when they are not those we know.
- No driver's exception gets past ``lines``.
"""

from kundorder.adapters.sql.bound import BoundStore as BoundStore
from kundorder.adapters.sql.migrating import migrate as migrate
from kundorder.adapters.sql.migrating import migration_sql as migration_sql
from kundorder.adapters.sql.report import SqlReport as SqlReport
from kundorder.adapters.sql.store import SqlStore as SqlStore

__all__ = ["BoundStore", "SqlReport", "SqlStore", "migrate", "migration_sql"]
