"""Stores that are made as the wrong ones are, but for the lie: they have to keep every promise."""

from collections.abc import Callable, Mapping

from kundorder.events import OwedState
from kundorder.ports import Store
from wrong_stores.folding import debts_by, keys_by, lists_by
from wrong_stores.owing import mistaking, overlaid, reviving
from wrong_stores.telling import Bent, Making, remembering, same

TRUE: Mapping[str, Making] = {
    "keys folded into themselves": keys_by(same),
    "values folded into themselves": lists_by(same),
    "ids of debts folded into themselves": debts_by(same),
    "states taken for themselves": mistaking(OwedState.SENT, OwedState.SENT),
    "owed again as it is": reviving(lambda new, _old: new),
    "nothing told otherwise": overlaid(lambda transaction, bends, _debts: Bent(transaction, bends)),
    "nothing remembered": remembering(list[str], lambda _remembered, transaction: Bent(transaction)),
}


def all_at_once() -> Callable[[Store], Store]:
    """Told in each of these ways, one round the other."""
    ways = tuple(making() for making in TRUE.values())

    def opened(store: Store) -> Store:
        for way in ways:
            store = way(store)
        return store

    return opened
