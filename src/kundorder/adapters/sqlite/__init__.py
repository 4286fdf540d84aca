"""A store in one SQLite file, by the standard library's ``sqlite3``: the embedded default.

How it stays right, in every file of this package:

- A write is one ``BEGIN IMMEDIATE`` transaction that looks at the guards first. A read has ended when it is handed over
  and locks nothing while the host thinks: a decision is safe by its guards, not by how long a lock is held.
- Every thread keeps a connection of its own. Writers of one process take turns at a lock of ours, which is fairer than
  SQLite's waiting; SQLite's own locks are what keeps processes apart. Not across ``fork``, not on network file systems.
- What has been acknowledged survives a power cut: the journal mode is chosen by the version of SQLite (``durability``).
- A file is looked at without a lock and without a write until it is known to be ours (``file``). Plain ``open`` never
  touches it: closing such a file would drop the locks of every connection this process has to it.
"""

from kundorder.adapters.sqlite.report import StoreReport as StoreReport
from kundorder.adapters.sqlite.store import SqliteStore as SqliteStore

__all__ = ["SqliteStore", "StoreReport"]
