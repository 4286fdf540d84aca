"""What a signing authority promises: an answer to the question, about those who have signed, each person once."""

from collections.abc import Callable
from datetime import date
from itertools import permutations
from typing import ClassVar, Final

import attrs

from kundorder.authority import AuthorityQuestion, NamedPerson, answered
from kundorder.ports import SigningAuthority
from kundorder.testing.contracts.promising import Contract, promise, promise_for
from kundorder.vocabulary import Party

ON: Final = date(2026, 3, 2)


def person(number: int, *, has_signed: bool) -> NamedPerson:
    """Somebody an application names; each number is somebody else."""
    return NamedPerson(
        signatory=f"s{number}",
        name=f"Firma Prov {number}",
        email=f"firma{number}@region.example",
        identity=f"identity-{number}" if has_signed else "",
        has_signed=has_signed,
    )


def asked(*persons: NamedPerson) -> AuthorityQuestion:
    """Whether those of them who have signed bind a customer."""
    return AuthorityQuestion(organisation="999200-0001", party=Party.CUSTOMER, persons=persons, on=ON)


_SEVERAL: Final = tuple(
    asked(*(person(number, has_signed=bool(signed >> number & 1)) for number in range(named)))
    for named in (1, 2, 3)
    for signed in range(1 << named)
)
"""One to three named, and any of them have signed."""

Again: Final[dict[str, Callable[[NamedPerson, NamedPerson], NamedPerson]]] = {
    "by identity": lambda one, other: attrs.evolve(other, identity=one.identity),
    "by address": lambda one, other: attrs.evolve(other, email=one.email.upper()),
}
"""How the second who signs may be the first."""


class AuthorityContract(Contract):
    """The contract."""

    port: ClassVar[str] = "SigningAuthority"

    def make_authority(self) -> SigningAuthority:
        """The authority."""
        raise NotImplementedError

    def binding(self) -> AuthorityQuestion:
        """A question whose answer is yes; to be overridden where three who all have signed do not bind."""
        return asked(*(person(number, has_signed=True) for number in range(3)))

    @promise(SigningAuthority.may_bind)
    def test_some_who_have_signed_bind(self) -> None:
        assert self.make_authority().may_bind(self.binding()).binds

    @promise_for(SigningAuthority.may_bind, _SEVERAL)
    def test_the_answer_is_one_to_the_question(self, question: AuthorityQuestion) -> None:
        answer = self.make_authority().may_bind(question)
        assert answered(question, answer) == answer

    @promise_for(SigningAuthority.may_bind, (1, 2, 3))
    def test_nobody_binds_who_has_not_signed(self, named: int) -> None:
        answer = self.make_authority().may_bind(asked(*(person(number, has_signed=False) for number in range(named))))
        assert not answer.binds
        assert answer.by == ()

    @promise_for(SigningAuthority.may_bind, tuple(Again))
    def test_the_same_person_twice_is_one_person(self, how: str) -> None:
        authority, one, other = self.make_authority(), person(1, has_signed=True), person(2, has_signed=True)
        alone = authority.may_bind(asked(one, person(2, has_signed=False)))
        twice = authority.may_bind(asked(one, Again[how](one, other)))
        assert twice.binds == alone.binds, "signing twice counts for two"

    @promise_for(SigningAuthority.may_bind, _SEVERAL)
    def test_asking_again_is_harmless(self, question: AuthorityQuestion) -> None:
        authority = self.make_authority()
        assert authority.may_bind(question) == authority.may_bind(question)

    @promise(SigningAuthority.may_bind)
    def test_it_does_not_matter_in_which_order_they_are_named(self) -> None:
        authority = self.make_authority()
        persons = (person(1, has_signed=True), person(2, has_signed=False), person(3, has_signed=True))
        answers = {authority.may_bind(asked(*each)).binds for each in permutations(persons)}
        assert len(answers) == 1

    @promise_for(SigningAuthority.may_bind, _SEVERAL)
    def test_by_which_right_is_told_in_one_line_without_a_name(self, question: AuthorityQuestion) -> None:
        right = self.make_authority().may_bind(question).right
        assert right.strip()
        assert right.isprintable(), "it is not one line"
        for each in question.persons:
            assert each.name not in right
            assert each.email not in right
