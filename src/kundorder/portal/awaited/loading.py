"""Reading what is needed, one round trip at a time."""

# Made from kundorder/portal/loading.py by tests/one_text.py: change it there.

from collections.abc import Callable
from typing import TypeAlias

from kundorder.codec import decode_outcome
from kundorder.commands import Command
from kundorder.decisions import needs, needs_further, needs_of_order
from kundorder.directory import Receipt
from kundorder.errors import KeyReused
from kundorder.outcomes import Outcome
from kundorder.portal.writing import Keyed
from kundorder.ports import AsyncStore, AsyncTransaction
from kundorder.situation import Act, Fact, Facts, Key, receipt_key

Further: TypeAlias = Callable[[Facts], tuple[Key, ...]]


async def read_all(transaction: AsyncTransaction, further: Further, known: dict[Key, Fact]) -> Facts:
    """Everything that is needed, and what is found to be needed because of it."""
    while wanted := further(known):
        known |= await transaction.read(wanted)
    return known


async def load_command(
    store: AsyncStore, command: Command, act: Act, keyed: Keyed | None, signing: Key | None = None
) -> Facts:
    """What a command is decided on, with the receipt of its key, and the signing its evidence comes from."""
    first = needs(command, act) if keyed is None else (*needs(command, act), receipt_key(keyed.key))
    first = first if signing is None else (*first, signing)
    async with store.transaction() as transaction:
        return await read_all(
            transaction, lambda facts: needs_further(command, act, facts), await transaction.read(first)
        )


async def load_order(store: AsyncStore, order: str, act: Act) -> Facts:
    """What looking at an order takes."""
    async with store.transaction() as transaction:
        return await read_all(transaction, lambda facts: needs_of_order(order, act, facts), {})


def repeated(facts: Facts, keyed: Keyed | None) -> Outcome | None:
    """The outcome of the first time, if this is a repetition.

    Raises:
        KeyReused: the key was used for something else.
    """
    record = None if keyed is None else facts[receipt_key(keyed.key)].record
    if keyed is None or not isinstance(record, Receipt):
        return None
    if record.digest != keyed.digest:
        raise KeyReused
    return decode_outcome(record.outcome)
