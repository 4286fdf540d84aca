"""What can be asked of an order, who must do what until it is done, and what waits since when."""

from datetime import timedelta

import attrs

from kundorder.decisions.explaining import advice_on, clearer_of, forward, known_administrators, who
from kundorder.decisions.judging import judge_row
from kundorder.errors import NotFound
from kundorder.lifecycles.order_guards import eligible
from kundorder.lifecycles.rows import AnyRow, By
from kundorder.model import SYSTEM, Order
from kundorder.outcomes import Due, Option, PathStep, UnderWay, Verdict
from kundorder.policies import handlers_of, parties, sees
from kundorder.reasons import Clearer, Reason, Reasons
from kundorder.situation import Act, Case, Kind, Situation, case_of
from kundorder.vocabulary import Lifecycle, OrderState, Party, ReasonCode, Role, State, Trigger
from kundorder.workflow import FINAL, STEPS, Place

OF_AN_ORDER: tuple[Trigger, ...] = tuple(
    dict.fromkeys(
        trigger
        for place, states in STEPS.items()
        if place[0] is Lifecycle.ORDER
        for steps in states.values()
        for trigger in steps
        if trigger is not Trigger.START
    )
)
"""Everything that can be asked of an order that exists."""


def visible_order(situation: Situation, order: str, act: Act) -> Case:
    """The order, seen by this actor.

    Raises:
        NotFound: it does not exist, or the actor may not see it.
    """
    found = situation.order(order)
    case = case_of(situation, act, found)
    if found is None or not sees(case, found):
        raise NotFound(Kind.ORDER)
    return case


def place_of(order: Order) -> Place:
    """Which machine an order is on."""
    return Lifecycle.ORDER, order.content.flow


def options(situation: Situation, order: str, act: Act) -> tuple[Option, ...]:
    """Everything that could be asked for the order and what stands in its way, apart from the content of a command.

    Raises:
        NotFound: it does not exist, or the actor may not see it.
    """
    case = visible_order(situation, order, act)
    place, mine = place_of(case.order), parties(case, case.order)
    advice = advice_on(case.order, act)
    found: list[Option] = []
    here, new = STEPS[place][case.order.state], STEPS[place][None]
    for trigger in OF_AN_ORDER:
        row = new.get(trigger) or here.get(trigger)
        _by, reasons, _in_turn = judge_row(case, place, row, trigger, mine)
        reasons = known_administrators(case, tuple(dict.fromkeys(reasons))) if reasons else ()
        found.append(Option(trigger=trigger, verdict=Verdict(reasons=reasons, advice=advice)))
    return tuple(found)


def path(situation: Situation, order: str, act: Act, signings: tuple[UnderWay, ...] = ()) -> tuple[PathStep, ...]:
    """Who must do what next, until the order is done; for the first step also what stands in its way as things are.

    Args:
        situation: what was loaded.
        order: which one.
        act: who looks, and when.
        signings: what has been begun for this order; those for the first step are shown with it.

    Raises:
        NotFound: it does not exist, or the actor may not see it.
    """
    case = visible_order(situation, order, act)
    place = place_of(case.order)
    steps: list[PathStep] = []
    state: State = case.order.state
    while state not in FINAL[Lifecycle.ORDER] and (row := forward(place, state)) is not None:
        reasons = _in_the_way(case, row) if not steps else _nobody(case, row)
        begun = tuple(each for each in signings if not steps and each.trigger is row.trigger)
        steps.append(PathStep(trigger=row.trigger, by=_who(case, row), to=row.to, reasons=reasons, signings=begun))
        state = row.to
    return tuple(steps)


def _who(case: Case, row: AnyRow) -> tuple[Clearer, ...]:
    automatic = case.act.rules.inform_agent_automatically
    return tuple(clearer for clearer in who(row.by, case.subject) if automatic or clearer.party is not Party.SYSTEM)


def _in_the_way(case: Case, row: AnyRow) -> Reasons:
    # Asked as the system: what holds for everybody, not what the one who looks may do.
    anybody = attrs.evolve(case, act=attrs.evolve(case.act, actor=SYSTEM))
    found = [reason for guard in row.when for reason in guard(anybody)]
    found += _nobody(case, row)
    return known_administrators(case, tuple(dict.fromkeys(found))) if found else ()


def _nobody(case: Case, row: AnyRow) -> Reasons:
    """The roles a step needs, if nobody at all holds one with whom it may be taken."""
    found = tuple(reason for by in row.by for reason in _unheld(case, by, row))
    return found if len(found) == len(row.by) else ()


def _unheld(case: Case, by: By, row: AnyRow) -> Reasons:
    order = case.order
    content = order.content
    organisation = clearer_of(by, order).organisation  # of the provider and the system there is none: nobody counts
    if organisation is None or by.role is None:
        return ()
    administrator = Clearer(role=Role.ADMINISTRATOR, party=by.party, organisation=organisation)
    match by.role, by.party:
        case Role.ATTESTANT, Party.CUSTOMER:
            holders, code = case.situation.holders(organisation, Role.ATTESTANT), ReasonCode.NO_ATTESTANT
        case Role.ATTESTANT, _:
            holders, code = case.situation.holders(organisation, Role.ATTESTANT), ReasonCode.AGENT_LACKS_ATTESTANT
            if order.state is row.at:
                holders = tuple(holder for holder in holders if holder.member == order.picked)
                administrator = attrs.evolve(administrator, role=Role.AGENT_HANDLER) if not holders else administrator
        case Role.AGENT_HANDLER, _:
            holders, code = handlers_of(case.situation, order), ReasonCode.AGENT_LACKS_HANDLER
        case _:
            holders, code = case.situation.holders(organisation, by.role), ReasonCode.NO_ORDERER
    params = (("organisation", organisation), ("agent", organisation), ("service", content.service))
    if not holders:
        return (Reason(code, params, cleared_by=(administrator,)),)
    if by.role is not Role.ORDERER and row.trigger is not Trigger.COMPLETE and not eligible(case, order, holders):
        return (Reason(ReasonCode.FOUR_EYES, cleared_by=(administrator,)),)
    return ()


def due(situation: Situation, order: str, act: Act, remind_after: timedelta) -> tuple[Due, ...]:
    """What waits, and since when, by the time in ``act``; ``()`` when nothing does. The host owns the timer.

    Raises:
        NotFound: it does not exist, or the actor may not see it.
    """
    case = visible_order(situation, order, act)
    row = forward(place_of(case.order), case.order.state)
    if row is None:
        return ()
    waited = act.now - case.order.since
    return (
        Due(
            trigger=row.trigger,
            by=_who(case, row),
            since=case.order.since,
            days=max(waited.days, 0),
            reminder=waited >= remind_after and case.order.state is not OrderState.DRAFT,
        ),
    )
