"""What a store promises of texts: each is kept as it is, and is no other that looks like it."""

import unicodedata
from collections.abc import Iterator, Mapping

import attrs

from kundorder.events import OwedState, Settlement
from kundorder.ports import Transaction
from kundorder.situation import ABSENT, Fact, Guard, Key
from kundorder.testing.contracts.promising import promise, promise_for, same
from kundorder.testing.contracts.store.asking import (
    StoreExam,
    all_owed,
    claim,
    owed_of,
    pages,
    read,
    select,
    settle,
    version_of,
    write,
)
from kundorder.testing.contracts.store.made_up import CUSTOMER, a_mail, a_member, a_receipt, chain_of, changes, put
from kundorder.vocabulary import Index


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


HURTFUL: Mapping[str, str] = {
    "beyond sixteen bits": "\U0001f680 \U00020000 \U0010fffd",
    "marks in another order": "q\u0307\u0323 q\u0323\u0307",
    "quotes": "'\"`''\"\"\u2019",
    "backslashes": "\\ \\\\ \\n \\x00 \\u00e5 \\",
    "percent signs": "100 % %s %(a)s %% %",
    "parameters": ":name @name $1 ?1 ? #{x}",
    "braces": "{} {0} {{x}} ${x}",
    "statements": "a'); DROP TABLE records; -- /* */",
    "json": '{"a": [1, null]}, "b"',
    "lines": "a\r\nb\rc\nd\te\u2028f\u0085g\n",
    "blanks": "  a  \u00a0",
    "nothing": "NULL",
    "none": "None",
    "a number": "007",
    "a time": "2026-11-23T08:00:00Z",
    "entities": "&amp;<b>]]>",
    "directions": "\u202eabc\u202c\u200f",
    "private": "\ue000\ufdd0\uffff",
    "controls": "\x01\x1f\x7f\x9f",
    "patterns": ".*[a-z]_%\\d+$",
}
"""What some way of writing statements, bodies or columns takes for something else."""

LONG = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(60_000))
"""Sixty thousand characters, three bytes each, that do not repeat themselves."""

LONGEST_KEY = 300
"""Characters; no key of ours is longer."""

LOOKALIKES = tuple((f"x{one}", f"x{other}") for one, other in alike())


