"""How records, lists, the journal and debts lie in tables: what every store of tables shares, and no SQL.

Pure: the adapters bring the connection and the statements.
"""

from kundorder.events import settled as settled
from kundorder.layout.durability import OLDEST as OLDEST
from kundorder.layout.durability import Durability as Durability
from kundorder.layout.durability import JournalMode as JournalMode
from kundorder.layout.durability import durability as durability
from kundorder.layout.durability import has_wal_reset_bug as has_wal_reset_bug
from kundorder.layout.faults import NO_DATABASE as NO_DATABASE
from kundorder.layout.faults import is_cut_off as is_cut_off
from kundorder.layout.faults import is_locked as is_locked
from kundorder.layout.faults import meaning_in_postgres as meaning_in_postgres
from kundorder.layout.faults import meaning_in_sqlite as meaning_in_sqlite
from kundorder.layout.places import Place as Place
from kundorder.layout.places import Stretch as Stretch
from kundorder.layout.places import go_on as go_on
from kundorder.layout.places import stretch as stretch
from kundorder.layout.rows import FactRow as FactRow
from kundorder.layout.rows import OwedRow as OwedRow
from kundorder.layout.rows import about as about
from kundorder.layout.rows import entry as entry
from kundorder.layout.rows import fact as fact
from kundorder.layout.rows import moment as moment
from kundorder.layout.rows import owed as owed
