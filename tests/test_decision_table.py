"""Orders: every cell of the decision table equals what an independent oracle says (G7)."""

import ast
from functools import lru_cache
from itertools import product
from pathlib import Path
from random import Random
from typing import Final, get_args

import pytest
from cast import Cast
from oracle.asked import Capacity, Doer, Facts, Matter, Place, Policy, Question, Way
from oracle.built.order_asking import asked, store_of
from oracle.built.orders import order
from oracle.built.portal import said_by_portal
from oracle.built.saying import answered, offered
from oracle.checking import checked, telling
from oracle.flips import ORDER_FLIPS
from oracle.order_grid import FULL, GRIDS, matters
from oracle.order_judge import OrderJudge
from oracle.order_people import standings
from oracle.replies import HIDDEN, Reply
from oracle.settled import ALL, Settled
from proof import count
from world import AGENT

import kundorder as ko
from kundorder.commands import AnyOrderCommand
from kundorder.situation import Key
from kundorder.vocabulary import OrderState, Role, Trigger

JUDGE: Final = OrderJudge()
ORACLE: Final = Path(__file__).parent / "oracle"
OF_HOUSES_ALONE: Final = {
    Settled.SIGNED_BY_THE_HOUSE,
    Settled.SIGNED_AT_ANY_STEP,
    Settled.ALREADY_SIGNED_FIRST,
    Settled.NOT_A_SIGNATORY_FIRST,
    Settled.ANY_ROLE_SEES_USERS,
    Settled.WHO_SEES_ASSIGNMENTS,
    Settled.GRANTED_EARLY,
    Settled.REVOKED_ALWAYS,
    Settled.INVITED_AGAIN,
    Settled.FROM_THE_APPROVAL_ON,
    Settled.RULE_OF_THE_CUSTOMERS,
    Settled.NOBODY_TO_HELP,
    Settled.SIGNED_AGENTS_ONLY,
    Settled.NO_SERVICE_NO_MORE,
    Settled.REGISTERING_TELLS_STAFF,
}
"""Makes no difference to orders; ``test_decision_table_houses`` shows that it makes one elsewhere."""


def kind_of(question: Question) -> tuple[object, ...]:
    """What is asked, and from where."""
    return question.ask.trigger, question.doer.place, question.ask.proof


@lru_cache
def sample() -> tuple[tuple[Question, Reply], ...]:
    """Cells of every kind, with what ``kundorder`` says."""
    chosen = [question for grid in GRIDS.values() for question, _reply in telling(grid(), JUDGE.answer, kind_of)]
    return tuple((question, answered(question)) for question in chosen)


@pytest.mark.parametrize("grid", GRIDS)
def test_every_cell_of_an_order_equals_the_oracle(grid: str) -> None:
    result = checked(GRIDS[grid](), JUDGE.answer, answered)
    assert result.differences == (), result.different
    count("cells of the decision table that equal the oracle", result.cells)


def test_the_options_of_an_order_equal_the_oracle() -> None:
    policies = (Policy(), Policy(four_eyes=True, inform_automatically=True))
    cells = 0
    for doer, matter, policy in product(standings(), matters(), policies):
        got = offered(Question(doer, matter, Facts(), policy, FULL[0]))
        for ask in FULL:
            want, given = JUDGE.option(Question(doer, matter, Facts(), policy, ask)), got.get(ask.trigger)
            assert given == (None if want == HIDDEN else want.reasons)
            cells += 1
    count("options of orders that equal the oracle", cells)


def test_a_portal_over_a_store_says_the_same() -> None:
    chosen = Random(27).sample(sample(), 2000)  # noqa: S311 - the same choice every time, no secret
    for question, reply in chosen:
        assert said_by_portal(asked(question)) == (None if reply.to else reply), question
    count("cells of the decision table that a portal over a store decides likewise", len(chosen))


@pytest.mark.parametrize("flip", ORDER_FLIPS)
def test_an_oracle_that_is_wrong_in_one_thing_about_orders_is_found_out(flip: str) -> None:
    wrong = ORDER_FLIPS[flip]()
    assert any(wrong.answer(question) != reply for question, reply in sample())
    count("single facts of the oracle turned over, all of them noticed", 1)


@pytest.mark.parametrize("entry", [each.name for each in Settled if each not in OF_HOUSES_ALONE])
def test_what_has_been_settled_about_orders_makes_a_difference(entry: str) -> None:
    without = OrderJudge(settled=ALL - {Settled[entry]})
    assert any(without.answer(question) != reply for question, reply in sample())


def test_the_table_has_every_state_trigger_way_role_and_organisation() -> None:
    asked_for = [question for question, _reply in sample()]
    assert {question.matter.state for question in asked_for} == set(OrderState)
    assert {question.matter.way for question in asked_for} == set(Way)
    assert {question.doer.place for question in asked_for} == set(Place)
    assert {role for question in asked_for for role in question.doer.roles} == set(Role)
    assert {type(asked(question).command) for question in asked_for} == set(get_args(AnyOrderCommand))


@pytest.mark.parametrize("module", sorted(path.name for path in ORACLE.glob("*.py")))
def test_what_judges_knows_nothing_of_the_library_but_its_words(module: str) -> None:
    tree = ast.parse((ORACLE / module).read_text("utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    assert {name for name in names if name.startswith("kundorder")} <= {"kundorder.vocabulary"}
    assert not any(name.startswith("oracle.built") for name in names)


def test_the_orders_of_the_table_look_like_those_a_portal_has_written() -> None:
    cast = Cast.new()
    real = {
        (Way.DIRECT, cast.draft()),
        (Way.DIRECT, cast.sent()),
        (Way.DIRECT, cast.attested()),
        (Way.DIRECT, cast.handed_over()),
        (Way.TGP_VIA_AGENT, cast.sent(offer="npo-konsument-tgp", via=AGENT)),
        (Way.VIA_AGENT, cast.draft(via=AGENT)),
        (Way.VIA_AGENT, cast.sent(via=AGENT)),
        (Way.VIA_AGENT, cast.approved()),
        (Way.VIA_AGENT, cast.agent_done()),
        (Way.VIA_AGENT, cast.attested(via=AGENT)),
        (Way.VIA_AGENT, cast.informed()),
    }
    for way, number in real:
        written = cast.record(Key(f"order:{number}"))
        assert isinstance(written, ko.Order)
        built = order(Doer(place=Place.PROVIDER), Matter(way=way, state=written.state))
        assert looks(built) == looks(written)


def looks(each: ko.Order) -> tuple[object, ...]:
    """What an order is like, whoever made it and when."""
    content = each.content
    course = tuple((mark.trigger, mark.role, mark.party, mark.organisation) for mark in each.course)
    given = (each.case_number is None, each.digest is None, each.picked is None)
    ordered = (content.organisation, content.offer, content.mode, content.flow, content.agent, content.answers)
    return each.state, each.step, course, given, ordered, content.terms


def test_who_acted_before_is_one_person_in_all_records() -> None:
    been = frozenset(Capacity)
    doer = Doer(place=Place.CUSTOMER, ordered=True, has_been=been)
    matter = Matter(way=Way.VIA_AGENT, state=OrderState.ATTESTED)
    question = Question(doer, matter, Facts(), Policy(), FULL[0])
    written = store_of(question)[Key(f"order:{order(doer, matter).id}")].record
    assert isinstance(written, ko.Order)
    persons = [
        mark.person for mark in written.course if mark.trigger in {Trigger.SEND, Trigger.APPROVE, Trigger.ATTEST}
    ]
    assert persons == ["mia", "mia", "mia", "atle"]
    assert written.content.orderer_person == "mia"
