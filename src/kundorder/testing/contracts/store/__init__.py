"""What a store promises (``ports.Store``), as a contract: subclass it, and say how a store is opened.

No promise knows what kind of store it has: it asks through the port only, and whatever is stored is made up.
"""

from kundorder.testing.contracts.store.chains import ChainContract
from kundorder.testing.contracts.store.claims import ClaimContract
from kundorder.testing.contracts.store.debts import DebtContract
from kundorder.testing.contracts.store.dropping import DroppingContract
from kundorder.testing.contracts.store.dying import DyingContract
from kundorder.testing.contracts.store.ending import EndContract
from kundorder.testing.contracts.store.faults import FaultContract
from kundorder.testing.contracts.store.lists import ListContract
from kundorder.testing.contracts.store.neighbours import NeighbourContract
from kundorder.testing.contracts.store.paging import PageContract
from kundorder.testing.contracts.store.reading import ReadContract
from kundorder.testing.contracts.store.sharing import SharingContract
from kundorder.testing.contracts.store.texts import TextContract
from kundorder.testing.contracts.store.writing import WriteContract

__all__ = ["StoreContract"]


class StoreContract(
    ReadContract,
    WriteContract,
    ListContract,
    PageContract,
    ChainContract,
    DebtContract,
    ClaimContract,
    DroppingContract,
    TextContract,
    FaultContract,
    SharingContract,
    NeighbourContract,
    EndContract,
    DyingContract,
):
    """All of it. A store passes if it keeps every promise here, and each of them fifty times in a row.

    >>> from kundorder.adapters.memory import MemoryStore
    >>> from kundorder.testing.contracts import examine
    >>> class MemoryContract(StoreContract):
    ...     lasts = False
    ...     def begin(self):
    ...         self.opened = {}
    ...         super().begin()
    ...     def open_store(self, place):
    ...         return self.opened.setdefault(place, MemoryStore())
    >>> examine(MemoryContract(), only=["test_what_was_never_written_is_absent"]).holds
    True
    """
