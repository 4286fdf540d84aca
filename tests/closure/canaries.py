"""Canary values: words that stand nowhere but in one value of an organisation, and how they are found in anything.

Every word is ``zq`` and four more letters, so that one pattern finds them all, in ids, names, addresses and care units
alike. Telephone numbers, case numbers and organisation numbers cannot hold letters and are found as they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import Enum, auto
from itertools import count, islice, product
from typing import Final, TypeGuard, final

import attrs

from kundorder.identifiers import case_number_from
from kundorder.reasons import Advice, Clearer, Reason
from kundorder.vocabulary import Language

_WORDS: Final = tuple(map(re.compile, (r"zq[0-9a-z]{4}", r"\+46[0-9]{9}", r"ko[0-9]{10}")))
_NUMBER: Final = re.compile(r"-(?<=[0-9]{6}-)[0-9]{4}\b")  # what is before it is looked at where the hyphen is
_LETTERS: Final = "bcdfghjkmnpqrstvwx"  # those that may stand in any id


class What(Enum):
    """What a value tells of."""

    ORGANISATION = auto()  # that it takes part: its name and number
    PERSON = auto()  # somebody's name, address, telephone, login, or id as a user
    CONTRACT = auto()  # who signs the agreement, and why it has ended
    ASSIGNMENT = auto()  # why an assignment has ended
    ORDER = auto()  # that there is one: its id and case number
    CONTENT = auto()  # what is ordered
    REASON = auto()  # why it was rejected or withdrawn
    INSTRUCTIONS = auto()  # of the hand-over
    PROOF = auto()  # what a signing method tells of who has signed
    SECRET = auto()  # the code of an invitation, what a link holds, what a signing method remembers


@final
@attrs.frozen
class Canary:
    """Whose value, and what it tells of."""

    owner: str  # organisation number; of an order its id
    what: What
    person: str = ""  # whose, where it is one person's
    of: str = ""  # which value of these


@final
class Canaries:
    """All canary values there are."""

    def __init__(self) -> None:
        self._words = _words()
        self._numbers = count(1)
        self._made: dict[Canary, str] = {}
        self.known: dict[str, frozenset[Canary]] = {}
        self.secrets: set[str] = set()  # what must stand in no text form, journal, address or subject of a mail
        self.others = 0  # how often there was something new that is no secret

    def copy(self) -> "Canaries":
        """The same, to go on with."""
        made = Canaries()
        made._words = islice(_words(), len(self.known), None)
        made._numbers = count(len(self.known))
        made._made, made.known, made.secrets = dict(self._made), dict(self.known), set(self.secrets)
        made.others = self.others
        return made

    def word(self, owner: str, what: What, person: str = "", *, of: str = "") -> str:
        """A word of its own for a value; the same for the same value."""
        return self._kept(Canary(owner, what, person, of), lambda: next(self._words))

    def phone(self, owner: str, person: str) -> str:
        """A telephone number of somebody."""
        canary = Canary(owner, What.PERSON, person, "phone")
        return self._kept(canary, lambda: f"+4670{1_740_000 + next(self._numbers):07}")

    def case_number(self, order: str, number: int) -> str:
        """A case number of an order."""
        return self._kept(Canary(order, What.ORDER, of=f"case {number}"), lambda: case_number_from(next(self._numbers)))

    def organisation(self, number: str) -> str:
        """The number of an organisation."""
        return self._kept(Canary(number, What.ORGANISATION, of="number"), lambda: number)

    def share(self, text: str, owner: str, what: What, person: str) -> None:
        """Another organisation has the same value: one person's login, say."""
        for found in found_in(text):
            one = next(iter(self.known[found]))
            self._know(found, self.known[found] | {Canary(owner, what, person, one.of)})

    def keep(self, text: str, owner: str, what: What, of: str) -> None:
        """A value that is not a word of ours: whoever has one like it."""
        self._know(text, self.known.get(text, frozenset()) | {Canary(owner, what, of=of)})

    def token(self, what: What, of: str) -> str:
        """An id of an order, which is its own owner."""
        word = next(self._words)
        text = f"{of}-{'0' * 20}{word}"
        self._know(word, frozenset((Canary(text, what, of="id"),)))
        return text

    def words(self, what: What, *of: str) -> frozenset[str]:
        """All values of a kind, or those of it that are one of these."""
        return frozenset(
            found
            for found, canaries in self.known.items()
            if any(each.what is what and (not of or each.of in of) for each in canaries)
        )

    def _kept(self, canary: Canary, make: Callable[[], str]) -> str:
        if canary not in self._made:
            self._made[canary] = make()
            self._know(self._made[canary].lower(), frozenset((canary,)))
        return self._made[canary]

    def _know(self, text: str, canaries: frozenset[Canary]) -> None:
        self.known[text] = canaries
        whats = {(each.what, each.of if each.what is What.PROOF else "") for each in canaries}
        if whats & {(What.SECRET, ""), (What.PROOF, "proof")}:
            self.secrets.add(text)
        if (What.SECRET, "") not in whats:
            self.others += 1


def _words() -> Iterator[str]:
    return ("zq" + "".join(letters) for letters in product(_LETTERS, repeat=4))


def found_in(text: str) -> frozenset[str]:
    """The canary values that stand in a text, in small letters."""
    small = text.lower()
    found = {each for word in _WORDS for each in word.findall(small)}
    found.update(small[each.start() - 6 : each.end()] for each in _NUMBER.finditer(small))
    return frozenset(found)


def told_by(value: object) -> tuple[frozenset[str], frozenset[str]]:
    """The canary values in anything somebody has been answered: all that is in it, and what its text form says."""
    texts: list[str] = []
    _add_texts(value, texts)
    said = found_in(f"{value!s}\n{value!r}" if isinstance(value, BaseException) else repr(value))
    return said | found_in("\n".join(dict.fromkeys(texts))), said


def _add_texts(value: object, found: list[str]) -> None:
    """Everything in a value that is or becomes text, also what its ``repr`` leaves out."""
    if isinstance(value, str):
        found.append(value)
    elif value is None or isinstance(value, int | date):
        pass
    elif _is_many(value):
        for each in value:
            _add_texts(each, found)
    elif isinstance(value, BaseException):
        _add_texts(value.args, found)
        for held in (*vars(value).values(), value.__cause__, value.__context__):
            _add_texts(held, found)
    else:
        if isinstance(value, Reason | Advice | Clearer):
            found += (value.text(language) for language in Language)
        for name in _names(type(value)):
            _add_texts(getattr(value, name), found)


def _is_many(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, tuple | list | frozenset)


_NAMES: Final[dict[type, tuple[str, ...]]] = {}


def _names(cls: type) -> tuple[str, ...]:
    """What an object of a class holds; whatever else is answered some day has to be added here."""
    if cls not in _NAMES:
        if not attrs.has(cls):
            raise TypeError(cls)
        _NAMES[cls] = tuple(field.name for field in attrs.fields(cls))
    return _NAMES[cls]