class TextContract(StoreExam):
    """The part about texts."""

    # Texts that look the same

    @promise(Transaction.read)
    def test_keys_that_look_the_same_are_different(self) -> None:
        texts = dict.fromkeys(text for pair in LOOKALIKES for text in pair)
        write(self.store, changes(*(put(f"receipt:{text}", a_receipt(text, text)) for text in texts)))
        facts = read(self.store, *(f"receipt:{text}" for text in texts))
        found = [(key, fact.record) for key, fact in facts.items()]
        same(found, [(f"receipt:{text}", a_receipt(text, text)) for text in texts])

    @promise(Transaction.read)
    def test_one_of_a_pair_says_nothing_of_the_other(self) -> None:
        ones = dict.fromkeys(one for one, _other in LOOKALIKES)
        others = [other for _one, other in LOOKALIKES if other not in ones]
        write(self.store, changes(*(put(f"receipt:{one}", a_receipt(one)) for one in ones)))
        assert set(read(self.store, *(f"receipt:{other}" for other in others)).values()) == {ABSENT}
        write(self.store, changes(guards=tuple(Guard(Key(f"receipt:{other}"), 0) for other in others)))

    @promise(Transaction.write)
    def test_lists_chains_and_debts_that_look_the_same_are_different(self) -> None:
        texts = list(dict.fromkeys(text for pair in LOOKALIKES for text in pair))
        members = (put(f"member:{text}", a_member(text, text)) for text in texts)
        entries = [chain_of(f"order:{text}", 1)[0] for text in texts]
        write(self.store, changes(*members, entries=tuple(entries), owed=tuple(a_mail(text) for text in texts)))
        same(sorted(owed.id for owed in all_owed(self.store)), sorted(texts))
        with self.store.transaction() as transaction:
            for text, entry in zip(texts, entries, strict=True):
                page = transaction.select(Index.MEMBERS, (text,), after=None, limit=9)
                assert [line.key for line in page.items] == [f"member:{text}"]
                page = transaction.select(Index.JOURNAL, (f"order:{text}",), after=None, limit=9)
                assert [line.entry for line in page.items] == [entry]

    # Texts that hurt

    @promise(Transaction.write)
    def test_a_text_is_kept_as_it_is_wherever_it_stands(self) -> None:
        for text in HURTFUL.values():
            member, receipt, chain = f"member:{text}", f"receipt:{text}", f"order:{text}"
            entries, mail = chain_of(chain, 2, remark=text), a_mail(text, secret=text)
            for version in (1, 2):
                records = (put(member, a_member(text, text), version, number=1), put(receipt, a_receipt(text), version))
                write(self.store, changes(*records, entries=entries[version - 1 : version], owed=(mail,)))
            assert read(self.store, member, receipt) == {
                member: Fact(2, a_member(text, text), 1),
                receipt: Fact(2, a_receipt(text)),
            }
            (line,) = select(self.store, Index.MEMBERS, text).items
            assert (line.key, line.sort) == (member, text)
            assert select(self.store, Index.MEMBERS, text, after=text).items == ()
            assert tuple(line.entry for line in select(self.store, Index.JOURNAL, chain).items) == entries
            (line,) = select(self.store, Index.OWED, OwedState.DUE.value).items
            assert (line.owed, line.sort[-len(text) :]) == (mail, text)
            (claimed,) = claim(self.store)
            assert settle(self.store, claimed, Settlement(state=OwedState.PARKED, note=text))
            assert owed_of(self.store, text) == attrs.evolve(
                mail, state=OwedState.PARKED, note=text, fence=1, attempts=1
            )
        heads = [line.key for line in select(self.store, Index.HEADS, "").items]
        assert heads == [f"member:{text}" for text in sorted(HURTFUL.values())]

    @promise_for(Transaction.select, (1, 2, 30))
    def test_pages_go_on_after_any_text(self, limit: int) -> None:
        for text in HURTFUL.values():
            write(
                self.store,
                changes(put(f"member:{text}", a_member(text), number=1), entries=chain_of(f"order:{text}", 1)),
            )
        texts = sorted(HURTFUL.values())
        for newest_first in (False, True):
            wanted = texts[::-1] if newest_first else texts
            for index, value in ((Index.MEMBERS, CUSTOMER), (Index.HEADS, "")):
                found = pages(self.store, index, value, limit=limit, newest_first=newest_first)
                assert [line.key for line in found] == [f"member:{text}" for text in wanted]
        values = tuple(f"order:{text}" for text in texts)
        assert [line.key for line in pages(self.store, Index.JOURNAL, *values, limit=limit)] == list(values)

    @promise(Transaction.write)
    def test_a_text_of_sixty_thousand_characters_is_kept_whole(self) -> None:
        receipt = a_receipt("a", LONG)
        entries = chain_of("order:o-1", 1, remark=LONG)
        write(self.store, changes(put("receipt:a", receipt), entries=entries, owed=(a_mail("a", secret=LONG),)))
        assert read(self.store, "receipt:a") == {"receipt:a": Fact(1, receipt)}
        assert tuple(line.entry for line in select(self.store, Index.JOURNAL, "order:o-1").items) == entries
        (claimed,) = claim(self.store)
        assert claimed == attrs.evolve(a_mail("a", secret=LONG), fence=1, attempts=1)
        assert settle(self.store, claimed, Settlement(state=OwedState.DUE, note=LONG))
        same(owed_of(self.store, "a").note, LONG)

    @promise(Transaction.write)
    def test_keys_that_differ_in_their_last_character_are_different(self) -> None:
        long = "".join(chr(0x21 + number * 31 % 90) for number in range(LONGEST_KEY))
        keys = [f"receipt:{long}{last}" for last in "abc"]
        write(
            self.store,
            changes(put(keys[0], a_receipt("a")), put(keys[1], a_receipt("b")), guards=(Guard(Key(keys[2]), 0),)),
        )
        assert [version_of(self.store, key) for key in keys] == [1, 1, 0]
        entries = [chain_of(key.replace("receipt", "order"), 1)[0] for key in keys]
        write(self.store, changes(entries=tuple(entries), owed=tuple(a_mail(key) for key in keys)))
        assert [owed.id for owed in all_owed(self.store)] == keys
        for entry in entries:
            assert [line.entry for line in select(self.store, Index.JOURNAL, entry.chain).items] == [entry]

    @promise_for(Transaction.write, ("", " ", "0"))
    def test_a_text_that_says_nothing_is_not_the_same_as_none(self, text: str) -> None:
        write(
            self.store, changes(put("receipt:a", a_receipt("a", text), digest=text), owed=(a_mail("a", secret=text),))
        )
        assert read(self.store, "receipt:a") == {"receipt:a": Fact(1, a_receipt("a", text), 0, text)}
        (claimed,) = claim(self.store)
        assert claimed.mail == a_mail("a", secret=text).mail
        assert settle(self.store, claimed, Settlement(state=OwedState.DUE, note=text))
        assert owed_of(self.store, "a").note == text
        assert settle(self.store, claim(self.store)[0], Settlement(state=OwedState.DUE))
        assert owed_of(self.store, "a").note is None
