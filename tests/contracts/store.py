"""What a store promises (``ports.Store``), as an exam.

Subclass ``StoreContract``, say how a store is opened, and let pytest run it. No test knows what kind of store it has:
it asks through the port only.
"""

import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import attrs
import pytest

from contracts.made_up import (
    AGENT,
    CUSTOMER,
    NOW,
    a_follow_up,
    a_mail,
    a_member,
    a_receipt,
    an_order,
    chain_of,
    changes,
    later,
    one_of,
    put,
)
from kundorder.errors import Conflict
from kundorder.events import Entry, Owed, OwedState, Settlement
from kundorder.outcomes import Changes
from kundorder.ports import Listed, Page, Store, Transaction
from kundorder.situation import ABSENT, Fact, Guard, Key, Kind
from kundorder.vocabulary import Index, OrderState
from kundorder.worklists import Line, listings

_T = TypeVar("_T")

LISTS = tuple(index for index in Index if index not in (Index.HEADS, Index.JOURNAL, Index.OWED))
"""What records put themselves on; the other three are by other things than values of a record."""

SENT = Settlement(state=OwedState.SENT)
SECRET = "s" * 43
RACES = 200


class Undone(Exception):
    """What a block is left with that is to be undone."""


def write(store: Store, wanted: Changes) -> None:
    """Write it in a transaction of its own."""
    with store.transaction() as transaction:
        transaction.write(wanted)


def read(store: Store, *keys: str) -> dict[Key, Fact]:
    """Read it in a transaction of its own."""
    with store.transaction() as transaction:
        return transaction.read(tuple(Key(key) for key in keys))


def version_of(store: Store, key: str) -> int:
    """The version of a record now."""
    return read(store, key)[Key(key)].version


def select(
    store: Store, index: Index, *values: str, after: str | None = None, limit: int = 1000, newest_first: bool = False
) -> Page:
    """Select it in a transaction of its own."""
    with store.transaction() as transaction:
        return transaction.select(index, values, after=after, limit=limit, newest_first=newest_first)


def keys_on(store: Store, index: Index, *values: str) -> list[str]:
    """What stands on a list, in order."""
    return [line.key for line in select(store, index, *values).items]


def pages(store: Store, index: Index, *values: str, limit: int, newest_first: bool = False) -> list[Listed]:
    """All of a list, page by page."""
    found: list[Listed] = []
    page = select(store, index, *values, limit=limit, newest_first=newest_first)
    while True:
        assert len(page.items) <= limit
        found += page.items
        if page.after is None:
            return found
        assert len(page.items) == limit
        page = select(store, index, *values, after=page.after, limit=limit, newest_first=newest_first)


def claim(store: Store, *, minutes: float = 0, lease: float = 1, limit: int = 100) -> tuple[Owed, ...]:
    """Claim so many minutes from now, for so many minutes."""
    with store.transaction() as transaction:
        return transaction.claim(now=later(minutes=minutes), lease_until=later(minutes=minutes + lease), limit=limit)


def settle(store: Store, owed: Owed, settlement: Settlement = SENT) -> bool:
    """Settle it in a transaction of its own."""
    with store.transaction() as transaction:
        return transaction.settle(owed, settlement)


def all_owed(store: Store) -> tuple[Owed, ...]:
    """Every debt, whatever its state."""
    lines = select(store, Index.OWED, *(state.value for state in OwedState)).items
    return tuple(line.owed for line in lines if line.owed is not None)


def owed_of(store: Store, name: str) -> Owed:
    """One debt as it stands."""
    return next(owed for owed in all_owed(store) if owed.id == name)


def everything(store: Store, *keys: str, values: tuple[str, ...] = ()) -> tuple[object, ...]:
    """All a store tells about these keys and values, and all of its journal, heads and debts."""
    lists = tuple(select(store, index, *values).items for index in LISTS)
    journal = tuple(line.entry for line in select(store, Index.JOURNAL, "").items)
    return (read(store, *keys), lists, select(store, Index.HEADS, "").items, journal, all_owed(store))


