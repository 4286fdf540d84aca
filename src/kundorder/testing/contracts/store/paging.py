"""What a store promises of its lists page by page: no hole and no repeat, whatever comes and goes meanwhile."""

from itertools import product
from typing import final

import attrs

from kundorder.events import OwedState
from kundorder.ports import Page, Transaction
from kundorder.situation import Fact
from kundorder.testing.contracts.promising import promise_for
from kundorder.testing.contracts.store.asking import BOTH_WAYS, Paging, StoreExam, limits, pages, select, write
from kundorder.testing.contracts.store.lists import OTHERS
from kundorder.testing.contracts.store.made_up import (
    AGENT,
    CUSTOMER,
    a_mail,
    a_member,
    an_assignment,
    an_order,
    chain_of,
    changes,
    later,
    put,
)
from kundorder.vocabulary import Index, OrderState
from kundorder.worklists import listings

ODD = (
    "",
    " ",
    "%",
    "_",
    "'",
    '"',
    "\\",
    ":name",
    "$1",
    "?",
    "{}",
    "\u00e5",
    "\U0001f680",
    "\U0010ffff",
    "\x01",
    "\ud800",
    "o\udfff",
)
NUMBERS = ("0", "-1", "1e3", "9" * 30, "\u0663", "000000000003", "order:o-3 -1", "order:o-3 99999999999999")
TIES = ("\0", "\0\0", "o\0", "order:o-3\0\0", "\U0001f680\0\U0001f680\0x", "2026\0'", "\ud800\0\udfff")
"""What a host may pass on as ``after``, although no page has handed it out."""


@final
@attrs.frozen
class Asked:
    """A list that is asked for in a way."""

    index: Index
    values: tuple[str, ...]
    newest_first: bool

    def of(self, transaction: Transaction, after: str | None) -> Page:
        """What stands on it after this."""
        return transaction.select(self.index, self.values, after=after, limit=99, newest_first=self.newest_first)


@final
@attrs.frozen
class Between:
    """What happens between two pages."""

    comes: bool  # before all that has been seen
    goes: bool  # from the page that has been seen
    newest_first: bool


LISTS_AND_WAYS = tuple(
    Asked(index, values, way)
    for way in (False, True)
    for index, values in (
        (Index.ORDERS, ("staff",)),
        (Index.ORDERS, (f"agent:{AGENT}", "staff")),
        (Index.HEADS, ("",)),
        (Index.JOURNAL, ("",)),
        (Index.JOURNAL, ("order:o-2",)),
        (Index.OWED, (OwedState.DUE.value,)),
    )
)

MEANWHILE = tuple(Between(*each) for each in product((False, True), repeat=3))


