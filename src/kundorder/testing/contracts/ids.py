"""What a source of ids promises: forms that are taken, nothing twice, and nothing that can be guessed."""

from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import ClassVar, Final
from unittest import SkipTest

from kundorder.identifiers import case_number, member_id, order_id, secret_code
from kundorder.ports import Ids
from kundorder.testing.contracts.promising import Contract, promise

_MANY: Final = 10_000
_SOME: Final = 1_000
_THREADS: Final = 8
_SAME_BY_CHANCE: Final = 10  # of a thousand case numbers, out of eight hundred million
_CROCKFORD: Final = {letter: value for value, letter in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}
_RANDOM_BITS: Final = 80
_SECRET_BITS: Final = 256
_RARE: Final = 0.3  # of some hundred fair coins fewer fall on one side once in ten to the fifteenth


class IdsContract(Contract):
    """The contract."""

    port: ClassVar[str] = "Ids"

    is_guessable: ClassVar[bool] = False
    """Whether the ids are meant to be the same in every run, as those of a double are; say so of no other."""

    def make_ids(self) -> Ids:
        """The source; asked again, another one, as in another process."""
        raise NotImplementedError

    @promise(Ids.order)
    def test_ids_of_orders_are_of_the_form_that_is_taken(self) -> None:
        ids = self.make_ids()
        for _ in range(_SOME):
            given = ids.order()
            assert order_id(given) == given

    @promise(Ids.member)
    def test_ids_of_members_are_of_the_form_that_is_taken(self) -> None:
        ids = self.make_ids()
        for _ in range(_SOME):
            given = ids.member()
            assert member_id(given) == given

    @promise(Ids.case_number)
    def test_case_numbers_pass_their_check_digit(self) -> None:
        ids = self.make_ids()
        for _ in range(_SOME):
            given = ids.case_number()
            assert case_number(given) == given

    @promise(Ids.case_number)
    def test_case_numbers_repeat_by_chance_only(self) -> None:
        ids = self.make_ids()
        found = {ids.case_number() for _ in range(_SOME)}
        assert len(found) >= _SOME - _SAME_BY_CHANCE, f"{_SOME - len(found)} of {_SOME} are there twice"

    @promise(Ids.order)
    def test_no_order_id_repeats(self) -> None:
        ids = self.make_ids()
        _all_differ([ids.order() for _ in range(_MANY)])

    @promise(Ids.member)
    def test_no_member_id_repeats(self) -> None:
        ids = self.make_ids()
        _all_differ([ids.member() for _ in range(_MANY)])

    @promise(Ids)
    def test_however_many_threads_ask_no_id_repeats(self) -> None:
        ids = self.make_ids()

        def some(_: int) -> list[str]:
            return [make() for _ in range(_SOME) for make in (ids.order, ids.member)]

        with ThreadPoolExecutor(_THREADS) as pool:
            found = [each for part in pool.map(some, range(_THREADS)) for each in part]
        _all_differ(found)

    @promise(Ids)
    def test_two_sources_have_nothing_in_common(self) -> None:
        self._must_be_unguessable()
        one, other = self.make_ids(), self.make_ids()
        for make in (_orders, _members, _codes):
            both = set(make(one)) & set(make(other))
            assert not both, f"both have given {sorted(both)[:3]}"

    @promise(Ids)
    def test_eighty_bits_of_an_id_are_chance(self) -> None:
        self._must_be_unguessable()
        for make in (_orders, _members):
            numbers = [_number(each) for each in make(self.make_ids())]
            _be_chance(numbers, _RANDOM_BITS)

    @promise(Ids.code)
    def test_a_code_is_the_same_for_the_same_thing(self) -> None:
        ids = self.make_ids()
        for about in _THINGS:
            assert ids.code(about) == ids.code(about), f"another code for {about}"

    @promise(Ids.code)
    def test_a_code_is_another_for_anything_else(self) -> None:
        ids = self.make_ids()
        _all_differ([ids.code(about) for about in _THINGS])

    @promise(Ids.code)
    def test_a_code_is_of_the_form_that_is_taken(self) -> None:
        ids = self.make_ids()
        for about in _THINGS:
            given = ids.code(about)
            assert secret_code(given) == given

    @promise(Ids.code)
    def test_all_bits_of_a_code_are_chance(self) -> None:
        self._must_be_unguessable()
        by_many = [self.make_ids().code("m-1") for _ in range(_SOME // 4)]
        for codes in (by_many, _codes(self.make_ids())):
            _be_chance([int.from_bytes(urlsafe_b64decode(code + "="), "big") for code in codes], _SECRET_BITS)

    def _must_be_unguessable(self) -> None:
        if self.is_guessable:
            raise SkipTest("these ids are a double's, and meant to be the same in every run")


_THINGS: Final = (*(f"m-{number}" for number in range(_SOME)), "", "M-1", "m-1 ", "å")


def _orders(ids: Ids) -> list[str]:
    return [ids.order() for _ in range(_SOME)]


def _members(ids: Ids) -> list[str]:
    return [ids.member() for _ in range(_SOME)]


def _codes(ids: Ids) -> list[str]:
    return [ids.code(about) for about in _THINGS]


def _all_differ(given: list[str]) -> None:
    repeats = len(given) - len(set(given))
    assert repeats == 0, f"{repeats} of {len(given)} are there twice"


def _number(identifier: str) -> int:
    number = 0
    for letter in identifier.partition("-")[2]:
        number = number << 5 | _CROCKFORD[letter]
    return number


def _be_chance(numbers: list[int], bits: int) -> None:
    """Each of the last bits is on about as often as off, also against the one before it and the id before it."""
    following = [one ^ other for one, other in pairwise(numbers)]
    _be_even("on", numbers, bits)
    _be_even("unlike the one beside it", [each ^ each >> 1 for each in numbers], bits - 1)
    _be_even("unlike the one before", following, bits)


def _be_even(what: str, numbers: list[int], bits: int) -> None:
    for place in range(bits):
        share = sum(number >> place & 1 for number in numbers) / len(numbers)
        assert _RARE < share < 1 - _RARE, f"bit {place} is {what} in {share:.0%}"