def together(*acts: Callable[[], _T]) -> list[_T | Exception]:
    """What comes of doing this at once, a thread each."""
    barrier = threading.Barrier(len(acts))
    results: list[_T | Exception] = [Undone()] * len(acts)

    def run(place: int, act: Callable[[], _T]) -> None:
        try:
            _ = barrier.wait(30)
            results[place] = act()
        except Exception as error:  # noqa: BLE001 - the test judges it
            results[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def alike() -> Iterator[tuple[str, str]]:
    """Pairs that some comparison of texts takes for the same: by case, accent, width, blank, number or normal form."""
    for plain in "abcdefghijklmnopqrstuvwxyz":
        yield plain, plain.upper()
    for letter in map(chr, range(0xC0, 0x180)):
        apart = unicodedata.normalize("NFD", letter)
        if apart != letter:
            yield letter, apart
            yield letter, apart[0]
    for code in range(0x21, 0x7F):
        yield chr(code), chr(code + 0xFEE0)  # full width
    for blank in ("\t", "\u00a0", "\u00ad", "\u200b", "\u2003", "\u2060", "\u3000", "\ufeff"):
        yield "a", f"a{blank}"
        yield "a", f"{blank}a"
        yield "a b", f"a{blank}b"
    yield from (("a", "a "), ("a", " a"), ("a b", "a  b"), ("", " "))
    yield from (("\u00df", "ss"), ("\u00df", "\u1e9e"), ("i", "\u0130"), ("I", "\u0131"), ("s", "\u017f"))
    yield from (("K", "\u212a"), ("\u00e5", "\u212b"), ("fi", "\ufb01"), ("2", "\u00b2"), ("1", "\u0661"))
    yield from (("1", "01"), ("1", "1.0"), ("1", "+1"), ("0", "-0"), ("1000", "1e3"))


LOOKALIKES = tuple((f"x{one}", f"x{other}") for one, other in alike())


class StoreContract:
    """The exam. A store passes with every test here, and with each of them fifty times in a row."""

    def open_store(self, place: Path) -> Store:
        """The store at this place, a folder of its own; asked again, one that holds the same."""
        raise NotImplementedError(place)

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return self.open_store(tmp_path)

    # What is read

    def test_what_was_never_written_is_absent(self, store: Store) -> None:
        assert read(store, "order:o-1", "receipt:a") == {"order:o-1": ABSENT, "receipt:a": ABSENT}

    def test_reading_nothing_gives_nothing(self, store: Store) -> None:
        assert read(store) == {}

    @pytest.mark.parametrize("kind", Kind)
    def test_a_record_is_read_as_it_was_written(self, store: Store, kind: Kind) -> None:
        key, record = Key(f"{kind.value}:x"), one_of(kind)
        write(store, changes(put(key, record, number=7, digest="a" * 64)))
        assert read(store, key) == {key: Fact(1, record, 7, "a" * 64)}

    def test_what_is_there_and_what_is_not_are_read_at_once(self, store: Store) -> None:
        there = [f"receipt:{number}" for number in range(300)]
        write(store, changes(*(put(key, a_receipt(key)) for key in there)))
        wanted = [f"receipt:{number}" for number in range(600)]
        facts = read(store, *wanted, *there)
        assert list(facts) == wanted
        assert [key for key, fact in facts.items() if fact.record == a_receipt(key)] == there

    def test_a_transaction_reads_what_it_has_written(self, store: Store) -> None:
        with store.transaction() as transaction:
            transaction.write(changes(put("order:o-1", an_order("o-1"))))
            assert transaction.read((Key("order:o-1"),))[Key("order:o-1")].version == 1
            page = transaction.select(Index.ORDERS, ("staff",), after=None, limit=10)
            assert [line.key for line in page.items] == ["order:o-1"]
        assert version_of(store, "order:o-1") == 1

    def test_a_transaction_in_which_nothing_is_done_does_nothing(self, store: Store) -> None:
        with store.transaction():
            pass
        assert everything(store) == everything(store)

    # Guards

    def test_a_new_version_takes_the_place_of_the_old(self, store: Store) -> None:
        for version in range(1, 6):
            record = a_receipt("a", str(version))
            write(store, changes(put("receipt:a", record, version, number=version, digest=str(version))))
            assert read(store, "receipt:a") == {"receipt:a": Fact(version, record, version, str(version))}

    @pytest.mark.parametrize("guarded", [0, 1, 3, 4])
    def test_a_record_that_has_moved_refuses_the_write(self, store: Store, guarded: int) -> None:
        for version in (1, 2):
            write(store, changes(put("receipt:a", a_receipt("a", str(version)), version)))
        before = everything(store, "receipt:a")
        with pytest.raises(Conflict):
            write(
                store,
                changes(put("receipt:a", a_receipt("a", "x"), guarded + 1), guards=(Guard(Key("receipt:a"), guarded),)),
            )
        assert everything(store, "receipt:a") == before

    def test_a_record_created_meanwhile_refuses_another(self, store: Store) -> None:
        write(store, changes(put("receipt:a", a_receipt("a", "first"))))
        with pytest.raises(Conflict):
            write(store, changes(put("receipt:a", a_receipt("a", "second"))))
        assert read(store, "receipt:a")[Key("receipt:a")].record == a_receipt("a", "first")

    def test_a_record_that_is_not_there_refuses_a_change_of_it(self, store: Store) -> None:
        with pytest.raises(Conflict):
            write(store, changes(put("receipt:a", a_receipt("a"), 2)))
        assert version_of(store, "receipt:a") == 0

    @pytest.mark.parametrize("moved", range(12))
    def test_a_fact_that_is_only_looked_at_is_guarded_too(self, store: Store, moved: int) -> None:
        keys = [f"holders:{CUSTOMER}/{number}" for number in range(12)]
        write(store, changes(*(put(key, one_of(Kind.HOLDERS)) for key in keys)))
        write(store, changes(put(keys[moved], one_of(Kind.HOLDERS), 2)))
        wanted = put("receipt:a", a_receipt("a"))
        with pytest.raises(Conflict):
            write(store, changes(wanted, guards=tuple(Guard(Key(key), 1) for key in keys)))
        assert version_of(store, "receipt:a") == 0
        write(store, changes(wanted, guards=tuple(Guard(Key(key), 1 + (key == keys[moved])) for key in keys)))
        assert version_of(store, "receipt:a") == 1

    def test_an_absence_that_is_only_looked_at_is_guarded_too(self, store: Store) -> None:
        guards = (Guard(Key("receipt:b"), 0),)
        write(store, changes(put("receipt:a", a_receipt("a")), guards=guards))
        write(store, changes(put("receipt:b", a_receipt("b"))))
        with pytest.raises(Conflict):
            write(store, changes(put("receipt:c", a_receipt("c")), guards=guards))

    def test_guards_alone_may_be_written(self, store: Store) -> None:
        write(store, changes(guards=(Guard(Key("receipt:a"), 0),)))
        with pytest.raises(Conflict):
            write(store, changes(guards=(Guard(Key("receipt:a"), 1),)))

    # All or nothing

    @pytest.mark.parametrize("wrong", ["guard", "entry twice", "hole", "last record"])
    def test_a_refused_write_leaves_nothing_of_itself(self, store: Store, wrong: str) -> None:
        order, entries = an_order("o-1"), chain_of("order:o-1", 3)
        write(store, changes(put("order:o-1", order, number=1), entries=entries[:1], owed=(a_mail("there"),)))
        before = everything(store, "order:o-1", "receipt:a", values=("staff", f"orderers:{CUSTOMER}"))
        moved = attrs.evolve(order, state=OrderState.WITHDRAWN, step=2)
        bad = put("receipt:a", a_receipt("a"), 2 if wrong == "last record" else 1)
        guards = [Guard(Key("order:o-1"), 1), Guard(bad.key, bad.version - 1)]
        if wrong == "guard":
            guards.append(Guard(Key("order:o-1"), 2))
        added = {"entry twice": entries[:1], "hole": entries[2:]}.get(wrong, entries[1:2])
        with pytest.raises(Conflict):
            write(
                store,
                changes(
                    put("order:o-1", moved, 2, number=2),
                    bad,
                    guards=tuple(guards),
                    entries=added,
                    owed=(a_mail("new"),),
                ),
            )
        assert everything(store, "order:o-1", "receipt:a", values=("staff", f"orderers:{CUSTOMER}")) == before

    def test_an_error_in_the_block_undoes_all_of_it(self, store: Store) -> None:
        write(
            store, changes(put("order:o-1", an_order("o-1")), owed=(a_mail("a"), a_mail("b", owed_at=later(hours=1))))
        )
        (claimed,) = claim(store)
        before = everything(store, "order:o-1", "order:o-2", values=("staff",))
        moved = an_order("o-1", step=2, state=OrderState.WITHDRAWN)

        def all_at_once(transaction: Transaction) -> None:
            transaction.write(changes(put("order:o-1", moved, 2), put("order:o-2", an_order("o-2"))))
            transaction.write(changes(entries=chain_of("order:o-1", 2), owed=(a_mail("c"),)))
            assert transaction.settle(claimed, SENT)
            assert len(transaction.claim(now=later(hours=2), lease_until=later(hours=3), limit=5)) == 2
            raise Undone

        with pytest.raises(Undone), store.transaction() as transaction:
            all_at_once(transaction)
        assert everything(store, "order:o-1", "order:o-2", values=("staff",)) == before
        assert [owed.fence for owed in claim(store, minutes=90)] == [2, 1]

    def test_a_conflict_undoes_what_the_same_transaction_wrote_before_it(self, store: Store) -> None:
        write(store, changes(put("receipt:a", a_receipt("a"))))

        def twice(transaction: Transaction) -> None:
            transaction.write(changes(put("receipt:b", a_receipt("b"))))
            transaction.write(changes(put("receipt:a", a_receipt("a"))))

        with pytest.raises(Conflict), store.transaction() as transaction:
            twice(transaction)
        assert version_of(store, "receipt:b") == 0

    def test_a_store_goes_on_after_a_refusal(self, store: Store) -> None:
        for number in range(5):
            with pytest.raises(Conflict):
                write(store, changes(guards=(Guard(Key("receipt:a"), 9),)))
            write(store, changes(put(f"receipt:{number}", a_receipt("a"))))
        assert version_of(store, "receipt:4") == 1

    # Lists

    def test_a_record_stands_on_exactly_the_lists_it_names(self, store: Store) -> None:
        """Through every state, back and forth, and with notices come and gone."""
        states = (*OrderState, *reversed(OrderState))
        seen: set[Line] = set()
        for version, state in enumerate(states, 1):
            order = an_order("o-1", step=version, state=state, noticed=("m-bo", "m-åsa")[: version % 3])
            write(store, changes(put("order:o-1", order, version)))
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
        (line,) = select(store, Index.ORDERS, "staff").items
        assert line.fact == Fact(2, an_order("o-1", step=2), 2, "d")

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
            for after in (
                "",
                " ",
                "0",
                "order:o-3",
                "order:o-3 ",
                "order:o-3 x",
                "2026",
                "o",
                "~",
                "\U0001f680",
                *near,
            ):
                page = transaction.select(index, values, after=after, limit=99, newest_first=newest_first)
                assert [line.sort for line in page.items] == [
                    sort for sort in sorts if (sort < after if newest_first else sort > after)
                ]

    @pytest.mark.parametrize("newest_first", [False, True])
    def test_what_comes_and_goes_between_two_pages_moves_nothing_else(self, store: Store, newest_first: bool) -> None:  # noqa: FBT001
        orders = {f"o-{number}": an_order(f"o-{number}", created=later(hours=number)) for number in range(10)}
        write(store, changes(*(put(f"order:{name}", order) for name, order in orders.items())))
        value = f"orderers:{CUSTOMER}"
        first = select(store, Index.PENDING, value, limit=5, newest_first=newest_first)
        gone = an_order("o-2", step=2, created=later(hours=2), state=OrderState.WITHDRAWN)
        write(store, changes(put("order:o-2", gone, 2), put("order:o-x", an_order("o-x", created=later(hours=-1)))))
        second = select(store, Index.PENDING, value, after=first.after, newest_first=newest_first)
        found = [line.key for line in (*first.items, *second.items)]
        assert len(found) == len(set(found))
        assert {f"order:{name}" for name in orders} - {"order:o-2"} <= set(found)

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

    def test_a_page_without_room_is_empty(self, store: Store) -> None:
        write(store, changes(put("member:m-1", a_member("m-1"))))
        assert select(store, Index.MEMBERS, CUSTOMER, limit=0) == Page(items=(), after=None)

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

    # The journal

    def test_a_journal_is_read_as_it_was_written_and_in_order(self, store: Store) -> None:
        entries = chain_of("order:o-1", 120, remark="fel enhet\nvald")
        for start in range(0, 120, 40):
            write(store, changes(entries=entries[start : start + 40]))
        lines = select(store, Index.JOURNAL, "order:o-1").items
        assert tuple(line.entry for line in lines) == entries
        assert [line.key for line in lines] == ["order:o-1"] * 120
        assert [line.sort for line in lines] == [f"{number:012d}" for number in range(1, 121)]

    @pytest.mark.parametrize("newest_first", [False, True])
    @pytest.mark.parametrize("limit", [1, 4, 12, 50])
    def test_pages_of_a_journal_have_no_hole_and_no_repeat(self, store: Store, limit: int, newest_first: bool) -> None:  # noqa: FBT001
        chains = {name: chain_of(name, length) for name, length in (("order:a", 12), ("order:a/1", 3), ("order:b", 1))}
        for entries in chains.values():
            write(store, changes(entries=entries))
        found = pages(store, Index.JOURNAL, "order:a", limit=limit, newest_first=newest_first)
        wanted = chains["order:a"]
        assert tuple(line.entry for line in found) == (wanted[::-1] if newest_first else wanted)
        found = pages(store, Index.JOURNAL, "", limit=limit, newest_first=newest_first)
        every: list[Entry] = [entry for entries in chains.values() for entry in entries]
        assert [line.entry for line in found] == (every[::-1] if newest_first else every)
        sorts = [f"{entry.chain} {entry.number:012d}" for entry in every]
        assert [line.sort for line in found] == (sorts[::-1] if newest_first else sorts)

    def test_a_journal_goes_on_where_it_ended(self, store: Store) -> None:
        entries = chain_of("order:o-1", 3)
        for entry in entries:
            write(store, changes(entries=(entry,)))
        for wrong in (entries[0], entries[2], chain_of("order:o-1", 5)[4]):
            with pytest.raises(Conflict):
                write(store, changes(entries=(wrong,)))
        assert tuple(line.entry for line in select(store, Index.JOURNAL, "order:o-1").items) == entries

    # What is owed

    def test_a_debt_is_kept_as_it_was_owed(self, store: Store) -> None:
        debts = (a_mail("a", secret=SECRET), a_follow_up("b"), a_mail("c", due_at=later(days=1)))
        write(store, changes(owed=debts))
        lines = select(store, Index.OWED, OwedState.DUE.value).items
        assert tuple(line.owed for line in lines) == debts
        assert [line.sort for line in lines] == [f"2026-11-23T08:00:00.123456+00:00 {name}" for name in "abc"]
        assert [line.key for line in lines] == ["member:m-anna", "b", "member:m-anna"]

    def test_the_same_debt_is_owed_once(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET),)))
        write(store, changes(owed=(a_mail("a", secret=SECRET.upper(), owed_at=later(days=-1)), a_mail("b"))))
        assert {owed.id: owed for owed in all_owed(store)} == {"a": a_mail("a", secret=SECRET), "b": a_mail("b")}

    def test_a_cancelled_debt_that_is_owed_again_is_due_again(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=OwedState.CANCELLED, note="no longer wanted"))
        write(store, changes(owed=(a_mail("a"),)))
        (again,) = claim(store)
        assert again.id == "a"
        assert again.fence > claimed.fence
        assert not settle(store, claimed, Settlement(state=OwedState.SENT))
        assert settle(store, again, Settlement(state=OwedState.SENT))

    @pytest.mark.parametrize("state", [state for state in OwedState if state is not OwedState.CANCELLED])
    def test_a_settled_debt_is_not_owed_again(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=state))
        before = all_owed(store)
        write(store, changes(owed=(a_mail("a"),)))
        assert all_owed(store) == before

    def test_the_oldest_debts_are_claimed_first(self, store: Store) -> None:
        hours = {"f": -3, "e": -5, "d": -5, "c": -1, "b": -9, "a": -3}
        debts = [
            a_mail(name, owed_at=later(hours=much), due_at=later(hours=-much / 100)) for name, much in hours.items()
        ]
        write(store, changes(owed=tuple(debts)))
        claims = [[owed.id for owed in claim(store, minutes=60, limit=2)] for _ in range(4)]
        assert claims == [["b", "d"], ["e", "a"], ["f", "c"], []]

    def test_a_claim_tells_how_often_and_with_which_fence(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        for number in (1, 2, 3):
            claimed = claim(store, minutes=2 * number)
            wanted = (a_mail("a", secret=SECRET), a_follow_up("b"))
            assert claimed == tuple(attrs.evolve(owed, attempts=number, fence=number) for owed in wanted)
            assert all_owed(store) == claimed

    def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"), a_mail("b"))))
        assert [owed.id for owed in claim(store, limit=1, lease=10)] == ["a"]
        assert [owed.id for owed in claim(store, lease=5)] == ["b"]
        assert claim(store, minutes=4.999) == ()
        assert [owed.id for owed in claim(store, minutes=5, lease=0.5)] == ["b"]
        assert [owed.id for owed in claim(store, minutes=10)] == ["a", "b"]

    def test_a_claim_of_nothing_takes_nothing(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        assert claim(store, limit=0) == ()
        assert [owed.fence for owed in claim(store)] == [1]

    def test_what_is_not_due_yet_is_not_claimed(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a", due_at=later(minutes=5)), a_mail("b", due_at=later(microseconds=1)))))
        assert claim(store) == ()
        assert [owed.id for owed in claim(store, minutes=4.99)] == ["b"]
        assert [owed.id for owed in claim(store, minutes=5)] == ["a"]

    @pytest.mark.parametrize("state", OwedState)
    def test_what_is_settled_is_claimed_again_only_if_it_is_due(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a"), a_mail("b"))))
        claimed = claim(store, lease=60)[0]
        assert settle(store, claimed, Settlement(state=state, due_at=later(minutes=3), note="why"))
        settled = owed_of(store, "a")
        assert settled == attrs.evolve(claimed, state=state, due_at=later(minutes=3), note="why")
        assert claim(store, minutes=2.9) == ()
        again = ["a"] if state is OwedState.DUE else []
        assert [owed.id for owed in claim(store, minutes=3, lease=100)] == again
        assert [owed.id for owed in claim(store, minutes=61)] == ["b"]
        for each in OwedState:
            names = {"a"} if each is state else set[str]()
            names |= {"b"} if each is OwedState.DUE else set()
            lines = select(store, Index.OWED, each.value).items
            assert {line.owed.id for line in lines if line.owed is not None} == names

    def test_a_debt_that_stays_due_keeps_its_time_unless_told_another(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=OwedState.DUE, note="later"))
        assert owed_of(store, "a").due_at == NOW
        assert [owed.note for owed in claim(store)] == ["later"]

    def test_who_has_overslept_the_lease_settles_nothing(self, store: Store) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (sleeper,) = claim(store)
        (other,) = claim(store, minutes=1)
        before = all_owed(store)
        for state in OwedState:
            assert not settle(store, sleeper, Settlement(state=state, note="late"))
            assert not settle(store, attrs.evolve(other, fence=other.fence + 1), Settlement(state=state))
        assert all_owed(store) == before
        assert settle(store, other)
        assert not settle(store, sleeper)
        assert owed_of(store, "a").state is OwedState.SENT

    @pytest.mark.parametrize("state", [state for state in OwedState if state is not OwedState.DUE])
    def test_a_debt_is_settled_once(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a"),)))
        (claimed,) = claim(store)
        assert settle(store, claimed, Settlement(state=state))
        before = all_owed(store)
        assert not settle(store, claimed, Settlement(state=OwedState.DUE))
        assert all_owed(store) == before

    def test_what_was_never_owed_cannot_be_settled(self, store: Store) -> None:
        assert not settle(store, a_mail("a"))
        assert all_owed(store) == ()

    @pytest.mark.parametrize("state", OwedState)
    def test_a_secret_is_forgotten_when_its_mail_has_left_or_never_will(self, store: Store, state: OwedState) -> None:
        write(store, changes(owed=(a_mail("a", secret=SECRET), a_follow_up("b"))))
        for owed in claim(store):
            assert settle(store, owed, Settlement(state=state))
        mail = owed_of(store, "a").mail
        kept = state in (OwedState.DUE, OwedState.PARKED)
        assert mail is not None
        assert mail == attrs.evolve(mail, secret=SECRET if kept else None)
        assert owed_of(store, "b").follow_up == a_follow_up("b").follow_up

    # Texts that look the same

    def test_there_are_enough_texts_that_look_the_same(self) -> None:
        assert len(set(LOOKALIKES)) >= 200
        assert all(one != other for one, other in LOOKALIKES)

    def test_keys_that_look_the_same_are_different(self, store: Store) -> None:
        texts = dict.fromkeys(text for pair in LOOKALIKES for text in pair)
        write(store, changes(*(put(f"receipt:{text}", a_receipt(text, text)) for text in texts)))
        facts = read(store, *(f"receipt:{text}" for text in texts))
        assert {key: fact.record for key, fact in facts.items()} == {
            f"receipt:{text}": a_receipt(text, text) for text in texts
        }

    def test_one_of_a_pair_says_nothing_of_the_other(self, store: Store) -> None:
        ones = dict.fromkeys(one for one, _other in LOOKALIKES)
        others = [other for _one, other in LOOKALIKES if other not in ones]
        write(store, changes(*(put(f"receipt:{one}", a_receipt(one)) for one in ones)))
        assert set(read(store, *(f"receipt:{other}" for other in others)).values()) == {ABSENT}
        write(store, changes(guards=tuple(Guard(Key(f"receipt:{other}"), 0) for other in others)))

    def test_lists_chains_and_debts_that_look_the_same_are_different(self, store: Store) -> None:
        texts = list(dict.fromkeys(text for pair in LOOKALIKES for text in pair))
        members = (put(f"member:{text}", a_member(text, text)) for text in texts)
        entries = [chain_of(f"order:{text}", 1)[0] for text in texts]
        write(store, changes(*members, entries=tuple(entries), owed=tuple(a_mail(text) for text in texts)))
        assert {owed.id for owed in all_owed(store)} == set(texts)
        with store.transaction() as transaction:
            for text, entry in zip(texts, entries, strict=True):
                page = transaction.select(Index.MEMBERS, (text,), after=None, limit=9)
                assert [line.key for line in page.items] == [f"member:{text}"]
                page = transaction.select(Index.JOURNAL, (f"order:{text}",), after=None, limit=9)
                assert [line.entry for line in page.items] == [entry]

    # More than one at it

    def test_what_was_kept_is_there_when_the_store_is_opened_again(self, store: Store, tmp_path: Path) -> None:
        order = put("order:o-1", an_order("o-1"), number=1, digest="d")
        write(store, changes(order, entries=chain_of("order:o-1", 2, remark="r"), owed=(a_mail("a"), a_mail("b"))))
        assert settle(store, claim(store)[0])
        before = everything(store, "order:o-1", values=("staff", f"orderers:{CUSTOMER}"))
        again = self.open_store(tmp_path)
        assert everything(again, "order:o-1", values=("staff", f"orderers:{CUSTOMER}")) == before

    def test_two_stores_at_one_place_are_one(self, store: Store, tmp_path: Path) -> None:
        other = self.open_store(tmp_path)
        for version in range(1, 9):
            here, there = (store, other) if version % 2 else (other, store)
            write(here, changes(put("order:o-1", an_order("o-1", step=version), version), owed=(a_mail(str(version)),)))
            assert version_of(there, "order:o-1") == version
            assert len(select(there, Index.ORDERS, "staff").items) == 1
            with pytest.raises(Conflict):
                write(there, changes(put("order:o-1", an_order("o-1"), version)))
            assert len(claim(there)) == 1
            assert claim(here) == ()

    def test_of_two_who_change_a_record_at_once_one_wins(self, store: Store) -> None:
        write(store, changes(put("receipt:a", a_receipt("a"))))
        barrier = threading.Barrier(2)

        def contender(name: str) -> list[int]:
            won: list[int] = []
            for _ in range(RACES):
                version = version_of(store, "receipt:a")
                _ = barrier.wait(30)
                try:
                    write(store, changes(put("receipt:a", a_receipt("a", name), version + 1)))
                    won.append(version)
                except Conflict:
                    pass
                _ = barrier.wait(30)
            return won

        one, other = together(lambda: contender("one"), lambda: contender("other"))
        assert isinstance(one, list)
        assert isinstance(other, list)
        assert sorted(one + other) == list(range(1, RACES + 1))

    def test_of_two_who_rely_on_what_the_other_changes_one_wins(self, store: Store) -> None:
        """Each guards what the other writes; without guards on what is only read, both would win."""
        write(store, changes(put("receipt:0", a_receipt("0")), put("receipt:1", a_receipt("1"))))
        barrier = threading.Barrier(2)

        def contender(mine: int) -> list[bool]:
            won: list[bool] = []
            keys = (Key(f"receipt:{mine}"), Key(f"receipt:{1 - mine}"))
            for _ in range(RACES):
                facts = read(store, *keys)
                _ = barrier.wait(30)
                guards = tuple(Guard(key, facts[key].version) for key in keys)
                try:
                    write(store, changes(put(keys[0], a_receipt("x"), facts[keys[0]].version + 1), guards=guards))
                    won.append(True)
                except Conflict:
                    won.append(False)
                _ = barrier.wait(30)
            return won

        one, other = together(lambda: contender(0), lambda: contender(1))
        assert isinstance(one, list)
        assert isinstance(other, list)
        assert [int(a) + int(b) for a, b in zip(one, other, strict=True)] == [1] * RACES

    def test_of_many_who_create_a_record_at_once_one_wins(self, store: Store) -> None:
        def contender(name: str) -> list[int]:
            won: list[int] = []
            for number in range(30):
                try:
                    write(store, changes(put(f"receipt:{number}", a_receipt(name)), owed=(a_mail(f"{number}{name}"),)))
                    won.append(number)
                except Conflict:
                    pass
            return won

        results = together(*(lambda name=name: contender(name) for name in "abcd"))
        assert sorted(number for won in results if isinstance(won, list) for number in won) == list(range(30))
        assert len(all_owed(store)) == 30

    def test_nobody_claims_what_another_has_claimed(self, store: Store) -> None:
        write(store, changes(owed=tuple(a_mail(f"{number:03d}") for number in range(80))))

        def claimer() -> list[str]:
            found: list[str] = []
            while claimed := claim(store, limit=3):
                found += (owed.id for owed in claimed if settle(store, owed))
            return found

        results = together(claimer, claimer, claimer, claimer)
        claimed = sorted(name for found in results if isinstance(found, list) for name in found)
        assert claimed == [f"{number:03d}" for number in range(80)]
        assert all(owed.attempts == 1 and owed.state is OwedState.SENT for owed in all_owed(store))

    def test_a_reader_never_sees_half_of_a_write(self, store: Store) -> None:
        def both(version: int) -> Changes:
            state = OrderState.DRAFT if version % 2 else OrderState.WITHDRAWN
            records = (put(f"order:o-{each}", an_order(f"o-{each}", state=state), version) for each in (1, 2))
            return changes(*records)

        write(store, both(1))
        done = threading.Event()

        def writer() -> int:
            try:
                for version in range(2, 80):
                    write(store, both(version))
            finally:
                done.set()
            return 0

        def reader() -> int:
            looks = 0
            while not done.is_set():
                versions = {fact.version for fact in read(store, "order:o-1", "order:o-2").values()}
                assert len(versions) == 1
                lines = select(store, Index.PENDING, f"orderers:{CUSTOMER}").items
                assert len(lines) in (0, 2)
                facts = [line.fact for line in lines if line.fact is not None]
                assert all(fact.version % 2 and isinstance(fact.record, type(an_order("x"))) for fact in facts)
                looks += 1
            return looks

        written, *looked = together(writer, reader, reader)
        assert written == 0
        assert [looks for looks in looked if not isinstance(looks, int)] == []
        assert version_of(store, "order:o-1") == 79

    def test_every_thread_may_use_the_store(self, store: Store) -> None:
        def user(name: int) -> int:
            for number in range(10):
                write(store, changes(put(f"receipt:{name}/{number}", a_receipt("a"))))
            return len([1 for number in range(10) if version_of(store, f"receipt:{name}/{number}")])

        assert together(*(lambda name=name: user(name) for name in range(8))) == [10] * 8
