"""Agreements, assignments, users, the provider: every cell of the decision table equals the independent oracle (G7)."""

from functools import lru_cache
from random import Random
from typing import Final, get_args

import pytest
from oracle.built.house_asking import asked_house
from oracle.built.portal import said_by_portal
from oracle.built.saying import answered_house
from oracle.checking import checked, telling
from oracle.flips import HOUSE_FLIPS
from oracle.house_asked import AgreementQuestion, AssignmentQuestion, HouseQuestion, ProviderQuestion, UserQuestion
from oracle.house_grid import GRIDS
from oracle.house_judge import HouseJudge
from oracle.replies import Reply
from oracle.settled import ALL, Settled
from proof import count

from kundorder.commands import COMMANDS, AnyOrderCommand
from kundorder.vocabulary import Role

JUDGE: Final = HouseJudge()
OF_ORDERS_ALONE: Final = {
    Settled.TIME_BEFORE_CONDITIONS,
    Settled.PARTY_BEFORE_CONDITIONS,
    Settled.NOT_IN_THIS_FLOW,
    Settled.NOBODY_DECIDES_NOT_TO_WITHDRAW,
    Settled.HANDLER_HAS_DECIDED,
    Settled.THE_RULE_AT_ITS_TIME,
    Settled.STAFF_IS_THE_PROVIDER,
    Settled.NO_OFFER_NO_MORE,
    Settled.NO_AGENT_NO_MORE,
    Settled.WAITS_WITHOUT_ASSIGNMENT,
    Settled.NOT_ONESELF,
}
"""Makes no difference here; ``test_decision_table`` shows that it makes one to orders."""


def kind_of(question: HouseQuestion) -> tuple[object, ...]:
    """What is asked, of what, and from where."""
    match question:
        case AgreementQuestion():
            return question.trigger, question.caller.side, question.party, question.proof
        case AssignmentQuestion():
            return question.trigger, question.caller.side, question.state, question.proof
        case UserQuestion():
            papers = (question.paper, question.signed_first, question.assignment)
            return question.trigger, question.caller.side, question.house, question.state, papers
        case ProviderQuestion():
            return (question.caller.side,)


@lru_cache
def sample() -> tuple[tuple[HouseQuestion, Reply], ...]:
    """Cells of every kind, with what ``kundorder`` says."""
    chosen = [question for grid in GRIDS.values() for question, _reply in telling(grid(), JUDGE.answer, kind_of)]
    return tuple((question, answered_house(question)) for question in chosen)


@pytest.mark.parametrize("grid", GRIDS)
def test_every_cell_of_an_organisations_papers_and_people_equals_the_oracle(grid: str) -> None:
    result = checked(GRIDS[grid](), JUDGE.answer, answered_house)
    assert result.differences == (), result.different
    count("cells of the decision table that equal the oracle", result.cells)


def test_a_portal_over_a_store_says_the_same() -> None:
    chosen = Random(28).sample(sample(), 1000)  # noqa: S311 - the same choice every time, no secret
    for question, reply in chosen:
        assert said_by_portal(asked_house(question)) == (None if reply.to else reply), question
    count("cells of the decision table that a portal over a store decides likewise", len(chosen))


@pytest.mark.parametrize("flip", HOUSE_FLIPS)
def test_an_oracle_that_is_wrong_in_one_thing_about_an_organisation_is_found_out(flip: str) -> None:
    wrong = HOUSE_FLIPS[flip]()
    assert any(wrong.answer(question) != reply for question, reply in sample())
    count("single facts of the oracle turned over, all of them noticed", 1)


@pytest.mark.parametrize("entry", [each.name for each in Settled if each not in OF_ORDERS_ALONE])
def test_what_has_been_settled_about_an_organisation_makes_a_difference(entry: str) -> None:
    without = HouseJudge(settled=ALL - {Settled[entry]})
    assert any(without.answer(question) != reply for question, reply in sample())


def test_the_table_has_every_command_that_is_not_about_orders() -> None:
    asked_for = [question for question, _reply in sample()]
    kinds = {AgreementQuestion, AssignmentQuestion, UserQuestion, ProviderQuestion}
    assert {type(question) for question in asked_for} == kinds
    assert {role for question in asked_for for role in question.caller.roles} == set(Role)
    commands = {type(asked_house(question).command) for question in asked_for}
    assert commands == set(COMMANDS) - set(get_args(AnyOrderCommand))
