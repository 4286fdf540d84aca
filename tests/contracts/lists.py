"""What a store promises of its lists: who stands on them, in which order, and page by page."""

import attrs
import pytest

from contracts.asking import LISTS, StoreExam, keys_on, pages, select, write
from contracts.made_up import (
    AGENT,
    CUSTOMER,
    a_mail,
    a_member,
    a_receipt,
    an_assignment,
    an_order,
    chain_of,
    changes,
    later,
    one_of,
    put,
)
from kundorder.events import OwedState
from kundorder.model import Order
from kundorder.ports import Page, Store
from kundorder.situation import Fact, Kind
from kundorder.vocabulary import Index, OrderState
from kundorder.worklists import Line, listings

OTHERS = ((Index.HEADS, ""), (Index.JOURNAL, ""), (Index.OWED, OwedState.DUE.value))
"""The lists no record puts itself on, each with a value it is asked for."""

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


class ListContract(StoreExam):
    """The part about lists."""

    @pytest.mark.parametrize("told", [False, True])
    def test_a_record_stands_on_exactly_the_lists_it_names(self, store: Store, told: bool) -> None:  # noqa: FBT001
        """Through every state, back and forth, with notices come and gone; told what it was before, or not."""
        states = (*OrderState, *reversed(OrderState))
        seen: set[Line] = set()
        before: Order | None = None
        for version, state in enumerate(states, 1):
            order = an_order("o-1", step=version, state=state, noticed=("m-bo", "m-åsa")[: version % 3])
            write(store, changes(attrs.evolve(put("order:o-1", order, version), before=before if told else None)))
            before = order
            lines = set(listings(order))
            seen |= lines
            for index, value in {(index, value) for index, value, _sort in seen}:
                found = [(line.sort, line.key) for line in select(store, index, value).items]
                assert found == [(sort, "order:o-1") for i, v, sort in sorted(lines) if (i, v) == (index, value)]

    @pytest.mark.parametrize("kind", Kind)
    def test_a_record_of_any_kind_stands_where_it_should(self, store: Store, kind: Kind) -> None:
        record = one_of(kind)
        write(store, changes(put(f"{kind.value}:x", record)))
        lines = listings(record)
        for index in LISTS:
            values = tuple({value for each, value, _sort in lines if each is index}) or ("staff",)
            found = {(line.sort, line.key, line.fact) for line in select(store, index, *values).items}
            fact = Fact(1, record)
            assert found == {(sort, f"{kind.value}:x", fact) for each, _value, sort in lines if each is index}

    def test_a_list_shows_the_record_as_it_is_now(self, store: Store) -> None:
        for version in (1, 2):
            order = an_order("o-1", step=version)
            write(store, changes(put("order:o-1", order, version, number=version, digest="d")))
            for index, value in ((Index.ORDERS, "staff"), (Index.HEADS, "")):
                (line,) = select(store, index, value).items
                assert line.fact == Fact(version, order, version, "d")

    def test_a_list_under_another_value_is_another_list(self, store: Store) -> None:
        write(store, changes(put("member:m-1", a_member("m-1", CUSTOMER)), put("member:m-2", a_member("m-2", AGENT))))
        assert keys_on(store, Index.MEMBERS, CUSTOMER) == ["member:m-1"]
        assert keys_on(store, Index.MEMBERS, AGENT) == ["member:m-2"]
        assert keys_on(store, Index.MEMBERS, AGENT[:-1]) == []
        assert keys_on(store, Index.MEMBERS, "") == []
        assert keys_on(store, Index.MEMBERS) == []

    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize("limit", [1, 2, 7, 28, 29, 30, 100])
    def test_pages_have_no_hole_and_no_repeat(self, store: Store, limit: int, newest_first: bool) -> None:  # noqa: FBT001
        names = [f"m-{number:02d}" for number in range(29)]
        write(store, changes(*(put(f"member:{name}", a_member(name)) for name in names[::3])))
        write(store, changes(*(put(f"member:{name}", a_member(name)) for name in names if name not in names[::3])))
        found = pages(store, Index.MEMBERS, CUSTOMER, limit=limit, newest_first=newest_first)
        assert [line.sort for line in found] == (names[::-1] if newest_first else names)
        assert all(line.fact is not None and line.fact.record == a_member(line.sort) for line in found)

    @pytest.mark.parametrize("newest_first", [False, True])
    def test_a_page_goes_on_after_any_line(self, store: Store, newest_first: bool) -> None:  # noqa: FBT001
        names = [f"m-{number}" for number in range(9)]
        write(store, changes(*(put(f"member:{name}", a_member(name)) for name in names)))
        lines = select(store, Index.MEMBERS, CUSTOMER, newest_first=newest_first).items
        for place, line in enumerate(lines, 1):
            page = select(store, Index.MEMBERS, CUSTOMER, after=line.sort, newest_first=newest_first)
            assert page.items == lines[place:]
        between = select(store, Index.MEMBERS, CUSTOMER, after="m-4x", newest_first=newest_first)
        assert [line.sort for line in between.items] == (names[4::-1] if newest_first else names[5:])

    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize(
        ("index", "values"),
        [
            (Index.ORDERS, ("staff",)),
            (Index.ORDERS, (f"agent:{AGENT}", "staff")),
            (Index.HEADS, ("",)),
            (Index.JOURNAL, ("",)),
            (Index.JOURNAL, ("order:o-2",)),
            (Index.OWED, (OwedState.DUE.value,)),
        ],
    )
    def test_after_is_a_text_like_any_other(
        self,
        store: Store,
        index: Index,
        values: tuple[str, ...],
        newest_first: bool,  # noqa: FBT001
    ) -> None:
        for each in range(1, 6):
            name = f"o-{each}"
            order = an_order(name, created=later(hours=each), state=OrderState.ATTESTED)
            record = put(f"order:{name}", order, number=each)
            mail = a_mail(f"mail {each}", owed_at=later(hours=each))
            write(store, changes(record, entries=chain_of(f"order:{name}", each), owed=(mail,)))
        with store.transaction() as transaction:
            lines = transaction.select(index, values, after=None, limit=99, newest_first=newest_first).items
            sorts = [line.sort for line in lines]
            assert sorts == sorted(sorts, reverse=newest_first)
            near = [text for sort in sorts for text in (sort, sort[:-1], f"{sort[:-1]}\u00e5", f"{sort}x")]
            made_up = ("order:o-3", "order:o-3 ", "order:o-3 x", "2026", "o", "~", *ODD, *NUMBERS, *TIES)
            for after in (*made_up, *near, *(f"{sort}\0" for sort in sorts)):
                page = transaction.select(index, values, after=after, limit=99, newest_first=newest_first)
                start, tie, _key = after.partition("\0")
                assert page.after is None
                assert [line.sort for line in page.items if not tie or line.sort != start] == [
                    sort for sort in sorts if (sort < start if newest_first else sort > start)
                ]

    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize("goes", [False, True])
    @pytest.mark.parametrize("comes", [False, True])
    def test_what_comes_and_goes_between_two_pages_moves_nothing_else(
        self,
        store: Store,
        comes: bool,  # noqa: FBT001
        goes: bool,  # noqa: FBT001
        newest_first: bool,  # noqa: FBT001
    ) -> None:
        orders = {f"o-{number}": an_order(f"o-{number}", created=later(hours=number)) for number in range(10)}
        write(store, changes(*(put(f"order:{name}", order) for name, order in orders.items())))
        value = f"orderers:{CUSTOMER}"
        first = select(store, Index.PENDING, value, limit=5, newest_first=newest_first)
        if goes:  # from the page that has been seen
            name = "o-7" if newest_first else "o-2"
            gone = attrs.evolve(orders[name], step=2, state=OrderState.WITHDRAWN)
            write(store, changes(put(f"order:{name}", gone, 2)))
        if comes:  # before all that has been seen
            hours = 99 if newest_first else -1
            write(store, changes(put("order:o-x", an_order("o-x", created=later(hours=hours)))))
        second = select(store, Index.PENDING, value, after=first.after, newest_first=newest_first)
        found = [line.key for line in (*first.items, *second.items)]
        assert found == [f"order:{name}" for name in sorted(orders, reverse=newest_first)]

    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
    def test_what_stands_under_several_values_comes_once(self, store: Store, limit: int, newest_first: bool) -> None:  # noqa: FBT001
        orders = {
            f"o-{number}": an_order(
                f"o-{number}",
                orderer=("m-anna", "m-bo", "m-cia")[number % 3],
                state=(OrderState.DRAFT, OrderState.ATTESTED)[number % 2],
                created=later(hours=number // 2),
            )
            for number in range(12)
        }
        write(store, changes(*(put(f"order:{name}", order) for name, order in orders.items())))
        values = ("orderer:m-bo", f"agent:{AGENT}", "orderer:m-anna", "orderer:m-bo", "orderer:nobody")
        lines = sorted(
            {(s, o.id) for o in orders.values() for i, v, s in listings(o) if i is Index.ORDERS and v in values}
        )
        found = pages(store, Index.ORDERS, *values, limit=limit, newest_first=newest_first)
        assert [line.sort for line in found] == [sort for sort, _id in (lines[::-1] if newest_first else lines)]
        assert len(found) == 10

    @pytest.mark.parametrize("newest_first", [False, True])
    def test_a_list_is_asked_for_under_a_thousand_values(self, store: Store, newest_first: bool) -> None:  # noqa: FBT001
        """As many as the assignments of one handler may be."""
        names = [f"m-{number:03d}" for number in range(0, 1000, 20)]
        write(store, changes(*(put(f"member:{name}", a_member(name, f"of {name}")) for name in names)))
        values = tuple(f"of m-{number:03d}" for number in range(1000))
        found = pages(store, Index.MEMBERS, *values[::-1], limit=20, newest_first=newest_first)
        assert [line.sort for line in found] == (names[::-1] if newest_first else names)

    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize("limit", [0, -1])
    def test_a_page_without_room_is_empty(self, store: Store, limit: int, newest_first: bool) -> None:  # noqa: FBT001
        member = put("member:m-1", a_member("m-1"), number=1)
        write(store, changes(member, entries=chain_of("member:m-1", 2), owed=(a_mail("a"),)))
        for index, value in ((Index.MEMBERS, CUSTOMER), *OTHERS):
            assert select(store, index, value, limit=limit, newest_first=newest_first) == Page(items=(), after=None)

    def test_nothing_stands_under_no_value(self, store: Store) -> None:
        member = put("member:m-1", a_member("m-1"), number=1)
        write(store, changes(member, entries=chain_of("member:m-1", 2), owed=(a_mail("a"),)))
        for index in Index:
            assert select(store, index) == Page(items=(), after=None)
        for index, value in OTHERS:
            assert select(store, index, value).items

    @pytest.mark.parametrize("newest_first", [False, True])
    def test_lists_are_in_the_order_of_code_points(self, store: Store, newest_first: bool) -> None:  # noqa: FBT001
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
        write(store, changes(*(put(f"member:{name}", a_member(name), number=1) for name in names)))
        for index, value in ((Index.MEMBERS, CUSTOMER), (Index.HEADS, "")):
            found = [line.key for line in pages(store, index, value, limit=4, newest_first=newest_first)]
            assert found == sorted((f"member:{name}" for name in names), reverse=newest_first)

    def test_the_heads_are_all_records_with_a_journal(self, store: Store) -> None:
        with_journal = [
            put(f"order:o-{number}", an_order(f"o-{number}"), number=number, digest="d") for number in (1, 2)
        ]
        write(store, changes(*with_journal, put("receipt:a", a_receipt("a")), put("order:o-3", an_order("o-3"))))
        lines = select(store, Index.HEADS, "").items
        assert [line.key for line in lines] == ["order:o-1", "order:o-2"]
        assert [line.sort for line in lines] == ["order:o-1", "order:o-2"]
        assert [line.fact for line in lines] == [Fact(1, an_order(f"o-{n}"), n, "d") for n in (1, 2)]

    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
    def test_pages_through_lines_of_one_sort_have_no_hole(self, store: Store, limit: int, newest_first: bool) -> None:  # noqa: FBT001
        """An assignment and those before it stand under one sort, and so do entries of one number in several chains."""
        ids = ("npo", "npo/1", "npo/2", "npo/3", "x", "x/1")
        keys = [f"assignment:{AGENT}/{each}" for each in ids]
        granted = ("m-bo", "m-cia")
        records = [put(key, an_assignment(key.split("/")[1], granted=granted)) for key in keys]
        chains = [chain_of(f"order:{name}", 3) for name in "abc"]
        write(store, changes(*records[::-1], entries=tuple(entry for chain in chains for entry in chain)))
        found = pages(store, Index.GRANTS, *granted, limit=limit, newest_first=newest_first)
        assert [line.key for line in found] == sorted(keys, reverse=newest_first)
        assert all(line.fact == Fact(1, an_assignment(line.sort.split("/")[1], granted=granted)) for line in found)
        lines = pages(store, Index.JOURNAL, "order:b", "order:c", "order:a", limit=limit, newest_first=newest_first)
        places = [(line.sort, line.key) for line in lines]
        wanted = [(f"{number:012d}", f"order:{name}") for number in (1, 2, 3) for name in "abc"]
        assert places == (wanted[::-1] if newest_first else wanted)