class PageContract(StoreExam):
    """The part about pages."""

    @promise_for(Transaction.select, limits(1, 2, 7, 28, 29, 30, 100))
    def test_pages_have_no_hole_and_no_repeat(self, paging: Paging) -> None:
        names = [f"m-{number:02d}" for number in range(29)]
        write(self.store, changes(*(put(f"member:{name}", a_member(name)) for name in names[::3])))
        write(self.store, changes(*(put(f"member:{name}", a_member(name)) for name in names if name not in names[::3])))
        found = pages(self.store, Index.MEMBERS, CUSTOMER, limit=paging.limit, newest_first=paging.newest_first)
        assert [line.sort for line in found] == (names[::-1] if paging.newest_first else names)
        assert all(line.fact is not None and line.fact.record == a_member(line.sort) for line in found)

    @promise_for(Transaction.select, BOTH_WAYS)
    def test_a_page_goes_on_after_any_line(self, paging: Paging) -> None:
        names = [f"m-{number}" for number in range(9)]
        write(self.store, changes(*(put(f"member:{name}", a_member(name)) for name in names)))
        lines = select(self.store, Index.MEMBERS, CUSTOMER, newest_first=paging.newest_first).items
        for place, line in enumerate(lines, 1):
            page = select(self.store, Index.MEMBERS, CUSTOMER, after=line.sort, newest_first=paging.newest_first)
            assert page.items == lines[place:]
        between = select(self.store, Index.MEMBERS, CUSTOMER, after="m-4x", newest_first=paging.newest_first)
        assert [line.sort for line in between.items] == (names[4::-1] if paging.newest_first else names[5:])

    @promise_for(Transaction.select, LISTS_AND_WAYS)
    def test_after_is_a_text_like_any_other(self, asked: Asked) -> None:
        for each in range(1, 6):
            name = f"o-{each}"
            order = an_order(name, created=later(hours=each), state=OrderState.ATTESTED)
            record = put(f"order:{name}", order, number=each)
            mail = a_mail(f"mail {each}", owed_at=later(hours=each))
            write(self.store, changes(record, entries=chain_of(f"order:{name}", each), owed=(mail,)))
        with self.store.transaction() as transaction:
            lines = asked.of(transaction, None).items
            sorts = [line.sort for line in lines]
            assert sorts == sorted(sorts, reverse=asked.newest_first)
            near = [text for sort in sorts for text in (sort, sort[:-1], f"{sort[:-1]}\u00e5", f"{sort}x")]
            made_up = ("order:o-3", "order:o-3 ", "order:o-3 x", "2026", "o", "~", *ODD, *NUMBERS, *TIES)
            for after in (*made_up, *near, *(f"{sort}\0" for sort in sorts)):
                page = asked.of(transaction, after)
                start, tie, _key = after.partition("\0")
                assert page.after is None
                assert [line.sort for line in page.items if not tie or line.sort != start] == [
                    sort for sort in sorts if (sort < start if asked.newest_first else sort > start)
                ]

    @promise_for(Transaction.select, MEANWHILE)
    def test_what_comes_and_goes_between_two_pages_moves_nothing_else(self, between: Between) -> None:
        orders = {f"o-{number}": an_order(f"o-{number}", created=later(hours=number)) for number in range(10)}
        write(self.store, changes(*(put(f"order:{name}", order) for name, order in orders.items())))
        value = f"orderers:{CUSTOMER}"
        first = select(self.store, Index.PENDING, value, limit=5, newest_first=between.newest_first)
        if between.goes:  # from the page that has been seen
            name = "o-7" if between.newest_first else "o-2"
            gone = attrs.evolve(orders[name], step=2, state=OrderState.WITHDRAWN)
            write(self.store, changes(put(f"order:{name}", gone, 2)))
        if between.comes:  # before all that has been seen
            hours = 99 if between.newest_first else -1
            write(self.store, changes(put("order:o-x", an_order("o-x", created=later(hours=hours)))))
        second = select(self.store, Index.PENDING, value, after=first.after, newest_first=between.newest_first)
        found = [line.key for line in (*first.items, *second.items)]
        assert found == [f"order:{name}" for name in sorted(orders, reverse=between.newest_first)]

    @promise_for(Transaction.select, limits(1, 2, 3, 5, 100))
    def test_what_stands_under_several_values_comes_once(self, paging: Paging) -> None:
        orders = {
            f"o-{number}": an_order(
                f"o-{number}",
                orderer=("m-anna", "m-bo", "m-cia")[number % 3],
                state=(OrderState.DRAFT, OrderState.ATTESTED)[number % 2],
                created=later(hours=number // 2),
            )
            for number in range(12)
        }
        write(self.store, changes(*(put(f"order:{name}", order) for name, order in orders.items())))
        values = ("orderer:m-bo", f"agent:{AGENT}", "orderer:m-anna", "orderer:m-bo", "orderer:nobody")
        lines = sorted(
            {(s, o.id) for o in orders.values() for i, v, s in listings(o) if i is Index.ORDERS and v in values}
        )
        found = pages(self.store, Index.ORDERS, *values, limit=paging.limit, newest_first=paging.newest_first)
        assert [line.sort for line in found] == [sort for sort, _id in (lines[::-1] if paging.newest_first else lines)]
        assert len(found) == 10

    @promise_for(Transaction.select, limits(0, -1))
    def test_a_page_without_room_is_empty(self, paging: Paging) -> None:
        member = put("member:m-1", a_member("m-1"), number=1)
        write(self.store, changes(member, entries=chain_of("member:m-1", 2), owed=(a_mail("a"),)))
        for index, value in ((Index.MEMBERS, CUSTOMER), *OTHERS):
            assert select(self.store, index, value, limit=paging.limit, newest_first=paging.newest_first) == Page(
                items=(), after=None
            )

    @promise_for(Transaction.select, limits(1, 2, 3, 4, 9))
    def test_pages_through_lines_of_one_sort_have_no_hole(self, paging: Paging) -> None:
        """An assignment and those before it stand under one sort, and so do entries of one number in several chains."""
        ids = ("npo", "npo/1", "npo/2", "npo/3", "x", "x/1")
        keys = [f"assignment:{AGENT}/{each}" for each in ids]
        granted = ("m-bo", "m-cia")
        records = [put(key, an_assignment(key.split("/")[1], granted=granted)) for key in keys]
        chains = [chain_of(f"order:{name}", 3) for name in "abc"]
        write(self.store, changes(*records[::-1], entries=tuple(entry for chain in chains for entry in chain)))
        found = pages(self.store, Index.GRANTS, *granted, limit=paging.limit, newest_first=paging.newest_first)
        assert [line.key for line in found] == sorted(keys, reverse=paging.newest_first)
        assert all(line.fact == Fact(1, an_assignment(line.sort.split("/")[1], granted=granted)) for line in found)
        lines = pages(
            self.store,
            Index.JOURNAL,
            "order:b",
            "order:c",
            "order:a",
            limit=paging.limit,
            newest_first=paging.newest_first,
        )
        places = [(line.sort, line.key) for line in lines]
        wanted = [(f"{number:012d}", f"order:{name}") for number in (1, 2, 3) for name in "abc"]
        assert places == (wanted[::-1] if paging.newest_first else wanted)
