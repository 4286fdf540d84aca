"""What a store promises of a transaction that has ended: nothing is done in it any more, and it holds nothing up."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import product

from kundorder.ports import Store, Transaction
from kundorder.testing.contracts.promising import promise_for
from kundorder.testing.contracts.store.asking import SENT, StoreExam, Undone, claim, everything, together, write
from kundorder.testing.contracts.store.made_up import (
    CUSTOMER,
    a_mail,
    a_member,
    a_receipt,
    chain_of,
    changes,
    later,
    put,
)

LATE: Mapping[str, Callable[[Transaction], object]] = {
    "write": lambda transaction: transaction.write(
        changes(put("member:m-1", a_member("m-1")), entries=chain_of("order:o-1", 1), owed=(a_mail("b"),))
    ),
    "claim": lambda transaction: transaction.claim(now=later(hours=1), lease_until=later(hours=2), limit=9),
    "settle": lambda transaction: transaction.settle(a_mail("a"), SENT),
}


class EndContract(StoreExam):
    """The part about the end."""

    @promise_for(Store.transaction, tuple(product(LATE, ("kept", "undone"))))
    def test_nothing_is_done_in_a_transaction_that_has_ended(self, how: tuple[str, str]) -> None:
        """It is refused, in whatever words; and it is not left to whoever comes next to clear up after it."""
        late, end = how
        write(self.store, changes(owed=(a_mail("a"),)))
        before = everything(self.store, "member:m-1", values=(CUSTOMER,))
        with suppress(Undone), self.store.transaction() as transaction:
            if end == "undone":
                raise Undone
        with suppress(Exception):
            _ = LATE[late](transaction)
        assert everything(self.store, "member:m-1", values=(CUSTOMER,)) == before
        assert together(lambda: write(self.store, changes(put("receipt:a", a_receipt("a"))))) == [None]
        write(self.store, changes(put("receipt:b", a_receipt("b"))))
        assert everything(self.store, "member:m-1", values=(CUSTOMER,)) == before
        assert [(owed.id, owed.fence) for owed in claim(self.store)] == [("a", 1)]
