"""An order is withdrawn while somebody decides on it: one of the two counts, and no mail of the other leaves."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias, final

import attrs
import pytest
from cast import Cast
from proof import count
from world import AGENT

import kundorder as ko
from kundorder.vocabulary import Template
from races.around import Guards
from races.asking import BANKID, Asked
from races.stage import GROUNDS, IN_TURN, WAYS, Ground, Pair, Stage, Way, Workers, share, staged

S = ko.OrderState
Told: TypeAlias = list[tuple[str, Template]]

UNGUARDED: Final = 8  # races on each ground


@final
@attrs.frozen
class Decision:
    """Somebody decides on an order that waits for it."""

    brink: Callable[[Cast], str]
    decide: Callable[[Cast, str], Asked]
    state: ko.OrderState  # then
    told: Told  # then
    withdrawn: str  # who is told when it is withdrawn instead


def attest(cast: Cast, order: str) -> Asked:
    return Asked(ko.AttestOrder(order=order, method=BANKID), cast.atle, f"{order}/decide")


def reject(cast: Cast, order: str) -> Asked:
    return Asked(ko.RejectOrder(order=order, reason="Nej tack."), cast.atle, f"{order}/decide")


def reject_for_agent(cast: Cast, order: str) -> Asked:
    return Asked(ko.RejectOrder(order=order, reason="Nej tack."), cast.hanna, f"{order}/decide")


def attest_for_agent(cast: Cast, order: str) -> Asked:
    return Asked(ko.AttestOrder(order=order, method=BANKID), cast.aron, f"{order}/decide")


def withdraw(cast: Cast, order: str, number: int) -> Asked:
    """By whoever has ordered, or by customer service."""
    return Asked(ko.WithdrawOrder(order=order), (cast.berta, cast.karin)[number % 2], f"{order}/withdraw")


DECISIONS: Final[Mapping[str, Decision]] = {
    "attest": Decision(Cast.sent, attest, S.ATTESTED, [], "atle"),
    "attest via agent": Decision(Cast.agent_done, attest, S.ATTESTED, [], "atle"),
    "reject": Decision(Cast.sent, reject, S.REJECTED, [("berta", Template.ORDER_REJECTED)], "atle"),
    "reject for the agent": Decision(
        lambda cast: cast.sent(via=AGENT),
        reject_for_agent,
        S.REJECTED_BY_AGENT,
        [("berta", Template.ORDER_REJECTED_BY_AGENT)],
        "hanna",
    ),
}


def prepared(stage: Stage, kinds: Mapping[str, Decision], races: int) -> list[tuple[str, Decision]]:
    """Orders that wait, all kinds in turn; who is to decide has been told."""
    names = tuple(kinds)
    orders: list[tuple[str, Decision]] = []
    for number in range(races):
        kind = kinds[names[number % len(names)]]
        orders.append((kind.brink(stage.cast), kind))
    stage.deliver()
    stage.begin()
    return orders


def way_of(number: int, ways: tuple[Way, ...], kinds: Mapping[str, Decision]) -> Way:
    """So that each kind meets each way."""
    return ways[number // len(kinds) % len(ways)]


@pytest.mark.parametrize("races", [500, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_of_withdrawing_and_deciding_one_wins_and_no_mail_of_the_other_leaves(
    ground: Ground, races: int, tmp_path: Path, workers: Workers
) -> None:
    with staged(ground, tmp_path, workers) as stage:
        orders = prepared(stage, DECISIONS, share(ground, races))
        before, told = stage.letters(), dict[str, Told]()
        for number, (order, kind) in enumerate(orders):
            pair = kind.decide(stage.cast, order), withdraw(stage.cast, order, number)
            decided, withdrawn = stage.race(
                pair, way_of(number, WAYS, DECISIONS), delivering(stage, wanted=number % 3 == 0)
            )
            assert (decided.error, withdrawn.error) in ((None, "Refused"), ("Refused", None))
            state = kind.state if withdrawn.error else S.WITHDRAWN
            assert stage.cast.portal.order(order, ko.SYSTEM).state is state
            told[order] = kind.told if withdrawn.error else [(kind.withdrawn, Template.ORDER_WITHDRAWN)]
        assert stage.wrongs() == []
        stage.deliver()
        letters = stage.letters()
        for order, expected in told.items():
            number_of = stage.case_number(order)
            assert letters.get(number_of, []) == before.get(number_of, []) + expected
    count(f"races: an order is withdrawn while somebody decides, {ground}", len(orders))


def delivering(stage: Stage, *, wanted: bool) -> Callable[[], object] | None:
    """In some races mail leaves before the loser has heard that it has lost."""
    return stage.deliver if wanted else None


EXPECTED: Final[Mapping[Way, tuple[str | None, ...]]] = {
    Way.FREE: (None, "Refused"),
    Way.TOGETHER: (None, "Refused"),
    Way.FIRST: (None,),
    Way.SECOND: ("Refused",),
}
"""What may be told to who decides while the order is withdrawn."""

AGENTS_ATTEST: Final = {
    "attest for the agent": Decision(
        Cast.approved, attest_for_agent, S.AWAITING_CUSTOMER_ATTEST, [("atle", Template.ATTEST_ORDER)], "aron"
    )
}


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_what_can_still_be_withdrawn_after_a_decision_is_and_who_is_asked_no_more_hears_of_it(
    ground: Ground, tmp_path: Path, workers: Workers
) -> None:
    """The agent's attest leads on to the customer's: to withdraw is possible before and after."""
    with staged(ground, tmp_path, workers) as stage:
        orders = prepared(stage, AGENTS_ATTEST, share(ground, 80))
        before, told = stage.letters(), dict[str, Told]()
        for number, (order, kind) in enumerate(orders):
            pair = kind.decide(stage.cast, order), withdraw(stage.cast, order, number)
            way, delivers = way_of(number, WAYS, AGENTS_ATTEST), number // len(WAYS) % 2 == 0
            decided, withdrawn = stage.race(pair, way, delivering(stage, wanted=delivers))
            assert withdrawn.error is None
            assert decided.error in EXPECTED[way]
            was_asked = kind.told if way is Way.FIRST and delivers else []
            gone = [(kind.withdrawn if decided.error else "atle", Template.ORDER_WITHDRAWN)]
            told[order] = [*was_asked, *gone]
        assert stage.wrongs() == []
        stage.deliver()
        letters = stage.letters()
        for order, expected in told.items():
            number_of = stage.case_number(order)
            assert letters.get(number_of, []) == before.get(number_of, []) + expected
    count(f"races: an order is withdrawn while its agent attests, {ground}", len(orders))


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_without_guards_both_win_and_a_mail_of_the_loser_leaves(
    ground: Ground, tmp_path: Path, workers: Workers
) -> None:
    with staged(ground, tmp_path, workers, Guards.OFF) as stage:
        orders = prepared(stage, DECISIONS, UNGUARDED)
        before = stage.letters()
        for number, (order, kind) in enumerate(orders):
            pair: Pair = (kind.decide(stage.cast, order), withdraw(stage.cast, order, number))
            answers = stage.race(pair, way_of(number, IN_TURN, DECISIONS), stage.deliver)
            assert [answered.error for answered in answers] == [None, None]
        stage.deliver()
        found, letters = stage.wrongs(), stage.letters()
        for order, kind in orders:
            assert any(wrong.startswith(f"order:{order} ") for wrong in found)
            number_of = stage.case_number(order)
            new = letters[number_of][len(before.get(number_of, [])) :]
            assert (kind.withdrawn, Template.ORDER_WITHDRAWN) in new  # also where the decision came last
    count(f"races with the guards off: withdrawn and decided, {ground}", len(orders))
