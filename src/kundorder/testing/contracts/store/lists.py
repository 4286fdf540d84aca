"""What a store promises of its lists: who stands on them, in which order, and page by page."""

import attrs

from kundorder.events import OwedState
from kundorder.model import Order
from kundorder.ports import Page, Transaction
from kundorder.situation import Fact, Kind
from kundorder.testing.contracts.promising import promise, promise_for
from kundorder.testing.contracts.store.asking import BOTH_WAYS, LISTS, Paging, StoreExam, keys_on, pages, select, write
from kundorder.testing.contracts.store.made_up import (
    AGENT,
    CUSTOMER,
    a_mail,
    a_member,
    a_receipt,
    an_order,
    chain_of,
    changes,
    one_of,
    put,
)
from kundorder.vocabulary import Index, OrderState
from kundorder.worklists import Line, listings

OTHERS = ((Index.HEADS, ""), (Index.JOURNAL, ""), (Index.OWED, OwedState.DUE.value))
"""The lists no record puts itself on, each with a value it is asked for."""


class ListContract(StoreExam):
    """The part about lists."""

    @promise_for(Transaction.select, (False, True))
    def test_a_record_stands_on_exactly_the_lists_it_names(self, told: bool) -> None:  # noqa: FBT001 - a case
        """Through every state, back and forth, with notices come and gone; told what it was before, or not."""
        states = (*OrderState, *reversed(OrderState))
        seen: set[Line] = set()
        before: Order | None = None
        for version, state in enumerate(states, 1):
            order = an_order("o-1", step=version, state=state, noticed=("m-bo", "m-åsa")[: version % 3])
            write(self.store, changes(attrs.evolve(put("order:o-1", order, version), before=before if told else None)))
            before = order
            lines = set(listings(order))
            seen |= lines
            for index, value in {(index, value) for index, value, _sort in seen}:
                found = [(line.sort, line.key) for line in select(self.store, index, value).items]
                assert found == [(sort, "order:o-1") for i, v, sort in sorted(lines) if (i, v) == (index, value)]

    @promise_for(Transaction.select, tuple(Kind))
    def test_a_record_of_any_kind_stands_where_it_should(self, kind: Kind) -> None:
        record = one_of(kind)
        write(self.store, changes(put(f"{kind.value}:x", record)))
        lines = listings(record)
        for index in LISTS:
            values = tuple({value for each, value, _sort in lines if each is index}) or ("staff",)
            found = {(line.sort, line.key, line.fact) for line in select(self.store, index, *values).items}
            fact = Fact(1, record)
            assert found == {(sort, f"{kind.value}:x", fact) for each, _value, sort in lines if each is index}

    @promise(Transaction.select)
    def test_a_list_shows_the_record_as_it_is_now(self) -> None:
        for version in (1, 2):
            order = an_order("o-1", step=version)
            write(self.store, changes(put("order:o-1", order, version, number=version, digest="d")))
            for index, value in ((Index.ORDERS, "staff"), (Index.HEADS, "")):
                (line,) = select(self.store, index, value).items
                assert line.fact == Fact(version, order, version, "d")

    @promise(Transaction.select)
    def test_a_list_under_another_value_is_another_list(self) -> None:
        write(
            self.store, changes(put("member:m-1", a_member("m-1", CUSTOMER)), put("member:m-2", a_member("m-2", AGENT)))
        )
        assert keys_on(self.store, Index.MEMBERS, CUSTOMER) == ["member:m-1"]
        assert keys_on(self.store, Index.MEMBERS, AGENT) == ["member:m-2"]
        assert keys_on(self.store, Index.MEMBERS, AGENT[:-1]) == []
        assert keys_on(self.store, Index.MEMBERS, "") == []
        assert keys_on(self.store, Index.MEMBERS) == []

    @promise_for(Transaction.select, BOTH_WAYS)
    def test_a_list_is_asked_for_under_a_thousand_values(self, paging: Paging) -> None:
        """As many as the assignments of one handler may be."""
        names = [f"m-{number:03d}" for number in range(0, 1000, 20)]
        write(self.store, changes(*(put(f"member:{name}", a_member(name, f"of {name}")) for name in names)))
        values = tuple(f"of m-{number:03d}" for number in range(1000))
        found = pages(self.store, Index.MEMBERS, *values[::-1], limit=20, newest_first=paging.newest_first)
        assert [line.sort for line in found] == (names[::-1] if paging.newest_first else names)

    @promise(Transaction.select)
    def test_nothing_stands_under_no_value(self) -> None:
        member = put("member:m-1", a_member("m-1"), number=1)
        write(self.store, changes(member, entries=chain_of("member:m-1", 2), owed=(a_mail("a"),)))
        for index in Index:
            assert select(self.store, index) == Page(items=(), after=None)
        for index, value in OTHERS:
            assert select(self.store, index, value).items

    @promise_for(Transaction.select, BOTH_WAYS)
    def test_lists_are_in_the_order_of_code_points(self, paging: Paging) -> None:
        """Not a language's order, not regardless of case, not by UTF-16."""
        names = [
            "B",
            "a",
            "b",
            "A",
            "å",
            "z",
            "ä",
            "Z",
            "\uffee",
            "\U0001f680",
            "a-",
            "aB",
            "ab",
            "a b",
            "_",
            "10",
            "9",
        ]
        write(self.store, changes(*(put(f"member:{name}", a_member(name), number=1) for name in names)))
        for index, value in ((Index.MEMBERS, CUSTOMER), (Index.HEADS, "")):
            found = [line.key for line in pages(self.store, index, value, limit=4, newest_first=paging.newest_first)]
            assert found == sorted((f"member:{name}" for name in names), reverse=paging.newest_first)

    @promise(Transaction.select)
    def test_the_heads_are_all_records_with_a_journal(self) -> None:
        with_journal = [
            put(f"order:o-{number}", an_order(f"o-{number}"), number=number, digest="d") for number in (1, 2)
        ]
        write(self.store, changes(*with_journal, put("receipt:a", a_receipt("a")), put("order:o-3", an_order("o-3"))))
        lines = select(self.store, Index.HEADS, "").items
        assert [line.key for line in lines] == ["order:o-1", "order:o-2"]
        assert [line.sort for line in lines] == ["order:o-1", "order:o-2"]
        assert [line.fact for line in lines] == [Fact(1, an_order(f"o-{n}"), n, "d") for n in (1, 2)]
