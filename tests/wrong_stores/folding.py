"""Wrong in texts: what takes two for one, and what changes one on its way."""

import re
import unicodedata
from collections.abc import Callable
from typing import TypeAlias

import attrs

from kundorder.directory import Receipt
from kundorder.events import Entry, Owed, Settlement
from kundorder.outcomes import Changes, Stored
from kundorder.ports import Page
from kundorder.situation import Fact, Guard, Key
from kundorder.vocabulary import Index
from kundorder.worklists import listings
from wrong_stores.telling import Bends, Bent, Making, Question, Wrong, bent, remembering, within

Fold: TypeAlias = Callable[[str], str]

KEYS = "test_keys_that_look_the_same_are_different"
PAIRS = "test_one_of_a_pair_says_nothing_of_the_other"
LISTS = "test_lists_chains_and_debts_that_look_the_same_are_different"
ANYWHERE = "test_a_text_is_kept_as_it_is_wherever_it_stands"
LONG = "test_a_text_of_sixty_thousand_characters_is_kept_whole"
LAST = "test_keys_that_differ_in_their_last_character_are_different"
NOTHING = "test_a_text_that_says_nothing_is_not_the_same_as_none"


def no_blanks_at_the_end(text: str) -> str:
    """As columns of a fixed width compare."""
    return text.rstrip()


