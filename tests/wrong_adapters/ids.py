"""Wrong sources of ids."""

import secrets
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from itertools import count
from random import Random
from typing import Final, final

import attrs

from kundorder.identifiers import case_number_from, token
from kundorder.portal.settings import SystemIds
from kundorder.ports import Ids
from kundorder.testing.contracts.ids import IdsContract
from wrong_adapters.examining import Wrong


@final
class MadeContract(IdsContract):
    """The contract for ids that are made somehow."""

    def __init__(self, making: Callable[[], Ids]) -> None:
        self.making = making

    def make_ids(self) -> Ids:
        return self.making()


@attrs.define
class Careful:
    """As they should be; to be extended by what is not."""

    true: SystemIds = attrs.field(factory=SystemIds)

    def order(self) -> str:
        return self.true.order()

    def member(self) -> str:
        return self.true.member()

    def case_number(self) -> str:
        return self.true.case_number()

    def code(self, about: str) -> str:
        return self.true.code(about)


class Uuids(Careful):
    def order(self) -> str:
        return f"o-{uuid.uuid4()}"


class Users(Careful):
    def member(self) -> str:
        return self.true.member().replace("m-", "u-", 1)


class Unchecked(Careful):
    def case_number(self) -> str:
        return f"KO{secrets.randbelow(10**8) + 2 * 10**7:010}"


class OfTheDay(Careful):
    def case_number(self) -> str:
        return case_number_from(int(time.time()) // 86_400)


@attrs.define
class Forgetful(Careful):
    """Every thousandth id is the one before."""

    made: Iterator[int] = attrs.field(factory=count)
    last: str = ""

    def order(self) -> str:
        self.last = self.last if next(self.made) % 1000 == 999 else self.true.order()
        return self.last


class OfTheMillisecond(Careful):
    def member(self) -> str:
        now = int(time.time() * 1000)
        return token("m", now, now)


@attrs.define
class Racing(Careful):
    """Looks at the number, and then counts on."""

    base: int = attrs.field(factory=lambda: secrets.randbits(70))
    number: int = 0

    def order(self) -> str:
        number = self.number
        if number % 50 == 0:
            time.sleep(0.0001)
        self.number = number + 1
        return token("o", 0, self.base + number)


@attrs.define
class Seeded(Careful):
    """Chance that begins the same everywhere."""

    chance: Random = attrs.field(factory=lambda: Random(1))  # noqa: S311 - the mistake

    def member(self) -> str:
        return token("m", 0, self.chance.getrandbits(80))


@attrs.define
class Counting(Careful):
    numbers: Iterator[int] = attrs.field(factory=lambda: count(secrets.randbits(79)))

    def order(self) -> str:
        return token("o", 0, next(self.numbers))


class Fresh(Careful):
    def code(self, about: str) -> str:
        del about
        return SystemIds().code("")


class BlindToCase(Careful):
    def code(self, about: str) -> str:
        return self.true.code(about.lower().strip())


class Hexadecimal(Careful):
    def code(self, about: str) -> str:
        return sha256(self.true.code(about).encode()).hexdigest()


class HalfAsLong(Careful):
    def code(self, about: str) -> str:
        half = sha256(self.true.code(about).encode()).digest()[:16]
        return urlsafe_b64encode(bytes(16) + half).decode().rstrip("=")


class DigestOnly(Careful):
    """A code that everybody can compute."""

    def code(self, about: str) -> str:
        return urlsafe_b64encode(sha256(about.encode()).digest()).decode().rstrip("=")


_ORDERS: Final = "test_ids_of_orders_are_of_the_form_that_is_taken"
_MEMBERS: Final = "test_ids_of_members_are_of_the_form_that_is_taken"
_CASES: Final = "test_case_numbers_pass_their_check_digit"
_CASES_DIFFER: Final = "test_case_numbers_repeat_by_chance_only"
_ORDERS_DIFFER: Final = "test_no_order_id_repeats"
_MEMBERS_DIFFER: Final = "test_no_member_id_repeats"
_THREADS: Final = "test_however_many_threads_ask_no_id_repeats"
_TWO: Final = "test_two_sources_have_nothing_in_common"
_CHANCE: Final = "test_eighty_bits_of_an_id_are_chance"
_SAME: Final = "test_a_code_is_the_same_for_the_same_thing"
_ANOTHER: Final = "test_a_code_is_another_for_anything_else"
_FORM: Final = "test_a_code_is_of_the_form_that_is_taken"
_BITS: Final = "test_all_bits_of_a_code_are_chance"


def _wrong(lie: str, making: Callable[[], Ids], *caught_by: str) -> Wrong:
    return Wrong(lie, partial(MadeContract, making), caught_by)


TRUE: Final = partial(MadeContract, Careful)

WRONG: tuple[Wrong, ...] = (
    _wrong("gives orders UUIDs", Uuids, _ORDERS),
    _wrong("gives members another prefix", Users, _MEMBERS),
    _wrong("gives case numbers any last digit", Unchecked, _CASES),
    _wrong("gives one case number a day", OfTheDay, _CASES_DIFFER),
    _wrong("gives every thousandth order the id of the one before", Forgetful, _ORDERS_DIFFER),
    _wrong("makes ids of the time alone", OfTheMillisecond, _MEMBERS_DIFFER, _CHANCE),
    _wrong("looks at its counter before it counts", Racing, _THREADS),
    _wrong("begins with the same chance everywhere", Seeded, _TWO),
    _wrong("counts, from a number by chance", Counting, _CHANCE),
    _wrong("makes a new code each time", Fresh, _SAME),
    _wrong("makes one code for two spellings", BlindToCase, _ANOTHER),
    _wrong("writes codes in hexadecimal", Hexadecimal, _FORM),
    _wrong("makes codes of 128 bits and zeros", HalfAsLong, _BITS),
    _wrong("makes codes that everybody can compute", DigestOnly, _TWO, _BITS),
)
