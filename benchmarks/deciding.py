"""A whole order via agent, decided: by rows, by hand, and by ``transitions``."""

import time
from collections.abc import Callable
from typing import TypeAlias

import by_hand
import by_transitions
import scene
from measuring import Sample, Section, at_least, at_most, interleaved, measured, ratio, worth_knowing

from kundorder.commands import ApproveOrder, AttestOrder, Command
from kundorder.decisions import check, decide
from kundorder.errors import NotFound, Refused
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import Rules
from kundorder.outcomes import Decision
from kundorder.reasons import Reasons
from kundorder.situation import Act, Situation, agreement_key, assignment_key, holders_key
from kundorder.vocabulary import Party, Role

Deciding: TypeAlias = Callable[[Situation, Command, Act], Decision]
Asking: TypeAlias = Callable[[Situation, Command, Act], object]

ROWS, HAND, OWN, SHARED = "decide()", "by hand", "transitions, a machine for each command", "transitions, one machine"
JUDGE_ROWS, JUDGE_OWN = "check()", "transitions, a machine for each question"
DECIDING: dict[str, Deciding] = {
    ROWS: decide,
    HAND: by_hand.decide,
    OWN: by_transitions.decide,
    SHARED: by_transitions.decide_shared,
}


def section(*, quick: bool) -> Section:
    """Measure."""
    steps = scene.seven_acts()
    same_outputs()
    rounds, orders = (7, 40) if quick else (41, 60)
    contenders = {name: _whole(each, steps, orders) for name, each in DECIDING.items()}
    contenders[JUDGE_ROWS] = _whole(check, steps, orders)
    contenders[JUDGE_OWN] = _whole(by_transitions.judge, steps, orders)
    samples = interleaved(contenders, rounds)
    return Section(
        name="Deciding a whole order via agent (seven acts; records, events, mail and guards)",
        unit="µs",
        measured=measured(samples),
        ratios=(
            at_most("decide() / by hand", ratio(samples, ROWS, HAND), 1.3),
            at_least("transitions, a machine for each command / decide()", ratio(samples, OWN, ROWS), 8),
            at_least("judging alone: transitions / check()", ratio(samples, JUDGE_OWN, JUDGE_ROWS), 25),
            worth_knowing("transitions, one machine / decide()", ratio(samples, SHARED, ROWS)),
            worth_knowing("transitions, a machine for each command / by hand", ratio(samples, OWN, HAND)),
        ),
        notes=("All give equal decisions in all seven acts, and equal reasons where they refuse; asserted.",),
    )


def _whole(each: Asking, steps: tuple[scene.Step, ...], orders: int) -> Sample:
    def sample() -> float:
        prepared = [step.fresh() for _ in range(orders) for step in steps]
        started = time.process_time_ns()
        for step in prepared:
            _ = each(step.situation, step.command, step.act)
        return (time.process_time_ns() - started) / orders / 1000

    return sample


def same_outputs() -> None:
    """What is compared does the same, also with four eyes, and also where it refuses."""
    for rules in (Rules(), Rules(four_eyes=True, inform_agent_automatically=True)):
        steps = scene.seven_acts(rules=rules)
        first, *others = (_decisions(each, steps) for each in DECIDING.values())
        assert all(other == first for other in others), "the contenders decide differently"
    for step in _refused(scene.seven_acts()):
        first_reasons, *other_reasons = (_reasons(each, step) for each in DECIDING.values())
        assert first_reasons, step.command
        assert all(other == first_reasons for other in other_reasons), (step.command, first_reasons, other_reasons)


def _decisions(each: Deciding, steps: tuple[scene.Step, ...]) -> list[Decision]:
    fresh = scene.Counting()
    return [each(step.situation, step.command, step.act) for step in (step.with_ids(fresh) for step in steps)]


def _reasons(each: Deciding, step: scene.Step) -> Reasons | str:
    try:
        _ = each(step.situation, step.command, step.act)
    except Refused as error:
        return error.reasons
    except NotFound as error:
        return error.what
    return ()


def _refused(steps: tuple[scene.Step, ...]) -> tuple[scene.Step, ...]:
    start, _fill_in, _accept_terms, send, approve, attest_agent, attest = steps
    signed = agreement_key(agreement_id_of(Party.CUSTOMER, scene.CUSTOMER))
    assignment = assignment_key(assignment_id_of(scene.AGENT, scene.SERVICE))
    attestants = holders_key(scene.CUSTOMER, Role.ATTESTANT)
    order = scene.order_id(send)
    return (
        start.without(signed, attestants),
        start.without(assignment),
        start.without(holders_key(scene.AGENT, Role.ATTESTANT), holders_key(scene.CUSTOMER, Role.ADMINISTRATOR)),
        send.without(signed),
        send.without(attestants, holders_key(scene.CUSTOMER, Role.ADMINISTRATOR)),
        send.without(scene.order_in(send)),
        approve.asking(ApproveOrder(order=order)),
        approve.without(assignment),
        attest_agent.without(assignment),
        attest_agent.asking(AttestOrder(order=order)),
        attest.without(signed, assignment),
        attest.asking(AttestOrder(order=order)),
    )
