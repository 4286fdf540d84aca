"""Wrong signing authorities."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Final, final

import attrs

from kundorder.authority import Authority, AuthorityQuestion, EverybodyNamed, signed_by
from kundorder.ports import SigningAuthority
from kundorder.testing.contracts.authority import AuthorityContract
from wrong_adapters.examining import Wrong


@final
class MadeContract(AuthorityContract):
    """The contract for an authority that is made somehow."""

    def __init__(self, making: Callable[[], SigningAuthority]) -> None:
        self.making = making

    def make_authority(self) -> SigningAuthority:
        return self.making()


@final
@attrs.frozen
class Bent:
    """Everybody named must sign, but the answer is told in another way."""

    bend: Callable[[AuthorityQuestion, Authority], Authority]

    def may_bind(self, question: AuthorityQuestion) -> Authority:
        return self.bend(question, EverybodyNamed().may_bind(question))


def _never(_question: AuthorityQuestion, answer: Authority) -> Authority:
    return attrs.evolve(answer, binds=False)


def _today(_question: AuthorityQuestion, answer: Authority) -> Authority:
    return attrs.evolve(answer, on=datetime.now(UTC).date().replace(year=2025))


def _of_all(question: AuthorityQuestion, answer: Authority) -> Authority:
    return attrs.evolve(answer, by=tuple(person.signatory for person in question.persons))


def _at_once(_question: AuthorityQuestion, answer: Authority) -> Authority:
    return attrs.evolve(answer, binds=True)


def _by_signatures(question: AuthorityQuestion, answer: Authority) -> Authority:
    return attrs.evolve(answer, binds=all(person.has_signed for person in question.persons))


def _by_identity_only(question: AuthorityQuestion, answer: Authority) -> Authority:
    signed = {person.identity for person in question.persons if person.has_signed}
    return attrs.evolve(answer, binds=len(signed) == len(question.persons))


def _the_first(question: AuthorityQuestion, answer: Authority) -> Authority:
    first = question.persons[0]
    return attrs.evolve(answer, binds=first.has_signed and first.signatory in signed_by(question))


def _with_names(question: AuthorityQuestion, answer: Authority) -> Authority:
    return attrs.evolve(answer, right=" and ".join(person.name for person in question.persons))


def _on_two_lines(_question: AuthorityQuestion, answer: Authority) -> Authority:
    return attrs.evolve(answer, right="everybody\nnamed")


def _moody() -> SigningAuthority:
    asked = count()
    return Bent(lambda _question, answer: attrs.evolve(answer, right=f"answer {next(asked)}"))


_BINDS: Final = "test_some_who_have_signed_bind"
_TO_THE_QUESTION: Final = "test_the_answer_is_one_to_the_question"
_NOBODY: Final = "test_nobody_binds_who_has_not_signed"
_TWICE: Final = "test_the_same_person_twice_is_one_person"
_AGAIN: Final = "test_asking_again_is_harmless"
_ORDER: Final = "test_it_does_not_matter_in_which_order_they_are_named"
_RIGHT: Final = "test_by_which_right_is_told_in_one_line_without_a_name"


def _wrong(lie: str, making: Callable[[], SigningAuthority], *caught_by: str) -> Wrong:
    return Wrong(lie, partial(MadeContract, making), caught_by)


TRUE: Final = partial(MadeContract, EverybodyNamed)

WRONG: tuple[Wrong, ...] = (
    _wrong("lets nobody ever bind", lambda: Bent(_never), _BINDS),
    _wrong("answers for another day", lambda: Bent(_today), _TO_THE_QUESTION),
    _wrong("names those who have not signed", lambda: Bent(_of_all), _TO_THE_QUESTION, _NOBODY),
    _wrong("lets everybody bind at once", lambda: Bent(_at_once), _NOBODY),
    _wrong("counts signatures", lambda: Bent(_by_signatures), _TWICE),
    _wrong("counts identities and not addresses", lambda: Bent(_by_identity_only), _TWICE),
    _wrong("answers another thing each time", _moody, _AGAIN),
    _wrong("asks for the first who is named", lambda: Bent(_the_first), _ORDER),
    _wrong("names people in its right", lambda: Bent(_with_names), _RIGHT),
    _wrong("tells its right on two lines", lambda: Bent(_on_two_lines), _RIGHT),
)
