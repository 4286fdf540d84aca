"""What a store promises (``ports.Store``), as an exam.

Subclass ``StoreContract``, say how a store is opened, and let pytest run it. No test knows what kind of store it has:
it asks through the port only.
"""

from contracts.asking import (
    SENT,
    all_owed,
    claim,
    everything,
    owed_of,
    pages,
    read,
    select,
    settle,
    version_of,
    write,
)
from contracts.chains import ChainContract
from contracts.debts import DebtContract
from contracts.dropping import DroppingContract
from contracts.ending import EndContract
from contracts.lists import ListContract
from contracts.reading import ReadContract
from contracts.sharing import SharingContract
from contracts.texts import TextContract
from contracts.writing import WriteContract

__all__ = [
    "SENT",
    "StoreContract",
    "all_owed",
    "claim",
    "everything",
    "owed_of",
    "pages",
    "read",
    "select",
    "settle",
    "version_of",
    "write",
]


class StoreContract(
    ReadContract,
    WriteContract,
    ListContract,
    ChainContract,
    DebtContract,
    DroppingContract,
    TextContract,
    SharingContract,
    EndContract,
):
    """The exam. A store passes with every test here, and with each of them fifty times in a row."""
