"""Who together may bind an organisation: the question, its answer, and the two rules that need nobody to be asked.

The answer is kept with the agreement, for whoever wants to know later by which right it was signed.
"""

from datetime import date
from typing import Final, final

import attrs

from kundorder.errors import Unavailable, malformed
from kundorder.vocabulary import Party

_NOT_ANSWERED: Final = "the signing authority has not answered what it was asked"


@final
@attrs.frozen(kw_only=True)
class NamedPerson:
    """Somebody an application names as a signatory."""

    signatory: str  # id on the agreement
    name: str = attrs.field(repr=False)
    email: str = attrs.field(repr=False)
    identity: str  # who the method of signing says it was, see ``Evidence``; empty: not known, or has not signed
    has_signed: bool


@final
@attrs.frozen(kw_only=True)
class AuthorityQuestion:
    """May those who have signed bind this organisation, on this date?"""

    organisation: str
    party: Party
    persons: tuple[NamedPerson, ...]  # everybody the application names
    on: date  # in UTC


@final
@attrs.frozen(kw_only=True)
class Authority:
    """The answer: whether they may, by which right, and on which date that was asked."""

    binds: bool
    right: str  # the rule or the entry in a register, as whoever answers puts it: one line
    on: date
    by: tuple[str, ...] = ()  # ids of the signatories it is about


def signed_by(question: AuthorityQuestion) -> tuple[str, ...]:
    """The ids of those who have signed, each person once: who has one address or one identity is one person."""
    found: list[str] = []
    emails, identities = set[str](), set[str]()
    for person in question.persons:
        email = person.email.casefold()
        if not person.has_signed or email in emails or person.identity in identities:
            continue
        found.append(person.signatory)
        emails.add(email)
        identities |= {person.identity} if person.identity else set()
    return tuple(found)


def answered(question: AuthorityQuestion, answer: object) -> Authority:
    """The answer, if it is one to this question: for this date, and about nobody who has not signed.

    Raises:
        Unavailable: it is not, so nobody knows; mend whoever answers.
    """
    signed = {person.signatory for person in question.persons if person.has_signed}
    if not (isinstance(answer, Authority) and answer.on == question.on and _is_yes_or_no(answer.binds)):
        raise Unavailable(_NOT_ANSWERED)
    if signed.issuperset(answer.by):
        return answer
    raise Unavailable(_NOT_ANSWERED)


def _is_yes_or_no(told: object) -> bool:
    return isinstance(told, bool)


@final
@attrs.frozen
class EverybodyNamed:
    """Everybody the application names must sign; what holds unless the host has said otherwise."""

    def may_bind(self, question: AuthorityQuestion) -> Authority:
        """Whether nobody is missing."""
        by = signed_by(question)
        return Authority(binds=len(by) == len(question.persons) > 0, right="everybody named", on=question.on, by=by)


@final
@attrs.frozen
class AtLeast:
    """So many of those the application names must sign, whoever they are; of fewer persons all.

    Raises:
        Malformed: not a number from 1.
    """

    persons: int

    def __attrs_post_init__(self) -> None:
        if self.persons < 1:
            raise malformed("$.persons", "must be at least 1; an agreement nobody signs binds nobody")

    def may_bind(self, question: AuthorityQuestion) -> Authority:
        """Whether enough have signed."""
        by, wanted = signed_by(question), min(self.persons, len(question.persons))
        right = f"any {self.persons} of those named"
        return Authority(binds=len(by) >= wanted > 0, right=right, on=question.on, by=by)


EVERYBODY_NAMED = EverybodyNamed()