def no_marks(text: str) -> str:
    """Without accents."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def composed(text: str) -> str:
    """In one normal form."""
    return unicodedata.normalize("NFC", text)


def narrow(text: str) -> str:
    """In one width."""
    return unicodedata.normalize("NFKC", text)


def short(text: str) -> str:
    """As a narrow column holds it."""
    return text[:255]


FOLDS: dict[str, Fold] = {
    "regardless of case": str.casefold,
    "regardless of accents": no_marks,
    "regardless of the normal form": composed,
    "regardless of width": narrow,
    "regardless of blanks at the end": no_blanks_at_the_end,
}


@attrs.define
class FoldedKeys(Bent):
    """Keys are compared otherwise."""

    fold: Fold = attrs.field(kw_only=True)

    def key(self, key: Key) -> Key:
        """What a key is compared as."""
        kind, colon, rest = key.partition(":")
        return Key(f"{kind}{colon}{self.fold(rest)}")

    def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        facts = self.kept.read(tuple(self.key(key) for key in keys))
        return {key: facts[self.key(key)] for key in keys}

    def write(self, changes: Changes) -> None:
        guards = tuple(Guard(self.key(guard.key), guard.version) for guard in changes.guards)
        records = tuple(attrs.evolve(stored, key=self.key(stored.key)) for stored in changes.records)
        dropped = tuple(self.key(key) for key in changes.dropped)
        self.kept.write(attrs.evolve(changes, guards=guards, records=records, dropped=dropped))


@attrs.define
class FoldedLists(Bent):
    """Values of lists and names of chains are compared otherwise."""

    fold: Fold = attrs.field(kw_only=True)
    known: set[tuple[Index, str]] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        self.kept.write(changes)
        for stored in changes.records:
            self.known |= {(index, value) for index, value, _sort in listings(stored.record)}
        self.known |= {(Index.JOURNAL, entry.chain) for entry in changes.entries}

    def ask(self, question: Question) -> Page:
        meant = {self.fold(value) for value in question.values}
        alike = {value for index, value in self.known if index is question.index and self.fold(value) in meant}
        return super().ask(attrs.evolve(question, values=(*question.values, *sorted(alike))))


@attrs.define
class FoldedDebts(Bent):
    """Ids of debts are compared otherwise."""

    fold: Fold = attrs.field(kw_only=True)
    known: dict[str, str] = attrs.field(kw_only=True)

    def write(self, changes: Changes) -> None:
        owed = tuple(each for each in changes.owed if self.known.setdefault(self.fold(each.id), each.id) == each.id)
        self.kept.write(attrs.evolve(changes, owed=owed))


def keys_by(fold: Fold) -> Making:
    """Keys are compared so."""
    return within(lambda transaction: FoldedKeys(transaction, fold=fold))


def lists_by(fold: Fold) -> Making:
    """Values and chains are compared so."""
    return remembering(
        set[tuple[Index, str]], lambda known, transaction: FoldedLists(transaction, fold=fold, known=known)
    )


def debts_by(fold: Fold) -> Making:
    """Ids of debts are compared so."""
    return remembering(dict[str, str], lambda known, transaction: FoldedDebts(transaction, fold=fold, known=known))


def changing(change: Callable[[str], str | None]) -> Making:
    """Free texts are changed on their way: those of receipts, remarks, secrets and notes."""

    def optional(text: str | None) -> str | None:
        return None if text is None else change(text)

    def stored(each: Stored) -> Stored:
        if not isinstance(each.record, Receipt):
            return each
        return attrs.evolve(each, record=attrs.evolve(each.record, outcome=change(each.record.outcome) or ""))

    def entry(each: Entry) -> Entry:
        return attrs.evolve(each, remark=optional(each.remark))

    def owed(each: Owed) -> Owed:
        if each.mail is None:
            return each
        return attrs.evolve(each, mail=attrs.evolve(each.mail, secret=optional(each.mail.secret)))

    def changes(wanted: Changes) -> Changes:
        return attrs.evolve(
            wanted,
            records=tuple(stored(each) for each in wanted.records),
            entries=tuple(entry(each) for each in wanted.entries),
            owed=tuple(owed(each) for each in wanted.owed),
        )

    def settlement(given: Settlement) -> Settlement:
        return attrs.evolve(given, note=optional(given.note))

    return bent(Bends(changes=changes, settlement=settlement))


def only_notes(change: Callable[[str | None], str | None]) -> Making:
    """Notes are changed on their way."""
    return bent(Bends(settlement=lambda given: attrs.evolve(given, note=change(given.note))))


def _bytes(text: str) -> str:
    return text.encode()[:65_535].decode(errors="ignore")


def _sixteen_bits(text: str) -> str:
    return "".join(letter if ord(letter) < 0x1_0000 else "\ufffd" for letter in text)


CHANGES: dict[str, Callable[[str], str | None]] = {
    "keeps no character beyond sixteen bits": _sixteen_bits,
    "brings texts into a normal form": composed,
    "doubles quotes": lambda text: text.replace("'", "''"),
    "reads backslashes as escapes": lambda text: text.replace("\\\\", "\\"),
    "reads percent signs as places": lambda text: text.replace("%%", "%"),
    "reads braces as places": lambda text: text.replace("{{", "{").replace("}}", "}"),
    "puts parameters into texts": lambda text: text.replace("$1", "").replace("?", ""),
    "reads names as parameters": lambda text: re.sub(r":[a-z]+", "NULL", text),
    "has lines end otherwise": lambda text: text.replace("\r\n", "\n"),
    "strips texts": str.strip,
    "drops controls": lambda text: re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", text),
    "drops characters that are none": lambda text: re.sub("[\ufdd0-\ufdef\ufffe\uffff]", "", text),
    "drops marks of direction": lambda text: re.sub("[\u200e\u200f\u202a-\u202e]", "", text),
    "escapes texts for pages": lambda text: text.replace("&", "&amp;"),
    "takes a word for nothing": lambda text: None if text in ("NULL", "None") else text,
    "takes digits for a number": lambda text: str(int(text)) if text.isascii() and text.isdigit() else text,
}

WRONG = (
    *(Wrong(f"compares keys {how}", keys_by(fold), (KEYS, PAIRS)) for how, fold in FOLDS.items()),
    *(Wrong(f"compares values and chains {how}", lists_by(fold), (LISTS,)) for how, fold in FOLDS.items()),
    *(Wrong(f"compares ids of debts {how}", debts_by(fold), (LISTS,)) for how, fold in FOLDS.items()),
    *(Wrong(lie, changing(change), (ANYWHERE,)) for lie, change in CHANGES.items()),
    Wrong("compares 255 characters of keys", keys_by(short), (LAST,)),
    Wrong("compares 255 characters of chains", lists_by(short), (LAST,)),
    Wrong("compares 255 characters of ids of debts", debts_by(short), (LAST,)),
    Wrong("keeps 65 535 bytes of a text", changing(_bytes), (LONG,)),
    Wrong("keeps 4 000 characters of a note", only_notes(lambda note: note and note[:4000]), (LONG,)),
    Wrong("takes an empty text for none", changing(lambda text: text or None), (NOTHING,)),
    Wrong("takes blanks for none", changing(lambda text: text.strip() or None), (NOTHING, ANYWHERE)),
    Wrong("takes no note for an empty one", only_notes(lambda note: note or ""), (NOTHING,)),
)
