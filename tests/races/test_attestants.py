"""Two attestants decide at once: one decision counts, and the other hears who has decided and what."""

import random
from pathlib import Path
from typing import Final

import pytest
from proof import count

import kundorder as ko
from kundorder.vocabulary import ReasonCode, Role, Template
from races.around import Guards
from races.asking import BANKID, Answered, Asked
from races.stage import GROUNDS, IN_TURN, WAYS, Ground, Pair, Stage, Workers, share, staged

S = ko.OrderState
DECIDED: Final = {ko.Trigger.ATTEST.value: S.ATTESTED, ko.Trigger.REJECT.value: S.REJECTED}
UNGUARDED: Final = 8  # races on each ground


def attest(order: str) -> ko.Command:
    """Yes."""
    return ko.AttestOrder(order=order, method=BANKID)


def reject(order: str) -> ko.Command:
    """No."""
    return ko.RejectOrder(order=order, reason="Nej tack.")


def prepared(stage: Stage, races: int) -> list[str]:
    """Orders that wait for one of two attestants."""
    stage.cast.assign(stage.cast.nora, Role.ATTESTANT)
    orders = [stage.cast.sent() for _ in range(races)]
    stage.begin()
    return orders


def pair_for(stage: Stage, order: str, chance: random.Random) -> Pair:
    """What the two want."""
    people = [stage.cast.atle, stage.cast.nora]
    chance.shuffle(people)
    one, other = (Asked(chance.choice((attest, reject))(order), actor, f"{order}/{actor.person}") for actor in people)
    return one, other


def is_told(pair: Pair, answers: tuple[Answered, Answered]) -> ko.OrderState:
    """One has decided, the other is told what; and what the order is now."""
    places = [place for place, answered in enumerate(answers) if answered.told is not None]
    assert len(places) == 1, answers
    winner, loser = places[0], answers[1 - places[0]]
    decided = pair[winner].command.trigger.value
    assert loser.codes == (ReasonCode.ALREADY_DECIDED,)
    particulars = dict(loser.reasons[0][1])
    assert (particulars["trigger"], particulars["role"]) == (decided, Role.ATTESTANT.value)
    return DECIDED[decided]


@pytest.mark.parametrize("races", [500, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_of_two_attestants_who_decide_at_once_one_decides_and_the_other_is_told(
    ground: Ground, races: int, tmp_path: Path, workers: Workers, chance: random.Random
) -> None:
    states: dict[str, ko.OrderState] = {}
    with staged(ground, tmp_path, workers) as stage:
        orders = prepared(stage, share(ground, races))
        for number, order in enumerate(orders):
            pair = pair_for(stage, order, chance)
            states[order] = is_told(pair, stage.race(pair, WAYS[number % len(WAYS)]))
            assert stage.cast.portal.order(order, pair[0].actor).state is states[order]  # fresh, for whoever looks
        assert stage.wrongs() == []
        stage.deliver()
        letters = stage.letters()
        for order, state in states.items():
            rejected = [("berta", Template.ORDER_REJECTED)] if state is S.REJECTED else []
            assert (
                letters.get(stage.case_number(order), []) == rejected
            )  # nobody is asked any more, and Berta is told once
    count(f"races: two attestants decide at once, {ground}", len(orders))


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_without_guards_both_decide(ground: Ground, tmp_path: Path, workers: Workers, chance: random.Random) -> None:
    with staged(ground, tmp_path, workers, Guards.OFF) as stage:
        orders = prepared(stage, UNGUARDED)
        for number, order in enumerate(orders):
            answers = stage.race(pair_for(stage, order, chance), IN_TURN[number % len(IN_TURN)])
            assert [answered.error for answered in answers] == [None, None]
        found = stage.wrongs()
        assert all(any(wrong.startswith(f"order:{order} ") for wrong in found) for order in orders)
    count(f"races with the guards off: two attestants, all went wrong, {ground}", len(orders))
